// Microsoft.Network/azureFirewalls, firewallPolicies and their rule collection groups: an address in AzureFirewallSubnet, a
// policy that knows its firewalls and groups. Rules are kept as they come; refusals other than Azure's in-use words are not published.
import { fold, nameOf, parentOf, sameId } from '../../gateway/address.ts';
import { networkError } from '../../gateway/answer.ts';
import { at, isObject, type Json, JsonNumber, type JsonObject, json, list, put, text } from '../../json.ts';
import { idOf, type Store } from '../../store/store.ts';
import { replaceDocument, replaceMembers, setFirst } from '../documents.ts';
import type { ProviderType, Write } from '../provider.ts';
import { reference, tracked } from '../shape.ts';
import { freeAddresses, requireAddresses } from './free-addresses.ts';
import { touch } from './network-parts.ts';
import { networkChild, networkResource } from './network-resource.ts';
import { placeInSubnets } from './placements.ts';
import {
  inUseError,
  missingValue,
  naming,
  referenced,
  requireLocation,
  requireReady,
  showReferences,
} from './references.ts';
import { propertiesOf } from './subnet-document.ts';

const firewallType = 'Microsoft.Network/azureFirewalls';
const policyType = 'Microsoft.Network/firewallPolicies';
const groupType = `${policyType}/ruleCollectionGroups`;
const firewallSubnet = 'AzureFirewallSubnet';
const [lowest, highest] = [100, 65000];

export const azureFirewalls: ProviderType = {
  ...networkResource,
  type: firewallType,
  shape: {
    ...tracked,
    properties: {
      firewallPolicy: reference,
      sku: { name: 'text', tier: 'text' },
      threatIntelMode: 'text',
      ipConfigurations: [{ name: 'text', properties: { subnet: reference, publicIPAddress: reference } }],
    },
  },
  replace(write) {
    const { before, body, id, store } = write;
    requireLocation(before ?? body);
    const next = replaceDocument(before, body, ['hubIPAddresses', 'ipGroups']);
    const properties = propertiesOf(next);
    put(next, 'properties', properties);
    const policy = text(properties, 'firewallPolicy', 'id');
    if (policy !== undefined) referenced(store, policy, id);
    if (at(properties, 'sku') === undefined) put(properties, 'sku', json({ name: 'AZFW_VNet', tier: 'Standard' }));
    if (at(properties, 'threatIntelMode') === undefined) put(properties, 'threatIntelMode', 'Alert');
    put(
      properties,
      'ipConfigurations',
      list(body, 'properties', 'ipConfigurations')
        .filter(isObject)
        .map((item) => placed(write, item)),
    );
    return next;
  },
  links: (next) =>
    list(next, 'properties', 'ipConfigurations').flatMap((item) => {
      const subnet = text(item, 'properties', 'subnet', 'id');
      return subnet === undefined
        ? []
        : [{ id: subnet, action: 'Microsoft.Network/virtualNetworks/subnets/join/action' }];
    }),
  stored(store, id, newId) {
    touch(store, id, newId);
    placeInSubnets(store, id, newId);
  },
  gone: (store, id, newId) => placeInSubnets(store, id, newId),
};

function placed({ store, id, before }: Write, sent: JsonObject): JsonObject {
  const name = text(sent, 'name');
  const subnetId = text(sent, 'properties', 'subnet', 'id');
  if (name === undefined) throw missingValue('properties.ipConfigurations[].name');
  const old = list(before, 'properties', 'ipConfigurations')
    .filter(isObject)
    .find((item) => fold(text(item, 'name') ?? '') === fold(name));
  const identity = new Map<string, Json>([
    ['name', name],
    ['id', `${id}/azureFirewallIpConfigurations/${name}`],
    ['type', `${firewallType}/azureFirewallIpConfigurations`],
  ]);
  const properties = replaceMembers(propertiesOf(old), propertiesOf(sent), ['provisioningState', 'privateIPAddress']);
  setFirst(properties, 'provisioningState', 'Succeeded');
  const publicId = text(properties, 'publicIPAddress', 'id');
  if (publicId !== undefined) referenced(store, publicId, id);
  if (subnetId !== undefined && at(properties, 'privateIPAddress') === undefined) {
    const subnet = referenced(store, subnetId, id);
    requireReady(subnet, id);
    if (fold(nameOf(subnetId)) !== fold(firewallSubnet)) {
      throw networkError(
        400,
        'AzureFirewallSubnetNameNotValid',
        `The subnet of firewall ${id} must be named ${firewallSubnet}, not ${nameOf(subnetId)}.`,
      );
    }
    requireAddresses(store, subnet, 1);
    put(properties, 'privateIPAddress', freeAddresses(store, subnet, 1)[0] ?? '');
  }
  identity.set('properties', properties);
  return identity;
}

export const firewallPolicies: ProviderType = {
  ...networkResource,
  type: policyType,
  shape: { ...tracked, properties: { basePolicy: reference, threatIntelMode: 'text' } },
  replace({ before, body, id, store }) {
    requireLocation(before ?? body);
    const next = replaceDocument(before, body, ['firewalls', 'childPolicies', 'ruleCollectionGroups', 'size']);
    const properties = propertiesOf(next);
    put(next, 'properties', properties);
    const base = text(properties, 'basePolicy', 'id');
    if (base !== undefined) referenced(store, base, id);
    if (at(properties, 'threatIntelMode') === undefined) put(properties, 'threatIntelMode', 'Alert');
    return next;
  },
  mayDelete({ id, store }) {
    const users = [...firewallsOf(store, id), ...childrenOf(store, id)];
    if (users.length > 0) throw inUseError('InUseFirewallPolicyCannotBeDeleted', 'Firewall policy', id, users);
  },
  show({ store }, body) {
    const id = idOf(body);
    showReferences(store, body, 'firewalls', firewallsOf(store, id));
    showReferences(store, body, 'childPolicies', childrenOf(store, id));
    showReferences(store, body, 'ruleCollectionGroups', store.ofType(groupType, id).map(idOf));
    return body;
  },
};

const firewallsOf = (store: Store, id: string): string[] =>
  naming(store, firewallType, ['firewallPolicy', 'id'], id).map(idOf);
const childrenOf = (store: Store, id: string): string[] =>
  naming(store, policyType, ['basePolicy', 'id'], id).map(idOf);

export const ruleCollectionGroups: ProviderType = {
  ...networkChild,
  type: groupType,
  shape: { properties: { priority: 'number', ruleCollections: ['object'] } },
  holds: parentOf,
  replace({ before, body, id, store }) {
    const next = replaceDocument(before, body, ['size']);
    const value = priorityOf(next);
    if (!(value >= lowest && value <= highest)) {
      throw networkError(
        400,
        'FirewallPolicyRuleCollectionGroupInvalidPriority',
        `Rule collection group ${id} needs a priority from ${lowest} to ${highest}.`,
      );
    }
    const rival = store
      .ofType(groupType, parentOf(id))
      .find((group) => !sameId(idOf(group), id) && priorityOf(group) === value);
    if (rival) {
      throw networkError(
        400,
        'FirewallPolicyRuleCollectionGroupInvalidPriority',
        `Rule collection groups ${id} and ${idOf(rival)} have the same priority ${value}.`,
      );
    }
    return next;
  },
};

function priorityOf(group: JsonObject): number {
  const priority = at(group, 'properties', 'priority');
  return priority instanceof JsonNumber ? Number(priority.text) : Number.NaN;
}
