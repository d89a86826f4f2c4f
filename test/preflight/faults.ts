// One fault at a time in a closed world, as an edit of what a scan read, and the leg of a job that it stops.
import type { LegName } from '../../src/model/preflight.ts';

// biome-ignore lint/suspicious/noExplicitAny: bodies of Azure, edited as they are.
type Body = any;
interface Read {
  id: string;
  type: string;
  apiVersion: string;
  body: Body;
}
export interface EditableSnapshot {
  id: string;
  workspace: string;
  resources: Read[];
  collections: { id: string; members: string[] }[];
  gaps: { id: string; action: string; status: number; reason: string }[];
  intents: Body;
}

export type ClosedWorld =
  | 'closed-private-endpoint'
  | 'closed-service-endpoint'
  | 'closed-managed-network'
  | 'closed-hub-spoke';
export interface JobFault {
  readonly world: ClosedWorld;
  readonly says: string;
  /** Which job of the test. */
  readonly job: 'plain' | 'built' | 'share' | 'online' | 'instance' | 'spark' | 'hub';
  readonly leg: LegName;
  /** A rule that names the cause, or words of the sentence. */
  readonly cause: RegExp;
  readonly plant: (snapshot: EditableSnapshot) => void;
}

const called = (id: string, name: string): boolean => id.toLowerCase().endsWith(`/${name.toLowerCase()}`);
export function one(snapshot: EditableSnapshot, name: string, type = ''): Read {
  const found = snapshot.resources.find(
    (resource) => called(resource.id, name) && resource.type.toLowerCase().endsWith(type.toLowerCase()),
  );
  if (found === undefined) throw new Error(`no ${type} ${name}`);
  return found;
}
const drop = (snapshot: EditableSnapshot, isMeant: (resource: Read) => boolean): void => {
  const before = snapshot.resources.length;
  snapshot.resources = snapshot.resources.filter((resource) => !isMeant(resource));
  if (snapshot.resources.length === before) throw new Error('nothing was dropped');
};

const group = (snapshot: EditableSnapshot): string => snapshot.workspace.split('/providers/')[0] ?? '';
const subnet = (snapshot: EditableSnapshot, name: string): Read => one(snapshot, name, 'virtualNetworks/subnets');

interface Denied {
  readonly direction?: 'Inbound' | 'Outbound';
  readonly destination?: string;
  readonly source?: string;
  readonly ports?: string;
}
/** A security group on a subnet with these rules before the defaults, and the traffic that compute needs from the service. */
export const guards =
  (at: string, rules: readonly Body[]) =>
  (snapshot: EditableSnapshot): void => {
    const place = subnet(snapshot, at);
    const id = `${group(snapshot)}/providers/Microsoft.Network/networkSecurityGroups/nsg-planted`;
    const defaults = [
      ['Outbound', 'Allow', 'VirtualNetwork', 'VirtualNetwork', 65000],
      ['Outbound', 'Allow', '*', 'Internet', 65001],
      ['Outbound', 'Deny', '*', '*', 65500],
      ['Inbound', 'Allow', 'VirtualNetwork', 'VirtualNetwork', 65000],
      ['Inbound', 'Allow', 'AzureLoadBalancer', '*', 65001],
      ['Inbound', 'Deny', '*', '*', 65500],
    ].map(([way, access, from, to, priority]) => ({
      name: `${way}${priority}`,
      properties: {
        ...{ direction: way, access, protocol: '*', priority, sourceAddressPrefix: from, sourcePortRange: '*' },
        ...{ destinationAddressPrefix: to, destinationPortRange: '*' },
      },
    }));
    const inbound = {
      name: 'Machine-Learning',
      properties: {
        ...{ direction: 'Inbound', access: 'Allow', protocol: 'Tcp', priority: 300, sourcePortRange: '*' },
        ...{
          sourceAddressPrefix: 'AzureMachineLearning',
          destinationAddressPrefix: '*',
          destinationPortRange: '44224',
        },
      },
    };
    const properties = {
      securityRules: [...rules, inbound],
      defaultSecurityRules: defaults,
      subnets: [{ id: place.id }],
      provisioningState: 'Succeeded',
    };
    const type = 'Microsoft.Network/networkSecurityGroups';
    snapshot.resources = snapshot.resources.filter((resource) => !called(resource.id, 'nsg-planted'));
    snapshot.resources.push({
      id,
      type,
      apiVersion: place.apiVersion,
      body: { id, location: 'westeurope', properties },
    });
    place.body.properties.networkSecurityGroup = { id };
  };

