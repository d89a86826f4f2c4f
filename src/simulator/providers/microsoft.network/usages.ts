// Microsoft.Network/locations/usages: how much of the subscription's network quota is used. A state may hold a row for a quota,
// which then says the limit.
import { fold } from '../../gateway/address.ts';
import { at, JsonNumber, json, text } from '../../json.ts';
import type { ProviderType } from '../provider.ts';

/** Name, its words, limit, the type that is counted. Limits are Azure's published defaults. */
const rows: readonly (readonly [string, string, number, string])[] = [
  ['VirtualNetworks', 'Virtual Networks', 1000, 'Microsoft.Network/virtualNetworks'],
  ['NetworkSecurityGroups', 'Network Security Groups', 5000, 'Microsoft.Network/networkSecurityGroups'],
  ['PublicIPAddresses', 'Public IP Addresses', 1000, 'Microsoft.Network/publicIPAddresses'],
  ['StandardSkuPublicIpAddresses', 'Standard SKU Public IP Addresses', 20, 'Microsoft.Network/publicIPAddresses'],
  ['LoadBalancers', 'Load Balancers', 1000, 'Microsoft.Network/loadBalancers'],
  ['StandardSkuLoadBalancers', 'Standard SKU Load Balancers', 1000, 'Microsoft.Network/loadBalancers'],
  ['RouteTables', 'Route Tables', 200, 'Microsoft.Network/routeTables'],
  ['SecurityRulesPerNetworkSecurityGroup', 'Security rules per Network Security Group', 1000, ''],
  [
    'SecurityRuleAddressesOrPortsPerNetworkSecurityGroup',
    'Security rules addresses or ports per Network Security Group',
    4000,
    '',
  ],
  ['RoutesPerRouteTable', 'Routes per Route Table', 400, ''],
  ['SubnetsPerVirtualNetwork', 'Subnets per Virtual Network', 3000, ''],
];

export const networkUsages: ProviderType = {
  type: 'Microsoft.Network/locations/usages',
  allows: { put: false, patch: false, delete: false },
  items({ store, address }) {
    const location = address.names[0] ?? '';
    return rows.map(([value, localizedValue, limit, type]) => {
      const id = `/subscriptions/${address.subscription}/providers/Microsoft.Network/locations/${location}/usages/${value}`;
      const own = at(store.get(id), 'limit');
      const here = type === '' ? [] : store.ofType(type, `/subscriptions/${address.subscription}`);
      return json({
        currentValue: here.filter((body) => fold(text(body, 'location') ?? '') === fold(location)).length,
        id,
        limit: own instanceof JsonNumber ? own : limit,
        name: { localizedValue, value },
        unit: 'Count',
      });
    });
  },
};
