// The smallest changes that allow a flow, against every set of changes tried packet by packet over small worlds.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decideAt } from '../../src/net/decide.ts';
import { contextOf, type Flow, readGroup } from '../../src/net/index.ts';
import { openings, type RuleChange } from '../../src/net/openings.ts';
import { addressValue, judge, type OraclePacket, type RawRule, type Ternary } from './parts/oracle.ts';

const env = {
  virtualNetwork: ['10.1.0.0/29', '168.63.129.16/32'],
  tags: { Storage: ['203.0.113.0/30'] },
  asgs: {},
};
const context = contextOf({ virtualNetwork: env.virtualNetwork, tags: env.tags, groups: {} });

/** One packet of every kind that rules and flows can tell apart. */
const packets: OraclePacket[] = ['10.1.0.1', '10.1.0.2', '10.1.0.5', '192.0.2.9'].flatMap((source) =>
  ['10.1.0.3', '10.1.0.6', '203.0.113.1', '203.0.113.9', '198.51.100.1', '10.9.0.1'].flatMap((destination) =>
    ['Tcp', 'Udp', 'Icmp'].flatMap((protocol) =>
      (protocol === 'Icmp' ? [0] : [80, 443, 9000]).map((destinationPort) => ({
        ...{ protocol, source: addressValue(source), destination: addressValue(destination), six: false },
        ...{ sourcePort: 50000, destinationPort },
      })),
    ),
  ),
);

interface WorldRule {
  readonly access: string;
  readonly protocol: string;
  readonly source: string;
  readonly destination: string;
  readonly port: string;
}
const raw = (name: string, priority: number, rule: WorldRule): RawRule => ({
  name,
  properties: {
    ...{ direction: 'Outbound', access: rule.access, priority, protocol: rule.protocol },
    ...{ sourceAddressPrefix: rule.source, sourcePortRange: '*' },
    ...{ destinationAddressPrefix: rule.destination, destinationPortRanges: rule.port.split(',') },
  },
});
const sources = ['*', '10.1.0.0/30', '10.1.0.2', '10.1.0.0/29', 'VirtualNetwork'];
const destinations = ['*', '10.1.0.0/29', '10.1.0.6', '203.0.113.0/24', 'Storage', 'Internet', 'VirtualNetwork'];
const worldRule = fc.record<WorldRule>({
  access: fc.constantFrom('Allow', 'Deny', 'Deny'),
  protocol: fc.constantFrom('*', 'Tcp', 'Udp'),
  source: fc.constantFrom(...sources),
  destination: fc.constantFrom(...destinations),
  port: fc.constantFrom('*', '80', '443', '80,443'),
});
const asked = fc
  .record({
    protocol: fc.constantFrom('Tcp', 'Udp', '*' as const),
    source: fc.constantFrom(['10.1.0.0/30'], ['10.1.0.2']),
    destination: fc.constantFrom(['10.1.0.6'], ['Storage'], ['10.1.0.6', 'Storage']),
    port: fc.constantFrom('80', '443', '*'),
  })
  // A rule for some ports may match no packet without ports, so no rule certainly allows all of those.
  .map((flow) => (flow.protocol === '*' ? { ...flow, port: '*' } : flow));
const world = asked.chain((flow) => {
  // Rules about parts of the flow alone: they can be moved or deleted without allowing more.
  const own = fc
    .record({ access: fc.constantFrom('Allow', 'Deny'), destination: fc.constantFrom(...flow.destination) })
    .map((rule) => ({ ...rule, protocol: flow.protocol, source: flow.source[0] ?? '*', port: flow.port }));
  const rules = fc.array(fc.oneof(worldRule, own), { minLength: 1, maxLength: 4 });
  return fc.record({ rules, flow: fc.constant(flow) });
});
type Outcome = 'allowed' | 'denied' | 'unknown';

