// The ARM client that a scan of a fleet reads from: it answers from the pool what Resource Graph holds, and in stage 2 asks Azure
// Resource Manager for three lists of a workspace. Everything else is a read failure, so that no rule takes what
// was not read for absent.
import type { ArmClient, ListAnswer, ReadAnswer } from '../../azure/arm-client.ts';
import { isObject, type Json, type JsonObject } from '../../model/json.ts';
import { parsePointer, updateAt, valueAt } from '../../model/pointer.ts';
import type { Resource } from '../../model/resource.ts';
import { fold, nameOf, parseId, sameId, subscriptionOf, typeOf } from '../../model/resource-id.ts';
import type { Identity, ReadFailure } from '../../model/snapshot.ts';
import {
  adminRulesOf,
  adminRulesType,
  aRecordType,
  connectivityOf,
  connectivityType,
  endpointView,
  perimeterAssociationType,
  privateEndpointType,
  publicNetworkAccessOf,
  resourceTypeOf,
  roleAssignmentType,
  showsOutboundRules,
  storagePerimeterType,
  vaultPerimeterType,
  workspaceType,
  workspaceView,
  zoneLinkType,
  zoneNamesOf,
  zoneType,
} from '../../resource-types/index.ts';
import { listAt, textAt } from '../../resource-types/read.ts';
import type { Pool } from './pool.ts';
import { connectedType, everywhere, rulingType, workspacesQuery, zoneStart } from './queries.ts';

/** Codes of what fleet mode does not read, by what it is or by what was asked for. */
export const notReadCodes: ReadonlySet<string> = new Set(['NotInResourceGraph', 'NotInStage1']);

/** What the queries covered: for each type whether it was read in a subscription, or why not. */
export interface FleetCover {
  covers(type: string, subscription: string): true | ReadFailure;
  /** Was the type read in every subscription that is shown? */
  everywhere(type: string): true | ReadFailure;
  /** Management groups above a subscription; undefined where they are not shown. */
  ancestors(subscription: string): ReadonlySet<string> | undefined;
  /** Were the role assignments of this principal read? */
  hasRoles(principal: string): boolean;
}

/** What every workspace asks of the whole pool, found once. */
export interface PoolFacts {
  /** Folded ids of what a network security perimeter is associated with. */
  associated(): ReadonlySet<string>;
  /** Folded ids of the subscriptions that hold private DNS zones. */
  zoneSubscriptions(): ReadonlySet<string>;
  /** Does an endpoint of the subscription have a zone group whose zone is not in it? */
  usesZonesElsewhere(subscription: string, cloud: string): boolean;
  /** Rows of all workspaces. */
  workspaces(): readonly JsonObject[];
  /** Role assignments of a principal. */
  rolesOf(principal: string): readonly Resource[];
}

/** Of a pool that is filled: it is looked through at the first question. */
export function poolFacts(pool: Pool): PoolFacts {
  let associated: ReadonlySet<string> | undefined;
  let zones: ReadonlySet<string> | undefined;
  let workspaces: readonly JsonObject[] | undefined;
  let roles: ReadonlyMap<string, readonly string[]> | undefined;
  const elsewhere = new Map<string, boolean>();
  return {
    associated() {
      associated ??= new Set(
        pool
          .below(perimeterAssociationType, '/subscriptions')
          .flatMap(({ body }) => textAt(body, '/properties/privateLinkResource/id') ?? [])
          .map(fold),
      );
      return associated;
    },
    zoneSubscriptions() {
      zones ??= new Set(pool.idsBelow(zoneType, '/subscriptions').map((id) => fold(subscriptionOf(id) ?? '')));
      return zones;
    },
    usesZonesElsewhere(subscription, cloud) {
      const place = `/subscriptions/${fold(subscription)}`;
      const known = elsewhere.get(place);
      if (known !== undefined) return known;
      const own = new Set(pool.idsBelow(zoneType, place).map(nameOf));
      const isElsewhere = (group: string): boolean => zoneNamesOf(group, cloud).some((name) => !own.has(name));
      // Azure shows the names of an endpoint in its body as long as it has no zone group.
      const found = pool
        .below(privateEndpointType, place)
        .some(
          (end) =>
            listAt(end.body, '/properties/customDnsConfigs').length === 0 &&
            endpointView(end).connections.some(
              ({ groups, status }) => sameId(status, 'Approved') && groups.some(isElsewhere),
            ),
        );
      elsewhere.set(place, found);
      return found;
    },
    workspaces() {
      workspaces ??= pool.below(workspaceType, '/subscriptions').map(({ body }) => body);
      return workspaces;
    },
    rolesOf(principal) {
      roles ??= idsByPrincipal(pool);
      return (roles.get(fold(principal)) ?? []).flatMap((id) => pool.get(id) ?? []);
    },
  };
}

