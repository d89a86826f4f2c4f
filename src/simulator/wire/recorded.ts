// What Azure was recorded to answer to writes, by type: status, body, headers of long operations and Retry-After.
// One row a type, verb and case. What is in no row is answered as ARM's contract for resource providers says.
// Sources, read 2026-11-30: public test recordings of azure-cli (d8453938), azure-cli-extensions (2a0caa45, 2025-11),
// azure-service-operator (4c8c8b4b, 2026-08) and cloud-custodian (df800e9e); each row says how many answers were alike.

import { fold } from '../gateway/address.ts';
import { type ArmObject, at, isObject, stringifyJson } from '../json.ts';

export type WriteVerb = 'PUT' | 'PATCH' | 'DELETE';
/** The headers that say where a long operation can be followed. */
export type FollowedBy = 'async' | 'location' | 'both' | 'none';

export interface RecordedAnswer {
  readonly types: readonly string[];
  readonly verb: WriteVerb;
  /** Whether the resource was there; both unless said. */
  readonly of?: 'new' | 'there';
  readonly status: 200 | 201 | 202;
  readonly body: 'resource' | 'object' | 'none';
  readonly followed: FollowedBy;
  /** Seconds. */
  readonly retryAfter?: number;
  /** `provisioningState` in the answer where it is not that of the type. */
  readonly state?: string;
  /** What leaves the properties as they were is over at once, says Succeeded and asks nobody to wait. */
  readonly settles?: true;
  /** Preconditions are checked by the operation, not by the answer. */
  readonly late?: true;
  /** Only in these api-versions. */
  readonly versions?: readonly string[];
  /** Only where the body says something of one of these members of `properties`. */
  readonly members?: readonly string[];
  /** How many were recorded so, of which clients. */
  readonly source: string;
}

const network = (names: string): string[] => names.split(' ').map((name) => `Microsoft.Network/${name}`);
const learning = (names: string): string[] =>
  names.split(' ').map((name) => `Microsoft.MachineLearningServices/workspaces${name}`);

/** Written behind `Azure-AsyncOperation` with the resource in the answer, deleted behind both headers without one. */
const asNetwork = (
  types: readonly string[],
  waits: { readonly put: number; readonly delete: number },
  source: string,
): RecordedAnswer[] => [
  { types, verb: 'PUT', of: 'new', status: 201, body: 'resource', followed: 'async', retryAfter: waits.put, source },
  {
    ...{ types, verb: 'PUT', of: 'there', status: 200, body: 'resource', followed: 'async' },
    ...{ retryAfter: waits.put, settles: true, source },
  },
  { types, verb: 'DELETE', status: 202, body: 'none', followed: 'both', retryAfter: waits.delete, source },
];

const zones = ['Microsoft.Network/privateDnsZones'];
const links = ['Microsoft.Network/privateDnsZones/virtualNetworkLinks'];
const asZone = (types: readonly string[], source: string): RecordedAnswer[] => [
  { types, verb: 'PUT', status: 202, body: 'object', followed: 'both', retryAfter: 30, late: true, source },
  { types, verb: 'PATCH', status: 202, body: 'object', followed: 'both', retryAfter: 30, late: true, source },
  { types, verb: 'DELETE', status: 202, body: 'none', followed: 'both', retryAfter: 30, source },
];

const registries = ['Microsoft.ContainerRegistry/registries'];
const vaults = ['Microsoft.KeyVault/vaults'];
const accounts = ['Microsoft.Storage/storageAccounts'];
const pools = ['Microsoft.ContainerService/managedClusters', 'Microsoft.ContainerService/managedClusters/agentPools'];
const databricks = ['Microsoft.Databricks/workspaces'];
const connections = (owner: readonly string[]): string[] => owner.map((type) => `${type}/privateEndpointConnections`);

