// Taking an entry back, and repeating it: the changes inverted (or not) and held against what stands in Azure now. What was
// changed beside them is left alone; what was moved since is drift, and the caller refuses with it.
import { audit, compareReports } from '../audit/index.ts';
import type { ProfileChoice } from '../model/assumption.ts';
import { type Change, invertChange, isDeferred, readTargets } from '../model/change.ts';
import { previewOf } from '../model/compare.ts';
import {
  applyEdit,
  compareEdit,
  type Edit,
  EditConflict,
  elementKey,
  invertEdit,
  type ListKey,
  removeFrom,
} from '../model/edit.ts';
import type { Entry, EntryStep } from '../model/entry.ts';
import { anotherBy } from '../model/identity.ts';
import { asJson, isArray, isObject, type Json, type JsonObject, stringifyJson } from '../model/json.ts';
import { madeIds } from '../model/made-ids.ts';
import type { Author, Gate, LeftChange, NotMadeHere, NotUndone, Phase, Plan, Step } from '../model/plan.ts';
import { formatPointer, member, memberNames, type Pointer, valueAt } from '../model/pointer.ts';
import { fold, isWithin, nameInParent, sameId, typeOf } from '../model/resource-id.ts';
import { cutsIn, withoutCuts } from '../model/secrets.ts';
import type { ReadFailure, Snapshot } from '../model/snapshot.ts';
import { indexSnapshot } from '../model/snapshot-index.ts';
import { firewallPlaces, openRulesOf, partsOf, resourceTypeOf } from '../resource-types/index.ts';
import type { ResourceType } from '../resource-types/resource-type.ts';
import type { Rule } from '../rules/rule.ts';
import { fittedTo, foundAgain } from './deferred.ts';
import { effectsOfSteps, irreversibleIn, type Ownership, ownsNothing, type StepDraft, withEffects } from './effects.ts';
import { gatesOf, gathered, planGaps, shiftGates } from './gates.ts';
import { lockedOutAddresses } from './lockout.ts';
import { alreadyRedoneText, isOfAnother, mayBeUndoneLater, notUndoneText } from './not-undone.ts';
import { applyChange, resourceIn } from './simulate.ts';
import { aimsOf, type Inverse } from './undo-aim.ts';
import { anotherValue, undoClassOf } from './undo-class.ts';
import { type Drift, keptBy, lostBy, type MergedBody, wholeAgainst } from './whole.ts';

export type { Drift };

export interface UndoPlanResult {
  readonly plan: Plan;
  /** Not empty: the plan must not be applied. */
  readonly drift: readonly Drift[];
  /** Resources of the entry that could not be read. Not empty: what they are now is not known, and the plan must not be applied. */
  readonly unread: readonly ReadFailure[];
}
export interface UndoInput {
  readonly entry: Entry;
  /** Everything as it is now; at least the resources of the entry, read just before. */
  readonly snapshot: Snapshot;
  readonly rules: readonly Rule[];
  readonly id: string;
  readonly profile?: ProfileChoice;
  /** Did Bastide create this resource, by the history? */
  readonly isOwn?: Ownership;
  /** The bodies before and after that the history keeps of the entry, by the names in its steps. */
  readonly bodies?: ReadonlyMap<string, JsonObject>;
  /** Why a step of the entry does not count as made by this history; null where it does. */
  readonly notMadeHere?: (step: EntryStep) => NotMadeHere | null;
  /** Who deleted the resource of a step since, by change records. */
  readonly deletedBy?: (step: EntryStep) => Author | null;
  /** The entry of the history that cannot be read and may have changed a resource since; null where there is none. */
  readonly changedSinceBy?: (resource: string) => string | null;
}

/** `kept`: the body after what is deleted again was created, or before what is restored was changed or deleted. */
interface Act extends Pick<EntryStep, 'change' | 'findings'> {
  readonly kept?: JsonObject | undefined;
  readonly step: EntryStep;
}

const carriedOut = (entry: Entry): EntryStep[] => entry.steps.filter(({ state }) => state === 'done');

