// Microsoft.Network/azureFirewalls and firewallPolicies: an address in AzureFirewallSubnet, its own rules or a policy, a policy
// that knows its firewalls and groups. Refusals other than Azure's in-use words and those of rules are not published.
import { fold, nameOf } from '../../gateway/address.ts';
import { networkError } from '../../gateway/answer.ts';
import { type ArmJson, type ArmObject, at, isObject, json, list, put, text } from '../../json.ts';
import { idOf, type Store } from '../../store/store.ts';
import { replaceDocument, replaceMembers, setFirst } from '../documents.ts';
import type { ProviderType, Write } from '../provider.ts';
import { reference, tracked } from '../shape.ts';
import { checkCollections } from './firewall-rules.ts';
import { freeAddresses, requireAddresses } from './free-addresses.ts';
import { networkResource, touch } from './network-parts.ts';
import { requireUnused } from './public-ip-addresses.ts';
import {
  inUseError,
  missingValue,
  naming,
  placeInSubnets,
  referenced,
  requireLocation,
  requireReady,
  showReferences,
} from './references.ts';
import { ruleCollectionGroupType } from './rule-collection-groups.ts';
import { propertiesOf } from './subnet-document.ts';

const firewallType = 'Microsoft.Network/azureFirewalls';
const policyType = 'Microsoft.Network/firewallPolicies';
const firewallSubnet = 'AzureFirewallSubnet';
/** Its lists of rules, when it has no policy. */
const collectionMembers = [
  ['natRuleCollections', 'nat'],
  ['networkRuleCollections', 'network'],
  ['applicationRuleCollections', 'application'],
] as const;

const collectionShape = {
  name: 'text',
  properties: { priority: 'number', action: { type: 'text' }, rules: ['object'] },
} as const;

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
      natRuleCollections: [collectionShape],
      networkRuleCollections: [collectionShape],
      applicationRuleCollections: [collectionShape],
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
    settleRules(id, before, properties, policy !== undefined);
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

/** Checks the rules that a firewall holds itself, and gives each collection its identity. */
function settleRules(id: string, before: ArmObject | undefined, properties: ArmObject, follows: boolean): void {
  for (const [member, kind] of collectionMembers) {
    const collections = list(properties, member).filter(isObject);
    if (follows && collections.length > 0) {
      throw networkError(
        400,
        'AzureFirewallPolicyAndRuleCollectionsConflict',
        `Firewall ${id} follows a firewall policy and cannot have classic rule collections.`,
      );
    }
    if (collections.length === 0) continue;
    checkCollections(collections, 'properties', () => kind, { family: 'AzureFirewall' });
    const settled = collections.map((sent): ArmObject => {
      const name = text(sent, 'name') ?? '';
      const old = list(before, 'properties', member)
        .filter(isObject)
        .find((item) => fold(text(item, 'name') ?? '') === fold(name));
      const identity = new Map<string, ArmJson>([
        ['name', name],
        ['id', `${id}/${member}/${name}`],
      ]);
      const next = replaceMembers(old ?? identity, sent, ['id', 'etag', 'type']);
      const own = replaceMembers(propertiesOf(old), propertiesOf(sent), ['provisioningState']);
      setFirst(own, 'provisioningState', 'Succeeded');
      put(next, 'properties', own);
      return next;
    });
    put(properties, member, settled);
  }
}

function placed({ store, id, before }: Write, sent: ArmObject): ArmObject {
  const name = text(sent, 'name');
  const subnetId = text(sent, 'properties', 'subnet', 'id');
  if (name === undefined) throw missingValue('properties.ipConfigurations[].name');
  const old = list(before, 'properties', 'ipConfigurations')
    .filter(isObject)
    .find((item) => fold(text(item, 'name') ?? '') === fold(name));
  const identity = new Map<string, ArmJson>([
    ['name', name],
    ['id', `${id}/azureFirewallIpConfigurations/${name}`],
    ['type', `${firewallType}/azureFirewallIpConfigurations`],
  ]);
  const properties = replaceMembers(propertiesOf(old), propertiesOf(sent), ['provisioningState', 'privateIPAddress']);
  setFirst(properties, 'provisioningState', 'Succeeded');
  const publicId = text(properties, 'publicIPAddress', 'id');
  if (publicId !== undefined) requireUnused(store, referenced(store, publicId, id), id);
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
    showReferences(store, body, 'ruleCollectionGroups', store.ofType(ruleCollectionGroupType, id).map(idOf));
    return body;
  },
};

const firewallsOf = (store: Store, id: string): string[] =>
  naming(store, firewallType, ['firewallPolicy', 'id'], id).map(idOf);
const childrenOf = (store: Store, id: string): string[] =>
  naming(store, policyType, ['basePolicy', 'id'], id).map(idOf);
