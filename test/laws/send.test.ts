// One way to send: a plan is applied in one place, and only after it was confirmed there.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';

const root = path.resolve(import.meta.dirname, '../..');
const comments = /\/\*[\s\S]*?\*\/|(?<![:'"`])\/\/.*$/gm;
const files = ['src', 'commands'].flatMap((folder) =>
  readdirSync(path.join(root, folder), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
    .map((entry) => path.join(entry.parentPath, entry.name)),
);
const texts = files.map(
  (file) => [path.relative(root, file), readFileSync(file, 'utf8').replace(comments, '')] as const,
);
/** The files with this, each as often as it is there. */
const places = (pattern: RegExp): string[] =>
  texts.flatMap(([file, text]) => (text.match(new RegExp(pattern, 'g')) ?? []).map(() => file));

describe('only src/command/send.ts', () => {
  test.each([
    ['applies a plan', /\bsession\s*\.apply\(|\.apply\(\s*\w*[pP]lan\b/],
    ['has a plan confirmed', /\bask\s*\.confirm\(/],
    ['makes a confirmed plan', /as (?:unknown as )?ConfirmedPlan\b/],
  ])('%s', (_what, pattern) => {
    expect(places(pattern)).toEqual(['src/command/send.ts']);
  });

  test('accepts warnings', () => {
    // A what-if sends nothing, and shows what Azure itself would refuse.
    const others = places(/acceptWarnings: true/).filter((file) => !file.startsWith('src/session/what-if/'));
    expect(others).toEqual([]);
  });
});
