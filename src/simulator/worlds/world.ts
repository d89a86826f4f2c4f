// What a world is: a starting state in ARM's own words, with the list of what is wrong in it. It is a file of JSON, which holds all
// of its resources, or the world it is made `from` and how it differs from that.
import { type ArmJson, at, isObject, list, parseJson, stringifyJson, text } from '../json.ts';
import { worldText } from '../json-file.ts';
import type { Grant, LazyDocument } from '../store/store.ts';

/** Names that worlds share: those the acceptance scripts ask for. */
export const subscription = '22222222-2222-2222-2222-222222222222';
export const group = `/subscriptions/${subscription}/resourceGroups/rg-ml`;
export const inGroup = (type: string, name: string): string => `${group}/providers/${type}/${name}`;
export const workspace = inGroup('Microsoft.MachineLearningServices/workspaces', 'mlw-sim');
export const account = (name: string): string => inGroup('Microsoft.Storage/storageAccounts', name);

export interface WorldFault {
  readonly rule: string;
  /** Full id of the resource the finding is about. */
  readonly resource: string;
  /** The second subject of a finding about a pair, or the value meant. */
  readonly where?: string;
  /** One sentence. */
  readonly says: string;
  /** Shows only once the operator has answered this intent. */
  readonly needsIntent?: string;
  /** Shows only where this profile is asked alone: today's rules supersede it. */
  readonly needsProfile?: 'article-2020';
}

export interface World {
  readonly name: string;
  readonly aliases: readonly string[];
  readonly title: string;
  readonly faults: readonly WorldFault[];
  /** What the operator of this world has answered. */
  readonly intents: Readonly<Record<string, unknown>>;
}

interface Restrictions {
  /** What the caller may do, by scope; whatever no scope covers is allowed. Everything unless said. */
  readonly permissions?: readonly Grant[];
  /** Namespaces that the subscription is not registered for. */
  readonly unregistered?: readonly string[];
  /** How its lists are cut; plainly unless said. */
  readonly pages?: 'plain' | 'ragged';
}

export interface WorldFile extends World, Restrictions {
  /** JSON text of an array of ARM resources: text, because it holds numbers and names that objects would spoil. */
  readonly resources: () => string;
  /** The same, document by document, in the size that is asked for. */
  readonly documents?: (size: Partial<FleetWorldSize>) => Iterable<LazyDocument>;
}

export interface FleetWorldSize {
  readonly workspaces: number;
  readonly seed: number;
  /** Workspaces of one subscription; 25 unless it is said. */
  readonly perSubscription?: number;
}

interface WorldHead extends Restrictions {
  readonly intents: Readonly<Record<string, unknown>>;
  readonly faults: readonly WorldFault[];
}

/** The world of the file with this name. Nothing is read before something other than its name is asked for. */
export function worldFile(name: string, title: string, ...aliases: readonly string[]): WorldFile {
  const head = (): WorldHead => JSON.parse(worldText(name));
  return {
    ...{ name, aliases, title },
    get intents() {
      return head().intents;
    },
    get faults() {
      return head().faults.map(inFull);
    },
    get permissions() {
      return head().permissions;
    },
    get unregistered() {
      return head().unregistered;
    },
    get pages() {
      return head().pages;
    },
    resources: () => stringifyJson(resourcesOf(name)),
  };
}

export function inFull({ resource, where, ...fault }: WorldFault): WorldFault {
  return { ...fault, resource: fullId(resource), ...(where === undefined ? {} : { where: fullId(where) }) };
}

/** An id that begins with a type is that of a resource in the group of the workspace. */
const fullId = (id: string): string => (id.startsWith('Microsoft.') ? `${group}/providers/${id}` : id);

export function resourcesOf(name: string): ArmJson[] {
  const file = parseJson(worldText(name));
  const from = text(file, 'from');
  return from === undefined ? list(file, 'resources') : patched(resourcesOf(from), file);
}

/**
 * Resources with differences, which change them in place. `remove`: ids of resources. `unset` and `set`: by id, JSON pointers, in
 * which a name stands for the item of a list that has it. `add`: more resources, each `after` another one or else at the end.
 */
export function patched(resources: readonly ArmJson[], patch: ArmJson | undefined): ArmJson[] {
  const removed = new Set(list(patch, 'remove').map((id) => fullId(String(id))));
  const made = resources.filter((one) => !removed.has(idOf(one)));
  const placeOf = (id: string): number => {
    const place = made.findIndex((one) => idOf(one) === fullId(id));
    if (place < 0) throw new Error(`a world has no ${id} to change`);
    return place;
  };
  for (const [id, pointers] of membersOf(patch, 'unset'))
    for (const pointer of list(pointers)) setAt(made[placeOf(id)], String(pointer), undefined);
  for (const [id, values] of membersOf(patch, 'set'))
    for (const [pointer, value] of membersOf(values)) setAt(made[placeOf(id)], pointer, value);
  for (const more of list(patch, 'add')) {
    const after = text(more, 'after');
    made.splice(after === undefined ? made.length : placeOf(after) + 1, 0, ...list(more, 'resources'));
  }
  return made;
}

const idOf = (body: ArmJson): string => text(body, 'id') ?? '';

export const membersOf = (value: ArmJson | undefined, ...path: readonly string[]): [string, ArmJson][] => {
  const found = at(value, ...path);
  return isObject(found) ? [...found] : [];
};

/** Sets what a pointer names, or takes it away. */
function setAt(body: ArmJson | undefined, pointer: string, value: ArmJson | undefined): void {
  const steps = pointer.split('/').slice(1);
  const last = steps.pop() ?? '';
  let holder = body;
  for (const step of steps.map(unescaped))
    holder = Array.isArray(holder) ? holder[placeIn(holder, step)] : at(holder, step);
  if (isObject(holder)) {
    if (value === undefined) holder.delete(unescaped(last));
    else holder.set(unescaped(last), value);
  } else if (Array.isArray(holder)) {
    const place = placeIn(holder, unescaped(last));
    holder.splice(place < 0 ? holder.length : place, 1, ...(value === undefined ? [] : [value]));
  } else throw new Error(`a world has nothing at ${pointer}`);
}

const unescaped = (step: string): string => step.replaceAll('~1', '/').replaceAll('~0', '~');
const placeIn = (items: readonly ArmJson[], name: string): number =>
  items.findIndex((item) => text(item, 'name') === name);
