// The typed views over a workspace, its computes, its datastores and locks. Reads only; never throws.
import { member, memberNames } from '../model/pointer.ts';
import type { Resource } from '../model/resource.ts';
import { parseId, sameId } from '../model/resource-id.ts';
import {
  type EndpointConnection,
  endpointConnectionsOf,
  type PublicNetworkAccess,
  publicNetworkAccessOf,
} from './network-acls.ts';
import {
  booleanAt,
  enumAt,
  lazyMembers,
  listAt,
  memoizePerResource,
  numberAt,
  objectAt,
  textAt,
  textsAt,
} from './read.ts';
import { type SharedLink, sharedLinksOf } from './shared-private-link.ts';

export const workspaceType = 'Microsoft.MachineLearningServices/workspaces';

/** Registries of Azure Machine Learning, which share assets between workspaces. */
export const machineLearningRegistryType = 'Microsoft.MachineLearningServices/registries';

/** How the system datastores sign in to the default storage account; shown since api-version 2025-09-01. */
export const authModePointer = '/properties/systemDatastoresAuthMode';
export const authModes = ['AccessKey', 'Identity', 'UserDelegationSAS'] as const;

export interface WorkspaceView {
  readonly location: string | undefined;
  /** `Default`, `Hub`, `Project`, `FeatureStore`. */
  readonly kind: string | undefined;
  readonly hubResourceId: string | undefined;
  /** Ids of the projects of a hub. */
  readonly associatedWorkspaces: readonly string[];
  readonly storageAccount: string | undefined;
  readonly keyVault: string | undefined;
  readonly containerRegistry: string | undefined;
  readonly publicNetworkAccess: PublicNetworkAccess | undefined;
  /** Mode `undefined` when the member is absent; `Disabled` counts as off. */
  readonly managedNetwork: {
    readonly mode: string | undefined;
    readonly status: string | undefined;
    readonly on: boolean;
  };
  readonly serverless: { readonly subnet: string | undefined; readonly noPublicIp: boolean | undefined };
  readonly endpointConnections: readonly EndpointConnection[];
  readonly sharedPrivateLinks: readonly SharedLink[];
  /** `SystemAssigned`, `UserAssigned`, both, `None`, or undefined. */
  readonly identityType: string | undefined;
  /** The directory of the workspace's identity. */
  readonly tenantId: string | undefined;
  readonly principalId: string | undefined;
  readonly provisioningState: string | undefined;
}

const workspaceStates = [
  'Succeeded',
  'Failed',
  'Canceled',
  'Creating',
  'Updating',
  'Deleting',
  'SoftDeleted',
  'Unknown',
] as const;

export const workspaceView = memoizePerResource((resource: Resource): WorkspaceView => {
  const { body } = resource;
  const mode = () =>
    enumAt(body, '/properties/managedNetwork/isolationMode', [
      'Disabled',
      'AllowInternetOutbound',
      'AllowOnlyApprovedOutbound',
    ]);
  const serverless = '/properties/serverlessComputeSettings';
  return lazyMembers<WorkspaceView>({
    location: () => textAt(body, '/location'),
    kind: () => enumAt(body, '/kind', ['Default', 'Hub', 'Project', 'FeatureStore']),
    hubResourceId: () => textAt(body, '/properties/hubResourceId'),
    associatedWorkspaces: () => textsAt(body, '/properties/associatedWorkspaces'),
    storageAccount: () => textAt(body, '/properties/storageAccount'),
    keyVault: () => textAt(body, '/properties/keyVault'),
    containerRegistry: () => textAt(body, '/properties/containerRegistry'),
    publicNetworkAccess: () => publicNetworkAccessOf(resource),
    managedNetwork: () =>
      lazyMembers<WorkspaceView['managedNetwork']>({
        mode,
        status: () => enumAt(body, '/properties/managedNetwork/status/status', ['Active', 'Inactive']),
        on: () => mode() !== undefined && mode() !== 'Disabled',
      }),
    serverless: () =>
      lazyMembers<WorkspaceView['serverless']>({
        subnet: () => textAt(body, `${serverless}/serverlessComputeCustomSubnet`),
        noPublicIp: () => booleanAt(body, `${serverless}/serverlessComputeNoPublicIP`),
      }),
    endpointConnections: () => endpointConnectionsOf(resource),
    sharedPrivateLinks: () => sharedLinksOf(body),
    identityType: () => textAt(body, '/identity/type'),
    tenantId: () => textAt(body, '/identity/tenantId') ?? textAt(body, '/properties/tenantId'),
    principalId: () => textAt(body, '/identity/principalId'),
    provisioningState: () => enumAt(body, '/properties/provisioningState', workspaceStates),
  });
});

