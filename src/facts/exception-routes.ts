// The routes that exempt the services that call computes from a forced tunnel: the addresses of each service in a region, how
// much of them is routed directly to the Internet, and by which routes. Decided by `net`, address by address; without tag
// data, by tag name where that is enough.

import type { Resource } from '../model/resource.ts';
import { fold } from '../model/resource-id.ts';
import type { SnapshotIndex } from '../model/snapshot-index.ts';
import { clean } from '../model/text.ts';
import { type Addresses, looksLiteral, noAddress, readPrefixes, without } from '../net/addresses.ts';
import { areApart, publicIpv4, publicSpace } from '../net/facts.ts';
import { globalTagOf, type Route } from '../net/index.ts';
import type { ReadRoutes } from '../net/routes.ts';
import { routingOf, type TagRouting } from '../net/tag-routes.ts';
import { memoizePerResource, textAt } from '../resource-types/read.ts';
import { routesOf } from '../resource-types/route-view.ts';
import { memoizePerSnapshotAndKey } from './memoize.ts';
import { serviceTagsOf, wholeTag } from './service-tags.ts';

/** A service that calls computes from its own addresses; replies must take the same route. */
export interface ExceptionService {
  /** In the names of routes that a fix writes: `bastide-batch-3`. */
  readonly slug: 'batch' | 'azureml';
  readonly tag: 'BatchNodeManagement' | 'AzureMachineLearning';
  /** Where the data has no entry for the region, the whole tag is used. */
  readonly elseWhole: boolean;
}
export const batchService: ExceptionService = { slug: 'batch', tag: 'BatchNodeManagement', elseWhole: false };
export const machineLearningService: ExceptionService = {
  slug: 'azureml',
  tag: 'AzureMachineLearning',
  elseWhole: true,
};
export const exceptionServices: readonly ExceptionService[] = [batchService, machineLearningService];

/** The IPv4 addresses of a service in a region; it calls computes over IPv4 only. */
export interface ServicePrefixes {
  /** `BatchNodeManagement.WestEurope`. */
  readonly name: string;
  readonly prefixes: readonly string[];
  readonly addresses: Addresses;
}

/** By the name of the entry, never by its `region`, which spells some regions otherwise; undefined without data. */
export function wantedOf(service: ExceptionService, region: string, index: SnapshotIndex): ServicePrefixes | undefined {
  const tags = serviceTagsOf(index);
  const tag = tags?.get(`${service.tag}.${region}`) ?? (service.elseWhole ? tags?.get(service.tag) : undefined);
  const prefixes = tag?.prefixes.filter((prefix) => !prefix.includes(':')) ?? [];
  const { addresses, refused } = readPrefixes(prefixes);
  return tag === undefined || prefixes.length === 0 || refused.length > 0
    ? undefined
    : { name: tag.name, prefixes, addresses };
}

const toInternet = (hop: string): boolean => fold(hop) === 'internet';

/** A route of a table, as it is written. */
export interface UserRoute {
  readonly resource: Resource;
  readonly name: string;
  readonly prefix: string;
  readonly toInternet: boolean;
  /** The service tag it is written with. */
  readonly tag: string | undefined;
  /** The addresses of a prefix; undefined for a tag and for an invalid prefix. */
  readonly addresses: Addresses | undefined;
}
const readTable = memoizePerResource((table: Resource): readonly UserRoute[] =>
  routesOf(table).flatMap((resource) => {
    const prefix = textAt(resource.body, '/properties/addressPrefix');
    if (prefix === undefined) return [];
    const literal = looksLiteral(prefix) ? readPrefixes([prefix]) : undefined;
    return [
      {
        resource,
        name: textAt(resource.body, '/name') ?? '',
        prefix,
        toInternet: toInternet(textAt(resource.body, '/properties/nextHopType') ?? ''),
        tag: literal ? undefined : prefix,
        addresses: literal && literal.refused.length === 0 ? literal.addresses : undefined,
      },
    ];
  }),
);
export const writtenRoutes = (table: Resource | undefined): readonly UserRoute[] => (table ? readTable(table) : []);

/** Is it one of the service's tags, the global or one of a region? */
const isTagOf = (tag: string | undefined, service: ExceptionService): boolean =>
  tag !== undefined && fold(globalTagOf(tag)) === fold(service.tag);

export interface RouteCoverage {
  readonly state: 'covered' | 'missing' | 'unknown';
  readonly wanted: ServicePrefixes | undefined;
  /** What is not routed to the Internet, as CIDRs; the name of the tag without data. */
  readonly missing: readonly string[];
  /** User routes that route all or part of it elsewhere, and nothing else. */
  readonly contrary: readonly Route[];
  /** Names of the routes that cover it. */
  readonly by: readonly string[];
  /** Why it is unknown, as the end of a sentence. */
  readonly why: string;
}

interface FlowQuestion {
  readonly table: Resource | undefined;
  readonly routes: ReadRoutes;
}

const inside = (route: Route, addresses: Addresses): boolean =>
  noAddress(without(readPrefixes([route.prefix]).addresses, addresses));
const namesOf = (parts: readonly TagRouting[]): string[] => [
  ...new Set(parts.flatMap(({ route }) => (route?.source === 'User' ? (route.name ?? []) : []))),
];

