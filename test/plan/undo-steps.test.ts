// Single steps undone and repeated on small snapshots: what is sent, what differs since, what is not restored and why; and how exactly
// a change can be undone at all.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Change, invertChange } from '../../src/model/change.ts';
import { applyEdits, type Edit } from '../../src/model/edit.ts';
import { type Entry, type EntryStep, mayBeUndone } from '../../src/model/entry.ts';
import { type UndoClass, worstUndo } from '../../src/model/finding.ts';
import { type Json, type JsonObject, sameJson } from '../../src/model/json.ts';
import { valueAt } from '../../src/model/pointer.ts';
import { typeOf } from '../../src/model/resource-id.ts';
import { cutSecret } from '../../src/model/secrets.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { effectsIn, irreversibleIn, namesNothing } from '../../src/plan/effects.ts';
import { lockedOutAddresses } from '../../src/plan/lockout.ts';
import { applyChange, resourceIn } from '../../src/plan/simulate.ts';
import { redoPlan, type UndoPlanResult, undoPlan } from '../../src/plan/undo.ts';
import { undoClassOf, undoLimitsOf } from '../../src/plan/undo-class.ts';
import { keptBy, lostBy, sameWhole } from '../../src/plan/whole.ts';
import { connectionState, openAcls, resourceTypeOf } from '../../src/resource-types/index.ts';
import { downTo } from '../../src/session/undo.ts';
import {
  account,
  acls,
  addIp,
  addSubnet,
  bodies,
  closing,
  created,
  deleted,
  edit,
  group,
  lock,
  network,
  plain,
  registry,
  removeIp,
  set,
  snapshotOf,
  subnet,
  vault,
  workspace,
} from './small-worlds.ts';
import { resourceOf } from './worlds.ts';

const entryOf = (changes: readonly Change[], more: Partial<Entry> = {}, found?: EntryStep['found']): Entry => ({
  ...{
    id: 'e-1',
    at: '',
    by: '',
    verb: 'fix',
    findings: [],
    resources: [],
    state: 'done',
    line: '',
    workspace,
    rehearsal: null,
  },
  ...{ undoes: null, undoneBy: null, redoes: null },
  steps: changes.map((change) => ({
    ...{
      resource: change.resource,
      change,
      findings: ['f@x'],
      state: 'done',
      verified: true,
      requestId: null,
      operation: null,
    },
    ...{ message: null, before: null, after: null },
    ...(found === undefined ? {} : { found }),
  })),
  ...more,
});
const undo = (changes: readonly Change[], snapshot: Snapshot, more: Partial<Entry> = {}) =>
  undoPlan({ entry: entryOf(changes, more), snapshot, rules: [], id: 'u' });
const redo = (changes: readonly Change[], snapshot: Snapshot, found?: EntryStep['found']) =>
  redoPlan({ entry: entryOf(changes, {}, found), snapshot, rules: [], id: 'r' });
const stepsIn = ({ plan }: UndoPlanResult) =>
  plan.steps.map(({ change, phase, advice }) => ({ phase, advice, does: doesOf(change) }));
const doesOf = ({ kind, edits }: Change) =>
  kind === 'edit' ? edits.map((one) => `${one.op} ${'after' in one ? JSON.stringify(one.after) : ''}`) : kind;
const gatesIn = ({ plan }: UndoPlanResult) =>
  plan.gates.filter(({ outcome }) => outcome === 'fail').map(({ kind, detail }) => `${kind}: ${detail}`);

/** The account after edits. */
const accountAfter = (...edits: Edit[]): Snapshot =>
  snapshotOf([
    { ...bodies.account, ...applyEdits(bodies.account, edits) },
    bodies.network,
    bodies.subnet,
    bodies.workspace,
  ]);
/** What Azure says of a resource that does not exist. */
const gone = (id: string) => [{ id, reason: 'Gone.', action: '', status: 404 }];
const without = (id: string): Snapshot => plain({ gaps: gone(id) });
const withBody = (body: JsonObject, ...others: JsonObject[]) => snapshotOf([body, bodies.workspace, ...others]);

