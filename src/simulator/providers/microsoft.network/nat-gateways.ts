// Microsoft.Network/natGateways: Standard public addresses in, subnets computed.
import { fold } from '../../gateway/address.ts';
import { networkError } from '../../gateway/answer.ts';
import { at, json, list, put, text } from '../../json.ts';
import { idOf } from '../../store/store.ts';
import { replaceDocument } from '../documents.ts';
import type { ProviderType, Write } from '../provider.ts';
import { reference, tracked } from '../shape.ts';
import { networkResource, subnetsNaming } from './network-parts.ts';
import { requireUnused } from './public-ip-addresses.ts';
import { inUseError, referenced, requireLocation, requireReady, showReferences } from './references.ts';
import { propertiesOf } from './subnet-document.ts';

export const natGateways: ProviderType = {
  ...networkResource,
  type: 'Microsoft.Network/natGateways',
  shape: {
    ...tracked,
    sku: { name: 'text' },
    properties: { idleTimeoutInMinutes: 'number', publicIpAddresses: [reference], publicIpPrefixes: [reference] },
  },
  replace(write) {
    const { before, body, newId } = write;
    requireLocation(before ?? body);
    const next = replaceDocument(before, body, ['resourceGuid', 'subnets']);
    if (at(next, 'sku') === undefined) put(next, 'sku', json({ name: 'Standard' }));
    const properties = propertiesOf(next);
    put(next, 'properties', properties);
    if (at(properties, 'idleTimeoutInMinutes') === undefined) put(properties, 'idleTimeoutInMinutes', json(4));
    if (!before) put(properties, 'resourceGuid', newId());
    for (const item of list(properties, 'publicIpAddresses')) checkAddress(write, text(item, 'id') ?? '');
    return next;
  },
  links: (next) =>
    list(next, 'properties', 'publicIpAddresses').flatMap((item) => {
      const id = text(item, 'id');
      return id === undefined ? [] : [{ id, action: 'Microsoft.Network/publicIPAddresses/join/action' }];
    }),
  mayDelete({ id, store }) {
    const users = subnetsNaming(store, 'natGateway', id);
    if (users.length > 0) throw inUseError('InUseNatGatewayCannotBeDeleted', 'NAT gateway', id, users);
  },
  show({ store }, body) {
    showReferences(store, body, 'subnets', subnetsNaming(store, 'natGateway', text(body, 'id') ?? ''));
    return body;
  },
};

function checkAddress({ store, id }: Write, addressId: string): void {
  const address = referenced(store, addressId, id);
  if (fold(text(address, 'sku', 'name') ?? '') !== 'standard') {
    throw networkError(
      400,
      'NatGatewayPublicIpSkuNotSupported',
      `NAT gateway ${id} cannot use the public IP address ${idOf(address)}: only the Standard SKU is supported.`,
    );
  }
  requireReady(address, id);
  requireUnused(store, address, id);
}
