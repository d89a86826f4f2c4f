// The api-versions that requests use, by type: what is asked and written with, since when a member is shown, which versions
// exist, and which of them end. The only place in the code that names an api-version. Data alone; api-versions.ts reads it.

/** The day on which the table was last compared with its sources. */
export const tableDate = '2026-12-01';

/**
 * The version that shows a member first: of all versions, or of previews and of stable versions apart; null: of none of them.
 * `until`: the last one that shows it, until newer ones do again. A member without an entry is taken to be in every version.
 */
export type FirstShown = string | Since | { readonly until: string; readonly again?: Since };
interface Since {
  readonly preview: string | null;
  readonly stable: string | null;
}

export interface VersionRow {
  /** A type stands for the types below it, a namespace for all of its types, unless they have a row of their own. */
  readonly types: readonly string[];
  /** It stands for no type below. */
  readonly isAlone?: true;
  /** Asked in this order: one after the first only where a cloud does not have those before it. */
  readonly read: readonly [string, ...string[]];
  /** What is written is written with this version, in every cloud; the first of `read` unless given. */
  readonly write?: string;
  /** Asked besides, for members that the version in hand does not show; the best first. */
  readonly beside?: readonly string[];
  /** Pointers of members that not every version shows. */
  readonly members?: Readonly<Record<string, FirstShown>>;
  readonly known: keyof typeof versionFacts;
  readonly why?: string;
}

const azapi = {
  source: 'Azure/terraform-provider-azapi internal/azure/generated, commit c43c57bbdd5e (2026-08-13)',
  read: '2026-11-30',
} as const;

/** A description that Microsoft published. */
const specified = <File extends string, Commit extends string>(file: File, commit: Commit) =>
  ({ source: `Azure/azure-rest-api-specs specification/${file}, commit ${commit}`, read: '2026-12-01' }) as const;

