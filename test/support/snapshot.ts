// A small workspace as a snapshot, closed by service endpoints and free of faults, for tests that change one thing in it.

import type { Assumptions } from '../../src/model/assumption.ts';
import { type JsonObject, parseJson } from '../../src/model/json.ts';
import type { Resource } from '../../src/model/resource.ts';
import { fold, typeOf } from '../../src/model/resource-id.ts';
import type { Collection, Permission, ReadFailure, Snapshot } from '../../src/model/snapshot.ts';
import { agentPoolsOf, managedClusterView } from '../../src/resource-types/managed-cluster-view.ts';
import { peeringsOf, subnetsOf } from '../../src/resource-types/network-view.ts';
import { assignmentsOf } from '../../src/resource-types/role-assignment.ts';
import { routesOf } from '../../src/resource-types/route-view.ts';
import { securityRulesOf } from '../../src/resource-types/security-group-view.ts';
import { trustedAccessOf } from '../../src/resource-types/trusted-access-role-binding.ts';

/** Anything JSON can hold; tests also put the wrong thing on purpose. */
// biome-ignore lint/suspicious/noExplicitAny: bodies are raw JSON that each test reaches into
export type Loose = any;

export const subscription = '00000000-0000-0000-0000-0000000000aa';
export const tenant = '00000000-0000-0000-0000-0000000000bb';
export const group = `/subscriptions/${subscription}/resourceGroups/rg-ml`;
export const ids = {
  workspace: `${group}/providers/Microsoft.MachineLearningServices/workspaces/mlw-sim`,
  account: `${group}/providers/Microsoft.Storage/storageAccounts/stmlsim`,
  lake: `${group}/providers/Microsoft.Storage/storageAccounts/stlake`,
  vault: `${group}/providers/Microsoft.KeyVault/vaults/kv-mlsim`,
  registry: `${group}/providers/Microsoft.ContainerRegistry/registries/acrmlsim`,
  vnet: `${group}/providers/Microsoft.Network/virtualNetworks/vnet-ml`,
  train: `${group}/providers/Microsoft.Network/virtualNetworks/vnet-ml/subnets/snet-train`,
  second: `${group}/providers/Microsoft.Network/virtualNetworks/vnet-ml/subnets/snet-second`,
  pe: `${group}/providers/Microsoft.Network/virtualNetworks/vnet-ml/subnets/snet-pe`,
  farVnet: `${group}/providers/Microsoft.Network/virtualNetworks/vnet-far`,
  far: `${group}/providers/Microsoft.Network/virtualNetworks/vnet-far/subnets/snet-far`,
} as const;
export const endpointId = (name: string): string => `${group}/providers/Microsoft.Network/privateEndpoints/${name}`;
export const datastoreId = (name: string): string => `${ids.workspace}/datastores/${name}`;

/** What a test may change before the snapshot is made: raw bodies by id, read failures, assumptions. */
export interface Scene {
  readonly bodies: Record<string, Loose>;
  readonly gaps: ReadFailure[];
  /** Lists that were not asked for. */
  readonly unlisted: string[];
  /** Ids of lists below the workspace that were read besides those that always are. */
  readonly listed: string[];
  readonly permissions: Permission[];
  intents: Assumptions & Loose;
  /** Access scopes of bastide.yaml. */
  scopes?: readonly string[];
  workspace: string | null;
  /** Microsoft's service tags, where some are at hand. */
  tags?: Loose;
  /** Azure listed the network security perimeters of each account and vault. */
  perimetersRead?: boolean;
  /** Identities whose role assignments were listed, beside those of clusters. */
  principals?: readonly string[];
}

