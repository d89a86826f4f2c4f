// How computes reach a storage account, a key vault or a registry by its strategy: virtual network rules, private endpoints, or
// outbound rules of the managed network.

import { datastoresOf, isGen2 } from '../../../facts/accounts.ts';
import { strategyOf } from '../../../facts/architecture.ts';
import { customerEndpoints } from '../../../facts/endpoints.ts';
import { accountGroups } from '../../../facts/groups.ts';
import { defaultAccountId, workspaceRegistryId, workspaceVaultId } from '../../../facts/links.ts';
import { outboundRules } from '../../../facts/managed-network.ts';
import { knownNeedsOf, unreadNeedsOf } from '../../../facts/needs.ts';
import { isAssociated } from '../../../facts/perimeter.ts';
import type { Resource } from '../../../model/resource.ts';
import { fold, sameId } from '../../../model/resource-id.ts';
import type { SnapshotIndex } from '../../../model/snapshot-index.ts';
import { UnreadableError } from '../../../model/unreadable-error.ts';
import { outboundRulesPointer, outboundRuleView } from '../../../resource-types/managed-network.ts';
import { type EndpointConnection, endpointConnectionsOf } from '../../../resource-types/network-acls.ts';
import { vnetOf } from '../../../resource-types/network-view.ts';
import { workspaceView } from '../../../resource-types/workspace-view.ts';
import { derived } from '../../define.ts';
import { type ServiceFirewall, storageFirewalls, subnetRuleFor } from '../../parts/firewall.ts';
import { allowsNone, allowsSubnet } from '../../parts/firewall-verdicts.ts';
import { onceEach } from '../../parts/naming.ts';
import { isOnlyDeclared, needs } from '../../parts/subjects.ts';
import { evidenceAt, fail, listed, notApplicable, pass, unknown, worstOf } from '../../parts/verdict.ts';
import type { Answers, CheckResult, RuleContext } from '../../rule.ts';

export const connectionsPointer = '/properties/privateEndpointConnections';

/**
 * Firewalls of the accounts that a Data Lake Storage Gen2 datastore uses. Throws UnreadableError when the datastores were not
 * read.
 */
export const lakeFirewalls = derived(storageFirewalls, (firewall, { index }) => {
  const { workspace } = index.snapshot;
  if (workspace !== null) index.list(datastoresOf(workspace));
  return isGen2(firewall.resource.id, index)
    ? firewall
    : notApplicable(`No Data Lake Storage Gen2 datastore uses the ${firewall.name}.`);
});

/** Rules that must pass before a storage account denies by default. */
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
export function computeAccess(firewall: ServiceFirewall, { index }: RuleContext): CheckResult {
  const { id } = firewall.resource;
  if (strategyOf(id, index) !== 'service-endpoint') return privateAccess(firewall, index);
  const subnets = knownNeedsOf(id, index);
  // A compute that could not be read may need more subnets; it does not hide that a known one is blocked.
  const unread = unreadNeedsOf(id, index).map(({ gap }) => (): CheckResult => {
    throw new UnreadableError(gap);
  });
  if (subnets.length + unread.length === 0) return notApplicable(`No compute subnet needs the ${firewall.name}.`);
  const allowed = subnets.filter((subnet) => subnetRuleFor(firewall, subnet));
  const missing = subnets.filter((subnet) => !allowed.includes(subnet));
  return worstOf('critical', [
    ...allowed.map((subnet) => () => allowsSubnet(firewall, subnet, index, 'high')),
    ...(isAssociated(firewall.perimeter) || firewall.overruled
      ? missing.map((subnet) => () => allowsSubnet(firewall, subnet, index, 'high'))
      : missing.length > 0
        ? [() => allowsNone(firewall, missing, 'high')]
        : []),
    ...unread,
  ]);
}

const groupsOf = (firewall: ServiceFirewall, index: SnapshotIndex): readonly string[] =>
  firewall.service === 'storage' ? accountGroups(firewall.resource.id, index) : [firewall.service];

/** ` for blob and file`; empty for services with a single group. */
const forGroups = ({ service }: ServiceFirewall, groups: readonly string[]): string =>
  service === 'storage' ? ` for ${listed(groups)}` : '';

/** Does every group in use have an approved private endpoint, or an active outbound rule of the managed network? */
export function privateAccess(firewall: ServiceFirewall, index: SnapshotIndex): CheckResult {
  const { id } = firewall.resource;
  const groups = groupsOf(firewall, index);
  if (strategyOf(id, index) === 'managed-network') return managedAccess(firewall, index, groups);
  const ends = customerEndpoints(id, index);
  const evidence = [evidenceAt(firewall.resource, connectionsPointer, 'private endpoint connections')];
  const missing = groups.filter((group) => !ends.some((end) => end.groups?.includes(fold(group))));
  if (missing.length === 0)
    return pass(`The ${firewall.name} has approved private endpoints${forGroups(firewall, groups)}.`, evidence);
  return ends.some((end) => end.groups === undefined)
    ? unknown(`An approved private endpoint of the ${firewall.name} could not be read.`, evidence)
    : fail(`The ${firewall.name} has no approved private endpoint${forGroups(firewall, missing)}.`, evidence, 'high');
}

