// Whatever a body holds, a provider stores it or refuses it; it never fails, and what it stored can be read, listed and deleted.
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { account, group, network, start, subnet, type TestClient, vault, workspace } from './support.ts';

let client: TestClient;
beforeAll(async () => {
  client = await start({ world: 'closed' });
  const isolated = { properties: { managedNetwork: { isolationMode: 'AllowOnlyApprovedOutbound' } } };
  await client.patch(workspace, isolated);
  await client.put(zone, { location: 'global' });
  await client.put(inNetwork('privateEndpoints', 'pe'), endpoint);
  await client.put(inNetwork('routeTables', 'rt'), place);
  await client.put(inNetwork('firewallPolicies', 'fwp'), place);
  await client.put(inNetwork('serviceEndpointPolicies', 'sep'), place);
  await client.put(balancer, { ...place, properties: { ...serving(balancer), frontendIPConfigurations: [inPe] } });
  await client.put(online, scored);
});
afterAll(() => client.stop());

const inNetwork = (type: string, name: string): string => `${group}/providers/Microsoft.Network/${type}/${name}`;
const place = { location: 'westeurope', properties: {} };
const zone = inNetwork('privateDnsZones', 'privatelink.blob.core.windows.net');
const endpoint = {
  location: 'westeurope',
  properties: {
    subnet: { id: subnet('snet-pe') },
    privateLinkServiceConnections: [
      { name: 'c', properties: { privateLinkServiceId: account('stmlsim'), groupIds: ['blob'] } },
    ],
    ipConfigurations: [],
    customNetworkInterfaceName: 'own',
  },
};
const configuration = { name: 'c', properties: { subnet: { id: subnet('snet-aks') }, publicIPAddress: { id: 'pip' } } };
const role = `/subscriptions/22222222-2222-2222-2222-222222222222/providers/Microsoft.Authorization/roleDefinitions/acdd72a7-3385-48ef-bd42-f606fba81ae7`;

const balancer = inNetwork('loadBalancers', 'lb');
const inPe = { name: 'f', properties: { subnet: { id: subnet('snet-pe') } } };
const serving = (id: string) => ({
  frontendIPConfigurations: [{ name: 'f', properties: { subnet: { id: subnet('snet-aks') } } }],
  backendAddressPools: [{ name: 'p', properties: {} }],
  probes: [{ name: 'h', properties: { protocol: 'Tcp', port: 80 } }],
  loadBalancingRules: [
    {
      name: 'r',
      properties: {
        ...{ protocol: 'Tcp', frontendPort: 80, backendPort: 80, probe: { id: `${id}/probes/h` } },
        frontendIPConfiguration: { id: `${id}/frontendIPConfigurations/f` },
        backendAddressPool: { id: `${id}/backendAddressPools/p` },
      },
    },
  ],
});
const online = `${workspace}/onlineEndpoints/fuzzed`;
const scored = {
  ...{ location: 'westeurope', identity: { type: 'SystemAssigned' } },
  properties: { authMode: 'Key', publicNetworkAccess: 'Enabled', traffic: {}, mirrorTraffic: {} },
};

