// Microsoft.Network/networkSecurityPerimeters with profiles, access rules and associations, and the configurations that Azure makes
// of them at the associated storage accounts and key vaults. Shapes are those of api-version 2024-07-01; the words of refusals are
// guesses.
import { fold, nameOf, parentOf, sameId, typeOf } from '../../gateway/address.ts';
import { networkError } from '../../gateway/answer.ts';
import { type ArmObject, at, child, clone, isObject, JsonNumber, json, list, object, put, text } from '../../json.ts';
import { idOf, type Store } from '../../store/store.ts';
import { replaceDocument } from '../documents.ts';
import type { Link, ProviderType } from '../provider.ts';
import { tracked } from '../shape.ts';
import { networkResource } from './network-parts.ts';
import { referenced, requireLocation } from './references.ts';

const perimeterType = 'Microsoft.Network/networkSecurityPerimeters';
const associationType = `${perimeterType}/resourceAssociations`;
const ruleType = `${perimeterType}/profiles/accessRules`;
const configurationTypes = {
  'microsoft.storage/storageaccounts': 'Microsoft.Storage/storageAccounts/networkSecurityPerimeterConfigurations',
  'microsoft.keyvault/vaults': 'Microsoft.KeyVault/vaults/networkSecurityPerimeterConfigurations',
} as const;
const part = { long: { put: 'none', delete: 'none' }, allows: { patch: false }, signs: true } as const;

export const perimeters: ProviderType = {
  type: perimeterType,
  signs: true,
  long: { put: 'none', patch: 'none', delete: 'location' },
  shape: tracked,
  merge: networkResource.merge,
  replace({ before, body, newId }) {
    requireLocation(before ?? body);
    const next = replaceDocument(before, body, ['perimeterGuid']);
    if (text(next, 'properties', 'perimeterGuid') === undefined)
      put(child(next, 'properties'), 'perimeterGuid', newId());
    return next;
  },
  mayDelete({ id, store }) {
    const users = store.ofType(associationType, id);
    if (users.length === 0) return;
    const message = `Network security perimeter ${id} has ${users.length} resource associations.`;
    throw networkError(409, 'NetworkSecurityPerimeterHasAssociations', message);
  },
};

const perimeterProfiles: ProviderType = {
  ...part,
  type: `${perimeterType}/profiles`,
  replace({ before, body }) {
    const next = replaceDocument(before, body, ['accessRulesVersion', 'diagnosticSettingsVersion']);
    const properties = child(next, 'properties');
    for (const member of ['accessRulesVersion', 'diagnosticSettingsVersion']) {
      if (at(properties, member) === undefined) put(properties, member, '0');
    }
    return next;
  },
  mayDelete({ id, store }) {
    const users = store.ofType(associationType, parentOf(id)).filter((one) => sameId(profileOf(one) ?? '', id));
    if (users.length > 0)
      throw networkError(409, 'ProfileInUse', `Profile ${id} is used by ${users.map(idOf).join(', ')}.`);
  },
};

const sources = ['addressPrefixes', 'subscriptions', 'networkSecurityPerimeters', 'serviceTags'];
const ruleLists = ['addressPrefixes', 'fullyQualifiedDomainNames', 'subscriptions', 'networkSecurityPerimeters'];
const subscriptionsOf = (rule: ArmObject): string[] =>
  list(rule, 'properties', 'subscriptions').flatMap((one) => text(one, 'id') ?? []);

const perimeterRules: ProviderType = {
  ...part,
  type: ruleType,
  shape: {
    properties: {
      direction: 'text',
      addressPrefixes: ['text'],
      fullyQualifiedDomainNames: ['text'],
      subscriptions: [{ id: 'text' }],
    },
  },
  replace({ before, body }) {
    const next = replaceDocument(before, body);
    const properties = child(next, 'properties');
    const direction = text(properties, 'direction');
    const inbound = sources.filter((member) => list(properties, member).length > 0);
    const outbound = list(properties, 'fullyQualifiedDomainNames').length > 0;
    // A rule without a direction was recorded to be taken (azure-cli-extensions).
    if (direction !== undefined && !['inbound', 'outbound'].includes(fold(direction))) {
      throw badRule(`the direction '${direction}' is not valid`);
    }
    if (direction !== undefined && (fold(direction) === 'inbound' ? outbound : inbound.length > 0)) {
      throw badRule(`the parameters do not fit the direction ${direction}`);
    }
    if (inbound.length > 1) throw badRule(`only one of ${inbound.join(', ')} may be set`);
    for (const member of ruleLists) if (at(properties, member) === undefined) put(properties, member, []);
    return next;
  },
  /** As a rule names a subscription, the caller must be allowed to let it join. */
  links: (next): Link[] =>
    subscriptionsOf(next).map((id) => ({ id, action: 'Microsoft.Resources/subscriptions/joinPerimeterRule/action' })),
  stored: rulesMoved,
  gone: rulesMoved,
};
const badRule = (why: string) =>
  networkError(400, 'AccessRuleParametersNotValid', `The access rule is not valid: ${why}.`);

const targetOf = (association: ArmObject): string => text(association, 'properties', 'privateLinkResource', 'id') ?? '';
const profileOf = (association: ArmObject): string | undefined => text(association, 'properties', 'profile', 'id');

