// Public addresses: made for a NAT gateway, deleted where nothing holds them any more; never changed.
import { isObject } from '../model/json.ts';
import { updateAt } from '../model/pointer.ts';
import { nameOf } from '../model/resource-id.ts';
import type { JsonObject, Kind } from './kind.ts';
import { networkVersion } from './network-view.ts';
import { actionOn, groupOf, readOnly, sendable, without } from './parts/bodies.ts';
import { normalBody, type Shape, sameBy } from './parts/normal.ts';
import { line } from './parts/shell.ts';
import { textAt } from './read.ts';

export const publicAddressType = 'Microsoft.Network/publicIPAddresses';
const computed = ['provisioningState', 'resourceGuid', 'ipAddress', 'ipConfiguration', 'natGateway'];
const shape: Shape = { volatile: computed.map((name) => `/properties/${name}`), sets: {} };

export const publicAddress: Kind = {
  type: publicAddressType,
  label: 'public address',
  plural: 'public addresses',
  apiVersion: networkVersion,
  columns: [
    { title: 'Address', value: ({ body }) => textAt(body, '/properties/ipAddress') ?? '' },
    { title: 'Tier', value: ({ body }) => textAt(body, '/sku/name') ?? '' },
    { title: 'Held by', value: ({ body }) => nameOf(holderOf(body) ?? '') },
  ],
  references: (body) => [holderOf(body)].filter((id) => id !== undefined),
  lists: {},
  same: sameBy(shape),
  normal: (body) => normalBody(shape, body),
  oneWay: () => null,
  lost: ({ body }) =>
    textAt(body, '/properties/ipAddress') === undefined
      ? null
      : 'the address was given up, and another would be given.',
  writer: (id) => id,
  write(change) {
    const at = { id: change.resource, apiVersion: networkVersion };
    if (change.kind === 'edit') return readOnly('public address that exists', change);
    if (change.kind === 'delete') return { method: 'DELETE', ...at, body: null };
    return { method: 'PUT', ...at, body: made(change.body), ifNoneMatch: '*' };
  },
  az(change) {
    const at = ['-g', groupOf(change.resource), '-n', nameOf(change.resource)];
    if (change.kind === 'edit') return '';
    if (change.kind === 'delete') return line('az', 'network', 'public-ip', 'delete', at);
    const [tier = 'Standard', method = 'Static', region = ''] = [
      textAt(change.body, '/sku/name'),
      textAt(change.body, '/properties/publicIPAllocationMethod'),
      textAt(change.body, '/location'),
    ];
    return line('az', 'network', 'public-ip', 'create', at, '-l', region, '--sku', tier, '--allocation-method', method);
  },
  needs: (change) => [
    actionOn(`${publicAddressType}/${change.kind === 'delete' ? 'delete' : 'write'}`, change.resource),
  ],
};

const holderOf = (body: JsonObject): string | undefined =>
  textAt(body, '/properties/natGateway/id') ?? textAt(body, '/properties/ipConfiguration/id');

function made(body: JsonObject): JsonObject {
  const after = updateAt(sendable(body), ['properties'], (value) => (isObject(value) ? without(value, computed) : {}));
  return isObject(after) ? after : body;
}
