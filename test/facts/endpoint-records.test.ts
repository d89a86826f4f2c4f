// What a private DNS zone says of the names of a private endpoint, from each place that Azure, files and plans show records.
import { expect, test } from 'vitest';
import { resolvedIn, resolves } from '../../src/facts/endpoint-records.ts';
import { endpointsInHand } from '../../src/facts/endpoints-in-hand.ts';
import { indexSnapshot } from '../../src/model/snapshot-index.ts';
import { unresolved } from '../../src/model/unresolved.ts';
import {
  endpoint,
  endpointId,
  ids,
  type Loose,
  refused,
  type Scene,
  snapshotOf,
  withEndpoint,
  withZone,
  zoneId,
} from '../support/snapshot.ts';

const blob = 'privatelink.blob.core.windows.net';
const api = 'privatelink.api.azureml.ms';
const record = `${zoneId(blob)}/A/stmlsim`;
const own = '10.0.2.5';
const second = endpointId('pe-second');

/** An endpoint of the account at 10.0.2.5 with its record, in a zone whose list was read. */
function base(scene: Scene): void {
  const name = withEndpoint(scene, ids.account, ['blob'], ids.pe);
  const { customDnsConfigs } = scene.bodies[endpointId(name)].properties;
  customDnsConfigs[0].ipAddresses = [own];
  withZone(scene, blob, [ids.vnet]);
}
const unlisted = (scene: Scene): unknown => scene.unlisted.push(`${zoneId(blob)}/A`);
const counted = (scene: Scene, count: number): void => {
  scene.bodies[zoneId(blob)].properties.numberOfRecordSets = count;
};
const without = (scene: Scene): unknown => Reflect.deleteProperty(scene.bodies, record);
const at = (scene: Scene, ...addresses: readonly string[]): void => {
  scene.bodies[record].properties.aRecords = addresses.map((ipv4Address) => ({ ipv4Address }));
};
const registered = (scene: Scene, id: string, recordSets: Loose): void => {
  const config = { name: 'blob', properties: { privateDnsZoneId: zoneId(blob).toUpperCase(), recordSets } };
  const group = `${id}/privateDnsZoneGroups/default`;
  scene.bodies[group] = { id: group, properties: { privateDnsZoneConfigs: [config] } };
};
const written = (...ipAddresses: readonly string[]) => [{ recordSetName: 'STMLSIM', ipAddresses }];
/** A second endpoint of the account in another network; its connection is Approved unless said. */
const withSecond = (scene: Scene, status = 'Approved', address = '10.9.1.5'): void => {
  const body = endpoint('pe-second', ids.account, ['Blob'], ids.far);
  body.properties.customDnsConfigs = [{ fqdn: 'StMlSim.Blob.core.windows.net', ipAddresses: [address] }];
  body.properties.privateLinkServiceConnections[0].properties.privateLinkServiceConnectionState.status = status;
  scene.bodies[second] = body;
};
const first = endpointId('pe-stmlsim-blob');
const silent = (scene: Scene): void => {
  scene.bodies[first].properties.customDnsConfigs = [];
};
const nic = (scene: Scene): void => {
  const id = first.replace('privateEndpoints', 'networkInterfaces');
  scene.bodies[first].properties.networkInterfaces = [{ id }];
  const privateLinkConnectionProperties = { groupId: 'blob', fqdns: ['stmlsim.blob.core.windows.net'] };
  const properties = { privateIPAddress: own, privateLinkConnectionProperties };
  scene.bodies[id] = { id, properties: { ipConfigurations: [{ properties }] } };
};

function said(change: (scene: Scene) => unknown, zone = blob, name = 'pe-stmlsim-blob'): unknown {
  const index = indexSnapshot(
    snapshotOf((scene) => {
      base(scene);
      change(scene);
    }),
  );
  const one = endpointsInHand(index).find((each) => each.endpoint.id === endpointId(name));
  const resource = index.get(zoneId(zone));
  if (!one || !resource) throw new Error('the scene has no such endpoint or zone');
  const found = resolves(one, resource, index);
  if (found.state === 'unread') return [found.state, found.gap.id];
  if (found.state === 'shadowed') return [found.state, found.by.endpoint.id];
  return found.state;
}

