// The wide tree: beside each name the columns of its resource type, below headings. Types differ, so the region, which most
// have, has its own column, and each of the others has its title before it.
import type { Line } from '../../../command/definition.ts';
import type { Resource } from '../../../model/resource.ts';
import { clean } from '../../../model/text.ts';
import { resourceTypeOf } from '../../../resource-types/index.ts';
import type { Glyphs } from '../../draw/glyphs.ts';
import { fitName, fitText, line, widthOf, word } from '../../draw/text.ts';
import type { TreeRow } from './rows.ts';

/** A blank and the number of failures. */
const countCells = 4;

// One row of the tree: its depth, its name, the worst failing severity as a letter and the number of failures.

export function treeWords(row: TreeRow, selected: boolean, width: number, glyphs: Glyphs, inWords = false): Line {
  const fold = row.folded === null ? ' ' : row.folded ? glyphs.folded : glyphs.open;
  const mark = markOf(row, glyphs, inWords);
  const count = row.failing > 0 ? ` ${row.failing}`.padStart(countCells) : ' '.repeat(countCells);
  const room = Math.max(1, width - 4 - countCells - widthOf(mark.text));
  // The indentation is a word of its own: a heading may be underlined.
  const indent = ' '.repeat(Math.min(row.depth, room - 1));
  const label = fitName(`${fold} ${row.label}`, room - widthOf(indent), glyphs.more);
  const left = room - widthOf(indent) - widthOf(label);
  const note = fitText(widthOf(row.note) < left ? ` ${row.note}` : '', left, '');
  return line(
    word(selected ? `${glyphs.mark} ` : '  ', selected ? 'focus' : 'text'),
    indent,
    word(label, selected ? 'focus' : row.resource === null ? 'heading' : 'text'),
    word(note, 'dim'),
    ' ',
    word(mark.text, mark.role),
    word(count, mark.role),
    ' ',
  );
}

/** Cells of a severity in words. */
const wordCells = 8;

/** The worst severity as its letter or, where there is room, in words, so that nothing depends on colour. */
function markOf(
  row: Pick<TreeRow, 'worst' | 'passed'>,
  glyphs: Glyphs,
  inWords: boolean,
): { readonly text: string; readonly role: string } {
  const mark = (letter: string, words: string, role: string) => ({
    text: inWords ? words.padEnd(wordCells) : letter,
    role,
  });
  if (row.worst === null) return row.passed ? mark(glyphs.ok, glyphs.ok, 'ok') : mark(' ', '', 'ok');
  if (row.worst === 'unknown' || row.worst === 'gap') return mark('?', 'unknown', 'unknown');
  return mark(row.worst.slice(0, 1).toUpperCase(), row.worst, row.worst);
}

const regionCells = 16;
/** The width of the tree's row: symbol, name, worst severity, number of failures. */
const nameCells = (width: number): number => Math.max(40, Math.floor(width * 0.48));
const settingCells = (width: number): number => Math.max(0, width - nameCells(width) - regionCells - 3);

export function treeHeads(width: number, { more }: Glyphs): Line {
  const right = wordCells + countCells;
  const heads = `${fitText('  Resource', nameCells(width) - right - 2, more)} ${'Failing'.padEnd(right)} `;
  return line(
    word(`${heads} ${'Region'.padEnd(regionCells)} ${fitText('Settings', settingCells(width), more)}`, 'dim'),
  );
}

export function wideTreeWords(row: TreeRow, selected: boolean, width: number, glyphs: Glyphs): Line {
  const region = row.read === null ? '' : columnText(row.read, 'Region');
  return line(
    ...treeWords(row, selected, nameCells(width), glyphs, true),
    ' ',
    word(fitText(region, regionCells, glyphs.more)),
    ' ',
    word(fitText(row.read === null ? '' : settingsOf(row.read), settingCells(width), glyphs.more), 'dim'),
  );
}

function columnText(resource: Resource, title: string): string {
  const column = resourceTypeOf(resource.type).columns.find((one) => one.title === title);
  return column === undefined ? '' : clean(column.value(resource));
}

const settingsOf = (resource: Resource): string =>
  resourceTypeOf(resource.type)
    .columns.filter(({ title }) => title !== 'Region')
    .map(({ title, value }) => ({ title, text: clean(value(resource)) }))
    .flatMap(({ title, text }) => (text === '' ? [] : [`${title} ${text}`]))
    .join('  ');
