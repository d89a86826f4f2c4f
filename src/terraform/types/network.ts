// Virtual networks, network security groups, route tables, peerings, private endpoints and their zones, Azure Firewall.
import { isArray, type Json, type JsonObject } from '../../model/json.ts';
import { withMember } from '../../model/pointer.ts';
import { isUnresolved, unresolved } from '../../model/unresolved.ts';
import { type Attribute, TerraformBlock } from '../block.ts';
import {
  inProperties,
  mapped,
  members,
  type Names,
  reference,
  some,
  type TerraformChild,
  type TerraformPart,
  type TerraformResource,
  type TerraformTypes,
  withItem,
} from '../type.ts';

const networkType = 'Microsoft.Network/virtualNetworks';
const groupType = 'Microsoft.Network/networkSecurityGroups';
const tableType = 'Microsoft.Network/routeTables';
const zoneType = 'Microsoft.Network/privateDnsZones';
const policyType = 'Microsoft.Network/firewallPolicies';

const delegations = (block: TerraformBlock): Json =>
  block.each('delegation', (one) => ({
    ...members({ name: one.value('name') }),
    properties: members({
      serviceName: one.within('service_delegation', (service) => service.value('name')),
    }),
  }));

/** A list of names up to 4.x, blocks from 5.0. */
function serviceEndpoints(block: TerraformBlock): Attribute {
  const names = block.value('service_endpoints');
  if (names !== undefined) return mapped(names, (service) => ({ service }));
  return some(block.each('service_endpoint', (one) => members({ service: one.value('service') })));
}

/** One prefix stands by itself, several in a list. */
function prefixes(block: TerraformBlock): JsonObject {
  const list = block.value('address_prefixes') ?? block.value('address_prefix');
  if (isArray(list)) return list.length === 1 ? members({ addressPrefix: list[0] }) : { addressPrefixes: list };
  return members({ addressPrefix: list });
}

const policies = (block: TerraformBlock): Attribute => {
  const older = block.value('enforce_private_link_endpoint_network_policies');
  const fallback = older === undefined || isUnresolved(older) ? older : older === true ? 'Disabled' : 'Enabled';
  return block.value('private_endpoint_network_policies') ?? fallback ?? 'Disabled';
};

const subnetProperties = (block: TerraformBlock): JsonObject =>
  members({
    ...prefixes(block),
    serviceEndpoints: serviceEndpoints(block),
    serviceEndpointPolicies: some(mapped(block.links('service_endpoint_policy_ids'), (id) => ({ id }))),
    delegations: delegations(block),
    defaultOutboundAccess: block.value('default_outbound_access_enabled'),
    privateEndpointNetworkPolicies: policies(block),
  });

const network: TerraformResource = {
  arm: networkType,
  body: (block) => ({
    ...members({ location: block.value('location') }),
    properties: members({
      addressSpace: { addressPrefixes: block.or('address_space', []) },
      dhcpOptions:
        some(block.value('dns_servers')) === undefined
          ? undefined
          : members({ dnsServers: block.value('dns_servers') }),
      subnets: inlineSubnets(block),
      encryption: block.within('encryption', (one) =>
        members({ enabled: true, enforcement: one.value('enforcement') }),
      ),
    }),
  }),
};

function inlineSubnets(block: TerraformBlock): Attribute {
  return some(
    block.each('subnet', (one) => ({
      ...members({ name: one.value('name') }),
      properties: members({
        ...subnetProperties(one),
        networkSecurityGroup: reference(one.link('security_group')),
        routeTable: reference(one.link('route_table_id')),
      }),
    })),
  );
}

const networkOf = (block: TerraformBlock, names: Names) =>
  names.named(block, 'virtual_network_name', 'azurerm_virtual_network', networkType) ??
  block.link('virtual_network_id');

const subnet: TerraformResource = {
  arm: `${networkType}/subnets`,
  parent: networkOf,
  body: (block) => ({ properties: subnetProperties(block) }),
};

