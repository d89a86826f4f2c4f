// A network path as lines of tagged words: one line per hop, the deciding one marked. Pure.
import type { VerifierComparison } from '../audit/verifier.ts';
import type { Hop, HopVerdict, PathAnswer, Witness } from '../model/path.ts';
import { hopTitles, trafficWords, verdictWords } from '../model/path-words.ts';
import { clean, counted } from '../model/text.ts';
import { type Line, line } from '../model/words.ts';

const marks: Readonly<Record<HopVerdict, string>> = {
  allowed: '✓',
  denied: '✗',
  partly: '✗',
  unknown: '?',
  notAsked: '·',
};
/** The whole answer; the hop that decides the verdict is marked. */
export function pathLines(answer: PathAnswer): Line[] {
  const { source, destination, hops, verdict, because, stoppedBy, witness } = answer;
  const [word, role] = verdictWords[verdict];
  const titleWidth = Math.max(...hops.map(({ hop }) => hopTitles[hop].length), 0) + 2;
  const wordWidth = Math.max(...hops.map((one) => verdictWords[one.verdict][0].length), 'allowed'.length) + 2;
  return [
    line(
      [clean(source.is, 200), 'heading'],
      [' → ', 'dim'],
      [clean(destination.is, 200), 'heading'],
      [`  ${trafficWords(answer)}`, 'dim'],
    ),
    [],
    ...hops.map((hop) => hopLine(hop, hop.hop === stoppedBy, [titleWidth, wordWidth])),
    [],
    line([word, role], `  ${clean(because, 600)}`),
    ...witnessLines(witness),
    ...blockerLines(answer.blockers, titleWidth),
    ...repairLines(answer.repair),
  ];
}

/** What must change for the path to open; one place alone is said by the verdict. */
const blockerLines = (blockers: PathAnswer['blockers'], titleWidth: number): Line[] =>
  blockers.length < 2
    ? []
    : [
        [],
        line([`Blocked at ${blockers.length} places`, 'heading']),
        ...blockers.map(({ hop, at, verdict, rules }) =>
          line([`  ${marks[verdict]} `, verdictWords[verdict][1]], hopTitles[hop].padEnd(titleWidth), clean(at, 200), [
            rules.length === 0 ? '' : `  ${clean(rules.join(', '), 400)}`,
            'dim',
          ]),
        ),
      ];

function hopLine(
  { hop, verdict, because }: Hop,
  stops: boolean,
  [titleWidth, wordWidth]: readonly [number, number],
): Line {
  const [word, role] = verdictWords[verdict];
  return line(
    [stops ? '> ' : '  ', 'focus'],
    [`${marks[verdict]} `, role],
    [hopTitles[hop].padEnd(titleWidth), stops ? 'focus' : verdict === 'notAsked' ? 'dim' : 'text'],
    [word.padEnd(wordWidth), role],
    [clean(because, 600), verdict === 'notAsked' ? 'dim' : 'text'],
  );
}

/** A packet of each outcome, where there are several. */
const witnessLines = (witness: Witness): Line[] =>
  (['allowed', 'denied', 'unknown'] as const).flatMap((outcome) => {
    const packet = witness[outcome];
    return packet === undefined
      ? []
      : [line([`  ${outcome.padEnd(8)} `, verdictWords[outcome][1]], `example: ${clean(packet, 200)}`)];
  });

/** What would open the path, numbered as `--alternative` takes it. */
function repairLines(repair: PathAnswer['repair']): Line[] {
  if (repair === undefined) return [];
  const { fixes, manual } = repair;
  if (fixes.length === 0) {
    return [
      [],
      line(['Bastide has no fix for this path', 'heading']),
      ...manual.map((text) => line(['  · ', 'dim'], clean(text, 600))),
    ];
  }
  return [
    [],
    line(['Fixes', 'heading'], ['  --fix uses the first, --fix --alternative N another', 'dim']),
    ...fixes.flatMap(({ exact, says, also }, at) => [
      line(
        [`  ${at + 1}  `, 'key'],
        [exact ? 'exact: ' : 'allows more than this path: ', exact ? 'ok' : 'warn'],
        clean(says.join(', then '), 600),
      ),
      ...also.slice(0, 2).map((text) => line([`            also allows ${clean(text, 300)}`, 'dim'])),
      ...(also.length > 2
        ? [line([`            also allows ${counted(also.length - 2, 'more connection')}`, 'dim'])]
        : []),
    ]),
  ];
}

/** A run of Azure Virtual Network Verifier beside the answer. */
export const comparisonLines = ({ name, ports, protocols, agrees, says }: VerifierComparison): Line[] => [
  line(
    [agrees ? '✓ ' : '✗ ', agrees ? 'ok' : 'bad'],
    ['Virtual Network Verifier', 'heading'],
    [`  ${clean([name, ...protocols, ...ports].filter((one) => one !== '').join(' '), 200)}`, 'dim'],
  ),
  line(`  ${clean(says, 900)}`),
];
