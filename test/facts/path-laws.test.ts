// What holds for every path: its hops are the decisions of `net`, and nothing foreign makes it throw.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { pathThrough } from '../../src/audit/path.ts';
import { tracePath } from '../../src/facts/path/path.ts';
import { indexSnapshot } from '../../src/model/snapshot-index.ts';
import { contextOf, decide } from '../../src/net/index.ts';
import { endpointId, ids, type Loose, snapshotOf } from '../support/snapshot.ts';
import {
  asked,
  both,
  firewalled,
  firewallId,
  guardedBy,
  machine,
  privately,
  routed,
  rule,
  subnetIn,
  tunnel,
} from './path-scenes.ts';

test('the hop at a group is what the decision over sets says', () => {
  const ends = ['*', 'Internet', 'VirtualNetwork', '10.0.0.0/16', '192.0.2.0/25', '192.0.2.64'];
  const one = fc.tuple(
    fc.constantFrom('Outbound', 'Inbound'),
    fc.constantFrom('Allow', 'Deny'),
    fc.constantFrom('Tcp', 'Udp', '*'),
    fc.constantFrom(...ends),
    fc.constantFrom(...ends),
    fc.constantFrom('0-65535', '443', '22,443', '400-500'),
  );
  const rules = fc
    .array(one, { maxLength: 6 })
    .map((items) => items.map((item, index) => [...item, 100 + index].join(' ')));
  fc.assert(
    fc.property(
      rules,
      fc.constantFrom('192.0.2.0/24', '192.0.2.64', '10.0.3.0/24'),
      fc.constantFrom('443', '22-450'),
      (texts, to, ports) => {
        const { answer } = asked(guardedBy(ids.train, ...texts), 'snet-train', to, ports);
        const hop = answer.hops.find((met) => met.hop === 'sourceSubnet');
        const context = contextOf({ virtualNetwork: ['10.0.0.0/16', '168.63.129.16/32'] });
        const flow = {
          ...{ direction: 'Outbound' as const, protocol: 'Tcp' as const, destinationPorts: [ports] },
          ...{ source: { of: ['10.0.1.0/24'] }, destination: { of: [to] } },
        };
        const decision = decide(flow, { subnetNsg: { properties: { securityRules: texts.map(rule) } } }, context);
        expect(hop?.verdict).toBe(decision.verdict);
        expect(hop?.witness).toEqual(Object.keys(decision.witness).length > 1 ? decision.witness : {});
      },
    ),
    { numRuns: 200 },
  );
});

test('no content of a body makes it throw', () => {
  const junk = fc.constantFrom<Loose>(null, [], {}, 'text', 7, [null], [{ properties: null }], { id: 5 });
  const paths = Object.entries({
    [ids.train]: ['addressPrefix', 'serviceEndpoints', 'networkSecurityGroup', 'routeTable', 'natGateway'],
    [ids.account]: ['networkAcls', 'privateEndpointConnections', 'publicNetworkAccess'],
    [ids.vnet]: ['addressSpace', 'virtualNetworkPeerings', 'dhcpOptions'],
    [firewallId]: ['ipConfigurations', 'networkRuleCollections'],
    [endpointId('pe-stmlsim-blob')]: ['subnet', 'privateLinkServiceConnections', 'customDnsConfigs'],
  }).flatMap(([id, members]) => members.map((member) => [id, member] as const));
  fc.assert(
    fc.property(
      fc.constantFrom(...paths),
      junk,
      fc.constantFrom('stmlsim', 'internet', 'kv-mlsim', 'snet-second', '10.0.3.7'),
      ([id, member], value, to) => {
        const change = both(
          tunnel,
          guardedBy(ids.train, 'Outbound Deny Tcp * * 22 100'),
          firewalled({ hosts: ['*'] }),
          machine(),
          privately(2),
          (scene) => {
            const body = scene.bodies[id] ?? subnetIn(scene, id);
            body.properties[member] = value;
          },
        );
        for (const from of ['cpu-cluster', 'vm-one']) {
          const result = pathThrough(snapshotOf(change), {
            source: from,
            destination: to,
            ports: ['443'],
            protocol: '*',
          });
          expect(['answered', 'unread', 'refused']).toContain(result.state);
        }
      },
    ),
    { numRuns: 150 },
  );
});

