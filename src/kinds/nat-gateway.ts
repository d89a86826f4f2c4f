// NAT gateways: made with their addresses, hung on subnets from the subnets' side, deleted whole; never changed.
import { isObject } from '../model/json.ts';
import { updateAt } from '../model/pointer.ts';
import { nameOf } from '../model/resource-id.ts';
import type { JsonObject, Kind } from './kind.ts';
import { networkVersion } from './network-view.ts';
import { actionOn, groupOf, readOnly, sendable, without } from './parts/bodies.ts';
import { normalBody, type Shape, sameBy } from './parts/normal.ts';
import { line } from './parts/shell.ts';
import { listAt, textAt } from './read.ts';

export const natGatewayType = 'Microsoft.Network/natGateways';
const computed = ['provisioningState', 'resourceGuid', 'subnets'];
const addresses = '/properties/publicIpAddresses';
const shape: Shape = {
  volatile: computed.map((name) => `/properties/${name}`),
  sets: { [addresses]: { member: 'id', fold: true } },
};

const addressesOf = (body: JsonObject): string[] =>
  listAt(body, addresses).flatMap((item) => textAt(item, '/id') ?? []);

export const natGateway: Kind = {
  type: natGatewayType,
  label: 'NAT gateway',
  plural: 'NAT gateways',
  apiVersion: networkVersion,
  columns: [
    { title: 'Region', value: ({ body }) => textAt(body, '/location') ?? '' },
    { title: 'Addresses', value: ({ body }) => addressesOf(body).map(nameOf).join(', ') },
  ],
  references: addressesOf,
  lists: {},
  same: sameBy(shape),
  normal: (body) => normalBody(shape, body),
  oneWay: () => null,
  writer: (id) => id,
  write(change) {
    const at = { id: change.resource, apiVersion: networkVersion };
    if (change.kind === 'edit') return readOnly('NAT gateway that exists', change);
    if (change.kind === 'delete') return { method: 'DELETE', ...at, body: null };
    return { method: 'PUT', ...at, body: made(change.body), ifNoneMatch: '*' };
  },
  az(change) {
    const at = ['-g', groupOf(change.resource), '-n', nameOf(change.resource)];
    if (change.kind === 'edit') return '';
    if (change.kind === 'delete') return line('az', 'network', 'nat', 'gateway', 'delete', at);
    const region = textAt(change.body, '/location') ?? '';
    return line(
      'az',
      'network',
      'nat',
      'gateway',
      'create',
      at,
      '-l',
      region,
      '--public-ip-addresses',
      addressesOf(change.body),
    );
  },
  needs(change) {
    if (change.kind === 'delete') return [actionOn(`${natGatewayType}/delete`, change.resource)];
    return [
      actionOn(`${natGatewayType}/write`, change.resource),
      ...addressesOf(change.body ?? {}).map((id) => actionOn('Microsoft.Network/publicIPAddresses/join/action', id)),
    ];
  },
};

function made(body: JsonObject): JsonObject {
  const after = updateAt(sendable(body), ['properties'], (value) => (isObject(value) ? without(value, computed) : {}));
  return isObject(after) ? after : body;
}
