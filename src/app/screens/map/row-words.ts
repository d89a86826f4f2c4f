// Draws a row of the map: the tree's branches at the left, the resource, and at the right marks for the services that computes
// reach.
import type { Line, Word } from '../../../command/definition.ts';
import type { MapSubnet, NetworkMap } from '../../../model/network-map.ts';
import { guardAbbreviations, guardsOf, reachMarks } from '../../../model/network-map-words.ts';
import { verdictWords } from '../../../model/path-words.ts';
import { clean } from '../../../model/text.ts';
import type { Glyphs } from '../../draw/glyphs.ts';
import { fitMiddle, fitText, line, lineWidth, widthOf, word } from '../../draw/text.ts';
import type { Columns, ReachColumn } from './columns.ts';
import type { MapRow } from './rows.ts';

const branch = (glyphs: Glyphs, last: boolean) =>
  last ? `${glyphs.corner}${glyphs.rule} ` : `${glyphs.tee}${glyphs.rule} `;
const stem = (glyphs: Glyphs, last: boolean) => (last ? '   ' : `${glyphs.wall}  `);

export function mapRowWords(row: MapRow, selected: boolean, columns: Columns, glyphs: Glyphs): Line {
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
      return [mark, ...cell(name, columns.name, glyphs), ...subnetCells(row.subnet, columns, glyphs)];
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
export function headWords({ name, prefix, room, guards, each, reach }: Columns, { more }: Glyphs): Line {
  const services = reach.map(({ label }) => `${fitMiddle(label, each - 1, more)} `).join('');
  const free = room > 0 ? fitText('free', room, more) : '';
  const range = prefix > 0 ? fitText('prefix', prefix, more) : '';
  return line(word(`  ${fitText('', name, '')}${range}${free}${fitText('config', guards, '')}${services}`, 'dim'));
}

/** What marks and letters mean: of those that the map has, as many as fit, letters first, for a tick needs a word least. */
export function legendWords({ networks }: NetworkMap, width: number): Line {
  const subnets = networks.flatMap((network) => network.subnets);
  const verdicts = new Set(subnets.flatMap(({ reach }) => reach.map(({ verdict }) => verdict)));
  const guards = new Map(subnets.flatMap(guardsOf).map(({ letter, label }) => [letter, label]));
  const marks = (['allowed', 'denied', 'partly', 'unknown'] as const).filter((verdict) => verdicts.has(verdict));
  const entries = [
    ...marks.map((verdict): Line => {
      const [text, role] = verdictWords[verdict];
      return [word(reachMarks[verdict], role), word(` ${text}`, 'dim')];
    }),
    ...[...guards].map(
      ([letter, label]): Line => [word(letter, 'accent'), word(` ${label.replace(/ to$/, '')}`, 'dim')],
    ),
  ];
  let room = width;
  const fitting = entries.toReversed().filter((entry) => {
    const isFitting = lineWidth(entry) + 2 <= room;
    if (isFitting) room -= lineWidth(entry) + 2;
    return isFitting;
  });
  return fitting.toReversed().flatMap((entry) => [word('  '), ...entry]);
}

function cell(words: readonly Word[], cells: number, { more }: Glyphs): Line {
  const [side, text] = words;
  if (side === undefined || text === undefined) return words;
  return [side, { ...text, text: fitText(text.text, cells - widthOf(side.text), more) }];
}

function subnetCells(subnet: MapSubnet, { prefix, room, guards, each, reach }: Columns, glyphs: Glyphs): Line {
  const { more } = glyphs;
  const free = room > 6 ? freeText(subnet.room) : String(subnet.room?.free ?? '');
  return [
    ...(prefix > 0
      ? [word(`${fitText(subnet.prefixes.map((one) => clean(one)).join(','), prefix - 1, more)} `, 'text')]
      : []),
    ...(room > 0 ? [word(`${fitText(free, room - 1, more)} `, isTight(subnet) ? 'warn' : 'dim')] : []),
    word(fitText(guardAbbreviations(subnet), guards, more), 'accent'),
    ...reach.map((column) => reachCell(subnet, column, each)),
  ];
}

const worstFirst = ['denied', 'partly', 'unknown', 'allowed'] as const;

/** A mark; for several services how many of them are not allowed, or how many are, with the role of the worst. */
function reachCell({ reach }: MapSubnet, { targets }: ReachColumn, cells: number): Word {
  const found = reach.filter(({ target }) => targets.includes(target));
  const counts = worstFirst
    .map((verdict) => ({ verdict, count: found.filter((one) => one.verdict === verdict).length }))
    .filter(({ count }) => count > 0);
  const [worst] = counts;
  if (worst === undefined) return word(' '.repeat(cells));
  const told = worst.verdict === 'allowed' ? counts : counts.filter(({ verdict }) => verdict !== 'allowed');
  const shares = told.map(({ verdict, count }) => `${reachMarks[verdict]} ${count}`).join(' ');
  const rest = told.length === counts.length && told.length === 1 ? '' : ` of ${found.length}`;
  const texts = targets.length === 1 ? [] : [`${shares}${rest}`, shares, shares.replaceAll(' ', '')];
  const text = texts.find((one) => widthOf(one) < cells) ?? reachMarks[worst.verdict];
  return word(fitText(text, cells, ''), verdictWords[worst.verdict][1]);
}

/** `249 of 251`, or `~249` where the size is not known. */
const freeText = (room: MapSubnet['room']): string =>
  room === null ? '' : `${room.approximate ? '~' : ''}${room.free}${room.usable === null ? '' : ` of ${room.usable}`}`;

/** Less than a tenth of the subnet, or nothing. */
const isTight = ({ room }: MapSubnet): boolean => room !== null && room.free <= (room.usable ?? 0) / 10;
