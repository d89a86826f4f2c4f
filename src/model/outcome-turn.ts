// What became of a finding between two audits. Everything that compares audits asks here: the audit before, a baseline, a watch, two
// files. Pure.
import type { Outcome } from './finding.ts';

/**
 * - `introduced`: it fails, and did not;
 * - `learned`: it fails, and was unknown: whether it failed is not known, so it is not new;
 * - `found`: it fails or is unknown, and its rule was not checked before;
 * - `unread`: it is unknown, and neither failed nor was unknown;
 * - `lost`: it failed, and is unknown or could not be judged;
 * - `unchecked`: it failed, and its rule was not checked;
 * - `accepted`: it failed and is accepted;
 * - `resolved`: it failed and passes;
 * - `gone`: it failed and is not checked any more;
 * - `read`: it was unknown and is known not to fail;
 * - `same`: none of these.
 */
export type OutcomeTurn =
  | 'introduced'
  | 'learned'
  | 'found'
  | 'unread'
  | 'lost'
  | 'unchecked'
  | 'accepted'
  | 'resolved'
  | 'gone'
  | 'read'
  | 'same';

/**
 * An outcome as an audit has it; `accepted` fails and is accepted, `notJudged` is not there and may be behind a read that failed,
 * the rule of `notChecked` was not checked, undefined is not there.
 */
export type AuditedOutcome = Outcome | 'accepted' | 'notJudged' | 'notChecked' | undefined;

export function outcomeTurn(before: AuditedOutcome, after: AuditedOutcome): OutcomeTurn {
  if (after === 'fail') return failingSince(before);
  if (after === 'unknown') {
    if (before === 'notChecked') return 'found';
    return before === 'fail' ? 'lost' : before === 'unknown' ? 'same' : 'unread';
  }
  if (after === 'notJudged') return before === 'fail' || before === 'accepted' ? 'lost' : 'same';
  if (after === 'notChecked') return before === 'fail' || before === 'accepted' ? 'unchecked' : 'same';
  if (before === 'unknown') return 'read';
  if (after === 'accepted') return before === 'fail' ? 'accepted' : 'same';
  if (before !== 'fail' && before !== 'accepted') return 'same';
  return after === 'pass' ? 'resolved' : 'gone';
}

function failingSince(before: AuditedOutcome): OutcomeTurn {
  if (before === 'fail') return 'same';
  if (before === 'unknown' || before === 'notJudged') return 'learned';
  return before === 'notChecked' ? 'found' : 'introduced';
}
