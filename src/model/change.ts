// Changes: the smallest writes. A change holds before and after, so its inverse is mechanical.
import { type Edit, invertEdits } from './edit.ts';
import type { JsonObject } from './json.ts';

export interface EditChange {
  readonly kind: 'edit';
  readonly resource: string;
  readonly edits: readonly Edit[];
  readonly body: null;
}
/** `body`: what is created. */
export interface CreateChange {
  readonly kind: 'create';
  readonly resource: string;
  readonly edits: readonly [];
  readonly body: JsonObject;
}
/** `body`: what stood there, to be put back by the inverse. */
export interface DeleteChange {
  readonly kind: 'delete';
  readonly resource: string;
  readonly edits: readonly [];
  readonly body: JsonObject;
}
export type Change = EditChange | CreateChange | DeleteChange;

export const editChange = (resource: string, edits: readonly Edit[]): EditChange => ({
  kind: 'edit',
  resource,
  edits,
  body: null,
});

export function invertChange(change: Change): Change {
  if (change.kind === 'edit') return { ...change, edits: invertEdits(change.edits) };
  return { ...change, kind: change.kind === 'create' ? 'delete' : 'create' };
}
