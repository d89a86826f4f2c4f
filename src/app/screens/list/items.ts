// From the rows of a screen to what its list shows: filtered, sorted, grouped, folded.
import type { Word } from '../../../command/definition.ts';
import { glyphsFor } from '../../draw/glyphs.ts';
import type { ListSpec } from './spec.ts';

export type Item<Row> =
  | { readonly kind: 'row'; readonly key: string; readonly row: Row }
  | {
      readonly kind: 'heading';
      readonly key: string;
      readonly label: string;
      readonly rows: readonly Row[];
      readonly note: Word | null;
      readonly folded: boolean;
    };

interface How {
  readonly filter: string;
  readonly sort: number;
  readonly reverse: boolean;
  readonly group: number;
  readonly folded: ReadonlySet<string>;
}

export function itemsOf<Row>(spec: ListSpec<Row>, rows: readonly Row[], how: How): Item<Row>[] {
  const kept = how.filter === '' ? rows : rows.filter((row) => matches(spec, row, how.filter));
  const sorted = sort(spec, kept, how);
  const group = spec.groups?.[how.group - 1];
  const item = (row: Row): Item<Row> => ({ kind: 'row', key: spec.key(row), row });
  if (group === undefined) return sorted.map(item);
  // A column sorts the rows of each group; the groups themselves keep the order they have by nature, the worst first.
  const order = spec.columns[how.sort - 1] === undefined ? sorted : kept;
  const labels = new Set(order.map((row) => group.of(row)));
  const byLabel = Map.groupBy(sorted, (row) => group.of(row));
  return [...labels].flatMap((label): Item<Row>[] => {
    const members = byLabel.get(label) ?? [];
    const key = `group:${label}`;
    const folded = how.folded.has(key);
    const note = group.note?.(members) ?? null;
    const heading = { kind: 'heading', key, label, rows: members, note, folded } as const;
    return [heading, ...(folded ? [] : members.map(item))];
  });
}

function sort<Row>(spec: ListSpec<Row>, rows: readonly Row[], { sort, reverse }: How): readonly Row[] {
  const column = spec.columns[sort - 1];
  if (column === undefined) return reverse ? rows.toReversed() : rows;
  const text = (row: Row) => column.text(row, glyphsFor(true)).text;
  const compare = column.compare?.bind(column) ?? ((a: Row, b: Row) => text(a).localeCompare(text(b)));
  const sorted = rows.toSorted(compare);
  return reverse ? sorted.reverse() : sorted;
}

/** Words that must all stand in some column; `!word` in none. */
function matches<Row>(spec: ListSpec<Row>, row: Row, filter: string): boolean {
  if (spec.matches !== undefined) return spec.matches(row, filter);
  const text = spec.columns
    .map((column) => column.text(row, glyphsFor(true)).text)
    .join(' ')
    .toLowerCase();
  return filter
    .toLowerCase()
    .split(/\s+/)
    .every((term) => (term.startsWith('!') && term !== '!' ? !text.includes(term.slice(1)) : text.includes(term)));
}
