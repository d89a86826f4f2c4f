// Everything seen at one moment. Immutable, serialisable, replayable without credentials.
import type { Assumptions } from './assumption.ts';
import type { Json } from './json.ts';
import type { LiveEvidence } from './live.ts';
import type { Resource } from './resource.ts';

/** The source of the data; also the key of a history. */
export interface Source {
  readonly kind: 'azure' | 'endpoint' | 'demo' | 'files';
  /** `public`, `china`, `usgov`; the endpoint's origin; `demo:WORLD`; the paths read. */
  readonly name: string;
}

/** A read that failed. `status` 404 means that the resource does not exist. */
export interface ReadFailure {
  /** A resource id, or a collection's path (`{workspace}/computes`). */
  readonly id: string;
  /** One sentence. */
  readonly reason: string;
  /** The ARM action that would have been needed, e.g. `Microsoft.Storage/storageAccounts/read`. */
  readonly action: string;
  readonly status?: number;
  readonly code?: string;
  /** A value that files leave unresolved: its pointer in the body, and its expression. */
  readonly open?: { readonly pointer: string; readonly expression: string };
}

/** What could not be read: that a resource does not exist is an answer. */
export const failedReads = <Failed extends Pick<ReadFailure, 'status'>>(failures: readonly Failed[]): Failed[] =>
  failures.filter(({ status }) => status !== 404);

/** Did Azure answer that this sign-in may not read it? */
export const isAccessDenied = ({ code, status }: Pick<ReadFailure, 'code' | 'status'>): boolean =>
  status === 401 || status === 403 || code === noSubscriptions;

/** Of a query of Resource Graph: this sign-in may read none of its subscriptions. */
const noSubscriptions = 'NoValidSubscriptionsInQueryRequest';

/** Is its subscription one that this sign-in may not see? */
const isHidden = ({ status, code = '' }: Pick<ReadFailure, 'code' | 'status'>): boolean =>
  status === undefined && /^(SubscriptionNotFound|InvalidSubscriptionId)$/.test(code);

/** The action whose permission is missing; undefined where Azure gave another reason, or no answer. */
export const missingPermission = (gap: Pick<ReadFailure, 'action' | 'code' | 'status'>): string | undefined =>
  gap.action !== '' && (isAccessDenied(gap) || isHidden(gap)) ? gap.action : undefined;

/** Statuses of gateways and services that may answer otherwise a moment later. */
export const isPassingStatus = (status: number): boolean =>
  status === 408 || status === 429 || (status >= 500 && status !== 501 && status !== 505);

/** May the same request succeed later without anything being done? No answer came, Azure was busy, or it failed itself. */
export const mayPass = ({ status, code }: Pick<ReadFailure, 'code' | 'status'>): boolean =>
  status === undefined ? !isHidden({ code }) && !isAccessDenied({ code }) : isPassingStatus(status);

/** What makes failed reads succeed, a sentence for each kind; [] where no step is known: see {@link mayPass}. */
export function readAdvice(failures: readonly ReadFailure[]): string[] {
  const has = (isSuch: (failure: ReadFailure) => boolean) => failures.some(isSuch);
  return [
    // What the service creates for itself is in subscriptions of Microsoft, where no role can be assigned.
    ...(has((failure) => failure.status === 403 || (isHidden(failure) && !/\/__SYS_PE_[^/]*$/i.test(failure.id)))
      ? ['Assign a role with the missing permissions, for example Reader, at the scope of the resource.']
      : []),
    ...(has(({ status }) => status === 401) ? ['Sign in to the tenant of the resource.'] : []),
    ...(has(({ action }) => action.endsWith('/register/action'))
      ? ['Register the resource provider in the subscription.']
      : []),
  ];
}

/** A list that was read whole. */
export interface Collection {
  readonly id: string;
  readonly members: readonly string[];
  /** Only while a fleet is audited: the members are in this list, and not among the resources. */
  readonly shared?: SharedList;
}

/** A list that the scans of a fleet share. Its members stay where they are until one is asked for. */
export interface SharedList {
  readonly type: string;
  /** Folded, in their order. */
  readonly ids: readonly string[];
  get(foldedId: string): Resource | undefined;
}

/** A list to read; `query` narrows it. */
export interface ListRequest {
  readonly collection: string;
  readonly type: string;
  readonly query: Readonly<Record<string, string>>;
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

/** Microsoft's service tags at this moment: only those of the families that rules name. */
export interface TagsSeen {
  /** `azure`: read by this scan; `cache`: by an earlier one; `file`: from the operator's file. */
  readonly source: 'azure' | 'cache' | 'file';
  /** `Azure`, or the path of the file. */
  readonly from: string;
  /** ISO 8601, UTC: when Azure returned them, or the date in the file's name; null when unknown. */
  readonly at: string | null;
  /** In either of Microsoft's shapes, cut to what is needed. */
  readonly document: Json;
}

/** A file of a folder that was not read, and why. */
export interface SkippedFile {
  readonly file: string;
  /** A clause. */
  readonly reason: string;
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
  /** Paths of lists that were searched: the snapshot holds only the matches. */
  readonly searched?: readonly string[];
  /** Of templates that define all that is there: what they do not declare does not exist. */
  readonly isWhole?: true;
  /** Only of folders. */
  readonly skipped?: readonly SkippedFile[];
  readonly intents: Assumptions;
  /** Access scopes of `bastide.yaml`, as sentences. */
  readonly scopes?: readonly string[];
  /** Absent: no tag data; rules then compare tags by name. */
  readonly serviceTags?: TagsSeen;
  /** Absent: effective rules and routes were not requested. */
  readonly live?: LiveEvidence;
}
