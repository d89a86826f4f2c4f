// What puts a setting back that drifted, edit by edit, why it cannot be put back, and which change opened or closed which finding.
import { describe, expect, test } from 'vitest';
import { audit } from '../../src/audit/index.ts';
import { type DiffedAudit, diffAudits } from '../../src/model/audit-diff.ts';
import type { WriteRecord } from '../../src/model/change-record.ts';
import type { DriftReport } from '../../src/model/drift.ts';
import type { Outcome } from '../../src/model/finding.ts';
import { isArray, type Json, type JsonObject } from '../../src/model/json.ts';
import { valueAt } from '../../src/model/pointer.ts';
import { nameOf } from '../../src/model/resource-id.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { type SettingChange, wholeChange } from '../../src/model/snapshot-changes.ts';
import { plainText } from '../../src/model/words.ts';
import { driftOf, putBack, settingsBetween } from '../../src/plan/index.ts';
import { driftLines } from '../../src/render/drift-text.ts';
import { rules as allRules } from '../../src/rules/index.ts';
import type { Rule } from '../../src/rules/rule.ts';
import {
  account,
  acls,
  bodies,
  group,
  network,
  registry,
  snapshotOf,
  subnet,
  vault,
  workspace,
} from './small-worlds.ts';

const list = `${acls}/virtualNetworkRules`;
const storage = (networkAcls: Json, more: JsonObject = {}): JsonObject => ({
  ...{ id: account, name: 'st', ...more },
  properties: { networkAcls },
});
const allowing = (name: string, action = 'Allow'): JsonObject => ({ id: `/s/${name}`, action });
const byId = { member: 'id', fold: true };
/** What is not in it does not exist. */
const wholeOf = (resources: readonly JsonObject[]): Snapshot => ({ ...snapshotOf(resources), isWhole: true });
const putBackOf = (was: readonly JsonObject[], is: readonly JsonObject[]) => {
  const [old, now] = [wholeOf(was), wholeOf(is)];
  return putBack(settingsBetween(old, now), old, now);
};
const whole = (before: Json, after: Json) => ({ op: 'set', pointer: list, before, after });

