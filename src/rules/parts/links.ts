// The vendor's pages the rules point to (rules-catalogue section 12), by short names, so that no address stands twice.
const learn = 'https://learn.microsoft.com/azure';

export const links = {
  secureWorkspace: `${learn}/machine-learning/how-to-secure-workspace-vnet`,
  secureTraining: `${learn}/machine-learning/how-to-secure-training-vnet`,
  managedNetwork: `${learn}/machine-learning/how-to-managed-network`,
  workspacePrivateLink: `${learn}/machine-learning/how-to-configure-private-link`,
  studio: `${learn}/machine-learning/how-to-enable-studio-virtual-network`,
  privateDns: `${learn}/private-link/private-endpoint-dns`,
  sdkLifetime: `${learn}/machine-learning/v1/introduction`,
  diagnose: `${learn}/machine-learning/how-to-workspace-diagnostic-api`,
  storageFirewall: `${learn}/storage/common/storage-network-security`,
  storageLimits: `${learn}/storage/common/storage-network-security-limitations`,
  storageSubnets: `${learn}/storage/common/storage-network-security-virtual-networks`,
  storageTrusted: `${learn}/storage/common/storage-network-security-trusted-azure-services`,
  hierarchical: `${learn}/storage/blobs/data-lake-storage-namespace`,
  vaultFirewall: `${learn}/key-vault/general/network-security`,
  vaultServiceEndpoints: `${learn}/key-vault/general/overview-vnet-service-endpoints`,
  manageSubnet: `${learn}/virtual-network/virtual-network-manage-subnet`,
  serviceEndpoints: `${learn}/virtual-network/virtual-network-service-endpoints-overview`,
  exfiltration: `${learn}/machine-learning/how-to-prevent-data-loss-exfiltration`,
  securedTraffic: `${learn}/machine-learning/how-to-access-azureml-behind-firewall`,
  firewallRules: `${learn}/firewall/rule-processing`,
  routes: `${learn}/virtual-network/virtual-networks-udr-overview`,
  serviceTags: `${learn}/virtual-network/service-tags-overview`,
  securityGroups: `${learn}/virtual-network/network-security-groups-overview`,
} as const;
