// Who changed a setting: with every record at hand each author is found; with records missing, late or cut a name is given only where
// that caller did change the setting from the value before to the value now.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { attribute } from '../../src/model/attribution.ts';
import { changeRecordsIn, type WriteRecord } from '../../src/model/change-record.ts';
import { settingAuthorWords } from '../../src/model/drift-words.ts';
import { isArray, isObject, type Json, type JsonObject } from '../../src/model/json.ts';
import type { Resource } from '../../src/model/resource.ts';
import { sameAsText, valueAtKeys } from '../../src/model/rewind.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { settingChanges } from '../../src/model/snapshot-changes.ts';

const group = '/subscriptions/s/resourceGroups/rg/providers/Microsoft.Network/networkSecurityGroups/nsg';
const start = Date.parse('2026-11-28T10:00:00Z');
const hour = 3_600_000;

function snapshotOf(body: JsonObject, at: number): Snapshot {
  const rules = (body.properties as { readonly securityRules?: readonly JsonObject[] }).securityRules ?? [];
  const resource = (id: string, own: JsonObject): Resource => ({ id, type: '', apiVersion: '', body: own });
  return {
    ...{ schema: 'bastide/snapshot/v1', id: String(at), takenAt: new Date(at).toISOString() },
    ...{ source: { kind: 'demo', name: 'demo:test' }, workspace: null, identity: null, requests: 0, collections: [] },
    ...{ permissions: [], gaps: [], intents: {} },
    resources: [resource(group, body), ...rules.map((rule) => resource(`${group}/securityRules/${rule.name}`, rule))],
  } as Snapshot;
}

/** The scalars of a body by path, as the service lists them; written apart from what is tested. */
function scalars(value: Json, path = ''): [string, string][] {
  if (isArray(value) && value.length > 0) return value.flatMap((item, at) => scalars(item, `${path}[${at}]`));
  if (isObject(value) && Object.keys(value).length > 0)
    return Object.entries(value).flatMap(([name, item]) => scalars(item, path === '' ? name : `${path}.${name}`));
  return value === null ? [] : [[path, typeof value === 'string' ? value : JSON.stringify(value)]];
}

interface Disturbance {
  readonly kind: 'whole' | 'missing' | 'cut' | 'short';
}
function recordRow(at: number, by: string, was: JsonObject, is: JsonObject, { kind }: Disturbance): Json {
  const [old, now] = [new Map(scalars(was)), new Map(scalars(is))];
  const paths = [...new Set([...old.keys(), ...now.keys()])].filter((path) => old.get(path) !== now.get(path));
  const shown = kind === 'short' ? paths.slice(0, -1) : paths;
  const cut = (text: string | undefined) => (text === undefined ? 'null' : kind === 'cut' ? text.slice(0, 2) : text);
  return {
    id: `${group}/providers/Microsoft.Resources/changes/${at}`.toLowerCase(),
    properties: {
      targetResourceId: group.toUpperCase().replace('/SUBSCRIPTIONS/S', '/subscriptions/s'),
      changeType: 'Update',
      changeAttributes: {
        ...{ timestamp: new Date(at).toISOString(), changedBy: by, changedByType: 'User', clientType: 'Azure Portal' },
        changesCount: paths.length,
      },
      changes: Object.fromEntries(
        shown.map((path) => [
          path,
          {
            ...{ previousValue: cut(old.get(path)), newValue: cut(now.get(path)) },
            propertyChangeType: !old.has(path) ? 'Insert' : now.has(path) ? 'Update' : 'Remove',
            ...(kind === 'cut' ? { isTruncated: 'true' } : {}),
          },
        ]),
      ),
    },
  };
}

const rule = (name: string, access: string, port: string): JsonObject => ({
  name,
  id: `${group}/securityRules/${name}`,
  properties: { access, destinationPortRange: port, priority: 100 },
});
type Write = (body: JsonObject) => JsonObject;
const withRules =
  (change: (rules: readonly JsonObject[]) => readonly JsonObject[]): Write =>
  (body) => {
    const properties = body.properties as JsonObject;
    return { ...body, properties: { ...properties, securityRules: change(properties.securityRules as JsonObject[]) } };
  };
