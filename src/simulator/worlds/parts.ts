// Bodies as Azure gives them, as JSON text, with what worlds differ in left open. Text, because it holds number texts and
// unknown members that objects would spoil.
import {
  cluster,
  endpoint,
  group,
  insights,
  network,
  region,
  registry,
  subscription,
  tenant,
  trainGroup,
  vault,
  workspace,
} from './names.ts';

const principal = '55555555-5555-5555-5555-555555555555';
const etag = 'W/\\"5b1f0d3e-7a40-4f0c-9d51-0c6f2f6c1a01\\"';
const name = (id: string): string => id.slice(id.lastIndexOf('/') + 1);
const joined = (items: readonly string[]): string => items.join(',');

export const list = (items: readonly string[]): string => `[${joined(items)}]`;

export function resourceGroup(): string {
  return `{"id": "${group}", "name": "rg-ml", "type": "Microsoft.Resources/resourceGroups", "location": "${region}",
    "tags": {"costCenter": "4711", "2024": "budget"}, "properties": {"provisioningState": "Succeeded"}}`;
}

/** `extra`: more members of `properties`, each with a comma in front. */
export function workspaceBody(extra = ''): string {
  return `{"id": "${workspace}", "name": "mlw-sim", "type": "Microsoft.MachineLearningServices/workspaces", "location": "${region}",
    "tags": {"team": "vision"}, "etag": null, "kind": "Default", "sku": {"name": "Basic", "tier": "Basic"},
    "identity": {"type": "SystemAssigned", "principalId": "${principal}", "tenantId": "${tenant}"},
    "properties": {"friendlyName": "mlw-sim", "description": "", "provisioningState": "Succeeded",
      "storageAccount": "${`${group}/providers/Microsoft.Storage/storageAccounts/stmlsim`.toLowerCase()}",
      "keyVault": "${vault.toLowerCase()}", "applicationInsights": "${insights}", "containerRegistry": "${registry}",
      "hbiWorkspace": false, "tenantId": "${tenant}", "creationTime": "2024-03-04T08:12:07.9603954+00:00",
      "notebookInfo": {"resourceId": "ac1da12724f346c09a3eaf3da59910d5", "fqdn": "ml-mlw-sim-westeurope.westeurope.notebooks.azure.net",
        "isPrivateLinkEnabled": false, "notebookPreparationError": null},
      "storageHnsEnabled": false, "workspaceId": "66666666-6666-6666-6666-666666666666", "linkedModelInventoryArmId": null,
      "allowPublicAccessWhenBehindVnet": true, "publicNetworkAccess": "Enabled", "v1LegacyMode": false,
      "discoveryUrl": "https://westeurope.api.azureml.ms/discovery",
      "mlFlowTrackingUri": "azureml://westeurope.api.azureml.ms/mlflow/v1.0${workspace}",
      "managedNetwork": {"isolationMode": "Disabled"},
      "unknownToClients": {"ratio": 1.0, "serial": 12345678901234567890, "2024": "kept in its place", "text": null}${extra}},
    "systemData": {"createdAt": "2024-03-04T08:12:07.9603954Z", "createdBy": "anna@example.org", "createdByType": "User"}}`;
}

/** An AmlCompute cluster. */
export function clusterCompute(compute: string, subnetId: string, vmSize: string, maxNodes: number): string {
  return `{"id": "${workspace}/computes/${compute}", "name": "${compute}", "type": "Microsoft.MachineLearningServices/workspaces/computes",
    "location": "${region}", "tags": {}, "properties": {"createdOn": "2024-03-04T09:19:39.0074366+00:00",
      "modifiedOn": "2024-03-04T09:19:45.7161131+00:00", "disableLocalAuth": true, "description": null, "resourceId": null,
      "computeType": "AmlCompute", "computeLocation": "${region}", "provisioningState": "Succeeded", "provisioningErrors": null,
      "isAttachedCompute": false, "properties": {"vmSize": "${vmSize}", "vmPriority": "Dedicated",
        "scaleSettings": {"maxNodeCount": ${maxNodes}, "minNodeCount": 0, "nodeIdleTimeBeforeScaleDown": "PT120S"},
        "subnet": {"id": "${subnetId}"}, "currentNodeCount": 0, "targetNodeCount": 0,
        "nodeStateCounts": {"preparingNodeCount": 0, "runningNodeCount": 0, "idleNodeCount": 0, "unusableNodeCount": 0,
          "leavingNodeCount": 0, "preemptedNodeCount": 0},
        "allocationState": "Steady", "allocationStateTransitionTime": "2024-03-04T09:19:43.44+00:00", "errors": null,
        "remoteLoginPortPublicAccess": "Disabled", "osType": "Linux", "virtualMachineImage": null, "isolatedNetwork": false,
        "enableNodePublicIp": true}}}`;
}