describe('the edits that put back', () => {
  const cases: readonly (readonly [string, Json | undefined, Json | undefined, readonly object[]])[] = [
    [
      'a member of one item: the list, its other items as they are',
      [allowing('a'), allowing('b')],
      [allowing('a', 'Deny'), allowing('b')],
      [whole([allowing('a', 'Deny'), allowing('b')], [allowing('a'), allowing('b')])],
    ],
    [
      'members of two items: the list, once',
      [allowing('a'), allowing('b')],
      [allowing('a', 'Deny'), allowing('b', 'Deny')],
      [whole([allowing('a', 'Deny'), allowing('b', 'Deny')], [allowing('a'), allowing('b')])],
    ],
    [
      'a member of one item, one that is gone and one that is new: the list, once',
      [allowing('a'), allowing('b')],
      [allowing('a', 'Deny'), allowing('c')],
      [whole([allowing('a', 'Deny'), allowing('c')], [allowing('a'), allowing('b')])],
    ],
    [
      'an item that is gone, then a member of another: the item, then the list',
      [allowing('b'), allowing('a')],
      [allowing('a', 'Deny')],
      [
        { op: 'add', pointer: list, after: allowing('b'), key: byId },
        whole([allowing('a', 'Deny'), allowing('b')], [allowing('a'), allowing('b')]),
      ],
    ],
    [
      'an item that is new',
      [allowing('a')],
      [allowing('a'), allowing('b')],
      [{ op: 'remove', pointer: list, before: allowing('b'), key: byId, at: 1 }],
    ],
    [
      'an item of a list that is gone',
      [allowing('a')],
      undefined,
      [{ op: 'add', pointer: list, after: allowing('a'), key: byId, bare: true }],
    ],
    ['a list that is something else now', [allowing('a')], 'none', [whole('none', [allowing('a')])]],
  ];
  test.each(cases)('%s', (_case, was, is, edits) => {
    const body = (rules: Json | undefined) =>
      storage({ defaultAction: 'Deny', ...(rules === undefined ? {} : { virtualNetworkRules: rules }) });
    const found = putBackOf([body(was)], [body(is)]);
    expect(found).toEqual({ changes: [{ kind: 'edit', resource: account, edits, body: null }], refused: [] });
  });

  // Addresses of a record have nothing that names them but themselves.
  const record = `${group}/providers/Microsoft.Network/privateDnsZones/z/A/st`;
  type Addresses = readonly string[] | null | undefined;
  const addresses = (all: Addresses): JsonObject => ({
    ...{ id: record, name: 'st' },
    properties: {
      ttl: 10,
      ...(all === undefined ? {} : { aRecords: all === null ? null : all.map((ipv4Address) => ({ ipv4Address })) }),
    },
  });
  test.each<[string, Addresses, Addresses]>([
    ['one is new', ['10.0.0.4'], ['10.0.0.4', '10.0.0.5']],
    ['the first is new', ['10.0.0.5'], ['10.0.0.4', '10.0.0.5']],
    ['one is gone', ['10.0.0.4', '10.0.0.5'], ['10.0.0.4']],
    // What was there is not in its old place, which means the same.
    ['one is gone, one is new', ['10.0.0.4', '10.0.0.6'], ['10.0.0.5', '10.0.0.4']],
    ['all are gone', ['10.0.0.4', '10.0.0.5'], []],
    ['the list is gone', ['10.0.0.4'], undefined],
    ['the list is new', undefined, ['10.0.0.4', '10.0.0.5']],
    ['the list is new beside an empty one', [], ['10.0.0.4']],
    ['the list was null', null, ['10.0.0.4', '10.0.0.5']],
  ])('a list without a key is written whole: %s', (_case, before, after) => {
    const found = putBackOf([addresses(before)], [addresses(after)]);
    expect(found.refused).toEqual([]);
    const [change] = found.changes;
    const at = '/properties/aRecords';
    const items = (all: Addresses) => valueAt(addresses(all), at);
    const [edit] = change?.edits ?? [];
    expect(found.changes.map(({ edits }) => edits.length)).toEqual([1]);
    expect(edit).toMatchObject({ op: 'set', pointer: at });
    expect(edit?.op === 'set' && edit.before).toEqual(items(after));
    const [is, want] = [edit?.op === 'set' ? edit.after : null, items(before)];
    const sorted = (value: Json | undefined) =>
      isArray(value) ? value.map((one) => JSON.stringify(one)).toSorted() : value;
    // A list that was null is none.
    expect(sorted(is)).toEqual(sorted(want ?? undefined));
  });
  test('of such a list only what is asked for is put back, also where it was not there before', () => {
    const [old, now] = [snapshotOf([addresses(undefined)]), snapshotOf([addresses(['10.0.0.4', '10.0.0.5'])])];
    const one = settingsBetween(old, now).slice(0, 1);
    const after = [{ ipv4Address: '10.0.0.5' }];
    expect(putBack(one, old, now)).toMatchObject({ refused: [], changes: [{ edits: [{ after }] }] });
    // An item of another kind under the same name is replaced where it is.
    const records = (...aRecords: Json[]) => ({ id: record, name: 'st', properties: { aRecords } });
    expect(putBackOf([records('x', 'y')], [records({ name: 'x' }, 'y')])).toMatchObject({
      changes: [{ edits: [{ before: [{ name: 'x' }, 'y'], after: ['x', 'y'] }] }],
    });
  });

  const policy = `${group}/providers/Microsoft.Network/serviceEndpointPolicies/p`;
  const definitions = '/properties/serviceEndpointPolicyDefinitions';
  const definition = (name: string, description: string, ...serviceResources: string[]): JsonObject => ({
    ...{ name, properties: { service: 'Microsoft.Storage', description, serviceResources } },
  });
  const policyOf = (...all: JsonObject[]): JsonObject => ({
    ...{ id: policy, name: 'p', properties: { serviceEndpointPolicyDefinitions: all } },
  });
  test('of an item only what changed is put back; a list within it comes with the whole item', () => {
    const [a, b] = [definition('a', 'of a', '/s/1', '/s/2'), definition('b', 'of b', '/s/3')];
    const said = putBackOf([policyOf(a, b)], [policyOf(definition('a', 'other', '/s/1', '/s/2'), b)]);
    expect(said).toMatchObject({ refused: [], changes: [{ edits: [{ pointer: definitions, after: [a, b] }] }] });
    const listed = putBackOf([policyOf(a, b)], [policyOf(definition('a', 'of a', '/s/1'), b)]);
    expect(listed).toMatchObject({ refused: [], changes: [{ edits: [{ pointer: definitions, after: [a, b] }] }] });
    // What was not asked to be put back stays: of `a` its resources, of `b` everything.
    const [old, now] = [
      snapshotOf([policyOf(a, b)]),
      snapshotOf([policyOf(definition('a', 'other', '/s/9'), definition('b', 'new', '/s/3'))]),
    ];
    const one = settingsBetween(old, now).filter(({ pointer }) => pointer.endsWith('/a/properties/description'));
    expect(one).toHaveLength(1);
    expect(putBack(one, old, now)).toMatchObject({
      refused: [],
      changes: [{ edits: [{ after: [definition('a', 'of a', '/s/9'), definition('b', 'new', '/s/3')] }] }],
    });
  });

  test('what Bastide does not write stays, beside what it writes of the same resource; each is told', () => {
    const of = (minimumTlsVersion: string, bypass: string, kind: string): JsonObject => {
      const body = storage({ bypass, defaultAction: 'Deny' });
      return { ...body, kind, properties: { ...(body.properties as JsonObject), minimumTlsVersion } };
    };
    const [was, is] = [of('TLS1_2', 'None', 'StorageV2'), of('TLS1_0', 'AzureServices', 'Storage')];
    const { changes, refused } = putBackOf([was], [is]);
    expect(changes).toMatchObject([{ resource: account, edits: [{ pointer: `${acls}/bypass`, after: 'None' }] }]);
    expect(refused.map(({ why }) => why)).toEqual([
      expect.stringContaining('/properties/minimumTlsVersion'),
      expect.stringContaining('/kind'),
    ]);
  });

  const changed = (pointer: string): SettingChange => ({
    ...{ resource: account, kind: 'changed', pointer, before: 'a', after: 'b' },
  });
  const moved = [{ resource: account, why: 'The settings of st have moved in its body.' }];
  test.each<[string, string, Json, Json]>([
    ['an item that is gone since', `${list}/~1s~1a/action`, [], [allowing('a')]],
    ['an item that was not there', `${list}/~1s~1a/action`, [allowing('a')], [allowing('b')]],
    ['no list any more', `${list}/~1s~1a/action`, 'none', [allowing('a')]],
    ['no list before', `${list}/~1s~1a/action`, [allowing('a')], 'none'],
  ])('a setting that does not fit the body is not put back: %s', (_case, pointer, is, was) => {
    const [old, now] = [was, is].map((rules) => snapshotOf([storage({ virtualNetworkRules: rules })]));
    expect(putBack([changed(pointer)], old as Snapshot, now as Snapshot)).toEqual({ changes: [], refused: moved });
  });
  test('neither is one whose parent is gone', () => {
    const [old, now] = [snapshotOf([storage({ bypass: 'None' })]), snapshotOf([storage('none')])];
    expect(putBack([changed(`${acls}/bypass`)], old, now)).toEqual({ changes: [], refused: moved });
    expect(putBack([changed(`${acls}/bypass`)], now, old)).toEqual({
      changes: [expect.objectContaining({ edits: [{ op: 'set', pointer: `${acls}/bypass`, before: 'None', at: 0 }] })],
      refused: [],
    });
  });
});

