// The law of drift: the old snapshot with what changed is the new one, and the new one with the same put back is the old one.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { DriftSetting } from '../../src/model/drift.ts';
import { isArray, isObject, type Json, type JsonObject } from '../../src/model/json.ts';
import { valueAt } from '../../src/model/pointer.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { resourceIn, withResources } from '../../src/model/snapshot-index.ts';
import { applyChanges, driftOf, putBack } from '../../src/plan/index.ts';
import { partsOf } from '../../src/resource-types/index.ts';
import { worldSnapshot } from './worlds.ts';

const start = worldSnapshot('mixed');
const idOf = (end: string): string => start.resources.find(({ id }) => id.toLowerCase().endsWith(end))?.id ?? '';
const account = idOf('/storageaccounts/stmlsim');
const group = idOf('/networksecuritygroups/nsg-train');
const vault = idOf('/vaults/kv-mlsim');

type Write = (snapshot: Snapshot) => Snapshot;
/** A write of the body, with the parts that it lists. */
const written =
  (id: string, change: (body: JsonObject) => JsonObject): Write =>
  (snapshot) => {
    const resource = resourceIn(snapshot, id);
    if (resource === undefined) return snapshot;
    const next = { ...resource, body: change(resource.body) };
    const [was, is] = [partsOf(resource), partsOf(next)];
    const gone = was.filter((one) => !is.some((other) => other.id === one.id)).map((one) => one.id);
    return withResources(snapshot, [next, ...is], gone);
  };
const set = (body: JsonObject, [name, ...rest]: readonly string[], value: Json): JsonObject => {
  const own = body[name ?? ''];
  return {
    ...body,
    [name ?? '']: rest.length === 0 ? value : set(isObject(own ?? null) ? (own as JsonObject) : {}, rest, value),
  };
};
const listIn = (body: JsonObject, pointer: string): readonly Json[] => {
  const found = valueAt(body, pointer);
  return isArray(found) ? found : [];
};
const rule = (name: string, access: string, priority: number): JsonObject => ({
  ...{ name, id: `${group}/securityRules/${name}`, type: 'Microsoft.Network/networkSecurityGroups/securityRules' },
  properties: {
    ...{ access, priority, direction: 'Inbound', protocol: 'Tcp', sourceAddressPrefix: '10.0.0.0/8' },
    ...{ sourcePortRange: '*', destinationAddressPrefix: '*', destinationPortRange: '22' },
  },
});
const acls = ['properties', 'networkAcls'] as const;
const address = fc.nat(6).map((at) => `203.0.113.${at}`);
const writes: fc.Arbitrary<Write> = fc.oneof(
  fc
    .tuple(fc.constantFrom(account, vault), fc.constantFrom('Allow', 'Deny'))
    .map(([id, action]) => written(id, (body) => set(body, [...acls, 'defaultAction'], action))),
  fc
    .tuple(fc.constantFrom(account, vault), fc.constantFrom('None', 'AzureServices'))
    .map(([id, bypass]) => written(id, (body) => set(body, [...acls, 'bypass'], bypass))),
  fc.uniqueArray(address).map((all) =>
    written(account, (body) =>
      set(
        body,
        [...acls, 'ipRules'],
        all.map((value) => ({ value, action: 'Allow' })),
      ),
    ),
  ),
  fc
    .tuple(fc.constantFrom('a', 'b', 'c'), fc.constantFrom('Allow', 'Deny'), fc.integer({ min: 3000, max: 3003 }))
    .map(([name, access, priority]) =>
      written(group, (body) => {
        const others = listIn(body, '/properties/securityRules').filter((one) => !isObject(one) || one.name !== name);
        return set(body, ['properties', 'securityRules'], [...others, rule(name, access, priority)]);
      }),
    ),
  fc.constantFrom('a', 'b', 'c').map((name) =>
    written(group, (body) =>
      set(
        body,
        ['properties', 'securityRules'],
        listIn(body, '/properties/securityRules').filter((one) => !isObject(one) || one.name !== name),
      ),
    ),
  ),
);
const lists = fc.array(writes, { maxLength: 6 });
const after = (list: readonly Write[]): Snapshot => list.reduce((made, write) => write(made), start);
/** As a user reads them: what a whole repeats of its parts is said of the part. */
const drifted = (old: Snapshot, now: Snapshot): readonly DriftSetting[] =>
  driftOf({
    ...{ old, now, diff: { opened: [], closed: [] }, since: { name: '', at: null }, entries: [], own: [] },
    ...{ records: { records: [], unread: null }, rules: [], profile: 'all' },
  }).changes.flatMap((one) => one.settings);

test('old and what changed is new; new and what is put back is old', () => {
  let changed = 0;
  fc.assert(
    fc.property(lists, lists, (earlier, later) => {
      const [old, now] = [after(earlier), after(later)];
      const settings = drifted(old, now);
      changed += settings.length;
      for (const [from, to] of [
        [old, now],
        [now, old],
      ] as const) {
        const { changes, refused } = putBack(settings, to, from);
        expect(refused).toEqual([]);
        expect(drifted(applyChanges(from, changes), to)).toEqual([]);
      }
    }),
    { numRuns: 60, seed: 5 },
  );
  expect(changed).toBeGreaterThan(100);
});
