// The Map screen: rows for whatever width there is, what keys do, and that nothing is drawn anew that did not change.
import { describe, expect, test } from 'vitest';
import { glyphsFor } from '../../src/app/draw/glyphs.ts';
import { lineWidth, plain } from '../../src/app/draw/text.ts';
import { columnsFor } from '../../src/app/screens/map/columns.ts';
import { mapDetail } from '../../src/app/screens/map/detail.ts';
import { headWords, legendWords, mapRowWords } from '../../src/app/screens/map/row-words.ts';
import { mapRows, resourceOf, shownTargets } from '../../src/app/screens/map/rows.ts';
import { deriveMap, movedOn, startMap } from '../../src/app/screens/map/slice.ts';
import { map as screen } from '../../src/app/screens/map.tsx';
import { initialState } from '../../src/app/state/initial.ts';
import { bindings } from '../../src/app/state/keys/index.ts';
import { createShell } from '../../src/app/state/shell.ts';
import type { State } from '../../src/app/state/state.ts';
import { mapOf } from '../../src/audit/map.ts';
import type { MapSubnet, MapTarget, NetworkMap } from '../../src/model/network-map.ts';
import type { PathVerdict } from '../../src/model/path.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { chooseTheme } from '../../src/theme/choose.ts';
import { themes } from '../../themes/index.ts';
import { bodyRows, viewRows } from '../support/drawn.tsx';
import { fakeOptions } from '../support/fake-options.ts';
import { fakeSession } from '../support/fake-session.ts';
import { cluster, ids, snapshotOf, withEndpoint, withLake, withRegistry } from '../support/snapshot.ts';

const snapshot = snapshotOf((scene) => {
  withLake(scene).properties.networkAcls.virtualNetworkRules = [];
  withRegistry(scene);
  withEndpoint(scene, ids.account, ['blob'], ids.pe);
  scene.bodies[`${ids.workspace}/computes/second`] = cluster('second', ids.second);
});

const at = (columns: number, rows: number, drawMap: (of: Snapshot) => ReturnType<typeof mapOf> = mapOf): State => ({
  ...initialState({
    size: { columns, rows },
    ascii: false,
    readOnly: false,
    source: { kind: 'demo', name: 'demo:mixed' },
    profile: 'all',
    theme: chooseTheme({ depth: 'full', themes }),
    bindings,
    rules: [],
    screen: 'map',
    drawMap,
    now: 0,
  }),
  snapshot,
});

test.each([
  [60, 15],
  [80, 24],
  [140, 40],
  [200, 60],
])('at %dx%d every row fits, and the marks are under their names where there is room', (columns, rows) => {
  const state = at(columns, rows);
  const slice = deriveMap(startMap, state);
  const drawn = viewRows(screen, slice, state);
  expect(drawn.length).toBeLessThanOrEqual(state.view.layout.body);
  for (const line of drawn) expect(lineWidth(line)).toBeLessThanOrEqual(columns);
  const [, head, ...below] = drawn.map(plain);
  const train = below.find((text) => text.includes('snet-train')) ?? '';
  expect(train).toMatch(/✗/);
  if (columns >= 140) expect(train.indexOf('✗')).toBe(head?.indexOf('stlake'));
});

describe('rows', () => {
  const all = mapRows(mapOf(snapshot), '');

  test('networks, subnets and occupants, each for its resource', () => {
    expect(all.filter(({ kind }) => kind === 'subnet').map(resourceOf)).toContain(ids.train);
    expect(all.map(resourceOf)).toContain(`${ids.workspace}/computes/second`);
  });

  test('a filter keeps what has its words, with its network', () => {
    const kept = mapRows(mapOf(snapshot), 'second !snet-train');
    expect(kept.map(({ kind }) => kind)).toEqual(['network', 'subnet', 'occupant']);
    expect(mapRows(mapOf(snapshot), 'no-such-thing')).toEqual([]);
  });

  test('the last of a branch is drawn as such', () => {
    const columns = columnsFor(80, [], []);
    const texts = all.map((row) => plain(mapRowWords(row, false, columns, glyphsFor(false))));
    const subnets = all.flatMap((row, index) => (row.kind === 'subnet' ? [texts[index] ?? ''] : []));
    const networks = all.filter(({ kind }) => kind === 'network').length;
    expect(subnets.filter((text) => text.startsWith('  └─'))).toHaveLength(networks);
  });
});

