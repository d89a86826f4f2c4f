// Readings that are behind: what a replica shows that has not heard of the last write yet. It must not know what a body means.
import { fold, nameOf, parentOf, sameId, typeOf } from '../gateway/address.ts';
import type { Machine } from '../gateway/machine.ts';
import { type ArmObject, at, clone, isObject, text } from '../json.ts';
import { inlineMembers } from '../store/inline.ts';
import { idOf } from '../store/store.ts';
import { type Fault, numberIn } from './faults.ts';

/** What a resource was until a write; undefined where it was not there. */
export interface Former {
  readonly body: ArmObject | undefined;
  /** Milliseconds since 1970. */
  readonly until: number;
}

/** Kept of each resource, at most. */
const mostFormer = 20;

/** Called before a write replaces a body. */
export function keepFormer(machine: Machine, id: string, before: ArmObject | undefined): void {
  const key = fold(id);
  const former = { body: before && clone(before), until: machine.now().getTime() };
  machine.former.set(key, [...(machine.former.get(key) ?? []), former].slice(-mostFormer));
}

/**
 * How many milliseconds this reading is behind, where the fault makes it so: for good (`stale`), or old and new in turn until so
 * many seconds after a write (`stale:turns=20`).
 */
export function behindBy(machine: Machine, fault: Fault | undefined, path: string): number | undefined {
  if (fault?.name !== 'stale') return undefined;
  const seconds = numberIn(fault.argument, 'turns');
  if (seconds === undefined) return Number.POSITIVE_INFINITY;
  const turn = machine.turns.get(path) ?? 0;
  machine.turns.set(path, turn + 1);
  return turn % 2 === 0 ? seconds * 1000 : undefined;
}

/** A resource as it was so long ago, with what it holds of others; as it is where nothing has changed since. */
export function formerOf(machine: Machine, id: string, now: ArmObject | undefined, behind: number) {
  const own = formerIn(machine, fold(id), behind);
  if (own) return own.body;
  if (!now) return now;
  const copy = clone(now);
  for (const key of machine.former.keys()) {
    const member = inlineMembers.get(fold(typeOf(key)));
    const former = member === undefined || !sameId(parentOf(key), id) ? undefined : formerIn(machine, key, behind);
    const properties = at(copy, 'properties');
    if (!former || member === undefined || !isObject(properties)) continue;
    const items = at(properties, member);
    const others = (Array.isArray(items) ? items : []).filter(
      (item) => !isObject(item) || fold(text(item, 'name') ?? '') !== fold(nameOf(key)),
    );
    properties.set(member, former.body ? [...others, clone(former.body)] : others);
  }
  return copy;
}

/** A list as it was so long ago. */
export function formerList(machine: Machine, items: readonly ArmObject[], list: string, behind: number): ArmObject[] {
  const were = items.flatMap((item) => formerOf(machine, idOf(item), item, behind) ?? []);
  const gone = [...machine.former.keys()].flatMap((key) => {
    const isIn = key.startsWith(`${fold(list)}/`) && !items.some((item) => sameId(idOf(item), key));
    return (isIn && nameOf(key).length === key.length - list.length - 1 && formerIn(machine, key, behind)?.body) || [];
  });
  return [...were, ...gone];
}

/** The first state that was still there then. */
const formerIn = (machine: Machine, key: string, behind: number): Former | undefined => {
  const all = machine.former.get(key) ?? [];
  if (behind === Number.POSITIVE_INFINITY) return all.at(-1);
  return all.find(({ until }) => until > machine.now().getTime() - behind);
};