export const subnet = (id: string, prefix: string, services: readonly string[] = []): Loose => ({
  id,
  name: id.split('/').at(-1),
  etag: 'W/"1"',
  type: 'Microsoft.Network/virtualNetworks/subnets',
  properties: {
    provisioningState: 'Succeeded',
    addressPrefix: prefix,
    serviceEndpoints: services.map((service) => ({
      provisioningState: 'Succeeded',
      service,
      locations: service === 'Microsoft.Storage' ? ['westeurope', 'northeurope'] : ['*'],
    })),
    delegations: [],
    privateEndpointNetworkPolicies: 'Disabled',
  },
});
/** The rules that a network manager puts in force in a network: `Inbound Deny Tcp Internet * 443 100`. */
export function withAdminRules(scene: Scene, vnetId: string, ...rules: readonly string[]): void {
  const side = (addressPrefix: string | undefined): Loose => [{ addressPrefix, addressPrefixType: 'ServiceTag' }];
  const manager = `${group}/providers/Microsoft.Network/networkManagers/avnm`;
  const value = rules.map((text, index) => {
    const [direction, access, protocol, source, destination, ports = '0-65535', priority] = text.split(' ');
    const properties = {
      ...{ direction, access, protocol, priority: Number(priority) },
      ...{ sources: side(source), destinations: side(destination) },
      ...{ sourcePortRanges: ['0-65535'], destinationPortRanges: [ports] },
    };
    const id = `${manager}/securityAdminConfigurations/base/ruleCollections/all/rules/admin-${index}`;
    return { id, kind: 'Custom', properties };
  });
  const id = `${vnetId}/listNetworkManagerEffectiveSecurityAdminRules`;
  scene.bodies[id] = { id, value };
}

export const vnet = (id: string, location: string, prefix: string, subnets: readonly Loose[]): Loose => ({
  id,
  name: id.split('/').at(-1),
  type: 'Microsoft.Network/virtualNetworks',
  location,
  properties: {
    provisioningState: 'Succeeded',
    addressSpace: { addressPrefixes: [prefix] },
    subnets: [...subnets],
    virtualNetworkPeerings: [],
  },
});
export const cluster = (name: string, subnetId: string | null): Loose => ({
  id: `${ids.workspace}/computes/${name}`,
  name,
  type: 'Microsoft.MachineLearningServices/workspaces/computes',
  location: 'westeurope',
  properties: {
    computeType: 'AmlCompute',
    computeLocation: 'westeurope',
    provisioningState: 'Succeeded',
    isAttachedCompute: false,
    properties: {
      vmSize: 'STANDARD_D2_V2',
      scaleSettings: { minNodeCount: 0, maxNodeCount: 4 },
      subnet: subnetId === null ? null : { id: subnetId },
      currentNodeCount: 0,
      targetNodeCount: 0,
      nodeStateCounts: { preparingNodeCount: 0, runningNodeCount: 0, idleNodeCount: 0, unusableNodeCount: 0 },
      allocationState: 'Steady',
    },
  },
});
export const onlineEndpoint = (name: string, properties: Loose = {}, kind = 'Managed'): Loose => ({
  id: `${ids.workspace}/onlineEndpoints/${name}`,
  ...{ name, kind, location: 'westeurope' },
  type: 'Microsoft.MachineLearningServices/workspaces/onlineEndpoints',
  properties: { authMode: 'Key', provisioningState: 'Succeeded', publicNetworkAccess: 'Enabled', ...properties },
});
export const datastore = (name: string, datastoreType: string, accountName: string): Loose => ({
  id: datastoreId(name),
  name,
  type: 'Microsoft.MachineLearningServices/workspaces/datastores',
  properties: { datastoreType, accountName, subscriptionId: subscription, resourceGroup: 'rg-ml', isDefault: false },
});
export const account = (id: string): Loose => ({
  id,
  name: id.split('/').at(-1),
  type: 'Microsoft.Storage/storageAccounts',
  location: 'westeurope',
  kind: 'StorageV2',
  sku: { name: 'Standard_LRS', tier: 'Standard' },
  properties: {
    provisioningState: 'Succeeded',
    isHnsEnabled: false,
    publicNetworkAccess: 'Enabled',
    privateEndpointConnections: [],
    networkAcls: {
      resourceAccessRules: [],
      bypass: 'Logging, Metrics, AzureServices',
      virtualNetworkRules: [{ id: ids.train, action: 'Allow', state: 'Succeeded' }],
      ipRules: [],
      defaultAction: 'Deny',
    },
  },
});
/** A connection on the side of the service, and the endpoint it belongs to. */
export const connection = (target: string, name: string, status = 'Approved'): Loose => ({
  id: `${target}/privateEndpointConnections/${name}`,
  name,
  properties: {
    privateEndpoint: { id: endpointId(name) },
    privateLinkServiceConnectionState: { status, description: '', actionsRequired: 'None' },
    provisioningState: 'Succeeded',
  },
});
export const endpoint = (name: string, target: string, groups: readonly string[], subnetId: string): Loose => ({
  id: endpointId(name),
  name,
  type: 'Microsoft.Network/privateEndpoints',
  location: 'westeurope',
  properties: {
    provisioningState: 'Succeeded',
    subnet: { id: subnetId },
    privateLinkServiceConnections: [
      {
        name,
        properties: {
          privateLinkServiceId: target,
          groupIds: [...groups],
          privateLinkServiceConnectionState: { status: 'Approved' },
        },
      },
    ],
    manualPrivateLinkServiceConnections: [],
  },
});

