// What is in effect at a machine's interface: the calls of Network Watcher and of the interface, their refusals, and long answers.
import { afterEach, expect, test } from 'vitest';
import { type ArmJson, list, text } from '../../src/simulator/json.ts';
import { group, network, start, subnet, type TestClient, type TestReply } from './support.ts';

let client: TestClient;
afterEach(() => client.stop());

const nic = (name: string): string => `${group}/providers/Microsoft.Network/networkInterfaces/nic-${name}`;
const vm = (name: string): string => `${group}/providers/Microsoft.Compute/virtualMachines/${name}`;
const watcher = `${group.replace('rg-ml', 'NetworkWatcherRG')}/providers/Microsoft.Network/networkWatchers/NetworkWatcher_westeurope`;
const version = '?api-version=2026-01-01';
const ask = (path: string, body?: object): Promise<TestReply> => client.send('POST', `${path}${version}`, body);
const flow = (remoteIPAddress: string, more: object = {}): object => ({
  targetResourceId: vm('vm-jump'),
  ...{ direction: 'Outbound', protocol: 'TCP', localPort: '60000', remotePort: '443' },
  localIPAddress: '10.0.1.8',
  remoteIPAddress,
  ...more,
});
const hop = (destinationIPAddress: string): object => ({
  targetResourceId: vm('vm-jump'),
  sourceIPAddress: '10.0.1.8',
  destinationIPAddress,
});
const rules = (reply: TestReply): readonly ArmJson[] => list(list(reply.json, 'value')[0], 'effectiveSecurityRules');
const named = (reply: TestReply, name: string) => rules(reply).find((rule) => text(rule, 'name')?.endsWith(`/${name}`));

test('effective groups name the group, its association, and what the tags of its rules mean', async () => {
  client = await start({ world: 'limited' });
  const reply = await ask(`${nic('vm-jump')}/effectiveNetworkSecurityGroups`);
  expect(reply.status).toBe(200);
  const [first, ...others] = list(reply.json, 'value');
  expect(others).toEqual([]);
  expect(text(first, 'association', 'subnet', 'id')).toBe(subnet('snet-train'));
  expect(text(named(reply, 'DenyInternet'), 'name')).toBe('securityRules/DenyInternet');
  expect(list(named(reply, 'AllowVnetOutBound'), 'expandedDestinationAddressPrefix')).toEqual([
    '10.0.0.0/16',
    '168.63.129.16/32',
  ]);
  const internet = list(named(reply, 'AllowInternetOutBound'), 'expandedDestinationAddressPrefix');
  expect(internet).toContain('168.0.0.0/8');
  expect(internet).not.toContain('10.0.0.0/8');
  expect(text(named(reply, 'DenyAllInBound'), 'destinationPortRange')).toBe('0-65535');
});

test('IP flow verify takes one packet through the rules and names the one that decides', async () => {
  client = await start({ world: 'limited' });
  const verify = async (body: object) => {
    const { json } = await ask(`${watcher}/ipFlowVerify`, body);
    return [text(json, 'access'), text(json, 'ruleName')];
  };
  expect(await verify(flow('8.8.8.8'))).toEqual(['Deny', 'securityRules/DenyInternet']);
  expect(await verify(flow('10.0.2.9'))).toEqual(['Allow', 'defaultSecurityRules/AllowVnetOutBound']);
  expect(await verify(flow('8.8.8.8', { direction: 'Inbound', localPort: '22' }))).toEqual([
    'Deny',
    'defaultSecurityRules/DenyAllInBound',
  ]);
  // The platform's own traffic meets no rule.
  expect(await verify(flow('168.63.129.16', { protocol: 'UDP', remotePort: '53' }))).toEqual(['Allow', undefined]);
});

test('the next hop follows the routes that are in effect', async () => {
  client = await start({ world: 'limited' });
  const next = async (address: string) => {
    const { json } = await ask(`${watcher}/nextHop`, hop(address));
    return [text(json, 'nextHopType'), text(json, 'nextHopIpAddress'), text(json, 'routeTableId')];
  };
  const system = 'System Route';
  expect(await next('8.8.8.8')).toEqual(['Internet', undefined, system]);
  expect(await next('10.0.2.9')).toEqual(['VnetLocal', undefined, system]);
  expect(await next('10.9.0.1')).toEqual(['None', undefined, system]);
  const table = `${group}/providers/Microsoft.Network/routeTables/rt`;
  const route = (name: string, addressPrefix: string, nextHopType: string, nextHopIpAddress?: string) => ({
    name,
    properties: { addressPrefix, nextHopType, nextHopIpAddress },
  });
  await client.put(table, {
    location: 'westeurope',
    properties: {
      routes: [
        route('all', '0.0.0.0/0', 'VirtualAppliance', '10.0.4.4'),
        route('lost', '8.0.0.0/8', 'VirtualAppliance', '192.168.7.7'),
      ],
    },
  });
  const properties = { addressPrefix: '10.0.1.0/24', routeTable: { id: table } };
  await client.put(subnet('snet-train'), { properties });
  expect(await next('9.9.9.9')).toEqual(['VirtualAppliance', '10.0.4.4', table]);
  expect(await next('10.9.0.1')).toEqual(['VirtualAppliance', '10.0.4.4', table]);
  // An appliance outside the network gets nothing.
  expect(await next('8.8.8.8')).toEqual(['None', '192.168.7.7', table]);
  const routes = list((await ask(`${nic('vm-jump')}/effectiveRouteTable`)).json, 'value');
  expect(routes.map((one) => [text(one, 'source'), text(one, 'state'), list(one, 'addressPrefix')[0]])).toEqual([
    ['Default', 'Active', '10.0.0.0/16'],
    // The private endpoint of Azure Monitor.
    ['Default', 'Active', '10.0.4.20/32'],
    ['User', 'Active', '0.0.0.0/0'],
    ['User', 'Active', '8.0.0.0/8'],
    ['Default', 'Invalid', '0.0.0.0/0'],
  ]);
});

