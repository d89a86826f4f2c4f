// storage.private-endpoints, keyvault.private-endpoint, acr.private-endpoint, storage.private-dns: private access to a
// service by its name, from each network that needs it.

import { datastoresOf } from '../../facts/accounts.ts';
import { strategyOf } from '../../facts/architecture.ts';
import { zoneSubscriptions } from '../../facts/dns.ts';
import { customerEndpoints } from '../../facts/endpoints.ts';
import { accountGroups } from '../../facts/groups.ts';
import { knownNeedsOf, unreadNeedsOf } from '../../facts/needs.ts';
import { peersOf } from '../../facts/path/connection.ts';
import { reachedPrivately } from '../../facts/reach.ts';
import { readable } from '../../model/readable.ts';
import { subscriptionOf } from '../../model/resource-id.ts';
import type { SnapshotIndex } from '../../model/snapshot-index.ts';
import { UnreadableError } from '../../model/unreadable-error.ts';
import { vnetOf } from '../../resource-types/network-view.ts';
import { endpointAddresses } from '../../resource-types/private-endpoint.ts';
import { defineRule } from '../define.ts';
import { registryFirewalls, type ServiceFirewall, storageFirewalls, vaultFirewalls } from '../parts/firewall.ts';
import { links } from '../parts/links.ts';
import { onceEach } from '../parts/naming.ts';
import {
  allReach,
  chooseSubnet,
  dnsProposals,
  endpointProposals,
  endpointSubnets,
  orBlocked,
  outboundRuleProposals,
  readerProposals,
} from '../parts/private-link.ts';
import { resolvesPrivately } from '../parts/private-zones.ts';
import { displayName, listed, notApplicable, noted, pass, unknown, worstOf } from '../parts/verdict.ts';
import type { Answers, CheckResult, Proposal, RuleContext } from '../rule.ts';
import { endpointNetworks, missingGroups, needingNetworks, privateAccess } from './parts/access.ts';
import { inPremium } from './parts/registry.ts';

type Fixed = readonly Proposal[] | string;

const networksOf = ({ resource }: ServiceFirewall, index: SnapshotIndex): string[] =>
  onceEach(knownNeedsOf(resource.id, index).map(vnetOf));
const isManaged = ({ resource }: ServiceFirewall, index: SnapshotIndex): boolean =>
  strategyOf(resource.id, index) === 'managed-network';

/** Networks for new endpoints: those that need the resource; without any, those of the workspace's endpoints, else all. */
function candidateNetworks(id: string, context: RuleContext): string[] {
  const { index } = context;
  const needing = needingNetworks(id, context);
  const { workspace } = index.snapshot;
  const ofWorkspace = workspace === null || needing.length > 0 ? [] : endpointNetworks(workspace, index);
  if (needing.length > 0 || ofWorkspace.length > 0) return needing.length > 0 ? needing : ofWorkspace;
  return index.ofType('Microsoft.Network/virtualNetworks').map((vnet) => vnet.id);
}

/** Private endpoints with DNS and Reader for groups without private access, or outbound rules of the managed network. */
function addEndpoints(
  firewall: ServiceFirewall,
  groups: readonly string[],
  context: RuleContext,
  answers: Answers,
): Fixed {
  const { resource: target } = firewall;
  const { index } = context;
  if (isManaged(firewall, index)) return outboundRuleProposals({ target: target.id, groups }, context);
  const vnets = candidateNetworks(target.id, context);
  const peers = vnets.flatMap((vnet) => peersOf(vnet, index)).filter((id) => index.peek(id).state === 'read');
  const subnet = chooseSubnet(
    answers,
    endpointSubnets(onceEach([...vnets, ...peers]), index, endpointAddresses(target.id) * groups.length),
  );
  const made = endpointProposals(
    { target, groups, subnet, vnets: needingNetworks(target.id, context), answers },
    context,
  );
  return typeof made === 'string' || firewall.service !== 'storage'
    ? made
    : [...made, ...readerProposals(target, made, context)];
}

