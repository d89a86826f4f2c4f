// What a request is refused for whatever it asks: a path that is none, scopes and parents that are not there, a body that is no
// object. It must not know a single provider.
import { type ArmObject, isObject, JsonSyntaxError, parseJson } from '../json.ts';
import { providerOfType } from '../providers/index.ts';
import type { ProviderCall, ProviderType } from '../providers/provider.ts';
import { missingParent } from '../wire/missing.ts';
import { type Address, addressOf, fold, isManagementGroup, parentOf, sameId, within } from './address.ts';
import { type ArmError, gatewayError } from './answer.ts';
import type { Machine } from './machine.ts';
import type { GatewayRequest } from './request.ts';
import { notFound } from './write-checks.ts';

export function addressOfRequest(request: GatewayRequest): Address {
  try {
    return addressOf(decodeURIComponent(request.path));
  } catch {
    throw gatewayError(400, 'BadRequest', 'The request path holds a malformed percent escape.');
  }
}

export function checkScopes(machine: Machine, address: Address): void {
  const { subscription, group, namespace } = address;
  if (subscription === undefined) return;
  if (!machine.store.get(`/subscriptions/${subscription}`)) {
    throw gatewayError(404, 'SubscriptionNotFound', `The subscription '${subscription}' could not be found.`);
  }
  const unregistered = machine.store.unregistered.find((name) => namespace !== undefined && sameId(name, namespace));
  if (unregistered !== undefined && address.types.length > 0 && address.types[0] !== 'register') {
    const message = `The subscription is not registered to use namespace '${unregistered}'. See https://aka.ms/rps-not-found for how to register subscriptions.`;
    throw gatewayError(409, 'MissingSubscriptionRegistration', message, {}, [
      { code: 'MissingSubscriptionRegistration', target: unregistered, message },
    ]);
  }
  const isGroupItself = address.type === undefined && address.path.split('/').length <= 5;
  if (
    group !== undefined &&
    !isGroupItself &&
    !machine.store.get(`/subscriptions/${subscription}/resourceGroups/${group}`)
  ) {
    throw gatewayError(404, 'ResourceGroupNotFound', `Resource group '${group}' could not be found.`);
  }
}

export function unknownPath(address: Address): ArmError {
  return gatewayError(
    404,
    'InvalidResourceType',
    `The resource type could not be found for the path '${address.path}'.`,
  );
}

/** The path up to the last collection: of `…/virtualNetworks/v/subnets` the network. */
export function parentPath(address: Address): string {
  return address.path.slice(0, address.path.lastIndexOf('/'));
}

export function checkParent(machine: Machine, call: ProviderCall, provider: ProviderType): void {
  const { address, request } = call;
  const isItem = address.names.length === address.types.length;
  const parent = isItem ? parentOf(address.path) : parentPath(address);
  if (address.types.length > 1) {
    const first = fold(address.types[0] ?? '');
    if (first === 'locations' || machine.store.get(parent)) return;
    if (request.method === 'GET' && within(parent, address.scope) && machine.store.get(address.path)) return;
    const missing = missingParent(request.method, address, parent);
    if (missing) throw missing;
    const owner = addressOf(parent);
    throw notFound({ ...call, address: owner }, providerOfType(owner.type ?? ''), parent);
  }
  const isMissing = address.scope.includes('/providers/') && !machine.store.get(address.scope);
  if (provider.extension && isMissing && !isManagementGroup(address.scope)) {
    const owner = addressOf(address.scope);
    throw notFound({ ...call, address: owner }, providerOfType(owner.type ?? ''), address.scope);
  }
}

/** The body as an object; refuses everything else. */
export function bodyOf(request: GatewayRequest): ArmObject {
  const refuse = (why: string): ArmError =>
    gatewayError(
      400,
      'InvalidRequestContent',
      `The request content was invalid and could not be deserialized: '${why}'.`,
    );
  if (request.body.trim() === '') throw refuse('The request body is empty');
  try {
    const body = parseJson(request.body);
    if (isObject(body)) return body;
  } catch (error) {
    if (error instanceof JsonSyntaxError) throw refuse(error.message);
    throw error;
  }
  throw refuse('The request body is not a JSON object');
}
