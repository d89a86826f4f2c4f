// The hand-written collection of network verdicts, compared with every member of the contract.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { bastide, freshHome } from '../support/bastide.ts';
import { fixture } from '../support/outside.ts';

const file = fixture('network-cases.json');

interface Case {
  readonly id: string;
  readonly kind: 'nsg' | 'route' | 'subnetRoute' | 'virtualNetworkTag' | 'invalid';
  readonly expect: Readonly<Record<string, unknown>>;
}
const chosen = ['nextHopType', 'source', 'prefix', 'name'];
const members: Readonly<Record<Case['kind'], readonly string[]>> = {
  nsg: ['verdict', 'allowedBy', 'deniedBy', 'unsure', 'measure'],
  route: chosen,
  subnetRoute: chosen,
  virtualNetworkTag: ['in', 'maybe'],
  invalid: ['codes'],
};
const named = (kind: Case['kind'], answer: Readonly<Record<string, unknown>>) =>
  Object.fromEntries(members[kind].map((member) => [member, answer[member]]));

describe('the cases', () => {
  test('all of them, through the command line', async () => {
    const home = freshHome();
    try {
      const { cases } = JSON.parse(readFileSync(file, 'utf8')) as { cases: readonly Case[] };
      const ran = await bastide(['prove', file, '--format', 'ndjson'], home);
      expect(ran.stderr).toBe('');
      expect(ran.status).toBe(0);
      const answers = ran.stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as { id: string; kind: Case['kind'] });
      expect(answers.map(({ id }) => id)).toEqual(cases.map(({ id }) => id));
      for (const [index, one] of cases.entries()) {
        const answer = answers[index] as unknown as Readonly<Record<string, unknown>>;
        expect({ id: one.id, ...named(one.kind, answer) }).toEqual({ id: one.id, ...named(one.kind, one.expect) });
      }
    } finally {
      home.remove();
    }
  });
});
