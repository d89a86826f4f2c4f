// What is marked for an act on several: keys that were marked at once, and those that were turned over one by one since. One
// more or less copies only the latter, so that it costs the same whether three are marked or a hundred thousand.
export interface Marks {
  readonly base: ReadonlySet<string>;
  /** Marked where `base` says they are not, and the other way round. */
  readonly turned: ReadonlySet<string>;
  readonly size: number;
}

/** So many are turned over before a new base is made. */
const most = 256;
const none: ReadonlySet<string> = new Set();

export const noMarks: Marks = { base: none, turned: none, size: 0 };
const marksOf = (base: ReadonlySet<string>): Marks =>
  base.size === 0 ? noMarks : { base, turned: none, size: base.size };

export const isMarked = ({ base, turned }: Marks, key: string): boolean => base.has(key) !== turned.has(key);

export function* markedKeys({ base, turned }: Marks): Generator<string> {
  for (const key of base) if (!turned.has(key)) yield key;
  for (const key of turned) if (!base.has(key)) yield key;
}

/** All of the keys marked; where all of them are already, none of them. */
export function turnedOver(marks: Marks, keys: readonly string[]): Marks {
  const wanted = !keys.every((key) => isMarked(marks, key));
  if (keys.length + marks.turned.size > most) return marksOf(wanted ? withAll(marks, keys) : without(marks, keys));
  const { base } = marks;
  const turned = new Set(marks.turned);
  for (const key of keys) {
    if (base.has(key) === wanted) turned.delete(key);
    else turned.add(key);
  }
  const added = [...turned].filter((key) => !base.has(key)).length;
  return { base, turned, size: base.size + 2 * added - turned.size };
}

function withAll(marks: Marks, keys: readonly string[]): ReadonlySet<string> {
  const all = new Set(keys);
  for (const key of markedKeys(marks)) all.add(key);
  return all;
}

function without(marks: Marks, keys: readonly string[]): ReadonlySet<string> {
  // All of these are marked.
  if (new Set(keys).size === marks.size) return none;
  const all = new Set(markedKeys(marks));
  for (const key of keys) all.delete(key);
  return all;
}

/** Without the keys that `there` does not hold. */
export const marksAmong = (marks: Marks, there: ReadonlySet<string>): Marks =>
  marks.size === 0 ? marks : marksOf(new Set([...markedKeys(marks)].filter((key) => there.has(key))));