/** A security group on a subnet with one deny before the defaults. */
export const denies = (
  at: string,
  { direction = 'Outbound', destination = '*', source = '*', ports = '*' }: Denied,
): ((snapshot: EditableSnapshot) => void) =>
  guards(at, [
    {
      name: 'Planted',
      properties: {
        ...{
          direction,
          access: 'Deny',
          protocol: '*',
          priority: 200,
          sourceAddressPrefix: source,
          sourcePortRange: '*',
        },
        ...{ destinationAddressPrefix: destination, destinationPortRange: ports },
      },
    },
  ]);

/** All traffic of a subnet goes to one next hop. */
const routed =
  (at: string, nextHopType: string, nextHopIpAddress?: string) =>
  (snapshot: EditableSnapshot): void => {
    const place = subnet(snapshot, at);
    const id = `${group(snapshot)}/providers/Microsoft.Network/routeTables/rt-planted`;
    const route = {
      name: 'all',
      id: `${id}/routes/all`,
      properties: { addressPrefix: '0.0.0.0/0', nextHopType, ...(nextHopIpAddress ? { nextHopIpAddress } : {}) },
    };
    const properties = { routes: [route], subnets: [{ id: place.id }], disableBgpRoutePropagation: false };
    const type = 'Microsoft.Network/routeTables';
    snapshot.resources.push({
      id,
      type,
      apiVersion: place.apiVersion,
      body: { id, location: 'westeurope', properties },
    });
    place.body.properties.routeTable = { id };
  };

/** What the service says of the connection of a private endpoint. */
const inState = (endpoint: string, status: string) => (snapshot: EditableSnapshot) => {
  const state = { status, description: 'no', actionsRequired: 'None' };
  for (const { id, body } of snapshot.resources) {
    for (const list of ['privateLinkServiceConnections', 'manualPrivateLinkServiceConnections'] as const) {
      if (called(id, endpoint))
        for (const link of body.properties?.[list] ?? []) link.properties.privateLinkServiceConnectionState = state;
    }
    if (id.includes(`/privateEndpointConnections/${endpoint}`))
      body.properties.privateLinkServiceConnectionState = state;
    for (const link of body.properties?.privateEndpointConnections ?? []) {
      if (
        String(link.properties?.privateEndpoint?.id ?? link.id)
          .toLowerCase()
          .includes(endpoint)
      ) {
        link.properties.privateLinkServiceConnectionState = state;
      }
    }
  }
};
const rejected = (endpoint: string) => inState(endpoint, 'Rejected');
const noRecord = (zone: string, name: string) => (snapshot: EditableSnapshot) => {
  drop(snapshot, ({ id }) => id.toLowerCase().includes(`/${zone}/a/`) && called(id, name));
  drop(
    snapshot,
    ({ id, body }) =>
      /privateDnsZoneGroups/i.test(id) && JSON.stringify(body).includes(zone) && id.includes(`pe-${name}`),
  );
};
export const unlinked = (zone: string) => (snapshot: EditableSnapshot) =>
  drop(snapshot, ({ id }) => id.toLowerCase().includes(`/${zone}/virtualnetworklinks/`));

const account = (snapshot: EditableSnapshot): Body => one(snapshot, 'stmlsim', 'storageAccounts').body.properties;
const vault = (snapshot: EditableSnapshot): Body => one(snapshot, 'kv-mlsim', 'vaults').body.properties;
const registry = (snapshot: EditableSnapshot): Body => one(snapshot, 'acrmlsim', 'registries').body.properties;
const workspace = (snapshot: EditableSnapshot): Body => one(snapshot, 'mlw-sim', 'workspaces').body.properties;
const cluster = (snapshot: EditableSnapshot): Body => one(snapshot, 'cpu-cluster', 'computes').body.properties;
const withoutTraining = (rules: { id?: string; virtualNetworkResourceId?: string }[]) =>
  rules.filter(({ id, virtualNetworkResourceId }) => !/snet-train$/i.test(id ?? virtualNetworkResourceId ?? ''));
