// Readings that are behind: Azure may answer for a while with what was there before a write. What this history was read to have
// made a moment ago must be in what is read, before anything is built on it.
import type { ArmClient, ListAnswer, ReadAnswer } from '../azure/arm-client.ts';
import type { History } from '../history/history.ts';
import { type Change, type DeleteChange, isDeferred } from '../model/change.ts';
import { applyEdit, compareEdit, type Edit, EditConflict } from '../model/edit.ts';
import { type Entry, type EntryStep, isUnsettled } from '../model/entry.ts';
import { asJson } from '../model/json.ts';
import type { Resource } from '../model/resource.ts';
import { fold, nameOf, parentId, typeOf } from '../model/resource-id.ts';
import { holdsCut, withoutSecrets } from '../model/secrets.ts';
import type { ReadFailure, Snapshot } from '../model/snapshot.ts';
import { utcMinute } from '../model/text.ts';
import { sameWhole } from '../plan/index.ts';
import { partsOf, resourceTypeOf } from '../resource-types/index.ts';
import type { ResourceLookup } from '../resource-types/resource-type.ts';
import { type ApplyContext, pause } from './apply-context.ts';
import { isSameSetting } from './arrival.ts';

/** What a resource must show. */
export interface Made {
  readonly resource: string;
  readonly entry: string;
  readonly isThere: boolean;
  /** Was it, or what it is in, created since that time? A reading that is behind does not have it. */
  readonly isNew: boolean;
  /** How it was deleted: another body was written since. */
  readonly gone: DeleteChange | null;
  readonly edits: readonly Edit[];
  /** Earlier ones, which these have replaced. */
  readonly former: readonly Edit[];
  /** When the last of it was read, ISO 8601; undefined where it was not. */
  readonly read: string | undefined;
}

/** What a reading does not show yet. */
export interface NotVisible {
  readonly resource: string;
  readonly entry: string;
  /** The settings; empty where the resource itself is not there yet, or not gone. */
  readonly pointers: readonly string[];
  /** When it was read; undefined where it never was. */
  readonly read: string | undefined;
}

export const notYetVisible = 'NotYetVisible';

/** What the steps of these entries made since a time, by folded id; what a step under way may change is not expected. */
export function madeSince(entries: readonly Entry[], since: number): ReadonlyMap<string, Made> {
  const made = new Map<string, Made>();
  for (const entry of entries) {
    for (const step of entry.steps) {
      const at = step.verifiedAt ?? step.begun;
      if (at !== undefined && Date.parse(at) >= since && !isDeferred(step.change)) noteStep(made, entry.id, step);
    }
  }
  return made;
}

function noteStep(made: Map<string, Made>, entry: string, step: EntryStep): void {
  const { change } = step;
  const key = fold(change.resource);
  const isOpen = isUnsettled(step);
  if (!isOpen && step.state !== 'done') return;
  for (const id of goneWith(change, made)) made.delete(fold(id));
  if (change.kind !== 'edit') {
    for (const id of made.keys()) if (id === key || id.startsWith(`${key}/`)) made.delete(id);
    const gone = change.kind === 'delete' ? change : null;
    if (!isOpen)
      made.set(key, {
        resource: change.resource,
        entry,
        isThere: gone === null,
        isNew: gone === null,
        gone,
        edits: [],
        former: [],
        read: step.verifiedAt,
      });
    return;
  }
  const { edits: before, former } = made.get(key) ?? { edits: [], former: [] };
  const isNew = [...made].some(([id, one]) => one.isNew && (id === key || key.startsWith(`${id}/`)));
  const edits = change.edits.reduce<readonly Edit[]>(isOpen ? withoutEdit : withEdit, before);
  const replaced = [...former, ...before.filter((edit) => !edits.includes(edit))];
  if (edits.length === 0) made.delete(key);
  else {
    const old = isOpen ? change.edits.reduce<readonly Edit[]>(withoutEdit, replaced) : replaced;
    made.set(key, {
      resource: change.resource,
      entry,
      isThere: true,
      isNew,
      gone: null,
      edits,
      former: old,
      read: step.verifiedAt,
    });
  }
}