const regional = (namespace: string, what: string): string =>
  `/subscriptions/${subscription}/providers/${namespace}/locations/westeurope/${what}`;
/** Ids under which the counts and limits of the region, and of the network, are in hand. */
export const reports = {
  addresses: `${ids.vnet}/usages`,
  network: regional('Microsoft.Network', 'usages'),
  cores: regional('Microsoft.MachineLearningServices', 'usages'),
  sizes: regional('Microsoft.MachineLearningServices', 'vmSizes'),
} as const;
const usage = (id: string, name: string, currentValue: number, limit: number, type?: string): Loose => ({
  id,
  ...(type === undefined ? {} : { type }),
  currentValue,
  limit,
  name: { value: name, localizedValue: name },
  unit: 'Count',
});
const counted = (): Record<string, Loose> => ({
  [reports.addresses]: {
    value: [ids.train, ids.second, ids.pe].map((id) => usage(id, 'SubnetSpace', 0, 251)),
  },
  [reports.network]: {
    value: ['NetworkSecurityGroups', 'PublicIPAddresses', 'LoadBalancers'].map((name) =>
      usage(`${reports.network}/${name}`, name, 1, 1000),
    ),
  },
  [reports.cores]: {
    value: [
      usage(
        `/subscriptions/${subscription}/usages/Standard_Dv2`,
        'Standard Dv2 Family Cluster Dedicated vCPUs',
        0,
        100,
        'Microsoft.MachineLearningServices/vmFamily/usages',
      ),
    ],
  },
  [reports.sizes]: { value: [{ name: 'Standard_D2_v2', family: 'standardDv2Family', vCPUs: 2 }] },
});

function closed(): Scene {
  const services = ['Microsoft.Storage', 'Microsoft.KeyVault'];
  const all = [
    {
      id: ids.workspace,
      name: 'mlw-sim',
      type: 'Microsoft.MachineLearningServices/workspaces',
      location: 'westeurope',
      kind: 'Default',
      sku: { name: 'Basic', tier: 'Basic' },
      identity: { type: 'SystemAssigned', principalId: '00000000-0000-0000-0000-0000000000cc', tenantId: tenant },
      properties: {
        provisioningState: 'Succeeded',
        storageAccount: ids.account,
        keyVault: ids.vault,
        containerRegistry: null,
        imageBuildCompute: null,
        publicNetworkAccess: 'Enabled',
        privateEndpointConnections: [],
      },
    },
    account(ids.account),
    {
      id: ids.vault,
      name: 'kv-mlsim',
      type: 'Microsoft.KeyVault/vaults',
      location: 'westeurope',
      properties: {
        tenantId: tenant,
        sku: { family: 'A', name: 'standard' },
        provisioningState: 'Succeeded',
        publicNetworkAccess: 'Enabled',
        accessPolicies: [],
        networkAcls: {
          bypass: 'AzureServices',
          defaultAction: 'Deny',
          ipRules: [],
          virtualNetworkRules: [{ id: ids.train.toLowerCase(), ignoreMissingVnetServiceEndpoint: false }],
        },
      },
    },
    vnet(ids.vnet, 'westeurope', '10.0.0.0/16', [
      subnet(ids.train, '10.0.1.0/24', services),
      subnet(ids.second, '10.0.3.0/24', services),
      subnet(ids.pe, '10.0.2.0/24'),
    ]),
    vnet(ids.farVnet, 'westeurope', '10.9.0.0/16', [subnet(ids.far, '10.9.1.0/24', services)]),
    cluster('cpu-cluster', ids.train),
    datastore('workspaceblobstore', 'AzureBlob', 'stmlsim'),
    datastore('workspacefilestore', 'AzureFile', 'stmlsim'),
  ];
  return {
    bodies: { ...Object.fromEntries(all.map((body) => [body.id, body])), ...counted() },
    gaps: [],
    unlisted: [],
    listed: [],
    permissions: [{ scope: group, actions: ['*'], notActions: [] }],
    intents: { devClientIps: [] },
    workspace: ids.workspace,
  };
}

