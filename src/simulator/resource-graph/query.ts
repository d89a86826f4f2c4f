// Resource Graph queries: a table, then operators one after another. What is not known here is refused, as the service does with a
// query that it cannot parse.
import { fold } from '../gateway/address.ts';
import { type ArmJson, type ArmObject, JsonNumber, json } from '../json.ts';
import {
  compare,
  conditionOf,
  listOf,
  operand,
  pathOf,
  type Row,
  type RowCondition,
  type RowValue,
  textOf,
} from './expressions.ts';
import { QueryError, QueryReader } from './scan.ts';
import { type TableName, tableColumns, tableNames } from './tables.ts';

/** A row of a table before it is read: what its id says, and the rest. */
export interface TableEntry {
  readonly head: Row;
  readonly whole: () => Row;
}

type Stage =
  | { readonly kind: 'where'; readonly condition: RowCondition }
  | { readonly kind: 'sort'; readonly keys: readonly SortKey[]; readonly columns: ReadonlySet<string> }
  | { readonly kind: 'take'; readonly most: number }
  /** One row out of each. `heads`: which of its columns follow from such of the row before. */
  | {
      readonly kind: 'each';
      readonly make: (row: Row) => Row;
      readonly heads: (before: ReadonlySet<string>) => ReadonlySet<string>;
    }
  | {
      readonly kind: 'all';
      readonly make: (rows: readonly Row[], tables: Tables) => Row[];
      readonly countsOnly?: boolean;
    };

/** The entries of a table, whatever a query asks of them. */
export type Tables = (table: TableName) => readonly TableEntry[];

export interface Query {
  readonly table: TableName;
  readonly stages: readonly Stage[];
  /** Names of the columns of the result. */
  readonly columns: readonly string[];
}

const operators = [
  ...['where', 'project', 'project-away', 'project-keep', 'extend', 'count', 'take', 'limit', 'top'],
  ...['order', 'sort', 'summarize', 'distinct', 'mv-expand', 'join'],
];
/** The service takes so many of each. */
const most: Readonly<Record<string, number>> = { 'mv-expand': 3, join: 3 };

/** `now`: milliseconds since 1970. Throws QueryError. */
export function parseQuery(text: string, now: number): Query {
  const reader = new QueryReader(text, now);
  const query = pipelineOf(reader, new Map());
  if (reader.peek) reader.fail('expected | or the end');
  return query;
}

/** A table with its operators: the query, or what is joined in it. `counts`: how often each limited operator was met. */
function pipelineOf(reader: QueryReader, counts: Map<string, number>): Query {
  const first = reader.peek;
  const named = fold(reader.kind('name'));
  const table = tableNames.find((one) => one === named);
  if (table === undefined) throw new QueryError(`Table ${named} was not found`, first?.at ?? 0, first?.text);
  reader.schema = tableColumns;
  const stages: Stage[] = [];
  while (reader.take('|')) {
    const at = reader.peek;
    const word = reader.need(...operators);
    const count = (counts.get(word) ?? 0) + 1;
    counts.set(word, count);
    if (count > (most[word] ?? count)) {
      throw new QueryError(`Number of ${word} operators exceeds ${most[word]}`, at?.at ?? 0, at?.text, false);
    }
    stages.push(...(word === 'join' ? [joinOf(reader, counts)] : stagesOf(reader, word)));
  }
  return { table, stages, columns: reader.schema };
}

/** How many rows there are, and those of one page. */
export function runQuery(query: Query, tables: Tables, start: number, size: number) {
  const found = entriesOf(query, tables);
  return { total: found.length, page: found.slice(start, start + size).map(({ whole }) => whole()) };
}

/** As long as each row follows from one entry, only those that are asked for are read, whatever comes before an order. */
function entriesOf({ stages, table }: Query, tables: Tables): readonly TableEntry[] {
  let found = tables(table);
  let heads: ReadonlySet<string> = headColumns;
  for (const stage of stages) {
    if (stage.kind === 'each') {
      heads = stage.heads(heads);
      found = found.map(({ head, whole }) => ({ head: stage.make(head), whole: () => stage.make(whole()) }));
    } else if (stage.kind === 'all') {
      // What counts rows need not read them.
      const rows = found.map(stage.countsOnly === true ? ({ head }) => head : ({ whole }) => whole());
      found = stage.make(rows, tables).map((row) => ({ head: row, whole: () => row }));
      heads = new Set(found.flatMap(({ head }) => [...head.keys()]));
    } else found = narrowed(stage, found, heads);
  }
  return found;
}

