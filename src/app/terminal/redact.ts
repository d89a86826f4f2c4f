// Replaces names, ids and addresses in a recording by invented ones of the same width: one name always by the same. What is cut
// off at the edge of a pane, or broken over two rows, is replaced too.
import type { CellRow } from './cells/row.ts';
import { cellOf, type Styles } from './cells/style.ts';

export interface Redactor {
  /** The text with every secret replaced; of the same length. `above`: the text of the row before. */
  text(text: string, above: string): string;
  row(row: CellRow, above: CellRow | undefined, styles: Styles): CellRow;
}

const cutMarks = '…~';
const alnum = '[\\p{L}\\p{N}]';
/** Addresses that everybody knows stay. */
const known = new Set(['0.0.0.0', '127.0.0.1', '168.63.129.16', '169.254.169.254', '255.255.255.255']);

/**
 * `secrets`: the names and ids to replace, asked for again before each row; the same set while nothing was added. A secret of
 * one character is left.
 */
export function createRedactor(secrets: () => ReadonlySet<string>): Redactor {
  let from: ReadonlySet<string> | null = null;
  let names: readonly string[] = [];
  let pattern: RegExp | null = null;
  let rows = new WeakMap<CellRow, { readonly above: string; readonly row: CellRow }>();
  const invented = new Map<string, string>();

  const learn = (): void => {
    const now = secrets();
    if (now === from) return;
    from = now;
    names = [...now].map((name) => name.toLowerCase()).filter((name) => name.length > 1);
    const parts = [...names]
      .sort((a, b) => b.length - a.length)
      .map((name) => name.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&'));
    pattern = parts.length === 0 ? null : new RegExp(`(?<!${alnum})(?:${parts.join('|')})(?!${alnum})`, 'giu');
    rows = new WeakMap();
  };

  /** The invented name, as long as the name. */
  const nameFor = (name: string): string => {
    const key = name.toLowerCase();
    const before = invented.get(key);
    if (before !== undefined) return before;
    const made = [...key].map((_, at) => syllables(invented.size)[at % 6] ?? 'x').join('');
    invented.set(key, made);
    return made;
  };
  const digitsFor = (text: string, digits: RegExp): string => {
    const before = invented.get(text);
    if (before !== undefined) return before;
    let seed = invented.size + 1;
    const made = text.replace(digits, () => {
      seed = (seed * 7 + 3) % 1009;
      return String(1 + (seed % 9));
    });
    invented.set(text, made);
    return made;
  };
  const startsOne = (text: string, least: number) =>
    text.length >= least && names.find((name) => name.length > text.length && name.startsWith(text.toLowerCase()));
  const endsOne = (text: string, least: number) =>
    text.length >= least && names.find((name) => name.length > text.length && name.endsWith(text.toLowerCase()));

  const redacted = (text: string, above: string): string => {
    let out = text
      .replace(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/gi, (id) => digitsFor(id, /[0-9a-f]/gi))
      .replace(/(?<![^\s@<>"',;()])[^\s@<>"',;()]+@[^\s@<>"',;()]+/g, (word) =>
        /[^@]\.\p{L}/u.test(word.slice(word.indexOf('@'))) ? nameFor(word) : word,
      )
      .replace(/(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d.]\d)/g, (address) =>
        known.has(address) ? address : inventedAddress(address),
      )
      .replace(/(?<![\w:])(?=[0-9a-f:]*(?:::|[a-f]))[0-9a-f]{0,4}(?::[0-9a-f]{0,4}){2,7}(?![\w:])/gi, (address) =>
        digitsFor(address, /[0-9a-f]/gi),
      );
    if (pattern !== null) out = out.replace(pattern, nameFor);
    // Cut at its end, at its beginning, or in the middle.
    out = out.replace(
      new RegExp(`([\\p{L}\\p{N}_.-]*)([${cutMarks}])([\\p{L}\\p{N}_.-]*)`, 'gu'),
      (whole, head: string, mark: string, tail: string) => {
        const first = startsOne(head, 1);
        const last = endsOne(tail, 1);
        if (!first && !last) return whole;
        const start = first ? nameFor(first).slice(0, head.length) : head;
        return `${start}${mark}${last ? nameFor(last).slice(-tail.length) : tail}`;
      },
    );
    // Being typed.
    if (/^ ?[:/]/.test(out)) {
      out = out.replace(/[\p{L}\p{N}_.-]+/gu, (part) => {
        const whole = startsOne(part, 2);
        return whole ? nameFor(whole).slice(0, part.length) : part;
      });
    }
    // Broken over two rows: only a path is longer than a row.
    out = out.replace(/(?<=\/)([\p{L}\p{N}_.-]+)(?=["',]?\s*(?:$|[\u2502|]))/gu, (part) => {
      const whole = startsOne(part, 1);
      return whole ? nameFor(whole).slice(0, part.length) : part;
    });
    if (above.includes('/')) {
      out = out.replace(
        /(^\s*|[\u2502|]\s*)([\p{L}\p{N}_.-]+)(?=[/"',\s]|$)/gu,
        (all, before: string, part: string) => {
          const whole = endsOne(part, 2);
          return whole ? `${before}${nameFor(whole).slice(-part.length)}` : all;
        },
      );
    }
    // The screen itself is in English: a word with other letters is foreign.
    return out.replace(/[\p{L}\p{N}_.-]+/gu, (part) => (/[^\x00-\x7f]/.test(part) ? 'x'.repeat(part.length) : part));
  };
  const inventedAddress = (address: string): string => {
    const before = invented.get(address);
    if (before !== undefined) return before;
    const number = invented.size + 1;
    const made = address
      .split('.')
      .map((part, at) => String((number * (7 + at * 6)) % (part.length === 3 ? 100 : 9 * 10 ** (part.length - 1))))
      .map((part, at) => {
        const cells = address.split('.')[at]?.length ?? 1;
        return cells === 1
          ? String(1 + (Number(part) % 9))
          : cells === 2
            ? String(10 + (Number(part) % 90))
            : String(100 + (Number(part) % 100));
      })
      .join('.');
    invented.set(address, made);
    return made;
  };

  const text = (one: string, above: string): string => {
    learn();
    const out = redacted(one, above);
    return out.length === one.length ? out : 'x'.repeat(one.length);
  };
  return {
    text,
    row(row, above, styles) {
      learn();
      const [own, before] = [textOf(row), above === undefined ? '' : textOf(above)];
      const cached = rows.get(row);
      if (cached !== undefined && cached.above === before) return cached.row;
      const told = [...text(own, before)];
      const cells = row.cells.map((cell, at) => {
        const plain = styles.linked(cell.style, '');
        const shown = told[at] ?? ' ';
        if (shown !== own[at]) return cellOf(plain, shown);
        // The second cell of a wide character that was replaced.
        if (cell.text === '' && told[at - 1] !== own[at - 1]) return cellOf(plain, ' ');
        return plain === cell.style ? cell : cellOf(plain, cell.text, cell.odd);
      });
      const made =
        told.join('') === own && cells.every((cell, at) => cell === row.cells[at]) ? row : { cells, odd: row.odd };
      rows.set(row, { above: before, row: made });
      return made;
    },
  };
}

/** One character for each cell: of a wide or joined one, its first. */
const textOf = ({ cells }: CellRow): string =>
  cells.map(({ text }) => (text.length === 1 ? text : text === '' ? ' ' : '□')).join('');

const consonants = 'bdfgklmnprstvz';
const vowels = 'aeiou';
/** Six letters, another for each number below 350,000. */
function syllables(number: number): string {
  const letters: string[] = [];
  let rest = number;
  for (let at = 0; at < 3; at += 1) {
    letters.push(consonants[rest % 14] ?? 'b', vowels[Math.floor(rest / 14) % 5] ?? 'a');
    rest = Math.floor(rest / 70);
  }
  return letters.join('');
}