describe('a step undone', () => {
  // The body before is not kept here: what else differs from then is not known, and not said.
  const gaining = 'Restores 1 setting of st to before entry e-1.';
  test.each<[string, readonly Change[], Snapshot, readonly object[]]>([
    [
      'a restriction',
      [edit(account, closing)],
      accountAfter(closing),
      [{ phase: 2, advice: gaining, does: ['set "Allow"'] }],
    ],
    [
      'an address allowed',
      [edit(account, addIp('203.0.113.7'))],
      accountAfter(addIp('203.0.113.7')),
      [{ phase: 5, advice: gaining, does: ['remove '] }],
    ],
    [
      'an address removed',
      [edit(account, removeIp('203.0.113.7'))],
      plain(),
      [{ phase: 2, advice: gaining, does: ['add {"value":"203.0.113.7"}'] }],
    ],
    [
      'both at once: it restricts nothing',
      [edit(account, addIp('203.0.113.7'), closing)],
      accountAfter(addIp('203.0.113.7'), closing),
      [{ phase: 2, advice: gaining.replace('1 setting', '2 settings'), does: ['set "Allow"', 'remove '] }],
    ],
    [
      'a setting that was None',
      [edit(account, set(`${acls}/bypass`, 'None', 'AzureServices'))],
      accountAfter(set(`${acls}/bypass`, undefined, 'AzureServices')),
      [{ phase: 5, advice: gaining, does: ['set "None"'] }],
    ],
    [
      'a setting of another kind',
      [edit(account, set('/tags', undefined, {}))],
      accountAfter(set('/tags', undefined, {})),
      [{ phase: 2, advice: gaining, does: ['set '] }],
    ],
    [
      'public access that was on',
      [edit(account, set('/properties/publicNetworkAccess', 'Disabled', 'Enabled'))],
      accountAfter(set('/properties/publicNetworkAccess', undefined, 'Enabled')),
      [{ phase: 5, advice: gaining, does: ['set "Disabled"'] }],
    ],
  ])('%s', (_name, changes, snapshot, expected) => {
    const result = undo(changes, snapshot);
    expect([stepsIn(result), result.drift]).toEqual([expected, []]);
  });

  test('its state of then is said only where that is what comes out, whatever others changed since', () => {
    const places = ['/properties/minimumTlsVersion', '/properties/publicNetworkAccess', '/tags'] as const;
    fc.assert(
      fc.property(fc.subarray([...places]), fc.boolean(), (touched, isTwice) => {
        const changes = [edit(account, closing), ...(isTwice ? [edit(account, addIp('203.0.113.7'))] : [])];
        const entry = entryOf(changes);
        const steps = entry.steps.map((step, at) => ({ ...step, before: `before-${at}` }));
        const kept = new Map<string, JsonObject>([
          ['before-0', bodies.account],
          ['before-1', applyEdits(bodies.account, [closing])],
        ]);
        const others = touched.map((pointer) => set(pointer, undefined, 'theirs'));
        const now = accountAfter(...changes.flatMap(({ edits }) => edits), ...others);
        const { plan } = undoPlan({ entry: { ...entry, steps }, snapshot: now, rules: [], id: 'u', bodies: kept });
        const after = plan.steps.reduce((one, { change }) => applyChange(one, change), now);
        const isRestored = sameJson(resourceIn(after, account)?.body, bodies.account);
        const [last, ...earlier] = plan.steps.map(({ advice }) => advice).toReversed();
        expect(last === 'Restores st to its state before entry e-1.').toBe(isRestored);
        if (touched.length > 0) expect(last).toMatch(new RegExp(`; ${touched.length} other settings? `));
        for (const one of earlier) expect(one).toBe(gaining);
      }),
    );
  });

  test('newest first; repeated, in its own order', () => {
    const changes = [edit(account, closing), edit(account, addIp('203.0.113.7'))];
    const back = undo(changes, accountAfter(closing, addIp('203.0.113.7')));
    expect(stepsIn(back).map(({ does }) => does)).toEqual([['remove '], ['set "Allow"']]);
    expect(back.plan).toMatchObject({ id: 'u', verb: 'undo', of: 'e-1', skipped: [], snapshot: 'snap' });
    const again = redo(changes, plain());
    expect(stepsIn(again)).toEqual([
      { phase: 5, advice: 'Applies the change of entry e-1 to st again.', does: ['set "Deny"'] },
      { phase: 2, advice: 'Applies the change of entry e-1 to st again.', does: ['add {"value":"203.0.113.7"}'] },
    ]);
    expect([again.plan.verb, again.plan.steps.every(({ findings }) => findings.join() === 'f@x')]).toEqual([
      'redo',
      true,
    ]);
  });

  test('steps that were not done are left alone', () => {
    const entry = entryOf([edit(account, closing)]);
    const steps = entry.steps.map((one) => ({ ...one, state: 'failed' as const }));
    expect(
      undoPlan({ entry: { ...entry, steps }, snapshot: accountAfter(closing), rules: [], id: 'u' }).plan.steps,
    ).toEqual([]);
  });

  const table = network.replace('virtualNetworks/vnet', 'routeTables/rt');
  const rt = { id: table, name: 'rt', properties: { routes: [], disableBgpRoutePropagation: true } };
  test('what was created is deleted, and is no deletion of another’s; a lock stops it', () => {
    const made = undo([created(table, { properties: rt.properties })], withBody(rt));
    expect(stepsIn(made)).toEqual([{ phase: 5, advice: 'Deletes rt, which entry e-1 created.', does: 'delete' }]);
    expect(made.plan.effects).toEqual([]);
    const redone = undo([created(table, { properties: rt.properties })], withBody(rt), { verb: 'undo' });
    expect(redone.plan.effects.map(({ kind }) => kind)).toEqual(['deletes']);
    const locked = undo([created(table, { properties: rt.properties })], withBody(rt, lock(table, 'CanNotDelete')));
    expect(gatesIn(locked)).toEqual([`lock: The CanNotDelete lock keep on ${table} blocks this change.`]);
    expect(stepsIn(undo([created(table, rt)], plain()))).toEqual([]);
  });

  test('what was changed since, or is another, differs', () => {
    const changed = undo(
      [created(table, { properties: rt.properties })],
      withBody({ ...rt, properties: { ...rt.properties, disableBgpRoutePropagation: false } }),
    );
    expect([stepsIn(changed), changed.drift]).toEqual([
      [],
      [{ resource: table, pointer: '', expected: undefined, found: 'changed since' }],
    ]);
    const other = undo(
      [deleted(table, rt)],
      withBody({ ...rt, properties: { ...rt.properties, disableBgpRoutePropagation: false } }),
    );
    expect(other.drift.map(({ found }) => found)).toEqual(['another resource with this name']);
    expect(stepsIn(undo([deleted(table, rt)], withBody(rt)))).toEqual([]);
    expect(stepsIn(undo([deleted(table, rt)], without(table)))).toEqual([
      { phase: 2, advice: 'Restores rt to its state before entry e-1.', does: 'create' },
    ]);
  });

  test('a setting that differs is told with what was expected and found; an element by its key', () => {
    const moved = undo([edit(account, closing)], accountAfter(set(`${acls}/defaultAction`, 'Allow', 'Odd')));
    expect(moved.drift).toEqual([
      { resource: account, pointer: `${acls}/defaultAction`, expected: 'Deny', found: 'Odd' },
    ]);
    const key = { member: 'name', fold: true };
    const add: Edit = { op: 'add', pointer: '/properties/list', after: { name: 'a/b', n: 1 }, key };
    const changed = undo(
      [edit(account, add)],
      accountAfter(set('/properties/list', undefined, [{ name: 'a/b', n: 2 }])),
    );
    expect(changed.drift).toEqual([
      {
        resource: account,
        pointer: '/properties/list/a~1b',
        expected: { name: 'a/b', n: 1 },
        found: { name: 'a/b', n: 2 },
      },
    ]);
    const remove: Edit = { op: 'remove', pointer: '/properties/list', before: { name: 'a', n: 1 }, key };
    const back = undo([edit(account, remove)], accountAfter(set('/properties/list', undefined, 'text')));
    expect(back.drift).toEqual([
      { resource: account, pointer: '/properties/list/a', expected: undefined, found: 'text' },
    ]);
    const below = undo([edit(account, set('/properties/gone/a', 1, undefined))], accountAfter());
    expect(below.drift.map(({ pointer }) => pointer)).toEqual(['/properties/gone/a']);
    const gone = { id: registry, reason: 'Not found.', action: '', status: 404 };
    const deleted = undo([edit(registry, closing), edit(account, closing)], {
      ...accountAfter(closing),
      gaps: [gone],
    });
    expect([deleted.drift, deleted.plan.steps.map(({ change }) => change.resource)]).toEqual([[], [account]]);
    expect(deleted.plan.notUndone).toEqual([{ resource: registry, reason: 'gone', change: 'edit', deleted: null }]);
    expect(deleted.plan.left).toEqual([{ resource: registry, stands: false }]);
    expect(deleted.plan.irreversible.join()).toMatch(/no longer exists, and no change record shows who deleted it\./);
    // Its undo may create it again as this entry left it.
    const by = { by: 'x', client: null, at: '2026-01-01T00:00:00Z', entry: 'later' };
    const here = undoPlan({
      ...{ entry: entryOf([edit(registry, closing)]), snapshot: plain({ gaps: [gone] }), rules: [], id: 'u' },
      deletedBy: () => by,
    });
    expect(here.plan.left).toEqual([{ resource: registry, stands: true }]);
  });

  test.each<[string, Change]>([
    ['created', created(table, rt)],
    ['deleted', deleted(table, rt)],
    ['changed', edit(table, set('/properties/x', 1, 2))],
  ])('one that was %s and could not be read is unknown: neither changed since nor as it was left', (_what, change) => {
    const gap = { id: table, reason: 'No access.', action: 'x', status: 403 };
    for (const back of [undo, redo]) {
      const { drift, unread, plan } = back([change], plain({ gaps: [gap] }));
      expect([drift, unread, plan.steps]).toEqual([[], [gap], []]);
    }
  });

  test('what the service would refuse is a gate', () => {
    expect(gatesIn(undo([created(workspace, bodies.workspace)], plain()))).toEqual([
      'state: Bastide does not create or delete a workspace.',
    ]);
  });
});

