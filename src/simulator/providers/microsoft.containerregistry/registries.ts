// Microsoft.ContainerRegistry/registries: the rule set is replaced as one block, belongs to Premium alone, and shows its
// subnet rules only in the versions that know them.
import { fold } from '../../gateway/address.ts';
import { ArmError } from '../../gateway/answer.ts';
import { type ArmJson, type ArmObject, at, child, isObject, json, list, nameIn, put, text } from '../../json.ts';
import { mergeDocument, replaceDocument } from '../documents.ts';
import { endpointsLost } from '../microsoft.network/private-endpoint-effects.ts';
import type { ProviderType, Write } from '../provider.ts';
import { openRules, requirePremium, settledRules, subnetKeyAt } from './network-rules.ts';

const owned = ['loginServer', 'creationDate', 'status', 'privateEndpointConnections'];
const skus = ['Classic', 'Basic', 'Standard', 'Premium'];

export const registries: ProviderType = {
  type: 'Microsoft.ContainerRegistry/registries',
  long: { put: 'async', patch: 'async', delete: 'location' },
  created: 201,
  live: ['privateEndpointConnections'],
  gone: endpointsLost,
  replace: (write) => filledIn(write, replaceDocument(write.before, write.body, owned)),
  merge: (write) => mergeDocument(write.before, write.body, { whole: ['networkRuleSet'], owned }),
  settle(write, next) {
    const properties = child(next, 'properties');
    const sku = settledSku(next);
    const sent = at(write.body, 'properties', 'networkRuleSet');
    requirePremium(sku, at(properties, 'networkRuleSet'));
    if (isObject(sent)) put(properties, 'networkRuleSet', settledRules(write, sent));
    if (fold(sku) !== 'premium') remove(properties, 'networkRuleSet');
    refuseClosing(sku, at(properties, 'publicNetworkAccess'));
    return next;
  },
  links: (next) =>
    list(next, 'properties', 'networkRuleSet', 'virtualNetworkRules').flatMap((rule) => {
      const id = text(rule, 'id');
      const action = 'Microsoft.Network/virtualNetworks/subnets/joinViaServiceEndpoint/action';
      return id === undefined ? [] : [{ id, action }];
    }),
  /** A Premium registry always shows a set of rules and the bypass of ACR Tasks, also where neither was ever set. */
  show({ apiVersion }, body) {
    const properties = child(body, 'properties');
    const isPremium = fold(text(body, 'sku', 'name') ?? '') === 'premium';
    if (isPremium && !isObject(at(properties, 'networkRuleSet'))) put(properties, 'networkRuleSet', openRules());
    if (apiVersion < '2025-05-01') remove(properties, 'networkRuleBypassAllowedForTasks');
    else if (isPremium && at(properties, 'networkRuleBypassAllowedForTasks') === undefined)
      put(properties, 'networkRuleBypassAllowedForTasks', false);
    const rules = at(properties, 'networkRuleSet');
    if (!isObject(rules)) return body;
    const key = subnetKeyAt(apiVersion);
    if (key === undefined) remove(rules, 'virtualNetworkRules');
    else if (key !== 'id') {
      const renamed = list(rules, 'virtualNetworkRules').map((rule) =>
        json({ action: text(rule, 'action') ?? 'Allow', [key]: text(rule, 'id') }),
      );
      put(rules, 'virtualNetworkRules', renamed);
    }
    return body;
  },
};

/** The SKU's own spelling, its tier beside it. */
function settledSku(next: ArmObject): string {
  const asked = text(next, 'sku', 'name') ?? '';
  const sku = skus.find((known) => fold(known) === fold(asked));
  if (sku === undefined) {
    throw new ArmError(400, 'InvalidSku', `The SKU '${asked}' is not one of ${skus.join(', ')}.`);
  }
  const shown = child(next, 'sku');
  put(shown, 'name', sku);
  put(shown, 'tier', sku);
  return sku;
}

function refuseClosing(sku: string, access: ArmJson | undefined): void {
  if (fold(sku) === 'premium' || typeof access !== 'string' || fold(access) !== 'disabled') return;
  throw new ArmError(
    400,
    'DisablingPublicNetworkAccessNotSupported',
    `Disabling public network access is not supported for the SKU ${sku}. For more information, please visit https://aka.ms/acr/private-link.`,
  );
}

function filledIn(write: Write, next: ArmObject): ArmObject {
  const name = write.address.names[0] ?? '';
  const properties = child(next, 'properties');
  const defaults: Record<string, ArmJson> = {
    loginServer: `${fold(name)}.azurecr.io`,
    creationDate: write.now,
    adminUserEnabled: false,
    publicNetworkAccess: 'Enabled',
    networkRuleBypassOptions: 'AzureServices',
    dataEndpointEnabled: false,
    privateEndpointConnections: [],
    zoneRedundancy: 'Disabled',
  };
  for (const [member, value] of Object.entries(defaults)) {
    if (at(properties, member) === undefined) put(properties, member, value);
  }
  return next;
}

function remove(object: ArmObject, name: string): void {
  const spelt = nameIn(object, name);
  if (spelt !== undefined) object.delete(spelt);
}
