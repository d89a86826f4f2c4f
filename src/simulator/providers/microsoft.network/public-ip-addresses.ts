// Microsoft.Network/publicIPAddresses: a static one has its address at once, and shows what uses it. The addresses come from
// ranges that are not routed (RFC 5737, RFC 2544).
import { fold, within } from '../../gateway/address.ts';
import { networkError } from '../../gateway/answer.ts';
import { type ArmObject, at, json, put, text } from '../../json.ts';
import { idOf, type Store } from '../../store/store.ts';
import { replaceDocument } from '../documents.ts';
import { rangeOf, textOf } from '../ipv4.ts';
import type { ProviderType } from '../provider.ts';
import { tracked } from '../shape.ts';
import { networkResource } from './network-parts.ts';
import { holdersOf, isForeign, itemsNaming, requireLocation, subscriptionScope } from './references.ts';
import { propertiesOf } from './subnet-document.ts';

export const publicAddressType = 'Microsoft.Network/publicIPAddresses';
const pools = ['192.0.2.0/24', '198.18.0.0/15'];
const owned = ['resourceGuid', 'ipAddress', 'ipConfiguration', 'natGateway'];

export const publicAddresses: ProviderType = {
  ...networkResource,
  type: publicAddressType,
  shape: {
    ...tracked,
    sku: { name: 'text', tier: 'text' },
    properties: {
      publicIPAllocationMethod: 'text',
      publicIPAddressVersion: 'text',
      idleTimeoutInMinutes: 'number',
      ipTags: ['object'],
    },
  },
  replace({ before, body, store, newId }) {
    requireLocation(before ?? body);
    const next = replaceDocument(before, body, owned);
    if (at(next, 'sku') === undefined) put(next, 'sku', json({ name: 'Basic', tier: 'Regional' }));
    const properties = propertiesOf(next);
    put(next, 'properties', properties);
    const isStandard = fold(text(next, 'sku', 'name') ?? '') === 'standard';
    const method = text(properties, 'publicIPAllocationMethod');
    if (isStandard && method !== undefined && fold(method) !== 'static') {
      throw networkError(
        400,
        'PublicIPAddressStandardSkuDynamicAllocationNotSupported',
        'Standard sku publicIp must have AllocationMethod set to Static.',
      );
    }
    for (const [member, value] of [
      ['publicIPAddressVersion', 'IPv4'],
      ['publicIPAllocationMethod', isStandard ? 'Static' : 'Dynamic'],
      ['idleTimeoutInMinutes', 4],
      ['ipTags', []],
    ] as const) {
      if (at(properties, member) === undefined) put(properties, member, json(value));
    }
    if (!before) put(properties, 'resourceGuid', newId());
    const isStatic = fold(text(properties, 'publicIPAllocationMethod') ?? '') === 'static';
    if (isStatic && at(properties, 'ipAddress') === undefined) put(properties, 'ipAddress', freePublicAddress(store));
    return next;
  },
  mayDelete({ id, store }) {
    const [user] = usersOf(store, id);
    if (user === undefined) return;
    throw networkError(
      400,
      'PublicIPAddressCannotBeDeleted',
      `Public IP address ${id} can not be deleted since it is still allocated to resource ${user}. In order to delete the public IP, disassociate/detach the Public IP address from the resource.  To learn how to do this, see aka.ms/deletepublicip.`,
    );
  },
  show({ store }, body) {
    const id = text(body, 'id') ?? '';
    showUser(store, body, 'ipConfiguration', configurationsOf(store, id)[0]);
    showUser(store, body, 'natGateway', gatewaysOf(store, id)[0]);
    return body;
  },
};

/** The one that uses it; what the state does not hold is left as it is. */
function showUser(store: Store, body: ArmObject, member: string, user: string | undefined): void {
  const properties = propertiesOf(body);
  const old = text(properties, member, 'id');
  if (user !== undefined) put(properties, member, json({ id: user }));
  else if (old === undefined || !isForeign(store, old)) properties.delete(member);
}

/** Types that hold public addresses, with the list of their address configurations. */
const users: readonly (readonly [string, string])[] = [
  ['networkInterfaces', 'ipConfigurations'],
  ['azureFirewalls', 'ipConfigurations'],
  ['bastionHosts', 'ipConfigurations'],
  ['virtualNetworkGateways', 'ipConfigurations'],
  ['loadBalancers', 'frontendIPConfigurations'],
  ['applicationGateways', 'frontendIPConfigurations'],
];
const configurationsOf = (store: Store, id: string): string[] =>
  users.flatMap(([type, member]) =>
    itemsNaming(
      store,
      `Microsoft.Network/${type}`,
      member,
      ['properties', 'publicIPAddress', 'id'],
      id,
      subscriptionScope(id),
    ),
  );
const gatewaysOf = (store: Store, id: string): string[] =>
  holdersOf(store, 'Microsoft.Network/natGateways', 'publicIpAddresses', id, subscriptionScope(id));

/** Who holds a public address: ids of address configurations and NAT gateways. */
export function usersOf(store: Store, id: string): string[] {
  return [...configurationsOf(store, id), ...gatewaysOf(store, id)];
}

/** Throws when another resource than that of this id, and what is inside it, holds the address. */
export function requireUnused(store: Store, address: ArmObject, by: string): void {
  const user = usersOf(store, idOf(address)).find((other) => !within(other, by));
  if (user === undefined) return;
  throw networkError(
    400,
    'PublicIPAddressInUse',
    `Resource ${by} is referencing public IP address ${idOf(address)} that is already allocated to resource ${user}.`,
  );
}

function freePublicAddress(store: Store): string {
  const taken = new Set(store.ofType(publicAddressType).map((body) => text(body, 'properties', 'ipAddress')));
  for (const pool of pools) {
    const range = rangeOf(pool);
    for (let value = (range?.first ?? 0) + 1; value < (range?.last ?? 0); value += 1)
      if (!taken.has(textOf(value))) return textOf(value);
  }
  throw networkError(400, 'PublicIPCountLimitReached', 'Cannot create more public IP addresses in this region.');
}
