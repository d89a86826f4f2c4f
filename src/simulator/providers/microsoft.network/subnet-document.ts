// What the network provider makes of a subnet: what it refuses, what it owns, what it fills in.
import { fold, nameOf } from '../../gateway/address.ts';
import { networkError } from '../../gateway/answer.ts';
import { type ArmJson, type ArmObject, at, isObject, json, list, put, text } from '../../json.ts';
import type { Store } from '../../store/store.ts';
import { replaceMembers, setFirst } from '../documents.ts';
import { contains, overlap, rangeOf, type ServiceRange } from '../ipv4.ts';
import { nodesOf } from '../microsoft.machinelearningservices/machine-sizes.ts';
import { endpointLocations } from './endpoints.ts';

const owned = [
  'provisioningState',
  'ipConfigurations',
  'ipConfigurationProfiles',
  'privateEndpoints',
  'resourceNavigationLinks',
  'serviceAssociationLinks',
  'purpose',
];
const largestPrefix = 29;
const uses = ['ipConfigurations', 'privateEndpoints', 'serviceAssociationLinks', 'resourceNavigationLinks'];

/** The properties after a PUT: everything not sent is gone, but what the provider owns. */
export function subnetProperties(
  before: ArmObject | undefined,
  sent: ArmObject,
  id: string,
  region: string,
): ArmObject {
  const old = propertiesOf(before);
  const next = replaceMembers(old, sent, owned);
  setFirst(next, 'provisioningState', 'Succeeded');
  const endpoints = at(next, 'serviceEndpoints');
  // Null says what absence says.
  if (endpoints !== undefined && endpoints !== null)
    put(next, 'serviceEndpoints', filledEndpoints(endpoints, list(old, 'serviceEndpoints'), region));
  const delegations = at(next, 'delegations');
  if (delegations !== undefined && delegations !== null)
    put(next, 'delegations', filledDelegations(delegations, list(old, 'delegations'), id));
  for (const [name, value] of [
    ['delegations', []],
    ['privateEndpointNetworkPolicies', 'Disabled'],
    ['privateLinkServiceNetworkPolicies', 'Enabled'],
  ] as const) {
    if (!before && at(next, name) === undefined) put(next, name, json(value));
  }
  return next;
}

export function propertiesOf(body: ArmJson | undefined): ArmObject {
  const found = at(body, 'properties');
  return isObject(found) ? found : new Map();
}

function filledEndpoints(value: ArmJson, old: readonly ArmJson[], region: string): ArmJson[] {
  if (!Array.isArray(value)) throw invalidFormat('serviceEndpoints');
  const services = value.map((item) => fold(text(item, 'service') ?? ''));
  // Documented; the words of the refusal are not recorded.
  if (['microsoft.storage', 'microsoft.storage.global'].every((one) => services.includes(one)))
    throw networkError(400, 'BadRequest', 'Microsoft.Storage and Microsoft.Storage.Global cannot coexist on a subnet.');
  return value.map((item) => {
    const service = text(item, 'service');
    if (!isObject(item) || service === undefined) throw invalidFormat('serviceEndpoints');
    const known = old.find((candidate) => fold(text(candidate, 'service') ?? '') === fold(service));
    const next = replaceMembers(isObject(known) ? known : undefined, item, ['provisioningState']);
    setFirst(next, 'provisioningState', 'Succeeded');
    if (list(next, 'locations').length === 0) put(next, 'locations', endpointLocations(service, region));
    return next;
  });
}

function filledDelegations(value: ArmJson, old: readonly ArmJson[], subnetId: string): ArmJson[] {
  if (!Array.isArray(value)) throw invalidFormat('delegations');
  return value.map((item) => {
    const name = text(item, 'name');
    if (!isObject(item) || name === undefined || text(item, 'properties', 'serviceName') === undefined)
      throw invalidFormat('delegations');
    const known = old.find((candidate) => fold(text(candidate, 'name') ?? '') === fold(name));
    const next = replaceMembers(isObject(known) ? known : undefined, item, ['id', 'etag', 'type']);
    if (!known) {
      put(next, 'id', `${subnetId}/delegations/${name}`);
      put(next, 'type', 'Microsoft.Network/virtualNetworks/subnets/delegations');
    }
    const properties = replaceMembers(propertiesOf(known), propertiesOf(item), ['provisioningState', 'actions']);
    setFirst(properties, 'provisioningState', 'Succeeded');
    if (at(properties, 'actions') === undefined)
      put(properties, 'actions', ['Microsoft.Network/virtualNetworks/subnets/action']);
    put(next, 'properties', properties);
    return next;
  });
}

function invalidFormat(member: string): Error {
  return networkError(400, 'InvalidRequestFormat', 'Cannot parse the request.', [
    { code: 'InvalidJson', message: `Error converting value for '${member}'.` },
  ]);
}

/** IPv4 prefixes of a subnet in either spelling. */
export function prefixesOf(properties: ArmJson | undefined): string[] {
  const single = text(properties, 'addressPrefix');
  const many = list(properties, 'addressPrefixes').filter((prefix) => typeof prefix === 'string');
  return single === undefined || many.includes(single) ? many : [single, ...many];
}

