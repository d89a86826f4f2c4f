// Draws a row of the map: the tree's branches at the left, the resource, and at the right one mark for each target of
// computes.
import type { Line, Word } from '../../../command/definition.ts';
import type { MapSubnet, MapTarget } from '../../../model/network-map.ts';
import { guardAbbreviations, reachMarks } from '../../../model/network-map-words.ts';
import { verdictWords } from '../../../model/path-words.ts';
import { clean } from '../../../model/text.ts';
import type { Glyphs } from '../../draw/glyphs.ts';
import { fitText, line, widthOf, word } from '../../draw/text.ts';
import type { MapRow } from './rows.ts';

export interface Columns {
  readonly name: number;
  readonly prefix: number;
  readonly room: number;
  readonly guards: number;
  /** Cells of one target's column; 0 where there is no room for marks. */
  readonly reach: number;
}

/** Cells: of a name at least and at most, of a range, of `1019 of 1019`, of all marks, of a column whose head can be read. */
const cells = { least: 26, most: 30, prefix: 19, room: 14, count: 6, guards: 7, head: 8, target: 15 };

/**
 * How the width is distributed: names and ranges first, then free addresses, then a column for each target instead of a mark.
 */
export function columnsFor(width: number, targets: readonly MapTarget[]): Columns {
  const rest = width - 2 - cells.guards;
  const marks = targets.length;
  const reach = rest - marks >= 12 ? 1 : 0;
  const prefix = rest - marks * reach - cells.prefix >= cells.least ? cells.prefix : 0;
  const left = rest - marks * reach - prefix;
  const room = [cells.room, cells.count].find((wide) => left - wide >= cells.least) ?? 0;
  const shared = rest - prefix - room;
  const wide = marks === 0 ? 0 : Math.min(cells.target, Math.floor((shared - cells.most) / marks));
  const each = wide >= cells.head ? wide : reach;
  return { prefix, room, guards: cells.guards, reach: each, name: Math.min(cells.most, shared - marks * each) };
}

const branch = (glyphs: Glyphs, last: boolean) =>
  last ? `${glyphs.corner}${glyphs.rule} ` : `${glyphs.tee}${glyphs.rule} `;
const stem = (glyphs: Glyphs, last: boolean) => (last ? '   ' : `${glyphs.wall}  `);

export function mapRowWords(
  row: MapRow,
  selected: boolean,
  columns: Columns,
  targets: readonly MapTarget[],
  glyphs: Glyphs,
): Line {
  const mark = word(selected ? `${glyphs.mark} ` : '  ', selected ? 'focus' : 'text');
  switch (row.kind) {
    case 'network': {
      const { name, prefixes, location, peers } = row.network;
      const peered = peers.length === 0 ? '' : `  peered with ${peers.map((peer) => peer.name).join(', ')}`;
      return [
        mark,
        word(clean(name), 'heading'),
        word(`  ${prefixes.map((one) => clean(one)).join(', ')}  ${clean(location ?? '')}${clean(peered)}`, 'dim'),
      ];
    }
    case 'subnet': {
      const name = [word(branch(glyphs, row.last), 'border'), word(clean(row.subnet.name), 'focus')];
      return [mark, ...cell(name, columns.name, glyphs), ...subnetCells(row.subnet, columns, targets, glyphs)];
    }
    case 'occupant': {
      const sides = stem(glyphs, row.lastSubnet) + branch(glyphs, row.last);
      return [mark, word(sides, 'border'), word(clean(row.occupant.name)), word(`  ${clean(row.occupant.is)}`, 'dim')];
    }
    case 'outside':
      return row.occupant === null
        ? [mark, word('Outside your virtual networks', 'heading')]
        : [mark, word('   ', 'border'), word(clean(row.occupant.name)), word(`  ${clean(row.occupant.is)}`, 'dim')];
  }
}

/** The headings of the columns. */
export function headWords(columns: Columns, targets: readonly MapTarget[], glyphs: Glyphs): Line {
  const { name, prefix, room, guards, reach } = columns;
  const names =
    reach > 1 ? targets.map((target) => fitText(clean(target.name), reach - 1, glyphs.more)).join(' ') : 'reach';
  const free = room > 0 ? fitText('free', room, glyphs.more) : '';
  const range = prefix > 0 ? fitText('prefix', prefix, glyphs.more) : '';
  return line(
    word(`  ${fitText('', name, '')}${range}${free}${fitText('config', guards, '')}${reach > 0 ? names : ''}`, 'dim'),
  );
}

function cell(words: readonly Word[], cells: number, { more }: Glyphs): Line {
  const [side, text] = words;
  if (side === undefined || text === undefined) return words;
  return [side, { ...text, text: fitText(text.text, cells - widthOf(side.text), more) }];
}

function subnetCells(
  subnet: MapSubnet,
  { prefix, room, guards, reach }: Columns,
  targets: readonly MapTarget[],
  glyphs: Glyphs,
): Line {
  const { more } = glyphs;
  const free = room > cells.count ? freeText(subnet.room) : String(subnet.room?.free ?? '');
  return [
    ...(prefix > 0
      ? [word(`${fitText(subnet.prefixes.map((one) => clean(one)).join(','), prefix - 1, more)} `, 'text')]
      : []),
    ...(room > 0 ? [word(`${fitText(free, room - 1, more)} `, isTight(subnet) ? 'warn' : 'dim')] : []),
    word(fitText(guardAbbreviations(subnet), guards, more), 'accent'),
    ...(reach === 0 ? [] : targets.flatMap((_, index) => reachCell(subnet, index, reach))),
  ];
}

function reachCell({ reach }: MapSubnet, target: number, cells: number): Line {
  const found = reach.find((one) => one.target === target);
  if (found === undefined) return [word(' '.repeat(cells))];
  return [word(fitText(reachMarks[found.verdict], cells, ''), verdictWords[found.verdict][1])];
}

/** `249 of 251`, or `~249` where the size is not known. */
const freeText = (room: MapSubnet['room']): string =>
  room === null ? '' : `${room.approximate ? '~' : ''}${room.free}${room.usable === null ? '' : ` of ${room.usable}`}`;

/** Less than a tenth of the subnet, or nothing. */
const isTight = ({ room }: MapSubnet): boolean => room !== null && room.free <= (room.usable ?? 0) / 10;
