// An audit as one HTML page without scripts and external resources. Colours are the browser's. Pure.
import { architectureWords } from '../model/architecture-words.ts';
import { type Accepted, type Finding, locationWords, outcomeWords, severities, takesWords } from '../model/finding.ts';
import { type Problem, problemLabels, problemTakes, toDo } from '../model/problem.ts';
import { acceptedWords } from '../model/project-config.ts';
import { subjectWords } from '../model/short-finding.ts';
import { tagsSentence } from '../model/tags-seen.ts';
import { clean } from '../model/text.ts';
import { plainText } from '../model/words.ts';
import { articleHtml } from './article-text.ts';
import type { AuditResult } from './audit-result.ts';
import { scopeWords, summaryLine } from './audit-text.ts';
import { problemCounts, rulesOf } from './problem-text.ts';
import { projectSentences } from './project-text.ts';

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
export const htmlText = (text: string): string =>
  clean(text, 20_000).replace(/[&<>"']/g, (char) => entities[char] ?? char);

const style =
  ':root{color-scheme:light dark}body{font:16px/1.5 system-ui,sans-serif;max-width:72rem;margin:2rem auto;padding:0 1rem}' +
  'table{border-collapse:collapse;width:100%}th,td{border:1px solid;padding:.3rem .6rem;text-align:left;vertical-align:top}' +
  'code{overflow-wrap:anywhere}';

export function renderHtml({ snapshot, summary, findings, problems, by, article, config }: AuditResult): string {
  const name = scopeWords(snapshot, 'files without a workspace');
  const policy = "default-src 'none'; style-src 'unsafe-inline'";
  const sorted = findings.toSorted((a, b) => severities.indexOf(a.severity) - severities.indexOf(b.severity));
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width">
<title>Network security of ${htmlText(name)}</title>
<style>${style}</style>
</head>
<body>
<h1>Network security of ${htmlText(name)}</h1>
<p>Scanned ${htmlText(snapshot.takenAt)}, source ${htmlText(snapshot.source.name)}. Architecture: ${htmlText(architectureWords(snapshot.architecture))}.${tagsSentence(snapshot.serviceTags, htmlText)}</p>
<p>${htmlText(plainText(summaryLine(summary)))}</p>
${projectSentences(config)
  .map((text) => `<p>${htmlText(text)}</p>\n`)
  .join('')}${by === 'finding' || problems.length === 0 ? '' : problemTable(problems)}<table>
<thead><tr><th scope="col">Outcome</th><th scope="col">Severity</th><th scope="col">Rule</th><th scope="col">Resource</th><th scope="col">Details</th><th scope="col">Fix</th></tr></thead>
<tbody>
${sorted.map(row).join('\n')}
</tbody>
</table>
${article === undefined ? '' : articleHtml(article, htmlText)}${snapshot.gaps.length === 0 ? '' : `<h2>Not accessible</h2>\n<ul>${snapshot.gaps.map((gap) => `<li><code>${htmlText(gap.id)}</code>: ${htmlText(gap.reason)}</li>`).join('')}</ul>\n`}</body>
</html>
`;
}

const problemTable = (problems: readonly Problem[]): string => `<h2>Problems</h2>
<p>${htmlText(plainText(problemCounts(problems)))}</p>
<table>
<thead><tr><th scope="col">Severity</th><th scope="col">Problem</th><th scope="col">What to do</th><th scope="col">Kind</th><th scope="col">Rules</th></tr></thead>
<tbody>
${problems.map(problemRow).join('\n')}
</tbody>
</table>
<h2>Findings</h2>
`;

const acceptedCell = (accepted: Accepted | null | undefined): string =>
  accepted ? `<br><em>${htmlText(acceptedWords(accepted))}</em>` : '';

const problemRow = (problem: Problem): string =>
  `<tr><td>${problem.severity}</td><td title="${htmlText(problem.resource)}"><strong>${htmlText(problem.headline)}</strong>${acceptedCell(problem.accepted)}</td><td>${toDo(problem).map(htmlText).join('<br>')}</td><td>${problemLabels[problemTakes(problem)]}</td><td>${htmlText(rulesOf(problem))}</td></tr>`;

const placeCell = ({ location }: Finding): string =>
  location === undefined ? '' : `<br><code>${htmlText(locationWords(location))}</code>`;

const row = (finding: Finding): string =>
  `<tr><td>${outcomeWords(finding)}</td><td>${finding.severity}</td><td><code>${htmlText(finding.rule)}</code></td><td title="${htmlText(finding.resource)}">${htmlText(subjectWords(finding))}${placeCell(finding)}</td><td>${finding.outcome === 'fail' ? `<strong>${htmlText(finding.problem)}</strong><br>` : ''}${htmlText(finding.because)}${acceptedCell(finding.accepted)}</td><td>${takesWords(finding)}</td></tr>`;
