// The result of a path simulation: hop by hop, every place that blocks it, and what would open it. Plain data.
import type { Change } from './change.ts';
import type { Evidence } from './finding.ts';

/** Types of the resources that can be an end of a path, in the order an operator would look for them. */
export const pathEndTypes: readonly string[] = [
  'Microsoft.Network/virtualNetworks/subnets',
  'Microsoft.MachineLearningServices/workspaces/computes',
  'Microsoft.Compute/virtualMachines',
  'Microsoft.Network/networkInterfaces',
  'Microsoft.ContainerService/managedClusters',
  'Microsoft.Storage/storageAccounts',
  'Microsoft.KeyVault/vaults',
  'Microsoft.ContainerRegistry/registries',
  'Microsoft.MachineLearningServices/workspaces',
  'Microsoft.MachineLearningServices/workspaces/datastores',
];

/** `notAsked`: nothing decides there. */
export type HopVerdict = 'allowed' | 'denied' | 'partly' | 'unknown' | 'notAsked';
export type PathVerdict = Exclude<HopVerdict, 'notAsked'>;

/** The stages that a packet can pass, in order. */
const hopKinds = [
  'source',
  'managedNetwork',
  'name',
  'wayIn',
  'adminRules',
  'sourceCard',
  'sourceSubnet',
  'route',
  'firewall',
  'wayOut',
  'endpointPolicy',
  'destinationSubnet',
  'destinationCard',
  'service',
  'reply',
] as const;
export type HopKind = (typeof hopKinds)[number];

/** One packet of each outcome, as text: `Tcp 10.0.1.0:0 -> 10.0.4.4:443`. */
export interface Witness {
  readonly allowed?: string;
  readonly denied?: string;
  readonly unknown?: string;
}

export interface Hop {
  readonly hop: HopKind;
  /** The resource at the hop: `nsg-train at snet-train`. */
  readonly at: string;
  readonly verdict: HopVerdict;
  /** One sentence. */
  readonly because: string;
  readonly evidence: readonly Evidence[];
  /** Ids of what was not read and made the verdict `unknown`. */
  readonly gaps: readonly string[];
  readonly witness: Witness;
}

/** A place that denies packets of the path, whatever the places before it do. */
export interface Blocker {
  readonly hop: HopKind;
  readonly at: string;
  /** `partly`: some of the packets. */
  readonly verdict: 'denied' | 'partly';
  /** One sentence. */
  readonly because: string;
  /** What denies there, by name, in the order it applies: security rules, routes, firewall rules. [] where no rule does. */
  readonly rules: readonly string[];
  readonly evidence: readonly Evidence[];
}

export interface PathEnd {
  /** As in the question. */
  readonly asked: string;
  /** What it resolved to, in a few words: `vnet-ml/snet-train`. */
  readonly is: string;
  /** Id of the subnet, NIC, account ...; null for addresses and tags. */
  readonly resource: string | null;
  /** Prefixes, tags or `Internet`; what the packets carry. */
  readonly addresses: readonly string[];
}

export interface PathAnswer {
  readonly source: PathEnd;
  readonly destination: PathEnd;
  readonly protocol: string;
  readonly ports: readonly string[];
  /** `partly` when some packets arrive and some do not. */
  readonly verdict: PathVerdict;
  readonly because: string;
  /** The first hop that stops packets or, where none certainly does, the first unknown one; null when all are allowed. */
  readonly stoppedBy: HopKind | null;
  /** Every place that certainly denies packets, in the order of the hops. */
  readonly blockers: readonly Blocker[];
  readonly witness: Witness;
  readonly hops: readonly Hop[];
  /** What would open it; absent where nothing blocks it, and where it was not computed. */
  readonly repair?: PathFixes;
}

/** A smallest set of changes that opens a blocked path: without any of them it stays blocked. */
export interface PathFix {
  /** No packet beside those that were asked for becomes allowed. */
  readonly exact: boolean;
  /** What it does, a phrase for each part: `add an allow rule at priority 190 to nsg-train`. */
  readonly says: readonly string[];
  /** What else it allows: the ends, with one packet. */
  readonly also: readonly string[];
  readonly changes: readonly Change[];
}

export interface PathFixes {
  /** The least risk first. */
  readonly fixes: readonly PathFix[];
  /** Where there is none: the places that Bastide cannot open, in a sentence each. */
  readonly manual: readonly string[];
}
