// Databricks and container instances over the wire: what Azure refuses of their subnets, and what container groups leave behind.
import { afterEach, expect, test } from 'vitest';
import { list, text } from '../../src/simulator/json.ts';
import { group, start, subnet, type TestClient } from './support.ts';

let client: TestClient;
afterEach(() => client.stop());

const version = 'api-version=2023-05-01';
const containers = `${group}/providers/Microsoft.ContainerInstance/containerGroups/scores`;
const link = (id: string) => `${id}/providers/Microsoft.ContainerInstance/serviceAssociationLinks/default?${version}`;
const delegations = [{ name: 'aci', properties: { serviceName: 'Microsoft.ContainerInstance/containerGroups' } }];
const model = (subnetId: string) => ({
  location: 'westeurope',
  properties: {
    osType: 'Linux',
    containers: [{ name: 'c', properties: { image: 'nginx', resources: { requests: { cpu: 1, memoryInGB: 1.5 } } } }],
    subnetIds: [{ id: subnetId }],
  },
});

test('a container group needs the delegation, binds the subnet, and leaves it bound', async () => {
  client = await start({ world: 'closed' });
  const [aci, train] = [subnet('snet-new'), subnet('snet-train')];
  const refused = await client.put(`${containers}?${version}`, model(train));
  expect([refused.status, refused.code]).toEqual([400, 'SubnetMissingRequiredDelegation']);
  const range = { addressPrefix: '10.0.12.0/24' };
  expect((await client.put(aci, { properties: { ...range, delegations } })).status).toBe(201);
  expect((await client.put(`${containers}?${version}`, model(aci))).status).toBe(201);
  const moved = await client.put(`${containers}?${version}`, model(train));
  expect(moved.code).toBe('InvalidContainerGroupUpdate');
  const names = async () =>
    list((await client.get(aci)).json, 'properties', 'serviceAssociationLinks').map((one) => text(one, 'name'));
  expect(await names()).toEqual(['acisal']);
  expect((await client.delete(link(aci))).status).toBe(409);
  await client.delete(`${containers}?${version}`);
  expect(await names()).toEqual(['acisal']);
  const kept = await client.put(aci, { properties: { ...range, delegations: [] } });
  expect([kept.status, kept.code]).toEqual([400, 'SubnetMissingRequiredDelegation']);
  expect((await client.delete(aci)).code).toBe('InUseSubnetCannotBeDeleted');
  expect([200, 202, 204]).toContain((await client.delete(link(aci))).status);
  expect(await names()).toEqual([]);
  expect((await client.put(aci, { properties: { ...range, delegations: [] } })).status).toBe(200);
});

test('the subnets of Databricks keep delegation and security group, and take a service endpoint', async () => {
  client = await start({ world: 'databricks' });
  const host = `${group}/providers/Microsoft.Network/virtualNetworks/vnet-dbw/subnets/databricks-public`;
  const nsg = { id: `${group}/providers/Microsoft.Network/networkSecurityGroups/nsg-dbw` };
  const handed = [{ name: 'handed-over', properties: { serviceName: 'Microsoft.Databricks/workspaces' } }];
  const range = { addressPrefix: '10.1.0.0/26' };
  const bare = await client.put(host, { properties: { ...range, delegations: handed } });
  expect(bare.code).toBe('NetworkSecurityGroupCannotBeRemovedDueToNipOnSubnet');
  const taken = await client.put(host, { properties: { ...range, networkSecurityGroup: nsg, delegations: [] } });
  expect(taken.code).toBe('SubnetDelegationsCannotChangeWhenSubnetUsedByResource');
  const serviceEndpoints = [{ service: 'Microsoft.KeyVault' }];
  const kept = { ...range, networkSecurityGroup: nsg, delegations: handed, serviceEndpoints };
  expect((await client.put(host, { properties: kept })).status).toBe(200);
});

test('a Databricks workspace stays in the network it was made in', async () => {
  client = await start({ world: 'databricks' });
  const id = `${group}/providers/Microsoft.Databricks/workspaces/dbw-sim?api-version=2024-05-01`;
  const network = `${group}/providers/Microsoft.Network/virtualNetworks/vnet-ml`;
  const properties = {
    managedResourceGroupId: `${group}-managed`,
    parameters: { customVirtualNetworkId: { value: network } },
  };
  const moved = await client.put(id, { location: 'westeurope', properties });
  expect(moved.status).toBe(400);
  expect(moved.message).toContain('cannot be changed after creation');
});
