// One entry of the history.
import type { Change, ResourceMatcher } from './change.ts';
import { type Edit, invertEdits } from './edit.ts';
import type { Flaw } from './flaw.ts';
import { asJson, type Json, sameJson } from './json.ts';
import type { Origin } from './origin.ts';
import type { Overwrote } from './overwrote.ts';
import type { LeftChange, Plan } from './plan.ts';
import { fold, isWithin, sameId } from './resource-id.ts';
import { counted } from './text.ts';
import type { WhatIf, WhatIfRefusal } from './what-if.ts';

/** `unknown`: the request was sent, and what it did has not been read yet. */
export type StepState = 'waiting' | 'intended' | 'sent' | 'done' | 'failed' | 'skipped' | 'unknown';
/** `open`: under way, or the outcome of a step is not known. `unreadable`: its record in the history is damaged, see `unreadable`. */
export type EntryState = 'open' | 'done' | 'partial' | 'failed' | 'unreadable';

/**
 * A line of the journal that is not used. `misfit`: it is whole, and says what no version wrote. `follows`: it is whole, and continues the
 * record of an earlier line that is damaged.
 */
export interface UnreadableLine {
  readonly line: number;
  readonly reason: 'changed' | 'missing' | 'misfit' | 'follows';
}

/** What is known of an entry whose record is damaged. Its steps are not known, and it is not undone. */
export interface UnreadableEntry {
  /** Empty once the journal was repaired. */
  readonly lines: readonly UnreadableLine[];
  /** Folded ids of the resources that it may have changed; null: any. */
  readonly about: readonly string[] | null;
  /** The newest entry that was begun before it came to its end; null where there is none. */
  readonly since: string | null;
}

export interface EntryStep {
  readonly resource: string;
  readonly change: Change;
  /** The history lost the body of what the step created or deleted: the change has an empty one, and is neither undone nor redone. */
  readonly bodyLost?: true;
  /** How the resource was identified where its name was unknown beforehand: a redo identifies its own. */
  readonly found?: ResourceMatcher;
  readonly findings: readonly string[];
  readonly state: StepState;
  readonly verified: boolean;
  /** When the request was last about to be sent, ISO 8601; entries of older versions have none. */
  readonly begun?: string;
  /** The correlation ID of its requests, by which Azure's change records tell them from others; entries of older versions have none. */
  readonly correlation?: string;
  /** When the change was read, ISO 8601. */
  readonly verifiedAt?: string;
  /** When the wait for an answer to the request ended without one that says what was applied, ISO 8601. */
  readonly unanswered?: string;
  /** Azure said itself, in answer to the last request, that the change is made. */
  readonly answered?: boolean;
  readonly requestId: string | null;
  /** URL of the long-running operation, while it runs. */
  readonly operation: string | null;
  /** What Azure answered last to a request of it, where that was an error. */
  readonly refusal?: WhatIfRefusal | null;
  /** Azure's own refusal, or what recovery found. */
  readonly message: string | null;
  /** Names of the side files that hold the bodies before and after. */
  readonly before: string | null;
  readonly after: string | null;
  /** Of a creation that is done: what shows that it was made here. Of another change: that nothing shows it. */
  readonly origin?: Origin;
  /** Of a change that is done: why it is not as it was wanted. */
  readonly flaw?: Flaw;
  /** What it was to create, or builds on, exists and was not created here: it is not sent again. */
  readonly isTaken?: true;
  /**
   * Of one that is failed because Azure does not show it: no answer says that it was not made, so whether it was applied and changed again
   * is not known. Entries of older versions have none.
   */
  readonly isUnproven?: true;
  /**
   * Did a request of it leave, or was it about to, that Azure does not compare with what was read? Recorded before it leaves; entries of
   * older versions have none.
   */
  readonly unguarded?: boolean;
  /** Of a write whose service compares no etag: what it overwrote of other callers, as far as is known. */
  readonly overwrote?: Overwrote;
  /** What the write overwrote of another client's settings, each as the edit that restores it. */
  readonly vanished?: readonly Edit[];
}

/** The history is a folder of one machine: it does not know what was sent from elsewhere. */
export const noEntries = 'No changes recorded on this machine';
export const nothingTo = (verb: 'undo' | 'redo' | 'resume'): string =>
  `Nothing to ${verb} is recorded on this machine.`;

