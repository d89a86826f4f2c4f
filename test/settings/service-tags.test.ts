// What is kept of Microsoft's service tags: a copy that may be damaged, huge or written by two at once, and never stops a run.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { parseJson } from '../../src/model/json.ts';
import { tagStore } from '../../src/settings/service-tags.ts';

const scratch = mkdtempSync(path.join(os.tmpdir(), 'bastide-tags-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));
const fresh = (): string => path.join(mkdtempSync(path.join(scratch, 'home-')), 'service-tags');
const source = { kind: 'azure', name: 'public' } as const;
const at = '2026-11-20T10:00:00.000Z';
const listOf = (count: number) => ({
  changeNumber: '376',
  values: Array.from({ length: count }, (_, index) => ({
    name: `Tag${index}`,
    properties: { addressPrefixes: ['1.2.3.0/24'] },
  })),
});

test('what was put is got, in a file for its owner alone, with nothing beside it', async () => {
  const folder = fresh();
  const store = tagStore({ folder, source });
  expect(await store.get()).toBeUndefined();
  await store.put({ at, document: parseJson(JSON.stringify(listOf(3))) as never });
  expect(await store.get()).toEqual({ at, document: listOf(3) });
  expect(readdirSync(folder)).toEqual(['azure-public.json']);
  expect(statSync(path.join(folder, 'azure-public.json')).mode & 0o777).toBe(0o600);
});

test('each cloud and endpoint has its own, and no name leads out of the folder', async () => {
  const folder = fresh();
  const sources = [
    source,
    { kind: 'azure', name: 'china' },
    { kind: 'endpoint', name: 'https://localhost:8443' },
    { kind: 'endpoint', name: 'https://localhost:8444' },
    { kind: 'endpoint', name: 'https://../../../../etc/passwd' },
  ] as const;
  for (const [index, one] of sources.entries())
    await tagStore({ folder, source: one }).put({ at, document: listOf(index + 1) });
  const got = await Promise.all(sources.map((one) => tagStore({ folder, source: one }).get()));
  expect(got.map((one) => one?.document)).toEqual([1, 2, 3, 4, 5].map(listOf));
  expect(readdirSync(folder)).toHaveLength(5);
  expect(readdirSync(path.dirname(folder))).toEqual(['service-tags']);
});

describe('what is damaged is as if it were not there, and is written anew', () => {
  const schema = 'bastide/service-tags/v1';
  const whole = JSON.stringify({ schema, at, document: listOf(2) });
  test.each([
    ['nothing', ''],
    ['half of it', whole.slice(0, 60)],
    ['no object', '[1,2]'],
    ['another schema', whole.replace('/v1', '/v9')],
    ['a moment that is none', whole.replace(at, 'yesterday')],
    ['a moment that is a number', whole.replace(`"${at}"`, '7')],
    ['a document that is a text', JSON.stringify({ schema, at, document: 'x' })],
    ['a list that is an object', JSON.stringify({ schema, at, document: { values: { a: 1 } } })],
    ['brackets without end', '['.repeat(200_000)],
  ])('%s', async (_what, text) => {
    const folder = fresh();
    mkdirSync(folder, { recursive: true });
    writeFileSync(path.join(folder, 'azure-public.json'), text);
    const store = tagStore({ folder, source });
    expect(await store.get()).toBeUndefined();
    await store.put({ at, document: listOf(1) });
    expect((await store.get())?.at).toBe(at);
  });

  test('whatever text the file holds', async () => {
    const folder = fresh();
    mkdirSync(folder, { recursive: true });
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.string(), fc.json()), async (text) => {
        writeFileSync(path.join(folder, 'azure-public.json'), text);
        expect(await tagStore({ folder, source }).get()).toBeUndefined();
      }),
      { numRuns: 60 },
    );
  });

  test('a file too large to be it is not read', async () => {
    const folder = fresh();
    mkdirSync(folder, { recursive: true });
    const padding = ' '.repeat(33 * 1024 * 1024);
    writeFileSync(path.join(folder, 'azure-public.json'), padding + whole);
    expect(await tagStore({ folder, source }).get()).toBeUndefined();
  });
});

test('where nothing can be written nothing is kept, and nothing is thrown', async () => {
  const file = path.join(fresh(), '..', 'a-file');
  writeFileSync(file, 'in the way');
  const store = tagStore({ folder: path.join(file, 'below'), source });
  await store.put({ at, document: listOf(1) });
  expect(await store.get()).toBeUndefined();
  expect(readFileSync(file, 'utf8')).toBe('in the way');
});

test('many writers at once: every reader finds one whole list, and no half file is left', async () => {
  const folder = fresh();
  const stores = Array.from({ length: 6 }, () => tagStore({ folder, source }));
  const seen: (number | undefined)[] = [];
  await Promise.all(
    stores.map(async (store, index) => {
      for (let round = 0; round < 5; round += 1) {
        await store.put({ at, document: listOf(200 * (index + 1)) });
        seen.push(((await store.get())?.document.values as readonly unknown[] | undefined)?.length);
      }
    }),
  );
  expect(seen).toHaveLength(30);
  for (const count of seen) expect([200, 400, 600, 800, 1000, 1200]).toContain(count);
  expect(readdirSync(folder)).toEqual(['azure-public.json']);
});