/** Columns that the id of a resource says. */
const headColumns = new Set(['id', 'name', 'type', 'tenantId', 'resourceGroup', 'subscriptionId']);

function narrowed(
  stage: Extract<Stage, { readonly kind: 'where' | 'sort' | 'take' }>,
  entries: readonly TableEntry[],
  heads: ReadonlySet<string>,
): TableEntry[] {
  const isOfHead = (columns: ReadonlySet<string>): boolean => [...columns].every((name) => heads.has(name));
  if (stage.kind === 'take') return entries.slice(0, stage.most);
  if (stage.kind === 'where') {
    const { columns, holds } = stage.condition;
    return entries.filter(isOfHead(columns) ? ({ head }) => holds(head) : (entry) => holds(entry.whole()));
  }
  const ofHead = isOfHead(stage.columns);
  const keyed = entries.map((entry) => {
    const row = ofHead ? entry.head : entry.whole();
    return { entry, keys: stage.keys.map(({ value }) => value(row)) };
  });
  const order = (left: (typeof keyed)[number], right: (typeof keyed)[number]): number => {
    for (const [index, { direction }] of stage.keys.entries()) {
      const found = compare(left.keys[index], right.keys[index]);
      if (found !== 0) return found * direction;
    }
    return 0;
  };
  return keyed.sort(order).map(({ entry }) => entry);
}

interface SortKey {
  readonly value: RowValue;
  readonly direction: 1 | -1;
}
/** Kusto sorts descending unless told. */
function keyOf(reader: QueryReader): SortKey {
  const value = operand(reader);
  const direction = reader.take('asc', 'desc') === 'asc' ? 1 : -1;
  if (reader.take('nulls')) reader.need('first', 'last');
  return { value, direction };
}

interface Column {
  readonly name: string;
  readonly value: RowValue;
  /** The columns that it is made of. */
  readonly from: ReadonlySet<string>;
}
/** `name`, `properties.a.b` (called `properties_a_b`) or `name = value`. */
function columnOf(reader: QueryReader): Column {
  reader.named.clear();
  const column = namedValue(reader);
  return { ...column, from: new Set(reader.named) };
}

function namedValue(reader: QueryReader): Pick<Column, 'name' | 'value'> {
  if (reader.peek?.kind === 'name' && reader.isFollowedBy('=')) {
    const name = reader.kind('name');
    reader.need('=');
    return { name, value: operand(reader) };
  }
  if (reader.peek?.kind === 'name' && reader.isFollowedBy('(')) return { name: 'Column1', value: operand(reader) };
  const { steps, value } = pathOf(reader);
  return { name: steps.join('_'), value };
}

const isMadeOf =
  (before: ReadonlySet<string>) =>
  ({ from }: Column): boolean =>
    [...from].every((name) => before.has(name));
const namesOf = (columns: readonly Column[]): string[] => columns.map(({ name }) => name);
const plainColumn = (name: string): Column => ({ name, value: (row) => row.get(name), from: new Set([name]) });

const project = (columns: readonly Column[]): Stage => ({
  kind: 'each',
  make: (row) => new Map(columns.map(({ name, value }) => [name, value(row) ?? null])),
  heads: (before) => new Set(namesOf(columns.filter(isMadeOf(before)))),
});

