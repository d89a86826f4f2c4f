// Network decisions in one process: processor time and ratios within one interleaved run. `node test/bench/net.mjs [ROUNDS]`.
// It asserts no time; it prints the figures beside what they are meant to be. Tag data is read from the shared folder; without
// it made-up prefixes stand in.
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { contextOf, decide, leak, readServiceTags } from '../../src/net/index.ts';
import { summarise } from '../net/parts/oracle.ts';
import { packetsOf, questions } from '../net/parts/random-questions.ts';
import { shared } from '../support/outside.ts';
import { largeGroup, needed, prefix, typicalGroup } from './parts/groups.mjs';
import { rivalCases } from './parts/rival.mjs';
import { measure, printTimes, ratio } from './parts/table.mjs';

const rounds = Number(process.argv[2] ?? 9);
const tagFile = path.join(shared, 'service-tags/ServiceTags_Public_20251110.json');
const isHere = existsSync(tagFile);
const document = isHere
  ? JSON.parse(readFileSync(tagFile, 'utf8'))
  : {
      values: Array.from({ length: 3000 }, (_, at) => ({
        name: `Tag${at}`,
        properties: { addressPrefixes: Array.from({ length: 30 }, prefix) },
      })),
    };
const tags = readServiceTags(document);
const network = ['10.1.0.0/16', '168.63.129.16/32'];
/** What is known when an audit begins: the tags read, nothing of them compiled for the groups in hand. */
const fresh = () => contextOf({ virtualNetwork: network, serviceTags: tags });
const ask = (of, layers, ports, context, source = '10.1.1.0/24') =>
  decide(
    {
      direction: 'Outbound',
      protocol: 'Tcp',
      source: { of: [source] },
      destination: { of },
      destinationPorts: ports,
    },
    layers,
    context,
  );

const typical = {
  name: 'typical audit: 10 needs and the leak over five protocols',
  ready: () => ({ context: fresh(), subnetNsg: typicalGroup() }),
  act: ({ context, subnetNsg }) => {
    for (const tag of needed) ask([tag], { subnetNsg }, ['443'], context);
    leak({ source: ['10.1.1.0/24'], allowed: needed }, { subnetNsg }, context);
  },
};
const [one, subnetNsg, nicNsg] = [largeGroup(false), largeGroup(true), largeGroup(true, 1)];
// A group read before is known by its object, so each run gets a new one.
const again = (of) => structuredClone(of);
const large = (name, act, of) => ({ name, ready: () => ({ context: fresh(), ...again(of) }), act });
const worstPort = large(
  'the worst legal pair on one port: 2 x 1,000 rules, 2 x 8,000 prefixes, anywhere to anywhere',
  ({ context, ...layers }) => ask(['*'], layers, ['443'], context, '*'),
  { subnetNsg, nicNsg },
);
const worst = large('the same on all ports', ({ context, ...layers }) => ask(['*'], layers, ['*'], context, '*'), {
  subnetNsg,
  nicNsg,
});
const decisions = [
  typical,
  large('1,000 rules, 4,000 prefixes, one port', ({ context, ...layers }) => ask(['*'], layers, ['443'], context), {
    subnetNsg: one,
  }),
  large('the same, all ports', ({ context, ...layers }) => ask(['*'], layers, ['*'], context), { subnetNsg: one }),
  worstPort,
  worst,
  {
    name: `${tags.size} tags into sets`,
    ready: () => readServiceTags(document),
    act: (unread) => {
      for (const tag of unread.all()) unread.addressesOf(tag.name);
    },
  },
];

const lists = [...tags.all()].map((tag) => tag.prefixes).filter((list) => list.length >= 50 && list.length < 2000);
const rival = await import('cidr-tools').catch(() => undefined);
const beside = rival ? rivalCases(rival, lists.slice(0, 60)) : [];

const asked = fc.sample(questions, { numRuns: 300, seed: 7 });
const bySets = {
  name: '300 random questions, by sets',
  ready: () => again(asked),
  act: (all) => {
    for (const { flow, env, direction, ...layers } of all) {
      const ends = { source: { of: flow.src }, destination: { of: flow.dst } };
      const ports = { sourcePorts: flow.srcPorts, destinationPorts: flow.dstPorts };
      decide(
        { direction, protocol: flow.protocol, ...ends, ...ports },
        layers,
        contextOf({ ...env, groups: env.asgs }),
      );
    }
  },
};
const byPackets = {
  name: 'the same, packet by packet',
  act: () => {
    for (const question of asked) summarise(question, packetsOf(question));
  },
};

const times = measure(
  [...decisions, ...beside.flatMap(({ theirs, ours, ready }) => [theirs, ours, ready]), bySets, byPackets],
  rounds,
);
if (!isHere) console.log(`${tagFile} is absent: made-up prefixes stand in for the tags.`);
printTimes(times);
const milliseconds = ({ name }, aim) => console.log(`${times.get(name).median.toFixed(1)} ms (aim: ${aim})  ${name}`);
console.log('');
milliseconds(typical, 'under 5');
milliseconds(worstPort, 'under 1,000');
milliseconds(worst, 'under 1,000');
for (const { name, theirs, ours, ready } of beside) {
  const [whole, atHand] = [ratio(times, theirs.name, ours.name), ratio(times, theirs.name, ready.name)];
  console.log(
    `${name}: cidr-tools takes ${whole.toFixed(1)} x ours from texts, ${atHand.toFixed(1)} x ours on sets at hand (aim: 10)`,
  );
}
if (!rival) console.log('cidr-tools is not installed: its ratios are left out.');
console.log(`packet by packet takes ${ratio(times, byPackets.name, bySets.name).toFixed(1)} x by sets`);
