// What the storage firewall says, to whoever sets it up and to whoever stands before it.
import type { KnownError } from '../known-error.ts';

export const storageErrors: readonly KnownError[] = [
  {
    names: ['SubnetsHaveNoServiceEndpointsConfigured'],
    text: /do not have ServiceEndpoints for Microsoft\.Storage/i,
    about: /Microsoft\.Storage|NetworkAclsValidationFailure/i,
    means: 'A subnet is to be admitted by a storage account and has no service endpoint for storage.',
    next: 'Give the subnet the endpoint Microsoft.Storage first, then admit it.',
    rules: ['storage.subnet-service-endpoint', 'storage.vnet-rule-compute-subnet', 'storage.vnet-rule-state'],
    source: 'hashicorp/terraform-provider-azurerm #16547, Azure/azure-cli #32434',
  },
  {
    names: ['NetworkAclsValidationFailure'],
    wraps: true,
    means: 'The storage account refuses its new network rules; the inner code says why.',
    next: 'Look at the inner code; most often a subnet of the rules has no service endpoint or is still being changed.',
    rules: ['storage.subnet-service-endpoint', 'storage.vnet-rule-state', 'storage.ip-rules-legal'],
    source: 'hashicorp/terraform-provider-azurerm #16547',
  },
  {
    names: ['SubnetsNotProvisioned'],
    text: /because subnets .{0,2000} are not provisioned/is,
    means: 'A subnet of the rules, or one beside it, is still being changed by another write.',
    next: 'Wait until the subnet is Succeeded, then send it again.',
    rules: ['storage.vnet-rule-state'],
    source: 'Azure/azure-rest-api-specs #11143',
  },
  {
    names: ['InvalidValuesForRequestParameters'],
    text: /Values for request parameters are invalid: networkAcls/i,
    means:
      'An IP rule or an id is not one that storage takes: private ranges, /31, /32 and IPv6 are refused, and so is an id that is cut off.',
    next: 'Write a single address without /32, use public ranges only, and check the ids.',
    rules: ['storage.ip-rules-legal', 'storage.resource-instance-rule', 'storage.dev-client-ip'],
    source: 'Azure/azure-powershell #23640, hashicorp/terraform-provider-azurerm #24566',
  },
  {
    names: ['AuthorizationFailure'],
    text: /This request is not authorized to perform this operation/i,
    means: 'The storage account turned the caller away: its firewall admits neither his address nor his network.',
    next: 'Admit the address or the subnet it comes from, or come through a private endpoint.',
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
    means: 'Studio or the designer cannot look into data that lies behind a closed storage account.',
    next: 'Give studio its own way to the data: the identity of the workspace, admitted by the account.',
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
