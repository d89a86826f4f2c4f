// Microsoft's list of service tags as raw JSON: recognises a document, selects the tags that a workspace needs, and cuts the
// document to those. The meaning of a tag is elsewhere.
import { isArray, isObject, type Json, type JsonObject } from '../model/json.ts';
import { valueAt } from '../model/pointer.ts';
import type { Resource } from '../model/resource.ts';
import { fold } from '../model/resource-id.ts';
import { looksLiteral } from '../net/addresses.ts';
import { codesOf, globalTagOf } from '../net/service-tags.ts';
import { listAt, textAt } from './read.ts';

/** The ARM type; the read action is derived from it. */
export const serviceTagsType = 'Microsoft.Network/locations/serviceTags';

/** The tags that training needs by name, whose addresses rules use. */
const families = [
  'Storage',
  'AzureContainerRegistry',
  'AzureMachineLearning',
  'BatchNodeManagement',
  'AzureResourceManager',
  'AzureActiveDirectory',
  'MicrosoftContainerRegistry',
  'AzureFrontDoor.Frontend',
  'AzureFrontDoor.FirstParty',
  'AzureMonitor',
  'AzureKeyVault',
].map(fold);
/** Small tags kept for every region, because a workspace needs those of its paired region as well. */
const everywhere = ['AzureMachineLearning', 'BatchNodeManagement'].map(fold);

const nameIn = (value: Json): string | undefined => textAt(value, '/name');

/** Is this Microsoft's list, in the shape of the download or of ARM, with at least one tag that has a list of prefixes? */
export const isTagDocument = (json: Json | undefined): json is JsonObject =>
  isObject(json) &&
  listAt(json, '/values').some(
    (value) => nameIn(value) !== undefined && isArray(valueAt(value, '/properties/addressPrefixes')),
  );

/** Every text of network resources that may be a tag name, in lower case. */
export function namesIn(resources: readonly Resource[]): ReadonlySet<string> {
  const names = new Set<string>();
  const look = (value: Json | undefined): void => {
    if (typeof value === 'string') {
      if (value.length <= longestName && /^[a-z]/i.test(value) && !looksLiteral(value)) names.add(fold(value));
    } else if (isArray(value)) {
      for (const item of value) look(item);
    } else if (isObject(value)) {
      for (const item of Object.values(value)) look(item);
    }
  };
  for (const { type, body } of resources) if (naming.some((one) => fold(type).startsWith(one))) look(body);
  return names;
}
const longestName = 100;
/** Types whose bodies name tags: groups, route tables, firewalls with their policies and rule collection groups. */
const naming = ['networkSecurityGroups', 'routeTables', 'azureFirewalls', 'firewallPolicies'].map((name) =>
  fold(`Microsoft.Network/${name}`),
);

/** ARM's names of the regions of resources, in lower case without spaces. */
export const regionsOf = (resources: readonly Resource[]): string[] => [
  ...new Set(
    resources.flatMap(({ body }) => {
      const location = fold(textAt(body, '/location') ?? '').replaceAll(' ', '');
      return location === '' || location === 'global' ? [] : [location];
    }),
  ),
];

/** The document with only the tags that these resources name, and those that rules need in their regions. */
export function cutTags(document: JsonObject, resources: readonly Resource[]): JsonObject {
  const named = namesIn(resources);
  const codes = new Set(regionsOf(resources).flatMap(codesOf));
  const wanted = (name: string): boolean => {
    const folded = fold(name);
    const family = fold(globalTagOf(name));
    const region = folded.slice(family.length + 1);
    if (named.has(folded) || everywhere.includes(family)) return true;
    if (family === 'azurecloud') return codes.has(region);
    return families.includes(family) && (region === '' || codes.has(region));
  };
  const values = listAt(document, '/values').filter((value) => wanted(nameIn(value) ?? ''));
  return { ...document, values };
}
