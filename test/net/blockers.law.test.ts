// Every rule that blocks a flow, against a reference that asks packet by packet and takes one rule away at a time.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { answerQuestion } from '../../src/net/questions/answer.ts';
import { judge, type OraclePacket } from './parts/oracle.ts';
import { packetsOf, questions, type RandomQuestion } from './parts/random-questions.ts';

type Groups = Pick<RandomQuestion, 'subnetNsg' | 'nicNsg' | 'adminRules'>;

/** Without one rule; a default rule goes with the rest of its group, which then passes everything. */
function without(groups: Groups, label: string): Groups {
  const [place = '', name = ''] = label.split('/');
  if (place === 'admin') {
    return { ...groups, adminRules: (groups.adminRules ?? []).filter((rule) => rule.name !== name) };
  }
  const member = place === 'subnet' ? 'subnetNsg' : 'nicNsg';
  const rules = groups[member]?.properties.securityRules ?? [];
  const left = rules.filter((rule) => rule.name !== name);
  return { ...groups, [member]: left.length === rules.length ? null : { properties: { securityRules: left } } };
}

function blockersOf(question: RandomQuestion, packet: OraclePacket): string[] {
  const found: string[] = [];
  let groups: Groups = question;
  for (;;) {
    const { outcome, by } = judge({ ...question, ...groups }, packet);
    if (outcome !== 'denied') return found;
    found.push(...by);
    groups = [...new Set(by)].reduce(without, groups);
  }
}

test('they are the rules that each packet meets before one allows it', () => {
  let several = 0;
  fc.assert(
    fc.property(questions, (question) => {
      const wanted = new Set(packetsOf(question).flatMap((packet) => blockersOf(question, packet)));
      const answer = answerQuestion({ id: 'q', kind: 'nsg', input: question }, 1, undefined);
      if (!('blockers' in answer)) throw new Error(JSON.stringify(answer));
      expect(new Set(answer.blockers.map(({ rule }) => rule))).toEqual(wanted);
      for (const rule of answer.deniedBy) expect(wanted).toContain(rule);
      if (answer.blockers.length > answer.deniedBy.length) several += 1;
    }),
    { numRuns: 400 },
  );
  expect(several).toBeGreaterThan(20);
});