/** An association sets one member of its resource. */
const association = (onto: string, from: string, name: string): TerraformPart => ({
  onto: (block) => block.link(onto),
  add: (body, block) => inProperties(body, (properties) => withMember(properties, name, reference(block.link(from)))),
});

const ruleMembers = {
  description: 'description',
  protocol: 'protocol',
  access: 'access',
  direction: 'direction',
  priority: 'priority',
  source_port_range: 'sourcePortRange',
  source_port_ranges: 'sourcePortRanges',
  destination_port_range: 'destinationPortRange',
  destination_port_ranges: 'destinationPortRanges',
  source_address_prefix: 'sourceAddressPrefix',
  source_address_prefixes: 'sourceAddressPrefixes',
  destination_address_prefix: 'destinationAddressPrefix',
  destination_address_prefixes: 'destinationAddressPrefixes',
} as const;

const groupsOfRule = (block: TerraformBlock, name: string): Attribute =>
  some(mapped(block.links(name), (id) => ({ id })));

const securityRule = (block: TerraformBlock): JsonObject => ({
  ...members({ name: block.value('name') }),
  properties: members({
    ...Object.fromEntries(Object.entries(ruleMembers).map(([ours, azure]) => [azure, some(block.value(ours))])),
    sourceApplicationSecurityGroups: groupsOfRule(block, 'source_application_security_group_ids'),
    destinationApplicationSecurityGroups: groupsOfRule(block, 'destination_application_security_group_ids'),
  }),
});

const group: TerraformResource = {
  arm: groupType,
  body: (block) => ({
    ...members({ location: block.value('location') }),
    properties: { securityRules: block.each('security_rule', securityRule) },
  }),
};

const ruleOfGroup: TerraformPart = {
  onto: (block, names) =>
    names.named(block, 'network_security_group_name', 'azurerm_network_security_group', groupType) ??
    block.link('network_security_group_id'),
  add: (body, block) => withItem(body, 'securityRules', securityRule(block)),
};

const route = (block: TerraformBlock): JsonObject => ({
  ...members({ name: block.value('name') }),
  properties: members({
    addressPrefix: block.value('address_prefix'),
    nextHopType: block.value('next_hop_type'),
    nextHopIpAddress: block.value('next_hop_in_ip_address'),
  }),
});

const table: TerraformResource = {
  arm: tableType,
  body: (block) => ({
    ...members({ location: block.value('location') }),
    properties: {
      routes: block.each('route', route),
      disableBgpRoutePropagation:
        block.value('disable_bgp_route_propagation') ??
        block.choice('bgp_route_propagation_enabled', true, false, true),
    },
  }),
};

const routeOfTable: TerraformPart = {
  onto: (block, names) =>
    names.named(block, 'route_table_name', 'azurerm_route_table', tableType) ?? block.link('route_table_id'),
  add: (body, block) => withItem(body, 'routes', route(block)),
};

/** Connected where the file holds both directions. */
function peeringState(block: TerraformBlock, names: Names): Json {
  const [here, there] = [networkOf(block, names), block.link('remote_virtual_network_id')];
  const isBoth = names
    .all('azurerm_virtual_network_peering')
    .some((other) => networkOf(other, names) === there && other.link('remote_virtual_network_id') === here);
  if (typeof there === 'string' && isBoth) return 'Connected';
  return unresolved(
    `${block.context.instance.address}.peering_state`,
    'the file does not contain the peering in the other direction',
  );
}

const peering: TerraformResource = {
  arm: `${networkType}/virtualNetworkPeerings`,
  parent: networkOf,
  body: (block, names) => ({
    properties: members({
      remoteVirtualNetwork: reference(block.link('remote_virtual_network_id')),
      allowVirtualNetworkAccess: block.or('allow_virtual_network_access', true),
      allowForwardedTraffic: block.or('allow_forwarded_traffic', false),
      allowGatewayTransit: block.or('allow_gateway_transit', false),
      useRemoteGateways: block.or('use_remote_gateways', false),
      peeringState: peeringState(block, names),
    }),
  }),
};

