// Every leg of every job in the closed worlds, and what each planted fault changes, is told as it was recorded.
import { readFileSync } from 'node:fs';
import { beforeAll, expect, test } from 'vitest';
import { entriesIn, entry, sampleFile } from '../answers/samples.ts';
import { legEntries, prepare } from './planted.ts';

beforeAll(prepare);

// What is meant is written by `npm run answers`.
test('every leg of every job is told as it was', () => {
  const recorded = entriesIn(readFileSync(sampleFile('legs'), 'utf8'));
  const now = legEntries().map(({ title, text }) => entry(title, text));
  expect(now.filter(({ title, text }) => recorded.get(title) !== text)).toEqual([]);
  expect([...recorded.keys()]).toEqual(now.map(({ title }) => title));
});