/** The inverse of what an entry carried out, newest first, without what is not proven to be made by it. */
export function undoPlan(input: UndoInput): UndoPlanResult {
  const { bodies, notMadeHere } = input;
  const { usable, notUndone } = vouchedFor(carriedOut(input.entry), input.changedSinceBy);
  const left: NotUndone[] = [...notUndone];
  const acts = usable.toReversed().flatMap((step): Act[] => {
    const { change, resource } = step;
    const why = notMadeHere?.(step) ?? null;
    const file = change.kind === 'create' ? step.after : step.before;
    const another = anotherThan(step, input);
    const act: Act = {
      ...{ step, findings: step.findings, change: invertChange(change) },
      kept: file === null ? undefined : bodies?.get(file),
    };
    // Whose the change was does not matter where the resource is gone, and no other step creates it again.
    if (isGone(change, input.snapshot) && !usable.some((one) => deletes(one, resource))) return [act];
    // Whoever made it since: where nothing is left to do, it is not said to be kept from being done.
    const nothingLeft = why?.reason === 'made-by-another' ? alreadySo(act, input.snapshot) : [];
    if (nothingLeft.length > 0) left.push(...nothingLeft);
    else if (why !== null) left.push({ resource, change: change.kind, ...why });
    else if (another !== null) left.push(another);
    return why !== null || another !== null ? [] : [act];
  });
  return planOf(input, 'undo', acts, left);
}

/** What an undone entry carried out, again and in its own order. */
export function redoPlan(input: UndoInput): UndoPlanResult {
  const { usable, notUndone } = vouchedFor(carriedOut(input.entry), undefined);
  const left: NotUndone[] = [...notUndone];
  const acts = usable.flatMap((step): Act[] => {
    const another = step.change.kind === 'edit' ? anotherThan(step, input) : null;
    if (another !== null) left.push(another);
    if (another !== null) return [];
    const change = foundAgain(step, input.snapshot);
    return [{ step, findings: step.findings, change, kept: change.kind === 'delete' ? change.body : undefined }];
  });
  return planOf(input, 'redo', acts, left);
}

/** Azure says that what was changed is not there. */
const isGone = (change: Change, snapshot: Snapshot): boolean =>
  change.kind === 'edit' && !isDeferred(change) && indexSnapshot(snapshot).peek(change.resource).state === 'missing';

const deletes = ({ change }: EntryStep, resource: string): boolean =>
  change.kind === 'delete' && isWithin(resource, change.resource);

/**
 * The steps that the history vouches for. An edit is compared with what is there, value by value; what is deleted or created again is
 * not, where an entry that cannot be read may have done the same meanwhile.
 */
function vouchedFor(
  steps: readonly EntryStep[],
  changedSinceBy: UndoInput['changedSinceBy'],
): { readonly usable: readonly EntryStep[]; readonly notUndone: readonly NotUndone[] } {
  const usable: EntryStep[] = [];
  const notUndone: NotUndone[] = [];
  for (const step of steps) {
    const { resource, change, bodyLost } = step;
    const entry = change.kind === 'edit' ? null : (changedSinceBy?.(resource) ?? null);
    if (bodyLost) notUndone.push({ resource, reason: 'no-body' });
    else if (entry !== null) notUndone.push({ resource, reason: 'unreadable-entry', entry });
    else usable.push(step);
  }
  return { usable, notUndone };
}