/** What is asked of an entry below. */
interface Act<Step extends Pick<EntryStep, 'state' | 'isTaken'> = Pick<EntryStep, 'state' | 'isTaken'>>
  extends Pick<Entry, 'state' | 'undoneBy'> {
  readonly steps: readonly Step[];
}

/** The steps of an act that were not made, where it ended before its last one: a resume sends them. */
export const restOf = <Step extends Pick<EntryStep, 'state' | 'isTaken'>>({
  state,
  undoneBy,
  steps,
}: Act<Step>): readonly Step[] =>
  undoneBy === null && (state === 'partial' || state === 'failed')
    ? steps.filter((step) => (step.state === 'waiting' || step.state === 'failed') && step.isTaken !== true)
    : [];

/** The newest act, where it was made in part. What did nothing does not count. */
export function interruptedAct<One extends Act>(entries: readonly One[]): One | undefined {
  const newest = entries.findLast(({ state }) => state !== 'failed');
  return newest !== undefined && newest.state === 'partial' && restOf(newest).length > 0 ? newest : undefined;
}

/** How many changes were made. What was there already was not made. */
export const madeCount = (steps: readonly { readonly state: string }[]): number =>
  steps.filter(({ state }) => state === 'done').length;
/** `2 of 4 changes made, 1 not needed`. */
export function madeWords({ steps }: Pick<Act, 'steps'>): string {
  const already = steps.filter(({ state }) => state === 'skipped').length;
  return `${madeCount(steps)} of ${counted(steps.length, 'change')} made${already === 0 ? '' : `, ${already} not needed`}`;
}
/** `resolved 3 of its 4 findings, and 2 others`, by its own record; '' of an undo, and of what made no change. */
export function resolvedThenWords({ verb, steps, findings, resolved }: Entry): string {
  if ((verb !== 'fix' && verb !== 'redo') || madeCount(steps) === 0) return '';
  if (resolved === undefined) return 'what it resolved is not known';
  const repeated = new Set(resolved.rollUps);
  const countOf = (ids: readonly string[]): number => ids.filter((id) => !repeated.has(id)).length;
  const { made, others = [] } = resolved;
  const [own, more] = [countOf(findings), countOf(others)];
  const also = more === 0 ? '' : `, and ${counted(more, 'other')}`;
  if (own === 0) return more === 0 ? '' : `resolved ${counted(more, 'finding')}`;
  return `resolved ${made === own ? counted(own, 'finding') : `${made} of its ${counted(own, 'finding')}`}${also}`;
}
/** `the other 2`. */
export const otherWords = (rest: number): string => (rest === 1 ? 'the other one' : `the other ${rest}`);

/** What happened to the history itself: what was dropped after a crash, what was converted. */
export interface HistoryNote {
  /** ISO 8601, UTC. */
  readonly at: string;
  /** One sentence. */
  readonly text: string;
}

/** What a repair of the history did, or would do. */
export interface HistoryRepair {
  readonly file: string;
  /** Was the journal written anew? Not where nothing is damaged, and not in a dry run. */
  readonly isWritten: boolean;
  /** The journal as it was; null where it was not written anew, and where there was none. */
  readonly copy: string | null;
  /** The copy of its end as it was: a journal from a backup needs it. Null where it was not written anew, and where there was none. */
  readonly end: string | null;
  /** Entries that can be read. */
  readonly kept: number;
  /** Entries whose record is lost; they stay in the list as unreadable. */
  readonly lost: readonly (Pick<Entry, 'id'> & UnreadableEntry)[];
  /** Other lines that are lost: notes, and the one that says which workspace the journal is of. */
  readonly lines: readonly UnreadableLine[];
  /** Side files that entries name and that are gone or were changed: the bodies in them are not used. */
  readonly bodies: readonly { readonly entry: string; readonly file: string; readonly reason: 'changed' | 'missing' }[];
}

/** Which findings failed before an act and not after it, by its changes. */
export interface ResolvedRecord {
  /** How many of `findings` are counted: the others only repeat some of them. */
  readonly made: number;
  /** Those that its steps were for. */
  readonly findings: readonly string[];
  /** Those that went with them; absent where there are none. */
  readonly others?: readonly string[];
  /** Those of all these that only repeat others, and are not counted; absent where there are none. */
  readonly rollUps?: readonly string[];
}