describe('what is not restored', () => {
  test('secrets, part by part, or the whole change where nothing else is left', () => {
    const before = { a: cutSecret, b: [{ c: cutSecret, d: 1 }] };
    const partly = undo(
      [edit(account, set('/properties/x', before, { e: 1 }))],
      accountAfter(set('/properties/x', undefined, { e: 1 })),
    );
    expect(stepsIn(partly).map(({ does }) => does)).toEqual([['set {"b":[{"d":1}]}']]);
    expect(partly.plan.irreversible).toEqual([
      'st: /properties/x/a is not restored: secrets are not kept.',
      'st: /properties/x/b/0/c is not restored: secrets are not kept.',
    ]);
    const all = undo(
      [edit(account, set('/properties/x', cutSecret, 'y'))],
      accountAfter(set('/properties/x', undefined, 'y')),
    );
    expect([all.plan.steps, all.plan.irreversible]).toEqual([
      [],
      ['st: /properties/x is not restored: secrets are not kept.'],
    ]);
    const added: Edit = {
      op: 'add',
      pointer: '/properties/list',
      after: { name: 'a', token: cutSecret },
      key: { member: 'name', fold: true },
    };
    // The undo takes a secret away again, which is told of the undo itself.
    expect(undo([edit(account, added)], accountAfter(added)).plan.irreversible).toEqual([
      'st: undo does not restore /properties/list/token: secrets are not kept.',
    ]);
    const table = network.replace('virtualNetworks/vnet', 'routeTables/rt');
    const restored = undo(
      [deleted(table, { location: 'x', properties: { a: cutSecret, routes: [] } })],
      without(table),
    );
    expect(restored.plan.steps.map(({ change }) => change.body)).toEqual([
      { location: 'x', properties: { routes: [] } },
    ]);
    expect(restored.plan.irreversible).toEqual(['rt: /properties/a is not restored: secrets are not kept.']);
  });

  test('addresses and subnet rules that a service refuses today', () => {
    const bare = { ...bodies.subnet, properties: { ...bodies.subnet.properties, serviceEndpoints: [] } };
    const removed = (one: Edit) => invertChange(edit(account, one));
    const back = (one: Edit, snapshot = plain()) => {
      const { plan, drift } = undo([removed(one)], snapshot);
      return [plan.steps.length, drift.length, ...plan.irreversible];
    };
    expect(back(addIp('203.0.113.7'))).toEqual([1, 0]);
    expect(back(addIp('10.0.0.0/16'))[2]).toMatch(/^st: .*10\.0\.0\.0\/16/);
    expect(back(addSubnet())).toEqual([1, 0]);
    expect(back(addSubnet(`${network}/subnets/gone`), without(`${network}/subnets/gone`))).toEqual([
      ...[0, 0, `st: the rule for ${network}/subnets/gone is not restored: the subnet does not exist.`],
    ]);
    expect(back(addSubnet(), snapshotOf([bodies.account, bodies.network, bodies.workspace, bare]))).toEqual([
      ...[
        0,
        0,
        `st: the rule for ${subnet} is not restored: the subnet has no Microsoft.Storage service endpoint, so the rule would have no effect.`,
      ],
    ]);
  });

  test('a zone that others use; a compute under a managed network', () => {
    const zone = `${group}/providers/Microsoft.Network/privateDnsZones/z`;
    const body = { id: zone, name: 'z', properties: {} };
    const link = { id: `${zone}/virtualNetworkLinks/theirs`, name: 'theirs', properties: {} };
    const kept = undo([created(zone, { properties: {} })], withBody(body, link));
    expect([kept.plan.steps, kept.plan.irreversible]).toEqual([
      [],
      ['z: the zone is kept: theirs was linked to it by others.'],
    ]);
    expect(stepsIn(undo([created(zone, { properties: {} })], withBody(body)))).toHaveLength(1);
    const both = undo([created(zone, { properties: {} }), created(link.id, { properties: {} })], withBody(body, link));
    expect(both.plan.steps.map(({ change }) => change.resource)).toEqual([link.id, zone]);
    expect(keptBy(deleted(zone, body) as never, withBody(body, link), [])).toMatch(/^z: the zone is kept/);
    expect(keptBy(deleted(zone, body) as never, withBody(body, link), [link.id.toUpperCase()])).toBeNull();
    const compute = `${workspace}/computes/c`;
    const own = {
      id: compute,
      name: 'c',
      properties: { computeType: 'AmlCompute', properties: { subnet: { id: subnet } } },
    };
    const managed = {
      ...bodies.workspace,
      properties: { ...bodies.workspace.properties, managedNetwork: { isolationMode: 'AllowInternetOutbound' } },
    };
    const lost = 'mlw/c: with a managed network, no compute can be created in your own subnet, so it is not restored.';
    expect(undo([deleted(compute, own)], snapshotOf([managed], { gaps: gone(compute) })).plan).toMatchObject({
      steps: [],
      irreversible: [lost],
    });
    expect(lostBy(created(compute, own) as never, snapshotOf([managed]))).toBe(lost);
    expect(lostBy(created(compute, own) as never, plain())).toBeNull();
    expect(undo([deleted(compute, own)], without(compute)).plan.steps).toHaveLength(1);
    expect(undo([created(compute, own)], withBody(own)).plan.steps[0]?.risk).toMatch(/jobs that run on its nodes/);
  });

  test('a connection does not wait again: it is rejected, and a redo starts there', () => {
    const connection = `${registry}/privateEndpointConnections/acr.1`;
    const body = (status: string): JsonObject => ({
      ...{ id: connection, name: 'acr.1' },
      properties: { privateEndpoint: { id: `${group}/x` }, privateLinkServiceConnectionState: { status } },
    });
    const approve = edit(connection, set(`${connectionState}/status`, 'Pending', 'Approved'));
    const acr = { id: registry, name: 'acr', properties: {} };
    expect(stepsIn(undo([approve], withBody(body('Approved'), acr)))[0]?.does).toEqual(['set "Rejected"']);
    expect(stepsIn(redo([approve], withBody(body('Rejected'), acr)))[0]?.does).toEqual(['set "Approved"']);
    expect(redo([approve], withBody(body('Pending'), acr)).drift).toHaveLength(1);
  });

  test('a redo finds again what Azure named', () => {
    const named = `${registry}/privateEndpointConnections/acr.1`;
    const approve = edit(named, set(`${connectionState}/status`, 'Pending', 'Approved'));
    const shown = {
      ...{ id: `${registry}/privateEndpointConnections/acr.2`, name: 'acr.2' },
      properties: {
        privateEndpoint: { id: `${group}/x` },
        privateLinkServiceConnectionState: { status: 'Rejected', description: 'Approve (x)' },
      },
    };
    const acr = { id: registry, name: 'acr', properties: { privateEndpointConnections: [shown] } };
    const found = { besides: [], pointer: `${connectionState}/description`, says: 'Approve (x)' };
    const again = redo([approve], withBody(acr, shown), found);
    expect(again.drift.map(({ resource }) => resource)).toEqual([expect.stringContaining('acr.1')]);
    expect(redo([approve], withBody(acr, { ...shown, id: named }), found).plan.steps).toHaveLength(1);
  });
});

