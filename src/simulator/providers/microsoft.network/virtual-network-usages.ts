// Microsoft.Network/virtualNetworks/usages: addresses in use per subnet; the limit leaves out the five that Azure reserves.
import { fold, parentOf } from '../../gateway/address.ts';
import { type ArmObject, JsonNumber, json, list, text } from '../../json.ts';
import type { Store } from '../../store/store.ts';
import { rangeOf } from '../ipv4.ts';
import type { ProviderType } from '../provider.ts';
import { interfaceOf } from './private-endpoint-document.ts';
import { prefixesOf, propertiesOf } from './subnet-document.ts';

const reserved = 5;
const unreported = '-1.0';

const decimal = (value: number): JsonNumber => new JsonNumber(value.toFixed(1));

/** Endpoints whose interface is not known: each is taken to hold one address. */
function bareEndpoints(store: Store, properties: ArmObject): number {
  return list(properties, 'privateEndpoints').filter((item) => {
    const card = interfaceOf(store.get(text(item, 'id') ?? ''));
    return card === undefined || !store.get(card);
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
