// The rows of the map: networks, their subnets, and their occupants. Data only; drawing is elsewhere.
import type { MapNetwork, MapOccupant, MapSubnet, NetworkMap } from '../../../model/network-map.ts';

export type MapRow =
  | { readonly kind: 'network'; readonly network: MapNetwork }
  | { readonly kind: 'subnet'; readonly network: MapNetwork; readonly subnet: MapSubnet; readonly last: boolean }
  | {
      readonly kind: 'sitter';
      readonly network: MapNetwork;
      readonly subnet: MapSubnet;
      readonly sitter: MapOccupant;
      /** Its subnet is the last of its network, itself the last of its subnet. */
      readonly lastSubnet: boolean;
      readonly last: boolean;
    }
  /** The heading of computes outside the customer's networks, and these computes. */
  | { readonly kind: 'outside'; readonly sitter: MapOccupant | null };

/** The resource of a row. */
export function resourceOf(row: MapRow | undefined): string | null {
  switch (row?.kind) {
    case 'network':
      return row.network.id;
    case 'subnet':
      return row.subnet.id;
    case 'sitter':
      return row.sitter.resource ?? row.subnet.id;
    case 'outside':
      return row.sitter?.resource ?? null;
    default:
      return null;
  }
}

/** Every row, or those that match the filter, with their parents. */
export function mapRows({ networks, outside }: NetworkMap, filter: string): MapRow[] {
  const rows = networks.flatMap((network) => networkRows(network, filter));
  const loose = outside.filter((sitter) => has(filter, sitter.name, sitter.is));
  if (loose.length === 0) return rows;
  return [...rows, { kind: 'outside', sitter: null }, ...loose.map((sitter): MapRow => ({ kind: 'outside', sitter }))];
}

function networkRows(network: MapNetwork, filter: string): MapRow[] {
  const here = has(filter, network.name, ...network.prefixes, ...network.peers.map(({ name }) => name));
  const subnets = network.subnets.filter((subnet) => here || inSubnet(subnet, filter));
  if (!here && subnets.length === 0) return [];
  const below = subnets.flatMap((subnet, at): MapRow[] => {
    const last = at === subnets.length - 1;
    const sitters = subnet.sitters.map((sitter, index): MapRow => {
      const lastSitter = index === subnet.sitters.length - 1;
      return { kind: 'sitter', network, subnet, sitter, lastSubnet: last, last: lastSitter };
    });
    return [{ kind: 'subnet', network, subnet, last }, ...sitters];
  });
  return [{ kind: 'network', network }, ...below];
}

function inSubnet(subnet: MapSubnet, filter: string): boolean {
  const { name, prefixes, securityGroup, routeTable, natGateway, serviceEndpoints, delegations, sitters } = subnet;
  const guards = [securityGroup, routeTable, natGateway].flatMap((guard) => guard?.name ?? []);
  const inside = sitters.flatMap((sitter) => [sitter.name, sitter.is]);
  return has(filter, name, ...prefixes, ...guards, ...serviceEndpoints, ...delegations, ...inside);
}

/** Every word of the filter in some text; `!word` in none. */
function has(filter: string, ...texts: readonly string[]): boolean {
  const all = texts.join('\n').toLowerCase();
  const words = filter
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '' && word !== '!');
  return words.every((word) => (word.startsWith('!') ? !all.includes(word.slice(1)) : all.includes(word)));
}