/** Id of something to write, and a body that it takes. */
const cases: readonly (readonly [id: string, body: object])[] = [
  [inNetwork('privateEndpoints', 'fuzz'), endpoint],
  [
    `${inNetwork('privateEndpoints', 'pe')}/privateDnsZoneGroups/default`,
    { properties: { privateDnsZoneConfigs: [{ name: 'z', properties: { privateDnsZoneId: zone } }] } },
  ],
  [inNetwork('privateDnsZones', 'fuzz.test'), { location: 'global', properties: {} }],
  [
    `${zone}/virtualNetworkLinks/fuzz`,
    { location: 'global', properties: { virtualNetwork: { id: network }, registrationEnabled: false } },
  ],
  [`${zone}/A/fuzz`, { properties: { ttl: 10, metadata: {}, aRecords: [{ ipv4Address: '10.0.0.4' }] } }],
  [inNetwork('loadBalancers', 'fuzz'), { ...place, properties: serving(inNetwork('loadBalancers', 'fuzz')) }],
  [
    `${balancer}/backendAddressPools/fuzz`,
    { properties: { loadBalancerBackendAddresses: [{ name: 'a', properties: { ipAddress: '10.0.8.9' } }] } },
  ],
  [
    `${balancer}/inboundNatRules/fuzz`,
    { properties: { protocol: 'Tcp', frontendIPConfiguration: { id: `${balancer}/frontendIPConfigurations/f` } } },
  ],
  [`${workspace}/onlineEndpoints/fuzz`, scored],
  [
    `${online}/deployments/fuzz`,
    {
      location: 'westeurope',
      sku: { name: 'Default', capacity: 1 },
      properties: {
        endpointComputeType: 'Managed',
        instanceType: 'Standard_DS3_v2',
        egressPublicNetworkAccess: 'Enabled',
      },
    },
  ],
  [inNetwork('networkInterfaces', 'fuzz'), { ...place, properties: { ipConfigurations: [configuration] } }],
  [
    inNetwork('routeTables', 'fuzz'),
    {
      ...place,
      properties: { routes: [{ name: 'r', properties: { addressPrefix: '0.0.0.0/0', nextHopType: 'None' } }] },
    },
  ],
  [
    `${inNetwork('routeTables', 'rt')}/routes/fuzz`,
    { properties: { addressPrefix: '10.1.0.0/16', nextHopType: 'VirtualAppliance', nextHopIpAddress: '10.0.0.9' } },
  ],
  [
    inNetwork('publicIPAddresses', 'fuzz'),
    { ...place, properties: { publicIPAllocationMethod: 'Static', ipTags: [] } },
  ],
  [inNetwork('natGateways', 'fuzz'), { ...place, properties: { publicIpAddresses: [{ id: 'pip' }] } }],
  [
    inNetwork('serviceEndpointPolicies', 'fuzz'),
    {
      ...place,
      properties: {
        serviceEndpointPolicyDefinitions: [
          { name: 'd', properties: { service: 'Microsoft.Storage', serviceResources: [account('stmlsim')] } },
        ],
      },
    },
  ],
  [
    `${inNetwork('serviceEndpointPolicies', 'sep')}/serviceEndpointPolicyDefinitions/fuzz`,
    { properties: { service: 'Microsoft.Storage', serviceResources: [account('stmlsim')] } },
  ],
  [
    inNetwork('azureFirewalls', 'fuzz'),
    { ...place, properties: { firewallPolicy: { id: 'p' }, ipConfigurations: [configuration] } },
  ],
  [inNetwork('firewallPolicies', 'fuzz'), { ...place, properties: { basePolicy: { id: 'p' } } }],
  [`${inNetwork('firewallPolicies', 'fwp')}/ruleCollectionGroups/fuzz`, { properties: { priority: 200 } }],
  [`${workspace}/outboundRules/fuzz-host`, { properties: { type: 'FQDN', destination: 'pypi.org' } }],
  [
    `${workspace}/outboundRules/fuzz-tag`,
    { properties: { type: 'ServiceTag', destination: { serviceTag: 'Storage', protocol: 'TCP', portRanges: '443' } } },
  ],
  [
    `${workspace}/outboundRules/fuzz-endpoint`,
    { properties: { type: 'PrivateEndpoint', destination: { serviceResourceId: vault, subresourceTarget: 'vault' } } },
  ],
  [
    `${group}/providers/Microsoft.Authorization/roleAssignments/00000000-0000-0000-0000-00000000000f`,
    { properties: { roleDefinitionId: role, principalId: '55555555-5555-5555-5555-555555555555' } },
  ],
];

type Path = readonly (string | number)[];

