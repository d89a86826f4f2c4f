// The expressions of a Resource Graph query: paths, literals, the functions that queries use, comparisons and conditions. Column
// names and members are compared with their letter case, as the service does.
import { fold } from '../gateway/address.ts';
import {
  type ArmJson,
  type ArmObject,
  isObject,
  JsonNumber,
  JsonSyntaxError,
  json,
  parseJson,
  stringifyJson,
} from '../json.ts';
import type { QueryReader } from './scan.ts';

export type Row = ArmObject;
export type RowValue = (row: Row) => ArmJson | undefined;
export interface RowCondition {
  readonly holds: (row: Row) => boolean;
  /** The columns that it asks for. */
  readonly columns: ReadonlySet<string>;
  /** Conditions that all have to hold, where it is of that form. */
  readonly parts?: readonly RowCondition[];
}

export function listOf<T>(reader: QueryReader, item: (reader: QueryReader) => T): T[] {
  const items = [item(reader)];
  while (reader.take(',')) items.push(item(reader));
  return items;
}

/** A column, and members inside it: `properties.a['b.c'][0]`. */
export function pathOf(reader: QueryReader): {
  readonly steps: readonly (string | number)[];
  readonly value: RowValue;
} {
  const steps: (string | number)[] = [reader.column()];
  stepsOf(reader, steps);
  return { steps, value: (row) => stepped(row, steps) };
}

function stepsOf(reader: QueryReader, steps: (string | number)[]): void {
  for (;;) {
    if (reader.take('.')) steps.push(reader.kind('name'));
    else if (reader.take('[')) {
      steps.push(reader.peek?.kind === 'number' ? Number(reader.kind('number')) : reader.kind('text'));
      reader.need(']');
    } else return;
  }
}

function stepped(value: ArmJson | undefined, steps: readonly (string | number)[]): ArmJson | undefined {
  let here = value;
  for (const step of steps) {
    if (typeof step === 'number') here = Array.isArray(here) ? here[step] : undefined;
    else here = isObject(here) ? here.get(step) : undefined;
  }
  return here;
}

export function textOf(value: ArmJson | undefined): string {
  if (value === undefined || value === null) return '';
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return String(value);
  return value instanceof JsonNumber ? value.text : stringifyJson(value);
}

const spans: Readonly<Record<string, number>> = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1000, ms: 1 };
function spanOf(text: string): number {
  const [, number = '0', unit = ''] = /^([0-9.]+)([a-z]+)$/.exec(text) ?? [];
  return Number(number) * (spans[unit] ?? 0);
}

/** Times are texts of one form, so that they are compared as texts. */
function timeText(text: string): ArmJson {
  const time = Date.parse(text);
  return Number.isNaN(time) ? null : new Date(time).toISOString();
}

type Call = (...given: readonly (ArmJson | undefined)[]) => ArmJson | undefined;
const numberOf = (value: ArmJson | undefined): ArmJson => {
  const found = Number(textOf(value));
  return textOf(value) === '' || Number.isNaN(found) ? null : new JsonNumber(String(found));
};
const isNothing = (value: ArmJson | undefined): boolean => value === undefined || value === null;
const functions: Readonly<Record<string, Call>> = {
  tolower: (value) => textOf(value).toLowerCase(),
  toupper: (value) => textOf(value).toUpperCase(),
  tostring: (value) => textOf(value),
  toint: numberOf,
  tolong: numberOf,
  tobool: (value) => fold(textOf(value)) === 'true',
  todatetime: (value) => timeText(textOf(value)),
  strlen: (value) => json(textOf(value).length),
  array_length: (value) => (Array.isArray(value) ? json(value.length) : null),
  split: (value, by) => textOf(value).split(textOf(by)),
  strcat: (...given) => given.map(textOf).join(''),
  coalesce: (...given) => given.find((value) => !isNothing(value) && value !== '') ?? null,
  parse_json: (value) => parsed(textOf(value)),
  todynamic: (value) => parsed(textOf(value)),
  isempty: (value) => textOf(value) === '',
  isnotempty: (value) => textOf(value) !== '',
  isnull: isNothing,
  isnotnull: (value) => !isNothing(value),
};

function parsed(text: string): ArmJson {
  try {
    return parseJson(text);
  } catch (error) {
    if (error instanceof JsonSyntaxError) return text;
    throw error;
  }
}

/** One value: a literal, a call or a path. */
export function operand(reader: QueryReader): RowValue {
  const { peek } = reader;
  if (peek?.kind === 'text') {
    const text = reader.kind('text');
    return () => text;
  }
  if (peek?.kind === 'number') {
    const number = new JsonNumber(reader.kind('number'));
    return () => number;
  }
  if (peek?.kind === 'name' && reader.isFollowedBy('(')) return called(reader);
  const word = reader.take('true', 'false', 'null');
  if (word !== undefined) return () => (word === 'null' ? null : word === 'true');
  return pathOf(reader).value;
}

function called(reader: QueryReader): RowValue {
  const word = reader.take(...Object.keys(functions), 'ago', 'now', 'datetime', 'iff', 'iif');
  if (word === undefined) return reader.fail('expected a function that is known');
  reader.need('(');
  const made = argumentsOf(reader, word);
  reader.need(')');
  const steps: (string | number)[] = [];
  stepsOf(reader, steps);
  return steps.length === 0 ? made : (row) => stepped(made(row), steps);
}

