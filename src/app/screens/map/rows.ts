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

/** Every row, or those that match the filter, with their parents. */
export function mapRows({ networks, outside }: NetworkMap, filter: string): MapRow[] {
  const rows = networks.flatMap((network) => networkRows(network, filter));
  const loose = outside.filter((occupant) => has(filter, occupant.name, occupant.is));
  if (loose.length === 0) return rows;
  return [
    ...rows,
    { kind: 'outside', occupant: null },
    ...loose.map((occupant): MapRow => ({ kind: 'outside', occupant })),
  ];
}

function networkRows(network: MapNetwork, filter: string): MapRow[] {
  const here = has(filter, network.name, ...network.prefixes, ...network.peers.map(({ name }) => name));
  const subnets = network.subnets.filter((subnet) => here || inSubnet(subnet, filter));
  if (!here && subnets.length === 0) return [];
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

function inSubnet(subnet: MapSubnet, filter: string): boolean {
  const { name, prefixes, securityGroup, routeTable, natGateway, serviceEndpoints, delegations, occupants } = subnet;
  const guards = [securityGroup, routeTable, natGateway].flatMap((guard) => guard?.name ?? []);
  const inside = occupants.flatMap((occupant) => [occupant.name, occupant.is]);
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
