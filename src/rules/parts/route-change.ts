// Changes to a route table (rules-catalogue, P-ROUTE): one route at a time, or the whole table in one write where many come or go.
import { routesOf, routesPointer, routeType, withoutRoute, withRoute } from '../../kinds/route-view.ts';
import { type Change, editChange } from '../../model/change.ts';
import { addTo, applyEdits, type Edit, removeFrom, setMember } from '../../model/edit.ts';
import { isObject, type JsonObject } from '../../model/json.ts';
import { valueAt } from '../../model/pointer.ts';
import type { Resource } from '../../model/resource.ts';
import { fold, nameOf } from '../../model/resource-id.ts';
import { looksLiteral } from '../../net/addresses.ts';
import { writtenRoutes } from '../../posture/exception-routes.ts';
import { type RoutePlace, withTable } from './route-place.ts';
import { shown } from './verdict.ts';

/** Routes of a table, and those with service tags among them (virtual-networks-udr-overview and azure-subscription-service-limits, 2025). */
export const mostRoutes = 400;
export const mostTagRoutes = 25;
/** Above this many routes the table is written once, as a whole: each write of it waits for the one before. */
const oneByOne = 10;

/** Changes, and the place after them. */
export interface Steps {
  readonly changes: readonly Change[];
  readonly after: RoutePlace;
}

const key = { member: 'name', fold: true };
const propertiesOf = (prefix: string): JsonObject => ({ addressPrefix: prefix, nextHopType: 'Internet' });

export const countsOf = (place: RoutePlace): { readonly routes: number; readonly tags: number } => {
  const written = writtenRoutes(place.table);
  return {
    routes: place.table ? routesOf(place.table).length : 0,
    tags: written.filter(({ tag }) => tag !== undefined).length,
  };
};

/** `bastide-<slug>` for a tag, `bastide-<slug>-1` and on for prefixes, passing over names that are taken. */
function* freeNames(table: Resource, slug: string): Generator<string> {
  const taken = new Set(routesOf(table).map(({ id }) => fold(nameOf(id))));
  for (let index = 1; ; index += 1) {
    const name = `bastide-${slug}-${index}`;
    if (!taken.has(fold(name))) yield name;
  }
}
function nameFor(table: Resource, slug: string): string {
  const plain = `bastide-${slug}`;
  const taken = routesOf(table).some(({ id }) => fold(nameOf(id)) === plain);
  return taken ? (freeNames(table, slug).next().value ?? plain) : plain;
}

function routeIn(table: Resource, name: string, prefix: string): Resource {
  const id = `${table.id}/routes/${name}`;
  const body = { name, id, properties: propertiesOf(prefix) };
  return { id, type: routeType, apiVersion: table.apiVersion, body };
}

/** New routes straight to the Internet, one a prefix or tag. The place has a table. */
export function addRoutes(place: RoutePlace, slug: string, prefixes: readonly string[]): Steps {
  const { table } = place;
  if (!table || prefixes.length === 0) return { changes: [], after: place };
  const names = freeNames(table, slug);
  const made = prefixes.map((prefix) => {
    const name = looksLiteral(prefix) ? names.next().value : nameFor(table, slug);
    return routeIn(table, name ?? '', prefix);
  });
  const after = withTable(place, made.reduce(withRoute, table));
  if (made.length <= oneByOne) {
    const changes = made.map(
      ({ id, body }): Change => ({
        kind: 'create',
        resource: id,
        edits: [],
        body: { properties: body.properties ?? {} },
      }),
    );
    return { changes, after };
  }
  const added = made.map((one) => ({ name: nameOf(one.id), properties: one.body.properties ?? {} }));
  return { changes: [tableChange(table, added, (body, one) => addTo(body, routesPointer, one, key))], after };
}

/** One write of the whole table, its edits made one after the other. */
function tableChange<Item>(
  table: Resource,
  items: readonly Item[],
  edit: (body: JsonObject, item: Item) => Edit,
): Change {
  const edits: Edit[] = [];
  for (const item of items) edits.push(edit(applyEdits(table.body, edits) as JsonObject, item));
  return editChange(table.id, edits);
}

/** Points a route straight to the Internet; the address of an appliance goes first, since no other next hop has one. */
export function toInternet(place: RoutePlace, route: Resource): Steps {
  // A route without properties leads nowhere; it is here because it bears another's name.
  if (!isObject(route.body.properties)) return { changes: [], after: place };
  const address = '/properties/nextHopIpAddress';
  const edits = [
    ...(valueAt(route.body, address) === undefined ? [] : [setMember(route.body, address, undefined)]),
    setMember(route.body, '/properties/nextHopType', 'Internet'),
  ];
  const body = applyEdits(route.body, edits) as JsonObject;
  const table = place.table && withRoute(place.table, { ...route, body });
  return { changes: [editChange(route.id, edits)], after: withTable(place, table) };
}

/** Takes routes out of the table that the place has. */
export function deleteRoutes(place: RoutePlace, routes: readonly Resource[]): Steps {
  const { table } = place;
  if (!table || routes.length === 0) return { changes: [], after: place };
  const after = withTable(
    place,
    routes.reduce((left, { id }) => withoutRoute(left, id), table),
  );
  const changes =
    routes.length <= oneByOne
      ? routes.map(({ id, body }): Change => ({ kind: 'delete', resource: id, edits: [], body }))
      : [tableChange(table, routes, (body, route) => removeFrom(body, routesPointer, route.body, key))];
  return { changes, after };
}

/** Steps made one after the other, each on the place that the ones before it lead to. */
export function inTurn(place: RoutePlace, steps: readonly ((here: RoutePlace) => Steps)[]): Steps {
  return steps.reduce<Steps>(
    ({ changes, after }, step) => {
      const next = step(after);
      return { changes: [...changes, ...next.changes], after: next.after };
    },
    { changes: [], after: place },
  );
}

/** Why the table takes no more routes; undefined where it does. */
export function noRoom(place: RoutePlace, routes: number, tags: number): string | undefined {
  const now = countsOf(place);
  const name = place.table ? shown(place.table.id) : 'the table';
  if (now.routes + routes > mostRoutes) {
    return `${name} holds ${now.routes} routes, and ${routes} more pass the limit of ${mostRoutes}.`;
  }
  return now.tags + tags > mostTagRoutes
    ? `${name} holds ${now.tags} routes with service tags, and ${tags} more pass the limit of ${mostTagRoutes}.`
    : undefined;
}
