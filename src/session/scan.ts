// The scan: everything about one workspace that the rules look at, read side by side. A thing refused or
// missing becomes a read failure; only a workspace that Azure does not answer about at all ends the scan.
import type { ArmClient } from '../azure/arm-client.ts';
import type { Assumptions } from '../model/assumption.ts';
import { exitStatus, Failure } from '../model/failure.ts';
import { isObject, type JsonObject } from '../model/json.ts';
import { hubOf } from '../model/posture.ts';
import type { Resource } from '../model/resource.ts';
import { fold, groupIdOf, nameOf, sameId, subscriptionOf } from '../model/resource-id.ts';
import { isAccessDenied, type Snapshot } from '../model/snapshot.ts';
import {
  aclsOf,
  agentPoolsOf,
  associationsOf,
  attachedSubnets,
  computeType,
  computeView,
  datastoreType,
  datastoreView,
  isOfType,
  managedClusterType,
  onlineDeploymentType,
  onlineEndpointType,
  onlineEndpointView,
  perimeterAssociationType,
  perimeterConfigurationsOf,
  perimeterConfigurationView,
  perimeterRuleType,
  placementsOf,
  privateEndpointType,
  regionsOf,
  securityGroupType,
  servicesNamedBy,
  storagePerimeterType,
  usageMembers,
  vaultPerimeterType,
  vnetOf,
  workspacePrincipalOf,
  workspaceType,
  workspaceView,
  zoneType,
} from '../resource-types/index.ts';
import { type Collector, collectorOf } from './collector.ts';
import { everywhere, workspacesQuery } from './fleet/queries.ts';
import { clusterSurroundings } from './scan-clusters.ts';
import { type ComputeScan, computeSurroundings, rightsOnSubnets } from './scan-computes.ts';
import { type ContainerScan, containersMet, networksNamed } from './scan-containers.ts';
import { firewallsMet } from './scan-firewalls.ts';
import {
  adminRulesOver,
  attachedOf,
  connectionsOf,
  endpointGroups,
  network,
  networksOf,
  readAll,
  subnetsInUse,
} from './scan-networks.ts';
import { endpointsMet, namesAndRoles, type PrivateLinkScan } from './scan-private-link.ts';
import type { TagSource } from './service-tags.ts';

export interface ScanOptions {
  readonly arm: ArmClient;
  readonly workspace: string;
  readonly intents: Assumptions;
  readonly id: string;
  readonly now: () => Date;
  /** None: the snapshot holds no service tags. */
  readonly tags?: TagSource;
  progress(done: number, total: number, detail: string): void;
  readonly signal?: AbortSignal;
  /** Ids to be read as well, where nothing else has shown them. */
  readonly also?: readonly string[];
  /** Subnets that something is to be made in, read as those that computes sit in; clusters that are to be attached. */
  readonly planned?: readonly string[];
}

const storage = 'Microsoft.Storage/storageAccounts';
const subscriptionList = (subscription: string, type: string): string =>
  `/subscriptions/${subscription}/providers/${type}`;

