// The typed view over a container registry's raw body. Reads only; never throws.
import { readVersionOf, showsMember, versionsShowing } from '../model/api-versions.ts';
import { isArray, isObject, type JsonObject } from '../model/json.ts';
import { member, type Pointer, parsePointer, updateAt, valueAt, withMember } from '../model/pointer.ts';
import type { Resource } from '../model/resource.ts';
import { aclsOf, endpointConnectionsOf, type Firewall, publicNetworkAccessOf, ruleSetPlaces } from './network-acls.ts';
import { openRuleSet } from './parts/firewall-write.ts';
import { enumAt, lazyMembers, memoizePerResource, textAt } from './read.ts';

export const registryType = 'Microsoft.ContainerRegistry/registries';
/** Virtual network rules are returned and accepted by these, the newer ones under another name. */
export const subnetRulesVersions = versionsShowing(registryType, ruleSetPlaces.subnets);
const [oldRulesVersion = ''] = subnetRulesVersions;
/** Rules are written at the version that showed them: a cloud may not have another one. */
export const rulesVersionOf = ({ apiVersion }: Resource): string =>
  apiVersion === readVersionOf(registryType) ? apiVersion : oldRulesVersion;

// A rule names its subnet by `id` up to the older versions, and otherwise from 2026 on.
const [ownName, newerName] = ['id', 'virtualNetworkSubnetResourceId'];
const renamed = (body: JsonObject, pointer: Pointer, from: string, to: string): JsonObject => {
  const rules = valueAt(body, pointer);
  if (!isArray(rules) || !rules.some((rule) => isObject(rule) && member(rule, from) !== undefined)) return body;
  const made = rules.map((rule) => {
    if (!isObject(rule) || member(rule, from) === undefined || member(rule, to) !== undefined) return rule;
    return withMember(withMember(rule, to, member(rule, from)), from, undefined);
  });
  return updateAt(body, parsePointer(pointer), () => made) as JsonObject;
};
/** A registry as any version shows it, its rules by `id`. */
export const rulesById = (body: JsonObject): JsonObject => renamed(body, ruleSetPlaces.subnets, newerName, ownName);
/** The rule set as a version takes it. */
export const rulesAt = (rules: JsonObject, version: string): JsonObject =>
  version === oldRulesVersion ? rules : renamed(rules, '/virtualNetworkRules', ownName, newerName);

export interface RegistryView extends Firewall {
  /** `Classic`, `Basic`, `Standard`, `Premium`. */
  readonly sku: string | undefined;
  /** Network rules, private endpoints and public network access exist in the Premium tier only. */
  readonly premium: boolean;
  readonly loginServer: string | undefined;
  readonly provisioningState: string | undefined;
  /** There is a rule set, and the api-version that was read returns no subnet rules, so they are not written. */
  readonly subnetRulesHidden: boolean;
}

const skus = ['Classic', 'Basic', 'Standard', 'Premium'] as const;
const belowPremium: readonly string[] = ['Classic', 'Basic', 'Standard'];

export const registryView = memoizePerResource((resource: Resource): RegistryView => {
  const { body } = resource;
  const sku = () => enumAt(body, '/sku/name', skus);
  return lazyMembers<RegistryView>({
    acls: () => aclsOf(resource),
    publicNetworkAccess: () => publicNetworkAccessOf(resource),
    location: () => textAt(body, '/location'),
    endpointConnections: () => endpointConnectionsOf(resource),
    sku,
    premium: () => sku() === 'Premium',
    loginServer: () => textAt(body, '/properties/loginServer'),
    provisioningState: () => textAt(body, '/properties/provisioningState'),
    subnetRulesHidden: () =>
      typeof aclsOf(resource) !== 'string' &&
      !belowPremium.includes(sku() ?? '') &&
      !isArray(valueAt(body, ruleSetPlaces.subnets)) &&
      !showsMember(registryType, ruleSetPlaces.subnets, resource.apiVersion),
  });
});

/** A registry that a template declares: its subnet rules are those declared there, whatever the api-version. */
export function asDeclared(resource: Resource): Resource {
  const { body } = resource;
  if (!registryView(resource).subnetRulesHidden) return resource;
  return { ...resource, body: updateAt(body, parsePointer(ruleSetPlaces.subnets), () => []) as JsonObject };
}

/** A registry after a change of its SKU: Premium gets an open rule set where none was, a lower tier has none. */
export function shownAtSku(resource: Resource): Resource {
  const { body } = resource;
  const { premium } = registryView(resource);
  const there = valueAt(body, ruleSetPlaces.rules) !== undefined;
  if (there === premium || !isObject(valueAt(body, '/properties'))) return resource;
  const shown = updateAt(body, parsePointer(ruleSetPlaces.rules), () => (premium ? openRuleSet : undefined));
  return { ...resource, body: shown as JsonObject };
}