describe('rules that were made explicit', () => {
  const explicit: JsonObject = {
    defaultAction: 'Deny',
    bypass: 'None',
    ipRules: [{ value: '203.0.113.7' }],
    virtualNetworkRules: [],
  };
  const kv = (networkAcls: JsonObject): JsonObject => ({ id: vault, name: 'kv', properties: { networkAcls } });
  const made = edit(vault, set(acls, undefined, explicit));
  test('stay, with what applied where they were not set', () => {
    const { plan } = undo([made], withBody(kv(explicit)));
    expect(plan.steps[0]?.change.edits).toEqual([{ op: 'set', pointer: acls, before: explicit, after: openAcls }]);
  });
  test('are opened member by member where others have added to them', () => {
    const beside = { ...explicit, ipRules: [{ value: '203.0.113.7' }, { value: '9.9.9.9' }] };
    const { plan, drift } = undo([made], withBody(kv(beside)));
    expect(drift).toEqual([]);
    expect(
      plan.steps[0]?.change.edits.map((one) => [one.op, one.pointer, 'after' in one ? one.after : undefined]),
    ).toEqual([
      ['set', `${acls}/defaultAction`, 'Allow'],
      ['set', `${acls}/bypass`, 'AzureServices'],
      ['remove', `${acls}/ipRules`, undefined],
    ]);
    const [, , removed] = plan.steps[0]?.change.edits ?? [];
    expect(removed).toMatchObject({ before: { value: '203.0.113.7' }, at: 0 });
  });
  test('a member without a default is removed; one that was changed since differs', () => {
    const odd = { ...explicit, odd: 'x', more: 'y' };
    const { plan } = undo([edit(vault, set(acls, undefined, { ...explicit, odd: 'x' }))], withBody(kv(odd)));
    expect(plan.steps[0]?.change.edits.at(-1)).toEqual({ op: 'set', pointer: `${acls}/odd`, before: 'x' });
    expect(
      undo([made], withBody(kv({ ...explicit, defaultAction: 'Odd', more: 1 }))).drift.map(({ pointer }) => pointer),
    ).toEqual([`${acls}/defaultAction`]);
  });
});

