// Everything the simulated cloud holds: raw bodies by id (compared ignoring case, kept as they were), deleted things,
// running operations, grants. It must not know what a resource type means.
import { fold, nameOf, parentOf, typeOf, within } from '../gateway/address.ts';
import { type ArmJson, type ArmObject, at, child, isObject, list, object, parseJson, put, text } from '../json.ts';
import type { LongOperation } from '../operations/operation.ts';
import { inlineMembers } from './inline.ts';
import type { ReadLog } from './seen.ts';

export interface Grant {
  readonly scope: string;
  readonly actions: readonly string[];
  readonly notActions: readonly string[];
}

export interface Deleted {
  readonly id: string;
  readonly at: string;
  readonly body: ArmObject;
}

/** A document whose text is made, and read, when it is asked for. */
export interface LazyDocument {
  readonly id: string;
  readonly text: () => string;
}
/** How many parsed documents stay in memory. */
const mostParsed = 3000;

export class Store {
  world: string;
  grants: Grant[] = [];
  /** Namespaces that the subscription is not registered for. */
  unregistered: string[] = [];
  deleted: Deleted[] = [];
  /** Set where a snapshot is played: what it does not speak of is not known, rather than not there. */
  seen: ReadLog | undefined;
  /** Ids that were looked up since this was last emptied, and of which it is unknown whether they exist. */
  readonly missed = new Set<string>();
  readonly operations = new Map<string, LongOperation>();
  /** Folded ids of the documents that were handed out or changed since this was last emptied: nothing else can have changed. */
  readonly accessed = new Set<string>();
  /** Counts how often everything was replaced. */
  generation = 0;
  /** By folded id. */
  readonly #bodies = new Map<string, ArmObject | LazyDocument>();
  /** By folded id, what was read of lazy documents. */
  readonly #parsed = new Map<string, ArmObject>();
  /** By folded id, the lazy documents that there were at the start. */
  readonly #originals = new Map<string, LazyDocument>();
  /** Folded types by folded id: taking ids apart is most of the work of a large state. */
  readonly #types = new Map<string, string>();
  /** Folded ids by folded type, in the order of arrival. */
  readonly #byType = new Map<string, Set<string>>();

  constructor(world: string) {
    this.world = world;
  }

  /** The stored body itself, not a copy. */
  get(id: string): ArmObject | undefined {
    const found = this.#find(id);
    if (found === undefined && this.seen?.isAbsent(id, (other) => this.holds(other)) === false) this.missed.add(id);
    return found;
  }

  holds(id: string): boolean {
    return this.#find(id) !== undefined;
  }

  #find(id: string): ArmObject | undefined {
    const own = this.document(id);
    if (own) return own;
    const member = inlineMembers.get(this.#typeAt(fold(id)));
    const parent = member === undefined ? undefined : this.document(parentOf(id));
    if (!parent || member === undefined) return undefined;
    return list(parent, 'properties', member).find((item): item is ArmObject => isNamed(item, nameOf(id)));
  }

  /** As {@link get}, of stored documents alone: no inline children. */
  document(id: string): ArmObject | undefined {
    const key = fold(id);
    const kept = this.#bodies.get(key);
    if (kept === undefined) return undefined;
    this.accessed.add(key);
    if (kept instanceof Map) return kept;
    const known = this.#parsed.get(key) ?? (parseJson(kept.text()) as ArmObject);
    this.#parsed.set(key, known);
    return known;
  }

  addLazy(document: LazyDocument): void {
    const key = fold(document.id);
    this.#originals.set(key, document);
    this.#keep(key, document);
  }

  /** The text that a lazy document had at the start. */
  originalText(foldedId: string): string | undefined {
    return this.#originals.get(foldedId)?.text();
  }

