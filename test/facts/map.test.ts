// The map of a network: what is in each subnet, what is reachable, where it is blocked, and what is said where a read failed.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { mapOf } from '../../src/audit/map.ts';
import { pathThrough } from '../../src/audit/path.ts';
import type { MapSubnet, NetworkMap } from '../../src/model/network-map.ts';
import { plainText } from '../../src/model/words.ts';
import { mapLines } from '../../src/render/map-text.ts';
import {
  cluster,
  endpointId,
  ids,
  type Loose,
  refused,
  type Scene,
  snapshotOf,
  withEndpoint,
  withLake,
  withRegistry,
} from '../support/snapshot.ts';
import { firewallId, firewallSubnet, network, put, subnetIn } from './path-scenes.ts';

const subnetNamed = (map: NetworkMap, name: string): MapSubnet => {
  const found = map.networks.flatMap(({ subnets }) => subnets).find((one) => one.name === name);
  if (!found) throw new Error(`the map shows no ${name}`);
  return found;
};
const reachOf = (map: NetworkMap, subnet: string) =>
  Object.fromEntries(
    subnetNamed(map, subnet).reach.map(({ target, verdict, stoppedBy }) => [
      map.targets[target]?.name,
      stoppedBy === null ? verdict : `${verdict} at ${stoppedBy}`,
    ]),
  );
const occupantsIn = (map: NetworkMap, subnet: string) =>
  subnetNamed(map, subnet).occupants.map(({ name, is }) => `${name}: ${is}`);

function busy(scene: Scene): void {
  withLake(scene).properties.networkAcls.virtualNetworkRules = [];
  withRegistry(scene);
  withEndpoint(scene, ids.account, ['blob', 'file'], ids.pe);
  scene.bodies[`${ids.workspace}/computes/second`] = cluster('second', ids.second);
}

describe('what the map shows', () => {
  test('targets are the services of the workspace and the Internet; denied public access is a block, where it is', () => {
    const map = mapOf(snapshotOf(busy));
    expect(map.targets.map(({ name }) => name)).toEqual([
      'stmlsim',
      'stlake',
      'kv-mlsim',
      'acrmlsim',
      'mlw-sim',
      'Internet',
    ]);
    expect(reachOf(map, 'snet-train')).toMatchObject({
      stlake: 'denied at service',
      'kv-mlsim': 'allowed',
      Internet: 'allowed',
    });
    expect(subnetNamed(map, 'snet-pe').reach).toEqual([]);
  });

  test('nothing is told of what a subnet reaches where its computes may not be listed', () => {
    const map = mapOf(
      snapshotOf((scene) => {
        busy(scene);
        scene.gaps.push(refused(`${ids.workspace}/computes`));
      }),
    );
    for (const name of ['snet-train', 'snet-second', 'snet-pe']) expect(subnetNamed(map, name).reach).toEqual([]);
  });

  test('occupants: computes once, endpoints with what they lead to, machines by their NICs, firewalls', () => {
    const map = mapOf(
      snapshotOf((scene) => {
        busy(scene);
        scene.bodies[ids.vnet].properties.subnets.push({
          ...subnetIn(scene, ids.pe),
          id: firewallSubnet,
          name: 'AzureFirewallSubnet',
          properties: {
            ...subnetIn(scene, ids.pe).properties,
            ipConfigurations: [{ id: `${firewallId}/azureFirewallIpConfigurations/main` }],
          },
        });
        put(scene, firewallId, {
          ipConfigurations: [{ properties: { subnet: { id: firewallSubnet }, privateIPAddress: '10.0.9.4' } }],
        });
        put(scene, network('networkInterfaces', 'vm-jump-nic'), {
          virtualMachine: {
            id: `${ids.vnet.replace(/\/providers.*/, '')}/providers/Microsoft.Compute/virtualMachines/vm-jump`,
          },
          ipConfigurations: [{ properties: { subnet: { id: ids.pe } } }],
        });
        subnetIn(scene, ids.second).properties.ipConfigurations = [1, 2, 3, 4, 5].map((n) => ({
          id: `${network('networkInterfaces', `stranger-${n}`)}/ipConfigurations/ipconfig1`,
        }));
      }),
    );
    expect(occupantsIn(map, 'snet-train')).toContain('cpu-cluster: compute cluster');
    expect(occupantsIn(map, 'snet-second')).toEqual([
      'second: compute cluster',
      '5 IP configurations: listed in the subnet, not read: stranger-1, stranger-2, stranger-3, …',
    ]);
    expect(occupantsIn(map, 'snet-pe').some((text) => /: private endpoint to stmlsim$/.test(text))).toBe(true);
    expect(occupantsIn(map, 'snet-pe')).toContain('vm-jump: virtual machine');
    expect(occupantsIn(map, 'AzureFirewallSubnet').join()).toMatch(/^afw-hub: [^,]*$/);
  });

  test('guards and peers are listed by name; a compute in a network of Azure’s own is told apart', () => {
    const map = mapOf(
      snapshotOf((scene) => {
        busy(scene);
        scene.bodies[ids.vnet].properties.virtualNetworkPeerings = [
          { name: 'far', properties: { remoteVirtualNetwork: { id: ids.farVnet }, peeringState: 'Initiated' } },
        ];
        subnetIn(scene, ids.train).properties.natGateway = { id: network('natGateways', 'ng-ml') };
        const loose: Loose = cluster('nowhere', ids.second);
        delete loose.properties.properties.subnet;
        scene.bodies[`${ids.workspace}/computes/nowhere`] = loose;
      }),
    );
    expect(map.networks[0]?.peers).toEqual([{ id: ids.farVnet, name: 'vnet-far', state: 'Initiated' }]);
    expect(subnetNamed(map, 'snet-train').natGateway?.name).toBe('ng-ml');
    expect(map.outside.map(({ name }) => name)).toEqual(['nowhere']);
  });
});