const withoutRule = (name: RegExp) => (snapshot: EditableSnapshot) => {
  drop(snapshot, ({ id }) => /\/outboundRules\//i.test(id) && name.test(id));
  const rules = workspace(snapshot).managedNetwork?.outboundRules;
  if (rules) for (const key of Object.keys(rules)) if (name.test(`/${key}`)) delete rules[key];
};

const P = { world: 'closed-private-endpoint' } as const;
const S = { world: 'closed-service-endpoint' } as const;
const M = { world: 'closed-managed-network' } as const;
const H = { world: 'closed-hub-spoke' } as const;

export const jobFaults: readonly JobFault[] = [
  {
    ...P,
    says: 'the registry refuses its endpoint',
    job: 'built',
    leg: 'image',
    cause: /acr\.private-endpoint/,
    plant: rejected('pe-acrmlsim-registry'),
  },
  {
    ...P,
    says: 'no record of the account',
    job: 'plain',
    leg: 'data',
    cause: /storage\.private-dns|dns\.endpoint-record/,
    plant: noRecord('privatelink.blob.core.windows.net', 'stmlsim'),
  },
  {
    ...P,
    says: 'the blob zone is not linked',
    job: 'plain',
    leg: 'data',
    cause: /storage\.private-dns|endpoint-path/,
    plant: unlinked('privatelink.blob.core.windows.net'),
  },
  {
    ...P,
    says: 'the file zone is not linked',
    job: 'share',
    leg: 'data',
    cause: /storage\.private-dns|endpoint-path/,
    plant: unlinked('privatelink.file.core.windows.net'),
  },
  {
    ...P,
    says: 'the workspace zone is not linked',
    job: 'plain',
    leg: 'tracking',
    cause: /workspace\.private-dns|endpoint-path/,
    plant: unlinked('privatelink.api.azureml.ms'),
  },
  {
    ...P,
    says: 'the registry zone is not linked',
    job: 'built',
    leg: 'image',
    cause: /acr\.private-endpoint|endpoint-path/,
    plant: unlinked('privatelink.azurecr.io'),
  },
  {
    ...P,
    says: 'the account refuses its endpoint',
    job: 'plain',
    leg: 'data',
    cause: /storage\.private-endpoints/,
    plant: rejected('pe-stmlsim-blob'),
  },
  {
    ...P,
    says: 'the workspace refuses its endpoint',
    job: 'plain',
    leg: 'submit',
    cause: /workspace\.private-endpoint/,
    plant: rejected('pe-mlw-sim-amlworkspace'),
  },
  {
    ...P,
    says: 'an NSG denies the virtual network',
    job: 'plain',
    leg: 'data',
    cause: /nsg\.outbound-vnet|endpoint-path|nsg-planted/,
    plant: denies('snet-train', { destination: 'VirtualNetwork' }),
  },
  {
    ...P,
    says: 'an NSG at the endpoints denies 443',
    job: 'plain',
    leg: 'data',
    cause: /endpoint-path|nsg-planted/,
    plant: (snapshot) => {
      denies('snet-pe', { direction: 'Inbound', ports: '443' })(snapshot);
      subnet(snapshot, 'snet-pe').body.properties.privateEndpointNetworkPolicies = 'Enabled';
    },
  },
  {
    ...P,
    says: 'no compute builds images',
    job: 'built',
    leg: 'build',
    cause: /acr\.image-build-compute/,
    plant: (snapshot) => {
      delete workspace(snapshot).imageBuildCompute;
    },
  },
  {
    ...P,
    says: 'the cluster failed',
    job: 'plain',
    leg: 'compute',
    cause: /Failed/,
    plant: (snapshot) => {
      cluster(snapshot).provisioningState = 'Failed';
    },
  },
  {
    ...P,
    says: 'there is no such cluster',
    job: 'plain',
    leg: 'compute',
    cause: /no compute named cpu-cluster/,
    plant: (snapshot) => drop(snapshot, ({ id }) => called(id, 'cpu-cluster')),
  },
  {
    ...P,
    says: 'the cluster has no node',
    job: 'plain',
    leg: 'compute',
    cause: /maximum of 0 nodes/,
    plant: (snapshot) => {
      cluster(snapshot).properties.scaleSettings.maxNodeCount = 0;
    },
  },
  {
    ...P,
    says: 'the subnet is delegated',
    job: 'plain',
    leg: 'compute',
    cause: /compute\.subnet-not-delegated/,
    plant: (snapshot) => {
      subnet(snapshot, 'snet-train').body.properties.delegations = [
        { name: 'd', properties: { serviceName: 'Microsoft.Web/serverFarms' } },
      ];
    },
  },
  {
    ...P,
    says: 'the subnet is too small',
    job: 'plain',
    leg: 'compute',
    cause: /compute\.subnet-free-ips/,
    plant: (snapshot) => {
      cluster(snapshot).properties.scaleSettings.maxNodeCount = 4000;
    },
  },
  {
    ...P,
    says: 'nodes are unusable',
    job: 'plain',
    leg: 'compute',
    cause: /compute\.unusable-nodes/,
    plant: (snapshot) => {
      cluster(snapshot).properties.nodeStateCounts = {
        ...cluster(snapshot).properties.nodeStateCounts,
        unusableNodeCount: 2,
      };
    },
  },
  {
    ...P,
    says: 'the workspace refuses the v2 API',
    job: 'plain',
    leg: 'submit',
    cause: /workspace\.v1-legacy-mode/,
    plant: (snapshot) => {
      workspace(snapshot).v1LegacyMode = true;
    },
  },
  {
    ...P,
    says: 'the account refuses its keys',
    job: 'plain',
    leg: 'service',
    cause: /storage\.shared-key-access/,
    plant: (snapshot) => {
      account(snapshot).allowSharedKeyAccess = false;
    },
  },
  {
    ...P,
    says: 'the account trusts no service',
    job: 'plain',
    leg: 'service',
    cause: /storage\.resource-instance-rule/,
    plant: (snapshot) => {
      Object.assign(account(snapshot).networkAcls, { bypass: 'None', resourceAccessRules: [] });
    },
  },
  {
    ...P,
    says: 'the vault trusts no service',
    job: 'plain',
    leg: 'service',
    cause: /keyvault\.bypass-azure-services/,
    plant: (snapshot) => {
      vault(snapshot).networkAcls.bypass = 'None';
    },
  },
  {
    ...P,
    says: 'the datastore does not exist',
    job: 'plain',
    leg: 'data',
    cause: /no datastore named trainingdata/,
    plant: (snapshot) => drop(snapshot, ({ id }) => called(id, 'trainingdata')),
  },
  {
    ...P,
    says: 'Internet traffic is dropped',
    job: 'plain',
    leg: 'image',
    cause: /udr\.|None|drop/,
    plant: routed('snet-train', 'None'),
  },
  {
    ...P,
    says: 'nothing leads out',
    job: 'plain',
    leg: 'compute',
    cause: /compute\.explicit-outbound/,
    plant: (snapshot) => {
      const { properties } = subnet(snapshot, 'snet-train').body;
      delete properties.natGateway;
      properties.defaultOutboundAccess = false;
    },
  },
  {
    ...S,
    says: 'the account does not allow the subnet',
    job: 'plain',
    leg: 'data',
    cause: /storage\.vnet-rule-compute-subnet/,
    plant: (snapshot) => {
      account(snapshot).networkAcls.virtualNetworkRules = withoutTraining(
        account(snapshot).networkAcls.virtualNetworkRules,
      );
    },
  },
  {
    ...S,
    says: 'the subnet has no service endpoint',
    job: 'plain',
    leg: 'data',
    cause: /storage\.subnet-service-endpoint/,
    plant: (snapshot) => {
      const { properties } = subnet(snapshot, 'snet-train').body;
      properties.serviceEndpoints = properties.serviceEndpoints.filter((each: Body) => !/Storage/.test(each.service));
    },
  },
  {
    ...S,
    says: 'the registry does not allow the subnet',
    job: 'built',
    leg: 'image',
    cause: /acr\.vnet-rule-compute-subnet/,
    plant: (snapshot) => {
      registry(snapshot).networkRuleSet.virtualNetworkRules = withoutTraining(
        registry(snapshot).networkRuleSet.virtualNetworkRules,
      );
    },
  },
  {
    ...S,
    says: 'the account is closed to public networks',
    job: 'plain',
    leg: 'data',
    cause: /storage\.public-network-access|Disabled/,
    plant: (snapshot) => {
      account(snapshot).publicNetworkAccess = 'Disabled';
    },
  },
  {
    ...S,
    says: 'an NSG denies Storage',
    job: 'plain',
    leg: 'data',
    cause: /nsg\.outbound-storage/,
    plant: denies('snet-train', { destination: 'Storage' }),
  },
  {
    ...S,
    says: 'an NSG denies SMB',
    job: 'share',
    leg: 'data',
    cause: /nsg\.outbound-storage-445/,
    plant: denies('snet-train', { destination: 'Storage', ports: '445' }),
  },
  {
    ...S,
    says: 'an NSG denies the registry',
    job: 'built',
    leg: 'image',
    cause: /nsg\.outbound-acr/,
    plant: denies('snet-train', { destination: 'AzureContainerRegistry' }),
  },
  {
    ...S,
    says: 'an NSG denies the Microsoft registry',
    job: 'plain',
    leg: 'image',
    cause: /nsg\.outbound-mcr/,
    plant: denies('snet-train', { destination: 'MicrosoftContainerRegistry' }),
  },
  {
    ...S,
    says: 'an NSG denies its Front Door',
    job: 'plain',
    leg: 'image',
    cause: /nsg\.outbound-frontdoor-firstparty/,
    plant: denies('snet-train', { destination: 'AzureFrontDoor.FirstParty' }),
  },
  {
    ...S,
    says: 'an NSG denies Azure Machine Learning',
    job: 'plain',
    leg: 'compute',
    cause: /nsg\.outbound-azureml-ports/,
    plant: denies('snet-train', { destination: 'AzureMachineLearning' }),
  },
  {
    ...S,
    says: 'an NSG denies Azure Machine Learning to metrics',
    job: 'plain',
    leg: 'tracking',
    cause: /nsg\.outbound-azureml/,
    plant: denies('snet-train', { destination: 'AzureMachineLearning' }),
  },
  {
    ...S,
    says: 'an NSG denies Entra ID',
    job: 'plain',
    leg: 'compute',
    cause: /nsg\.outbound-entra/,
    plant: denies('snet-train', { destination: 'AzureActiveDirectory' }),
  },
  {
    ...S,
    says: 'an NSG denies Batch',
    job: 'plain',
    leg: 'compute',
    cause: /nsg\.outbound-batchnodemanagement/,
    plant: denies('snet-train', { destination: 'BatchNodeManagement' }),
  },
  {
    ...S,
    says: 'an NSG denies inbound 44224',
    job: 'plain',
    leg: 'compute',
    cause: /nsg\.inbound-azureml-44224/,
    plant: denies('snet-train', { direction: 'Inbound', source: 'AzureMachineLearning' }),
  },
  {
    ...S,
    says: 'an NSG denies Azure Monitor',
    job: 'plain',
    leg: 'telemetry',
    cause: /nsg\.outbound-azuremonitor/,
    plant: denies('snet-train', { destination: 'AzureMonitor' }),
  },
  {
    ...S,
    says: 'all traffic goes to an appliance',
    job: 'plain',
    leg: 'compute',
    cause: /udr\./,
    plant: routed('snet-train', 'VirtualAppliance', '10.0.9.4'),
  },
  {
    ...S,
    says: 'the workspace is closed',
    job: 'plain',
    leg: 'submit',
    cause: /workspace\.private-endpoint/,
    plant: (snapshot) => {
      workspace(snapshot).publicNetworkAccess = 'Disabled';
      workspace(snapshot).privateEndpointConnections = [];
    },
  },
  {
    ...S,
    says: 'the operator is not allowed at the account',
    job: 'plain',
    leg: 'upload',
    cause: /storage\.dev-client-ip/,
    plant: (snapshot) => {
      snapshot.intents = { ...snapshot.intents, devClientIps: ['203.0.113.99'] };
    },
  },
  {
    ...M,
    says: 'no rule to the account',
    job: 'plain',
    leg: 'data',
    cause: /storage\.private-endpoints|no rule matches|denies by default/,
    plant: withoutRule(/\/stmlsim-blob$|stmlsim.*blob/i),
  },
  {
    ...M,
    says: 'no rule to the registry',
    job: 'built',
    leg: 'image',
    cause: /acr\.private-endpoint|Disabled/,
    plant: withoutRule(/acrmlsim/i),
  },
  {
    ...M,
    says: 'no rule to the Microsoft registry',
    job: 'plain',
    leg: 'image',
    cause: /no rule matches|managed network/,
    plant: withoutRule(/MicrosoftContainerRegistry/i),
  },
  {
    ...M,
    says: 'not provisioned',
    job: 'plain',
    leg: 'compute',
    cause: /workspace\.managed-network-provisioned/,
    plant: (snapshot) => {
      workspace(snapshot).managedNetwork.status = { status: 'Inactive', sparkReady: false };
    },
  },
  {
    ...M,
    says: 'no rule to the package index',
    job: 'built',
    leg: 'packages',
    cause: /pypi\.org|service tags only|no rule matches/,
    plant: withoutRule(/\/pypi$/i),
  },
  {
    ...M,
    says: 'a compute outside the managed network',
    job: 'plain',
    leg: 'compute',
    cause: /compute\.managed-network-conflict/,
    plant: (snapshot) => {
      cluster(snapshot).properties.subnet = { id: subnet(snapshot, 'snet-desks').id };
    },
  },
  {
    ...M,
    says: 'the account refuses the endpoint of the service',
    job: 'online',
    leg: 'data',
    cause: /not approved|storage\.private-endpoints/,
    plant: (snapshot) => {
      for (const link of account(snapshot).privateEndpointConnections)
        if (!/pe-stmlsim/.test(JSON.stringify(link)))
          link.properties.privateLinkServiceConnectionState = {
            status: 'Rejected',
            description: '',
            actionsRequired: 'None',
          };
    },
  },
  {
    ...H,
    says: 'the firewall has no rules',
    job: 'plain',
    leg: 'data',
    cause: /fw-hub denies/,
    plant: (snapshot) => {
      for (const { type, body } of snapshot.resources)
        if (/ruleCollectionGroups$/i.test(type)) body.properties.ruleCollections = [];
    },
  },
  {
    ...H,
    says: 'the peering allows no access',
    job: 'built',
    leg: 'image',
    cause: /endpoint-path|allows no access/,
    plant: (snapshot) => {
      for (const { properties } of one(snapshot, 'vnet-ml', 'virtualNetworks').body.properties.virtualNetworkPeerings)
        properties.allowVirtualNetworkAccess = false;
    },
  },
  {
    ...P,
    says: 'a Data Lake has no endpoint for dfs',
    job: 'plain',
    leg: 'data',
    cause: /does not use a private endpoint|storage\.private-endpoints/,
    plant: (snapshot) => {
      const { properties } = one(snapshot, 'trainingdata', 'datastores').body;
      Object.assign(properties, { datastoreType: 'AzureDataLakeGen2', filesystem: 'images' });
      one(snapshot, 'stmldata', 'storageAccounts').body.properties.isHnsEnabled = true;
    },
  },
  {
    ...P,
    says: 'the account has not approved the endpoint',
    job: 'plain',
    leg: 'data',
    cause: /storage\.private-endpoints|not approved|Pending/,
    plant: inState('pe-stmldata-blob', 'Pending'),
  },
  {
    ...P,
    says: 'the instance is stopped',
    job: 'instance',
    leg: 'compute',
    cause: /ci-anna is in state Stopped/,
    plant: (snapshot) => {
      one(snapshot, 'ci-anna', 'computes').body.properties.properties.state = 'Stopped';
    },
  },
  {
    ...P,
    says: 'no cores are left for one node',
    job: 'plain',
    leg: 'compute',
    cause: /one needs 4 cores, and 2 of 40/,
    plant: (snapshot) => {
      cluster(snapshot).properties.currentNodeCount = 0;
      for (const { id, body } of snapshot.resources)
        if (/MachineLearningServices\/locations\/[^/]+\/usages$/i.test(id))
          for (const one of body.value) Object.assign(one, { limit: 40, currentValue: 38 });
    },
  },
  {
    ...P,
    says: 'the NAT gateway has no address',
    job: 'plain',
    leg: 'compute',
    cause: /nat-ml has no public IP address/,
    plant: (snapshot) => {
      const { id } = subnet(snapshot, 'snet-train').body.properties.natGateway;
      const type = 'Microsoft.Network/natGateways';
      snapshot.resources.push({ id, type, apiVersion: '2024-01-01', body: { id, properties: {} } });
    },
  },
  {
    ...M,
    says: 'not provisioned for Spark',
    job: 'spark',
    leg: 'compute',
    cause: /sparkReady is false/,
    plant: (snapshot) => {
      workspace(snapshot).managedNetwork.status = { status: 'Active', sparkReady: false };
    },
  },
  {
    ...M,
    says: 'no rule for the hosts that Docker Hub signs in at',
    job: 'hub',
    leg: 'image',
    cause: /auth\.docker\.io/,
    plant: (snapshot) => {
      const pypi = one(snapshot, 'pypi', 'outboundRules');
      const body = { ...pypi.body, properties: { ...pypi.body.properties, destination: 'registry-1.docker.io' } };
      const id = pypi.id.replace(/pypi$/i, 'hub');
      snapshot.resources.push({ ...pypi, id, body });
      for (const list of snapshot.collections) if (list.members.includes(pypi.id)) list.members.push(id);
    },
  },
];
