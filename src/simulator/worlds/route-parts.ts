// The bodies of route tables, as JSON text.
import { region } from './names.ts';
import { etag, guidOf, list, name } from './parts.ts';

/** `hop`: `Internet`, `None`, or the address of an appliance. */
export interface RouteText {
  readonly name: string;
  readonly prefix: string;
  readonly hop: string;
}

export const past = (route: string, prefix: string): RouteText => ({ name: route, prefix, hop: 'Internet' });

/** One route for each prefix, named `NAME-1`, `NAME-2`. */
export const pastEach = (route: string, prefixes: readonly string[]): RouteText[] =>
  prefixes.map((prefix, index) => past(`${route}-${index + 1}`, prefix));

export function routeTableBody(id: string, routes: readonly RouteText[]): string {
  return `{"name": "${name(id)}", "id": "${id}", "etag": "${etag}", "type": "Microsoft.Network/routeTables", "location": "${region}",
    "tags": {"owner": "network team"}, "properties": {"provisioningState": "Succeeded", "resourceGuid": "${guidOf(id)}",
      "disableBgpRoutePropagation": false, "unknownToClients": {"weight": 1.0},
      "routes": ${list(routes.map((route) => routeBody(id, route)))}}}`;
}

function routeBody(table: string, { name: route, prefix, hop }: RouteText): string {
  const isNamed = hop === 'Internet' || hop === 'None';
  const next = isNamed ? `"nextHopType": "${hop}"` : `"nextHopType": "VirtualAppliance", "nextHopIpAddress": "${hop}"`;
  return `{"name": "${route}", "id": "${table}/routes/${route}", "etag": "${etag}", "type": "Microsoft.Network/routeTables/routes",
    "properties": {"provisioningState": "Succeeded", "addressPrefix": "${prefix}", ${next}, "hasBgpOverride": false}}`;
}