/** Which versions exist: those that the rows use, not all of them. */
export const versionFacts = {
  network: {
    ...azapi,
    versions: ['2025-07-01', '2025-05-01', '2025-01-01', '2024-05-01', '2024-01-01'],
  },
  perimeters: { ...azapi, versions: ['2024-07-01'] },
  privateDns: { ...azapi, versions: ['2024-06-01', '2020-06-01'] },
  resolvers: { ...azapi, versions: ['2025-05-01', '2022-07-01'] },
  dnsZones: {
    ...specified('dns/resource-manager/Microsoft.Network/stable/2018-05-01/dns.json', '8c75aaec9fbf'),
    versions: ['2018-05-01'],
  },
  vaults: {
    versions: ['2026-02-01'],
    source: 'learn.microsoft.com/azure/key-vault/general/migrate-api-version: in public regions, Mooncake and Fairfax',
    read: '2026-11-30',
  },
  vaultPerimeters: {
    versions: ['2026-04-01', '2026-04-01-preview'],
    source:
      'Azure/azure-rest-api-specs specification/keyvault/resource-manager/Microsoft.KeyVault, examples of 2026-04-01; azapi of 2026-08-13',
    read: '2026-11-30',
  },
  storage: { ...azapi, versions: ['2025-08-01', '2024-01-01', '2023-05-01'] },
  registries: {
    versions: ['2026-11-01', '2025-11-01', '2023-07-01', '2021-08-01-preview'],
    source: `Azure/azure-sdk-for-java release azure-resourcemanager-containerregistry_2.57.0 (2026-11-20): 2026-11-01; ${azapi.source}`,
    read: '2026-11-30',
  },
  registryTasks: {
    ...specified(
      'containerregistry/resource-manager/Microsoft.ContainerRegistry/stable/2019-04-01/containerregistry_build.json',
      'a1fe6dc7ebd8',
    ),
    versions: ['2019-04-01'],
  },
  machineLearning: {
    ...azapi,
    versions: ['2026-05-15-preview', '2026-05-01', '2025-12-01', '2025-09-01', '2024-10-01-preview', '2024-04-01'],
  },
  kubernetes: { ...azapi, versions: ['2026-05-01', '2025-10-01', '2024-05-01'] },
  fleets: {
    ...specified(
      'containerservice/resource-manager/Microsoft.ContainerService/fleet/stable/2024-04-01/fleets.json',
      '17eda1a27ae2',
    ),
    versions: ['2024-04-01'],
  },
  privateLinkScopes: { ...azapi, versions: ['2021-09-01', '2021-07-01-preview'] },
  components: { ...azapi, versions: ['2020-02-02'] },
  logs: { ...azapi, versions: ['2025-07-01', '2023-09-01'] },
  hdinsight: { ...azapi, versions: ['2021-06-01'] },
  databricks: { ...azapi, versions: ['2026-01-01', '2024-05-01'] },
  containerGroups: { ...azapi, versions: ['2025-09-01', '2023-05-01'] },
  compute: { ...azapi, versions: ['2024-07-01'] },
  disks: {
    ...specified('compute/resource-manager/Microsoft.Compute/DiskRP/stable/2024-03-02/disk.json', '99d32dba25b3'),
    versions: ['2024-03-02'],
  },
  galleries: {
    ...specified('compute/resource-manager/Microsoft.Compute/GalleryRP/stable/2024-03-03/gallery.json', 'c698b583d8b7'),
    versions: ['2024-03-03'],
  },
  roles: { ...azapi, versions: ['2022-04-01'] },
  deniesAndPermissions: {
    versions: ['2022-04-01'],
    source:
      'learn.microsoft.com/azure/role-based-access-control/deny-assignments (2024-03-12): 2022-04-01 is the first stable version; azure-rest-api-specs Microsoft.Authorization/stable/2022-04-01, permissions',
    read: '2026-12-01',
  },
  locks: { ...azapi, versions: ['2020-05-01'] },
  policies: { ...azapi, versions: ['2025-03-01', '2024-05-01', '2023-04-01'] },
  resources: { ...azapi, versions: ['2024-07-01', '2021-04-01'] },
  subscriptions: {
    versions: ['2022-12-01'],
    source: 'Azure/azure-rest-api-specs specification/resources/resource-manager/Microsoft.Resources/stable/2022-12-01',
    read: '2026-12-01',
  },
  stacks: { ...azapi, versions: ['2024-03-01'] },
  resourceGraph: { ...azapi, versions: ['2024-04-01'] },
  metadata: {
    versions: ['2022-09-01'],
    source: 'hashicorp/go-azure-sdk sdk/internal/metadata/client.go',
    read: '2026-12-01',
  },
  cognitive: { ...azapi, versions: ['2026-05-01', '2025-06-01'] },
  search: { ...azapi, versions: ['2025-05-01'] },
  documents: { ...azapi, versions: ['2026-03-15', '2024-11-15'] },
  identities: { ...azapi, versions: ['2024-11-30'] },
  batch: { ...azapi, versions: ['2025-06-01'] },
} as const satisfies Readonly<
  Record<string, { readonly versions: readonly string[]; readonly source: string; readonly read: string }>
>;

const previewOnly = (preview: string): FirstShown => ({ preview, stable: null });