/** A second account behind a Gen2 datastore, closed and allowing the computes. */
export function withLake(scene: Scene): Loose {
  const lake = account(ids.lake);
  lake.properties.isHnsEnabled = true;
  scene.bodies[ids.lake] = lake;
  scene.bodies[datastoreId('lake')] = datastore('lake', 'AzureDataLakeGen2', 'stlake');
  return lake;
}

/** A Premium registry, closed and allowing the computes, with a cluster that builds its images. */
export function withRegistry(scene: Scene): Loose {
  const registry = {
    id: ids.registry,
    name: 'acrmlsim',
    type: 'Microsoft.ContainerRegistry/registries',
    location: 'westeurope',
    sku: { name: 'Premium', tier: 'Premium' },
    properties: {
      loginServer: 'acrmlsim.azurecr.io',
      provisioningState: 'Succeeded',
      networkRuleSet: {
        defaultAction: 'Deny',
        virtualNetworkRules: [{ action: 'Allow', id: ids.train }],
        ipRules: [],
      },
      publicNetworkAccess: 'Enabled',
      networkRuleBypassOptions: 'AzureServices',
      privateEndpointConnections: [],
    },
  };
  scene.bodies[ids.registry] = registry;
  const workspace = scene.bodies[ids.workspace].properties;
  Object.assign(workspace, { containerRegistry: ids.registry, imageBuildCompute: 'cpu-cluster' });
  for (const network of [ids.vnet, ids.farVnet]) {
    for (const one of scene.bodies[network].properties.subnets) {
      if (one.id === ids.pe) continue;
      one.properties.serviceEndpoints.push({
        provisioningState: 'Succeeded',
        service: 'Microsoft.ContainerRegistry',
        locations: ['*'],
      });
    }
  }
  return registry;
}

/** The public names of a group of a resource. */
export function hostsOf(target: string, group: string): string[] {
  const name = target.split('/').at(-1);
  const guid = '00000000-0000-0000-0000-0000000000dd';
  if (group === 'vault') return [`${name}.vault.azure.net`];
  if (group === 'registry') return [`${name}.azurecr.io`, `${name}.westeurope.data.azurecr.io`];
  return group === 'amlworkspace'
    ? [
        `${guid}.workspace.westeurope.api.azureml.ms`,
        `*.${guid}.inference.westeurope.api.azureml.ms`,
        `ml-${name}-westeurope-${guid}.westeurope.notebooks.azure.net`,
      ]
    : [`${name}.${group}.core.windows.net`];
}

/** Wires a private endpoint to a resource, on both sides. Its records are those that a zone made later holds. */
export function withEndpoint(scene: Scene, target: string, groups: readonly string[], subnetId: string): string {
  const name = `pe-${target.split('/').at(-1)}-${groups.join('-')}`;
  const { properties } = scene.bodies[target];
  properties.privateEndpointConnections = [...(properties.privateEndpointConnections ?? []), connection(target, name)];
  const body = endpoint(name, target, groups, subnetId);
  const range = subnetId === ids.far ? '10.9.1' : '10.0.2';
  const ipAddresses = [`${range}.${10 + Object.keys(scene.bodies).length}`];
  body.properties.customDnsConfigs = groups.flatMap((group) =>
    hostsOf(target, group).map((fqdn) => ({ fqdn, ipAddresses })),
  );
  scene.bodies[endpointId(name)] = body;
  return name;
}

