// storage.one-endpoint-kind, acr.endpoint-kinds-exclusive: a service does not use private endpoints and service endpoints at
// once.

import { strategyOf } from '../../facts/architecture.ts';
import { customerEndpoints } from '../../facts/endpoints.ts';
import { outboundRules } from '../../facts/managed-network.ts';
import { deleteChange } from '../../model/change.ts';
import { needSentence } from '../../model/plan-need.ts';
import { sameId } from '../../model/resource-id.ts';
import type { SnapshotIndex } from '../../model/snapshot-index.ts';
import { outboundRulesPointer, outboundRuleView } from '../../resource-types/managed-network.ts';
import { defineRule } from '../define.ts';
import { registryFirewalls, type ServiceFirewall, storageFirewalls, unreadableOf } from '../parts/firewall.ts';
import { links } from '../parts/links.ts';
import { removeSubnetRules } from '../parts/proposals.ts';
import { displayName, evidenceAt, fail, listed, pass, subnetShown, unknown } from '../parts/verdict.ts';
import type { Answers, CheckResult, Proposal, RuleContext } from '../rule.ts';
import { connectionsPointer, serviceConnections } from './parts/access.ts';
import { unseenSubnetRules } from './parts/registry.ts';

const endpointNames = ({ resource }: ServiceFirewall, index: SnapshotIndex): string[] =>
  customerEndpoints(resource.id, index).map(({ connection }) => displayName(connection.endpointId ?? connection.name));

/** Names of the outbound rules of the managed network that create a private endpoint of the resource. */
const outboundRuleNames = ({ resource }: ServiceFirewall, index: SnapshotIndex): string[] =>
  outboundRules(index)
    .map(outboundRuleView)
    .filter((rule) => rule.type === 'PrivateEndpoint' && sameId(rule.target, resource.id))
    .map((rule) => displayName(rule.name));

function storageUsesOne(firewall: ServiceFirewall, { index }: RuleContext): CheckResult {
  const { name, resource, acls, at } = firewall;
  const workspace = index.workspace();
  const evidence = [
    evidenceAt(resource, at.subnets, 'virtual network rules'),
    evidenceAt(resource, connectionsPointer, 'private endpoint connections'),
    ...(workspace ? [evidenceAt(workspace, outboundRulesPointer, 'outbound rules of the managed network')] : []),
  ];
  const ends = [...endpointNames(firewall, index), ...outboundRuleNames(firewall, index)];
  if (ends.length === 0)
    return pass(`The ${name} has no private endpoints in addition to its network rules.`, evidence);
  if (acls.subnetRules.length > 0) {
    const subnets = listed(acls.subnetRules.map(({ id }) => subnetShown(id)));
    return fail(
      `The ${name} has virtual network rules (${subnets}) and private endpoints (${listed(ends)}); a managed network supports only one of the two.`,
      evidence,
    );
  }
  return unreadableOf(firewall, at.subnets) !== undefined || firewall.rules === 'malformed'
    ? unknown(`The virtual network rules of the ${name} have an entry that cannot be interpreted.`, evidence)
    : pass(`The ${name} has private endpoints and no virtual network rules.`, evidence);
}

export const storageOneEndpointKind = defineRule({
  id: 'storage.one-endpoint-kind',
  title: 'Account has private endpoints or virtual network rules',
  problem: 'Private endpoints and virtual network rules are mixed',
  severity: 'medium',
  profiles: ['current'],
  for: ['managed-network'],
  explain: {
    why: 'With a managed network, Azure does not support private endpoints and service endpoints on one account. Which of the two a connection uses is not documented.',
    fix: 'Removes the virtual network rules of the account as the last step of a plan, after private access is in place.',
    breaks: 'Clients in these subnets that have no private endpoint in their network lose access.',
    links: [links.managedNetwork, links.storageFirewall],
  },
  fixKind: 'guided',
  gates: ['storage.private-endpoints'],
  subjects: storageFirewalls,
  check: storageUsesOne,
  fix: removeSubnetRules,
});

