// Microsoft.Network/locations/usages: how much of the subscription's network quota is used. A state may hold a row for a quota,
// which then says the limit.
import { fold, parentOf } from '../../gateway/address.ts';
import { type ArmObject, at, JsonNumber, json, list, text } from '../../json.ts';
import type { Store } from '../../store/store.ts';
import { rangeOf } from '../ipv4.ts';
import type { ProviderType } from '../provider.ts';
import { interfaceOf } from './private-endpoint-document.ts';
import { prefixesOf, propertiesOf } from './subnet-document.ts';

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

// Microsoft.Network/virtualNetworks/usages: addresses in use per subnet; the limit leaves out the five that Azure reserves.

const reserved = 5;
const unreported = '-1.0';

const decimal = (value: number): JsonNumber => new JsonNumber(value.toFixed(1));

/** Endpoints whose interface is not known: each is taken to hold one address. */
function bareEndpoints(store: Store, properties: ArmObject): number {
  return list(properties, 'privateEndpoints').filter((item) => {
    const nic = interfaceOf(store.get(text(item, 'id') ?? ''));
    return nic === undefined || !store.get(nic);
  }).length;
}

export const virtualNetworkUsages: ProviderType = {
  type: 'Microsoft.Network/virtualNetworks/usages',
  allows: { put: false, patch: false, delete: false },
  items({ store, address }) {
    const network = store.get(parentOf(`${address.path}/x`));
    return list(network, 'properties', 'subnets').map((subnet) => {
      const properties = propertiesOf(subnet);
      const isGateway = fold(text(subnet, 'name') ?? '') === 'gatewaysubnet';
      const size = prefixesOf(properties).reduce((sum, prefix) => {
        const range = rangeOf(prefix);
        return range ? sum + range.last - range.first + 1 : sum;
      }, 0);
      const used = list(properties, 'ipConfigurations').length + bareEndpoints(store, properties);
      return json({
        currentValue: isGateway ? new JsonNumber(unreported) : decimal(used),
        id: text(subnet, 'id') ?? '',
        limit: isGateway ? new JsonNumber(unreported) : decimal(size - reserved),
        name: { localizedValue: 'Subnet size and usage', value: 'SubnetSpace' },
        unit: 'Count',
      });
    });
  },
};
