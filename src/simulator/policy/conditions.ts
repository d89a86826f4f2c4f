// The `if` of a policy: allOf, anyOf, not, field, value and count with their operators (Azure Policy, "policy rule").
// What it does not know it does not guess: it throws NotUnderstood.
import { fold } from '../gateway/address.ts';
import { type ArmJson, type ArmObject, at, isObject, JsonNumber, list, nameIn } from '../json.ts';
import { expressionValue } from './expressions.ts';
import { fieldValues, type PolicySubject } from './fields.ts';
import { NotUnderstood } from './not-understood.ts';

/** Values of `[parameters('x')]`, names in lower case. */
export type Parameters = ReadonlyMap<string, ArmJson>;

/** One condition that spoke, as Azure lists it in a refusal. */
export interface EvaluatedCondition {
  readonly kind: 'Field' | 'Value' | 'Count';
  readonly path: string;
  readonly value: ArmJson | undefined;
  readonly target: ArmJson;
  readonly operator: string;
  readonly result: boolean;
}

/** Does the condition hold? Every comparison made is reported to `tell`. */
export function holds(
  condition: ArmJson | undefined,
  subject: PolicySubject,
  parameters: Parameters,
  tell: (expression: EvaluatedCondition) => void,
): boolean {
  if (!isObject(condition)) throw new NotUnderstood('a condition that is not an object');
  const inner = (item: ArmJson | undefined) => holds(item, subject, parameters, tell);
  const members = [...condition.keys()].map(fold);
  if (members.length === 1) {
    if (members[0] === 'allof') return list(condition, 'allOf').every(inner);
    if (members[0] === 'anyof') return list(condition, 'anyOf').some(inner);
    if (members[0] === 'not') return !inner(at(condition, 'not'));
  }
  const subjectName = ['field', 'value', 'count'].find((name) => members.includes(name));
  const operator = [...condition.keys()].filter((name) => fold(name) !== subjectName);
  const [word] = operator;
  if (subjectName === undefined || word === undefined || operator.length !== 1) {
    throw new NotUnderstood(`a condition of ${members.join(', ')}`);
  }
  const target = resolve(condition.get(word) ?? null, parameters, subject);
  const compare = comparison(word);
  const said = (
    kind: EvaluatedCondition['kind'],
    path: string,
    value: ArmJson | undefined,
    result: boolean,
  ): boolean => {
    tell({ kind, path, value, target, operator: word, result });
    return result;
  };
  if (subjectName === 'value') {
    const value = resolve(at(condition, 'value') ?? null, parameters, subject);
    return said('Value', 'value', value, compare(value, target));
  }
  if (subjectName === 'count') {
    const count = counted(at(condition, 'count'), subject, parameters, tell);
    const value = new JsonNumber(String(count));
    return said('Count', 'count', value, compare(value, target));
  }
  const field = at(condition, 'field');
  if (typeof field !== 'string') throw new NotUnderstood('a field that is not a text');
  const name = resolve(field, parameters, subject);
  if (typeof name !== 'string') throw new NotUnderstood(`the field ${field}`);
  const { values } = fieldValues(subject, name);
  // With `[*]` every element must satisfy the condition; of none, all do.
  const result = values.every((value) => compare(value, target));
  return said('Field', name, values.length === 1 ? values[0] : values.flatMap((value) => value ?? []), result);
}

function counted(
  count: ArmJson | undefined,
  subject: PolicySubject,
  parameters: Parameters,
  tell: (expression: EvaluatedCondition) => void,
): number {
  const { name, values } = elementsOf(count, subject, parameters);
  const where = at(count, 'where');
  if (where === undefined) return values.length;
  return values.filter((element) =>
    holds(
      where,
      { ...subject, current: [{ name: fold(name), element: element ?? null }, ...(subject.current ?? [])] },
      parameters,
      tell,
    ),
  ).length;
}

