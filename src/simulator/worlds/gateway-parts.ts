// The bodies of a VPN gateway and of the site it is connected with, as JSON text: what the gateway teaches a network is told by them.
import { inGroup, region } from './names.ts';
import { etag, list, name } from './parts.ts';

interface Site {
  /** Id of the network's GatewaySubnet. */
  readonly subnet: string;
  /** The ranges of the other side. */
  readonly ranges: readonly string[];
  /** Does everything go there that goes nowhere else? */
  readonly isDefault: boolean;
}

/** Gateway, site and connection: three bodies. */
export function gatewayBodies({ isDefault, ranges, subnet }: Site): string[] {
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