function stagesOf(reader: QueryReader, word: string): Stage[] {
  reader.named.clear();
  switch (word) {
    case 'where': {
      const condition = conditionOf(reader);
      return (condition.parts ?? [condition]).map((part) => ({ kind: 'where', condition: part }));
    }
    case 'project': {
      const columns = listOf(reader, columnOf);
      reader.schema = columns.map(({ name }) => name);
      return [project(columns)];
    }
    case 'project-away':
    case 'project-keep': {
      const named = new Set(listOf(reader, (one) => one.column()));
      const kept = reader.schema.filter((name) => named.has(name) === (word === 'project-keep'));
      reader.schema = kept;
      return [project(kept.map(plainColumn))];
    }
    case 'extend': {
      const columns = listOf(reader, columnOf);
      reader.schema = [...new Set([...reader.schema, ...columns.map(({ name }) => name)])];
      return [
        {
          kind: 'each',
          make: (row) => new Map([...row, ...columns.map(({ name, value }) => [name, value(row) ?? null] as const)]),
          heads: (before) => {
            const made = new Set(namesOf(columns));
            const kept = [...before].filter((name) => !made.has(name));
            return new Set([...kept, ...namesOf(columns.filter(isMadeOf(before)))]);
          },
        },
      ];
    }
    case 'count':
      reader.schema = ['Count'];
      return [
        { kind: 'all', make: (rows) => [new Map<string, ArmJson>([['Count', json(rows.length)]])], countsOnly: true },
      ];
    case 'top': {
      const most = Number(reader.kind('number'));
      reader.need('by');
      return [sorted(reader), { kind: 'take', most }];
    }
    case 'order':
    case 'sort':
      reader.need('by');
      return [sorted(reader)];
    case 'distinct': {
      const names = listOf(reader, (one) => one.column());
      reader.schema = names;
      return [{ kind: 'all', make: (rows) => grouped(rows, names.map(plainColumn), []) }];
    }
    case 'summarize': {
      const aggregates = reader.peek?.text === 'by' ? [] : listOf(reader, aggregateOf);
      const keys = reader.take('by') ? listOf(reader, columnOf) : [];
      reader.schema = [...keys, ...aggregates].map(({ name }) => name);
      return [{ kind: 'all', make: (rows) => grouped(rows, keys, aggregates) }];
    }
    case 'mv-expand': {
      const { name, value } = columnOf(reader);
      reader.schema = [...new Set([...reader.schema, name])];
      return [{ kind: 'all', make: (rows) => rows.flatMap((row) => expanded(row, name, value(row))) }];
    }
    default:
      return [{ kind: 'take', most: Number(reader.kind('number')) }];
  }
}

function sorted(reader: QueryReader): Stage {
  const keys = listOf(reader, keyOf);
  return { kind: 'sort', keys, columns: new Set(reader.named) };
}

/** A row for each item; one without where there is none. */
function expanded(row: Row, name: string, value: ArmJson | undefined): Row[] {
  const items = Array.isArray(value) && value.length > 0 ? value : [Array.isArray(value) ? null : (value ?? null)];
  return items.map((item) => new Map([...row, [name, item]]));
}

/** Kusto's own kind takes each key of the left side once. */
const joinKinds = ['inner', 'leftouter', 'innerunique'] as const;

interface JoinKey {
  readonly left: string;
  readonly right: string;
}

/** `join kind=inner (table | …) on name, $left.a == $right.b`. */
function joinOf(reader: QueryReader, counts: Map<string, number>): Stage {
  let kind = 'innerunique';
  if (reader.take('kind')) {
    reader.need('=');
    kind = reader.need(...joinKinds);
  }
  const left = reader.schema;
  reader.need('(');
  const query = pipelineOf(reader, counts);
  reader.need(')');
  reader.need('on');
  const sides = { left, right: query.columns };
  const keys = listOf(reader, (one) => joinKeyOf(one, sides));
  // Columns of the right side that the left has as well get a number.
  const renamed = query.columns.map((name) => [name, left.includes(name) ? `${name}1` : name] as const);
  reader.schema = [...left, ...renamed.map(([, name]) => name)];
  return {
    kind: 'all',
    make(rows, tables) {
      const found = entriesOf(query, tables).map((entry) => entry.whole());
      const byKey = Map.groupBy(found, (row) => keyText(row, keys, 'right'));
      const seen = new Set<string>();
      return rows.flatMap((row) => {
        const key = keyText(row, keys, 'left');
        if (kind === 'innerunique' && (key === undefined || seen.has(key))) return [];
        if (key !== undefined) seen.add(key);
        const others = key === undefined ? undefined : byKey.get(key);
        const matches = others ?? (kind === 'leftouter' ? [new Map<string, ArmJson>()] : []);
        return matches.map(
          (other) => new Map([...row, ...renamed.map(([name, as]) => [as, other.get(name) ?? null] as const)]),
        );
      });
    },
  };
}

