// The A records that the zone groups of an endpoint write into private zones, and take away again.
import { fold, nameOf, sameId } from '../../gateway/address.ts';
import { type ArmJson, type ArmObject, at, isObject, json, list, object, put, text } from '../../json.ts';
import { idOf, type Store } from '../../store/store.ts';
import { setFirst } from '../documents.ts';
import { isApproved } from '../private-link/connections.ts';
import type { LinkHost } from '../private-link/targets.ts';
import { connectionIn, groupReached, zoneGroupType } from './private-endpoint-document.ts';

/** Seconds. */
const timeToLive = 10;

export function zoneGroupsOf(store: Store, endpointId: string): ArmObject[] {
  return store.ofType(zoneGroupType, endpointId);
}

/** Writes what the group's zones should say of the endpoint, once its connection has been approved; `addresses` by folded member. */
export function writeRecords(
  store: Store,
  group: ArmObject,
  endpoint: ArmObject,
  addresses: ReadonlyMap<string, string>,
  newId: () => string,
): void {
  const connection = connectionIn(endpoint);
  const isReachable = connection !== undefined && isApproved(connection);
  const members = groupReached(store, endpoint)?.members ?? [];
  for (const config of list(group, 'properties', 'privateDnsZoneConfigs')) {
    const zone = store.get(text(config, 'properties', 'privateDnsZoneId') ?? '');
    const properties = at(config, 'properties');
    if (!zone || !isObject(properties)) continue;
    const wanted = members.flatMap((member) => {
      const address = addresses.get(fold(member.name));
      return member.hosts
        .filter((host) => address !== undefined && fold(host.zone) === fold(nameOf(idOf(zone))))
        .map((host) => ({ host, address: address ?? '' }));
    });
    if (!isReachable && at(properties, 'recordSets') !== undefined) continue;
    const written = isReachable ? wanted : [];
    for (const { host, address } of written) writeRecord(store, zone, endpoint, host, address, newId);
    put(properties, 'recordSets', json(written.map(({ host, address }) => shownRecord(host, address))));
  }
  setFirst(group, 'etag', `W/"${newId()}"`);
}

/** Takes away the records that a configuration lists, even where another endpoint has written over them since. */
export function removeRecords(store: Store, config: ArmJson): void {
  const zoneId = text(config, 'properties', 'privateDnsZoneId') ?? '';
  for (const record of list(config, 'properties', 'recordSets'))
    store.remove(`${zoneId}/A/${text(record, 'recordSetName') ?? ''}`);
}

/** The configurations of one document that another one no longer holds. */
export function droppedConfigs(before: ArmObject | undefined, next: ArmObject): ArmJson[] {
  const zones = list(next, 'properties', 'privateDnsZoneConfigs').map(zoneIdOf);
  return list(before, 'properties', 'privateDnsZoneConfigs').filter(
    (config) => !zones.some((zone) => sameId(zone, zoneIdOf(config))),
  );
}

const zoneIdOf = (config: ArmJson): string => text(config, 'properties', 'privateDnsZoneId') ?? '';
const creator = (endpoint: string): string => `created by private endpoint ${endpoint} with resource guid `;

function shownRecord(host: LinkHost, address: string): ArmObject {
  return object({
    recordType: 'A',
    recordSetName: host.record,
    fqdn: `${host.record}.${host.zone}`,
    provisioningState: 'Succeeded',
    ttl: timeToLive,
    ipAddresses: [address],
  });
}

function writeRecord(
  store: Store,
  zone: ArmObject,
  endpoint: ArmObject,
  host: LinkHost,
  address: string,
  newId: () => string,
): void {
  const id = `${idOf(zone)}/A/${host.record}`;
  const old = store.get(id);
  const same = list(old, 'properties', 'aRecords').some((item) => text(item, 'ipv4Address') === address);
  const isOwn = text(old, 'properties', 'metadata', 'creator')?.startsWith(creator(nameOf(idOf(endpoint)))) === true;
  if (same && isOwn) return;
  store.set(
    id,
    object({
      id,
      name: host.record,
      type: 'Microsoft.Network/privateDnsZones/A',
      etag: newId(),
      properties: {
        metadata: { creator: `${creator(nameOf(idOf(endpoint)))}${newId()}` },
        ttl: timeToLive,
        fqdn: `${host.record}.${nameOf(idOf(zone))}.`,
        isAutoRegistered: false,
        aRecords: [{ ipv4Address: address }],
      },
    }),
  );
}
