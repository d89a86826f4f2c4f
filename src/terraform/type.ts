// What is said of each Terraform type: the ARM type that it makes and its body, or what it adds to another resource. A type is one
// entry in a file of `types/`. Attributes, defaults and negations: documents and source of the provider azurerm 5.2.0 (2026-08-20).
import { isArray, isObject, type Json, type JsonObject } from '../model/json.ts';
import { member, withMember } from '../model/pointer.ts';
import { isUnresolved } from '../model/unresolved.ts';
import type { Attribute, TerraformBlock } from './block.ts';

/** Ids of resources that are named instead of referred to. */
export interface Names {
  /** The id of the resource of a type that an attribute names, in the resource group of the block. */
  named(block: TerraformBlock, attribute: string, type: string, armType: string): string | undefined;
  /** Of all the instances of a type, the blocks. */
  all(type: string): readonly TerraformBlock[];
  idOf(block: TerraformBlock): string | undefined;
}

export interface TerraformResource {
  /** The ARM type; undefined where the file does not say it. */
  readonly arm: string | ((block: TerraformBlock) => string | undefined);
  readonly apiVersion?: (block: TerraformBlock) => string | undefined;
  /** The id that a child's id begins with; undefined where it is not known, which leaves the child out. Without: a resource group. */
  readonly parent?: (block: TerraformBlock, names: Names) => Attribute;
  readonly name?: (block: TerraformBlock) => Attribute;
  readonly body: (block: TerraformBlock, names: Names) => JsonObject;
  /** Resources that a block inside makes, below this one. */
  readonly children?: (block: TerraformBlock) => readonly TerraformChild[];
}

export interface TerraformChild {
  /** The last part of its ARM type. */
  readonly type: string;
  readonly name: string;
  readonly body: JsonObject;
}

/** Adds to the body of another resource. */
export interface TerraformPart {
  readonly onto: (block: TerraformBlock, names: Names) => Attribute;
  readonly add: (body: JsonObject, block: TerraformBlock, names: Names) => JsonObject;
}

export type TerraformType = TerraformResource | TerraformPart;
export type TerraformTypes = Readonly<Record<string, TerraformType>>;

/** An object without the members that are not set. */
export const members = (all: Readonly<Record<string, Attribute>>): JsonObject =>
  Object.fromEntries(Object.entries(all).filter((entry): entry is [string, Json] => entry[1] !== undefined));

/** `{id}`; a marker stays one. */
export const reference = (id: Attribute): JsonObject | undefined =>
  id === undefined ? undefined : typeof id === 'string' ? { id } : (id as JsonObject);

/** Each item of a list, or a marker, in a shape of its own. */
export const mapped = (list: Json | undefined, of: (item: Json) => Json): Json | undefined =>
  Array.isArray(list) ? list.map((item: Json) => (typeof item === 'string' ? of(item) : item)) : list;

/** A list that is not empty. */
export const some = (list: Attribute): Attribute => (Array.isArray(list) && list.length === 0 ? undefined : list);

/** The body with its `properties` changed; as it is where they are not known. */
export function inProperties(body: JsonObject, change: (properties: JsonObject) => JsonObject): JsonObject {
  const properties = member(body, 'properties');
  if (!isObject(properties) || isUnresolved(properties)) return body;
  return withMember(body, 'properties', change(properties));
}

/** A list in `properties` with one more item; a list that is not known stays so. */
export const withItem = (body: JsonObject, name: string, item: Json): JsonObject =>
  inProperties(body, (properties) => {
    const list = member(properties, name) ?? [];
    return isArray(list) ? withMember(properties, name, [...list, item]) : properties;
  });
