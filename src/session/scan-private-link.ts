// What the scan reads of private link: the endpoints that lead to what is in hand, their zone
// groups, the zones of their names with their A records and the networks linked to them, the workspace's roles on them, and the rules of its
// managed network. Each only where some resource makes a rule ask for it.

import type { Assumptions } from '../model/assumption.ts';
import type { Resource } from '../model/resource.ts';
import { fold, nameOf, parentId, sameId, subscriptionOf } from '../model/resource-id.ts';
import {
  aRecordType,
  assignmentsIn,
  connectionsOf,
  endpointConnectionsOf,
  endpointsIn,
  endpointView,
  listAt,
  monitorGroup,
  ofPrincipal,
  outboundRulesOf,
  outboundRuleType,
  outboundRuleView,
  privateEndpointType,
  publicNetworkAccessOf,
  roleAssignmentType,
  showsOutboundRules,
  textAt,
  workspaceView,
  zoneGroupType,
  zoneGroupView,
  zoneLinkType,
  zoneNamesOf,
  zoneType,
} from '../resource-types/index.ts';
import type { Collector, LookedUp } from './collector.ts';

export interface PrivateLinkScan {
  readonly collector: Collector;
  /** The one whose settings apply, the hub of a project. */
  readonly workspace: Resource | undefined;
  /** Object ids of the identities of the workspace itself and of its hub. */
  readonly principals: readonly string[];
  /** What endpoints may lead to: the workspace, its accounts, vault and registry. */
  readonly targets: readonly Resource[];
  readonly intents: Assumptions;
  /** Does a compute in a network of the customer have no public address? It needs an endpoint of the workspace. */
  readonly hidden: boolean;
  /** `public`, `usgov`, `china`. */
  readonly cloud: string;
}

export interface PrivateLinkSeen {
  /** Endpoints that lead to one of the targets. */
  readonly ends: readonly Resource[];
  /** Subnets these are in, where they are shown. */
  readonly subnets: readonly string[];
  /** Does private access matter here: something has an endpoint, denies public network access, or should be private? */
  readonly asked: boolean;
}

const leadsToMonitor = (group: string): boolean => fold(group) === monitorGroup;
const list = (subscription: string, type: string): string => `/subscriptions/${subscription}/providers/${type}`;
const subscriptionsOf = (ids: readonly string[]): string[] => [
  ...new Map(ids.flatMap((id) => subscriptionOf(id) ?? []).map((one) => [fold(one), one])).values(),
];

/** The connections, rules and endpoints; to be called before the networks are read, which may lie behind an endpoint. */
export async function endpointsMet(scan: PrivateLinkScan): Promise<PrivateLinkSeen> {
  const { collector, workspace, targets, intents, hidden } = scan;
  for (const target of targets) connectionsOf(target).forEach(collector.keep);
  const connections = targets.flatMap(endpointConnectionsOf);
  const managed = workspace !== undefined && workspaceView(workspace).managedNetwork.on;
  const asked =
    managed ||
    hidden ||
    connections.length > 0 ||
    // Both reach the workspace through an endpoint once public network access is Disabled.
    intents.architecture === 'private-endpoint' ||
    intents.architecture === 'managed-network' ||
    targets.some((target) => publicNetworkAccessOf(target) === 'Disabled');
  if (!asked) return { ends: [], subnets: [], asked };
  const [listed] = await Promise.all([
    Promise.all(
      subscriptionsOf(targets.map(({ id }) => id)).map((one) =>
        collector.lookUp(list(one, privateEndpointType), privateEndpointType),
      ),
    ),
    managed ? outboundRules(collector, workspace) : undefined,
  ]);
  const known = listed.flatMap((found) => (found === undefined ? [] : endpointsNeeded(found, targets)));
  // An endpoint of Azure Monitor changes its names for a whole network.
  const scopes = known
    .flatMap((end) => endpointView(end).connections)
    .flatMap(({ target, groups }) => (target !== undefined && groups.some(leadsToMonitor) ? [target] : []));
  const others = connections.flatMap(({ endpointId }) =>
    endpointId === undefined || known.some(({ id }) => sameId(id, endpointId)) ? [] : [endpointId],
  );
  await readAll(collector, scopes);
  const read = await (managed ? customersOwn(collector, others) : readAll(collector, others));
  const ends = [...known, ...read].filter((end) => leadsToOne(end, targets));
  ends.forEach(collector.keep);
  const shown = connections.flatMap(({ subnetArmId }) => subnetArmId ?? []);
  return { ends, subnets: [...shown, ...ends.flatMap((end) => endpointView(end).subnet ?? [])], asked };
}

const readAll = async (collector: Collector, ids: readonly string[]): Promise<Resource[]> =>
  (await Promise.all(ids.map((id) => collector.read(id)))).filter((one) => one !== undefined);

/** A managed network's endpoints are in Microsoft's subscriptions: where one cannot be read, the others are not requested. */
async function customersOwn(collector: Collector, ids: readonly string[]): Promise<Resource[]> {
  const bySubscription = [...Map.groupBy(ids, (id) => fold(subscriptionOf(id) ?? '')).values()];
  const found = await Promise.all(
    bySubscription.map(async ([first = '', ...others]) => {
      const one = await collector.read(first);
      const isUnseen = collector.gapAt(first)?.code === 'SubscriptionNotFound';
      return [...(one ? [one] : []), ...(isUnseen ? [] : await readAll(collector, others))];
    }),
  );
  return found.flat();
}