/** Do these networks resolve the names of these groups privately? */
function namesResolve(
  firewall: ServiceFirewall,
  groups: readonly string[],
  vnets: readonly string[],
  index: SnapshotIndex,
): CheckResult {
  const { id } = firewall.resource;
  const ends = customerEndpoints(id, index);
  const holders = ends.flatMap(({ connection: { endpointId } }) =>
    endpointId === undefined ? [] : zoneSubscriptions(endpointId, index),
  );
  const [unread] = strategyOf(id, index) === 'private-endpoint' ? unreadNeedsOf(id, index) : [];
  return worstOf('high', [
    ...vnets.map((vnet) => () => {
      const own = subscriptionOf(vnet);
      const subscriptions = onceEach([...holders, ...(own === undefined ? [] : [own])]);
      return resolvesPrivately(vnet, { target: id, groups, subscriptions }, index);
    }),
    ...(unread === undefined
      ? []
      : [
          (): CheckResult => {
            throw new UnreadableError(unread.gap);
          },
        ]),
    ...ends
      .filter((end) => end.groups === undefined || end.vnet === undefined)
      .map(({ connection }) => () => {
        const end = connection.endpointId ?? id;
        return unknown(`The private endpoint ${displayName(end)} of the ${firewall.name} could not be read.`, [
          noted(end, null, 'private endpoint'),
        ]);
      }),
  ]);
}

/** A key vault or a registry has one group, named as the service: can every network that needs it reach it by name? */
function allNetworksConnect(firewall: ServiceFirewall, { index }: RuleContext): CheckResult {
  const { id } = firewall.resource;
  const groups = [firewall.service];
  const access = privateAccess(firewall, index);
  if (isManaged(firewall, index) || access.outcome === 'fail') return access;
  const vnets = networksOf(firewall, index);
  const verdict = worstOf('high', [
    () => access,
    () => allReach({ id, name: firewall.name }, knownNeedsOf(id, index), groups, index),
    () => namesResolve(firewall, groups, vnets.length > 0 ? vnets : endpointNetworks(id, index), index),
  ]);
  return verdict.outcome === 'pass'
    ? pass(`All networks that need the ${firewall.name} have private access and resolve its name.`, verdict.evidence)
    : verdict;
}

/** The answer `subnet=VNET/NAME` chooses the subnet of the endpoint. */
function connectNetworks(firewall: ServiceFirewall, context: RuleContext, answers: Answers): Fixed {
  const { index } = context;
  const { resource: target } = firewall;
  const groups = [firewall.service];
  const vnets = networksOf(firewall, index);
  if (isManaged(firewall, index) || vnets.length === 0) return addEndpoints(firewall, groups, context, answers);
  const blocked = knownNeedsOf(target.id, index).filter((id) => !reachedPrivately(target.id, id, index, groups));
  const missing = onceEach(blocked.map(vnetOf));
  const [first] = missing;
  if (first === undefined) {
    const complete = `The ${firewall.name} has its private endpoints.`;
    return endpointProposals({ target, groups, subnet: complete, vnets, answers }, context);
  }
  const around = (vnet: string) => onceEach([vnet, ...peersOf(vnet, index)]);
  const read = onceEach(missing.flatMap(around)).filter((id) => index.peek(id).state === 'read');
  const subnet = chooseSubnet(answers, endpointSubnets(read, index, endpointAddresses(target.id)));
  const within = around(typeof subnet === 'string' ? first : vnetOf(subnet.id));
  const found = endpointProposals({ target, groups, subnet, vnets, within, answers }, context);
  const made = orBlocked(found, { id: target.id, name: firewall.name }, blocked, index, groups);
  return typeof made === 'string' && missing.length > 1
    ? `${made} ${listed(missing.map(displayName))} each need a private endpoint: run the fix once for each.`
    : made;
}

