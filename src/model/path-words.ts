// The titles of hops and the words of verdicts, with the role of each word: the same on the screen and in text.
import type { HopKind, HopVerdict, PathAnswer } from './path.ts';

export const hopTitles: Readonly<Record<HopKind, string>> = {
  source: 'Source',
  managedNetwork: 'Managed network',
  name: 'DNS',
  wayIn: 'Inbound access',
  adminRules: 'Security admin rules',
  sourceCard: 'NIC NSG',
  sourceSubnet: 'Subnet NSG',
  route: 'Route',
  firewall: 'Firewall',
  wayOut: 'Outbound (SNAT)',
  endpointPolicy: 'Endpoint policy',
  destinationSubnet: 'Target subnet NSG',
  destinationCard: 'Target NIC NSG',
  service: 'Service firewall',
  reply: 'Reply',
};

/** `TCP 443`, `any protocol, all ports`. */
export function trafficWords({ protocol, ports }: Pick<PathAnswer, 'protocol' | 'ports'>): string {
  const kind = protocol === '*' ? 'any protocol' : protocol.toUpperCase();
  return ports.includes('*') ? `${kind}, all ports` : `${kind} ${ports.join(',')}`;
}

/** `Subnet NSG, Service firewall` */
export const hopList = (hops: readonly HopKind[]): string => [...new Set(hops)].map((hop) => hopTitles[hop]).join(', ');

/** Where a path is blocked besides the place that settles its verdict, as a sentence; empty where it is nowhere else. */
export function alsoBlocked({ blockers, stoppedBy }: Pick<PathAnswer, 'blockers' | 'stoppedBy'>): string {
  const others = blockers.filter(({ hop }) => hop !== stoppedBy);
  return others.length === 0 ? '' : `Also blocked: ${others.map(({ because }) => because).join(' ')}`;
}

/** `-` where nothing decides. */
export const verdictWords: Readonly<Record<HopVerdict, readonly [word: string, role: string]>> = {
  allowed: ['allowed', 'ok'],
  denied: ['denied', 'bad'],
  partly: ['partly allowed', 'warn'],
  unknown: ['unknown', 'unknown'],
  notAsked: ['-', 'dim'],
};
