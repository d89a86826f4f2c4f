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
import { failedReads } from '../model/snapshot.ts';
import { tagsSentence } from '../model/tags-seen.ts';
import { clean } from '../model/text.ts';
import { plainText } from '../model/words.ts';
import { articleHtml } from './article-text.ts';
import { type AuditResult, outsideSentences, scopeSentences } from './audit-result.ts';
import { scopeWords, summaryLine } from './audit-text.ts';
import { mapHtml } from './html-map.ts';
import { htmlFilter, htmlTablePieces, pageEnd, pageHead } from './html-page.ts';
import { planHtml } from './html-plan.ts';
import { problemCounts, rulesOf } from './problem-text.ts';
import { projectSentences } from './project-text.ts';
import { xmlText } from './xml.ts';

/** In pieces, so that a long page is never in memory as a whole. */
export function* renderHtml(audit: AuditResult): Generator<string, void> {
  const { snapshot, summary, problems, by, article, config, gather } = audit;
  const name = scopeWords(snapshot, 'files without a workspace');
  const title = `Network security of ${clean(name, 200)}`;
  const { plan, map } = gather?.() ?? {};
  const about = [
    `Scanned ${xmlText(snapshot.takenAt)}, source ${xmlText(snapshot.source.name)}. Architecture: ${xmlText(architectureWords(snapshot.architecture))}.${tagsSentence(snapshot.serviceTags, xmlText)}`,
    ...scopeSentences(audit).map(xmlText),
    xmlText(plainText(summaryLine(summary))),
    ...(audit.empty === undefined ? [] : [xmlText(audit.empty)]),
    ...outsideSentences(snapshot).map(xmlText),
    ...projectSentences(config).map(xmlText),
  ];
  const gaps = failedReads(snapshot.gaps).map(
    (gap) => `<li><code>${xmlText(gap.id)}</code>: ${xmlText(gap.reason)}</li>`,
  );
  const sections: readonly Section[] = [
    ['problems', 'Problems', by === 'finding' || problems.length === 0 ? null : problemTable(problems)],
    ['plan', 'Plan of all automatic fixes', plan === undefined ? null : [planSection(plan)]],
    ['map', 'Network map', map === undefined ? null : unlessEmpty(mapHtml(map))],
    ['findings', 'Findings', findingTable(worstFirst(audit))],
    ['article', 'Article of 2020', article === undefined ? null : [articleHtml(article, xmlText)]],
    ['gaps', 'Not accessible', gaps.length === 0 ? null : [`<ul>${gaps.join('')}</ul>\n`]],
  ];
  const there = sections.flatMap(([id, words, html]) => (html === null ? [] : [{ id, words, html }]));
  const links = there.map(({ id, words }) => `<li><a href="#${id}">${words}</a></li>`);
  yield pageHead(title);
  yield `<h1>${xmlText(title)}</h1>\n`;
  yield about.map((text) => `<p>${text}</p>\n`).join('');
  yield `<nav aria-label="Sections"><ul>${links.join('')}</ul></nav>\n`;
  for (const { id, words, html } of there) {
    yield `<section aria-labelledby="${id}">\n<h2 id="${id}">${words}</h2>\n`;
    yield* html;
    yield '</section>\n';
  }
  yield pageEnd;
}

/** Null: there is nothing to show. */
type Section = readonly [id: string, title: string, html: Iterable<string> | null];
const unlessEmpty = (html: string): readonly string[] | null => (html === '' ? null : [html]);

/** The findings that the audit lists, each time anew. Those that are made one after another come in this order. */
function worstFirst({ findings, listed }: AuditResult): () => Iterable<Finding> {
  if (listed !== undefined) return listed;
  const sorted = findings.toSorted((a, b) => severities.indexOf(a.severity) - severities.indexOf(b.severity));
  return () => sorted;
}

const planSection = (plan: Plan | number): string =>
  typeof plan === 'number'
    ? `<p>Not shown: ${plan} auto-fixable problems are too many for one plan. Select some with <code>bastide plan RULE</code>.</p>\n`
    : planHtml(plan);

function* problemTable(problems: readonly Problem[]): Generator<string, void> {
  yield `<p>${xmlText(plainText(problemCounts(problems)))}</p>\n`;
  yield* htmlTablePieces({
    id: 'problem-table',
    title: 'Table of problems',
    columns: ['Severity', 'Problem', 'What to do', 'Kind', 'Rules'],
    rows: eachOf(problems, problemRow),
  });
}

function* findingTable(findings: () => Iterable<Finding>): Generator<string, void> {
  const [outcomes, grades] = [new Set<Finding['outcome']>(), new Set<Severity>()];
  for (const { outcome, severity } of findings()) {
    outcomes.add(outcome);
    grades.add(severity);
  }
  if (outcomes.size === 0) {
    yield '<p>No findings.</p>\n';
    return;
  }
  yield htmlFilter('finding-table', {
    outcome: [...outcomes],
    severity: severities.filter((severity) => grades.has(severity)),
  });
  yield* htmlTablePieces({
    id: 'finding-table',
    title: 'Table of findings',
    columns: ['Outcome', 'Severity', 'Rule', 'Resource', 'Details', 'Fix'],
    rows: eachOf(findings(), findingRow),
  });
}

function* eachOf<T>(items: Iterable<T>, row: (item: T) => string): Generator<string, void> {
  for (const item of items) yield row(item);
}

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
