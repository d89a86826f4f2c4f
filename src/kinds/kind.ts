// The contract of a kind: what we know of one resource type. One file per kind, listed in index.ts.
import type { Change, CreateChange, DeleteChange } from '../model/change.ts';
import type { Edit, ListKey, Same } from '../model/edit.ts';
import type { Json, JsonObject } from '../model/json.ts';
import type { Pointer } from '../model/pointer.ts';
import type { Resource } from '../model/resource.ts';

/** The HTTP request that carries a change. `path` is the resource id; the body is raw JSON. */
export interface WriteRequest {
  readonly method: 'PUT' | 'PATCH' | 'DELETE' | 'POST';
  readonly id: string;
  readonly apiVersion: string;
  readonly body: JsonObject | null;
  readonly ifMatch?: string;
  readonly ifNoneMatch?: '*';
  /** What the address says beside the api-version. */
  readonly query?: Readonly<Record<string, string>>;
}

/** Members that only another api-version shows: read beside the resource and put into its body. */
export interface Beside {
  readonly apiVersion: string;
  readonly members: readonly Pointer[];
  /** What the id of the gap ends in where Azure refuses that reading: `/ipAllowlist`. */
  readonly gap: string;
}

export interface Column {
  readonly title: string;
  /** Text of one cell, not yet stripped of escapes. */
  value(resource: Resource): string;
}

/** What is known while a consequence is worked out: the snapshot that the change has led to already. */
export interface Seen {
  resource(id: string): Resource | undefined;
  ofType(type: string): readonly Resource[];
  /** When the snapshot was taken, ISO 8601; undefined where nobody says. */
  readonly at?: string;
  /** May the caller do this there? Undefined where it could not be read. */
  may(action: string, scope: string): boolean | undefined;
}

/** What Azure does by itself once a change is through. */
export interface Consequence {
  /** Resources that come, or look different. */
  readonly put: readonly Resource[];
  /** Ids of resources that go. */
  readonly gone: readonly string[];
}

export interface Kind {
  /** ARM type in Azure's casing. */
  readonly type: string;
  /** `storage account`, `subnet`: lower case, singular. */
  readonly label: string;
  readonly plural: string;
  readonly apiVersion: string;
  readonly beside?: Beside;
  readonly columns: readonly Column[];
  /** Lists below it that a scan reads, by the last part of their path: what is just made has them, empty. */
  readonly childLists?: readonly string[];
  /**
   * It comes about by something else, under a name of Azure's making. Here its body says what it was asked for with, which alone
   * tells the one that a plan brings about from those of others.
   */
  readonly askedWith?: Pointer;
  /** Ids this resource points to. */
  references(body: JsonObject): readonly string[];
  /** Lists with a key, by pointer. */
  readonly lists: Readonly<Record<Pointer, ListKey>>;
  /** Do two values at a pointer mean the same to the service? */
  readonly same: Same;
  /** The body with volatile members out, defaults filled in and sets in order: what an undo must restore. */
  normal(body: JsonObject): JsonObject;
  /** Settings that cannot be taken back, with the sentence the plan shows. */
  oneWay(edit: Edit): string | null;
  /** Why the service would not take this edit today, although it was there once: an undo leaves it out and says so. */
  refuses?(edit: Edit): string | null;
  /** The edit that an undo sends in place of the mechanical inverse, where the service has no way back to what was there. */
  instead?(inverse: Edit): Edit;
  /** What else changes with this change, for previews: `seen` shows it already, a deletion holds what stood there. */
  follows?(change: Change, seen: Seen): Consequence;
  /** Why an undo leaves in place what it made: others use it by now. `going`: ids that the same undo deletes. */
  keeps?(change: DeleteChange, seen: Seen, going: readonly string[]): string | null;
  /** What goes for good when this is deleted: one sentence, for whoever takes back its making. */
  loses?(change: DeleteChange): string | null;
  /** Why an undo does not bring back what was deleted. */
  lost?(change: CreateChange, seen: Seen): string | null;
  /** The id under which writes are serial: a subnet's virtual network, a compute's workspace. */
  writer(id: string): string;
  /** The request for a change to the body just read, or a sentence saying why Bastide does not write this. */
  write(change: Change, current: Resource | null): WriteRequest | string;
  /** The PUT that a deployment template has in place of a PATCH, from the body as it will be; a sentence where none says the same. */
  whole?(after: JsonObject, patch: WriteRequest): WriteRequest | string;
  /** The Azure CLI lines that say the same, joined by ` && `. */
  az(change: Change): string;
  /** ARM actions a write needs, and on which scope (catalogue section 4, "Permission"). */
  needs(change: Change): readonly { readonly action: string; readonly scope: string }[];
}

export type { Change, Edit, Json, JsonObject, ListKey, Resource };