const inGroup = (arm: string, properties: (block: TerraformBlock) => JsonObject = () => ({})): TerraformResource => ({
  arm,
  body: (block) => ({ ...members({ location: block.value('location') }), properties: properties(block) }),
});

const publicAddress: TerraformResource = {
  arm: 'Microsoft.Network/publicIPAddresses',
  body: (block) => ({
    ...members({ location: block.value('location') }),
    // Of 4.0 and newer; the plans of older ones show theirs.
    sku: { name: block.or('sku', 'Standard') },
    properties: members({
      ipAddress: block.value('ip_address'),
      publicIPAllocationMethod: block.value('allocation_method'),
    }),
  }),
};

/** One connection: by itself approved, by hand pending until the owner of the target approves it. */
function connection(block: TerraformBlock): Attribute {
  return block.within('private_service_connection', (one) => ({
    ...members({ name: one.value('name') }),
    properties: members({
      privateLinkServiceId: one.link('private_connection_resource_id'),
      groupIds: some(one.value('subresource_names')) ?? [],
      privateLinkServiceConnectionState: {
        status: one.choice('is_manual_connection', false, 'Pending', 'Approved'),
      },
    }),
  }));
}

const endpoint: TerraformResource = {
  arm: 'Microsoft.Network/privateEndpoints',
  children: zoneGroups,
  body(block) {
    const made = connection(block);
    const manual = block.within('private_service_connection', (one) => one.or('is_manual_connection', false));
    const [auto, byHand] = ['privateLinkServiceConnections', 'manualPrivateLinkServiceConnections'];
    const lists =
      manual === undefined || made === undefined
        ? {}
        : isUnresolved(manual) || isUnresolved(made)
          ? { [auto]: isUnresolved(made) ? made : manual }
          : { [auto]: manual === true ? [] : [made], [byHand]: manual === true ? [made] : [] };
    return {
      ...members({ location: block.value('location') }),
      properties: members({ subnet: reference(block.link('subnet_id')), ...lists }),
    };
  },
};

/** The zone group of an endpoint is a block of it. */
function zoneGroups(block: TerraformBlock): readonly TerraformChild[] {
  const zones = block.block('private_dns_zone_group');
  if (!(zones instanceof TerraformBlock)) return [];
  const ids = zones.links('private_dns_zone_ids');
  const configs = mapped(ids, (id) => ({
    name: String(id).split('/').at(-1)?.replaceAll('.', '-') ?? 'zone',
    properties: { privateDnsZoneId: id },
  }));
  const body = { properties: { privateDnsZoneConfigs: configs ?? [] } };
  return [{ type: 'privateDnsZoneGroups', name: zones.text('name') ?? 'default', body }];
}

const zone: TerraformResource = { arm: zoneType, body: () => ({ location: 'global', properties: {} }) };

const zoneLink: TerraformResource = {
  arm: `${zoneType}/virtualNetworkLinks`,
  parent: (block, names) =>
    names.named(block, 'private_dns_zone_name', 'azurerm_private_dns_zone', zoneType) ??
    block.link('private_dns_zone_id'),
  body: (block) => ({
    location: 'global',
    properties: members({
      virtualNetwork: reference(block.link('virtual_network_id')),
      registrationEnabled: block.or('registration_enabled', false),
      resolutionPolicy: block.value('resolution_policy'),
    }),
  }),
};

const addressRecord: TerraformResource = {
  arm: `${zoneType}/A`,
  parent: (block, names) =>
    names.named(block, 'zone_name', 'azurerm_private_dns_zone', zoneType) ?? block.link('private_dns_zone_id'),
  body: (block) => ({
    properties: members({
      ttl: block.value('ttl'),
      aRecords: mapped(block.or('records', []), (ipv4Address) => ({ ipv4Address })),
    }),
  }),
};

