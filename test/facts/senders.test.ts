// Who sends from a subnet: each is called by what its body says that it is, and nothing is named that sends nothing.
import { describe, expect, test } from 'vitest';
import { places, senderAt } from '../../src/facts/path/places.ts';
import { sendersIn } from '../../src/facts/path/senders.ts';
import type { JsonObject } from '../../src/model/json.ts';
import type { Resource } from '../../src/model/resource.ts';
import { fold, nameOf, sameId } from '../../src/model/resource-id.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { indexSnapshot } from '../../src/model/snapshot-index.ts';
import { worldFiles } from '../../src/simulator/worlds/index.ts';
import { resourceOf, worldSnapshot } from '../plan/worlds.ts';

const propertiesOf = ({ body }: Resource): JsonObject => (body.properties ?? {}) as JsonObject;
const named = (snapshot: Snapshot): string[] => {
  const index = indexSnapshot(snapshot);
  return places(index).map((place) => senderAt(place, index).end.name);
};

/** By the raw body alone. */
const words: Readonly<Record<string, string>> = {
  AmlCompute: 'compute cluster',
  ComputeInstance: 'compute instance',
  VirtualMachine: 'VM',
  AKS: 'AKS nodes of',
  Kubernetes: 'AKS nodes of',
  HDInsight: 'HDInsight cluster',
  Databricks: 'Databricks clusters of',
};

test.each(worldFiles.filter(({ name }) => !name.startsWith('fleet')).map(({ name }) => name))(
  '%s: a compute in a subnet is called by its type, and a name is of something that is there',
  (world) => {
    const snapshot = worldSnapshot(world);
    const all = named(snapshot);
    const text = all.join('\n');
    for (const one of snapshot.resources.filter(({ type }) => fold(type).endsWith('/workspaces/computes'))) {
      const { computeType, properties } = propertiesOf(one) as { computeType?: string; properties?: JsonObject };
      const isPlaced = ((properties?.subnet ?? null) as JsonObject | null) !== null;
      const isOwn = one.id.toLowerCase().startsWith(`${snapshot.workspace?.toLowerCase()}/`);
      const isListed = all.some((name) => name.includes(nameOf(one.id)));
      if (isPlaced && isOwn && isListed) expect(text).toContain(`${words[computeType ?? '']} ${nameOf(one.id)}`);
    }
    const names = new Set(snapshot.resources.flatMap(({ id, body }) => [nameOf(id), String(body.name)]));
    for (const name of all) {
      const inside = /\((.*)\)$/.exec(name)?.[1]?.split(/, | and /) ?? [];
      for (const sender of inside) {
        const isCounted = /^\d+ (?:more|unread NICs|NICs? of a service)$/.test(sender);
        const isThere = isCounted || sender === 'serverless nodes' || names.has(sender.split(' ').at(-1) ?? '');
        expect({ name, sender, isThere }).toEqual({ name, sender, isThere: true });
      }
    }
  },
);

