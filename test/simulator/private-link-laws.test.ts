// Whatever is done in whatever order, endpoints, interfaces, subnets, connections and records say the same; and when all is
// deleted, the world is as it was.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type ArmJson, isObject, list, parseJson, text } from '../../src/simulator/json.ts';
import { account, group, start, subnet, type TestClient, vault, workspace } from './support.ts';

const inNetwork = (type: string, name: string): string => `${group}/providers/Microsoft.Network/${type}/${name}`;
const targets = [
  { id: account('stmlsim'), group: 'blob', zones: ['privatelink.blob.core.windows.net'] },
  { id: vault, group: 'vault', zones: ['privatelink.vaultcore.azure.net'] },
  { id: workspace, group: 'amlworkspace', zones: ['privatelink.api.azureml.ms', 'privatelink.notebooks.azure.net'] },
] as const;
const names = ['pe-a', 'pe-b', 'pe-c'] as const;
const zoneId = (name: string): string => inNetwork('privateDnsZones', name);
const endpointId = (name: string): string => inNetwork('privateEndpoints', name);

type Act = (client: TestClient) => Promise<unknown>;

const anyName = fc.constantFrom(...names);
const anyTarget = fc.constantFrom(...targets);
const acts: fc.Arbitrary<Act> = fc.oneof(
  fc.tuple(anyName, anyTarget, fc.boolean()).map(
    ([name, target, asks]): Act =>
      (client) => {
        const list = asks ? 'manualPrivateLinkServiceConnections' : 'privateLinkServiceConnections';
        const properties = { privateLinkServiceId: target.id, groupIds: [target.group] };
        const body = { subnet: { id: subnet('snet-pe') }, [list]: [{ name: 'link', properties }] };
        return client.put(endpointId(name), { location: 'westeurope', properties: body });
      },
  ),
  anyName.map(
    (name): Act =>
      (client) =>
        client.delete(endpointId(name)),
  ),
  fc.tuple(anyTarget, fc.constantFrom('Approved', 'Rejected')).map(
    ([target, status]): Act =>
      async (client) => {
        for (const id of await connectionIds(client, target.id))
          await client.put(id, { properties: { privateLinkServiceConnectionState: { status, description: status } } });
      },
  ),
  anyTarget.map(
    (target): Act =>
      async (client) => {
        for (const id of await connectionIds(client, target.id)) await client.delete(id);
      },
  ),
  fc.tuple(anyName, anyTarget).map(
    ([name, target]): Act =>
      (client) => {
        const configs = target.zones.map((zone, index) => ({
          name: `z${index}`,
          properties: { privateDnsZoneId: zoneId(zone) },
        }));
        return client.put(`${endpointId(name)}/privateDnsZoneGroups/default`, {
          properties: { privateDnsZoneConfigs: configs },
        });
      },
  ),
  anyName.map(
    (name): Act =>
      (client) =>
        client.delete(`${endpointId(name)}/privateDnsZoneGroups/default`),
  ),
  fc.constant<Act>((client) => client.patch(workspace, { properties: { description: 'busy' } })),
);

const read = async (client: TestClient, path: string): Promise<ArmJson[]> =>
  list((await client.get(path)).json, 'value');
const idsOf = (items: readonly ArmJson[]): string[] => items.flatMap((item) => text(item, 'id') ?? []).sort();

async function connectionIds(client: TestClient, target: string): Promise<string[]> {
  return idsOf(await read(client, `${target}/privateEndpointConnections`));
}

/** Reads until nothing runs any more: each read of a resource is a poll of what runs on it. */
async function settle(client: TestClient): Promise<void> {
  const paths = [
    workspace,
    ...names.flatMap((name) => [endpointId(name), `${endpointId(name)}/privateDnsZoneGroups/default`]),
  ];
  for (let round = 0; round < 3; round += 1) for (const path of paths) await client.get(path);
}