export const versionTable: readonly VersionRow[] = [
  {
    types: ['Microsoft.Network'],
    read: ['2025-05-01', '2025-01-01', '2024-05-01', '2024-01-01'],
    members: {
      '/properties/ipamPoolPrefixAllocations': '2024-05-01',
      '/properties/addressSpace/ipamPoolPrefixAllocations': '2024-05-01',
      '/properties/privateEndpointVNetPolicies': '2024-03-01',
      '/properties/defaultPublicNatGateway': '2024-07-01',
      '/properties/serviceGateway': '2025-05-01',
      '/properties/sharingScope': '2023-11-01',
      '/properties/defaultOutboundAccess': '2023-05-01',
      '/properties/ipVersionType': '2025-03-01',
      '/properties/defaultOutboundConnectivityEnabled': '2024-05-01',
      '/properties/sourceVirtualNetwork': '2024-07-01',
      '/properties/publicIpAddressesV6': '2024-07-01',
    },
    known: 'network',
    why: 'From 2025-07-01 on subnets of a new network are private unless defaultOutboundAccess is stated.',
  },
  {
    types: ['Microsoft.Network/routeTables'],
    read: ['2025-07-01', '2025-05-01', '2025-01-01', '2024-05-01', '2024-01-01'],
    members: { '/properties/disablePeeringRoute': '2025-07-01', '/properties/nextHop': '2025-07-01' },
    known: 'network',
    why: 'Older versions state neither disablePeeringRoute nor several addresses of a next hop.',
  },
  {
    types: ['Microsoft.Network/networkManagers/verifierWorkspaces'],
    read: ['2025-05-01', '2024-05-01'],
    known: 'network',
  },
  { types: ['Microsoft.Network/networkSecurityPerimeters'], read: ['2024-07-01'], known: 'perimeters' },
  {
    types: ['Microsoft.Network/privateDnsZones'],
    read: ['2024-06-01', '2020-06-01'],
    members: { '/properties/resolutionPolicy': '2024-06-01' },
    known: 'privateDns',
  },
  {
    types: ['Microsoft.Network/dnsResolvers', 'Microsoft.Network/dnsForwardingRulesets'],
    read: ['2025-05-01', '2022-07-01'],
    known: 'resolvers',
  },
  { types: ['Microsoft.Network/dnsZones'], read: ['2018-05-01'], known: 'dnsZones' },
  {
    types: ['Microsoft.KeyVault'],
    read: ['2026-02-01'],
    known: 'vaults',
    why: 'A PUT states enableRbacAuthorization: absent, it means true for a new vault from this version on.',
  },
  {
    types: ['Microsoft.KeyVault/vaults/networkSecurityPerimeterConfigurations'],
    read: ['2026-04-01', '2026-04-01-preview'],
    known: 'vaultPerimeters',
  },
  {
    types: ['Microsoft.Storage'],
    read: ['2025-08-01', '2024-01-01', '2023-05-01'],
    members: {
      '/properties/networkAcls/ipv6Rules': '2025-01-01',
      '/properties/dualStackEndpointPreference': '2025-01-01',
      '/properties/allowSharedKeyAccessForServices': '2025-08-01',
      '/properties/dataCollaborationPolicyProperties': '2025-08-01',
    },
    known: 'storage',
    why: 'networkAcls is sent whole: an older version neither shows nor takes ipv6Rules.',
  },
  { types: ['Microsoft.ContainerRegistry'], read: ['2025-11-01', '2023-07-01'], known: 'registries' },
  {
    types: ['Microsoft.ContainerRegistry/registries'],
    isAlone: true,
    read: ['2026-11-01', '2025-11-01', '2023-07-01'],
    write: '2025-11-01',
    beside: ['2021-08-01-preview'],
    members: {
      '/properties/anonymousPullEnabled': { preview: '2020-11-01-preview', stable: '2025-04-01' },
      '/properties/networkRuleSet/virtualNetworkRules': {
        until: '2021-08-01-preview',
        again: { preview: '2026-03-01-preview', stable: '2026-11-01' },
      },
      '/properties/networkRuleBypassAllowedForTasks': { preview: '2025-05-01-preview', stable: '2025-11-01' },
    },
    known: 'registries',
    why: 'One version shows subnet rules and the bypass of ACR Tasks. Rules are written at a version that has shown them.',
  },
  { types: ['Microsoft.ContainerRegistry/registries/tasks'], read: ['2019-04-01'], known: 'registryTasks' },
  {
    types: ['Microsoft.MachineLearningServices'],
    read: ['2026-05-01', '2025-12-01', '2025-09-01', '2024-04-01'],
    members: {
      '/properties/fqdns': { preview: '2024-07-01-preview', stable: '2025-12-01' },
      '/properties/errorInformation': { preview: '2024-10-01-preview', stable: '2025-04-01' },
      '/properties/parentRuleNames': { preview: '2024-04-01-preview', stable: '2025-04-01' },
      '/properties/properties/enableSSO': { preview: '2023-08-01-preview', stable: '2025-12-01' },
    },
    known: 'machineLearning',
  },
  {
    types: ['Microsoft.MachineLearningServices/workspaces'],
    isAlone: true,
    read: ['2026-05-15-preview', '2026-05-01', '2025-12-01', '2025-09-01', '2024-04-01'],
    write: '2026-05-01',
    beside: ['2026-05-15-preview', '2024-10-01-preview', '2025-09-01'],
    members: {
      '/properties/ipAllowlist': previewOnly('2024-01-01-preview'),
      '/properties/networkAcls': previewOnly('2024-10-01-preview'),
      '/properties/systemDatastoresAuthMode': { preview: '2022-12-01-preview', stable: '2025-06-01' },
      '/properties/managedNetwork/managedNetworkKind': { preview: '2024-10-01-preview', stable: '2025-04-01' },
      '/properties/managedNetwork/firewallSku': '2024-10-01',
      '/properties/managedNetwork/firewallPublicIpAddress': { preview: '2024-10-01-preview', stable: '2025-04-01' },
      '/properties/managedNetwork/enableNetworkMonitor': { preview: '2024-10-01-preview', stable: '2025-09-01' },
      '/properties/provisionNetworkNow': { preview: '2024-10-01-preview', stable: '2025-06-01' },
      '/properties/notebookInfo/isPrivateLinkEnabled': { preview: '2023-06-01-preview', stable: '2025-12-01' },
    },
    known: 'machineLearning',
    why: 'One preview shows in one answer what stable versions show, and the IP allow-list.',
  },
  {
    types: ['Microsoft.ContainerService'],
    read: ['2026-05-01', '2025-10-01', '2024-05-01'],
    members: {
      '/properties/localDNSProfile': { preview: '2025-03-02-preview', stable: '2025-09-01' },
      '/properties/bootstrapProfile': { preview: '2024-01-02-preview', stable: '2025-01-01' },
      '/properties/hostedSystemProfile': '2026-02-01',
      '/properties/apiServerAccessProfile/enableVnetIntegration': {
        preview: '2022-04-02-preview',
        stable: '2025-03-01',
      },
      '/properties/networkProfile/staticEgressGatewayProfile': { preview: '2024-02-02-preview', stable: '2025-04-01' },
    },
    known: 'kubernetes',
  },
  { types: ['Microsoft.ContainerService/fleets'], read: ['2024-04-01'], known: 'fleets' },
  { types: ['Microsoft.Insights'], read: ['2020-02-02'], known: 'components' },
  {
    types: ['Microsoft.Insights/privateLinkScopes'],
    read: ['2021-09-01', '2021-07-01-preview'],
    known: 'privateLinkScopes',
  },
  { types: ['Microsoft.OperationalInsights'], read: ['2025-07-01', '2023-09-01'], known: 'logs' },
  { types: ['Microsoft.HDInsight'], read: ['2021-06-01'], known: 'hdinsight' },
  {
    types: ['Microsoft.Databricks'],
    read: ['2026-01-01', '2024-05-01'],
    members: { '/properties/computeMode': { preview: '2025-10-01-preview', stable: '2026-01-01' } },
    known: 'databricks',
  },
  { types: ['Microsoft.ContainerInstance/serviceAssociationLinks'], read: ['2023-05-01'], known: 'containerGroups' },
  { types: ['Microsoft.ContainerInstance'], read: ['2025-09-01', '2023-05-01'], known: 'containerGroups' },
  { types: ['Microsoft.Compute'], read: ['2024-07-01'], known: 'compute' },
  { types: ['Microsoft.Compute/disks'], read: ['2024-03-02'], known: 'disks' },
  { types: ['Microsoft.Compute/galleries'], read: ['2024-03-03'], known: 'galleries' },
  {
    types: ['Microsoft.Authorization/roleAssignments', 'Microsoft.Authorization/roleDefinitions'],
    read: ['2022-04-01'],
    known: 'roles',
  },
  { types: ['Microsoft.Authorization'], read: ['2022-04-01'], known: 'deniesAndPermissions' },
  { types: ['Microsoft.Authorization/locks'], read: ['2020-05-01'], known: 'locks' },
  {
    types: [
      'Microsoft.Authorization/policyAssignments',
      'Microsoft.Authorization/policyDefinitions',
      'Microsoft.Authorization/policySetDefinitions',
    ],
    read: ['2025-03-01', '2024-05-01'],
    write: '2023-04-01',
    known: 'policies',
    why: 'Documents of policies are written to files, for whichever cloud takes them.',
  },
  { types: ['Microsoft.Resources'], read: ['2024-07-01', '2021-04-01'], known: 'resources' },
  { types: ['Microsoft.Resources/subscriptions'], read: ['2022-12-01'], known: 'subscriptions' },
  { types: ['Microsoft.Resources/deploymentStacks'], read: ['2024-03-01'], known: 'stacks' },
  { types: ['Microsoft.ResourceGraph'], read: ['2024-04-01'], known: 'resourceGraph' },
  { types: ['metadata/endpoints'], read: ['2022-09-01'], known: 'metadata' },
  {
    types: ['Microsoft.CognitiveServices'],
    read: ['2026-05-01', '2025-06-01'],
    members: { '/properties/networkInjections': { preview: '2025-04-01-preview', stable: '2025-06-01' } },
    known: 'cognitive',
  },
  { types: ['Microsoft.Search'], read: ['2025-05-01'], known: 'search' },
  { types: ['Microsoft.DocumentDB'], read: ['2026-03-15', '2024-11-15'], known: 'documents' },
  { types: ['Microsoft.ManagedIdentity'], read: ['2024-11-30'], known: 'identities' },
  { types: ['Microsoft.Batch'], read: ['2025-06-01'], known: 'batch' },
];

