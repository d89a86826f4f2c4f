// Where the files declare the resource of a finding: file, line and column, of the property that decides it where there is one.
// Texts are searched when a finding asks, not before.
import type { Finding, FindingLocation } from '../../model/finding.ts';
import { isArray, isObject, type JsonObject } from '../../model/json.ts';
import { entryPlace, objectPlaces, positionsIn } from '../../model/json-places.ts';
import { memberIgnoringCase, parsePointer } from '../../model/pointer.ts';
import { fold } from '../../model/resource-id.ts';
import type { Document, FileText } from './documents.ts';

/** What declares a resource: the object as it was parsed. */
export interface Declaration {
  readonly file: FileText;
  readonly json: JsonObject;
  /** Where its body is in the object; empty where it is the object. */
  readonly body?: readonly string[];
  /** Its address in Terraform. */
  readonly address?: string;
}
/** By the id of the resource, in lower case. */
export type Declarations = ReadonlyMap<string, Declaration>;

/** Of several with one id the first. */
export function declarationsOf(all: readonly (readonly [id: string, Declaration])[]): Declarations {
  const made = new Map<string, Declaration>();
  for (const [id, one] of all) if (!made.has(fold(id))) made.set(fold(id), one);
  return made;
}

export type Locate = (finding: Pick<Finding, 'resource' | 'evidence'>) => FindingLocation | undefined;

/** Members that the Azure CLI prints by another name. */
const printedAs: Readonly<Record<string, string>> = { networkacls: 'networkRuleSet' };

/** Pointers that say what a resource is, not how it is set. */
const describing: ReadonlySet<string> = new Set(['/kind', '/location', '/name', '/type', '/properties/computeType']);

export function locator(documents: readonly Document[], declarations: Declarations): Locate {
  const inFile = Map.groupBy(documents, ({ file }) => file);
  const searched = new Map<FileText, ReturnType<typeof searchFile>>();
  const search = (file: FileText) => {
    const known = searched.get(file) ?? searchFile(file, inFile.get(file) ?? [], declarations);
    searched.set(file, known);
    return known;
  };
  /** By the pointer and the resource. */
  const known = new Map<string, Map<string, FindingLocation>>();
  const isPlaced = ({ file, json }: Declaration): boolean => search(file).places.has(json);
  return ({ resource, evidence }) => {
    const found = declarationOf(fold(resource), declarations, isPlaced);
    if (found === undefined) return undefined;
    const { declaration, inside } = found;
    const about = evidence.filter((one) => one.pointer !== '' && fold(one.resource) === fold(resource));
    const own = about.find(({ pointer }) => !describing.has(pointer)) ?? about[0];
    const pointer = own?.pointer ?? '';
    const atPointer = known.get(pointer) ?? new Map<string, FindingLocation>();
    known.set(pointer, atPointer);
    const seen = atPointer.get(resource);
    if (seen !== undefined) return seen;
    const { file, address } = declaration;
    if (file.bicep !== undefined) return bicepLocation(file, file.bicep, declaration.json);
    const { places, position } = search(file);
    const start = places.get(declaration.json) ?? 0;
    const steps = own === undefined ? [] : parsePointer(own.pointer);
    const body = follow(file.text, start, declaration.body ?? []);
    const item = inside.length === 0 ? undefined : follow(file.text, body, inside);
    const at = propertyPlace(file.text, item ?? body, steps) ?? item ?? start;
    const location = { file: file.path, ...position(at), ...(address === undefined ? {} : { address }) };
    atPointer.set(resource, location);
    return location;
  };
}