describe('a member that was not set, which no request unsets', () => {
  const access = '/properties/publicNetworkAccess';
  const bypass = '/properties/networkRuleBypassOptions';
  const ruleSet = '/properties/networkRuleSet';
  const rules = { bypass: 'None', defaultAction: 'Deny', ipRules: [], virtualNetworkRules: [] };
  const open = 'bypass AzureServices and defaultAction Allow';
  /** Resource, member, its values before, by the fix and by the undo; what the undo makes of it in words, and its class. */
  const cells: [string, string, Json | undefined, Json, string, UndoClass][] = [
    ...[account, vault].flatMap((id): typeof cells => [
      [id, acls, undefined, rules, open, 'equivalent'],
      [id, acls, null, rules, open, 'equivalent'],
      [id, `${acls}/defaultAction`, undefined, 'Deny', 'Allow', 'equivalent'],
      [id, `${acls}/bypass`, undefined, 'None', 'AzureServices', 'equivalent'],
      [id, access, undefined, 'Disabled', 'Enabled', 'equivalent'],
      [id, access, null, 'Disabled', 'Enabled', 'equivalent'],
    ]),
    [registry, ruleSet, undefined, { defaultAction: 'Deny' }, 'defaultAction Allow', 'equivalent'],
    [registry, `${ruleSet}/defaultAction`, undefined, 'Deny', 'Allow', 'equivalent'],
    [registry, bypass, undefined, 'None', 'AzureServices', 'equivalent'],
    [registry, access, undefined, 'Disabled', 'Enabled', 'equivalent'],
    [registry, '/properties/networkRuleBypassAllowedForTasks', undefined, true, 'false', 'partial'],
    // What an absent one of a workspace means is not documented: older API descriptions call Disabled the default.
    [workspace, access, undefined, 'Disabled', 'Enabled', 'partial'],
  ];
  test.each(cells)('%s %s of %j', (id, pointer, before, fixed, words, expected) => {
    const name = id.split('/').at(-1) ?? '';
    const within = pointer.startsWith(`${acls}/`) ? 'networkAcls' : 'networkRuleSet';
    const start = {
      ...{ id, name, etag: 'e', sku: { name: 'Premium' } },
      properties: { networkAcls: rules, networkRuleSet: {}, [within]: {}, provisioningState: 'Succeeded' },
    };
    const was = applyEdits(start, [set(pointer, valueAt(start, pointer), before)]);
    const change = edit(id, set(pointer, before, fixed));
    const world = snapshotOf([was as JsonObject, ...(id === workspace ? [] : [bodies.workspace])]);
    const label = `${name}: ${pointer.split('/').at(-1)} is not set, and an undo sets ${words}`;
    const [same, unknown] = [', which has the same effect.', ': whether that has the same effect is not known.'];
    expect(undoClassOf(change, world)).toBe(expected);
    expect(irreversibleIn([{ change, undo: expected }], world)).toEqual([
      `${label}${expected === 'equivalent' ? same : unknown}`,
    ]);
    // Only what may not have the same effect is asked about.
    const asked = effectsIn({ change, undo: expected, before: world, isOwn: () => false, named: namesNothing });
    expect(asked.some(({ kind }) => kind === 'oneWay')).toBe(expected === 'partial');

    const { plan, drift } = undo([change], applyChange(world, change));
    expect(drift).toEqual([]);
    const [step] = plan.steps;
    if (step === undefined) throw new Error('nothing is undone');
    // The plan shows what the request sends, and what stands then.
    const current = resourceIn(applyChange(world, change), id) ?? null;
    const sent = resourceTypeOf(typeOf(id)).write(step.change, current);
    const end = resourceIn(applyChange(applyChange(world, change), step.change), id)?.body ?? {};
    const is = valueAt(end, pointer);
    expect(is ?? null).not.toBe(null);
    if (typeof sent === 'string') throw new Error(sent);
    expect(resourceTypeOf(typeOf(id)).same(pointer, valueAt(sent.body ?? {}, pointer), is)).toBe(true);
    expect(step.advice).toMatch(/^Restores \S+ to its state before entry e-1\. |^Restores 1 setting of /);
    expect(step.advice).toContain(
      `${pointer.split('/').at(-1)}, which was not set, is then ${words}: ${expected === 'equivalent' ? 'the effect is the same.' : 'whether that has the same effect is not known.'}`,
    );
    const kind = resourceTypeOf(typeOf(id));
    if (expected === 'equivalent') expect(kind.normal(end)).toEqual(kind.normal(was as JsonObject));
    // Undone already, nothing is left to do, whichever way the service shows it.
    for (const body of expected === 'equivalent' ? [end, was as JsonObject] : [end])
      expect(undo([change], snapshotOf([body, bodies.network])).plan.steps).toEqual([]);
  });
});