export function instanceCompute(compute: string, subnetId: string): string {
  return `{"id": "${workspace}/computes/${compute}", "name": "${compute}", "type": "Microsoft.MachineLearningServices/workspaces/computes",
    "location": "${region}", "tags": {}, "properties": {"createdOn": "2024-03-05T07:01:02.0000000+00:00",
      "modifiedOn": "2024-03-05T07:04:02.0000000+00:00", "disableLocalAuth": true, "description": null, "resourceId": null,
      "computeType": "ComputeInstance", "computeLocation": "${region}", "provisioningState": "Succeeded", "provisioningErrors": null,
      "isAttachedCompute": false, "properties": {"vmSize": "STANDARD_DS3_V2", "subnet": {"id": "${subnetId}"},
        "applicationSharingPolicy": "Personal", "sshSettings": {"sshPublicAccess": "Disabled", "adminUserName": "azureuser", "sshPort": 22},
        "state": "Running", "enableNodePublicIp": true, "errors": [], "createdBy": {"userName": "Anna", "userId": "77777777-7777-7777-7777-777777777777"}}}}`;
}

/** `kind`: AzureBlob, AzureFile or AzureDataLakeGen2; `inside`: container, share or file system. */
export function datastore(store: string, kind: string, accountName: string, inside: string, isDefault = false): string {
  const member = kind === 'AzureBlob' ? 'containerName' : kind === 'AzureFile' ? 'fileShareName' : 'filesystem';
  return `{"id": "${workspace}/datastores/${store}", "name": "${store}", "type": "Microsoft.MachineLearningServices/workspaces/datastores",
    "properties": {"description": null, "tags": null, "properties": null, "isDefault": ${isDefault}, "datastoreType": "${kind}",
      "credentials": {"credentialsType": "AccountKey"}, "accountName": "${accountName}", "${member}": "${inside}", "endpoint": "core.windows.net",
      "protocol": "https", "serviceDataAccessAuthIdentity": "None", "subscriptionId": "${subscription}", "resourceGroup": "rg-ml"},
    "systemData": {"createdAt": "2024-03-04T08:15:00.0000000Z", "createdBy": "anna@example.org", "createdByType": "User"}}`;
}

/** The three datastores every workspace is born with, less the two nobody uses. */
export function defaultDatastores(): string[] {
  return [
    datastore('workspaceblobstore', 'AzureBlob', 'stmlsim', 'azureml-blobstore-66666666', true),
    datastore('workspacefilestore', 'AzureFile', 'stmlsim', 'azureml-filestore-66666666'),
  ];
}

interface Firewall {
  readonly bypass: string;
  readonly defaultAction: 'Allow' | 'Deny';
  /** Texts of subnet rules. */
  readonly rules?: readonly string[];
  readonly addresses?: readonly string[];
}

/** A subnet rule; a state other than `Succeeded` is one that storage gave up on. */
export const storageRule = (subnetId: string, state = 'Succeeded'): string =>
  `{"id": "${subnetId}", "action": "Allow", "state": "${state}"}`;

