// How computes reach a storage account, a key vault or a registry by its strategy: virtual network rules, private endpoints, or
// outbound rules of the managed network.
import { outboundRulesPointer, outboundRuleView } from '../../../kinds/managed-network.ts';
import { type EndpointConnection, endpointConnectionsOf } from '../../../kinds/network-acls.ts';
import { vnetOf } from '../../../kinds/network-view.ts';
import { fold, sameId } from '../../../model/resource-id.ts';
import { GapRead, type World } from '../../../model/world.ts';
import { datastoresOf, isGen2 } from '../../../posture/accounts.ts';
import { strategyOf } from '../../../posture/architecture.ts';
import { customerEndpoints } from '../../../posture/endpoints.ts';
import { accountGroups } from '../../../posture/groups.ts';
import { outboundRules } from '../../../posture/managed-network.ts';
import { knownNeedsOf, unreadNeedsOf } from '../../../posture/needs.ts';
import { derived } from '../../define.ts';
import { storageFirewalls, subnetRuleFor, type Wall } from '../../parts/firewall.ts';
import { allowsNone, allowsSubnet } from '../../parts/firewall-verdicts.ts';
import { onceEach } from '../../parts/naming.ts';
import { needs } from '../../parts/subjects.ts';
import { fail, listed, notApplicable, pass, seen, together, unknown } from '../../parts/verdict.ts';
import type { Answers, Judgement, Verdict } from '../../rule.ts';

export const connectionsPointer = '/properties/privateEndpointConnections';

/** Firewalls of the accounts that a Data Lake Storage Gen2 datastore uses. Throws GapRead when the datastores were not read. */
export const lakeFirewalls = derived(storageFirewalls, (firewall, { world }) => {
  const { workspace } = world.snapshot;
  if (workspace !== null) world.list(datastoresOf(workspace));
  return isGen2(firewall.resource.id, world)
    ? firewall
    : notApplicable(`No Data Lake Storage Gen2 datastore uses the ${firewall.name}.`);
});

/** Rules that must pass before a storage account is closed. */
export const closingGates: readonly string[] = [
  'storage.vnet-rule-compute-subnet',
  'storage.private-endpoints',
  'storage.private-dns',
  'storage.bypass-azure-services',
  'databricks.storage-same-vnet',
  'aks.storage-same-vnet',
  'storage.dev-client-ip',
];

/** The answer `action`: `allow` or `recreate`. `way=admit` and `way=recreate` are its former spelling. */
export const chosenAction = ({ action, way }: Answers): string | undefined =>
  action ?? (way === 'admit' ? 'allow' : way);

/** Can every compute that needs the resource reach it? */
export function computeAccess(firewall: Wall, { world }: Judgement): Verdict {
  const { id } = firewall.resource;
  if (strategyOf(id, world) !== 'service-endpoint') return privateAccess(firewall, world);
  const subnets = knownNeedsOf(id, world);
  // A compute that could not be read may need more subnets; it does not hide that a known one is blocked.
  const unread = unreadNeedsOf(id, world).map(({ gap }) => (): Verdict => {
    throw new GapRead(gap);
  });
  if (subnets.length + unread.length === 0) return notApplicable(`No compute subnet needs the ${firewall.name}.`);
  const allowed = subnets.filter((subnet) => subnetRuleFor(firewall, subnet));
  const missing = subnets.filter((subnet) => !allowed.includes(subnet));
  return together('critical', [
    ...allowed.map((subnet) => () => allowsSubnet(firewall, subnet, world, 'high')),
    ...(missing.length > 0 ? [() => allowsNone(firewall, missing, 'high')] : []),
    ...unread,
  ]);
}

const groupsOf = (firewall: Wall, world: World): readonly string[] =>
  firewall.service === 'storage' ? accountGroups(firewall.resource.id, world) : [firewall.service];

/** ` for blob and file`; empty for services with a single group. */
const forGroups = ({ service }: Wall, groups: readonly string[]): string =>
  service === 'storage' ? ` for ${listed(groups)}` : '';

/** Does every group in use have an approved private endpoint, or an active outbound rule of the managed network? */
export function privateAccess(firewall: Wall, world: World): Verdict {
  const { id } = firewall.resource;
  const groups = groupsOf(firewall, world);
  if (strategyOf(id, world) === 'managed-network') return managedAccess(firewall, world, groups);
  const ends = customerEndpoints(id, world);
  const evidence = [seen(firewall.resource, connectionsPointer, 'private endpoint connections')];
  const missing = groups.filter((group) => !ends.some((end) => end.groups?.includes(fold(group))));
  if (missing.length === 0)
    return pass(`The ${firewall.name} has approved private endpoints${forGroups(firewall, groups)}.`, evidence);
  return ends.some((end) => end.groups === undefined)
    ? unknown(`An approved private endpoint of the ${firewall.name} could not be read.`, evidence)
    : fail(`The ${firewall.name} has no approved private endpoint${forGroups(firewall, missing)}.`, evidence);
}

function managedAccess(firewall: Wall, world: World, groups: readonly string[]): Verdict {
  const workspace = world.workspace();
  if (!workspace) return unknown('The managed network of the workspace could not be read.');
  const evidence = [seen(workspace, outboundRulesPointer, 'outbound rules of the managed network')];
  const active = activeGroups(firewall.resource.id, world);
  const missing = groups.filter((group) => !active.includes(fold(group)));
  return missing.length === 0
    ? pass(
        `The managed network has active outbound rules to the ${firewall.name}${forGroups(firewall, groups)}.`,
        evidence,
      )
    : fail(
        `The managed network has no active outbound rule to the ${firewall.name}${forGroups(firewall, missing)}.`,
        evidence,
      );
}

/** Groups of the active PrivateEndpoint outbound rules to a resource. Throws GapRead when the rules were not shown. */
const activeGroups = (target: string, world: World): string[] =>
  outboundRules(world)
    .map(outboundRuleView)
    .filter((rule) => rule.type === 'PrivateEndpoint' && rule.status === 'Active' && sameId(rule.target, target))
    .map((rule) => rule.group ?? '');

/** Groups in use that have no private access by the strategy of the resource. */
export function missingGroups(firewall: Wall, world: World): readonly string[] {
  const { id } = firewall.resource;
  const present =
    strategyOf(id, world) === 'managed-network'
      ? activeGroups(id, world)
      : customerEndpoints(id, world).flatMap((end) => end.groups ?? []);
  return groupsOf(firewall, world).filter((group) => !present.includes(fold(group)));
}

/** Is there an approved private endpoint of the customer, or an active outbound rule? Throws GapRead when these were not shown. */
export function hasPrivateAccess(firewall: Wall, world: World): boolean {
  const { id } = firewall.resource;
  if (customerEndpoints(id, world).length > 0) return true;
  return strategyOf(id, world) === 'managed-network' && activeGroups(id, world).length > 0;
}

/** Networks of the subnets that need the resource. Throws GapRead when a compute could not be read. */
export const needingNetworks = (id: string, judgement: Judgement): string[] =>
  onceEach(needs(id, judgement).map(vnetOf));

/** The known networks of the private endpoints of a resource. */
export const endpointNetworks = (id: string, world: World): string[] =>
  onceEach(customerEndpoints(id, world).flatMap(({ vnet }) => vnet ?? []));

/** Connections of a registry whose private endpoint is in no readable subscription: those of the workspace service. */
export const serviceConnections = ({ resource }: Wall, world: World): readonly EndpointConnection[] =>
  endpointConnectionsOf(resource).filter(
    ({ endpointId }) => endpointId !== undefined && world.peek(endpointId).state !== 'read',
  );
