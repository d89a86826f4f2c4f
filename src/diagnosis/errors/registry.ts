// What the container registry says, and what an image build says that it does not let in.
import type { KnownError } from '../known-error.ts';

export const registryErrors: readonly KnownError[] = [
  {
    names: ['NetworkRuleNotSupported'],
    text: /requested feature virtual network rule is not supported for the SKU/i,
    means: 'The registry is not Premium, and only Premium has network rules.',
    next: 'Upgrade the registry to Premium first.',
    rules: ['acr.sku-premium'],
    source: 'Azure-Samples/dotNET-Frontend-AB-Testing-on-Azure-Container-Apps #5',
  },
  {
    names: ['DisablingPublicNetworkAccessNotSupported'],
    text: /Disabling public network access is not supported for the SKU/i,
    means: 'The registry is not Premium, and only Premium can shut its public endpoint.',
    next: 'Upgrade the registry to Premium first.',
    rules: ['acr.sku-premium'],
    source: 'Azure-Samples/dotNET-Frontend-AB-Testing-on-Azure-Container-Apps #5',
  },
  {
    names: ['SubnetsHaveNoServiceEndpointsConfigured'],
    text: /do not have ServiceEndpoints for Microsoft\.ContainerRegistry/i,
    about: /Microsoft\.ContainerRegistry|NetworkRuleValidationError/i,
    means: 'A subnet is to be admitted by a registry and has no service endpoint for registries.',
    next: 'Give the subnet the endpoint Microsoft.ContainerRegistry first, then admit it.',
    rules: ['acr.subnet-service-endpoint', 'acr.vnet-rule-compute-subnet'],
    source: 'Azure/acr #246, Azure/azure-cli #14596',
  },
  {
    names: ['NetworkRuleValidationError'],
    text: /taggedTrafficConsumers\/validate\/action/i,
    wraps: true,
    means:
      'The registry could not use a subnet of its rules: it has no service endpoint, or its subscription does not know Microsoft.ContainerRegistry.',
    next: "Give the subnet the endpoint, or register Microsoft.ContainerRegistry in the network's subscription.",
    rules: ['acr.subnet-service-endpoint', 'acr.vnet-rule-compute-subnet'],
    source: 'Azure/acr #246, #249, #358',
  },
  {
    names: ['Image build denied by the registry'],
    text: /denied: client with IP|aka\.ms\/acr\/firewall|image build .{0,200}(?:denied|failed|403)|(?:denied|failed) .{0,200}image build/is,
    means: 'The registry turned the caller away: its firewall does not admit where the build or the pull comes from.',
    next: 'Let a cluster inside the admitted network build the images, and admit the networks that pull them.',
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
    means: 'A container group cannot pull its image: the registry does not admit it, or the credentials do not hold.',
    next: 'Let trusted services pass at the registry, or pull through its private endpoint.',
    rules: ['acr.trusted-services', 'acr.private-endpoint', 'acr.service-endpoint-clients'],
    source: 'blog.zuehlke.cloud, problems with protecting Azure Container Registry, 2023-02',
  },
  {
    names: ['ImageBuildComputeNotValid'],
    text: /Container Registry cannot build your image|Set the imageBuildCompute property/i,
    means: 'The registry is closed and the workspace names no cluster that could build images instead of it.',
    next: 'Set a CPU cluster inside the network as image-build compute of the workspace.',
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
