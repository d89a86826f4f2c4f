// What an act introduced: it is said before everything else, and what is critical or high ends the command with exit status 1.
import { rollUpWords, type SevereFinding } from '../../src/model/compare.ts';
import { type FailureValue, introducedCode } from '../../src/model/failure.ts';
import { shortFinding } from '../../src/model/short-finding.ts';
import { counted } from '../../src/model/text.ts';
import { type Line, line } from '../../src/model/words.ts';
import { spokenId } from '../../src/render/change-text.ts';
import type { ApplyResult } from '../../src/session/session.ts';

type Verified = ApplyResult['verified'];

/** What fails now and did not before, the gravest first; what an undo brings back is told with the rest. */
export function introducedLines({ introduced, severe = [], broughtBack = [], isUnread, rollUps }: Verified): Line[] {
  const severities = new Map(severe.map(({ finding, severity }) => [finding, severity]));
  const others = introduced.filter((id) => !broughtBack.includes(id) && !severities.has(id));
  return [
    ...(isUnread ? [line(['introduced     ', 'unknown'], 'not known: the workspace could not be read again')] : []),
    ...severeLines(severe),
    ...others.map((id) => line(['introduced     ', 'bad'], spokenId(id), [rollUpWords(id, rollUps), 'dim'])),
  ];
}

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

export const severeOf = ({ verified: { severe = [] } }: Pick<ApplyResult, 'verified'>): readonly SevereFinding[] =>
  severe;
