// The scan: everything about one workspace that the rules look at (rules-catalogue 2), read side by side. A thing refused or
// missing becomes a gap; only a workspace that Azure does not answer about at all ends the scan.
import type { Door } from '../azure/door.ts';
import {
  aclsOf,
  attachedSubnets,
  cardsOf,
  computeView,
  databricksSubnets,
  datastoreView,
  endpointConnectionsOf,
  endpointView,
  subnetsOf,
  vnetOf,
  workspaceView,
  zoneLinkType,
  zoneNamesOf,
  zoneType,
} from '../kinds/index.ts';
import { exitStatus, Failure } from '../model/failure.ts';
import type { Intents } from '../model/intent.ts';
import type { Resource } from '../model/resource.ts';
import { fold, groupIdOf, nameOf, subscriptionOf } from '../model/resource-id.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { type Collector, collectorOf } from './collector.ts';

export interface ScanOptions {
  readonly door: Door;
  readonly workspace: string;
  readonly intents: Intents;
  readonly id: string;
  readonly now: () => Date;
  progress(done: number, total: number, detail: string): void;
  readonly signal?: AbortSignal;
}

const storage = 'Microsoft.Storage/storageAccounts';
const network = 'Microsoft.Network/virtualNetworks';
const endpoint = 'Microsoft.Network/privateEndpoints';
const subscriptionList = (subscription: string, type: string): string =>
  `/subscriptions/${subscription}/providers/${type}`;

/** Throws Failure: exit 6 when sign-in fails, 7 when Azure does not answer about the workspace, 130 when stopped. */
export async function scanWorkspace(options: ScanOptions): Promise<Snapshot> {
  const { door, workspace, signal } = options;
  const before = door.counts.requests;
  const identity = await door.identity(signal);
  const collector = collectorOf(door, options.progress, signal);
  const subscription = subscriptionOf(workspace) ?? '';

  const [found, computes, datastores] = await Promise.all([
    collector.read(workspace),
    collector.list(`${workspace}/computes`, 'Microsoft.MachineLearningServices/workspaces/computes'),
    collector.list(`${workspace}/datastores`, 'Microsoft.MachineLearningServices/workspaces/datastores'),
    locks(collector, subscription),
  ]);
  refuseSilence(collector, workspace);
  const linked = found ? await linkedOf(collector, found) : [];
  const accounts = await accountsOf(collector, subscription, datastores ?? [], options.intents, linked);
  const used = await subnetsInUse(collector, found, computes ?? []);
  const doors = [...linked, ...accounts];
  const ruled = doors.flatMap((resource) => {
    const acls = aclsOf(resource);
    return typeof acls === 'string' ? [] : acls.subnetRules.map(({ id }) => id);
  });
  const behind = await endpointSubnets(collector, subscription, found ? [found, ...doors] : doors);
  if (used.length === 0) await collector.list(subscriptionList(subscription, network), network);
  await networksOf(collector, [...used, ...ruled, ...behind]);
  await zonesOf(collector, door.source.kind === 'azure' ? door.source.name : 'public');
  await permissionsOf(collector);

  const collected = collector.collected();
  return {
    schema: 'bastide/snapshot/v1',
    id: options.id,
    takenAt: options.now().toISOString(),
    source: door.source,
    workspace: found?.id ?? workspace,
    identity,
    requests: door.counts.requests - before,
    ...collected,
    intents: options.intents,
  };
}

/** 403 and 404 are answers; no answer, or a service that stays broken, is the end. */
function refuseSilence(collector: Collector, workspace: string): void {
  const gap = collector.gapAt(workspace);
  if (!gap || gap.status === 404 || gap.status === 403 || gap.status === 401) return;
  throw new Failure(
    'workspace-unreadable',
    exitStatus.refused,
    `The workspace could not be read. ${gap.reason}`,
    'Check the network, then try again.',
    { id: gap.id, code: gap.code ?? null },
  );
}

const locks = (collector: Collector, subscription: string) =>
  collector.list(subscriptionList(subscription, 'Microsoft.Authorization/locks'), 'Microsoft.Authorization/locks');

/** The account, vault and registry of the workspace, and of the hub of a project. */
async function linkedOf(collector: Collector, workspace: Resource): Promise<Resource[]> {
  const view = workspaceView(workspace);
  const hub = view.kind === 'Project' && view.hubResourceId ? await collector.read(view.hubResourceId) : undefined;
  const views = hub ? [view, workspaceView(hub)] : [view];
  const ids = views.flatMap((one) => [one.storageAccount, one.keyVault, one.containerRegistry]);
  return readAll(collector, ids);
}

