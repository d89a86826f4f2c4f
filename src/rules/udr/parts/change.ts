// Changes to a route table: one route at a time, or the whole table in one write where many change. To route a service
// directly to the Internet, conflicting routes are changed first, then one route is added for its tag, or one for each of its
// prefixes; each result is checked again before it is proposed.

import { type ExceptionService, type UserRoute, wantedOf, writtenRoutes } from '../../../facts/exception-routes.ts';
import { type Change, deleteChange, editChange } from '../../../model/change.ts';
import { addTo, applyEdits, type Edit, removeFrom, setMember } from '../../../model/edit.ts';
import { isObject, type JsonObject } from '../../../model/json.ts';
import { valueAt } from '../../../model/pointer.ts';
import type { Resource } from '../../../model/resource.ts';
import { fold, nameOf } from '../../../model/resource-id.ts';
import { counted } from '../../../model/text.ts';
import { looksLiteral, noAddress, readPrefixes, without } from '../../../net/addresses.ts';
import { routesOf, routesPointer, routeType, withoutRoute, withRoute } from '../../../resource-types/route-view.ts';
import { displayName, listed, quoted, subnetShown } from '../../parts/verdict.ts';
import type { Answers, Proposal } from '../../rule.ts';
import { coverageAt, type RoutePlace, regionOf, sharedTable, withTable } from './place.ts';

/**
 * Routes of a table, and those with service tags among them (virtual-networks-udr-overview and
 * azure-subscription-service-limits, 2025).
 */
export const mostRoutes = 400;
export const mostTagRoutes = 25;
/** Above this many routes the table is written once, as a whole: each write of it waits for the one before. */
const oneByOne = 10;

