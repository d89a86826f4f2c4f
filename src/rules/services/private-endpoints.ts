// storage.private-endpoints, keyvault.private-endpoint, acr.private-endpoint, storage.private-dns: private access to a service by its
// name, from each network that needs it.
import { vnetOf } from '../../kinds/network-view.ts';
import { subscriptionOf } from '../../model/resource-id.ts';
import { GapRead, type World } from '../../model/world.ts';
import { datastoresOf } from '../../posture/accounts.ts';
import { strategyOf } from '../../posture/architecture.ts';
import { zoneNames, zoneSubscriptions } from '../../posture/dns.ts';
import { customerEndpoints, peersOf, reachedPrivately } from '../../posture/endpoints.ts';
import { knownNeedsOf, unreadNeedsOf } from '../../posture/needs.ts';
import { defineRule } from '../define.ts';
import { registryFirewalls, storageFirewalls, vaultFirewalls, type Wall } from '../parts/firewall.ts';
import { links } from '../parts/links.ts';
import { onceEach } from '../parts/naming.ts';
import {
  chooseSubnet,
  dnsProposals,
  endpointProposals,
  endpointSubnets,
  outboundRuleProposals,
  readerProposals,
} from '../parts/private-link.ts';
import { resolvesPrivately } from '../parts/private-zones.ts';
import { inPremium } from '../parts/registry.ts';
import { fail, listed, notApplicable, noted, pass, seen, shown, together, unknown } from '../parts/verdict.ts';
import type { Answers, Judgement, Proposal, Verdict } from '../rule.ts';
import { connectionsPointer, endpointNetworks, missingGroups, needingNetworks, privateAccess } from './parts/access.ts';

type Fixed = readonly Proposal[] | string;

const networksOf = ({ resource }: Wall, world: World): string[] =>
  onceEach(knownNeedsOf(resource.id, world).map(vnetOf));
const isManaged = ({ resource }: Wall, world: World): boolean => strategyOf(resource.id, world) === 'managed-network';

/** Networks for new endpoints: those that need the resource; without any, those of the workspace's endpoints, else all. */
function candidateNetworks(id: string, judgement: Judgement): string[] {
  const { world } = judgement;
  const needing = needingNetworks(id, judgement);
  const { workspace } = world.snapshot;
  const ofWorkspace = workspace === null || needing.length > 0 ? [] : endpointNetworks(workspace, world);
  if (needing.length > 0 || ofWorkspace.length > 0) return needing.length > 0 ? needing : ofWorkspace;
  return world.ofType('Microsoft.Network/virtualNetworks').map((vnet) => vnet.id);
}

/** Private endpoints with DNS and Reader for groups without private access, or outbound rules of the managed network. */
function addEndpoints(firewall: Wall, groups: readonly string[], judgement: Judgement, answers: Answers): Fixed {
  const { resource: target } = firewall;
  const { world } = judgement;
  if (isManaged(firewall, world)) return outboundRuleProposals({ target: target.id, groups }, judgement);
  const vnets = candidateNetworks(target.id, judgement);
  const peers = vnets.flatMap((vnet) => peersOf(vnet, world)).filter((id) => world.peek(id).state === 'read');
  const subnet = chooseSubnet(answers, endpointSubnets(onceEach([...vnets, ...peers]), world));
  const made = endpointProposals({ target, groups, subnet, vnets: needingNetworks(target.id, judgement) }, judgement);
  return typeof made === 'string' || firewall.service !== 'storage'
    ? made
    : [...made, ...readerProposals(target, made, judgement)];
}

/** Do these networks resolve the names of these groups privately? */
function namesResolve(firewall: Wall, groups: readonly string[], vnets: readonly string[], world: World): Verdict {
  const { id } = firewall.resource;
  const zones = [...new Set(groups.flatMap((group) => zoneNames(group, world)))];
  const ends = customerEndpoints(id, world);
  const holders = ends.flatMap(({ connection: { endpointId } }) =>
    endpointId === undefined ? [] : zoneSubscriptions(endpointId, world),
  );
  const [unread] = strategyOf(id, world) === 'private-endpoint' ? unreadNeedsOf(id, world) : [];
  return together('high', [
    ...vnets.map((vnet) => () => {
      const own = subscriptionOf(vnet);
      return resolvesPrivately(vnet, zones, onceEach([...holders, ...(own === undefined ? [] : [own])]), world);
    }),
    ...(unread === undefined
      ? []
      : [
          (): Verdict => {
            throw new GapRead(unread.gap);
          },
        ]),
    ...ends
      .filter((end) => end.groups === undefined || end.vnet === undefined)
      .map(({ connection }) => () => {
        const end = connection.endpointId ?? id;
        return unknown(`The private endpoint ${shown(end)} of the ${firewall.name} could not be read.`, [
          noted(end, null, 'private endpoint'),
        ]);
      }),
  ]);
}

