// The operators of rule files: what each takes, what it says, and whether it holds for a value. Nothing in them is a program: no
// regular expression, no call. Pure.

import { matchesGlob } from '../model/glob.ts';
import { asNumber, isArray, isNumberText, isObject, type Json, sameJson } from '../model/json.ts';
import { clean } from '../model/text.ts';
import { both, noAddress, parseAddresses, without } from '../net/addresses.ts';
import { readPrefixes } from '../net/index.ts';

/** Undecided: the value is of a kind that the operator cannot compare; the clause says which. */
export type Holds = boolean | { readonly undecided: string };

export interface Operator {
  readonly says: string;
  /** Why this is no operand of it, as `must be …`; undefined where it is one. */
  wrong(operand: Json): string | undefined;
  /** What is expected, after `expected`; `isNot`: the opposite of it. */
  expects(operand: Json, isNot: boolean): string;
  /** `value`: undefined where the member is absent. */
  holds(value: Json | undefined, operand: Json): Holds;
}

const isScalar = (value: Json | undefined): value is string | number | boolean | null =>
  value === null || ['string', 'number', 'boolean'].includes(typeof value);
const isText = (value: Json | undefined): value is string => typeof value === 'string';

/** Foreign values, in JSON. */
export const shown = (value: Json | undefined): string =>
  value === undefined ? 'absent' : clean(JSON.stringify(value), 160);

/** Texts in any letter case, as Azure compares the values of its enumerations; numbers by value. */
function equal(a: Json | undefined, b: Json): boolean {
  if (isText(a) && isText(b)) return a.toLowerCase() === b.toLowerCase();
  const [x, y] = [asNumber(a), asNumber(b)];
  return x !== undefined && y !== undefined ? x === y : sameJson(a, b);
}

const not = (isNot: boolean): string => (isNot ? 'not ' : '');
const oneOf = (operand: Json): readonly Json[] => (isArray(operand) ? operand : []);
const anyOf = (items: readonly Json[]): string =>
  items.length === 1 ? shown(items[0]) : `one of ${items.map(shown).join(', ')}`;

const scalar = (operand: Json) => (isScalar(operand) ? undefined : 'must be a text, a number, true, false or null');
const text = (operand: Json) => (isText(operand) && operand !== '' ? undefined : 'must be a text');
const list = (operand: Json) =>
  isArray(operand) && operand.length > 0 && operand.every(isScalar) ? undefined : 'must be a list of values';
const number = (operand: Json) => (asNumber(operand) === undefined ? 'must be a number' : undefined);
const count = (operand: Json) => {
  const value = asNumber(operand);
  return value !== undefined && Number.isInteger(value) && value >= 0 ? undefined : 'must be a number of 0 or more';
};
const prefixes = (operand: Json): string | undefined => {
  const texts = oneOf(operand).filter(isText);
  if (texts.length === 0 || texts.length < oneOf(operand).length)
    return 'must be a list of addresses and ranges, such as 10.0.0.0/8';
  const [wrong] = readPrefixes(texts).refused;
  return (
    wrong &&
    `contains ${shown(wrong.text)}, which is not an address or range: ${clean(wrong.reason, 120).replace(/\.$/, '')}`
  );
};

/** The addresses of a value; a service tag stands for addresses that a rule file cannot know. */
function addressesOf(value: Json | undefined) {
  if (!isText(value)) return undefined;
  if (value.trim() === '*' || value.toLowerCase() === 'any') return readPrefixes(['0.0.0.0/0', '::/0']).addresses;
  const parsed = parseAddresses(value.trim());
  return parsed.ok ? parsed.value : undefined;
}
function compared(
  value: Json | undefined,
  operand: Json,
  isMet: (value: Addresses, range: Addresses) => boolean,
): Holds {
  if (value === undefined || value === null) return false;
  const addresses = addressesOf(value);
  if (addresses === undefined) return { undecided: `${shown(value)} is not an address or range` };
  return isMet(addresses, readPrefixes(oneOf(operand).filter(isText)).addresses);
}
type Addresses = ReturnType<typeof readPrefixes>['addresses'];

const numeric = (word: string, isMet: (value: number, limit: number) => boolean): Operator => ({
  says: `number ${word} this one`,
  wrong: number,
  expects: (operand, isNot) => `${not(isNot)}${word} ${shown(operand)}`,
  holds(value, operand) {
    const [own, limit] = [asNumber(value), asNumber(operand)];
    return own !== undefined && limit !== undefined && isMet(own, limit);
  },
});

