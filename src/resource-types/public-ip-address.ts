import type { Resource } from '../model/resource.ts';
import { fold, nameOf } from '../model/resource-id.ts';
import { defineResourceType } from './define.ts';
import { groupOf } from './parts/bodies.ts';
import { line } from './parts/shell.ts';
import { textAt } from './read.ts';
import type { JsonObject } from './resource-type.ts';

export const publicAddressType = 'Microsoft.Network/publicIPAddresses';
const computed = ['provisioningState', 'resourceGuid', 'ipAddress', 'ipConfiguration', 'natGateway'];

export const publicAddress = defineResourceType({
  type: publicAddressType,
  label: 'public IP address',
  decidesPackets: true,
  plural: 'public IP addresses',
  computed,
  columns: [
    { title: 'Address', value: ({ body }) => textAt(body, '/properties/ipAddress') ?? '' },
    { title: 'SKU', value: ({ body }) => textAt(body, '/sku/name') ?? '' },
    { title: 'Used by', value: ({ body }) => nameOf(holderOf(body) ?? '') },
  ],
  references: (body) => [holderOf(body)].filter((id) => id !== undefined),
  restoreBlocker: ({ body }) =>
    textAt(body, '/properties/ipAddress') === undefined
      ? null
      : 'its IP address is released, and Azure assigns a different one.',
  write: { create: true, delete: true, refused: 'public IP address that exists' },
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
});

const holderOf = (body: JsonObject): string | undefined =>
  textAt(body, '/properties/natGateway/id') ?? textAt(body, '/properties/ipConfiguration/id');

/**
 * Does a public IP address or a load balancer, by its SKU, deny inbound traffic as long as no NSG allows it? Standard does, Basic does
 * not; undefined where it is not known.
 */
export function closedWithoutGroup({ body }: Resource): boolean | undefined {
  const sku = fold(textAt(body, '/sku/name') ?? 'Basic');
  return sku === 'basic' ? false : /^standard(v2)?$/.test(sku) ? true : undefined;
}
