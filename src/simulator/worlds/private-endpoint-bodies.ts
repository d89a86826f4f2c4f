// Private endpoints with all the resources that show them, as JSON text: the endpoint and its network interface, the connection
// on the target, the references in the subnet, the zone group, and the private DNS zones with their links and records.

import { etag, guidOf, joined, list, name } from './bodies.ts';
import { inGroup, person, region, subscription } from './names.ts';

export interface EndpointConnectionSpec {
  /** Name of the endpoint. */
  readonly name: string;
  readonly target: string;
  /** Group id: `blob`, `file`, `dfs`, `vault`, `registry`, `amlworkspace`. */
  readonly group: string;
  readonly subnet: string;
  /** The first of its addresses; the others follow. */
  readonly address: string;
  /** `Approved` unless said; a `Pending` one is a manual connection. */
  readonly status?: 'Approved' | 'Pending' | 'Rejected';
  /** Ids of zones its group writes into; without any it has no zone group. */
  readonly zones?: readonly string[];
  /** Ids of zones with records of it that were made by hand. */
  readonly recordsIn?: readonly string[];
  /** What those records name, where that is not its address. */
  readonly recordAddress?: string;
}

interface LinkHost {
  readonly member: string;
  /** The public name. */
  readonly fqdn: string;
  readonly zone: string;
  readonly address: string;
}

const workspaceGuid = '66666666-6666-6666-6666-666666666666';
/** What follows a record's name in the public name, by private zone. */
const publicSuffixes: ReadonlyMap<string, string> = new Map([
  ['privatelink.api.azureml.ms', '.api.azureml.ms'],
  ['privatelink.notebooks.azure.net', '.notebooks.azure.net'],
  ['privatelink.vaultcore.azure.net', '.vault.azure.net'],
  ['privatelink.azurecr.io', '.azurecr.io'],
  ...['blob', 'file', 'dfs', 'queue', 'table'].map((service): [string, string] => [
    `privatelink.${service}.core.windows.net`,
    `.${service}.core.windows.net`,
  ]),
]);

/** The private zones of a group, by name. */
export function zonesOf(group: string): string[] {
  if (group === 'amlworkspace') return ['privatelink.api.azureml.ms', 'privatelink.notebooks.azure.net'];
  if (group === 'vault') return ['privatelink.vaultcore.azure.net'];
  return [group === 'registry' ? 'privatelink.azurecr.io' : `privatelink.${group}.core.windows.net`];
}

/** Member and public names of each address, in the order of the addresses. */
function membersOf(spec: EndpointConnectionSpec): (readonly [member: string, zone: string, ...records: string[]])[] {
  const [zone = '', second = ''] = zonesOf(spec.group);
  const target = name(spec.target);
  switch (spec.group) {
    case 'amlworkspace':
      return [
        ['default', zone, `${workspaceGuid}.workspace.${region}`, `${workspaceGuid}.workspace.${region}.cert`],
        ['notebook', second, `ml-${target}-${region}-${workspaceGuid}.${region}`],
        ['inference', zone, `*.${workspaceGuid}.inference.${region}`],
      ];
    case 'registry':
      return [
        [`registry_data_${region}`, zone, `${target}.${region}.data`],
        ['registry', zone, target],
      ];
    case 'vault':
      return [['default', zone, target]];
    default:
      return [[spec.group, zone, target]];
  }
}

export function hostsOf(spec: EndpointConnectionSpec): LinkHost[] {
  const cut = spec.address.lastIndexOf('.') + 1;
  return membersOf(spec).flatMap(([member, zone, ...records], index) => {
    const address = `${spec.address.slice(0, cut)}${Number(spec.address.slice(cut)) + index}`;
    return records.map((record) => ({ member, zone, address, fqdn: `${record}${publicSuffixes.get(zone)}` }));
  });
}

export const recordOf = ({ fqdn, zone }: LinkHost): string => fqdn.slice(0, -(publicSuffixes.get(zone)?.length ?? 0));
export const endpointId = (spec: EndpointConnectionSpec): string =>
  inGroup('Microsoft.Network/privateEndpoints', spec.name);