/** On record a day after the older snapshot. */
const recorded = (settings: readonly SettingChange[]) =>
  settings.map((one) => ({
    ...one,
    authors: [{ by: 'anna', at: '2026-01-03T03:04:05Z', record: 'r', entry: null } as never],
  }));
describe('what is created and deleted', () => {
  const net = (...names: string[]): JsonObject => ({
    ...bodies.network,
    properties: { subnets: names.map((name) => ({ id: `${network}/subnets/${name}`, name, properties: {} })) },
  });
  const part: JsonObject = { ...bodies.subnet, properties: { addressPrefix: '10.0.0.0/24' } };
  const kinds = (was: readonly JsonObject[], is: readonly JsonObject[]) => {
    const [old, now] = [wholeOf(was), wholeOf(is)];
    const { changes } = putBack(recorded(settingsBetween(old, now)), old, now);
    return changes.map(({ kind, resource }) => `${kind} ${nameOf(resource)}`);
  };
  const zone = `${group}/providers/Microsoft.Network/privateDnsZones/z`;
  const link = { id: `${zone}/virtualNetworkLinks/l`, name: 'l', properties: { virtualNetwork: { id: network } } };
  const table = `${group}/providers/Microsoft.Network/routeTables/rt`;
  const route = (name: string): JsonObject => ({
    ...{ id: `${table}/routes/${name}`, name, properties: { addressPrefix: '0.0.0.0/0', nextHopType: 'Internet' } },
  });
  const routes = (...all: JsonObject[]): JsonObject => ({ id: table, name: 'rt', properties: { routes: all } });
  test('a part is written with the whole that lists it, and alone where none does', () => {
    expect(kinds([routes(route('a')), route('a')], [])).toEqual(['create rt']);
    expect(kinds([], [routes(route('a')), route('a')])).toEqual(['delete rt']);
    expect(kinds([routes(route('b')), route('a')], [])).toEqual(['create rt', 'create a']);
    expect(kinds([routes(), route('A')], [])).toEqual(['create rt', 'create A']);
    expect(kinds([routes(route('A')), route('a')], [])).toEqual(['create rt']);
    expect(kinds([{ id: table, name: 'rt', properties: {} }, route('a')], [])).toEqual(['create rt', 'create a']);
    // The table is still there.
    expect(kinds([routes(), route('a')], [routes()])).toEqual(['create a']);
    expect(kinds([routes()], [routes(), route('a')])).toEqual(['delete a']);
    // The part was there all the time: the whole listed it.
    expect(kinds([routes(route('a'))], [route('a')])).toEqual(['create rt']);
  });
  test('creations first, then edits, deletions last', () => {
    const was = [storage({ defaultAction: 'Deny' }), link];
    const is = [route('a'), storage({ defaultAction: 'Allow' })];
    expect(kinds(was, is)).toEqual(['create l', 'edit st', 'delete a']);
    expect(kinds(is, was)).toEqual(['create a', 'edit st', 'delete l']);
    const [old, now] = [wholeOf(was), wholeOf(is)];
    const { changes } = putBack(recorded(settingsBetween(old, now)).toReversed(), old, now);
    expect(changes.map(({ kind }) => kind)).toEqual(['create', 'edit', 'delete']);
  });
  test('what is gone from both is nothing to do', () => {
    const one: SettingChange = { resource: account, kind: 'deleted', pointer: '', before: null, after: null };
    expect(putBack([one], snapshotOf([]), snapshotOf([]))).toEqual({ changes: [], refused: [] });
    const item: SettingChange = { ...one, kind: 'changed', pointer: `${list}/~1s~1x` };
    const there = snapshotOf([storage({ virtualNetworkRules: [allowing('a')] })]);
    expect(putBack([item], there, there)).toEqual({ changes: [], refused: [] });
  });
  test('what Bastide does not write, or did not keep, is refused with the reason, and the rest is put back', () => {
    const cut = '[secret not kept]';
    const [held, open] = [storage({ defaultAction: 'Deny' }), storage({ defaultAction: 'Allow' })];
    const secret = { id: vault, name: 'kv', properties: { vaultUri: cut } };
    const contains = (name: string) => [
      { resource: expect.stringMatching(`/${name}$`), why: `${name} contains secrets, which are not kept.` },
    ];
    expect(putBackOf([secret, held], [open])).toMatchObject({
      refused: contains('kv'),
      changes: [{ kind: 'edit', resource: account }],
    });
    const named = (name: string) => ({ ...secret, properties: { networkAcls: { bypass: name } } });
    expect(putBackOf([named(cut), held], [named('None'), open])).toMatchObject({
      refused: contains('kv'),
      changes: [{ kind: 'edit', resource: account }],
    });
    // Each is told.
    const both = [{ ...secret, id: `${vault}0` }, secret];
    expect(putBackOf(both, []).refused).toEqual([...contains('kv0'), ...contains('kv')]);
    const drifted = putBackOf([part, net('snet'), held], [part, { ...net('snet'), location: 'west' }, open]);
    expect(drifted.refused.map(({ why }) => why)).toEqual([
      `Bastide does not write a virtual network (edit of ${network}).`,
    ]);
    expect(drifted.changes.map(({ resource }) => resource)).toEqual([account]);
  });
});

