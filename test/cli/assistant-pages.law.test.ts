// The pages of an assistant's answers: each is small, and together they are the answer, whatever it holds.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { largestPage, type PageNote, pageStore } from '../../src/cli/assistant-pages.ts';
import { isArray, isObject, type Json, JsonItems, type JsonObject, parseJson, sameJson } from '../../src/model/json.ts';
import { parsePointer } from '../../src/model/pointer.ts';
import { numbers } from '../support/faulty-disk.ts';

function read(json: JsonObject): { readonly texts: readonly string[]; readonly notes: readonly PageNote[] } {
  const pages = pageStore();
  const texts = [pages.first(json)];
  const notes: PageNote[] = [];
  for (;;) {
    const note = (JSON.parse(texts.at(-1) as string) as { page?: PageNote }).page;
    if (note === undefined) break;
    notes.push(note);
    if (note.cursor === null) break;
    const next = pages.next(note.cursor);
    if (next === undefined) throw new Error(`no page ${note.cursor}`);
    // A page that was lost on the way is given again.
    expect(pages.next(note.cursor)).toBe(next);
    texts.push(next);
  }
  return { texts, notes };
}

/** What goes on at the pointer is joined there; everything else is new. */
function joined(before: Json, after: Json, path: readonly string[]): Json {
  const [name, ...rest] = path;
  if (isArray(before) && isArray(after)) {
    if (name === undefined) return [...before, ...after];
    return [...before.slice(0, -1), joined(before.at(-1) as Json, after[0] as Json, rest), ...after.slice(1)];
  }
  if (isObject(before) && isObject(after)) {
    const own = name === undefined ? {} : { [name]: joined(before[name] as Json, after[name] as Json, rest) };
    return { ...before, ...after, ...own };
  }
  return `${String(before)}${String(after)}`;
}
function whole({ texts, notes }: ReturnType<typeof read>): Json {
  const bodies = texts.map((text): JsonObject => {
    const { page: _page, ...body } = parseJson(text) as JsonObject;
    return body;
  });
  return bodies.reduce(
    (before, after, at) => joined(before, after, parsePointer(notes[at]?.continues ?? '')) as JsonObject,
  );
}

/** Long texts, many items, characters that take six bytes once they are escaped, deep values: made of a number, so that it is short to name. */
function anyValue(random: (below: number) => number, depth = 0): Json {
  const kind = random(depth > 5 ? 5 : 12);
  if (kind === 0) return '\u202e'.repeat(random(40) === 0 ? random(5000) : random(20));
  if (kind === 1) return 'x'.repeat(random(20) === 0 ? random(30_000) : random(80));
  if (kind < 5) return [null, random(1000), 'caf\u00e9 \ud83d\ude00 \ud83d "quoted"\n'][kind - 2] as Json;
  const items = Array.from({ length: random(9) }, () => anyValue(random, depth + 1));
  if (kind < 9) return items;
  return Object.fromEntries(items.map((item, at) => [`${['a', 'b/c', '~d', '"'][random(4)]}${at}`, item]));
}

describe('pages', () => {
  test('are small, and together the whole answer', () => {
    let several = 0;
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const next = numbers(seed);
        const random = (below: number) => Math.floor(next() * below);
        const items = Array.from({ length: 1 + random(6) }, () => anyValue(random));
        const json = { ok: true, result: { digest: 'd', items } };
        const pages = read(json);
        for (const one of pages.texts) expect(Buffer.byteLength(one)).toBeLessThanOrEqual(largestPage);
        expect(sameJson(whole(pages), parseJson(JSON.stringify(json)))).toBe(true);
        if (pages.texts.length > 1) {
          several += 1;
          expect(JSON.parse(pages.texts[0] as string)).toMatchObject({ ok: true });
        }
      }),
      { numRuns: 12, seed: 7 },
    );
    expect(several).toBeGreaterThan(5);
  });

  test('stay small for names and depths that no answer should have', () => {
    const name = '\u202e'.repeat(500);
    let deep: Json = 'x'.repeat(30_000);
    for (let level = 0; level < 60; level += 1) deep = { [`${name}${level}`]: deep, beside: 'y' };
    for (const json of [{ result: deep }, { [name]: deep }, { result: Array.from({ length: 100 }, () => name) }]) {
      const { texts } = read(json as JsonObject);
      expect(texts.length).toBeGreaterThan(3);
      for (const one of texts) expect(Buffer.byteLength(one)).toBeLessThanOrEqual(largestPage);
    }
  });

  test('are made when they are asked for: a list of a million items begins at once', () => {
    let made = 0;
    const findings = new JsonItems(function* () {
      for (let at = 0; at < 1_000_000; at += 1) {
        made += 1;
        yield { id: `finding ${at}`, outcome: 'fail' };
      }
    });
    const pages = pageStore();
    const first = JSON.parse(pages.first({ ok: true, result: { findings } as unknown as Json })) as { page: PageNote };
    expect([first.page.number, made < 10_000]).toEqual([1, true]);
    expect(pages.next(String(first.page.cursor))).toContain('"number":2');
  });

  test('a cursor of an answer that is too old, or of none, names no page', () => {
    const pages = pageStore(1);
    const long = { result: Array.from({ length: 100 }, () => 'x'.repeat(1000)) };
    const { cursor } = (JSON.parse(pages.first(long)) as { page: PageNote }).page;
    pages.first(long);
    for (const wrong of [String(cursor), '', '-', 'x-2', '../x']) expect(pages.next(wrong)).toBeUndefined();
  });
});
