// What an act introduced: it is said before everything else, and what is critical or high ends the command with exit status 1.
import { rollUpWords, type SevereFinding } from '../../src/model/compare.ts';
import { meanwhileWords } from '../../src/model/drift-words.ts';
import { type FailureValue, introducedCode } from '../../src/model/failure.ts';
import { shortFinding } from '../../src/model/short-finding.ts';
import { clean, counted } from '../../src/model/text.ts';
import { type Line, line } from '../../src/model/words.ts';
import { spokenId } from '../../src/render/change-text.ts';
import type { ApplyResult } from '../../src/session/session.ts';

type Verified = ApplyResult['verified'];

/** What fails now and did not before, the gravest first; what an undo brings back is told with the rest. */
export function introducedLines(verified: Verified): Line[] {
  const { introduced, severe = [], broughtBack = [], isUnread, rollUps } = verified;
  const severities = new Map(severe.map(({ finding, severity }) => [finding, severity]));
  const others = introduced.filter((id) => !broughtBack.includes(id) && !severities.has(id));
  return [
    ...(isUnread ? [line(['introduced     ', 'unknown'], 'not known: the workspace could not be read again')] : []),
    ...severeLines(severe),
    ...others.map((id) => line(['introduced     ', 'bad'], spokenId(id), [rollUpWords(id, rollUps), 'dim'])),
    ...besideLines(verified),
  ];
}

/** What fails now and not by the act, and what is not known of it. */
export const besideLines = (verified: Verified): Line[] => [...meanwhileLines(verified), ...hiddenLines(verified)];

/** What fails now and did not before, and not by the changes of the act. */
const meanwhileLines = ({ meanwhile = [], rollUps }: Verified): Line[] =>
  meanwhile.map(({ finding, severity, reason, by }) =>
    line(
      ['fails now      ', 'bad'],
      ...(severity === undefined ? [] : [[severity.padEnd(9), severity] as const]),
      spokenId(finding),
      [rollUpWords(finding, rollUps), 'dim'],
      [`  ${meanwhileWords(reason, by)}`, 'dim'],
    ),
  );

/** What reads that failed after the act leave unknown. */
const hiddenLines = ({ unread = [], unknownChecks = 0 }: Verified): Line[] => [
  ...(unknownChecks === 0
    ? []
    : [
        line(
          ['introduced     ', 'unknown'],
          `not known: ${counted(unknownChecks, 'check')} ${unknownChecks === 1 ? 'is' : 'are'} unknown that ${unknownChecks === 1 ? 'was' : 'were'} not before`,
        ),
      ]),
  ...unread.map((id) =>
    line(['not accessible ', 'unknown'], `${clean(id, 300)}: read before the changes, and not after them`),
  ),
];

export const severeLines = (severe: readonly SevereFinding[]): Line[] =>
  severe.map(({ finding, severity }) =>
    line(['introduced     ', 'bad'], [severity.padEnd(9), severity], spokenId(finding)),
  );

/** So many are named; of more, how many there are. */
const mostNamed = 5;

/** `2 critical or high findings fail that did not before (high: nsg.inbound-ssh on nsg-train; ...)` */
export function severeWords(severe: readonly SevereFinding[]): string {
  const named = severe.slice(0, mostNamed).map(({ finding, severity }) => `${severity}: ${shortFinding(finding)}`);
  const more = severe.length - named.length;
  const fail = severe.length === 1 ? 'fails' : 'fail';
  return `${counted(severe.length, 'critical or high finding')} ${fail} that did not before (${named.join('; ')}${more > 0 ? `; and ${more} more` : ''})`;
}

/** Everything was applied, and something critical or high fails that did not. */
export const introducedFailure = (severe: readonly SevereFinding[], entry: string | null): FailureValue => ({
  code: introducedCode,
  message: `Applied, and ${severeWords(severe)}.`,
  next: `See \`bastide explain ${severe[0]?.finding ?? ''}\`. To undo the changes, run \`bastide undo\`.`,
  details: { ...(entry === null ? {} : { entry }), introduced: severe.map(({ finding }) => finding) },
});

/** Is it not known what the act resolved or introduced, because reads failed after it? */
export const isHidden = ({
  verified: { isUnread, notJudged = [], unknownChecks = 0 },
}: Pick<ApplyResult, 'verified'>): boolean => isUnread === true || notJudged.length > 0 || unknownChecks > 0;

export const severeOf = ({ verified: { severe = [] } }: Pick<ApplyResult, 'verified'>): readonly SevereFinding[] =>
  severe;