test.each<[string, (scene: Scene) => unknown, unknown]>([
  ['its record', () => {}, 'yes'],
  [
    'a record in another letter case',
    (s) => {
      s.bodies[record.replace('stmlsim', 'STMLSIM')] = s.bodies[record];
      without(s);
    },
    'yes',
  ],
  ['one of its addresses beside a foreign one', (s) => at(s, own, '10.0.9.9'), 'stale'],
  ['an address of nothing', (s) => at(s, '10.0.2.222'), 'stale'],
  ['a record without an address', (s) => at(s), 'stale'],
  ['no record in a list that was read', without, 'missing'],
  [
    'a wildcard record',
    (s) => {
      s.bodies[`${zoneId(blob)}/A/*`] = s.bodies[record];
      without(s);
    },
    'yes',
  ],
  ['a zone that holds its SOA alone', (s) => [unlisted(s), without(s), counted(s, 1)], 'missing'],
  ['a zone whose records were not read', (s) => [unlisted(s), without(s), counted(s, 2)], ['unread', record]],
  [
    'a zone whose every record set is another one',
    (s) => {
      unlisted(s);
      s.bodies[`${zoneId(blob)}/A/other`] = s.bodies[record];
      without(s);
      counted(s, 2);
    },
    'missing',
  ],
  [
    'records that may not be listed',
    (s) => [without(s), s.gaps.push(refused(`${zoneId(blob)}/A`))],
    ['unread', `${zoneId(blob)}/A`],
  ],
  [
    'a record that its zone group wrote',
    (s) => [unlisted(s), without(s), silent(s), registered(s, first, written(own))],
    'yes',
  ],
  [
    'a record that its zone group wrote and another wrote over',
    (s) => [at(s, '10.0.2.222'), silent(s), registered(s, first, written(own))],
    'stale',
  ],
  [
    'a record that two zone groups wrote',
    (s) => {
      unlisted(s);
      without(s);
      withSecond(s);
      registered(s, first, written(own));
      registered(s, second, written('10.9.1.5'));
    },
    ['unread', record],
  ],
  ['a zone group that is declared', (s) => [without(s), registered(s, first, undefined)], 'yes'],
  ['a zone group that wrote nothing', (s) => [without(s), registered(s, first, [])], 'missing'],
  ['an endpoint whose interface alone shows its address', (s) => [silent(s), nic(s)], 'yes'],
  ['an endpoint that shows no address', silent, ['unread', first]],
  ['the address of a second endpoint', (s) => [withSecond(s), at(s, '10.9.1.5')], ['shadowed', second]],
  [
    'the address of a second endpoint, its own not shown',
    (s) => [withSecond(s), silent(s), at(s, '10.9.1.5')],
    ['shadowed', second],
  ],
  ['the address of an endpoint that was rejected', (s) => [withSecond(s, 'Rejected'), at(s, '10.9.1.5')], 'stale'],
  [
    'a foreign address, and an approved endpoint that was not read',
    (s) => {
      withEndpoint(s, ids.account, ['file'], ids.pe);
      Reflect.deleteProperty(s.bodies, endpointId('pe-stmlsim-file'));
      s.gaps.push(refused(endpointId('pe-stmlsim-file')));
      at(s, '10.0.2.222');
    },
    ['unread', endpointId('pe-stmlsim-file')],
  ],
])('%s', (_what, change, state) => {
  expect(said(change)).toEqual(state);
});

test('where the endpoint shows no name, its NIC does', () => {
  const [one] = endpointsInHand(
    indexSnapshot(
      snapshotOf((scene) => {
        base(scene);
        silent(scene);
        nic(scene);
      }),
    ),
  );
  expect(one?.hosts).toEqual([{ host: 'stmlsim.blob.core.windows.net', addresses: [own] }]);
});