/** Of a list that scans share those that lead to a target or to Azure Monitor, else all. */
function endpointsNeeded(found: LookedUp, targets: readonly Resource[]): readonly Resource[] {
  if (found.shared === undefined) return found.resources;
  const { byGroup, byTarget } = endpointsIn(found.shared);
  const ids = [...targets.flatMap(({ id }) => byTarget.get(fold(id)) ?? []), ...(byGroup.get(monitorGroup) ?? [])];
  return [...new Set(ids)].flatMap((id) => found.shared.get(id) ?? []);
}

const leadsToOne = (end: Resource, targets: readonly Resource[]): boolean =>
  endpointView(end).connections.some(({ target }) => targets.some(({ id }) => sameId(id, target)));

/** They are in the workspace's body; where its answer omits them, they are requested. */
async function outboundRules(collector: Collector, workspace: Resource): Promise<void> {
  if (showsOutboundRules(workspace)) outboundRulesOf(workspace).forEach(collector.keep);
  else await collector.list(`${workspace.id}/outboundRules`, outboundRuleType);
}

/** Names and roles of the endpoints met: zone groups, zones with their links, what the workspace's identity may do there. */
export async function namesAndRoles(scan: PrivateLinkScan, seen: PrivateLinkSeen): Promise<void> {
  const { collector } = scan;
  const [groups] = await Promise.all([
    Promise.all(seen.ends.map(({ id }) => collector.list(`${id}/privateDnsZoneGroups`, zoneGroupType))),
    rolesOf(scan, seen.ends),
  ]);
  const all = groups.flatMap((found) => found ?? []);
  const zones = all.flatMap((group) => zoneGroupView(group).configs.map(({ zone }) => zone));
  await Promise.all([zonesOf(scan, seen, zones), interfacesNeeded(collector, seen.ends, all)]);
}

/** The zones that the names need, in every subscription that could hold them, and the links of these zones. */
async function zonesOf(
  { collector, targets, cloud }: PrivateLinkScan,
  { ends, subnets, asked }: PrivateLinkSeen,
  zones: readonly string[],
): Promise<void> {
  const groups = ends.flatMap((end) => endpointView(end).connections.flatMap((one) => one.groups));
  if (groups.length === 0 && !asked) return;
  const possible = [...groups, ...targets.flatMap((target) => groupsOf(target.type))];
  const names = new Set(possible.flatMap((group) => zoneNamesOf(group, cloud)));
  const holders = [...ends.map(({ id }) => id), ...subnets, ...zones, ...targets.map(({ id }) => id)];
  const found = await Promise.all(subscriptionsOf(holders).map((one) => collector.list(list(one, zoneType), zoneType)));
  const serving = found.flatMap((all) => all ?? []).filter(({ id }) => names.has(fold(nameOf(id))));
  const needed = new Set(groups.flatMap((group) => zoneNamesOf(group, cloud)));
  await Promise.all([
    ...serving.map(({ id }) => collector.lookUp(`${id}/virtualNetworkLinks`, zoneLinkType)),
    ...serving
      .filter(({ id }) => needed.has(fold(nameOf(id))))
      .map(({ id }) => collector.lookUp(`${id}/A`, aRecordType)),
  ]);
}

/** The interface of an approved endpoint whose addresses neither it nor its zone group shows. */
async function interfacesNeeded(
  collector: Collector,
  ends: readonly Resource[],
  groups: readonly Resource[],
): Promise<void> {
  const written = groups.filter((group) => zoneGroupView(group).configs.some(({ records }) => records.length > 0));
  const silent = ends.filter(
    (end) =>
      endpointView(end).connections.some(({ status }) => sameId(status, 'Approved')) &&
      listAt(end.body, '/properties/customDnsConfigs').length === 0 &&
      !written.some(({ id }) => sameId(parentId(id), end.id)),
  );
  const nics = silent.flatMap(({ body }) => listAt(body, '/properties/networkInterfaces'));
  await readAll(
    collector,
    nics.flatMap((nic) => textAt(nic, '/id') ?? []),
  );
}

/** The groups that endpoints to a type may have, and rules may ask for. */
const groupsByType: Readonly<Record<string, readonly string[]>> = {
  'microsoft.storage/storageaccounts': ['blob', 'file', 'queue', 'table', 'dfs'],
  'microsoft.keyvault/vaults': ['vault'],
  'microsoft.containerregistry/registries': ['registry'],
  'microsoft.machinelearningservices/workspaces': ['amlworkspace'],
};
const groupsOf = (type: string): readonly string[] => groupsByType[fold(type)] ?? [];

/** One request for each identity and subscription: its roles, above and below it all. */
async function rolesOf({ collector, principals }: PrivateLinkScan, ends: readonly Resource[]): Promise<void> {
  const toAccounts = ends.filter((end) =>
    endpointView(end).connections.some(({ target }) => /\/storageAccounts\//i.test(target ?? '')),
  );
  // The identity approves the endpoints of a managed network at their targets.
  const rules = collector.resources().filter(({ type }) => fold(type) === fold(outboundRuleType));
  const pending = rules
    .map(outboundRuleView)
    .flatMap(({ status, target }) => (status === 'Active' ? [] : (target ?? [])));
  await Promise.all(
    subscriptionsOf([...toAccounts.map(({ id }) => id), ...pending]).flatMap((one) =>
      principals.map((principal) => collector.list(assignmentsIn(one), roleAssignmentType, ofPrincipal(principal))),
    ),
  );
}