/** Throws Failure: exit 6 when sign-in fails, 7 when Azure does not answer about the workspace, 130 when stopped. */
export async function scanWorkspace(options: ScanOptions): Promise<Snapshot> {
  const { arm, workspace, signal } = options;
  const before = arm.counts.requests;
  const identity = await arm.identity(signal);
  const collector = collectorOf(arm, options.progress, signal);
  const subscription = subscriptionOf(workspace) ?? '';
  const others = othersBeside(collector, workspace);

  const [found, computes, datastores, , endpoints] = await Promise.all([
    collector.read(workspace),
    collector.list(`${workspace}/computes`, 'Microsoft.MachineLearningServices/workspaces/computes'),
    collector.list(`${workspace}/datastores`, 'Microsoft.MachineLearningServices/workspaces/datastores'),
    locks(collector, subscription),
    collector.list(`${workspace}/onlineEndpoints`, onlineEndpointType),
  ]);
  refuseSilence(collector, workspace);
  const settings = found && (await settingsOf(collector, found));
  const deployments = deploymentsBeside(collector, settings, endpoints ?? []);
  const linked = settings ? await readAll(collector, servicesNamedBy(settings)) : [];
  const accounts = await accountsOf(collector, subscription, datastores ?? [], options.intents, linked);
  const coming = (options.planned ?? []).filter((id) => isOfType(id, managedClusterType));
  const planned = (options.planned ?? []).filter((id) => !coming.includes(id));
  const joining = await readAll(collector, coming);
  for (const cluster of joining) agentPoolsOf(cluster).forEach(collector.keep);
  const used = [
    ...(await subnetsInUse(collector, settings, computes ?? [])),
    ...joining.flatMap(attachedSubnets),
    ...planned,
  ];
  const services = [...linked, ...accounts];
  const perimeters = perimetersMet(collector, services);
  // A scan that ends early does not wait for the answer.
  perimeters.catch(() => undefined);
  const ruled = services.flatMap((resource) => {
    const acls = aclsOf(resource);
    return typeof acls === 'string' ? [] : acls.subnetRules.map(({ id }) => id);
  });
  const privateLink: PrivateLinkScan = {
    collector,
    workspace: settings,
    principals: identitiesOf([found, settings]),
    targets: settings ? [settings, ...services] : services,
    intents: options.intents,
    hidden: placementsOf(computes ?? [], settings).some(({ isPublic }) => !isPublic),
    cloud: arm.source.kind === 'azure' ? arm.source.name : 'public',
  };
  const containers: ContainerScan = { collector, workspace: found, intents: options.intents };
  const met = await endpointsMet(privateLink);
  // Where computes were not read, a network of the subscription is not taken for theirs.
  if (used.length === 0 && computes !== undefined)
    await collector.list(subscriptionList(subscription, network), network);
  await Promise.all([
    networksOf(collector, [...used, ...ruled, ...met.subnets, ...networksNamed(containers)]).then(async () => {
      await containersMet(containers);
      await attachedOf(collector, used);
      await Promise.all([
        adminRulesOver(collector),
        endpointGroups(collector, met.subnets),
        connectionsOf(collector, used, met.subnets),
      ]);
      await firewallsMet(collector, used, met.subnets, workspace);
    }),
    namesAndRoles(privateLink, met),
  ]);
  await alsoRead(collector, options.also ?? []);
  const around: ComputeScan = { collector, workspace: settings, computes: computes ?? [], planned };
  const [serviceTags] = await Promise.all([
    tagsFor(collector, subscription, options),
    // Of networks that were met since.
    adminRulesOver(collector),
    Promise.all([computeSurroundings(around), clusterSurroundings(collector, computes ?? [], coming), perimeters]).then(
      () => permissionsOf(collector, met.ends),
    ),
  ]);
  await Promise.all([rightsOnSubnets(around, ruled), others, deployments]);
  for (const one of usersAmong(await others, services, collector)) collector.keep(one);

  const collected = collector.collected();
  return {
    schema: 'bastide/snapshot/v1',
    id: options.id,
    takenAt: options.now().toISOString(),
    source: arm.source,
    workspace: found?.id ?? workspace,
    identity,
    requests: arm.counts.requests - before,
    ...collected,
    intents: options.intents,
    ...(serviceTags ? { serviceTags } : {}),
  };
}

/** The tags that the snapshot needs, of the region of its security group, or of another resource that has one. */
async function tagsFor(collector: Collector, subscription: string, { tags, intents, now }: ScanOptions) {
  const resources = collector.resources();
  const groups = resources.filter(({ type }) => fold(type) === fold(securityGroupType));
  const [location = ''] = regionsOf([...groups, ...resources]);
  return tags?.(resources, intents, now(), () => collector.serviceTags({ subscription, location }));
}

/** 403 and 404 are answers; no answer, or a service that stays broken, is the end. */
function refuseSilence(collector: Collector, workspace: string): void {
  const gap = collector.gapAt(workspace);
  if (!gap || gap.status === 404 || isAccessDenied(gap)) return;
  throw new Failure(
    'workspace-unreadable',
    exitStatus.refused,
    `The workspace could not be read. ${gap.reason}`,
    'Check the network connection, then retry.',
    { id: gap.id, code: gap.code ?? null },
  );
}

const locks = (collector: Collector, subscription: string) =>
  collector.list(subscriptionList(subscription, 'Microsoft.Authorization/locks'), 'Microsoft.Authorization/locks');

