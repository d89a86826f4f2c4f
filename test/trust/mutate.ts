// Seeded mutations of JSON documents and texts: the same seed gives the same document, so that a failure can be repeated.

export class Random {
  #state: number;
  constructor(seed: number) {
    this.#state = (Math.imul(seed, 2_654_435_761) ^ 0x9e3779b9) >>> 0;
  }
  /** 0 to 1. */
  next(): number {
    this.#state = (Math.imul(this.#state, 1_664_525) + 1_013_904_223) >>> 0;
    return this.#state / 2 ** 32;
  }
  below(most: number): number {
    return Math.floor(this.next() * most);
  }
  of<T>(items: readonly T[]): T {
    const item = items[this.below(items.length)];
    if (item === undefined) throw new Error('there is nothing to choose from');
    return item;
  }
}

type Any = null | boolean | number | string | Any[] | { [name: string]: Any };
type Path = readonly (string | number)[];

const nested = (levels: number): Any => {
  let value: Any = 1;
  for (let level = 0; level < levels; level += 1) value = level % 2 === 0 ? [value] : { a: value };
  return value;
};
const texts = [
  ...['', 'x', '*', 'Any', 'Internet', '0.0.0.0/0', '::/0', '10.0.0.0/33', '999.1.1.1', '1-0', '0-65536', '__proto__'],
  ...['constructor', 'toString', '/', '//', '/subscriptions/', '/subscriptions/a', 'Microsoft.Storage', '\u202e', '\0'],
  // biome-ignore lint/suspicious/noTemplateCurlyInString: this is the syntax of scripts.
  ...['${constructor}', '[parameters(', "[concat('a'", '2026-99-99T00:00:00Z', 'NaN', '-1', 'a'.repeat(5000)],
];
const values: readonly Any[] = [
  ...[null, true, false, 0, -1, 1e308, 2 ** 53, [], {}, [null], [[]], [{}], { a: 1 }, { id: 1 }, { id: 'x' }],
  ...[{ properties: null }, { properties: [] }, { value: 1 }, { $unresolved: 'x', because: 'y' }, { $unresolved: 1 }],
  ...[{ rawJSON: '1' }, [1, 'a', {}], nested(60), nested(390)],
];
const names = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'length', '0', 'ID', 'Properties', 'id', ''];

function pathsIn(value: Any, above: Path = [], found: Path[] = []): Path[] {
  found.push(above);
  if (typeof value !== 'object' || value === null) return found;
  for (const [name, item] of Object.entries(value)) pathsIn(item, [...above, name], found);
  return found;
}
const at = (root: Any, path: Path): Any | undefined =>
  path.reduce<Any | undefined>(
    (value, name) =>
      typeof value === 'object' && value !== null ? (value as { [name: string]: Any })[name] : undefined,
    root,
  );

/** The document with one to four places changed; the text of it, which may no longer be JSON. */
export function mutated(document: unknown, random: Random): string {
  const root = JSON.parse(JSON.stringify(document)) as Any;
  const count = 1 + random.below(4);
  for (let done = 0; done < count; done += 1) mutateOnce(root, random);
  const text = JSON.stringify(root);
  return random.below(12) === 0 ? cut(text, random) : text;
}

function mutateOnce(root: Any, random: Random): void {
  const paths = pathsIn(root).slice(1);
  if (paths.length === 0) return;
  const path = random.of(paths);
  const parent = at(root, path.slice(0, -1)) as { [name: string]: Any };
  const name = String(path.at(-1));
  const here = parent[name] as Any;
  const put = (key: string, value: Any) =>
    Object.defineProperty(parent, key, { value, enumerable: true, configurable: true, writable: true });
  switch (random.below(9)) {
    case 0:
      if (Array.isArray(parent)) parent.splice(Number(name), 1);
      else delete parent[name];
      break;
    case 1:
      if (Array.isArray(parent)) break;
      delete parent[name];
      put(random.of([...names, name.toUpperCase()]), here);
      break;
    case 2:
      put(name, [here]);
      break;
    case 3:
      put(name, { value: here });
      break;
    case 4:
      put(name, typeof here === 'object' ? JSON.stringify(here) : String(here));
      break;
    case 5:
      put(name, JSON.parse(JSON.stringify(at(root, random.of(paths)) ?? null)) as Any);
      break;
    case 6:
      put(name, random.of(texts));
      break;
    case 7:
      if (!Array.isArray(parent)) put(random.of([...names, name.toUpperCase()]), here);
      break;
    default:
      put(name, JSON.parse(JSON.stringify(random.of(values))) as Any);
  }
}

/** A text cut off, doubled, or with characters changed. */
export function cut(text: string, random: Random): string {
  const where = random.below(text.length + 1);
  switch (random.below(5)) {
    case 0:
      return text.slice(0, where);
    case 1:
      return `${text.slice(0, where)}${random.of(texts)}${text.slice(where)}`;
    case 2:
      return `${text}\n${text.slice(where)}`;
    case 3:
      return `${text.slice(0, where)}${text.slice(where + 1 + random.below(40))}`;
    default:
      return `${text.slice(0, where)}${String.fromCharCode(random.below(0x3000))}${text.slice(where + 1)}`;
  }
}