function planOf(
  input: UndoInput,
  verb: 'undo' | 'redo',
  acts: readonly Act[],
  unproven: readonly NotUndone[],
): UndoPlanResult {
  const { entry, rules, id, profile = 'all', isOwn = ownsNothing } = input;
  const ends = verb === 'undo' ? endsOf(acts, input.snapshot) : new Map<Act, Act>();
  let snapshot = input.snapshot;
  /** The same where all that goes with a deletion was undone by itself. */
  let undone = snapshot;
  const drafts: StepDraft[] = [];
  const inverses: Inverse[] = [];
  const drift: Drift[] = [];
  const unread: ReadFailure[] = [];
  const gates: Gate[] = [];
  const single = verb === 'undo' ? acts.filter((act) => !ends.has(act)) : [];
  const notUndone = [...unproven, ...single.flatMap((act) => alreadySo(act, input.snapshot))];
  const lost: string[] = [];
  const left: LeftChange[] = [];
  const going = acts.flatMap(({ change }) => (change.kind === 'delete' ? [change.resource] : []));
  for (const act of acts) {
    const { change: wanted, kept: body, step } = act;
    const isSent = !ends.has(act);
    const way = isDeferred(wanted)
      ? fittedTo(wanted, snapshot, input.snapshot)
      : isSent
        ? passable(wanted, verb)
        : wanted;
    const gap = unreadIn(way, snapshot);
    if (gap !== null) {
      unread.push(gap);
      continue;
    }
    // What is deleted is compared with what was created, as if all that goes with it had been undone before.
    const fitted = heldAgainst(way, isSent && way.kind !== 'delete' ? snapshot : undone, body, input.snapshot, isSent);
    if (!isSent) {
      if (fitted !== 'gone') drift.push(...fitted.drift);
      if (fitted !== 'gone' && fitted.change !== null) undone = applyChange(undone, fitted.change);
      continue;
    }
    if (fitted === 'gone') {
      const { resource } = step;
      const isTold = notUndone.some((one) => one.reason === 'gone' && sameId(one.resource, resource));
      const deleted = input.deletedBy?.(step) ?? null;
      if (!isTold) notUndone.push({ resource, reason: 'gone', change: 'edit', deleted });
      continue;
    }
    drift.push(...fitted.drift);
    lost.push(...fitted.lost);
    if (verb === 'redo' && fitted.change === null && fitted.drift.length + fitted.lost.length === 0)
      lost.push(alreadyRedoneText(wanted, isOwn(wanted.resource)));
    const kept = fitted.change?.kind === 'delete' ? keptBy(fitted.change, input.snapshot, going) : null;
    const gone = verb === 'undo' && fitted.change?.kind === 'create' ? lostBy(fitted.change, input.snapshot) : null;
    lost.push(...[kept, gone].filter((one) => one !== null));
    const restored = kept === null && gone === null && fitted.change ? withoutCutSecrets(fitted.change) : null;
    lost.push(...(restored?.lost ?? []));
    const change = asFound(restored?.change ?? null, snapshot);
    const isWhole =
      change !== null && (change.kind !== 'edit' || fitted.lost.length + (restored?.lost.length ?? 0) === 0);
    const isLost = [kept, gone, ...fitted.lost, ...(restored?.lost ?? [])].some((one) => one !== null);
    // What is there again with other settings was made by another client.
    if (isLost && !isWhole) left.push({ resource: wanted.resource, stands: wanted.kind !== 'create' || gone !== null });
    if (!change || fitted.drift.length > 0) continue;
    const kind = resourceTypeOf(typeOf(change.resource));
    const refusal = kind.write(change, resourceIn(snapshot, change.resource) ?? null);
    if (typeof refusal === 'string') gates.push({ kind: 'state', outcome: 'fail', detail: refusal });
    gates.push(...gatesOf(change, indexSnapshot(snapshot)));
    const along = acts.filter((one) => ends.get(one) === act);
    drafts.push({
      change,
      phase: phaseOf(change),
      findings: [...new Set([act, ...along].flatMap(({ findings }) => findings))],
      needs: [],
      az: kind.az(change),
      advice: '',
      undo: undoClassOf(change, snapshot),
    });
    const others = verb === 'undo' ? wanted.edits.flatMap((edit) => anotherValue(invertEdit(edit), kind) ?? []) : [];
    const isInverse = !others.some(({ wasSet }) => wasSet);
    const explicit = others.filter(({ wasSet }) => !wasSet);
    inverses.push({ change, isInverse, explicit, cut: restored?.lost.length ?? 0, along: along.length });
    const before = snapshot;
    snapshot = applyChange(before, change);
    undone = undone === before ? snapshot : applyChange(undone, change);
  }
  const made = new Set(
    entry.verb === 'undo' || verb !== 'undo'
      ? []
      : acts.flatMap(({ change }) => (change.kind === 'create' ? [] : madeIds(invertChange(change)).map(fold))),
  );
  const own = (one: string) => made.has(fold(one)) || isOwn(one);
  const aims = aimsOf(inverses, { verb, entry, bodies: input.bodies, after: snapshot });
  const aimed = drafts.map((draft, at) => ({ ...draft, advice: aims[at] ?? '' }));
  const steps = withEffects(aimed, input.snapshot, { isOwn: own, rules, findings: [] }).map(inPhase);
  const before = audit(input.snapshot, rules, profile);
  const after = audit(snapshot, rules, profile);
  const compared = compareReports(before, after);
  const allLeft = [
    ...notUndone.flatMap((one): LeftChange[] =>
      one.reason === 'already' ? [] : [{ resource: one.resource, stands: !isOfAnother(one) }],
    ),
    ...left,
  ];
  return {
    drift,
    unread,
    plan: {
      id,
      snapshot: input.snapshot.id,
      source: input.snapshot.source,
      workspace: input.snapshot.workspace,
      architecture: before.architecture.answer,
      verb,
      of: entry.id,
      steps,
      gates: gathered([...gates, ...shiftGates(before, after)]),
      skipped: [],
      preview: previewOf(compared),
      gaps: planGaps(input.snapshot),
      effects: effectsOfSteps(steps, input.snapshot),
      ...(notUndone.length === 0 ? {} : { notUndone }),
      ...(verb === 'redo' || allLeft.length === 0 ? {} : { left: allLeft }),
      ...(notUndone.some(mayBeUndoneLater) ? { isPart: true as const } : {}),
      irreversible: [...new Set([...notUndone.map(notUndoneText), ...lost, ...irreversibleIn(steps, input.snapshot)])],
    },
  };
}