export interface Entry {
  readonly id: string;
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly by: string;
  /** `unknown` only where the record is unreadable. */
  readonly verb: Plan['verb'] | 'unknown';
  readonly findings: readonly string[];
  /** What its preview said it resolves, and those among them that only repeat others; absent in entries of older versions. */
  readonly resolves?: readonly string[];
  readonly rollUps?: readonly string[];
  /** What the audit after its last request saw; absent where there was none, or it did not tell, and in entries of older versions. */
  readonly resolved?: ResolvedRecord;
  readonly resources: readonly string[];
  readonly steps: readonly EntryStep[];
  readonly state: EntryState;
  readonly undoes: string | null;
  readonly undoneBy: string | null;
  /** For a redo: the entry whose changes it repeated. */
  readonly redoes: string | null;
  /** For an undo or redo of some of the changes of an entry: that entry, which still stands. */
  readonly partOf?: string;
  /** Of an undo: the changes of the entry that it left; absent where it left none, and in entries of older versions. */
  readonly left?: readonly LeftChange[];
  /** The command line that would repeat it. */
  readonly line: string;
  /** It came out of a file, when and by whom: nothing in it was seen here. */
  readonly imported?: { readonly at: string; readonly by: string };
  readonly workspace: string | null;
  /** When its remaining steps were last sent, ISO 8601. */
  readonly resumed?: string;
  /** Result of the plan's what-if; null when it was not run. */
  readonly rehearsal: WhatIf | null;
  readonly unreadable?: UnreadableEntry;
}

/** Did this machine send the step, or make its entry? An import keeps nothing of whether Azure compared a request (`unguarded`). */
export const isSeenHere = (step: Pick<EntryStep, 'unguarded'>, { imported }: Pick<Entry, 'imported'>): boolean =>
  imported === undefined || step.unguarded !== undefined;

/** Was the step begun, and is its outcome not in the history yet? */
export const isUnsettled = ({ state }: Pick<EntryStep, 'state'>): boolean =>
  state === 'intended' || state === 'sent' || state === 'unknown';

/** Did it fail only because Azure does not show it? It may have been applied, and changed again since. */
export const mayHaveBeenMade = ({ state, isUnproven }: Pick<EntryStep, 'state' | 'isUnproven'>): boolean =>
  state === 'failed' && isUnproven === true;

/** Did an undo end without a change of its own, because nothing was left to undo? */
export const isEmptyUndo = ({
  verb,
  state,
  steps,
  left = [],
}: Pick<Entry, 'verb' | 'state' | 'left'> & { readonly steps: readonly Pick<EntryStep, 'state'>[] }): boolean =>
  verb === 'undo' && state === 'done' && left.length === 0 && !steps.some((step) => step.state === 'done');

/** Did a redo end without a change of its own, because all of it was there already? It does not stand: nothing of it was made. */
export const isEmptyRedo = ({
  verb,
  state,
  steps,
}: Pick<Entry, 'verb' | 'state'> & { readonly steps: readonly Pick<EntryStep, 'state'>[] }): boolean =>
  verb === 'redo' && state === 'done' && !steps.some((step) => step.state === 'done');

type Undoing = Pick<Entry, 'id' | 'left'> & Partial<Pick<Entry, 'verb' | 'undoes'>>;
/**
 * What the undos of an entry left of its changes: the last one, and what others had made otherwise before, which a later undo does not
 * ask for again.
 */
export function leftOf(
  { id, undoneBy }: Pick<Entry, 'undoneBy'> & Partial<Pick<Entry, 'id'>>,
  entries: readonly Undoing[],
): readonly LeftChange[] {
  if (undoneBy === null) return [];
  const last = entries.findIndex((one) => one.id === undoneBy);
  const earlier = entries.slice(0, Math.max(0, last)).filter(({ verb, undoes }) => verb === 'undo' && undoes === id);
  const others = earlier.flatMap(({ left = [] }) => left.filter(({ stands }) => !stands));
  return [...others, ...(entries[last]?.left ?? [])];
}

