// The manual page: a formatter has nothing to say against it, it holds what there is, and it names no variable that is not read.
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { manPages, manVariables } from '../../build/docs/man.ts';
import { verbs } from '../../commands/index.ts';
import { sharedFlags } from '../../src/command/parse-arguments.ts';
import { placesOf } from '../../src/command/usage.ts';
import { skippedFor } from '../support/outside.ts';

const root = path.resolve(import.meta.dirname, '../..');
const page = manPages(verbs)[0]?.text ?? '';
const isHere = (program: string) => spawnSync(program, ['-h'], { stdio: 'ignore' }).error === undefined;
const formatters = [
  { program: 'mandoc', flags: ['-Tlint', '-Wstyle'] },
  { program: 'groff', flags: ['-man', '-ww', '-z'] },
];

test.each(formatters.filter(({ program }) => isHere(program)))('$program finds nothing in it', ({ program, flags }) => {
  const { status, stdout, stderr } = spawnSync(program, flags, { input: page, encoding: 'utf8' });
  expect([status, stdout, stderr]).toEqual([0, '', '']);
});
const missing = formatters.map(({ program }) => program).filter((program) => !isHere(program));
test.skipIf(missing.length > 0)(
  `each formatter was there${skippedFor(missing.length > 0 ? `no ${missing.join(', ')}` : null)}`,
  () => expect(missing).toEqual([]),
);

test('every command and flag, and nothing that a formatter would take for a request', () => {
  const { source, common, output } = sharedFlags();
  const lines = page.split('\n');
  for (const { name } of verbs) expect(lines).toContain(`.SS ${name.replaceAll('-', '\\-')}`);
  for (const { name } of [...source, ...common, ...output, ...verbs.flatMap((verb) => placesOf(verb).flags)]) {
    expect(page).toContain(`\\fB\\-\\-${name.replaceAll('-', '\\-')}\\fP`);
  }
  const requests = lines.filter((line) => /^[.']/.test(line)).map((line) => line.split(' ')[0]);
  expect([...new Set(requests)].toSorted()).toEqual(['.PP', '.SH', '.SS', '.TH', '.TP', '.\\"']);
});

test('text that looks like a request or an escape is text', () => {
  const [odd] = manPages([
    { ...(verbs[0] as (typeof verbs)[number]), summary: "'tis .so /etc/passwd \\fB", positional: [] },
  ]);
  expect(odd?.text).toContain("\n\\&'tis .so /etc/passwd \\efB.\n");
});

test('it names variables that the sources read', () => {
  const sources = ['src', 'commands']
    .flatMap((folder) =>
      readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
        .filter((file) => /\.tsx?$/.test(file))
        .map((file) => readFileSync(path.join(root, folder, file), 'utf8')),
    )
    .join('\n');
  for (const name of manVariables.flatMap(([names]) => names.split(', '))) expect(sources).toContain(name);
});
