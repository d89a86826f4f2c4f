// The ARM client's contract: raw reads and writes of ARM. The rest of Bastide reaches Azure only through it.

import type { Json, JsonObject } from '../model/json.ts';
import type { LivePacket } from '../model/live.ts';
import type { Resource } from '../model/resource.ts';
import type { Identity, Permission, ReadFailure, SharedList, Source } from '../model/snapshot.ts';
import type { WriteRequest } from '../resource-types/resource-type.ts';

/** `gap` beside a resource: the members that only another api-version shows were refused. */
export type ReadAnswer =
  | { readonly ok: true; readonly resource: Resource; readonly gaps?: readonly ReadFailure[] }
  | { readonly ok: false; readonly gap: ReadFailure };
export type ListAnswer =
  /** `shared`: the same list, for a caller that need not go through it. */
  | { readonly ok: true; readonly resources: readonly Resource[]; readonly shared?: SharedList }
  | { readonly ok: false; readonly gap: ReadFailure };

/** Microsoft's list of service tags, as ARM gives it. */
export type TagsAnswer =
  | { readonly ok: true; readonly document: JsonObject }
  | { readonly ok: false; readonly gap: ReadFailure };

/** A query of Azure Resource Graph; without a scope it is about every subscription that the caller can read. */
export interface GraphQuery {
  readonly query: string;
  readonly subscriptions?: readonly string[];
  readonly managementGroups?: readonly string[];
  readonly signal?: AbortSignal;
  /** Gets the rows of each page, before the next page is requested. */
  onRows(rows: readonly JsonObject[]): void | Promise<void>;
}
export type GraphAnswer =
  | { readonly ok: true; readonly rows: number; readonly pages: number }
  | { readonly ok: false; readonly gap: ReadFailure };

/** Azure's refusal, kept whole. */
export interface ArmRefusal {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  readonly details: readonly { readonly code: string; readonly message: string }[];
}

/**
 * Why the same write may be sent again, once the resource was read: `changed`, Azure compared an older etag; `busy`, it had not begun
 * the change; `throttled`, it asked for patience. `longest`: seconds until it is given up, where that is sooner than for others.
 */
export interface Again {
  readonly why: 'changed' | 'busy' | 'throttled';
  readonly longest?: number;
}

export type WriteAnswer = {
  /** The correlation ID under which Azure keeps the change record, where its answer names one. */
  readonly correlation?: string;
} & WriteOutcome;

type WriteOutcome =
  /** Accepted and finished. `status`: 201 where something was created. `shown`: the resource, as the answer has it. */
  | {
      readonly state: 'done';
      readonly requestId: string | null;
      readonly status?: number;
      readonly shown?: JsonObject;
    }
  /**
   * Accepted; the operation goes on. `operation` is a URL of the same origin as the endpoint. `shown`: the resource, as the answer has it;
   * its settings may change before the operation ends.
   */
  | {
      readonly state: 'running';
      readonly requestId: string | null;
      readonly operation: string;
      readonly retryAfter: number;
      readonly status?: number;
      readonly shown?: JsonObject;
    }
  | {
      readonly state: 'refused';
      readonly requestId: string | null;
      readonly refusal: ArmRefusal;
      /** Null: it would be refused again. */
      readonly again: Again | null;
      /** Seconds that Azure asked to wait. */
      readonly retryAfter?: number;
    }
  /** No answer came: it may have been applied. Never repeat it before reading again. */
  | {
      readonly state: 'lost';
      readonly requestId: string | null;
      readonly reason: string;
      readonly status?: undefined;
    };

export type OperationAnswer =
  | { readonly state: 'done' }
  | { readonly state: 'failed'; readonly refusal: ArmRefusal; readonly again: Again | null }
  /** ARM has forgotten it, or could not be asked: decide by reading the resource. */
  | { readonly state: 'forgotten' };

/** A question that Azure works out for an interface of a running machine. */
export type LiveQuestion =
  | { readonly about: 'groups'; readonly card: string }
  | { readonly about: 'routes'; readonly card: string }
  | {
      readonly about: 'flow' | 'hop';
      /** Id of the network watcher of the machine's region. */
      readonly watcher: string;
      readonly machine: string;
      readonly card: string;
      /** Private IPv4 address of the interface. */
      readonly address: string;
      readonly packet: LivePacket;
    };
export type LiveAnswer = { readonly ok: true; readonly body: Json } | { readonly ok: false; readonly gap: ReadFailure };

