// An audit as Markdown: a heading, the counts, a table of problems, one of findings, the failed reads. Pure.
import { architectureWords } from '../model/architecture-words.ts';
import { type Finding, locationWords, outcomeWords, takesWords } from '../model/finding.ts';
import { type Problem, problemLabels, problemTakes, toDo } from '../model/problem.ts';
import { acceptedWords } from '../model/project-config.ts';
import { subjectWords } from '../model/short-finding.ts';
import { tagsSentence } from '../model/tags-seen.ts';
import { clean } from '../model/text.ts';
import { plainText } from '../model/words.ts';
import { articleMarkdown } from './article-text.ts';
import type { AuditResult } from './audit-result.ts';
import { scopeWords, summaryLine } from './audit-text.ts';
import { problemCounts, rulesOf } from './problem-text.ts';
import { projectSentences } from './project-text.ts';

/** Foreign text, escaped: no markup, no table cell and no HTML. */
export const markdownText = (text: string): string =>
  clean(text, 20_000).replace(/[\\`*_{}[\]()<>#+!|~&-]/g, (char) =>
    char === '<' ? '&lt;' : char === '>' ? '&gt;' : char === '&' ? '&amp;' : `\\${char}`,
  );

export function renderMarkdown({ snapshot, summary, findings, problems, by, article, config }: AuditResult): string {
  const name = scopeWords(snapshot, 'files without a workspace');
  const gaps = snapshot.gaps.map((gap) => `- ${markdownText(gap.id)}: ${markdownText(gap.reason)}`);
  return [
    `# Network security of ${markdownText(name)}`,
    '',
    `Scanned ${markdownText(snapshot.takenAt)}, source ${markdownText(snapshot.source.name)}. Architecture: ${markdownText(architectureWords(snapshot.architecture))}.${tagsSentence(snapshot.serviceTags, markdownText)}`,
    '',
    `${markdownText(plainText(summaryLine(summary)))}`,
    '',
    ...projectSentences(config).flatMap((text) => [markdownText(text), '']),
    ...(by === 'finding' || problems.length === 0 ? [] : [...problemTable(problems), '', '## Findings', '']),
    ...findingTable(findings),
    ...(article === undefined ? [] : ['', ...articleMarkdown(article, markdownText)]),
    ...(gaps.length === 0 ? [] : ['', '## Not accessible', '', ...gaps]),
    '',
  ].join('\n');
}

/** The problem and the reason of a failing finding, the reason of any other. */
const told = ({ outcome, problem, because, accepted }: Finding): string => {
  const words = outcome === 'fail' ? `${problem}. ${because}` : because;
  return accepted === undefined ? words : `${words} (${acceptedWords(accepted)})`;
};

function problemTable(problems: readonly Problem[]): string[] {
  return [
    '## Problems',
    '',
    markdownText(plainText(problemCounts(problems))),
    '',
    '| severity | problem | what to do | kind | rules |',
    '| --- | --- | --- | --- | --- |',
    ...problems.map((problem) => {
      const { severity, headline, accepted } = problem;
      const steps = toDo(problem).map(markdownText).join('<br>');
      const label = markdownText(problemLabels[problemTakes(problem)]);
      const words = accepted === null ? headline : `${headline} (${acceptedWords(accepted)})`;
      return `| ${severity} | ${markdownText(words)} | ${steps} | ${label} | ${markdownText(rulesOf(problem))} |`;
    }),
  ];
}

export function findingTable(findings: readonly Finding[]): string[] {
  if (findings.length === 0) return ['No findings.'];
  return [
    '| outcome | severity | rule | resource | details | fix |',
    '| --- | --- | --- | --- | --- | --- |',
    ...findings.map(
      (finding) =>
        `| ${[
          outcomeWords(finding),
          finding.severity,
          finding.rule,
          [subjectWords(finding), ...(finding.location ? [locationWords(finding.location)] : [])],
          told(finding),
          takesWords(finding),
        ]
          .map((cell) => [cell].flat().map(markdownText).join('<br>'))
          .join(' | ')} |`,
    ),
  ];
}