const approved = 'A pending connection is approved instead.';
const second =
  'Where a zone holds the record of another private endpoint, --answer way=zone creates a separate zone for the new network, and way=hosts creates no zone group.';
const managed = 'In a managed network: adds an outbound rule and provisions the network.';
const provisioning = 'Provisioning a managed network cannot be undone.';

/** As a gate, access is not restricted while a path is blocked; otherwise compute.endpoint-path alone reports it. */
function blockedPath(firewall: ServiceFirewall, { index, assumeDenyByDefault }: RuleContext): CheckResult | undefined {
  const { id } = firewall.resource;
  if (!assumeDenyByDefault || strategyOf(id, index) !== 'private-endpoint') return undefined;
  const path = readable(() =>
    allReach({ id, name: firewall.name }, knownNeedsOf(id, index), accountGroups(id, index), index),
  );
  return path.state === 'known' && path.value.outcome === 'fail' ? path.value : undefined;
}

export const storagePrivateEndpoints = defineRule({
  id: 'storage.private-endpoints',
  answers: { subnet: 'VNET/NAME', way: ['zone', 'hosts', 'peer'] },
  title: 'Each storage sub-resource in use has a private endpoint',
  problem: 'Storage sub-resource has no private endpoint',
  severity: 'high',
  profiles: ['current'],
  for: ['private-endpoint', 'managed-network'],
  explain: {
    why: 'Studio, jobs and file mounts use different sub-resources of an account (blob, file, dfs), each with its own private endpoint. A missing endpoint blocks one of them. Data Lake Storage Gen2 needs blob and dfs.',
    fix: `Creates the missing private endpoints in the subnet that you choose (--answer subnet=VNET/NAME), with private DNS zones linked to your compute networks. Assigns Reader on them to the workspace's identity. ${approved} ${second} ${managed}`,
    breaks: `A network linked to the private DNS zone reaches the account only through the endpoint. Other names without a record in that zone no longer resolve there. Endpoints are billed hourly. ${provisioning}`,
    links: [links.secureWorkspace, links.managedNetwork, links.studio],
  },
  fixKind: 'guided',
  instead: 'storage.vnet-rule-compute-subnet',
  subjects: storageFirewalls,
  check(firewall, context) {
    const { index } = context;
    const verdict = privateAccess(firewall, index);
    const { workspace } = index.snapshot;
    // Datastores name the parts in use: unread ones may need one more endpoint.
    if (verdict.outcome === 'pass' && workspace !== null) index.list(datastoresOf(workspace));
    return verdict.outcome === 'pass' ? (blockedPath(firewall, context) ?? verdict) : verdict;
  },
  fix: (firewall, context, answers) => addEndpoints(firewall, missingGroups(firewall, context.index), context, answers),
});

export const keyvaultPrivateEndpoint = defineRule({
  id: 'keyvault.private-endpoint',
  answers: { subnet: 'VNET/NAME', way: ['zone', 'hosts', 'peer'] },
  title: 'Key vault has a private endpoint and private DNS',
  problem: 'Key vault private endpoint or private DNS is missing',
  severity: 'high',
  profiles: ['current'],
  for: ['private-endpoint', 'managed-network'],
  explain: {
    why: "Computes and studio users read the workspace's secrets. Without a private endpoint and its private DNS zone, they use the public endpoint or are blocked.",
    fix: `Creates a private endpoint in the subnet that you choose (--answer subnet=VNET/NAME), with a private DNS zone linked to your compute networks. ${approved} ${second} ${managed}`,
    breaks: `A linked network resolves every name of that zone privately: other key vaults without a record there no longer resolve. The endpoint is billed hourly. ${provisioning}`,
    links: [links.vaultFirewall, links.privateDns, links.managedNetwork],
  },
  fixKind: 'guided',
  instead: 'keyvault.vnet-rule-compute-subnet',
  subjects: vaultFirewalls,
  check: allNetworksConnect,
  fix: connectNetworks,
});

