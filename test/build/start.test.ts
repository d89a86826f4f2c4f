// What the build promises: `version` comes as one file, the package carries no source maps, and a stack names source files.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, expect, expectTypeOf, test } from 'vitest';
import type { Summary } from '../../src/model/finding.ts';
import type { Step } from '../../src/model/plan.ts';
import type { Problem } from '../../src/model/problem.ts';
import type {
  PlanStep,
  Finding as PublicFinding,
  Problem as PublicProblem,
  Summary as PublicSummary,
} from '../../types/index.d.ts';
import { bastide, freshHome, root } from '../support/bastide.ts';

const home = freshHome();
afterAll(() => home.remove());
const dist = path.join(root, 'dist');

test('version says what every other command line says it is, in every spelling', async () => {
  const { version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as { version: string };
  for (const word of ['version', '--version', '-V']) {
    const ran = await bastide([word], home);
    expect([ran.status, ran.stdout]).toEqual([0, expect.stringContaining(`bastide ${version}`)]);
  }
  const json = await bastide(['version', '--format', 'json'], home);
  expect(JSON.parse(json.stdout)).toMatchObject({ command: 'version', ok: true, result: { version } });
  const wrong = await bastide(['version', '--nonsense'], home);
  expect([wrong.status, wrong.stderr]).toEqual([2, expect.stringContaining('--nonsense')]);
});

test('version loads one file beside the entry', () => {
  const text = readFileSync(path.join(dist, 'version-parts.js'), 'utf8');
  expect(text.match(/\bfrom\s*"\.\/[^"]+"/g)).toBeNull();
  for (const [, chunk = ''] of text.matchAll(/import\("\.\/([^"]+)"\)/g)) expect(readdirSync(dist)).toContain(chunk);
});

test('large chunks are ASCII: one other character, in a regular expression, doubles what the text takes in memory', () => {
  const large = readdirSync(dist).filter(
    (file) => file.endsWith('.js') && statSync(path.join(dist, file)).size > 80_000,
  );
  expect(large.length).toBeGreaterThan(5);
  const beyond = (file: string) => readFileSync(path.join(dist, file), 'utf8').match(/.{0,40}[^\x00-\x7f]/)?.[0];
  for (const file of large) expect([file, beyond(file)]).toEqual([file, undefined]);
});

test('a source map for every chunk in the checkout, none in the package', () => {
  const chunks = readdirSync(dist).filter((file) => file.endsWith('.js'));
  for (const chunk of chunks) expect(readdirSync(dist)).toContain(`${chunk}.map`);
  const files = packed().files.map((file) => file.path);
  expect(files).toContain('dist/main.js');
  expect(files.filter((file) => file.endsWith('.map'))).toEqual([]);
});

test('the package: JavaScript that every platform can start, no dependency, no script at installation, at most 8 MB', () => {
  const about = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as Record<string, object>;
  expect(about.bin).toEqual({ bastide: 'bin/bastide.js' });
  // A list: of a single text npm installs no page.
  expect(about.man).toEqual(['docs/man/bastide.1']);
  expect(readFileSync(path.join(root, 'bin/bastide.js'), 'utf8').split('\n')[0]).toBe('#!/usr/bin/env node');
  for (const kind of ['dependencies', 'optionalDependencies', 'peerDependencies', 'bundleDependencies']) {
    expect(about[kind]).toBeUndefined();
  }
  const scripts = Object.keys(about.scripts ?? {});
  expect(scripts.filter((name) => /^(?:pre|post)?(?:install|prepare)$/.test(name))).toEqual([]);
  const { files, unpackedSize } = packed();
  const paths = files.map((file) => file.path);
  expect(paths).toEqual(expect.arrayContaining(['bin/bastide.js', 'types/index.d.ts', 'docs/man/bastide.1']));
  expect(unpackedSize).toBeLessThan(8e6);
});

test('installed, a program imports it: the example in the docs has right types, and the results of the command line', async () => {
  expectTypeOf<Summary>().toExtend<PublicSummary>();
  expectTypeOf<Problem>().toExtend<PublicProblem>();
  expectTypeOf<Omit<Step, 'change' | 'effects'>>().toExtend<Omit<PlanStep, 'change' | 'effects'>>();
  const consumer = path.join(home.folder, 'consumer');
  mkdirSync(consumer);
  const at = (file: string) => path.join(consumer, file);
  const run = (program: string, ...args: string[]) =>
    execFileSync(program, args, {
      cwd: consumer,
      encoding: 'utf8',
      env: { ...process.env, BASTIDE_HOME: '/nonexistent' },
    });
  writeFileSync(at('package.json'), '{"type":"module","private":true}');
  run(
    'npm',
    'install',
    '--offline',
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    path.join(home.folder, packed().filename),
  );
  expect(readdirSync(at('node_modules')).filter((name) => !name.startsWith('.'))).toEqual(['bastide']);
  const [, example = ''] = /```ts\n([\s\S]*?)```/.exec(readFileSync(path.join(root, 'docs/api.md'), 'utf8')) ?? [];
  writeFileSync(at('example.ts'), example);
  writeFileSync(
    at('compare.ts'),
    `import { readFileSync } from 'node:fs';
import { audit, plan } from 'bastide';
const text = readFileSync('snapshot.json', 'utf8');
const files = [{ name: 'snapshot.json', text }];
console.log(JSON.stringify([await audit({ files }), await plan(JSON.parse(text), { targets: 'all' })]));
`,
  );
  const tsc = path.join(root, 'node_modules/.bin/tsc');
  const types = ['--types', 'node', '--typeRoots', path.join(root, 'node_modules/@types')];
  run(tsc, '--noEmit', '--strict', '--target', 'es2024', '--module', 'nodenext', ...types, 'example.ts', 'compare.ts');
  await bastide(['scan', '--demo', '--output', at('snapshot.json'), '--format', 'json'], home);
  const node = (file: string) =>
    run(process.execPath, '--no-warnings', '--experimental-strip-types', file, 'snapshot.json');
  expect(node('example.ts')).toMatch(
    /critical stmlsim: [\s\S]* changes, \d+ rules, digest [0-9a-f]{64}\nunknown-rule No rule matches/,
  );
  const [audited, planned] = JSON.parse(node('compare.ts')) as [
    object & { findings: readonly PublicFinding[] },
    object,
  ];
  const from = (command: string) => bastide([command, '--from', at('snapshot.json'), '--format', 'json'], home);
  const ran = JSON.parse((await from('audit')).stdout.replaceAll(`${consumer}/`, '')).result;
  expect(audited.findings.length).toBeGreaterThan(10);
  expect({ ...audited, snapshot: null }).toEqual({ ...ran, snapshot: null });
  const { id: _id, source: _source, ...wanted } = JSON.parse((await from('plan')).stdout).result;
  expect(planned).toMatchObject({ ...wanted, digest: expect.any(String) });
});

test('a built-in module is loaded when it is needed: no file imports one but the entry of require', () => {
  for (const file of readdirSync(dist).filter((name) => name.endsWith('.js'))) {
    const imported = [
      ...readFileSync(path.join(dist, file), 'utf8').matchAll(/\bfrom\s*['"]((?:node:)?[a-z_/]+)['"]/g),
    ];
    expect([file, ...new Set(imported.map(([, name]) => name))]).toEqual([file, 'node:module']);
  }
});

interface Packed {
  readonly files: readonly { readonly path: string }[];
  readonly unpackedSize: number;
  /** In the folder of the tests. */
  readonly filename: string;
}

let known: Packed | undefined;
function packed(): Packed {
  if (known !== undefined) return known;
  const listed = execFileSync('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', home.folder], {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  [known] = JSON.parse(listed) as Packed[];
  if (known === undefined) throw new Error('npm pack listed nothing');
  return known;
}
