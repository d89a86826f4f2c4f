// The bodies of virtual networks, security groups, route tables, NAT gateways and VPN gateways, as JSON text.
import { etag, guidOf, joined, list, name } from './bodies.ts';
import { inGroup, region } from './names.ts';

const serviceEndpoint = (service: string): string => {
  const locations = service === 'Microsoft.Storage' ? '["westeurope", "northeurope"]' : '["*"]';
  return `{"provisioningState": "Succeeded", "service": "${service}", "locations": ${locations}}`;
};

export interface SubnetOptions {
  /** `Succeeded` unless said. */
  readonly state?: 'Succeeded' | 'Failed';
  readonly services?: readonly string[];
  /** How many addresses nodes take. */
  readonly uses?: number;
  /** Address configurations of interfaces in it. */
  readonly nicConfigurations?: readonly string[];
  /** The service it is delegated to. */
  readonly delegation?: string;
  /** Id of the resource that is associated with it. */
  readonly securityGroup?: string;
  readonly routeTable?: string;
  readonly natGateway?: string;
  /** Network policies for private endpoints; `Disabled` unless said. */
  readonly policies?: 'Disabled' | 'Enabled' | 'NetworkSecurityGroupEnabled' | 'RouteTableEnabled';
  readonly defaultOutboundAccess?: boolean;
  /** More members of `properties`, each with a comma in front. */
  readonly extra?: string;
  /** References to private endpoints in it. */
  readonly endpoints?: { readonly ids: readonly string[]; readonly nicConfigurations: readonly string[] };
}

export function subnetBody(id: string, prefix: string, options: SubnetOptions = {}): string {
  const nodes = Array.from({ length: options.uses ?? 0 }, (_, index) => {
    const nic = `/subscriptions/88888888-8888-8888-8888-888888888888/resourceGroups/azureml-nodes/providers/Microsoft.Network/networkInterfaces/node-${index}`;
    return `${nic}/ipConfigurations/ipconfig`;
  });
  const refer = (ids: readonly string[]): string => list(ids.map((one) => `{"id": "${one}"}`));
  const nicConfigurations = [
    ...nodes,
    ...(options.nicConfigurations ?? []),
    ...(options.endpoints?.nicConfigurations ?? []),
  ];
  const { securityGroup, routeTable, natGateway, defaultOutboundAccess: outbound } = options;
  const associated = Object.entries({ networkSecurityGroup: securityGroup, routeTable, natGateway }).flatMap(
    ([member, other]) => (other === undefined ? [] : [`, "${member}": {"id": "${other}"}`]),
  );
  const access = outbound === undefined ? '' : `, "defaultOutboundAccess": ${outbound}`;
  const ends = options.endpoints ? `, "privateEndpoints": ${refer(options.endpoints.ids)}` : '';
  return `{"name": "${name(id)}", "id": "${id}", "etag": "${etag}",
    "properties": {"provisioningState": "${options.state ?? 'Succeeded'}", "addressPrefix": "${prefix}",
      ${nicConfigurations.length > 0 ? `"ipConfigurations": ${refer(nicConfigurations)},` : ''}
      "serviceEndpoints": ${list((options.services ?? []).map(serviceEndpoint))}, "delegations": ${list(options.delegation === undefined ? [] : [delegationText(id, options.delegation)])},
      "privateEndpointNetworkPolicies": "${options.policies ?? 'Disabled'}", "privateLinkServiceNetworkPolicies": "Enabled",
      "unknownToClients": {"weight": 1.0, "serial": 12345678901234567890}${ends}${associated.join('')}${access}${options.extra ?? ''}},
    "type": "Microsoft.Network/virtualNetworks/subnets"}`;
}

const delegationText = (subnetId: string, service: string): string =>
  `{"name": "handed-over", "id": "${subnetId}/delegations/handed-over", "etag": "${etag}",
    "properties": {"provisioningState": "Succeeded", "serviceName": "${service}",
      "actions": ["Microsoft.Network/virtualNetworks/subnets/action"]},
    "type": "Microsoft.Network/virtualNetworks/subnets/delegations"}`;

