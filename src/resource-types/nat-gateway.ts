import { nameOf } from '../model/resource-id.ts';
import { defineResourceType } from './define.ts';
import { actionOn, groupOf } from './parts/bodies.ts';
import { line } from './parts/shell.ts';
import { listAt, textAt } from './read.ts';
import type { JsonObject } from './resource-type.ts';

export const natGatewayType = 'Microsoft.Network/natGateways';
const addresses = '/properties/publicIpAddresses';

const addressesOf = (body: JsonObject): string[] =>
  listAt(body, addresses).flatMap((item) => textAt(item, '/id') ?? []);

export const natGateway = defineResourceType({
  type: natGatewayType,
  label: 'NAT gateway',
  decidesPackets: true,
  plural: 'NAT gateways',
  computed: ['resourceGuid', 'subnets'],
  shape: { sets: { [addresses]: { member: 'id', fold: true } } },
  columns: [
    { title: 'Region', value: ({ body }) => textAt(body, '/location') ?? '' },
    { title: 'Addresses', value: ({ body }) => addressesOf(body).map(nameOf).join(', ') },
  ],
  references: addressesOf,
  write: { create: true, delete: true, refused: 'NAT gateway that exists' },
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
  alsoNeeds: (change) =>
    addressesOf(change.body ?? {}).map((id) => actionOn('Microsoft.Network/publicIPAddresses/join/action', id)),
});
