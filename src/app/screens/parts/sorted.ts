// Rows put in order, each asked only once what it sorts by.

/** The rows by a key; those of the same one as they came. What is the same is compared once, however many rows have it. */
export function sortedBy<Row, Key>(
  rows: readonly Row[],
  key: (row: Row) => Key,
  compare: (a: Key, b: Key) => number,
): Row[] {
  const same = Map.groupBy(rows, key);
  return [...same.keys()].sort(compare).flatMap((one) => same.get(one) ?? []);
}

const { compare } = new Intl.Collator();
/** Numbers by their size, texts as people of this machine's language sort them. */
export const inSize = (a: number | string, b: number | string): number =>
  typeof a === 'number' && typeof b === 'number' ? a - b : compare(String(a), String(b));
