// The few functions of template language that policy rules here use: parameters, field, current, requestContext, length, empty.
// Any other is not guessed.
import { fold } from '../gateway/address.ts';
import { type ArmJson, at, JsonNumber } from '../json.ts';
import type { Parameters } from './conditions.ts';
import { fieldValues, type PolicySubject } from './fields.ts';
import { NotUnderstood } from './not-understood.ts';

/** The value of a text in brackets. */
export function expressionValue(text: string, parameters: Parameters, subject: PolicySubject | undefined): ArmJson {
  const unknown = () => new NotUnderstood(`the expression ${text}`);
  const value = (source: string): ArmJson => {
    const [, name, inner = '', tail = ''] = /^\s*(\w+)\(\s*(.*?)\s*\)((?:\.\w+)*)\s*$/s.exec(source) ?? [];
    if (name === undefined) return literal(source);
    const found = called(fold(name), inner);
    return tail === '' ? found : (at(found, ...tail.slice(1).split('.')) ?? null);
  };
  const literal = (source: string): string => {
    const quoted = /^'((?:[^']|'')*)'$/.exec(source.trim())?.[1];
    if (quoted === undefined) throw unknown();
    return quoted.replaceAll("''", "'");
  };
  const called = (name: string, inner: string): ArmJson => {
    if (name === 'parameters') return parameters.get(fold(literal(inner))) ?? refuse();
    if (name === 'length') return new JsonNumber(String(sizeOf(value(inner)) ?? refuse()));
    if (name === 'empty') return sizeOf(value(inner)) === 0;
    if (subject === undefined) return refuse();
    if (name === 'field') return fieldValue(subject, literal(inner));
    if (name === 'current') return currentOf(subject, literal(inner)) ?? refuse();
    if (name === 'requestcontext' && inner === '') return new Map([['apiVersion', subject.apiVersion]]);
    return refuse();
  };
  const refuse = (): never => {
    throw unknown();
  };
  return value(text.slice(1, -1));
}

/** A field as a value: with `[*]` the list of what it means. */
function fieldValue(subject: PolicySubject, name: string): ArmJson {
  const { values, isArray } = fieldValues(subject, name);
  return isArray ? values.map((value) => value ?? null) : (values[0] ?? null);
}

/** The element that a `count` looks at: by the name of its values, or by an alias. */
function currentOf(subject: PolicySubject, name: string): ArmJson | undefined {
  const own = subject.current?.find((one) => one.name === fold(name));
  if (own !== undefined) return own.element;
  const isAlias = subject.current?.some((one) => one.name.endsWith('[*]') && fold(name).startsWith(one.name));
  return isAlias === true ? fieldValue(subject, name) : undefined;
}

/** Number of elements, members or characters; of null none. */
function sizeOf(value: ArmJson): number | undefined {
  if (value === null) return 0;
  if (typeof value === 'string' || Array.isArray(value)) return value.length;
  return value instanceof Map ? value.size : undefined;
}