function managedAccess(firewall: ServiceFirewall, index: SnapshotIndex, groups: readonly string[]): CheckResult {
  const workspace = index.workspace();
  if (!workspace) return unknown('The managed network of the workspace could not be read.');
  const evidence = [evidenceAt(workspace, outboundRulesPointer, 'outbound rules of the managed network')];
  const active = activeGroups(firewall, index);
  const missing = groups.filter((group) => !active.includes(fold(group)));
  if (missing.length === 0 && isOnlyDeclared(workspace, index))
    return pass(
      `Once it is provisioned, the managed network has outbound rules to the ${firewall.name}${forGroups(firewall, groups)}.`,
      evidence,
    );
  return missing.length === 0
    ? pass(
        `The managed network has active outbound rules to the ${firewall.name}${forGroups(firewall, groups)}.`,
        evidence,
      )
    : fail(
        `The managed network has no active outbound rule to the ${firewall.name}${forGroups(firewall, missing)}.`,
        evidence,
        'high',
      );
}

/**
 * Groups of the active PrivateEndpoint outbound rules to a resource; where a file only declares the workspace, of those that will be.
 * Throws UnreadableError when the rules were not shown.
 */
function activeGroups(firewall: ServiceFirewall, index: SnapshotIndex): string[] {
  const { id } = firewall.resource;
  const workspace = index.workspace();
  const isDeclared = workspace !== undefined && isOnlyDeclared(workspace, index);
  const own = outboundRules(index)
    .map(outboundRuleView)
    .filter((rule) => rule.type === 'PrivateEndpoint' && sameId(rule.target, id))
    .filter(({ status }) => status === 'Active' || (isDeclared && status === undefined))
    .map((rule) => rule.group ?? '');
  return isDeclared && isRequired(firewall, workspace, index) ? [...own, ...requiredGroups[firewall.service]] : own;
}

/** Those of the rules that Azure adds when it provisions a managed network. */
const requiredGroups: Readonly<Record<ServiceFirewall['service'], readonly string[]>> = {
  storage: ['blob', 'file'],
  vault: ['vault'],
  registry: ['registry'],
};

/** Azure adds them for the workspace's own resources: in approved-outbound mode always, else while public network access is off. */
function isRequired({ resource, view }: ServiceFirewall, workspace: Resource, index: SnapshotIndex): boolean {
  const linked = [defaultAccountId(index), workspaceVaultId(index), workspaceRegistryId(index)];
  if (!linked.some((id) => sameId(id, resource.id))) return false;
  const { mode } = workspaceView(workspace).managedNetwork;
  return mode === 'AllowOnlyApprovedOutbound' || view.publicNetworkAccess === 'Disabled';
}

/** Groups in use that have no private access by the strategy of the resource. */
export function missingGroups(firewall: ServiceFirewall, index: SnapshotIndex): readonly string[] {
  const { id } = firewall.resource;
  const present =
    strategyOf(id, index) === 'managed-network'
      ? activeGroups(firewall, index)
      : customerEndpoints(id, index).flatMap((end) => end.groups ?? []);
  return groupsOf(firewall, index).filter((group) => !present.includes(fold(group)));
}

/**
 * Is there an approved private endpoint of the customer, or an active outbound rule? Throws UnreadableError when these were
 * not shown.
 */
export function hasPrivateAccess(firewall: ServiceFirewall, index: SnapshotIndex): boolean {
  const { id } = firewall.resource;
  if (customerEndpoints(id, index).length > 0) return true;
  return strategyOf(id, index) === 'managed-network' && activeGroups(firewall, index).length > 0;
}

/** Networks of the subnets that need the resource. Throws UnreadableError when a compute could not be read. */
export const needingNetworks = (id: string, context: RuleContext): string[] => onceEach(needs(id, context).map(vnetOf));

/** The known networks of the private endpoints of a resource. */
export const endpointNetworks = (id: string, index: SnapshotIndex): string[] =>
  onceEach(customerEndpoints(id, index).flatMap(({ vnet }) => vnet ?? []));

/** Connections of a registry whose private endpoint is in no readable subscription: those of the workspace service. */
export const serviceConnections = (
  { resource }: ServiceFirewall,
  index: SnapshotIndex,
): readonly EndpointConnection[] =>
  endpointConnectionsOf(resource).filter(
    ({ endpointId }) => endpointId !== undefined && index.peek(endpointId).state !== 'read',
  );
