// What the network provider makes of a route, and which routes it refuses in one table. The codes of the two limits and of
// a bad next hop are not published.
import { isIPv6 } from 'node:net';
import { fold } from '../../gateway/address.ts';
import { type ArmError, networkError } from '../../gateway/answer.ts';
import { type ArmJson, type ArmObject, list, put, text } from '../../json.ts';
import { replaceMembers, setFirst } from '../documents.ts';
import { rangeOf } from '../ipv4.ts';
import { missingValue } from './references.ts';
import { propertiesOf } from './subnet-document.ts';

const hops = ['VirtualNetworkGateway', 'VnetLocal', 'Internet', 'VirtualAppliance', 'None'];
/** Tags that routes never take; the names of the others are not checked, there are hundreds. */
const refusedTag = /^(Internet|VirtualNetwork|AzureLoadBalancer|AzurePlatform[A-Za-z]*)$/i;
const tagName = /^[A-Za-z][A-Za-z0-9]*(\.[A-Za-z0-9]+)*$/;
const [mostRoutes, mostTags] = [400, 25];

export const routeShape = {
  properties: { addressPrefix: 'text', nextHopType: 'text', nextHopIpAddress: 'text' },
} as const;

/** One route as it is kept; `sent` is what the caller gave, `before` the route of that name. */
export function settledRoute(id: string, sent: ArmObject, before: ArmObject | undefined): ArmObject {
  const name = id.slice(id.lastIndexOf('/') + 1);
  const identity = new Map<string, ArmJson>([
    ['name', name],
    ['id', id],
    ['type', 'Microsoft.Network/routeTables/routes'],
  ]);
  const next = replaceMembers(before ?? identity, sent, ['id', 'name', 'type', 'etag']);
  const properties = replaceMembers(propertiesOf(before), propertiesOf(sent), ['provisioningState', 'hasBgpOverride']);
  setFirst(properties, 'provisioningState', 'Succeeded');
  checkPrefix(id, text(properties, 'addressPrefix'));
  put(properties, 'nextHopType', settledHop(id, properties));
  put(next, 'properties', properties);
  return next;
}

function checkPrefix(id: string, prefix: string | undefined): void {
  if (prefix === undefined || prefix === '') throw missingValue('properties.addressPrefix');
  const range = rangeOf(prefix);
  const isAddress = range?.isCidr === true && !range.hasHostBits;
  const isTag = tagName.test(prefix) && !refusedTag.test(prefix);
  if (isAddress || isTag || prefix.includes(':')) return;
  throw networkError(
    400,
    'InvalidAddressPrefixFormat',
    `Address prefix ${prefix} of resource ${id} is not formatted correctly. It should follow CIDR notation, for example 10.0.0.0/24.`,
  );
}

function settledHop(id: string, properties: ArmObject): string {
  const asked = text(properties, 'nextHopType');
  const hop = hops.find((known) => fold(known) === fold(asked ?? ''));
  if (hop === undefined) throw invalid(id, `The next hop type '${asked ?? ''}' is not one of ${hops.join(', ')}.`);
  const address = text(properties, 'nextHopIpAddress') ?? '';
  const isAppliance = hop === 'VirtualAppliance';
  if (isAppliance && rangeOf(address)?.isCidr !== false && !isIPv6(address))
    throw invalid(id, `The next hop address '${address}' of a virtual appliance is not an IP address.`);
  if (!isAppliance && address !== '')
    throw invalid(id, `A next hop address goes with the next hop type VirtualAppliance only, not with ${hop}.`);
  return hop;
}

const invalid = (id: string, message: string): ArmError =>
  networkError(400, 'InvalidNextHop', `Route ${id} is not valid. ${message}`);

/** Throws when the routes of one table do not go together. */
export function checkRoutes(tableId: string, routes: readonly ArmObject[]): void {
  if (routes.length > mostRoutes) {
    throw networkError(
      400,
      'RoutesPerRouteTableLimitReached',
      `Route table ${tableId} cannot have more than ${mostRoutes} routes.`,
    );
  }
  const seen = new Map<string, string>();
  for (const route of routes) {
    const prefix = fold(text(route, 'properties', 'addressPrefix') ?? '');
    const name = text(route, 'name') ?? '';
    const other = seen.get(prefix);
    if (other !== undefined) {
      throw networkError(
        400,
        'RouteConflict',
        `Route: ${name} conflicts with Route: ${other}. Routes cannot have the same AddressPrefix.`,
      );
    }
    seen.set(prefix, name);
  }
  if ([...seen.keys()].filter((prefix) => tagName.test(prefix)).length > mostTags) {
    throw networkError(
      400,
      'ServiceTagRoutesPerRouteTableLimitReached',
      `Route table ${tableId} cannot have more than ${mostTags} routes with service tags.`,
    );
  }
}

export function routesIn(table: ArmObject | undefined): ArmObject[] {
  return list(table, 'properties', 'routes').filter((item): item is ArmObject => item instanceof Map);
}
