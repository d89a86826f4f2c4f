// What an act came to: decided here alone, for exit statuses, the lines of the shell and the sentences of the screen. Pure.
import type { SevereFinding } from '../model/compare.ts';
import { madeCount } from '../model/entry.ts';
import type { FailureValue } from '../model/failure.ts';
import type { LeftSetting } from '../model/plan.ts';
import { shortFinding } from '../model/short-finding.ts';
import { counted } from '../model/text.ts';
import type { ActCounts, ApplyResult } from '../session/session.ts';

/** Steps of an act by what became of them. */
export interface StepCounts {
  readonly made: number;
  /** Sent, and what it did is not known. */
  readonly open: number;
  readonly failed: number;
  readonly of: number;
}

/** Why it is not known what an act resolved or introduced. */
export type Unverified =
  | { readonly reason: 'workspace-not-read' }
  | { readonly reason: 'checks-unknown'; readonly data: { readonly checks: number } };

export type ActOutcome =
  | { readonly reason: 'open' | 'partial' | 'failed'; readonly data: StepCounts }
  | { readonly reason: 'ended'; readonly data: StepCounts & { readonly why: FailureValue } }
  | { readonly reason: 'partly-undone'; readonly data: { readonly left: NonNullable<ApplyResult['notUndone']> } }
  | { readonly reason: 'partly-restored'; readonly data: { readonly left: readonly LeftSetting[] } }
  | { readonly reason: 'introduced'; readonly data: { readonly severe: readonly SevereFinding[] } }
  | { readonly reason: 'done' };

export function actOutcome(outcome: ApplyResult): ActOutcome {
  const { ended, notRestored, notUndone, state, verified } = outcome;
  const { severe = [] } = verified;
  if (ended === null && state === 'done') {
    if (notUndone !== undefined) return { reason: 'partly-undone', data: { left: notUndone } };
    if (notRestored !== undefined) return { reason: 'partly-restored', data: { left: notRestored } };
    return severe.length > 0 ? { reason: 'introduced', data: { severe } } : { reason: 'done' };
  }
  const data = stepCounts(outcome);
  if (data.open > 0) return { reason: 'open', data };
  if (ended !== null) return { reason: 'ended', data: { ...data, why: ended } };
  return { reason: data.made > 0 ? 'partial' : 'failed', data };
}

export function stepCounts({ steps }: Pick<ApplyResult, 'steps'>): StepCounts {
  const count = (wanted: ApplyResult['steps'][number]['state']) => steps.filter(({ state }) => state === wanted).length;
  return { made: madeCount(steps), open: count('unknown'), failed: count('failed'), of: steps.length };
}

/** `5 changes: 2 sent by this run, 1 made by it; 2 made before, 1 not made, 1 not known` */
export function countsWords({ of, sent, made, before, left, unknown, notNeeded }: ActCounts): string {
  const rest = [
    ...(before === 0 ? [] : [`${before} made before`]),
    ...(left === 0 ? [] : [`${left} not made`]),
    ...(unknown === 0 ? [] : [`${unknown} not known`]),
    ...(notNeeded === 0 ? [] : [`${notNeeded} not needed`]),
  ];
  const now = `${counted(of, 'change')}: ${sent} sent by this run, ${made} made by it`;
  return rest.length === 0 ? now : `${now}; ${rest.join(', ')}`;
}

/** Is it not known what the act resolved or introduced: because reads failed after it, or as what was not read decides it? */
export const isHidden = ({
  verified: { isUnread, notJudged = [], unknownChecks = 0, meanwhile = [] },
}: Pick<ApplyResult, 'verified'>): boolean =>
  isUnread === true ||
  notJudged.length > 0 ||
  unknownChecks > 0 ||
  meanwhile.some(({ reason, severity }) => reason === 'may-be-own' && severity !== undefined);

/** Why it may not be called verified; null where each finding that it was about was judged, and no read hides another. */
export function unverified(outcome: Pick<ApplyResult, 'verified'>): Unverified | null {
  const { isUnread, notJudged = [], unknown, unknownChecks = 0 } = outcome.verified;
  if (isUnread === true) return { reason: 'workspace-not-read' };
  const checks = isHidden(outcome) ? Math.max(unknownChecks + notJudged.length, unknown.length) : unknown.length;
  return checks === 0 ? null : { reason: 'checks-unknown', data: { checks } };
}

/** `not verified: 3 checks are unknown` */
export function unverifiedWords(why: Unverified): string {
  switch (why.reason) {
    case 'workspace-not-read':
      return 'not verified: the workspace could not be read again';
    case 'checks-unknown':
      return `not verified: ${counted(why.data.checks, 'check')} ${why.data.checks === 1 ? 'is' : 'are'} unknown`;
  }
}

/** So many are named; of more, how many there are. */
const mostNamed = 5;

/** `2 critical or high findings fail that did not before (high: nsg.inbound-ssh on nsg-train; ...)` */
export function severeWords(severe: readonly SevereFinding[]): string {
  const named = severe.slice(0, mostNamed).map(({ finding, severity }) => `${severity}: ${shortFinding(finding)}`);
  const more = severe.length - named.length;
  const fail = severe.length === 1 ? 'fails' : 'fail';
  return `${counted(severe.length, 'critical or high finding')} ${fail} that did not before (${named.join('; ')}${more > 0 ? `; and ${more} more` : ''})`;
}
