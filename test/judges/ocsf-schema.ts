// The schema of OCSF as its authors publish it (github.com/ocsf/ocsf-schema), applied to one event: unknown and missing attributes,
// types and enumerations. OCSF_SCHEMA names a checkout of the version that is checked.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

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
  readonly constraints?: { readonly at_least_one?: readonly string[]; readonly just_one?: readonly string[] };
  readonly attributes?: Readonly<Record<string, Attribute | readonly string[]>>;
}
type Value = null | boolean | number | string | readonly Value[] | { readonly [name: string]: Value };

export function openOcsfSchema(folder: string) {
  const files = new Map<string, Definition>();
  const read = (file: string): Definition => {
    const known = files.get(file) ?? (JSON.parse(readFileSync(path.join(folder, file), 'utf8')) as Definition);
    files.set(file, known);
    return known;
  };
  const all = (sub: string): Definition[] =>
    readdirSync(path.join(folder, sub), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.json'))
      .map((file) => read(path.join(sub, file)));
  const named = (sub: string) => new Map(all(sub).map((one) => [one.name ?? '', one]));
  const [classes, objects] = [named('events'), named('objects')];
  const dictionary = read('dictionary.json') as unknown as {
    attributes: Record<string, Attribute>;
    types: { attributes: Record<string, { readonly type?: string }> };
  };
  const categories = read('categories.json') as unknown as { attributes: Record<string, { uid: number }> };

  /** The attributes of a definition with those that it inherits and includes, as the profiles choose them. */
  function attributesOf(definition: Definition, from: ReadonlyMap<string, Definition>, profiles: readonly string[]) {
    const parent = definition.extends === undefined ? undefined : from.get(definition.extends);
    const merged: Record<string, Attribute> = parent === undefined ? {} : attributesOf(parent, from, profiles);
    const { $include, ...own } = definition.attributes ?? {};
    for (const file of ($include ?? []) as readonly string[]) {
      const profile = read(file);
      for (const [name, attribute] of Object.entries(profile.attributes ?? {})) {
        merged[name] = { ...(attribute as Attribute), profile: path.basename(file, '.json'), ...merged[name] };
      }
    }
    for (const [name, attribute] of Object.entries(own)) {
      const before = merged[name];
      merged[name] = {
        ...before,
        ...(attribute as Attribute),
        enum: { ...before?.enum, ...(attribute as Attribute).enum },
      };
    }
    return Object.fromEntries(
      Object.entries(merged).filter(([, { profile }]) => profile == null || profiles.includes(profile)),
    );
  }

  function complaints(
    value: Value,
    definition: Definition,
    from: ReadonlyMap<string, Definition>,
    profiles: readonly string[],
    at: string,
  ): string[] {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return [`${at} is not an object`];
    const attributes = attributesOf(definition, from, profiles);
    const members = value as { readonly [name: string]: Value };
    const { at_least_one: one } = constraintsOf(definition, from);
    return [
      ...Object.keys(members)
        .filter((name) => attributes[name] === undefined)
        .map((name) => `${at}.${name} is not in the schema`),
      ...Object.entries(attributes)
        .filter(([name, { requirement }]) => requirement === 'required' && members[name] === undefined)
        .map(([name]) => `${at}.${name} is missing`),
      ...(one !== undefined && !one.some((name) => members[name] !== undefined)
        ? [`${at} needs one of ${one.join(', ')}`]
        : []),
      ...Object.entries(attributes).flatMap(([name, attribute]) =>
        members[name] === undefined ? [] : heldTo(members[name], name, attribute, profiles, `${at}.${name}`),
      ),
    ];
  }
  const constraintsOf = (
    definition: Definition,
    from: ReadonlyMap<string, Definition>,
  ): NonNullable<Definition['constraints']> => {
    const parent = definition.extends === undefined ? undefined : from.get(definition.extends);
    return definition.constraints ?? (parent === undefined ? {} : constraintsOf(parent, from));
  };

  function heldTo(value: Value, name: string, own: Attribute, profiles: readonly string[], at: string): string[] {
    const attribute = { ...dictionary.attributes[name], ...own };
    const isList = attribute.is_array === true;
    if (isList !== Array.isArray(value)) return [`${at} is ${isList ? 'no' : 'a'} list`];
    const values = Array.isArray(value) ? (value as readonly Value[]) : [value];
    return values.flatMap((one, index) => {
      const place = isList ? `${at}[${index}]` : at;
      const definition = objects.get(attribute.type ?? '');
      if (definition !== undefined) {
        // `object` takes any members.
        return definition.name === 'object' ? [] : complaints(one, definition, objects, profiles, place);
      }
      const base = dictionary.types.attributes[attribute.type ?? '']?.type ?? attribute.type ?? '';
      const wanted =
        base === 'json_t'
          ? typeof one
          : base === 'boolean_t'
            ? 'boolean'
            : /^(?:integer|long|float|timestamp)_t$/.test(base)
              ? 'number'
              : 'string';
      if (typeof one !== wanted) return [`${place} is a ${typeof one}, and the schema has ${attribute.type}`];
      // Of texts, the enumerations are proposals.
      const known = { ...dictionary.attributes[name]?.enum, ...own.enum };
      const isIn = Object.keys(known).length === 0 || wanted !== 'number' || String(one) in known;
      return isIn || /^(?:class|category|type)_uid$/.test(name)
        ? []
        : [`${place} is ${one}, which is not in the enumeration`];
    });
  }

  return (className: string, event: { readonly [name: string]: Value }): string[] => {
    const definition = classes.get(className);
    if (definition === undefined) return [`no class ${className}`];
    let top: Definition | undefined = definition;
    while (top !== undefined && (top.category === undefined || top.category === 'other'))
      top = classes.get(top.extends ?? '');
    const category = categories.attributes[top?.category ?? '']?.uid ?? 0;
    const classUid = category * 1000 + (definition.uid ?? 0);
    const profiles = ((event.metadata as { readonly profiles?: readonly string[] } | undefined)?.profiles ??
      []) as string[];
    const uids = { category_uid: category, class_uid: classUid, type_uid: classUid * 100 + Number(event.activity_id) };
    return [
      ...Object.entries(uids)
        .filter(([name, uid]) => event[name] !== uid)
        .map(([name, uid]) => `${name} is not ${uid}`),
      ...complaints(event, definition, classes, profiles, className),
    ];
  };
}

/** Null where there is no checkout. */
export const ocsfFolder: string | null =
  process.env.OCSF_SCHEMA !== undefined && existsSync(path.join(process.env.OCSF_SCHEMA, 'dictionary.json'))
    ? process.env.OCSF_SCHEMA
    : null;
