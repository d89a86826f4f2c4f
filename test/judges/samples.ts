// Small bodies that Microsoft's documents find nothing wrong with.
export const subscription = '/subscriptions/00000000-0000-0000-0000-000000000001';
const group = `${subscription}/resourceGroups/rg/providers`;

export const workspace = {
  id: `${group}/Microsoft.MachineLearningServices/workspaces/mlw`,
  name: 'mlw',
  type: 'Microsoft.MachineLearningServices/workspaces',
  location: 'westeurope',
  properties: { provisioningState: 'Succeeded' },
};
export const storage = {
  id: `${group}/Microsoft.Storage/storageAccounts/account`,
  name: 'account',
  type: 'Microsoft.Storage/storageAccounts',
  location: 'westeurope',
  properties: { provisioningState: 'Succeeded' },
};
export const vault = {
  id: `${group}/Microsoft.KeyVault/vaults/kv`,
  name: 'kv',
  type: 'Microsoft.KeyVault/vaults',
  location: 'westeurope',
  properties: { tenantId: '00000000-0000-0000-0000-000000000002', sku: { family: 'A', name: 'standard' } },
};
export const registry = {
  id: `${group}/Microsoft.ContainerRegistry/registries/registry`,
  name: 'registry',
  type: 'Microsoft.ContainerRegistry/registries',
  location: 'westeurope',
  sku: { name: 'Premium', tier: 'Premium' },
  properties: { provisioningState: 'Succeeded' },
};
export const network = {
  id: `${group}/Microsoft.Network/virtualNetworks/vnet`,
  name: 'vnet',
  type: 'Microsoft.Network/virtualNetworks',
  location: 'westeurope',
  etag: 'W/"1"',
  properties: { addressSpace: { addressPrefixes: ['10.0.0.0/16'] } },
};
