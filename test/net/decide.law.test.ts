// The fast verdicts against the packet-by-packet reference, on random networks, and seeds that once told them apart.
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { contextOf, decide } from '../../src/net/index.ts';
import { answerQuestion } from '../../src/net/questions/answer.ts';
import { fixture } from '../support/outside.ts';
import { summarise } from './parts/oracle.ts';
import { packetsOf, questions, type RandomQuestion } from './parts/random-questions.ts';

const answer = (input: RandomQuestion) => {
  const { verdict, allowedBy, deniedBy, unsure, measure } = answerQuestion(
    { id: 'q', kind: 'nsg', input },
    1,
    undefined,
  ) as unknown as Record<string, unknown>;
  return { verdict, allowedBy, deniedBy, unsure, measure };
};
const agree = (input: RandomQuestion): void => {
  expect(answer(input)).toEqual(summarise(input, packetsOf(input)));
};

const raw = (name: string, priority: number, access: string, more: object) => ({
  name,
  properties: {
    protocol: '*',
    direction: 'Inbound',
    access,
    priority,
    sourceAddressPrefix: '*',
    sourcePortRange: '*',
    destinationAddressPrefix: '*',
    destinationPortRange: '*',
    ...more,
  },
});
const group = (...securityRules: ReturnType<typeof raw>[]) => ({ properties: { securityRules } });
const flow = { protocol: 'Tcp', src: ['10.1.0.0/30'], dst: ['203.0.113.2/31'], srcPorts: ['50000'], dstPorts: ['80'] };
const twoWorlds = { virtualNetwork: ['10.1.0.0/29'], virtualNetworkMaybe: ['203.0.113.0/30'], tags: {}, asgs: {} };

/** Questions on which the fast code and the reference once differed, or nearly did. */
const kept: readonly (readonly [string, RandomQuestion])[] = [
  [
    'unknown in one world: the rules that let it pass at the next place are no reason for it',
    {
      direction: 'Inbound',
      env: twoWorlds,
      flow,
      nicNsg: group(),
      subnetNsg: group(
        raw('allow', 100, 'Allow', { destinationAddressPrefix: 'Nobody.Knows' }),
        raw('deny', 200, 'Deny', {}),
      ),
    },
  ],
  [
    'one world allows, the other denies',
    {
      direction: 'Inbound',
      env: twoWorlds,
      flow: { ...flow, src: ['203.0.113.1'], dst: ['10.1.0.2'] },
      nicNsg: null,
      subnetNsg: group(),
    },
  ],
  [
    'a doubtful always-allow before a deny of the group',
    {
      direction: 'Inbound',
      env: { ...twoWorlds, virtualNetworkMaybe: [] },
      flow,
      nicNsg: null,
      subnetNsg: group(raw('deny', 200, 'Deny', {})),
      adminRules: [raw('perhaps', 1, 'AlwaysAllow', { sourceAddressPrefix: 'Nobody.Knows' })],
    },
  ],
  [
    'a doubtful deny hides behind a doubtful always-allow',
    {
      direction: 'Inbound',
      env: { ...twoWorlds, virtualNetworkMaybe: [] },
      flow,
      nicNsg: null,
      subnetNsg: null,
      adminRules: [
        raw('perhaps', 1, 'AlwaysAllow', { sourceAddressPrefix: 'Nobody.Knows' }),
        raw('perhaps-not', 2, 'Deny', { sourceAddressPrefix: 'Nobody.Knows' }),
      ],
    },
  ],
];

describe('kept questions', () => {
  test.each(kept)('%s', (_name, asked) => agree(asked));
});

test('security admin rules as Azure lists them: called by their ids, with Any for every protocol', () => {
  const deny = (protocol: string) => ({
    id: '/x/networkManagers/m/rules/deny-ssh',
    kind: 'Custom',
    properties: {
      ...{ protocol, access: 'Deny', priority: 1, direction: 'Inbound' },
      ...{ sources: [{ addressPrefix: '*' }], destinations: [{ addressPrefix: '*' }] },
      ...{ sourcePortRanges: ['0-65535'], destinationPortRanges: ['22'] },
    },
  });
  const asked = (protocol: string) =>
    decide(
      {
        direction: 'Inbound',
        protocol: 'Udp',
        source: { of: ['8.8.8.8'] },
        destination: { of: ['10.0.0.4'] },
        destinationPorts: ['22'],
      },
      { adminRules: [deny(protocol)] },
      contextOf({}),
    );
  expect([asked('Any').verdict, asked('Any').deniedBy]).toEqual(['denied', ['admin/deny-ssh']]);
  expect(asked('Tcp').verdict).toBe('allowed');
  expect(asked('Anything').verdict).toBe('unknown');
});

describe('random networks', () => {
  test('2,000 questions: verdict, rules and measure as the reference says', () => {
    fc.assert(fc.property(questions, agree), { numRuns: 2000 });
  });

  test('the questions are not all of one kind', () => {
    const verdicts = new Map<string, number>();
    for (const asked of fc.sample(questions, { numRuns: 400, seed: 1 })) {
      const { verdict } = answer(asked);
      verdicts.set(String(verdict), (verdicts.get(String(verdict)) ?? 0) + 1);
    }
    for (const verdict of ['allowed', 'denied', 'partly', 'unknown']) {
      expect(verdicts.get(verdict) ?? 0).toBeGreaterThan(20);
    }
  });
});

describe('the reference itself', () => {
  test('agrees with the cases that are small enough to be asked packet by packet', () => {
    const { cases } = JSON.parse(readFileSync(fixture('network-cases.json'), 'utf8')) as {
      cases: readonly { id: string; kind: string; input: RandomQuestion; expect: Record<string, unknown> }[];
    };
    const literal = /^[0-9a-f.:]+(?:\/(?:2[4-9]|3[0-2]|12[0-8]))?$/;
    const small = cases.filter(
      ({ kind, input }) =>
        kind === 'nsg' &&
        !('established' in input.flow) &&
        [...input.flow.src, ...input.flow.dst].every((end) => literal.test(end)) &&
        !input.flow.dstPorts.includes('*'),
    );
    expect(small.length).toBeGreaterThan(40);
    for (const { id, input, expect: expected } of small) {
      // One source port represents all of them, unless a rule looks at source ports.
      const flow = { ...input.flow, srcPorts: input.flow.srcPorts.includes('*') ? ['50000'] : input.flow.srcPorts };
      if (JSON.stringify(input).includes('"sourcePortRange":"1024-65535"')) continue;
      const { verdict, allowedBy, deniedBy, unsure } = summarise(
        { ...input, flow } as RandomQuestion,
        packetsOf({ ...input, flow }),
      );
      expect({ id, verdict, allowedBy, deniedBy, unsure }).toEqual({
        id,
        verdict: expected.verdict,
        allowedBy: expected.allowedBy,
        deniedBy: expected.deniedBy,
        unsure: expected.unsure,
      });
    }
  });
});