/** Of each packet: does the rule match it? Asked of the reference with nothing but this rule, as a Deny over default Allows. */
const known = new Map<string, Ternary[]>();
function matching({ properties: { access: _access, priority: _priority, ...properties } }: RawRule): Ternary[] {
  const key = JSON.stringify(properties);
  const before = known.get(key);
  if (before) return before;
  const made = packets.map((packet): Ternary => {
    const alone = (access: string) => {
      const securityRules = [{ name: 'alone', properties: { ...properties, access, priority: 100 } }];
      return judge({ ...nothingElse, subnetNsg: { properties: { securityRules } } }, packet);
    };
    const named = [alone('Deny'), alone('Allow')].filter(({ by }) => by.includes('subnet/alone'));
    if (named.length === 2) return 'yes';
    return named.length === 0 ? 'no' : 'maybe';
  });
  known.set(key, made);
  return made;
}
const nothingElse = { direction: 'Outbound', nicNsg: null, env };
const byDefault = packets.map(
  (packet) => judge({ ...nothingElse, subnetNsg: { properties: { securityRules: [] } } }, packet).outcome === 'allowed',
);

interface Ordered {
  readonly name: string;
  readonly priority: number;
  readonly allows: boolean;
  readonly matches: readonly Ternary[];
}
const verdicts = (rules: readonly Ordered[]): Outcome[] => {
  const ordered = [...rules].sort((a, b) => a.priority - b.priority);
  return packets.map((_, at) => {
    const first = ordered.findIndex(({ matches }) => matches[at] === 'yes');
    const allows = ordered[first]?.allows ?? byDefault[at] ?? false;
    const before = ordered.slice(0, first < 0 ? ordered.length : first);
    if (before.some((one) => one.matches[at] === 'maybe' && one.allows !== allows)) return 'unknown';
    return allows ? 'allowed' : 'denied';
  });
};

interface Candidate {
  readonly sign: string;
  readonly rule: string;
  apply(rules: readonly Ordered[]): readonly Ordered[];
}
const change = (
  rules: readonly Ordered[],
  cells: readonly (readonly [string, readonly Ternary[]])[],
): readonly Candidate[] => {
  const slots = rules.map(({ priority }) => priority - 5);
  return [
    ...cells.flatMap(([name, matches]) =>
      slots.map((slot, at) => ({
        ...{ sign: `add ${name}`, rule: `cell ${name} ${at}` },
        apply: (some: readonly Ordered[]) => [...some, { name, priority: slot - 1, allows: true, matches }],
      })),
    ),
    ...rules.flatMap((own) => [
      ...(own.allows
        ? slots
            .filter((slot) => slot < own.priority - 5)
            .map((slot) => ({
              ...{ sign: `move ${own.name}`, rule: own.name },
              apply: (some: readonly Ordered[]) =>
                some.map((one) => (one.name === own.name ? { ...one, priority: slot } : one)),
            }))
        : [
            {
              ...{ sign: `delete ${own.name}`, rule: own.name },
              apply: (some: readonly Ordered[]) => some.filter(({ name }) => name !== own.name),
            },
          ]),
    ]),
  ];
};

/** Every smallest set of changes, as its signs; a set that holds a smaller one is not smallest. */
function bruteForce(
  rules: readonly Ordered[],
  candidates: readonly Candidate[],
  asked: readonly boolean[],
  most: number,
): Set<string> {
  const now = verdicts(rules);
  const isGood = (some: readonly Candidate[]) => {
    const after = verdicts(some.reduce((left, one) => one.apply(left), rules));
    return after.every((outcome, at) =>
      asked[at] ? outcome === 'allowed' : outcome === 'denied' || outcome === now[at] || now[at] === 'allowed',
    );
  };
  const found: string[][] = [];
  const take = (some: readonly Candidate[], from: number, size: number) => {
    if (some.length === size) {
      const signs = [...new Set(some.map(({ sign }) => sign))].sort();
      const isTwice = new Set(some.map(({ rule }) => rule)).size < size || signs.length < size;
      if (isTwice || found.some((one) => one.every((sign) => signs.includes(sign)))) return;
      if (isGood(some)) found.push(signs);
      return;
    }
    for (let at = from; at < candidates.length; at += 1) take([...some, candidates[at] as Candidate], at + 1, size);
  };
  for (let size = 1; size <= most; size += 1) take([], 0, size);
  return new Set(found.map((signs) => signs.join(' + ')));
}

