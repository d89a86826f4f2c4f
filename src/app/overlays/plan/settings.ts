// Settings before and after: in columns where there is room, else stacked.
import type { Line } from '../../../command/definition.ts';
import type { Change } from '../../../model/change.ts';
import type { SettingRow } from '../../../plan/describe-settings.ts';
import { fitLine, line, plain, widthOf, word, wrapText } from '../../draw/text.ts';

/** From this width on, both sides are in columns. */
const columnsFrom = 72;
const widestName = 34;
const indented = (row: SettingRow): string => '  '.repeat(row.depth) + row.name;
const isHead = (row: SettingRow): boolean => row.before === null && row.after === null;

export function settingLines(rows: readonly SettingRow[], kind: Change['kind'], width: number, more: string): Line[] {
  if (kind !== 'edit') return oneSided(rows, kind, width);
  return width >= columnsFrom
    ? inColumns(rows, width, more)
    : rows.flatMap((row, at) => stacked(row, rows[at - 1], width));
}

const nameWidth = (rows: readonly SettingRow[], width: number): number =>
  Math.min(
    widestName,
    Math.floor(width * 0.4),
    rows.reduce((most, row) => Math.max(most, widthOf(indented(row))), 8),
  );

/** The first line after `lead`, the others below the first. */
const under = (lines: readonly Line[], lead: Line, at: number): Line[] =>
  lines.map((words, row) => (row === 0 ? [...lead, ...words] : [word(' '.repeat(at)), ...words]));

/** Created or deleted: there is no other side. */
function oneSided(rows: readonly SettingRow[], kind: 'create' | 'delete', width: number): Line[] {
  const names = nameWidth(rows, width);
  const [sign, role] = kind === 'create' ? ['+ ', 'added'] : ['- ', 'removed'];
  const said = kind === 'create' ? 'Create' : 'Delete';
  return [
    line(word(said, 'dim')),
    ...rows.flatMap((row): Line[] => {
      if (isHead(row)) return [line(word('  '), word(indented(row), 'heading'))];
      const gap = ' '.repeat(Math.max(2, names + 2 - widthOf(indented(row))));
      const at = 2 + widthOf(indented(row)) + gap.length;
      const value = wrapText(row.after ?? row.before ?? '', Math.max(8, width - at), role);
      return under(value, line(word(sign, role), word(indented(row)), word(gap)), at);
    }),
  ];
}

/** The setting's name once, its elements below it. */
function stacked(row: SettingRow, above: SettingRow | undefined, width: number): Line[] {
  const named = above?.name === row.name && above.depth === row.depth && !isHead(above);
  const at = row.depth * 2 + 2;
  const side = (sign: string, value: string | null, role: string): Line[] =>
    value === null ? [] : wrapText(`${' '.repeat(at)}${sign} ${value}`, width, role, at + 2);
  const values =
    row.stays === true
      ? side(' ', row.before, 'dim')
      : [...side('-', row.before, 'removed'), ...side('+', row.after, 'added')];
  return [...(named ? [] : [line(word(indented(row), isHead(row) ? 'heading' : 'text'))]), ...values];
}

function inColumns(rows: readonly SettingRow[], width: number, more: string): Line[] {
  const names = nameWidth(rows, width) + 2;
  const side = Math.floor((width - names) / 2);
  const cell = (sign: string, value: string | null, role: string): Line[] =>
    value === null ? [] : under(wrapText(value, Math.max(6, side - 3), role), line(word(`${sign} `, role)), 2);
  const columns = (name: string, role: string, before: readonly Line[], after: readonly Line[]): Line[] =>
    Array.from({ length: Math.max(1, before.length, after.length) }, (_, at): Line => {
      const first = [word(at === 0 ? name : '', role)];
      return trimmed([
        ...fitLine(first, names - 1, more),
        word(' '),
        ...fitLine(before[at] ?? [], side, more),
        ...(after[at] ?? []),
      ]);
    });
  return [
    ...columns('Setting', 'dim', [line(word('Now', 'dim'))], [line(word('After', 'dim'))]),
    ...rows.flatMap((row, at) => {
      const above = rows[at - 1];
      const named = above?.name === row.name && above.depth === row.depth && !isHead(above);
      const [was, is] = row.stays === true ? (['dim', 'dim'] as const) : (['removed', 'added'] as const);
      const [minus, plus] = row.stays === true ? [' ', ' '] : ['-', '+'];
      const sides = [cell(minus, row.before, was), cell(plus, row.after, is)] as const;
      return columns(named ? '' : indented(row), isHead(row) ? 'heading' : 'text', ...sides);
    }),
  ];
}

/** Without the empty cells at its end, which need not be sent. */
function trimmed(words: Line): Line {
  const last = words.findLastIndex((one) => plain([one]).trim() !== '');
  return words.slice(0, last + 1);
}
