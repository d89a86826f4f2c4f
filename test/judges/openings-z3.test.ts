// The smallest changes to pairs of groups, checked by z3 over every IPv4 packet of TCP and UDP: they allow the flow, allow nothing
// else, and none of them is superfluous.
import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { contextOf, type Flow, readGroup } from '../../src/net/index.ts';
import { type Opening, openings, type RuleChange } from '../../src/net/openings.ts';
import { skippedFor } from '../support/outside.ts';

const solver = process.env.Z3 ?? 'z3';
const isHere = spawnSync(solver, ['--version']).status === 0;
const note = isHere ? '' : skippedFor('no z3 on the PATH, nor in Z3');

interface PlainRule {
  readonly name: string;
  readonly access: 'Allow' | 'Deny';
  readonly priority: number;
  readonly protocol: string;
  readonly source: string;
  readonly destination: string;
  readonly ports: string;
}
type Direction = 'Inbound' | 'Outbound';

/** Always the same sequence (mulberry32). */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
const next = numbers(20261128);
const pick = <T>(items: readonly T[]): T => items[Math.floor(next() * items.length)] as T;

const network = ['10.1.0.0/16', '10.2.0.0/16'];
const near = [
  '10.1.1.0/24',
  '10.1.1.64/26',
  '10.2.5.0/24',
  '10.2.5.7',
  '10.0.0.0/8',
  '10.2.0.0/16',
  '*',
  'VirtualNetwork',
];
const ports = ['*', '443', '80', '400-500', '0-1023', '1024-65535'];
const drawnRule = (at: number, flow: Asked): PlainRule => {
  // Half of the rules are about the flow alone, so that moving and deleting them can be exact.
  const isOwn = next() < 0.5;
  return {
    ...{ name: `r${at}`, access: next() < 0.6 ? 'Deny' : 'Allow', priority: 200 + at * 10 },
    protocol: isOwn ? flow.protocol : pick(['*', 'Tcp', 'Udp']),
    source: isOwn ? flow.source : pick(near),
    destination: isOwn ? flow.destination : pick(near),
    ports: isOwn ? flow.port : pick(ports),
  };
};
interface Asked {
  readonly protocol: 'Tcp' | 'Udp';
  readonly source: string;
  readonly destination: string;
  readonly port: string;
}
const drawnFlow = (): Asked => ({
  protocol: pick(['Tcp', 'Udp']),
  source: pick(['10.1.1.0/24', '10.1.1.64/26', '10.1.1.9']),
  destination: pick(['10.2.5.0/24', '10.2.5.7', '203.0.113.0/28']),
  port: pick(['443', '80', '400-500']),
});

// The same in the language of z3, from the texts alone.
const bits = (value: number, width: number) => `(_ bv${value} ${width})`;
const addressNumber = (text: string): number => text.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
function inPrefix(end: string, text: string): string {
  const [address = '', length = '32'] = text.split('/');
  const size = 2 ** (32 - Number(length));
  const from = Math.floor(addressNumber(address) / size) * size;
  return `(and (bvuge ${end} ${bits(from, 32)}) (bvule ${end} ${bits(from + size - 1, 32)}))`;
}
const any = (terms: readonly string[]) => `(or false ${terms.join(' ')})`;
const virtualNetwork = (end: string) => any([...network, '168.63.129.16'].map((prefix) => inPrefix(end, prefix)));
const notPublic = [
  ...['0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12'],
  ...['192.168.0.0/16', '198.18.0.0/15', '224.0.0.0/3'],
];
const inEnd = (end: string, text: string): string =>
  text === '*' ? 'true' : text === 'VirtualNetwork' ? virtualNetwork(end) : inPrefix(end, text);
function inPorts(text: string): string {
  if (text === '*') return 'true';
  const [low = '', high = low] = text.split('-');
  return `(and (bvuge port ${bits(Number(low), 16)}) (bvule port ${bits(Number(high), 16)}))`;
}
const inProtocol = (text: string) => (text === '*' ? 'true' : text === 'Tcp' ? 'tcp' : '(not tcp)');
const matches = ({ protocol, source, destination, ports: some }: Omit<PlainRule, 'name' | 'access' | 'priority'>) =>
  `(and ${inProtocol(protocol)} ${inEnd('src', source)} ${inEnd('dst', destination)} ${inPorts(some)})`;
const inFlow = ({ protocol, source, destination, port }: Asked) =>
  matches({ protocol, source, destination, ports: port });

function allows(rules: readonly PlainRule[], direction: Direction): string {
  const beyond = direction === 'Outbound' ? `(not ${any([...notPublic].map((one) => inPrefix('dst', one)))})` : 'false';
  const last = `(or (and ${virtualNetwork('src')} ${virtualNetwork('dst')}) ${beyond})`;
  return [...rules]
    .sort((a, b) => b.priority - a.priority)
    .reduce((rest, rule) => `(ite ${matches(rule)} ${rule.access === 'Allow'} ${rest})`, last);
}

