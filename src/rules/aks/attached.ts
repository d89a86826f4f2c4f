// aks.attached: the workspace's compute for a cluster is through, and the cluster behind it is there.
import { computeView } from '../../kinds/workspace-view.ts';
import { fold } from '../../model/resource-id.ts';
import { defineRule } from '../define.ts';
import { attachedOf, attachedSubjects, clusterComputeJudged, computeType, nameShown } from '../parts/clusters.ts';
import { links } from '../parts/links.ts';
import { fail, pass, quoted, seen, unknown } from '../parts/verdict.ts';
import type { Judgement, Subject, Verdict } from '../rule.ts';

function judge(subject: Subject, judgement: Judgement): Verdict {
  return clusterComputeJudged(subject, judgement, (compute) => {
    const name = nameShown(compute);
    const state = computeView(compute).provisioningState;
    const evidence = [
      seen(compute, '/properties/provisioningState', 'state'),
      seen(compute, '/properties/provisioningErrors', 'errors'),
      seen(compute, '/properties/resourceId', 'id of the cluster'),
    ];
    if (fold(state ?? '') === 'failed')
      return fail(`The attachment of the ${name} has failed, so it cannot serve.`, evidence);
    if (attachedOf(compute, judgement.world) === 'gone') {
      return fail(`The cluster behind the ${name} does not exist.`, evidence);
    }
    return fold(state ?? '') === 'succeeded'
      ? pass(`The ${name} is attached.`, evidence)
      : unknown(`The ${name} is in the state ${quoted(state ?? 'none')}.`, evidence);
  });
}

export const aksAttached = defineRule({
  id: 'aks.attached',
  title: 'Existing cluster is attached and healthy',
  severity: 'low',
  for: ['service-endpoint', 'private-endpoint'],
  about: computeType,
  instead: 'compute.managed-network-conflict',
  explain: {
    why: 'Models are deployed to a cluster through the workspace’s compute. One whose attachment failed, or whose cluster is gone, serves nothing.',
    fix: 'None: detach the compute and attach the cluster again (az ml compute detach, az ml computetarget attach aks), or make it anew.',
    breaks: 'Nothing.',
    links: [links.secureInference, links.kubernetesAttach],
  },
  fixKind: 'none',
  subjects: attachedSubjects,
  check: judge,
});
