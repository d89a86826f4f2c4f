// Reading a few more resources into a snapshot: each is in it once, and what it held already stays.
import { expect, test } from 'vitest';
import type { ArmClient } from '../../src/azure/arm-client.ts';
import { fold } from '../../src/model/resource-id.ts';
import { extendSnapshot } from '../../src/session/extend-snapshot.ts';
import { ids, snapshotOf } from '../support/snapshot.ts';

const snapshot = snapshotOf(() => {});
const vnet = snapshot.resources.find(({ id }) => id === ids.vnet);

test('what is in hand is not added a second time, whatever the letter case of its id', async () => {
  if (vnet === undefined) throw new Error('the scene has no network');
  const newer = { ...vnet, id: vnet.id.toUpperCase(), etag: 'newer' };
  const stranger = { ...vnet, id: `${ids.vnet}-other`, body: { ...vnet.body, id: `${ids.vnet}-other` } };
  const answers = new Map([newer, stranger].map((resource) => [fold(resource.id), resource]));
  const counts = { requests: 0 };
  const arm = {
    counts,
    read: async (id: string) => {
      counts.requests += 1;
      return { ok: true as const, resource: answers.get(fold(id)) };
    },
    adminRules: async (id: string) => ({
      ok: true as const,
      resource: { ...stranger, id: `${id}/none`, type: 'None' },
    }),
  } as unknown as ArmClient;

  const after = await extendSnapshot(snapshot, [newer.id, stranger.id], arm, () => {});
  const all = after.resources.map(({ id }) => fold(id));
  expect(all.length).toBe(new Set(all).size);
  expect(after.resources.filter(({ id }) => fold(id) === fold(vnet.id))).toEqual([vnet]);
  expect(all).toContain(fold(stranger.id));
  expect(after.requests).toBe(snapshot.requests + 2);
});