export type ArmClientEvent =
  | {
      readonly kind: 'request';
      readonly method: string;
      readonly path: string;
      readonly status: number;
      readonly ms: number;
      readonly requestId: string | null;
      readonly apiVersion: string | null;
      /** Reads that the subscription has left, where the answer says it. */
      readonly readsLeft?: number;
    }
  /** `reason`: a sentence that names the seconds as well. */
  | { readonly kind: 'wait'; readonly seconds: number; readonly reason: string }
  | {
      readonly kind: 'sign-in';
      readonly step: string;
      readonly state: 'trying' | 'ok' | 'no';
      readonly detail: string;
      readonly ms: number;
      /** What the operator has to do meanwhile. */
      readonly code?: SignInCode;
    };

/** A code that is to be entered on a web page, on any machine. */
export type SignInCode = {
  readonly code: string;
  readonly page: string;
  /** Seconds that it is good for. */
  readonly expiresIn: number;
};

/** Which workspace is meant: a name or full id, narrowed by subscription and group. */
export interface WorkspaceSelector {
  readonly workspace?: string;
  readonly resourceGroup?: string;
  readonly subscription?: string;
}

export interface ArmClient {
  readonly source: Source;
  /**
   * The full id of the workspace meant, or of the only one readable. Throws Failure: exit 2 listing the candidates when none
   * or several fit, exit 7 when Azure shows no list.
   */
  findWorkspace(selector: WorkspaceSelector, signal?: AbortSignal): Promise<string>;
  /** Signs in if that has not happened; throws Failure with exit 6. */
  identity(signal?: AbortSignal): Promise<Identity>;
  /** One resource, raw, at the api-version of its type. Never throws for an HTTP status. */
  read(id: string, options?: { readonly signal?: AbortSignal }): Promise<ReadAnswer>;
  /** A list, every page of it. `collection` is its path. `type` names the members' type. */
  list(
    collection: string,
    options: {
      readonly type: string;
      readonly query?: Readonly<Record<string, string>>;
      readonly signal?: AbortSignal;
    },
  ): Promise<ListAnswer>;
  /** A list whose items are no resources (usages, sizes): every page of it as one document `{id, value}`, whose id is the list's path. */
  report(path: string, signal?: AbortSignal): Promise<ReadAnswer>;
  /** The security admin rules in effect in a virtual network, as one document; empty too where a reader sees that there are none. */
  adminRules(network: string, signal?: AbortSignal): Promise<ReadAnswer>;
  /** The connectivity configurations of network managers in effect in a virtual network, as one document. */
  connectivity(network: string, signal?: AbortSignal): Promise<ReadAnswer>;
  permissions(scope: string, signal?: AbortSignal): Promise<Permission | ReadFailure>;
  /** The service tags of all regions; `location`, in ARM's spelling, says whose copy answers. */
  serviceTags(
    place: { readonly subscription: string; readonly location: string },
    signal?: AbortSignal,
  ): Promise<TagsAnswer>;
  /** Every row of a query. After a failure the pages before it have been handed on. Never throws for an HTTP status. */
  graph(query: GraphQuery): Promise<GraphAnswer>;
  /** Asks once, and waits until Azure has worked it out; nothing changes by it. Never throws for an HTTP status. */
  ask(question: LiveQuestion, signal?: AbortSignal): Promise<LiveAnswer>;
  /** The service's own diagnosis of a workspace: asked once, and waited for; nothing changes by it. Never throws for an HTTP status. */
  diagnose(workspace: string, signal?: AbortSignal): Promise<LiveAnswer>;
  /** Sends once, never repeats. `onSent` runs when the request has left. */
  write(request: WriteRequest, signal?: AbortSignal): Promise<WriteAnswer>;
  /** Follows a long operation to its end; `signal` stops the following, not the operation. */
  follow(
    operation: string,
    options: {
      readonly signal?: AbortSignal;
      readonly retryAfter?: number;
      onPoll?(state: string): void;
      /** Asked after a poll that said nothing: does the resource show that the operation has ended? */
      hasEnded?(): Promise<boolean>;
    },
  ): Promise<OperationAnswer>;
  /** Requests and tokens so far. */
  readonly counts: { readonly requests: number; readonly tokens: number };
  onEvent(listener: (event: ArmClientEvent) => void): () => void;
  close(): Promise<void>;
}