const names = ['a', 'b', 'c', 'd'];
const write: fc.Arbitrary<Write> = fc.oneof(
  fc.constantFrom('x', 'y', 'z').map(
    (owner): Write =>
      (body) => ({ ...body, tags: { owner, 'a.b': owner } }),
  ),
  fc
    .tuple(fc.constantFrom(...names), fc.constantFrom('Allow', 'Deny'), fc.constantFrom('22', '443'))
    .map(([name, access, port]) =>
      withRules((rules) => rules.map((one) => (one.name === name ? rule(name, access, port) : one))),
    ),
  fc
    .tuple(fc.constantFrom(...names), fc.nat(4))
    .map(([name, at]) =>
      withRules((rules) =>
        rules.some((one) => one.name === name) ? rules : rules.toSpliced(at, 0, rule(name, 'Allow', '22')),
      ),
    ),
  fc.constantFrom(...names).map((name) => withRules((rules) => rules.filter((one) => one.name !== name))),
);
const kinds = fc.constantFrom<Disturbance['kind']>('whole', 'whole', 'whole', 'missing', 'cut', 'short');
const acts = fc.array(fc.record({ write, kind: kinds, by: fc.constantFrom('anna', 'pipeline', 'identity') }), {
  maxLength: 7,
});
const first: JsonObject = {
  id: group,
  tags: { owner: 'x', 'a.b': 'x' },
  properties: { securityRules: [rule('a', 'Allow', '22'), rule('b', 'Deny', '443')], flushConnection: false },
};

/** Plays the writes, an hour apart, and attributes what differs in the end. */
function played(list: readonly { readonly write: Write; readonly kind: Disturbance['kind']; readonly by: string }[]) {
  const bodies: JsonObject[] = [first];
  const rows: Json[] = [];
  for (const [at, one] of list.entries()) {
    const was = bodies.at(-1) ?? first;
    const is = one.write(was);
    bodies.push(is);
    if (one.kind !== 'missing' && JSON.stringify(is) !== JSON.stringify(was))
      rows.push(recordRow(start + (at + 1) * hour, one.by, was, is, { kind: one.kind }));
  }
  const old = snapshotOf(first, start);
  const now = snapshotOf(bodies.at(-1) ?? first, start + (list.length + 1) * hour);
  const records: readonly WriteRecord[] = changeRecordsIn(rows);
  const settings = settingChanges(old, now);
  return { bodies, found: attribute({ old, now, settings, records, unread: null, entries: [], own: [] }) };
}
/** The writes, from 0, that changed a setting. */
function truthOf(bodies: readonly JsonObject[], resource: string, pointer: string, isWhole: boolean): number[] {
  const path = resource === group ? pointer : `/properties/securityRules/${resource.split('/').at(-1)}${pointer}`;
  const values = bodies.map((body) => valueAtKeys(body, path));
  return values.slice(1).flatMap((value, at) => {
    const was = values[at] ?? null;
    const differs = isWhole ? (value === null) !== (was === null) : !sameAsText(value, was);
    return differs ? [at] : [];
  });
}
const timeOf = (at: number) => new Date(start + (at + 1) * hour).toISOString();

test('with every record each change has exactly its authors', () => {
  fc.assert(
    fc.property(acts, (list) => {
      const whole = list.map((one) => ({ ...one, kind: 'whole' as const }));
      const { bodies, found } = played(whole);
      for (const { setting } of found) {
        const truth = truthOf(bodies, setting.resource, setting.pointer, setting.kind !== 'changed');
        expect(setting.unknown).toBeNull();
        expect(setting.authors.map(({ at, changedBy }) => [at, changedBy])).toEqual(
          truth.map((at) => [timeOf(at), whole[at]?.by]),
        );
      }
    }),
    { numRuns: 120 },
  );
});

test('with records missing or cut an author is unknown, or made that change', () => {
  let [known, unknown] = [0, 0];
  fc.assert(
    fc.property(acts, (list) => {
      const { bodies, found } = played(list);
      for (const { setting } of found) {
        expect(setting.authors.length === 0).toBe(setting.unknown !== null);
        if (setting.unknown === null) known += 1;
        else unknown += 1;
        const truth = truthOf(bodies, setting.resource, setting.pointer, setting.kind !== 'changed');
        const could = truth.map((at) => `${timeOf(at)} ${list[at]?.by}`);
        for (const { at, changedBy } of setting.authors) expect(could).toContain(`${at} ${changedBy}`);
      }
    }),
    { numRuns: 250, seed: 7 },
  );
  expect(known).toBeGreaterThan(30);
  expect(unknown).toBeGreaterThan(30);
});

