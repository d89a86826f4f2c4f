// Which types live inside the document of their parent: there is one copy, so both places always agree.

/** Folded type of the child, to the member of `properties` of its parent that holds it. */
export const inlineMembers: ReadonlyMap<string, string> = new Map([
  ['microsoft.network/virtualnetworks/subnets', 'subnets'],
  ['microsoft.network/networksecuritygroups/securityrules', 'securityRules'],
  ['microsoft.network/routetables/routes', 'routes'],
  ['microsoft.network/serviceendpointpolicies/serviceendpointpolicydefinitions', 'serviceEndpointPolicyDefinitions'],
  ['microsoft.network/virtualnetworks/virtualnetworkpeerings', 'virtualNetworkPeerings'],
  ['microsoft.network/loadbalancers/frontendipconfigurations', 'frontendIPConfigurations'],
  ['microsoft.network/loadbalancers/backendaddresspools', 'backendAddressPools'],
  ['microsoft.network/loadbalancers/loadbalancingrules', 'loadBalancingRules'],
  ['microsoft.network/loadbalancers/probes', 'probes'],
  ['microsoft.network/loadbalancers/inboundnatrules', 'inboundNatRules'],
  ['microsoft.network/loadbalancers/outboundrules', 'outboundRules'],
  ['microsoft.machinelearningservices/workspaces/privateendpointconnections', 'privateEndpointConnections'],
  ['microsoft.storage/storageaccounts/privateendpointconnections', 'privateEndpointConnections'],
  ['microsoft.keyvault/vaults/privateendpointconnections', 'privateEndpointConnections'],
  ['microsoft.containerregistry/registries/privateendpointconnections', 'privateEndpointConnections'],
]);
