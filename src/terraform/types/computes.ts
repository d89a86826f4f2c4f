// Computes beside the workspace: AKS, Databricks, virtual machines and their interfaces, container groups.
import type { Json, JsonObject } from '../../model/json.ts';
import { withMember } from '../../model/pointer.ts';
import type { TerraformBlock } from '../block.ts';
import {
  inProperties,
  mapped,
  members,
  reference,
  some,
  type TerraformPart,
  type TerraformResource,
  type TerraformTypes,
  withItem,
} from '../type.ts';

const pool = (block: TerraformBlock, mode: Json): JsonObject =>
  members({
    ...{ name: block.value('name'), mode, vmSize: block.value('vm_size') },
    vnetSubnetID: block.link('vnet_subnet_id'),
    podSubnetID: block.link('pod_subnet_id'),
    count: block.value('node_count'),
    maxCount: block.value('max_count'),
    maxPods: block.value('max_pods'),
    enableAutoScaling: block.value('auto_scaling_enabled') ?? block.value('enable_auto_scaling'),
    upgradeSettings: block.within('upgrade_settings', (one) => members({ maxSurge: one.value('max_surge') })),
  });

const cluster: TerraformResource = {
  arm: 'Microsoft.ContainerService/managedClusters',
  body: (block) => ({
    ...members({ location: block.value('location') }),
    properties: members({
      agentPoolProfiles: block.each('default_node_pool', (one) => pool(one, 'System')),
      apiServerAccessProfile: members({
        enablePrivateCluster: block.or('private_cluster_enabled', false),
        enablePrivateClusterPublicFQDN: block.or('private_cluster_public_fqdn_enabled', false),
        // The second is of 3.x and older.
        authorizedIPRanges:
          some(block.within('api_server_access_profile', (one) => one.value('authorized_ip_ranges'))) ??
          some(block.value('api_server_authorized_ip_ranges')),
      }),
      disableLocalAccounts: block.or('local_account_disabled', false),
      networkProfile: block.within('network_profile', (one) =>
        members({
          networkPlugin: one.value('network_plugin'),
          networkPluginMode: one.value('network_plugin_mode'),
          serviceCidr: one.value('service_cidr'),
          dnsServiceIP: one.value('dns_service_ip'),
          podCidr: one.value('pod_cidr'),
          dockerBridgeCidr: one.value('docker_bridge_cidr'),
          loadBalancerSku: one.or('load_balancer_sku', 'standard'),
          outboundType: one.or('outbound_type', 'loadBalancer'),
        }),
      ) ?? { loadBalancerSku: 'standard', outboundType: 'loadBalancer' },
    }),
  }),
};

const nodePool: TerraformPart = {
  onto: (block) => block.link('kubernetes_cluster_id'),
  add: (body, block) => withItem(body, 'agentPoolProfiles', pool(block, block.or('mode', 'User'))),
};

/** Databricks wraps each value. */
const parameter = (value: Json | undefined): JsonObject | undefined => (value === undefined ? undefined : { value });

const databricks: TerraformResource = {
  arm: 'Microsoft.Databricks/workspaces',
  body: (block) => ({
    ...members({ location: block.value('location') }),
    sku: members({ name: block.value('sku') }),
    properties: members({
      publicNetworkAccess: block.choice('public_network_access_enabled', true, 'Enabled', 'Disabled'),
      requiredNsgRules: block.value('network_security_group_rules_required'),
      parameters: block.within('custom_parameters', (one) =>
        members({
          customVirtualNetworkId: parameter(one.link('virtual_network_id')),
          customPublicSubnetName: parameter(one.value('public_subnet_name')),
          customPrivateSubnetName: parameter(one.value('private_subnet_name')),
          enableNoPublicIp: parameter(one.or('no_public_ip', true)),
        }),
      ),
    }),
  }),
};

const machine = (osType: (block: TerraformBlock) => Json | undefined): TerraformResource => ({
  arm: 'Microsoft.Compute/virtualMachines',
  body: (block) => ({
    ...members({ location: block.value('location') }),
    properties: members({
      hardwareProfile: members({ vmSize: block.value('size') ?? block.value('vm_size') }),
      storageProfile: members({
        osDisk: members({ osType: osType(block) }),
        imageReference: block.within('source_image_reference', (image) =>
          members({ publisher: image.value('publisher'), offer: image.value('offer'), sku: image.value('sku') }),
        ),
      }),
      networkProfile: { networkInterfaces: mapped(block.links('network_interface_ids'), (id) => ({ id })) ?? [] },
    }),
  }),
});

const nic: TerraformResource = {
  arm: 'Microsoft.Network/networkInterfaces',
  body: (block) => ({
    ...members({ location: block.value('location') }),
    properties: members({
      ipConfigurations: block.each('ip_configuration', (one) => ({
        ...members({ name: one.value('name') }),
        properties: members({
          subnet: reference(one.link('subnet_id')),
          privateIPAddress: one.value('private_ip_address'),
          publicIPAddress: reference(one.link('public_ip_address_id')),
        }),
      })),
    }),
  }),
};

const groupOfNic: TerraformPart = {
  onto: (block) => block.link('network_interface_id'),
  add: (body, block) =>
    inProperties(body, (properties) =>
      withMember(properties, 'networkSecurityGroup', reference(block.link('network_security_group_id'))),
    ),
};

const containers: TerraformResource = {
  arm: 'Microsoft.ContainerInstance/containerGroups',
  body: (block) => ({
    ...members({ location: block.value('location') }),
    properties: members({
      osType: block.value('os_type'),
      ipAddress: members({ type: block.or('ip_address_type', 'Public') }),
      subnetIds: some(mapped(block.links('subnet_ids'), (id) => ({ id }))),
      containers: block.each('container', (one) => ({
        ...members({ name: one.value('name') }),
        properties: members({ image: one.value('image') }),
      })),
    }),
  }),
};

export const computes: TerraformTypes = {
  azurerm_kubernetes_cluster: cluster,
  azurerm_kubernetes_cluster_node_pool: nodePool,
  azurerm_databricks_workspace: databricks,
  azurerm_linux_virtual_machine: machine(() => 'Linux'),
  azurerm_windows_virtual_machine: machine(() => 'Windows'),
  azurerm_virtual_machine: machine(
    (block) =>
      // The older type says it by which profile it has.
      block.within('os_profile_linux_config', () => 'Linux') ??
      block.within('os_profile_windows_config', () => 'Windows'),
  ),
  azurerm_network_interface: nic,
  azurerm_network_interface_security_group_association: groupOfNic,
  azurerm_container_group: containers,
};
