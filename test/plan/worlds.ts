// The simulator's worlds as snapshots, without the way through HTTP: what planning is tried on.

import type { Assumptions } from '../../src/model/assumption.ts';
import { isArray, isObject, type JsonObject, parseJson } from '../../src/model/json.ts';
import type { Resource } from '../../src/model/resource.ts';
import { fold, groupIdOf, isWithin, sameId, subscriptionOf, typeOf } from '../../src/model/resource-id.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import {
  locksOf,
  peeringsOf,
  resourceTypeOf,
  routesOf,
  securityRulesOf,
  subnetsOf,
} from '../../src/resource-types/index.ts';
import { textAt } from '../../src/resource-types/read.ts';
import { worldFiles } from '../../src/simulator/worlds/index.ts';

export const resourceOf = (body: JsonObject): Resource => {
  const id = String(body.id);
  const kind = resourceTypeOf(typeOf(id));
  const etag = typeof body.etag === 'string' ? { etag: body.etag } : {};
  return { id, type: kind.type, apiVersion: kind.apiVersion, body, ...etag };
};

/** Declared: no job runs on serverless compute, so that closing a service cuts off nobody who is known. */
export const withoutServerless = (snapshot: Snapshot): Snapshot => ({
  ...snapshot,
  intents: { ...snapshot.intents, usesServerless: false },
});

export interface Options {
  readonly intents?: Assumptions;
  readonly locks?: readonly { readonly scope: string; readonly level: string; readonly name: string }[];
  readonly actions?: readonly string[];
  readonly notActions?: readonly string[];
  /** Changes the resources before the snapshot is made. */
  change?(resources: readonly Resource[]): readonly Resource[];
}

/** A scan reads the Kubernetes clusters that the workspace has attached, and no others. */
function scanned(resources: readonly Resource[]): readonly Resource[] {
  const attached = resources.flatMap(({ body }) => {
    const id = textAt(body, '/properties/resourceId');
    return id === undefined ? [] : [id];
  });
  const clusters = resources.filter(({ type }) => fold(type) === 'microsoft.containerservice/managedclusters');
  const unseen = clusters.filter(({ id }) => !attached.some((one) => sameId(one, id)));
  return resources.filter((one) => !unseen.some(({ id }) => isWithin(one.id, id)));
}

/** The snapshot a scan of the world would give. */
export function worldSnapshot(name: string, options: Options = {}): Snapshot {
  const file = worldFiles.find((one) => one.name === name);
  if (!file) throw new Error(`no world ${name}`);
  const parsed = parseJson(file.resources());
  const read = (isArray(parsed) ? parsed : []).filter(isObject).map(resourceOf);
  const changed = scanned(options.change?.(read) ?? read);
  const parts = changed.flatMap((one) =>
    fold(one.type) === 'microsoft.network/virtualnetworks' ? [...subnetsOf(one), ...peeringsOf(one)] : [],
  );
  const workspace = changed.find((one) => one.type === 'Microsoft.MachineLearningServices/workspaces')?.id ?? null;
  const subscription = subscriptionOf(workspace ?? '') ?? '';
  const group = groupIdOf(workspace ?? '') ?? '';
  const locks = (options.locks ?? []).map(({ scope, level, name: lock }) =>
    resourceOf({ id: `${scope}/providers/Microsoft.Authorization/locks/${lock}`, name: lock, properties: { level } }),
  );
  const resources = [...changed, ...parts, ...changed.flatMap(securityRulesOf), ...changed.flatMap(routesOf), ...locks];
  const members = (type: string) => resources.filter((one) => fold(one.type) === fold(type)).map(({ id }) => id);
  const ml = 'Microsoft.MachineLearningServices/workspaces';
  return {
    schema: 'bastide/snapshot/v1',
    id: 'snap-1',
    takenAt: '2026-01-02T03:04:05.000Z',
    source: { kind: 'demo', name: `demo:${name}` },
    workspace,
    identity: null,
    requests: 0,
    resources,
    collections: [
      { id: `${workspace}/computes`, members: members(`${ml}/computes`) },
      { id: `${workspace}/datastores`, members: members(`${ml}/datastores`) },
      { id: `${workspace}/onlineEndpoints`, members: members(`${ml}/onlineEndpoints`) },
      { id: locksOf(subscription), members: locks.map(({ id }) => id) },
      {
        id: `/subscriptions/${subscription}/providers/Microsoft.Network/virtualNetworks`,
        members: members('Microsoft.Network/virtualNetworks'),
      },
      {
        id: `/subscriptions/${subscription}/providers/Microsoft.Network/privateEndpoints`,
        members: members('Microsoft.Network/privateEndpoints'),
      },
    ],
    permissions: [{ scope: group, actions: options.actions ?? ['*'], notActions: options.notActions ?? [] }],
    gaps: [],
    intents: options.intents ?? (file.intents as Assumptions),
  };
}
