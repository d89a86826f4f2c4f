// The A records that Azure writes for the zone group of a private endpoint: what the group does besides its body. Azure writes over
// records of the same names, whoever made them. Pure.
import { readVersionOf } from '../model/api-versions.ts';
import { isObject, type Json, type JsonObject } from '../model/json.ts';
import { updateAt, valueAt } from '../model/pointer.ts';
import { attempt } from '../model/readable.ts';
import type { Resource } from '../model/resource.ts';
import { fold, nameOf, parentId, sameId } from '../model/resource-id.ts';
import { nicType } from './machine-view.ts';
import { endpointConnectionsOf } from './network-acls.ts';
import { endpointView } from './network-view.ts';
import { eachObject } from './parts/bodies.ts';
import { labelIn, patternLabels, zoneNameOf } from './private-dns-names.ts';
import { listAt, numberAt, textAt, textsAt } from './read.ts';
import type { ResourceLookup } from './resource-type.ts';

export const aRecordType = 'Microsoft.Network/privateDnsZones/A';
export const zoneConfigsPointer = '/properties/privateDnsZoneConfigs';
/** Azure's own, in seconds. */
const timeToLive = 10;

/** What stands for the address of a private endpoint that Azure assigns: the same text wherever it is meant, and never sent. */
export const laterAddress = (endpoint: string): string => `address of ${fold(endpoint)}, known after apply`;
/** Does a record hold an address that Azure assigns only once the plan is applied? */
export const holdsLaterAddress = ({ body }: Resource): boolean =>
  listAt(body, '/properties/aRecords').some((item) => / known after apply$/.test(textAt(item, '/ipv4Address') ?? ''));

interface EndpointName {
  /** In the zone. */
  readonly label: string;
  readonly addresses: readonly string[];
}

/** The zone group as Azure shows it once it has written its records, these, and their zones; [] where nothing of it is known. */
export const recordsWritten = (group: Resource, endpoint: Resource, seen: ResourceLookup): Resource[] =>
  attempt(
    () => {
      const names = namesByZone(group, endpoint, seen);
      const records = [...names].flatMap(([zone, all]) => all.map((name) => recordIn(zone, name, endpoint)));
      const fresh = records.filter((record) => !isKept(seen.resource(record.id), endpoint, record));
      return names.size === 0 ? [] : [withRecordSets(group, names), ...fresh, ...countedIn(fresh, seen)];
    },
    () => [],
  );

/** The same of a zone group as it is now, once its endpoint is approved. */
export function recordsOf(group: Resource, seen: ResourceLookup): Resource[] {
  const endpoint = seen.resource(parentId(group.id) ?? '');
  return endpoint === undefined || !isApproved(endpoint, seen) ? [] : recordsWritten(group, endpoint, seen);
}

/** Azure writes the records once the connection is approved. */
const isApproved = (endpoint: Resource, seen: ResourceLookup): boolean =>
  endpointView(endpoint).connections.every(({ target, status }) => {
    const found = target === undefined ? undefined : seen.resource(target);
    const own = found && endpointConnectionsOf(found).find(({ endpointId }) => sameId(endpointId, endpoint.id));
    return sameId(own?.status ?? status ?? 'Approved', 'Approved');
  });

/** The names of the endpoint in each zone of its group; a zone in which none is known is absent. */
function namesByZone(group: Resource, endpoint: Resource, seen: ResourceLookup): Map<string, readonly EndpointName[]> {
  const found = new Map<string, readonly EndpointName[]>();
  for (const config of listAt(group.body, zoneConfigsPointer)) {
    const zone = textAt(config, '/properties/privateDnsZoneId');
    const names = zone === undefined ? [] : namesIn(zone, config, endpoint, seen);
    if (zone !== undefined && names.length > 0) found.set(zone, names);
  }
  return found;
}

function namesIn(zone: string, config: Json, endpoint: Resource, seen: ResourceLookup): readonly EndpointName[] {
  const listed = listAt(config, '/properties/recordSets').flatMap((one): EndpointName[] => {
    const label = textAt(one, '/recordSetName');
    return label === undefined ? [] : [{ label, addresses: textsAt(one, '/ipAddresses') }];
  });
  if (listed.length > 0) return listed;
  const hosts = hostsOf(endpoint, seen);
  const shown = hosts.flatMap(({ host, addresses }): EndpointName[] => {
    const label = labelIn(fold(host), zone);
    return label === undefined ? [] : [{ label, addresses }];
  });
  if (shown.length > 0) return [...new Map(shown.map((one) => [one.label, one])).values()];
  const known = [...new Set(hosts.flatMap(({ addresses }) => addresses))];
  const addresses = known.length === 1 ? known : [laterAddress(endpoint.id)];
  const labels = endpointView(endpoint).connections.flatMap(({ target, groups }) =>
    target === undefined ? [] : groups.flatMap((one) => patternLabels(target, seen.resource(target)?.body, one, zone)),
  );
  return [...new Set(labels)].map((label) => ({ label, addresses }));
}

