// The names of the parts of a map: the same on the screen and in text.

import type { MapCapacity, MapSubnet } from './network-map.ts';
import type { PathVerdict } from './path.ts';
import { counted } from './text.ts';

export const reachMarks: Readonly<Record<PathVerdict, string>> = {
  allowed: '✓',
  denied: '✗',
  partly: '~',
  unknown: '?',
};

/** `251 addresses, 246 free`, `about 246 free`. */
export function capacityText(room: MapCapacity | null): string {
  if (room === null) return '';
  const free = `${room.approximate ? 'about ' : ''}${room.free} free`;
  return room.usable === null ? free : `${counted(room.usable, 'address', 'addresses')}, ${free}`;
}

/** `Storage` for `Microsoft.Storage`. */
const shortService = (service: string): string => service.replace(/^Microsoft\./i, '');

export interface Guard {
  readonly label: string;
  /** Its letter, for use where space is short. */
  readonly letter: string;
  readonly text: string;
}

/** What is associated with a subnet, in the order of the letters. */
export function guardsOf(subnet: MapSubnet): readonly Guard[] {
  const { securityGroup, routeTable, natGateway, serviceEndpoints, endpointPolicies, delegations } = subnet;
  return [
    { label: 'NSG', letter: 'G', text: securityGroup?.name ?? '' },
    { label: 'route table', letter: 'R', text: routeTable?.name ?? '' },
    { label: 'NAT gateway', letter: 'N', text: natGateway?.name ?? '' },
    { label: 'service endpoints', letter: 'E', text: serviceEndpoints.map(shortService).join(', ') },
    { label: 'service endpoint policy', letter: 'P', text: endpointPolicies.map(({ name }) => name).join(', ') },
    { label: 'delegated to', letter: 'D', text: delegations.join(', ') },
  ].filter(({ text }) => text !== '');
}

export const guardAbbreviations = (subnet: MapSubnet): string =>
  guardsOf(subnet)
    .map(({ letter }) => letter)
    .join('');
