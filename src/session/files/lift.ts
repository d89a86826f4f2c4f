// Resources as `az ... show` prints them, lifted into the shape of ARM: the Azure CLI takes the members of `properties` out to the
// top (of nested resources too) and renames some of a storage account's. Seen in azure-cli 2.74.

import { isArray, isObject, type Json, type JsonObject, memberName } from '../../model/json.ts';
import { member, withMember } from '../../model/pointer.ts';
import { fold, sameId } from '../../model/resource-id.ts';
import { unresolved } from '../../model/unresolved.ts';
import { onlineEndpointType } from '../../resource-types/index.ts';
import { unusable } from './documents.ts';
import { isPrintedEndpoint, liftedEndpoint } from './lift-online-endpoint.ts';
import { idIn } from './shapes.ts';

/** Members outside `properties`. */
const envelope = new Set(
  [
    ...['id', 'name', 'type', 'location', 'tags', 'sku', 'kind', 'identity', 'plan', 'zones', 'etag', 'systemData'],
    ...[
      'managedBy',
      'managedByExtended',
      'extendedLocation',
      'apiVersion',
      'resourceGroup',
      'tenantId',
      'subscriptionId',
    ],
    ...['createdTime', 'changedTime', 'scope', 'aliases'],
  ].map(fold),
);
/** Lists whose items are resources themselves, with `properties` of their own. */
const nested = new Set(
  [
    ...['subnets', 'virtualNetworkPeerings', 'securityRules', 'defaultSecurityRules', 'routes', 'delegations'],
    ...['ipConfigurations', 'privateLinkServiceConnections', 'manualPrivateLinkServiceConnections'],
    ...['privateEndpointConnections', 'privateDnsZoneConfigs', 'serviceEndpointPolicyDefinitions'],
  ].map(fold),
);
const inside = new Set(['id', 'name', 'type', 'etag', 'zones', 'resourcegroup'].map(fold));

const notShown = unresolved('properties', 'the file does not contain them');

/**
 * The body with a `properties` member. Where the file shows none and is no output of the Azure CLI, `properties` is open: a
 * listing without them says nothing about them. Throws Failure (exit 2) for the output of `az ml`, which renames too
 * much to be read back, except for online endpoints.
 */
export function lifted(body: JsonObject, type: string, path: string): JsonObject {
  const properties = member(body, 'properties');
  if (sameId(type, onlineEndpointType) && isPrintedEndpoint(body)) return liftedEndpoint(body, idIn(body) ?? '');
  if (isMachineLearning(type) && Object.keys(body).some((key) => /^[a-z]+(?:_[a-z]+)+$/.test(key))) {
    throw unusable(
      path,
      'it is the output of `az ml`, not an Azure Resource Manager resource.',
      'Pass the output of `az resource show --ids ID` instead.',
    );
  }
  if (isObject(properties) || (properties !== undefined && properties !== null)) return body;
  if (member(body, 'provisioningState') === undefined || properties === null) {
    return withMember(body, 'properties', notShown);
  }
  return liftOne(body, envelope);
}

const isMachineLearning = (type: string): boolean => fold(type).startsWith('microsoft.machinelearningservices/');

function liftOne(body: JsonObject, beside: ReadonlySet<string>): JsonObject {
  const outer: [string, Json][] = [];
  const inner: [string, Json][] = [];
  for (const [key, value] of Object.entries(body)) {
    const name = fold(memberName(key));
    if (beside.has(name)) outer.push([key, value]);
    else if (name === 'networkruleset' && fold(String(member(body, 'type') ?? '')).startsWith('microsoft.storage/')) {
      inner.push(['networkAcls', rules(value)]);
    } else inner.push([key, name === 'networkruleset' ? rules(value) : items(name, value)]);
  }
  return Object.fromEntries([...outer, ['properties', Object.fromEntries(inner)]]);
}

const items = (name: string, value: Json): Json =>
  nested.has(name) && isArray(value)
    ? value.map((item) => (isObject(item) && member(item, 'properties') === undefined ? liftOne(item, inside) : item))
    : value;

const renamed: Readonly<Record<string, string>> = {
  ipAddressOrRange: 'value',
  iPAddressOrRange: 'value',
  virtualNetworkResourceId: 'id',
};
/** A rule set of storage or a registry, its rules by ARM's names. */
function rules(value: Json): Json {
  if (isArray(value)) return value.map(rules);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [renamed[key] ?? key, rules(one)]));
}
