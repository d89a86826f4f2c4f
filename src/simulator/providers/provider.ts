// The contract of a resource type: what is special about it. Everything a type leaves out behaves as ARM's contract
// for resource providers says. Adding a type is one file and one line in the index.
import type { Address } from '../gateway/address.ts';
import type { GatewayResponse } from '../gateway/answer.ts';
import type { GatewayRequest } from '../gateway/request.ts';
import type { ArmJson, ArmObject } from '../json.ts';
import type { Store } from '../store/store.ts';
import type { TagList } from './microsoft.network/service-tag-list.ts';
import type { BodyShape } from './shape.ts';

export interface ProviderCall {
  readonly store: Store;
  readonly request: GatewayRequest;
  readonly address: Address;
  readonly apiVersion: string;
  /** ISO 8601, UTC. */
  readonly now: string;
  readonly newId: () => string;
  readonly tags: TagList;
  /** Carries out another request as the same caller, to its end: what a deployment is made of. */
  readonly send: (method: string, id: string, apiVersion: string, body: ArmObject) => GatewayResponse;
}

export interface Write extends ProviderCall {
  /** Id with the stored casing where there is one. */
  readonly id: string;
  readonly before: ArmObject | undefined;
  readonly body: ArmObject;
}

/** How a write of this type goes on after its answer, unless the clock is `instant`. */
export type Long = 'async' | 'location' | 'none';

export interface Link {
  readonly id: string;
  readonly action: string;
}

/** Stores what another service makes of a write, in its own time: at once where the clock is `instant`. */
export type Later = (body: ArmObject) => void;

/** An action that goes on after its answer, unless the clock is `instant`: what a resource becomes, and what comes out of it. */
export interface Deed {
  /** Id of the resource. */
  readonly target: string;
  readonly next: ArmObject;
  readonly result: ArmJson;
}

/** What an action finds out, behind a `Location` unless the clock is `instant`; nothing changes by it. */
export interface ActionResult {
  readonly result: ArmJson;
}

export interface ProviderType {
  /** As Azure spells it. */
  readonly type: string;
  readonly long?: { readonly put?: Long; readonly patch?: Long; readonly delete?: Long };
  /** The service never answers a write at once, and there are clients that could not read it if it did. */
  readonly always202?: boolean;
  /** Seconds that `Retry-After` says at least, as the type's document has it. */
  readonly leastWait?: number;
  /** Status of a PUT that made something; 201 unless said. */
  readonly created?: 200 | 201;
  /** Status of a PUT on something that was there; 200 unless said. */
  readonly updated?: 200 | 201;
  /** Status of a DELETE that is through at once; 200 unless said. */
  readonly removed?: 200 | 204;
  /** A DELETE that is through at once answers with what was deleted. */
  readonly parting?: boolean;
  /** False: the verb is refused with 405. */
  readonly allows?: { readonly put?: boolean; readonly patch?: boolean; readonly delete?: boolean };
  /** `provisioningState` while the resource is made; `Creating` unless said. */
  readonly making?: string;
  /** `provisioningState` while a resource that is there is changed; `Updating` unless said. */
  readonly changing?: string;
  /** What the body of a PUT or PATCH must look like. */
  readonly shape?: BodyShape;
  /** False: the type has no `provisioningState`. */
  readonly provisions?: boolean;
  /** Honours If-Match and If-None-Match. */
  readonly etags?: boolean;
  /** Keeps `systemData`: who created it and modified it last, and when. */
  readonly signs?: true;
  /** What the service calls one where it says that a precondition is not met. */
  readonly calls?: string;
  /** Scopes of any kind: the resource is attached to another one. */
  readonly extension?: boolean;
  /** The resource that takes one write at a time. */
  readonly holds?: (id: string) => string;
  /** The whole document after a PUT, `id`, `name` and `type` not yet set. */
  readonly replace?: (write: Write) => ArmObject;
  /** The whole document after a PATCH. */
  readonly merge?: (write: Write & { readonly before: ArmObject }) => ArmObject;
  /** Last look at a document about to be stored: validates, fills in, gives it back. */
  readonly settle?: (write: Write, next: ArmObject) => ArmObject;
  /** Throws when the resource cannot be deleted. */
  readonly mayDelete?: (write: Omit<Write, 'body'>) => void;
  /** Members of `properties` that other resources write: as they are now when a long write of this one ends. */
  readonly live?: readonly string[];
  /** What else changes when a resource has been stored or deleted. */
  readonly stored?: (store: Store, id: string, newId: () => string, later: Later) => void;
  readonly gone?: (store: Store, id: string, newId: () => string, body: ArmObject) => void;
  /** The document as it is shown. */
  readonly show?: (call: ProviderCall, body: ArmObject) => ArmObject;
  /** Resources that the body points at and the caller must be allowed to join. */
  readonly links?: (next: ArmObject) => readonly Link[];
  /** One item that is not stored; undefined when there is none of that name. */
  readonly item?: (call: ProviderCall) => ArmObject | undefined;
  /** Items of the collection, when it is not simply what is stored. */
  readonly items?: (call: ProviderCall) => readonly ArmJson[] | GatewayResponse;
  /** POST `{id}/{name}`, or `{collection}/{name}`; the name in lower case. */
  readonly actions?: Readonly<
    Record<string, (call: ProviderCall, body: ArmObject | undefined) => GatewayResponse | Deed | ActionResult>
  >;
}
