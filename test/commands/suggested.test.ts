// A command that a text suggests acts where the text came from, however it is copied.
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { verbs } from '../../commands/index.ts';
import { parseCommand } from '../../src/command/parse-arguments.ts';
import { parseLine } from '../../src/command/parse-line.ts';
import { linesWithSource, sourceOf, withSource } from '../../src/command/suggested.ts';
import { bastide, freshHome } from '../support/bastide.ts';

const home = freshHome({ NO_COLOR: '1' });
afterAll(() => home.remove());

const after = (run: string, suggested: string) =>
  withSource(suggested, sourceOf(parseCommand(parseLine(run), verbs)), verbs);

test.each([
  ['audit --demo', 'bastide fix --all', 'bastide fix --all --demo'],
  ['audit --demo=open --fresh', 'bastide undo', 'bastide undo --demo=open'],
  [
    'audit --endpoint https://localhost:1 --ca "a b.pem" --workspace mlw',
    'bastide history',
    "bastide history --endpoint https://localhost:1 --ca 'a b.pem' --workspace mlw",
  ],
  [
    'audit --from a.json --from b.json --all-resources',
    'bastide plan x',
    'bastide plan x --from a.json --from b.json --all-resources',
  ],
  ['audit --from a.json', 'bastide scan --output FILE', 'bastide scan --output FILE'],
  [
    'audit --cloud china --rules own --profile current',
    'bastide fix x',
    'bastide fix x --cloud china --profile current --rules own',
  ],
  [
    'fleet audit --demo=fleet --workspace one',
    'bastide audit --workspace ID',
    'bastide audit --workspace ID --demo=fleet',
  ],
  ['audit --from t.json --set-parameter secret=hunter2', 'bastide audit', 'bastide audit --from t.json'],
  ['audit', 'bastide fix --all', 'bastide fix --all'],
  ['audit --demo --yes --format json', 'bastide fix x', 'bastide fix x --demo'],
  ['audit --demo', 'bastide help fix', 'bastide help fix'],
  ['audit --demo', 'bastide --demo', 'bastide --demo'],
])('after %s, %s', (run, suggested, wanted) => {
  expect(after(run, suggested)).toBe(wanted);
});

test('in words of a command and between backticks, and nowhere else', () => {
  const source = sourceOf(parseCommand(['audit', '--demo'], verbs));
  const words = [
    { text: 'bastide undo', role: 'key' },
    { text: ' or `bastide redo`, not bastide redo' },
    { text: '  bastide fix x --yes', role: 'dim' },
    { text: 'bastide is read, not bastide undo', role: 'dim' },
  ];
  expect(linesWithSource([words], source, verbs)).toEqual([
    [
      { text: 'bastide undo --demo', role: 'key' },
      { text: ' or `bastide redo --demo`, not bastide redo' },
      { text: '  bastide fix x --yes --demo', role: 'dim' },
      { text: 'bastide is read, not bastide undo', role: 'dim' },
    ],
  ]);
});

test('what runs on a demo, as a script or not, suggests no command for Azure', async () => {
  writeFileSync(path.join(home.folder, 's.bastide'), 'audit --fail-on never\nplan --all\n');
  for (const line of [
    ...['audit', 'plan --all', 'fix storage.bypass-azure-services --yes', 'history', 'undo nope', 'run s.bastide'],
    ...['undo nope --format json', 'fix no.such.rule --format json'],
  ]) {
    const ran = await bastide([...parseLine(line), '--demo=mixed'], home);
    const commands =
      (ran.stdout.startsWith('{') ? ran.stdout : `${ran.stdout}${ran.stderr}`).match(
        /bastide (?:audit|fix|findings|history|explain)\b[^`\n]*/g,
      ) ?? [];
    expect([line, commands.length > 0], line).toEqual([line, true]);
    for (const command of commands) expect(command).toMatch(/--demo\b/);
  }
});
