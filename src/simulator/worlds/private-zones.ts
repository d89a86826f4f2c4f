// Private DNS zones with their links and records, as the zone groups of private endpoints fill them.
import { guidOf, name } from './parts.ts';
import { hostsOf, recordOf, type Wire } from './private-link.ts';

/** The bodies of a zone, its links (by network id) and the records that the wires write into it. */
export function zoneBodies(zone: string, networks: readonly string[], wires: readonly Wire[]): string[] {
  const type = 'Microsoft.Network/privateDnsZones';
  const tag = guidOf(zone);
  const hosts = wires
    .filter((wire) => wire.zones?.includes(zone))
    .flatMap(hostsOf)
    .filter((host) => host.zone === name(zone));
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
