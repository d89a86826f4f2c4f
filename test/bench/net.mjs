// Network decisions in one process: medians of several runs in processor time, and ratios within the same run. `node test/bench/net.mjs [RUNS]`.
// It judges nothing; it prints the figures. Tag data is read from the shared folder; without it made-up prefixes stand in.
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { contextOf, decide, leak, readPrefixes, readServiceTags, unusedRules } from '../../src/net/index.ts';
import { intersect, minus, unite } from '../../src/net/sets.ts';
import { summarise } from '../net/parts/oracle.ts';
import { packetsOf, questions } from '../net/parts/random-questions.ts';

const runs = Number(process.argv[2] ?? 9);
const shared = process.env.BASTIDE_SHARED ?? path.resolve(import.meta.dirname, '../../../shared');
const tagFile = path.join(shared, 'service-tags/ServiceTags_Public_20251110.json');

/** Median milliseconds of processor time of `act`, made ready anew before each run by `ready`. */
function measure(name, act, ready = () => undefined) {
  const times = Array.from({ length: runs }, () => {
    const made = ready();
    const start = process.cpuUsage();
    act(made);
    const { user, system } = process.cpuUsage(start);
    return (user + system) / 1000;
  });
  const median = times.toSorted((a, b) => a - b)[Math.floor(runs / 2)];
  console.log(`${median.toFixed(2).padStart(10)} ms  ${name}`);
  return median;
}

// A small generator of its own, so that every run sees the same prefixes.
let seed = 12345;
const random = (below) => {
  seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
  return Math.floor((seed / 2 ** 32) * below);
};
const prefix = () => {
  const length = 20 + random(13);
  const size = 2 ** (32 - length);
  const first = Math.floor(random(2 ** 32) / size) * size;
  return `${[24, 16, 8, 0].map((shift) => Math.floor(first / 2 ** shift) % 256).join('.')}/${length}`;
};
const rule = (name, priority, access, more) => ({
  name,
  properties: {
    priority,
    access,
    direction: 'Outbound',
    protocol: '*',
    sourceAddressPrefix: '*',
    sourcePortRange: '*',
    destinationAddressPrefix: '*',
    destinationPortRange: '*',
    ...more,
  },
});
const group = (securityRules) => ({ properties: { securityRules } });
const network = ['10.1.0.0/16', '168.63.129.16/32'];
const document = existsSync(tagFile)
  ? JSON.parse(readFileSync(tagFile, 'utf8'))
  : {
      values: Array.from({ length: 3000 }, (_, at) => ({
        name: `Tag${at}`,
        properties: { addressPrefixes: Array.from({ length: 30 }, prefix) },
      })),
    };

// 1. A typical workspace: eleven rules by tag, each need asked for, and what else is open.
const needed = [
  'AzureActiveDirectory',
  'AzureMachineLearning',
  'AzureResourceManager',
  'Storage.WestEurope',
  'AzureContainerRegistry.WestEurope',
  'MicrosoftContainerRegistry',
  'AzureFrontDoor.FirstParty',
  'AzureMonitor',
  'AzureKeyVault.WestEurope',
  'BatchNodeManagement.WestEurope',
];
const typical = group([
  ...needed.map((tag, at) =>
    rule(`allow${at}`, 100 + at, 'Allow', {
      protocol: 'Tcp',
      destinationAddressPrefix: tag,
      destinationPortRange: '443',
    }),
  ),
  rule('deny', 4000, 'Deny', { destinationAddressPrefix: 'Internet' }),
]);
const tags = readServiceTags(document);
const context = contextOf({ virtualNetwork: network, serviceTags: tags });
const ask = (of, layers, ports) =>
  decide(
    {
      direction: 'Outbound',
      protocol: 'Tcp',
      source: { of: ['10.1.1.0/24'] },
      destination: { of },
      destinationPorts: ports,
    },
    layers,
    context,
  );
const audit = () => {
  for (const tag of needed) ask([tag], { subnetNsg: typical }, ['443']);
  leak({ source: ['10.1.1.0/24'], allowed: needed }, { subnetNsg: typical }, context);
};
audit();
measure('typical audit: 10 needs and the leak over five protocols', audit);

