// Random networks between the subnet of computes and private endpoints, and the law that rules, path and map agree on them.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { both, firewalled, guardedBy, passing, routed, type SceneChange } from '../facts/path-scenes.ts';
import { compareWithPaths } from './path-contradictions.ts';
import { group, ids, type Loose, snapshotOf, subnet, withEndpoint, withRegistry, withZone } from './snapshot.ts';

const hub = `${group}/providers/Microsoft.Network/virtualNetworks/vnet-hub`;
const maybe = fc.constantFrom(undefined, true, false);
const names = fc.subarray(['snet-train', 'snet-second', 'snet-pe', 'snet-far']);
const side = fc.record({
  peeringState: fc.constantFrom('Connected', 'Connected', 'Connected', 'Disconnected', undefined),
  allowVirtualNetworkAccess: maybe,
  allowForwardedTraffic: maybe,
  enableOnlyIPv6Peering: fc.constantFrom(undefined, undefined, undefined, true),
  useRemoteGateways: fc.constantFrom(undefined, undefined, undefined, undefined, true),
  peerCompleteVnets: fc.constantFrom(undefined, undefined, false),
  localSubnetNames: names,
  remoteSubnetNames: names,
});
const policies = fc.constantFrom('Disabled', 'Enabled', 'NetworkSecurityGroupEnabled', 'RouteTableEnabled');
const denies = fc.constantFrom(
  undefined,
  'Inbound Deny Tcp * * 443 100',
  'Inbound Deny * 10.0.1.0/25 * * 100',
  'Inbound Deny Tcp * 10.9.0.0/16 445 100',
  'Inbound Allow Tcp 10.0.1.0/24 * 443 100',
);
export const scene = fc.record({
  here: fc.option(side),
  there: fc.option(side),
  toHub: fc.constantFrom<string | undefined>(undefined, undefined, hub, hub.replace('vnet-hub', 'HV_hub')),
  isHubRead: fc.boolean(),
  gateway: fc.constantFrom(false, false, false, true),
  mesh: fc.constantFrom(undefined, undefined, 'Mesh', 'HubAndSpoke'),
  route: fc.constantFrom(undefined, undefined, '10.9.0.0/16 10.0.9.4', '0.0.0.0/0 10.0.9.4', '10.0.0.0/8 None'),
  firewall: fc.constantFrom(undefined, '443', '22'),
  out: fc.constantFrom(
    undefined,
    undefined,
    'Outbound Deny Tcp * VirtualNetwork 443 100',
    'Outbound Deny * * * * 4000',
  ),
  policies,
  denies,
  vault: fc.constantFrom(ids.pe, ids.far),
  registry: fc.constantFrom(ids.pe, ids.far),
});
type Drawn = typeof scene extends fc.Arbitrary<infer T> ? T : never;

const peering = (remote: string, members: Loose): Loose => ({
  name: `to-${remote.split('/').at(-1)}`,
  properties: {
    ...{ remoteVirtualNetwork: { id: remote }, peeringState: 'Connected' },
    ...Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)),
  },
});

export const drawn =
  (one: Drawn): SceneChange =>
  (world) => {
    world.intents.architecture = 'private-endpoint';
    withEndpoint(world, ids.account, ['blob'], ids.far);
    withEndpoint(world, ids.account, ['file'], ids.far);
    withEndpoint(world, ids.vault, ['vault'], one.vault);
    withRegistry(world);
    withEndpoint(world, ids.registry, ['registry'], one.registry);
    for (const zone of [
      'privatelink.blob.core.windows.net',
      'privatelink.vaultcore.azure.net',
      'privatelink.azurecr.io',
    ])
      withZone(world, zone, [ids.vnet, ids.farVnet]);
    const [near, far] = [ids.vnet, ids.farVnet].map((id) => world.bodies[id].properties);
    near.virtualNetworkPeerings = one.here ? [peering(ids.farVnet, one.here)] : [];
    far.virtualNetworkPeerings = one.there ? [peering(ids.vnet, one.there)] : [];
    if (one.toHub !== undefined) {
      near.virtualNetworkPeerings.push(peering(one.toHub, {}));
      far.virtualNetworkPeerings.push(peering(one.toHub, {}));
      if (one.isHubRead)
        world.bodies[one.toHub] = {
          id: one.toHub,
          properties: { addressSpace: { addressPrefixes: ['10.8.0.0/24'] }, subnets: [], virtualNetworkPeerings: [] },
        };
    }
    if (one.gateway) near.subnets.push(subnet(`${ids.vnet}/subnets/GatewaySubnet`, '10.0.250.0/27'));
    if (one.mesh !== undefined) {
      const id = `${ids.vnet}/listNetworkManagerEffectiveConnectivityConfigurations`;
      const appliesToGroups = [{ networkGroupId: `${group}/networkGroups/g`, groupConnectivity: 'None' }];
      world.bodies[id] = { id, value: [{ properties: { connectivityTopology: one.mesh, appliesToGroups } }] };
    }
    const ends = [near.subnets, far.subnets].flat().filter((each: Loose) => [ids.pe, ids.far].includes(each.id));
    for (const each of ends) each.properties.privateEndpointNetworkPolicies = one.policies;
    both(
      ...(one.firewall === undefined ? [] : [firewalled({ network: [passing('10.9.0.0/16', one.firewall)] })]),
      ...(one.route === undefined ? [] : [routed(ids.train, one.route)]),
      ...(one.out === undefined ? [] : [guardedBy(ids.train, one.out)]),
      ...(one.denies === undefined ? [] : [guardedBy(ids.far, one.denies), guardedBy(ids.pe, one.denies)]),
    )(world);
  };

export function agreesWithPaths(numRuns: number): void {
  test('rules, path and map agree', () => {
    let compared = 0;
    fc.assert(
      fc.property(scene, (one) => {
        const { contradictions, count } = compareWithPaths(snapshotOf(drawn(one)));
        compared += count;
        expect(contradictions).toEqual([]);
      }),
      { numRuns, seed: 20261101 },
    );
    expect(compared).toBeGreaterThan(numRuns * 4);
  });
}
