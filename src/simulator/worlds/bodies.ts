// Bodies as Azure returns them, as JSON text, with parameters for what differs between worlds. Text, because it holds number
// texts and unknown members that objects would spoil.
import { cluster, group, inGroup, insights, network, principal, region, registry, tenant, vault } from './names.ts';

/** As written inside a JSON text. */
export const etag = 'W/\\"5b1f0d3e-7a40-4f0c-9d51-0c6f2f6c1a01\\"';
export const name = (id: string): string => id.slice(id.lastIndexOf('/') + 1);
export const joined = (items: readonly string[]): string => items.join(',');

export const list = (items: readonly string[]): string => `[${joined(items)}]`;

/** A GUID that is always the same for the same text (FNV-1a, four times). */
export function guidOf(text: string): string {
  const words = [0, 1, 2, 3].map((salt) => {
    let hash = 0x811c9dc5 ^ salt;
    for (const character of text) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
    return (hash >>> 0).toString(16).padStart(8, '0');
  });
  return words.join('').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

export function resourceGroup(id = group): string {
  return `{"id": "${id}", "name": "${name(id)}", "type": "Microsoft.Resources/resourceGroups", "location": "${region}",
    "tags": {"costCenter": "4711", "2024": "budget"}, "properties": {"provisioningState": "Succeeded"}}`;
}

interface Firewall {
  readonly bypass: string;
  readonly defaultAction: 'Allow' | 'Deny';
  /** Texts of subnet rules. */
  readonly rules?: readonly string[];
  readonly addresses?: readonly string[];
}

/** A subnet rule; a state other than `Succeeded` says that storage does not apply it. */
export const storageRule = (subnetId: string, state = 'Succeeded'): string =>
  `{"id": "${subnetId}", "action": "Allow", "state": "${state}"}`;

/** Access settings of a resource beside its firewall. */
interface AccessSettings {
  readonly publicNetworkAccess?: string;
  /** Texts of private endpoint connections. */
  readonly connections?: readonly string[];
}

export function storageAccount(
  accountName: string,
  firewall: Firewall,
  options: AccessSettings & { readonly hierarchical?: boolean } = {},
): string {
  const addresses = (firewall.addresses ?? []).map((value) => `{"value": "${value}", "action": "Allow"}`);
  const at = (service: string): string => `"${service}": "https://${accountName}.${service}.core.windows.net/"`;
  return `{"sku": {"name": "Standard_LRS", "tier": "Standard"}, "kind": "StorageV2",
    "id": "${group}/providers/Microsoft.Storage/storageAccounts/${accountName}", "name": "${accountName}",
    "type": "Microsoft.Storage/storageAccounts", "location": "${region}", "tags": {},
    "properties": {"keyCreationTime": {"key1": "2024-03-04T08:11:17.8473691Z", "key2": "2024-03-04T08:11:17.8473691Z"},
      "publicNetworkAccess": "${options.publicNetworkAccess ?? 'Enabled'}", "allowCrossTenantReplication": false,
      "privateEndpointConnections": ${list(options.connections ?? [])}, "minimumTlsVersion": "TLS1_2", "allowBlobPublicAccess": false,
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
      "unknownToClients": {"weight": 1.0, "serial": 12345678901234567890, "tiny": 1E-7}}}`;
}

/** Ids of vault rules come back in lower case. */
export const vaultRule = (subnetId: string, ignoreMissing = false): string =>
  `{"id": "${subnetId.toLowerCase()}", "ignoreMissingVnetServiceEndpoint": ${ignoreMissing}}`;

/** Without a firewall the body holds no `networkAcls`, as one that was never set. */
export function vaultBody(firewall: Firewall | null, access: AccessSettings = {}): string {
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
      "vaultUri": "https://kv-mlsim.vault.azure.net/", "provisioningState": "Succeeded", "publicNetworkAccess": "${access.publicNetworkAccess ?? 'Enabled'}",
      ${access.connections ? `"privateEndpointConnections": ${list(access.connections)},` : ''}
      "unknownToClients": {"weight": 2.50, "serial": 98765432109876543210}}}`;
}

/** `rules`: ids of the subnets allowed; null makes a registry whose rules were never set. */
export function registryBody(
  sku: 'Basic' | 'Premium',
  rules: readonly string[] | null,
  access: AccessSettings & { readonly bypass?: 'AzureServices' | 'None' } = {},
): string {
  const allowed = (rules ?? []).map((id) => `{"action": "Allow", "id": "${id}"}`);
  const set = rules
    ? `"networkRuleSet": {"defaultAction": "Deny", "virtualNetworkRules": ${list(allowed)}, "ipRules": []},`
    : '';
  return `{"sku": {"name": "${sku}", "tier": "${sku}"}, "type": "Microsoft.ContainerRegistry/registries", "id": "${registry}",
    "name": "acrmlsim", "location": "${region}", "tags": {}, "properties": {"loginServer": "acrmlsim.azurecr.io",
      "creationDate": "2024-03-04T08:11:40.5Z", "provisioningState": "Succeeded", "adminUserEnabled": true, ${set}
      "policies": {"quarantinePolicy": {"status": "disabled"}, "trustPolicy": {"type": "Notary", "status": "disabled"},
        "retentionPolicy": {"days": 7, "status": "disabled"}},
      "dataEndpointEnabled": false, "privateEndpointConnections": ${list(access.connections ?? [])},
      "publicNetworkAccess": "${access.publicNetworkAccess ?? 'Enabled'}",
      "networkRuleBypassOptions": "${access.bypass ?? 'AzureServices'}", "zoneRedundancy": "Disabled"}}`;
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

/** A deployment of a template in the resource group, and what it deployed. */
export const deploymentBody = (
  deployment: string,
  at: string,
  outputs: readonly string[],
  state: 'Succeeded' | 'Failed' = 'Succeeded',
): string => {
  const id = inGroup('Microsoft.Resources/deployments', deployment);
  return `{"id": "${id}", "name": "${deployment}", "type": "Microsoft.Resources/deployments", "properties": {
    "mode": "Incremental", "provisioningState": "${state}", "timestamp": "${at}.1234567Z", "duration": "PT41.2S",
    "correlationId": "${guidOf(id)}", "providers": [], "dependencies": [],
    "outputResources": ${JSON.stringify(outputs.map((output) => ({ id: output })))}}}`;
};

/** A deployment stack in the resource group, and what it manages. */
export const stackBody = (stack: string, deployment: string, managed: readonly string[]): string => {
  const id = inGroup('Microsoft.Resources/deploymentStacks', stack);
  return `{"id": "${id}", "name": "${stack}", "type": "Microsoft.Resources/deploymentStacks", "properties": {
    "provisioningState": "succeeded", "actionOnUnmanage": {"resources": "detach", "resourceGroups": "detach", "managementGroups": "detach"},
    "denySettings": {"mode": "none", "applyToChildScopes": false}, "duration": "PT52.1S", "correlationId": "${guidOf(id)}",
    "deploymentId": "${inGroup('Microsoft.Resources/deployments', deployment)}",
    "resources": ${JSON.stringify(managed.map((one) => ({ id: one, status: 'managed', denyStatus: 'none' })))}}}`;
};
