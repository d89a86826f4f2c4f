// Errors of the container registry, and of image builds that its firewall blocks.
import type { KnownError } from '../known-error.ts';

export const registryErrors: readonly KnownError[] = [
  {
    names: ['NetworkRuleNotSupported'],
    text: /requested feature virtual network rule is not supported for the SKU/i,
    means: 'Network rules need the Premium tier; this registry has another tier.',
    next: 'Upgrade the registry to Premium first.',
    rules: ['acr.sku-premium'],
    source: 'Azure-Samples/dotNET-Frontend-AB-Testing-on-Azure-Container-Apps #5',
  },
  {
    names: ['DisablingPublicNetworkAccessNotSupported'],
    text: /Disabling public network access is not supported for the SKU/i,
    means: 'Disabling public network access needs the Premium tier; this registry has another tier.',
    next: 'Upgrade the registry to Premium first.',
    rules: ['acr.sku-premium'],
    source: 'Azure-Samples/dotNET-Frontend-AB-Testing-on-Azure-Container-Apps #5',
  },
  {
    names: ['SubnetsHaveNoServiceEndpointsConfigured'],
    text: /do not have ServiceEndpoints for Microsoft\.ContainerRegistry/i,
    about: /Microsoft\.ContainerRegistry|NetworkRuleValidationError/i,
    means: 'A subnet in the network rules of the registry has no Microsoft.ContainerRegistry service endpoint.',
    next: 'Add the service endpoint Microsoft.ContainerRegistry to the subnet, then add the virtual network rule.',
    rules: ['acr.subnet-service-endpoint', 'acr.vnet-rule-compute-subnet'],
    source: 'Azure/acr #246, Azure/azure-cli #14596',
  },
  {
    names: ['NetworkRuleValidationError'],
    text: /taggedTrafficConsumers\/validate\/action/i,
    wraps: true,
    means:
      'A subnet in the network rules has no service endpoint, or its subscription has not registered Microsoft.ContainerRegistry.',
    next: 'Add the service endpoint, or register Microsoft.ContainerRegistry in the subscription of the virtual network.',
    rules: ['acr.subnet-service-endpoint', 'acr.vnet-rule-compute-subnet'],
    source: 'Azure/acr #246, #249, #358',
  },
  {
    names: ['Image build denied by the registry'],
    text: /denied: client with IP|aka\.ms\/acr\/firewall|image build .{0,200}(?:denied|failed|403)|(?:denied|failed) .{0,200}image build/is,
    means: 'The registry firewall does not allow the address or subnet of the image build or pull.',
    next: 'Build images on a cluster in an allowed subnet, and allow the subnets that pull images.',
    rules: [
      'acr.image-build-compute',
      'acr.vnet-rule-compute-subnet',
      'acr.build-cluster-same-subnet',
      'acr.subnet-service-endpoint',
      'acr.workspace-has-cluster',
      'acr.trusted-services',
      'acr.private-endpoint',
      'acr.service-endpoint-clients',
      'acr.build-cluster-egress',
    ],
    source: 'Azure/acr #603',
  },
  {
    names: ['InaccessibleImage'],
    means: 'A container group cannot pull its image: the registry firewall blocks it, or its credentials are invalid.',
    next: 'Allow trusted Azure services at the registry, or pull through a private endpoint.',
    rules: ['acr.trusted-services', 'acr.private-endpoint', 'acr.service-endpoint-clients'],
    source: 'blog.zuehlke.cloud, problems with protecting Azure Container Registry, 2023-02',
  },
  {
    names: ['ImageBuildComputeNotValid'],
    text: /Container Registry cannot build your image|Set the imageBuildCompute property/i,
    means: 'The registry firewall blocks image builds, and the workspace has no image-build compute.',
    next: 'Set a CPU cluster in the virtual network as imageBuildCompute of the workspace.',
    rules: [
      'acr.image-build-compute',
      'acr.workspace-has-cluster',
      'acr.build-cluster-same-subnet',
      'acr.build-cluster-cpu',
      'workspace.diagnose',
    ],
    source: 'Azure/terraform-azurerm-avm-res-machinelearningservices-workspace #45',
  },
];
