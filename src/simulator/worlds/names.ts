// The names that all worlds share: those the acceptance scripts ask for.

export const subscription = '22222222-2222-2222-2222-222222222222';
export const tenant = '11111111-1111-1111-1111-111111111111';
/** Object id of the workspace's identity. */
export const principal = '55555555-5555-5555-5555-555555555555';
/** Object id of the person who created the resources. */
export const person = '77777777-7777-7777-7777-777777777777';
export const region = 'westeurope';
export const group = `/subscriptions/${subscription}/resourceGroups/rg-ml`;

export const inGroup = (type: string, name: string): string => `${group}/providers/${type}/${name}`;

export const workspace = inGroup('Microsoft.MachineLearningServices/workspaces', 'mlw-sim');
export const vault = inGroup('Microsoft.KeyVault/vaults', 'kv-mlsim');
export const registry = inGroup('Microsoft.ContainerRegistry/registries', 'acrmlsim');
export const insights = inGroup('Microsoft.Insights/components', 'appi-mlsim');
export const cluster = inGroup('Microsoft.ContainerService/managedClusters', 'aks-mlsim');
export const network = inGroup('Microsoft.Network/virtualNetworks', 'vnet-ml');
export const oldNetwork = inGroup('Microsoft.Network/virtualNetworks', 'vnet-old');
export const trainGroup = inGroup('Microsoft.Network/networkSecurityGroups', 'nsg-train');

export const account = (name: string): string => inGroup('Microsoft.Storage/storageAccounts', name);
export const subnet = (name: string): string => `${network}/subnets/${name}`;

export const trainSubnet = subnet('snet-train');
export const gpuSubnet = subnet('snet-gpu');
export const devSubnet = subnet('snet-dev');
/** The subnets that hold computes, in every world. */
export const computeSubnets = [trainSubnet, gpuSubnet, devSubnet];

/** The private DNS zones belong to the network team, in a separate resource group. */
export const zoneGroup = `/subscriptions/${subscription}/resourceGroups/rg-dns`;
export const zoneId = (zone: string): string => `${zoneGroup}/providers/Microsoft.Network/privateDnsZones/${zone}`;
/** The network of the people who use the workspace, in worlds with a managed network. */
export const clientNetwork = inGroup('Microsoft.Network/virtualNetworks', 'vnet-clients');

/** The services that compute subnets have service endpoints for. */
export const services = ['Microsoft.Storage', 'Microsoft.KeyVault', 'Microsoft.ContainerRegistry'];
