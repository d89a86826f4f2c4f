// How exactly a step can be undone: by its resource type, and by the locks and permissions that the undo meets. From the change and
// the world before it alone, so that a fix, an undo and a plan file have the same answer.

import { type Change, invertChange } from '../model/change.ts';
import { applyEdits, type Edit, EditConflict, invertEdit } from '../model/edit.ts';
import type { NotRestored } from '../model/effect.ts';
import { type UndoClass, worstUndo } from '../model/finding.ts';
import { isArray, isObject, type Json, stringifyJson } from '../model/json.ts';
import { member, memberNames, type Pointer, parsePointer } from '../model/pointer.ts';
import type { Resource } from '../model/resource.ts';
import { nameInParent, nameOf, typeOf } from '../model/resource-id.ts';
import { cutsIn } from '../model/secrets.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { indexSnapshot } from '../model/snapshot-index.ts';
import { clean } from '../model/text.ts';
import { hasOwnIdentity, namesPublicAddresses, resourceTypeOf } from '../resource-types/index.ts';
import type { ResourceType } from '../resource-types/resource-type.ts';
import { refusalsOf, type UndoRefusal } from './gates.ts';
import { lockedOutAddresses } from './lockout.ts';
import { resourceIn, seenIn } from './simulate.ts';

/** What an undo of the edit sends in place of the value before; null where it sends that. */
export function anotherValue(edit: Edit, kind: ResourceType): AnotherValue | null {
  const inverse = invertEdit(edit);
  const sent = kind.instead?.(inverse) ?? inverse;
  if (sent === inverse || sent.op !== 'set' || inverse.op !== 'set' || sent.after === undefined) return null;
  const { pointer, after: value } = sent;
  const wasSet = (inverse.after ?? null) !== null;
  return { pointer, value, wasSet, isSame: kind.same(pointer, value, inverse.after) };
}

export interface AnotherValue {
  readonly pointer: Pointer;
  readonly value: Json;
  /** Was there a value before? */
  readonly wasSet: boolean;
  /** Does it mean the same to the service? Where it does not, its effect may be another. */
  readonly isSame: boolean;
}

/** `defaultAction Allow and bypass AzureServices`, or the value where it has no members. Lists of rules are empty there. */
export function valueText(value: Json): string {
  if (!isObject(value)) return typeof value === 'string' ? value : stringifyJson(value);
  const members = memberNames(value).flatMap((name) => {
    const one = member(value, name);
    return one === undefined || isArray(one) || isObject(one) ? [] : [`${name} ${valueText(one)}`];
  });
  return members.join(' and ');
}

function explicitLimit({ pointer, value, isSame }: AnotherValue): UndoLimit {
  const name = parsePointer(pointer).at(-1) ?? pointer;
  const sets = `${name} is not set, and an undo sets ${valueText(value)}`;
  return isSame
    ? { reason: 'equivalent', says: `${sets}, which has the same effect.` }
    : { reason: 'restored-in-part', says: `${sets}: whether that has the same effect is not known.` };
}

/** Where a change takes away a secret that is not kept, so that an undo cannot restore it. */
const lostSecrets = (change: Change): string[] =>
  change.kind === 'delete'
    ? cutsIn(change.body)
    : change.edits.flatMap((edit) =>
        edit.op === 'add' ? [] : cutsIn(edit.before).map((pointer) => `${edit.pointer}${pointer}`),
      );

/** Does the system-assigned identity end? Azure makes another one when the resource, or its setting, is restored. */
const losesIdentity = (change: Change, before: Resource | undefined): boolean =>
  change.kind === 'delete'
    ? hasOwnIdentity(change.body)
    : change.kind === 'edit' &&
      before !== undefined &&
      hasOwnIdentity(before.body) &&
      !hasOwnIdentity(edited(before, change).body);

/** The class of a change to what the snapshot shows: of the change itself, and of who is to undo it. */
export function undoClassOf(change: Change, snapshot: Snapshot): UndoClass {
  const own = classOf(change, snapshot);
  return own === 'none' || refusedUndo(change, snapshot).length === 0 ? own : worstUndo([own, 'partial']);
}