/** A key vault or a registry has one group, named as the service: can every network that needs it reach it by name? */
function allNetworksConnect(firewall: Wall, { world }: Judgement): Verdict {
  const { id } = firewall.resource;
  const groups = [firewall.service];
  const access = privateAccess(firewall, world);
  if (isManaged(firewall, world) || access.outcome === 'fail') return access;
  const vnets = networksOf(firewall, world);
  const evidence = [seen(firewall.resource, connectionsPointer, 'private endpoint connections')];
  const verdict = together('high', [
    () => access,
    // Throws GapRead where an endpoint that decides was not read.
    ...vnets.map(
      (vnet) => () =>
        reachedPrivately(id, vnet, world, groups)
          ? pass(`${shown(vnet)} has private access to the ${firewall.name}.`, evidence)
          : fail(`No private endpoint of the ${firewall.name} is in ${shown(vnet)} or in a peered network.`, evidence),
    ),
    () => namesResolve(firewall, groups, vnets.length > 0 ? vnets : endpointNetworks(id, world), world),
  ]);
  return verdict.outcome === 'pass'
    ? pass(`All networks that need the ${firewall.name} have private access and resolve its name.`, verdict.evidence)
    : verdict;
}

/** The answer `subnet=VNET/NAME` chooses the subnet of the endpoint. */
function connectNetworks(firewall: Wall, judgement: Judgement, answers: Answers): Fixed {
  const { world } = judgement;
  const { resource: target } = firewall;
  const groups = [firewall.service];
  const vnets = networksOf(firewall, world);
  if (isManaged(firewall, world) || vnets.length === 0) return addEndpoints(firewall, groups, judgement, answers);
  const missing = vnets.filter((vnet) => !reachedPrivately(target.id, vnet, world, groups));
  const [first] = missing;
  if (first === undefined) {
    const complete = `The ${firewall.name} has its private endpoints.`;
    return endpointProposals({ target, groups, subnet: complete, vnets }, judgement);
  }
  const around = (vnet: string) => onceEach([vnet, ...peersOf(vnet, world)]);
  const read = onceEach(missing.flatMap(around)).filter((id) => world.peek(id).state === 'read');
  const subnet = chooseSubnet(answers, endpointSubnets(read, world));
  const within = around(typeof subnet === 'string' ? first : vnetOf(subnet.id));
  const made = endpointProposals({ target, groups, subnet, vnets, within }, judgement);
  return typeof made === 'string' && missing.length > 1
    ? `${made} ${listed(missing.map(shown))} each need a private endpoint: run the fix once for each.`
    : made;
}

const approved = 'A pending connection is approved instead.';
const managed = 'In a managed network: an outbound rule, and the network provisioned.';
const provisioning = 'Provisioning a managed network cannot be undone.';

export const storagePrivateEndpoints = defineRule({
  id: 'storage.private-endpoints',
  title: 'Each storage sub-resource in use has a private endpoint',
  problem: 'Storage sub-resource has no private endpoint',
  severity: 'high',
  profiles: ['current'],
  for: ['private-endpoint', 'managed-network'],
  explain: {
    why: 'Studio, jobs and file mounts use different sub-resources of an account (blob, file, dfs), each with its own private endpoint. A missing endpoint blocks one of them.',
    fix: `Creates the missing private endpoints in the subnet that you choose (--answer subnet=VNET/NAME), with private DNS zones linked to your compute networks. Assigns Reader on them to the workspace's identity. ${approved} ${managed}`,
    breaks: `A network linked to the private DNS zone reaches the account only through the endpoint. Other names without a record in that zone no longer resolve there. Endpoints are billed hourly. ${provisioning}`,
    links: [links.secureWorkspace, links.managedNetwork, links.studio],
  },
  fixKind: 'guided',
  undo: 'exact',
  instead: 'storage.vnet-rule-compute-subnet',
  subjects: storageFirewalls,
  check(firewall, { world }) {
    const verdict = privateAccess(firewall, world);
    const { workspace } = world.snapshot;
    // Datastores name the parts in use: unread ones may need one more endpoint.
    if (verdict.outcome === 'pass' && workspace !== null) world.list(datastoresOf(workspace));
    return verdict;
  },
  fix: (firewall, judgement, answers) =>
    addEndpoints(firewall, missingGroups(firewall, judgement.world), judgement, answers),
});