/** The elements of an array alias, or of a list of values under a name. */
function elementsOf(
  count: ArmJson | undefined,
  subject: PolicySubject,
  parameters: Parameters,
): { readonly name: string; readonly values: readonly (ArmJson | undefined)[] } {
  const field = at(count, 'field');
  const value = at(count, 'value');
  const name = at(count, 'name');
  if (typeof field === 'string' && field.endsWith('[*]') && name === undefined && value === undefined)
    return { name: field, values: fieldValues(subject, field).values };
  if (value === undefined || typeof name !== 'string' || field !== undefined)
    throw new NotUnderstood('a count of anything but an array alias, or a list of values with a name');
  const values = resolve(value, parameters, subject);
  if (!Array.isArray(values)) throw new NotUnderstood('a count of a value that is no list');
  if (values.length > mostIterations) throw new NotUnderstood(`a count of more than ${mostIterations} values`);
  return { name, values };
}
/** "Azure Policy: limits of value count". */
const mostIterations = 100;

/** Texts in brackets are expressions, `[[` is a bracket. */
export function resolve(value: ArmJson, parameters: Parameters, subject?: PolicySubject): ArmJson {
  if (Array.isArray(value)) return value.map((item) => resolve(item, parameters, subject));
  if (typeof value !== 'string' || !value.startsWith('[') || !value.endsWith(']')) return value;
  return value.startsWith('[[') ? value.slice(1) : expressionValue(value, parameters, subject);
}

type Compare = (value: ArmJson | undefined, target: ArmJson) => boolean;

function comparison(word: string): Compare {
  const found = operators.get(fold(word));
  if (!found) throw new NotUnderstood(`the operator '${word}'`);
  return found;
}

const not =
  (compare: Compare): Compare =>
  (value, target) =>
    !compare(value, target);
const texts = (value: ArmJson): string[] => (Array.isArray(value) ? value.flatMap((item) => scalar(item) ?? []) : []);

/** As policies compare: ignoring case, numbers and switches by their text. */
function scalar(value: ArmJson | undefined): string | undefined {
  if (typeof value === 'string') return fold(value);
  if (value instanceof JsonNumber) return value.text;
  return typeof value === 'boolean' ? String(value) : undefined;
}
const equals: Compare = (value, target) => (scalar(value) ?? '') === (scalar(target) ?? '');
const like: Compare = (value, target) => {
  const pattern = (scalar(target) ?? '').split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${pattern.join('.*')}$`, 's').test(scalar(value) ?? '');
};
const isIn: Compare = (value, target) => texts(target).includes(scalar(value) ?? '');
const contains: Compare = (value, target) => {
  const wanted = scalar(target) ?? '';
  return Array.isArray(value) ? texts(value).includes(wanted) : (scalar(value) ?? '').includes(wanted);
};
const containsKey: Compare = (value, target) =>
  typeof target === 'string' && isObject(value) && nameIn(value as ArmObject, target) !== undefined;
const exists: Compare = (value, target) => (value !== undefined && value !== null) === (scalar(target) === 'true');
const ordered =
  (fits: (sign: number) => boolean): Compare =>
  (value, target) => {
    const [left, right] = [scalar(value), scalar(target)];
    if (left === undefined || right === undefined) return false;
    const [a, b] = [Number(left), Number(right)];
    return fits(Number.isNaN(a) || Number.isNaN(b) ? left.localeCompare(right) : a - b);
  };

const operators: ReadonlyMap<string, Compare> = new Map([
  ['equals', equals],
  ['notequals', not(equals)],
  ['like', like],
  ['notlike', not(like)],
  ['in', isIn],
  ['notin', not(isIn)],
  ['contains', contains],
  ['notcontains', not(contains)],
  ['containskey', containsKey],
  ['notcontainskey', not(containsKey)],
  ['exists', exists],
  ['less', ordered((sign) => sign < 0)],
  ['lessorequals', ordered((sign) => sign <= 0)],
  ['greater', ordered((sign) => sign > 0)],
  ['greaterorequals', ordered((sign) => sign >= 0)],
]);
