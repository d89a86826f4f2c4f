// Events held to the Open Cybersecurity Schema Framework: unknown and missing attributes, types, enumerations, and the numbers of the
// class. The schema is the part that is written down beside this file, or all of it: OCSF_SCHEMA names a checkout of
// github.com/ocsf/ocsf-schema.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Json, JsonObject } from '../../src/model/json.ts';

export interface OcsfAttribute {
  /** `string`, `number`, `boolean`, `json` for any of them, `object` for any members, else the name of an object. */
  readonly type: string;
  readonly isList: boolean;
  readonly isRequired: boolean;
  /** What a number may be. Of texts, the enumerations are proposals. */
  readonly ids?: readonly number[];
}
interface OcsfObject {
  /** One of these must be there; [] where the schema says nothing. */
  readonly atLeastOne: readonly string[];
  readonly attributes: Readonly<Record<string, OcsfAttribute>>;
}
/** One class of events, with the profiles that its events name. */
export interface OcsfSchema {
  readonly classUid: number;
  readonly categoryUid: number;
  readonly event: OcsfObject;
  readonly objects: Readonly<Record<string, OcsfObject>>;
}

/** What is wrong with an event, one sentence each. */
export function ocsfComplaints(schema: OcsfSchema, event: JsonObject): string[] {
  const { classUid, categoryUid } = schema;
  const uids = { category_uid: categoryUid, class_uid: classUid, type_uid: classUid * 100 + Number(event.activity_id) };
  return [
    ...Object.entries(uids).flatMap(([name, uid]) => (event[name] === uid ? [] : [`${name} is not ${uid}`])),
    ...ofObject(schema, event, schema.event, 'event'),
  ];
}

function ofObject(schema: OcsfSchema, value: Json, { attributes, atLeastOne }: OcsfObject, at: string): string[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [`${at} is not an object`];
  const members = value as JsonObject;
  const isThere = (name: string) => members[name] !== undefined;
  return [
    ...(atLeastOne.length === 0 || atLeastOne.some(isThere) ? [] : [`${at} needs one of ${atLeastOne.join(', ')}`]),
    ...Object.keys(members).flatMap((name) => (attributes[name] === undefined ? [`${at}.${name} is not known`] : [])),
    ...Object.entries(attributes).flatMap(([name, attribute]) => {
      const member = members[name];
      if (member === undefined) return attribute.isRequired ? [`${at}.${name} is missing`] : [];
      return ofValue(schema, member, attribute, `${at}.${name}`);
    }),
  ];
}

function ofValue(schema: OcsfSchema, value: Json, { type, isList, ids }: OcsfAttribute, at: string): string[] {
  if (isList !== Array.isArray(value)) return [`${at} is ${isList ? 'no' : 'a'} list`];
  return (isList ? (value as readonly Json[]) : [value]).flatMap((one) => {
    const object = schema.objects[type];
    if (object !== undefined) return ofObject(schema, one, object, at);
    if (type !== 'json' && typeof one !== type) return [`${at} is a ${typeof one}, and the schema has ${type}`];
    return ids === undefined || ids.includes(Number(one))
      ? []
      : [`${at} is ${JSON.stringify(one)}, which is not listed`];
  });
}

/** Null where there is no checkout. */
export const ocsfFolder: string | null =
  process.env.OCSF_SCHEMA !== undefined && existsSync(path.join(process.env.OCSF_SCHEMA, 'dictionary.json'))
    ? process.env.OCSF_SCHEMA
    : null;

interface Attribute {
  readonly type?: string;
  readonly is_array?: boolean;
  readonly requirement?: string;
  readonly profile?: string | null;
  readonly enum?: Readonly<Record<string, unknown>>;
}
interface Definition {
  readonly name?: string;
  readonly uid?: number;
  readonly extends?: string;
  readonly category?: string;
  readonly constraints?: { readonly at_least_one?: readonly string[] };
  readonly attributes?: Readonly<Record<string, Attribute | readonly string[]>>;
}

