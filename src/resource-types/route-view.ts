// Views over route tables: their routes as separate resources, and how a route is stored in the body. Reads only; never
// throws.
import { isObject } from '../model/json.ts';
import type { Pointer } from '../model/pointer.ts';
import type { Resource } from '../model/resource.ts';
import { fold, sameId } from '../model/resource-id.ts';
import { withInline, withoutInline } from './parts/inline-list.ts';
import { booleanAt, itemsAt, listAt, memoizePerResource, textAt } from './read.ts';

export const routeTableType = 'Microsoft.Network/routeTables';
export const routeType = 'Microsoft.Network/routeTables/routes';
export const routesPointer = '/properties/routes';

/** One resource for each route of a table's body: the scan stores them with it, so that `world.get(routeId)` answers. */
export const routesOf = memoizePerResource((table): readonly Resource[] => {
  if (fold(table.type) !== fold(routeTableType)) return [];
  return listAt(table.body, routesPointer).flatMap((item) => {
    const name = textAt(item, '/name');
    if (!isObject(item) || name === undefined) return [];
    const id = textAt(item, '/id') ?? `${table.id}/routes/${name}`;
    const etag = textAt(item, '/etag');
    return [{ id, type: routeType, apiVersion: table.apiVersion, body: item, ...(etag === undefined ? {} : { etag }) }];
  });
});

/** The pointer of a route, by its name, in the body of its table. */
export const routePointer = (table: Resource, name: string): Pointer | undefined =>
  itemsAt(table.body, routesPointer).find(({ item }) => sameId(textAt(item, '/name'), name))?.pointer;

/** Does the table disable gateway route propagation (BGP) to its subnets? */
export const stopsBgp = (table: Resource): boolean =>
  booleanAt(table.body, '/properties/disableBgpRoutePropagation') === true;

/** Do its subnets not use the routes of peerings? (`disablePeeringRoute`, from api-version 2025-07-01 on) */
export const stopsPeering = (table: Resource): boolean => fold(textAt(table.body, stopsPeeringPointer) ?? '') === 'all';
export const stopsPeeringPointer = '/properties/disablePeeringRoute';

/** Ids of the subnets in the table's body. */
export const servedBy = (table: Resource): string[] =>
  listAt(table.body, '/properties/subnets').flatMap((item) => textAt(item, '/id') ?? []);

const routePath = ['properties', 'routes'];

/** The table with one of its routes added or replaced. */
export const withRoute = (table: Resource, route: Resource): Resource => withInline(table, routePath, route);

/** The table without one of its routes. */
export const withoutRoute = (table: Resource, routeId: string): Resource => withoutInline(table, routePath, routeId);