/** The locks and permissions that refuse the undo of a change, in the world that it leaves. What is refused itself has no undo. */
function refusedUndo(change: Change, snapshot: Snapshot): UndoRefusal[] {
  const { type, apiVersion, instead } = resourceTypeOf(typeOf(change.resource));
  const { resource: id } = change;
  const index = indexSnapshot(snapshot);
  const current = change.kind === 'create' ? undefined : resourceIn(snapshot, id);
  if (refusalsOf(change, current, index).length > 0) return [];
  const inverse = invertChange(change);
  const sent = inverse.kind === 'edit' && instead ? { ...inverse, edits: inverse.edits.map(instead) } : inverse;
  const after: Resource | undefined =
    change.kind === 'create' ? { id, type, apiVersion, body: change.body } : resourceAfter(change, snapshot);
  return refusalsOf(sent, after, index);
}

function resourceAfter(change: Change, snapshot: Snapshot): Resource | undefined {
  const current = change.kind === 'edit' ? resourceIn(snapshot, change.resource) : undefined;
  return current && edited(current, change);
}

/** As it is where an edit does not fit. */
function edited(current: Resource, change: Change): Resource {
  try {
    return { ...current, body: applyEdits(current.body, change.edits) };
  } catch (error) {
    if (error instanceof EditConflict) return current;
    throw error;
  }
}

/** A deletion takes away what is there now, not what was once created. */
function ofNow(asked: Change, snapshot: Snapshot): Change {
  const there = asked.kind === 'delete' ? resourceIn(snapshot, asked.resource) : undefined;
  return asked.kind !== 'delete' || there === undefined ? asked : { ...asked, body: there.body };
}

/** Why what a change deletes is not created again; null where it is, in full or in part. */
function deletedForGood(change: Change, snapshot: Snapshot): NotRestored | null {
  if (change.kind !== 'delete') return null;
  const kind = resourceTypeOf(typeOf(change.resource));
  const again = { ...change, kind: 'create' as const };
  const says = kind.restoreBlocker?.(again, seenIn(snapshot)) ?? null;
  if (says !== null) return { what: 'resource', because: 'of-type', says };
  return typeof kind.write(again, null) === 'string'
    ? { what: 'resource', because: 'not-created-by-bastide', plural: kind.plural }
    : null;
}

function classOf(asked: Change, snapshot: Snapshot): UndoClass {
  const change = ofNow(asked, snapshot);
  const kind = resourceTypeOf(typeOf(change.resource));
  const stated = kind.undoClass?.(change, seenIn(snapshot)) ?? null;
  const refused = (kind.mayRefuseUndo?.(change) ?? null) === null ? [] : (['partial'] as const);
  if (stated !== null) return worstUndo([stated, ...refused]);
  if (change.kind === 'create') return worstUndo(['exact', ...refused]);
  const secrets = lostSecrets(change).length > 0 || losesIdentity(change, resourceIn(snapshot, change.resource));
  if (change.kind === 'delete') {
    if (deletedForGood(change, snapshot) !== null) return 'none';
    if (secrets || (kind.deletionLoss?.(change) ?? null) !== null) return 'partial';
    return (kind.restoredWith?.(change) ?? null) === null ? 'exact' : 'equivalent';
  }
  return worstUndo([
    secrets ? 'partial' : 'exact',
    ...refused,
    ...change.edits.map((edit) => editClass(edit, kind, snapshot)),
  ]);
}

function editClass(edit: Edit, kind: ResourceType, snapshot: Snapshot): UndoClass {
  const inverse = invertEdit(edit);
  const refusal = kind.refuses?.(inverse) ?? null;
  const isOneWay = kind.oneWay(edit) !== null;
  if (isOneWay && refusal !== null) return 'none';
  const another = anotherValue(edit, kind);
  if (another !== null) return another.isSame ? 'equivalent' : 'partial';
  if (isOneWay) return 'partial';
  if (edit.op !== 'remove') return 'exact';
  // A range that the service would refuse today still let its addresses in; anything else that it refuses had no effect.
  if (refusal !== null && inverse.op === 'add' && namesPublicAddresses(inverse.after)) return 'partial';
  return (refusal ?? lockedOutAddresses(inverse, kind.type, snapshot)) === null ? 'exact' : 'equivalent';
}

