// Simple Resource Graph queries: a table, then where, project, count, take, limit, order by, one after another. What it does
// not know it refuses, as the service does with a query it cannot parse.
import { fold } from '../gateway/address.ts';
import { type ArmJson, type ArmObject, at, JsonNumber, json } from '../json.ts';
import { QueryError, QueryReader } from './scan.ts';
import { type TableName, tableNames } from './tables.ts';

type Row = ArmObject;
type Value = (row: Row) => ArmJson | undefined;
type Stage = (rows: readonly Row[]) => Row[];

export interface Query {
  readonly table: TableName;
  readonly stages: readonly Stage[];
}

/** Throws QueryError. */
export function parseQuery(text: string): Query {
  const reader = new QueryReader(text);
  const named = fold(reader.kind('name'));
  const table = tableNames.find((one) => one === named);
  if (table === undefined) throw new QueryError(`there is no table ${named}`, 0);
  const stages: Stage[] = [];
  while (reader.take('|')) stages.push(stageOf(reader));
  if (reader.peek) reader.fail('expected | or the end');
  return { table, stages };
}

export function runQuery({ stages }: Query, rows: readonly Row[]): Row[] {
  return stages.reduce<Row[]>((found, stage) => stage(found), [...rows]);
}

function stageOf(reader: QueryReader): Stage {
  switch (reader.need('where', 'project', 'count', 'take', 'limit', 'order', 'sort')) {
    case 'where': {
      const condition = either(reader);
      return (rows) => rows.filter(condition);
    }
    case 'project': {
      const columns = listOf(reader, columnOf);
      return (rows) => rows.map((row) => new Map(columns.map(({ name, value }) => [name, value(row) ?? null])));
    }
    case 'count':
      return (rows) => [new Map<string, ArmJson>([['Count', json(rows.length)]])];
    case 'order':
    case 'sort': {
      reader.need('by');
      const keys = listOf(reader, keyOf);
      return (rows) => rows.toSorted((left, right) => sign(keys, left, right));
    }
    default: {
      const most = Number(reader.kind('number'));
      return (rows) => rows.slice(0, most);
    }
  }
}

function listOf<T>(reader: QueryReader, item: (reader: QueryReader) => T): T[] {
  const items = [item(reader)];
  while (reader.take(',')) items.push(item(reader));
  return items;
}

/** `name`, `properties.a.b` (called `properties_a_b`) or `name = value`. */
function columnOf(reader: QueryReader): { readonly name: string; readonly value: Value } {
  const path = pathOf(reader);
  if (path.length === 1 && reader.take('=')) return { name: path[0] ?? '', value: operand(reader) };
  return { name: path.join('_'), value: (row) => at(row, ...path) };
}

function pathOf(reader: QueryReader): string[] {
  const path = [reader.kind('name')];
  for (;;) {
    if (reader.take('.')) path.push(reader.kind('name'));
    else if (reader.take('[')) {
      path.push(reader.kind('text'));
      reader.need(']');
    } else return path;
  }
}

interface Key {
  readonly value: Value;
  readonly direction: 1 | -1;
}
/** Kusto sorts descending unless told. */
function keyOf(reader: QueryReader): Key {
  const value = operand(reader);
  return { value, direction: reader.take('asc', 'desc') === 'asc' ? 1 : -1 };
}

function sign(keys: readonly Key[], left: Row, right: Row): number {
  for (const { direction, value } of keys) {
    const order = compare(value(left), value(right));
    if (order !== 0) return order * direction;
  }
  return 0;
}

function compare(left: ArmJson | undefined, right: ArmJson | undefined): number {
  if (left instanceof JsonNumber && right instanceof JsonNumber) return Number(left.text) - Number(right.text);
  const [a, b] = [textOf(left), textOf(right)];
  return a < b ? -1 : a > b ? 1 : 0;
}

function textOf(value: ArmJson | undefined): string {
  if (typeof value === 'string') return value;
  if (value instanceof JsonNumber) return value.text;
  return typeof value === 'boolean' ? String(value) : '';
}

function operand(reader: QueryReader): Value {
  const word = reader.peek;
  if (word?.kind === 'text') {
    const text = reader.kind('text');
    return () => text;
  }
  if (word?.kind === 'number') {
    const number = new JsonNumber(reader.kind('number'));
    return () => number;
  }
  const called = reader.take('tolower', 'tostring', 'true', 'false');
  if (called === 'true' || called === 'false') return () => called === 'true';
  if (called !== undefined) {
    reader.need('(');
    const inner = operand(reader);
    reader.need(')');
    return (row) => (called === 'tolower' ? textOf(inner(row)).toLowerCase() : textOf(inner(row)));
  }
  const path = pathOf(reader);
  return (row) => at(row, ...path);
}

type Condition = (row: Row) => boolean;

function either(reader: QueryReader): Condition {
  const parts = [both(reader)];
  while (reader.take('or')) parts.push(both(reader));
  return (row) => parts.some((part) => part(row));
}

function both(reader: QueryReader): Condition {
  const parts = [single(reader)];
  while (reader.take('and')) parts.push(single(reader));
  return (row) => parts.every((part) => part(row));
}

function single(reader: QueryReader): Condition {
  const isNot = reader.take('not') !== undefined;
  if (reader.take('(')) {
    const inner = either(reader);
    reader.need(')');
    return isNot ? (row) => !inner(row) : inner;
  }
  if (isNot) return reader.fail('expected (');
  const isEmpty = reader.take('isempty', 'isnull', 'isnotempty', 'isnotnull');
  if (isEmpty !== undefined) {
    reader.need('(');
    const value = operand(reader);
    reader.need(')');
    return (row) => (textOf(value(row)) === '' && !isThing(value(row))) !== isEmpty.includes('not');
  }
  return comparison(reader, operand(reader));
}

const isThing = (value: ArmJson | undefined): boolean =>
  typeof value === 'object' && value !== null && !(value instanceof JsonNumber);

type Test = (left: string, right: string) => boolean;
const tests: Readonly<Record<string, Test>> = {
  '==': (left, right) => left === right,
  '!=': (left, right) => left !== right,
  '=~': (left, right) => fold(left) === fold(right),
  '!~': (left, right) => fold(left) !== fold(right),
  contains: (left, right) => fold(left).includes(fold(right)),
  startswith: (left, right) => fold(left).startsWith(fold(right)),
  endswith: (left, right) => fold(left).endsWith(fold(right)),
  has: (left, right) =>
    fold(left)
      .split(/[^\p{L}\p{N}]+/u)
      .includes(fold(right)),
};

function comparison(reader: QueryReader, left: Value): Condition {
  const negated = reader.take('!') !== undefined;
  const word = reader.need(...Object.keys(tests), '<', '<=', '>', '>=', 'in');
  if (word === 'in') {
    const ignoresCase = reader.take('~') !== undefined;
    reader.need('(');
    const values = listOf(reader, operand);
    reader.need(')');
    const plain = (text: string): string => (ignoresCase ? fold(text) : text);
    return (row) => values.some((value) => plain(textOf(value(row))) === plain(textOf(left(row)))) !== negated;
  }
  const right = operand(reader);
  const test = tests[word];
  if (test) return (row) => test(textOf(left(row)), textOf(right(row))) !== negated;
  return (row) => {
    const order = compare(left(row), right(row));
    return (word.startsWith('<') ? order < 0 : order > 0) || (word.endsWith('=') && order === 0);
  };
}
