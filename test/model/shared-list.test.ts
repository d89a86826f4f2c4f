// A list that snapshots share: its members are found like any resource, until a change replaces or deletes one.
import { expect, test } from 'vitest';
import { isLinkedTo } from '../../src/facts/dns.ts';
import type { Resource } from '../../src/model/resource.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { indexSnapshot, resourceIn } from '../../src/model/snapshot-index.ts';
import { applyChange } from '../../src/plan/index.ts';

const zone = '/subscriptions/s/resourceGroups/rg-dns/providers/Microsoft.Network/privateDnsZones/privatelink.a.net';
const type = 'Microsoft.Network/privateDnsZones/virtualNetworkLinks';
const network = (name: string) =>
  `/subscriptions/s/resourceGroups/rg/providers/Microsoft.Network/virtualNetworks/${name}`;
const link = (name: string): Resource => {
  const id = `${zone}/virtualNetworkLinks/${name}`;
  return { id, type, apiVersion: '', body: { id, properties: { virtualNetwork: { id: network(name) } } } };
};
const links = new Map(['one', 'two'].map((name) => [link(name).id.toLowerCase(), link(name)]));
const list = { type, ids: [...links.keys()], get: (id: string) => links.get(id) };
const snapshot: Snapshot = {
  ...{ schema: 'bastide/snapshot/v1', id: 's', takenAt: '2026-11-28T12:00:00Z', workspace: null, identity: null },
  ...{ source: { kind: 'demo', name: 'demo:x' }, requests: 0, resources: [], permissions: [], gaps: [], intents: {} },
  collections: [{ id: `${zone}/virtualNetworkLinks`, members: list.ids, shared: list }],
};
const seen = (now: Snapshot) => {
  const index = indexSnapshot(now);
  return {
    all: index.ofType(type).map(({ id }) => id),
    listed: index.list(`${zone}/virtualNetworkLinks`).map(({ id }) => id),
    leads: ['one', 'two', 'three'].filter((name) => isLinkedTo(zone, network(name).toUpperCase(), index)),
  };
};
const ids = (...names: string[]) => names.map((name) => link(name).id);

test('holds its members for the index, which has none of its own', () => {
  expect(seen(snapshot)).toEqual({ all: ids('one', 'two'), listed: ids('one', 'two'), leads: ['one', 'two'] });
  expect(indexSnapshot(snapshot).ownOfType(type)).toEqual([]);
  expect(resourceIn(snapshot, link('two').id)?.id).toBe(link('two').id);
});

test('is without a member that a change deletes', () => {
  const after = applyChange(snapshot, { kind: 'delete', resource: link('one').id, edits: [], body: link('one').body });
  expect(seen(after)).toEqual({ all: ids('two'), listed: ids('two'), leads: ['two'] });
  expect(indexSnapshot(after).peek(link('one').id).state).toBe('missing');
  expect(seen(snapshot).leads).toEqual(['one', 'two']);
});

test('has a member that a change creates, and each once where one is replaced', () => {
  const [made, old] = [link('three'), link('two')];
  const created = applyChange(snapshot, { kind: 'create', resource: made.id, edits: [], body: made.body });
  const after = applyChange(created, { kind: 'create', resource: old.id, edits: [], body: old.body });
  const { all, leads, listed } = seen(after);
  expect([all.toSorted(), listed.toSorted()]).toEqual([ids('one', 'three', 'two'), ids('one', 'three', 'two')]);
  expect(leads).toEqual(['one', 'two', 'three']);
});
