// The storage firewall as the service checks and completes it (docs/reference/service-firewalls.md).
import { fold } from '../../gateway/address.ts';
import { ArmError } from '../../gateway/answer.ts';
import { type ArmJson, type ArmObject, at, clone, isObject, list, put, text } from '../../json.ts';
import { contains, privateRanges, rangeOf } from '../ipv4.ts';
import { admission, isSubnetId, noEndpointText, notProvisionedText } from '../microsoft.network/endpoints.ts';
import type { Write } from '../provider.ts';

const cap = 400;
const bypassOrder = ['Logging', 'Metrics', 'AzureServices'];
const services = ['Microsoft.Storage', 'Microsoft.Storage.Global'];
const largestPrefix = 30;
const help = 'For more information, see - https://aka.ms/storagenetworkruleset';

export function invalidValues(parameter: string): ArmError {
  return new ArmError(
    400,
    'InvalidValuesForRequestParameters',
    `Values for request parameters are invalid: ${parameter}. ${help}`,
  );
}

function aclsFailure(kind: string, message: string): ArmError {
  return new ArmError(400, 'NetworkAclsValidationFailure', `Validation of network acls failure: ${kind}:${message}`);
}

/** The rule object as it is stored; `sent` is what the caller gave, `before` the object it replaces. */
export function settledAcls(write: Write, sent: ArmJson, before: ArmJson | undefined): ArmObject {
  if (!isObject(sent)) throw invalidValues('networkAcls');
  const next = clone(sent);
  const action = text(next, 'defaultAction');
  const spelt = ['Allow', 'Deny'].find((known) => fold(known) === fold(action ?? ''));
  if (spelt === undefined) throw invalidValues('networkAcls.defaultAction');
  put(next, 'defaultAction', spelt);
  put(next, 'bypass', settledBypass(at(next, 'bypass')));
  put(next, 'virtualNetworkRules', settledSubnetRules(write, at(next, 'virtualNetworkRules'), before));
  put(next, 'ipRules', settledIpRules(at(next, 'ipRules')));
  checkResourceRules(at(next, 'resourceAccessRules'));
  return next;
}

function settledBypass(value: ArmJson | undefined): string {
  if (value === undefined || value === null) return 'AzureServices';
  if (typeof value !== 'string') throw invalidValues('networkAcls.bypass');
  const words = value.split(',').map((word) => fold(word.trim()));
  const known = bypassOrder.filter((word) => words.includes(fold(word)));
  const isLegal = words.every((word) => word === 'none' || bypassOrder.some((name) => fold(name) === word));
  if (!isLegal || (words.includes('none') && words.length > 1)) throw invalidValues('networkAcls.bypass');
  return known.length === 0 ? 'None' : known.join(', ');
}

function items(value: ArmJson | undefined, parameter: string): ArmObject[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value) || !value.every(isObject)) throw invalidValues(parameter);
  return value;
}

function settledSubnetRules(write: Write, value: ArmJson | undefined, before: ArmJson | undefined): ArmObject[] {
  const parameter = 'networkAcls.virtualNetworkRules[*].id';
  const rules = items(value, parameter);
  if (rules.length > cap)
    throw new ArmError(
      400,
      'NetworkAclsTooManyVirtualNetworkRules',
      `The number of virtual network rules exceeds the limit of ${cap}.`,
    );
  const old = list(before, 'virtualNetworkRules').filter(isObject);
  const seen = new Set<string>();
  return rules.map((rule) => {
    const id = text(rule, 'id');
    if (id === undefined || !isSubnetId(id) || seen.has(fold(id))) throw invalidValues(parameter);
    seen.add(fold(id));
    const action = at(rule, 'action') ?? 'Allow';
    if (typeof action !== 'string' || fold(action) !== 'allow')
      throw invalidValues('networkAcls.virtualNetworkRules[*].action');
    const known = old.find((candidate) => fold(text(candidate, 'id') ?? '') === fold(id));
    put(rule, 'action', 'Allow');
    put(rule, 'state', stateOf(write, id, known));
    return rule;
  });
}

/** A rule that is there already may be sent back whatever became of its subnet; a new one must name a living, ready subnet. */
function stateOf(write: Write, id: string, known: ArmObject | undefined): string {
  const oldState = text(known, 'state') ?? 'Succeeded';
  if (known && fold(oldState) !== 'succeeded') return oldState;
  const found = admission(write.store, id, services);
  if (found === 'ready' || (known && found !== 'updating')) return 'Succeeded';
  if (found === 'updating') throw aclsFailure('SubnetsNotProvisioned', notProvisionedText(id));
  if (found === 'no-endpoint')
    throw aclsFailure('SubnetsHaveNoServiceEndpointsConfigured', noEndpointText(id, 'Microsoft.Storage'));
  throw aclsFailure('SubnetsNotFound', `Subnet ${id} could not be found.`);
}

function settledIpRules(value: ArmJson | undefined): ArmObject[] {
  const parameter = 'networkAcls.ipRule[*].value';
  const rules = items(value, parameter);
  if (rules.length > cap)
    throw new ArmError(400, 'NetworkAclsTooManyIpRules', `The number of IP rules exceeds the limit of ${cap}.`);
  const seen = new Set<string>();
  return rules.map((rule) => {
    const address = text(rule, 'value');
    if (address === undefined || !isLegalAddress(address) || seen.has(address)) throw invalidValues(parameter);
    seen.add(address);
    put(rule, 'action', 'Allow');
    return rule;
  });
}

function isLegalAddress(value: string): boolean {
  const range = rangeOf(value);
  // Host bits are taken and given back: a real account showed 4.213.28.114/30 (Azure/azure-cli pull request 31371, 2025).
  if (!range || (range.isCidr && (range.bits > largestPrefix || range.bits === 0))) return false;
  return !privateRanges.some((family) => contains(family, range));
}

function checkResourceRules(value: ArmJson | undefined): void {
  for (const rule of items(value, 'networkAcls.resourceAccessRules[*].resourceId')) {
    const id = text(rule, 'resourceId');
    if (id === undefined || !/^\/subscriptions\/[^/]+\/.+\/providers\/[^/]+\/.+/i.test(id)) {
      throw invalidValues('networkAcls.resourceAccessRules[*].resourceId');
    }
  }
}
