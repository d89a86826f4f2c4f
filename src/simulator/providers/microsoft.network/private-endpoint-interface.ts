// The network interface that an endpoint is given: one address configuration for each member of its group.
import { fold, nameOf, parentOf, sameId } from '../../gateway/address.ts';
import { type ArmObject, isObject, list, object, text } from '../../json.ts';
import { idOf, type Store } from '../../store/store.ts';
import type { LinkGroup } from '../private-link/targets.ts';
import { freeAddresses } from './free-addresses.ts';
import { touch } from './network-parts.ts';
import { fixedAddresses, groupReached, interfaceOf, zoneGroupType } from './private-endpoint-document.ts';
import { addReferences, removeReferences } from './references.ts';

/** Makes the interface once, and names interface and endpoint in the subnet. Nothing when the subnet is gone. */
export function giveInterface(store: Store, endpoint: ArmObject, group: LinkGroup, newId: () => string): void {
  const id = interfaceOf(endpoint);
  const subnet = store.get(text(endpoint, 'properties', 'subnet', 'id') ?? '');
  if (id === undefined || !subnet) return;
  if (!store.get(id)) store.set(id, interfaceBody(store, id, endpoint, subnet, group, newId));
  const configurations = list(store.get(id), 'properties', 'ipConfigurations').flatMap(
    (item) => text(item, 'id') ?? [],
  );
  const changed = [
    addReferences(subnet, 'ipConfigurations', configurations),
    addReferences(subnet, 'privateEndpoints', [idOf(endpoint)]),
  ];
  if (changed.includes(true)) touch(store, idOf(subnet), newId);
}

/** Takes the interface away again, and both names out of the subnet. */
export function takeInterface(store: Store, endpoint: ArmObject, newId: () => string): void {
  const id = interfaceOf(endpoint);
  if (id !== undefined) store.remove(id);
  const subnet = store.get(text(endpoint, 'properties', 'subnet', 'id') ?? '');
  if (!subnet) return;
  removeReferences(subnet, 'privateEndpoints', (other) => sameId(other, idOf(endpoint)));
  removeReferences(subnet, 'ipConfigurations', (other) => id !== undefined && sameId(parentOf(other), id));
  touch(store, idOf(subnet), newId);
}

/**
 * The addresses of an endpoint by folded member: those of its interface; where that is not in the store, as in a copy of what a scan
 * read, those that the endpoint and its zone groups show. Empty when none is known.
 */
export function addressesOf(store: Store, endpoint: ArmObject): Map<string, string> {
  const id = interfaceOf(endpoint);
  const nic = id === undefined ? undefined : store.get(id);
  if (nic === undefined) return addressesShown(store, endpoint);
  return new Map(
    list(nic, 'properties', 'ipConfigurations').flatMap((item) => {
      const member = text(item, 'properties', 'privateLinkConnectionProperties', 'requiredMemberName');
      const address = text(item, 'properties', 'privateIPAddress');
      return member === undefined || address === undefined ? [] : [[fold(member), address] as const];
    }),
  );
}

/** The public names with their addresses, and the records that zone groups have written. */
function addressesShown(store: Store, endpoint: ArmObject): Map<string, string> {
  const records = store
    .ofType(zoneGroupType, idOf(endpoint))
    .flatMap((group) => list(group, 'properties', 'privateDnsZoneConfigs'))
    .flatMap((config) => list(config, 'properties', 'recordSets'));
  const shown = new Map(
    [...list(endpoint, 'properties', 'customDnsConfigs'), ...records].flatMap((item) => {
      const [address] = list(item, 'ipAddresses');
      return typeof address === 'string' ? [[fold(text(item, 'fqdn') ?? ''), address] as const] : [];
    }),
  );
  return new Map(
    (groupReached(store, endpoint)?.members ?? []).flatMap(({ name, hosts }) => {
      const names = hosts.flatMap(({ fqdn, record, zone }) => [fqdn, `${record}.${zone}`]);
      const address = names.map((one) => shown.get(fold(one))).find((one) => one !== undefined);
      return address === undefined ? [] : [[fold(name), address] as const];
    }),
  );
}

function interfaceBody(
  store: Store,
  id: string,
  endpoint: ArmObject,
  subnet: ArmObject,
  group: LinkGroup,
  newId: () => string,
): ArmObject {
  const fixed = fixedAddresses(endpoint);
  const open = group.members.filter((member) => !fixed.has(fold(member.name)));
  const free = freeAddresses(store, subnet, open.length, [...fixed.values()]);
  const etag = `W/"${newId()}"`;
  const configurations = group.members.map((member, index) => {
    const name = `privateEndpointIpConfig.${newId()}`;
    return object({
      name,
      id: `${id}/ipConfigurations/${name}`,
      etag,
      type: 'Microsoft.Network/networkInterfaces/ipConfigurations',
      properties: {
        provisioningState: 'Succeeded',
        privateIPAddress: fixed.get(fold(member.name)) ?? free[open.indexOf(member)] ?? '',
        privateIPAllocationMethod: fixed.has(fold(member.name)) ? 'Static' : 'Dynamic',
        subnet: { id: idOf(subnet) },
        primary: index === 0,
        privateIPAddressVersion: 'IPv4',
        privateLinkConnectionProperties: {
          groupId: group.id,
          requiredMemberName: member.name,
          fqdns: member.hosts.map((host) => host.fqdn),
        },
      },
    });
  });
  return object({
    name: nameOf(id),
    id,
    etag,
    type: 'Microsoft.Network/networkInterfaces',
    location: text(endpoint, 'location') ?? '',
    properties: {
      provisioningState: 'Succeeded',
      resourceGuid: newId(),
      ipConfigurations: configurations.filter(isObject),
      dnsSettings: { dnsServers: [], appliedDnsServers: [] },
      enableAcceleratedNetworking: false,
      enableIPForwarding: false,
      hostedWorkloads: [],
      tapConfigurations: [],
      nicType: 'Standard',
      privateEndpoint: { id: idOf(endpoint) },
    },
  });
}
