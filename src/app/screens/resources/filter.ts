// Which findings the list shows: those of the selected row, narrowed by the operator's filter.
import { type Finding, type Report, severities } from '../../../model/finding.ts';
import { findingsAt } from './findings-at.ts';
import type { TreeRow } from './rows.ts';

/**
 * A filter's words, all of which must hold: `text` anywhere in the finding, `!text` nowhere in it, and `sev:high`,
 * `rule:text`, `fix:auto`, `is:unknown` for one member. Letter case does not count.
 */
export function matches(finding: Finding, filter: string): boolean {
  const haystack = [finding.id, finding.rule, finding.title, finding.severity, finding.outcome, finding.because]
    .join(' ')
    .toLowerCase();
  return filter
    .toLowerCase()
    .split(/\s+/)
    .filter((term) => term !== '' && term !== '!')
    .every((term) => {
      const negative = term.startsWith('!');
      const wanted = negative ? term.slice(1) : term;
      return holds(finding, wanted, haystack) !== negative;
    });
}

function holds(finding: Finding, term: string, haystack: string): boolean {
  const [, name, value] = /^(sev|severity|rule|fix|is):(.*)$/.exec(term) ?? [];
  if (name === undefined || value === undefined) return haystack.includes(term);
  if (name === 'rule') return finding.rule.toLowerCase().includes(value);
  if (name === 'fix') return finding.fix.kind.startsWith(value);
  if (name === 'is') return finding.outcome.toLowerCase().startsWith(value);
  return finding.severity.startsWith(value);
}

const outcomes = ['fail', 'unknown', 'pass', 'notApplicable'];

/** The findings of a row, worst first. Without `everyOutcome` only those that fail or could not be judged. */
export function shownFindings(
  report: Report,
  row: TreeRow | undefined,
  filter: string,
  everyOutcome: boolean,
): Finding[] {
  return findingsAt(report, row?.covers ?? null)
    .filter((finding) => everyOutcome || finding.outcome === 'fail' || finding.outcome === 'unknown')
    .filter((finding) => filter === '' || matches(finding, filter))
    .sort(
      (a, b) =>
        outcomes.indexOf(a.outcome) - outcomes.indexOf(b.outcome) ||
        severities.indexOf(a.severity) - severities.indexOf(b.severity),
    );
}
