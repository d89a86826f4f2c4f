// storage.one-endpoint-kind: under a managed network an account is reached by endpoints or by subnet rules, not by both.
import { outboundRulesPointer, outboundRuleView } from '../../kinds/managed-network.ts';
import { removeFrom } from '../../model/edit.ts';
import { valueAt } from '../../model/pointer.ts';
import { sameId } from '../../model/resource-id.ts';
import type { World } from '../../model/world.ts';
import { customerEndpoints } from '../../posture/endpoints.ts';
import { storageType } from '../../posture/links.ts';
import { outboundRules } from '../../posture/managed-network.ts';
import { defineRule } from '../define.ts';
import { accountJudged, subnetsPointer, unreadableOf, type Wall, wallOf } from '../parts/firewall.ts';
import { links } from '../parts/links.ts';
import { editsInTurn, subnetKey, wallProposal } from '../parts/proposals.ts';
import { accounts, proposalsOn } from '../parts/subjects.ts';
import { fail, listed, pass, seen, shown, subnetShown, unknown } from '../parts/verdict.ts';
import type { Proposal, Verdict } from '../rule.ts';

/** Names of the endpoints and endpoint rules that lead to the account. */
function endpointsTo(wall: Wall, world: World): string[] {
  const { id } = wall.resource;
  const own = customerEndpoints(id, world).map(({ connection }) => shown(connection.endpointId ?? connection.name));
  const made = outboundRules(world)
    .map(outboundRuleView)
    .filter((rule) => rule.type === 'PrivateEndpoint' && sameId(rule.target, id));
  return [...own, ...made.map((rule) => shown(rule.name))];
}

function judge(wall: Wall, world: World): Verdict {
  const { name, resource, acls } = wall;
  const workspace = world.workspace();
  const evidence = [
    seen(resource, subnetsPointer, 'subnet rules of the account'),
    seen(resource, '/properties/privateEndpointConnections', 'private endpoint connections of the account'),
    ...(workspace ? [seen(workspace, outboundRulesPointer, 'outbound rules of the managed network')] : []),
  ];
  const ends = endpointsTo(wall, world);
  if (acls.subnetRules.length > 0 && ends.length > 0) {
    const subnets = acls.subnetRules.map(({ id }) => subnetShown(id));
    return fail(
      `The ${name} admits ${listed(subnets)} by subnet rule beside ${listed(ends)}: with a managed network it takes one kind only.`,
      evidence,
    );
  }
  if (ends.length > 0 && (unreadableOf(wall, subnetsPointer) !== undefined || wall.rules === 'malformed')) {
    return unknown(`The subnet rules of the ${name} hold something that cannot be understood.`, evidence);
  }
  return pass(
    ends.length > 0
      ? `The ${name} is reached by private endpoints alone.`
      : `No private endpoint stands beside the rules of the ${name}.`,
    evidence,
  );
}

/** Every subnet rule out, as the last act of a plan. */
const dropRules = (wall: Wall): Proposal | string =>
  wallProposal(
    wall,
    5,
    (body) =>
      editsInTurn(
        body,
        wall.acls.subnetRules.map(({ pointer }) => {
          const rule = valueAt(body, pointer) ?? null;
          return (here) => [removeFrom(here, subnetsPointer, rule, subnetKey)];
        }),
      ),
    'Whatever comes from these subnets without a private endpoint in their network is cut off.',
  );

export const storageOneEndpointKind = defineRule({
  id: 'storage.one-endpoint-kind',
  title: 'Not both private and service endpoint under a managed network',
  severity: 'medium',
  profiles: ['current'],
  for: ['managed-network'],
  about: storageType,
  explain: {
    why: 'With a managed network one resource cannot be reached by private and by service endpoints at once: which of the two a connection takes is not settled.',
    fix: 'Takes the subnet rules of the account out, as the last act of a plan, once its private way in stands.',
    breaks: 'Clients in these subnets that have no private endpoint in their network lose the account.',
    links: [links.managedNetwork, links.storageFirewall],
  },
  fixKind: 'guided',
  undo: 'exact',
  gates: ['storage.private-endpoints'],
  subjects: accounts,
  check: (subject, judgement) => accountJudged(subject.resource, judgement, (wall) => judge(wall, judgement.world)),
  fix: (finding, judgement) => proposalsOn(finding, judgement, (account) => dropRules(wallOf(account, 'storage'))),
});
