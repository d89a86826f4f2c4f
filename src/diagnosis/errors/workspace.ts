// Errors of the workspace, its data and its images that carry no code of Azure Resource Manager.
import type { KnownError } from '../known-error.ts';

const data = 'learn.microsoft.com/azure/machine-learning/how-to-troubleshoot-data-access, 2025-11';
const images = [
  'acr.image-build-compute',
  'acr.workspace-has-cluster',
  'acr.build-cluster-egress',
  'acr.default-action-deny',
  'acr.trusted-services',
];

export const workspaceErrors: readonly KnownError[] = [
  {
    names: ['The workspace is private'],
    text: /none of the workspaces\/registries are accessible from outside|accessible from outside of the designated private link|(?:workspace|hub|project)\b.{0,120}\bbehind a (?:private (?:link|endpoint)|virtual network)|public access is not allowed.{0,60}(?:workspace|hub)/is,
    means:
      'The workspace allows connections over its private endpoint only, and the request came from the public network.',
    next: 'Connect from a network with the private endpoint, or allow your address in the workspace.',
    rules: [
      'workspace.private-endpoint',
      'workspace.public-network-access',
      'workspace.ip-allowlist',
      'workspace.private-dns',
    ],
    source: 'Azure/azure-cli-extensions #6294',
  },
  {
    names: ['The workspace is not found'],
    text: /unable to find workspace|workspace\b.{0,200}\b(?:was|could) not (?:be )?found|no workspace\b.{0,60}\bfound|workspace\b.{0,80}\bdoes(?: not|n't) exist/is,
    means: 'The workspace does not exist under this name, or it was deleted; a deleted one is kept for some days.',
    next: 'Check name, resource group and subscription. Recover or purge the workspace if it is soft-deleted.',
    rules: ['workspace.exists'],
    source: 'Azure/azure-cli #33756',
  },
  {
    names: ['NetworkIsolationViolated'],
    text: /NetworkIsolationViolated/i,
    means:
      'The storage firewall does not allow this access, or the identity of the workspace lacks the Reader role on its private endpoints.',
    next: 'Allow the workspace in the storage firewall. Assign Reader on the private endpoints to its managed identity.',
    rules: [
      'workspace.studio-blocked-by-secured-storage',
      'storage.bypass-azure-services',
      'storage.resource-instance-rule',
      'storage.studio-colocation',
      'storage.public-network-access',
    ],
    source: data,
  },
  {
    names: ['KeyBasedAuthenticationNotPermitted'],
    text: /Key[- ]based authentication is not permitted/i,
    means:
      'The storage account does not permit access by key (allowSharedKeyAccess is false): an identity has to be used.',
    next: 'Use identity-based access for the datastore, and assign the identity a data role on the account.',
    rules: ['storage.shared-key-access'],
    source: 'learn.microsoft.com/azure/storage/common/shared-key-authorization-prevent, 2025',
  },
  {
    names: ['The environment image is not available'],
    wraps: true,
    text: /waiting for Environment Image|no builds exist for environment|environment image\b.{0,80}\b(?:not|fail|unavailable)|image build (?:failed|job)|environment build (?:failed|log)/is,
    means: 'The image of the environment was not built or cannot be pulled from the registry.',
    next: 'Read the log of the image build. A registry behind a firewall needs a compute cluster for image builds.',
    rules: images,
    source: 'learn.microsoft.com/azure/machine-learning/how-to-troubleshoot-online-endpoints, 2025-11',
  },
  {
    names: [
      'Nodes were not allocated',
      'AllocationFailed',
      'ZonalAllocationFailed',
      'OverconstrainedAllocationRequest',
    ],
    text: /(?:not|in)[ -]?(?:have )?(?:sufficient|enough) capacity for the requested|desired number of (?:dedicated|low-priority) nodes could not be allocated|nodes? could not be allocated|AllocationTimedout|ResizeError/i,
    means:
      'The nodes could not be allocated: the quota, the capacity of the region, free addresses, or network rules prevent it.',
    next: 'Check the core quota, the free addresses of the subnet, and the rules for the nodes.',
    rules: [
      'compute.core-quota',
      'compute.subnet-free-ips',
      'compute.partial-allocation',
      'compute.unusable-nodes',
      'nsg.outbound-azureml',
      'nsg.outbound-storage',
    ],
    source: 'microsoft/AzureTRE #4151',
  },
  {
    names: [
      'PrivateEndpointCannotBeCreatedInSubnetThatHasNetworkPoliciesEnabled',
      'PrivateEndpointNetworkPoliciesCannotBeEnabledOnPrivateEndpointSubnet',
    ],
    text: /has private endpoint network policies enabled/i,
    means: 'The network policies for private endpoints are enabled on the subnet (privateEndpointNetworkPolicies).',
    next: 'Set privateEndpointNetworkPolicies of the subnet to Disabled, or use another subnet.',
    rules: [],
    source: 'Azure/missionlz #673',
  },
  {
    names: ['Network policies block compute without public IP'],
    text: /has PrivateLinkServiceNetworkPolicies or PrivateEndpointNetworkPolicies enabled/i,
    means:
      'The network policies for private link are enabled on the subnet: compute without a public IP address needs them disabled.',
    next: 'Set privateLinkServiceNetworkPolicies and privateEndpointNetworkPolicies of the subnet to Disabled.',
    rules: ['compute.no-public-ip'],
    source: 'Azure/terraform #85',
  },
  {
    names: ['SubnetIsNotWithinVnetError'],
    text: /subnet cidr range\b.{0,80}\bis not within the virtual network/is,
    means: 'The address range of the subnet is not inside the address space of the virtual network.',
    next: 'Choose a range inside the address space, or extend the address space of the virtual network.',
    rules: [],
    source: 'hashicorp/terraform-provider-azurerm #26335',
  },
  {
    names: ['managedNetwork is not in this API version'],
    text: /property "?managedNetwork"? is not allowed on objects of type/i,
    means: 'The API version of the template is older than managed networks (before 2023-08-01-preview).',
    next: 'Use a newer API version of Microsoft.MachineLearningServices/workspaces.',
    rules: [],
    source: 'Azure/bicep-types-az #2005',
  },
  {
    names: ['A soft-deleted resource has this name'],
    text: /already exists in (?:a )?(?:soft[- ]?)?deleted state|soft[- ]?deleted (?:\w+ ){0,2}(?:workspace|vault|resource|account)|in a deleted but recoverable state|(?:purge or recover|recover or purge) (?:it|the|existing)/i,
    means: 'A soft-deleted workspace, key vault or other resource has the same name.',
    next: 'Recover it, purge it (az keyvault purge; az ml workspace delete --permanently-delete), or choose another name.',
    rules: [],
    source: 'learn.microsoft.com/azure/key-vault/general/key-vault-recovery, 2025',
  },
  {
    names: ['The Azure ML registry does not allow access'],
    text: /not allowed to access (?:the )?registry\b|registr(?:y|ies) are (?:not )?accessible/i,
    means: 'The identity has no role on the Azure Machine Learning registry, or the registry is closed to its network.',
    next: 'Assign AzureML Registry User on the registry, and check its public network access and private endpoints.',
    rules: ['workspace.private-endpoint', 'workspace.private-dns'],
    source: 'learn.microsoft.com/azure/machine-learning/how-to-registry-network-isolation, 2025',
  },
  {
    names: ['Data cannot be read from the studio'],
    text: /unable to (?:access|preview|read|show) (?:this |the )?(?:data|file)\b|stored behind a virtual network|storage is behind a virtual network/i,
    wraps: true,
    means:
      'Studio cannot read the data: the storage firewall, the identity of the workspace, or the datastore credentials.',
    next: 'Let the datastore use the identity of the workspace in studio, give it Reader and Storage Blob Data Reader, and allow the workspace.',
    rules: [
      'workspace.studio-blocked-by-secured-storage',
      'storage.bypass-azure-services',
      'storage.resource-instance-rule',
      'storage.studio-colocation',
      'storage.dev-client-ip',
    ],
    source: 'learn.microsoft.com/azure/machine-learning/how-to-enable-studio-virtual-network, 2025',
  },
  {
    names: ['The managed network is not provisioned', 'WorkspaceManagedNetworkNotReady', 'ManagedNetworkNotReady'],
    text: /managed (?:virtual )?(?:network|vnet)\b.{0,100}\b(?:not (?:yet )?(?:been )?provisioned|(?:failed to |being |is )provision|provision(?:ing)?(?: state)? (?:has |is )?(?:failed|timed out)|is (?:inactive|not (?:active|ready)))|(?:fail\w{0,6}|unable|could not|cannot) (?:to )?(?:provision|create|enable|update) (?:the )?managed (?:virtual )?(?:network|vnet)/is,
    means:
      'The managed network of the workspace is not provisioned, so compute and private endpoints in it cannot be created.',
    next: 'Provision it (az ml workspace provision-network) and wait until its rules are active.',
    rules: [
      'workspace.managed-network-provisioned',
      'workspace.managed-network-approver',
      'workspace.managed-network-mode',
    ],
    source: 'learn.microsoft.com/azure/machine-learning/how-to-troubleshoot-managed-network, 2025-11',
  },
  {
    names: ['An outbound rule is not accepted', 'InvalidOutboundRule'],
    text: /\boutbound rules?\b.{0,160}\b(?:creation failed|(?:is|are) (?:invalid|not (?:valid|supported))|could not be created)/is,
    means:
      'The managed network does not accept the outbound rule: its destination, service tag, port or approval is not valid.',
    next: 'Check the destination of the rule; FQDN rules take ports 80 and 443, private endpoints need a supported resource.',
    rules: [
      'workspace.managed-network-provisioned',
      'workspace.managed-network-approver',
      'workspace.managed-network-mode',
    ],
    source: 'learn.microsoft.com/azure/machine-learning/how-to-managed-network, 2025-11',
  },
  {
    names: ['A subnet is not delegated to Databricks'],
    text: /\bsubnets?\b.{0,200}\b(?:must|should|not|no)\b.{0,60}\bdelegat\w*.{0,80}\bDatabricks\b/is,
    means: 'Both subnets of a Databricks workspace must be delegated to Microsoft.Databricks/workspaces.',
    next: 'Delegate both subnets to Microsoft.Databricks/workspaces, and give each a network security group.',
    rules: ['databricks.subnet-shape', 'databricks.workspace-subnets'],
    source: 'learn.microsoft.com/azure/databricks/security/network/classic/vnet-inject, 2025',
  },
  {
    names: ['The isolation mode cannot change'],
    text: /isolation mode\b.{0,120}\b(?:cannot|can['’]t|not (?:be )?(?:allowed|supported))|cannot (?:change|disable|update)\b.{0,60}\bisolation mode/is,
    means: 'The isolation mode of a managed network cannot be disabled, nor changed from approved outbound to another.',
    next: 'Keep the managed network, or create a new workspace with another isolation mode.',
    rules: ['workspace.managed-network-mode', 'workspace.managed-network-provisioned'],
    source: 'learn.microsoft.com/azure/machine-learning/how-to-managed-network, 2025-11',
  },
  {
    names: ['A zone of this name is linked already'],
    text: /linked to multiple zones with overlapping namespaces/i,
    means: 'The virtual network is linked to another private DNS zone of the same name.',
    next: 'Use the zone that is linked, or remove its link before the other zone is linked.',
    rules: ['dns.endpoint-collision', 'dns.endpoint-record', 'workspace.private-dns', 'storage.private-dns'],
    source: 'learn.microsoft.com/azure/dns/private-dns-virtual-network-links, 2025',
  },
  {
    names: ['The Databricks cluster cannot reach its control plane'],
    text: /NPIP tunnel|data plane network is misconfigured|could not access worker artifacts|BOOTSTRAP_TIMEOUT|bootstrap[ _](?:timeout|failure)|self[- ]bootstrap|control plane\b.{0,60}\b(?:unreachable|not reachable|cannot be reached)/i,
    means:
      'Nodes of the Databricks cluster cannot reach the control plane: an NSG, a route or a firewall blocks outbound traffic.',
    next: 'Allow the outbound traffic of Databricks from both subnets, and check route tables and firewalls.',
    rules: [
      'databricks.workspace-subnets',
      'databricks.subnet-shape',
      'databricks.vnet-injected',
      'udr.forced-tunnel',
      'firewall.in-path',
    ],
    source: 'learn.microsoft.com/azure/databricks/kb/clusters/cluster-failed-launch, 2025',
  },
  {
    names: ['VirtualNetworkIdChangeNotAllowed'],
    means: 'The virtual network of a Databricks workspace cannot change in this way after it is created.',
    next: 'Name the virtual network that the workspace has, or create a new workspace in the other one.',
    rules: ['databricks.vnet-injected', 'databricks.workspace-subnets'],
    source: 'MicrosoftDocs/azure-docs #111122, 2023-06-20',
  },
  {
    names: ['Rules of the network intent policy are missing'],
    text: /doesn'?t have supporting Security Rule for Network Intent Policy|NetworkIntentPolic/i,
    means: 'The network security group would lose rules that the network intent policy of Databricks requires.',
    next: 'Keep the rules that Databricks adds; it manages them through the delegation of its subnets.',
    rules: ['databricks.subnet-shape', 'databricks.workspace-subnets', 'databricks.vnet-injected'],
    source: 'Azure/azure-quickstart-templates #6670',
  },
  {
    names: ['A NAT gateway and a Basic SKU exclude each other'],
    text: /cannot be deployed on subnet containing Basic SKU/i,
    means: 'A NAT gateway cannot be used in a subnet with public IP addresses or load balancers of the Basic SKU.',
    next: 'Use the Standard SKU, or secure cluster connectivity (no public IP) for Databricks.',
    rules: [],
    source: 'MicrosoftDocs/azure-docs #96004',
  },
];