/** The workspace whose network settings apply: itself or, of a project, its hub; undefined where that was not given. */
async function settingsOf(collector: Collector, workspace: Resource): Promise<Resource | undefined> {
  const hub = hubOf(workspace);
  return hub === undefined ? workspace : collector.read(hub);
}

/** The accounts of datastores and of the operator's list. A bare name is looked for among the subscription's accounts. */
async function accountsOf(
  collector: Collector,
  subscription: string,
  datastores: readonly Resource[],
  intents: Assumptions,
  linked: readonly Resource[],
): Promise<Resource[]> {
  const views = datastores.map(datastoreView);
  const listed = intents.storageAccounts ?? [];
  const ids = [...views.map(({ account }) => account), ...listed.filter((id) => id.startsWith('/'))];
  const known = [...ids, ...linked.map(({ id }) => id)].flatMap((id) => (id === undefined ? [] : fold(nameOf(id))));
  const names = [
    ...views.flatMap(({ account, accountName }) => (account === undefined && accountName ? [accountName] : [])),
    ...listed.filter((name) => !name.startsWith('/')),
  ].map(fold);
  const wanted = names.filter((name) => !known.includes(name));
  const all = wanted.length === 0 ? [] : await collector.search(subscriptionList(subscription, storage), storage);
  const found = (all ?? []).filter(({ id }) => wanted.includes(fold(nameOf(id)))).map(({ id }) => id);
  return readAll(collector, [...ids, ...found]);
}

async function alsoRead(collector: Collector, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  const inHand = new Set(collector.resources().map(({ id }) => fold(id)));
  await readAll(
    collector,
    ids.filter((id) => !inHand.has(fold(id))),
  );
}

/**
 * The perimeters of accounts and vaults: one list per resource, which is empty for most. Of a perimeter met also its members and the
 * profile with its access rules, where a fix writes.
 */
async function perimetersMet(collector: Collector, services: readonly Resource[]): Promise<void> {
  const lists = services.flatMap(({ id, type }) => {
    const shown = [storagePerimeterType, vaultPerimeterType].find((one) => fold(one).startsWith(`${fold(type)}/`));
    return shown === undefined ? [] : [collector.list(perimeterConfigurationsOf(id), shown)];
  });
  const found = (await Promise.all(lists)).flatMap((list) => list ?? []).map(perimeterConfigurationView);
  await Promise.all(
    found.map(async ({ perimeter, profile }) => {
      if (perimeter === undefined) return;
      const members = [collector.read(perimeter), collector.list(associationsOf(perimeter), perimeterAssociationType)];
      const own = profile === undefined ? undefined : `${perimeter}/profiles/${profile}`;
      const rules =
        own === undefined ? [] : [collector.read(own), collector.list(`${own}/accessRules`, perimeterRuleType)];
      await Promise.all([...members, ...rules]);
    }),
  );
}

/** Object ids of what these act as, each once. */
const identitiesOf = (workspaces: readonly (Resource | undefined)[]): string[] => [
  ...new Set(workspaces.flatMap((one) => (one && workspacePrincipalOf(one)) ?? [])),
];

/** Another workspace, with what of it may use services or subnets of this one. */
interface Other {
  readonly workspace: Resource;
  readonly computes: readonly Resource[];
  readonly datastores: readonly Resource[];
}

/** So many other workspaces are asked for what they have. */
const mostOthers = 50;
const partsOfOthers = { computes: computeType, datastores: datastoreType } as const;

/**
 * The other workspaces that the sign-in sees and what they have, read beside everything else: those of the subscription as Azure Resource
 * Manager lists them, those of other subscriptions from Resource Graph.
 */
