// The contract of a resource type: what Bastide knows about one ARM type. define.ts makes one; index.ts lists them.
import type { Change, CreateChange, DeleteChange } from '../model/change.ts';
import type { Edit, ListKey, Same } from '../model/edit.ts';
import type { SettingEffect } from '../model/effect.ts';
import type { UndoClass } from '../model/finding.ts';
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
  /** Query parameters besides the api-version. */
  readonly query?: Readonly<Record<string, string>>;
  /** The correlation ID under which Azure keeps its change record. */
  readonly correlation?: string;
}

/** Members that not every api-version returns: read separately where the one in hand does not, and merged into the body. */
export interface ExtraMembers {
  readonly members: readonly Pointer[];
  /** The suffix of the id that records a failure of that read: `/ipAllowlist`. */
  readonly gap: string;
  /** For these bodies only; for each unless given. */
  readonly when?: (body: JsonObject) => boolean;
}

export interface Column {
  readonly title: string;
  /** Text of one cell, not yet stripped of escapes. */
  value(resource: Resource): string;
}

/** The snapshot after the change, while its side effects are computed. */
export interface ResourceLookup {
  resource(id: string): Resource | undefined;
  ofType(type: string): readonly Resource[];
  /** When the snapshot was taken, ISO 8601; undefined where unknown. */
  readonly at?: string;
  /** May the caller do this there? Undefined where it could not be read. */
  may(action: string, scope: string): boolean | undefined;
}

/** Side effects: what Azure changes with a change. */
export interface Consequence {
  /** Resources that are created or changed. */
  readonly put: readonly Resource[];
  /** Ids of resources that are deleted. */
  readonly gone: readonly string[];
}

/** A change as its two sides; a side is null where the resource does not exist. */
export interface ChangeSides {
  readonly id: string;
  readonly before: Resource | null;
  readonly after: Resource | null;
  /** Resources beside it, before the change. */
  readonly seen: Pick<ResourceLookup, 'resource'>;
  /** Did the history create it? */
  readonly isOwn: (id: string) => boolean;
}
/** An effect on the resource that the change writes. */
export type OwnEffect = Omit<SettingEffect, 'resource'>;

export interface ResourceType {
  /** ARM type in Azure's casing. */
  readonly type: string;
  /** `storage account`, `subnet`: lower case, singular. */
  readonly label: string;
  readonly plural: string;
  /** The one that is asked first. */
  readonly apiVersion: string;
  /** Does the service compare etags: `If-Match`, and `If-None-Match: *` for what is created? */
  readonly comparesEtag: boolean;
  /**
   * By what an answer of Azure tells a creation from a replacement: `status`, 201 or 200; `times`, of its creation and last modification,
   * which are one only where it created the resource. Null of types that answer alike to both.
   */
  readonly tellsNew: 'status' | 'times' | null;
  readonly extraMembers?: readonly ExtraMembers[];
  /** What Azure answered, members that api-versions spell in two ways in one spelling. */
  asRead?(body: JsonObject): JsonObject;
  readonly columns: readonly Column[];
  /** What one does, in a few words that its name may not tell: `allow outbound TCP 443 to Storage`. */
  summary?(resource: Resource): string | null;
  /** Child lists that a scan reads, by the last part of their path. A new resource has them, empty. */
  readonly childLists?: readonly string[];
  /**
   * Another resource causes it, and Azure assigns its name. Its body has the text of the request, by which a plan identifies
   * it.
   */
  readonly requestKey?: Pointer;
  /** Ids that this resource refers to. */
  references(body: JsonObject): readonly string[];
  readonly lists: Readonly<Record<Pointer, ListKey>>;
  /** Do two values at a pointer mean the same to the service? */
  readonly same: Same;
  /** The body without volatile members, with defaults and sets in order: what an undo must restore. */
  normal(body: JsonObject): JsonObject;
  /** A sentence for the plan where an undo cannot restore this setting. */
  oneWay(edit: Edit): string | null;
  /** Why the service would now reject this edit, although the value existed before: an undo skips and reports it. */
  refuses?(edit: Edit): string | null;
  /**
   * The edit that an undo sends instead of the mechanical inverse: another value where the service cannot restore the old one, the
   * explicit one where no request unsets the member. Whether the two mean the same is what `same` says of them.
   */
  instead?(inverse: Edit): Edit;
  /** Who gains or loses access by the change, what it costs or interrupts; from its two sides alone. */
  effects(sides: ChangeSides): readonly OwnEffect[];
  /** Who reaches what by its settings is decided by packets and names, and so told by the flows before and after a change. */
  readonly decidesPackets?: true;
  /** What else Azure changes with this change, for previews. `seen` has the change applied; a deletion has the old body. */
  sideEffects?(change: Change, seen: ResourceLookup): Consequence;
  /** Why an undo keeps a resource that the change created: others use it. `going`: ids that the same undo deletes. */
  undoBlocker?(change: DeleteChange, seen: ResourceLookup, going: readonly string[]): string | null;
  /** Why Azure may refuse an undo of the change later, in one sentence: what comes to use the resource in between. */
  mayRefuseUndo?(change: Change): string | null;
  /** Why the resource must not be deleted as it is now, in a clause: it holds what no deletion of it names. */
  deleteBlocker?(current: Resource): string | null;
  /** What a deletion loses permanently, in one sentence. */
  deletionLoss?(change: DeleteChange): string | null;
  /** What is another in a resource restored after its deletion, with the same effect, in one sentence. */
  restoredWith?(change: DeleteChange): string | null;
  /** How exactly an undo restores what the change does, where its edits do not tell; null where they do. */
  undoClass?(change: Change, seen: ResourceLookup): UndoClass | null;
  /** What an undo does not restore where `undoClass` says `partial`, in one sentence. */
  partialUndo?(change: Change): string;
  /** Why an undo does not restore a deleted resource. */
  restoreBlocker?(change: CreateChange, seen: ResourceLookup): string | null;
  /** The id under which writes are serial: a subnet's virtual network, a compute's workspace. */
  writer(id: string): string;
  /** The request for a change to the body just read, or a sentence why Bastide does not send it. */
  write(change: Change, current: Resource | null): WriteRequest | string;
  /**
   * The PUT that a deployment template uses in place of a PATCH, from the body after the change; a sentence where there is
   * none.
   */
  toTemplatePut?(after: JsonObject, patch: WriteRequest): WriteRequest | string;
  /** The equivalent Azure CLI lines, joined by ` && `. */
  az(change: Change): string;
  /**
   * The ARM actions that a write needs, each with its scope: also those on resources that the body refers to, new or already
   * there, which ARM checks with every write. `current`: the resource as it was read.
   */
  needs(change: Change, current?: Resource): readonly { readonly action: string; readonly scope: string }[];
}

export type { Change, Edit, Json, JsonObject, ListKey, Resource };