const idsByPrincipal = (pool: Pool): ReadonlyMap<string, readonly string[]> =>
  Map.groupBy(pool.idsBelow(roleAssignmentType, '/'), (id) =>
    fold(textAt(pool.get(id)?.body, '/properties/principalId') ?? ''),
  );

export interface FleetReaderOptions {
  readonly arm: ArmClient;
  readonly pool: Pool;
  readonly facts: PoolFacts;
  readonly cover: FleetCover;
  readonly identity: Identity;
  /** Stage 2: asks Azure Resource Manager, within the reads of this workspace. */
  readonly stageTwo?: StageTwo;
}

export interface StageTwo {
  readonly third: ThirdRead;
  /** A list, or one resource as a list, asked once in all runs; `key` names it. */
  ask(key: string, request: () => Promise<ListAnswer>): Promise<ListAnswer>;
}

/** What the third read of a workspace is for; computes and datastores are the first two. */
export type ThirdRead = 'outbound rules' | 'IP allow-list' | 'locks';

/** Of a project what its hub needs is read once, for all projects of the hub. */
export function thirdReadOf(workspace: Resource, hub: Resource | undefined): ThirdRead {
  const settings = hub ?? workspace;
  if (workspaceView(settings).managedNetwork.on && !showsOutboundRules(settings)) return 'outbound rules';
  return publicNetworkAccessOf(settings) === 'Disabled' ? 'locks' : 'IP allow-list';
}

/** Members of a workspace that no stable api-version shows. */
const allowList = resourceTypeOf(workspaceType).extraMembers?.find(({ gap }) => gap === '/ipAllowlist');
export const lockType = 'Microsoft.Authorization/locks';

/** Lists that only Azure Resource Manager has, of each workspace. */
const listsOfWorkspace = new Set(
  ['computes', 'datastores', 'outboundRules'].map((name) =>
    fold(`Microsoft.MachineLearningServices/workspaces/${name}`),
  ),
);

/** Of a zone or a subscription that a whole tenant uses there are as many as its workspaces, or more, and each workspace needs a few. */
const sharedTypes = new Set([aRecordType, zoneLinkType, privateEndpointType].map(fold));

