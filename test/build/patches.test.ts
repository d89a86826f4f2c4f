// Patches of installed packages: what was changed is what the files say, twice is once, and another version is refused.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
// @ts-expect-error plain JavaScript, run by any Node that can install Bastide
import { applyPatches, filesOf, patched } from '../../build/patches.mjs';

interface Hunk {
  readonly at: number;
  readonly old: readonly string[];
  readonly fresh: readonly string[];
}
const root = path.resolve(import.meta.dirname, '../..');
const read = (file: string) => readFileSync(path.join(root, file), 'utf8');

test('each patch names an installed version, changes it, and is applied', () => {
  const names = readdirSync(path.join(root, 'patches'));
  expect(names.length).toBeGreaterThan(0);
  for (const name of names) {
    const [, folder = '', version] = /^(.+)\+(.+)\.patch$/.exec(name) ?? [];
    // Of a scope and a name.
    const library = folder.replace('+', '/');
    expect(JSON.parse(read(`node_modules/${library}/package.json`)).version).toBe(version);
    const files = filesOf(read(`patches/${name}`)) as { file: string; hunks: Hunk[] }[];
    expect(files.length).toBeGreaterThan(0);
    for (const { file, hunks } of files) {
      expect(file).toMatch(`node_modules/${library}/`);
      expect(hunks.length).toBeGreaterThan(0);
      const text = read(file);
      expect(patched(text, hunks), `${file}: run npm run build`).toBe(text);
      expect(hunks.some(({ old, fresh }) => old.join('\n') !== fresh.join('\n'))).toBe(true);
    }
  }
});

test('characters that patches do not segment are one grapheme each, whatever is beside them', () => {
  const segmenter = new Intl.Segmenter();
  const files = ['string-width/index.js', '@alcalzone/ansi-tokenize/build/tokenize.js'];
  for (const file of files) {
    const [, simple = ''] =
      /^const (?:simple|narrowRegex) = \/\^(\[.+\])\*\$\/;$/m.exec(read(`node_modules/${file}`)) ?? [];
    const isSimple = new RegExp(`^${simple}$`);
    const units = Array.from({ length: 0x10000 }, (_, code) => String.fromCharCode(code)).filter((unit) =>
      isSimple.test(unit),
    );
    expect(units.length).toBeGreaterThan(1000);
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...units), { maxLength: 40 }), (some) => {
        expect(Array.from(segmenter.segment(some.join('')), ({ segment }) => segment)).toEqual(some);
      }),
      { numRuns: 500 },
    );
  }
});

test('hunks are applied at their lines, once, and only to the text they were made for', () => {
  const lines = fc.array(fc.constantFrom('a', 'b', '', ' c'), { minLength: 1, maxLength: 12 });
  fc.assert(
    fc.property(lines, fc.array(fc.tuple(fc.nat(12), lines), { maxLength: 3 }), (old, changes) => {
      // Each replaces one line of its own.
      const hunks = [...new Map(changes.map(([at, fresh]) => [at % old.length, fresh]))]
        .sort(([a], [b]) => a - b)
        .map(([at, fresh]): Hunk => ({ at, old: [old[at] ?? ''], fresh: ['new', ...fresh] }));
      const wanted = old.flatMap((line, at) => hunks.find((hunk) => hunk.at === at)?.fresh ?? [line]).join('\n');
      expect(patched(old.join('\n'), hunks)).toBe(wanted);
      expect(patched(wanted, hunks)).toBe(wanted);
      if (hunks.length > 0) expect(patched(old.map(() => 'other').join('\n'), hunks)).toBeNull();
    }),
  );
});

test('a patch is applied to the files of a folder, also when it is renewed; one that does not fit is named', () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'bastide-patches-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const one of ['patches', 'node_modules/some']) mkdirSync(path.join(folder, one), { recursive: true });
  const target = path.join(folder, 'node_modules/some/index.js');
  const patch =
    'Why\n\n- a list\n\n--- a/node_modules/some/index.js\n+++ b/node_modules/some/index.js\n@@ -2,2 +2,3 @@\n two\n-three\n+3\n+4\n';
  writeFileSync(path.join(folder, 'patches/some+1.0.0.patch'), patch);
  writeFileSync(target, 'one\ntwo\nthree\nend\n');
  for (const _ of [1, 2]) {
    applyPatches(folder);
    expect(readFileSync(target, 'utf8')).toBe('one\ntwo\n3\n4\nend\n');
  }
  // Renewed, it starts from what was published.
  writeFileSync(path.join(folder, 'patches/some+1.0.0.patch'), patch.replace('+3\n+4', '+5\n+6'));
  applyPatches(folder);
  expect(readFileSync(target, 'utf8')).toBe('one\ntwo\n5\n6\nend\n');
  // Another version was installed.
  writeFileSync(target, 'one\ntwo\nthree\nother\n');
  applyPatches(folder);
  expect(readFileSync(target, 'utf8')).toBe('one\ntwo\n5\n6\nother\n');
  rmSync(`${target}.orig`);
  writeFileSync(target, 'one\ntwo\nfour\n');
  expect(() => applyPatches(folder)).toThrow('patches/some+1.0.0.patch does not fit node_modules/some/index.js');
});
