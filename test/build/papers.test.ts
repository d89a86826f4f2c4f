// What the package and a release carry: notices of bundled code, a changelog that users can read, a version that can be made.
import { accessSync, constants, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
// @ts-expect-error plain JavaScript, run by any Node that can install Bastide
import { noticesOf, packagesIn } from '../../build/notices.mjs';
// @ts-expect-error the same
import { released } from '../../build/release.mjs';

const root = path.resolve(import.meta.dirname, '../..');
const read = (file: string) => readFileSync(path.join(root, file), 'utf8');

test('the notices name each bundled package once, with its licence', () => {
  const inputs = {
    'node_modules/ink/build/index.js': {},
    'node_modules/@azure/identity/dist/a.js': {},
    'src/main.ts': {},
  };
  const folders = packagesIn([{ inputs }, { inputs }]);
  expect(folders).toEqual(['node_modules/@azure/identity', 'node_modules/ink']);
  const text = noticesOf(root, folders) as string;
  expect(text).toMatch(/^ink \d[\d.]* \(MIT\)$/m);
  expect(text).toMatch(/Permission is hereby granted/);
});

test('the changelog: groups of Keep a Changelog, one line each, under 120 characters', () => {
  const lines = read('CHANGELOG.md').split('\n');
  expect(lines.filter((line) => line.length >= 120)).toEqual([]);
  const groups = lines.filter((line) => line.startsWith('### ')).map((line) => line.slice(4));
  expect(
    groups.filter((one) => !['Added', 'Changed', 'Deprecated', 'Removed', 'Fixed', 'Security'].includes(one)),
  ).toEqual([]);
  expect(lines.filter((line) => line.startsWith('## '))[0]).toBe('## [Unreleased]');
});

test('a release dates what is unreleased, and needs something to release', () => {
  const text = '# Changelog\n\n## [Unreleased]\n\n### Added\n\n- a thing\n\n## [0.1.0]\n\n- old\n';
  expect(released(text, '0.2.0', '2026-01-02')).toBe(
    '# Changelog\n\n## [Unreleased]\n\n## [0.2.0] - 2026-01-02\n\n### Added\n\n- a thing\n\n## [0.1.0]\n\n- old\n',
  );
  expect(() => released('## [Unreleased]\n\n## [0.1.0]\n\n- old\n', '0.2.0', '2026-01-02')).toThrow('nothing');
});

test('README, CONTRIBUTING, package.json and the gate name the same commands', () => {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
  const named = ['README.md', 'CONTRIBUTING.md', '.ci/run', '.github/pull_request_template.md'].flatMap((file) =>
    [...read(file).matchAll(/\bnpm (?:run (?:-s )?([\w:-]+)|(test|start)\b)/g)].map(
      ([, run, plain]) => run ?? plain ?? '',
    ),
  );
  expect(named.length).toBeGreaterThan(8);
  expect(named.filter((name) => scripts[name] === undefined)).toEqual([]);
  expect(read('.ci/run')).toContain('npm run test:all');
  // The gate contains what `npm test` runs: the same check, and every project.
  expect(scripts['test:all']).toBe('npm run check && vitest run');
  expect(scripts.test?.startsWith('npm run check && vitest run --project ')).toBe(true);
});

test('workflows run scripts that exist, as one who may run them', () => {
  const folder = '.github/workflows';
  const texts = readdirSync(path.join(root, folder)).map((file) => read(`${folder}/${file}`));
  const scripts = texts.flatMap((text) =>
    [...text.matchAll(/^\s*(?:- )?run: (\.[\w./-]+)/gm)].map(([, script]) => script ?? ''),
  );
  expect(scripts).toContain('.ci/run');
  for (const script of scripts) accessSync(path.join(root, script), constants.X_OK);
});