/** The public names of an endpoint, as it or its interface shows them. */
function hostsOf({ body }: Resource, seen: ResourceLookup): { readonly host: string; readonly addresses: string[] }[] {
  const shown = listAt(body, '/properties/customDnsConfigs').flatMap((item) => {
    const host = textAt(item, '/fqdn');
    return host === undefined ? [] : [{ host, addresses: textsAt(item, '/ipAddresses') }];
  });
  if (shown.length > 0) return shown;
  return listAt(body, '/properties/networkInterfaces')
    .flatMap((item) => seen.resource(textAt(item, '/id') ?? '') ?? [])
    .filter(({ type }) => sameId(type, nicType))
    .flatMap((nic) => listAt(nic.body, '/properties/ipConfigurations'))
    .flatMap((item) => {
      const address = textAt(item, '/properties/privateIPAddress');
      const names = textsAt(item, '/properties/privateLinkConnectionProperties/fqdns');
      return names.map((host) => ({ host, addresses: address === undefined ? [] : [address] }));
    });
}

const creator = (endpoint: string): string => `created by private endpoint ${nameOf(endpoint)}`;

function recordIn(zone: string, { label, addresses }: EndpointName, endpoint: Resource): Resource {
  const id = `${zone}/A/${label}`;
  const properties = {
    metadata: { creator: creator(endpoint.id) },
    ...{ ttl: timeToLive, fqdn: `${label}.${zoneNameOf(zone)}.`, isAutoRegistered: false },
    aRecords: addresses.map((ipv4Address) => ({ ipv4Address })),
  };
  const body = { id, name: label, type: aRecordType, properties };
  return { id, type: aRecordType, apiVersion: readVersionOf(aRecordType), body };
}

/** Did Azure write the record for this endpoint? */
export function isWrittenFor(record: Resource, endpoint: string): boolean {
  const [by, own] = [textAt(record.body, '/properties/metadata/creator') ?? '', creator(endpoint)].map(fold);
  return by === own || by?.startsWith(`${own} `) === true;
}

/** Then, and with these addresses, Azure leaves it as it is. */
function isKept(found: Resource | undefined, endpoint: Resource, wanted: Resource): boolean {
  const addresses = (one: Resource) =>
    listAt(one.body, '/properties/aRecords').flatMap((item) => textAt(item, '/ipv4Address') ?? []);
  return (
    found !== undefined && isWrittenFor(found, endpoint.id) && addresses(found).join() === addresses(wanted).join()
  );
}

function withRecordSets(group: Resource, names: ReadonlyMap<string, readonly EndpointName[]>): Resource {
  const configs = eachObject(valueAt(group.body, zoneConfigsPointer), (config) => {
    const zone = textAt(config, '/properties/privateDnsZoneId') ?? '';
    const recordSets = names.get(zone)?.map(({ label, addresses }) => ({
      ...{ recordType: 'A', recordSetName: label, fqdn: `${label}.${zoneNameOf(zone)}` },
      ...{ ttl: timeToLive, ipAddresses: [...addresses] },
    }));
    return recordSets === undefined || !isObject(config.properties)
      ? config
      : { ...config, properties: { ...config.properties, recordSets } };
  });
  const body = updateAt(group.body, ['properties', 'privateDnsZoneConfigs'], () => configs);
  return isObject(body) ? { ...group, body } : group;
}

/** The zones with the number of their record sets, where they show it: records that were not in hand are counted as new. */
function countedIn(records: readonly Resource[], seen: ResourceLookup): Resource[] {
  const made = records.filter(({ id }) => seen.resource(id) === undefined);
  return [...Map.groupBy(made, ({ id }) => parentId(id) ?? '')].flatMap(([id, all]) => {
    const zone = seen.resource(id);
    const count = numberAt(zone?.body, '/properties/numberOfRecordSets');
    if (zone === undefined || count === undefined || !isObject(zone.body.properties)) return [];
    const properties: JsonObject = { ...zone.body.properties, numberOfRecordSets: count + all.length };
    return [{ ...zone, body: { ...zone.body, properties } }];
  });
}
