// The entry of an act under way: on disk and, should the disk fail after something was sent, still known here.
import type { History } from '../history/history.ts';
import type { Entry, EntryState, EntryStep } from '../model/entry.ts';
import { isUnsettled } from '../model/entry.ts';
import { type Failure, isFailure } from '../model/failure.ts';
import type { JsonObject } from '../model/json.ts';

export interface EntryRecord {
  readonly entry: Entry;
  /** Why the history could not be written; nothing more may be sent. */
  readonly lost: Failure | null;
  /** Changes a step before something is sent. Throws Failure when that is not on disk. */
  intend(index: number, part: Partial<EntryStep>, also?: Partial<Entry>): Promise<void>;
  /** Changes a step by what has happened: that is kept here where it cannot be written. */
  note(index: number, part: Partial<EntryStep>): Promise<void>;
  /** A step of which a part is done becomes two steps. */
  split(index: number, done: Partial<EntryStep>, rest: Partial<EntryStep>): Promise<void>;
  /** The name of the side file; null where it cannot be written. */
  keepAfter(index: number, body: JsonObject | null): Promise<string | null>;
  /** Gives the entry the state of its steps. */
  close(): Promise<Entry>;
}

/** `entry`: as the history has it. */
export function recordOf(entry: Entry, history: History): EntryRecord {
  let now = entry;
  let lost: Failure | null = null;
  const update = async (change: (entry: Entry) => Entry, of = entry.id): Promise<void> => {
    if (of === entry.id) now = change(now);
    if (lost !== null) return;
    try {
      const written = await history.update(of, change);
      if (of === entry.id) now = written;
    } catch (error) {
      if (!isFailure(error)) throw error;
      lost = error;
    }
  };
  const at = (index: number, part: Partial<EntryStep>) => (one: Entry) => ({
    ...one,
    steps: one.steps.map((step, position) => (position === index ? { ...step, ...part } : step)),
  });
  return {
    get entry() {
      return now;
    },
    get lost() {
      return lost;
    },
    async intend(index, part, also = {}) {
      const before = now;
      await update((one) => ({ ...at(index, part)(one), ...also }));
      if (lost === null) return;
      now = before;
      throw lost;
    },
    note: (index, part) => update(at(index, part)),
    split: (index, done, rest) =>
      update((one) => ({
        ...one,
        steps: one.steps.flatMap((step, position) =>
          position === index
            ? [
                { ...step, ...done },
                { ...step, ...rest },
              ]
            : [step],
        ),
      })),
    async keepAfter(index, body) {
      if (body === null || lost !== null) return null;
      try {
        return await history.keepBody(entry.id, `${index}-after`, body);
      } catch (error) {
        if (!isFailure(error)) throw error;
        lost = error;
        return null;
      }
    },
    async close() {
      await update((one) => ({ ...one, state: stateOf(one.steps) }));
      const { undoes, state, id } = now;
      if (state === 'done' && undoes !== null) await update((undone) => ({ ...undone, undoneBy: id }), undoes);
      return now;
    },
  };
}

/** An entry's state from those of its steps. */
export function stateOf(steps: readonly EntryStep[]): EntryState {
  if (steps.some(isUnsettled)) return 'open';
  if (steps.every((step) => (step.state === 'done' && step.flaw === undefined) || step.state === 'skipped'))
    return 'done';
  return steps.some((step) => step.state === 'done') ? 'partial' : 'failed';
}