/**
 * Of each act that needs no request, because a later one deletes what it is about: that one. A request before a refused deletion would
 * leave the resource with less than it had. Where Azure deletes something between them only once this releases it, it is sent.
 */
function endsOf(acts: readonly Act[], snapshot: Snapshot): ReadonlyMap<Act, Act> {
  const going = acts.flatMap(({ change }) => (change.kind === 'delete' ? [change.resource] : []));
  const ends = new Map<Act, Act>();
  for (const [at, end] of acts.entries()) {
    const there = end.change.kind === 'delete' ? resourceIn(snapshot, end.change.resource) : undefined;
    if (end.change.kind !== 'delete' || there === undefined || keptBy(end.change, snapshot, going) !== null) continue;
    const parts = new Set(partsOf(there).map(({ id }) => fold(id)));
    const along = acts.slice(0, at).filter(({ change }) => goesWith(change, there.id, parts));
    const between = acts.slice(
      acts.findIndex((act) => along.includes(act)),
      at,
    );
    const others = between.filter(({ change }) => change.kind === 'delete' && !isWithin(change.resource, there.id));
    if (others.some(({ change }) => along.some((act) => isNamedIn(act, change.resource)))) continue;
    for (const act of along) ends.set(act, end);
  }
  return ends;
}

/** `parts`: of the whole that is deleted, in lower case, those that its body lists. Others that were created are deleted by themselves. */
function goesWith(change: Change, whole: string, parts: ReadonlySet<string>): boolean {
  const { kind, resource } = change;
  if (isDeferred(change) || !isWithin(resource, whole)) return false;
  // What only applies to it, as a diagnostic setting, is not a part of it.
  if (/\/providers\//i.test(resource.slice(whole.length))) return false;
  return kind !== 'delete' || sameId(resource, whole) || parts.has(fold(resource));
}

/** Does what an act is about name this resource? */
function isNamedIn({ change, kept }: Act, id: string): boolean {
  const text = fold(stringifyJson([asJson(change.edits), change.body, kept ?? null]));
  return text.includes(`"${fold(id)}"`) || text.includes(`"${fold(id)}/`);
}

/** What nothing is left to do for, before the undo has sent anything: who did it is not asked. */
function alreadySo({ change, kept }: Act, snapshot: Snapshot): NotUndone[] {
  if (isDeferred(change) || unreadIn(change, snapshot) !== null) return [];
  const fitted = heldAgainst(passable(change, 'undo'), snapshot, kept, snapshot);
  if (fitted === 'gone' || fitted.change !== null || fitted.drift.length + fitted.lost.length > 0) return [];
  return [{ resource: change.resource, reason: 'already', change: invertChange(change).kind }];
}

/** The change without the secrets that are not kept: what is in their place must not be sent. */
function withoutCutSecrets(change: Change): { readonly change: Change | null; readonly lost: readonly string[] } {
  const lostAt = (pointers: readonly Pointer[]) =>
    pointers.map((pointer) => `${nameInParent(change.resource)}: ${pointer} is not restored: secrets are not kept.`);
  if (change.kind === 'delete') return { change, lost: [] };
  if (change.kind === 'create') {
    const lost = lostAt(cutsIn(change.body));
    return lost.length === 0
      ? { change, lost }
      : { change: { ...change, body: withoutCuts(change.body) as JsonObject }, lost };
  }
  const pointers = change.edits.flatMap((edit) =>
    edit.op === 'remove' ? [] : cutsIn(edit.after).map((pointer) => `${edit.pointer}${pointer}`),
  );
  if (pointers.length === 0) return { change, lost: [] };
  const edits = change.edits.flatMap((edit): Edit[] => {
    if (edit.op === 'remove' || edit.after === undefined) return [edit];
    const after = withoutCuts(edit.after);
    return after === undefined ? [] : [{ ...edit, after }];
  });
  return { change: edits.length === 0 ? null : { ...change, edits }, lost: lostAt(pointers) };
}

/** The change by a transition that the service has: a redo starts where the undo has led. */
function passable(change: Change, verb: 'undo' | 'redo'): Change {
  const { instead } = resourceTypeOf(typeOf(change.resource));
  if (change.kind !== 'edit' || instead === undefined) return change;
  const way = (edit: Edit): Edit => (verb === 'undo' ? instead(edit) : invertEdit(instead(invertEdit(edit))));
  return { ...change, edits: change.edits.map(way) };
}

/** Another resource stands under the name than the one that the step created or changed, by what the history keeps of it. */
function anotherThan(
  { change, resource, before, after }: EntryStep,
  { bodies, snapshot }: UndoInput,
): NotUndone | null {
  if (change.kind === 'delete') return null;
  const file = after ?? before;
  const was = file === null ? undefined : bodies?.get(file);
  const current = resourceIn(snapshot, resource);
  const pointer = was === undefined || current === undefined ? null : anotherBy(was, current.body);
  return pointer === null ? null : { resource, reason: 'another-resource', change: change.kind, pointer };
}

/** Why it is not known what the resource of a change is now; null where it was read, or Azure says that it is not there. */
function unreadIn(change: Change, snapshot: Snapshot): ReadFailure | null {
  const { peek } = indexSnapshot(snapshot);
  const seen = peek(change.resource);
  // What has no name yet is a part of a resource that has one.
  const decides = seen.state === 'gap' && isDeferred(change) ? peek(readTargets(change)) : seen;
  return decides.state === 'gap' ? decides.gap : null;
}

/** A deletion with the body that is there. */
function asFound(change: Change | null, snapshot: Snapshot): Change | null {
  const there = change?.kind === 'delete' ? resourceIn(snapshot, change.resource) : undefined;
  return change?.kind !== 'delete' || there === undefined ? change : { ...change, read: there.body };
}

/** The change adjusted to the existing resource; `gone`: what it would change does not exist. `isSent`: else it is only compared. */
function heldAgainst(
  change: Change,
  snapshot: Snapshot,
  kept: JsonObject | undefined,
  early: Snapshot,
  isSent = true,
): MergedBody | 'gone' {
  const { resource } = change;
  const kind = resourceTypeOf(typeOf(resource));
  const there = resourceIn(snapshot, resource);
  if (change.kind !== 'edit') return wholeAgainst(change, there, kind, kept);
  // What goes with a step before this one comes back as it was.
  const current = there ?? resourceIn(early, resource);
  if (!current && !isDeferred(change)) return 'gone';
  if (!current) {
    // It is told from others by what it says: that none does so now is a change.
    const drift = [{ resource, pointer: '', expected: 'it exists', found: undefined }];
    return { change: null, drift, lost: [] };
  }
  const { same } = kind;
  const lost: string[] = [];
  const edits: Edit[] = [];
  const drift: Drift[] = [];
  let body: Json = current.body;
  for (const wanted of change.edits) {
    for (const edit of takenApart(body, wanted, kind)) {
      const now = compareEdit(body, edit, same);
      if (now.state === 'applied') continue;
      const refused = isSent ? (kind.refuses?.(edit) ?? lockedOutAddresses(edit, kind.type, snapshot)) : null;
      if (refused) {
        lost.push(`${nameInParent(resource)}: ${refused}`);
        continue;
      }
      if (now.state === 'moved') {
        drift.push({ resource, pointer: pointerOf(edit), expected: expectedBy(edit), found: now.found });
        continue;
      }
      try {
        const placed = withPosition(body, edit);
        body = applyEdit(body, placed);
        edits.push(placed);
      } catch (error) {
        if (!(error instanceof EditConflict)) throw error;
        drift.push({ resource, pointer: pointerOf(edit), expected: expectedBy(edit), found: error.found });
      }
    }
  }
  if (there === undefined && drift.length === 0 && isObject(body)) {
    return { change: { kind: 'create', resource, edits: [], body: kept ?? body }, drift, lost };
  }
  return { change: edits.length > 0 ? { ...change, edits } : null, drift, lost };
}

const expectedBy = (edit: Edit): Json | undefined => (edit.op === 'add' ? undefined : edit.before);
const pointerOf = (edit: Edit): Pointer => {
  if (edit.op === 'set') return edit.pointer;
  const element = edit.op === 'add' ? edit.after : edit.before;
  return `${edit.pointer}${formatPointer([elementKey(element, edit.key)])}`;
};

/** Where the element stands now, so that it can be named by its number and put back there. */
const withPosition = (body: Json, edit: Edit): Edit =>
  edit.op === 'remove' && edit.at === undefined
    ? { ...removeFrom(body, edit.pointer, edit.before, edit.key), ...(edit.bare ? { bare: edit.bare } : {}) }
    : edit;

/**
 * A whole rule object that would be removed again, when others have added members to it since: member by
 * member, so that what is beside survives. A member that is open by default goes back to that default.
 */
function takenApart(body: Json, edit: Edit, { type, same, lists }: ResourceType): readonly Edit[] {
  const { rules } = firewallPlaces(type);
  if (edit.op !== 'set' || edit.pointer !== rules || !same(rules, edit.after, openRulesOf(type))) return [edit];
  const placed = edit.before;
  const found = valueAt(body, edit.pointer);
  if (!isObject(placed) || !isObject(found) || same(edit.pointer, found, placed)) return [edit];
  return memberNames(placed).flatMap((name): Edit[] => {
    const pointer = `${rules}${formatPointer([name])}`;
    const before = member(placed, name);
    if (before === undefined) return [];
    if (isArray(before)) {
      const key: ListKey = lists[pointer] ?? { member: null, fold: false };
      return before.map((item): Edit => ({ op: 'remove', pointer, before: item, key }));
    }
    const after = member(openRulesOf(type), name);
    return after === undefined ? [{ op: 'set', pointer, before }] : [{ op: 'set', pointer, before, after }];
  });
}

/** Does the change restrict access or remove a permission? */
function closes(change: Change): boolean {
  if (change.kind !== 'edit') return change.kind === 'delete';
  const opens = change.edits.some(
    (edit) => edit.op === 'set' && /^(?:allow|enabled)$/i.test(typeof edit.after === 'string' ? edit.after : ''),
  );
  return (
    !opens && change.edits.some((edit) => edit.op === 'remove' || (edit.op === 'set' && isRestrictive(edit.after)))
  );
}
const isRestrictive = (value: Json | undefined): boolean =>
  typeof value === 'string' && /^(?:deny|disabled|none)$/i.test(value);
const phaseOf = (change: Change): Phase => (closes(change) ? 5 : 2);

/** What the effects of a step say goes before what its settings look like: an exception that is taken back restricts. */
function inPhase<Kind extends Pick<Step, 'phase' | 'effects'>>(step: Kind): Kind {
  const kinds = new Set(step.effects.map(({ kind }) => kind));
  const opens = kinds.has('allows') || kinds.has('relaxes');
  if (opens === kinds.has('restricts')) return step;
  return { ...step, phase: opens ? 2 : 5 };
}
