// The rows of the map: networks, their subnets, and their occupants. Data only; drawing is elsewhere.
import type { MapNetwork, MapOccupant, MapSubnet, NetworkMap } from '../../../model/network-map.ts';

export type MapRow =
  | { readonly kind: 'network'; readonly network: MapNetwork }
  | { readonly kind: 'subnet'; readonly network: MapNetwork; readonly subnet: MapSubnet; readonly last: boolean }
  | {
      readonly kind: 'occupant';
      readonly network: MapNetwork;
      readonly subnet: MapSubnet;
      readonly occupant: MapOccupant;
      /** Its subnet is the last of its network, itself the last of its subnet. */
      readonly lastSubnet: boolean;
      readonly last: boolean;
    }
  /** The heading of computes outside the customer's networks, and these computes. */
  | { readonly kind: 'outside'; readonly occupant: MapOccupant | null };

export function resourceOf(row: MapRow | undefined): string | null {
  switch (row?.kind) {
    case 'network':
      return row.network.id;
    case 'subnet':
      return row.subnet.id;
    case 'occupant':
      return row.occupant.resource ?? row.subnet.id;
    case 'outside':
      return row.occupant?.resource ?? null;
    default:
      return null;
  }
}

/** Its last words in the footer. */
export const mapFilterHint = 'text  !text  is:failing  is:denied  is:unknown  kind:storage  kind:cluster';

interface MapFilter {
  /** Words of the text, all of which must hold; `!word` in none. */
  readonly words: readonly string[];
  /** Verdicts of which a subnet must have one; null for any subnet. */
  readonly verdicts: ReadonlySet<string> | null;
  readonly kinds: readonly string[];
}

const failing = ['denied', 'partly', 'unknown'];

function parsed(filter: string): MapFilter {
  const words = filter
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '' && word !== '!');
  const after = (name: string) =>
    words.flatMap((word) => (word.startsWith(name) && word !== name ? [word.slice(name.length)] : []));
  const verdicts = after('is:').flatMap((word) =>
    'failing'.startsWith(word) ? failing : [...failing, 'allowed'].filter((verdict) => verdict.startsWith(word)),
  );
  return {
    words: words.filter((word) => !/^(?:is|kind):/.test(word)),
    verdicts: after('is:').length === 0 ? null : new Set(verdicts),
    kinds: after('kind:'),
  };
}

/** The services that have a column: all, or those of the kinds that the filter names. */
export function shownTargets({ targets }: NetworkMap, filter: string): number[] {
  const { kinds } = parsed(filter);
  const all = targets.map((_, at) => at);
  const named = all.filter((at) => kinds.some((kind) => targets[at]?.is.toLowerCase().includes(kind)));
  return named.length === 0 ? all : named;
}

/** Every row, or those that match the filter, with their parents. */
export function mapRows(map: NetworkMap, filter: string): MapRow[] {
  const wanted = parsed(filter);
  const targets = new Set(shownTargets(map, filter));
  const rows = map.networks.flatMap((network) => networkRows(network, wanted, targets, map));
  const loose = map.outside.filter(
    (occupant) =>
      wanted.verdicts === null &&
      isOfKind(wanted, occupant) &&
      has(wanted, occupant.name, occupant.is) &&
      lacks(wanted, occupant.name, occupant.is),
  );
  if (loose.length === 0) return rows;
  return [
    ...rows,
    { kind: 'outside', occupant: null },
    ...loose.map((occupant): MapRow => ({ kind: 'outside', occupant })),
  ];
}

function networkRows(network: MapNetwork, wanted: MapFilter, targets: ReadonlySet<number>, map: NetworkMap): MapRow[] {
  const here = has(wanted, ...networkTexts(network));
  const narrowed =
    wanted.verdicts !== null || wanted.kinds.length > 0 || wanted.words.some((word) => word.startsWith('!'));
  const subnets = network.subnets.filter(
    (subnet) =>
      (here || has(wanted, ...subnetTexts(subnet))) &&
      lacks(wanted, ...networkTexts(network), ...subnetTexts(subnet)) &&
      reaches(subnet, wanted, targets) &&
      holds(subnet, wanted, map),
  );
  if ((!here || narrowed) && subnets.length === 0) return [];
  const below = subnets.flatMap((subnet, at): MapRow[] => {
    const last = at === subnets.length - 1;
    const occupants = subnet.occupants.map((occupant, index): MapRow => {
      const lastOccupant = index === subnet.occupants.length - 1;
      return { kind: 'occupant', network, subnet, occupant, lastSubnet: last, last: lastOccupant };
    });
    return [{ kind: 'subnet', network, subnet, last }, ...occupants];
  });
  return [{ kind: 'network', network }, ...below];
}

const reaches = ({ reach }: MapSubnet, { verdicts }: MapFilter, targets: ReadonlySet<number>): boolean =>
  verdicts === null || reach.some(({ target, verdict }) => targets.has(target) && verdicts.has(verdict));

/** A kind names services that the subnet reaches, or what is in it. */
function holds({ reach, occupants }: MapSubnet, wanted: MapFilter, { targets }: NetworkMap): boolean {
  if (wanted.kinds.length === 0) return true;
  const services = reach.some(({ target }) =>
    wanted.kinds.some((kind) => targets[target]?.is.toLowerCase().includes(kind)),
  );
  return services || occupants.some((occupant) => isOfKind(wanted, occupant));
}

const isOfKind = ({ kinds }: MapFilter, { is }: MapOccupant): boolean =>
  kinds.length === 0 || kinds.some((kind) => is.toLowerCase().includes(kind));

const networkTexts = ({ name, prefixes, peers }: MapNetwork): string[] => [
  name,
  ...prefixes,
  ...peers.map((peer) => peer.name),
];

function subnetTexts(subnet: MapSubnet): string[] {
  const { name, prefixes, securityGroup, routeTable, natGateway, serviceEndpoints, delegations, occupants } = subnet;
  const guards = [securityGroup, routeTable, natGateway].flatMap((guard) => guard?.name ?? []);
  const inside = occupants.flatMap((occupant) => [occupant.name, occupant.is]);
  return [name, ...prefixes, ...guards, ...serviceEndpoints, ...delegations, ...inside];
}

const joined = (texts: readonly string[]): string => texts.join('\n').toLowerCase();
const has = ({ words }: MapFilter, ...texts: readonly string[]): boolean =>
  words.every((word) => word.startsWith('!') || joined(texts).includes(word));
const lacks = ({ words }: MapFilter, ...texts: readonly string[]): boolean =>
  words.every((word) => !word.startsWith('!') || !joined(texts).includes(word.slice(1)));
