// Changes: the smallest writes. A change holds before and after, so its inverse is mechanical.
import { type Edit, invertEdits } from './edit.ts';
import type { JsonObject } from './json.ts';
import type { Pointer } from './pointer.ts';
import type { Resource } from './resource.ts';
import { parentId } from './resource-id.ts';

/**
 * Identifies a resource that an earlier write creates under a name chosen by Azure: the only one of its type and parent that
 * is none of `besides` and whose body holds the text `says` at `pointer`.
 */
export interface ResourceMatcher {
  /** Ids that existed when the plan was made. */
  readonly besides: readonly string[];
  readonly pointer: Pointer;
  readonly says: string;
}

/** `found`: the resource has no known name yet, and `resource` ends in a placeholder until it exists. */
export interface EditChange {
  readonly kind: 'edit';
  readonly resource: string;
  readonly edits: readonly Edit[];
  readonly body: null;
  readonly found?: ResourceMatcher;
}
export type DeferredChange = EditChange & { readonly found: ResourceMatcher };
/** `body`: what is created. */
export interface CreateChange {
  readonly kind: 'create';
  readonly resource: string;
  readonly edits: readonly [];
  readonly body: JsonObject;
}
/** `body`: the previous content, which the inverse restores. */
export interface DeleteChange {
  readonly kind: 'delete';
  readonly resource: string;
  readonly edits: readonly [];
  readonly body: JsonObject;
  /** The body that was read for the plan, where `body` is what an entry created. */
  readonly read?: JsonObject;
}
export type Change = EditChange | CreateChange | DeleteChange;

export const editChange = (resource: string, edits: readonly Edit[]): EditChange => ({
  kind: 'edit',
  resource,
  edits,
  body: null,
});

/** The body is what an undo restores. */
export const deleteChange = ({ id, body }: Pick<Resource, 'id' | 'body'>): DeleteChange => ({
  kind: 'delete',
  resource: id,
  edits: [],
  body,
});

export const isDeferred = (change: Change): change is DeferredChange =>
  change.kind === 'edit' && change.found !== undefined;

/**
 * Id of the resource to read for a change: the one it writes to or, while that has no known name, the one that shows it once
 * it exists.
 */
export const readTargets = (change: Change): string =>
  (isDeferred(change) ? parentId(change.resource) : undefined) ?? change.resource;

export function invertChange(change: Change): Change {
  const { kind, resource, body } = change;
  if (kind === 'edit') return { ...change, edits: invertEdits(change.edits) };
  return { kind: kind === 'create' ? 'delete' : 'create', resource, edits: [], body };
}
