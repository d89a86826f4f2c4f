// The way of packets as lines of tagged words: one line a hop, the one that stops them marked. Pure.
import type { Hop, HopVerdict, PathAnswer, Witness } from '../model/path.ts';
import { clean } from '../model/text.ts';
import { type Line, line } from '../model/words.ts';

/** What each verdict is called, and the role of its word. */
export const verdictWords: Readonly<Record<HopVerdict, readonly [word: string, role: string]>> = {
  allowed: ['allowed', 'ok'],
  denied: ['denied', 'bad'],
  partly: ['partly', 'warn'],
  unknown: ['unknown', 'unknown'],
  notAsked: ['-', 'dim'],
};
const marks: Readonly<Record<HopVerdict, string>> = {
  allowed: '✓',
  denied: '✗',
  partly: '✗',
  unknown: '?',
  notAsked: '·',
};
/** What each kind of hop is called. */
const titles: Readonly<Record<Hop['hop'], string>> = {
  source: 'source',
  managedNetwork: 'managed network',
  name: 'name',
  wayIn: 'way in',
  adminRules: 'admin rules',
  sourceCard: 'card',
  sourceSubnet: 'subnet',
  route: 'route',
  firewall: 'firewall',
  wayOut: 'way out',
  endpointPolicy: 'endpoint policy',
  destinationSubnet: 'subnet there',
  destinationCard: 'card there',
  service: 'service',
  reply: 'answer',
};

/** The whole answer. `stops` marks the hop that the verdict hangs on. */
export function pathLines(answer: PathAnswer): Line[] {
  const { source, destination, protocol, ports, hops, verdict, because, stoppedBy, witness } = answer;
  const [word, role] = verdictWords[verdict];
  const wide = Math.max(...hops.map(({ hop }) => titles[hop].length), 0);
  return [
    line(
      [clean(source.is, 200), 'heading'],
      [' → ', 'dim'],
      [clean(destination.is, 200), 'heading'],
      [`  ${protocol} ${ports.join(',')}`, 'dim'],
    ),
    [],
    ...hops.map((hop) => hopLine(hop, hop.hop === stoppedBy, wide)),
    [],
    line([word, role], `  ${clean(because, 600)}`),
    ...witnessLines(witness),
  ];
}

function hopLine({ hop, verdict, because }: Hop, stops: boolean, wide: number): Line {
  const [word, role] = verdictWords[verdict];
  return line(
    [stops ? '> ' : '  ', 'focus'],
    [`${marks[verdict]} `, role],
    [titles[hop].padEnd(wide + 2), stops ? 'focus' : verdict === 'notAsked' ? 'dim' : 'text'],
    [word.padEnd(9), role],
    [clean(because, 600), verdict === 'notAsked' ? 'dim' : 'text'],
  );
}

/** A packet of each outcome, where there are several. */
const witnessLines = (witness: Witness): Line[] =>
  (['allowed', 'denied', 'unknown'] as const).flatMap((outcome) => {
    const packet = witness[outcome];
    return packet === undefined
      ? []
      : [line([`  ${outcome.padEnd(8)} `, verdictWords[outcome][1]], `for example ${clean(packet, 200)}`)];
  });