/** How much of a service's addresses in a region is routed directly to the Internet. */
export function coverageOf(
  service: ExceptionService,
  region: string,
  asked: FlowQuestion,
  index: SnapshotIndex,
): RouteCoverage {
  const wanted = wantedOf(service, region, index);
  // Tags whose addresses are unknown and may include some of these.
  const unsure = writtenRoutes(asked.table).filter(
    ({ tag }) =>
      tag !== undefined &&
      asked.routes.unknownTags.some((name) => fold(name) === fold(tag)) &&
      !areApart(fold(globalTagOf(tag)), fold(service.tag)),
  );
  if (!wanted) return byName(service, region, asked, unsure);
  const parts = routingOf(wanted.addresses, asked.routes.routes);
  const away = parts.filter(({ nextHopType }) => !toInternet(nextHopType));
  const contrary = away.flatMap(({ route }) =>
    route?.source === 'User' && (isTagOf(route.serviceTag, service) || literalInside(route, wanted.addresses))
      ? [route]
      : [],
  );
  const missing = away.flatMap(({ prefixes }) => prefixes);
  const by = namesOf(parts.filter(({ nextHopType }) => toInternet(nextHopType)));
  const told = { wanted, missing, contrary, by };
  const doubt = unsure.find(({ toInternet: past }) => past === missing.length > 0);
  if (doubt) {
    return {
      ...told,
      state: 'unknown',
      why: `the addresses of the service tag ${clean(doubt.prefix, 60)} are missing`,
    };
  }
  return { ...told, state: missing.length > 0 ? 'missing' : 'covered', why: '' };
}

const literalInside = (route: Route, addresses: Addresses): boolean =>
  route.serviceTag === undefined && inside(route, addresses);

/**
 * Without tag data: a route on the tag's own name covers it, and where nothing is routed directly to the Internet, nothing is
 * covered.
 */
function byName(
  service: ExceptionService,
  region: string,
  asked: FlowQuestion,
  unsure: readonly UserRoute[],
): RouteCoverage {
  const { routes } = asked.routes;
  const written = writtenRoutes(asked.table);
  const named = (tag: string) => written.find((route) => fold(route.prefix) === fold(tag));
  // Among tags the regional one goes first.
  const winner = named(`${service.tag}.${region}`) ?? named(service.tag);
  const nothing = { wanted: undefined, missing: [], contrary: [], by: [] };
  const narrow = routes.filter(
    (route) => route.source === 'User' && route.family === 4 && route.length > 1 && isPublic(route),
  );
  if (winner?.toInternet) {
    const doubt = narrow.find(({ nextHopType }) => !toInternet(nextHopType));
    return doubt
      ? {
          ...nothing,
          state: 'unknown',
          why: `whether ${clean(doubt.prefix, 60)} is in ${clean(winner.prefix, 60)} needs service tag addresses`,
        }
      : { ...nothing, state: 'covered', by: [winner.name], why: '' };
  }
  const past = routingOf(publicIpv4, routes).some(({ nextHopType }) => toInternet(nextHopType));
  return past || unsure.some((route) => route.toInternet)
    ? { ...nothing, state: 'unknown', why: 'service tag addresses of its region are missing' }
    : { ...nothing, state: 'missing', missing: [`${service.tag}.${region}`], why: '' };
}
const isPublic = (route: Route): boolean => {
  const own = readPrefixes([route.prefix]).addresses;
  return !noAddress({ v4: without(own, without(own, publicSpace)).v4, v6: [] });
};

/** Direct routes to the Internet that exist for a service. */
export interface Exceptions {
  readonly sure: readonly UserRoute[];
  /** Routes whose service is unknown without tag data. */
  readonly unsure: readonly UserRoute[];
}

const givenName = (service: ExceptionService): RegExp => new RegExp(`^bastide-${service.slug}(?:-\\d+)?$`, 'i');
/** Has the route a name that a fix gives, for this service? A hint at what it is for: anyone may give that name. */
export const isNamedFor = ({ name }: UserRoute, service: ExceptionService): boolean => givenName(service).test(name);

const everywhereBy = memoizePerSnapshotAndKey((tag: string, index: SnapshotIndex): Addresses | undefined => {
  const prefixes = wholeTag(serviceTagsOf(index))(tag);
  return prefixes && readPrefixes(prefixes).addresses;
});
/** Every address of a service in the tag data, in all regions; undefined without data. */
export const everywhereOf = ({ tag }: ExceptionService, index: SnapshotIndex): Addresses | undefined =>
  everywhereBy(tag, index);

export function exceptionsOf(service: ExceptionService, table: Resource | undefined, index: SnapshotIndex): Exceptions {
  const past = writtenRoutes(table).filter((route) => route.toInternet);
  const everywhere = everywhereOf(service, index);
  const isSure = (route: UserRoute): boolean => {
    if (route.tag !== undefined) return isTagOf(route.tag, service);
    if (!everywhere) return false;
    return route.addresses !== undefined && noAddress(without(route.addresses, everywhere));
  };
  const sure = past.filter(isSure);
  const literals = past.filter((route) => route.tag === undefined && !sure.includes(route) && !isWide(route));
  return { sure, unsure: everywhere ? [] : literals };
}
/** A default route, or half of one, is no exception for a service. */
const isWide = ({ prefix }: UserRoute): boolean => /\/[01]$/.test(prefix);
