// What the names in rules resolve to at one subnet: its VirtualNetwork, Internet, service tags and groups.
import { type Addresses, either, nowhere, readPrefixes, without } from './addresses.ts';
import type { Resolver } from './operands.ts';
import type { ServiceTags } from './service-tags.ts';

/** Addresses that certainly belong and addresses that may; disjoint. */
export interface Operand {
  readonly in: Addresses;
  readonly maybe: Addresses;
}

/** Prefixes, or certain and possible prefixes. */
export type PrefixLists =
  | readonly string[]
  | { readonly in?: readonly string[] | undefined; readonly maybe?: readonly string[] | undefined };

export interface ContextInput {
  /**
   * What VirtualNetwork resolves to at this subnet, the host address included (see `virtualNetworkTag`); undefined when
   * unknown.
   */
  readonly virtualNetwork?: PrefixLists | null | undefined;
  /** Prefixes that either all belong to VirtualNetwork or all do not (user routes to Internet): two possible networks. */
  readonly virtualNetworkMaybe?: readonly string[] | null | undefined;
  /** What Internet resolves to, where more than the complement is known. */
  readonly internet?: PrefixLists | null | undefined;
  /** Tags by name; they take precedence over `serviceTags`. */
  readonly tags?: Readonly<Record<string, PrefixLists>> | null | undefined;
  /** Private addresses of the members of application security groups, by resource id. */
  readonly groups?: Readonly<Record<string, PrefixLists>> | null | undefined;
  readonly serviceTags?: ServiceTags | undefined;
}

/** One possible network. VirtualNetwork is undefined where unknown. */
export interface NetworkPossibility {
  readonly virtualNetwork: Operand | undefined;
  readonly internet: Operand | undefined;
  tag(name: string): Operand | undefined;
  group(id: string): Operand | undefined;
  /** Cached resolvers by their symbols; filled by `resolver`, internal. */
  readonly resolvers: Map<string, Resolver>;
}

export interface NetworkContext {
  /** One, or two where Azure's behaviour is undocumented: a decision needs all to agree. */
  readonly worlds: readonly NetworkPossibility[];
}

const isList = (lists: PrefixLists): lists is readonly string[] => Array.isArray(lists);

/** An invalid prefix could be anything: the operand may then hold every address. */
function operandOf(lists: PrefixLists, everything: Addresses): Operand {
  const sure = readPrefixes(isList(lists) ? lists : (lists.in ?? []));
  const unsure = readPrefixes(isList(lists) ? [] : (lists.maybe ?? []));
  const unreadable = sure.refused.length > 0 || unsure.refused.length > 0;
  return {
    in: sure.addresses,
    maybe: without(unreadable ? everything : unsure.addresses, sure.addresses),
  };
}

const anyAddress = readPrefixes(['0.0.0.0/0', '::/0']).addresses;

function lookUp(lists: Readonly<Record<string, PrefixLists>>): (name: string) => Operand | undefined {
  const byName = new Map(Object.entries(lists).map(([name, prefixes]) => [name.toLowerCase(), prefixes]));
  const known = new Map<string, Operand>();
  return (name) => {
    const key = name.toLowerCase();
    const prefixes = byName.get(key);
    if (prefixes === undefined) return undefined;
    const operand = known.get(key) ?? operandOf(prefixes, anyAddress);
    known.set(key, operand);
    return operand;
  };
}

/** Makes the context of decisions. Never throws; an unreadable value makes its name unknown. */
export function contextOf(input: ContextInput): NetworkContext {
  const given = lookUp(input.tags ?? {});
  const published = (name: string): Operand | undefined => {
    const addresses = input.serviceTags?.addressesOf(name);
    return addresses && { in: addresses, maybe: nowhere };
  };
  const group = lookUp(input.groups ?? {});
  const base = input.virtualNetwork ? operandOf(input.virtualNetwork, anyAddress) : undefined;
  const joining = input.virtualNetworkMaybe ?? [];
  const joined = operandOf(joining, anyAddress);
  const world = (virtualNetwork: Operand | undefined): NetworkPossibility => ({
    virtualNetwork,
    internet: input.internet ? operandOf(input.internet, anyAddress) : undefined,
    tag: (name) => given(name) ?? published(name),
    group,
    resolvers: new Map(),
  });
  if (joining.length === 0 || base === undefined) return { worlds: [world(base)] };
  const all = either(base.in, either(joined.in, joined.maybe));
  return { worlds: [world(base), world({ in: all, maybe: without(base.maybe, all) })] };
}