test('the network is looked through once for a snapshot, however one moves; leaving the detail leads back to the rows', () => {
  let asked = 0;
  const state = at(80, 24, (of) => {
    asked += 1;
    return mapOf(of);
  });
  let slice = deriveMap(startMap, state);
  for (const move of ['down', 'page-down', 'last', 'up', 'right', 'down'] as const)
    slice = deriveMap(movedOn(slice, move, 1, state), state);
  expect(asked).toBe(1);
  expect(deriveMap(slice, state)).toBe(slice);
  expect(slice.side).toBe('detail');
  const back = screen.back?.(slice, state);
  expect(back?.side).toBe('rows');
  expect(back && screen.back?.(back, state)).toBeNull();
});

const account = (name: string): MapTarget => ({ resource: name, name, is: 'storage account' });
const many: readonly MapTarget[] = [
  ...Array.from({ length: 30 }, (_, at) => account(`stmldata${String(at).padStart(2, '0')}`)),
  { resource: 'kv', name: 'kv-mlsim', is: 'key vault' },
  { resource: null, name: 'Internet', is: '' },
];
const places = (targets: readonly MapTarget[]) => targets.map((_, at) => at);
const subnet = (name: string, verdicts: readonly PathVerdict[], more: Partial<MapSubnet> = {}): MapSubnet => ({
  ...{ id: `/vnet/subnets/${name}`, name, prefixes: ['10.0.0.0/24'], room: null, occupants: [], securityGroup: null },
  ...{ routeTable: null, natGateway: null, serviceEndpoints: [], endpointPolicies: [], delegations: [] },
  reach: verdicts.map((verdict, target) => ({
    target,
    verdict,
    stoppedBy: null,
    blockedAt: [],
    because: `because of ${target}`,
  })),
  ...more,
});
const networkOf = (targets: readonly MapTarget[], ...subnets: MapSubnet[]): NetworkMap => ({
  networks: [{ id: '/vnet', name: 'vnet', location: null, prefixes: [], peers: [], subnets, unread: null }],
  ...{ targets, outside: [], unread: null },
});

describe('many services', () => {
  const verdicts = many.map((_, at): PathVerdict => (at < 5 ? 'denied' : at === 5 ? 'unknown' : 'allowed'));
  const [, row] = mapRows(networkOf(many, subnet('snet-a', verdicts)), '');

  test.each([
    [60, /Sto.*Vau.*Int/, /✗5\?1|✗/],
    [80, /Storage +Vault +Internet/, /✗ 5 \? 1 +✓ +✓/],
    [140, /Storage +Vault +Internet/, /✗ 5 \? 1 of 30 +✓ +✓/],
    [200, /Storage +Vault +Internet/, /✗ 5 \? 1 of 30 +✓ +✓/],
  ])('at %d columns services of a kind are counted below a label that can be read', (width, head, marks) => {
    const columns = columnsFor(width, many, places(many), 13);
    expect(plain(headWords(columns, glyphsFor(false)))).toMatch(head);
    const text = row === undefined ? '' : plain(mapRowWords(row, false, columns, glyphsFor(false)));
    expect(text).toMatch(marks);
    expect(text.length).toBeLessThanOrEqual(width);
  });

  test('names are cut in the middle, and only while they can be told apart', () => {
    const eight = [...['stmlsim', 'stmldata', 'lakemlsim', 'stmlarch'].map(account), ...many.slice(-2)];
    const narrow = columnsFor(100, eight, places(eight), 13);
    expect(narrow.reach.map(({ label }) => label)).toEqual(eight.map(({ name }) => name));
    expect(plain(headWords(narrow, glyphsFor(false)))).toMatch(/stmlsim +stmldata +lakemlsim +stmlarch/);
    const alike = ['storageaccountone-weu01', 'storageaccounttwo-weu01'].map(account);
    expect(columnsFor(52, alike, [0, 1], 13).reach).toEqual([{ label: 'Storage', targets: [0, 1] }]);
  });

  test('any width has rows that fit', () => {
    for (let width = 60; width <= 220; width += 1) {
      const columns = columnsFor(width, many, places(many), 13);
      expect(lineWidth(headWords(columns, glyphsFor(false)))).toBeLessThanOrEqual(width);
      if (row !== undefined)
        expect(lineWidth(mapRowWords(row, false, columns, glyphsFor(false)))).toBeLessThanOrEqual(width);
    }
  });
});

