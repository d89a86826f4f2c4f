// Microsoft.Network/virtualNetworks/subnets: PUT replaces, there is no PATCH, the etag is the network's.
import { fold, nameOf, parentOf } from '../../gateway/address.ts';
import { type ArmObject, isObject, list, put, text } from '../../json.ts';
import type { Store } from '../../store/store.ts';
import { replaceMembers } from '../documents.ts';
import { checkIntentPolicy, holderOf } from '../microsoft.databricks/injected-subnets.ts';
import type { Link, ProviderType } from '../provider.ts';
import { touch } from './network-parts.ts';
import {
  checkRanges,
  checkReferences,
  checkUse,
  inUse,
  propertiesOf,
  subnetProperties,
  userOf,
} from './subnet-document.ts';

const joins: readonly (readonly [string, string])[] = [
  ['networkSecurityGroup', 'Microsoft.Network/networkSecurityGroups/join/action'],
  ['routeTable', 'Microsoft.Network/routeTables/join/action'],
  ['natGateway', 'Microsoft.Network/natGateways/join/action'],
];

export const subnets: ProviderType = {
  type: 'Microsoft.Network/virtualNetworks/subnets',
  long: { put: 'async', delete: 'location' },
  allows: { patch: false },
  making: 'Updating',
  etags: true,
  holds: parentOf,
  replace({ before, body, id, store }) {
    const network = store.get(parentOf(id)) ?? new Map();
    const name = nameOf(id);
    const properties = subnetProperties(before, propertiesOf(body), id, text(network, 'location') ?? '');
    const siblings = list(network, 'properties', 'subnets').filter(
      (item): item is ArmObject => isObject(item) && fold(text(item, 'name') ?? '') !== fold(name),
    );
    checkRanges(name, properties, network, siblings);
    checkReferences(id, properties, store);
    checkUse(before, properties, store);
    const next = replaceMembers(before, body, ['id', 'name', 'type', 'etag']);
    put(next, 'properties', properties);
    checkIntentPolicy(before, next, store);
    return next;
  },
  links: (next) => linksOf(next),
  mayDelete({ before, store }) {
    const user = before ? (userOf(before, store) ?? holderOf(store, text(before, 'id') ?? '')) : undefined;
    if (before && user !== undefined) throw inUse(before, user);
  },
  stored: touch,
  gone(store, id, newId) {
    touch(store, id, newId);
    orphanRules(store, id);
  },
};

export function linksOf(subnet: ArmObject): Link[] {
  const policies = list(subnet, 'properties', 'serviceEndpointPolicies').flatMap((item) => text(item, 'id') ?? []);
  return [
    ...joins.flatMap(([member, action]) => {
      const id = text(subnet, 'properties', member, 'id');
      return id === undefined ? [] : [{ id, action }];
    }),
    ...policies.map((id) => ({ id, action: 'Microsoft.Network/serviceEndpointPolicies/join/action' })),
  ];
}

/** Storage remembers that the subnet behind a rule is gone; a new subnet of that name does not bring the rule back. */
export function orphanRules(store: Store, subnetId: string): void {
  for (const account of store.ofType('Microsoft.Storage/storageAccounts')) {
    for (const rule of list(account, 'properties', 'networkAcls', 'virtualNetworkRules')) {
      if (isObject(rule) && fold(text(rule, 'id') ?? '') === fold(subnetId)) put(rule, 'state', 'NetworkSourceDeleted');
    }
  }
}