/**
 * Asked of a type without a row: a version that is in use by many of them. Azure names in its refusal the versions that the type
 * has, and the newest of those is asked then.
 */
export const versionOfOthers = '2024-07-01';

export interface Retirement {
  /** A type or a namespace, as in a row. */
  readonly of: string;
  /** All versions before this one, or the named previews between two. */
  readonly before?: string;
  readonly previews?: { readonly from: string; readonly to: string };
  /** The last day on which they answer. */
  readonly on: string;
  readonly source: string;
  readonly read: string;
}

export const retirements: readonly Retirement[] = [
  {
    of: 'Microsoft.KeyVault',
    before: '2026-02-01',
    on: '2027-02-27',
    source: 'learn.microsoft.com/azure/key-vault/general/migrate-api-version',
    read: '2026-11-30',
  },
  {
    of: 'Microsoft.ContainerService',
    previews: { from: '2023-10-02-preview', to: '2024-09-02-preview' },
    on: '2026-07-01',
    source: 'MicrosoftDocs/azure-aks-docs articles/aks/concepts-preview-api-life-cycle.md (2026-03-31)',
    read: '2026-11-30',
  },
  {
    of: 'Microsoft.ContainerRegistry',
    previews: { from: '2016-06-27-preview', to: '2018-02-01-preview' },
    on: '2023-10-16',
    source: 'learn.microsoft.com/azure/container-registry/container-registry-api-deprecation',
    read: '2026-11-30',
  },
  {
    of: 'Microsoft.ContainerRegistry',
    before: '2017-10-01',
    on: '2026-09-30',
    source: 'learn.microsoft.com/azure/container-registry/container-registry-api-deprecation',
    read: '2026-11-30',
  },
];
