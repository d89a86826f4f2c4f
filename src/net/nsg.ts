// The rules of a network security group, read from raw JSON: a live group, a template's, or the effective rules of a NIC.
import { looksLiteral, readPrefixes } from './addresses.ts';
import { isPlatformTag } from './facts.ts';
import { isRecord, listOf, memberOf, numberOf, textOf } from './json-view.ts';
import type { Side } from './operands.ts';
import { type Protocol, readPorts, readProtocol } from './ports.ts';
import type { Intervals } from './sets.ts';

export type Direction = 'Inbound' | 'Outbound';
/** `AlwaysAllow` only in security admin rules. */
export type Access = 'Allow' | 'Deny' | 'AlwaysAllow';

export interface SecurityRule {
  readonly name: string;
  readonly priority: number;
  readonly direction: Direction;
  readonly access: Access;
  readonly protocol: Protocol | '*';
  readonly source: Side;
  readonly destination: Side;
  readonly sourcePorts: Intervals<number>;
  readonly destinationPorts: Intervals<number>;
  /** Partly unreadable: it may match anything and certainly matches nothing. */
  readonly doubtful: boolean;
  /** One of the six default rules. */
  readonly standard: boolean;
}

/** The values of a rule that Azure would reject, by member. */
export interface Misreading {
  readonly rule: string;
  readonly member: string;
  readonly value: string;
  readonly reason: string;
}

const directions: readonly Direction[] = ['Inbound', 'Outbound'];
const accesses: readonly Access[] = ['Allow', 'Deny', 'AlwaysAllow'];
const oneOf = <T extends string>(known: readonly T[], value: unknown): T | undefined =>
  typeof value === 'string' ? known.find((one) => one.toLowerCase() === value.toLowerCase()) : undefined;
const shown = (value: unknown): string => (typeof value === 'string' ? value : (JSON.stringify(value) ?? 'nothing'));

/** A singular member and its plural: missing, null, "" or [] means unused, never "any". */
function union(properties: unknown, singular: string, plural: string, wrong: (member: string, value: unknown) => void) {
  const texts: string[] = [];
  const one = memberOf(properties, singular);
  if ((typeof one === 'string' && one !== '') || typeof one === 'number') texts.push(String(one));
  else if (one !== undefined && one !== null && one !== '') wrong(singular, one);
  const many = memberOf(properties, plural);
  if (many !== undefined && many !== null && !Array.isArray(many)) wrong(plural, many);
  for (const item of listOf(many)) {
    if (typeof item === 'string' || typeof item === 'number') texts.push(String(item));
    else wrong(plural, item);
  }
  return texts;
}

/** One side: Azure's expanded prefixes where present, else the rule's; also in the form of admin rules. */
function sideOf(properties: unknown, side: 'source' | 'destination', wrong: (member: string, value: unknown) => void) {
  const capital = side === 'source' ? 'Source' : 'Destination';
  const expanded = listOf(memberOf(properties, `expanded${capital}AddressPrefix`));
  const named = union(properties, `${side}AddressPrefix`, `${side}AddressPrefixes`, wrong);
  // The platform's tags also disable its exception.
  const written =
    expanded.length > 0 ? [...union({ expanded }, '', 'expanded', wrong), ...named.filter(isPlatformTag)] : named;
  const items = listOf(memberOf(properties, `${side}s`)).map((item) => textOf(memberOf(item, 'addressPrefix')));
  const groups = listOf(memberOf(properties, `${side}ApplicationSecurityGroups`)).map((group) => {
    const id = textOf(memberOf(group, 'id'));
    if (id === undefined) wrong(`${side}ApplicationSecurityGroups`, group);
    return id ?? '';
  });
  return { prefixes: [...written, ...items.filter((item): item is string => item !== undefined)], groups };
}

interface ReadRule {
  readonly rules: readonly SecurityRule[];
  readonly misreadings: readonly Misreading[];
}

