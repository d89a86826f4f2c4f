// What the arguments of a tool may be, as JSON Schema that clients are shown, and the check by that same schema.
import { isObject, type Json, type JsonObject } from '../model/json.ts';
import { formatPointer } from '../model/pointer.ts';

export type Schema = { readonly description?: string } & (
  | { readonly type: 'string' }
  | { readonly type: 'array'; readonly items: Schema }
  | { readonly type: 'object'; readonly additionalProperties: Schema | true }
  | { readonly anyOf: readonly Schema[] }
);
export interface Arguments {
  readonly type: 'object';
  readonly properties: Readonly<Record<string, Schema>>;
  readonly required: readonly string[];
  readonly additionalProperties: false;
}

/** `at`: JSON pointer of the member. */
export type Misfit =
  | { readonly reason: 'unknown'; readonly at: string; readonly known: readonly string[] }
  | { readonly reason: 'missing'; readonly at: string }
  | { readonly reason: 'type'; readonly at: string; readonly wanted: readonly string[]; readonly found: string };

const typeOf = (value: Json | undefined): string =>
  value === null || value === undefined
    ? 'null'
    : Array.isArray(value)
      ? 'array'
      : isObject(value)
        ? 'object'
        : typeof value === 'object'
          ? 'number'
          : typeof value;

/** Undefined where the arguments fit. */
export function misfitOf(schema: Arguments, given: JsonObject): Misfit | undefined {
  const known = Object.keys(schema.properties);
  const unknown = Object.keys(given).find((name) => !known.includes(name));
  if (unknown !== undefined) return { reason: 'unknown', at: formatPointer([unknown]), known };
  const missing = schema.required.find((name) => given[name] === undefined);
  if (missing !== undefined) return { reason: 'missing', at: formatPointer([missing]) };
  for (const [name, value] of Object.entries(given)) {
    const misfit = misfitAt(schema.properties[name] as Schema, value, [name]);
    if (misfit !== undefined) return misfit;
  }
  return undefined;
}

function misfitAt(schema: Schema, value: Json | undefined, path: readonly string[]): Misfit | undefined {
  if ('anyOf' in schema) {
    const misfits = schema.anyOf.map((one) => misfitAt(one, value, path));
    if (misfits.includes(undefined)) return undefined;
    // The one that came furthest says most.
    const inside = misfits.find((one) => one !== undefined && one.at !== formatPointer(path));
    const wanted = schema.anyOf.map((one) => ('type' in one ? one.type : 'any'));
    return inside ?? { reason: 'type', at: formatPointer(path), wanted, found: typeOf(value) };
  }
  const found = typeOf(value);
  if (found !== schema.type) return { reason: 'type', at: formatPointer(path), wanted: [schema.type], found };
  if (schema.type === 'array') {
    for (const [at, item] of (value as readonly Json[]).entries()) {
      const misfit = misfitAt(schema.items, item, [...path, String(at)]);
      if (misfit !== undefined) return misfit;
    }
  }
  if (schema.type === 'object' && schema.additionalProperties !== true) {
    for (const [name, item] of Object.entries(value as JsonObject)) {
      const misfit = misfitAt(schema.additionalProperties, item, [...path, name]);
      if (misfit !== undefined) return misfit;
    }
  }
  return undefined;
}

/** In words of JSON. */
export const misfitText = (misfit: Misfit): string => {
  switch (misfit.reason) {
    case 'unknown':
      return `${misfit.at} is not an argument of this tool.`;
    case 'missing':
      return `${misfit.at} is missing.`;
    case 'type':
      return `${misfit.at} must be of type ${misfit.wanted.join(' or ')}, and is of type ${misfit.found}.`;
  }
};