test('what the service computes or spells in its own way is no setting', () => {
  const nsg = `${group}/providers/Microsoft.Network/networkSecurityGroups/n`;
  const rule = (protocol: string, access: string): JsonObject => ({ name: 'a', properties: { protocol, access } });
  const between = (before: JsonObject, after: JsonObject) =>
    settingsBetween(
      snapshotOf([{ id: nsg, name: 'n', properties: before }]),
      snapshotOf([{ id: nsg, name: 'n', properties: after }]),
    ).map(({ pointer }) => pointer);
  const at = '/properties/securityRules/a/properties';
  expect(between({ subnets: [] }, { subnets: [{ id: subnet }] })).toEqual([]);
  expect(between({ securityRules: [rule('tcp', 'Allow')] }, { securityRules: [rule('Tcp', 'Allow')] })).toEqual([]);
  // In a list that differs, each difference is one.
  expect(between({ securityRules: [rule('tcp', 'Allow')] }, { securityRules: [rule('Tcp', 'Deny')] })).toEqual([
    `${at}/protocol`,
    `${at}/access`,
  ]);
  expect(between({ flushConnection: false }, { flushConnection: true })).toEqual(['/properties/flushConnection']);
});

describe('a change and its findings', () => {
  const isOpen = (body: Json | undefined): boolean => valueAt(body ?? null, `${acls}/defaultAction`) === 'Allow';
  const services = [account, vault] as const;
  /** By how many of two services are open. */
  const ruleOf = (id: string, outcomes: readonly [Outcome, Outcome, Outcome]): Rule => ({
    ...(allRules[0] as Rule),
    ...{ id: `x.${id}`, strategyScope: 'workspace', gates: [] },
    subjects: () => [{ resource: workspace }],
    check: (_subject, { index }) => {
      const open = services.filter((one) => isOpen(index.get(one)?.body)).length;
      return { outcome: outcomes[open] ?? 'unknown', because: `${open} open.` };
    },
  });
  const either = ruleOf('either', ['pass', 'fail', 'fail']);
  const both = ruleOf('both', ['pass', 'pass', 'fail']);
  const never = ruleOf('never', ['fail', 'fail', 'fail']);
  const unread = ruleOf('unread', ['pass', 'unknown', 'unknown']);
  const known = ruleOf('known', ['unknown', 'unknown', 'fail']);
  const world = (first: string, second: string, more: readonly JsonObject[] = []) =>
    snapshotOf([
      bodies.workspace,
      storage({ defaultAction: first, bypass: 'None' }),
      { id: vault, name: 'kv', properties: { networkAcls: { defaultAction: second } } },
      ...more,
    ]);
  const compared = (old: Snapshot, now: Snapshot, rules: readonly Rule[], more: object = {}) => {
    const side = (one: Snapshot): DiffedAudit => ({
      side: { name: '', kind: 'scan', takenAt: null, workspace: null },
      ...{ findings: audit(one, rules, 'all').findings, isComplete: true, reading: { failed: [], missing: [] } },
    });
    return driftOf({
      ...{ old, now, since: { name: 'then', at: null }, entries: [], own: [], rules, profile: 'all' },
      records: { records: [], unread: null },
      diff: diffAudits(side(old), side(now), null),
      ...more,
    });
  };
  const told = ({ changes }: DriftReport) => {
    const names = (ids: readonly string[] = []) => ids.map((id) => id.split('@')[0]).join(' ');
    return changes.map(({ target, opened, closed }) => [nameOf(target), names(opened), names(closed)]);
  };
  const rules = [either, both, never, unread, known];

  test('a change opened what passes without it, or else what fails with it alone', () => {
    expect(told(compared(world('Deny', 'Deny'), world('Allow', 'Allow'), rules))).toEqual([
      ['st', 'x.both x.either', ''],
      ['kv', 'x.both x.either', ''],
    ]);
    expect(told(compared(world('Deny', 'Deny'), world('Allow', 'Deny'), rules))).toEqual([['st', 'x.either', '']]);
    expect(told(compared(world('Deny', 'Allow'), world('Allow', 'Allow'), rules))).toEqual([['st', 'x.both', '']]);
  });
  test('and closed what fails without it, or else what no longer fails with it alone', () => {
    expect(told(compared(world('Allow', 'Allow'), world('Deny', 'Deny'), rules))).toEqual([
      ['st', '', 'x.either x.both'],
      ['kv', '', 'x.either x.both'],
    ]);
    expect(told(compared(world('Allow', 'Deny'), world('Deny', 'Deny'), rules))).toEqual([['st', '', 'x.either']]);
    expect(told(compared(world('Allow', 'Allow'), world('Deny', 'Allow'), rules))).toEqual([['st', '', 'x.both']]);
  });
  test('one opens, another closes, a third does neither', () => {
    const only = (id: string, service: string, outcome: Outcome): Rule => ({
      ...either,
      id: `x.${id}`,
      check: (_subject, { index }) => ({
        ...{ outcome: isOpen(index.get(service)?.body) ? outcome : outcome === 'fail' ? 'pass' : 'fail', because: 'x' },
      }),
    });
    const [old, now] = [
      world('Deny', 'Deny', [{ id: registry, name: 'acr', properties: { adminUserEnabled: false } }]),
      world('Allow', 'Allow', [{ id: registry, name: 'acr', properties: { adminUserEnabled: true } }]),
    ];
    expect(told(compared(old, now, [only('a', account, 'fail'), only('b', vault, 'pass')]))).toEqual([
      ['st', 'x.a', ''],
      ['kv', '', 'x.b'],
      ['acr', '', ''],
    ]);
    // What becomes unknown is told beside the changes, and opened by none.
    expect(told(compared(old, now, [unread])).map(([, ...found]) => found)).toEqual([
      ['', ''],
      ['', ''],
      ['', ''],
    ]);
  });
  test('of more than 60 changes no cause is told', () => {
    const accounts = (count: number, kind: string): JsonObject[] =>
      Array.from({ length: count }, (_, at) => ({
        ...{ id: `${account}${at}`, name: `st${at}`, properties: { accessTier: kind } },
      }));
    const of = (count: number) =>
      told(
        compared(world('Deny', 'Deny', accounts(count, 'Hot')), world('Allow', 'Deny', accounts(count, 'Cool')), [
          either,
        ]),
      );
    expect(of(59)).toHaveLength(60);
    expect(of(59).slice(0, 2)).toEqual([
      ['st', 'x.either', ''],
      ['st0', '', ''],
    ]);
    expect(of(60)).toHaveLength(61);
    expect(of(60)[0]).toEqual(['st', '', '']);
    // Not computed is no statement, and none is made of it.
    const many = compared(world('Deny', 'Deny', accounts(60, 'Hot')), world('Allow', 'Deny', accounts(60, 'Cool')), [
      either,
    ]);
    expect(many.changes.flatMap(({ opened, closed }) => [opened, closed].filter(Boolean))).toEqual([]);
    expect(driftLines(many).map(plainText)).toContain('Opened (by which of 61 changes was not computed)');
  });

  test('the report: its ends, what is not known, and what was deleted since', () => {
    const [old, now] = [world('Deny', 'Deny'), { ...world('Allow', 'Deny'), takenAt: '2026-01-03T00:00:00.000Z' }];
    const gone: SettingChange = { resource: registry, kind: 'deleted', pointer: '', before: null, after: null };
    const found = compared(old, now, [either], {
      records: { records: [], unread: 'The records could not be read.' },
      unknown: [subnet],
      deleted: [gone],
    });
    expect(found).toMatchObject({
      ...{ workspace, since: { name: 'then', at: null }, until: '2026-01-03T00:00:00.000Z' },
      notes: [
        'The records could not be read.',
        'vnet/snet changed, but its change records are incomplete: what changed is not known, and its findings may be older.',
      ],
      opened: [{ id: `x.either@${workspace.toLowerCase()}`, outcome: 'fail' }],
      closed: [],
      changes: [
        { target: account, author: null, notRestorable: null, settings: [{ pointer: `${acls}/defaultAction` }] },
        { target: registry, author: null, notRestorable: null, settings: [{ kind: 'deleted' }] },
      ],
    });
    expect(compared(old, now, [either]).notes).toEqual([]);
  });

  test('each author has a change of its own, and the last one of several is its author', () => {
    const record = (id: string, at: string, path: string, before: string, after: string): WriteRecord => ({
      ...{ id, at, target: account, kind: 'changed', changedBy: id, changedByType: 'User', client: 'Azure Portal' },
      ...{ operation: null, correlation: null, values: [{ path, before, after, isCut: false }], isCut: false },
    });
    const [old, now] = [
      snapshotOf([storage({ defaultAction: 'Deny', bypass: 'None' }, { location: 'a' })]),
      snapshotOf([storage({ defaultAction: 'Allow', bypass: 'Logging' }, { location: 'c' })], {
        takenAt: '2026-01-03T00:00:00.000Z',
      }),
    ];
    const records = [
      record('one', '2026-01-02T10:00:00.000Z', 'properties.networkAcls.defaultAction', 'Deny', 'Allow'),
      record('two', '2026-01-02T11:00:00.000Z', 'properties.networkAcls.bypass', 'None', 'Logging'),
      record('one', '2026-01-02T12:00:00.000Z', 'location', 'a', 'b'),
      record('three', '2026-01-02T13:00:00.000Z', 'location', 'b', 'c'),
    ];
    const found = compared(old, now, [], { records: { records, unread: null } });
    expect(
      found.changes.map(({ author, settings }) => [author?.changedBy, settings.map(({ pointer }) => pointer)]),
    ).toEqual([
      ['three', ['/location']],
      ['one', [`${acls}/defaultAction`]],
      ['two', [`${acls}/bypass`]],
    ]);
  });
});