/** Cached rules: raw JSON is never changed in place, and a plan parses a group again with every rule it adds. */
const rulesRead = { own: new WeakMap<object, ReadRule>(), standard: new WeakMap<object, ReadRule>() };

/** One rule of a group; its properties nested (resources) or flat (effective rules). `otherwise`: its name where it has none. */
export function readRule(raw: unknown, standard: boolean, otherwise = 'rule'): ReadRule {
  const known = standard ? rulesRead.standard : rulesRead.own;
  const before = isRecord(raw) ? known.get(raw) : undefined;
  if (before) return before;
  const read = ruleOf(raw, standard, otherwise);
  if (textOf(memberOf(raw, 'name')) !== undefined) known.set(raw as object, read);
  return read;
}

function ruleOf(raw: unknown, standard: boolean, otherwise: string): ReadRule {
  const nested = memberOf(raw, 'properties');
  const properties = isRecord(nested) ? nested : raw;
  const written = textOf(memberOf(raw, 'name')) ?? otherwise;
  const name = written.replace(/^(?:defaultS|s)ecurityRules\//, '');
  const malformed: Misreading[] = [];
  const misread: Misreading[] = [];
  const wrong = (member: string, value: unknown, reason = 'It is not of the right type.') => {
    misread.push({ rule: name, member, value: shown(value), reason });
  };
  const source = sideOf(properties, 'source', wrong);
  const destination = sideOf(properties, 'destination', wrong);
  for (const [member, side] of [
    ['sourceAddressPrefix', source],
    ['destinationAddressPrefix', destination],
  ] as const) {
    // Malformed addresses make their own side unknown, so the rest of the rule still counts.
    for (const { text, reason } of readPrefixes(side.prefixes.filter(looksLiteral)).refused) {
      malformed.push({ rule: name, member, value: text, reason });
    }
  }
  const sourcePorts = readPorts(union(properties, 'sourcePortRange', 'sourcePortRanges', wrong));
  const destinationPorts = readPorts(union(properties, 'destinationPortRange', 'destinationPortRanges', wrong));
  for (const { text, reason } of sourcePorts.refused) wrong('sourcePortRange', text, reason);
  for (const { text, reason } of destinationPorts.refused) wrong('destinationPortRange', text, reason);
  const protocol = readProtocol(memberOf(properties, 'protocol'));
  if (protocol === undefined) wrong('protocol', memberOf(properties, 'protocol'), 'It is not a protocol of NSG rules.');
  const direction = oneOf(directions, memberOf(properties, 'direction'));
  if (!direction) wrong('direction', memberOf(properties, 'direction'), 'It is neither Inbound nor Outbound.');
  const access = oneOf(accesses, memberOf(properties, 'access'));
  if (!access) wrong('access', memberOf(properties, 'access'), 'It is neither Allow nor Deny.');
  const priority = numberOf(memberOf(properties, 'priority'));
  if (priority === undefined || !Number.isInteger(priority)) {
    wrong('priority', memberOf(properties, 'priority'), 'It is not a whole number.');
  }
  const rule = (itsDirection: Direction, itsAccess: Access): SecurityRule => ({
    name,
    // A rule of unknown priority may come before every other.
    priority: priority !== undefined && Number.isInteger(priority) ? priority : Number.NEGATIVE_INFINITY,
    direction: itsDirection,
    access: itsAccess,
    protocol: protocol ?? '*',
    source,
    destination,
    sourcePorts: sourcePorts.ports,
    destinationPorts: destinationPorts.ports,
    doubtful: misread.length > 0,
    standard,
  });
  return {
    rules: (direction ? [direction] : directions).flatMap((itsDirection) =>
      (access ? [access] : (['Allow', 'Deny'] as const)).map((itsAccess) => rule(itsDirection, itsAccess)),
    ),
    misreadings: [...malformed, ...misread],
  };
}

const everyPort = { sourcePortRange: '*', destinationPortRange: '*', protocol: '*' };
const standardRule = (
  name: string,
  direction: Direction,
  priority: number,
  access: Access,
  sourceAddressPrefix: string,
  destinationAddressPrefix: string,
) => ({
  name,
  properties: { ...everyPort, direction, priority, access, sourceAddressPrefix, destinationAddressPrefix },
});

/** The six default rules of every group, also when a template omits them. Source: network-security-groups-overview. */
export const standardRules = [
  standardRule('AllowVnetInBound', 'Inbound', 65000, 'Allow', 'VirtualNetwork', 'VirtualNetwork'),
  standardRule('AllowAzureLoadBalancerInBound', 'Inbound', 65001, 'Allow', 'AzureLoadBalancer', '*'),
  standardRule('DenyAllInBound', 'Inbound', 65500, 'Deny', '*', '*'),
  standardRule('AllowVnetOutBound', 'Outbound', 65000, 'Allow', 'VirtualNetwork', 'VirtualNetwork'),
  standardRule('AllowInternetOutBound', 'Outbound', 65001, 'Allow', '*', 'Internet'),
  standardRule('DenyAllOutBound', 'Outbound', 65500, 'Deny', '*', '*'),
];

const readStandardRules = standardRules.flatMap((rule) => readRule(rule, true).rules);
const lowestStandard = 65000;

export interface NsgRules {
  /** By priority, both directions. */
  readonly rules: readonly SecurityRule[];
  readonly misreadings: readonly Misreading[];
}

const byPriority = (a: SecurityRule, b: SecurityRule) =>
  a.priority < b.priority ? -1 : a.priority > b.priority ? 1 : 0;

/** Cached groups: raw JSON is never changed in place, and an audit asks many questions about one group. */
const readBefore = new WeakMap<object, NsgRules>();

/** The rules of a network security group (a resource, or one item of a NIC's effective groups), the default rules included. */
export function readGroup(raw: unknown): NsgRules {
  const known = isRecord(raw) ? readBefore.get(raw) : undefined;
  if (known) return known;
  const group = groupOf(raw);
  if (isRecord(raw)) readBefore.set(raw, group);
  return group;
}

function groupOf(raw: unknown): NsgRules {
  const properties = memberOf(raw, 'properties') ?? raw;
  const effective = memberOf(properties, 'effectiveSecurityRules');
  const own = listOf(effective ?? memberOf(properties, 'securityRules')).map((rule, index) =>
    readRule(rule, false, `rule ${index + 1}`),
  );
  const given = listOf(memberOf(properties, 'defaultSecurityRules')).map((rule) => readRule(rule, true));
  const present = [...own, ...given].flatMap(({ rules }) => rules);
  const last = present.filter(({ priority }) => priority >= lowestStandard);
  const missing = readStandardRules.filter(
    (rule) => !last.some((one) => one.priority === rule.priority && one.direction === rule.direction),
  );
  return {
    rules: [...present, ...missing].sort(byPriority),
    misreadings: [...own, ...given].flatMap(({ misreadings }) => misreadings),
  };
}

/** The form of Virtual Network Manager: rules are named by their ids, and every protocol is `Any`. */
function asGroupRule(raw: unknown): unknown {
  const nested = memberOf(raw, 'properties');
  const properties = isRecord(nested) ? nested : raw;
  if (!isRecord(properties)) return raw;
  const isAny = textOf(memberOf(properties, 'protocol'))?.toLowerCase() === 'any';
  const name = textOf(memberOf(raw, 'name')) ?? textOf(memberOf(raw, 'id'))?.split('/').at(-1);
  return { name, properties: isAny ? { ...properties, protocol: '*' } : properties };
}

/** Security admin rules of Virtual Network Manager: a list of rules, without default rules. */
export function readAdminRules(raw: unknown): NsgRules {
  const read = listOf(raw).map((rule, index) => readRule(asGroupRule(rule), false, `rule ${index + 1}`));
  return {
    rules: read.flatMap(({ rules }) => rules).sort(byPriority),
    misreadings: read.flatMap(({ misreadings }) => misreadings),
  };
}