const signOf = (one: RuleChange): string =>
  one.kind === 'add' ? `add ${one.allow.sources} ${one.allow.destinations}` : `${one.kind} ${one.rule.name}`;

describe('the smallest changes', () => {
  test('are those of brute force on 500 small worlds', () => {
    const seen = { blocked: 0, alternatives: 0, several: 0 };
    fc.assert(
      fc.property(world, ({ rules, flow }) => {
        const group = rules.map((rule, at) => raw(`r${at}`, 200 + at * 20, rule));
        const question: Flow = {
          ...{ direction: 'Outbound', protocol: flow.protocol, destinationPorts: [flow.port] },
          ...{ source: { of: flow.source }, destination: { of: flow.destination } },
        } as Flow;
        const layer = { place: 'subnet' as const, group: readGroup({ properties: { securityRules: group } }) };
        const found = openings(question, [], layer, context);

        const ordered = group.map((rule, at) => ({
          ...{ name: rule.name, priority: 200 + at * 20, allows: rules[at]?.access === 'Allow' },
          matches: matching(rule),
        }));
        const named = (of: readonly string[]) => {
          const literal = of.filter((text) => /^\d/.test(text));
          return [
            ...(literal.length > 0 ? [literal] : []),
            ...of.filter((text) => !literal.includes(text)).map((one) => [one]),
          ];
        };
        const now = verdicts(ordered);
        const cells = named(flow.source).flatMap((from) =>
          named(flow.destination).map((to) => {
            const one = { access: 'Allow', protocol: flow.protocol, source: '', destination: '', port: flow.port };
            const properties = {
              ...raw('cell', 100, one).properties,
              sourceAddressPrefixes: from,
              destinationAddressPrefixes: to,
            };
            return [`${from} ${to}`, matching({ name: 'cell', properties })] as const;
          }),
        );
        const whole = packets.map((_, at) => cells.some(([, matches]) => matches[at] === 'yes'));
        // A cell that is open as it is needs no rule.
        const closed = cells.filter(([, matches]) => matches.some((hit, at) => hit === 'yes' && now[at] !== 'allowed'));
        const isBlocked = whole.some((hit, at) => hit && now[at] !== 'allowed');
        expect(found.length > 0).toBe(isBlocked);
        if (!isBlocked) return;
        const most = Math.max(...found.map(({ length }) => length));
        const wanted = bruteForce(ordered, change(ordered, closed), whole, most);
        expect(new Set(found.map((opening) => opening.map(signOf).sort().join(' + ')))).toEqual(wanted);
        seen.blocked += 1;
        if (found.length > 1) seen.alternatives += 1;
        if (most > 1) seen.several += 1;
      }),
      { numRuns: 500 },
    );
    expect(seen.blocked).toBeGreaterThan(200);
    expect(seen.alternatives).toBeGreaterThan(50);
    expect(seen.several).toBeGreaterThan(20);
  });

  test('nothing where a layer before denies, and where every priority is taken', () => {
    const denies = raw('deny', 100, { access: 'Deny', protocol: '*', source: '*', destination: '*', port: '*' });
    const layer = { place: 'subnet' as const, group: readGroup({ properties: { securityRules: [denies] } }) };
    const flow: Flow = {
      ...{ direction: 'Outbound', protocol: 'Tcp', destinationPorts: ['443'] },
      ...{ source: { of: ['10.1.0.2'] }, destination: { of: ['10.1.0.6'] } },
    };
    const kinds = openings(flow, [], layer, context).map((opening) => opening.map(({ kind }) => kind));
    expect(kinds).toEqual([]);
    const admin = { place: 'admin' as const, group: readGroup({ properties: { securityRules: [denies] } }) };
    expect(openings(flow, [admin], layer, context)).toEqual([]);
    expect(decideAt(flow, [admin, layer], context).verdict).toBe('denied');
  });
});