describe('laws', () => {
  test('each verdict is the one that a path between the two gives', () => {
    const snapshot = snapshotOf(busy);
    const map = mapOf(snapshot);
    for (const { id, reach } of map.networks.flatMap(({ subnets }) => subnets)) {
      for (const { target, verdict, stoppedBy } of reach) {
        const destination = map.targets[target]?.resource ?? 'internet';
        const path = pathThrough(snapshot, { source: id, destination, protocol: 'Tcp', ports: ['443'] });
        expect(path).toMatchObject({ state: 'answered', answer: { verdict, stoppedBy } });
      }
    }
  });

  test('what could not be read never turns a verdict round, and is never drawn as empty ground', () => {
    const whole = mapOf(snapshotOf(busy));
    const readable = [
      ...snapshotOf(busy).resources.map(({ id }) => id),
      `${ids.workspace}/computes`,
      `${ids.workspace}/datastores`,
    ];
    for (const id of readable) {
      const map = mapOf(
        snapshotOf((scene) => {
          busy(scene);
          scene.gaps.push(refused(id));
        }),
      );
      if (id.endsWith('/computes')) expect(map.unread).not.toBeNull();
      for (const subnet of map.networks.flatMap(({ subnets }) => subnets)) {
        const before = reachOf(whole, subnet.name);
        for (const [name, now] of Object.entries(reachOf(map, subnet.name))) {
          const sure = [before[name], now].map((text) => text?.split(' ')[0]);
          if (sure.includes('allowed')) expect([id, name, ...sure]).not.toContain('denied');
        }
      }
    }
  });

  test('whatever a body holds, the map is drawn, and nothing in it reaches the terminal as an escape', () => {
    const broken = fc.constantFrom<Loose>(null, 7, 1e300, '', 'x', '\u001b]52;c;AAAA\u0007', [], {}, [null], { id: 7 });
    const paths = [
      ...['name', 'properties', 'location'].map((key) => [key]),
      ...['addressSpace', 'subnets', 'virtualNetworkPeerings', 'ipConfigurations', 'subnet'].map((key) => [
        'properties',
        key,
      ]),
    ];
    fc.assert(
      fc.property(
        fc.constantFrom(ids.vnet, ids.account, endpointId('pe-stmlsim'), `${ids.workspace}/computes/second`),
        fc.constantFrom(...paths),
        broken,
        (id, path, value) => {
          const map = mapOf(
            snapshotOf((scene) => {
              busy(scene);
              const [first = '', second] = path;
              const body = scene.bodies[id];
              if (body === undefined) return;
              if (second === undefined) body[first] = value;
              else body.properties[second] = value;
            }),
          );
          expect(mapLines(map).map(plainText).join('\n')).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f-\x9f]/);
        },
      ),
      { numRuns: 150 },
    );
  });
});
