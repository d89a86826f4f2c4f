// Open values in the bodies of a whole set of files settled. The id of a resource and the name of a nested one equal themselves
// wherever the same parts make them, and so does a text whose only unknown is where it will be deployed: these are as good as
// known. So is the id of a resource whose name is unique in Azure, whatever its group. Everything else becomes a marker with its
// expression.
import { isArray, isObject, type Json, type JsonObject } from '../model/json.ts';
import { memberIgnoringCase } from '../model/pointer.ts';
import { fold, nameOf } from '../model/resource-id.ts';
import { unresolved } from '../model/unresolved.ts';
import { isOpen } from './values.ts';

/** What is in hand. */
export interface InHand {
  /** Ids and names of resources, in lower case. */
  readonly named: ReadonlySet<string>;
  /** Ids of resources whose name no other of their type has in all of Azure, by type and name in lower case. */
  readonly unique: ReadonlyMap<string, string>;
}

/** Types whose names are host names, so that no two have the same (naming rules of Azure Resource Manager, scope "global"). */
const globalTypes = [
  'Microsoft.Storage/storageAccounts',
  'Microsoft.KeyVault/vaults',
  'Microsoft.ContainerRegistry/registries',
];
const globalId = new RegExp(
  `^/subscriptions/[^/]+/resourceGroups/([^/]+)/providers/((?:${globalTypes.join('|')})/[^/]+)(?=/|$)`,
  'i',
);

/** `ids`: of the resources that files hold; `others`: further ids that are known. */
export function inHand(ids: readonly string[], others: Iterable<string>): InHand {
  const unique = ids.flatMap((id): [string, string][] => {
    const [whole, , name] = globalId.exec(id) ?? [];
    return whole === id && name !== undefined ? [[fold(name), id]] : [];
  });
  return {
    named: new Set([...others, ...ids.flatMap((id) => [fold(id), fold(nameOf(id))])]),
    unique: new Map(unique),
  };
}

/** An id whose resource group only the deployment knows is that of the resource in hand that has this name in all of Azure. */
function known(text: string, { named, unique }: InHand): string {
  const [whole, group = '', name = ''] = globalId.exec(text) ?? [];
  if (whole === undefined || named.has(fold(whole))) return text;
  const found = unique.get(fold(name));
  const isOpenGroup = [group, globalId.exec(found ?? '')?.[1] ?? ''].some((one) => one.startsWith('{'));
  return found !== undefined && isOpenGroup ? `${found}${text.slice(whole.length)}` : text;
}

/** Objects without an open value stay the same object. */
export function settle(value: Json, hand: InHand, isName = false): Json {
  if (isOpen(value)) {
    const { text, ambient, because, $unresolved: expression } = value;
    if (ambient || isName || isId(text) || hand.named.has(fold(text))) return known(text, hand);
    return unresolved(`[${expression}]`, because);
  }
  if (isArray(value)) return value.map((item) => settle(item, hand));
  return isObject(value) ? settleObject(value, hand) : value;
}

/** An id whose types are known, whatever its names are. */
const isId = (text: string): boolean =>
  /^\/subscriptions\/[^/]+(?:\/resourceGroups\/[^/]+)?\/providers\/[^/{]+(?:\/[^/{]+\/[^/]+)+$/i.test(text);

/** A resource inside another has its own properties; a SKU, whose name is a setting, has none. */
const isNested = (object: JsonObject): boolean => memberIgnoringCase(object, 'properties') !== undefined;

export const settleObject = (object: JsonObject, hand: InHand): JsonObject =>
  Object.fromEntries(
    Object.entries(object).map(([key, value]) => [key, settle(value, hand, fold(key) === 'name' && isNested(object))]),
  );
