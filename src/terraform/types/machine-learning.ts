// Azure Machine Learning: workspaces, hubs and projects, computes, datastores, outbound rules of managed networks.
import type { Json } from '../../model/json.ts';
import { isObject, type JsonObject } from '../../model/json.ts';
import { member, withMember } from '../../model/pointer.ts';
import { isUnresolved } from '../../model/unresolved.ts';
import type { TerraformBlock } from '../block.ts';
import {
  inProperties,
  members,
  reference,
  type TerraformPart,
  type TerraformResource,
  type TerraformTypes,
} from '../type.ts';

const workspaceType = 'Microsoft.MachineLearningServices/workspaces';

const dependencies = (block: TerraformBlock) => ({
  storageAccount: block.link('storage_account_id'),
  keyVault: block.link('key_vault_id'),
  containerRegistry: block.link('container_registry_id'),
  applicationInsights: block.link('application_insights_id'),
});

/** Without a block the network is the operator's own. */
const managedNetwork = (block: TerraformBlock) =>
  block.within('managed_network', (network) =>
    members({ isolationMode: network.or('isolation_mode', 'Disabled') }),
  ) ?? { isolationMode: 'Disabled' };

const envelope = (block: TerraformBlock, kind: Json) =>
  members({
    location: block.value('location'),
    kind,
    sku: { name: block.or('sku_name', 'Basic') },
    identity: block.within('identity', (identity) => members({ type: identity.value('type') })),
  });

const workspace: TerraformResource = {
  arm: workspaceType,
  body: (block) => ({
    ...envelope(block, block.or('kind', 'Default')),
    properties: members({
      ...dependencies(block),
      publicNetworkAccess: block.choice('public_network_access_enabled', true, 'Enabled', 'Disabled'),
      allowPublicAccessWhenBehindVnet: block.value('public_access_behind_virtual_network_enabled'),
      imageBuildCompute: block.value('image_build_compute_name'),
      hbiWorkspace: block.value('high_business_impact'),
      v1LegacyMode: block.or('v1_legacy_mode_enabled', false),
      managedNetwork: managedNetwork(block),
      provisionNetworkNow: block.within('managed_network', (network) =>
        network.or('provision_on_creation_enabled', false),
      ),
      serverlessComputeSettings: block.within('serverless_compute', (serverless) =>
        members({
          serverlessComputeCustomSubnet: serverless.link('subnet_id'),
          serverlessComputeNoPublicIP: serverless.choice('public_ip_enabled', false, false, true),
        }),
      ),
    }),
  }),
};

const hub: TerraformResource = {
  arm: workspaceType,
  body: (block) => ({
    ...envelope(block, 'Hub'),
    properties: members({
      ...dependencies(block),
      publicNetworkAccess: block.or('public_network_access', 'Enabled'),
      managedNetwork: managedNetwork(block),
    }),
  }),
};

const project: TerraformResource = {
  arm: workspaceType,
  body: (block) => ({
    ...envelope(block, 'Project'),
    properties: members({ hubResourceId: block.link('ai_services_hub_id') }),
  }),
};

const computeOf = (
  computeType: string,
  properties: (block: TerraformBlock) => JsonObject,
  more: (block: TerraformBlock) => JsonObject = () => ({}),
): TerraformResource => ({
  arm: `${workspaceType}/computes`,
  parent: (block) => block.link('machine_learning_workspace_id'),
  body: (block) => ({
    ...members({ location: block.value('location') }),
    properties: { computeType, ...more(block), properties: properties(block) },
  }),
});

const subnet = (block: TerraformBlock) => reference(block.link('subnet_resource_id'));