function argumentsOf(reader: QueryReader, word: string): RowValue {
  if (word === 'ago' || word === 'now') {
    const back = word === 'ago' ? spanOf(reader.kind('span')) : 0;
    const time = new Date(reader.now - back).toISOString();
    return () => time;
  }
  if (word === 'datetime') {
    const time = timeText(reader.peek?.kind === 'text' ? reader.kind('text') : bareTime(reader));
    return () => time;
  }
  if (word === 'iff' || word === 'iif') {
    const condition = conditionOf(reader);
    reader.need(',');
    const yes = operand(reader);
    reader.need(',');
    const no = operand(reader);
    return (row) => (condition.holds(row) ? yes(row) : no(row));
  }
  const given = listOf(reader, operand);
  const call = functions[word];
  return (row) => call?.(...given.map((value) => value(row)));
}

/** `2026-11-28` without quotes. */
function bareTime(reader: QueryReader): string {
  const parts = [reader.kind('number')];
  while (reader.take('-')) parts.push(reader.kind('number'));
  return parts.join('-');
}

/** A condition, with the columns that it asks for. */
export function conditionOf(reader: QueryReader): RowCondition {
  return watched(reader, () => {
    const parts = [both(reader)];
    while (reader.take('or')) parts.push(both(reader));
    const [first] = parts;
    return parts.length === 1 && first ? first : { holds: (row) => parts.some(({ holds }) => holds(row)) };
  });
}

function both(reader: QueryReader): Omit<RowCondition, 'columns'> {
  const parts = [watched(reader, () => single(reader))];
  while (reader.take('and')) parts.push(watched(reader, () => single(reader)));
  return { holds: (row) => parts.every(({ holds }) => holds(row)), parts };
}

function watched(reader: QueryReader, read: () => Omit<RowCondition, 'columns'>): RowCondition {
  const before = [...reader.named];
  reader.named.clear();
  const condition = read();
  const columns = new Set(reader.named);
  for (const name of before) reader.named.add(name);
  return { ...condition, columns };
}

function single(reader: QueryReader): Omit<RowCondition, 'columns'> {
  const isNot = reader.take('not') !== undefined;
  if (reader.take('(')) {
    const inner = conditionOf(reader);
    reader.need(')');
    return isNot ? { holds: (row) => !inner.holds(row) } : inner;
  }
  if (isNot) return reader.fail('expected (');
  const left = operand(reader);
  const next = reader.peek;
  const ends = next === undefined || ['|', ')', ',', 'and', 'or'].includes(next.text.toLowerCase());
  return { holds: ends ? (row) => left(row) === true : comparison(reader, left) };
}

type Test = (left: string, right: string) => boolean;
const words = (text: string): string[] => fold(text).split(/[^\p{L}\p{N}]+/u);
const tests: Readonly<Record<string, Test>> = {
  '==': (left, right) => left === right,
  '!=': (left, right) => left !== right,
  '=~': (left, right) => fold(left) === fold(right),
  '!~': (left, right) => fold(left) !== fold(right),
  contains: (left, right) => fold(left).includes(fold(right)),
  startswith: (left, right) => fold(left).startsWith(fold(right)),
  endswith: (left, right) => fold(left).endsWith(fold(right)),
  has: (left, right) => ` ${words(left).join(' ')} `.includes(` ${words(right).join(' ').trim()} `),
};

function comparison(reader: QueryReader, left: RowValue): (row: Row) => boolean {
  const negated = reader.take('!') !== undefined;
  const word = reader.need(...Object.keys(tests), '<', '<=', '>', '>=', 'in', 'has_any', 'between');
  if (word === 'between') {
    reader.need('(');
    const low = operand(reader);
    reader.need('..');
    const high = operand(reader);
    reader.need(')');
    return (row) => (compare(left(row), low(row)) >= 0 && compare(left(row), high(row)) <= 0) !== negated;
  }
  if (word === 'in' || word === 'has_any') {
    const ignoresCase = reader.take('~') !== undefined;
    reader.need('(');
    const values = listOf(reader, operand);
    reader.need(')');
    const test = word === 'has_any' ? tests.has : ignoresCase ? tests['=~'] : tests['=='];
    return (row) => {
      const found = textOf(left(row));
      return values.some((value) => test?.(found, textOf(value(row)))) !== negated;
    };
  }
  const right = operand(reader);
  const test = tests[word];
  if (test) return (row) => test(textOf(left(row)), textOf(right(row))) !== negated;
  if (negated) return reader.fail('expected another operator after !');
  return (row) => {
    if (isNothing(left(row)) || isNothing(right(row))) return false;
    const order = compare(left(row), right(row));
    return (word.startsWith('<') ? order < 0 : order > 0) || (word.endsWith('=') && order === 0);
  };
}

export function compare(left: ArmJson | undefined, right: ArmJson | undefined): number {
  if (left instanceof JsonNumber && right instanceof JsonNumber) return Number(left.text) - Number(right.text);
  const [a, b] = [textOf(left), textOf(right)];
  return a < b ? -1 : a > b ? 1 : 0;
}
