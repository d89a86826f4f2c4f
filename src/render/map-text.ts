// The map of a network as lines of tagged words: a tree of networks, subnets and their occupants, and below each subnet with
// computes what they reach and where they are denied. Pure.

import type { MapNetwork, MapOccupant, MapReach, MapSubnet, MapTarget, NetworkMap } from '../model/network-map.ts';
import { capacityText, guardsOf, reachMarks } from '../model/network-map-words.ts';
import { hopList, verdictWords } from '../model/path-words.ts';
import { clean } from '../model/text.ts';
import { type Line, line } from '../model/words.ts';

export function mapLines(map: NetworkMap): Line[] {
  const { networks, targets, outside, unread } = map;
  return [
    ...(unread === null
      ? []
      : [line(['? ', 'unknown'], `The location of resources is unknown: ${clean(unread, 300)}`), []]),
    ...networks.flatMap((network) => [...networkLines(network, targets), []]),
    ...(networks.length === 0 ? [line('No virtual network found.')] : []),
    ...(outside.length === 0
      ? []
      : [line(['Not in a virtual network of yours', 'heading']), ...outside.map((one) => occupantLine('   ', one))]),
  ];
}

function networkLines(network: MapNetwork, targets: readonly MapTarget[]): Line[] {
  const { name, prefixes, location, peers, subnets, unread } = network;
  return [
    line([clean(name), 'heading'], `  ${prefixes.map((one) => clean(one)).join(', ')}`, [
      `  ${clean(location ?? '')}`,
      'dim',
    ]),
    ...peers.map((peer) =>
      line(['│  peered with ', 'dim'], clean(peer.name), [
        `  ${clean(peer.state ?? 'state unknown')}`,
        peer.state === 'Connected' ? 'ok' : 'warn',
      ]),
    ),
    ...(unread === null ? [] : [line(['└─ ? ', 'unknown'], clean(unread, 300))]),
    ...subnets.flatMap((subnet, index) => subnetLines(subnet, targets, index === subnets.length - 1)),
  ];
}

function subnetLines(subnet: MapSubnet, targets: readonly MapTarget[], isLast: boolean): Line[] {
  const side = isLast ? '   ' : '│  ';
  return [
    line(
      [isLast ? '└─ ' : '├─ ', 'dim'],
      [clean(subnet.name), 'focus'],
      `  ${subnet.prefixes.map((one) => clean(one)).join(', ')}`,
      [`  ${capacityText(subnet.room)}`, 'dim'],
    ),
    ...guardLines(subnet, side),
    ...subnet.occupants.map((one) => occupantLine(`${side}  `, one)),
    ...reachLines(subnet.reach, targets, side),
  ];
}

const guardLines = (subnet: MapSubnet, side: string): Line[] =>
  guardsOf(subnet).map(({ label, text }) => line([`${side}  `, 'dim'], [`${label} `, 'dim'], clean(text, 300)));

const occupantLine = (side: string, { name, is }: MapOccupant): Line =>
  line([side, 'dim'], ['■ ', 'accent'], clean(name), [`  ${clean(is, 200)}`, 'dim']);

function reachLines(reach: readonly MapReach[], targets: readonly MapTarget[], side: string): Line[] {
  return reach.map(({ target, verdict, stoppedBy, blockedAt, because }) => {
    const [word, role] = verdictWords[verdict];
    const name = clean(targets[target]?.name ?? '');
    const places = blockedAt.length > 0 ? blockedAt : stoppedBy === null ? [] : [stoppedBy];
    const where = places.length === 0 ? '' : ` at ${hopList(places)}`;
    return line(
      [`${side}  `, 'dim'],
      [`${reachMarks[verdict]} `, role],
      name,
      [`  ${word}${verdict === 'allowed' ? '' : where}`, role],
      ...(verdict === 'allowed' ? [] : [[`  ${clean(because, 400)}`, 'dim'] as const]),
    );
  });
}