/** What Azure deletes with a change is not expected, although it was made before. */
function goneWith(change: Change, made: ReadonlyMap<string, Made>): readonly string[] {
  if (change.kind === 'create') return [];
  const standIn = ({ resource }: Made): Resource => ({
    id: resource,
    type: typeOf(resource),
    apiVersion: '',
    body: {},
  });
  const seen: ResourceLookup = {
    resource: (id) => [made.get(fold(id)) ?? []].flat().map(standIn)[0],
    ofType: (type) => [...made.values()].map(standIn).filter((one) => fold(one.type) === fold(type)),
    may: () => undefined,
  };
  const told = change.kind === 'delete' ? { ...change, body: change.read ?? change.body } : change;
  return resourceTypeOf(typeOf(change.resource)).sideEffects?.(told, seen).gone ?? [];
}

/** What is still expected when a later edit may have been made. */
const withoutEdit = (edits: readonly Edit[], later: Edit): readonly Edit[] =>
  edits.filter((one) => !isSameSetting(one, later) && !isInside(one, later) && !isInside(later, one));

/** What is expected when a later edit was made as well. */
const withEdit = (edits: readonly Edit[], later: Edit): readonly Edit[] => [
  ...edits
    .filter((one) => !isSameSetting(one, later) && !isInside(one, later))
    .flatMap((one) => (isInside(later, one) ? changedInside(one, later) : [one])),
  later,
];

const isInside = (one: Edit, other: Edit): boolean => one.pointer.startsWith(`${other.pointer}/`);

/** The edit of a whole value, of which a later edit has changed a part. */
function changedInside(whole: Edit, later: Edit): readonly Edit[] {
  if (whole.op !== 'set' || whole.after === undefined) return [];
  try {
    return [
      {
        ...whole,
        after: applyEdit(whole.after, { ...later, pointer: later.pointer.slice(whole.pointer.length) }),
      },
    ];
  } catch (error) {
    if (error instanceof EditConflict) return [];
    throw error;
  }
}

/** The first thing that a reading does not show; null where it shows all. `now` null: Azure says that the resource is not there. */
export function notShown(made: ReadonlyMap<string, Made>, id: string, now: Resource | null): NotVisible | null {
  if (made.size === 0) return null;
  const own = made.get(fold(id));
  const missing = own && missingIn(own, now);
  if (missing || now === null) return missing ?? null;
  const parts = partsOf(now);
  for (const part of parts) {
    const expected = made.get(fold(part.id));
    const gone = expected && missingIn(expected, part);
    if (gone) return gone;
  }
  const held = new Set(parts.map((part) => fold(part.id)));
  for (const [key, one] of made) {
    const isPart = one.isNew && heldInside.test(typeOf(key)) && fold(parentId(key) ?? '') === fold(id);
    if (isPart && !held.has(key)) return { resource: one.resource, entry: one.entry, pointers: [], read: one.read };
  }
  return null;
}

/** Types whose resources are also in the body of their parent. */
const heldInside = /\/(?:subnets|virtualNetworkPeerings|securityRules|routes)$/i;

/** A value that was never there by these changes was set by another client: that is no reading that is behind. */
function missingIn(
  { resource, entry, isThere, isNew, gone, edits, former, read }: Made,
  now: Resource | null,
): NotVisible | null {
  const kind = resourceTypeOf(typeOf(resource));
  // What was there before, and is gone, was deleted by another client.
  if (now === null) return isNew ? { resource, entry, pointers: [], read } : null;
  if (!isThere) {
    return gone !== null && sameWhole(gone, now, kind) ? { resource, entry, pointers: [], read } : null;
  }
  const body = edits.some((edit) => holdsCut(asJson(edit))) ? withoutSecrets(now.body) : now.body;
  const stateOf = (edit: Edit) => compareEdit(body, edit, kind.same).state;
  const isOlder = (edit: Edit): boolean =>
    former.some(
      (one) => (isSameSetting(one, edit) || isInside(one, edit) || isInside(edit, one)) && stateOf(one) !== 'moved',
    );
  const behind = edits.filter((edit) => {
    const state = stateOf(edit);
    return state === 'ready' || (state === 'moved' && isOlder(edit));
  });
  return behind.length === 0 ? null : { resource, entry, pointers: behind.map(({ pointer }) => pointer), read };
}