/** Is there something for an undo of it: it stands, or its undo left a change that stands, and no redo has made the rest again? */
export const mayBeUndone = (
  entry: Pick<Entry, 'id' | 'state' | 'verb' | 'undoneBy'>,
  entries: readonly Pick<Entry, 'id' | 'left' | 'redoes'>[],
): boolean =>
  entry.state !== 'unreadable' &&
  entry.verb !== 'undo' &&
  (entry.undoneBy === null ||
    (leftOf(entry, entries).some(({ stands }) => stands) && !entries.some(({ redoes }) => redoes === entry.id)));

/** Which undo undid an entry whole, or found nothing left to undo; '' of others. */
export const undoneByText = (entry: Acted & Pick<Entry, 'undoneBy'>, entries: readonly Entry[]): string => {
  if (entry.undoneBy === null || undoneMark(entry, entries) !== 'undone') return '';
  return undoneWords(entry, entries) === 'undone by' ? entry.undoneBy : `others; ${entry.undoneBy} found nothing left`;
};

/** `undone`, or how much of it, of an entry that an undo is about; '' of others. */
export function undoneMark(
  entry: Acted & Pick<Entry, 'undoneBy'>,
  entries: readonly Acted[],
): '' | 'undone' | 'undone in part' | 'not undone' {
  if (entry.undoneBy === null) return '';
  const counts = undoCounts(entry, entries);
  if (counts === null || counts.undone === counts.of) return 'undone';
  return counts.undone + counts.inPart === 0 ? 'not undone' : 'undone in part';
}

/** `entry U undid it`, of an undone entry. */
export function undidText(entry: Acted & Pick<Entry, 'undoneBy'>, entries: readonly Acted[]): string {
  const mark = undoneMark(entry, entries);
  if (mark === 'not undone') return `entry ${entry.undoneBy} left it as it is`;
  return `entry ${entry.undoneBy} undid ${mark === 'undone' ? 'it' : 'a part of it'}`;
}

const isDone = ({ state }: Pick<EntryStep, 'state'>): boolean => state === 'done';

/** What later undos did to a change of an entry; several changes of one resource may be undone as fewer. */
export interface StepUndo {
  readonly by: string;
  readonly isWhole: boolean;
}

type ActedStep = Pick<EntryStep, 'resource' | 'state' | 'change'>;
type Acted = Pick<Entry, 'id' | 'verb' | 'undoes' | 'partOf' | 'left'> & { readonly steps: readonly ActedStep[] };

const inverseKind = { create: 'delete', delete: 'create', edit: 'edit' } as const;
/** Edits without positions, which an undo fits to what it finds. */
const placeless = (edits: readonly Edit[]): Json => edits.map(({ at: _, ...edit }) => asJson(edit));

/**
 * Of each change of an entry: which undo of it, or of a part of it, made the inverse. A creation is undone by a deletion alone, and with
 * it what was changed there and below it since. Edits that are no exact inverse are told apart by their number.
 */
