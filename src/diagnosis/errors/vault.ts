// Errors of the key vault firewall.
import type { KnownError } from '../known-error.ts';

export const vaultErrors: readonly KnownError[] = [
  {
    names: ['SubnetsHaveNoServiceEndpointsConfigured'],
    text: /do not have ServiceEndpoints for Microsoft\.KeyVault/i,
    about: /Microsoft\.KeyVault|VirtualNetworkNotValid/i,
    means: 'A subnet in the network rules of the key vault has no Microsoft.KeyVault service endpoint.',
    next: 'Add the service endpoint Microsoft.KeyVault to the subnet, then add the virtual network rule.',
    rules: ['keyvault.subnet-service-endpoint', 'keyvault.vnet-rule-compute-subnet'],
    source: 'hashicorp/terraform-provider-azurerm #11759',
  },
  {
    names: ['VirtualNetworkNotValid'],
    text: /Operation on Virtual Network could not be performed/i,
    wraps: true,
    means:
      'A subnet in the network rules of the key vault cannot be used. The inner error gives the reason and may be temporary.',
    next: 'Check the inner error: no service endpoint, a deleted subnet, or a subnet that is still being updated.',
    rules: ['keyvault.subnet-service-endpoint', 'keyvault.vnet-rule-compute-subnet', 'workspace.network-preexists'],
    source: 'hashicorp/terraform-provider-azurerm #11759',
  },
  {
    names: ['Vault IP rule refused'],
    text: /networkAcls\.ipRules\[\d+\]\.value|belongs to forbidden range/i,
    means: 'An IP rule of the key vault is in a private range; only public addresses are valid.',
    next: 'Use public addresses. Allow private networks by a virtual network rule or a private endpoint.',
    rules: ['keyvault.ip-rules-legal', 'keyvault.operator-access'],
    source: 'hashicorp/terraform-provider-azurerm #11759',
  },
  {
    names: ['ForbiddenByFirewall', 'ForbiddenByConnection', 'Client address is not authorized'],
    text: /Client address is not authorized and caller|request is not from a trusted service nor|firewall is turned on and your client/i,
    means: 'The key vault firewall does not allow the address or the subnet of the client.',
    next: 'Allow the address or the subnet of the client, or connect through a private endpoint.',
    rules: [
      'keyvault.operator-access',
      'keyvault.vnet-rule-compute-subnet',
      'keyvault.bypass-azure-services',
      'keyvault.public-network-access',
      'keyvault.private-endpoint',
      'keyvault.perimeter-override',
    ],
    source: 'hashicorp/terraform-provider-azurerm #4553',
  },
  {
    names: ['ForbiddenByRbac', 'ForbiddenByPolicy'],
    text: /does not have (?:secrets|keys|certificates) [\w,' ]+ permission on key vault|Caller is not authorized to perform action on resource/i,
    means: 'The identity has no access policy or role for this operation on the key vault. The network is allowed.',
    next: 'Assign Key Vault Secrets User (or the role for keys or certificates), or add an access policy.',
    rules: [],
    source: 'learn.microsoft.com/azure/key-vault/general/common-error-codes, 2025',
  },
];
