// Which findings the list shows: those of the selected row, narrowed by the operator's filter.
import { type Finding, type Report, severities } from '../../../model/finding.ts';
import { once } from '../../draw/kept.ts';
import { remembered } from '../../terminal/remembered.ts';
import type { Grammar } from '../parts/narrow.ts';
import { inSize, sortedBy } from '../parts/sorted.ts';
import { findingsAt } from './findings-at.ts';
import type { TreeRow } from './rows.ts';

/**
 * A filter's words, all of which must hold: `text` anywhere in the finding, `!text` nowhere in it, and `sev:high`,
 * `rule:text`, `fix:auto`, `is:unknown` for one member. Letter case does not count.
 */
export const findingGrammar: Grammar<Finding> = {
  members: { sev: 'severity', severity: 'severity', rule: 'rule', fix: 'fix', is: 'outcome' },
  test({ member, value }) {
    if (member === 'rule') return ({ rule }) => rule.toLowerCase().includes(value);
    if (member === 'fix') return ({ fix }) => fix.kind.startsWith(value);
    if (member === 'outcome') return ({ outcome }) => outcome.toLowerCase().startsWith(value);
    if (member === 'severity') return ({ severity }) => severity.startsWith(value);
    const within = (text: string) => text.toLowerCase().includes(value);
    // A few texts are those of many findings; and an id is made of some, with signs between them.
    const often = remembered(within);
    const spans = /[@#]/.test(value);
    return ({ id, rule, title, severity, outcome, resource, where, because }) =>
      often(rule) ||
      often(resource) ||
      (where !== null && often(where)) ||
      (spans && within(id)) ||
      often(title) ||
      often(severity) ||
      often(outcome) ||
      within(because);
  },
};

const outcomes = ['fail', 'unknown', 'pass', 'notApplicable'];
/** Lower is worse. */
export const rank = ({ outcome, severity }: Finding): number =>
  outcomes.indexOf(outcome) * severities.length + severities.indexOf(severity);
export const worstFirst = (all: readonly Finding[]): Finding[] => sortedBy(all, rank, inSize);

/** The findings at some resources, the worst first, put together once for each report and row of the tree. */
const inOrder = (wanted: (finding: Finding) => boolean) => {
  const put = (findings: readonly Finding[]) => worstFirst(findings.filter(wanted));
  const whole = once((report: Report) => put(report.findings));
  const part = once((report: Report) => once((covers: ReadonlySet<string>) => put(findingsAt(report, covers))));
  return (report: Report, covers: TreeRow['covers']) => (covers === null ? whole(report) : part(report)(covers));
};
const open = inOrder(({ outcome }) => outcome === 'fail' || outcome === 'unknown');
const every = inOrder(() => true);

/** The findings of a row, worst first. Without `everyOutcome` only those that fail or could not be judged. */
export const findingsOf = (report: Report, covers: TreeRow['covers'], everyOutcome: boolean): readonly Finding[] =>
  (everyOutcome ? every : open)(report, covers);