export const zoneId = (name: string): string => `${group}/providers/Microsoft.Network/privateDnsZones/${name}`;

/** A private zone, linked to these networks, with the records of the endpoints made so far. */
export function withZone(scene: Scene, name: string, networks: readonly string[]): void {
  const id = zoneId(name);
  const suffix = name === 'privatelink.vaultcore.azure.net' ? '.vault.azure.net' : name.replace('privatelink', '');
  for (const { fqdn, ipAddresses } of Object.values(scene.bodies).flatMap(
    (one) => one.properties?.customDnsConfigs ?? [],
  )) {
    if (!fqdn.endsWith(suffix)) continue;
    const label = fqdn.slice(0, -suffix.length);
    scene.bodies[`${id}/A/${label}`] ??= {
      id: `${id}/A/${label}`,
      name: label,
      type: 'Microsoft.Network/privateDnsZones/A',
      properties: { ttl: 10, aRecords: ipAddresses.map((ipv4Address: string) => ({ ipv4Address })) },
    };
  }
  scene.bodies[id] = {
    id,
    name,
    type: 'Microsoft.Network/privateDnsZones',
    location: 'global',
    properties: { provisioningState: 'Succeeded' },
  };
  for (const network of networks) {
    const link = `${id}/virtualNetworkLinks/${network.split('/').at(-1)}`;
    scene.bodies[link] = {
      id: link,
      name: network.split('/').at(-1),
      type: 'Microsoft.Network/privateDnsZones/virtualNetworkLinks',
      location: 'global',
      properties: {
        provisioningState: 'Succeeded',
        registrationEnabled: false,
        virtualNetwork: { id: network },
        virtualNetworkLinkState: 'Completed',
      },
    };
  }
}

export const refused = (id: string, action = 'read'): ReadFailure => ({
  id,
  reason: 'The caller may not read it.',
  action,
  status: 403,
});
export const missing = (id: string): ReadFailure => ({ id, reason: 'It does not exist.', action: '', status: 404 });

