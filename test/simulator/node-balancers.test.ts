// The load balancers of a Kubernetes cluster, in the group of its nodes: where scoring is met, and what holds the address there.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { list, text } from '../../src/simulator/json.ts';
import { network, start, subnet, type TestClient, type TestReply, workspace } from './support.ts';

let client: TestClient;
beforeEach(async () => {
  client = await start({ world: 'scoring' });
});
afterEach(() => client.stop());

const subscription = '/subscriptions/22222222-2222-2222-2222-222222222222';
const nodes = `${subscription}/resourceGroups/MC_rg-ml_aks-mlsim_westeurope`;
const compute = `${workspace}/computes/aks-serve`;
const inNodes = (type: string, name = ''): string =>
  `${nodes}/providers/Microsoft.Network/${type}${name === '' ? '' : `/${name}`}`;
const namesIn = async (type: string): Promise<string[]> =>
  list((await client.get(inNodes(type))).json, 'value').flatMap((item) => text(item, 'name') ?? []);
const frontsOf = async (name: string) =>
  list((await client.get(inNodes('loadBalancers', name))).json, 'properties', 'frontendIPConfigurations');
const scoringAt = async (): Promise<string | undefined> => {
  const reply = await client.get(compute);
  return text(list(reply.json, 'properties', 'properties', 'systemServices')[0], 'publicIpAddress');
};

/** Updates the compute as a client does: its body, with another front end. */
async function move(settings: Readonly<Record<string, string>>): Promise<TestReply> {
  const body = JSON.parse((await client.get(compute)).text);
  const { loadBalancerType: _, loadBalancerSubnet: __, ...others } = body.properties.properties;
  const properties = { ...others, ...settings };
  return client.put(compute, { location: body.location, properties: { ...body.properties, properties } });
}
const inside = { loadBalancerType: 'InternalLoadBalancer', loadBalancerSubnet: 'snet-pe' };

/** What a move touches, without what is new at every write. */
const resourcesOf = (): unknown[] =>
  (
    JSON.parse(client.sim.stateText(), (name, value) => (/^(?:etag|resourceGuid)$/.test(name) ? '' : value))
      .resources as {
      id: string;
    }[]
  )
    .filter(({ id }) => /loadBalancers|publicIPAddresses|virtualNetworks/i.test(id))
    .toSorted((a, b) => (a.id < b.id ? -1 : 1));

test('scoring that is met in public has a front end and an address in the group of the nodes', async () => {
  expect(await namesIn('loadBalancers')).toEqual(['kubernetes']);
  const [wayOut, front] = await frontsOf('kubernetes');
  expect(list(wayOut, 'properties', 'outboundRules')).toHaveLength(1);
  const address = await client.get(text(front, 'properties', 'publicIPAddress', 'id') ?? '');
  expect(address.at('properties', 'ipAddress')).toBe(await scoringAt());
  expect(address.at('properties', 'ipConfiguration', 'id')).toBe(text(front, 'id'));
});

test('an update takes it inside: another load balancer, an address of the subnet, and the public one given up', async () => {
  const [, before] = await frontsOf('kubernetes');
  const reply = await move(inside);
  expect(reply.status).toBe(200);
  expect((await namesIn('loadBalancers')).toSorted()).toEqual(['kubernetes', 'kubernetes-internal']);
  const [front, ...others] = await frontsOf('kubernetes-internal');
  expect([text(front, 'name'), text(front, 'properties', 'privateIPAddress'), others]).toEqual([
    text(before, 'name'),
    await scoringAt(),
    [],
  ]);
  expect(await scoringAt()).toBe('10.0.4.4');
  expect(await frontsOf('kubernetes')).toHaveLength(1);
  expect(await namesIn('publicIPAddresses')).toHaveLength(1);
  const held = (await client.get(subnet('snet-pe'))).at('properties', 'ipConfigurations');
  expect(list(held).map((item) => text(item, 'id'))).toEqual([text(front, 'id')]);
  expect((await client.delete(subnet('snet-pe'))).code).toBe('InUseSubnetCannotBeDeleted');
  expect((await client.get(`${network}/usages`)).status).toBe(200);
});

test('and another update back: what was there is there again, and nothing else', async () => {
  const before = resourcesOf();
  await move(inside);
  expect(resourcesOf()).not.toEqual(before);
  await move({ loadBalancerType: 'PublicIp' });
  expect(resourcesOf()).toEqual(before);
  expect((await client.delete(subnet('snet-pe'))).status).toBe(200);
});

test('a cluster that the workspace makes has such a group, which goes with it', async () => {
  const made = `${workspace}/computes/aks-new`;
  const settings = { agentCount: 1, clusterPurpose: 'DevTest', agentVmSize: 'Standard_DS2_v2' };
  const sent = { location: 'westeurope', properties: { computeType: 'AKS', properties: settings } };
  const reply = await client.put(made, sent);
  const cluster = await client.get(text(reply.json, 'properties', 'resourceId') ?? '');
  const group = `${subscription}/resourceGroups/${text(cluster.json, 'properties', 'nodeResourceGroup')}`;
  const balancers = `${group}/providers/Microsoft.Network/loadBalancers`;
  expect(list((await client.get(balancers)).json, 'value').map((one) => text(one, 'name'))).toEqual(['kubernetes']);
  expect((await client.delete(`${made}?underlyingResourceAction=Delete`)).status).toBe(200);
  expect((await client.get(balancers)).code).toBe('ResourceGroupNotFound');
});

test('of a cluster whose load balancers were not read, only what is created here is shown', async () => {
  const resources = (JSON.parse(client.sim.stateText()).resources as { id: string }[]).filter(
    ({ id }) => !id.startsWith(nodes),
  );
  const bare = await start({ load: JSON.stringify(resources) });
  const body = JSON.parse((await bare.get(compute)).text);
  body.properties.properties = { ...body.properties.properties, ...inside };
  expect((await bare.put(compute, body)).status).toBe(200);
  const listed = await bare.get(inNodes('loadBalancers'));
  expect(list(listed.json, 'value').map((one) => text(one, 'name'))).toEqual(['kubernetes-internal']);
  await bare.stop();
});
