// Refusals as a server sends them, whole bodies of a server over HTTPS, told apart by what Azure says in them.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { diagnose } from '../../src/diagnosis/index.ts';
import {
  account,
  group,
  network,
  start,
  subnet,
  type TestClient,
  type TestReply,
  vault,
} from '../simulator/support.ts';

let client: TestClient;
beforeAll(async () => {
  client = await start({ world: 'open' });
});
afterAll(() => client.stop());

const nsg = `${group}/providers/Microsoft.Network/networkSecurityGroups/nsg-train`;
const registry = `${group}/providers/Microsoft.ContainerRegistry/registries/acrmlsim`;
const rule = (more: object): object => ({
  properties: {
    protocol: 'Tcp',
    access: 'Allow',
    direction: 'Inbound',
    priority: 4001,
    sourceAddressPrefix: 'Internet',
    sourcePortRange: '*',
    destinationAddressPrefix: '*',
    destinationPortRange: '*',
    ...more,
  },
});
const admitted = (name: string): object => ({
  properties: { networkAcls: { defaultAction: 'Deny', virtualNetworkRules: [{ id: subnet(name) }] } },
});
const acls = (value: string): object => ({ properties: { networkAcls: { ipRules: [{ value }] } } });
const closed = { properties: { publicNetworkAccess: 'Disabled' } };
const outside = { properties: { addressPrefix: '192.168.0.0/24' } };

const refusals: readonly (readonly [name: string, ask: () => Promise<TestReply>, rule: string | undefined])[] = [
  [
    'a subnet at storage',
    () => client.patch(account('stmlsim'), admitted('snet-gpu')),
    'storage.subnet-service-endpoint',
  ],
  ['a subnet at a vault', () => client.patch(vault, admitted('snet-gpu')), 'keyvault.subnet-service-endpoint'],
  ['an address at storage', () => client.patch(account('stmlsim'), acls('10.0.0.1')), 'storage.ip-rules-legal'],
  ['an address at a vault', () => client.patch(vault, acls('192.168.0.1')), 'keyvault.ip-rules-legal'],
  ['a registry below Premium', () => client.patch(registry, closed), 'acr.sku-premium'],
  ['a priority', () => client.put(`${nsg}/securityRules/Low`, rule({ priority: 5000 })), 'nsg.rule-capacity'],
  ['a range of a subnet', () => client.put(subnet('snet-new'), outside), undefined],
  ['nothing there', () => client.get(`${network}-none`), 'workspace.exists'],
  ['a lock', underLock, 'compute.locks'],
];

async function underLock(): Promise<TestReply> {
  const lock = `${account('stmldata')}/providers/Microsoft.Authorization/locks/keep`;
  await client.put(lock, { properties: { level: 'ReadOnly' } });
  return client.patch(account('stmldata'), { tags: {} });
}

test.each(refusals)('%s', async (_name, ask, first) => {
  const reply = await ask();
  expect(reply.status).toBeGreaterThanOrEqual(400);
  const { known, error } = diagnose(reply.text);
  expect(error.codes[0]).toBe(reply.code);
  expect(known.map(({ rules }) => rules[0])).toEqual([first]);
});
