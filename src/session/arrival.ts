// A request without an answer: how long it may still take effect, and which steps were told to have failed whose request may show
// late all the same. Pure.
import { type Edit, elementKey } from '../model/edit.ts';
import { type Entry, type EntryStep, isUnsettled } from '../model/entry.ts';
import { sameId } from '../model/resource-id.ts';
import type { ApplyContext } from './apply-context.ts';

/** Milliseconds. A reading later than that which does not show the change is believed. */
export const arrival = 120_000;
/** Milliseconds in which a request that was believed lost is still looked for. */
const lateFor = 24 * 3600_000;

/** When the answer to the last request of a step was given up, or else when it was sent. */
const sentAt = ({ begun, unanswered }: EntryStep): number =>
  Math.max(...[begun, unanswered].map((time) => (time === undefined ? 0 : Date.parse(time))));

/** Milliseconds in which a change that a reading does not show may still come. */
export function arrivalLeft(step: EntryStep, { pace, now }: Pick<ApplyContext, 'pace' | 'now'>): number {
  if (!isUnsettled(step)) return 0;
  const longest = pace.arrival ?? arrival;
  const age = now().getTime() - sentAt(step);
  // A clock that was set back says nothing.
  return age >= 0 && age < longest ? longest - age : 0;
}

/** When a reading that does not show the change will be believed, ISO 8601; undefined where one would be now. */
export function certainAt(step: EntryStep, context: Pick<ApplyContext, 'pace' | 'now'>): string | undefined {
  const left = arrivalLeft(step, context);
  return left === 0 ? undefined : new Date(context.now().getTime() + left).toISOString();
}

/** Was the step told to have failed, though its request had no answer and may show yet? */
export function mayShowLate(entries: readonly Entry[], entry: Entry, index: number, now: Date): boolean {
  const step = entry.steps[index];
  if (step?.state !== 'failed' || step.unanswered === undefined) return false;
  const age = now.getTime() - sentAt(step);
  const since = [...entry.steps.slice(index + 1), ...entries.slice(entries.indexOf(entry) + 1).flatMap((e) => e.steps)];
  return age >= 0 && age < lateFor && !since.some((later) => isRepeated(step, later));
}

/** Would a later step show the same, or hide it? */
const isRepeated = ({ change }: EntryStep, later: EntryStep): boolean =>
  (later.state === 'done' || isUnsettled(later)) &&
  sameId(later.resource, change.resource) &&
  (change.kind !== 'edit' ||
    later.change.kind !== 'edit' ||
    change.edits.some((edit) => (later.change.edits as readonly Edit[]).some((other) => isSameSetting(edit, other))));

export const isSameSetting = (one: Edit, other: Edit): boolean =>
  one.pointer === other.pointer && (one.op === 'set' || other.op === 'set' || itemOf(one) === itemOf(other));

const itemOf = (edit: Exclude<Edit, { op: 'set' }>): string =>
  elementKey(edit.op === 'add' ? edit.after : edit.before, edit.key);
