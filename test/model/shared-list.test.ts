// A list that snapshots share: its members are found like any resource, until a change replaces or deletes one.
import { describe, expect, test } from 'vitest';
import { isLinkedTo } from '../../src/facts/dns.ts';
import { endpointsTo } from '../../src/facts/endpoint-records.ts';
import {
  type EndpointInHand,
  endpointInHand,
  endpointsInHand,
  endpointsLeadingTo,
  endpointsWithin,
} from '../../src/facts/endpoints-in-hand.ts';
import type { Resource } from '../../src/model/resource.ts';
import { nameOf } from '../../src/model/resource-id.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { indexSnapshot, resourceIn } from '../../src/model/snapshot-index.ts';
import { applyChange } from '../../src/plan/index.ts';
import { privateEndpointType } from '../../src/resource-types/index.ts';

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

describe('private endpoints of a subscription', () => {
  const group = '/subscriptions/s/resourceGroups/rg/providers';
  const account = (name: string) => `${group}/Microsoft.Storage/storageAccounts/${name}`;
  const endpoint = (name: string, target: string, vnet: string): Resource => {
    const id = `${group}/Microsoft.Network/privateEndpoints/${name}`;
    const connection = { properties: { privateLinkServiceId: account(target), groupIds: ['blob'] } };
    const properties = { subnet: { id: `${network(vnet)}/subnets/snet` }, privateLinkServiceConnections: [connection] };
    return { id, type: privateEndpointType, apiVersion: '', body: { id, properties } };
  };
  const all = [endpoint('pe-1', 'one', 'a'), endpoint('pe-2', 'two', 'a'), endpoint('pe-3', 'one', 'b')];
  const held = new Map(all.map((one) => [one.id.toLowerCase(), one]));
  const shared = { type: privateEndpointType, ids: [...held.keys()], get: (id: string) => held.get(id) };
  const collection = `/subscriptions/s/providers/${privateEndpointType}`;
  const inList: Snapshot = { ...snapshot, collections: [{ id: collection, members: shared.ids, shared }] };
  const asOwn: Snapshot = { ...snapshot, collections: [{ id: collection, members: shared.ids }], resources: all };
  const found = (now: Snapshot) => {
    const index = indexSnapshot(now);
    const names = (some: readonly EndpointInHand[]) => some.map(({ endpoint: { id } }) => nameOf(id));
    return {
      all: names(endpointsInHand(index)),
      toOne: names(endpointsLeadingTo(account('ONE'), index)),
      blobOfOne: names(endpointsTo(account('one'), 'blob', index)),
      inA: names(endpointsWithin([network('A')], index)),
      inBoth: names(endpointsWithin([network('b'), network('a')], index)),
      one: [all[0]?.id.toUpperCase(), account('one'), undefined].map((id) => endpointInHand(id, index)?.endpoint.id),
    };
  };

  test('are found by id, by what they lead to and by their network, as those of one snapshot are', () => {
    expect(found(asOwn)).toEqual({
      ...{ all: ['pe-1', 'pe-2', 'pe-3'], toOne: ['pe-1', 'pe-3'], blobOfOne: ['pe-1', 'pe-3'] },
      ...{ inA: ['pe-1', 'pe-2'], inBoth: ['pe-1', 'pe-2', 'pe-3'], one: [all[0]?.id, undefined, undefined] },
    });
    expect(found(inList)).toEqual(found(asOwn));
    // Some are in hand beside the list.
    expect(found({ ...inList, resources: all.slice(1, 2) })).toEqual(found(asOwn));
  });

  test('are as a change leaves them', () => {
    const moved = endpoint('pe-1', 'two', 'b');
    const changed = (now: Snapshot) => {
      const created = applyChange(now, { kind: 'create', resource: moved.id, edits: [], body: moved.body });
      const gone = endpoint('pe-3', 'one', 'b');
      return found(applyChange(created, { kind: 'delete', resource: gone.id, edits: [], body: gone.body }));
    };
    expect(changed(inList)).toMatchObject({ all: ['pe-1', 'pe-2'], toOne: [], inA: ['pe-2'] });
    expect(changed(inList)).toEqual(changed(asOwn));
  });
});
