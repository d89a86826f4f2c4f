// Which addresses of a subnet are free. Azure keeps the first four and the last; an interface that lives elsewhere (a compute
// node, say) shows in the subnet without its address, and is taken to hold the lowest free one.
import { fold, sameId } from '../../gateway/address.ts';
import { networkError } from '../../gateway/answer.ts';
import { type ArmJson, type ArmObject, list, text } from '../../json.ts';
import { idOf, type Store } from '../../store/store.ts';
import { rangeOf, textOf } from '../ipv4.ts';
import { prefixesOf, propertiesOf } from './subnet-document.ts';

const [reservedFirst, reservedLast] = [4, 1];

/** Holders of addresses: type, and the member of their properties that lists their address configurations. */
const holders: readonly (readonly [string, string])[] = [
  ['Microsoft.Network/networkInterfaces', 'ipConfigurations'],
  ['Microsoft.Network/azureFirewalls', 'ipConfigurations'],
  ['Microsoft.Network/loadBalancers', 'frontendIPConfigurations'],
];

function configurationsIn(store: Store, subnetId: string): ArmJson[] {
  return holders
    .flatMap(([type, member]) => store.ofType(type).flatMap((body) => list(body, 'properties', member)))
    .filter((item) => sameId(text(item, 'properties', 'subnet', 'id') ?? '', subnetId));
}

/** As many free IPv4 addresses of the subnet as asked for, lowest first; `except` are spoken for. Fewer when it is full. */
export function freeAddresses(
  store: Store,
  subnet: ArmObject,
  count: number,
  except: readonly string[] = [],
): string[] {
  const own = configurationsIn(store, idOf(subnet));
  const known = new Set(own.map((item) => fold(text(item, 'id') ?? '')));
  const taken = new Set([...except, ...own.flatMap((item) => text(item, 'properties', 'privateIPAddress') ?? [])]);
  let elsewhere = list(subnet, 'properties', 'ipConfigurations').filter(
    (item) => !known.has(fold(text(item, 'id') ?? '')),
  ).length;
  const found: string[] = [];
  for (const prefix of prefixesOf(propertiesOf(subnet))) {
    const range = rangeOf(prefix);
    if (!range) continue;
    for (let value = range.first + reservedFirst; value <= range.last - reservedLast; value += 1) {
      if (found.length === count) return found;
      const address = textOf(value);
      if (taken.has(address)) continue;
      if (elsewhere > 0) elsewhere -= 1;
      else found.push(address);
    }
  }
  return found;
}

/** Throws when the subnet has not so many addresses left. */
export function requireAddresses(store: Store, subnet: ArmObject, count: number, except: readonly string[] = []): void {
  if (freeAddresses(store, subnet, count, except).length === count) return;
  throw networkError(
    400,
    'SubnetIsFull',
    `Subnet ${text(subnet, 'name') ?? idOf(subnet)} with address prefix ${prefixesOf(propertiesOf(subnet)).join(', ')} does not have enough capacity for ${count} IP addresses.`,
  );
}

/** Throws when a requested address is outside the subnet or taken. */
export function requireAddress(store: Store, subnet: ArmObject, address: string, ownerId: string): void {
  const wanted = rangeOf(address);
  const isInside = prefixesOf(propertiesOf(subnet)).some((prefix) => {
    const range = rangeOf(prefix);
    if (!range || !wanted || wanted.isCidr) return false;
    return range.first + reservedFirst <= wanted.first && wanted.first <= range.last - reservedLast;
  });
  if (!isInside) {
    throw networkError(
      400,
      'PrivateIPAddressNotInSubnet',
      `Private static IP address ${address} does not belong to the range of subnet prefix ${prefixesOf(propertiesOf(subnet)).join(', ')}.`,
    );
  }
  const holder = configurationsIn(store, idOf(subnet)).find(
    (item) =>
      text(item, 'properties', 'privateIPAddress') === address &&
      !fold(text(item, 'id') ?? '').startsWith(`${fold(ownerId)}/`),
  );
  if (holder) {
    throw networkError(
      400,
      'PrivateIPAddressInUse',
      `Private IP address ${address} is already in use by ${text(holder, 'id') ?? 'another resource'}.`,
    );
  }
}

/**
 * The address of a configuration about to be written: the one asked for, the one it has, or the lowest free one. `old`: the
 * configuration before; `id`: whose it is; `given`: handed out in this write already.
 */
export function addressFor(
  store: Store,
  subnet: ArmObject,
  sent: ArmObject,
  old: ArmObject | undefined,
  id: string,
  given: string[],
): string {
  const isStatic = fold(text(sent, 'properties', 'privateIPAllocationMethod') ?? '') === 'static';
  const asked = isStatic ? text(sent, 'properties', 'privateIPAddress') : undefined;
  if (asked !== undefined) requireAddress(store, subnet, asked, id);
  const isSameSubnet = sameId(text(old, 'properties', 'subnet', 'id') ?? '', idOf(subnet));
  const kept = isSameSubnet ? text(old, 'properties', 'privateIPAddress') : undefined;
  if (asked === undefined && kept === undefined) requireAddresses(store, subnet, 1, given);
  const address = asked ?? kept ?? freeAddresses(store, subnet, 1, given)[0] ?? '';
  given.push(address);
  return address;
}
