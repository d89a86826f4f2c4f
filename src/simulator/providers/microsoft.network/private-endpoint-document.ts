// What the network provider makes of a private endpoint: what it refuses and what it fills in. The wording of the refusals
// of group ids, of changed connections and of several groups is Azure's own, as users have reported it.
import { fold, nameOf, sameId, typeOf } from '../../gateway/address.ts';
import { networkError } from '../../gateway/answer.ts';
import { type ArmJson, type ArmObject, at, isObject, json, list, put, text } from '../../json.ts';
import { idOf, type Store } from '../../store/store.ts';
import { replaceDocument, replaceMembers, setFirst } from '../documents.ts';
import { approved, type ConnectionState, pending, writeState } from '../private-link/connections.ts';
import { groupOf, groupOfConnection, type LinkGroup, targetOf } from '../private-link/targets.ts';
import type { Write } from '../provider.ts';
import { requireAddress, requireAddresses } from './free-addresses.ts';
import {
  invalidReference,
  missingValue,
  plainRegion,
  referenced,
  requireLocation,
  requireReady,
} from './references.ts';
import { propertiesOf } from './subnet-document.ts';

export const zoneGroupType = 'Microsoft.Network/privateEndpoints/privateDnsZoneGroups';

/** The two lists of connections, with the state a new connection of each begins in. */
export const connectionLists: readonly (readonly [string, ConnectionState])[] = [
  ['privateLinkServiceConnections', approved],
  ['manualPrivateLinkServiceConnections', pending],
];
const owned = ['networkInterfaces', 'customDnsConfigs'];
const resourceName = /^[a-z0-9][\w.-]{0,79}$/i;
const connectionPart = 'Microsoft.Network/privateEndpoints/privateLinkServiceConnections';

/** The only connection of an endpoint; undefined in a document that holds none. */
export function connectionIn(endpoint: ArmObject | undefined): ArmObject | undefined {
  return connectionLists.flatMap(([member]) => list(endpoint, 'properties', member)).find(isObject);
}

export function targetIdOf(connection: ArmObject | undefined): string {
  return text(connection, 'properties', 'privateLinkServiceId') ?? '';
}

/** The group that an endpoint reaches; undefined when its target is gone. */
export function groupReached(store: Store, endpoint: ArmObject): LinkGroup | undefined {
  const connection = connectionIn(endpoint);
  const targetId = targetIdOf(connection);
  const [target, body] = [targetOf(targetId), store.get(targetId)];
  return connection && target && body ? groupOf(target, body, groupOfConnection(connection)) : undefined;
}

export function endpointDocument(write: Write): ArmObject {
  const { before, body, id, store } = write;
  const location = requireLocation(before ?? body);
  const next = replaceDocument(before, body, owned);
  const properties = propertiesOf(next);
  put(next, 'properties', properties);
  const subnet = subnetOf(store, id, properties, location, before);
  const sent = connectionIn(body);
  const count = connectionLists.flatMap(([member]) => list(body, 'properties', member)).length;
  if (!sent || count !== 1) throw missingValue('properties.privateLinkServiceConnections');
  for (const [member, first] of connectionLists) {
    const items = list(body, 'properties', member).filter(isObject);
    put(
      properties,
      member,
      items.map((item) => settledConnection(write, item, member, first)),
    );
  }
  const group = groupReached(store, next);
  const wanted = fixedAddresses(next);
  for (const address of wanted.values()) requireAddress(store, subnet, address, interfaceOf(before) ?? id);
  if (!before && group) {
    const free = group.members.filter((member) => !wanted.has(fold(member.name))).length;
    requireAddresses(store, subnet, free, [...wanted.values()]);
  }
  if (interfaceOf(next) === undefined)
    put(
      properties,
      'networkInterfaces',
      json([{ id: newInterface(write, text(properties, 'customNetworkInterfaceName') ?? '') }]),
    );
  for (const [member, value] of [
    ['customNetworkInterfaceName', ''],
    ['ipConfigurations', []],
    ['customDnsConfigs', []],
  ] as const) {
    if (at(properties, member) === undefined) put(properties, member, json(value));
  }
  return next;
}

/** The id that the interface of a new endpoint gets; a name of one's own must be one, and free. */
function newInterface({ id, store, newId }: Write, custom: string): string {
  const name = custom === '' ? `${nameOf(id)}.nic.${newId()}` : custom;
  const made = `${id.slice(0, id.lastIndexOf('/privateEndpoints/'))}/networkInterfaces/${name}`;
  if (!resourceName.test(name) || store.get(made)) {
    throw networkError(
      400,
      'InvalidPrivateEndpointNetworkInterfaceName',
      `The network interface of private endpoint ${id} cannot be named '${name}': ${store.get(made) ? 'there is one of that name' : 'that is no name of a resource'}.`,
    );
  }
  return made;
}

export function interfaceOf(endpoint: ArmObject | undefined): string | undefined {
  return text(list(endpoint, 'properties', 'networkInterfaces')[0], 'id');
}

/** Addresses that the caller fixed, by folded member. */
export function fixedAddresses(endpoint: ArmObject): Map<string, string> {
  return new Map(
    list(endpoint, 'properties', 'ipConfigurations').flatMap((item) => {
      const [member, address] = [text(item, 'properties', 'memberName'), text(item, 'properties', 'privateIPAddress')];
      return member === undefined || address === undefined ? [] : [[fold(member), address] as const];
    }),
  );
}

