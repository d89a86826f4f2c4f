// Leading a service past a forced tunnel: what is in its way is pointed to the Internet, then one route for its tag, or one for
// each of its prefixes (rules-catalogue 15.6). Every outcome is looked at again through `net` before it is proposed.
import { routesOf } from '../../kinds/route-view.ts';
import { fold, nameOf } from '../../model/resource-id.ts';
import { noAddress, readPrefixes, without } from '../../net/addresses.ts';
import { type ExceptionService, wantedOf, writtenRoutes } from '../../posture/exception-routes.ts';
import type { Answers, Proposal } from '../rule.ts';
import { addRoutes, inTurn, noRoom, type Steps, toInternet } from './route-change.ts';
import { coverageAt, type RoutePlace, regionOf, tableRisk } from './route-place.ts';
import { listed, quoted, subnetShown } from './verdict.ts';

/** One route for a service's tag, or one for each of its prefixes. */
export type Way = 'tags' | 'prefixes';

/** How the routes are to be written: as answered; else by tag, except where the article of 2020 alone is held to. A text says why not. */
export function wayOf(answers: Answers, { today }: RoutePlace): { way: Way; chosen: boolean } | string {
  const { routes } = answers;
  if (routes === undefined) return { way: today ? 'tags' : 'prefixes', chosen: false };
  const wanted = fold(routes.trim());
  return wanted === 'tags' || wanted === 'prefixes'
    ? { way: wanted, chosen: true }
    : `${quoted(routes)} is no way to write routes: it takes the answer routes=tags or routes=prefixes.`;
}

/** Routes that take the service elsewhere, pointed to the Internet. */
function straightened(service: ExceptionService, place: RoutePlace, region: string): Steps {
  const names = coverageAt(service, place, region).contrary.map(({ name }) => fold(name ?? ''));
  const table = place.table ? routesOf(place.table) : [];
  return inTurn(
    place,
    table.filter(({ id }) => names.includes(fold(nameOf(id)))).map((route) => (here) => toInternet(here, route)),
  );
}

/** Prefixes of the service that do not leave by the Internet yet, each as the data has it. */
export function lackingPrefixes(service: ExceptionService, place: RoutePlace, region: string): readonly string[] {
  const missing = readPrefixes(coverageAt(service, place, region).missing).addresses;
  return (wantedOf(service, region, place.judgement.world)?.prefixes ?? []).filter((prefix) => {
    const own = readPrefixes([prefix]).addresses;
    return !noAddress(own) && !noAddress({ v4: without(own, without(own, missing)).v4, v6: [] });
  });
}

function byPrefix(service: ExceptionService, place: RoutePlace, region: string): Steps | string {
  if (!wantedOf(service, region, place.judgement.world)) {
    return `What ${service.tag} answers at in ${region} is not known: give a file of service tags, or write routes by tag (--answer routes=tags).`;
  }
  const missing = lackingPrefixes(service, place, region);
  return noRoom(place, missing.length, 0) ?? addRoutes(place, service.slug, missing);
}

/** One route for the tag; an existing one that leads elsewhere is pointed to the Internet. */
export function byTag(service: ExceptionService, place: RoutePlace): Steps | string {
  const there = writtenRoutes(place.table).find(({ prefix }) => fold(prefix) === fold(service.tag));
  if (!there) return noRoom(place, 1, 1) ?? addRoutes(place, service.slug, [service.tag]);
  return there.toInternet ? { changes: [], after: place } : toInternet(place, there.resource);
}

/**
 * What leads a service of a region past the tunnel, by tag or by prefix; the other way where the limits of a table forbid the one
 * that nobody asked for. A sentence says why nothing does.
 */
export function ledPast(
  service: ExceptionService,
  place: RoutePlace,
  answers: Answers,
  region = regionOf(place),
): Steps | string {
  const how = wayOf(answers, place);
  if (typeof how === 'string') return how;
  if (!place.table) return `${subnetShown(place.subnet)} has no route table; udr.table-on-compute-subnet makes one.`;
  const straight = straightened(service, place, region);
  const isDone = (steps: Steps) => coverageAt(service, steps.after, region).state === 'covered';
  if (isDone(straight)) return straight;
  const ways = how.chosen ? [how.way] : how.way === 'tags' ? (['tags', 'prefixes'] as const) : [how.way];
  let refusal = '';
  for (const way of ways) {
    const added = way === 'tags' ? byTag(service, straight.after) : byPrefix(service, straight.after, region);
    if (typeof added === 'string') {
      refusal ||= added;
      continue;
    }
    const all = { changes: [...straight.changes, ...added.changes], after: added.after };
    if (isDone(all)) return all;
    const { missing, why } = coverageAt(service, all.after, region);
    refusal ||= `Routes ${way === 'tags' ? 'by tag' : 'by prefix'} would not lead all of ${service.tag} past the tunnel for certain: ${why || listed(missing.slice(0, 4))}.`;
  }
  return refusal;
}

const uninspected = 'That traffic leaves the network past the appliance, uninspected.';

export const proposedPast = (place: RoutePlace, steps: Steps | string): readonly Proposal[] | string =>
  typeof steps === 'string'
    ? steps
    : steps.changes.map((change) => ({ change, phase: 2 as const, risk: tableRisk(place, uninspected) }));

/** Deletions: last of all, so that what replaces a route stands before it goes. */
export const proposedAway = (place: RoutePlace, steps: Steps, risk: string): Proposal[] =>
  steps.changes.map((change) => ({ change, phase: 5, risk: tableRisk(place, risk) }));
