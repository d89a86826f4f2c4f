// The pipelines in docs/ci: they parse, every command line in them is one that Bastide takes, and each exit code is handled.
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { verbs } from '../../commands/index.ts';
import { parseCommand } from '../../src/command/parse-arguments.ts';
import { parseLine } from '../../src/command/parse-line.ts';

const folder = path.resolve(import.meta.dirname, '../../docs/ci');
const files = readdirSync(folder).map((name) => ({ name, text: readFileSync(path.join(folder, name), 'utf8') }));

/** Every script in a pipeline, whatever service it is for. */
function scriptsIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(scriptsIn);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inside]) =>
    /^(?:run|inlineScript)$/.test(name) && typeof inside === 'string' ? [inside] : scriptsIn(inside),
  );
}
const scripts = files.flatMap(({ name, text }) =>
  (name.endsWith('.sh') ? [text] : scriptsIn(parse(text, { strict: true }))).map((script) => ({ name, script })),
);

/** The words after `bastide`, with values in place of variables, and without what the shell takes. */
const linesOf = (script: string): string[] =>
  script.split('\n').flatMap((line) => {
    const words = /^\s*(?:npx --yes )?bastide (.*)$/.exec(line)?.[1];
    if (words === undefined) return [];
    const filled = words
      .replace(/\$\{\{[^}]*\}\}|\$\([^)]*\)|\$\w+/g, 'value')
      .replace(/ \|\| .*$/, '')
      .replace(/ (?:2>&1|\d?>>? ?\S+)/g, '');
    return [filled];
  });
const lines = scripts.flatMap(({ name, script }) => linesOf(script).map((line) => ({ name, line })));

test('there are pipelines for each service, and command lines in each', () => {
  expect(files.map(({ name }) => name).toSorted()).toEqual(['azure-pipelines.yml', 'github.yml', 'nightly.sh']);
  for (const { name } of files) expect(lines.filter((one) => one.name === name).length).toBeGreaterThan(1);
});

test.each(lines)('$name: bastide $line', ({ line }) => {
  expect(() => parseCommand(parseLine(line), verbs)).not.toThrow();
});

test.each(scripts)('$name: a shell reads the script', ({ script }) => {
  const { status, stderr } = spawnSync('bash', ['-n'], { input: script.replace(/\$\{\{[^}]*\}\}/g, 'value') });
  expect([status, String(stderr)]).toEqual([0, '']);
});

describe('exit codes', () => {
  /** What each command may end with, other than 2 and 70: the job then fails as a whole. */
  const codes: Readonly<Record<string, readonly number[]>> = {
    audit: [0, 1, 3, 6],
    apply: [0, 4, 5, 6, 7],
    diff: [0, 1, 3],
  };
  const handled = scripts.flatMap(({ name, script }) =>
    script
      .split(/^(?=\s*(?:npx --yes )?bastide )/m)
      .slice(1)
      .filter((part) => part.includes('|| code=$?'))
      .map((part) => ({ name, line: linesOf(part)[0] ?? '', part })),
  );
  test.each(handled)('$name: bastide $line', ({ line, part }) => {
    const [verb = ''] = line.split(' ');
    const arms = [...part.matchAll(/^\s*(\d+|\*)\)/gm)].map(([, arm]) => arm);
    // `--fail-on never` never ends with 1.
    const wanted = (codes[verb] ?? []).filter((code) => code !== 1 || !line.includes('--fail-on never'));
    expect(wanted.length).toBeGreaterThan(0);
    expect(arms).toEqual([...wanted.map(String), '*']);
  });
  test('every audit and apply in them is handled, or decides the job by itself', () => {
    expect(handled).toHaveLength(6);
  });
});
