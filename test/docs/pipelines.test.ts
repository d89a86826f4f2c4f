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
const recipe = readFileSync(path.join(folder, 'Dockerfile'), 'utf8');
const files = readdirSync(folder)
  .filter((name) => name !== 'Dockerfile')
  .map((name) => ({ name, text: readFileSync(path.join(folder, name), 'utf8') }));

/** Every script in a pipeline, whatever service it is for. */
function scriptsIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(scriptsIn);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inside]) =>
    /^(?:run|script|inlineScript)$/.test(name) && typeof inside === 'string' ? [inside] : scriptsIn(inside),
  );
}
const scripts = files.flatMap(({ name, text }) =>
  (name.endsWith('.sh') ? [text] : scriptsIn(parse(text, { strict: true }))).map((script) => ({ name, script })),
);

/** The words after `bastide`, with values in place of variables, and without what the shell takes. */
const linesOf = (script: string): string[] =>
  script.split('\n').flatMap((line) => {
    const words = /^\s*bastide (.*)$/.exec(line)?.[1];
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

test('in Azure Pipelines, each task that runs Bastide can ask for a token of its service connection', () => {
  const tasksIn = (value: unknown): Record<string, unknown>[] => {
    if (typeof value !== 'object' || value === null) return [];
    const own = 'task' in value ? [value as Record<string, unknown>] : [];
    return [...own, ...Object.values(value).flatMap(tasksIn)];
  };
  const text = files.find(({ name }) => name === 'azure-pipelines.yml')?.text ?? '';
  const running = tasksIn(parse(text)).filter((task) => scriptsIn(task).some((script) => linesOf(script).length > 0));
  expect(running).toHaveLength(3);
  for (const task of running) {
    expect(task).toMatchObject({ task: 'AzureCLI@2', env: { SYSTEM_ACCESSTOKEN: '$(System.AccessToken)' } });
  }
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
      .split(/^(?=\s*bastide )/m)
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

describe('the container', () => {
  /** Instruction and arguments, continued lines as one, comments left out. */
  const steps = recipe
    .replace(/^#.*\n/gm, '')
    .replace(/\\\n\s*/g, '')
    .split('\n')
    .flatMap((line) => {
      const [, name = '', rest = ''] = /^([A-Z]+)\s+(.*)$/.exec(line) ?? [];
      expect([line, name !== '' || line === '']).toEqual([line, true]);
      return name === '' ? [] : [{ name, rest }];
    });
  const of = (name: string) => steps.filter((step) => step.name === name).map(({ rest }) => rest);
  const position = (name: string) => steps.findLastIndex((step) => step.name === name);

  test('the base has a version, and the package is the file that is given', () => {
    expect(of('FROM')).toEqual(['$BASE']);
    expect(of('ARG')).toEqual([expect.stringMatching(/^BASE=node:\d+-[a-z]+-slim$/), 'PACKAGE']);
    expect([...of('ADD'), ...of('COPY')]).toEqual(['$PACKAGE /opt/bastide.tgz']);
    expect(of('RUN').join()).toContain('npm install --global --ignore-scripts --offline /opt/bastide.tgz');
  });
  test('a shell reads what it runs', () => {
    for (const script of of('RUN')) {
      const { status, stderr } = spawnSync('sh', ['-n'], { input: script });
      expect([status, String(stderr)]).toEqual([0, '']);
    }
  });
  test('it runs as no root, by number, and writes to its volume alone', () => {
    expect(of('USER')).toEqual([expect.stringMatching(/^[1-9]\d*:[1-9]\d*$/)]);
    expect(position('USER')).toBeGreaterThan(position('RUN'));
    const [home] = of('VOLUME');
    expect(of('ENV').join()).toContain(`BASTIDE_HOME=${home} `);
    expect(of('RUN').join()).toContain(`--owner=node --group=node --mode=0700 ${home}`);
    expect(of('ENV').join()).not.toMatch(/SECRET|TOKEN|PASSWORD|KEY/);
    expect(of('ENTRYPOINT')).toEqual(['["bastide"]']);
    for (const line of recipe.match(/^#\s+docker run .*$/gm) ?? []) expect(line).toContain(' --read-only ');
  });
  test('the commands after it are those of Bastide', () => {
    const pages = [recipe, readFileSync(path.join(folder, '../ci.md'), 'utf8').replace(/\\\n\s*/g, '')];
    const ran = pages.flatMap((text) =>
      [...text.matchAll(/docker run .* bastide:\S+ (.*)$/gm)].map(([, words = '']) => words),
    );
    expect(ran).toHaveLength(2);
    for (const words of [...ran, (JSON.parse(of('CMD')[0] ?? '') as string[]).join(' ')]) {
      expect(() => parseCommand(parseLine(words), verbs)).not.toThrow();
    }
  });
});