/** Object id of the identity that a workspace acts as: system-assigned, or the only or primary user-assigned one. */
export function workspacePrincipalOf(workspace: Resource): string | undefined {
  const users = objectAt(workspace.body, '/identity/userAssignedIdentities');
  const primary = textAt(workspace.body, '/properties/primaryUserAssignedIdentity');
  const names = users ? memberNames(users) : [];
  const name = names.find((one) => sameId(one, primary)) ?? (names.length === 1 ? names[0] : undefined);
  const given = users && name !== undefined ? textAt(member(users, name), '/principalId') : undefined;
  return workspaceView(workspace).principalId ?? given;
}

/** Ids of the account, vault and registry that a workspace names. */
export function servicesNamedBy(workspace: Resource): readonly string[] {
  const { storageAccount, keyVault, containerRegistry } = workspaceView(workspace);
  return [storageAccount, keyVault, containerRegistry].filter((id) => id !== undefined);
}

const computeTypes = [
  'AmlCompute',
  'ComputeInstance',
  'AKS',
  'Kubernetes',
  'VirtualMachine',
  'HDInsight',
  'Databricks',
  'DataFactory',
  'DataLakeAnalytics',
  'SynapseSpark',
] as const;

export interface ComputeView {
  readonly name: string;
  /** In the spelling of the published list; an unknown type unchanged. */
  readonly computeType: (typeof computeTypes)[number] | (string & {}) | undefined;
  /** Subnet in the compute's own body (AmlCompute, ComputeInstance, AKS created through the workspace). */
  readonly subnet: string | undefined;
  /** Absent or null counts as a public IP address. */
  readonly enableNodePublicIp: boolean | undefined;
  readonly maxNodeCount: number | undefined;
  readonly provisioningState: string | undefined;
  /** Id of the attached cluster, machine or Databricks workspace. */
  readonly resourceId: string | undefined;
  readonly location: string | undefined;
}

export const computeView = memoizePerResource((resource: Resource): ComputeView => {
  const { body } = resource;
  const computeType = () => enumAt(body, '/properties/computeType', computeTypes);
  const isCluster = () => ['AKS', 'Kubernetes'].includes(computeType() ?? '');
  return lazyMembers<ComputeView>({
    name: () => textAt(body, '/name') ?? resource.id.split('/').at(-1) ?? '',
    computeType,
    subnet: () =>
      textAt(
        body,
        isCluster() ? '/properties/properties/aksNetworkingConfiguration/subnetId' : '/properties/properties/subnet/id',
      ),
    enableNodePublicIp: () => booleanAt(body, '/properties/properties/enableNodePublicIp'),
    maxNodeCount: () => numberAt(body, '/properties/properties/scaleSettings/maxNodeCount'),
    provisioningState: () => textAt(body, '/properties/provisioningState'),
    resourceId: () => textAt(body, '/properties/resourceId'),
    location: () => textAt(body, '/properties/computeLocation') ?? textAt(body, '/location'),
  });
});

export interface DatastoreView {
  /** `AzureBlob`, `AzureFile`, `AzureDataLakeGen1`, `AzureDataLakeGen2`, `OneLake`. */
  readonly datastoreType: string | undefined;
  readonly accountName: string | undefined;
  readonly subscriptionId: string | undefined;
  readonly resourceGroup: string | undefined;
  /** Id of the account behind it; undefined when at most its name is known. */
  readonly account: string | undefined;
  /** `AccountKey`, `Sas`, `None`, `ServicePrincipal`, `Certificate`. */
  readonly credentials: string | undefined;
}

const datastoreTypes = ['AzureBlob', 'AzureFile', 'AzureDataLakeGen1', 'AzureDataLakeGen2', 'OneLake'] as const;