const nicId = (spec: EndpointConnectionSpec): string =>
  inGroup('Microsoft.Network/networkInterfaces', `${spec.name}.nic.${guidOf(spec.name)}`);
const configurations = (spec: EndpointConnectionSpec): string[] =>
  membersOf(spec).map(([member]) => `${nicId(spec)}/ipConfigurations/${spec.name}.${member}`);

function stateOf(spec: EndpointConnectionSpec, actions = 'actionsRequired'): string {
  const says = { Approved: 'Auto-Approved', Pending: 'Please approve.', Rejected: 'Not ours.' };
  const status = spec.status ?? 'Approved';
  return `{"status": "${status}", "description": "${says[status]}", "${actions}": "None"}`;
}

/** The bodies of the endpoint, its network interface and its zone group. */
export function endpointBodies(spec: EndpointConnectionSpec): string[] {
  const hosts = hostsOf(spec);
  const zones = spec.zones ?? [];
  const isManual = spec.status === 'Pending';
  const customDns = list(hosts.map(({ fqdn, address }) => `{"fqdn": "${fqdn}", "ipAddresses": ["${address}"]}`));
  const connection = `{"name": "${spec.name}", "id": "${endpointId(spec)}/${isManual ? 'manualPrivateLinkServiceConnections' : 'privateLinkServiceConnections'}/${spec.name}",
    "etag": "${etag}", "type": "Microsoft.Network/privateEndpoints/${isManual ? 'manualPrivateLinkServiceConnections' : 'privateLinkServiceConnections'}",
    "properties": {"provisioningState": "Succeeded", "privateLinkServiceId": "${spec.target}", "groupIds": ["${spec.group}"],
      ${isManual ? '"requestMessage": "Please approve.",' : ''} "privateLinkServiceConnectionState": ${stateOf(spec)}}}`;
  const endpoint = `{"name": "${spec.name}", "id": "${endpointId(spec)}", "etag": "${etag}", "type": "Microsoft.Network/privateEndpoints",
    "location": "${region}", "properties": {"provisioningState": "Succeeded",
      "privateLinkServiceConnections": [${isManual ? '' : connection}], "manualPrivateLinkServiceConnections": [${isManual ? connection : ''}],
      "customNetworkInterfaceName": "", "subnet": {"id": "${spec.subnet}"}, "ipConfigurations": [],
      "networkInterfaces": [{"id": "${nicId(spec)}"}], "customDnsConfigs": ${zones.length > 0 ? '[]' : customDns}}}`;
  return [endpoint, nicBody(spec, hosts), ...(zones.length > 0 ? [zoneGroupBody(spec, hosts, zones)] : [])];
}

function nicBody(spec: EndpointConnectionSpec, hosts: readonly LinkHost[]): string {
  const configs = membersOf(spec).map(([member], index) => {
    const own = hosts.filter((host) => host.member === member);
    return `{"name": "${spec.name}.${member}", "id": "${configurations(spec)[index]}", "etag": "${etag}",
      "type": "Microsoft.Network/networkInterfaces/ipConfigurations", "properties": {"provisioningState": "Succeeded",
        "privateIPAddress": "${own[0]?.address}", "privateIPAllocationMethod": "Dynamic", "subnet": {"id": "${spec.subnet}"},
        "primary": ${index === 0}, "privateIPAddressVersion": "IPv4", "privateLinkConnectionProperties": {"groupId": "${spec.group}",
          "requiredMemberName": "${member}", "fqdns": [${joined(own.map(({ fqdn }) => `"${fqdn}"`))}]}}}`;
  });
  return `{"name": "${name(nicId(spec))}", "id": "${nicId(spec)}", "etag": "${etag}", "type": "Microsoft.Network/networkInterfaces",
    "location": "${region}", "properties": {"provisioningState": "Succeeded", "resourceGuid": "${guidOf(nicId(spec))}",
      "ipConfigurations": ${list(configs)}, "dnsSettings": {"dnsServers": [], "appliedDnsServers": []}, "enableAcceleratedNetworking": false,
      "enableIPForwarding": false, "disableTcpStateTracking": false, "hostedWorkloads": [], "tapConfigurations": [], "nicType": "Standard",
      "vnetEncryptionSupported": false, "privateEndpoint": {"id": "${endpointId(spec)}"}}}`;
}

