// Errors of the storage firewall: when it is configured, and when it blocks a client.
import type { KnownError } from '../known-error.ts';

export const storageErrors: readonly KnownError[] = [
  {
    names: ['SubnetsHaveNoServiceEndpointsConfigured'],
    text: /do not have ServiceEndpoints for Microsoft\.Storage/i,
    about: /Microsoft\.Storage|NetworkAclsValidationFailure/i,
    means: 'A subnet in the network rules of the storage account has no Microsoft.Storage service endpoint.',
    next: 'Add the service endpoint Microsoft.Storage to the subnet, then add the virtual network rule.',
    rules: ['storage.subnet-service-endpoint', 'storage.vnet-rule-compute-subnet', 'storage.vnet-rule-state'],
    source: 'hashicorp/terraform-provider-azurerm #16547, Azure/azure-cli #32434',
  },
  {
    names: ['NetworkAclsValidationFailure'],
    wraps: true,
    means: 'The network rules of the storage account are invalid. The inner error code gives the reason.',
    next: 'Check the inner error code. Usually a subnet in the rules has no service endpoint or is still being updated.',
    rules: ['storage.subnet-service-endpoint', 'storage.vnet-rule-state', 'storage.ip-rules-legal'],
    source: 'hashicorp/terraform-provider-azurerm #16547',
  },
  {
    names: ['SubnetsNotProvisioned'],
    text: /because subnets .{0,2000} are not provisioned/is,
    means: 'A subnet in the rules, or another one of its virtual network, is still being updated.',
    next: 'Wait until the subnet is in state Succeeded, then retry.',
    rules: ['storage.vnet-rule-state'],
    source: 'Azure/azure-rest-api-specs #11143',
  },
  {
    names: ['InvalidValuesForRequestParameters'],
    text: /Values for request parameters are invalid: networkAcls/i,
    means: 'An IP rule or a resource id is invalid. Private ranges, /31, /32, IPv6 and incomplete ids are refused.',
    next: 'Write a single address without /32, use public ranges only, and check the resource ids.',
    rules: ['storage.ip-rules-legal', 'storage.resource-instance-rule', 'storage.dev-client-ip'],
    source: 'Azure/azure-powershell #23640, hashicorp/terraform-provider-azurerm #24566',
  },
  {
    names: ['AuthorizationFailure'],
    text: /This request is not authorized/i,
    means: 'The storage firewall does not allow the address or the subnet of the client.',
    next: 'Allow the address or the subnet of the client, or connect through a private endpoint.',
    rules: [
      'storage.dev-client-ip',
      'storage.vnet-rule-compute-subnet',
      'storage.bypass-azure-services',
      'storage.public-network-access',
      'storage.private-endpoints',
      'storage.private-dns',
      'storage.resource-instance-rule',
    ],
    source: 'microsoft/AzureStorageExplorer #8504, 2025-03-03',
  },
  {
    names: ['Unable to profile this dataset'],
    text: /unable to profile th(?:is|e) (?:dataset|data)/i,
    means: 'Studio or the designer cannot read data because the storage firewall blocks it.',
    next: 'Use the identity of the workspace for data access, and allow the workspace in the storage firewall.',
    rules: [
      'workspace.studio-blocked-by-secured-storage',
      'storage.bypass-azure-services',
      'storage.resource-instance-rule',
      'storage.designer-profile-error',
      'storage.studio-colocation',
      'storage.adls2-dataset-validate',
    ],
    source: 'learn.microsoft.com/azure/machine-learning/how-to-enable-virtual-network, 2020-04-17',
  },
];
