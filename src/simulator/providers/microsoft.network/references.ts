// References between documents of Microsoft.Network: what a missing one is answered with, and who names a resource.
import { fold, sameId } from '../../gateway/address.ts';
import { type ArmError, gatewayError, networkError } from '../../gateway/answer.ts';
import { type Json, type JsonObject, list, text } from '../../json.ts';
import { idOf, type Store } from '../../store/store.ts';

export const plainRegion = (name: string): string => fold(name).replaceAll(' ', '');

export function invalidReference(id: string, by: string): ArmError {
  return networkError(
    400,
    'InvalidResourceReference',
    `Resource ${id} referenced by resource ${by} was not found. Please make sure that the referenced resource exists, and that both resources are in the same region.`,
  );
}

/** The resource a document points at; throws the provider's refusal when there is none. */
export function referenced(store: Store, id: string, by: string): JsonObject {
  const found = store.get(id);
  if (!found) throw invalidReference(id, by);
  return found;
}

/** Throws while a subnet is being changed: Azure asks to come back. */
export function requireReady(subnet: JsonObject, by: string): void {
  const state = text(subnet, 'properties', 'provisioningState') ?? 'Succeeded';
  if (fold(state) === 'succeeded') return;
  const message = `Cannot proceed with operation because resource ${idOf(subnet)} used by resource ${by} is not in Succeeded state. Resource is in ${state} state and the last operation that updated/is updating the resource is PutSubnetOperation.`;
  throw networkError(429, 'RetryableError', 'A retryable error occurred.', [
    { code: 'ReferencedResourceNotProvisioned', message },
  ]);
}

export function missingValue(path: string): ArmError {
  return networkError(400, 'InvalidRequestFormat', 'Cannot parse the request.', [
    { code: 'MissingJsonReferenceId', message: `Value for ${path} is missing.` },
  ]);
}

/** ARM's own refusal of a tracked resource without a place. */
export function requireLocation(body: JsonObject): string {
  const location = text(body, 'location');
  if (location === undefined || location === '')
    throw gatewayError(400, 'LocationRequired', 'The location property is required for this definition.');
  return location;
}

/** Resources of a type whose value at a path of properties is this id, whatever its letter case. */
export function naming(store: Store, type: string, path: readonly string[], id: string): JsonObject[] {
  return store.ofType(type).filter((body) => sameId(text(body, 'properties', ...path) ?? '', id));
}

/** Items of a list inside the documents of a type whose value at a path is this id; with the id of each item. */
export function itemsNaming(store: Store, type: string, member: string, path: readonly string[], id: string): string[] {
  return store
    .ofType(type)
    .flatMap((body) => list(body, 'properties', member))
    .filter((item: Json) => sameId(text(item, ...path) ?? '', id))
    .flatMap((item) => text(item, 'id') ?? []);
}

export function inUseError(code: string, what: string, id: string, users: readonly (JsonObject | string)[]): ArmError {
  const ids = users.map((user) => (typeof user === 'string' ? user : idOf(user)));
  return networkError(
    400,
    code,
    `${what} ${id} cannot be deleted because it is in use by the following resources: ${ids.join(', ')}.`,
  );
}