/** The accounts of datastores and of the operator's list. A bare name is looked for among the subscription's accounts. */
async function accountsOf(
  collector: Collector,
  subscription: string,
  datastores: readonly Resource[],
  intents: Intents,
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

async function readAll(collector: Collector, ids: readonly (string | undefined)[]): Promise<Resource[]> {
  const wanted = ids.filter((id) => id !== undefined);
  return (await Promise.all(wanted.map((id) => collector.read(id)))).filter((resource) => resource !== undefined);
}

/** Subnets of computes and serverless nodes; attached clusters and machines are read for theirs. */
async function subnetsInUse(
  collector: Collector,
  workspace: Resource | undefined,
  computes: readonly Resource[],
): Promise<string[]> {
  const serverless = workspace ? workspaceView(workspace).serverless.subnet : undefined;
  const each = await Promise.all(
    computes.map(async (compute): Promise<string[]> => {
      const { subnet, resourceId, computeType } = computeView(compute);
      if (subnet !== undefined) return [subnet];
      if (resourceId === undefined || computeType === 'AmlCompute' || computeType === 'ComputeInstance') return [];
      const attached = await collector.read(resourceId);
      if (!attached) return [];
      const cards = await readAll(collector, cardsOf(attached));
      return [...attachedSubnets(attached), ...databricksSubnets(attached), ...cards.flatMap(attachedSubnets)];
    }),
  );
  return [...each.flat(), ...(serverless === undefined ? [] : [serverless])];
}

/** Where any resource shows private endpoints: the endpoints, and the subnets they lie in. */
async function endpointSubnets(
  collector: Collector,
  subscription: string,
  resources: readonly Resource[],
): Promise<string[]> {
  const connections = resources.flatMap(endpointConnectionsOf);
  if (connections.length === 0) return [];
  const listed = (await collector.list(subscriptionList(subscription, endpoint), endpoint)) ?? [];
  const inHand = new Set(listed.map(({ id }) => fold(id)));
  const others = await readAll(
    collector,
    connections.map(({ endpointId }) => endpointId).filter((id) => id !== undefined && !inHand.has(fold(id))),
  );
  const shown = connections.map(({ subnetArmId }) => subnetArmId);
  const ends = [...listed, ...others].map((resource) => endpointView(resource).subnet);
  return [...shown, ...ends].filter((id) => id !== undefined);
}

/** Each network once, with its subnets beside it, and the locks of its subscription. */
async function networksOf(collector: Collector, subnets: readonly string[]): Promise<void> {
  const ids = [...new Map(subnets.map((id) => [fold(vnetOf(id)), vnetOf(id)])).values()];
  await readAll(collector, ids);
  for (const resource of collector.collected().resources) {
    if (fold(resource.type) === fold(network)) subnetsOf(resource).forEach(collector.keep);
  }
}

/** The private zones that the names of the endpoints met need, and the links of these zones. */
async function zonesOf(collector: Collector, cloud: string): Promise<void> {
  const { resources } = collector.collected();
  const inHand = new Set(resources.map(({ id }) => fold(id)));
  const ends = resources.filter(({ type }) => fold(type) === fold(endpoint));
  const groups = ends.flatMap((end) =>
    endpointView(end).connections.flatMap(({ target, groups: ids }) => (inHand.has(fold(target ?? '')) ? ids : [])),
  );
  if (groups.length === 0) return;
  const names = new Set(groups.flatMap((group) => zoneNamesOf(group, cloud)));
  const holders = resources.filter(({ type }) => [fold(endpoint), fold(network)].includes(fold(type)));
  const subscriptions = new Map(holders.flatMap(({ id }) => subscriptionOf(id) ?? []).map((one) => [fold(one), one]));
  const found = await Promise.all(
    [...subscriptions.values()].map((subscription) =>
      collector.list(subscriptionList(subscription, zoneType), zoneType),
    ),
  );
  await Promise.all(
    found.flatMap((zones) =>
      (zones ?? [])
        .filter(({ id }) => names.has(fold(nameOf(id))))
        .map(({ id }) => collector.list(`${id}/virtualNetworkLinks`, zoneLinkType)),
    ),
  );
}

/** What the caller may do in each resource group met, and the locks of each subscription met. */
async function permissionsOf(collector: Collector): Promise<void> {
  const ids = collector.collected().resources.map(({ id }) => id);
  const groups = new Map(ids.flatMap((id) => groupIdOf(id) ?? []).map((id) => [fold(id), id]));
  const subscriptions = new Map(ids.flatMap((id) => subscriptionOf(id) ?? []).map((id) => [fold(id), id]));
  await Promise.all([
    ...[...groups.values()].map((id) => collector.permissions(id)),
    ...[...subscriptions.values()].map((id) => locks(collector, id)),
  ]);
}
