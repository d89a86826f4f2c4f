// Route tables (rules-catalogue, P-RT-CREATE and P-ROUTE): made whole with their routes; changed route by route (route.ts), or
// in one write of the whole table where many routes change at once, since Azure takes one write of a table at a time.
import type { ListKey } from '../model/edit.ts';
import { isObject, type Json, type JsonObject } from '../model/json.ts';
import { updateAt } from '../model/pointer.ts';
import { nameOf, sameId } from '../model/resource-id.ts';
import { defineResourceType } from './define.ts';
import { networkVersion } from './network-view.ts';
import { eachObject, groupOf, insideWhole, sendable, without } from './parts/bodies.ts';
import { type Shape, spelt } from './parts/normal.ts';
import { line, lines } from './parts/shell.ts';
import { listAt, textAt } from './read.ts';
import { deleteRouteLine, nextHops, routeComputed, routeLine, routeSent } from './route.ts';
import { routesOf, routesPointer, routeTableType, servedBy } from './route-view.ts';

/** Lists of routes have the name as their key. */
export const routeKey: ListKey = { member: 'name', fold: true };
const inline = `${routesPointer}/*`;
const shape: Shape = {
  volatile: [
    ...['subnets', 'resourceGuid'].map((name) => `/properties/${name}`),
    ...['etag', 'id', 'type', ...routeComputed.map((name) => `properties/${name}`)].map((name) => `${inline}/${name}`),
  ],
  sets: { [routesPointer]: routeKey },
  rewrite: {
    [`${inline}/properties/nextHopType`]: spelt(nextHops),
    '/properties/disableBgpRoutePropagation': (value) => (value === false ? undefined : value),
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
  plural: 'route tables',
  apiVersion: networkVersion,
  shape,
  columns: [
    { title: 'Region', value: ({ body }) => textAt(body, '/location') ?? '' },
    { title: 'Routes', value: ({ body }) => String(listAt(body, routesPointer).length) },
    { title: 'Subnets', value: (resource) => servedBy(resource).map(nameOf).join(', ') },
  ],
  references: (body) => servedBy({ id: '', type: routeTableType, apiVersion: '', body }),
  /** Its routes are resources of their own as well. */
  follows({ kind, resource }, seen) {
    const here = seen.resource(resource);
    const shown = here ? routesOf(here) : [];
    const known = seen.ofType('Microsoft.Network/routeTables/routes').filter(({ id }) => isRouteOf(id, resource));
    const gone = known.filter(({ id }) => kind === 'delete' || !shown.some((one) => sameId(one.id, id)));
    return { put: kind === 'delete' ? [] : shown, gone: gone.map(({ id }) => id) };
  },
  write: { body: sent, create: true, delete: 'if-match', edits: ({ pointer }) => pointer === routesPointer },
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
