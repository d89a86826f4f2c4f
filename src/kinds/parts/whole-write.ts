// Resources of which a change is written whole, under the etag that was read (arm-protocol, 5.6).
import type { Edit } from '../../model/edit.ts';
import type { JsonObject } from '../../model/json.ts';
import type { Resource } from '../../model/resource.ts';
import type { Change, WriteRequest } from '../kind.ts';
import { textAt } from '../read.ts';
import { edited, twinSpelling } from './bodies.ts';

export interface WholeWrite {
  readonly apiVersion: string;
  /** In the sentence why a member is not written, with its article: `a route table`. */
  readonly label: string;
  /** Why nothing is written before the resource was read. */
  readonly unseen: string;
  /** Does Bastide write what this edit changes? */
  writes(edit: Edit): boolean;
  /** The body of a PUT. */
  sent(body: JsonObject): JsonObject;
}

/** The condition of a write: that nobody wrote since. None where no etag is shown. */
export function ifRead(current: Resource | null): { readonly ifMatch?: string } {
  const etag = current?.etag ?? textAt(current?.body, '/etag');
  return etag === undefined ? {} : { ifMatch: etag };
}

/** An edit as the PUT of the whole, or the sentence why not. */
export function editWhole(whole: WholeWrite, change: Change, current: Resource | null): WriteRequest | string {
  if (current === null) return whole.unseen;
  const strange = change.edits.find((edit) => !whole.writes(edit));
  if (strange) return `Bastide does not write ${strange.pointer} of ${whole.label}.`;
  const twin = twinSpelling(current.body, change.edits);
  if (twin !== undefined) return twin;
  const body = whole.sent(edited(current.body, change.edits));
  return { method: 'PUT', id: change.resource, apiVersion: whole.apiVersion, body, ...ifRead(current) };
}

/** A change of any kind: a creation only where nothing stands yet, the rest as it was read. */
export function writeWhole(whole: WholeWrite, change: Change, current: Resource | null): WriteRequest | string {
  const at = { id: change.resource, apiVersion: whole.apiVersion };
  if (change.kind === 'create') return { method: 'PUT', ...at, body: whole.sent(change.body), ifNoneMatch: '*' };
  if (change.kind === 'delete') return { method: 'DELETE', ...at, body: null, ...ifRead(current) };
  return editWhole(whole, change, current);
}
