// Microsoft.Network/networkSecurityGroups: the default rules and the back references to subnets are the service's own.
import { parentOf } from '../../gateway/address.ts';
import { networkError } from '../../gateway/answer.ts';
import { type ArmJson, type ArmObject, at, isObject, json, list, put, text } from '../../json.ts';
import { idOf, type Store } from '../../store/store.ts';
import { mergeDocument, replaceDocument } from '../documents.ts';
import type { ProviderType } from '../provider.ts';
import { subnetsNaming, touch } from './network-parts.ts';
import { naming, showReferences, subscriptionScope } from './references.ts';
import { propertiesOf } from './subnet-document.ts';

/** Name, priority, direction, access, source, destination. */
const defaults: readonly (readonly [string, number, string, string, string, string])[] = [
  ['AllowVnetInBound', 65000, 'Inbound', 'Allow', 'VirtualNetwork', 'VirtualNetwork'],
  ['AllowAzureLoadBalancerInBound', 65001, 'Inbound', 'Allow', 'AzureLoadBalancer', '*'],
  ['DenyAllInBound', 65500, 'Inbound', 'Deny', '*', '*'],
  ['AllowVnetOutBound', 65000, 'Outbound', 'Allow', 'VirtualNetwork', 'VirtualNetwork'],
  ['AllowInternetOutBound', 65001, 'Outbound', 'Allow', '*', 'Internet'],
  ['DenyAllOutBound', 65500, 'Outbound', 'Deny', '*', '*'],
];

export const networkSecurityGroups: ProviderType = {
  type: 'Microsoft.Network/networkSecurityGroups',
  long: { put: 'async', patch: 'none', delete: 'location' },
  making: 'Updating',
  etags: true,
  replace({ before, body, id, newId }) {
    const next = replaceDocument(before, body, [
      'resourceGuid',
      'defaultSecurityRules',
      'subnets',
      'networkInterfaces',
    ]);
    const properties = propertiesOf(next);
    put(next, 'properties', properties);
    const rules = list(properties, 'securityRules').filter(isObject);
    for (const rule of rules) {
      put(rule, 'id', `${id}/securityRules/${text(rule, 'name')}`);
      put(
        rule,
        'properties',
        new Map([['provisioningState', 'Succeeded'], ...propertiesOf(rule)] as [string, ArmJson][]),
      );
    }
    put(properties, 'securityRules', rules);
    if (!before) put(properties, 'resourceGuid', newId());
    return next;
  },
  merge: ({ before, body }) =>
    mergeDocument(before, new Map([...body].filter(([name]) => name.toLowerCase() === 'tags'))),
  mayDelete({ id, store }) {
    const users = [...subnetsNaming(store, 'networkSecurityGroup', id), ...interfacesOf(store, id)];
    if (users.length > 0) {
      throw networkError(
        400,
        'InUseNetworkSecurityGroupCannotBeDeleted',
        `Network security group ${id} cannot be deleted because it is in use by the following resources: ${users.join(', ')}. In order to delete the Network security group, remove the association with the resource(s). To learn how to do this, see aka.ms/deletensg.`,
      );
    }
  },
  stored: touch,
  show({ store }, body) {
    const id = text(body, 'id') ?? '';
    const properties = propertiesOf(body);
    put(body, 'properties', properties);
    if (at(properties, 'defaultSecurityRules') === undefined)
      put(properties, 'defaultSecurityRules', defaultRules(id, body));
    // Of a network that was loaded without its parts nothing is known but what it says itself.
    const elsewhere = list(properties, 'subnets').filter((item) => !store.get(parentOf(text(item, 'id') ?? '')));
    const users = [
      ...elsewhere,
      ...subnetsNaming(store, 'networkSecurityGroup', id).map((subnet) => json({ id: subnet })),
    ];
    if (users.length > 0 || at(properties, 'subnets') !== undefined) put(properties, 'subnets', users);
    showReferences(store, body, 'networkInterfaces', interfacesOf(store, id));
    return body;
  },
};

/** Those of its subscription can. */
const interfacesOf = (store: Store, id: string): string[] =>
  naming(store, 'Microsoft.Network/networkInterfaces', ['networkSecurityGroup', 'id'], id, subscriptionScope(id)).map(
    idOf,
  );

function defaultRules(id: string, group: ArmObject): ArmJson[] {
  return defaults.map(([name, priority, direction, access, source, destination]) =>
    json({
      name,
      id: `${id}/defaultSecurityRules/${name}`,
      etag: text(group, 'etag'),
      type: 'Microsoft.Network/networkSecurityGroups/defaultSecurityRules',
      properties: {
        provisioningState: 'Succeeded',
        protocol: '*',
        sourcePortRange: '*',
        destinationPortRange: '*',
        sourceAddressPrefix: source,
        destinationAddressPrefix: destination,
        access,
        priority,
        direction,
        sourcePortRanges: [],
        destinationPortRanges: [],
        sourceAddressPrefixes: [],
        destinationAddressPrefixes: [],
      },
    }),
  );
}
