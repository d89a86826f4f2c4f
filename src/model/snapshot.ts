// Everything seen at one moment. Immutable, serialisable, replayable without credentials.
import type { Assumptions } from './assumption.ts';
import type { Json } from './json.ts';
import type { LiveEvidence } from './live.ts';
import type { Resource } from './resource.ts';

/** Where the data came from; also the key of a history. */
export interface Source {
  readonly kind: 'azure' | 'endpoint' | 'demo' | 'files';
  /** `public`, `china`, `usgov`; the endpoint's origin; `demo:WORLD`; the paths read. */
  readonly name: string;
}

/** Something that was asked for and not given. `status` 404 means: Azure says it is not there. */
export interface ReadFailure {
  /** A resource id, or a collection's path (`{workspace}/computes`). */
  readonly id: string;
  /** One sentence. */
  readonly reason: string;
  /** The ARM action that would have been needed, e.g. `Microsoft.Storage/storageAccounts/read`. */
  readonly action: string;
  readonly status?: number;
  readonly code?: string;
  /** A value that files leave open: where it stands in the body, and the expression that stands there. */
  readonly open?: { readonly pointer: string; readonly expression: string };
}

/** A list that was read whole. */
export interface Collection {
  readonly id: string;
  readonly members: readonly string[];
}

/** What the caller may do at a scope. */
export interface Permission {
  readonly scope: string;
  readonly actions: readonly string[];
  readonly notActions: readonly string[];
}

export interface Identity {
  readonly name: string;
  readonly how: string;
  readonly tenant?: string;
  readonly objectId?: string;
}

/** Microsoft's service tags as they were known at this moment: only those of the families that rules name. */
export interface TagsSeen {
  /** `azure`: asked for by this scan; `cache`: by an earlier one; `file`: the operator named a file. */
  readonly source: 'azure' | 'cache' | 'file';
  /** `Azure`, or the path of the file. */
  readonly from: string;
  /** ISO 8601, UTC: when Azure gave them, or the date in the file's name; null when nobody says. */
  readonly at: string | null;
  /** In either of Microsoft's shapes, cut to what is needed. */
  readonly document: Json;
}

export interface Snapshot {
  readonly schema: 'bastide/snapshot/v1';
  readonly id: string;
  /** ISO 8601, UTC. */
  readonly takenAt: string;
  readonly source: Source;
  /** Id of the workspace, null for files that hold none. */
  readonly workspace: string | null;
  readonly identity: Identity | null;
  readonly requests: number;
  readonly resources: readonly Resource[];
  readonly collections: readonly Collection[];
  readonly permissions: readonly Permission[];
  readonly gaps: readonly ReadFailure[];
  /** Paths of lists that were read in search of something: only what was looked for is in hand. */
  readonly searched?: readonly string[];
  readonly intents: Assumptions;
  /** Absent: no tag data is at hand; names still decide what names can decide. */
  readonly serviceTags?: TagsSeen;
  /** Absent: nobody asked what is in effect. */
  readonly live?: LiveEvidence;
}