// 2. A group as large as Azure takes: 1,000 rules, 4,000 literal destinations.
const large = (access) =>
  group(
    Array.from({ length: 1000 }, (_, at) =>
      rule(`r${at}`, 100 + at, access(at), {
        protocol: 'Tcp',
        destinationAddressPrefix: '',
        destinationAddressPrefixes: Array.from({ length: 4 }, prefix),
        destinationPortRange: at % 3 === 0 ? '443' : `${random(60000)}-${60000 + random(5000)}`,
      }),
    ),
  );
const mixed = large((at) => (at % 2 === 0 ? 'Allow' : 'Deny'));
measure('1,000 rules, 4,000 prefixes, one port', () => ask(['*'], { subnetNsg: mixed }, ['443']));
measure('1,000 rules, 4,000 prefixes, all ports', () => ask(['*'], { subnetNsg: mixed }));
const both = (salt) =>
  group(
    Array.from({ length: 1000 }, (_, at) =>
      rule(`r${at}`, 100 + at, (at + salt) % 2 === 0 ? 'Allow' : 'Deny', {
        sourceAddressPrefix: '',
        sourceAddressPrefixes: Array.from({ length: 4 }, prefix),
        destinationAddressPrefix: '',
        destinationAddressPrefixes: Array.from({ length: 4 }, prefix),
        destinationPortRange: `${random(60000)}-${60000 + random(5000)}`,
      }),
    ),
  );
const [subnetNsg, nicNsg] = [both(0), both(1)];
measure('the worst legal pair: 2 x 1,000 rules, 2 x 8,000 prefixes, anywhere to anywhere', () =>
  decide(
    { direction: 'Outbound', protocol: 'Tcp', source: { of: ['*'] }, destination: { of: ['*'] } },
    { subnetNsg, nicNsg },
    context,
  ),
);
measure('rules without effect in one of them', () => unusedRules(subnetNsg, context));

// 3. Every tag.
measure(
  `${tags.size} tags into sets`,
  (fresh) => {
    for (const tag of fresh.all()) fresh.addressesOf(tag.name);
  },
  () => readServiceTags(document),
);

// 4. The algebra.
const many = Array.from({ length: 10_000 }, prefix);
const few = Array.from({ length: 2_000 }, prefix);
const [a, b] = [readPrefixes(many).addresses.v4, readPrefixes(few).addresses.v4];
const ownMerge = measure('10,000 prefixes parsed and merged', () => readPrefixes(many));
const ownMinus = measure('10,000 less 2,000, parsed', () =>
  minus(readPrefixes(many).addresses.v4, readPrefixes(few).addresses.v4),
);
measure('10,000 less 2,000, ready made', () => minus(a, b));
measure('union and intersection, ready made', () => [unite(a, b), intersect(a, b)]);
const rival = await import('cidr-tools').catch(() => undefined);
if (rival) {
  const merged = measure('cidr-tools: 10,000 merged', () => rival.mergeCidr(many));
  const less = measure('cidr-tools: 10,000 less 2,000', () => rival.excludeCidr(many, few));
  console.log(`cidr-tools / own: merge ${(merged / ownMerge).toFixed(1)}, difference ${(less / ownMinus).toFixed(1)}`);
} else console.log('cidr-tools is not installed: its ratios are left out.');

// 5. The judge that asks packet by packet.
const asked = fc.sample(questions, { numRuns: 300, seed: 7 });
const fast = measure('300 random questions, by sets', () => {
  for (const { flow, env, direction, ...layers } of asked) {
    const ends = { source: { of: flow.src }, destination: { of: flow.dst } };
    const ports = { sourcePorts: flow.srcPorts, destinationPorts: flow.dstPorts };
    decide({ direction, protocol: flow.protocol, ...ends, ...ports }, layers, contextOf({ ...env, groups: env.asgs }));
  }
});
const slow = measure('the same, packet by packet', () => {
  for (const one of asked) summarise(one, packetsOf(one));
});

console.log(`packet by packet / by sets: ${(slow / fast).toFixed(1)}`);
