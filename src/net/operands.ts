// What the addresses of a rule resolve to in one possible network. A tag with unknown addresses resolves to "none or any",
// never to nothing. Where a question itself is about such a tag, the tag becomes a point beyond the last address, so that it
// is compared by name.
import {
  type Addresses,
  anywhere,
  both,
  END4,
  END6,
  either,
  looksLiteral,
  nowhere,
  readPrefixes,
  without,
} from './addresses.ts';
import type { NetworkPossibility, Operand } from './context.ts';
import { areApart, builtInTags, hostAddress, isSpecialTag, publicSpace } from './facts.ts';
import { globalTagOf } from './service-tags.ts';
import { meets } from './sets.ts';

/** The addresses of one side of a rule, as written. */
export interface Side {
  readonly prefixes: readonly string[];
  /** Resource ids of application security groups. */
  readonly groups: readonly string[];
}

export interface Resolver {
  /** Every address, and the point of every symbol. */
  readonly everything: Addresses;
  /** An address, a block, `*` or a tag. */
  prefix(text: string): Operand;
  side(side: Side): Operand;
  /** Caches what is derived from a value with it; `what` names the derivation. */
  once<Made>(what: string, of: object, make: () => Made): Made;
}

const point = (index: number): Addresses => ({
  v4: [END4 + index, END4 + index + 1],
  v6: [END6 + BigInt(index), END6 + BigInt(index) + 1n],
});
const sure = (addresses: Addresses): Operand => ({ in: addresses, maybe: nowhere });

/**
 * `symbols`: the question's service tags with unknown addresses, each once. Cached per possible network, as the questions of
 * an audit are about the same few tags. `nameless`: other tags with unknown addresses hold none of the question's.
 */
export function resolver(world: NetworkPossibility, symbols: readonly string[], nameless = false): Resolver {
  // No name of a tag holds a space.
  const key = `${nameless ? '- ' : ''}${symbols.join(' ').toLowerCase()}`;
  const known = world.resolvers.get(key) ?? makeResolver(world, symbols, nameless);
  world.resolvers.set(key, known);
  return known;
}

function makeResolver(world: NetworkPossibility, symbols: readonly string[], nameless: boolean): Resolver {
  const everything: Addresses = {
    v4: [0, END4 + symbols.length],
    v6: [0n, END6 + BigInt(symbols.length)],
  };
  const points = symbols.map((name, index) => ({ name: name.toLowerCase(), at: point(index) }));
  const unknown: Operand = { in: nowhere, maybe: everything };

  /** Adds the points that certainly or possibly belong to an operand. */
  const withPoints = (operand: Operand, relation: (symbol: string) => 'in' | 'maybe' | 'out'): Operand => {
    let result = operand;
    for (const { name, at } of points) {
      const how = relation(name);
      if (how === 'in') result = { in: either(result.in, at), maybe: result.maybe };
      if (how === 'maybe') result = { in: result.in, maybe: either(result.maybe, at) };
    }
    return result;
  };

  const resolve = (text: string): Operand => {
    const name = text.toLowerCase();
    if (name === '*') return sure(everything);
    if (looksLiteral(text)) {
      const { addresses, refused } = readPrefixes([text]);
      return refused.length > 0 ? unknown : withPoints(sure(addresses), () => literalHolds(addresses));
    }
    if (name === 'virtualnetwork') {
      return world.virtualNetwork ? withPoints(world.virtualNetwork, () => networkHolds(world)) : unknown;
    }
    if (name === 'internet') return withPoints(internetOf(world), () => internetHolds(world));
    const known = builtInTags.has(name) ? sure(builtInTags.get(name) ?? nowhere) : world.tag(text);
    const relation = (symbol: string) => {
      if (symbol === name || globalTagOf(symbol) === name) return 'in';
      return isSpecialTag(name) || areApart(globalTagOf(symbol), globalTagOf(name)) ? 'out' : 'maybe';
    };
    if (known) return withPoints(known, relation);
    const named = withPoints(sure(nowhere), relation);
    return { in: named.in, maybe: nameless ? named.maybe : either(anywhere, named.maybe) };
  };

  const byText = new Map<string, Operand>();
  const prefix = (text: string): Operand => {
    const known = byText.get(text) ?? closed(resolve(text), everything);
    byText.set(text, known);
    return known;
  };
  const things = new Map<string, Map<object, unknown>>();
  const once = <Made>(what: string, of: object, make: () => Made): Made => {
    const alike = things.get(what) ?? new Map<object, unknown>();
    things.set(what, alike);
    // The cache key includes the kind, so the type matches.
    const known = alike.get(of) as Made | undefined;
    if (known !== undefined) return known;
    const fresh = make();
    alike.set(of, fresh);
    return fresh;
  };
  const side = (one: Side): Operand => {
    const [only] = one.prefixes;
    if (one.prefixes.length === 1 && one.groups.length === 0 && only !== undefined) return prefix(only);
    return once('side', one, () => sideOf(one));
  };
  const sideOf = ({ prefixes, groups }: Side): Operand => {
    const literals = prefixes.filter(looksLiteral);
    const { addresses, refused } = readPrefixes(literals);
    const parts = [
      refused.length > 0 ? unknown : withPoints(sure(addresses), () => literalHolds(addresses)),
      ...prefixes.filter((text) => !looksLiteral(text)).map(prefix),
      ...groups.map((id) => world.group(id) ?? unknown),
    ];
    const inside = parts.reduce((sum, part) => either(sum, part.in), nowhere);
    const whole = withWholeFamilies(inside, everything);
    return {
      in: whole,
      maybe: without(
        parts.reduce((sum, part) => either(sum, part.maybe), nowhere),
        whole,
      ),
    };
  };
  return { everything, prefix, side, once };
}