function subnetOf(
  store: Store,
  id: string,
  properties: ArmObject,
  location: string,
  before: ArmObject | undefined,
): ArmObject {
  const subnetId = text(properties, 'subnet', 'id');
  if (subnetId === undefined) throw missingValue('properties.subnet.id');
  const subnet = referenced(store, subnetId, id);
  requireReady(subnet, id);
  const network = store.get(subnetId.slice(0, fold(subnetId).lastIndexOf('/subnets/')));
  if (plainRegion(text(network, 'location') ?? '') !== plainRegion(location)) throw invalidReference(subnetId, id);
  const old = text(before, 'properties', 'subnet', 'id');
  if (old !== undefined && !sameId(old, subnetId)) {
    throw networkError(
      400,
      'PropertyChangeNotAllowed',
      `Changing the subnet of private endpoint ${id} is not allowed.`,
    );
  }
  if (list(subnet, 'properties', 'delegations').length > 0) {
    throw networkError(
      400,
      'PrivateEndpointCreationNotAllowedAsSubnetIsDelegated',
      `Private endpoint ${id} cannot be created as subnet ${subnetId} is delegated.`,
    );
  }
  put(properties, 'subnet', json({ id: idOf(subnet) }));
  return subnet;
}

function settledConnection(write: Write, sent: ArmObject, list_: string, first: ConnectionState): ArmObject {
  const { before, id, store } = write;
  const name = text(sent, 'name') ?? nameOf(id);
  const connectionId = `${id}/${list_}/${name}`;
  const targetId = text(sent, 'properties', 'privateLinkServiceId');
  if (targetId === undefined) throw missingValue(`properties.${list_}[0].properties.privateLinkServiceId`);
  const old = connectionIn(before);
  const isHere = list(before, 'properties', list_).length > 0;
  if (old && !(isHere && isSameConnection(old, sent, name))) {
    throw networkError(
      400,
      'CannotChangePrivateLinkConnectionOnPrivateEndpoint',
      `Cannot change the private link connection on private endpoint ${id}. Please ensure you are not updating the details of existing private link connection: '${connectionId}'. That is not allowed.`,
    );
  }
  if (!old) checkGroup(store, connectionId, targetId, list(sent, 'properties', 'groupIds'), id);
  const next: ArmObject = old
    ? new Map(old)
    : new Map<string, ArmJson>([
        ['name', name],
        ['id', connectionId],
        ['type', connectionPart],
      ]);
  const kept = propertiesOf(old);
  const properties = replaceMembers(kept, propertiesOf(sent), [
    'provisioningState',
    'privateLinkServiceConnectionState',
  ]);
  setFirst(properties, 'provisioningState', 'Succeeded');
  put(next, 'properties', properties);
  if (!old) writeState(next, first);
  return next;
}

function isSameConnection(old: ArmObject, sent: ArmObject, name: string): boolean {
  const groups = list(sent, 'properties', 'groupIds');
  return (
    fold(text(old, 'name') ?? '') === fold(name) &&
    sameId(targetIdOf(old), targetIdOf(sent)) &&
    groups.length <= 1 &&
    fold(groupOfConnection(old)) === fold(groupOfConnection(sent))
  );
}

const withoutLink = /^microsoft\.network\/(?!privateLinkServices$|applicationGateways$)/i;

function checkGroup(
  store: Store,
  connectionId: string,
  targetId: string,
  groups: readonly ArmJson[],
  by: string,
): void {
  const target = targetOf(targetId);
  if (!target) {
    // Azure knows more services with a private link than are known here: what is no network is taken on trust.
    if (!withoutLink.test(typeOf(targetId))) return;
    throw networkError(
      400,
      'PrivateLinkServiceIdNotSupported',
      `Private link service connection ${connectionId} names ${targetId}. Resources of this type have no private link here.`,
    );
  }
  const body = referenced(store, targetId, by);
  const [group] = groups;
  if (typeof group !== 'string' || group === '') {
    throw networkError(
      400,
      'MissingParameterOnPrivateLinkServiceConnection',
      `Private link service connection ${connectionId} is missing required parameter 'group Id'.`,
    );
  }
  if (groups.length > 1) {
    throw networkError(
      400,
      'OnlyOneGroupIdPermitted',
      `Private link service connection ${connectionId} has the following group Ids: ${groups.join(', ')}. Only one group Id is permitted when connecting to a first-party resource (${targetId}).`,
    );
  }
  const call = `Call to ${target.type} failed. Error message: `;
  if (!groupOf(target, body, group)) {
    throw target.strict
      ? networkError(
          400,
          'InvalidValuesForRequestParameters',
          `${call}Values for request parameters are invalid: GroupId: ${group}.`,
        )
      : networkError(400, 'BadRequest', `${call}Invalid groupId`);
  }
  const sku = text(body, 'sku', 'name') ?? '';
  if (target.type === 'Microsoft.ContainerRegistry/registries' && fold(sku) !== 'premium') {
    throw networkError(
      400,
      'PrivateEndpointNotSupported',
      `${call}The requested feature private endpoint is not supported for the SKU ${sku}.`,
    );
  }
}
