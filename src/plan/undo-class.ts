// How exactly a step can be undone. A rule's class is its worst case; the resource type says which it is this time.

import type { Change } from '../model/change.ts';
import { type Edit, invertEdit } from '../model/edit.ts';
import type { UndoClass } from '../model/finding.ts';
import { nameOf, typeOf } from '../model/resource-id.ts';
import { cutsIn } from '../model/secrets.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { aclsPointer, resourceTypeOf, ruleSetPointer } from '../resource-types/index.ts';
import type { ResourceType } from '../resource-types/resource-type.ts';
import { lockedOutAddresses } from './lockout.ts';

const order: readonly UndoClass[] = ['exact', 'equivalent', 'partial', 'none'];
export const worst = (classes: readonly UndoClass[]): UndoClass =>
  order[Math.max(0, ...classes.map((one) => order.indexOf(one)))] ?? 'exact';

const takesAway = (edit: Edit): boolean => edit.op === 'remove';
const makesExplicit = (edit: Edit): boolean =>
  edit.op === 'set' && (edit.pointer === aclsPointer || edit.pointer === ruleSetPointer) && edit.before === undefined;
/** What uses the larger SKU by the time of the undo blocks the smaller one. */
const upgrades = (edit: Edit): boolean => edit.op === 'set' && edit.pointer === '/sku/name';

const hasNoWayBack = (edit: Edit, kind: ResourceType): boolean => {
  const inverse = invertEdit(edit);
  return kind.instead !== undefined && kind.instead(inverse) !== inverse;
};

/** Where a change takes away a secret that is not kept, so that an undo cannot restore it. */
const lostSecrets = (change: Change): string[] =>
  change.kind === 'delete'
    ? cutsIn(change.body)
    : change.edits.flatMap((edit) =>
        edit.op === 'add' ? [] : cutsIn(edit.before).map((pointer) => `${edit.pointer}${pointer}`),
      );

/** The class of one rule's edits, made to what the snapshot shows. */
export function undoClassOf(rule: UndoClass, change: Change, snapshot: Snapshot): UndoClass {
  const explicit = change.edits.some(makesExplicit);
  const removes = change.edits.some(takesAway);
  const kind = resourceTypeOf(typeOf(change.resource));
  const stays = change.edits.some((edit) => kind.oneWay(edit) !== null && kind.refuses?.(invertEdit(edit)));
  if (rule === 'none' || stays) return 'none';
  if (lostSecrets(change).length > 0) return 'partial';
  if (change.edits.some(upgrades) || change.edits.some((edit) => hasNoWayBack(edit, kind))) return 'partial';
  if (rule === 'partial') return removes || change.kind === 'delete' ? 'partial' : explicit ? 'equivalent' : 'exact';
  if (explicit) return 'equivalent';
  const { type } = kind;
  const lost = change.edits.filter(takesAway).some((edit) => {
    const inverse = invertEdit(edit);
    return (kind.refuses?.(inverse) ?? lockedOutAddresses(inverse, type, snapshot)) !== null;
  });
  return lost ? 'equivalent' : 'exact';
}

/** One sentence for each part of a change that cannot be undone exactly. */
export function irreversibleOf(change: Change, undo: UndoClass): string[] {
  const kind = resourceTypeOf(typeOf(change.resource));
  const secrets = lostSecrets(change);
  const sentences = [
    ...change.edits.flatMap((edit) => kind.oneWay(edit) ?? []),
    ...(secrets.length > 0 ? [`undo does not restore ${secrets.join(', ')}: secrets are not kept.`] : []),
  ];
  if (sentences.length > 0 || undo === 'exact') return sentences.map((one) => `${nameOf(change.resource)}: ${one}`);
  const how = {
    equivalent: 'undo has the same effect, but values that Azure refuses today are not restored',
    partial: 'undo restores only a part: what Azure refuses today is not restored',
    none: 'this cannot be undone',
  }[undo];
  return [`${nameOf(change.resource)}: ${how}.`];
}