const counting = (word: string, isMet: (value: number, limit: number) => boolean): Operator => ({
  says: `list with ${word} this number of members; an absent list has none`,
  wrong: count,
  expects: (operand, isNot) => `${not(isNot)}${word} ${shown(operand)} members`,
  holds(value, operand) {
    if (value === undefined || value === null) return isMet(0, asNumber(operand) ?? 0);
    return isArray(value)
      ? isMet(value.length, asNumber(operand) ?? 0)
      : { undecided: `${shown(value)} is not a list` };
  },
});

/** The same with the opposite result. */
const opposite = (of: Operator, says: string): Operator => ({
  ...of,
  says,
  expects: (operand, isNot) => of.expects(operand, !isNot),
  holds(value, operand) {
    const held = of.holds(value, operand);
    return typeof held === 'boolean' ? !held : held;
  },
});

const equals: Operator = {
  says: 'this value; texts in any letter case',
  wrong: scalar,
  expects: (operand, isNot) => `${not(isNot)}${shown(operand)}`,
  holds: equal,
};
const isIn: Operator = {
  says: 'one of these values',
  wrong: list,
  expects: (operand, isNot) => `${not(isNot)}${anyOf(oneOf(operand))}`,
  holds: (value, operand) => oneOf(operand).some((one) => equal(value, one)),
};
const contains: Operator = {
  says: 'list with this member, or text with this part',
  wrong: scalar,
  expects: (operand, isNot) => `${not(isNot)}containing ${shown(operand)}`,
  holds: (value, operand) =>
    isArray(value)
      ? value.some((one) => equal(one, operand))
      : isText(value) && isText(operand) && value.toLowerCase().includes(operand.toLowerCase()),
};
const matches: Operator = {
  says: 'text of this form; `*` stands for any text',
  wrong: text,
  expects: (operand, isNot) => `${not(isNot)}a text like ${shown(operand)}`,
  holds: (value, operand) => isText(value) && isText(operand) && matchesGlob(operand, value),
};

export const operators = {
  equals,
  'not-equals': opposite(equals, 'any other value, or none'),
  in: isIn,
  'not-in': opposite(isIn, 'none of these values'),
  exists: {
    says: 'true: there is a value; false: it is absent or null',
    wrong: (operand) => (typeof operand === 'boolean' ? undefined : 'must be true or false'),
    expects: (operand, isNot) => ((operand === true) !== isNot ? 'a value' : 'none'),
    holds: (value, operand) => (value !== undefined && value !== null) === operand,
  },
  contains,
  'not-contains': opposite(contains, 'list without this member, or text without this part'),
  matches,
  'not-matches': opposite(matches, 'text of another form, or none'),
  'less-than': numeric('less than', (value, limit) => value < limit),
  'at-most': numeric('at most', (value, limit) => value <= limit),
  'at-least': numeric('at least', (value, limit) => value >= limit),
  'greater-than': numeric('greater than', (value, limit) => value > limit),
  'count-at-most': counting('at most', (value, limit) => value <= limit),
  'count-at-least': counting('at least', (value, limit) => value >= limit),
  within: {
    says: 'address or range with every address in these ranges',
    wrong: prefixes,
    expects: (operand, isNot) => `addresses ${not(isNot)}within ${oneOf(operand).map(shown).join(', ')}`,
    holds: (value, operand) => compared(value, operand, (own, range) => noAddress(without(own, range))),
  },
  outside: {
    says: 'address or range with no address in these ranges',
    wrong: prefixes,
    expects: (operand, isNot) => `addresses ${isNot ? 'of' : 'outside'} ${oneOf(operand).map(shown).join(', ')}`,
    holds: (value, operand) => compared(value, operand, (own, range) => noAddress(both(own, range))),
  },
} as const satisfies Readonly<Record<string, Operator>>;

export type OperatorName = keyof typeof operators;
export const operatorNames = Object.keys(operators) as OperatorName[];
export const isOperator = (name: string): name is OperatorName => Object.hasOwn(operators, name);

/** A value of YAML that JSON has too. */
export const isPlainJson = (value: unknown): value is Json =>
  isNumberText(value as Json) ||
  isScalar(value as Json) ||
  (isArray(value as Json) && (value as readonly unknown[]).every(isPlainJson)) ||
  (isObject(value as Json) && Object.values(value as object).every(isPlainJson));
