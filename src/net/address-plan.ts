// How many addresses a subnet has, has free, and will need (docs/reference/address-plans.md). Azure reserves the first four
// addresses of a subnet and its last.
import { count4, readPrefixes } from './addresses.ts';

export const reservedPerSubnet = 5;

/** Addresses of a subnet that resources can have; 0 for one that is too small, undefined for invalid prefixes. */
export function usableAddresses(prefixes: readonly string[]): number | undefined {
  const { addresses, refused } = readPrefixes(prefixes);
  if (refused.length > 0 || addresses.v4.length === 0) return undefined;
  const own = prefixes.filter((prefix) => !prefix.includes(':')).length;
  return Math.max(0, count4(addresses.v4) - reservedPerSubnet * own);
}

export interface FreeInput {
  readonly prefixes: readonly string[];
  /** From the network's usages, where readable: negative values mean "not counted". */
  readonly usage?: { readonly currentValue: number; readonly limit: number } | undefined;
  /** Entries in the subnet's ipConfigurations, used where there is no usage. */
  readonly configurations: number;
}
export interface Free {
  readonly count: number;
  /** Counted from the subnet's list, which omits what Azure does not show. */
  readonly approximate: boolean;
}

/** Free addresses of a subnet; undefined when its prefixes are invalid and nothing was counted. */
export function freeAddresses({ prefixes, usage, configurations }: FreeInput): Free | undefined {
  if (usage && usage.currentValue >= 0 && usage.limit >= 0) {
    return { count: usage.limit - usage.currentValue, approximate: false };
  }
  const usable = usableAddresses(prefixes);
  return usable === undefined ? undefined : { count: usable - configurations, approximate: true };
}

export interface AksPool {
  readonly nodes: number;
  /** Nodes added during an upgrade; at least 1. */
  readonly surge?: number | undefined;
  /** 30 when omitted. */
  readonly maxPods?: number | undefined;
  /** Pods use addresses of the subnet: flat Azure CNI, neither overlay nor kubenet. */
  readonly flat: boolean;
}

/** Addresses that a pool of AKS nodes needs at its largest. */
export function aksAddresses({ nodes, surge = 1, maxPods = 30, flat }: AksPool): number {
  const largest = nodes + Math.max(1, surge);
  return flat ? largest + largest * maxPods : largest;
}

export interface DemandInput {
  /** Clusters of Azure Machine Learning: one address a node. */
  readonly clusters?: readonly { readonly maxNodes: number; readonly currentNodes: number }[] | undefined;
  /** Planned compute instances. */
  readonly instances?: number | undefined;
  /** AKS pools before and after. */
  readonly pools?: readonly { readonly now: AksPool | undefined; readonly planned: AksPool }[] | undefined;
}

/** Addresses still to be requested: growth of clusters, planned instances, growth of AKS pools. Never negative. */
export function addressDemand({ clusters = [], instances = 0, pools = [] }: DemandInput): number {
  const growth = clusters.reduce((sum, { maxNodes, currentNodes }) => sum + Math.max(0, maxNodes - currentNodes), 0);
  const aks = pools.reduce(
    (sum, { now, planned }) => sum + Math.max(0, aksAddresses(planned) - (now ? aksAddresses(now) : 0)),
    0,
  );
  return growth + instances + aks;
}