/** All places in a body, the whole excepted. */
function placesIn(value: unknown, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, item]) => {
    const here = [...path, Array.isArray(value) ? Number(name) : name];
    return [here, ...placesIn(item, here)];
  });
}

function replaced(value: unknown, path: Path, item: unknown): unknown {
  const [step, ...rest] = path;
  if (step === undefined) return item;
  const copy = Array.isArray(value) ? [...value] : { ...(value as object) };
  const holder = copy as Record<string | number, unknown>;
  holder[step] = replaced(holder[step], rest, item);
  return copy;
}

/** What does not belong where it is put. */
const strange: readonly unknown[] = [
  null,
  true,
  -1,
  '',
  '/',
  '%',
  '..',
  '\u001b[31m',
  '10.0.4.4',
  '0.0.0.0/0',
  '/subscriptions',
  '/subscriptions/%ff/resourceGroups/x',
  account('stmlsim'),
  subnet('snet-pe'),
  network,
  workspace,
  'x'.repeat(5000),
  [],
  {},
  [null],
  [[]],
];

/** Sends a body and looks at what became of it; gives the messages of what failed. */
async function failures(id: string, sent: unknown, verbs: readonly ('put' | 'patch')[]): Promise<string[]> {
  const text = JSON.stringify(sent);
  const replies = [];
  for (const verb of verbs) replies.push(await client[verb](id, text));
  replies.push(await client.get(id));
  return replies.filter(({ status }) => status >= 500).map(({ message }) => `${message} ${text.slice(0, 300)}`);
}

test.each(cases)('anything anywhere: %s', async (id, body) => {
  const failed: string[] = [];
  for (const path of placesIn(body)) {
    for (const item of strange) failed.push(...(await failures(id, replaced(body, path, item), ['put'])));
  }
  expect(failed).toEqual([]);
  expect((await client.delete(id)).status).toBeLessThan(300);
});

test.each(cases)('several things at once, over what is there: %s', async (id, body) => {
  const change = fc.tuple(fc.constantFrom(...placesIn(body)), fc.constantFrom(...strange));
  await fc.assert(
    fc.asyncProperty(fc.array(change, { minLength: 2, maxLength: 3 }), async (changes) => {
      await client.put(id, body);
      const sent = changes.reduce<unknown>(
        (made, [path, item]) => (fits(made, path) ? replaced(made, path, item) : made),
        body,
      );
      expect(await failures(id, sent, ['put', 'patch'])).toEqual([]);
      const gone = [await client.get(id.slice(0, id.lastIndexOf('/'))), await client.delete(id)];
      expect(gone.filter(({ status }) => status >= 500)).toEqual([]);
    }),
    { numRuns: 15 },
  );
});

/** An earlier change may have taken the place away. */
function fits(value: unknown, path: Path): boolean {
  return (
    path
      .slice(0, -1)
      .reduce<unknown>((here, step) => (here as Record<string, unknown> | undefined)?.[step], value) instanceof Object
  );
}

test('the rest of the world is whole after all that', async () => {
  for (const id of [workspace, network, account('stmlsim'), vault]) expect((await client.get(id)).status).toBe(200);
  expect((await client.get(subnet('snet-aks'))).at('properties', 'ipConfigurations')).toBeUndefined();
});

test('an etag that no header can carry is not sent as one, and the server goes on', async () => {
  const id = inNetwork('networkSecurityGroups', 'odd');
  const resource = {
    id,
    name: 'odd',
    type: 'Microsoft.Network/networkSecurityGroups',
    etag: 'W/"\u0000\u20ac"',
    properties: {},
  };
  const loaded = await start({
    load: JSON.stringify({ schema: 'bastide/snapshot/v1', resources: [{ id, body: resource }] }),
  });
  try {
    const read = await loaded.get(id);
    expect([read.status, read.headers.etag]).toEqual([200, undefined]);
  } finally {
    await loaded.stop();
  }
});