test('what a cut record or a cut value may hide has no author, though older records lead to the value', () => {
  const owner =
    (name: string): Write =>
    (body) => ({ ...body, tags: { owner: name, 'a.b': name } });
  const told = (...list: Parameters<typeof played>[0]) => played(list).found.map(({ setting }) => setting.authors);
  const back = { write: owner('y'), kind: 'missing', by: 'eve' } as const;
  const wrote = { write: owner('y'), kind: 'whole', by: 'anna' } as const;
  // The record of the second write does not list both tags; the third write has none.
  expect(told(wrote, { write: owner('z'), kind: 'short', by: 'ben' }, back)).toEqual([[], []]);
  // The text that is left of the value is the value that an unrecorded write set.
  expect(told({ write: owner('yes'), kind: 'cut', by: 'anna' }, { ...back, write: owner('ye') })).toEqual([[], []]);
  expect(told(wrote).map((authors) => authors.map(({ changedBy }) => changedBy))).toEqual([['anna'], ['anna']]);
});

test('writes within the minutes around the first read are laid on nobody who did not make the change after it', () => {
  let known = 0;
  fc.assert(
    fc.property(acts, acts, (earlier, later) => {
      const all = [...earlier, ...later].map((one) => ({ ...one, kind: 'whole' as const }));
      const bodies: JsonObject[] = [first];
      const rows: Json[] = [];
      const second = 1000;
      for (const [at, one] of all.entries()) {
        const was = bodies.at(-1) ?? first;
        const is = one.write(was);
        bodies.push(is);
        if (JSON.stringify(is) !== JSON.stringify(was)) {
          rows.push(recordRow(start + (at + 1) * second, one.by, was, is, { kind: 'whole' }));
        }
      }
      // The clocks agree, which the attribution does not know: the first read is between the two lists of writes.
      const old = snapshotOf(bodies[earlier.length] ?? first, start + earlier.length * second + second / 2);
      const now = snapshotOf(bodies.at(-1) ?? first, start + (all.length + 1) * second);
      const records = changeRecordsIn(rows);
      const settings = settingChanges(old, now);
      const found = attribute({ old, now, settings, records, unread: null, entries: [], own: [] });
      for (const { setting } of found) {
        const isWhole = setting.kind !== 'changed';
        const truth = truthOf(bodies.slice(earlier.length), setting.resource, setting.pointer, isWhole);
        const made = truth.map((at) => new Date(start + (earlier.length + at + 1) * second).toISOString());
        known += setting.authors.length;
        for (const { at } of setting.authors) expect(made).toContain(at);
        // The last one is who made it what it is.
        if (setting.unknown === null) expect(setting.authors.at(-1)?.at).toBe(made.at(-1));
      }
    }),
    { numRuns: 200, seed: 11 },
  );
  expect(known).toBeGreaterThan(100);
});

