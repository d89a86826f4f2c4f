// The wide tree: beside each name the columns of its resource type, below headings. Types differ, so the region, which most
// have, has its own column, and each of the others has its title before it.
import type { Line } from '../../../command/definition.ts';
import type { Resource } from '../../../model/resource.ts';
import { clean } from '../../../model/text.ts';
import { resourceTypeOf } from '../../../resource-types/index.ts';
import type { Glyphs } from '../../draw/glyphs.ts';
import { fitText, line, word } from '../../draw/text.ts';
import type { TreeRow } from './rows.ts';
import { treeWords } from './tree-row.ts';

const regionCells = 16;
/** The width of the tree's row: symbol, name, worst severity, number of failures. */
const nameCells = (width: number): number => Math.max(34, Math.floor(width * 0.42));
const settingCells = (width: number): number => Math.max(0, width - nameCells(width) - regionCells - 3);

export function treeHeads(width: number, { more }: Glyphs): Line {
  const heads = `${fitText('  Resource', nameCells(width) - 8, more)}${'Failing'.padStart(7)} `;
  return line(
    word(`${heads} ${'Region'.padEnd(regionCells)} ${fitText('Settings', settingCells(width), more)}`, 'dim'),
  );
}

export function wideTreeWords(row: TreeRow, selected: boolean, width: number, glyphs: Glyphs): Line {
  const region = row.read === null ? '' : columnText(row.read, 'Region');
  return line(
    ...treeWords(row, selected, nameCells(width), glyphs),
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
