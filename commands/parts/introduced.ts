// What an act introduced: it is said before everything else, and what is critical or high ends the command with exit status 1.
import { severeWords } from '../../src/command/act-outcome.ts';
import { rollUpWords, type SevereFinding } from '../../src/model/compare.ts';
import { meanwhileWords } from '../../src/model/drift-words.ts';
import { type FailureValue, introducedCode } from '../../src/model/failure.ts';
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
const hiddenLines = ({ unread = [], notShown = [], unknownChecks = 0 }: Verified): Line[] => [
  ...(unknownChecks === 0
    ? []
    : [
        line(
          ['introduced     ', 'unknown'],
          `not known: ${counted(unknownChecks, 'check')} ${unknownChecks === 1 ? 'is' : 'are'} unknown that ${unknownChecks === 1 ? 'was' : 'were'} not before`,
        ),
      ]),
  ...unread.map((id) =>
    line(
      ['not accessible ', 'unknown'],
      `${clean(id, 300)}: ${clean(notShown.find((one) => one.id === id)?.reason ?? 'read before the changes, and not after them', 600)}`,
    ),
  ),
];

export const severeLines = (severe: readonly SevereFinding[]): Line[] =>
  severe.map(({ finding, severity }) =>
    line(['introduced     ', 'bad'], [severity.padEnd(9), severity], spokenId(finding)),
  );

/** How to reverse an act that is made, by what reverses it. `acts`: so many were made in turn. */
export function reverseWords(by: ApplyResult['reversedBy'], acts = 1): string {
  if (by === null) return '';
  const often = acts === 1 ? '' : ` ${acts} times`;
  return by === 'redo'
    ? ` To apply the undone changes again, run \`bastide redo\`${often}.`
    : ` To undo the changes, run \`bastide undo\`${often}.`;
}

/** Everything was applied, and something critical or high fails that did not. */
export const introducedFailure = (
  severe: readonly SevereFinding[],
  entry: string | null,
  reverse = reverseWords('undo'),
): FailureValue => ({
  code: introducedCode,
  message: `Applied, and ${severeWords(severe)}.`,
  next: `See \`bastide explain ${severe[0]?.finding ?? ''}\`.${reverse}`,
  details: { ...(entry === null ? {} : { entry }), introduced: severe.map(({ finding }) => finding) },
});

export const severeOf = ({ verified: { severe = [] } }: Pick<ApplyResult, 'verified'>): readonly SevereFinding[] =>
  severe;