/** Throws when the ranges are malformed, outside the network or taken by a sibling. */
export function checkRanges(
  name: string,
  properties: ArmObject,
  network: ArmObject,
  siblings: readonly ArmObject[],
): void {
  const networkName = nameOf(text(network, 'id') ?? '');
  const prefixes = prefixesOf(properties);
  const invalid = networkError(
    400,
    'NetcfgInvalidSubnet',
    `Subnet '${name}' is not valid in virtual network '${networkName}'.`,
  );
  if (prefixes.length === 0) throw invalid;
  const spaces = rangesOf(
    list(network, 'properties', 'addressSpace', 'addressPrefixes').filter((item) => typeof item === 'string'),
  );
  const taken = siblings.flatMap((sibling) => rangesOf(prefixesOf(at(sibling, 'properties'))));
  for (const prefix of prefixes.filter((text) => !text.includes(':'))) {
    const range = rangeOf(prefix);
    if (!range?.isCidr || range.hasHostBits) {
      throw networkError(
        400,
        'InvalidAddressPrefixFormat',
        `Address prefix ${prefix} of resource ${text(network, 'id')}/subnets/${name} is not formatted correctly. It should follow CIDR notation, for example 10.0.0.0/24.`,
      );
    }
    if (range.bits > largestPrefix || !spaces.some((space) => contains(space, range))) throw invalid;
    if (taken.some((other) => overlap(other, range))) {
      throw networkError(
        400,
        'NetcfgSubnetRangesOverlap',
        `Subnet '${name}' is not valid because its IP address range overlaps with that of an existing subnet in virtual network '${networkName}'.`,
      );
    }
  }
}

function rangesOf(prefixes: readonly string[]): ServiceRange[] {
  return prefixes.flatMap((prefix) => rangeOf(prefix) ?? []);
}

/** The id of something in the subnet; undefined when it is empty, as under a cluster without nodes. */
export function userOf(subnet: ArmObject, store: Store): string | undefined {
  for (const member of uses) {
    const id = text(list(subnet, 'properties', member)[0], 'id');
    if (id !== undefined) return id;
  }
  const subnetId = fold(text(subnet, 'id') ?? '');
  const inside = store
    .ofType('Microsoft.MachineLearningServices/workspaces/computes')
    .find(
      (compute) =>
        fold(text(compute, 'properties', 'properties', 'subnet', 'id') ?? '') === subnetId && nodesOf(compute) > 0,
    );
  return text(inside, 'id');
}

export function inUse(subnet: ArmObject, user: string): Error {
  const name = text(subnet, 'name') ?? nameOf(text(subnet, 'id') ?? '');
  return networkError(
    400,
    'InUseSubnetCannotBeDeleted',
    `Subnet ${name} is in use by ${user} and cannot be deleted. In order to delete the subnet, delete all the resources within the subnet. See aka.ms/deletesubnet.`,
  );
}

/** Refuses changes that a subnet in use does not take. */
export function checkUse(before: ArmObject | undefined, next: ArmObject, store: Store): void {
  if (!before) return;
  const user = userOf(before, store);
  if (user === undefined) return;
  const id = text(before, 'id') ?? '';
  const old = propertiesOf(before);
  const gone = prefixesOf(old).find((prefix) => !prefixesOf(next).includes(prefix));
  if (gone !== undefined)
    throw networkError(
      400,
      'InUsePrefixCannotBeDeleted',
      `IpPrefix ${gone} on Subnet ${nameOf(id)} has active allocations and cannot be deleted.`,
    );
  const services = (value: ArmObject): string[] =>
    list(value, 'delegations').flatMap((item) => text(item, 'properties', 'serviceName') ?? []);
  const [was, is] = [services(old), services(next)];
  if (was.map(fold).sort().join() !== is.map(fold).sort().join()) {
    checkBound(id, old, is);
    throw networkError(
      400,
      'SubnetDelegationsCannotChangeWhenSubnetUsedByResource',
      `Delegations of subnet ${id} cannot be changed from [${was.join(', ')}] to [${is.join(', ')}] because it is being used by the resource ${user}.`,
    );
  }
}

/** Refuses to remove the delegation while a service association link exists (docs/reference/subnets.md). */
function checkBound(subnetId: string, old: ArmObject, services: readonly string[]): void {
  for (const link of list(old, 'serviceAssociationLinks')) {
    const service = text(link, 'properties', 'linkedResourceType');
    if (service === undefined || services.some((one) => fold(one) === fold(service))) continue;
    throw networkError(
      400,
      'SubnetMissingRequiredDelegation',
      `Subnet ${subnetId} requires any of the following delegation(s) [${service}] to reference service association link ${text(link, 'id') ?? ''}.`,
    );
  }
}

/** Refuses a subnet that names a group, table, gateway or policy which does not exist. */
export function checkReferences(subnetId: string, properties: ArmObject, store: Store): void {
  const single = ['networkSecurityGroup', 'routeTable', 'natGateway'].map((member) => text(properties, member, 'id'));
  const policies = list(properties, 'serviceEndpointPolicies').map((item) => text(item, 'id'));
  for (const id of [...single, ...policies]) {
    if (id !== undefined && !store.get(id)) {
      throw networkError(
        400,
        'InvalidResourceReference',
        `Resource ${id} referenced by resource ${subnetId} was not found. Please make sure that the referenced resource exists, and that both resources are in the same region.`,
      );
    }
  }
}
