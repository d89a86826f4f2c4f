// The forced tunnel of a subnet: what counts as one, what merely may be one, and what is none although it looks like it.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isTunnelled, tunnelOf } from '../../src/facts/tunnel.ts';
import { indexSnapshot } from '../../src/model/snapshot-index.ts';
import { UnreadableError } from '../../src/model/unreadable-error.ts';
import { group, ids, type Loose, refused, type Scene, snapshotOf, subnet } from '../support/snapshot.ts';

const table = `${group}/providers/Microsoft.Network/routeTables/rt-train`;
const appliance = '10.0.9.4';

const route = (name: string, addressPrefix: string, nextHopType: string): Loose => ({
  id: `${table}/routes/${name}`,
  name,
  properties: {
    addressPrefix,
    nextHopType,
    ...(nextHopType === 'VirtualAppliance' ? { nextHopIpAddress: appliance } : {}),
  },
});
const away = (name: string, prefix: string) => route(name, prefix, 'VirtualAppliance');
const past = (name: string, prefix: string) => route(name, prefix, 'Internet');

interface Setting {
  readonly routes?: readonly Loose[];
  readonly stopsBgp?: boolean;
  readonly gateway?: boolean;
  readonly peering?: Loose;
}
const setting =
  ({ routes, stopsBgp = false, gateway = false, peering }: Setting) =>
  (scene: Scene): void => {
    const network = scene.bodies[ids.vnet].properties;
    if (routes) {
      scene.bodies[table] = {
        ...{ id: table, name: 'rt-train', type: 'Microsoft.Network/routeTables', location: 'westeurope' },
        properties: { disableBgpRoutePropagation: stopsBgp, routes: [...routes] },
      };
      network.subnets.find((one: Loose) => one.id === ids.train).properties.routeTable = { id: table };
    }
    if (gateway) network.subnets.push(subnet(`${ids.vnet}/subnets/GatewaySubnet`, '10.0.250.0/27'));
    if (peering) network.virtualNetworkPeerings = [{ name: 'to-hub', properties: peering }];
  };
const tunnel = (one: Setting, more: (scene: Scene) => void = () => {}) =>
  tunnelOf(
    ids.train,
    indexSnapshot(
      snapshotOf((scene) => {
        setting(one)(scene);
        more(scene);
      }),
    ),
  );

const hub = (useRemoteGateways: boolean, peeringState = 'Connected'): Loose => ({
  ...{ peeringState, useRemoteGateways, allowVirtualNetworkAccess: true },
  remoteVirtualNetwork: { id: `${group}/providers/Microsoft.Network/virtualNetworks/vnet-hub` },
  remoteAddressSpace: { addressPrefixes: ['10.200.0.0/16'] },
});

describe('the kind of tunnel', () => {
  test.each<readonly [string, Setting, string]>([
    ['no table', {}, 'none'],
    ['an empty table', { routes: [] }, 'none'],
    ['a default route to an appliance', { routes: [away('all', '0.0.0.0/0')] }, 'udr'],
    ['a default route to a gateway', { routes: [route('all', '0.0.0.0/0', 'VirtualNetworkGateway')] }, 'udr'],
    ['two halves to an appliance', { routes: [away('low', '0.0.0.0/1'), away('high', '128.0.0.0/1')] }, 'udr'],
    [
      'a default route undone by two halves to the Internet',
      { routes: [away('all', '0.0.0.0/0'), past('low', '0.0.0.0/1'), past('high', '128.0.0.0/1')] },
      'none',
    ],
    ['one network of a partner to an appliance', { routes: [away('partner', '198.51.100.0/24')] }, 'none'],
    ['private space to an appliance', { routes: [away('premises', '10.0.0.0/8')] }, 'none'],
    ['a default route to the Internet', { routes: [past('all', '0.0.0.0/0')] }, 'none'],
    ['a default route that drops', { routes: [route('all', '0.0.0.0/0', 'None')] }, 'none'],
    ['IPv6 alone to an appliance', { routes: [away('all', '::/0')] }, 'none'],
    ['a gateway', { gateway: true }, 'suspectedBgp'],
    ['a gateway whose routes are kept away', { routes: [], stopsBgp: true, gateway: true }, 'none'],
    ['a gateway beaten by a route to the Internet', { routes: [past('all', '0.0.0.0/0')], gateway: true }, 'none'],
    ['a gateway and an appliance', { routes: [away('all', '0.0.0.0/0')], gateway: true }, 'udr'],
    ['the gateway of a peer', { peering: hub(true) }, 'suspectedBgp'],
    ['the gateway of a peer that is not connected', { peering: hub(true, 'Disconnected') }, 'none'],
    ['a peer whose gateway is not used', { peering: hub(false) }, 'none'],
  ])('%s', (_when, one, kind) => {
    expect(tunnel(one).kind).toBe(kind);
  });

  test('letter case does not count', () => {
    const all = route('all', '0.0.0.0/0', 'VIRTUALAPPLIANCE');
    expect(tunnel({ routes: [all] }).kind).toBe('udr');
  });
});

test('it names the routes and appliances, or the gateway that is suspected', () => {
  const halves = tunnel({
    routes: [away('low', '0.0.0.0/1'), away('high', '128.0.0.0/1'), past('batch', '13.0.0.0/8')],
  });
  expect(halves.routes.map(({ name }) => name)).toEqual(['low', 'high']);
  expect(halves.appliances).toEqual([appliance]);
  expect(tunnel({ gateway: true }).gateway).toBe(`${ids.vnet}/subnets/GatewaySubnet`);
  expect(tunnel({ peering: hub(true) }).gateway).toMatch(/vnet-hub$/);
});

test('a table or a network that may not be read is a gap, not "no tunnel"', () => {
  const all = [away('all', '0.0.0.0/0')];
  expect(() => tunnel({ routes: all }, (scene) => scene.gaps.push(refused(table)))).toThrow(UnreadableError);
  expect(() => tunnel({}, (scene) => scene.gaps.push(refused(ids.vnet), refused(ids.train)))).toThrow(UnreadableError);
});

test('however a default route is cut into pieces, it stays a tunnel; and exceptions do not undo it', () => {
  const lengths = fc.integer({ min: 1, max: 6 });
  const exceptions = fc.uniqueArray(fc.nat(254), { maxLength: 12 });
  fc.assert(
    fc.property(lengths, exceptions, (length, octets) => {
      const pieces = Array.from({ length: 2 ** length }, (_, index) =>
        away(`piece-${index}`, `${index * 2 ** (8 - length)}.0.0.0/${length}`),
      );
      const holes = octets.map((octet) => past(`hole-${octet}`, `${octet}.1.0.0/16`));
      const world = indexSnapshot(snapshotOf(setting({ routes: [...pieces, ...holes] })));
      expect(isTunnelled(ids.train, world)).toBe(true);
    }),
    { numRuns: 60 },
  );
});
