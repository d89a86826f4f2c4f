// What Azure Resource Manager would reject in a group or a route table, with its codes. Source: the errors recorded in issues
// of Microsoft's repositories (see the codes) and network-security-groups-overview.
import { looksLiteral, readPrefixes } from './addresses.ts';
import { isSpecialTag } from './facts.ts';
import { isRecord, listOf, memberOf, numberOf, textOf } from './json-view.ts';
import { parsePorts, readProtocol } from './ports.ts';
import { prefixInterval } from './routes.ts';

export interface RuleRefusal {
  /** Azure's code. */
  readonly code: string;
  /** The rule or route; both of a pair. */
  readonly names: readonly string[];
  /** Which member, and the value. */
  readonly member: string;
  readonly value: string;
}

const used = (value: unknown): boolean => value !== undefined && value !== null && value !== '';
const text = (value: unknown): string => (typeof value === 'string' ? value : (JSON.stringify(value) ?? ''));
const propertiesOf = (item: unknown): unknown => {
  const nested = memberOf(item, 'properties');
  return isRecord(nested) ? nested : item;
};
const nameOf = (item: unknown): string => textOf(memberOf(item, 'name')) ?? '';

/** A tag is letters and digits with dots between; the classic names with underscores are rejected. */
const isTagName = (value: string): boolean => /^[A-Za-z][A-Za-z0-9]*(?:\.[A-Za-z0-9]+)*$/.test(value);
const isPrefix = (value: string): boolean => readPrefixes([value]).refused.length === 0;

function* sideRefusals(rule: unknown, side: 'source' | 'destination'): Generator<RuleRefusal> {
  const properties = propertiesOf(rule);
  const names = [nameOf(rule)];
  const single = memberOf(properties, `${side}AddressPrefix`);
  const member = `${side}AddressPrefix`;
  const list = listOf(memberOf(properties, `${side}AddressPrefixes`));
  const groups = listOf(memberOf(properties, `${side}ApplicationSecurityGroups`));
  if (!used(single) && list.length === 0 && groups.length === 0) {
    yield { code: 'SecurityRuleMissingAddress', names, member, value: '' };
  }
  if (used(single)) {
    const value = text(single);
    const taken = value === '*' || (looksLiteral(value) ? isPrefix(value) : isTagName(value));
    if (!taken) yield { code: 'SecurityRuleInvalidAddressPrefix', names, member, value };
  }
  const prefixes: string[] = [];
  for (const item of list) {
    const value = text(item);
    const plural = `${member}es`;
    if (value === '*' || (!looksLiteral(value) && isTagName(value))) {
      yield { code: 'SecurityRuleParameterContainsUnsupportedValue', names, member: plural, value };
    } else if (!isPrefix(value)) yield { code: 'SecurityRuleInvalidAddressPrefix', names, member: plural, value };
    else prefixes.push(value);
  }
  const overlap = overlapping(prefixes);
  if (overlap !== undefined) {
    yield { code: 'OverlappingSubnetsNotPermittedInSecurityRule', names, member: `${member}es`, value: overlap };
  }
}

/** The first prefix that overlaps an earlier one in order of address; undefined when all are disjoint. */
function overlapping(prefixes: readonly string[]): string | undefined {
  const sorted = prefixes
    .flatMap((prefix) => {
      const interval = prefixInterval(prefix);
      return interval.ok ? [{ prefix, ...interval.value }] : [];
    })
    .sort((a, b) => a.family - b.family || (a.low < b.low ? -1 : a.low > b.low ? 1 : a.length - b.length));
  return sorted.find((one, index) => {
    const before = sorted[index - 1];
    return before !== undefined && before.family === one.family && one.low < before.high;
  })?.prefix;
}

function* portRefusals(rule: unknown, side: 'source' | 'destination'): Generator<RuleRefusal> {
  const properties = propertiesOf(rule);
  const names = [nameOf(rule)];
  const member = `${side}PortRange`;
  const code = 'SecurityRuleInvalidPortRange';
  const single = memberOf(properties, member);
  const list = listOf(memberOf(properties, `${member}s`));
  if (!used(single) && list.length === 0) yield { code, names, member, value: '' };
  if (used(single) && !parsePorts(text(single)).ok) yield { code, names, member, value: text(single) };
  for (const item of list) {
    const value = text(item);
    if (value === '*') {
      yield { code: 'SecurityRuleParameterContainsUnsupportedValue', names, member: `${member}s`, value };
    } else if (!parsePorts(value).ok) yield { code, names, member: `${member}s`, value };
  }
}

const isOneOf = (value: unknown, ...known: readonly string[]): boolean =>
  typeof value === 'string' && known.includes(value.toLowerCase());

function* ruleRefusals(rule: unknown): Generator<RuleRefusal> {
  const properties = propertiesOf(rule);
  const names = [nameOf(rule)];
  const priority = numberOf(memberOf(properties, 'priority'));
  if (priority === undefined || !Number.isInteger(priority) || priority < 100 || priority > 4096) {
    yield {
      code: 'SecurityRuleInvalidPriority',
      names,
      member: 'priority',
      value: text(memberOf(properties, 'priority')),
    };
  }
  const enums = [
    ['protocol', readProtocol(memberOf(properties, 'protocol')) !== undefined],
    ['direction', isOneOf(memberOf(properties, 'direction'), 'inbound', 'outbound')],
    ['access', isOneOf(memberOf(properties, 'access'), 'allow', 'deny')],
  ] as const;
  for (const [member, taken] of enums) {
    if (!taken) yield { code: 'InvalidRequestFormat', names, member, value: text(memberOf(properties, member)) };
  }
  for (const side of ['source', 'destination'] as const) {
    yield* sideRefusals(rule, side);
    yield* portRefusals(rule, side);
  }
}

/** Everything ARM would reject in a network security group: raw JSON of the resource. */
export function refusals(group: unknown): RuleRefusal[] {
  const rules = listOf(memberOf(propertiesOf(group), 'securityRules'));
  const found = rules.flatMap((rule) => [...ruleRefusals(rule)]);
  const taken = new Map<string, string>();
  for (const rule of rules) {
    const properties = propertiesOf(rule);
    const priority = numberOf(memberOf(properties, 'priority'));
    const direction = textOf(memberOf(properties, 'direction'))?.toLowerCase();
    if (priority === undefined || direction === undefined) continue;
    const key = `${direction} ${priority}`;
    const other = taken.get(key);
    if (other === undefined) taken.set(key, nameOf(rule));
    else
      found.push({
        code: 'SecurityRuleConflict',
        names: [other, nameOf(rule)],
        member: 'priority',
        value: `${priority}`,
      });
  }
  return found;
}

/** Everything ARM would reject in a route table: raw JSON of the resource. */
export function routeRefusals(table: unknown): RuleRefusal[] {
  const found: RuleRefusal[] = [];
  const taken = new Map<string, string>();
  for (const route of listOf(memberOf(propertiesOf(table), 'routes'))) {
    const value = text(memberOf(propertiesOf(route), 'addressPrefix'));
    const member = 'addressPrefix';
    const fits = looksLiteral(value) ? isPrefix(value) : isTagName(value) && !isSpecialTag(value);
    if (!fits) found.push({ code: 'InvalidAddressPrefixFormat', names: [nameOf(route)], member, value });
    const other = taken.get(value.toLowerCase());
    if (other !== undefined) found.push({ code: 'RouteConflict', names: [other, nameOf(route)], member, value });
    taken.set(value.toLowerCase(), nameOf(route));
  }
  return found;
}
