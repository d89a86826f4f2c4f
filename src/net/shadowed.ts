// Rules of a network security group that never decide: an earlier rule of the same direction matches all of their packets.
import { type Addresses, looksLiteral, noAddress, nowhere, readPrefixes, without } from './addresses.ts';
import { isPlatformTag, isSpecialTag, publicSpace } from './facts.ts';
import type { SecurityRule } from './nsg.ts';
import type { Side } from './operands.ts';
import { globalTagOf } from './service-tags.ts';
import { isEmpty, minus } from './sets.ts';

interface ShadowedRule {
  readonly rule: SecurityRule;
  /** The first rule that matches all of its packets. */
  readonly by: SecurityRule;
}

/**
 * The rules that a single earlier one covers, in the order of the group. Only what is certain: tags are compared by name, a
 * regional one is part of its global one, and services are in the Internet unless one of the networks, whose `prefixes` are
 * given, has public addresses.
 */
export function shadowedRules(rules: readonly SecurityRule[], prefixes: readonly string[]): ShadowedRule[] {
  const { addresses, refused } = readPrefixes(prefixes);
  const isPrivate = refused.length === 0 && noAddress(without(addresses, without(addresses, publicSpace)));
  const internet = isPrivate ? publicSpace : nowhere;
  return rules.flatMap((rule, at) => {
    // A rule without addresses or ports matches nothing, so nothing shadows it.
    if (rule.doubtful || !matches(rule)) return [];
    const by = rules.slice(0, at).find((earlier) => covers(earlier, rule, internet));
    return by === undefined ? [] : [{ rule, by }];
  });
}

const matches = ({ source, destination, sourcePorts, destinationPorts }: SecurityRule): boolean =>
  [source, destination].every(({ prefixes, groups }) => prefixes.length + groups.length > 0) &&
  !isEmpty(sourcePorts) &&
  !isEmpty(destinationPorts);

/** `internet`: what the tag holds for certain. */
function covers(earlier: SecurityRule, later: SecurityRule, internet: Addresses): boolean {
  return (
    !earlier.doubtful &&
    earlier.direction === later.direction &&
    earlier.priority < later.priority &&
    (earlier.protocol === '*' || earlier.protocol === later.protocol) &&
    isEmpty(minus(later.sourcePorts, earlier.sourcePorts)) &&
    isEmpty(minus(later.destinationPorts, earlier.destinationPorts)) &&
    holdsSide(earlier.source, later.source, internet) &&
    holdsSide(earlier.destination, later.destination, internet)
  );
}

function holdsSide(outer: Side, inner: Side, internet: Addresses): boolean {
  // Only a rule that names a tag of the platform applies to its addresses.
  if (outer.prefixes.includes('*')) return !inner.prefixes.some(isPlatformTag);
  const names = new Set(outer.prefixes.map((text) => text.toLowerCase()));
  const groups = new Set(outer.groups.map((id) => id.toLowerCase()));
  const open = names.has('internet') && !noAddress(internet);
  const literals = readPrefixes(outer.prefixes.filter(looksLiteral)).addresses;
  const own = readPrefixes(inner.prefixes.filter(looksLiteral));
  const outside = without(own.addresses, literals);
  return (
    inner.groups.every((id) => groups.has(id.toLowerCase())) &&
    inner.prefixes.every((text) => looksLiteral(text) || holdsTag(names, text.toLowerCase(), open)) &&
    own.refused.length === 0 &&
    noAddress(open ? without(outside, internet) : outside)
  );
}

const holdsTag = (names: ReadonlySet<string>, tag: string, open: boolean): boolean =>
  names.has(tag) || names.has(globalTagOf(tag)) || (open && !isSpecialTag(tag));