export const recordedAnswers: readonly RecordedAnswer[] = [
  ...asNetwork(
    network('virtualNetworks virtualNetworks/subnets'),
    { put: 3, delete: 10 },
    'cli 157, extensions 15, operator 74; unchanged ones say Succeeded',
  ),
  ...asNetwork(network('virtualNetworks/virtualNetworkPeerings'), { put: 10, delete: 10 }, 'cli 5, operator 5'),
  ...asNetwork(
    network('networkSecurityGroups networkSecurityGroups/securityRules'),
    { put: 1, delete: 1 },
    'cli 34, extensions 1, operator 16',
  ),
  ...asNetwork(network('routeTables routeTables/routes'), { put: 2, delete: 2 }, 'cli 6, operator 7'),
  ...asNetwork(
    network('privateEndpoints privateEndpoints/privateDnsZoneGroups natGateways'),
    { put: 10, delete: 10 },
    'cli 58, operator 15',
  ),
  ...asNetwork(network('azureFirewalls'), { put: 10, delete: 10 }, 'extensions 25, operator 4').map(
    ({ settles, ...row }): RecordedAnswer => row,
  ),
  ...asNetwork(network('publicIPAddresses'), { put: 1, delete: 10 }, 'cli 50, extensions 3, operator 22'),
  ...asNetwork(
    network('firewallPolicies/ruleCollectionGroups'),
    { put: 10, delete: 10 },
    'extensions 18, operator 4',
  ).map((row): RecordedAnswer => (row.verb === 'DELETE' ? { ...row, body: 'resource', state: 'Succeeded' } : row)),
  ...asNetwork(network('firewallPolicies'), { put: 10, delete: 10 }, 'extensions 21, operator 2').map(
    (row): RecordedAnswer =>
      row.verb === 'DELETE'
        ? { ...{ types: row.types, verb: 'DELETE', source: row.source }, status: 200, body: 'none', followed: 'none' }
        : row,
  ),
  ...asZone(zones, 'cli 53, extensions 1, operator 6'),
  ...asZone(links, 'cli 15, operator 6'),
  {
    ...{ types: network('networkSecurityPerimeters networkSecurityPerimeters/profiles'), verb: 'PUT', status: 200 },
    ...{ body: 'resource', followed: 'none', source: 'extensions 5' },
  },
  {
    ...{ types: network('networkSecurityPerimeters/profiles/accessRules'), verb: 'PUT', status: 200 },
    ...{ body: 'resource', followed: 'none', source: 'extensions' },
  },
  {
    ...{ types: network('networkSecurityPerimeters'), verb: 'DELETE', status: 202 },
    ...{ body: 'none', followed: 'both', source: 'extensions 1' },
  },
  {
    ...{ types: network('networkSecurityPerimeters/resourceAssociations'), verb: 'PUT', status: 202 },
    ...{ body: 'resource', followed: 'async', source: 'extensions 2' },
  },
  {
    ...{ types: network('networkSecurityPerimeters/resourceAssociations'), verb: 'DELETE', status: 202 },
    ...{ body: 'resource', followed: 'async', state: 'Deleting', source: 'extensions 1' },
  },
  {
    ...{ types: accounts, verb: 'PUT', of: 'new', status: 202, body: 'none', followed: 'location' },
    ...{ retryAfter: 17, source: 'cli 31, extensions 11, operator 14, custodian 2' },
  },
  {
    ...{ types: accounts, verb: 'PUT', of: 'there', status: 200, body: 'resource', followed: 'none' },
    source: 'cli 6, operator 3; one of 10 was 202 with a Location',
  },
  {
    ...{ types: vaults, verb: 'PUT', of: 'new', status: 200, body: 'resource', followed: 'none' },
    ...{ state: 'RegisteringDns', source: 'cli 6, extensions 1, operator 11; Succeeded in 6 of 18' },
  },
  {
    ...{ types: vaults, verb: 'PUT', of: 'there', status: 200, body: 'resource', followed: 'none' },
    source: 'cli 26, operator 1',
  },
  {
    ...{ types: connections(vaults), verb: 'PUT', status: 200, body: 'resource', followed: 'async', source: 'cli 4' },
  },
  { types: connections(vaults), verb: 'DELETE', status: 202, body: 'none', followed: 'location', source: 'cli 1' },
  {
    ...{ types: registries, verb: 'PUT', status: 201, body: 'resource', followed: 'async' },
    ...{ versions: ['2022-02-01-preview'], source: 'cli 22' },
  },
  {
    ...{ types: registries, verb: 'PUT', status: 200, body: 'resource', followed: 'none' },
    source: 'operator 6, at 2021-09-01 and 2023-07-01',
  },
  {
    ...{ types: registries, verb: 'PATCH', status: 201, body: 'resource', followed: 'async' },
    ...{ members: ['anonymousPullEnabled', 'encryption'], source: 'cli 3' },
  },
  { types: registries, verb: 'PATCH', status: 200, body: 'resource', followed: 'none', source: 'cli 9' },
  {
    ...{ types: registries, verb: 'DELETE', status: 200, body: 'none', followed: 'none' },
    source: 'cli 3, operator 1; 202 with a Location in 2 of 6',
  },
  { types: connections(registries), verb: 'PUT', status: 201, body: 'resource', followed: 'async', source: 'cli 2' },
  { types: connections(registries), verb: 'DELETE', status: 202, body: 'none', followed: 'location', source: 'cli 2' },
  {
    ...{ types: learning(''), verb: 'PUT', status: 202, body: 'none', followed: 'both' },
    source: 'operator 7',
  },
  { types: learning(''), verb: 'PATCH', status: 202, body: 'none', followed: 'both', source: 'extensions 5' },
  {
    ...{ types: learning(' /outboundRules'), verb: 'DELETE', status: 202, body: 'none', followed: 'both' },
    source: 'extensions 7',
  },
  {
    types: learning('/outboundRules'),
    verb: 'PUT',
    status: 202,
    body: 'none',
    followed: 'both',
    source: 'extensions 4',
  },
  {
    ...{ types: learning('/computes'), verb: 'PUT', of: 'new', status: 201, body: 'resource', followed: 'async' },
    source: 'extensions 3, operator 3',
  },
  {
    ...{ types: learning('/computes'), verb: 'DELETE', status: 202, body: 'none', followed: 'async' },
    source: 'extensions 3, operator 2',
  },
  {
    ...{ types: learning('/onlineEndpoints /onlineEndpoints/deployments'), verb: 'DELETE', status: 202, body: 'none' },
    ...{ followed: 'both', source: 'extensions 20' },
  },
  {
    ...{ types: learning('/onlineEndpoints /onlineEndpoints/deployments'), verb: 'PUT', status: 201, body: 'resource' },
    ...{ followed: 'async', source: 'extensions 39; their Location is the resource itself' },
  },
  {
    types: pools,
    verb: 'PUT',
    of: 'new',
    status: 201,
    body: 'resource',
    followed: 'async',
    source: 'cli 21, extensions 52, operator 5',
  },
  {
    types: pools,
    verb: 'PUT',
    of: 'there',
    status: 200,
    body: 'resource',
    followed: 'async',
    source: 'cli 7, extensions 17',
  },
  {
    types: pools,
    verb: 'DELETE',
    status: 202,
    body: 'none',
    followed: 'both',
    source: 'cli 14, extensions 34, operator 1',
  },
  { types: databricks, verb: 'PUT', status: 201, body: 'resource', followed: 'async', source: 'extensions 4' },
  { types: databricks, verb: 'DELETE', status: 202, body: 'none', followed: 'location', source: 'extensions 2' },
  {
    ...{ types: ['Microsoft.Authorization/roleAssignments'], verb: 'PUT', status: 201, body: 'resource' },
    ...{ followed: 'none', source: 'cli 26, operator 3' },
  },
];

