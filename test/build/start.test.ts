// What the build promises: `version` comes as one file, the package carries no source maps, and a stack names source files.
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
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
  expect(readFileSync(path.join(root, 'bin/bastide.js'), 'utf8').split('\n')[0]).toBe('#!/usr/bin/env node');
  for (const kind of ['dependencies', 'optionalDependencies', 'peerDependencies', 'bundleDependencies']) {
    expect(about[kind]).toBeUndefined();
  }
  const scripts = Object.keys(about.scripts ?? {});
  expect(scripts.filter((name) => /^(?:pre|post)?(?:install|prepare)$/.test(name))).toEqual([]);
  const { files, unpackedSize } = packed();
  expect(files.map((file) => file.path)).toContain('bin/bastide.js');
  expect(unpackedSize).toBeLessThan(8e6);
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
}

let known: Packed | undefined;
function packed(): Packed {
  if (known !== undefined) return known;
  const listed = execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  [known] = JSON.parse(listed) as Packed[];
  if (known === undefined) throw new Error('npm pack listed nothing');
  return known;
}
