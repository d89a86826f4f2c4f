// The tree: the workspace at the root, what belongs together under one heading, each row with the worst below it.
import { expect, test } from 'vitest';
import { buildTree } from '../../src/app/screens/resources/tree.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { type FakeOptions, fakeSession, ids } from '../support/fake-session.ts';

async function treeOf(options: FakeOptions = {}, folded: readonly string[] = []) {
  const session = fakeSession(options);
  let snapshot: Snapshot | undefined;
  for (const scan = session.scan(); snapshot === undefined; ) {
    const next = await scan.next();
    if (next.done) snapshot = next.value;
  }
  return buildTree(snapshot, session.report(snapshot, 'all'), new Set(folded));
}

test('rows in order, subnets below their network, one heading for several of a kind', async () => {
  const rows = await treeOf();
  expect(rows.map((row) => `${' '.repeat(row.depth)}${row.label}`)).toEqual([
    'mlw-sim',
    ' cpu-cluster',
    ' workspaceblobstore',
    ' Storage accounts',
    '  stlakesim',
    '  stmlsim',
    ' kv-mlsim',
    ' vnet-ml',
    '  snet-train',
    ' keep',
  ]);
});

test('a row shows the worst and the number of what fails at it and below it', async () => {
  const rows = await treeOf();
  const of = (label: string) => rows.find((row) => row.label === label);
  expect(of('mlw-sim')).toMatchObject({ worst: 'critical', failing: 4 });
  expect(of('Storage accounts')).toMatchObject({ worst: 'critical', failing: 3 });
  expect(of('kv-mlsim')).toMatchObject({ worst: null, failing: 0 });
});

test('only a row where something was judged and passed is marked so', async () => {
  const rows = await treeOf();
  expect(rows.find((row) => row.label === 'kv-mlsim')?.passed).toBe(true);
  expect(rows.find((row) => row.label === 'cpu-cluster')?.passed).toBe(false);
});

test('what could not be read has its place, and an absence that Azure confirmed has none', async () => {
  const gap = { reason: 'refused', action: 'a/read' };
  const rows = await treeOf({
    gaps: [
      { id: `${ids.vault}2`, ...gap, status: 403 },
      { id: `${ids.vault}3`, ...gap, status: 404 },
    ],
  });
  expect(rows.slice(-2).map((row) => [row.label, row.worst])).toEqual([
    ['Not readable', 'gap'],
    ['kv-mlsim2', 'gap'],
  ]);
});

test('a folded row hides what is below it and still counts it', async () => {
  const rows = await treeOf({}, ['group:microsoft.storage/storageaccounts']);
  expect(rows.some((row) => row.label === 'stmlsim')).toBe(false);
  expect(rows.find((row) => row.label === 'Storage accounts')).toMatchObject({ folded: true, failing: 3 });
});

test('an escape sequence in a name does not reach the tree', async () => {
  const rows = await treeOf({
    extra: [{ id: `${ids.storage}\x1b[2J`, type: 'Microsoft.Storage/storageAccounts', apiVersion: '', body: {} }],
  });
  expect(rows.map((row) => row.label).join('')).not.toContain('\x1b');
});
