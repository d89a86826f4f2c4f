// What a write overwrote of another client's settings, as a plan that puts it back: previewed and confirmed like any other.
import { editChange } from '../model/change.ts';
import { type Entry, type EntryStep, noEntries } from '../model/entry.ts';
import { exitStatus, Failure } from '../model/failure.ts';
import { entryNotKnownWords, isOpenQuestion, overwroteTexts, type Written } from '../model/overwrote.ts';
import type { Plan } from '../model/plan.ts';
import { nameInParent, nameOf } from '../model/resource-id.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { clean, counted } from '../model/text.ts';
import { redoPlan, riskOf } from '../plan/index.ts';
import type { ApplyContext } from './apply-context.ts';
import { writtenOf } from './overwrote.ts';
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

/** Why there is nothing to restore, or why that is not known: what is known of each write of the entry, or of all entries. */
function nothingToRestore(entries: readonly Entry[], id: string | undefined): Failure {
  const asked = id === undefined ? entries : entries.filter((one) => one.id === id);
  const isDoubtful = (entry: Entry): boolean =>
    entry.unreadable !== undefined || writesOf(entry).some(({ written }) => written.reason === 'not-known');
  const doubtful = asked.findLast(isDoubtful);
  if (doubtful === undefined) {
    const words = noneWords(asked, id);
    const about = asked.at(-1)?.id ?? null;
    return new Failure('nothing-to-restore', exitStatus.notSent, words, 'See `bastide history`.', { entry: about });
  }
  const writes = writesOf(doubtful);
  const isAgain = writes.some(({ written }) => isOpenQuestion(written));
  return new Failure(
    'restore-not-known',
    exitStatus.notSent,
    doubtWords(doubtful, writes),
    isAgain ? 'Run it again later: change records come some minutes after a write.' : 'See `bastide history`.',
    { entry: doubtful.id },
  );
}

interface Write {
  readonly resource: string;
  readonly written: Exclude<Written, { readonly reason: 'not-written' }>;
}
const writesOf = (entry: Entry): Write[] =>
  entry.steps.flatMap((step) => {
    const written = writtenOf(step, entry);
    return written.reason === 'not-written' ? [] : [{ resource: step.resource, written }];
  });

function doubtWords(entry: Entry, writes: readonly Write[]): string {
  if (entry.unreadable !== undefined) return entryNotKnownWords(entry.id, 'unreadable');
  const isImported = ({ written }: Write) => written.reason === 'not-known' && written.data.why === 'imported';
  if (writes.every(isImported)) return entryNotKnownWords(entry.id, 'imported');
  return toldOf(writes).join(' ');
}

/** What is known of writes that Azure did not compare, and of creations. */
function toldOf(writes: readonly Write[]): string[] {
  const created = writes.flatMap(({ resource, written }) => (written.reason === 'created' ? [nameOf(resource)] : []));
  const told = writes.flatMap(({ resource, written }) =>
    written.reason === 'compared' || written.reason === 'created' ? [] : [{ resource, overwrote: written }],
  );
  return [
    ...overwroteTexts(told, null).map(({ text }) => text),
    ...(created.length === 0 ? [] : [`Azure answered that it created ${[...new Set(created)].join(', ')}.`]),
  ];
}

/** No write is doubtful. That Azure compared all of them is said only where it did. */
function noneWords(entries: readonly Entry[], id: string | undefined): string {
  const writes = entries.flatMap(writesOf);
  const of = id === undefined ? 'in the history of this machine' : `of history entry ${clean(id, 80)}`;
  if (entries.length === 0) return `${noEntries}: nothing to restore.`;
  if (writes.length === 0) return `No change ${of} was made: nothing was overwritten.`;
  const compared = writes.filter(({ written }) => written.reason === 'compared').length;
  if (compared === writes.length)
    return `Azure compared every write ${of} with what was read: no setting of another client was overwritten.`;
  const rest = compared === 0 ? [] : [`Azure compared ${counted(compared, 'other write')} ${of} with what was read.`];
  return [...toldOf(writes), ...rest].join(' ');
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
      return { ...step, advice, risk: riskOf({ ...step, advice }) };
    }),
  };
}