const cluster = computeOf(
  'AmlCompute',
  (block) =>
    members({
      vmSize: block.value('vm_size'),
      vmPriority: block.value('vm_priority'),
      enableNodePublicIp: block.or('node_public_ip_enabled', true),
      subnet: subnet(block),
      remoteLoginPortPublicAccess: block.choice('ssh_public_access_enabled', false, 'Enabled', 'Disabled'),
      scaleSettings: block.within('scale_settings', (scale) =>
        members({ minNodeCount: scale.value('min_node_count'), maxNodeCount: scale.value('max_node_count') }),
      ),
    }),
  (block) =>
    members({
      computeLocation: block.value('location'),
      disableLocalAuth: block.choice('local_auth_enabled', true, false, true),
    }),
);

const instance = computeOf('ComputeInstance', (block) =>
  members({
    vmSize: block.value('virtual_machine_size'),
    enableNodePublicIp: block.or('node_public_ip_enabled', true),
    subnet: subnet(block),
    sshSettings: block.within('ssh', () => ({ sshPublicAccess: 'Enabled' })) ?? { sshPublicAccess: 'Disabled' },
  }),
);

const attachedCluster = computeOf(
  'AKS',
  () => ({}),
  (block) => members({ resourceId: block.link('kubernetes_cluster_id') }),
);
const synapse = computeOf(
  'SynapseSpark',
  () => ({}),
  (block) => members({ resourceId: block.link('synapse_spark_pool_id') }),
);

/** The account is a part of the id of its container or share. */
const datastore = (datastoreType: string, container: string): TerraformResource => ({
  arm: `${workspaceType}/datastores`,
  parent: (block) => block.link('workspace_id'),
  body: (block) => {
    const id = block.link(container);
    const account = typeof id === 'string' ? /\/storageAccounts\/([^/]+)/i.exec(id)?.[1] : id;
    return { properties: members({ datastoreType, accountName: account, isDefault: block.value('is_default') }) };
  },
});

/** Rules of a managed network are members of the workspace by name. */
const outboundRule = (rule: (block: TerraformBlock) => JsonObject): TerraformPart => ({
  onto: (block) => block.link('workspace_id'),
  add(body, block) {
    const name = block.text('name') ?? block.context.instance.address;
    return inProperties(body, (properties) => {
      const network = member(properties, 'managedNetwork') ?? {};
      if (!isObject(network) || isUnresolved(network)) return properties;
      const rules = member(network, 'outboundRules');
      const all = withMember(isObject(rules) ? rules : {}, name, rule(block));
      return withMember(properties, 'managedNetwork', withMember(network, 'outboundRules', all));
    });
  },
});

const ruleTo = 'azurerm_machine_learning_workspace_network_outbound_rule';

export const machineLearning: TerraformTypes = {
  azurerm_machine_learning_workspace: workspace,
  azurerm_ai_foundry: hub,
  azurerm_ai_foundry_project: project,
  azurerm_machine_learning_compute_cluster: cluster,
  azurerm_machine_learning_compute_instance: instance,
  azurerm_machine_learning_inference_cluster: attachedCluster,
  azurerm_machine_learning_synapse_spark: synapse,
  azurerm_machine_learning_datastore_blobstorage: datastore('AzureBlob', 'storage_container_id'),
  azurerm_machine_learning_datastore_fileshare: datastore('AzureFile', 'storage_fileshare_id'),
  azurerm_machine_learning_datastore_datalake_gen2: datastore('AzureDataLakeGen2', 'storage_container_id'),
  [`${ruleTo}_private_endpoint`]: outboundRule((block) => ({
    type: 'PrivateEndpoint',
    category: 'UserDefined',
    destination: members({
      serviceResourceId: block.link('service_resource_id'),
      subresourceTarget: block.value('sub_resource_target'),
      sparkEnabled: block.value('spark_enabled'),
    }),
  })),
  [`${ruleTo}_fqdn`]: outboundRule((block) =>
    members({ type: 'FQDN', category: 'UserDefined', destination: block.value('destination_fqdn') }),
  ),
  [`${ruleTo}_service_tag`]: outboundRule((block) => ({
    type: 'ServiceTag',
    category: 'UserDefined',
    destination: members({
      serviceTag: block.value('service_tag'),
      protocol: block.value('protocol'),
      portRanges: block.value('port_ranges'),
    }),
  })),
};
