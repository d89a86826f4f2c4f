// The Map screen: rows for whatever width there is, what keys do, and that nothing is drawn anew that did not change.
import { describe, expect, test } from 'vitest';
import { glyphsFor } from '../../src/app/draw/glyphs.ts';
import { lineWidth, plain } from '../../src/app/draw/text.ts';
import { columnsFor, mapRowWords } from '../../src/app/screens/map/row-words.ts';
import { mapRows, resourceOf } from '../../src/app/screens/map/rows.ts';
import { deriveMap, movedOn, startMap } from '../../src/app/screens/map/slice.ts';
import { map as screen } from '../../src/app/screens/map.ts';
import { initialState } from '../../src/app/state/initial.ts';
import { bindings } from '../../src/app/state/keys/index.ts';
import type { State } from '../../src/app/state/state.ts';
import { mapOf } from '../../src/audit/map.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { chooseTheme } from '../../src/theme/choose.ts';
import { themes } from '../../themes/index.ts';
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
  const drawn = screen.draw(slice, state);
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
    const columns = columnsFor(80, []);
    const texts = all.map((row) => plain(mapRowWords(row, false, columns, [], glyphsFor(false))));
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