test('what came into sight is deleted only where a record or a list shows that it was created since', () => {
  const table = {
    id: `${group}/providers/Microsoft.Network/routeTables/rt-old`,
    location: 'westeurope',
    properties: { routes: [] },
  } as JsonObject;
  const [old, now] = [snapshotOf([]), snapshotOf([table])];
  // By the snapshots alone nothing is said.
  expect(settingsBetween(old, now)).toEqual([]);
  const change = wholeChange(String(table.id), 'created');
  const at = (minutes: number): string => new Date(Date.parse(old.takenAt) + minutes * 60_000).toISOString();
  const by = (minutes: number) => ({ by: 'anna', at: at(minutes), record: 'r', entry: null }) as never;
  const author = by(10);
  const of = (authors: readonly never[], before: Snapshot, is = now) =>
    putBack([{ ...change, authors } as SettingChange], before, is);
  const made = (minutes: number) => snapshotOf([{ ...table, systemData: { createdAt: at(minutes) } }]);
  expect(of([], old)).toEqual({
    changes: [],
    refused: [expect.objectContaining({ why: expect.stringMatching(/rt-old existed before is not known/) })],
  });
  expect(of([author], old)).toMatchObject({ changes: [{ kind: 'delete' }], refused: [] });
  const lists = [{ id: `${group}/providers/Microsoft.Network/routeTables`, members: [] }];
  expect(of([], { ...old, collections: lists })).toMatchObject({ changes: [{ kind: 'delete' }], refused: [] });
  expect(of([], old, made(10))).toMatchObject({ changes: [{ kind: 'delete' }], refused: [] });
  // Clocks differ: near the time of the scan it may have been there. What is older than the scan was not created since, list or not.
  for (const found of [
    of([by(-4)], old),
    of([by(2)], old),
    of([], old, made(2)),
    of([author], { ...old, collections: lists }, made(-10)),
  ])
    expect(found).toEqual({
      changes: [],
      refused: [expect.objectContaining({ why: expect.stringMatching(/rt-old existed before is not known/) })],
    });
});
test('a part that came into sight is deleted only where its whole lists its parts, or came with it', () => {
  const endpoint = { id: `${group}/providers/Microsoft.Network/privateEndpoints/pe`, properties: {} } as JsonObject;
  const zoneGroup = {
    id: `${group}/providers/Microsoft.Network/privateEndpoints/pe/privateDnsZoneGroups/default`,
    properties: { privateDnsZoneConfigs: [] },
  } as JsonObject;
  const [old, now] = [snapshotOf([endpoint]), snapshotOf([endpoint, zoneGroup])];
  const change = { resource: `${zoneGroup.id}`, kind: 'created', pointer: '', before: null, after: null } as const;
  expect(putBack([change], old, now)).toEqual({
    changes: [],
    refused: [expect.objectContaining({ why: expect.stringMatching(/is not known/) })],
  });
  const whole = { ...change, resource: `${endpoint.id}` };
  const lists = [{ id: `${group}/providers/Microsoft.Network/privateEndpoints`, members: [] }];
  const before = { ...snapshotOf([]), collections: lists };
  expect(putBack([whole, change], before, now).refused).toEqual([]);
});