export const acrPrivateEndpoint = defineRule({
  id: 'acr.private-endpoint',
  answers: { sku: ['Premium'], subnet: 'VNET/NAME', way: ['zone', 'hosts', 'peer'] },
  title: 'Registry has a private endpoint and private DNS',
  problem: 'Registry private endpoint or private DNS is missing',
  severity: 'high',
  profiles: ['current'],
  for: ['private-endpoint', 'managed-network'],
  explain: {
    why: 'Nodes pull images and the workspace service pushes them. When the registry denies by default, they need a private endpoint and its private DNS zone. Azure recommends private endpoints for registries.',
    fix: `Creates a private endpoint in the subnet that you choose (--answer subnet=VNET/NAME), with a private DNS zone linked to your compute networks. ${approved} ${second} ${managed} A registry below Premium is upgraded first: pass --answer sku=Premium.`,
    breaks: `A linked network resolves every name of that zone privately: other registries without a record there no longer resolve. The endpoint uses two addresses, plus one for each further replica, and is billed hourly. Virtual network rules are not supported beside it (acr.endpoint-kinds-exclusive removes them). ${provisioning}`,
    links: [links.registryPrivateLink, links.privateDns, links.managedNetwork],
  },
  fixKind: 'guided',
  instead: 'acr.vnet-rule-compute-subnet',
  subjects: registryFirewalls,
  check: allNetworksConnect,
  // The endpoint is planned for the registry as it is, because it does not depend on the SKU in its body.
  fix: (firewall, context, answers) => inPremium(firewall, answers, () => connectNetworks(firewall, context, answers)),
});

/** The networks of all computes that need the account; in a managed network, or without any, those of its endpoints. */
function dnsNetworks(firewall: ServiceFirewall, index: SnapshotIndex): string[] {
  const { id } = firewall.resource;
  const needing = strategyOf(id, index) === 'private-endpoint' ? networksOf(firewall, index) : [];
  return needing.length > 0 ? needing : endpointNetworks(id, index);
}
const endpointGroups = ({ resource }: ServiceFirewall, index: SnapshotIndex): string[] => [
  ...new Set(customerEndpoints(resource.id, index).flatMap(({ groups }) => groups ?? [])),
];

export const storagePrivateDns = defineRule({
  id: 'storage.private-dns',
  title: 'Storage private DNS resolves to the private endpoints',
  problem: 'Storage private DNS does not resolve privately',
  severity: 'high',
  profiles: ['current'],
  for: ['private-endpoint', 'managed-network'],
  explain: {
    why: 'A private endpoint does not change the names that clients use. Without its private DNS zone, they resolve to the public address and the endpoint is not used.',
    fix: 'Creates missing private DNS zones and links them to the compute networks. Adds zone groups to the private endpoints, so that they register their names.',
    breaks:
      'A linked network resolves every name of that zone privately: names without a record there, such as those of other accounts, no longer resolve.',
    links: [links.privateDns, links.secureWorkspace],
  },
  fixKind: 'guided',
  subjects: storageFirewalls,
  check(firewall, { index }) {
    if (customerEndpoints(firewall.resource.id, index).length === 0)
      return notApplicable(`The ${firewall.name} has no private endpoint in your subscriptions.`);
    const verdict = namesResolve(firewall, endpointGroups(firewall, index), dnsNetworks(firewall, index), index);
    return verdict.outcome === 'pass'
      ? pass(
          `All networks that use private endpoints of the ${firewall.name} resolve its names privately.`,
          verdict.evidence,
        )
      : verdict;
  },
  fix: (firewall, context) =>
    dnsProposals(
      {
        target: firewall.resource,
        groups: endpointGroups(firewall, context.index),
        vnets: dnsNetworks(firewall, context.index),
      },
      context,
    ),
});
