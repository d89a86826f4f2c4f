// Prepares raw bodies for a write. Keeps unknown members, their order and the exact text of numbers.
import type { Change } from '../../model/change.ts';
import type { Edit } from '../../model/edit.ts';
import { isArray, isObject, type Json, type JsonObject, memberName } from '../../model/json.ts';
import { updateAt, withMember } from '../../model/pointer.ts';
import { resourceGroupOf } from '../../model/resource-id.ts';
import { otherSpelling } from '../read.ts';
import type { WriteRequest } from '../resource-type.ts';
import { assignedToIdentity } from './normal.ts';

/** The object without these members, letter case as written. */
export const without = (object: JsonObject, names: readonly string[]): JsonObject =>
  Object.fromEntries(Object.entries(object).filter(([key]) => !names.includes(memberName(key))));

/** The body of a PUT: without the members of the URL and those that Azure writes. */
export const sendable = (body: JsonObject): JsonObject =>
  withoutAssigned(without(body, ['id', 'name', 'type', 'etag', 'systemData']));

/** The body of a PUT, without the members of `properties` that only the service writes. */
export function withoutComputed(body: JsonObject, computed: readonly string[]): JsonObject {
  const after = updateAt(sendable(body), ['properties'], (value) =>
    isObject(value) ? without(value, [...computed, 'provisioningState']) : value,
  );
  return isObject(after) ? after : body;
}

/** A list with the same change applied to each of its objects. */
export const eachObject = (list: Json | undefined, change: (item: JsonObject) => JsonObject): Json | undefined =>
  isArray(list) ? list.map((item) => (isObject(item) ? change(item) : item)) : list;

/** A child as sent inside its parent, where its name identifies it. */
export const insideWhole =
  (sent: (part: JsonObject) => JsonObject) =>
  (part: JsonObject): JsonObject => ({ ...(part.name === undefined ? {} : { name: part.name }), ...sent(part) });

/** Is the edit at this pointer or below it? */
export const isUnder = (edit: Edit, pointer: string): boolean =>
  edit.pointer === pointer || edit.pointer.startsWith(`${pointer}/`);

/**
 * Why an edit is rejected: its member, or one above it, exists in another case. ARM answers a second spelling with 400
 * `AmbiguousPolicyEvaluationPaths`.
 */
export function twinSpelling(body: JsonObject, edits: readonly Edit[]): string | undefined {
  for (const { pointer } of edits) {
    const parts = pointer.split('/');
    for (let length = 2; length <= parts.length; length += 1) {
      const here = parts.slice(0, length).join('/');
      const other = otherSpelling(body, here);
      if (other !== undefined) {
        return `The member ${here} is spelled ${other} here. Azure refuses a second one in another letter case, so nothing is written.`;
      }
    }
  }
  return undefined;
}

/** `-g RG` and the names of an id, for command lines. */
export const groupOf = (id: string): string => resourceGroupOf(id) ?? '';

export const actionOn = (action: string, scope: string) => ({ action, scope });

/** The sentence for a change that no resource type can write. */
export const readOnly = (label: string, change: Change): string =>
  `Bastide does not write a ${label} (${change.kind} of ${change.resource}).`;

// A patch as the PUT of a deployment template: templates have no PATCH, so unchanged members are included.
const propertiesOf = (body: JsonObject | null): JsonObject => (isObject(body?.properties) ? body.properties : {});

/** `computed`: members of `properties` that only the service writes. The patch overrides what was read. */
export function patchAsPut(after: JsonObject, patch: WriteRequest, computed: readonly string[]): WriteRequest {
  const properties = without(propertiesOf(after), ['provisioningState', 'privateEndpointConnections', ...computed]);
  return {
    ...{ method: 'PUT', id: patch.id, apiVersion: patch.apiVersion },
    body: { ...sendable(after), properties: { ...properties, ...propertiesOf(patch.body) } },
  };
}

/** The body without the ids that Azure gives its identities. */
function withoutAssigned(body: JsonObject): JsonObject {
  if (!isObject(body.identity)) return body;
  const bare = without(body.identity, assignedToIdentity);
  const users = bare.userAssignedIdentities;
  if (!isObject(users)) return withMember(body, 'identity', bare);
  const each = Object.entries(users).map(([key, user]): [string, Json] => [
    key,
    isObject(user) ? without(user, assignedToIdentity) : user,
  ]);
  return withMember(body, 'identity', withMember(bare, 'userAssignedIdentities', Object.fromEntries(each)));
}