/** Changes, and the place after them. */
export interface RouteSteps {
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

/** `bastide-<slug>` for a tag, `bastide-<slug>-1`, `-2` ... for prefixes; names that are taken are skipped. */
function* freeNames(table: Resource, slug: string): Generator<string> {
  const taken = new Set(routesOf(table).map(({ id }) => fold(nameOf(id))));
  for (let position = 1; ; position += 1) {
    const name = `bastide-${slug}-${position}`;
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

/** New routes directly to the Internet, one per prefix or tag. The place has a table. */
export function addRoutes(place: RoutePlace, slug: string, prefixes: readonly string[]): RouteSteps {
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

/** One write of the whole table with successive edits. */
function tableChange<Item>(
  table: Resource,
  items: readonly Item[],
  edit: (body: JsonObject, item: Item) => Edit,
): Change {
  const edits: Edit[] = [];
  for (const item of items) edits.push(edit(applyEdits(table.body, edits), item));
  return editChange(table.id, edits);
}

/** Changes the next hop of a route to Internet; the address of an appliance goes first, since no other next hop has one. */
export function setNextHopInternet(place: RoutePlace, route: Resource): RouteSteps {
  // A route without properties has no next hop; it is listed because its name is already in use.
  if (!isObject(route.body.properties)) return { changes: [], after: place };
  const address = '/properties/nextHopIpAddress';
  const edits = [
    ...(valueAt(route.body, address) === undefined ? [] : [setMember(route.body, address, undefined)]),
    setMember(route.body, '/properties/nextHopType', 'Internet'),
  ];
  const body = applyEdits(route.body, edits);
  const table = place.table && withRoute(place.table, { ...route, body });
  return { changes: [editChange(route.id, edits)], after: withTable(place, table) };
}

/** Deletes routes of the table that the place has. */
export function deleteRoutes(place: RoutePlace, written: readonly UserRoute[]): RouteSteps {
  const { table } = place;
  const routes = written.map(({ resource }) => resource);
  if (!table || routes.length === 0) return { changes: [], after: place };
  const after = withTable(
    place,
    routes.reduce((left, { id }) => withoutRoute(left, id), table),
  );
  const changes =
    routes.length <= oneByOne
      ? routes.map(deleteChange)
      : [tableChange(table, routes, (body, route) => removeFrom(body, routesPointer, route.body, key))];
  return { changes, after };
}

/** Successive RouteSteps, each on the place after the previous ones. */
export function inTurn(place: RoutePlace, steps: readonly ((here: RoutePlace) => RouteSteps)[]): RouteSteps {
  return steps.reduce<RouteSteps>(
    ({ changes, after }, step) => {
      const next = step(after);
      return { changes: [...changes, ...next.changes], after: next.after };
    },
    { changes: [], after: place },
  );
}

/** Why the table cannot hold more routes; undefined where it can. */
function noRoom(place: RoutePlace, routes: number, tags: number): string | undefined {
  const now = countsOf(place);
  const name = place.table ? displayName(place.table.id) : 'The route table';
  if (now.routes + routes > mostRoutes)
    return `${name} has ${counted(now.routes, 'route')}; ${routes} more exceed the limit of ${mostRoutes}.`;
  return now.tags + tags > mostTagRoutes
    ? `${name} has ${counted(now.tags, 'route')} with service tags; ${tags} more exceed the limit of ${mostTagRoutes}.`
    : undefined;
}

/** One route for the service tag, or one for each of its prefixes. */
type Method = 'tags' | 'prefixes';

/** The method of the answer; else by tag, except for the 2020 article only. A text explains an invalid answer. */
function methodOf({ routes }: Answers, { today }: RoutePlace): { method: Method; chosen: boolean } | string {
  if (routes === undefined) return { method: today ? 'tags' : 'prefixes', chosen: false };
  const wanted = fold(routes.trim());
  return wanted === 'tags' || wanted === 'prefixes'
    ? { method: wanted, chosen: true }
    : `The answer ${quoted(routes)} is not valid: pass routes=tags or routes=prefixes.`;
}

/** Routes with another next hop for the service, changed to next hop Internet. */
function withoutContrary(service: ExceptionService, place: RoutePlace, region: string): RouteSteps {
  const names = coverageAt(service, place, region).contrary.map(({ name }) => fold(name ?? ''));
  const table = place.table ? routesOf(place.table) : [];
  return inTurn(
    place,
    table
      .filter(({ id }) => names.includes(fold(nameOf(id))))
      .map((route) => (here) => setNextHopInternet(here, route)),
  );
}

/** Prefixes of the service that are not routed to the Internet yet, each as the service tags have it. */
export function missingPrefixes(service: ExceptionService, place: RoutePlace, region: string): readonly string[] {
  const missing = readPrefixes(coverageAt(service, place, region).missing).addresses;
  return (wantedOf(service, region, place.context.index)?.prefixes ?? []).filter((prefix) => {
    const own = readPrefixes([prefix]).addresses;
    return !noAddress(own) && !noAddress({ v4: without(own, without(own, missing)).v4, v6: [] });
  });
}

function byPrefix(service: ExceptionService, place: RoutePlace, region: string): RouteSteps | string {
  if (!wantedOf(service, region, place.context.index))
    return `The addresses of ${service.tag} in ${region} are not known. Pass --service-tags FILE, or --answer routes=tags.`;
  const missing = missingPrefixes(service, place, region);
  return noRoom(place, missing.length, 0) ?? addRoutes(place, service.slug, missing);
}

/** One route for the tag; an existing one with another next hop is changed. */
export function byTag(service: ExceptionService, place: RoutePlace): RouteSteps | string {
  const there = writtenRoutes(place.table).find(({ prefix }) => fold(prefix) === fold(service.tag));
  if (!there) return noRoom(place, 1, 1) ?? addRoutes(place, service.slug, [service.tag]);
  return there.toInternet ? { changes: [], after: place } : setNextHopInternet(place, there.resource);
}

/**
 * Routes a service of a region directly to the Internet, by tag or by prefix; by the other method where the limits of a table
 * forbid the default one. A sentence says why it cannot.
 */
export function routedDirectly(
  service: ExceptionService,
  place: RoutePlace,
  answers: Answers,
  region = regionOf(place),
): RouteSteps | string {
  const how = methodOf(answers, place);
  if (typeof how === 'string') return how;
  if (!place.table) return `${subnetShown(place.subnet)} has no route table; udr.table-on-compute-subnet creates one.`;
  const first = withoutContrary(service, place, region);
  const isDone = (steps: RouteSteps) => coverageAt(service, steps.after, region).state === 'covered';
  if (isDone(first)) return first;
  const methods = !how.chosen && how.method === 'tags' ? (['tags', 'prefixes'] as const) : [how.method];
  let refusal = '';
  for (const method of methods) {
    const added = method === 'tags' ? byTag(service, first.after) : byPrefix(service, first.after, region);
    if (typeof added === 'string') {
      refusal ||= added;
      continue;
    }
    const all = { changes: [...first.changes, ...added.changes], after: added.after };
    if (isDone(all)) return all;
    const { missing, why } = coverageAt(service, all.after, region);
    refusal ||= `Routes by ${method === 'tags' ? 'tag' : 'prefix'} may not cover all of ${service.tag}: ${why || listed(missing.slice(0, 4))}.`;
  }
  return refusal;
}

/** The impact of every fix that adds exception routes. */
export const bypassImpact =
  'Existing connections are not affected. This traffic bypasses the appliance and is not inspected, for every subnet that uses the route table.';

/** Proposals that add or change routes to the Internet. */
export const proposedRoutes = (place: RoutePlace, steps: RouteSteps | string): readonly Proposal[] | string =>
  typeof steps === 'string'
    ? steps
    : steps.changes.map((change) => ({
        change,
        phase: 2 as const,
        advice: sharedTable(place),
      }));

/** Proposals that delete routes: last of all, after the routes that replace them. */
export const proposedDeletions = (place: RoutePlace, steps: RouteSteps, advice = ''): Proposal[] =>
  steps.changes.map((change) => ({ change, phase: 5, advice: `${advice} ${sharedTable(place)}`.trim() }));
