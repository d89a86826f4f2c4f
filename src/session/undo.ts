// Which entry an undo or a redo means, and the plan for it. Undo takes the newest act that stands; redo the one undone last;
// a new act clears redo.
import { type Entry, isEmptyRedo, leftOf, mayBeUndone, nothingTo, undidText } from '../model/entry.ts';
import { exitStatus, Failure } from '../model/failure.ts';
import type { Plan } from '../model/plan.ts';
import { sameId } from '../model/resource-id.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { clean } from '../model/text.ts';
import { applyChanges, laterText, mayBeUndoneLater, notUndoneText, redoPlan, undoPlan } from '../plan/index.ts';
import type { ApplyContext } from './apply-context.ts';
import { drift, unreadable, unsettled } from './preflight.ts';
import type { UndoProof } from './undo-proof.ts';
import { changedSinceBy } from './unreadable.ts';

interface Stacks {
  /** Entries that stand, newest last. */
  readonly standing: readonly Entry[];
  /** Entries undone since the last new act, the one undone last at the end. */
  readonly undone: readonly Entry[];
}

/** Walks the acts in their order. Entries that did nothing do not count. */
export function stacksOf(entries: readonly Entry[]): Stacks {
  let standing: Entry[] = [];
  let undone: Entry[] = [];
  for (const entry of entries) {
    if (entry.state === 'unreadable') {
      // It may be a new act, or have redone this one already.
      undone = entry.verb === 'undo' ? undone : undone.filter(({ id }) => entry.verb === 'redo' && id !== entry.redoes);
      continue;
    }
    if (entry.state === 'open' || (entry.state === 'failed' && entry.steps.length > 0)) continue;
    if (entry.verb === 'undo') {
      const target = standing.find((one) => one.id === entry.undoes);
      if (!target || target.undoneBy === null) continue;
      standing = standing.filter((one) => one !== target);
      undone = [...undone, target];
    } else if (entry.verb === 'redo') {
      // One that was interrupted leaves the rest to be redone.
      undone = undone.filter((one) => one.id !== entry.redoes || entry.state !== 'done');
      if (!isEmptyRedo(entry)) standing = [...standing, entry];
    } else {
      undone = [];
      standing = [...standing, entry];
    }
  }
  // What an unreadable undo has undone does not stand.
  const unreadable = new Set(entries.flatMap(({ id, state }) => (state === 'unreadable' ? [id] : [])));
  return { standing: standing.filter(({ undoneBy }) => undoneBy === null || !unreadable.has(undoneBy)), undone };
}

/** Has the history lost what every step of it would be undone with? */
const isLost = ({ steps }: Entry): boolean => {
  const done = steps.filter(({ state }) => state === 'done');
  return done.length > 0 && done.every(({ bodyLost }) => bodyLost === true);
};

/** What a plan back is made with; `isOwn`: did Bastide create it, by the history? */
type UndoContext = Pick<ApplyContext, 'rules' | 'newId'> & {
  readonly isOwn?: (id: string) => boolean;
  /** Of the entries: of an undo with whose they are, of a redo with their bodies. */
  readonly proof?: Pick<UndoProof, 'bodies'> & Partial<UndoProof>;
  /** All entries, for what those that cannot be read may have done since. */
  readonly entries?: readonly Entry[];
};

const refuse = (code: string, message: string, next: string): Failure =>
  new Failure(code, exitStatus.notSent, message, next);

/** Without an entry that can be read, whether there is any is not known. */
export const notKnownOf = (verb: 'undo' | 'redo' | 'resume', { id }: Pick<Entry, 'id'>): Failure =>
  refuse(
    `cannot-${verb}`,
    `Whether there is a change to ${verb} is not known: the record of history entry ${clean(id, 80)} is damaged.`,
    'See `bastide history`.',
  );

/** The entry named does not exist: a wrong value on the command line, as in `history ENTRY`. */
export const unknownEntry = (id: string): Failure =>
  new Failure(
    'unknown-entry',
    exitStatus.usage,
    `Unknown history entry: ${clean(id, 80)}.`,
    'Run `bastide history` for the list.',
  );

