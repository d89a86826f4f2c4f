// A JSON value as rows that fold: one for each member, element and closing bracket. The text of numbers is Azure's own.
import { isArray, isObject, type Json, stringifyJson } from '../../../model/json.ts';
import { member, memberNames } from '../../../model/pointer.ts';
import { clean } from '../../../model/text.ts';

export interface JsonRow {
  /** Pointer to the value; the closing bracket has its opening one's. */
  readonly path: string;
  readonly depth: number;
  /** `"name": `, or empty for an element. */
  readonly name: string;
  /** The scalar, an opening or a closing bracket, or a folded value in short. */
  readonly text: string;
  /** Null where there is nothing to fold. */
  readonly folded: boolean | null;
}

/** Every row of the value; a folded value is one row. */
export function jsonRows(value: Json, folded: ReadonlySet<string>): JsonRow[] {
  const rows: JsonRow[] = [];
  const put = (one: Json, path: string, depth: number, name: string, comma: string) => {
    const entries = childrenOf(one);
    const [open, close] = isArray(one) ? ['[', ']'] : ['{', '}'];
    if (entries === null || entries.length === 0) {
      const text = entries === null ? clean(stringifyJson(one), 20_000) : `${open}${close}`;
      rows.push({ path, depth, name, text: `${text}${comma}`, folded: null });
      return;
    }
    if (folded.has(path)) {
      rows.push({ path, depth, name, text: `${open} ${entries.length} ${close}${comma}`, folded: true });
      return;
    }
    rows.push({ path, depth, name, text: open, folded: false });
    entries.forEach(([key, child], at) => {
      const label = isArray(one) ? '' : `${clean(stringifyJson(key), 1000)}: `;
      put(
        child,
        `${path}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`,
        depth + 1,
        label,
        at < entries.length - 1 ? ',' : '',
      );
    });
    rows.push({ path, depth, name: '', text: `${close}${comma}`, folded: null });
  };
  put(value, '', 0, '', '');
  return rows;
}

function childrenOf(value: Json): [string, Json][] | null {
  if (isArray(value)) return value.map((child, at) => [String(at), child]);
  if (!isObject(value)) return null;
  return memberNames(value).map((name) => [name, member(value, name) ?? null]);
}

/** Paths of everything that can be folded below the value itself, down to `depth`. */
export const foldable = (value: Json): string[] =>
  jsonRows(value, new Set())
    .filter(({ folded, depth }) => folded !== null && depth > 0)
    .map(({ path }) => path);

/** The folded paths without those above `path`, so that it is visible. */
export const unfoldedTo = (folded: ReadonlySet<string>, path: string): ReadonlySet<string> =>
  new Set([...folded].filter((one) => path !== one && !path.startsWith(`${one}/`)));

/** Index of the next row with the text, from `from` on in the given direction with wrap-around; -1 for none. */
export function nextMatch(rows: readonly JsonRow[], text: string, from: number, step: 1 | -1): number {
  const wanted = text.toLowerCase();
  if (wanted === '') return -1;
  for (let turn = 1; turn <= rows.length; turn += 1) {
    const at = (((from + step * turn) % rows.length) + rows.length) % rows.length;
    const row = rows[at];
    if (row !== undefined && `${row.name}${row.text}`.toLowerCase().includes(wanted)) return at;
  }
  return -1;
}
