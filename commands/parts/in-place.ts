// Are the changes of history entries still in place? Their settings are compared with what Azure has now. Pure, but for the words.
import type { Change } from '../../src/model/change.ts';
import { applyEdit, compareEdit, type Edit, EditConflict } from '../../src/model/edit.ts';
import type { Entry, EntryStep } from '../../src/model/entry.ts';
import { anotherBy, isLasting } from '../../src/model/identity.ts';
import { asJson, type Json, type JsonObject } from '../../src/model/json.ts';
import type { Resource } from '../../src/model/resource.ts';
import { fold, nameInParent, typeOf } from '../../src/model/resource-id.ts';
import { holdsCut, withoutSecrets } from '../../src/model/secrets.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { presenceIn } from '../../src/model/snapshot-changes.ts';
import { resourceIn } from '../../src/model/snapshot-index.ts';
import { clean, counted } from '../../src/model/text.ts';
import { sameWhole } from '../../src/plan/index.ts';
import { resourceTypeOf } from '../../src/resource-types/index.ts';
import { type Made, madeSince } from '../../src/session/visible.ts';

/** `changed`: it has other settings, or was deleted and is there again; `gone`: it does not exist. */
export type PlacedState = 'in-place' | 'changed' | 'gone' | 'not-known';
export interface PlacedChange {
  readonly resource: string;
  readonly change: Change['kind'];
  readonly state: PlacedState;
  /** The settings that are others now. */
  readonly pointers?: readonly string[];
  /** By this member, which Azure writes when it makes a resource, it is another one with the same name. */
  readonly another?: string;
}

/** What all entries together have left; what a later act of the history replaced or undid is not asked for. */
export type Standing = ReadonlyMap<string, Made>;
export const standingOf = (entries: readonly Entry[]): Standing => madeSince(entries, Number.NEGATIVE_INFINITY);

/** The step that the history carried out last on each resource and of which it keeps the body: `after` is what it left there. */
export function lastSteps(entries: readonly Entry[]): ReadonlyMap<string, EntryStep> {
  const done = entries.flatMap(({ steps }) => steps.filter(({ state, after }) => state === 'done' && after !== null));
  return new Map(done.map((step) => [fold(step.resource), step]));
}

/** Of each change of an entry that no later act of the history replaced. `keptOf`: the body that the history saw last of a resource. */
export function placesOf(
  { steps }: Entry,
  standing: Standing,
  snapshot: Snapshot,
  keptOf: (resource: string) => JsonObject | undefined = () => undefined,
): readonly PlacedChange[] {
  return steps.flatMap((step): PlacedChange[] => {
    const made = standing.get(fold(step.resource));
    const expected = made === undefined ? null : expectedOf(step, made);
    if (expected === null) return [];
    const { resource, change } = step;
    const place = placeOf(step, expected, made as Made, snapshot);
    const [kept, seen] = [keptOf(resource), resourceIn(snapshot, resource)?.body];
    const another = change.kind === 'delete' || kept === undefined || seen === undefined ? null : anotherBy(kept, seen);
    return [
      {
        resource,
        change: change.kind,
        ...place,
        ...(another === null || !isLasting(another) ? {} : { state: 'changed', another }),
      },
    ];
  });
}

/** The edits that must show; null where a later act of the history replaced them all, or the step made nothing. */
function expectedOf({ state, change }: EntryStep, { isThere, gone, edits }: Made): readonly Edit[] | null {
  if (state !== 'done') return null;
  if (change.kind === 'delete') return gone === change ? [] : null;
  if (!isThere) return null;
  if (change.kind === 'create') return [];
  const own = change.edits.filter((edit) => edits.includes(edit));
  return own.length === 0 ? null : own;
}

function placeOf(
  { resource, change, flaw }: EntryStep,
  expected: readonly Edit[],
  { edits }: Made,
  snapshot: Snapshot,
): Pick<PlacedChange, 'state' | 'pointers'> {
  const is = presenceIn(snapshot)(resource);
  const seen = resourceIn(snapshot, resource);
  if (is === 'absent') return { state: change.kind === 'delete' ? 'in-place' : 'gone' };
  if (seen === undefined) return { state: 'not-known' };
  const kind = resourceTypeOf(typeOf(resource));
  if (change.kind === 'edit') {
    const body = expected.some((edit) => holdsCut(asJson(edit))) ? withoutSecrets(seen.body) : seen.body;
    const other = expected.filter((edit) => compareEdit(body, edit, kind.same).state !== 'applied');
    const pointers = [...new Set(other.map(({ pointer }) => pointer))];
    return other.length === 0 ? { state: 'in-place' } : { state: 'changed', pointers };
  }
  if (change.kind === 'delete') return { state: 'changed' };
  // Azure made it in another way than was wanted: what was left there is not in the history's request.
  if (flaw !== undefined || holdsCut(change.body)) return { state: 'not-known' };
  const body = withEdits(change.body, edits);
  if (body === null) return { state: 'not-known' };
  return { state: isSame({ ...change, body }, seen) ? 'in-place' : 'changed' };
}

const isSame = (change: Extract<Change, { kind: 'create' }>, current: Resource): boolean =>
  sameWhole(change, current, resourceTypeOf(typeOf(change.resource)));

/** The body that was created, with what the history changed in it since. */
function withEdits(body: JsonObject, edits: readonly Edit[]): JsonObject | null {
  try {
    return edits.reduce<Json>(applyEdit, body) as JsonObject;
  } catch (error) {
    if (error instanceof EditConflict) return null;
    throw error;
  }
}

/** Is each change as the history left it? */
export const areInPlace = (changes: readonly PlacedChange[]): boolean =>
  changes.every(({ state }) => state === 'in-place' || state === 'not-known');

/** `; 2 of 3 changes in place, cpu-night is gone`: behind the findings of the entry. */
export function placeWords(changes: readonly PlacedChange[]): (readonly [text: string, role: string])[] {
  if (changes.length === 0) return [];
  const kept = changes.filter(({ state }) => state === 'in-place').length;
  const rest = changes.filter(({ state }) => state !== 'in-place');
  return [
    [`; ${kept} of ${counted(changes.length, 'change')} in place`, kept === changes.length ? 'ok' : 'dim'],
    ...rest.map((one): readonly [string, string] => [
      `, ${clean(nameInParent(one.resource), 120)} ${stateWords(one)}`,
      one.state === 'not-known' ? 'unknown' : 'bad',
    ]),
  ];
}

function stateWords({ another, state, change, pointers = [] }: PlacedChange): string {
  if (another !== undefined) return 'was deleted and is there again';
  switch (state) {
    case 'in-place':
      return 'is in place';
    case 'gone':
      return 'is gone';
    case 'not-known':
      return 'is not known';
    case 'changed':
      if (change === 'delete') return 'is there again';
      return pointers.length === 0 ? 'was changed since' : `was changed since at ${pointers.join(', ')}`;
  }
}