export function fleetReader({ arm, pool, facts, cover, identity, stageTwo }: FleetReaderOptions): ArmClient {
  const refused = (gap: ReadFailure) => ({ ok: false, gap }) as const;
  const covered = (type: string, place: string): true | ReadFailure => {
    const found = cover.covers(type, subscriptionOf(place) ?? '');
    return found === true ? true : { ...found, id: place, action: `${resourceTypeOf(type).type}/read` };
  };

  const read = async (id: string): Promise<ReadAnswer> => {
    const known = pool.get(id);
    if (known !== undefined) {
      if (isAssociated(id)) return refused(inPerimeter(id, known.type));
      const resource = stageTwo !== undefined && sameId(known.type, workspaceType) ? await withAllowList(known) : known;
      const gaps = gapsOf(resource);
      return { ok: true, resource, ...(gaps.length > 0 ? { gaps } : {}) };
    }
    const type = typeOf(id);
    const isCovered = covered(type, id);
    return refused(isCovered === true ? notShown(id, type) : isCovered);
  };

  const { kind, name: cloud } = arm.source;
  const hasZonesBeyond = (subscription: string): boolean =>
    [...facts.zoneSubscriptions()].some((one) => one !== fold(subscription)) ||
    facts.usesZonesElsewhere(subscription, kind === 'azure' ? cloud : 'public');

  /** With the list where it is the third read, or was read for another workspace; null where Azure shows none. */
  const withAllowList = async (workspace: Resource): Promise<Resource> => {
    if (allowList === undefined || stageTwo?.third !== 'IP allow-list') return workspace;
    const { gap, members } = allowList;
    const answer = await stageTwo.ask(`${workspace.id}${gap}`, async () => {
      const one = await arm.read(workspace.id);
      return one.ok ? { ok: true, resources: [one.resource] } : one;
    });
    const [other] = answer.ok ? answer.resources : [];
    if (other === undefined) return workspace;
    const body = members.reduce<Json | undefined>((made, pointer) => {
      const value = valueAt(other.body, pointer) ?? null;
      return updateAt(made, parsePointer(pointer), (own) => own ?? value);
    }, workspace.body);
    return isObject(body) ? { ...workspace, body } : workspace;
  };

  const list: ArmClient['list'] = async (collection, asked) => {
    const { type, query } = asked;
    if (listsOfWorkspace.has(fold(type)) || sameId(type, lockType)) {
      if (stageTwo !== undefined) return stageTwo.ask(collection, () => arm.list(collection, asked));
      return refused(notRead(collection, type, 'NotInStage1', 'Stage 1 does not read it'));
    }
    if ([storagePerimeterType, vaultPerimeterType].some((one) => sameId(one, type)))
      return perimetersOf(collection, type);
    if (sameId(type, roleAssignmentType)) return rolesIn(collection, query?.$filter);
    const isCovered = covered(type, collection);
    if (isCovered !== true) return refused(isCovered);
    if (query !== undefined) return refused(notHeld(collection, type));
    // Which zones endpoints use, only their zone groups tell: with zones elsewhere, visible or not, those of one subscription are not all.
    if (sameId(type, zoneType) && hasZonesBeyond(subscriptionOf(collection) ?? '')) {
      return refused(notRead(collection, type, 'NotInResourceGraph', zonesUnclear));
    }
    if (
      sameId(type, aRecordType) &&
      !fold(nameOf(collection.slice(0, collection.lastIndexOf('/')))).startsWith(zoneStart)
    ) {
      return refused(
        notRead(collection, type, 'NotInResourceGraph', 'Fleet mode reads the records of privatelink zones only'),
      );
    }
    const scope = scopeOf(collection, type);
    if (!sharedTypes.has(fold(type))) return { ok: true, resources: pool.below(type, scope) };
    return {
      ok: true,
      shared: pool.listOf(type, scope),
      get resources() {
        return pool.below(type, scope);
      },
    };
  };

  /** No association names the resource: no perimeter does. What a perimeter's configuration says, Resource Graph does not hold. */
  function perimetersOf(collection: string, type: string): ListAnswer {
    const isCovered = covered(perimeterAssociationType, collection);
    if (isCovered !== true) return refused({ ...isCovered, id: collection });
    const target = collection.slice(0, collection.lastIndexOf('/'));
    return isAssociated(target) ? refused(notHeld(collection, type)) : { ok: true, resources: [] };
  }
  function isAssociated(id: string): boolean {
    return facts.associated().has(fold(id));
  }

  /** The assignments of a principal that take effect in a subscription: below it, on it, and on the groups above it. */
  function rolesIn(collection: string, filter = ''): ListAnswer {
    const subscription = subscriptionOf(collection) ?? '';
    const [, principal] = /^principalId eq '([^']+)'$/.exec(filter) ?? [];
    const isCovered = covered(roleAssignmentType, collection);
    if (isCovered !== true) return refused(isCovered);
    if (principal === undefined || !cover.hasRoles(principal)) return refused(notHeld(collection, roleAssignmentType));
    const above = cover.ancestors(subscription);
    const resources: Resource[] = [];
    for (const one of facts.rolesOf(principal)) {
      const scope =
        textAt(one.body, '/properties/scope') ?? one.id.replace(/\/providers\/microsoft\.authorization\/.*$/i, '');
      const [, group] = /\/managementGroups\/([^/]+)/i.exec(scope) ?? [];
      if (group !== undefined && above === undefined) return refused(notHeld(collection, roleAssignmentType));
      const isAbove = scope === '' || scope === '/' || (group !== undefined && above?.has(fold(group)) === true);
      if (isAbove || sameId(subscriptionOf(scope), subscription)) resources.push(one);
    }
    return { ok: true, resources };
  }

  /** An empty document where no configuration is in effect in the network; what one says, Resource Graph does not hold. */
  const effective = (network: string, shown: string, type: string, id: string): ReadAnswer => {
    const isCovered = covered(shown, network);
    if (isCovered !== true) return refused({ ...isCovered, id, action: `${type}/action` });
    if (pool.idsBelow(shown, network).length > 0) return refused({ ...notHeld(id, type), action: `${type}/action` });
    return { ok: true, resource: { id, type, apiVersion: '', body: { id, value: [] } } };
  };

  return {
    ...arm,
    counts: { requests: 0, tokens: 0 },
    identity: async () => identity,
    read,
    list,
    report: async (path) => refused(notHeld(path, typeOf(path))),
    adminRules: async (network) => effective(network, rulingType, adminRulesType, adminRulesOf(network)),
    connectivity: async (network) => effective(network, connectedType, connectivityType, connectivityOf(network)),
    graph: async ({ query, onRows }) => {
      const id = everywhere(workspaceType);
      const isCovered = query === workspacesQuery ? cover.everywhere(workspaceType) : notHeld(id, workspaceType);
      if (isCovered !== true) return refused({ ...isCovered, id });
      const rows = facts.workspaces();
      await onRows(rows);
      return { ok: true, rows: rows.length, pages: 1 };
    },
    permissions: async (scope) => notHeld(scope, 'Microsoft.Authorization/permissions'),
  };
}