/** A datastore; its account's id is built from subscription, group and name where all three are present. */
export const datastoreView = memoizePerResource(({ body }: Resource): DatastoreView => {
  const subscriptionId = () => textAt(body, '/properties/subscriptionId');
  const resourceGroup = () => textAt(body, '/properties/resourceGroup');
  const datastoreType = () => enumAt(body, '/properties/datastoreType', datastoreTypes);
  const accountName = () => {
    if (!['AzureBlob', 'AzureFile', 'AzureDataLakeGen2'].includes(datastoreType() ?? '')) return undefined;
    return textAt(body, '/properties/accountName') ?? textAt(body, '/properties/storeName');
  };
  return lazyMembers<DatastoreView>({
    datastoreType,
    accountName,
    subscriptionId,
    resourceGroup,
    credentials: () =>
      enumAt(body, '/properties/credentials/credentialsType', [
        ...['AccountKey', 'Sas', 'None', 'ServicePrincipal', 'Certificate'],
      ]),
    account: () => {
      const [name, subscription, group] = [accountName(), subscriptionId(), resourceGroup()];
      if (name === undefined || subscription === undefined || group === undefined) return undefined;
      return `/subscriptions/${subscription}/resourceGroups/${group}/providers/Microsoft.Storage/storageAccounts/${name}`;
    },
  });
});

export interface LockView {
  /** The id it locks: the part before `/providers/Microsoft.Authorization/locks`. */
  readonly scope: string;
  readonly level: string | undefined;
  readonly notes: string | undefined;
}

export const lockView = memoizePerResource(({ id, body }: Resource): LockView => {
  return lazyMembers<LockView>({
    scope: () => id.replace(/\/providers\/microsoft\.authorization\/locks\/[^/]*$/i, ''),
    level: () => enumAt(body, '/properties/level', ['CanNotDelete', 'ReadOnly', 'NotSpecified']),
    notes: () => textAt(body, '/properties/notes'),
  });
});

/** Subnets of attached clusters and machines from their bodies. */
export function attachedSubnets(resource: Resource): string[] {
  const { body } = resource;
  const pools = listAt(body, '/properties/agentPoolProfiles').flatMap((pool) => [
    textAt(pool, '/vnetSubnetID'),
    textAt(pool, '/podSubnetID'),
  ]);
  const roles = listAt(body, '/properties/computeProfile/roles').map((role) => {
    const subnet = textAt(role, '/virtualNetworkProfile/subnet');
    const vnet = textAt(role, '/virtualNetworkProfile/id');
    if (subnet === undefined || subnet.includes('/')) return subnet;
    return vnet === undefined ? undefined : `${vnet}/subnets/${subnet}`;
  });
  const nics = listAt(body, '/properties/ipConfigurations').map((item) => textAt(item, '/properties/subnet/id'));
  return [...new Set([...pools, ...roles, ...nics].filter((id) => id !== undefined))];
}

/** The subnets of a Databricks workspace in the customer's network; [] when it is in Microsoft's. */
export function databricksSubnets({ body }: Resource): string[] {
  const parameters = '/properties/parameters';
  const vnet = textAt(body, `${parameters}/customVirtualNetworkId/value`);
  if (vnet === undefined) return [];
  return ['customPublicSubnetName', 'customPrivateSubnetName'].flatMap((name) => {
    const subnet = textAt(body, `${parameters}/${name}/value`);
    return subnet === undefined ? [] : [`${vnet}/subnets/${subnet}`];
  });
}

/** Of another workspace only the members that name its services and subnets are kept: it is not audited. */
export const usageMembers = [
  'storageAccount',
  'keyVault',
  'containerRegistry',
  'hubResourceId',
  'serverlessComputeSettings',
];
/** Is it a workspace of which nothing else was kept? Who may reach it is not in there. */
export function isKeptInPart({ type, body }: Resource): boolean {
  if (!sameId(type, workspaceType)) return false;
  const properties = objectAt(body, '/properties');
  return properties !== undefined && memberNames(properties).every((name) => usageMembers.includes(name));
}

/** Is this id of the ARM type? */
export const isOfType = (id: string, type: string): boolean => parseId(id).type?.toLowerCase() === type.toLowerCase();
