// References between documents of Microsoft.Network: what a missing one is answered with, and who names a resource.
import { fold, nameOf, parentOf, sameId, typeOf, within } from '../../gateway/address.ts';
import { type ArmError, gatewayError, networkError } from '../../gateway/answer.ts';
import { type ArmJson, type ArmObject, child, json, list, nameIn, object, put, text } from '../../json.ts';
import { idOf, type Store } from '../../store/store.ts';
import { touch } from './network-parts.ts';
import { propertiesOf } from './subnet-document.ts';

export const plainRegion = (name: string): string => fold(name).replaceAll(' ', '');

export function invalidReference(id: string, by: string): ArmError {
  return networkError(
    400,
    'InvalidResourceReference',
    `Resource ${id} referenced by resource ${by} was not found. Please make sure that the referenced resource exists, and that both resources are in the same region.`,
  );
}

/** The resource a document points at; throws the provider's refusal when there is none. */
export function referenced(store: Store, id: string, by: string): ArmObject {
  const found = store.get(id);
  if (!found) throw invalidReference(id, by);
  return found;
}

/** What is said of a resource that another one uses and that is being changed; undefined where it is ready. */
function notReady(resource: ArmObject, by: string): string | undefined {
  const state = text(resource, 'properties', 'provisioningState') ?? 'Succeeded';
  if (fold(state) === 'succeeded') return undefined;
  const type = nameOf(typeOf(idOf(resource)))
    .replace('publicIPAddresses', 'publicIpAddress')
    .replace(/s$/, '');
  const operation = `Put${type.charAt(0).toUpperCase()}${type.slice(1)}Operation`;
  return `Cannot proceed with operation because resource ${idOf(resource)} used by resource ${by} is not in Succeeded state. Resource is in ${state} state and the last operation that updated/is updating the resource is ${operation}.`;
}

/** Throws while a resource that is used is being changed: Azure asks to come back. */
export function requireReady(resource: ArmObject, by: string): void {
  const message = notReady(resource, by);
  if (message === undefined) return;
  throw networkError(429, 'RetryableError', 'A retryable error occurred.', [
    { code: 'ReferencedResourceNotProvisioned', message },
  ]);
}

/** The same for a peering, which is refused outright (azure-service-operator). */
export function requireReadyPeer(network: ArmObject, by: string): void {
  const message = notReady(network, by);
  if (message !== undefined) throw networkError(400, 'ReferencedResourceNotProvisioned', message);
}

export function missingValue(path: string): ArmError {
  return networkError(400, 'InvalidRequestFormat', 'Cannot parse the request.', [
    { code: 'MissingJsonReferenceId', message: `Value for ${path} is missing.` },
  ]);
}

/** ARM's own refusal of a tracked resource without a place. */
export function requireLocation(body: ArmObject): string {
  const location = text(body, 'location');
  if (location === undefined || location === '')
    throw gatewayError(400, 'LocationRequired', 'The location property is required for this definition.');
  return location;
}

/** Resources of a type whose value at a path of properties is this id, whatever its letter case. */
export function naming(store: Store, type: string, path: readonly string[], id: string, scope = ''): ArmObject[] {
  return store.ofType(type, scope).filter((body) => sameId(text(body, 'properties', ...path) ?? '', id));
}

/** The scope of what can be associated with a resource: its subscription. */
export const subscriptionScope = (id: string): string => id.split('/').slice(0, 3).join('/');

/** Items of a list inside the documents of a type whose value at a path is this id; with the id of each item. */
export function itemsNaming(
  store: Store,
  type: string,
  member: string,
  path: readonly string[],
  id: string,
  scope = '',
): string[] {
  return store
    .ofType(type, scope)
    .flatMap((body) => list(body, 'properties', member))
    .filter((item: ArmJson) => sameId(text(item, ...path) ?? '', id))
    .flatMap((item) => text(item, 'id') ?? []);
}

