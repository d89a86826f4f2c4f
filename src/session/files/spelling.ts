// Bodies of files in the spelling that the resource types read: member names in any letter case, a bare id or name in place
// of an object. A name that appears twice in different letter case is ambiguous: it becomes open.

import { isArray, isObject, type Json, type JsonObject, memberKey, memberName } from '../../model/json.ts';
import { fold } from '../../model/resource-id.ts';
import { unresolved } from '../../model/unresolved.ts';

/** The members that the resource types and rules read, in Azure's spelling. */
const names = [
  ...[
    'id',
    'name',
    'type',
    'location',
    'kind',
    'sku',
    'tags',
    'identity',
    'properties',
    'etag',
    'tenantId',
    'principalId',
  ],
  ...['networkAcls', 'defaultAction', 'bypass', 'ipRules', 'ipv6Rules', 'virtualNetworkRules', 'resourceAccessRules'],
  ...[
    'value',
    'action',
    'state',
    'ignoreMissingVnetServiceEndpoint',
    'resourceId',
    'publicNetworkAccess',
    'isHnsEnabled',
  ],
  ...[
    'provisioningState',
    'privateEndpointConnections',
    'privateEndpoint',
    'privateLinkServiceConnectionState',
    'status',
  ],
  ...['subnetArmId', 'addressSpace', 'addressPrefix', 'addressPrefixes', 'subnets', 'subnet', 'virtualNetworkPeerings'],
  ...['remoteVirtualNetwork', 'peeringState', 'dhcpOptions', 'dnsServers', 'serviceEndpoints', 'service', 'locations'],
  ...['delegations', 'serviceName', 'networkSecurityGroup', 'routeTable', 'natGateway', 'serviceEndpointPolicies'],
  ...['privateLinkServiceConnections', 'manualPrivateLinkServiceConnections', 'privateLinkServiceId', 'groupIds'],
  ...['storageAccount', 'keyVault', 'containerRegistry', 'hubResourceId', 'managedNetwork', 'isolationMode'],
  ...['outboundRules', 'destination', 'serviceResourceId', 'subresourceTarget', 'serverlessComputeSettings'],
  ...['serverlessComputeCustomSubnet', 'serverlessComputeNoPublicIP', 'sharedPrivateLinkResources'],
  ...['privateLinkResourceId', 'allowPublicAccessWhenBehindVnet', 'imageBuildCompute', 'ipAllowlist', 'v1LegacyMode'],
  ...['computeType', 'computeLocation', 'isAttachedCompute', 'enableNodePublicIp', 'scaleSettings', 'minNodeCount'],
  ...['maxNodeCount', 'remoteLoginPortPublicAccess', 'sshSettings', 'sshPublicAccess', 'aksNetworkingConfiguration'],
  ...['subnetId', 'datastoreType', 'accountName', 'storeName', 'subscriptionId', 'resourceGroup', 'level', 'notes'],
  ...['agentPoolProfiles', 'vnetSubnetID', 'podSubnetID', 'computeProfile', 'roles', 'virtualNetworkProfile'],
  ...['authMode', 'traffic', 'mirrorTraffic', 'scoringUri', 'swaggerUri'],
  ...['networkProfile', 'networkInterfaces', 'ipConfigurations', 'networkRuleSet', 'networkRuleBypassOptions'],
  ...['parameters', 'customVirtualNetworkId', 'customPublicSubnetName', 'customPrivateSubnetName'],
];
const known = new Map(names.flatMap((name) => [name, name.toLowerCase()].map((one) => [one, name] as const)));
/** Names below these are the owner's own. */
const owned = new Set(['tags', 'outboundRules', 'userAssignedIdentities', 'traffic', 'mirrorTraffic']);

/** Where a text replaces an object, the member it is. */
const wrapped: Readonly<Record<string, string>> = {
  subnet: 'id',
  networkSecurityGroup: 'id',
  routeTable: 'id',
  natGateway: 'id',
  privateEndpoint: 'id',
  remoteVirtualNetwork: 'id',
};
/** The object in which a subnet is a text in Azure itself (HDInsight). */
const plainSubnet = 'virtualNetworkProfile';
/** The same for the elements of a list. */
const wrappedItems: Readonly<Record<string, string>> = {
  serviceEndpoints: 'service',
  networkInterfaces: 'id',
  privateEndpointConnections: 'id',
  serviceEndpointPolicies: 'id',
};

/** The body in Azure's spelling; the body itself where it is in it. Unknown members, their order and the text of numbers stay. */
export const respelt = (body: JsonObject): JsonObject => respellObject(body, false);

function respell(value: Json, ownNames = false, within = ''): Json {
  if (isArray(value)) return mapped(value, (item) => respell(item));
  return isObject(value) ? respellObject(value, ownNames, within) : value;
}

function respellObject(object: JsonObject, ownNames: boolean, within = ''): JsonObject {
  const isPlain = ownNames || fold(within) === fold(plainSubnet);
  const all = Object.entries(object).map(([key, value]) => {
    const stated = memberName(key);
    const name = ownNames ? stated : (known.get(stated) ?? known.get(stated.toLowerCase()) ?? stated);
    return { name, key, value, inside: shaped(name, respell(value, owned.has(name), name), isPlain) };
  });
  // Most bodies are in Azure's spelling: kept as they are, they are in memory once.
  if (all.every(({ name, key, value, inside }) => value === inside && key === memberKey(name))) return object;
  const seen = new Map<string, number>();
  const entries: [string, Json][] = [];
  for (const { name, inside } of all) {
    const before = seen.get(name);
    if (before === undefined) {
      seen.set(name, entries.length);
      entries.push([memberKey(name), inside]);
    } else entries[before] = [memberKey(name), unresolved(name, 'it appears twice, in different letter case')];
  }
  return Object.fromEntries(entries);
}

/** The list with its items changed; the list itself where none is. */
function mapped(list: readonly Json[], change: (item: Json) => Json): readonly Json[] {
  const made = list.map(change);
  return made.every((item, at) => item === list[at]) ? list : made;
}

function shaped(name: string, value: Json, ownNames: boolean): Json {
  if (ownNames) return value;
  const single = Object.hasOwn(wrapped, name) ? wrapped[name] : undefined;
  if (single !== undefined && typeof value === 'string' && value.startsWith('/')) return { [single]: value };
  const item = Object.hasOwn(wrappedItems, name) ? wrappedItems[name] : undefined;
  if (item === undefined || !isArray(value)) return value;
  return mapped(value, (one) => (typeof one === 'string' && one !== '' ? { [item]: one } : one));
}