/** Throws Failure: exit 4 when there is nothing, or the entry named cannot be meant; exit 2 when no entry has that name. */
export function choose(entries: readonly Entry[], verb: 'undo' | 'redo', id: string | undefined): Entry {
  // Whatever is undone or redone next depends on what became of it.
  const at = id === undefined ? -1 : entries.findIndex((one) => one.id === id);
  const open = entries.findLast((entry, index) => entry.state === 'open' && index >= at);
  if (open !== undefined && (id === undefined || at >= 0)) throw unsettled(open);
  const stacks = stacksOf(entries);
  const stack = verb === 'undo' ? stacks.standing : stacks.undone;
  if (id === undefined) {
    const newest = stack.findLast((one) => !isLost(one)) ?? stack.at(-1);
    if (newest) return newest;
    const damaged = entries.findLast((one) => one.state === 'unreadable');
    if (damaged !== undefined) throw notKnownOf(verb, damaged);
    throw refuse(`nothing-to-${verb}`, nothingTo(verb), 'See `bastide history`.');
  }
  const entry = entries.find((one) => one.id === id);
  if (!entry) throw unknownEntry(id);
  if (stack.includes(entry)) return entry;
  // What its undo left in place can be undone later, where no redo has made the rest again.
  if (verb === 'undo' && entry.undoneBy !== null && mayBeUndone(entry, entries)) return entry;
  const why =
    entry.state === 'unreadable'
      ? 'its record in the history is damaged'
      : entry.verb === 'undo'
        ? 'it is an undo itself'
        : verb === 'undo'
          ? entry.undoneBy === null
            ? 'it changed nothing'
            : undidText(entry, entries)
          : 'it is not undone, or a newer change replaced it';
  throw refuse(
    `cannot-${verb}`,
    `Entry ${id} cannot be ${verb === 'undo' ? 'undone' : 'redone'}: ${why}.`,
    'See `bastide history`.',
  );
}

/** The entries that stand from the newest down to the one named. Throws Failure (exit 4) when that one cannot be undone. */
export function downTo(entries: readonly Entry[], id: string): readonly [Entry, ...Entry[]] {
  const last = choose(entries, 'undo', id);
  const { standing } = stacksOf(entries);
  const at = entries.indexOf(last);
  // One that was undone in part does not stand, and is undone to as well.
  const newer = standing.filter((one) => one !== last && entries.indexOf(one) > at).toReversed();
  const [first = last, ...rest] = [...newer, last];
  return [first, ...rest];
}

/** A plan for each entry, in this order, made for what the plans before it leave. Throws Failure (exit 4) on drift. */
export function undoPlans(
  [first, ...rest]: readonly [Entry, ...Entry[]],
  snapshot: Snapshot,
  context: UndoContext,
): readonly [Plan, ...Plan[]] {
  const plan = planFor(first, 'undo', snapshot, context);
  const [next, ...others] = rest;
  if (next === undefined) return [plan];
  const after = applyChanges(
    snapshot,
    plan.steps.map(({ change }) => change),
  );
  return [plan, ...undoPlans([next, ...others], after, context)];
}

/** What is left undone because nothing shows whose it is stays to be undone. Throws Failure (exit 4) where that is all. */
function refuseUnproven(plan: Plan, { id }: Entry): Plan {
  const open = (plan.notUndone ?? []).filter(mayBeUndoneLater);
  if (open.length === 0) return plan;
  throw new Failure(
    'undo-not-known',
    exitStatus.notSent,
    `${open.map(notUndoneText).join(' ')} Nothing was sent.`,
    laterText(open, `bastide undo ${id}`),
    { entry: id, notUndone: open },
  );
}

/** An entry that was undone in part, with the steps that its undo left: what others did since to the rest is not its undo's business. */
function stillStanding(entry: Entry, entries: readonly Entry[] = []): Entry {
  const left = leftOf(entry, entries).filter(({ stands }) => stands);
  if (entry.undoneBy === null || left.length === 0) return entry;
  return {
    ...entry,
    steps: entry.steps.filter((step) => left.some(({ resource }) => sameId(resource, step.resource))),
  };
}

/** The plan for an entry over what Azure has now. Throws Failure (exit 4) naming what others changed. */
export function planFor(entry: Entry, verb: 'undo' | 'redo', snapshot: Snapshot, context: UndoContext): Plan {
  const make = verb === 'undo' ? undoPlan : redoPlan;
  const {
    plan,
    drift: moved,
    unread,
  } = make({
    ...{ entry: verb === 'undo' ? stillStanding(entry, context.entries) : entry },
    ...{ snapshot, rules: context.rules, id: context.newId() },
    ...(context.isOwn === undefined ? {} : { isOwn: context.isOwn }),
    ...context.proof,
    ...(context.entries === undefined ? {} : { changedSinceBy: changedSinceBy(context.entries, entry) }),
  });
  if (unread.length > 0) throw unreadable(unread);
  if (moved.length === 0) return plan.steps.length === 0 ? refuseUnproven(plan, entry) : plan;
  const byResource = Map.groupBy(moved, (one) => one.resource);
  throw drift(
    [...byResource].map(([resource, all]) => ({
      resource,
      moved: all.map(({ pointer, expected, found }) => ({ pointer, expected: expected ?? null, found: found ?? null })),
    })),
  );
}