const changedBy = (rules: readonly PlainRule[], opening: Opening): PlainRule[] =>
  opening.reduce<PlainRule[]>(
    (left, one) => {
      if (one.kind === 'delete') return left.filter(({ name }) => name !== one.rule.name);
      if (one.kind === 'move') {
        return left.map((rule) => (rule.name === one.rule.name ? { ...rule, priority: one.priority } : rule));
      }
      const { protocol, sources, destinations, destinationPorts } = one.allow;
      const added = sources.flatMap((source) =>
        destinations.flatMap((destination) =>
          destinationPorts.map(
            (some): PlainRule => ({
              ...{ name: 'added', access: 'Allow', priority: one.priority },
              ...{ protocol, source, destination, ports: some },
            }),
          ),
        ),
      );
      return left.concat(added);
    },
    [...rules],
  );

const context = contextOf({ virtualNetwork: [...network, '168.63.129.16/32'], groups: {} });
function openingsOf(rules: readonly PlainRule[], flow: Asked, direction: Direction): readonly Opening[] {
  const securityRules = rules.map(({ name, access, priority, protocol, source, destination, ports: some }) => ({
    name,
    properties: {
      ...{ direction, access, priority, protocol, sourceAddressPrefix: source, sourcePortRange: '*' },
      ...{ destinationAddressPrefix: destination, destinationPortRange: some },
    },
  }));
  const asked: Flow = {
    ...{ direction, protocol: flow.protocol, destinationPorts: [flow.port] },
    ...{ source: { of: [flow.source] }, destination: { of: [flow.destination] } },
  };
  return openings(asked, [], { place: 'subnet', group: readGroup({ properties: { securityRules } }) }, context);
}

interface Check {
  readonly what: string;
  readonly formula: string;
  readonly expected: 'sat' | 'unsat';
}

test.skipIf(!isHere)(`z3 agrees on 200 pairs of groups${note}`, { timeout: 300_000 }, () => {
  const checks: Check[] = [];
  const seen = { pairs: 0, changes: 0, kinds: new Set<RuleChange['kind']>() };
  while (seen.pairs < 200) {
    const flow = drawnFlow();
    const drawn = () => Array.from({ length: 1 + Math.floor(next() * 5) }, (_, at) => drawnRule(at, flow));
    const [out, into] = [drawn(), drawn()];
    const [leaving, arriving] = [openingsOf(out, flow, 'Outbound'), openingsOf(into, flow, 'Inbound')];
    if (leaving.length + arriving.length === 0) continue;
    seen.pairs += 1;
    const pairs = [
      ...leaving.map((one) => [one, arriving[0] ?? []] as const),
      ...arriving.slice(leaving.length > 0 ? 1 : 0).map((one) => [leaving[0] ?? [], one] as const),
    ];
    const both = (a: Opening, b: Opening) =>
      `(and ${allows(changedBy(out, a), 'Outbound')} ${allows(changedBy(into, b), 'Inbound')})`;
    const [before, asked] = [both([], []), inFlow(flow)];
    for (const [a, b] of pairs) {
      const after = both(a, b);
      const pair = `pair ${seen.pairs}`;
      checks.push({ what: `${pair} opens`, formula: `(and ${asked} (not ${after}))`, expected: 'unsat' });
      checks.push({
        what: `${pair} opens more`,
        formula: `(and ${after} (not ${before}) (not ${asked}))`,
        expected: 'unsat',
      });
      for (const [at, one] of [...a, ...b].entries()) {
        const less = both(
          a.filter((own) => own !== one),
          b.filter((own) => own !== one),
        );
        checks.push({ what: `${pair} without ${at}`, formula: `(and ${asked} (not ${less}))`, expected: 'sat' });
        seen.changes += 1;
        seen.kinds.add(one.kind);
      }
    }
  }
  const isPlatform = any([inPrefix('dst', '168.63.129.16'), inPrefix('dst', '169.254.169.254')]);
  const input = [
    ...['(declare-const src (_ BitVec 32))', '(declare-const dst (_ BitVec 32))'],
    ...['(declare-const port (_ BitVec 16))', '(declare-const tcp Bool)', `(assert (not ${isPlatform}))`],
    ...checks.map(({ formula }) => `(push)(assert ${formula})(check-sat)(pop)`),
  ].join('\n');
  const { stdout } = spawnSync(solver, ['-in', '-smt2'], { input, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
  const answers = stdout.trim().split('\n');
  expect(answers.length).toBe(checks.length);
  expect(checks.filter(({ expected }, at) => answers[at] !== expected).map(({ what }) => what)).toEqual([]);
  expect([...seen.kinds].sort()).toEqual(['add', 'delete', 'move']);
  expect(seen.changes).toBeGreaterThan(250);
});