export function inUseError(code: string, what: string, id: string, users: readonly (ArmObject | string)[]): ArmError {
  const ids = users.map((user) => (typeof user === 'string' ? user : idOf(user)));
  return networkError(
    400,
    code,
    `${what} ${id} cannot be deleted because it is in use by the following resources: ${ids.join(', ')}.`,
  );
}

/** Adds ids to a list of references; true when one was not there yet. */
export function addReferences(body: ArmObject, member: string, ids: readonly string[]): boolean {
  const properties = propertiesOf(body);
  const old = list(properties, member);
  const missing = ids.filter((id) => !old.some((item) => sameId(text(item, 'id') ?? '', id)));
  if (missing.length === 0) return false;
  put(properties, member, [...old, ...missing.map((id) => object({ id }))]);
  return true;
}

/** Adds an item with its own id to a list; true when there was none of that id yet. */
export function addLink(body: ArmObject, member: string, item: ArmJson): boolean {
  const properties = propertiesOf(body);
  const old = list(properties, member);
  if (old.some((other) => sameId(text(other, 'id') ?? '', text(item, 'id') ?? ''))) return false;
  put(properties, member, [...old, item]);
  return true;
}

/** Takes ids out of a list of references, and the list when it is empty; true when something went. */
export function removeReferences(body: ArmObject, member: string, isGone: (id: string) => boolean): boolean {
  const properties = propertiesOf(body);
  const old = list(properties, member);
  const kept = old.filter((item) => !isGone(text(item, 'id') ?? ''));
  if (kept.length === old.length) return false;
  if (kept.length > 0) put(properties, member, kept);
  else properties.delete(nameIn(properties, member) ?? member);
  return true;
}

/** Resources of a type that hold this id in a list of references inside their properties. */
export function holdersOf(store: Store, type: string, member: string, id: string, scope = ''): string[] {
  return store
    .ofType(type, scope)
    .filter((body) => list(body, 'properties', member).some((item) => sameId(text(item, 'id') ?? '', id)))
    .map(idOf);
}

/** Is it something that the state never held? A reference to it is taken on trust. */
export function isForeign(store: Store, id: string): boolean {
  const isHere = store.get(id) !== undefined || store.get(parentOf(id)) !== undefined;
  return !isHere && !store.deleted.some((thing) => within(id, thing.id));
}

/** Shows who refers to a resource, those that the state does not hold included; an empty list is not shown. */
export function showReferences(store: Store, body: ArmObject, member: string, known: readonly string[]): void {
  const properties = child(body, 'properties');
  const foreign = list(properties, member)
    .flatMap((item) => text(item, 'id') ?? [])
    .filter((id) => isForeign(store, id) && !known.some((other) => sameId(other, id)));
  const ids = [...foreign, ...known];
  if (ids.length > 0) put(properties, member, json(ids.map((id) => ({ id }))));
  else properties.delete(nameIn(properties, member) ?? member);
}

// Subnets name every address configuration in them.

/** Where resources list what they have in subnets. */
const members = ['ipConfigurations', 'frontendIPConfigurations'];

/** Makes the subnets name the configurations of a resource as they are now; none when it is gone. */
export function placeInSubnets(store: Store, id: string, newId: () => string): void {
  const body = store.get(id);
  const own = members.flatMap((member) => list(body, 'properties', member));
  for (const subnet of store.ofType('Microsoft.Network/virtualNetworks/subnets')) {
    const here = own
      .filter((item) => sameId(text(item, 'properties', 'subnet', 'id') ?? '', idOf(subnet)))
      .flatMap((item) => text(item, 'id') ?? []);
    const added = addReferences(subnet, 'ipConfigurations', here);
    const removed = removeReferences(
      subnet,
      'ipConfigurations',
      (other) => fold(other).startsWith(`${fold(id)}/`) && !here.some((kept) => sameId(kept, other)),
    );
    if (added || removed) touch(store, idOf(subnet), newId);
  }
}
