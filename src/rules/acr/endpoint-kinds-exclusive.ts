// acr.endpoint-kinds-exclusive: a registry is reached by subnet rules or by private endpoints, not by both.
import { removeFrom } from '../../model/edit.ts';
import { needSentence } from '../../model/need.ts';
import { valueAt } from '../../model/pointer.ts';
import { strategyOf } from '../../posture/architecture.ts';
import { customerEndpoints } from '../../posture/endpoints.ts';
import { registryType } from '../../posture/links.ts';
import { defineRule } from '../define.ts';
import { registryJudged, type Wall, wallOf } from '../parts/firewall.ts';
import { links } from '../parts/links.ts';
import { editsInTurn, subnetKey, wallProposal } from '../parts/proposals.ts';
import { unseenSubnetRules } from '../parts/registry.ts';
import { serviceConnections } from '../parts/shared-link.ts';
import { proposalsOn, registries } from '../parts/subjects.ts';
import { fail, listed, pass, seen, shown, subnetShown, unknown } from '../parts/verdict.ts';
import { connectionsPointer } from '../parts/workspace.ts';
import type { Answers, Judgement, Proposal, Verdict } from '../rule.ts';

const endpointNames = (wall: Wall, { world }: Judgement): string[] =>
  customerEndpoints(wall.resource.id, world).map(({ connection }) => shown(connection.endpointId ?? connection.name));

function judge(wall: Wall, judgement: Judgement): Verdict {
  const { resource, name, at, acls } = wall;
  const ends = endpointNames(wall, judgement);
  const evidence = [
    seen(resource, at.subnets, 'subnet rules'),
    seen(resource, connectionsPointer, 'private endpoint connections'),
    ...serviceConnections(wall, judgement.world).map(({ pointer }) =>
      seen(resource, pointer, 'made by the service: it does not count'),
    ),
  ];
  const unseen = ends.length > 0 ? unseenSubnetRules(wall, judgement.world) : undefined;
  if (unseen) return unseen;
  if (ends.length > 0 && (wall.rules === 'malformed' || wall.unreadable.length > 0)) {
    return unknown(`The subnet rules of the ${name} hold something that cannot be understood.`, evidence);
  }
  if (ends.length > 0 && acls.subnetRules.length > 0) {
    const subnets = acls.subnetRules.map(({ id }) => subnetShown(id));
    return fail(
      `The ${name} admits ${listed(subnets)} by subnet rule beside ${listed(ends)}: a registry takes one kind only.`,
      evidence,
    );
  }
  return pass(
    ends.length > 0
      ? `The ${name} is reached by private endpoints alone.`
      : `No private endpoint of yours stands beside the rules of the ${name}.`,
    evidence,
  );
}

/** The kind that is not the registry's way goes, last, once the other one stands. */
function mend(wall: Wall, judgement: Judgement, answers: Answers): Proposal | readonly Proposal[] | string {
  const bySubnets = strategyOf(wall.resource.id, judgement.world) === 'service-endpoint';
  const wanted = bySubnets ? 'endpoints' : 'rules';
  const what = bySubnets ? listed(endpointNames(wall, judgement)) : `${wall.acls.subnetRules.length} subnet rules`;
  if (answers.drop !== wanted) {
    const options = [{ name: 'drop', value: wanted, says: `${what} would go` }];
    return `The ${wall.name} follows ${bySubnets ? 'service' : 'private'} endpoints. ${needSentence({ kind: 'choice', options })}`;
  }
  return bySubnets ? dropEndpoints(wall, judgement) : dropRules(wall);
}

/** Every subnet rule out. */
export const dropRules = (wall: Wall): Proposal | string =>
  wallProposal(
    wall,
    5,
    (body) =>
      editsInTurn(
        body,
        wall.acls.subnetRules.map(({ pointer }) => {
          const rule = valueAt(body, pointer) ?? null;
          return (here) => [removeFrom(here, wall.at.subnets, rule, subnetKey)];
        }),
      ),
    'Whatever comes from these subnets without a private way in loses the registry.',
  );

function dropEndpoints(wall: Wall, { world }: Judgement): readonly Proposal[] | string {
  const made: Proposal[] = [];
  for (const { connection } of customerEndpoints(wall.resource.id, world)) {
    const end = connection.endpointId === undefined ? undefined : world.peek(connection.endpointId);
    if (end?.state !== 'read')
      return `${shown(connection.endpointId ?? connection.name)} was not read, so it is not deleted.`;
    const { id, body } = end.resource;
    made.push({
      change: { kind: 'delete', resource: id, edits: [], body },
      phase: 5,
      risk: `Whoever reaches the registry at the private address of ${shown(id)} loses it; made anew it has another address.`,
    });
  }
  return made;
}

export const acrEndpointKindsExclusive = defineRule({
  id: 'acr.endpoint-kinds-exclusive',
  title: 'Not both service endpoints and private link on the registry',
  severity: 'high',
  about: registryType,
  explain: {
    why: 'Azure does not support both on one registry: which of the two a connection takes is not settled.',
    fix: 'With the answer drop=rules, where private endpoints are the way: takes the subnet rules out. With drop=endpoints, where service endpoints are: deletes the private endpoints. Either only once the way that stays stands for every subnet that needs it. The link of the workspace service is left alone.',
    breaks:
      'Clients that only had the way that goes lose the registry. A private endpoint made anew by an undo has another address.',
    links: [links.registrySubnets, links.registryPrivateLink],
  },
  fixKind: 'guided',
  undo: 'partial',
  gates: ['acr.private-endpoint', 'acr.vnet-rule-compute-subnet'],
  subjects: registries,
  check: (subject, judgement) => registryJudged(subject.resource, judgement, (wall) => judge(wall, judgement)),
  fix: (finding, judgement, answers) =>
    proposalsOn(finding, judgement, (registry) => mend(wallOf(registry, 'registry'), judgement, answers)),
});