  /** Called for what has changed: from now on the document is what was read of it. */
  settle(foldedId: string): void {
    const known = this.#parsed.get(foldedId);
    if (known && this.#bodies.has(foldedId)) this.#bodies.set(foldedId, known);
    this.#parsed.delete(foldedId);
  }

  /** Called where nothing is being changed: lazy documents that have not changed can be read again. */
  release(): void {
    if (this.#parsed.size > mostParsed) this.#parsed.clear();
  }

  /** The ids of all stored documents, in the order of arrival. */
  ids(): string[] {
    return [...this.#bodies.values()].map((kept) => (kept instanceof Map ? idOf(kept) : kept.id));
  }

  /** Stored documents that are no lazy ones, by folded id. */
  *eager(): Generator<readonly [foldedId: string, body: ArmObject]> {
    for (const [key, kept] of this.#bodies) if (kept instanceof Map) yield [key, kept];
  }

  /** Adds or replaces; a replaced resource keeps its place. */
  set(id: string, body: ArmObject): void {
    if (this.seen && !this.holds(id)) this.seen.owns(id);
    const siblings = this.#siblings(id);
    if (!siblings || this.#bodies.has(fold(id))) {
      this.#keep(fold(id), body);
      return;
    }
    const index = siblings.findIndex((item) => isNamed(item, nameOf(id)));
    if (index < 0) siblings.push(body);
    else siblings[index] = body;
  }

  /** Removes the resource and everything below it; gives back what was removed. */
  remove(id: string): { readonly id: string; readonly body: ArmObject }[] {
    const siblings = this.#siblings(id);
    const index = siblings?.findIndex((item) => isNamed(item, nameOf(id))) ?? -1;
    const inline = siblings && index >= 0 ? siblings.splice(index, 1).filter(isObject) : [];
    const keys = [...this.#bodies.keys()].filter((key) => within(key, id));
    const gone = keys.flatMap((key) => this.document(key) ?? []);
    for (const key of keys) {
      this.#bodies.delete(key);
      this.#parsed.delete(key);
      this.#byType.get(this.#typeAt(key))?.delete(key);
      this.accessed.add(key);
    }
    this.seen?.owns(id);
    return [...inline.map((body) => ({ id, body })), ...gone.map((body) => ({ id: idOf(body), body }))];
  }

  /** Every stored document, in the order of arrival; inline children are not listed apart. */
  all(): ArmObject[] {
    return [...this.#bodies.keys()].flatMap((key) => this.document(key) ?? []);
  }

  /** The same one after another, for who only looks: what is lazy is read for the moment, and none counts as handed out. */
  *bodies(): Generator<ArmObject> {
    for (const [key, kept] of this.#bodies) {
      if (kept instanceof Map) yield kept;
      else yield this.#parsed.get(key) ?? (parseJson(kept.text()) as ArmObject);
    }
  }

  /** All resources of a type, inline children included, at or below a scope. */
  ofType(type: string, scope = ''): ArmObject[] {
    const wanted = fold(type);
    const member = inlineMembers.get(wanted);
    const holders =
      member === undefined ? [] : this.#documentsOf(wanted.slice(0, wanted.lastIndexOf('/')), scope, true);
    const inline =
      member === undefined ? [] : holders.flatMap((parent) => list(parent, 'properties', member).filter(isObject));
    const isMeant = (body: ArmObject): boolean => scope === '' || within(idOf(body), scope);
    return [...this.#documentsOf(wanted, scope, false), ...inline.filter(isMeant)];
  }

  /** `around`: also those that hold the scope. */
  #documentsOf(type: string, scope: string, around: boolean): ArmObject[] {
    const top = fold(scope).replace(/\/$/, '');
    const found: ArmObject[] = [];
    for (const key of this.#byType.get(type) ?? []) {
      const isMeant = top === '' || isBelow(key, top) || (around && isBelow(top, key));
      const body = isMeant ? this.document(key) : undefined;
      if (body) found.push(body);
    }
    return found;
  }

  #keep(key: string, body: ArmObject | LazyDocument): void {
    this.#bodies.set(key, body);
    this.#parsed.delete(key);
    this.accessed.add(key);
    const type = this.#typeAt(key);
    const known = this.#byType.get(type);
    if (known) known.add(key);
    else this.#byType.set(type, new Set([key]));
  }

  #typeAt(foldedId: string): string {
    const known = this.#types.get(foldedId);
    if (known !== undefined) return known;
    const type = fold(typeOf(foldedId));
    this.#types.set(foldedId, type);
    return type;
  }

  subscriptions(): string[] {
    return this.ofType('Microsoft.Resources/subscriptions').map((body) => nameOf(idOf(body)));
  }

  /** Takes over what another store holds. */
  become(other: Store): void {
    this.world = other.world;
    this.grants = other.grants;
    this.unregistered = other.unregistered;
    this.deleted = other.deleted;
    this.generation += 1;
    this.#bodies.clear();
    this.#byType.clear();
    this.#parsed.clear();
    this.#originals.clear();
    for (const [key, document] of other.#originals) this.#originals.set(key, document);
    for (const [id, body] of other.#bodies) this.#keep(id, body);
    this.operations.clear();
    for (const [id, operation] of other.operations) this.operations.set(id, operation);
  }

  #siblings(id: string): ArmJson[] | undefined {
    const member = inlineMembers.get(this.#typeAt(fold(id)));
    const parent = member === undefined ? undefined : this.document(parentOf(id));
    if (!parent || member === undefined) return undefined;
    const properties = child(parent, 'properties');
    const found = at(properties, member);
    if (Array.isArray(found)) return found;
    const made: ArmJson[] = [];
    put(properties, member, made);
    return made;
  }
}

export function idOf(body: ArmObject): string {
  return text(body, 'id') ?? '';
}

/** {@link within} for ids that are folded: of thousands of ids each is asked. */
const isBelow = (id: string, scope: string): boolean =>
  id.startsWith(scope) && (id.length === scope.length || id[scope.length] === '/');

function isNamed(item: ArmJson, name: string): item is ArmObject {
  const own = text(item, 'name') ?? nameOf(text(item, 'id') ?? '');
  return isObject(item) && fold(own) === fold(name);
}

/** Adds what ARM knows by itself about the stored resources: their subscriptions and groups. */
export function completeScopes(store: Store, defaultLocation = 'westeurope'): void {
  for (const id of store.ids()) {
    const [, , subscription, word, group] = id.split('/');
    if (!subscription) continue;
    const subscriptionId = `/subscriptions/${subscription}`;
    if (!store.get(subscriptionId)) {
      store.set(
        subscriptionId,
        object({
          id: subscriptionId,
          authorizationSource: 'RoleBased',
          managedByTenants: [],
          subscriptionId: subscription,
          displayName: 'Simulated subscription',
          state: 'Enabled',
          subscriptionPolicies: {
            locationPlacementId: 'Public_2014-09-01',
            quotaId: 'PayAsYouGo_2014-09-01',
            spendingLimit: 'Off',
          },
        }),
      );
    }
    if (!group || word === undefined || fold(word) !== 'resourcegroups') continue;
    const groupId = `${subscriptionId}/resourceGroups/${group}`;
    if (store.get(groupId)) continue;
    store.set(
      groupId,
      object({
        id: groupId,
        name: group,
        type: 'Microsoft.Resources/resourceGroups',
        location: text(store.document(id), 'location') ?? defaultLocation,
        tags: {},
        properties: { provisioningState: 'Succeeded' },
      }),
    );
  }
}
