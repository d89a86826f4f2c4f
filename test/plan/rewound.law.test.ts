// A snapshot taken back by change records is the one of that time, or says that it is not known: over random writes to a security
// group, its rules and its neighbours.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { changeRecordsIn } from '../../src/model/change-record.ts';
import { isArray, isObject, type Json, type JsonObject } from '../../src/model/json.ts';
import type { Resource } from '../../src/model/resource.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { settingChanges } from '../../src/model/snapshot-changes.ts';
import { rewound } from '../../src/plan/index.ts';
import { partsOf } from '../../src/resource-types/index.ts';
import { group as resourceGroup } from '../support/snapshot.ts';

const type = 'Microsoft.Network/networkSecurityGroups';
const idOf = (name: string) => `${resourceGroup}/providers/${type}/${name}`;
const start = Date.parse('2026-11-20T10:00:00Z');
const hour = 3_600_000;
const timeOf = (at: number): string => new Date(start + at * hour).toISOString();

interface Group {
  readonly name: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly flush: boolean;
  readonly rules: readonly { readonly name: string; readonly port: string; readonly priority: number }[];
}
const bodyOf = ({ name, tags, flush, rules }: Group): JsonObject => ({
  ...{ id: idOf(name), name, type, location: 'westeurope', tags },
  properties: {
    flushConnection: flush,
    securityRules: rules.map((one) => ({
      ...{ id: `${idOf(name)}/securityRules/${one.name}`, name: one.name, type: `${type}/securityRules` },
      properties: { access: 'Allow', direction: 'Inbound', destinationPortRange: one.port, priority: one.priority },
    })),
  },
});
type State = ReadonlyMap<string, Group>;
function snapshotOf(state: State, at: number): Snapshot {
  const groups = [...state.values()].map((one): Resource => {
    const body = bodyOf(one);
    return { id: idOf(one.name), type, apiVersion: '2024-05-01', body };
  });
  return {
    ...{ schema: 'bastide/snapshot/v1', id: String(at), takenAt: timeOf(at), source: { kind: 'demo', name: 'demo:x' } },
    ...{ workspace: null, identity: null, requests: 0, collections: [], permissions: [], gaps: [], intents: {} },
    resources: groups.flatMap((one) => [one, ...partsOf(one)]),
  } as unknown as Snapshot;
}

const scalars = (value: Json, path = ''): [string, string][] => {
  if (isArray(value) && value.length > 0) return value.flatMap((item, at) => scalars(item, `${path}[${at}]`));
  if (isObject(value) && Object.keys(value).length > 0)
    return Object.entries(value).flatMap(([name, item]) => scalars(item, path === '' ? name : `${path}.${name}`));
  return value === null ? [] : [[path, typeof value === 'string' ? value : JSON.stringify(value)]];
};
type Fault = 'none' | 'short' | 'cut';
function row(at: number, target: string, was: Group | undefined, is: Group | undefined, fault: Fault): Json {
  const [old, now] = [was, is].map((one) => new Map(one === undefined ? [] : scalars(bodyOf(one)))) as [
    Map<string, string>,
    Map<string, string>,
  ];
  const paths = [...new Set([...old.keys(), ...now.keys()])].filter((path) => old.get(path) !== now.get(path));
  const isChange = was !== undefined && is !== undefined;
  const shown = isChange ? (fault === 'short' ? paths.slice(1) : paths) : [];
  return {
    id: `${target}/providers/Microsoft.Resources/changes/${at}`,
    properties: {
      ...{ targetResourceId: target, changeType: isChange ? 'Update' : was === undefined ? 'Create' : 'Delete' },
      changeAttributes: { timestamp: timeOf(at), changedBy: 'anna', changesCount: paths.length },
      changes: Object.fromEntries(
        shown.map((path) => [
          path,
          {
            ...{ previousValue: old.get(path) ?? 'null', newValue: now.get(path) ?? 'null' },
            propertyChangeType: !old.has(path) ? 'Insert' : now.has(path) ? 'Update' : 'Remove',
            ...(fault === 'cut' ? { isTruncated: true } : {}),
          },
        ]),
      ),
    },
  };
}

const groups = ['nsg-a', 'nsg-b', 'nsg-c'];
type Write = (state: State) => State;
const on =
  (name: string, change: (one: Group) => Group): Write =>
  (state) => {
    const one = state.get(name);
    return one === undefined ? state : new Map(state).set(name, change(one));
  };
