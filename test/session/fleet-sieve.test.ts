// The queries of stage 1: each subscription is asked once for each table, what is met in other subscriptions is read as well, and no
// group of subscriptions or identities is left out.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { ArmClient, GraphQuery } from '../../src/azure/arm-client.ts';
import { openFleetStore } from '../../src/history/fleet-store.ts';
import type { JsonObject } from '../../src/model/json.ts';
import { Pool } from '../../src/session/fleet/pool.ts';
import { fleetTables, principalsPerQuery, subscriptionsPerQuery } from '../../src/session/fleet/queries.ts';
import { type FleetSieve, readSieve, sieveCover } from '../../src/session/fleet/sieve.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'fleet-sieve-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const guid = (number: number): string => `00000000-0000-0000-0000-${String(number).padStart(12, '0')}`;
const group = (subscription: number): string => `/subscriptions/${guid(subscription)}/resourceGroups/rg/providers`;
const workspace = (subscription: number, name: string, more: JsonObject = {}): JsonObject => ({
  ...{ id: `${group(subscription)}/Microsoft.MachineLearningServices/workspaces/${name}`, name, ...more },
});
const network = (subscription: number, peer?: number): JsonObject => ({
  id: `${group(subscription)}/Microsoft.Network/virtualNetworks/vnet-${subscription}`,
  name: `vnet-${subscription}`,
  properties: { remote: peer === undefined ? '' : `${group(peer).toUpperCase()}/MICROSOFT.NETWORK/VIRTUALNETWORKS/V` },
});

interface Sieved {
  readonly sieve: FleetSieve;
  readonly pool: Pool;
  readonly asked: readonly GraphQuery[];
}

/** A service that holds rows by the number of their subscription. */
async function sieved(rows: ReadonlyMap<number, readonly JsonObject[]>, subscriptions: readonly string[] = []) {
  const asked: GraphQuery[] = [];
  const graph: ArmClient['graph'] = async (query) => {
    asked.push(query);
    const found: JsonObject[] = query.query.startsWith('resourcecontainers')
      ? [...rows.keys()].map((one) => ({ id: `/subscriptions/${guid(one)}`, subscriptionId: guid(one) }))
      : [...rows].flatMap(([one, own]) =>
          query.subscriptions?.includes(guid(one)) !== false
            ? own.filter(({ id }) => query.query.includes(typeOf(String(id))))
            : [],
        );
    await query.onRows(found);
    return { ok: true, rows: found.length, pages: 1 };
  };
  const store = await openFleetStore({
    ...{ folder: mkdtempSync(path.join(folder, 'run-')), key: 'run', pid: process.pid, now: () => new Date() },
  });
  const pool = new Pool(store.rows);
  const request = { subscriptions, stage: 1, profile: 'all' } as const;
  const sieve = await readSieve({ arm: { graph } as ArmClient, pool, request, at: '', say: () => {} });
  return { sieve, pool, asked } satisfies Sieved;
}
const typeOf = (id: string): string => `'${id.split('/').slice(6, 8).join('/').toLowerCase()}'`;
const tablesAsked = ({ asked }: Sieved, subscription: string): string[] =>
  asked.flatMap(({ query, subscriptions }) =>
    subscriptions?.includes(subscription) === true && !query.startsWith('authorization') ? [query] : [],
  );

describe('the queries', () => {
  test('reach what is named in other subscriptions, two steps from the scope, in any letter case', async () => {
    const found = await sieved(
      new Map([
        [1, [workspace(1, 'one'), network(1, 2)]],
        [2, [network(2, 3), workspace(2, 'other')]],
        [3, [network(3)]],
        [4, [network(4), workspace(4, 'far')]],
      ]),
      [guid(1)],
    );
    expect(found.sieve.covered).toEqual([guid(1), guid(2), guid(3)]);
    expect(found.pool.get(`${group(3)}/Microsoft.Network/virtualNetworks/vnet-3`)).toBeDefined();
    // What is read for its sake is no part of the scope.
    expect(found.sieve.workspaces).toEqual([workspace(1, 'one').id]);
    for (const subscription of found.sieve.covered) {
      const queries = tablesAsked(found, subscription);
      expect([queries.length, new Set(queries).size]).toEqual([fleetTables.length, fleetTables.length]);
    }
    // Any workspace that is shown may use the same services: of other subscriptions nothing else is read.
    expect(found.pool.get(String(workspace(4, 'far').id))).toBeDefined();
    expect(found.pool.get(`${group(4)}/Microsoft.Network/virtualNetworks/vnet-4`)).toBeUndefined();
    const { covers, everywhere } = sieveCover(found.sieve);
    expect(everywhere('Microsoft.MachineLearningServices/workspaces')).toBe(true);
    expect(covers('Microsoft.Network/virtualNetworks', guid(3))).toBe(true);
    expect(covers('Microsoft.Network/virtualNetworks', guid(4))).toMatchObject({ code: 'SubscriptionNotVisible' });
  });

  test('ask every subscription once for each table, in groups that Azure allows', async () => {
    const count = 2 * subscriptionsPerQuery + 1;
    const all = Array.from({ length: count }, (_, index) => index + 1);
    const identity = { type: 'SystemAssigned', principalId: guid(100_000) };
    const found = await sieved(new Map(all.map((one) => [one, [workspace(one, `mlw-${one}`, { identity })]])));
    expect(found.sieve.workspaces).toHaveLength(count);
    const groups = found.asked.flatMap(({ subscriptions }) => subscriptions?.length ?? []);
    expect(Math.max(...groups)).toBeLessThan(300);
    for (const one of all) expect(new Set(tablesAsked(found, guid(one))).size).toBe(fleetTables.length);
    const roles = found.asked.filter(({ query }) => query.startsWith('authorizationresources'));
    expect(roles.flatMap(({ subscriptions }) => subscriptions ?? []).toSorted()).toEqual(all.map(guid));
    expect(groups).toHaveLength(3 * fleetTables.length + roles.length);
  });

  test('ask for the role assignments of every identity, in every subscription', async () => {
    const count = 2 * principalsPerQuery + 3;
    const identities = Array.from({ length: count }, (_, index) => guid(100_000 + index));
    const own = identities.map((principalId, index) =>
      workspace(1, `mlw-${index}`, { identity: { type: 'SystemAssigned', principalId } }),
    );
    const { asked, sieve } = await sieved(new Map([[1, own]]));
    expect(sieve.principals).toEqual(identities);
    const texts = asked.filter(({ query }) => query.startsWith('authorizationresources'));
    expect(texts).toHaveLength(3);
    for (const one of identities) expect(texts.filter(({ query }) => query.includes(`'${one}'`))).toHaveLength(1);
    expect(identities.every(sieveCover(sieve).hasRoles)).toBe(true);
  });
});
