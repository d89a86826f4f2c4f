import { expect, test } from 'vitest';
import { anotherBy } from '../../src/model/identity.ts';

const nic = '/properties/networkInterfaces/0/id';
const endpoint = (name: string, customNetworkInterfaceName = '') => ({
  id: '/subscriptions/s/providers/Microsoft.Network/privateEndpoints/pe',
  properties: { customNetworkInterfaceName, networkInterfaces: [{ id: `/n/${name}` }] },
});

test.each<[string, object, object, string | null]>([
  [
    'another id',
    { properties: { resourceGuid: 'a' } },
    { properties: { resourceGuid: 'b' } },
    '/properties/resourceGuid',
  ],
  ['one id in two spellings', { properties: { resourceGuid: 'A' } }, { properties: { resourceGuid: 'a' } }, null],
  [
    'one moment in two spellings',
    { systemData: { createdAt: '2026-01-01T00:00:00Z' } },
    { systemData: { createdAt: '2026-01-01T01:00:00.000+01:00' } },
    null,
  ],
  [
    'another moment',
    { systemData: { createdAt: '2026-01-01T00:00:00Z' } },
    { systemData: { createdAt: '2026-01-01T00:00:01Z' } },
    '/systemData/createdAt',
  ],
  [
    'an identity that was given anew to the same resource',
    { properties: { creationTime: '2026-01-01T00:00:00Z' }, identity: { principalId: 'a' } },
    { properties: { creationTime: '2026-01-01T00:00:00Z' }, identity: { principalId: 'b' } },
    null,
  ],
  ['a private endpoint with the NIC of another one', endpoint('pe.nic.1'), endpoint('pe.nic.2'), nic],
  ['a private endpoint with its NIC', endpoint('pe.nic.1'), endpoint('PE.nic.1'), null],
  // The name was asked for, so that another one may have it.
  ['a private endpoint that names its NIC', endpoint('mine', 'mine'), endpoint('other', 'other'), null],
  [
    'an NSG at the NIC of another machine',
    { id: '/s/networkSecurityGroups/a', properties: { networkInterfaces: [{ id: '/a' }] } },
    { id: '/s/networkSecurityGroups/a', properties: { networkInterfaces: [{ id: '/b' }] } },
    null,
  ],
  ['nothing that both have', { properties: { resourceGuid: 'a' } }, { properties: {} }, null],
])('%s', (_what, was, is, pointer) => {
  expect(anotherBy(was as never, is as never)).toBe(pointer);
});
