// A PUT of the whole goes out at no api-version that may not say what another one has shown: for each type and each version of the
// table, and for whatever members the readings have, at any depth.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { versionTable } from '../../src/model/api-version-table.ts';
import { compareVersions, versionsOfRow, writeVersionOf } from '../../src/model/api-versions.ts';
import { isObject, type Json, type JsonObject } from '../../src/model/json.ts';
import type { Resource } from '../../src/model/resource.ts';
import { refusedPut } from '../../src/session/put-version.ts';

const idOf = (type: string): string => {
  const [namespace = '', ...types] = type.split('/');
  return `/subscriptions/s/resourceGroups/g/providers/${namespace}/${types.map((one) => `${one}/x`).join('/')}`;
};
const shown = (type: string, apiVersion: string, properties: JsonObject): Resource => ({
  ...{ id: idOf(type), type, apiVersion },
  body: { id: idOf(type), name: 'x', properties },
});
const put = (type: string, apiVersion: string) => ({ method: 'PUT', id: idOf(type), apiVersion, body: {} }) as const;
const member = 'memberOfAnotherVersion';
const far = ['2099-01-01', '2001-01-01'];

describe.each(versionTable.flatMap((row) => row.types.map((type) => [type, row] as const)))('%s', (type, row) => {
  const written = writeVersionOf(type);
  const versions = [...versionsOfRow(row), ...far];

  test('is replaced at the version of the reading alone', () => {
    for (const read of versions) {
      const refused = refusedPut(put(type, written), shown(type, read, { a: 1 }));
      expect([read, refused === null]).toEqual([read, compareVersions(read, written) === 0]);
    }
  });

  test('and not where a newer one has shown a member that the reading lacks', () => {
    for (const newer of versions) {
      const seen = shown(type, newer, { a: 1, [member]: 2 });
      const refused = refusedPut(put(type, written), shown(type, written, { a: 1 }), seen);
      const isNewer = compareVersions(newer, written) > 0;
      expect([newer, refused?.reason === 'shown-by-newer' && refused.members]).toEqual([newer, isNewer && [member]]);
    }
  });
});

const names = fc.constantFrom('mode', 'rules', 'profile', 'limit');
const { tree } = fc.letrec<{ tree: JsonObject; value: Json }>((tie) => ({
  tree: fc.dictionary(names, tie('value'), { maxKeys: 4 }) as fc.Arbitrary<JsonObject>,
  value: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom<Json>(null, 1, 'x', true),
    tie('tree'),
    fc.array(tie('tree'), { maxLength: 2 }) as fc.Arbitrary<Json>,
  ),
}));

/** Every place of a body that has a value, plainly. */
function placesIn(value: Json | undefined, at = ''): string[] {
  if (value === null || value === undefined) return [];
  const below = Array.isArray(value)
    ? value.flatMap((one, index) => placesIn(one, `${at}[${index}]`))
    : isObject(value)
      ? Object.keys(value).flatMap((name) => placesIn(value[name], `${at}/${name}`))
      : [];
  return [at, ...below];
}
/** The body without one of its members, chosen by a number. */
function without(value: JsonObject, choice: number): JsonObject {
  const copy = JSON.parse(JSON.stringify(value)) as JsonObject;
  const all: [Record<string, Json>, string][] = [];
  const visit = (one: Json | undefined): void => {
    if (Array.isArray(one)) one.forEach(visit);
    else if (isObject(one)) {
      for (const name of Object.keys(one)) {
        all.push([one as Record<string, Json>, name]);
        visit(one[name]);
      }
    }
  };
  visit(copy);
  const [owner, name = ''] = all[choice % Math.max(all.length, 1)] ?? [];
  if (owner !== undefined) delete owner[name];
  return copy;
}

test('whatever member is missing, at any depth', () => {
  const type = 'Contoso.Things/things';
  fc.assert(
    fc.property(tree, fc.nat(), fc.boolean(), (body, choice, isCut) => {
      const now = isCut ? without(body, choice) : body;
      const refused = refusedPut(
        put(type, '2024-01-01'),
        shown(type, '2024-01-01', now),
        shown(type, '2025-01-01', body),
      );
      const lost = placesIn(body).filter((place) => !placesIn(now).includes(place));
      expect(refused !== null).toBe(lost.length > 0);
    }),
    { seed: 1, numRuns: 500 },
  );
});

test('a list that another client made shorter is no member that was hidden', () => {
  const type = 'Contoso.Things/things';
  const body = (...rules: readonly string[]) => ({ rules: rules.map((name) => ({ name, mode: name })) });
  const refused = refusedPut(
    put(type, '2024-01-01'),
    shown(type, '2024-01-01', body('b')),
    shown(type, '2025-01-01', body('a', 'b')),
  );
  expect(refused).toBeNull();
});