/** `extra`: more members of `properties`, each with a comma in front. */
export function storageAccount(
  accountName: string,
  firewall: Firewall,
  options: { readonly hierarchical?: boolean; readonly publicNetworkAccess?: string; readonly extra?: string } = {},
): string {
  const addresses = (firewall.addresses ?? []).map((value) => `{"value": "${value}", "action": "Allow"}`);
  const at = (service: string): string => `"${service}": "https://${accountName}.${service}.core.windows.net/"`;
  return `{"sku": {"name": "Standard_LRS", "tier": "Standard"}, "kind": "StorageV2",
    "id": "${group}/providers/Microsoft.Storage/storageAccounts/${accountName}", "name": "${accountName}",
    "type": "Microsoft.Storage/storageAccounts", "location": "${region}", "tags": {},
    "properties": {"keyCreationTime": {"key1": "2024-03-04T08:11:17.8473691Z", "key2": "2024-03-04T08:11:17.8473691Z"},
      "publicNetworkAccess": "${options.publicNetworkAccess ?? 'Enabled'}", "allowCrossTenantReplication": false,
      "privateEndpointConnections": [], "minimumTlsVersion": "TLS1_2", "allowBlobPublicAccess": false,
      ${options.hierarchical ? '"isHnsEnabled": true,' : ''}
      "networkAcls": {"resourceAccessRules": [], "bypass": "${firewall.bypass}", "virtualNetworkRules": ${list(firewall.rules ?? [])},
        "ipRules": ${list(addresses)}, "defaultAction": "${firewall.defaultAction}"},
      "supportsHttpsTrafficOnly": true,
      "encryption": {"requireInfrastructureEncryption": false, "services": {
        "file": {"keyType": "Account", "enabled": true, "lastEnabledTime": "2024-03-04T08:11:17.8473691Z"},
        "blob": {"keyType": "Account", "enabled": true, "lastEnabledTime": "2024-03-04T08:11:17.8473691Z"}}, "keySource": "Microsoft.Storage"},
      "accessTier": "Hot", "provisioningState": "Succeeded", "creationTime": "2024-03-04T08:11:17.7692446Z",
      "primaryEndpoints": {${joined(['dfs', 'blob', 'queue', 'table', 'file'].map(at))}},
      "primaryLocation": "${region}", "statusOfPrimary": "available",
      "unknownToClients": {"weight": 1.0, "serial": 12345678901234567890, "tiny": 1E-7}${options.extra ?? ''}}}`;
}

/** Ids of vault rules come back in lower case. */
export const vaultRule = (subnetId: string, ignoreMissing = false): string =>
  `{"id": "${subnetId.toLowerCase()}", "ignoreMissingVnetServiceEndpoint": ${ignoreMissing}}`;

/** Without a firewall the body holds no `networkAcls`, as one that was never set. */
export function vaultBody(firewall: Firewall | null, publicNetworkAccess = 'Enabled'): string {
  const addresses = (firewall?.addresses ?? []).map((value) => `{"value": "${value}"}`);
  const acls = firewall
    ? `"networkAcls": {"bypass": "${firewall.bypass}", "defaultAction": "${firewall.defaultAction}", "ipRules": ${list(addresses)},
        "virtualNetworkRules": ${list(firewall.rules ?? [])}},`
    : '';
  return `{"id": "${vault}", "name": "kv-mlsim", "type": "Microsoft.KeyVault/vaults", "location": "${region}", "tags": {},
    "systemData": {"createdBy": "anna@example.org", "createdByType": "User", "createdAt": "2024-03-04T08:10:40.123Z"},
    "properties": {"sku": {"family": "A", "name": "Standard"}, "tenantId": "${tenant}", ${acls}
      "accessPolicies": [{"tenantId": "${tenant}", "objectId": "${principal}",
        "permissions": {"keys": ["Get", "List"], "secrets": ["Get", "List", "Set", "Delete"], "certificates": []}}],
      "enabledForDeployment": false, "enabledForDiskEncryption": false, "enabledForTemplateDeployment": false,
      "enableSoftDelete": true, "softDeleteRetentionInDays": 90, "enableRbacAuthorization": false,
      "vaultUri": "https://kv-mlsim.vault.azure.net/", "provisioningState": "Succeeded", "publicNetworkAccess": "${publicNetworkAccess}",
      "unknownToClients": {"weight": 2.50, "serial": 98765432109876543210}}}`;
}