const perimeterAssociations: ProviderType = {
  ...part,
  type: associationType,
  long: { put: 'async', delete: 'location' },
  shape: { properties: { privateLinkResource: { id: 'text' }, profile: { id: 'text' }, accessMode: 'text' } },
  replace({ before, body, id, store }) {
    const next = replaceDocument(before, body, ['hasProvisioningIssues']);
    const properties = child(next, 'properties');
    const modes = ['Enforced', 'Learning', 'Audit'];
    const asked = text(properties, 'accessMode') ?? 'Learning';
    const mode = modes.find((one) => fold(one) === fold(asked));
    if (mode === undefined) throw networkError(400, 'InvalidAccessMode', `Access mode '${asked}' is not valid.`);
    put(properties, 'accessMode', mode);
    put(properties, 'hasProvisioningIssues', 'no');
    referenced(store, profileOf(next) ?? '', id);
    const target = targetOf(next);
    referenced(store, target, id);
    const other = store.ofType(associationType).find((one) => sameId(targetOf(one), target) && !sameId(idOf(one), id));
    if (other) {
      const message = `Resource ${target} is already associated with ${parentOf(idOf(other))}.`;
      throw networkError(409, 'ResourceAlreadyAssociated', message);
    }
    return next;
  },
  links: (next): Link[] => [
    { id: targetOf(next), action: `${typeOf(targetOf(next))}/joinPerimeter/action` },
    { id: profileOf(next) ?? '', action: `${perimeterType}/profiles/join/action` },
  ],
  stored(store, id) {
    const association = store.get(id);
    if (association) associate(store, association);
  },
  gone(store, id, _newId, body) {
    for (const one of configurationsAt(store, targetOf(body))) {
      if (fold(text(one, 'properties', 'resourceAssociation', 'name') ?? '') === fold(nameOf(id)))
        store.remove(idOf(one));
    }
  },
};

const typeAt = (target: string): string | undefined =>
  Object.entries(configurationTypes).find(([type]) => type === fold(typeOf(target)))?.[1];
const configurationsAt = (store: Store, target: string): ArmObject[] => {
  const type = typeAt(target);
  return type === undefined ? [] : store.ofType(type, target);
};

/** A rule of a profile as a configuration shows it. */
const ruleShown = (rule: ArmObject): ArmObject => {
  const properties = clone(child(rule, 'properties'));
  properties.delete('provisioningState');
  return object({ name: nameOf(idOf(rule)), properties });
};

/** What the associated resource shows of an association: made once, its mode and profile kept up to date. */
function associate(store: Store, association: ArmObject): void {
  const target = targetOf(association);
  const type = typeAt(target);
  const mode = text(association, 'properties', 'accessMode') ?? 'Learning';
  const name = nameOf(idOf(association));
  const [known] = configurationsAt(store, target);
  if (known) {
    put(child(child(known, 'properties'), 'resourceAssociation'), 'accessMode', mode);
    return;
  }
  if (type === undefined) return;
  const id = parentOf(idOf(association));
  const perimeter = store.get(id);
  const guid = text(perimeter, 'properties', 'perimeterGuid') ?? '';
  const profile = profileOf(association) ?? '';
  const own = `${target}/networkSecurityPerimeterConfigurations/${guid}.${name}`;
  const body = json({
    id: own,
    name: nameOf(own),
    type,
    properties: {
      provisioningState: 'Succeeded',
      provisioningIssues: [],
      networkSecurityPerimeter: { id, perimeterGuid: guid, location: text(perimeter, 'location') ?? '' },
      resourceAssociation: { name, accessMode: mode },
      profile: {
        name: nameOf(profile),
        accessRulesVersion: new JsonNumber('0'),
        accessRules: store.ofType(ruleType, profile).map(ruleShown),
        diagnosticSettingsVersion: new JsonNumber('0'),
        enabledLogCategories: [],
      },
    },
  });
  if (isObject(body)) store.set(own, body);
}

/** The rules of a profile at every resource that shows it. A rule that only the configuration shows, as in a snapshot, stays. */
function rulesMoved(store: Store, id: string): void {
  const profile = parentOf(id);
  const rule = store.get(id);
  for (const type of Object.values(configurationTypes)) {
    for (const one of store.ofType(type)) {
      const isSame =
        sameId(text(one, 'properties', 'networkSecurityPerimeter', 'id') ?? '', parentOf(profile)) &&
        fold(text(one, 'properties', 'profile', 'name') ?? '') === fold(nameOf(profile));
      if (!isSame) continue;
      const shown = child(child(one, 'properties'), 'profile');
      const others = list(shown, 'accessRules').filter((item) => fold(text(item, 'name') ?? '') !== fold(nameOf(id)));
      put(shown, 'accessRules', rule ? [...others, ruleShown(rule)] : others);
    }
  }
}

/** Read only: Azure makes them of the association. */
const perimeterConfigurations: readonly ProviderType[] = Object.values(configurationTypes).map((type) => ({
  type,
  allows: { put: false, patch: false, delete: false },
  actions: {
    /** What is shown is always up to date here, so there is nothing to wait for. */
    reconcile: ({ request, address }) => ({
      status: 202,
      headers: { location: `${request.origin}${address.path}?${request.query}` },
    }),
  },
}));

export const perimeterTypes: readonly ProviderType[] = [
  perimeters,
  perimeterProfiles,
  perimeterRules,
  perimeterAssociations,
  ...perimeterConfigurations,
];
