// The values of flags: read from their text, and checked against the schema of the command. Whatever does not fit is a Failure
// (exit 2) that says what would.
import { safeParse } from 'zod/mini';
import type * as core from 'zod/v4/core';
import { exitStatus, Failure } from '../model/failure.ts';
import type { Json } from '../model/json.ts';
import { nearest } from '../model/nearest.ts';
import { clean } from '../model/text.ts';
import { type FlagSpec, flagOf } from './flag.ts';

export const usage = (code: string, message: string, next: string) =>
  new Failure(code, exitStatus.usage, message, next);

/** Values by the key of their flag, as the words gave them. */
export type FlagValues = Record<string, Json>;

export function put(into: FlagValues, spec: FlagSpec, text: string | undefined, negated: boolean, verb: string): void {
  const { key, name, kind } = spec;
  if (kind === 'list') {
    into[key] = [...((into[key] as readonly string[] | undefined) ?? []), text ?? ''];
    return;
  }
  if (kind === 'pairs') {
    const [, left, right] = /^([^=]+)=(.*)$/s.exec(text ?? '') ?? [];
    if (left === undefined || right === undefined) {
      throw usage('bad-value', `--${name} takes NAME=VALUE, not ${clean(text, 60)}.`, hint(spec, verb));
    }
    into[key] = { ...(into[key] as Record<string, string> | undefined), [left]: right };
    return;
  }
  const value =
    kind === 'boolean'
      ? asBoolean(spec, text, negated, verb)
      : kind === 'number'
        ? asCount(spec, text, verb)
        : (text ?? '');
  if (key in into && into[key] !== value) {
    throw usage('given-twice', `--${name} is given twice with different values.`, 'Give it once.');
  }
  into[key] = value;
}

function asBoolean(spec: FlagSpec, text: string | undefined, negated: boolean, verb: string): boolean {
  if (text === undefined || text === 'true') return !negated;
  if (text === 'false') return false;
  throw usage('bad-value', `--${spec.name} takes true or false, not ${clean(text, 60)}.`, hint(spec, verb));
}

export function asCount(spec: FlagSpec, text: string | undefined, verb: string): number {
  if (text !== undefined && /^-?\d+(\.\d+)?$/.test(text)) return Number(text);
  throw usage('bad-value', `--${spec.name} takes a number, not ${clean(text, 60)}.`, hint(spec, verb));
}

export const hint = (spec: FlagSpec, verb: string) =>
  spec.choices.length > 0 ? `Valid values: ${spec.choices.join(', ')}.` : `Run \`bastide help ${verb}\`.`;

/** The values that a schema makes of those given. Throws Failure (exit 2) for the first that it refuses. */
export function check<Schema extends core.$ZodObject>(
  { _zod }: Schema,
  values: Readonly<Record<string, unknown>>,
  verb: string,
  positional: readonly string[] = [],
): core.output<Schema> {
  const out: Record<string, unknown> = {};
  for (const [key, schema] of Object.entries(_zod.def.shape)) {
    const { valueAliases = {} } = flagOf(key, schema);
    const given = values[key];
    const value = typeof given === 'string' && Object.hasOwn(valueAliases, given) ? valueAliases[given] : given;
    const parsed = safeParse(schema, value);
    if (parsed.success) {
      if (parsed.data !== undefined) out[key] = parsed.data;
      continue;
    }
    const spec = flagOf(key, schema);
    const label = positional.includes(key) ? key.toUpperCase() : `--${spec.name}`;
    throw badValue(spec, label, values[key], parsed.error.issues[0]?.message ?? 'is not allowed', verb);
  }
  return out as core.output<Schema>;
}

function badValue(spec: FlagSpec, label: string, value: unknown, why: string, verb: string): Failure {
  if (value === undefined) return usage('missing-value', `${verb} needs ${label}.`, hint(spec, verb));
  const shown = clean(typeof value === 'string' ? value : JSON.stringify(value), 60);
  if (spec.choices.length === 0) {
    return usage('bad-value', `${shown} is not a valid value of ${label}: ${why}.`, hint(spec, verb));
  }
  const near = typeof value === 'string' ? nearest(value, spec.choices) : undefined;
  return usage(
    'bad-value',
    `${shown} is not a valid value of ${label}. Valid values: ${spec.choices.join(', ')}.`,
    near === undefined ? `Run \`bastide help ${verb}\`.` : `Did you mean ${near}?`,
  );
}