/** The class as a checkout has it, with these profiles. */
export function readOcsfSchema(folder: string, className: string, profiles: readonly string[]): OcsfSchema {
  const read = <T = Definition>(file: string) => JSON.parse(readFileSync(path.join(folder, file), 'utf8')) as T;
  const named = (sub: string): ReadonlyMap<string, Definition> =>
    new Map(
      readdirSync(path.join(folder, sub), { recursive: true, encoding: 'utf8' })
        .filter((file) => file.endsWith('.json'))
        .map((file) => read(path.join(sub, file)))
        .map((one) => [one.name ?? '', one]),
    );
  const [classes, objects] = [named('events'), named('objects')];
  const dictionary = read<{
    readonly attributes: Readonly<Record<string, Attribute>>;
    readonly types: { readonly attributes: Readonly<Record<string, { readonly type?: string }>> };
  }>('dictionary.json');
  const categories = read<{ readonly attributes: Readonly<Record<string, { readonly uid: number }>> }>(
    'categories.json',
  );

  /** With what a definition inherits and includes. */
  function merged(definition: Definition, from: ReadonlyMap<string, Definition>): Record<string, Attribute> {
    const parent = from.get(definition.extends ?? '');
    const all = parent === undefined ? {} : merged(parent, from);
    const { $include, ...own } = definition.attributes ?? {};
    for (const file of ($include ?? []) as readonly string[]) {
      const profile = path.basename(file, '.json');
      for (const [name, attribute] of Object.entries(read(file).attributes ?? {}))
        all[name] = { ...(attribute as Attribute), profile, ...all[name] };
    }
    for (const [name, attribute] of Object.entries(own)) {
      const ids = { ...all[name]?.enum, ...(attribute as Attribute).enum };
      all[name] = { ...all[name], ...(attribute as Attribute), enum: ids };
    }
    return all;
  }
  const typeOf = (name: string): string => {
    if (objects.has(name)) return name;
    const base = dictionary.types.attributes[name]?.type ?? name;
    if (base === 'json_t') return 'json';
    if (base === 'boolean_t') return 'boolean';
    return /^(?:integer|long|float|timestamp)_t$/.test(base) ? 'number' : 'string';
  };
  const constraintsOf = (one: Definition, from: ReadonlyMap<string, Definition>): Definition['constraints'] =>
    one.constraints ?? (from.has(one.extends ?? '') ? constraintsOf(from.get(one.extends ?? '') ?? {}, from) : {});
  const objectOf = (definition: Definition, from: ReadonlyMap<string, Definition>): OcsfObject => ({
    atLeastOne: constraintsOf(definition, from)?.at_least_one ?? [],
    attributes: Object.fromEntries(
      Object.entries(merged(definition, from))
        .filter(([, { profile }]) => profile == null || profiles.includes(profile))
        .map(([name, own]) => {
          const listed = dictionary.attributes[name];
          const type = typeOf(own.type ?? listed?.type ?? '');
          const ids = Object.keys({ ...listed?.enum, ...own.enum }).map(Number);
          const isNumbered = type === 'number' && ids.length > 0 && !/^(?:class|category|type)_uid$/.test(name);
          return [
            name,
            {
              type,
              isList: own.is_array ?? listed?.is_array ?? false,
              isRequired: own.requirement === 'required',
              ...(isNumbered ? { ids: ids.toSorted((a, b) => a - b) } : {}),
            },
          ];
        }),
    ),
  });
  const definition = classes.get(className) ?? {};
  const categoryOf = ({ category, extends: parent }: Definition): string =>
    category === undefined || category === 'other'
      ? categoryOf(classes.get(parent ?? '') ?? { category: ' ' })
      : category;
  const categoryUid = categories.attributes[categoryOf(definition)]?.uid ?? 0;
  const { object: _any, ...known } = Object.fromEntries(
    Array.from(objects, ([name, one]) => [name, objectOf(one, objects)] as const),
  );
  return {
    ...{ classUid: categoryUid * 1000 + (definition.uid ?? 0), categoryUid },
    event: objectOf(definition, classes),
    objects: known,
  };
}
