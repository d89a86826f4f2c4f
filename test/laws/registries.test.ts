// What has a file is in its registry: a rule, command, theme, world, resource type or simulated type that no index lists is
// written for nothing, and nothing else would say so.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { verbs } from '../../commands/index.ts';
import { resourceTypes } from '../../src/resource-types/index.ts';
import { rules } from '../../src/rules/index.ts';
import { providerTypes } from '../../src/simulator/providers/index.ts';
import { worldFiles } from '../../src/simulator/worlds/index.ts';
import { themeFiles } from '../../themes/index.ts';

const root = path.resolve(import.meta.dirname, '../..');

interface Export {
  readonly file: string;
  readonly value: object;
}

/** What the files below a folder export, each value with its file; the members of a table are exports of their own. */
async function exportsOf(folder: string, deep: boolean): Promise<Export[]> {
  const files = readdirSync(path.join(root, folder), { recursive: deep, encoding: 'utf8' })
    .map((file) => `${folder}/${file.split(path.sep).join('/')}`)
    .filter((file) => file.endsWith('.ts') && file !== `${folder}/index.ts`);
  const found = await Promise.all(
    files.map(async (file) => {
      const all: unknown[] = Object.values(await import(path.join(root, file)));
      return [...all, ...all.flatMap(membersOf)].flatMap((value) => (isObject(value) ? [{ file, value }] : []));
    }),
  );
  return found.flat();
}
const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;
const membersOf = (value: unknown): unknown[] => (isObject(value) ? Object.values(value) : []);
const has =
  (...names: readonly string[]) =>
  ({ value }: Export): boolean =>
    names.every((name) => name in value);

test.each([
  { what: 'rule', folder: 'src/rules', deep: true, isOne: has('id', 'problem', 'explain', 'subjects'), listed: rules },
  { what: 'command', folder: 'commands', deep: false, isOne: has('name', 'examples', 'run'), listed: verbs },
  {
    ...{ what: 'resource type', folder: 'src/resource-types', deep: false, listed: resourceTypes },
    isOne: has('type', 'columns', 'normal'),
  },
  {
    ...{ what: 'simulated type', folder: 'src/simulator/providers', deep: true, listed: providerTypes },
    isOne: (one: Export) => has('type')(one) && ['allows', 'long', 'replace', 'settle'].some((name) => has(name)(one)),
  },
] as const)('every $what that a file exports is listed', async ({ folder, deep, isOne, listed }) => {
  const found = (await exportsOf(folder, deep)).filter(isOne);
  const known = new Set<object>(listed);
  const values = new Set(found.map(({ value }) => value));
  expect([...new Set(found.filter(({ value }) => !known.has(value)).map(({ file }) => file))]).toEqual([]);
  // What is listed is recognised, so that the sentence above is about all of them.
  expect(listed.filter((one) => !values.has(one))).toEqual([]);
});

test('every theme file is listed', () => {
  const files = readdirSync(path.join(root, 'themes')).filter((file) => file.endsWith('.json'));
  expect(files.sort()).toEqual(themeFiles.map(({ name }) => `${name}.json`).sort());
});

test('every world file is listed', () => {
  const folder = path.join(root, 'src/simulator/worlds');
  const worlds = readdirSync(folder).filter(
    (file) => file.endsWith('.json') && 'faults' in JSON.parse(readFileSync(path.join(folder, file), 'utf8')),
  );
  expect(worlds.length).toBeGreaterThan(30);
  expect(worldFiles.map(({ name }) => `${name}.json`)).toEqual(expect.arrayContaining(worlds));
});
