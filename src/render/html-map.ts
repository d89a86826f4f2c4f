// The map of a network as SVG: a box for each subnet with its prefix, what protects it, what is in it, and what computes there
// reach. Pure.
import type { MapNetwork, MapReach, MapSubnet, MapTarget, NetworkMap } from '../model/network-map.ts';
import { capacityText, guardsOf, reachMarks } from '../model/network-map-words.ts';
import { hopTitles, verdictWords } from '../model/path-words.ts';
import { clean, counted } from '../model/text.ts';
import { mapLines } from './map-text.ts';
import { plain, renderText } from './text.ts';
import { xmlText } from './xml.ts';

interface MapRow {
  readonly text: string;
  readonly role?: string;
}

const columns = 2;
const [boxWidth, space, rowHeight, edge] = [490, 12, 19, 10];
const width = columns * boxWidth + (columns + 1) * space;
/** Characters that fit into a box at 13 pixels. */
const mostCharacters = 68;
/** So many occupants or targets are drawn; of more, how many there are. */
const mostRows = 8;
const headHeight = 30;

/** The drawing, and below it the same as text. */
export function mapHtml(map: NetworkMap): string {
  const { networks, targets } = map;
  const text = `<details><summary>Network as text</summary><pre>${preText(renderText(mapLines(map), plain))}</pre></details>\n`;
  if (networks.length === 0) return text;
  let top = 0;
  const parts = networks.map((network) => {
    const drawn = networkSvg(network, targets, top);
    top = drawn.bottom;
    return drawn.svg;
  });
  const label = `Network map: ${networks.map(({ name, subnets }) => `${clean(name, 80)} with ${counted(subnets.length, 'subnet')}`).join(', ')}. The same as text follows.`;
  return `<svg role="img" aria-label="${xmlText(label)}" viewBox="0 0 ${width} ${top}" width="${width}" height="${top}" xmlns="http://www.w3.org/2000/svg">\n${parts.join('')}</svg>\n${text}`;
}

const preText = (text: string): string => text.split('\n').map(xmlText).join('\n');

function networkSvg(
  network: MapNetwork,
  targets: readonly MapTarget[],
  top: number,
): { readonly svg: string; readonly bottom: number } {
  const { name, prefixes, location, peers, subnets, unread } = network;
  const about = [clean(name, 90), prefixes.join(', '), location ?? ''].filter((one) => one !== '').join('  ');
  const beside = [
    ...peers.map((peer) => ({ text: `peered with ${peer.name} (${peer.state ?? 'state unknown'})`, role: 'dim' })),
    ...(unread === null ? [] : [{ text: `? ${unread}`, role: 'warn' }]),
  ];
  const head = [{ text: about, role: 'name' }, ...beside].map((row, at) =>
    rowSvg(row, space + edge, top + headHeight + at * rowHeight, mostCharacters * columns),
  );
  const from = top + headHeight + beside.length * rowHeight + space;
  // Each box goes under the shorter column.
  const bottoms = Array<number>(columns).fill(from);
  const boxes = subnets.map((subnet) => {
    const rows = subnetRows(subnet, targets);
    const at = bottoms.indexOf(Math.min(...bottoms));
    const [x, y] = [space + at * (boxWidth + space), bottoms[at] ?? from];
    const height = rows.length * rowHeight + edge;
    bottoms[at] = y + height + space;
    const texts = rows.map((row, index) => rowSvg(row, x + edge, y + (index + 1) * rowHeight, mostCharacters));
    return `<g><rect x="${x}" y="${y}" width="${boxWidth}" height="${height}" rx="4"/>${texts.join('')}</g>\n`;
  });
  return { svg: `${head.join('')}\n${boxes.join('')}`, bottom: Math.max(...bottoms) + space };
}

function rowSvg({ text, role }: MapRow, x: number, y: number, most: number): string {
  const whole = clean(text, 400);
  const cut = whole.length > most;
  const inside = cut ? `${xmlText(whole.slice(0, most - 1))}…<title>${xmlText(whole)}</title>` : xmlText(whole);
  return `<text x="${x}" y="${y}"${role === undefined ? '' : ` class="${role}"`}>${inside}</text>`;
}

function subnetRows(subnet: MapSubnet, targets: readonly MapTarget[]): MapRow[] {
  const { name, prefixes, room, occupants, reach } = subnet;
  const capacity = capacityText(room);
  const stopped = reach.filter(({ verdict }) => verdict !== 'allowed');
  const allowed = reach.filter(({ verdict }) => verdict === 'allowed');
  return [
    { text: [name, prefixes.join(', ')].filter((one) => one !== '').join('  '), role: 'name' },
    ...(capacity === '' ? [] : [{ text: capacity, role: 'dim' }]),
    ...guardsOf(subnet).map(({ label, text }) => ({ text: `${label} ${text}` })),
    ...some(occupants.map((one) => ({ text: `■ ${one.name}  ${one.is}` }))),
    ...some([...stopped, ...allowed].map((one) => reachRow(one, targets))),
  ];
}

function some(rows: readonly MapRow[]): MapRow[] {
  const rest = rows.length - mostRows;
  return rest > 0 ? [...rows.slice(0, mostRows), { text: `and ${rest} more`, role: 'dim' }] : [...rows];
}

const reachRoles: Readonly<Record<MapReach['verdict'], string>> = {
  allowed: 'ok',
  denied: 'bad',
  partly: 'warn',
  unknown: 'dim',
};

function reachRow({ target, verdict, stoppedBy }: MapReach, targets: readonly MapTarget[]): MapRow {
  const at = verdict === 'allowed' || stoppedBy === null ? '' : ` at ${hopTitles[stoppedBy]}`;
  return {
    text: `${reachMarks[verdict]} ${targets[target]?.name ?? ''}  ${verdictWords[verdict][0]}${at}`,
    role: reachRoles[verdict],
  };
}