/** Of these ids, those that a scan read and that do not show what was made lately. */
export function notShownIn(
  seen: Pick<Snapshot, 'gaps'> | null,
  ids: readonly string[] = [],
): { readonly notShown?: readonly { readonly id: string; readonly reason: string }[] } {
  const known = new Set(ids);
  const found = (seen?.gaps ?? []).flatMap(({ id, code, reason }) =>
    code === notYetVisible && known.has(fold(id)) ? [{ id: fold(id), reason }] : [],
  );
  return found.length === 0 ? {} : { notShown: found };
}

const inWords = ({ resource, entry, pointers, read }: NotVisible): string => {
  const what = pointers.length === 0 ? '' : ` ${[...new Set(pointers)].join(', ')}`;
  return `${nameOf(resource)} does not show ${read === undefined ? 'yet ' : ''}what history entry ${entry} changed${what === '' ? '' : ` at${what}`}`;
};

const whyNotVisible = ({ read }: NotVisible): string =>
  read === undefined
    ? 'It is not visible yet, or another client changed it back.'
    : `It was read at ${utcMinute(read)}: this reading is older, or another client changed it back.`;

interface Sight extends Pick<ApplyContext, 'arm' | 'pace' | 'now' | 'say'> {
  readonly history: Pick<History, 'entries'>;
  readonly signal?: AbortSignal | undefined;
}

/**
 * The client, with readings that show what was made lately, until now: each is repeated until it does, for a time. Then the resource
 * is not accessible: it is not known what is there.
 */
export async function seeing({ arm, pace, now, say, history, signal }: Sight): Promise<ArmClient> {
  const { lag, sightings } = pace;
  const made = lag === undefined ? undefined : madeSince(await history.entries(), now().getTime() - lag);
  if (made === undefined || made.size === 0 || sightings === undefined) return arm;
  const look = async <Answer extends ReadAnswer | ListAnswer>(
    id: string,
    ask: () => Promise<Answer>,
    missing: (answer: Answer) => NotVisible | null,
  ): Promise<Answer | { readonly ok: false; readonly gap: ReadFailure }> => {
    for (let turn = 0; ; turn += 1) {
      const answer = await ask();
      const gone = missing(answer);
      if (gone === null) return answer;
      const wait = sightings[turn];
      if (wait === undefined || signal?.aborted) {
        const reason = `${inWords(gone)}. ${whyNotVisible(gone)}`;
        return { ok: false, gap: { id, action: '', code: notYetVisible, reason } };
      }
      say({ kind: 'wait', seconds: wait / 1000, reason: `${inWords(gone)}: reading again` });
      await pause(wait, signal);
    }
  };
  return Object.assign(Object.create(arm) as ArmClient, {
    read: (id, asked) =>
      look(
        id,
        () => arm.read(id, asked),
        (answer) => inAnswer(made, id, answer),
      ),
    list: (collection, asked) =>
      look(
        collection,
        () => arm.list(collection, asked),
        (answer) => (answer.ok ? firstOf(answer.resources.map((one) => notShown(made, one.id, one))) : null),
      ),
  } satisfies Pick<ArmClient, 'read' | 'list'>);
}

const inAnswer = (made: ReadonlyMap<string, Made>, id: string, answer: ReadAnswer): NotVisible | null => {
  if (answer.ok) return notShown(made, id, answer.resource);
  return answer.gap.status === 404 ? notShown(made, id, null) : null;
};

const firstOf = (all: readonly (NotVisible | null)[]): NotVisible | null => all.find((one) => one !== null) ?? null;