/** Of Bicep the line of the resource, where it is the only one of its type; the compiler does not say more. */
function bicepLocation({ path }: FileText, text: string, declared: JsonObject): FindingLocation {
  const type = String(memberIgnoringCase(declared, 'type') ?? '').replace(/@.*$/, '');
  const lines = text.split('\n');
  const fits = (line: string): boolean => {
    const stated = /^\s*resource\s+\w+\s+'([^'@]+)@/.exec(line)?.[1];
    return stated !== undefined && fold(stated) === fold(type);
  };
  const found = lines.flatMap((line, index) => (fits(line) ? [index] : []));
  const only = found.length === 1 ? found[0] : undefined;
  if (only === undefined) return { file: path, line: 1, column: 1 };
  return { file: path, line: only + 1, column: (lines[only]?.search(/\S/) ?? 0) + 1 };
}

function searchFile({ text }: FileText, documents: readonly Document[], declarations: Declarations) {
  const wanted = new Set([...declarations.values()].map(({ json }) => json));
  const json = documents.map((one) => one.json);
  return { places: objectPlaces(text, json, wanted), position: positionsIn(text) };
}

/** What declares a resource, or the nearest one that it is inside of, and the way from there to it. */
function declarationOf(
  id: string,
  declarations: Declarations,
  isPlaced: (declaration: Declaration) => boolean,
): { readonly declaration: Declaration; readonly inside: readonly string[] } | undefined {
  let fileOnly: Declaration | undefined;
  for (let above = id; /\/providers\/[^/]+\/[^/]+\/[^/]/.test(above); above = above.slice(0, above.lastIndexOf('/'))) {
    const declaration = declarations.get(above);
    // The items of a table, and those that are named by their parents, are objects of no file.
    if (declaration !== undefined && !isPlaced(declaration)) fileOnly ??= declaration;
    if (declaration === undefined || !isPlaced(declaration)) continue;
    return { declaration, inside: wayInto(declaration, id.slice(above.length + 1).split('/')) };
  }
  return fileOnly && { declaration: fileOnly, inside: [] };
}

const follow = (text: string, from: number, names: readonly string[]): number =>
  names.reduce((at, name) => entryPlace(text, at, name)?.value ?? at, from);

/** `subnets`, `train`: the way in the body to the item of that name in `properties.subnets`; as far as it goes. */
function wayInto({ json, body = [] }: Declaration, segments: readonly string[]): string[] {
  const way: string[] = [];
  let here = body.reduce<JsonObject>((at, name) => objectAt(at, name) ?? at, json);
  for (let at = 0; at + 1 < segments.length; at += 2) {
    const [list = '', name = ''] = [segments[at], segments[at + 1]];
    const properties = objectAt(here, 'properties');
    const items = memberIgnoringCase(properties ?? here, list);
    const index = isArray(items) ? items.findIndex((one) => isObject(one) && isNamed(one, name)) : -1;
    const item = isArray(items) ? items[index] : undefined;
    if (!isObject(item)) break;
    way.push(...(properties === undefined ? [] : ['properties']), list, String(index));
    here = item;
  }
  return way;
}

const isNamed = (item: JsonObject, name: string): boolean => {
  const own = memberIgnoringCase(item, 'name');
  return typeof own === 'string' && fold(own) === name;
};

function objectAt(object: JsonObject, name: string): JsonObject | undefined {
  const found = memberIgnoringCase(object, name);
  return isObject(found) ? found : undefined;
}

/**
 * Where a property of the resource that begins at `from` is: itself, or the last member of the way to it that the file states.
 * Undefined where the file states none below `properties`.
 */
function propertyPlace(text: string, from: number, steps: readonly string[]): number | undefined {
  let [here, found, depth] = [from, undefined as number | undefined, 0];
  for (const step of steps) {
    const own = entryPlace(text, here, step) ?? entryPlace(text, here, printedAs[step.toLowerCase()] ?? step);
    // The Azure CLI prints the members of `properties` beside the name.
    if (own === undefined && step === 'properties') continue;
    if (own === undefined) break;
    depth += 1;
    here = own.value;
    if (step !== 'properties' || depth === steps.length) found = own.at;
  }
  return found;
}
