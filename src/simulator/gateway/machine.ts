// What every part of the gateway works with: the state, the operations, who the caller is, the clock and new ids.
import { randomUUID } from 'node:crypto';
import type { Former } from '../faults/stale.ts';
import { type ArmObject, at, isObject, put } from '../json.ts';
import type { Clock } from '../operations/clock.ts';
import { Operations } from '../operations/operations.ts';
import type { TagList } from '../providers/microsoft.network/service-tag-list.ts';
import type { ProviderType } from '../providers/provider.ts';
import type { ChangeLog } from '../resource-graph/changes.ts';
import { GraphService } from '../resource-graph/service.ts';
import { idOf, type Store } from '../store/store.ts';
import type { Paging } from './paging.ts';
import type { Throttle } from './throttle.ts';

export interface SimulatedIdentity {
  readonly tenant: string;
  readonly client: string;
  readonly objectId: string;
  readonly secret: string;
}

/** How writes are answered: as Azure was recorded to answer, or at once where the clock lets them. */
export type Wire = 'azure' | 'plain';

export interface Machine {
  readonly store: Store;
  readonly operations: Operations;
  readonly identity: SimulatedIdentity;
  readonly paging: Paging;
  readonly throttle: Throttle;
  readonly tags: TagList;
  readonly wire: Wire;
  /** The newest api-version of a namespace or type, where this cloud lags. */
  readonly newest: Readonly<Record<string, string>>;
  /** Passed in, because the types know this machine. */
  readonly providerOf: (id: string) => ProviderType;
  readonly newId: () => string;
  /** `polls`: readings until then, whatever the clock says. */
  readonly later: (body: ArmObject, polls?: number) => void;
  readonly now: () => Date;
  /** Says what the simulator itself left undone; it goes into the log of the exchange, not into the answer. */
  readonly note: (text: string) => void;
  /** Undefined where nothing asks what has changed: a snapshot that is played. */
  changes: ChangeLog | undefined;
  graph: GraphService;
  /** What each resource was before its last writes, by its id in lower case, the oldest first. */
  readonly former: Map<string, readonly Former[]>;
  /** How often each path was read while a fault answers old and new in turn. */
  readonly turns: Map<string, number>;
  /** What was said since the exchange began. */
  notes: string[];
  /** Set by whatever changes the state; the server writes the state file before it answers. */
  dirty: boolean;
}

interface MachineParts extends Pick<Machine, 'store' | 'identity' | 'paging' | 'throttle' | 'tags'> {
  readonly newest?: Machine['newest'];
  readonly wire?: Wire;
  readonly clock: Clock;
  providerOf(id: string): ProviderType;
}

export function machineOf({
  store,
  clock,
  identity,
  paging,
  throttle,
  tags,
  providerOf,
  newest = {},
  wire = 'azure',
}: MachineParts): Machine {
  const newId = (): string => randomUUID();
  const machine: Machine = {
    store,
    operations: new Operations(store, clock, {
      stored: (id, body) => {
        const { live, stored } = providerOf(id);
        keepLive(store.get(id), body, live ?? []);
        store.set(id, body);
        stored?.(store, id, newId, machine.later);
        machine.changes?.ended(id);
      },
      removed: (id) => {
        removeResource(machine, id);
        machine.changes?.ended(id);
      },
    }),
    identity,
    paging,
    throttle,
    tags,
    newest,
    wire,
    providerOf,
    newId,
    later: (body, polls) => laterIn(machine, body, polls),
    now: () => new Date(),
    note: (text) => machine.notes.push(text),
    changes: undefined,
    graph: new GraphService('', false, Date.now()),
    former: new Map(),
    turns: new Map(),
    notes: [],
    dirty: false,
  };
  return machine;
}

/** Runs as an operation that is not announced; reading the resource, or the one around it, advances it. */
function laterIn({ store, operations, newId, now }: Machine, body: ArmObject, polls?: number): void {
  const id = idOf(body);
  if (operations.instant && polls === undefined) {
    store.set(id, body);
    return;
  }
  const ends = { outcome: 'Succeeded', error: null, onSuccess: body, onFailure: null, finalStatus: 200 } as const;
  const wish = { id: newId(), verb: 'PUT', target: id, holds: id, result: null, ...ends } as const;
  operations.start(wish, now(), { patient: false, ...(polls === undefined ? {} : { polls }) });
}

/** What another client wrote into the resource while its own write was running is not lost. */
function keepLive(now: ArmObject | undefined, next: ArmObject, members: readonly string[]): void {
  const properties = at(next, 'properties');
  if (!isObject(properties)) return;
  for (const member of members) {
    const value = at(now, 'properties', member);
    if (value !== undefined) put(properties, member, value);
  }
}

/** Deletes a resource with all that is below it, keeps what was there, and lets its type see to the rest. */
export function removeResource(machine: Machine, id: string): void {
  const { store } = machine;
  const body = store.get(id);
  if (body) store.deleted.push({ id, at: machine.now().toISOString(), body });
  for (const gone of store.remove(id)) machine.providerOf(gone.id).gone?.(store, gone.id, machine.newId, gone.body);
}