describe('in one subnet', () => {
  const world = worldSnapshot('open');
  const subnetId = world.resources.find(({ id }) => id.endsWith('/subnets/snet-pe'))?.id ?? '';
  const group = subnetId.split('/providers/')[0] ?? '';
  const network = 'Microsoft.Network';
  const make = (id: string, type: string, properties: JsonObject, more: JsonObject = {}): Resource =>
    resourceOf({ id, name: id.split('/').at(-1) ?? '', type, location: 'westeurope', properties, ...more });
  const configs = [{ id: 'x', properties: { subnet: { id: subnetId }, privateIPAddress: '10.0.3.40' } }];
  /** `listed`: ids of IP configurations that the subnet names; `endpoints`: those of private endpoints. */
  const told = (more: readonly Resource[], listed: readonly string[] = [], endpoints: readonly string[] = []) => {
    const others = world.resources.filter(({ type }) => !fold(type).endsWith('/privateendpoints'));
    const isNew = (one: Resource) => !others.some(({ id }) => sameId(id, one.id));
    const placed = others.map((one) => more.find(({ id }) => sameId(id, one.id)) ?? one);
    const resources = [...placed, ...more.filter(isNew)].map((one) =>
      one.id === subnetId
        ? {
            ...one,
            body: {
              ...one.body,
              properties: {
                ...propertiesOf(one),
                ipConfigurations: listed.map((id) => ({ id })),
                privateEndpoints: endpoints.map((id) => ({ id })),
              },
            },
          }
        : one,
    );
    const index = indexSnapshot({ ...world, resources });
    const subnet = resources.find(({ id }) => id === subnetId);
    if (subnet === undefined) throw new Error('no subnet');
    const { all, isPossible } = sendersIn(subnet, index);
    return { names: all.map(({ name }) => name), isPossible };
  };
  const nothing = { names: [], isPossible: false };

  test('an Azure Bastion opens connections to machines; a load balancer and a gateway open none', () => {
    const bastion = `${group}/providers/${network}/bastionHosts/bas`;
    const balancer = `${group}/providers/${network}/loadBalancers/lb`;
    const gateway = `${group}/providers/${network}/virtualNetworkGateways/vgw`;
    expect(told([make(bastion, `${network}/bastionHosts`, { ipConfigurations: configs })]).names).toEqual([
      'Azure Bastion bas',
    ]);
    expect(told([], [`${bastion}/ipConfigurations/a`]).names).toEqual(['unread bas']);
    expect(told([], [`${balancer}/frontendIPConfigurations/a`, `${gateway}/ipConfigurations/default`])).toEqual(
      nothing,
    );
  });

  test('a NIC sends for its machine; of a NIC of nothing it is not known', () => {
    const nic = `${group}/providers/${network}/networkInterfaces/nic-a`;
    const free = make(nic, `${network}/networkInterfaces`, { ipConfigurations: configs });
    expect(told([free])).toEqual({ names: [], isPossible: true });
    const machine = `${group}/providers/Microsoft.Compute/virtualMachines/vm-a`;
    const used = make(nic, `${network}/networkInterfaces`, {
      ipConfigurations: configs,
      virtualMachine: { id: machine },
    });
    expect(told([used]).names).toEqual(['VM vm-a']);
    // Files name it in the machine alone.
    const body = { networkProfile: { networkInterfaces: [{ id: nic }] } };
    expect(told([free, make(machine, 'Microsoft.Compute/virtualMachines', body)]).names).toEqual(['VM vm-a']);
  });

  test('what was not read is told as that, and nodes of a cluster that was read as the cluster', () => {
    const nics = (where: string) => `${where}/providers/${network}/networkInterfaces`;
    expect(told([], [`${nics(group)}/a/ipConfigurations/c`, `${nics(group)}/b/ipConfigurations/c`]).names).toEqual([
      '2 unread NICs',
    ]);
    expect(told([], [`${nics('/subscriptions/s/resourceGroups/g')}/n/ipConfigurations/c`]).names).toEqual([
      '1 NIC of a service',
    ]);
    const endpoint = `${group}/providers/${network}/privateEndpoints/pe-strange`;
    expect(told([], [`${nics(group)}/a/ipConfigurations/privateEndpointIpConfig.1`], [endpoint])).toEqual(nothing);
    expect(told([], [`${nics(group)}/a/ipConfigurations/c`], [endpoint])).toEqual({ names: [], isPossible: true });
    const nodes = `${group.slice(0, group.lastIndexOf('/'))}/MC_nodes`;
    const set = (name: string) =>
      `${nodes}/providers/Microsoft.Compute/virtualMachineScaleSets/${name}/virtualMachines/0/networkInterfaces/n/ipConfigurations/c`;
    expect(told([], [set('pool')]).names).toEqual(['unread scale set pool']);
    const cluster = make(
      `${group}/providers/Microsoft.ContainerService/managedClusters/aks-a`,
      'Microsoft.ContainerService/managedClusters',
      { nodeResourceGroup: 'mc_nodes', agentPoolProfiles: [{ name: 'p', vnetSubnetID: subnetId }] },
    );
    expect(told([cluster], [set('one'), set('two')]).names).toEqual(['AKS nodes of aks-a']);
  });

  test('nodes that a compute cluster counts are not told again', () => {
    const compute = (currentNodeCount: number) =>
      make(`${world.workspace}/computes/cpu-cluster`, 'Microsoft.MachineLearningServices/workspaces/computes', {
        ...{ computeType: 'AmlCompute', provisioningState: 'Succeeded' },
        properties: { subnet: { id: subnetId }, currentNodeCount },
      });
    const listed = [1, 2].map(
      (at) => `/subscriptions/s/resourceGroups/g/providers/${network}/networkInterfaces/n${at}/ipConfigurations/c`,
    );
    expect(told([compute(2)], listed).names).toEqual(['compute cluster cpu-cluster']);
    expect(told([compute(1)], listed).names).toEqual(['compute cluster cpu-cluster', '1 NIC of a service']);
  });
});