const serviceEndpoint = (service: string): string => {
  const locations = service === 'Microsoft.Storage' ? '["westeurope", "northeurope"]' : '["*"]';
  return `{"provisioningState": "Succeeded", "service": "${service}", "locations": ${locations}}`;
};

/** `uses`: how many addresses are taken; `extra`: more members of `properties`, each with a comma in front. */
export function subnetBody(
  id: string,
  prefix: string,
  options: { readonly services?: readonly string[]; readonly uses?: number; readonly extra?: string } = {},
): string {
  const nics = Array.from({ length: options.uses ?? 0 }, (_, index) => {
    const nic = `/subscriptions/88888888-8888-8888-8888-888888888888/resourceGroups/azureml-nodes/providers/Microsoft.Network/networkInterfaces/node-${index}`;
    return `{"id": "${nic}/ipConfigurations/ipconfig"}`;
  });
  return `{"name": "${name(id)}", "id": "${id}", "etag": "${etag}",
    "properties": {"provisioningState": "Succeeded", "addressPrefix": "${prefix}",
      ${nics.length > 0 ? `"ipConfigurations": ${list(nics)},` : ''}
      "serviceEndpoints": ${list((options.services ?? []).map(serviceEndpoint))}, "delegations": [],
      "privateEndpointNetworkPolicies": "Disabled", "privateLinkServiceNetworkPolicies": "Enabled",
      "unknownToClients": {"weight": 1.0, "serial": 12345678901234567890}${options.extra ?? ''}},
    "type": "Microsoft.Network/virtualNetworks/subnets"}`;
}

export function networkBody(id: string, space: string, subnets: readonly string[]): string {
  return `{"name": "${name(id)}", "id": "${id}", "etag": "${etag}", "type": "Microsoft.Network/virtualNetworks", "location": "${region}",
    "tags": {"owner": "network team"},
    "properties": {"provisioningState": "Succeeded", "resourceGuid": "99999999-9999-9999-9999-999999999999",
      "addressSpace": {"addressPrefixes": ["${space}"]}, "subnets": ${list(subnets)}, "virtualNetworkPeerings": [],
      "enableDdosProtection": false, "unknownToClients": {"weight": 1.0}}}`;
}

export function securityGroupBody(): string {
  return `{"name": "nsg-train", "id": "${trainGroup}", "etag": "${etag}", "type": "Microsoft.Network/networkSecurityGroups",
    "location": "${region}", "properties": {"provisioningState": "Succeeded", "resourceGuid": "aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa",
      "securityRules": [${joined([
        securityRule('AllowBatchInbound', 100, 'BatchNodeManagement', '29876-29877', 'TCP'),
        securityRule('AllowMachineLearningInbound', 110, 'AzureMachineLearning', '44224', 'Tcp'),
      ])}]}}`;
}

function securityRule(rule: string, priority: number, source: string, ports: string, protocol: string): string {
  return `{"name": "${rule}", "id": "${trainGroup}/securityRules/${rule}", "etag": "${etag}",
    "type": "Microsoft.Network/networkSecurityGroups/securityRules", "properties": {"provisioningState": "Succeeded",
      "protocol": "${protocol}", "sourcePortRange": "*", "destinationPortRange": "${ports}", "sourceAddressPrefix": "${source}",
      "destinationAddressPrefix": "*", "access": "Allow", "priority": ${priority}, "direction": "Inbound",
      "sourcePortRanges": [], "destinationPortRanges": [], "sourceAddressPrefixes": [], "destinationAddressPrefixes": []}}`;
}