const firewall = inGroup('Microsoft.Network/azureFirewalls', (block) =>
  members({
    sku: members({ name: block.value('sku_name'), tier: block.value('sku_tier') }),
    firewallPolicy: reference(block.link('firewall_policy_id')),
    ipConfigurations: block.each('ip_configuration', (one) => ({
      ...members({ name: one.value('name') }),
      properties: members({
        subnet: reference(one.link('subnet_id')),
        publicIPAddress: reference(one.link('public_ip_address_id')),
        privateIPAddress: one.value('private_ip_address'),
      }),
    })),
  }),
);

const policy = inGroup(policyType, (block) =>
  members({
    sku: members({ tier: block.or('sku', 'Standard') }),
    basePolicy: reference(block.link('base_policy_id')),
    dnsSettings: block.within('dns', (dns) =>
      members({ servers: dns.value('servers'), enableProxy: dns.or('proxy_enabled', false) }),
    ),
  }),
);

const sources = (rule: TerraformBlock) => ({
  name: rule.value('name'),
  sourceAddresses: some(rule.value('source_addresses')),
  sourceIpGroups: some(rule.links('source_ip_groups')),
});

const applicationRule = (rule: TerraformBlock): JsonObject =>
  members({
    ruleType: 'ApplicationRule',
    ...sources(rule),
    protocols: rule.each('protocols', (one) => members({ protocolType: one.value('type'), port: one.value('port') })),
    targetFqdns: some(rule.value('destination_fqdns')),
    fqdnTags: some(rule.value('destination_fqdn_tags')),
    targetUrls: some(rule.value('destination_urls')),
  });

const networkRule = (rule: TerraformBlock): JsonObject =>
  members({
    ruleType: 'NetworkRule',
    ...sources(rule),
    ipProtocols: rule.value('protocols'),
    destinationAddresses: some(rule.value('destination_addresses')),
    destinationFqdns: some(rule.value('destination_fqdns')),
    destinationIpGroups: some(rule.links('destination_ip_groups')),
    destinationPorts: some(rule.value('destination_ports')),
  });

function collections(block: TerraformBlock, name: string, rule: (rule: TerraformBlock) => JsonObject): readonly Json[] {
  const all = block.each(name, (one) => ({
    ruleCollectionType: 'FirewallPolicyFilterRuleCollection',
    ...members({
      name: one.value('name'),
      priority: one.value('priority'),
      action: members({ type: one.value('action') }),
    }),
    rules: one.each('rule', rule),
  }));
  return isArray(all) ? all : [all];
}

const ruleCollections: TerraformResource = {
  arm: `${policyType}/ruleCollectionGroups`,
  parent: (block) => block.link('firewall_policy_id'),
  body: (block) => ({
    properties: members({
      priority: block.value('priority'),
      ruleCollections: [
        ...collections(block, 'application_rule_collection', applicationRule),
        ...collections(block, 'network_rule_collection', networkRule),
      ],
    }),
  }),
};

export const networks: TerraformTypes = {
  azurerm_virtual_network: network,
  azurerm_subnet: subnet,
  azurerm_subnet_network_security_group_association: association(
    'subnet_id',
    'network_security_group_id',
    'networkSecurityGroup',
  ),
  azurerm_subnet_route_table_association: association('subnet_id', 'route_table_id', 'routeTable'),
  azurerm_subnet_nat_gateway_association: association('subnet_id', 'nat_gateway_id', 'natGateway'),
  azurerm_network_security_group: group,
  azurerm_network_security_rule: ruleOfGroup,
  azurerm_route_table: table,
  azurerm_route: routeOfTable,
  azurerm_virtual_network_peering: peering,
  azurerm_nat_gateway: inGroup('Microsoft.Network/natGateways'),
  azurerm_public_ip: publicAddress,
  azurerm_private_endpoint: endpoint,
  azurerm_private_dns_zone: zone,
  azurerm_private_dns_zone_virtual_network_link: zoneLink,
  azurerm_private_dns_a_record: addressRecord,
  azurerm_firewall: firewall,
  azurerm_firewall_policy: policy,
  azurerm_firewall_policy_rule_collection_group: ruleCollections,
};