test('past a forced tunnel, a service endpoint leads to its accounts, tags and addresses alike', () => {
  const prefixes = { Storage: '20.38.0.0/16', 'Storage.WestEurope': '20.38.108.0/23', AzureKeyVault: '20.61.0.0/20' };
  const values = Object.entries(prefixes).map(([name, prefix]) => ({
    ...{ name, id: name, properties: { addressPrefixes: [prefix] } },
  }));
  const ends = {
    'Microsoft.Storage': ['stmlsim', 'Storage.WestEurope', '20.38.108.10', '20.38.108.128/25'],
    'Microsoft.KeyVault': ['kv-mlsim', 'AzureKeyVault', '20.61.1.1'],
  } as const;
  const services = fc.subarray(['Microsoft.Storage', 'Microsoft.KeyVault'] as const);
  fc.assert(
    fc.property(services, fc.boolean(), fc.boolean(), (endpoints, isTagged, isCreated) => {
      const change = both(tunnel, firewalled({}), (scene) => {
        if (isTagged) scene.tags = { values };
        const locations = isCreated ? { locations: ['westeurope', 'northeurope'] } : {};
        subnetIn(scene, ids.train).properties.serviceEndpoints = endpoints.map((service) => ({
          service,
          ...locations,
        }));
      });
      for (const [service, destinations] of Object.entries(ends)) {
        const isServed = endpoints.some((one) => one === service);
        for (const to of destinations) {
          // Without tags, nothing shows whose an address is.
          if (!isTagged && /^\d/.test(to)) continue;
          const { answer } = asked(change, 'snet-train', to);
          const at = answer.hops.map(({ hop }) => hop);
          expect([to, at.includes('firewall'), at.includes('wayOut')]).toEqual([to, !isServed, false]);
          if (/[.]|Vault/.test(to)) expect([to, answer.verdict]).toEqual([to, isServed ? 'allowed' : 'denied']);
        }
      }
    }),
    { numRuns: 16 },
  );
});

test('of a range each address has its own reply', () => {
  const ranges = ['192.0.2.0/24', '20.0.0.0/7', '172.0.0.0/8', '10.0.3.0/24', 'internet'];
  const prefixes = ['192.0.2.7/32', '192.0.2.128/25', '20.0.0.0/8', '0.0.0.0/0', '10.0.3.0/25', '10.0.3.7/32'];
  const samples: readonly (readonly [address: string, value: number])[] = [
    ...['192.0.2.7', '192.0.2.9', '192.0.2.200', '20.1.1.1', '21.1.1.1', '172.16.0.9', '172.64.0.1'],
    ...['10.0.3.7', '10.0.3.9', '10.0.3.200', '9.9.9.9'],
  ].map((text) => [text, text.split('.').reduce((sum, one) => sum * 256 + Number(one), 0)]);
  const routes = fc.array(
    fc
      .tuple(fc.constantFrom(...prefixes), fc.constantFrom('None', 'Internet', '10.0.9.4', 'VnetLocal'))
      .map((pair) => pair.join(' ')),
    { maxLength: 3 },
  );
  let told = 0;
  fc.assert(
    fc.property(routes, routes, fc.constantFrom(...ranges), fc.boolean(), (back, there, source, isFirewall) => {
      const firewall = isFirewall ? firewalled({}) : () => {};
      const index = indexSnapshot(
        snapshotOf(both(firewall, both(routed(ids.train, ...back), routed(ids.second, ...there)))),
      );
      const outcomes = (from: string) => {
        const trace = tracePath({ source: from, destination: 'snet-train', ports: ['443'], protocol: 'Tcp' }, index);
        if ('reason' in trace) return undefined;
        return trace.stages.find(({ hop }) => hop.hop === 'reply')?.parts;
      };
      const whole = outcomes(source);
      for (const [address, value] of samples) {
        const part = whole?.find(
          ({ family, box }) =>
            family.name === 'v4' &&
            box.source.some((low, at) => at % 2 === 0 && Number(low) <= value && value < Number(box.source[at + 1])),
        );
        if (!part) continue;
        told += 1;
        const alone = outcomes(address);
        expect([address, part.outcome]).toEqual([address, alone?.[0]?.outcome ?? 'allowed']);
      }
    }),
    { numRuns: 150 },
  );
  expect(told).toBeGreaterThan(200);
});