export const keyvaultPrivateEndpoint = defineRule({
  id: 'keyvault.private-endpoint',
  title: 'Key vault has a private endpoint and private DNS',
  problem: 'Key vault private endpoint or private DNS is missing',
  severity: 'high',
  profiles: ['current'],
  for: ['private-endpoint', 'managed-network'],
  explain: {
    why: "Computes and studio users read the workspace's secrets. Without a private endpoint and its private DNS zone, they use the public endpoint or are blocked.",
    fix: `Creates a private endpoint in the subnet that you choose (--answer subnet=VNET/NAME), with a private DNS zone linked to your compute networks. ${approved} ${managed}`,
    breaks: `A linked network resolves every name of that zone privately: other key vaults without a record there no longer resolve. The endpoint is billed hourly. ${provisioning}`,
    links: [links.vaultFirewall, links.privateDns, links.managedNetwork],
  },
  fixKind: 'guided',
  undo: 'exact',
  instead: 'keyvault.vnet-rule-compute-subnet',
  subjects: vaultFirewalls,
  check: allNetworksConnect,
  fix: connectNetworks,
});

export const acrPrivateEndpoint = defineRule({
  id: 'acr.private-endpoint',
  title: 'Registry has a private endpoint and private DNS',
  problem: 'Registry private endpoint or private DNS is missing',
  severity: 'high',
  profiles: ['current'],
  for: ['private-endpoint', 'managed-network'],
  explain: {
    why: 'Nodes pull images and the workspace service pushes them. When the registry denies by default, they need a private endpoint and its private DNS zone. Azure recommends private endpoints for registries.',
    fix: `Creates a private endpoint in the subnet that you choose (--answer subnet=VNET/NAME), with a private DNS zone linked to your compute networks. ${approved} ${managed} A registry below Premium is upgraded first: pass --answer sku=Premium.`,
    breaks: `A linked network resolves every name of that zone privately: other registries without a record there no longer resolve. The endpoint uses two addresses, plus one for each further replica, and is billed hourly. Virtual network rules are not supported beside it (acr.endpoint-kinds-exclusive removes them). ${provisioning}`,
    links: [links.registryPrivateLink, links.privateDns, links.managedNetwork],
  },
  fixKind: 'guided',
  undo: 'exact',
  instead: 'acr.vnet-rule-compute-subnet',
  subjects: registryFirewalls,
  check: allNetworksConnect,
  // The endpoint is planned for the registry as it is, because it does not depend on the SKU in its body.
  fix: (firewall, judgement, answers) =>
    inPremium(firewall, answers, () => connectNetworks(firewall, judgement, answers)),
});

/** The networks of all computes that need the account; in a managed network, or without any, those of its endpoints. */
function dnsNetworks(firewall: Wall, world: World): string[] {
  const { id } = firewall.resource;
  const needing = strategyOf(id, world) === 'private-endpoint' ? networksOf(firewall, world) : [];
  return needing.length > 0 ? needing : endpointNetworks(id, world);
}
const endpointGroups = ({ resource }: Wall, world: World): string[] => [
  ...new Set(customerEndpoints(resource.id, world).flatMap(({ groups }) => groups ?? [])),
];

export const storagePrivateDns = defineRule({
  id: 'storage.private-dns',
  title: 'Storage private DNS zones are linked to client networks',
  problem: 'Storage private DNS zone is missing or not linked',
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
  undo: 'exact',
  subjects: storageFirewalls,
  check(firewall, { world }) {
    if (customerEndpoints(firewall.resource.id, world).length === 0)
      return notApplicable(`The ${firewall.name} has no private endpoint in your subscriptions.`);
    const verdict = namesResolve(firewall, endpointGroups(firewall, world), dnsNetworks(firewall, world), world);
    return verdict.outcome === 'pass'
      ? pass(
          `All networks that use private endpoints of the ${firewall.name} resolve its names privately.`,
          verdict.evidence,
        )
      : verdict;
  },
  fix: (firewall, judgement) =>
    dnsProposals(
      {
        target: firewall.resource,
        groups: endpointGroups(firewall, judgement.world),
        vnets: dnsNetworks(firewall, judgement.world),
      },
      judgement,
    ),
});