async function checkLaws(client: TestClient): Promise<void> {
  const endpoints = await read(client, inNetwork('privateEndpoints', '').slice(0, -1));
  const cards = await read(client, inNetwork('networkInterfaces', '').slice(0, -1));
  const place = (await client.get(subnet('snet-pe'))).json;
  const configurations = cards.flatMap((card) => list(card, 'properties', 'ipConfigurations'));
  const addresses = configurations.flatMap((item) => text(item, 'properties', 'privateIPAddress') ?? []);
  // Every endpoint has one interface, the subnet names both, and no address is given twice.
  expect(idsOf(list(place, 'properties', 'privateEndpoints'))).toEqual(idsOf(endpoints));
  expect(idsOf(list(place, 'properties', 'ipConfigurations'))).toEqual(idsOf(configurations));
  expect(idsOf(cards)).toEqual(idsOf(endpoints.flatMap((item) => list(item, 'properties', 'networkInterfaces'))));
  expect(new Set(addresses).size).toBe(addresses.length);
  // A connection at a target and the endpoint it belongs to show one status; without a connection, Disconnected.
  const statuses = new Map<string, string>();
  for (const target of targets) {
    for (const item of await read(client, `${target.id}/privateEndpointConnections`))
      statuses.set(text(item, 'properties', 'privateEndpoint', 'id') ?? '', statusIn(item));
  }
  for (const endpoint of endpoints) {
    const [own] = ['privateLinkServiceConnections', 'manualPrivateLinkServiceConnections'].flatMap((member) =>
      list(endpoint, 'properties', member),
    );
    expect(statusIn(own ?? null)).toBe(statuses.get(text(endpoint, 'id') ?? '') ?? 'Disconnected');
  }
  expect([...statuses.keys()].every((id) => idsOf(endpoints).includes(id))).toBe(true);
  // Every record is one that a zone group shows.
  const shown = new Set<string>();
  for (const endpoint of idsOf(endpoints)) {
    for (const zones of await read(client, `${endpoint}/privateDnsZoneGroups`))
      for (const config of list(zones, 'properties', 'privateDnsZoneConfigs'))
        for (const record of list(config, 'properties', 'recordSets'))
          shown.add(`${text(config, 'properties', 'privateDnsZoneId')}/A/${text(record, 'recordSetName')}`);
  }
  for (const zone of targets.flatMap((target) => target.zones))
    for (const id of idsOf(await read(client, `${zoneId(zone)}/A`))) expect(shown).toContain(id);
}

const statusIn = (item: ArmJson): string =>
  text(item, 'properties', 'privateLinkServiceConnectionState', 'status') ?? '';

/** What the world holds, but for what changes with every write. */
function worldOf(client: TestClient): string {
  const state = parseJson(client.sim.stateText());
  const plain = (value: ArmJson): unknown => {
    if (Array.isArray(value)) return value.map(plain);
    if (!isObject(value)) return value;
    const rest = [...value].filter(([name, item]) => name !== 'etag' && !(Array.isArray(item) && item.length === 0));
    return Object.fromEntries(rest.map(([name, item]) => [name, plain(item)]));
  };
  return JSON.stringify(list(state, 'resources').map(plain));
}

test.each(['instant', 'polls:1'])('the laws hold under the clock %s', async (clock) => {
  await fc.assert(
    fc.asyncProperty(fc.array(acts, { minLength: 1, maxLength: 12 }), async (plan) => {
      const client = await start({ world: 'closed', clock });
      try {
        for (const zone of targets.flatMap((target) => target.zones))
          await client.put(zoneId(zone), { location: 'global' });
        await client.patch(workspace, { properties: { description: 'busy' } });
        for (const zone of targets.flatMap((target) => target.zones))
          for (let poll = 0; poll < 3; poll += 1) await client.get(zoneId(zone));
        await settle(client);
        const before = worldOf(client);
        for (const act of plan) {
          await act(client);
          if (clock === 'instant') await checkLaws(client);
        }
        await settle(client);
        await checkLaws(client);
        for (const name of names) await client.delete(endpointId(name));
        await settle(client);
        expect(await read(client, inNetwork('privateEndpoints', '').slice(0, -1))).toEqual([]);
        expect(worldOf(client)).toBe(before);
      } finally {
        await client.stop();
      }
    }),
    { numRuns: 16 },
  );
});
