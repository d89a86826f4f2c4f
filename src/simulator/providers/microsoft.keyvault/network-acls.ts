// The vault firewall as the service checks and completes it (docs/reference/service-firewalls.md).
import { fold } from '../../gateway/address.ts';
import { ArmError } from '../../gateway/answer.ts';
import { type ArmJson, type ArmObject, at, clone, isObject, put, text } from '../../json.ts';
import { contains, privateRanges, rangeOf, textOf } from '../ipv4.ts';
import { admission, isSubnetId, noEndpointText, notProvisionedText } from '../microsoft.network/endpoints.ts';
import type { Write } from '../provider.ts';

const subnetCap = 200;
const addressCap = 1000;

export function badRequest(message: string): ArmError {
  return new ArmError(400, 'BadRequest', message);
}

export function settledAcls(write: Write, sent: ArmJson): ArmObject {
  if (!isObject(sent)) throw badRequest('Invalid value found at properties.networkAcls: an object is expected.');
  const next = clone(sent);
  put(next, 'bypass', oneOf(next, 'bypass', ['AzureServices', 'None'], 'AzureServices'));
  put(next, 'defaultAction', oneOf(next, 'defaultAction', ['Allow', 'Deny'], 'Allow'));
  put(next, 'ipRules', settledIpRules(at(next, 'ipRules')));
  put(next, 'virtualNetworkRules', settledSubnetRules(write, at(next, 'virtualNetworkRules')));
  return next;
}

function oneOf(acls: ArmObject, name: string, known: readonly string[], absent: string): string {
  const value = at(acls, name);
  if (value === undefined || value === null) return absent;
  const spelt = typeof value === 'string' ? known.find((word) => fold(word) === fold(value)) : undefined;
  if (spelt === undefined)
    throw badRequest(`Invalid value found at properties.networkAcls.${name}. Allowed values are: ${known.join(', ')}.`);
  return spelt;
}

function items(value: ArmJson | undefined, name: string): ArmObject[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value) || !value.every(isObject))
    throw badRequest(`Invalid value found at properties.networkAcls.${name}: a list of objects is expected.`);
  return value;
}

function settledIpRules(value: ArmJson | undefined): ArmObject[] {
  const rules = items(value, 'ipRules');
  if (rules.length > addressCap)
    throw badRequest(`The number of IP rules at properties.networkAcls.ipRules exceeds the limit of ${addressCap}.`);
  return rules.map((rule, index) => {
    const where = `properties.networkAcls.ipRules[${index}].value`;
    const given = text(rule, 'value');
    const range = given === undefined ? undefined : rangeOf(given);
    if (given === undefined || !range)
      throw badRequest(`Invalid value found at ${where}: ${given ?? 'nothing'} is not a valid IPv4 address or range.`);
    const family = privateRanges.find((candidate) => contains(candidate, range));
    if (family) {
      throw badRequest(
        `Invalid value found at ${where}: ${given} belongs to forbidden range ${textOf(family.first)}-${textOf(family.last)} (private IP addresses)`,
      );
    }
    put(rule, 'value', range.isCidr ? given : `${given}/32`);
    return rule;
  });
}

function settledSubnetRules(write: Write, value: ArmJson | undefined): ArmObject[] {
  const rules = items(value, 'virtualNetworkRules');
  if (rules.length > subnetCap)
    throw badRequest(
      `The number of rules at properties.networkAcls.virtualNetworkRules exceeds the limit of ${subnetCap}.`,
    );
  return rules.map((rule, index) => {
    const id = text(rule, 'id');
    if (id === undefined || !isSubnetId(id)) {
      throw badRequest(
        `Invalid value found at properties.networkAcls.virtualNetworkRules[${index}].id: ${id ?? 'nothing'} is not the id of a subnet.`,
      );
    }
    checkSubnet(write, id, at(rule, 'ignoreMissingVnetServiceEndpoint') === true);
    put(rule, 'id', fold(id));
    return rule;
  });
}

/** The vault asks the network provider about every rule, whatever its default action, and wraps what that says. */
function checkSubnet(write: Write, id: string, ignoreMissing: boolean): void {
  const found = admission(write.store, id, ['Microsoft.KeyVault']);
  if (found === 'ready' || (found === 'no-endpoint' && ignoreMissing)) return;
  if (found === 'no-endpoint')
    throw networkSays('SubnetsHaveNoServiceEndpointsConfigured', noEndpointText(id, 'Microsoft.KeyVault'));
  if (found === 'updating') throw networkSays('SubnetsNotProvisioned', notProvisionedText(id));
  throw networkSays('SubnetsNotFound', `Subnet ${id} could not be found.`);
}

function networkSays(code: string, message: string): ArmError {
  return new ArmError(
    400,
    'VirtualNetworkNotValid',
    `Operation on Virtual Network could not be performed. StatusCode: 400 (BadRequest). Error Code: ${code}. Error Message: ${message}`,
  );
}
