// Route tables and their routes. A table is created with its routes. Later a route is written separately, under the etag that
// it shares with its table, or many routes with one PUT of the table, since Azure accepts one write of a table at a time.
import type { ListKey } from '../model/edit.ts';
import { isObject, type Json, type JsonObject } from '../model/json.ts';
import { updateAt } from '../model/pointer.ts';
import { nameOf, parentId, sameId } from '../model/resource-id.ts';
import { defineResourceType } from './define.ts';
import { eachObject, groupOf, insideWhole, isUnder, sendable, without, withoutComputed } from './parts/bodies.ts';
import { movedItems } from './parts/effects.ts';
import { parentSideEffects } from './parts/inline-list.ts';
import { type ResourceShape, spelt } from './parts/normal.ts';
import { routeEffects, routeSummary } from './parts/route-effects.ts';
import { line, lines } from './parts/shell.ts';
import { listAt, textAt } from './read.ts';
import { routesOf, routesPointer, routeTableType, routeType, servedBy, withoutRoute, withRoute } from './route-view.ts';

/** Members of a route that Azure computes: the state, and whether it overrides BGP routes. */
const routeComputed = ['provisioningState', 'hasBgpOverride'];
/** Next hops that a user may write, in Azure's spelling. */
export const nextHops = ['VirtualNetworkGateway', 'VnetLocal', 'Internet', 'VirtualAppliance', 'None'];

const routeShape: ResourceShape = {
  rewrite: { '/properties/nextHopType': spelt(nextHops) },
};

/** The body of a PUT, alone or inside its table: without what Azure computes. */
const routeSent = (body: JsonObject): JsonObject => withoutComputed(body, routeComputed);

const routeWords = (id: string): string[] => [
  ...['-g', groupOf(id), '--route-table-name', nameOf(parentId(id) ?? '')],
  ...['-n', nameOf(id)],
];

/** The CLI's line that writes a whole route; `gone`: pointers of members to remove. */
function routeLine(verb: 'create' | 'update', id: string, body: JsonObject, gone: readonly string[] = []): string {
  const words = [
    ['--address-prefix', textAt(body, '/properties/addressPrefix')],
    ['--next-hop-type', textAt(body, '/properties/nextHopType')],
    ['--next-hop-ip-address', textAt(body, '/properties/nextHopIpAddress')],
  ].flatMap(([flag, value]) => (flag === undefined || value === undefined ? [] : [flag, value]));
  const unset = gone.flatMap((pointer) => ['--remove', pointer.replace('/properties/', '')]);
  return line('az', 'network', 'route-table', 'route', verb, routeWords(id), words, unset);
}

const deleteRouteLine = (id: string): string => line('az', 'network', 'route-table', 'route', 'delete', routeWords(id));

export const route = defineResourceType({
  type: routeType,
  label: 'route',
  decidesPackets: true,
  plural: 'routes',
  computed: routeComputed,
  shape: routeShape,
  columns: [
    { title: 'Prefix', value: ({ body }) => textAt(body, '/properties/addressPrefix') ?? '' },
    { title: 'Next hop', value: ({ body }) => textAt(body, '/properties/nextHopType') ?? '' },
    { title: 'Address', value: ({ body }) => textAt(body, '/properties/nextHopIpAddress') ?? '' },
  ],
  summary: routeSummary,
  effects: routeEffects,
  sideEffects: parentSideEffects((id) => parentId(id) ?? '', withRoute, withoutRoute),
  write: { body: routeSent, create: true, delete: true, edits: (edit) => isUnder(edit, '/properties') },
  az(change) {
    if (change.kind === 'delete') return deleteRouteLine(change.resource);
    if (change.kind === 'create') return routeLine('create', change.resource, change.body);
    const properties = Object.fromEntries(
      change.edits.flatMap((edit) =>
        edit.op === 'set' && edit.after !== undefined ? [[edit.pointer.replace('/properties/', ''), edit.after]] : [],
      ),
    );
    const gone = change.edits.flatMap((edit) => (edit.op === 'set' && edit.after === undefined ? [edit.pointer] : []));
    return routeLine('update', change.resource, { properties }, gone);
  },
});