describe('filters', () => {
  const targets = [account('st'), { resource: 'kv', name: 'kv', is: 'key vault' }];
  const map = networkOf(
    targets,
    subnet('snet-a', ['allowed', 'denied'], { occupants: [{ resource: null, name: 'c', is: 'compute cluster' }] }),
    subnet('snet-b', ['allowed', 'allowed']),
    subnet('snet-c', ['unknown', 'allowed']),
    subnet('snet-d', [], { occupants: [{ resource: null, name: 'pe', is: 'private endpoint to st' }] }),
  );
  const shown = (filter: string) =>
    mapRows(map, filter)
      .flatMap((one) => (one.kind === 'subnet' ? [one.subnet.name.slice(-1)] : []))
      .join('');

  test.each([
    ['is:failing', 'ac'],
    ['is:denied', 'a'],
    ['is:unknown', 'c'],
    ['is:allowed', 'abc'],
    ['is:failing kind:vault', 'a'],
    ['is:failing kind:storage', 'c'],
    ['kind:cluster', 'a'],
    ['kind:endpoint', 'd'],
    ['kind:vault', 'abc'],
    ['is:failing !snet-a', 'c'],
    ['is:failing nothing', ''],
  ])('%s', (filter, names) => expect(shown(filter)).toBe(names));

  test('a kind of service narrows the columns, a kind of compute does not', () => {
    expect(shownTargets(map, 'kind:vault')).toEqual([1]);
    expect(shownTargets(map, 'kind:cluster')).toEqual([0, 1]);
  });

  test('B shows the subnets that fail, and all again', async () => {
    const stdout = { columns: 100, rows: 30, write: () => true } as unknown as NodeJS.WriteStream;
    const shell = createShell(fakeOptions({ session: { ...fakeSession(), map: () => map }, stdout, screen: 'map' }));
    await shell.begin();
    const text = () => bodyRows(shell.store.get()).map(plain).join('\n');
    shell.press('B');
    expect(text()).toContain('snet-a');
    expect(text()).not.toContain('snet-b');
    shell.press('B');
    expect(text()).toContain('snet-b');
  });
});

test('the legend says what the marks and letters of this map mean, and nothing else', () => {
  const map = networkOf(many, subnet('snet-a', ['denied', 'allowed'], { routeTable: { id: '/rt', name: 'rt' } }));
  expect(plain(legendWords(map, 100))).toBe('  ✓ allowed  ✗ denied  R route table');
  // A letter says less than a tick.
  expect(plain(legendWords(map, 28))).toBe('  ✗ denied  R route table');
});

test('below, the services that are not reached come first with the reason, the others in columns', () => {
  const verdicts = many.map((_, at): PathVerdict => (at === 3 ? 'denied' : 'allowed'));
  const [, row] = mapRows(networkOf(many, subnet('snet-a', verdicts)), '');
  const lines = mapDetail(row, networkOf(many, subnet('snet-a', verdicts)), 130).map(plain);
  const from = lines.findIndex((text) => text.startsWith('Services'));
  expect(lines[from]).toContain('1 denied, 31 allowed');
  expect(lines.slice(from + 1, from + 3)).toEqual(['✗ stmldata03 storage account  denied', '  because of 3']);
  const grid = lines.filter((text) => text.startsWith('✓'));
  expect(grid.length).toBeLessThan(9);
  expect(grid.join(' ').match(/✓/g)).toHaveLength(31);
});
