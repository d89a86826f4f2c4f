// An audit as one HTML page that loads nothing: problems, the plan of all automatic fixes, the network map, findings. Pure.
import { architectureWords } from '../model/architecture-words.ts';
import {
  type Accepted,
  type Finding,
  locationWords,
  outcomeWords,
  type Severity,
  severities,
  takesWords,
} from '../model/finding.ts';
import type { Plan } from '../model/plan.ts';
import { type Problem, problemLabels, problemTakes, toDo } from '../model/problem.ts';
import { acceptedWords } from '../model/project-config.ts';
import { subjectWords } from '../model/short-finding.ts';
import { tagsSentence } from '../model/tags-seen.ts';
import { clean } from '../model/text.ts';
import { plainText } from '../model/words.ts';
import { articleHtml } from './article-text.ts';
import { type AuditResult, listedIn } from './audit-result.ts';
import { scopeWords, summaryLine } from './audit-text.ts';
import { mapHtml } from './html-map.ts';
import { htmlFilter, htmlPage, htmlTable } from './html-page.ts';
import { planHtml } from './html-plan.ts';
import { problemCounts, rulesOf } from './problem-text.ts';
import { projectSentences } from './project-text.ts';
import { xmlText } from './xml.ts';

export function renderHtml(audit: AuditResult): string {
  const { snapshot, summary, problems, by, article, config, gather } = audit;
  const findings = [...listedIn(audit)];
  const name = scopeWords(snapshot, 'files without a workspace');
  const title = `Network security of ${clean(name, 200)}`;
  const { plan, map } = gather?.() ?? {};
  const sorted = findings.toSorted((a, b) => severities.indexOf(a.severity) - severities.indexOf(b.severity));
  const about = [
    `Scanned ${xmlText(snapshot.takenAt)}, source ${xmlText(snapshot.source.name)}. Architecture: ${xmlText(architectureWords(snapshot.architecture))}.${tagsSentence(snapshot.serviceTags, xmlText)}`,
    xmlText(plainText(summaryLine(summary))),
    ...projectSentences(config).map(xmlText),
  ];
  const gaps = snapshot.gaps.map((gap) => `<li><code>${xmlText(gap.id)}</code>: ${xmlText(gap.reason)}</li>`);
  const sections: readonly (readonly [id: string, title: string, html: string])[] = [
    ['problems', 'Problems', by === 'finding' || problems.length === 0 ? '' : problemTable(problems)],
    ['plan', 'Plan of all automatic fixes', plan === undefined ? '' : planSection(plan)],
    ['map', 'Network map', map === undefined ? '' : mapHtml(map)],
    ['findings', 'Findings', findingTable(sorted)],
    ['article', 'Article of 2020', article === undefined ? '' : articleHtml(article, xmlText)],
    ['gaps', 'Not accessible', gaps.length === 0 ? '' : `<ul>${gaps.join('')}</ul>\n`],
  ];
  const there = sections.filter(([, , html]) => html !== '');
  return htmlPage(
    title,
    [
      `<h1>${xmlText(title)}</h1>\n`,
      ...about.map((text) => `<p>${text}</p>\n`),
      `<nav aria-label="Sections"><ul>${there.map(([id, words]) => `<li><a href="#${id}">${words}</a></li>`).join('')}</ul></nav>\n`,
      ...there.map(
        ([id, words, html]) => `<section aria-labelledby="${id}">\n<h2 id="${id}">${words}</h2>\n${html}</section>\n`,
      ),
    ].join(''),
  );
}

const planSection = (plan: Plan | number): string =>
  typeof plan === 'number'
    ? `<p>Not shown: ${plan} auto-fixable problems are too many for one plan. Select some with <code>bastide plan RULE</code>.</p>\n`
    : planHtml(plan);

const problemTable = (problems: readonly Problem[]): string =>
  `<p>${xmlText(plainText(problemCounts(problems)))}</p>\n${htmlTable({
    id: 'problem-table',
    title: 'Table of problems',
    columns: ['Severity', 'Problem', 'What to do', 'Kind', 'Rules'],
    rows: problems.map(problemRow),
  })}`;

const findingTable = (findings: readonly Finding[]): string =>
  findings.length === 0
    ? '<p>No findings.</p>\n'
    : `${htmlFilter('finding-table', {
        outcome: [...new Set(findings.map(({ outcome }) => outcome))],
        severity: severities.filter((severity) => findings.some((one) => one.severity === severity)),
      })}${htmlTable({
        id: 'finding-table',
        title: 'Table of findings',
        columns: ['Outcome', 'Severity', 'Rule', 'Resource', 'Details', 'Fix'],
        rows: findings.map(findingRow),
      })}`;

const severityCell = (severity: Severity): string =>
  `<td data-key="${severities.indexOf(severity)}" class="${severity}">${severity}</td>`;

const acceptedCell = (accepted: Accepted | null | undefined): string =>
  accepted ? `<br><em>${xmlText(acceptedWords(accepted))}</em>` : '';

const placeCell = ({ location }: Finding): string =>
  location === undefined ? '' : `<br><code>${xmlText(locationWords(location))}</code>`;

const problemRow = (problem: Problem): string =>
  `<tr>${severityCell(problem.severity)}<td title="${xmlText(problem.resource)}"><strong>${xmlText(problem.headline)}</strong>${acceptedCell(problem.accepted)}</td><td>${toDo(problem).map(xmlText).join('<br>')}</td><td>${problemLabels[problemTakes(problem)]}</td><td>${xmlText(rulesOf(problem))}</td></tr>`;

const findingRow = (finding: Finding): string =>
  `<tr data-outcome="${finding.outcome}" data-severity="${finding.severity}"><td>${outcomeWords(finding)}</td>${severityCell(finding.severity)}<td><code>${xmlText(finding.rule)}</code></td><td title="${xmlText(finding.resource)}">${xmlText(subjectWords(finding))}${placeCell(finding)}</td><td>${finding.outcome === 'fail' ? `<strong>${xmlText(finding.problem)}</strong><br>` : ''}${xmlText(finding.because)}${acceptedCell(finding.accepted)}</td><td>${takesWords(finding)}</td></tr>`;
