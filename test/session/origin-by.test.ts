// Whether an answer of Azure proves that a creation was ours: 201 does only where the type answers so to nothing else, and two times do
// where they are one.
import { expect, test } from 'vitest';
import { originBy } from '../../src/session/origin-by.ts';

const group = '/subscriptions/1/resourceGroups/g/providers';
const create = (resource: string) =>
  ({ kind: 'create', resource, edits: [], body: { properties: { some: 'setting' } } }) as const;

test.each([
  ['Microsoft.Authorization/roleAssignments/9d3e2a1c-0000-4000-8000-000000000001', 201, 'evidence'],
  ['Microsoft.MachineLearningServices/workspaces/w/computes/c', 201, 'answer'],
  ['Microsoft.MachineLearningServices/workspaces/w/computes/c', 200, 'not-known'],
  ['Microsoft.ContainerRegistry/registries/r', 201, 'evidence'],
])('%s with %i: %s', (path, status, reason) => {
  expect(originBy(create(`${group}/${path}`), { properties: {} }, { isAnswered: true, status })).toEqual({ reason });
});

test.each([
  ['2026-12-01T10:00:00.1234567Z', 'answer'],
  ['2026-12-01T10:00:00.1234568Z', 'not-known'],
  [undefined, 'evidence'],
])('a rule of a perimeter, created at 10:00:00.1234567 and last modified at %s: %s', (lastModifiedAt, reason) => {
  const change = create(`${group}/Microsoft.Network/networkSecurityPerimeters/n/profiles/p/accessRules/r`);
  const shown = { systemData: { createdAt: '2026-12-01T10:00:00.1234567Z', lastModifiedAt: lastModifiedAt ?? null } };
  expect(originBy(change, shown, { isAnswered: true, status: 200, shown })).toEqual({ reason });
});

test('an etag proves it, for the request fails where there was one', () => {
  const change = create(`${group}/Microsoft.Network/privateDnsZones/z.example`);
  expect(originBy(change, { etag: 'W/"1"' }, { isAnswered: true, status: 202 })).toEqual({ reason: 'answer' });
  expect(originBy(change, {}, { isAnswered: true, status: 202 })).toEqual({ reason: 'evidence' });
});
