// What a snapshot has read: with it, a loaded state knows the difference between what does not exist and what was
// not read. Used only for a what-if; every other state is complete.
import { fold, parentOf, typeOf, within } from '../gateway/address.ts';
import { type ArmJson, at, JsonNumber, list, text } from '../json.ts';
import { inlineMembers } from './inline.ts';

/** Something that was asked for and not given. */
export interface Unread {
  readonly status: number | undefined;
  readonly action: string;
  readonly reason: string;
}

export class ReadLog {
  /** Folded paths of lists that were read whole, a query behind `?`. */
  readonly #lists = new Set<string>();
  /** Folded paths of lists of which only what was looked for is in hand. */
  readonly #searched = new Set<string>();
  /** By folded id or path. */
  readonly #gaps = new Map<string, Unread>();
  /** Folded ids of what was made or deleted since: nothing unknown lies below it. */
  readonly #own = new Set<string>();

  /** Of the text of a snapshot, taken apart. */
  constructor(snapshot: ArmJson) {
    for (const collection of list(snapshot, 'collections')) this.#lists.add(fold(text(collection, 'id') ?? ''));
    for (const path of list(snapshot, 'searched')) if (typeof path === 'string') this.#searched.add(fold(path));
    for (const permission of list(snapshot, 'permissions')) {
      this.#lists.add(`${fold(text(permission, 'scope') ?? '')}/providers/microsoft.authorization/permissions`);
    }
    for (const gap of list(snapshot, 'gaps')) {
      const status = at(gap, 'status');
      this.#gaps.set(fold(text(gap, 'id') ?? ''), {
        status: status instanceof JsonNumber ? Number(status.text) : undefined,
        action: text(gap, 'action') ?? '',
        reason: text(gap, 'reason') ?? '',
      });
    }
  }

  /** From now on it is known what is there. */
  owns(id: string): void {
    this.#own.add(fold(id));
  }

  gap(path: string): Unread | undefined {
    return this.#gaps.get(fold(path));
  }

  /** Was the list read, whole or in search of something? `holder`: is this id stored? */
  hasList(path: string, query: string, holds: (id: string) => boolean): boolean {
    const key = fold(path);
    if (this.#lists.has(query === '' ? key : `${key}?${fold(query)}`) || this.#searched.has(key)) return true;
    const parent = key.slice(0, key.lastIndexOf('/'));
    return this.#isOwn(parent) || (inlineMembers.has(fold(typeOf(`${key}/x`))) && holds(parent));
  }

  /** Of an id that is not stored: is it known that nothing is there? */
  isAbsent(id: string, holds: (id: string) => boolean): boolean {
    const gap = this.gap(id);
    if (gap) return gap.status === 404;
    if (this.#isOwn(id)) return true;
    const type = fold(typeOf(id));
    const parent = parentOf(id);
    if (inlineMembers.has(type)) return holds(parent) || this.isAbsent(parent, holds);
    const last = type.slice(type.lastIndexOf('/') + 1);
    const nested = type.split('/').length > 2;
    const scope = fold(id).slice(0, Math.max(0, fold(id).lastIndexOf('/providers/')));
    const lists = nested
      ? [`${fold(parent)}/${last}`]
      : [`${scope}/providers/${type}`, `${scope.split('/').slice(0, 3).join('/')}/providers/${type}`];
    return lists.some((path) => this.#lists.has(path)) || (nested && this.#isAbove(parent, holds));
  }

  /** A parent that is not stored and is known not to be there has no children. */
  #isAbove(parent: string, holds: (id: string) => boolean): boolean {
    return !holds(parent) && this.isAbsent(parent, holds);
  }

  #isOwn(id: string): boolean {
    const folded = fold(id);
    return this.#own.has(folded) || [...this.#own].some((own) => within(folded, own));
  }
}
