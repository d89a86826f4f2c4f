// The remaining steps of an act that was interrupted, or failed in the middle: exactly those of its plan, compared anew with what is
// there now. Pure.

import { isDeferred } from '../model/change.ts';
import { type Entry, type EntryStep, interruptedAct, restOf, undidText } from '../model/entry.ts';
import { exitStatus, Failure } from '../model/failure.ts';
import type { Gate, NotMadeHere, Plan, Step } from '../model/plan.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { indexSnapshot } from '../model/snapshot-index.ts';
import { clean } from '../model/text.ts';
import { alreadySetText, reviewPlan } from '../plan/index.ts';
import type { ApplyContext } from './apply-context.ts';
import { compareAll, drift, unsettled } from './preflight.ts';
import { notKnownOf, unknownEntry } from './undo.ts';

/**
 * The entry that a resume means: the one named, or the newest act; null where nothing of that is left. Throws Failure: exit 4 where
 * nothing is left of the one named, its outcome is not known, or the newest cannot be read; 2 for an unknown one.
 */
export function chooseRest(entries: readonly Entry[], id: string | undefined): Entry | null {
  const entry = id === undefined ? entries.at(-1) : entries.find((one) => one.id === id);
  if (id !== undefined && entry === undefined) throw unknownEntry(id);
  if (entry?.state === 'open') throw unsettled(entry);
  // What it has left is not known, and what is older is not the newest act.
  if (id === undefined && entry?.state === 'unreadable') throw notKnownOf('resume', entry);
  if (entry !== undefined && restOf(entry).length > 0) return entry;
  if (id === undefined) return interruptedAct(entries) ?? null;
  const why =
    entry?.state === 'unreadable'
      ? 'its record in the history is damaged'
      : entry?.undoneBy == null
        ? 'all of its changes were made'
        : undidText(entry, entries);
  throw new Failure(
    'cannot-resume',
    exitStatus.notSent,
    `Entry ${clean(id, 80)} cannot be resumed: ${why}.`,
    'See `bastide history`.',
  );
}

type ResumeContext = Pick<ApplyContext, 'rules' | 'newId'> & {
  readonly isOwn: (id: string) => boolean;
  /** Of the steps that are so already: whose they are. */
  readonly whose: (step: EntryStep) => NotMadeHere | null;
};

interface Remaining {
  /** With the part of each change that is not there yet. */
  readonly pending: readonly EntryStep[];
  readonly already: readonly EntryStep[];
}

/** The remaining steps against what is there now. Throws Failure (exit 4) where others changed what they would change. */
export function remainingOf(entry: Entry, snapshot: Snapshot): Remaining {
  const { peek } = indexSnapshot(snapshot);
  const rest = restOf(entry);
  // What could not be read is compared before it is sent.
  const seen = rest.filter(({ change }) => isDeferred(change) || peek(change.resource).state !== 'gap');
  const { comparisons, moved } = compareAll(
    seen.map(({ change }) => change),
    snapshot,
  );
  if (moved.length > 0) throw drift(moved);
  const pending: EntryStep[] = [];
  const already: EntryStep[] = [];
  for (const step of rest) {
    const found = comparisons[seen.indexOf(step)];
    if (found?.state === 'applied') already.push(step);
    else pending.push(found?.state === 'ready' ? { ...step, change: found.pending } : step);
  }
  return { pending, already };
}

export function resumePlan(
  entry: Entry,
  { pending, already }: Remaining,
  snapshot: Snapshot,
  { rules, newId, isOwn, whose }: ResumeContext,
): Plan {
  const alreadySet = already.map((step) => ({ resource: step.resource, change: step.change, why: whose(step) }));
  const { source, workspace } = snapshot;
  const bare: Plan = {
    ...{ id: newId(), snapshot: snapshot.id, source, workspace, architecture: 'unknown' },
    ...{
      verb: entry.verb === 'unknown' ? ('fix' as const) : entry.verb,
      of: entry.undoes ?? entry.redoes ?? entry.partOf ?? null,
      resumes: entry.id,
    },
    ...(entry.partOf === undefined ? {} : { isPart: true as const }),
    ...(entry.imported === undefined ? {} : { isImported: true as const }),
    steps: pending.map(bareStep),
    ...(alreadySet.length === 0 ? {} : { alreadySet }),
    ...{ gates: [], skipped: [], preview: { resolves: [], introduces: [] }, irreversible: [], effects: [] },
  };
  const reviewed = reviewPlan({ snapshot, plan: bare, rules, isOwn });
  const said = alreadySet.map((one): Gate => ({ kind: 'state', outcome: 'pass', detail: alreadySetText(one) }));
  const plan = { ...reviewed, gates: [...reviewed.gates, ...said, ...importedGate(entry)] };
  // Only what this history saw is known to have been there before.
  if (entry.verb === 'fix' || entry.imported !== undefined) return plan;
  // What an undo or redo restores was there before: only Azure prevents it.
  const gates = plan.gates.filter(({ kind }) => !['rule', 'lockout', 'dependants'].includes(kind));
  return { ...plan, gates, steps: plan.steps.map((step) => ({ ...step, needs: [] })) };
}

/** What an imported entry says of its remaining changes is text of a file; no change record proves what was not sent. */
const importedGate = ({ id, imported }: Entry): Gate[] =>
  imported === undefined
    ? []
    : [
        {
          kind: 'state',
          outcome: 'warn',
          detail: `History entry ${clean(id, 80)} was imported: its remaining changes were not planned here.`,
        },
      ];

const bareStep = ({ change, findings }: EntryStep): Step => ({
  ...{ change, findings, phase: 2, needs: [], az: '', risk: '', undo: 'exact', does: '', effects: [] },
});