const routeKey: ListKey = { member: 'name', fold: true };
const inline = `${routesPointer}/*`;
const shape: ResourceShape = {
  volatile: [
    ...['subnets', 'resourceGuid'].map((name) => `/properties/${name}`),
    ...['etag', 'id', 'type', ...routeComputed.map((name) => `properties/${name}`)].map((name) => `${inline}/${name}`),
  ],
  sets: { [routesPointer]: routeKey },
  rewrite: {
    [`${inline}/properties/nextHopType`]: spelt(nextHops),
    '/properties/disableBgpRoutePropagation': (value) => (value === false ? undefined : value),
    '/properties/disablePeeringRoute': (value) => (value === 'None' ? undefined : value),
  },
};

/** The body of a PUT: without what Azure computes, in the table and in each route. */
function sent(body: JsonObject): JsonObject {
  const after = updateAt(sendable(body), ['properties'], (value) => {
    if (!isObject(value)) return value;
    const kept = without(value, ['provisioningState', 'resourceGuid', 'subnets']);
    const routes = eachObject(kept.routes, insideWhole(routeSent));
    return routes === undefined ? kept : { ...kept, routes };
  });
  return isObject(after) ? after : body;
}

const nameIn = (item: Json | undefined): string => textAt(item, '/name') ?? '';

export const routeTable = defineResourceType({
  type: routeTableType,
  label: 'route table',
  decidesPackets: true,
  plural: 'route tables',
  shape,
  columns: [
    { title: 'Region', value: ({ body }) => textAt(body, '/location') ?? '' },
    { title: 'Routes', value: ({ body }) => String(listAt(body, routesPointer).length) },
    { title: 'Subnets', value: (resource) => servedBy(resource).map(nameOf).join(', ') },
  ],
  references: (body) => servedBy({ id: '', type: routeTableType, apiVersion: '', body }),
  effects(sides) {
    const { added, removed } = movedItems(sides, routesPointer, routeKey);
    const { id, before, after, seen, isOwn } = sides;
    if (before === null || after === null) return [];
    const one = (item: Json, side: 'before' | 'after') =>
      routeEffects({
        ...{ id: `${id}/routes/${nameIn(item)}`, seen, isOwn, before: null, after: null },
        [side]: { ...before, body: isObject(item) ? item : {} },
      });
    return [...added.flatMap((item) => one(item, 'after')), ...removed.flatMap((item) => one(item, 'before'))];
  },
  /** Its routes are also separate resources. */
  sideEffects({ kind, resource }, seen) {
    const here = seen.resource(resource);
    const shown = here ? routesOf(here) : [];
    const known = seen.ofType('Microsoft.Network/routeTables/routes').filter(({ id }) => isRouteOf(id, resource));
    const gone = known.filter(({ id }) => kind === 'delete' || !shown.some((one) => sameId(one.id, id)));
    return { put: kind === 'delete' ? [] : shown, gone: gone.map(({ id }) => id) };
  },
  write: { body: sent, create: true, delete: true, edits: ({ pointer }) => pointer === routesPointer },
  az(change) {
    const at = ['-g', groupOf(change.resource), '-n', nameOf(change.resource)];
    const routeId = (item: Json | undefined): string => `${change.resource}/routes/${nameIn(item)}`;
    if (change.kind === 'delete') return line('az', 'network', 'route-table', 'delete', at);
    if (change.kind === 'create') {
      const made = line('az', 'network', 'route-table', 'create', at, '-l', textAt(change.body, '/location') ?? '');
      const routes = listAt(change.body, routesPointer).filter(isObject);
      return lines([made, ...routes.map((item) => routeLine('create', routeId(item), item))]);
    }
    return lines(
      change.edits.flatMap((edit) => {
        if (edit.op === 'remove') return [deleteRouteLine(routeId(edit.before))];
        return edit.op === 'add' && isObject(edit.after) ? [routeLine('create', routeId(edit.after), edit.after)] : [];
      }),
    );
  },
});

const isRouteOf = (id: string, table: string): boolean => sameId(id.replace(/\/routes\/[^/]*$/i, ''), table);