function zoneGroupBody(spec: EndpointConnectionSpec, hosts: readonly LinkHost[], zones: readonly string[]): string {
  const id = `${endpointId(spec)}/privateDnsZoneGroups/default`;
  const configs = zones.map((zone) => {
    const label = name(zone).replaceAll('.', '-');
    const records = hosts
      .filter((host) => host.zone === name(zone))
      .map(
        (
          host,
        ) => `{"recordType": "A", "recordSetName": "${recordOf(host)}", "fqdn": "${recordOf(host)}.${host.zone}", "ttl": 10,
          "ipAddresses": ["${host.address}"], "provisioningState": "Succeeded"}`,
      );
    return `{"name": "${label}", "properties": {"privateDnsZoneId": "${zone}", "recordSets": ${list(records)}}}`;
  });
  return `{"name": "default", "id": "${id}", "etag": "${etag}",
    "properties": {"provisioningState": "Succeeded", "privateDnsZoneConfigs": ${list(configs)}}}`;
}

/** The connections that a target shows, as texts; each type spells them differently. */
export function connectionsOf(target: string, specs: readonly EndpointConnectionSpec[]): string[] {
  return specs
    .filter((spec) => spec.target === target)
    .map((spec) => connectionBody(target, `${spec.name}.${guidOf(`${spec.name} ${target}`)}`, endpointId(spec), spec));
}

function connectionBody(target: string, connection: string, endpoint: string, spec: EndpointConnectionSpec): string {
  const type = target.split('/').slice(6, 8).join('/');
  const id = `"id": "${target}/privateEndpointConnections/${connection}"`;
  const identity = `${id}, "name": "${connection}", "type": "${type}/privateEndpointConnections"`;
  const properties = (actions?: string): string =>
    `"properties": {"provisioningState": "Succeeded", "privateEndpoint": {"id": "${endpoint}"},
      "privateLinkServiceConnectionState": ${stateOf(spec, actions)}}`;
  if (type === 'Microsoft.Storage/storageAccounts') return `{${identity}, ${properties('actionRequired')}}`;
  if (type === 'Microsoft.KeyVault/vaults') return `{${id}, "etag": "", ${properties()}}`;
  if (type === 'Microsoft.MachineLearningServices/workspaces')
    return `{${identity}, "location": "${region}", ${properties()}}`;
  return `{${identity}, ${properties()}}`;
}

/** The connections of endpoints in Microsoft's own network, which no subscription of the customer shows. */
export function managedConnections(
  target: string,
  groups: readonly string[],
  status: EndpointConnectionSpec['status'] = 'Approved',
): string[] {
  return groups.map((group) => {
    const made = `__SYS_PE_${name(target)}_${group}_${guidOf(`${target} ${group}`).slice(0, 8)}`;
    const endpoint = `/subscriptions/88888888-8888-8888-8888-888888888888/resourceGroups/managed-network/providers/Microsoft.Network/privateEndpoints/${made}`;
    const spec = { name: made, target, group, subnet: '', address: '', status };
    return connectionBody(target, `${made}.${guidOf(made)}`, endpoint, spec);
  });
}

/** The references to endpoints that a subnet shows: for the option of its body. */
export function referencesIn(
  subnet: string,
  specs: readonly EndpointConnectionSpec[],
): { readonly ids: string[]; readonly nicConfigurations: string[] } {
  const inside = specs.filter((spec) => spec.subnet === subnet);
  return { ids: inside.map(endpointId), nicConfigurations: inside.flatMap(configurations) };
}