describe('the owner tag of one group', () => {
  const minute = 60_000;
  interface Timeline {
    /** Minute, caller and value of each write. */
    readonly writes: readonly (readonly [at: number, by: string, owner: string])[];
    /** Minutes of the two scans, and those that their clock said. */
    readonly old?: readonly [at: number, said: number];
    readonly now?: readonly [at: number, said: number];
    /** Minutes whose record is not there yet. */
    readonly late?: readonly number[];
    /** Rows besides. */
    readonly more?: readonly Json[];
  }
  const bodyWith = (owner: string): JsonObject => ({ ...first, tags: { owner } });
  const row = (at: number, by: string, was: string, is: string): Json =>
    recordRow(start + at * minute, by, bodyWith(was), bodyWith(is), { kind: 'whole' });
  function told({ writes, old = [0, 0], now = [600, 600], late = [], more = [] }: Timeline): string {
    const valueAtMinute = (minutes: number) => writes.findLast(([at]) => at <= minutes)?.[2] ?? 'x';
    const rows = writes.map(([at, by, is], index) => row(at, by, writes[index - 1]?.[2] ?? 'x', is));
    const [before, after] = [
      snapshotOf(bodyWith(valueAtMinute(old[0])), start + old[1] * minute),
      snapshotOf(bodyWith(valueAtMinute(now[0])), start + now[1] * minute),
    ];
    const found = attribute({
      ...{ old: before, now: after, settings: settingChanges(before, after), unread: null, entries: [], own: [] },
      records: changeRecordsIn([...more, ...rows.filter((_row, index) => !late.includes(writes[index]?.[0] ?? 0))]),
    });
    return found
      .map(({ setting: { authors, unknown } }) =>
        unknown === null ? authors.map(({ changedBy }) => changedBy).join(' > ') : '?',
      )
      .join(', ');
  }

  test.each<readonly [string, Timeline, string]>([
    [
      'two callers in one minute',
      {
        writes: [
          [60, 'anna', 'y'],
          [60.4, 'ben', 'z'],
        ],
      },
      'anna > ben',
    ],
    [
      'there and back',
      {
        writes: [
          [60, 'anna', 'y'],
          [90, 'ben', 'x'],
        ],
      },
      '',
    ],
    [
      'there, back, and there again',
      {
        writes: [
          [60, 'anna', 'y'],
          [90, 'ben', 'x'],
          [95, 'cleo', 'y'],
        ],
      },
      'anna > ben > cleo',
    ],
    [
      'the last record is late',
      {
        writes: [
          [60, 'anna', 'y'],
          [90, 'ben', 'z'],
        ],
        late: [90],
      },
      '?',
    ],
    [
      'the first record is late',
      {
        writes: [
          [60, 'anna', 'y'],
          [90, 'ben', 'z'],
        ],
        late: [60],
      },
      '?',
    ],
    ['all records are late', { writes: [[60, 'anna', 'y']], late: [60] }, '?'],
    ['a clock that is fast at the first scan', { writes: [[10, 'anna', 'y']], old: [0, 30] }, '?'],
    [
      'a clock that is slow at the first scan',
      {
        writes: [
          [10, 'anna', 'y'],
          [60, 'ben', 'z'],
        ],
        old: [20, 0],
      },
      '?',
    ],
    ['a clock that is slow at the last scan', { writes: [[60, 'anna', 'y']], now: [80, 50] }, '?'],
    [
      'a clock that is slow at the last scan, and the value was there before',
      {
        writes: [
          [60, 'anna', 'y'],
          [100, 'ben', 'x'],
          [130, 'cleo', 'y'],
        ],
        now: [140, 80],
      },
      '?',
    ],
    [
      'writes after the last scan',
      {
        writes: [
          [60, 'anna', 'y'],
          [300, 'ben', 'z'],
        ],
        now: [200, 200],
      },
      'anna',
    ],
    [
      'a record of a resource whose id begins like this one',
      {
        writes: [[60, 'anna', 'y']],
        late: [60],
        more: [{ ...(row(60, 'ben', 'x', 'y') as JsonObject), id: '/other' }].map(renamed),
      },
      '?',
    ],
  ])('%s', (_what, timeline, expected) => {
    expect(told(timeline)).toBe(expected);
  });

  /** The record of the group `nsg2`, beside `nsg`. */
  function renamed(record: Json): Json {
    const { properties, ...rest } = record as { readonly properties: JsonObject };
    return { ...rest, properties: { ...properties, targetResourceId: `${group}2` } };
  }

  test('a remediation by Azure itself is said as that, and not laid on the caller before', () => {
    const change = { kind: 'changed', resource: group, pointer: '/tags/owner', before: 'x', after: 'y' } as const;
    const [system] = changeRecordsIn([row(60, 'System', 'x', 'y')]);
    const author = {
      ...{ changedBy: system?.changedBy ?? null, changedByType: 'System', client: null, operation: null },
      ...{ at: system?.at ?? '', entry: null, record: null },
    };
    expect(settingAuthorWords({ ...change, authors: [author], unknown: null })).toBe(
      'by Azure itself, 2026-11-28 11:00 UTC',
    );
    expect(
      told({
        writes: [
          [60, 'anna', 'y'],
          [90, 'System', 'x'],
          [95, 'anna', 'y'],
        ],
        late: [95],
      }),
    ).toBe('?');
    expect(
      told({
        writes: [
          [60, 'anna', 'y'],
          [90, 'System', 'z'],
        ],
      }),
    ).toBe('anna > System');
  });
});
