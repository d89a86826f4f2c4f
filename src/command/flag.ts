// What a schema says about its flags: names, kinds, hints and choices. The one source for parsing, help and completion.
import * as z from 'zod/mini';
import type * as core from 'zod/v4/core';

/** What a value may be completed from. */
export type Candidates =
  | 'problem'
  | 'finding'
  | 'rule'
  | 'target'
  | 'resource'
  | 'path-end'
  | 'subnet'
  | 'network'
  | 'kubernetes'
  | 'size'
  | 'theme'
  | 'entry'
  | 'verb'
  | 'intent'
  | 'world'
  | 'setting'
  | 'file';

export interface FlagHint {
  readonly says: string;
  /** How help calls the value: `FILE`, `NAME=VALUE`. */
  readonly value?: string;
  readonly of?: Candidates;
  /** Older names of the flag: accepted, and not shown. */
  readonly aliases?: readonly string[];
  /** Older names of values, with the value each stands for: accepted, and not shown. */
  readonly valueAliases?: Readonly<Record<string, string>>;
  /** The value of a bare flag; a value is then taken only after `=`. */
  readonly bare?: string;
  /** Another way to run the command: a form does not ask for it. */
  readonly unasked?: true;
  /** Only where another argument has one of these values: `{ what: ['cluster'] }`. */
  readonly only?: Readonly<Record<string, readonly string[]>>;
}

/** Does the flag mean anything beside these values? One that is not given yet rules nothing out. */
export const applies = ({ only = {} }: FlagHint, values: Readonly<Record<string, unknown>>): boolean =>
  Object.entries(only).every(([key, is]) => values[key] === undefined || is.includes(String(values[key])));

export interface FlagSpec extends FlagHint {
  /** The member of the schema. */
  readonly key: string;
  /** Without the dashes: `all-outcomes`. */
  readonly name: string;
  readonly kind: 'boolean' | 'text' | 'number' | 'list' | 'pairs';
  readonly choices: readonly string[];
  readonly standard: unknown;
  readonly required: boolean;
}

// zod's own place for what a schema cannot say; filled where the schema is written and never afterwards.
const hints = z.registry<FlagHint>();

/** Gives a member of a schema its hint. */
export function flag<Schema extends core.$ZodType>(schema: Schema, says: string, more: Omit<FlagHint, 'says'> = {}) {
  hints.add(schema, { says, ...more });
  return schema;
}

const kebab = (key: string): string => key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** What one member of a schema says. */
export function flagOf(key: string, member: core.$ZodType): FlagSpec {
  const { leaf, standard, required } = unwrap(member);
  const said = hints.get(member) ?? { says: '' };
  return {
    key,
    name: kebab(key),
    kind: kindOf(leaf),
    choices: choicesOf(leaf),
    standard,
    required,
    ...said,
  };
}

/** One spec for each member of an object schema, in order. */
export const flagsOf = (schema: core.$ZodObject): FlagSpec[] =>
  Object.entries(schema._zod.def.shape).map(([key, member]) => flagOf(key, member));

function unwrap(schema: core.$ZodType): { leaf: core.$ZodType; standard: unknown; required: boolean } {
  let leaf = schema;
  let standard: unknown;
  let required = true;
  for (;;) {
    const def = (leaf as core.$ZodTypes)._zod.def;
    if (def.type === 'default') standard = def.defaultValue;
    if (def.type !== 'default' && def.type !== 'optional' && def.type !== 'nullable') break;
    required = false;
    leaf = def.innerType;
  }
  return { leaf, standard, required };
}

function kindOf(leaf: core.$ZodType): FlagSpec['kind'] {
  const { type } = (leaf as core.$ZodTypes)._zod.def;
  if (type === 'boolean' || type === 'number') return type;
  if (type === 'array') return 'list';
  return type === 'record' ? 'pairs' : 'text';
}

function choicesOf(leaf: core.$ZodType): string[] {
  const def = (leaf as core.$ZodTypes)._zod.def;
  if (def.type === 'enum') return Object.values(def.entries).map(String);
  return def.type === 'array' ? choicesOf(def.element) : [];
}
