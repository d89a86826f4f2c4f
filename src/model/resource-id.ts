// Azure resource ids as text. Azure returns them in any letter case, so every comparison folds case and nothing is rewritten.

export const fold = (id: string): string => id.toLowerCase();
export const sameId = (a: string | undefined | null, b: string | undefined | null): boolean =>
  typeof a === 'string' && typeof b === 'string' && fold(a) === fold(b);

/** Each once, whatever its letter case, as it is spelt last. */
export const distinctIds = (ids: Iterable<string>): string[] => [
  ...new Map(Array.from(ids, (id) => [fold(id), id])).values(),
];

export interface IdParts {
  readonly subscription?: string;
  readonly resourceGroup?: string;
  /** `Microsoft.Network/virtualNetworks/subnets`, as spelt in the id. */
  readonly type?: string;
  readonly names: readonly string[];
}

/** The ids of one workspace are asked for again and again; of a fleet's, the last ones are kept. */
const parsed = new Map<string, IdParts>();
const mostParsed = 4096;

/** Parses an id; missing parts are omitted. The last `/providers/` decides, as with extension resources. */
export function parseId(id: string): IdParts {
  const known = parsed.get(id);
  if (known !== undefined) return known;
  if (parsed.size >= mostParsed) parsed.clear();
  const parts = partsOf(id);
  parsed.set(id, parts);
  return parts;
}

function partsOf(id: string): IdParts {
  const parts = id.split('/').filter((part) => part !== '');
  // Only strings of the same length need case folding.
  const isWord = (part: string | undefined, word: string) => part?.length === word.length && fold(part) === word;
  const after = (word: string) => {
    const index = parts.findIndex((part) => isWord(part, word));
    return index >= 0 ? parts[index + 1] : undefined;
  };
  const provider = parts.findLastIndex((part) => isWord(part, 'providers'));
  const subscription = after('subscriptions');
  const resourceGroup = after('resourcegroups');
  const base = {
    ...(subscription === undefined ? {} : { subscription }),
    ...(resourceGroup === undefined ? {} : { resourceGroup }),
  };
  if (provider < 0) return { ...base, names: [] };
  const [namespace, ...rest] = parts.slice(provider + 1);
  const types = rest.filter((_part, index) => index % 2 === 0);
  const names = rest.filter((_part, index) => index % 2 === 1);
  return namespace === undefined ? { ...base, names } : { ...base, type: [namespace, ...types].join('/'), names };
}

/** Is it the id of a list, as `…/workspaces/mlw-sim/computes`? */
export function isListId(id: string): boolean {
  const { type, names } = parseId(id);
  return type !== undefined && type.split('/').length - 1 > names.length;
}

export const typeOf = (id: string): string => parseId(id).type ?? 'Microsoft.Resources/resourceGroups';
export const nameOf = (id: string): string => id.slice(id.lastIndexOf('/') + 1);
/**
 * The name with its parent's: `vnet-ml/snet-train`, `pe-lake/default`, `pe-lake/1b0c…` for a role assignment on it. A placeholder for a
 * name that Azure will assign has spaces, which no name has: `the connection of link Acr of acrmlsim`.
 */
export function nameInParent(id: string): string {
  const { names } = parseId(id);
  const [parent, name] = names.slice(-2);
  if (name !== undefined) return name.includes(' ') ? `${name} of ${parent}` : `${parent}/${name}`;
  const scope = id.slice(0, Math.max(0, fold(id).lastIndexOf('/providers/')));
  return fold(scope).includes('/providers/') ? `${nameOf(scope)}/${nameOf(id)}` : nameOf(id);
}
export const subscriptionOf = (id: string): string | undefined => parseId(id).subscription;
export const resourceGroupOf = (id: string): string | undefined => parseId(id).resourceGroup;

/** `/subscriptions/S/resourceGroups/G` of an id, as spelt there. */
export function groupIdOf(id: string): string | undefined {
  return /^\/subscriptions\/[^/]+\/resourcegroups\/[^/]+/i.exec(id)?.[0];
}

/** The id one level up: a subnet's virtual network, a compute's workspace; undefined for a top-level resource. */
export function parentId(id: string): string | undefined {
  return parseId(id).names.length > 1 ? id.split('/').slice(0, -2).join('/') : undefined;
}

/** Is `id` the scope itself or something below it? */
export const isWithin = (id: string, scope: string): boolean =>
  fold(id) === fold(scope) || fold(id).startsWith(`${fold(scope).replace(/\/$/, '')}/`);

/** Is it the path of one resource, not of a list or of a view of one? */
export const isNamed = (path: string): boolean =>
  (path.split(/\/providers\//i).at(-1) ?? '').split('/').length % 2 === 1;

/** The lists that hold a resource, in lower case: that of its parent or group, and that of its subscription. */
export function listsHolding(id: string): readonly [near: string, wide: string] {
  const near = fold(id).slice(0, id.lastIndexOf('/'));
  return [near, near.replace(/\/resourcegroups\/[^/]+(?=\/providers\/)/, '')];
}
