// What a rule advises with its fix says nothing that effects tell: they are computed, and a sentence beside them could claim the opposite.
import { expect, test } from 'vitest';
import { snapshotOf } from '../support/snapshot.ts';
import { fixable, proposedFor } from './proposed.ts';

/** Of access, connections, cost, undo, and that nothing happens. */
const told = [
  /\b(?:los(?:e|es|t)|gains?|keeps?|get|gets|has) (?:\w+ )?access\b/,
  /\b(?:block(?:s|ed)|den(?:y|ies|ied)|allow(?:s|ed)?|reach(?:es|ed|able)?|open(?:s|ed)?|clos(?:e|es|ed)|bypass(?:es)?|inspected) (?!a rule)/,
  /\b(?:bill(?:s|ed)|costs?|charged)\b/,
  /\b(?:undo|undone|restor(?:e|es|ed)|irreversible|permanent(?:ly)?)\b/i,
  /\b(?:reset|dropped|interrupt(?:s|ed)?|restarts?|survive)\b/,
  /\b(?:no effect|not affected|nothing else|nothing stops)\b/i,
];

test('advice says nothing of access, connections, cost or undo', () => {
  const wrong = new Set<string>();
  let count = 0;
  for (const sample of fixable) {
    const made = proposedFor(sample, snapshotOf(sample.change));
    if (typeof made === 'string') continue;
    for (const { advice = '' } of made) {
      count += Number(advice !== '');
      if (told.some((one) => one.test(advice))) wrong.add(`${sample.rule}: ${advice}`);
    }
  }
  expect(count).toBeGreaterThan(50);
  expect([...wrong]).toEqual([]);
});
