// What Azure reports as in effect at a machine's network interface: read on request, never in a scan, and kept raw.
import type { Json } from './json.ts';
import { fold, parseId } from './resource-id.ts';
import type { ReadFailure } from './snapshot.ts';

/** One packet as IP flow verify takes it: between the interface and one IPv4 address. */
export interface LivePacket {
  readonly direction: 'Inbound' | 'Outbound';
  readonly protocol: 'Tcp' | 'Udp';
  readonly localPort: number;
  readonly remote: string;
  readonly remotePort: number;
}

export interface LiveFlow {
  readonly packet: LivePacket;
  /** Answer of `ipFlowVerify`; null when none was given. */
  readonly verdict: Json | null;
  /** Answer of `nextHop`; null when none was given, or none was requested because the packet is inbound. */
  readonly hop: Json | null;
}

/** The answers about one interface of a running machine. */
export interface LiveNic {
  readonly subnet: string;
  readonly card: string;
  readonly machine: string;
  /** Its private IPv4 address. */
  readonly address: string;
  /** ISO 8601, UTC. */
  readonly at: string;
  /** Body of the interface's own security group; null without one. */
  readonly group: Json | null;
  /** Answer of `effectiveNetworkSecurityGroups`; null when none was given. */
  readonly groups: Json | null;
  /** Answer of `effectiveRouteTable`; null when none was given. */
  readonly routes: Json | null;
  readonly flows: readonly LiveFlow[];
  /** Questions that were refused or failed. */
  readonly gaps: readonly ReadFailure[];
}

export interface LiveEvidence {
  /** How many questions Azure was asked. */
  readonly questions: number;
  readonly cards: readonly LiveNic[];
  /** Subnets where nothing could be asked, each with one sentence why. */
  readonly nowhere: readonly { readonly subnet: string; readonly reason: string }[];
}

/** Types whose change affects what is in effect at every interface near it. */
const moving = [
  'microsoft.network/virtualnetworks',
  'microsoft.network/virtualnetworks/subnets',
  'microsoft.network/virtualnetworks/virtualnetworkpeerings',
  'microsoft.network/routetables',
  'microsoft.network/routetables/routes',
];

/** Would a change of these resources make the answers stale? */
export const hasChanged = (changed: readonly string[]): boolean =>
  changed.some((id) => moving.includes(fold(parseId(id).type ?? '')));
