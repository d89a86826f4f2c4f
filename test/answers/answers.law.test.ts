// What every world is answered is what was answered before: test/fixtures/answers.
import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { fixture } from '../support/outside.ts';
import { inEveryRun, partOf } from '../support/parts.ts';
import { answeredWorlds, answersOf } from './answers.ts';

const folder = fixture('answers');
const shown = 12;

/** The first lines that differ, with the heading above them; undefined where none does. */
function difference(before: readonly string[], now: readonly string[]): string | undefined {
  const length = Math.max(before.length, now.length);
  const at = Array.from({ length }, (_, line) => line).find((line) => before[line] !== now[line]);
  if (at === undefined) return undefined;
  const heading = now.slice(0, at + 1).findLast((line) => line.startsWith('#')) ?? '';
  const part = (mark: string, lines: readonly string[]) => lines.slice(at, at + shown).map((line) => `${mark} ${line}`);
  return [`line ${at + 1}, below "${heading}":`, ...part('-', before), ...part('+', now)].join('\n');
}

test.each(partOf(answeredWorlds, 3))('%s', async (world) => {
  const committed = readFileSync(`${folder}/${world}.txt`, 'utf8');
  const differs = difference(committed.split('\n'), (await answersOf(world)).split('\n'));
  if (differs !== undefined) {
    expect.fail(`${world} is answered otherwise; if that is meant, run \`npm run answers\` and commit it.\n${differs}`);
  }
});

inEveryRun(() => {
  test('the folder holds the answers of these worlds only', () => {
    expect(readdirSync(folder).toSorted()).toEqual(answeredWorlds.map((world) => `${world}.txt`).toSorted());
  });
});