describe('how exactly a change can be undone', () => {
  const connection = `${registry}/privateEndpointConnections/acr.1`;
  const compute = `${workspace}/computes/c`;
  const address = `${group}/providers/Microsoft.Network/publicIPAddresses/pip`;
  const bare = snapshotOf([
    bodies.account,
    bodies.network,
    bodies.workspace,
    { ...bodies.subnet, properties: { addressPrefix: '10.0.0.0/24' } },
  ]);
  test.each<[string, Change, Snapshot, string, readonly string[]]>([
    ['a setting', edit(account, closing), plain(), 'exact', []],
    ['a setting that was absent', edit(account, set('/properties/x', undefined, 'y')), plain(), 'exact', []],
    ['something made', created(`${group}/providers/Microsoft.Network/routeTables/rt`, {}), plain(), 'exact', []],
    ['an address allowed', edit(account, addIp('203.0.113.7')), plain(), 'exact', []],
    ['an address removed', edit(account, removeIp('203.0.113.7')), plain(), 'exact', []],
    [
      'an address that is refused today',
      edit(account, removeIp('10.0.0.0/16')),
      plain(),
      'equivalent',
      ['st: undo has the same effect, but values that Azure refuses today are not restored.'],
    ],
    [
      'the rule of a subnet without endpoint',
      invertChange(edit(account, addSubnet())),
      bare,
      'equivalent',
      ['st: undo has the same effect, but values that Azure refuses today are not restored.'],
    ],
    [
      'rules made explicit',
      edit(account, set(acls, undefined, {})),
      plain(),
      'equivalent',
      [
        'st: networkAcls is not set, and an undo sets bypass AzureServices and defaultAction Allow, which has the same effect.',
      ],
    ],
    ['rules replaced', edit(account, set(acls, {}, { a: 1 })), plain(), 'exact', []],
    [
      'the rule set of a registry made explicit',
      edit(registry, set('/properties/networkRuleSet', undefined, {})),
      plain(),
      'equivalent',
      ['acr: networkRuleSet is not set, and an undo sets defaultAction Allow, which has the same effect.'],
    ],
    [
      'a larger SKU',
      edit(registry, set('/sku/name', 'Basic', 'Premium')),
      plain(),
      'partial',
      ['acr: the smaller SKU can be restored only when no feature of the larger SKU is in use.'],
    ],
    [
      'an approval',
      edit(connection, set(`${connectionState}/status`, 'Pending', 'Approved')),
      plain(),
      'partial',
      ['acr/acr.1: it cannot become Pending again; an undo rejects the connection.'],
    ],
    [
      'a secret replaced',
      edit(account, set('/properties/x', cutSecret, 'y')),
      plain(),
      'partial',
      ['st: undo does not restore /properties/x: secrets are not kept.'],
    ],
    [
      'a deletion',
      deleted(`${group}/providers/Microsoft.Network/routeTables/rt`, { properties: {} }),
      plain(),
      'exact',
      [],
    ],
    [
      'a deletion of a private endpoint, whose address Azure chose',
      deleted(`${group}/providers/Microsoft.Network/privateEndpoints/pe`, { properties: {} }),
      plain(),
      'equivalent',
      ['pe: a restored private endpoint can get another private address.'],
    ],
    [
      'of one with a fixed address',
      deleted(`${group}/providers/Microsoft.Network/privateEndpoints/pe`, {
        properties: { ipConfigurations: [{ name: 'a', properties: { privateIPAddress: '10.0.0.9' } }] },
      }),
      plain(),
      'exact',
      [],
    ],
    [
      'a deletion with a secret',
      deleted(`${group}/providers/Microsoft.Network/routeTables/rt`, { properties: { a: cutSecret } }),
      plain(),
      'partial',
      ['rt: undo does not restore /properties/a: secrets are not kept.'],
    ],
    [
      'a deletion that cannot be restored',
      deleted(address, { properties: { ipAddress: '203.0.113.7' } }),
      plain(),
      'none',
      ['pip: undo does not create it again: its IP address is released, and Azure assigns a different one.'],
    ],
    [
      'a deletion that Bastide would not repeat',
      deleted(workspace, {}),
      plain(),
      'none',
      ['mlw: undo does not create it again: Bastide does not create workspaces.'],
    ],
  ])('%s', (_name, change, snapshot, expected, sentences) => {
    expect(undoClassOf(change, snapshot)).toBe(expected);
    expect(irreversibleIn([{ change, undo: undoClassOf(change, snapshot) }], snapshot)).toEqual(sentences);
  });
  test('what is not undone is data: which resource or settings, and why', () => {
    const lost = (change: Change) => undoLimitsOf(change, undoClassOf(change, plain()), plain()).map((one) => one.lost);
    const released = 'its IP address is released, and Azure assigns a different one.';
    expect(lost(deleted(address, { properties: { ipAddress: '203.0.113.7' } }))).toEqual([
      { what: 'resource', because: 'of-type', says: released },
    ]);
    expect(lost(deleted(workspace, {}))).toEqual([
      { what: 'resource', because: 'not-created-by-bastide', plural: 'workspaces' },
    ]);
    const setting = edit(account, closing);
    expect(undoLimitsOf(setting, 'none', plain())).toEqual([
      {
        reason: 'not-undone',
        says: `st: undo does not restore ${setting.edits[0]?.pointer}.`,
        lost: { what: 'settings', pointers: setting.edits.map(({ pointer }) => pointer) },
      },
    ]);
  });
  test('a deletion that loses something says what', () => {
    const change = deleted(compute, { properties: { computeType: 'AmlCompute', properties: {} } });
    expect(undoClassOf(change, plain())).toBe('partial');
    expect(irreversibleIn([{ change, undo: 'partial' }], plain())).toEqual([expect.stringMatching(/^mlw\/c: ./)]);
    expect(irreversibleIn([{ change: edit(account, closing), undo: 'partial' }], plain())).toEqual([
      'st: undo restores only a part: what Azure refuses today is not restored.',
    ]);
  });
  test('a deletion of what Bastide did not make says that role assignments on it do not come back', () => {
    const details = (body: JsonObject, undo: UndoClass, own = false) =>
      effectsIn({
        change: deleted(`${group}/providers/Microsoft.Network/privateEndpoints/pe`, body),
        ...{ undo, before: plain(), isOwn: () => own, named: namesNothing },
      }).flatMap(({ kind, detail }) => (kind === 'deletes' ? [detail] : []));
    const is = 'The private endpoint pe is deleted; this history did not create it.';
    const body = { location: 'westeurope', properties: {} };
    expect(details(body, 'equivalent')).toEqual([`${is} Undo does not restore role assignments on it.`]);
    // Nothing of it comes back, or it has no roles of its own.
    expect(details(body, 'none')).toEqual([is]);
    expect(details({ properties: {} }, 'equivalent')).toEqual([is]);
    expect(details(body, 'equivalent', true)).toEqual([]);
  });
  test('a change that the service cannot go back from at all', () => {
    const managed = edit(
      workspace,
      set('/properties/managedNetwork/isolationMode', 'Disabled', 'AllowOnlyApprovedOutbound'),
    );
    expect([undoClassOf(managed, plain()), irreversibleIn([{ change: managed, undo: 'none' }], plain())]).toEqual([
      'none',
      ['mlw: A managed network cannot be turned off or made less strict.'],
    ]);
  });
  test('of several the worst', () => {
    expect([
      worstUndo([]),
      worstUndo(['exact', 'equivalent']),
      worstUndo(['partial', 'equivalent']),
      worstUndo(['none', 'exact']),
    ]).toEqual([...['exact', 'equivalent', 'partial', 'none']]);
    expect(undoClassOf(edit(account, closing, removeIp('10.0.0.0/16')), plain())).toBe('equivalent');
  });
});