const inGroup = fc.constantFrom(...groups);
const ruleName = fc.constantFrom('a', 'b', 'c', 'd');
const write: fc.Arbitrary<Write> = fc.oneof(
  fc
    .tuple(inGroup, fc.constantFrom('x', 'true', '12'))
    .map(([g, owner]) => on(g, (one) => ({ ...one, tags: { owner } }))),
  fc.tuple(inGroup, fc.boolean()).map(([g, flush]) => on(g, (one) => ({ ...one, flush }))),
  fc
    .tuple(inGroup, ruleName, fc.constantFrom('22', '443'), fc.integer({ min: 100, max: 104 }))
    .map(([g, name, port, priority]) =>
      on(g, (one) => ({
        ...one,
        rules: one.rules.some((each) => each.name === name)
          ? one.rules.map((each) => (each.name === name ? { name, port, priority } : each))
          : [...one.rules, { name, port, priority }],
      })),
    ),
  fc
    .tuple(inGroup, ruleName)
    .map(([g, name]) => on(g, (one) => ({ ...one, rules: one.rules.filter((each) => each.name !== name) }))),
  inGroup.map(
    (name): Write =>
      (state) =>
        new Map([...state].filter(([key]) => key !== name)),
  ),
  inGroup.map(
    (name): Write =>
      (state) =>
        state.has(name) ? state : new Map(state).set(name, { name, tags: {}, flush: true, rules: [] }),
  ),
);
const first: State = new Map(
  ['nsg-a', 'nsg-b'].map((name) => [
    name,
    {
      ...{ name, tags: { owner: 'x' }, flush: false },
      rules: [
        { name: 'a', port: '22', priority: 100 },
        { name: 'b', port: '443', priority: 101 },
      ],
    },
  ]),
);

/** Plays writes an hour apart; the snapshot after all of them, taken back to half an hour behind write `back`. */
function played(writes: readonly Write[], back: number, faultOf: (at: number) => Fault) {
  const states: State[] = [first];
  const rows: Json[] = [];
  const touched = new Set<string>();
  const hidden = new Set<string>();
  for (const [index, change] of writes.entries()) {
    const at = index + 1;
    const was = states.at(-1) ?? first;
    const is = change(was);
    states.push(is);
    for (const name of groups) {
      const [old, now] = [was.get(name), is.get(name)];
      if (JSON.stringify(old) === JSON.stringify(now)) continue;
      rows.push(row(at, idOf(name), old, now, faultOf(at)));
      if (at <= back) continue;
      touched.add(name);
      if (old !== undefined && now !== undefined && faultOf(at) !== 'none') hidden.add(name);
    }
  }
  const now = snapshotOf(states.at(-1) ?? first, writes.length + 1);
  const since = new Date(start + (back + 0.5) * hour).toISOString();
  return { states, touched, hidden, now, since, found: rewound(now, changeRecordsIn(rows), since) };
}
const nameOf = (id: string): string => id.split('/').at(-1) ?? '';

test('with every record it is the snapshot of that time', () => {
  let compared = 0;
  fc.assert(
    fc.property(fc.array(write, { maxLength: 10 }), fc.nat(10), (writes, asked) => {
      const back = Math.min(asked, writes.length);
      const { states, touched, now, since, found } = played(writes, back, () => 'none');
      const then = states[back] ?? first;
      const last = states.at(-1) ?? first;
      // Of what was deleted since, and of what was deleted and made anew, nothing is recorded.
      const lost = groups.filter((name) => {
        const later = states.slice(back);
        return then.has(name) && touched.has(name) && later.some((state) => !state.has(name));
      });
      const gone = lost.filter((name) => !last.has(name));
      expect(found.deleted.map(({ resource }) => nameOf(resource)).sort()).toEqual(gone.sort());
      expect(found.unknown.map(nameOf).sort()).toEqual(lost.filter((name) => last.has(name)).sort());
      const known = new Map([...then].filter(([name]) => !lost.includes(name)));
      const before = { ...snapshotOf(known, back), gaps: found.snapshot.gaps };
      expect(settingChanges(before, found.snapshot)).toEqual([]);
      expect(found.snapshot.takenAt).toBe(since);
      expect(new Set(found.snapshot.resources.map(({ id }) => id)).size).toBe(found.snapshot.resources.length);
      if (touched.size > 0 && settingChanges(before, now).length > 0) compared += 1;
    }),
    { numRuns: 300 },
  );
  expect(compared).toBeGreaterThan(50);
});

test('a record that does not say all makes its resource and its parts unread, and no other', () => {
  let unread = 0;
  fc.assert(
    fc.property(
      fc.array(write, { maxLength: 8 }),
      fc.constantFrom<Fault>('short', 'cut'),
      fc.nat(7),
      (writes, fault, at) => {
        const { states, hidden, now, found } = played(writes, 0, (one) => (one === at + 1 ? fault : 'none'));
        const last = states.at(-1) ?? first;
        for (const name of hidden) {
          // Deleted or created later: nothing, or all, is known of it anyway.
          if (!last.has(name) || states.some((state) => !state.has(name))) continue;
          unread += 1;
          expect(found.unknown.map(nameOf)).toContain(name);
          const isOf = ({ id }: { readonly id: string }) => `${id}/`.startsWith(`${idOf(name)}/`);
          expect(found.snapshot.resources.filter(isOf)).toEqual([]);
          const ids = now.resources.filter(isOf).map(({ id }) => id);
          expect(found.snapshot.gaps.filter(isOf).map(({ id }) => id)).toEqual(ids);
        }
        for (const id of found.unknown) {
          const name = nameOf(id);
          expect(hidden.has(name) || states.some((state) => !state.has(name))).toBe(true);
        }
      },
    ),
    { numRuns: 300 },
  );
  expect(unread).toBeGreaterThan(20);
});