/** Undefined where a key has no value: it matches nothing. */
function keyText(row: Row, keys: readonly JoinKey[], side: keyof JoinKey): string | undefined {
  const values = keys.map((key) => row.get(key[side]) ?? null);
  return values.includes(null) ? undefined : JSON.stringify(values.map(textOf));
}

function joinKeyOf(reader: QueryReader, sides: Readonly<Record<keyof JoinKey, readonly string[]>>): JoinKey {
  const columnIn = (side: keyof JoinKey): string => {
    reader.schema = sides[side];
    return reader.column();
  };
  const first = reader.take('$left', '$right');
  if (first === undefined) {
    const left = columnIn('left');
    if (!sides.right.includes(left)) reader.fail(`expected a column of both sides, and ${left} is none`);
    return { left, right: left };
  }
  const sideOf = (word: string): keyof JoinKey => (word === '$left' ? 'left' : 'right');
  reader.need('.');
  const one = { [sideOf(first)]: columnIn(sideOf(first)) };
  reader.need('==');
  const second = reader.need(first === '$left' ? '$right' : '$left');
  reader.need('.');
  return { left: '', right: '', ...one, [sideOf(second)]: columnIn(sideOf(second)) };
}

interface Aggregate {
  readonly name: string;
  readonly make: (rows: readonly Row[]) => ArmJson;
}
const distinctOf = (values: readonly ArmJson[]): ArmJson[] => [
  ...new Map(values.map((one) => [textOf(one), one])).values(),
];

function aggregateOf(reader: QueryReader): Aggregate {
  let name: string | undefined;
  if (reader.isFollowedBy('=')) {
    name = reader.kind('name');
    reader.need('=');
  }
  const word = reader.need(
    'count',
    'countif',
    'dcount',
    'min',
    'max',
    'sum',
    'make_set',
    'make_list',
    'any',
    'take_any',
  );
  reader.need('(');
  if (word === 'count') {
    reader.need(')');
    return { name: name ?? 'count_', make: (rows) => json(rows.length) };
  }
  if (word === 'countif') {
    const { holds } = conditionOf(reader);
    reader.need(')');
    return { name: name ?? 'countif_', make: (rows) => json(rows.filter(holds).length) };
  }
  const { name: inner, value } = columnOf(reader);
  reader.need(')');
  const valuesIn = (rows: readonly Row[]): ArmJson[] =>
    rows.flatMap((row) => {
      const found = value(row) ?? null;
      return found === null ? [] : [found];
    });
  const made: Readonly<Record<string, (values: ArmJson[]) => ArmJson | undefined>> = {
    dcount: (values) => json(distinctOf(values).length),
    min: (values) => values.sort(compare)[0],
    max: (values) => values.sort(compare).at(-1),
    sum: (values) => new JsonNumber(String(values.reduce((sum: number, one) => sum + Number(textOf(one)), 0))),
    make_set: (values) => distinctOf(values),
    make_list: (values) => values,
    any: ([first]) => first,
    take_any: ([first]) => first,
  };
  return { name: name ?? `${word}_${inner}`, make: (rows) => made[word]?.(valuesIn(rows)) ?? null };
}

function grouped(rows: readonly Row[], keys: readonly Column[], aggregates: readonly Aggregate[]): Row[] {
  const groups = new Map<string, { readonly key: ArmObject; readonly rows: Row[] }>();
  for (const row of rows) {
    const key: ArmObject = new Map(keys.map(({ name, value }) => [name, value(row) ?? null]));
    const label = JSON.stringify([...key.values()].map(textOf));
    const known = groups.get(label);
    if (known) known.rows.push(row);
    else groups.set(label, { key, rows: [row] });
  }
  if (keys.length === 0 && groups.size === 0) groups.set('', { key: new Map(), rows: [] });
  return [...groups.values()].map(
    (group) => new Map([...group.key, ...aggregates.map(({ name, make }) => [name, make(group.rows)] as const)]),
  );
}
