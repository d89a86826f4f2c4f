// aci.private-endpoint-conflict: container instances inside a network and a private endpoint of the workspace exclude each other.
import { workspaceType } from '../../kinds/workspace-view.ts';
import { customerEndpoints } from '../../posture/endpoints.ts';
import { isOnService } from '../../posture/online-endpoints.ts';
import { defineRule } from '../define.ts';
import { usesAci } from '../parts/container-instances.ts';
import { links } from '../parts/links.ts';
import { endpointEvidence } from '../parts/online-endpoints.ts';
import { workspaces } from '../parts/subjects.ts';
import { fail, noted, pass, seen, shown } from '../parts/verdict.ts';
import { connectionsPointer, isOdd, oddVerdict, workspaceJudged } from '../parts/workspace.ts';
import type { Judgement, Subject, Verdict } from '../rule.ts';

const check = (subject: Subject, judgement: Judgement): Verdict =>
  workspaceJudged(subject, judgement, (workspace) => {
    const { world } = judgement;
    const evidence = [
      noted(workspace.id, world.snapshot.intents.usesAci ?? null, 'your answer to usesAci'),
      seen(workspace, connectionsPointer, 'private endpoint connections'),
    ];
    if (!usesAci(world)) return pass('No model is deployed to container instances inside a network.', evidence);
    if (isOdd(workspace, connectionsPointer, 'list'))
      return oddVerdict(workspace, connectionsPointer, 'list of endpoints');
    return customerEndpoints(workspace.id, world).length > 0
      ? fail(
          `${shown(workspace.id)} has a private endpoint, beside which container instances inside a network do not work: one of the two has to go.`,
          [
            ...evidence,
            ...endpointEvidence(workspace, world, isOnService, 'online endpoint, which models can move to'),
          ],
        )
      : pass(`${shown(workspace.id)} has no private endpoint that container instances would clash with.`, evidence);
  });

export const aciPrivateEndpointConflict = defineRule({
  id: 'aci.private-endpoint-conflict',
  title: 'ACI in a VNet is unsupported with a workspace private endpoint',
  severity: 'high',
  profiles: ['current'],
  about: workspaceType,
  explain: {
    why: 'Microsoft does not support models on container instances inside a network where the workspace itself has a private endpoint.',
    fix: 'None: deploy the models to managed online endpoints and answer usesAci=false, or do without the private endpoint.',
    breaks: 'Nothing.',
    links: [links.secureInference, links.workspacePrivateLink],
  },
  fixKind: 'none',
  subjects: workspaces,
  check,
});