/** A set of every address of a family includes every tag. */
const withWholeFamilies = (addresses: Addresses, everything: Addresses): Addresses => ({
  v4: isWhole4(addresses.v4) ? everything.v4 : addresses.v4,
  v6: isWhole6(addresses.v6) ? everything.v6 : addresses.v6,
});
const isWhole4 = ([low = 1, high = 0]: Addresses['v4']): boolean => low === 0 && high >= END4;
const isWhole6 = ([low = 1n, high = 0n]: Addresses['v6']): boolean => low === 0n && high >= END6;
function closed(operand: Operand, everything: Addresses): Operand {
  const whole = withWholeFamilies(operand.in, everything);
  return whole.v4 === operand.in.v4 && whole.v6 === operand.in.v6
    ? operand
    : { in: whole, maybe: without(operand.maybe, whole) };
}

/**
 * Internet: public space outside VirtualNetwork, and the host address, which Azure includes in both. Where VirtualNetwork is
 * everything (forced tunnelling) or unknown, the remainder is unknown.
 */
function internetOf(world: NetworkPossibility): Operand {
  const { virtualNetwork } = world;
  if (world.internet) return world.internet;
  if (!virtualNetwork) return { in: nowhere, maybe: publicSpace };
  const outside = without(without(publicSpace, virtualNetwork.in), virtualNetwork.maybe);
  const inside = either(outside, hostAddress);
  const unsure = without(both(publicSpace, virtualNetwork.maybe), inside);
  const forced4 = isWhole4(virtualNetwork.in.v4);
  const forced6 = isWhole6(virtualNetwork.in.v6);
  return {
    in: { v4: forced4 ? [] : inside.v4, v6: forced6 ? [] : inside.v6 },
    maybe: { v4: forced4 ? publicSpace.v4 : unsure.v4, v6: forced6 ? publicSpace.v6 : unsure.v6 },
  };
}

/** Has VirtualNetwork any public address besides the host's? Then it may hold addresses of a service. */
function holdsPublicSpace(world: NetworkPossibility): boolean {
  const { virtualNetwork } = world;
  if (!virtualNetwork) return true;
  const own = without(either(virtualNetwork.in, virtualNetwork.maybe), hostAddress);
  return meets(own.v4, publicSpace.v4) || meets(own.v6, publicSpace.v6);
}
/** A service has public addresses: private prefixes hold none of it. */
const literalHolds = ({ v4, v6 }: Addresses) =>
  meets(v4, publicSpace.v4) || meets(v6, publicSpace.v6) ? 'maybe' : 'out';
const networkHolds = (world: NetworkPossibility) => (holdsPublicSpace(world) ? 'maybe' : 'out');
const internetHolds = (world: NetworkPossibility) => (holdsPublicSpace(world) || world.internet ? 'maybe' : 'in');