/** *Reader* on an endpoint for the workspace's identity, which the studio needs. */
export function readerOn(endpoint: string, principal: string): string {
  const id = `${endpoint}/providers/Microsoft.Authorization/roleAssignments/${guidOf(`${endpoint} reader`)}`;
  return `{"properties": {"roleDefinitionId": "/subscriptions/${subscription}/providers/Microsoft.Authorization/roleDefinitions/acdd72a7-3385-48ef-bd42-f606fba81ae7",
    "principalId": "${principal}", "principalType": "ServicePrincipal", "scope": "${endpoint}", "createdOn": "2024-03-04T10:00:00.0000000Z",
    "updatedOn": "2024-03-04T10:00:00.0000000Z", "createdBy": "${person}", "updatedBy": "${person}"}, "id": "${id}",
    "type": "Microsoft.Authorization/roleAssignments", "name": "${name(id)}"}`;
}

/** The bodies of a zone, its links (by network id) and the records that the endpoints write into it. */
export function zoneBodies(
  zone: string,
  networks: readonly string[],
  specs: readonly EndpointConnectionSpec[],
): string[] {
  const type = 'Microsoft.Network/privateDnsZones';
  const tag = guidOf(zone);
  const written = specs
    .filter((spec) => [...(spec.zones ?? []), ...(spec.recordsIn ?? [])].includes(zone))
    .flatMap((spec) => hostsOf(spec).map((host) => ({ ...host, address: spec.recordAddress ?? host.address })))
    .filter((host) => host.zone === name(zone));
  // A zone has one record of a name: that of the endpoint whose zone group was made last.
  const hosts = [...new Map(written.map((host) => [host.fqdn, host])).values()];
  const record = (kind: string, label: string, data: string, ttl: number): string =>
    `{"id": "${zone}/${kind}/${label}", "name": "${label}", "type": "${type}/${kind}", "etag": "${guidOf(`${zone} ${kind} ${label}`)}",
      "properties": {"fqdn": "${label === '@' ? '' : `${label}.`}${name(zone)}.", "ttl": ${ttl}, ${data}, "isAutoRegistered": false}}`;
  const links = networks.map(
    (
      network,
    ) => `{"id": "${zone}/virtualNetworkLinks/${name(network)}", "name": "${name(network)}", "type": "${type}/virtualNetworkLinks",
      "etag": "${guidOf(`${zone} ${network}`)}", "location": "global", "properties": {"provisioningState": "Succeeded",
        "registrationEnabled": false, "virtualNetwork": {"id": "${network}"}, "virtualNetworkLinkState": "Completed"}}`,
  );
  const start = `"soaRecord": {"email": "azureprivatedns-host.microsoft.com", "expireTime": 2419200, "host": "azureprivatedns.net",
    "minimumTtl": 10, "refreshTime": 3600, "retryTime": 300, "serialNumber": 1}`;
  return [
    `{"id": "${zone}", "name": "${name(zone)}", "type": "${type}", "etag": "${tag}", "location": "global", "tags": {},
      "properties": {"provisioningState": "Succeeded", "maxNumberOfRecordSets": 25000, "numberOfRecordSets": ${hosts.length + 1},
        "maxNumberOfVirtualNetworkLinks": 1000, "numberOfVirtualNetworkLinks": ${links.length},
        "maxNumberOfVirtualNetworkLinksWithRegistration": 100, "numberOfVirtualNetworkLinksWithRegistration": 0}}`,
    ...links,
    record('SOA', '@', start, 3600),
    ...hosts.map((host) => record('A', recordOf(host), `"aRecords": [{"ipv4Address": "${host.address}"}]`, 10)),
  ];
}

/** A private link scope of Azure Monitor in one access mode. */
export const monitorScopeBody = (id: string, mode: 'Open' | 'PrivateOnly'): string =>
  `{"id": "${id}", "name": "${id.slice(id.lastIndexOf('/') + 1)}", "type": "Microsoft.Insights/privateLinkScopes", "location": "global",
    "properties": {"provisioningState": "Succeeded", "accessModeSettings": {"queryAccessMode": "${mode}",
      "ingestionAccessMode": "${mode}", "exclusions": []}, "privateEndpointConnections": []}}`;
