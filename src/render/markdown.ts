// An audit as Markdown: a heading, the counts, a table of problems, one of findings, the failed reads. It fits into a comment on
// GitHub. Pure.
import { architectureWords } from '../model/architecture-words.ts';
import { type Finding, isCounted, locationWords, outcomeWords, takesWords } from '../model/finding.ts';
import { type Problem, problemLabels, problemTakes, toDo } from '../model/problem.ts';
import { acceptedWords } from '../model/project-config.ts';
import { subjectWords } from '../model/short-finding.ts';
import { failedReads } from '../model/snapshot.ts';
import { tagsSentence } from '../model/tags-seen.ts';
import { plainText } from '../model/words.ts';
import { articleMarkdown } from './article-text.ts';
import { type AuditResult, listedIn, outsideSentences, scopeSentences } from './audit-result.ts';
import { scopeWords, summaryLine } from './audit-text.ts';
import { limitedMarkdown, type MarkdownPart, markdownText } from './markdown-limit.ts';
import { problemCounts, rulesOf } from './problem-text.ts';
import { projectSentences } from './project-text.ts';

export function renderMarkdown(audit: AuditResult): string {
  const { snapshot, summary, problems, by, article, config } = audit;
  const findings = [...listedIn(audit)];
  const name = scopeWords(snapshot, 'files without a workspace');
  const byProblem = by !== 'finding' && problems.length > 0;
  const about = [
    `Scanned ${markdownText(snapshot.takenAt)}, source ${markdownText(snapshot.source.name)}. Architecture: ${markdownText(architectureWords(snapshot.architecture))}.${tagsSentence(snapshot.serviceTags, markdownText)}`,
    ...scopeSentences(audit).map(markdownText),
    markdownText(plainText(summaryLine(summary))),
    ...(audit.empty === undefined ? [] : [markdownText(audit.empty)]),
    ...outsideSentences(snapshot).map(markdownText),
    ...projectSentences(config).map(markdownText),
  ];
  const gaps = failedReads(snapshot.gaps).map((gap) => `- ${markdownText(gap.id)}: ${markdownText(gap.reason)}`);
  return limitedMarkdown([
    { head: `# Network security of ${markdownText(name)}\n\n${about.map((text) => `${text}\n\n`).join('')}` },
    ...(byProblem ? [problemPart(problems)] : []),
    // Before the findings, which may be cut off.
    ...(gaps.length === 0 ? [] : [{ head: '## Not accessible\n\n', rows: gaps, tail: '\n', noun: 'failed reads' }]),
    findingPart(findings, byProblem),
    ...(article === undefined ? [] : [{ head: `\n${articleMarkdown(article, markdownText).join('\n')}\n` }]),
  ]);
}

/** The problem and the reason of a failing finding, the reason of any other. */
const told = ({ outcome, problem, because, accepted }: Finding): string => {
  const words = outcome === 'fail' ? `${problem}. ${because}` : because;
  return accepted === undefined ? words : `${words} (${acceptedWords(accepted)})`;
};

const problemPart = (problems: readonly Problem[]): MarkdownPart => ({
  head: `## Problems\n\n${markdownText(plainText(problemCounts(problems)))}\n\n| severity | problem | what to do | kind | rules |\n| --- | --- | --- | --- | --- |\n`,
  rows: problems.map((problem) => {
    const { severity, headline, accepted } = problem;
    const steps = toDo(problem).map(markdownText).join('<br>');
    const label = markdownText(problemLabels[problemTakes(problem)]);
    const words = accepted === null ? headline : `${headline} (${acceptedWords(accepted)})`;
    return `| ${severity} | ${markdownText(words)} | ${steps} | ${label} | ${markdownText(rulesOf(problem))} |`;
  }),
  tail: '\n',
  noun: 'problems',
});

/** A section that is closed at first where problems come before it. */
function findingPart(findings: readonly Finding[], isClosed: boolean): MarkdownPart {
  const [open, close] = isClosed
    ? [`<details>\n<summary>Findings: ${findings.filter(isCounted).length}</summary>\n\n`, '\n</details>\n']
    : ['', ''];
  if (findings.length === 0) return { head: `${open}No findings.\n${close}` };
  return {
    head: `${open}| outcome | severity | rule | resource | details | fix |\n| --- | --- | --- | --- | --- | --- |\n`,
    rows: findings.map((finding) => {
      const place = finding.location === undefined ? [] : [locationWords(finding.location)];
      const cells = [
        [outcomeWords(finding)],
        [finding.severity],
        [finding.rule],
        [subjectWords(finding), ...place],
        [told(finding)],
        [takesWords(finding)],
      ];
      return `| ${cells.map((lines) => lines.map(markdownText).join('<br>')).join(' | ')} |`;
    }),
    tail: close,
    noun: 'findings',
  };
}