/** Azure sends Retry-After in every version; the recorders of these did not keep it, or they are of before it was sent. */
const withoutRetryAfter: Readonly<Record<string, readonly string[]>> = {
  'microsoft.network': [
    ...['2018-02-01', '2018-09-01', '2018-10-01', '2021-02-01', '2021-03-01', '2021-05-01', '2021-08-01', '2022-01-01'],
    ...['2024-01-01', '2024-07-01', '2024-10-01'],
  ],
  'microsoft.storage': [
    ...['2018-07-01', '2019-04-01', '2021-02-01', '2021-09-01', '2022-09-01', '2024-01-01', '2025-01-01'],
  ],
};

const byType = new Map<string, RecordedAnswer[]>();
for (const row of recordedAnswers) {
  for (const type of row.types) byType.set(fold(type), [...(byType.get(fold(type)) ?? []), row]);
}

export interface RecordedWrite {
  readonly type: string;
  readonly verb: WriteVerb;
  readonly apiVersion: string;
  readonly before: ArmObject | undefined;
  /** Undefined for DELETE. */
  readonly body?: ArmObject | undefined;
}

/** The first row that fits. */
export function recordedAnswer(write: RecordedWrite): RecordedAnswer | undefined {
  return byType.get(fold(write.type))?.find((row) => {
    const of = write.before === undefined ? 'new' : 'there';
    return (
      row.verb === write.verb &&
      (row.of ?? of) === of &&
      (row.versions?.includes(write.apiVersion) ?? true) &&
      (row.members?.some((name) => at(write.body, 'properties', name) !== undefined) ?? true)
    );
  });
}

/** Seconds that an answer asks to wait; null where it asks for none. */
export function recordedWait(row: RecordedAnswer, type: string, apiVersion: string): number | null {
  const [namespace = ''] = fold(type).split('/');
  return withoutRetryAfter[namespace]?.includes(apiVersion) ? null : (row.retryAfter ?? null);
}

const passing = ['etag', 'provisioningstate', 'resourceguid'];

/** Does a write leave the properties as they were? Microsoft.Network then has nothing to wait for. */
export function leavesProperties(before: ArmObject, next: ArmObject): boolean {
  return stringifyJson(lasting(at(before, 'properties'))) === stringifyJson(lasting(at(next, 'properties')));
}

function lasting(value: ReturnType<typeof at>): NonNullable<ReturnType<typeof at>> | null {
  if (Array.isArray(value)) return value.map(lasting);
  if (!isObject(value)) return value ?? null;
  return new Map(
    [...value].filter(([name]) => !passing.includes(fold(name))).map(([name, item]) => [name, lasting(item)]),
  );
}
