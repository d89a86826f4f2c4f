// The queries of a fleet audit: which types it needs, from which table of Resource Graph. Each is asked for all subscriptions of a
// group at once.
import { fold } from '../../model/resource-id.ts';
import {
  aRecordType,
  containerGroupType,
  databricksType,
  firewallType,
  loadBalancerType,
  managedClusterType,
  onlineDeploymentType,
  onlineEndpointType,
  perimeterAssociationType,
  privateEndpointType,
  publicAddressType,
  ruleCollectionGroupType,
  securityGroupType,
  vnetType,
  workspaceType,
  zoneLinkType,
  zoneType,
} from '../../resource-types/index.ts';

export interface FleetTable {
  /** What its rows are, for messages. */
  readonly label: string;
  readonly table: string;
  readonly types: readonly string[];
  /** A condition besides the type. */
  readonly where?: string;
}

export const rulingType = 'Microsoft.Network/effectiveSecurityAdminRules';
export const connectedType = 'Microsoft.Network/effectiveConnectivityConfigurations';

/** Names of zones that private endpoints need begin like this; the records of other zones are not read. */
export const zoneStart = 'privatelink.';

export const fleetTables: readonly FleetTable[] = [
  { label: 'workspaces', table: 'resources', types: [workspaceType, onlineEndpointType, onlineDeploymentType] },
  {
    label: 'accounts, vaults and registries',
    table: 'resources',
    types: [
      'Microsoft.Storage/storageAccounts',
      'Microsoft.KeyVault/vaults',
      'Microsoft.ContainerRegistry/registries',
      databricksType,
      'Microsoft.HDInsight/clusters',
      'Microsoft.Insights/privateLinkScopes',
    ],
  },
  {
    label: 'networks',
    table: 'resources',
    types: [
      vnetType,
      securityGroupType,
      'Microsoft.Network/routeTables',
      'Microsoft.Network/natGateways',
      'Microsoft.Network/serviceEndpointPolicies',
      loadBalancerType,
      publicAddressType,
      firewallType,
      'Microsoft.Network/firewallPolicies',
      'Microsoft.Network/ipGroups',
    ],
  },
  { label: 'private endpoints and zones', table: 'resources', types: [privateEndpointType, zoneType, zoneLinkType] },
  {
    label: 'machines and clusters',
    table: 'resources',
    types: [
      'Microsoft.Compute/virtualMachines',
      'Microsoft.Network/networkInterfaces',
      managedClusterType,
      containerGroupType,
    ],
  },
  {
    label: 'DNS records',
    table: 'dnsresources',
    types: [aRecordType],
    where: `id contains '/privatednszones/${zoneStart}'`,
  },
  {
    label: 'rules of network managers, perimeters and firewall policies',
    table: 'networkresources',
    types: [rulingType, connectedType, perimeterAssociationType, ruleCollectionGroupType],
  },
];

const quoted = (texts: readonly string[]): string => texts.map((text) => `'${text.toLowerCase()}'`).join(', ');

export const queryOf = ({ table, types, where }: FleetTable): string =>
  `${table} | where type in~ (${quoted(types)})${where === undefined ? '' : ` | where ${where}`} | order by id asc`;

/** What stands for a query about all subscriptions, as a list has its path. */
export const everywhere = (type: string): string => `/providers/${type}`;
/** Every workspace that the sign-in sees, of all subscriptions, with what says which services and subnets it uses. */
export const workspacesQuery = `resources | where type =~ '${fold(workspaceType)}' | project id, name, type, kind, location, properties | order by id asc`;

/** The subscriptions of a scope. */
export const subscriptionQuery =
  "resourcecontainers | where type =~ 'microsoft.resources/subscriptions' | project id, name, subscriptionId, properties | order by id asc";

/** Principals of one query: its text stays short. */
export const principalsPerQuery = 250;
/** The role assignments of identities. GUIDs only reach this text. */
export const assignmentsQuery = (principals: readonly string[]): string =>
  `authorizationresources | where type =~ 'microsoft.authorization/roleassignments' | where properties.principalId in~ (${quoted(principals)}) | order by id asc`;

/** Subscriptions of one query: Microsoft advises fewer than 300. */
export const subscriptionsPerQuery = 299;
