// The outcome of an act in a sentence, for the message line and for the panel of its steps. What it came to, act-outcome.ts decides.
import { actOutcome, type StepCounts, severeWords, unverified, unverifiedWords } from '../../command/act-outcome.ts';
import { countedIn } from '../../model/compare.ts';
import { resolvedWords } from '../../model/problem.ts';
import { counted } from '../../model/text.ts';
import type { ActCounts, ApplyResult } from '../../session/session.ts';
import type { ScreenAct } from './state.ts';

export interface ActWords {
  readonly mark: 'ok' | 'warn' | 'bad' | 'unknown';
  /** In the colour of the mark. */
  readonly head: string;
  /** The rest of the sentence. */
  readonly tail: string;
  /** Every step is made: what it resolved is told. */
  readonly isMade: boolean;
}

type About = Pick<ScreenAct, 'verb' | 'stopping' | 'problems'>;

export function outcomeWords(outcome: ApplyResult, act: About): ActWords {
  const came = actOutcome(outcome);
  const did = act.verb === 'undo' ? 'Undone' : 'Applied';
  const why = unverified(outcome);
  switch (came.reason) {
    case 'done':
      return { mark: why === null ? 'ok' : 'unknown', head: did, tail: doneWords(outcome, act), isMade: true };
    case 'introduced':
      return {
        ...{ mark: 'bad', head: did, isMade: true },
        tail: `${doneWords(outcome, act)} ${severeWords(came.data.severe)}.`,
      };
    case 'partly-undone': {
      const left = came.data.left.length;
      const which = `${counted(left, 'change')} ${left === 1 ? 'is' : 'are'} not undone, because nothing proves whose ${left === 1 ? 'it is' : 'they are'}`;
      return { mark: 'bad', head: 'Undone in part', tail: `: ${which}.`, isMade: true };
    }
    case 'partly-restored': {
      const left = came.data.left.length;
      return { mark: 'bad', head: 'Restored in part', tail: `: ${left} left as changed.`, isMade: true };
    }
    case 'open':
    case 'ended':
    case 'partial':
    case 'failed':
      return { ...unfinished(came.data, outcome, act.stopping), isMade: false };
  }
}

function doneWords(outcome: ApplyResult, { verb, problems }: About): string {
  const why = unverified(outcome);
  const said = why === null ? ' and verified' : `, ${unverifiedWords(why)}`;
  if (verb === 'undo' || why?.reason === 'workspace-not-read') return `${said}.`;
  const { persisting, resolved, rollUps } = outcome.verified;
  const still = countedIn(persisting, rollUps);
  const numbers = `${resolvedWords(problems, resolved, ' resolved')}${still === 0 ? '' : `, ${still} still failing`}`;
  return why === null ? `${said}: ${numbers}.` : `${said}; ${numbers}.`;
}

/** What failed or is not known was sent: that nothing was changed is never said. */
function unfinished(
  { failed, made, of, open }: StepCounts,
  { remaining = 0, counts }: Pick<ApplyResult, 'remaining' | 'counts'>,
  stopping: boolean,
): Omit<ActWords, 'isMade'> {
  const known = made + failed + open;
  const isRest = known > 0 && (known < of || remaining > failed + open);
  const tail = [
    `: ${made} of ${counted(of, 'change')} made${counts === undefined || counts.before === 0 ? '' : ` (${counts.before} of them before)`}`,
    ...(failed === 0 ? [] : [`${failed} failed`]),
    ...(open === 0 ? [] : [`the outcome of ${open} not known yet`]),
    ...(counts === undefined ? (isRest ? ['the others not sent'] : []) : unsentWords(counts, failed)),
  ].join(', ');
  const head = stopping ? 'Stopped' : made > 0 ? 'Partly applied' : open > 0 ? 'Not known' : 'Failed';
  return { mark: open > 0 ? 'unknown' : stopping ? 'warn' : 'bad', head, tail: `${tail}.` };
}

/** What is left beside what failed, and what was so already. */
function unsentWords({ left, notNeeded }: ActCounts, failed: number): string[] {
  const unsent = Math.max(0, left - failed);
  return [...(unsent === 0 ? [] : [`${unsent} not sent`]), ...(notNeeded === 0 ? [] : [`${notNeeded} not needed`])];
}