test('nothing is in effect at an interface whose machine does not run, or that has none', async () => {
  client = await start({ world: 'limited' });
  const idle = await ask(`${nic('vm-idle')}/effectiveRouteTable`);
  expect([idle.status, idle.code]).toEqual([400, 'NicMustBeAttachedToRunningVmToGetEffectiveRoutes']);
  await client.put(nic('loose'), {
    location: 'westeurope',
    properties: { ipConfigurations: [{ name: 'a', properties: { subnet: { id: subnet('snet-dev') } } }] },
  });
  const loose = await ask(`${nic('loose')}/effectiveNetworkSecurityGroups`);
  expect([loose.status, loose.code]).toEqual([400, 'NicMustBeAttachedToRunningVmToGetEffectiveSecurityGroups']);
  const stopped = await ask(`${watcher}/ipFlowVerify`, {
    ...flow('8.8.8.8', { localIPAddress: '10.0.3.8' }),
    targetResourceId: vm('vm-idle'),
  });
  expect(stopped.status).toBe(409);
  expect((await client.send('POST', `${vm('vm-idle')}/start?api-version=2026-04-01`)).status).toBe(200);
  expect((await ask(`${nic('vm-idle')}/effectiveRouteTable`)).status).toBe(200);
});

test.each([
  ['another address', { localIPAddress: '10.0.1.9' }],
  ['no address', { remoteIPAddress: '8.8.8' }],
  ['IPv6', { remoteIPAddress: '2001:db8::1' }],
  ['ICMP', { protocol: 'ICMP' }],
  ['a port beyond the last', { remotePort: '65536' }],
  ['no direction', { direction: 'Sideways' }],
  ['another interface', { targetNicResourceId: nic('vm-idle') }],
])('IP flow verify refuses %s', async (_, more) => {
  client = await start({ world: 'limited' });
  expect((await ask(`${watcher}/ipFlowVerify`, flow('8.8.8.8', more))).status).toBe(400);
});

test('what is in effect is told after a while, without keeping other callers waiting', async () => {
  client = await start({ world: 'limited', clock: 'polls:1' });
  const path = `${nic('vm-jump')}/effectiveRouteTable`;
  const [first, second] = await Promise.all([ask(path), ask(path)]);
  expect([first.status, second.status, first.text]).toEqual([202, 202, 'null']);
  const location = first.headers.location ?? '';
  expect((await client.send('GET', location)).status).toBe(202);
  const done = await client.send('GET', location);
  expect([done.status, list(done.json, 'value').length > 0]).toEqual([200, true]);
  const status = await client.send('GET', second.headers['azure-asyncoperation'] ?? '');
  expect(status.at('status')).toBe('InProgress');
});

test('a read-only lock refuses the question', async () => {
  client = await start({ world: 'limited' });
  await client.put(`${network}/providers/Microsoft.Authorization/locks/l`, { properties: { level: 'ReadOnly' } });
  expect((await ask(`${nic('vm-jump')}/effectiveRouteTable`)).status).toBe(200);
  await client.put(`${group}/providers/Microsoft.Authorization/locks/l`, { properties: { level: 'ReadOnly' } });
  const refused = await ask(`${nic('vm-jump')}/effectiveRouteTable`);
  expect([refused.status, refused.code]).toEqual([409, 'ScopeLocked']);
});

test('a machine shows whether it runs only on request', async () => {
  client = await start({ world: 'limited' });
  const plain = await client.get(vm('vm-jump'), '2026-04-01');
  expect(plain.at('properties', 'instanceView')).toBeUndefined();
  const power = (reply: TestReply, ...where: string[]) =>
    list(reply.json, ...where, 'statuses').map((one) => text(one, 'code'));
  const asked = await client.get(`${vm('vm-jump')}?$expand=instanceView`, '2026-04-01');
  expect(power(asked, 'properties', 'instanceView')).toContain('PowerState/running');
  expect(power(await client.get(`${vm('vm-idle')}/instanceView`, '2026-04-01'))).toContain('PowerState/deallocated');
});