/** `rules`: ids of admitted subnets; null makes a registry whose rules were never set. */
export function registryBody(sku: 'Basic' | 'Premium', rules: readonly string[] | null): string {
  const admitted = (rules ?? []).map((id) => `{"action": "Allow", "id": "${id}"}`);
  const set = rules
    ? `"networkRuleSet": {"defaultAction": "Deny", "virtualNetworkRules": ${list(admitted)}, "ipRules": []},`
    : '';
  return `{"sku": {"name": "${sku}", "tier": "${sku}"}, "type": "Microsoft.ContainerRegistry/registries", "id": "${registry}",
    "name": "acrmlsim", "location": "${region}", "tags": {}, "properties": {"loginServer": "acrmlsim.azurecr.io",
      "creationDate": "2024-03-04T08:11:40.5Z", "provisioningState": "Succeeded", "adminUserEnabled": false, ${set}
      "policies": {"quarantinePolicy": {"status": "disabled"}, "trustPolicy": {"type": "Notary", "status": "disabled"},
        "retentionPolicy": {"days": 7, "status": "disabled"}},
      "dataEndpointEnabled": false, "privateEndpointConnections": [], "publicNetworkAccess": "Enabled",
      "networkRuleBypassOptions": "AzureServices", "zoneRedundancy": "Disabled"}}`;
}

/** A cluster that exists and is not attached to the workspace. */
export function kubernetesBody(): string {
  return `{"id": "${cluster}", "name": "aks-mlsim", "type": "Microsoft.ContainerService/managedClusters", "location": "${region}",
    "tags": {}, "sku": {"name": "Base", "tier": "Free"}, "identity": {"type": "SystemAssigned", "principalId": "bbbbbbbb-bbbb-bbbb-bbbb-bbbbbbbbbbbb", "tenantId": "${tenant}"},
    "properties": {"provisioningState": "Succeeded", "powerState": {"code": "Running"}, "kubernetesVersion": "1.29", "dnsPrefix": "aksmlsim",
      "fqdn": "aksmlsim.hcp.westeurope.azmk8s.io", "nodeResourceGroup": "MC_rg-ml_aks-mlsim_westeurope",
      "agentPoolProfiles": [{"name": "nodepool1", "count": 3, "vmSize": "Standard_DS2_v2", "maxPods": 30, "enableAutoScaling": false,
        "mode": "System", "type": "VirtualMachineScaleSets", "vnetSubnetID": "${network}/subnets/snet-aks"}],
      "networkProfile": {"networkPlugin": "azure", "loadBalancerSku": "standard", "serviceCidr": "10.200.0.0/16", "dnsServiceIP": "10.200.0.10",
        "outboundType": "loadBalancer"}}}`;
}

export function insightsBody(): string {
  return `{"id": "${insights}", "name": "appi-mlsim", "type": "Microsoft.Insights/components", "location": "${region}", "tags": {},
    "kind": "web", "properties": {"Application_Type": "web", "provisioningState": "Succeeded"}}`;
}

/** The endpoint of the workspace, in a subnet of the network. */
export function workspaceEndpoint(subnetId: string): string {
  return `{"name": "pe-mlw-sim", "id": "${endpoint}", "etag": "${etag}", "type": "Microsoft.Network/privateEndpoints", "location": "${region}",
    "properties": {"provisioningState": "Succeeded", "subnet": {"id": "${subnetId}"}, "networkInterfaces": [], "customDnsConfigs": [],
      "privateLinkServiceConnections": [{"name": "amlworkspace", "id": "${endpoint}/privateLinkServiceConnections/amlworkspace",
        "properties": {"provisioningState": "Succeeded", "privateLinkServiceId": "${workspace}", "groupIds": ["amlworkspace"],
          "privateLinkServiceConnectionState": {"status": "Approved", "description": "Auto-approved", "actionsRequired": "None"}}}],
      "manualPrivateLinkServiceConnections": []}}`;
}

/** The same seen from the workspace: a member of its `properties`. */
export function workspaceConnections(): string {
  return `"privateLinkCount": 1, "privateEndpointConnections": [{"id": "${workspace}/privateEndpointConnections/pe-mlw-sim.1",
    "name": "pe-mlw-sim.1", "type": "Microsoft.MachineLearningServices/workspaces/privateEndpointConnections",
    "properties": {"provisioningState": "Succeeded", "privateEndpoint": {"id": "${endpoint}"},
      "privateLinkServiceConnectionState": {"status": "Approved", "description": "Auto-approved", "actionsRequired": "None"}}}]`;
}