describe('a subnet rule stays out', () => {
  const on = (service: string, at: Json = undefined as never): Snapshot =>
    snapshotOf([
      bodies.network,
      {
        ...bodies.subnet,
        properties: {
          addressPrefix: '10.0.0.0/24',
          serviceEndpoints: [{ service, ...(at === undefined ? {} : { locations: at }) }],
        },
      },
    ]);
  const rule = (pointer: string, more: JsonObject = {}): Edit => ({
    op: 'add',
    pointer,
    after: { id: subnet, ...more },
    key: { member: 'id', fold: true },
  });
  const none = (service: string) =>
    `the rule for ${subnet} is not restored: the subnet has no ${service} service endpoint, so the rule would have no effect.`;
  const storage = 'Microsoft.Storage/storageAccounts';
  test.each<[string, Edit, string, Snapshot, string | null]>([
    ['not with an endpoint', rule(`${acls}/virtualNetworkRules`), storage, on('microsoft.storage'), null],
    ['not with a global one', rule(`${acls}/virtualNetworkRules`), storage, on('Microsoft.Storage.Global'), null],
    [
      'with that of another service',
      rule(`${acls}/virtualNetworkRules`),
      storage,
      on('Microsoft.KeyVault'),
      none('Microsoft.Storage'),
    ],
    [
      'of a vault',
      rule(`${acls}/virtualNetworkRules`),
      'microsoft.keyvault/VAULTS',
      on('Microsoft.Storage'),
      none('Microsoft.KeyVault'),
    ],
    [
      'not of a vault with its own',
      rule(`${acls}/virtualNetworkRules`),
      'Microsoft.KeyVault/vaults',
      on('Microsoft.KeyVault'),
      null,
    ],
    [
      'of a registry',
      rule('/properties/networkRuleSet/virtualNetworkRules'),
      'Microsoft.ContainerRegistry/registries',
      on('Microsoft.Storage'),
      none('Microsoft.ContainerRegistry'),
    ],
    [
      'not of a registry at another pointer',
      rule(`${acls}/virtualNetworkRules`),
      'Microsoft.ContainerRegistry/registries',
      on('Microsoft.Storage'),
      null,
    ],
    [
      'not where it ignores a missing endpoint',
      rule(`${acls}/virtualNetworkRules`, { ignoreMissingVnetServiceEndpoint: true }),
      storage,
      on('Microsoft.Sql'),
      null,
    ],
    [
      'where it does not',
      rule(`${acls}/virtualNetworkRules`, { ignoreMissingVnetServiceEndpoint: false }),
      storage,
      on('Microsoft.Sql'),
      none('Microsoft.Storage'),
    ],
    ['not of another service', rule(`${acls}/virtualNetworkRules`), 'Microsoft.Sql/servers', on('Microsoft.Sql'), null],
    [
      'not without an id',
      { ...rule(`${acls}/virtualNetworkRules`), op: 'add', after: {} } as Edit,
      storage,
      on('Microsoft.Sql'),
      null,
    ],
    [
      'not where it is removed',
      invertChange(edit(account, rule(`${acls}/virtualNetworkRules`))).edits[0] as Edit,
      storage,
      on('Microsoft.Sql'),
      null,
    ],
    ['not where the subnet could not be read', rule(`${acls}/virtualNetworkRules`), storage, snapshotOf([]), null],
  ])('%s', (_name, one, type, snapshot, expected) => {
    expect(lockedOutAddresses(one, type, snapshot)).toBe(expected);
  });
});