export function stepUndos(entry: Acted, entries: readonly Acted[]): readonly (StepUndo | undefined)[] {
  const undos = entries.filter((one) => one.verb === 'undo' && (one.undoes ?? one.partOf) === entry.id);
  if (undos.length === 0) return entry.steps.map(() => undefined);
  const sent = undos.flatMap(({ id, steps }) => steps.filter(isDone).map((step) => ({ by: id, step })));
  const found = new Map<ActedStep, StepUndo>();
  const used = new Set<ActedStep>();
  const take = (of: ActedStep, isIt: (step: ActedStep) => boolean): void => {
    const one = sent.findLast(
      ({ step }) =>
        !used.has(step) &&
        sameId(step.resource, of.resource) &&
        step.change.kind === inverseKind[of.change.kind] &&
        isIt(step),
    );
    if (one === undefined) return;
    used.add(one.step);
    found.set(of, { by: one.by, isWhole: true });
  };
  const made = entry.steps.filter(isDone).toReversed();
  for (const step of made) {
    const inverse = step.change.kind === 'edit' ? placeless(invertEdits(step.change.edits)) : null;
    take(step, ({ change }) => inverse === null || sameJson(placeless(change.edits), inverse));
  }
  const isMadeBefore = (id: string, at: number): boolean =>
    entry.steps.slice(0, at).some((one) => isDone(one) && one.change.kind === 'create' && sameId(one.resource, id));
  for (const step of made.filter((one) => !found.has(one))) {
    const isIn = (whole: string): boolean =>
      sameId(step.resource, whole) ? step.change.kind === 'edit' : isWithin(step.resource, whole);
    const deletion = sent.findLast(
      (one) =>
        one.step.change.kind === 'delete' &&
        isIn(one.step.resource) &&
        isMadeBefore(one.step.resource, entry.steps.indexOf(step)),
    );
    if (deletion !== undefined) found.set(step, { by: deletion.by, isWhole: true });
  }
  const open = made.filter((step) => !found.has(step) && step.change.kind === 'edit');
  for (const [resource, steps] of Map.groupBy(open, (step) => fold(step.resource))) {
    const here = sent.filter(({ step }) => sameId(step.resource, resource));
    const rest = here.filter(({ step }) => step.change.kind === 'edit' && !used.has(step));
    const by = rest.at(-1);
    // What an earlier undo left, a later one may have undone.
    const last = undos.find(({ id }) => id === by?.by);
    const isLeft = last?.left?.some((one) => sameId(one.resource, resource)) === true;
    // What an undo of all of it made on a resource is all that was to be made there, in however few changes.
    const isAll =
      last?.undoes === entry.id &&
      last.steps.every((one) => !sameId(one.resource, resource) || isDone(one) || one.state === 'skipped');
    const isWhole = (rest.length >= steps.length || isAll) && !isLeft;
    if (by !== undefined) for (const step of steps) found.set(step, { by: by.by, isWhole });
  }
  return entry.steps.map((step) => found.get(step));
}

/**
 * What became of a change of an entry by its undos. `undone`: whole, or it was so already when it was to be undone; `part`: some of it;
 * `left`: an undo left it, and it stands; `others`: an undo left it as others made it; `stands`: no undo was about it.
 */
export type StepFate = 'undone' | 'part' | 'left' | 'others' | 'stands';

/** Of each change that was made, and undefined of others. */
function stepFates(
  entry: Acted & Pick<Entry, 'undoneBy'>,
  entries: readonly Acted[],
  undos = stepUndos(entry, entries),
): readonly (StepFate | undefined)[] {
  const left = leftOf(entry, entries);
  return entry.steps.map((step, at) => {
    if (!isDone(step)) return undefined;
    const undo = undos[at];
    if (undo !== undefined) return undo.isWhole ? 'undone' : 'part';
    const own = left.filter(({ resource }) => sameId(resource, step.resource));
    if (own.length > 0) return own.some(({ stands }) => stands) ? 'left' : 'others';
    return entry.undoneBy === null ? 'stands' : 'undone';
  });
}

/** How many changes of an entry were made, and what its undos made of them; `by`: these undos. */
export interface UndoCounts {
  readonly of: number;
  readonly undone: number;
  readonly inPart: number;
  /** Left as they stand. */
  readonly left: number;
  /** Left as others made them. */
  readonly others: number;
  readonly by: readonly string[];
}

/** Null where no undo was about it. */
export function undoCounts(entry: Acted & Pick<Entry, 'undoneBy'>, entries: readonly Acted[]): UndoCounts | null {
  const undos = stepUndos(entry, entries);
  const sent = [...new Set(undos.flatMap((one) => (one === undefined ? [] : [one.by])))];
  const by = sent.length === 0 && entry.undoneBy !== null ? [entry.undoneBy] : sent;
  if (by.length === 0) return null;
  return { ...countsOfFates(stepFates(entry, entries, undos)), by };
}

function countsOfFates(fates: readonly (StepFate | undefined)[]): Omit<UndoCounts, 'by'> {
  const count = (...wanted: readonly StepFate[]): number =>
    fates.filter((one) => one !== undefined && wanted.includes(one)).length;
  return {
    ...{ of: count('undone', 'part', 'left', 'others', 'stands'), undone: count('undone'), inPart: count('part') },
    ...{ left: count('left'), others: count('others') },
  };
}

/** `4 of 5 changes, 1 in part, 1 left as others made it`. */
const countWords = ({ of, undone, inPart, others }: Omit<UndoCounts, 'by'>): string =>
  [
    `${undone} of ${counted(of, 'change')}`,
    ...(inPart === 0 ? [] : [`${inPart} in part`]),
    ...(others === 0 ? [] : [`${others} left as others made ${others === 1 ? 'it' : 'them'}`]),
  ].join(', ');

