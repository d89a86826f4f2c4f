// The findings of a list: those of the selected row that match the operator's filter.

import { memoizePerObject } from '../../../model/caches.ts';
import { type Finding, isAccepted, isOpen, type Report, takesWords } from '../../../model/finding.ts';
import type { Grammar } from '../../rows/narrow.ts';
import type { Rows } from '../../rows/rows.ts';
import type { Selector } from '../../rows/table.ts';
import { findingsAt } from './findings-at.ts';
import type { TreeRow } from './rows.ts';

const rule: Selector<Finding> = (finding) => finding.rule;
const fix: Selector<Finding> = (finding) => finding.fix.kind;
/** The words of the column, `needs-input` with a dash, as a filter's word has no space. */
const fixLabel: Selector<Finding> = (finding) => takesWords(finding).replace(' ', '-');
const outcome: Selector<Finding> = (finding) => (isAccepted(finding) ? 'accepted' : finding.outcome);
/** `is:new`: since the audit before. */
const news: Selector<Finding> = ({ isNew }) => (isNew === true ? 'new' : '');
const severity: Selector<Finding> = (finding) => finding.severity;
/** Anywhere in a finding, the least distinct members first. */
const texts: readonly Selector<Finding>[] = [
  rule,
  ({ title }) => title,
  ({ problem }) => problem,
  severity,
  outcome,
  ({ resource }) => resource,
  ({ where }) => where ?? '',
  ({ because }) => because,
];
/** An id consists of some of these, with separators between them. */
const spanning: readonly Selector<Finding>[] = [...texts, ({ id }) => id];

/**
 * A filter's words, all of which must hold: `text` anywhere in the finding, `!text` nowhere in it, and `sev:high`,
 * `rule:text`, `fix:auto` (or `fix:needs-input`), `is:unknown` for one member. Case is ignored.
 */
export const findingGrammar: Grammar<Finding> = {
  members: { sev: 'severity', severity: 'severity', rule: 'rule', fix: 'fix', is: 'outcome' },
  sought({ member, value }) {
    if (member === 'rule') return { in: [rule] };
    if (member === 'fix') return { in: [fixLabel, fix], begins: true };
    if (member === 'outcome') return { in: [outcome, news], begins: true };
    if (member === 'severity') return { in: [severity], begins: true };
    return { in: /[@#]/.test(value) ? spanning : texts };
  },
};

/** Examples of its words, shown while none is typed. */
export const findingFilterHint = 'text  !text  sev:high  rule:storage  fix:auto  is:unknown';

/** The failing and unknown ones of these findings. */
const open = memoizePerObject((all: Rows<Finding>) => all.where(isOpen, true));

/** The findings of a row, worst first. Without `everyOutcome` only failing and unknown ones. */
export function findingsOf(report: Report, covers: TreeRow['covers'], everyOutcome: boolean): Rows<Finding> {
  const all = findingsAt(report, covers);
  return everyOutcome ? all : open(all);
}
