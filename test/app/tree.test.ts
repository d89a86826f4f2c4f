// The tree: the workspace at the root, what belongs together under one heading, each row with the worst below it.
import { expect, test } from 'vitest';
import { glyphsFor } from '../../src/app/draw/glyphs.ts';
import { plain } from '../../src/app/draw/text.ts';
import { rowsOf, type TreeOrder } from '../../src/app/screens/resources/rows.ts';
import { buildTree } from '../../src/app/screens/resources/tree.ts';
import { treeWords } from '../../src/app/screens/resources/tree-columns.ts';
import { audit } from '../../src/audit/index.ts';
import type { Resource } from '../../src/model/resource.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { isReading } from '../../src/resource-types/index.ts';
import { rules } from '../../src/rules/index.ts';
import { worldSnapshot } from '../plan/worlds.ts';
import { type FakeOptions, fakeSession, ids } from '../support/fake-session.ts';

const asItIs: TreeOrder = { sort: 0, reverse: false };

async function treeOf(options: FakeOptions = {}, folded: readonly string[] = [], order = asItIs) {
  const session = fakeSession(options);
  let snapshot: Snapshot | undefined;
  for (const scan = session.scan(); snapshot === undefined; ) {
    const next = await scan.next();
    if (next.done) snapshot = next.value;
  }
  return rowsOf(buildTree(snapshot, session.report(snapshot, 'all')), new Set(folded), order);
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

test('online endpoints are under one heading, after the datastores', () => {
  const listed = (resources: readonly Resource[]) => resources.filter(({ id }) => !id.includes('/deployments/'));
  const snapshot = worldSnapshot('managed', { change: listed });
  const [root, ...rows] = rowsOf(buildTree(snapshot, audit(snapshot, [])), new Set(), asItIs);
  const labels = rows.map((row) => row.label);
  expect(root?.label).toBe('mlw-sim');
  const at = labels.indexOf('Online endpoints');
  expect(labels.slice(at + 1, at + 3)).toEqual(['churn-sim', 'fraud-sim']);
  expect(labels.indexOf('Datastores')).toBeLessThan(at);
  expect(at).toBeLessThan(labels.indexOf('Storage accounts'));
});

test('a row shows the worst and the number of what fails at it and below it', async () => {
  const rows = await treeOf();
  const of = (label: string) => rows.find((row) => row.label === label);
  expect(of('mlw-sim')).toMatchObject({ worst: 'critical', failing: 4 });
  expect(of('Storage accounts')).toMatchObject({ worst: 'critical', failing: 3 });
  expect(of('kv-mlsim')).toMatchObject({ worst: null, failing: 0 });
});

test('only a row where something was checked and passed is marked so', async () => {
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
    ['Not accessible', 'gap'],
    ['kv-mlsim2', 'gap'],
  ]);
});

test('answers that a scan stores as documents are no resources, and a connection is named without its GUID', async () => {
  const document = (id: string, type: string) => ({ id, type, apiVersion: '', body: {} });
  const network = 'Microsoft.Network/virtualNetworks';
  const refused = `${ids.network}/listNetworkManagerEffectiveSecurityAdminRules`;
  const connection = `${ids.workspace}/privateEndpointConnections/pe.20e8c8db-a06c-cab6-176a-51316ad61964`;
  const rows = await treeOf({
    extra: [
      document(`${ids.network}/usages`, `${network}/usages`),
      document(`${ids.network}/listNetworkManagerEffectiveConnectivityConfigurations`, `${network}/list`),
      document(connection, 'Microsoft.MachineLearningServices/workspaces/privateEndpointConnections'),
    ],
    gaps: [{ id: refused, reason: 'refused', action: 'a/read', status: 403 }],
  });
  expect(rows.filter(({ resource }) => /usages|listNetwork/i.test(resource ?? '')).map(({ label }) => label)).toEqual([
    'security admin rules of vnet-ml',
  ]);
  expect(rows.find(({ resource }) => resource === connection)?.label).toBe('pe');
});

test('no finding is about a document that the tree leaves out', () => {
  for (const world of ['mixed', 'everything', 'crowded', 'hub-spoke']) {
    const { findings } = audit(worldSnapshot(world), rules);
    expect(findings.length).toBeGreaterThan(50);
    expect(findings.filter(({ resource, where }) => isReading(resource) || isReading(where ?? ''))).toEqual([]);
  }
});

test('a blank is between the letter and any number, and the word is there where there is room', async () => {
  const [root] = await treeOf();
  if (root === undefined) return expect(root).toBeDefined();
  const text = (failing: number, width: number, inWords: boolean) =>
    plain(treeWords({ ...root, failing }, false, width, glyphsFor(false), inWords)).trimEnd();
  for (const [failing, shown] of [
    [4, 'C   4'],
    [47, 'C  47'],
    [293, 'C 293'],
  ] as const) {
    expect(text(failing, 40, false)).toMatch(new RegExp(` ${shown}$`));
  }
  expect(text(293, 60, true)).toMatch(/ critical 293$/);
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

const labels = async (sort: number, reverse = false) =>
  (
    await treeOf({ gaps: [{ id: `${ids.vault}2`, reason: 'refused', action: 'a/read', status: 403 }] }, [], {
      sort,
      reverse,
    })
  ).map((row) => `${' '.repeat(row.depth)}${row.label}`);

test('siblings are sorted among themselves, and what was refused stays last', async () => {
  expect(await labels(1)).toEqual([
    'mlw-sim',
    ' cpu-cluster',
    ' keep',
    ' kv-mlsim',
    ' Storage accounts',
    '  stlakesim',
    '  stmlsim',
    ' vnet-ml',
    '  snet-train',
    ' workspaceblobstore',
    ' Not accessible',
    '  kv-mlsim2',
  ]);
  // stmlsim fails twice, its sibling once.
  expect((await labels(2)).slice(0, 4)).toEqual(['mlw-sim', ' Storage accounts', '  stmlsim', '  stlakesim']);
  expect((await labels(3)).slice(0, 4)).toEqual(['mlw-sim', ' Storage accounts', '  stmlsim', '  stlakesim']);
  expect((await labels(3, true)).slice(-5)).toEqual([
    ' Storage accounts',
    '  stlakesim',
    '  stmlsim',
    ' Not accessible',
    '  kv-mlsim2',
  ]);
});

test('every order shows the same rows', async () => {
  const all = (await labels(0)).toSorted();
  for (const sort of [0, 1, 2, 3]) {
    for (const reverse of [false, true]) expect((await labels(sort, reverse)).toSorted()).toEqual(all);
  }
});