/** What limits an undo, and how: `equivalent` is no limit to who does it. */
export interface UndoLimit {
  readonly reason: 'equivalent' | 'restored-in-part' | 'may-be-refused' | 'not-undone';
  /** One sentence. */
  readonly says: string;
  /** Of what is not undone. */
  readonly lost?: NotRestored;
}

const generally: Readonly<Record<Exclude<UndoClass, 'exact' | 'none'>, UndoLimit>> = {
  equivalent: {
    reason: 'equivalent',
    says: 'undo has the same effect, but values that Azure refuses today are not restored.',
  },
  partial: {
    reason: 'restored-in-part',
    says: 'undo restores only a part: what Azure refuses today is not restored.',
  },
};

function notRestoredText(lost: NotRestored): string {
  if (lost.what === 'settings') return `undo does not restore ${lost.pointers.join(', ')}.`;
  const why = lost.because === 'of-type' ? lost.says : `Bastide does not create ${lost.plural}.`;
  return `undo does not create it again: ${why}`;
}

/** What no undo restores of a change of the class `none`. Settings that their type says it of are told beside. */
function notUndone(change: Change, before: Snapshot): UndoLimit {
  const pointers = change.edits.map(({ pointer }) => pointer);
  const lost = deletedForGood(ofNow(change, before), before) ?? { what: 'settings', pointers };
  return { reason: 'not-undone', says: notRestoredText(lost), lost };
}

const anotherIdentity =
  'undo gives it another system-assigned identity: role assignments and access policies of the old one are not restored.';

function refusedText({ reason, data }: UndoRefusal): string {
  return reason === 'lock'
    ? `undo may be refused: the ${data.level} lock ${clean(nameOf(data.lock), 80)} on ${data.scope} forbids it.`
    : `undo may be refused: you do not have the permission ${data.action} on ${nameOf(data.scope)}.`;
}

/** Each part of a change that cannot be undone exactly. `before`: the world that the change is made in. */
export function undoLimitsOf(change: Change, undo: UndoClass, before: Snapshot): UndoLimit[] {
  const kind = resourceTypeOf(typeOf(change.resource));
  const restored = undo === 'equivalent' ? kind.restoredWith : undefined;
  const losses =
    change.kind === 'delete' ? [kind.deletionLoss?.(change), restored?.(change)].flatMap((one) => one ?? []) : [];
  const secrets = lostSecrets(change);
  const refused = undo === 'none' ? [] : refusedUndo(change, before).map(refusedText);
  const none = undo === 'none' ? notUndone(change, before) : null;
  const { reason } = none ?? generally[undo === 'exact' || undo === 'none' ? 'partial' : undo];
  const limits: UndoLimit[] = [
    ...(none !== null && change.kind === 'delete' ? [none] : []),
    ...change.edits.flatMap((edit): UndoLimit[] => {
      const says = kind.oneWay(edit);
      const lost = none === null ? {} : { lost: { what: 'settings', pointers: [edit.pointer] } as const };
      return says === null ? [] : [{ reason, says, ...lost }];
    }),
    ...change.edits.flatMap((edit): UndoLimit[] => {
      const another = none === null ? anotherValue(edit, kind) : null;
      return another === null || another.wasSet ? [] : [explicitLimit(another)];
    }),
    ...losses.map((says) => ({ reason, says })),
    ...[kind.mayRefuseUndo?.(change) ?? [], refused]
      .flat()
      .map((says) => ({ reason: 'may-be-refused' as const, says })),
    ...(losesIdentity(change, resourceIn(before, change.resource)) ? [{ reason, says: anotherIdentity }] : []),
    ...(secrets.length > 0
      ? [{ reason, says: `undo does not restore ${secrets.join(', ')}: secrets are not kept.` }]
      : []),
  ];
  const stated = undo === 'partial' ? kind.partialUndo?.(change) : undefined;
  const general =
    none ??
    (undo === 'exact' || undo === 'none' ? [] : stated === undefined ? generally[undo] : { reason, says: stated });
  // That a value is made explicit is not why an undo restores less.
  const isTold = limits.some((one) => one.reason !== 'equivalent' || undo === 'equivalent');
  const all = isTold ? limits : [...limits, ...[general].flat()];
  return all.map((one) => ({ ...one, says: `${nameInParent(change.resource)}: ${one.says}` }));
}