/** What one undo made of the changes of the entry that it is about: those that an earlier undo undid are not counted as its own. */
function countsBy(undo: Acted, whole: Acted, entries: readonly Acted[]): Omit<UndoCounts, 'by'> {
  const until = entries.slice(0, entries.indexOf(undo) + 1);
  const then = { ...whole, undoneBy: undo.left === undefined ? null : undo.id };
  const undos = stepUndos(then, until);
  const fates = stepFates(then, until, undos);
  const isEarlier = (at: number): boolean => undos[at] !== undefined && undos[at]?.by !== undo.id;
  const counts = countsOfFates(fates.map((fate, at) => (isEarlier(at) ? undefined : fate)));
  return { ...counts, of: madeCount(whole.steps) };
}

/** `undoes a part of E: 4 of 5 changes`, or whose part it is; '' where it is of no part. */
export function partWords(entry: Acted, entries: readonly Acted[]): string {
  const { left = [], partOf = left.length === 0 ? null : entry.undoes } = entry;
  if (partOf === null) return '';
  const does = entry.verb === 'redo' ? 'redoes' : 'undoes';
  const whole = entries.find(({ id }) => id === partOf);
  if (whole === undefined) return `${does} a part of ${partOf}`;
  const made = madeCount(whole.steps);
  if (entry.verb === 'redo')
    return `${does} a part of ${partOf}: ${madeCount(entry.steps)} of ${counted(made, 'change')}`;
  const counts = countsBy(entry, whole, entries);
  if (left.length === 0 || madeCount(entry.steps) > 0) return `${does} a part of ${partOf}: ${countWords(counts)}`;
  const others = counts.others === 0 ? '' : `, ${counts.others} as others made ${counts.others === 1 ? 'it' : 'them'}`;
  return `sent nothing, left ${counts.left + counts.others} of ${counted(made, 'change')} of ${partOf}${others}`;
}
/** `undone in part by U: 4 of 5 changes, 1 in part`; '' where no part was, or all of it. */
export function undonePartWords(entry: Acted & Pick<Entry, 'undoneBy'>, entries: readonly Acted[]): string {
  const counts = undoCounts(entry, entries);
  return counts === null || undoneMark(entry, entries) === 'undone' ? '' : undoCountWords(counts);
}
export function undoCountWords(counts: UndoCounts): string {
  const { of, undone, inPart, left, others } = counts;
  const by = counts.by.join(', ');
  if (undone + inPart > 0) return `undone in part by ${by}: ${countWords(counts)}`;
  if (left > 0 || others === 0) return `left as it is by ${by}: 0 of ${counted(of, 'change')} undone`;
  return `left by ${by} as others made it: 0 of ${counted(of, 'change')} undone`;
}
/** `, undone by U`, of one change. */
export const stepUndoWords = (undo: StepUndo | undefined): string =>
  undo === undefined ? '' : `, undone ${undo.isWhole ? '' : 'in part '}by ${undo.by}`;
/** Of each change: which undo undid it, or left it as others made it. */
export function stepUndoTexts(entry: Acted & Pick<Entry, 'undoneBy'>, entries: readonly Acted[]): readonly string[] {
  const undos = stepUndos(entry, entries);
  return stepFates(entry, entries, undos).map((fate, at) =>
    fate === 'others' ? `, left by ${entry.undoneBy} as others made it` : stepUndoWords(undos[at]),
  );
}

/** Whose part it is, or which part of it was undone; '' for neither. */
export const partlyWords = (entry: Acted & Pick<Entry, 'undoneBy'>, entries: readonly Acted[]): string =>
  partWords(entry, entries) || undonePartWords(entry, entries);
/** How an entry of which each change is undone ended: by its undo, or by others before that. */
export const undoneWords = (
  { undoneBy }: Pick<Entry, 'undoneBy'>,
  entries: readonly (Pick<Entry, 'id'> & Parameters<typeof isEmptyUndo>[0])[],
): 'undone by' | 'nothing left to undo:' => {
  const undo = entries.find(({ id }) => id === undoneBy);
  return undo !== undefined && isEmptyUndo(undo) ? 'nothing left to undo:' : 'undone by';
};