function registryUsesOne(firewall: ServiceFirewall, { index }: RuleContext): CheckResult {
  const { resource, name, at, acls } = firewall;
  const ends = endpointNames(firewall, index);
  const evidence = [
    evidenceAt(resource, at.subnets, 'virtual network rules'),
    evidenceAt(resource, connectionsPointer, 'private endpoint connections'),
    ...serviceConnections(firewall, index).map(({ pointer }) =>
      evidenceAt(resource, pointer, 'connection of the workspace service, not counted'),
    ),
  ];
  if (ends.length === 0)
    return pass(`The ${name} has no private endpoints in addition to its network rules.`, evidence);
  const unseen = unseenSubnetRules(firewall, index);
  if (unseen) return unseen;
  if (firewall.rules === 'malformed' || firewall.unreadable.length > 0)
    return unknown(`The virtual network rules of the ${name} have an entry that cannot be interpreted.`, evidence);
  if (acls.subnetRules.length > 0) {
    const subnets = listed(acls.subnetRules.map(({ id }) => subnetShown(id)));
    return fail(
      `The ${name} has virtual network rules (${subnets}) and private endpoints (${listed(ends)}); a registry supports only one of the two.`,
      evidence,
    );
  }
  return pass(`The ${name} has private endpoints and no virtual network rules.`, evidence);
}

/** Removes the kind that the registry does not use by its strategy, as the last step. */
function removeOne(
  firewall: ServiceFirewall,
  { index }: RuleContext,
  answers: Answers,
): Proposal | readonly Proposal[] | string {
  const bySubnets = strategyOf(firewall.resource.id, index) === 'service-endpoint';
  const wanted = bySubnets ? 'endpoints' : 'rules';
  if (answers.drop !== wanted) {
    const { length } = firewall.acls.subnetRules;
    const what = bySubnets
      ? listed(endpointNames(firewall, index))
      : `${length} virtual network rule${length === 1 ? '' : 's'}`;
    const options = [{ name: 'drop', value: wanted, says: `removes ${what}` }];
    return `The ${firewall.name} uses ${bySubnets ? 'service' : 'private'} endpoints. ${needSentence({ kind: 'choice', options })}`;
  }
  return bySubnets ? deleteEndpoints(firewall, index) : removeSubnetRules(firewall);
}

function deleteEndpoints(firewall: ServiceFirewall, index: SnapshotIndex): readonly Proposal[] | string {
  const made: Proposal[] = [];
  for (const { connection } of customerEndpoints(firewall.resource.id, index)) {
    const end = connection.endpointId === undefined ? undefined : index.peek(connection.endpointId);
    if (end?.state !== 'read')
      return `${displayName(connection.endpointId ?? connection.name)} could not be read, so it is not deleted.`;
    const { id, body } = end.resource;
    made.push({
      change: deleteChange({ id, body }),
      phase: 5,
      advice: 'A new private endpoint has another address.',
    });
  }
  return made;
}

export const acrEndpointKindsExclusive = defineRule({
  id: 'acr.endpoint-kinds-exclusive',
  answers: { drop: ['rules', 'endpoints'] },
  title: 'Registry has private endpoints or virtual network rules',
  problem: 'Private endpoints and virtual network rules are mixed',
  severity: 'high',
  explain: {
    why: 'Azure does not support private endpoints and service endpoints on one registry. Which of the two a connection uses is not documented.',
    fix: 'With --answer drop=rules, if the registry uses private endpoints: removes the virtual network rules. With --answer drop=endpoints, if it uses service endpoints: deletes the private endpoints. Both only when every subnet that needs the registry has the remaining access. The connection of the workspace service is not changed.',
    breaks:
      'Clients that depend on the removed kind lose access. A private endpoint that an undo creates again has another address.',
    links: [links.registrySubnets, links.registryPrivateLink],
  },
  fixKind: 'guided',
  undo: 'partial',
  gates: ['acr.private-endpoint', 'acr.vnet-rule-compute-subnet'],
  subjects: registryFirewalls,
  check: registryUsesOne,
  fix: removeOne,
});
