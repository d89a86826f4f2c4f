// What a write overwrote of another client's settings, as a plan that puts it back: previewed and confirmed like any other.
import { editChange } from '../model/change.ts';
import type { Entry, EntryStep } from '../model/entry.ts';
import { exitStatus, Failure } from '../model/failure.ts';
import { overwroteTexts } from '../model/overwrote.ts';
import type { Plan } from '../model/plan.ts';
import { nameInParent } from '../model/resource-id.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { clean } from '../model/text.ts';
import { redoPlan, riskOf } from '../plan/index.ts';
import type { ApplyContext } from './apply-context.ts';
import { overwroteOf } from './overwrote.ts';
import type { Vanished } from './session.ts';
import { unknownEntry } from './undo.ts';

const stepsWith = (entry: Entry): (EntryStep & { readonly vanished: NonNullable<EntryStep['vanished']> })[] =>
  entry.steps.flatMap((step) =>
    step.vanished === undefined || step.vanished.length === 0 ? [] : [{ ...step, vanished: step.vanished }],
  );

export const vanishedOf = (entry: Entry | null): readonly Vanished[] =>
  entry === null
    ? []
    : stepsWith(entry).flatMap(({ resource, vanished }) =>
        vanished.map((edit) => ({
          ...{ resource, pointer: edit.pointer },
          value: edit.op === 'remove' ? null : (edit.after ?? null),
        })),
      );

/** Why there is nothing to restore: what records tell of each write, or that Azure itself compared what was read. */
function nothingToRestore(entries: readonly Entry[], id: string | undefined): Failure {
  const asked = id === undefined ? entries : entries.filter((one) => one.id === id);
  const doubtful = asked.findLast(({ steps }) => steps.some((step) => overwroteOf(step)?.reason === 'not-known'));
  const about = doubtful ?? asked.at(-1);
  const told = about?.steps.flatMap((step) => {
    const overwrote = overwroteOf(step);
    return overwrote === undefined ? [] : [{ resource: step.resource, overwrote }];
  });
  const words = overwroteTexts(told ?? [], null).map(({ text }) => text);
  const all = id === undefined ? 'every write in the history' : `every write of history entry ${clean(id, 80)}`;
  return new Failure(
    doubtful === undefined ? 'nothing-to-restore' : 'restore-not-known',
    exitStatus.notSent,
    words.length === 0
      ? `Azure compared ${all} with what was read: no setting of another client was overwritten.`
      : words.join(' '),
    doubtful === undefined
      ? 'See `bastide history`.'
      : 'Run it again later: change records come some minutes after a write.',
    { entry: about?.id ?? null },
  );
}

/** `id`: the entry; else the newest with any. Throws Failure: exit 4 where nothing was overwritten, or it is not known; 2 without such an entry. */
export function restorePlan(
  entries: readonly Entry[],
  id: string | undefined,
  snapshot: Snapshot,
  context: Pick<ApplyContext, 'rules' | 'newId'> & { readonly isOwn: (id: string) => boolean },
): Plan {
  const entry = entries.findLast((one) => (id === undefined || one.id === id) && stepsWith(one).length > 0);
  if (id !== undefined && !entries.some((one) => one.id === id)) throw unknownEntry(id);
  if (entry === undefined) throw nothingToRestore(entries, id);
  const steps = stepsWith(entry).map((step) => ({
    ...step,
    change: editChange(step.resource, step.vanished),
    state: 'done' as const,
    findings: [],
  }));
  const { plan } = redoPlan({
    entry: { ...entry, steps },
    snapshot,
    rules: context.rules,
    id: context.newId(),
    isOwn: context.isOwn,
  });
  return {
    ...plan,
    verb: 'fix',
    aim: 'restore',
    of: null,
    steps: plan.steps.map((step) => {
      const advice = `Restores settings of ${nameInParent(step.change.resource)} that entry ${entry.id} overwrote.`;
      return { ...step, advice, risk: riskOf(step.effects, advice) };
    }),
  };
}
