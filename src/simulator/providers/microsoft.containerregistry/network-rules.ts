// The registry firewall as the service checks and completes it (docs/reference/registry.md).
import { fold, nameOf } from '../../gateway/address.ts';
import { ArmError } from '../../gateway/answer.ts';
import { type ArmJson, type ArmObject, at, clone, isObject, json, list, put, text } from '../../json.ts';
import { replaceMembers } from '../documents.ts';
import { rangeOf } from '../ipv4.ts';
import { admission, isSubnetId, noEndpointText, notProvisionedText } from '../microsoft.network/endpoints.ts';
import type { Write } from '../provider.ts';

/** The last version before subnet rules went away. */
const lastWithSubnetRules = '2021-08-01-preview';
const mostSubnetRules = 100;
const mostIpRules = 200;
const service = 'Microsoft.ContainerRegistry';

/** From here on subnet rules are there again, under another key. */
const firstWithOtherKey = '2026-03-01-preview';

/** The key under which a rule names its subnet; undefined where the version knows no subnet rules. */
export function subnetKeyAt(apiVersion: string): 'id' | 'virtualNetworkSubnetResourceId' | undefined {
  if (apiVersion <= lastWithSubnetRules) return 'id';
  return apiVersion < firstWithOtherKey ? undefined : 'virtualNetworkSubnetResourceId';
}

const invalid = (why: string): ArmError =>
  new ArmError(400, 'NetworkRuleValidationError', `Could not validate network rule - ${why}`);

/** What a registry has whose rules were never set. */
export const openRules = (): ArmJson => json({ defaultAction: 'Allow', virtualNetworkRules: [], ipRules: [] });

/** The rule set as it is stored: one block, in which a version that does not know subnet rules leaves none. */
export function settledRules(write: Write, sent: ArmJson): ArmObject {
  const action = ['Allow', 'Deny'].find((known) => fold(known) === fold(text(sent, 'defaultAction') ?? ''));
  if (!isObject(sent) || action === undefined) {
    throw new ArmError(400, 'InvalidRequestBody', "The property 'networkRuleSet.defaultAction' is missing or invalid.");
  }
  const old = at(write.before, 'properties', 'networkRuleSet');
  const next = replaceMembers(isObject(old) ? old : undefined, clone(sent), []);
  put(next, 'defaultAction', action);
  put(next, 'virtualNetworkRules', settledSubnets(write, next));
  put(next, 'ipRules', settledAddresses(next));
  return next;
}

/** Below Premium there are no rules; a set that allows everything means the same as none. */
export function requirePremium(sku: string, rules: ArmJson | undefined): void {
  if (fold(sku) === 'premium' || isOpen(rules)) return;
  const feature = list(rules, 'virtualNetworkRules').length > 0 ? 'virtual network rule' : 'network rule';
  throw new ArmError(
    400,
    'NetworkRuleNotSupported',
    `The requested feature ${feature} is not supported for the SKU ${sku}. For more information, please visit https://aka.ms/acr/skus.`,
  );
}

function isOpen(rules: ArmJson | undefined): boolean {
  const some = ['virtualNetworkRules', 'ipRules'].some((name) => list(rules, name).length > 0);
  return !some && fold(text(rules, 'defaultAction') ?? 'Allow') === 'allow';
}

/** Every rule is looked at anew at every write, not only those that were added. */
function settledSubnets(write: Write, sent: ArmObject): ArmJson[] {
  const key = subnetKeyAt(write.apiVersion);
  if (key === undefined) return [];
  const rules = list(sent, 'virtualNetworkRules').filter(isObject);
  if (rules.length > mostSubnetRules) {
    throw invalid(`The number of virtual network rules exceeds the limit of ${mostSubnetRules}.`);
  }
  const seen = new Set<string>();
  return rules.map((rule) => {
    const id = text(rule, key) ?? '';
    if (!isSubnetId(id) || seen.has(fold(id))) throw invalid(`The virtual network resource id '${id}' is invalid.`);
    seen.add(fold(id));
    const found = admission(write.store, id, [service]);
    if (found === 'missing') throw invalid(`Subnet ${nameOf(id)} of the virtual network could not be found: ${id}.`);
    if (found === 'updating') throw invalid(notProvisionedText(id));
    if (found === 'no-endpoint') throw invalid(noEndpointText(id, service));
    put(rule, 'action', 'Allow');
    return key === 'id' ? rule : json({ action: 'Allow', id });
  });
}

function settledAddresses(sent: ArmObject): ArmObject[] {
  const rules = list(sent, 'ipRules').filter(isObject);
  if (rules.length > mostIpRules) throw invalid(`The number of IP rules exceeds the limit of ${mostIpRules}.`);
  return rules.map((rule) => {
    const value = text(rule, 'value') ?? '';
    const range = rangeOf(value);
    if (!range || range.hasHostBits) throw invalid(`The IP address or range '${value}' is invalid.`);
    put(rule, 'action', at(rule, 'action') ?? 'Allow');
    return rule;
  });
}
