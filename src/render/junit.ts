// Findings as JUnit XML, for pipelines that show test results. A failing finding is a failure, an unknown one is skipped. Pure.
import { type Finding, isAccepted } from '../model/finding.ts';
import { acceptedWords } from '../model/project-config.ts';
import { subjectWords } from '../model/short-finding.ts';
import { clean } from '../model/text.ts';
import type { AuditResult } from './audit-result.ts';

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

/** Text of an XML 1.0 document: escaped, and without characters that XML does not allow. */
export const xmlText = (text: string): string =>
  clean(text, 20_000)
    .replace(/[\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, '')
    .replace(/[&<>"']/g, (char) => entities[char] ?? char);

export function renderJunit({ snapshot, findings }: AuditResult): string {
  const groups = Map.groupBy(findings, (finding) => finding.rule);
  const count = (outcome: Finding['outcome'], of = findings) =>
    of.filter((finding) => finding.outcome === outcome && !isAccepted(finding)).length;
  const skipped = (of: readonly Finding[]) =>
    count('unknown', of) + count('notApplicable', of) + of.filter(isAccepted).length;
  const suites = [...groups].map(
    ([rule, members]) =>
      `  <testsuite name="${xmlText(rule)}" tests="${members.length}" failures="${count('fail', members)}" skipped="${skipped(members)}" timestamp="${xmlText(snapshot.takenAt.replace(/\.\d+Z$|Z$/, ''))}">\n${members.map(testCase).join('')}  </testsuite>\n`,
  );
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="bastide" tests="${findings.length}" failures="${count('fail')}">\n${suites.join('')}</testsuites>\n`;
}

function testCase(finding: Finding): string {
  const open = `    <testcase classname="${xmlText(finding.rule)}" name="${xmlText(subjectWords(finding))}"`;
  if (finding.outcome === 'pass') return `${open}/>\n`;
  const inside =
    finding.accepted !== undefined
      ? `<skipped message="${xmlText(acceptedWords(finding.accepted))}"/>`
      : finding.outcome === 'fail'
        ? `<failure type="${finding.severity}" message="${xmlText(`${finding.problem}. ${finding.because}`)}">${xmlText(finding.id)}</failure>`
        : `<skipped message="${finding.outcome}: ${xmlText(finding.because)}"/>`;
  return `${open}>${inside}</testcase>\n`;
}