/** `space`: one prefix or several; `peerings`: texts. */
export function networkBody(
  id: string,
  space: string | readonly string[],
  subnets: readonly string[],
  peerings: readonly string[] = [],
): string {
  const spaces = typeof space === 'string' ? [space] : space;
  return `{"name": "${name(id)}", "id": "${id}", "etag": "${etag}", "type": "Microsoft.Network/virtualNetworks", "location": "${region}",
    "tags": {"owner": "network team"},
    "properties": {"provisioningState": "Succeeded", "resourceGuid": "99999999-9999-9999-9999-999999999999",
      "addressSpace": {"addressPrefixes": [${joined(spaces.map((one) => `"${one}"`))}]}, "subnets": ${list(subnets)}, "virtualNetworkPeerings": ${list(peerings)},
      "enableDdosProtection": false, "unknownToClients": {"weight": 1.0}}}`;
}

/** A rule of a security group, for every source port. */
export interface RuleText {
  readonly name: string;
  readonly priority: number;
  readonly direction: 'Inbound' | 'Outbound';
  readonly access: 'Allow' | 'Deny';
  readonly protocol: string;
  readonly source: string;
  readonly destination: string;
  readonly ports: string;
}

export function securityGroupWith(id: string, rules: readonly RuleText[]): string {
  return `{"name": "${name(id)}", "id": "${id}", "etag": "${etag}", "type": "Microsoft.Network/networkSecurityGroups",
    "location": "${region}", "properties": {"provisioningState": "Succeeded", "resourceGuid": "aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa",
      "securityRules": ${list(rules.map((rule) => securityRule(id, rule)))}}}`;
}

/** What computes with a public IP address need inbound. */
export const inboundRules: readonly RuleText[] = [
  {
    ...{ name: 'AllowMachineLearningInbound', priority: 110, direction: 'Inbound', access: 'Allow', protocol: 'Tcp' },
    ...{ source: 'AzureMachineLearning', destination: '*', ports: '44224' },
  },
];
/** Denies the Internet on every port. */
export const denyInternet = (priority: number, more: Partial<RuleText> = {}): RuleText => ({
  ...{ name: 'DenyInternet', priority, direction: 'Outbound', access: 'Deny' },
  ...{ protocol: '*', source: '*', destination: 'Internet', ports: '*' },
  ...more,
});

const securityRule = (group: string, rule: RuleText): string =>
  `{"name": "${rule.name}", "id": "${group}/securityRules/${rule.name}", "etag": "${etag}",
    "type": "Microsoft.Network/networkSecurityGroups/securityRules", "properties": {"provisioningState": "Succeeded",
      "protocol": "${rule.protocol}", "sourcePortRange": "*", "destinationPortRange": "${rule.ports}", "sourceAddressPrefix": "${rule.source}",
      "destinationAddressPrefix": "${rule.destination}", "access": "${rule.access}", "priority": ${rule.priority}, "direction": "${rule.direction}",
      "sourcePortRanges": [], "destinationPortRanges": [], "sourceAddressPrefixes": [], "destinationAddressPrefixes": []}}`;

/** A NAT gateway with one public address, and the subnets that go out through it: two bodies. */
export function natGateway(id: string, address: string, subnets: readonly string[]): string[] {
  const addressId = `${id.slice(0, id.indexOf('/natGateways/'))}/publicIPAddresses/pip-${name(id)}`;
  return [
    `{"name": "${name(addressId)}", "id": "${addressId}", "etag": "${etag}", "type": "Microsoft.Network/publicIPAddresses",
      "location": "${region}", "sku": {"name": "Standard", "tier": "Regional"}, "zones": ["1", "2", "3"],
      "properties": {"provisioningState": "Succeeded", "resourceGuid": "${guidOf(addressId)}", "ipAddress": "${address}",
        "publicIPAddressVersion": "IPv4", "publicIPAllocationMethod": "Static", "idleTimeoutInMinutes": 4, "ipTags": [],
        "natGateway": {"id": "${id}"}}}`,
    `{"name": "${name(id)}", "id": "${id}", "etag": "${etag}", "type": "Microsoft.Network/natGateways", "location": "${region}",
      "sku": {"name": "Standard"}, "properties": {"provisioningState": "Succeeded", "resourceGuid": "${guidOf(id)}",
        "idleTimeoutInMinutes": 4, "publicIpAddresses": [{"id": "${addressId}"}],
        "subnets": ${list(subnets.map((one) => `{"id": "${one}"}`))}}}`,
  ];
}