function othersBeside(collector: Collector, own: string): Promise<readonly Other[]> {
  const subscription = subscriptionOf(own) ?? '';
  const read = async (): Promise<readonly Other[]> => {
    const [near, far] = await Promise.all([
      collector.search(subscriptionList(subscription, workspaceType), workspaceType),
      collector.query(everywhere(workspaceType), workspaceType, workspacesQuery),
    ]);
    // Resource Graph is behind: of the subscription only the list says what is there.
    const beyond = (far ?? []).filter(({ id }) => near === undefined || !sameId(subscriptionOf(id), subscription));
    const others = [...(near ?? []), ...beyond].filter(({ id }) => !sameId(id, own));
    const left = others.length - mostOthers;
    if (left > 0)
      for (const [name, type] of Object.entries(partsOfOthers)) {
        const reason = `The ${name} of ${left} of ${others.length} other workspaces were not read: at most ${mostOthers} are asked.`;
        collector.leave({
          id: `${everywhere(workspaceType)}/${name}`,
          action: `${type}/read`,
          code: 'NotAsked',
          reason,
        });
      }
    return Promise.all(
      others.map(async (workspace, at) => {
        if (at >= mostOthers) return { workspace, computes: [], datastores: [] };
        const [computes, datastores] = await Promise.all(
          Object.entries(partsOfOthers).map(([name, type]) => collector.search(`${workspace.id}/${name}`, type)),
        );
        return { workspace, computes: computes ?? [], datastores: datastores ?? [] };
      }),
    );
  };
  const others = read();
  // A scan that ends early does not wait for the answer.
  others.catch(() => undefined);
  return others;
}

/** The deployments of managed online endpoints: without a managed network each says which network its containers use. */
function deploymentsBeside(
  collector: Collector,
  workspace: Resource | undefined,
  endpoints: readonly Resource[],
): Promise<unknown> {
  const isOn = workspace === undefined || workspaceView(workspace).managedNetwork.on;
  const managed = isOn ? [] : endpoints.filter((one) => onlineEndpointView(one).kind === 'Managed');
  const lists = Promise.all(managed.map(({ id }) => collector.list(`${id}/deployments`, onlineDeploymentType)));
  lists.catch(() => undefined);
  return lists;
}

const identifying = ['id', 'name', 'type', 'kind', 'location'];

/** Other workspaces that use these services, or a network in hand: they lose access when a service is closed, or a way to one. */
function usersAmong(others: readonly Other[], services: readonly Resource[], collector: Collector): Resource[] {
  const used = new Set(services.map(({ id }) => fold(id)));
  const accounts = new Set(services.filter(({ type }) => sameId(type, storage)).map(({ id }) => fold(nameOf(id))));
  const isHere = (subnet: string | undefined) => subnet !== undefined && collector.holds(vnetOf(subnet));
  return others.flatMap(({ workspace: one, computes, datastores }) => {
    // The name of a storage account is its own in all of Azure.
    const stores = datastores.filter((store) => accounts.has(fold(datastoreView(store).accountName ?? '')));
    const nodes = computes.filter((compute) => isHere(computeView(compute).subnet));
    const isUser =
      stores.length + nodes.length > 0 ||
      isHere(workspaceView(one).serverless.subnet) ||
      servicesNamedBy(one).some((id) => used.has(fold(id)));
    if (!isUser) return [];
    // One that could not be read itself stays unread: what is kept here is not the whole of it.
    if (collector.holds(one.id) || collector.gapAt(one.id)) return [...stores, ...nodes];
    const { properties } = one.body;
    const members = isObject(properties) ? only(properties, usageMembers) : {};
    return [{ ...one, body: { ...only(one.body, identifying), properties: members } }, ...stores, ...nodes];
  });
}

const only = (body: JsonObject, names: readonly string[]): JsonObject =>
  Object.fromEntries(Object.entries(body).filter(([name]) => names.includes(name)));

/**
 * What the caller may do in each resource group met, and the locks of each subscription met. Endpoints and zones of others are
 * in hand only because lists show them: their groups do not count.
 */
async function permissionsOf(collector: Collector, ends: readonly Resource[]): Promise<void> {
  const { resources, collections } = collector.collected();
  const linked = new Set(collections.map(({ id }) => fold(id)));
  const counts = ({ id, type }: Resource): boolean => {
    if (fold(type) === fold(privateEndpointType)) return ends.some((end) => sameId(end.id, id));
    return fold(type) !== fold(zoneType) || linked.has(`${fold(id)}/virtualnetworklinks`);
  };
  const ids = resources.filter(counts).map(({ id }) => id);
  const groups = new Map(ids.flatMap((id) => groupIdOf(id) ?? []).map((id) => [fold(id), id]));
  const subscriptions = new Map(ids.flatMap((id) => subscriptionOf(id) ?? []).map((id) => [fold(id), id]));
  await Promise.all([
    ...[...groups.values()].map((id) => collector.permissions(id)),
    ...[...subscriptions.values()].map((id) => locks(collector, id)),
  ]);
}
