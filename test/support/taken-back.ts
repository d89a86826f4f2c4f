// A third reading of what everything undone must leave: what services make of a step and of its undo stays. Each step is carried out in
// the twin, and taken back where the history says so, as far as the twin shows that it was the step's and that it stands as it left it.
import type { Change } from '../../src/model/change.ts';
import { type Edit, invertEdit } from '../../src/model/edit.ts';
import type { Entry, EntryStep } from '../../src/model/entry.ts';
import { type ForeignAct, repeat } from './foreign-acts.ts';
import {
  type Act,
  isAbout,
  isAccepted,
  isCarriedOut,
  isDone,
  isSameId,
  isWrite,
  type TwinReading,
} from './request-judge.ts';
import type { Loose } from './snapshot.ts';
import { at, factsOfBody, type OtherClient, withEdit, writeBody } from './twin.ts';

/** What a step did in the twin. `is`: null after a deletion. */
interface Carried {
  readonly step: EntryStep;
  /** Of its request. */
  readonly query: string;
  readonly was: Loose | null;
  readonly is: Loose | null;
  /** Another client deleted it since, or made it. */
  isLost: boolean;
}

/** What a history may take for true where nothing says otherwise. */
export interface Taken {
  /** Was a step made? One whose outcome was not known may have been. */
  isMade(step: EntryStep): boolean;
  /**
   * Does a deletion stay ours after another client made the resource and deleted it again, and a part that no record tells of after
   * another client deleted it and made it again alike? Nothing of that is left to be seen.
   */
  readonly forgets: boolean;
}
const may = (isOpenMade: boolean, forgets: boolean): Taken => ({
  isMade: (step) => isDone(step) || (isOpenMade && step.state === 'unknown'),
  forgets,
});
export const eachTaken: readonly Taken[] = [may(false, false), may(true, false), may(false, true), may(true, true)];

export function takeBack(
  acts: readonly Act[],
  all: readonly Entry[],
  client: OtherClient,
  reading: TwinReading,
  { isMade, forgets }: Taken,
): void {
  const carried: Carried[] = [];
  for (const act of acts) {
    const left = act.entries.flatMap(({ verb, steps }) => (verb === 'undo' ? [] : steps.filter(isMade)));
    for (const event of act.events) {
      if (event.kind === 'foreign') {
        const isChanged = repeat(event.act, client, reading);
        for (const one of carried) one.isLost ||= isChanged && isMadeAnew(event.act, one.step);
        continue;
      }
      if (!isWrite(event.call) || !isAccepted(event.call)) continue;
      const place = left.findIndex(({ resource }) => isAbout(event.call, resource));
      const [step] = place < 0 ? [] : left.splice(place, 1);
      if (step === undefined) continue;
      const was = client.get(step.resource);
      isCarriedOut(step, event.call, client);
      carried.push({ step, query: event.call.query, was, is: client.get(step.resource), isLost: false });
    }
    for (const entry of act.entries) undo(entry);
  }
  const known = new Set(acts.flatMap(({ entries }) => entries.map(({ id }) => id)));
  for (const entry of all) if (!known.has(entry.id)) undo(entry);

  function undo({ verb, steps }: Entry): void {
    for (const { resource } of verb === 'undo' ? steps.filter(isDone) : []) {
      const place = carried.findLastIndex((one) => isSameId(one.step.resource, resource));
      const [one] = place < 0 ? [] : carried.splice(place, 1);
      if (one === undefined) continue;
      const isUnseen = one.step.change.kind === 'delete' || /\/privateDnsZoneGroups\/[^/]+$/i.test(resource);
      const isLost = one.isLost && !(forgets && isUnseen);
      if (!isLost) inverse(one, client);
    }
  }
}

const isMadeAnew = ({ resource, deed }: ForeignAct, step: EntryStep): boolean =>
  isSameId(resource, step.resource) && (deed.does === 'put' || deed.does === 'remove');

function inverse({ step: { change, resource }, query, was, is }: Carried, client: OtherClient): void {
  const now = client.get(resource);
  if (change.kind === 'create') {
    if (was === null && now !== null && isSameBody(now, is, resource)) client.remove(resource);
  } else if (change.kind === 'delete') {
    if (was !== null && now === null) client.put(resource, was);
  } else if (now !== null) takeOff(change, query, { was, now }, client);
}

function isSameBody(one: Loose, other: Loose | null, id: string): boolean {
  const [a, b] = [one, other ?? {}].map((body) => JSON.stringify([...factsOfBody(body, id)].toSorted()));
  return a === b;
}

/** The edits that changed something, and stand as they were made. */
function takeOff(
  { resource, edits }: Change,
  query: string,
  { was, now }: { readonly was: Loose | null; readonly now: Loose },
  client: OtherClient,
): void {
  const own = edits.toReversed().filter((edit) => shows(was, edit) !== shows(now, edit) && shows(now, edit));
  if (own.length > 0) writeBody(`${resource}?${query}`, now, own.map(invertEdit).reduce(withEdit, now), client);
}

function shows(body: Loose | null, edit: Edit): boolean {
  if (body === null) return false;
  if (edit.op === 'set') return JSON.stringify(at(body, edit.pointer)) === JSON.stringify(edit.after);
  const list = JSON.stringify(at(body, edit.pointer) ?? []);
  const inverted = edit.op === 'add' ? edit : invertEdit(edit);
  return (JSON.stringify(at(withEdit(body, inverted), edit.pointer) ?? []) === list) === (edit.op === 'add');
}
