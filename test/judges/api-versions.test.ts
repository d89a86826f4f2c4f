// The table of api-versions against facts that others collected: which versions each type has, with their sources.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { versionTable } from '../../src/model/api-version-table.ts';
import { retirementOf, showsMember, versionRowOf } from '../../src/model/api-versions.ts';
import { outside } from '../support/outside.ts';

interface Facts {
  readonly entries: readonly {
    readonly type: string;
    readonly stable?: readonly string[];
    readonly newestStable: { readonly version: string | null };
    readonly newestPreview: { readonly version: string | null };
    readonly laterMembers: readonly {
      readonly pointer: string;
      readonly first: string;
      readonly firstStable: string | null;
    }[];
    readonly retirement: { readonly known: readonly { readonly what: string; readonly date?: string }[] };
  }[];
}

const { place, isHere, note } = outside('versions.json');

// Previews that the facts name as in use, or beside a stable version, and not as the newest: what is in use may not exist.
const elsewhere = ['2026-04-01-preview', '2021-08-01-preview', '2021-07-01-preview'];

describe.runIf(isHere)(`versions as they were collected${note}`, () => {
  const { entries } = JSON.parse(isHere ? readFileSync(place, 'utf8') : '{"entries":[]}') as Facts;
  const named = entries.map((entry) => ({ ...entry, type: entry.type.replace(/ \(.*/, '') }));
  const typed = named.filter(({ type, stable = [] }) => /^Microsoft\.\w+\/[\w/]+$/.test(type) && stable.length > 0);

  test.each(typed.map((one) => [one.type, one] as const))(
    '%s',
    (type, { stable = [], newestPreview, laterMembers }) => {
      const row = versionRowOf(type);
      if (row === undefined) throw new Error('no row');
      const known = [...stable, newestPreview.version];
      const previews = laterMembers.flatMap(({ first }) => /\d{4}-\d\d-\d\d-preview/.exec(first)?.[0] ?? []);
      for (const version of [...row.read, ...(row.write === undefined ? [] : [row.write]), ...(row.beside ?? [])]) {
        expect([...known, ...previews, ...elsewhere]).toContain(version);
      }
    },
  );

  test.each(typed.map((one) => [one.type, one] as const))('%s is written at a version that does not end', (type) => {
    const row = versionRowOf(type);
    for (const version of [row?.read[0], row?.write]) {
      if (version !== undefined) expect(retirementOf(type, version)).toBeUndefined();
    }
  });

  test('members of the table appear where they were seen first', () => {
    let compared = 0;
    for (const { type, laterMembers } of typed)
      for (const { pointer, firstStable } of laterMembers) {
        if (versionRowOf(type)?.members?.[pointer] === undefined) continue;
        compared += 1;
        if (firstStable !== null && /^\d{4}-\d\d-\d\d$/.test(firstStable))
          expect([type, pointer, showsMember(type, pointer, firstStable)]).toEqual([type, pointer, true]);
        else expect([type, pointer, showsMember(type, pointer, '2030-01-01')]).toEqual([type, pointer, false]);
      }
    expect(compared).toBeGreaterThan(15);
  });

  test('rows are about types that the facts have, or are known by the index alone', () => {
    const types = new Set(versionTable.flatMap(({ types: own }) => own));
    expect(
      typed.filter(({ type }) => ![...types].some((one) => `${type}/`.startsWith(`${one}/`))).map(({ type }) => type),
    ).toEqual([]);
  });
});