/** The snapshot of the closed workspace after `change`. Lists that could not be read are omitted. */
export function snapshotOf(change: (scene: Scene) => void = () => {}): Snapshot {
  const scene = closed();
  change(scene);
  const resources = Object.entries(scene.bodies).flatMap(([id, raw]): Resource[] => {
    const body = parseJson(JSON.stringify(raw)) as JsonObject;
    // The version from which on a route table shows all that is read of it.
    const apiVersion = /\/routeTables\/[^/]+$/i.test(id) ? '2025-07-01' : '2024-01-01';
    const resource = { id, type: typeOf(id), apiVersion, body };
    const parts = /\/virtualNetworks\/[^/]+$/i.test(id)
      ? [...subnetsOf(resource), ...peeringsOf(resource)]
      : [...securityRulesOf(resource), ...routesOf(resource), ...agentPoolsOf(resource)];
    return [resource, ...parts];
  });
  const gone = new Set(scene.gaps.map(({ id }) => fold(id)));
  const kept = resources.filter(({ id }) => !gone.has(fold(id)));
  const list = (id: string, pattern: RegExp): Collection[] =>
    gone.has(fold(id)) || scene.unlisted.includes(id)
      ? []
      : [{ id, members: kept.filter((one) => pattern.test(one.id)).map((one) => one.id) }];
  return {
    schema: 'bastide/snapshot/v1',
    id: 'test',
    takenAt: '2026-01-01T00:00:00Z',
    source: { kind: 'demo', name: 'demo:test' },
    workspace: scene.workspace,
    identity: null,
    requests: 0,
    resources: kept,
    collections: [
      ...list(`${ids.workspace}/computes`, /\/computes\/[^/]+$/i),
      ...list(`${ids.workspace}/datastores`, /\/datastores\/[^/]+$/i),
      ...scene.listed.flatMap((id) => list(id, new RegExp(`^${id}/[^/]+$`, 'i'))),
      ...list(`${ids.workspace}/onlineEndpoints`, /\/onlineEndpoints\/[^/]+$/i),
      ...list(`/subscriptions/${subscription}/providers/Microsoft.Authorization/locks`, /\/locks\/[^/]+$/i),
      ...list(
        `${group}/providers/Microsoft.Authorization/policyAssignments?$filter=atScope()`,
        /\/policyAssignments\//i,
      ),
      ...['loadBalancers', 'publicIPAddresses', 'networkSecurityGroups'].flatMap((type) =>
        list(`${group}/providers/Microsoft.Network/${type}`, new RegExp(`/${type}/[^/]+$`, 'i')),
      ),
      ...(scene.perimetersRead ? [ids.account, ids.vault] : []).flatMap((id) =>
        list(
          `${id}/networkSecurityPerimeterConfigurations`,
          new RegExp(`^${id}/networkSecurityPerimeterConfigurations/`, 'i'),
        ),
      ),
      ...list(
        `/subscriptions/${subscription}/providers/Microsoft.Network/virtualNetworks`,
        /\/virtualNetworks\/[^/]+$/i,
      ),
      ...list(`/subscriptions/${subscription}/providers/Microsoft.Network/privateEndpoints`, /\/privateEndpoints\//i),
      ...[group, `/subscriptions/${subscription}`].flatMap((scope) =>
        list(`${scope}/providers/Microsoft.ContainerInstance/containerGroups`, /\/containerGroups\/[^/]+$/i),
      ),
      ...list(
        `/subscriptions/${subscription}/providers/Microsoft.Network/privateDnsZones`,
        /\/privateDnsZones\/[^/]+$/i,
      ),
      ...(scene.principals ?? []).flatMap((principal) =>
        list(assignmentsOf(principal, subscription), /\/roleAssignments\/[^/]+$/i),
      ),
      ...kept
        .filter(({ id }) => /\/managedClusters\/[^/]+$/i.test(id))
        .flatMap(({ id }) => list(trustedAccessOf(id), /\/trustedAccessRoleBindings\/[^/]+$/i)),
      ...kept
        .filter(({ id }) => /\/managedClusters\/[^/]+$/i.test(id))
        .flatMap((one) => managedClusterView(one).principal ?? [])
        .flatMap((principal) => list(assignmentsOf(principal, subscription), /\/roleAssignments\/[^/]+$/i)),
      ...kept
        .filter(({ id }) => /\/privateEndpoints\/[^/]+$/i.test(id))
        .flatMap(({ id }) => list(`${id}/privateDnsZoneGroups`, /\/privateDnsZoneGroups\/[^/]+$/i)),
      ...kept
        .filter(({ id }) => /\/firewallPolicies\/[^/]+$/i.test(id))
        .flatMap(({ id }) => {
          const groups = `${id}/ruleCollectionGroups`;
          const own = kept.filter((one) => fold(one.id).startsWith(`${fold(groups)}/`)).map((one) => one.id);
          return gone.has(fold(groups)) ? [] : [{ id: groups, members: own }];
        }),
      ...kept
        .filter(({ id }) => /\/privateDnsZones\/[^/]+$/i.test(id))
        .flatMap(({ id }) => [
          ...list(`${id}/virtualNetworkLinks`, /\/virtualNetworkLinks\/[^/]+$/i),
          ...list(`${id}/A`, /\/A\/[^/]+$/i),
        ]),
    ],
    permissions: scene.permissions,
    gaps: scene.gaps,
    intents: scene.intents,
    ...(scene.scopes === undefined ? {} : { scopes: scene.scopes }),
    ...(scene.tags === undefined
      ? {}
      : { serviceTags: { source: 'azure', from: 'Azure', at: '2025-12-25T00:00:00Z', document: scene.tags } }),
  };
}