test('all names of a workspace must resolve', () => {
  const names = (drop?: string) => (scene: Scene) => {
    withEndpoint(scene, ids.workspace, ['amlworkspace'], ids.pe);
    withZone(scene, api, [ids.vnet]);
    for (const id of Object.keys(scene.bodies))
      if (drop !== undefined && id.includes(`/A/${drop}`)) Reflect.deleteProperty(scene.bodies, id);
  };
  expect(said(names(), api, 'pe-mlw-sim-amlworkspace')).toBe('yes');
  expect(said(names('*.'), api, 'pe-mlw-sim-amlworkspace')).toBe('missing');
  const guid = '66666666-0000-0000-0000-000000000000';
  const derived = (count: number) => (scene: Scene) => {
    names()(scene);
    scene.bodies[endpointId('pe-mlw-sim-amlworkspace')].properties.customDnsConfigs = [];
    scene.bodies[ids.workspace].properties.workspaceId = guid;
    for (const id of Object.keys(scene.bodies))
      if (/azureml\.ms\/A\//.test(id)) Reflect.deleteProperty(scene.bodies, id);
    const labels = [
      `${guid}.workspace.westeurope`,
      `${guid}.workspace.westeurope.cert`,
      `*.${guid}.inference.westeurope`,
    ];
    for (const label of labels.slice(0, count))
      scene.bodies[`${zoneId(api)}/A/${label}`] = { properties: { aRecords: [{ ipv4Address: own }] } };
    nic(scene);
    scene.bodies[endpointId('pe-mlw-sim-amlworkspace')].properties.networkInterfaces = [
      { id: first.replace('privateEndpoints', 'networkInterfaces') },
    ];
  };
  expect(said(derived(3), api, 'pe-mlw-sim-amlworkspace')).toBe('yes');
  expect(said(derived(2), api, 'pe-mlw-sim-amlworkspace')).toBe('missing');
});

test('a network uses the endpoint of its own, then that of a peer, then any', () => {
  const asked = (vnet: string, peers: readonly string[], address: string): unknown => {
    const index = indexSnapshot(
      snapshotOf((scene) => {
        base(scene);
        withSecond(scene);
        at(scene, address);
      }),
    );
    const zone = index.get(zoneId(blob));
    const found = zone && resolvedIn(zone, { target: ids.account.toUpperCase(), group: 'BLOB', vnet, peers }, index);
    return found && [found.endpoint.endpoint.id, found.resolution.state];
  };
  expect(asked(ids.vnet, [], own)).toEqual([first, 'yes']);
  expect(asked(ids.vnet, [], '10.9.1.5')).toEqual([first, 'shadowed']);
  expect(asked(ids.vnet, [ids.farVnet], '10.9.1.5')).toEqual([second, 'yes']);
  expect(asked(ids.farVnet, [], own)).toEqual([second, 'shadowed']);
  expect(asked('/elsewhere', [], '10.9.1.5')).toEqual([second, 'yes']);
});

const open = unresolved("[parameters('which')]", 'the parameter which has no value');
const opened = (state: Loose) => ({ privateLinkServiceConnectionState: { status: state } });
test.each<[string, Loose, string]>([
  ['its resource, with a group that the resource has', { privateLinkServiceId: open }, 'privateLinkServiceId'],
  ['its resource, with a group of another service', { privateLinkServiceId: open, groupIds: ['vault'] }, 'none'],
  ['its group', { groupIds: [open] }, 'groupIds.0'],
  ['its group, at another resource', { groupIds: [open], privateLinkServiceId: ids.lake }, 'none'],
  ['its state', opened(open), 'privateLinkServiceConnectionState.status'],
  ['its state, at another group', { ...opened(open), groupIds: ['file'] }, 'none'],
])('the only endpoint, whose connection a file leaves open: %s', (_what, change, expected) => {
  const index = indexSnapshot(
    snapshotOf((scene) => {
      base(scene);
      Object.assign(scene.bodies[first].properties.privateLinkServiceConnections[0].properties, change);
    }),
  );
  const zone = index.get(zoneId(blob));
  if (!zone) throw new Error('the scene has no such zone');
  const asked = () => resolvedIn(zone, { target: ids.account, group: 'blob', vnet: ids.vnet, peers: [] }, index);
  if (expected === 'none') expect(asked()).toBeUndefined();
  else expect(asked).toThrow(`${expected} of pe-stmlsim-blob is not known: [parameters('which')]`);
});