test('a resource is the same as what was created, whatever Azure adds', () => {
  const kind = resourceTypeOf('Microsoft.Network/routeTables');
  const id = `${group}/providers/Microsoft.Network/routeTables/rt`;
  const change = created(id, { location: 'x', properties: { routes: [] } }) as never;
  const is = (body: JsonObject) => sameWhole(change, resourceOf({ id, ...body }), kind);
  expect(is({ location: 'x', properties: { routes: [], provisioningState: 'Succeeded' } })).toBe(true);
  expect(is({ location: 'y', properties: { routes: [] } })).toBe(false);
});

describe('an entry that was undone in part', () => {
  const of = (id: string, more: Partial<Entry> = {}): Entry => ({ ...entryOf([]), ...{ id, ...more } });
  const left = [{ resource: account, stands: true }];
  const entries = [
    of('older'),
    of('part', { undoneBy: 'undo' }),
    of('undo', { verb: 'undo', undoes: 'part', left }),
    of('newer'),
  ];
  test('is undone down to without what is older', () => {
    expect(downTo(entries, 'part').map(({ id }) => id)).toEqual(['newer', 'part']);
    expect(downTo(entries, 'older').map(({ id }) => id)).toEqual(['newer', 'older']);
  });
  test('has something to undo, until a redo has made the rest again', () => {
    const may = (all: readonly Entry[]) => all.filter((one) => mayBeUndone(one, all)).map(({ id }) => id);
    expect(may(entries)).toEqual(['older', 'part', 'newer']);
    expect(may([...entries, of('redo', { verb: 'redo', redoes: 'part' })])).toEqual(['older', 'newer', 'redo']);
    const whole = entries.map((one) => (one.id === 'undo' ? { ...one, left: [{ ...left[0], stands: false }] } : one));
    expect(may(whole as Entry[])).toEqual(['older', 'newer']);
  });
});
