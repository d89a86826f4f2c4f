// What hops and verdicts of a path are called, and the role of each word: the same on the screen and in text.
import type { HopKind, HopVerdict } from './path.ts';

export const hopTitles: Readonly<Record<HopKind, string>> = {
  source: 'source',
  managedNetwork: 'managed network',
  name: 'name',
  wayIn: 'way in',
  adminRules: 'admin rules',
  sourceCard: 'card',
  sourceSubnet: 'subnet',
  route: 'route',
  firewall: 'firewall',
  wayOut: 'way out',
  endpointPolicy: 'endpoint policy',
  destinationSubnet: 'subnet there',
  destinationCard: 'card there',
  service: 'service',
  reply: 'answer',
};

/** `-` where nothing decides. */
export const verdictWords: Readonly<Record<HopVerdict, readonly [word: string, role: string]>> = {
  allowed: ['allowed', 'ok'],
  denied: ['denied', 'bad'],
  partly: ['partly', 'warn'],
  unknown: ['unknown', 'unknown'],
  notAsked: ['-', 'dim'],
};
