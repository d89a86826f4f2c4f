// The detail of the selected map row: the security settings of the subnet, its occupants, what is reachable and, in a
// sentence, what is not.
import type { Line } from '../../../command/definition.ts';
import type { MapNetwork, MapOccupant, MapSubnet, MapTarget, NetworkMap } from '../../../model/network-map.ts';
import { capacityText, guardsOf, reachMarks } from '../../../model/network-map-words.ts';
import { hopList, verdictWords } from '../../../model/path-words.ts';
import { clean } from '../../../model/text.ts';
import { fitText, line, widthOf, word, wrapLine, wrapText } from '../../draw/text.ts';
import type { MapRow } from './rows.ts';

const blank: Line = [];

export function mapDetail(row: MapRow | undefined, { targets }: NetworkMap, width: number): Line[] {
  switch (row?.kind) {
    case 'network':
      return networkDetail(row.network, width);
    case 'subnet':
      return [
        ...subnetDetail(row.subnet, width),
        blank,
        ...reachDetail(row.subnet, targets, width),
        ...idLines(row.subnet.id, width),
      ];
    case 'occupant':
      return [
        ...occupantDetail(row.occupant),
        blank,
        ...subnetDetail(row.subnet, width),
        blank,
        ...reachDetail(row.subnet, targets, width),
        ...occupantId(row.occupant, width),
      ];
    case 'outside':
      return row.occupant === null
        ? wrapText(
            'These computes are outside your virtual networks. The managed network of the workspace filters their outbound traffic, if it is on.',
            width,
          )
        : [...occupantDetail(row.occupant), ...occupantId(row.occupant, width)];
    default:
      return [];
  }
}

function networkDetail(network: MapNetwork, width: number): Line[] {
  const { name, location, prefixes, peers, subnets, unread } = network;
  return [
    line(word(clean(name), 'heading'), word(' virtual network', 'dim')),
    ...named('Region', location ?? 'unknown', width),
    ...named('Address space', prefixes.join(', '), width),
    ...named('Subnets', unread ?? String(subnets.length), width),
    ...peers.flatMap((peer) => [
      ...wrapLine(
        line(
          word('Peered with: ', 'dim'),
          clean(peer.name),
          word(`  ${clean(peer.state ?? 'state unknown')}`, peer.state === 'Connected' ? 'ok' : 'warn'),
        ),
        width,
        2,
      ),
    ]),
    ...(peers.length === 0 ? [line(word('No peerings', 'dim'))] : []),
    ...idLines(network.id, width),
  ];
}

function subnetDetail(subnet: MapSubnet, width: number): Line[] {
  const guards = guardsOf(subnet);
  return [
    line(
      word(clean(subnet.name), 'heading'),
      word(` subnet  ${subnet.prefixes.map((one) => clean(one)).join(', ')}`, 'dim'),
    ),
    ...named('Size', capacityText(subnet.room) || 'unknown', width),
    ...guards.flatMap(({ label, text, letter }) => named(`${label} (${letter})`, text, width)),
    ...(guards.length === 0
      ? [line(word('No NSG, route table, NAT gateway, service endpoint or delegation', 'dim'))]
      : []),
  ];
}

const occupantDetail = ({ name, is }: MapOccupant): Line[] => [
  line(word(clean(name), 'heading'), word(` ${clean(is)}`, 'dim')),
];
const occupantId = ({ resource }: MapOccupant, width: number): Line[] =>
  resource === null ? [] : idLines(resource, width);

function reachDetail({ reach }: MapSubnet, targets: readonly MapTarget[], width: number): Line[] {
  if (reach.length === 0) return [line(word('No compute of the workspace is in this subnet.', 'dim'))];
  const allowed = reach.filter(({ verdict }) => verdict === 'allowed');
  return [
    line(word('Services reached from this subnet, TCP 443', 'heading'), word(`  ${reachSummary(reach)}`, 'dim')),
    ...reach
      .filter(({ verdict }) => verdict !== 'allowed')
      .flatMap(({ target, verdict, stoppedBy, blockedAt, because }) => {
        const to = targets[target];
        const [text, role] = verdictWords[verdict];
        const places = blockedAt.length > 0 ? blockedAt : stoppedBy === null ? [] : [stoppedBy];
        const where = places.length === 0 ? '' : ` at ${hopList(places)}`;
        return [
          ...wrapLine(
            line(
              word(`${reachMarks[verdict]} `, role),
              word(clean(to?.name ?? '')),
              word(` ${clean(to?.is ?? '')}`, 'dim'),
              word(`  ${text}${where}`, role),
            ),
            width,
            2,
          ),
          ...wrapText(`  ${clean(because, 600)}`, width, 'dim', 2),
        ];
      }),
    ...allowedGrid(allowed, targets, width),
    blank,
  ];
}

const reachSummary = (reach: MapSubnet['reach']): string =>
  (['denied', 'partly', 'unknown', 'allowed'] as const)
    .map((verdict) => [reach.filter((one) => one.verdict === verdict).length, verdictWords[verdict][0]] as const)
    .filter(([count]) => count > 0)
    .map(([count, text]) => `${count} ${text}`)
    .join(', ');

/** Allowed services need no reason: several in a row, in columns. */
function allowedGrid(allowed: MapSubnet['reach'], targets: readonly MapTarget[], width: number): Line[] {
  const names = allowed.map(({ target }) => ({
    name: clean(targets[target]?.name ?? ''),
    is: clean(targets[target]?.is ?? ''),
  }));
  const cell = Math.min(width, Math.max(0, ...names.map(({ name, is }) => widthOf(`${name} ${is}`) + 4)));
  const columns = Math.max(1, Math.floor(width / Math.max(1, cell)));
  const rows = Math.ceil(names.length / columns);
  const [, role] = verdictWords.allowed;
  return Array.from({ length: rows }, (_, row) =>
    names
      .filter((__, at) => at % rows === row)
      .flatMap(({ name, is }) => {
        const room = Math.max(0, cell - widthOf(name) - 3);
        return [word(`${reachMarks.allowed} `, role), word(name), word(` ${fitText(is, room, '')}`, 'dim')];
      }),
  );
}

const named = (label: string, text: string, width: number): Line[] =>
  wrapLine(line(word(`${label}: `, 'dim'), clean(text, 600)), width, 2);
const idLines = (id: string, width: number): Line[] => [blank, ...wrapText(clean(id, 600), width, 'dim')];
