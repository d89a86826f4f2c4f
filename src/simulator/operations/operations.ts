// Starts, advances and ends long operations. It must not know what a resource type means: what a resource becomes is in
// the operation.
import { fold, parentOf, sameId, typeOf } from '../gateway/address.ts';
import type { ArmObject } from '../json.ts';
import { inlineMembers } from '../store/inline.ts';
import type { Store } from '../store/store.ts';
import type { Clock } from './clock.ts';
import type { LongOperation } from './operation.ts';

/** How many ended operations can still be asked for. */
const remembered = 50;

export interface Effects {
  readonly stored: (id: string, body: ArmObject) => void;
  readonly removed: (id: string) => void;
}

export class Operations {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #effects: Effects;
  /** Milliseconds that have passed for operations alone. */
  #ahead = 0;

  constructor(store: Store, clock: Clock, effects: Effects) {
    this.#store = store;
    this.#clock = clock;
    this.#effects = effects;
  }

  get instant(): boolean {
    return this.#clock.kind === 'instant';
  }

  /** Lets time pass for the operations: who waits in this process does not have to wait. */
  elapse(ms: number): void {
    this.#ahead += ms;
  }

  start(
    wish: Pick<
      LongOperation,
      'id' | 'verb' | 'target' | 'holds' | 'outcome' | 'error' | 'onSuccess' | 'onFailure' | 'finalStatus' | 'result'
    >,
    now: Date,
    options: {
      readonly patient: boolean;
      readonly polls?: number;
      /** Seconds that whoever follows it is asked to wait; null: none. Absent: as the clock has it. */
      readonly retryAfter?: number | null;
    },
  ): LongOperation {
    const clock = this.#clock;
    const operation: LongOperation = {
      ...wish,
      startedAt: now.toISOString(),
      pollsLeft: options.polls ?? (clock.kind === 'polls' ? clock.count : 0),
      dueAt:
        options.polls === undefined && clock.kind === 'seconds'
          ? now.getTime() + this.#ahead + clock.count * 1000
          : null,
      retryAfter:
        options.retryAfter === undefined
          ? clock.kind === 'seconds' || options.patient
            ? 1
            : null
          : options.retryAfter,
      status: 'InProgress',
      endedAt: null,
    };
    this.#store.operations.set(operation.id, operation);
    return operation;
  }

  /** Keeps an operation that is over already: it can still be asked for. */
  end(operation: LongOperation, now: Date): void {
    this.#end(operation, now);
  }

  /** Is any under way? */
  get running(): boolean {
    return [...this.#store.operations.values()].some(({ status }) => status === 'InProgress');
  }

  /** Ends whatever the clock has brought to its end. True when something ended. */
  advance(now: Date): boolean {
    let changed = false;
    for (const operation of this.#store.operations.values()) {
      if (
        operation.status === 'InProgress' &&
        operation.dueAt !== null &&
        operation.dueAt <= now.getTime() + this.#ahead
      ) {
        this.#end(operation, now);
        changed = true;
      }
    }
    return changed;
  }

  /** One poll of the operation. True when anything about it changed. */
  poll(operation: LongOperation, now: Date): boolean {
    if (operation.status !== 'InProgress' || operation.dueAt !== null) return false;
    if (operation.pollsLeft > 0) operation.pollsLeft -= 1;
    else this.#end(operation, now);
    return true;
  }

  /** Reading a resource counts as a poll of what runs on it: a client that lost the operation's address still gets on. */
  pollResource(id: string, now: Date): boolean {
    let changed = false;
    for (const operation of this.#store.operations.values()) {
      if (operation.status !== 'InProgress') continue;
      if (
        [operation.target, operation.holds].some((held) => sameId(held, id)) ||
        sameId(id, ownerOf(operation.target))
      ) {
        changed = this.poll(operation, now) || changed;
      }
    }
    return changed;
  }

  /** The operation that keeps others from writing to what `holds` names. */
  holding(holds: string): LongOperation | undefined {
    for (const operation of this.#store.operations.values()) {
      if (operation.status === 'InProgress' && sameId(operation.holds, holds)) return operation;
    }
    return undefined;
  }

  /** Ends at once, whatever the clock says, what runs on a resource: a caller that goes on after it has waited for it. */
  finish(id: string, now: Date): void {
    for (const operation of this.#store.operations.values()) {
      if (operation.status === 'InProgress' && sameId(operation.target, id)) this.#end(operation, now);
    }
  }

  #end(operation: LongOperation, now: Date): void {
    operation.status = operation.outcome;
    operation.endedAt = now.toISOString();
    const next = operation.outcome === 'Succeeded' ? operation.onSuccess : operation.onFailure;
    if (next === 'remove') this.#effects.removed(operation.target);
    else if (next !== null) this.#effects.stored(operation.target, next);
    operation.onSuccess = null;
    operation.onFailure = null;
    this.#forget();
  }

  /** ARM forgets operations that have ended; so does the state, lest it grow for ever. */
  #forget(): void {
    const ended = [...this.#store.operations.values()].filter((operation) => operation.status !== 'InProgress');
    for (const operation of ended.slice(0, -remembered)) this.#store.operations.delete(operation.id);
  }
}

function ownerOf(id: string): string {
  return inlineMembers.has(fold(typeOf(id))) ? parentOf(id) : id;
}