/** `hop`: `Internet`, `None`, or the address of an appliance. */
export interface RouteText {
  readonly name: string;
  readonly prefix: string;
  readonly hop: string;
}

export const past = (route: string, prefix: string): RouteText => ({ name: route, prefix, hop: 'Internet' });

/** One route for each prefix, named `NAME-1`, `NAME-2`. */
export const pastEach = (route: string, prefixes: readonly string[]): RouteText[] =>
  prefixes.map((prefix, index) => past(`${route}-${index + 1}`, prefix));

export function routeTableBody(id: string, routes: readonly RouteText[]): string {
  return `{"name": "${name(id)}", "id": "${id}", "etag": "${etag}", "type": "Microsoft.Network/routeTables", "location": "${region}",
    "tags": {"owner": "network team"}, "properties": {"provisioningState": "Succeeded", "resourceGuid": "${guidOf(id)}",
      "disableBgpRoutePropagation": false, "unknownToClients": {"weight": 1.0},
      "routes": ${list(routes.map((route) => routeBody(id, route)))}}}`;
}

function routeBody(table: string, { name: route, prefix, hop }: RouteText): string {
  const isNamed = hop === 'Internet' || hop === 'None';
  const next = isNamed ? `"nextHopType": "${hop}"` : `"nextHopType": "VirtualAppliance", "nextHopIpAddress": "${hop}"`;
  return `{"name": "${route}", "id": "${table}/routes/${route}", "etag": "${etag}", "type": "Microsoft.Network/routeTables/routes",
    "properties": {"provisioningState": "Succeeded", "addressPrefix": "${prefix}", ${next}, "hasBgpOverride": false}}`;
}

interface SiteSpec {
  /** Id of the network's GatewaySubnet. */
  readonly subnet: string;
  /** The ranges of the other side. */
  readonly ranges: readonly string[];
  /** Is it the default site, to which all other traffic is sent? */
  readonly isDefault: boolean;
}

/** Gateway, site and connection: three bodies. */
export function gatewayBodies({ isDefault, ranges, subnet }: SiteSpec): string[] {
  const gateway = inGroup('Microsoft.Network/virtualNetworkGateways', 'vpn-ml');
  const site = inGroup('Microsoft.Network/localNetworkGateways', 'office');
  const connection = inGroup('Microsoft.Network/connections', 'ml-to-office');
  const body = (id: string, type: string, properties: string): string =>
    `{"name": "${name(id)}", "id": "${id}", "etag": "${etag}", "type": "Microsoft.Network/${type}", "location": "${region}",
      "properties": {"provisioningState": "Succeeded", ${properties}}}`;
  const defaultSite = isDefault ? `, "gatewayDefaultSite": {"id": "${site}"}` : '';
  return [
    body(
      gateway,
      'virtualNetworkGateways',
      `"ipConfigurations": [{"name": "default", "id": "${gateway}/ipConfigurations/default", "etag": "${etag}",
        "properties": {"provisioningState": "Succeeded", "privateIPAllocationMethod": "Dynamic", "subnet": {"id": "${subnet}"}}}],
        "sku": {"name": "VpnGw1", "tier": "VpnGw1", "capacity": 2}, "gatewayType": "Vpn", "vpnType": "RouteBased", "enableBgp": false,
        "activeActive": false${defaultSite}`,
    ),
    body(
      site,
      'localNetworkGateways',
      `"localNetworkAddressSpace": {"addressPrefixes": ${list(ranges.map((range) => `"${range}"`))}}, "gatewayIpAddress": "203.0.113.200"`,
    ),
    body(
      connection,
      'connections',
      `"virtualNetworkGateway1": {"id": "${gateway}"}, "localNetworkGateway2": {"id": "${site}"}, "connectionType": "IPsec",
        "routingWeight": 0, "enableBgp": false`,
    ),
  ];
}
