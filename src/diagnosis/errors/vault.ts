// What the firewall of a key vault says.
import type { KnownError } from '../known-error.ts';

export const vaultErrors: readonly KnownError[] = [
  {
    names: ['SubnetsHaveNoServiceEndpointsConfigured'],
    text: /do not have ServiceEndpoints for Microsoft\.KeyVault/i,
    about: /Microsoft\.KeyVault|VirtualNetworkNotValid/i,
    means: 'A subnet is to be admitted by a key vault and has no service endpoint for key vaults.',
    next: 'Give the subnet the endpoint Microsoft.KeyVault first, then admit it.',
    rules: ['keyvault.subnet-service-endpoint', 'keyvault.vnet-rule-compute-subnet'],
    source: 'hashicorp/terraform-provider-azurerm #11759',
  },
  {
    names: ['VirtualNetworkNotValid'],
    text: /Operation on Virtual Network could not be performed/i,
    wraps: true,
    means: 'The key vault could not use a subnet of its rules; the inner text says why, and it may pass by itself.',
    next: 'Look at the inner code: no service endpoint, a subnet that is gone, or one that is still being changed.',
    rules: ['keyvault.subnet-service-endpoint', 'keyvault.vnet-rule-compute-subnet', 'workspace.network-preexists'],
    source: 'hashicorp/terraform-provider-azurerm #11759',
  },
  {
    names: ['Vault IP rule refused'],
    text: /networkAcls\.ipRules\[\d+\]\.value|belongs to forbidden range/i,
    means: 'An IP rule of a key vault lies in a private range, and only public addresses are taken.',
    next: 'Use public addresses; a private network is admitted by its subnet or a private endpoint.',
    rules: ['keyvault.ip-rules-legal', 'keyvault.operator-access'],
    source: 'hashicorp/terraform-provider-azurerm #11759',
  },
  {
    names: ['ForbiddenByFirewall', 'Client address is not authorized'],
    text: /Client address is not authorized and caller is not a trusted service/i,
    means: 'The key vault turned the caller away: its firewall admits neither his address nor his network.',
    next: 'Admit the address or the subnet it comes from, or come through a private endpoint.',
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
];