/** The path below which the members of a list are: of a list in a group or subscription that scope, else the resource that has it. */
function scopeOf(collection: string, type: string): string {
  const { names } = parseId(collection);
  return names.length === 0 && type.split('/').length === 2
    ? collection.slice(0, Math.max(0, fold(collection).lastIndexOf('/providers/')))
    : collection;
}

/** Members that not every api-version shows, where the row does not: they may be absent, or not shown. */
function gapsOf({ id, type, body }: Resource): ReadFailure[] {
  return (resourceTypeOf(type).extraMembers ?? []).flatMap(({ members, gap, when }) => {
    const applies = when?.(body) ?? true;
    const isShown = members.some((pointer) => valueAt(body, pointer) !== undefined);
    return !applies || isShown ? [] : [notHeld(`${id}${gap}`, type)];
  });
}

const notRead = (id: string, type: string, code: string, why: string): ReadFailure => ({
  id,
  action: `${resourceTypeOf(type).type}/read`,
  code,
  reason: `${why}.`,
});
export const notHeld = (id: string, type: string): ReadFailure =>
  notRead(id, type, 'NotInResourceGraph', 'Fleet mode does not read it: Azure Resource Graph does not contain it');
/** Whether its firewall counts, the configuration of the perimeter decides. */
const inPerimeter = (id: string, type: string): ReadFailure =>
  notRead(
    id,
    type,
    'NotInResourceGraph',
    'Fleet mode does not read it: Azure Resource Graph does not contain the configuration of its network security perimeter',
  );
const zonesUnclear =
  'Fleet mode does not know which zones are used: Azure Resource Graph does not contain the zone groups of private endpoints';
const notShown = (id: string, type: string): ReadFailure =>
  notRead(
    id,
    type,
    'NotShown',
    'Azure Resource Graph does not show it: it does not exist, is new, or is not accessible',
  );
