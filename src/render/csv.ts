// Findings as CSV (RFC 4180). A cell that a spreadsheet would run as a formula is defused. Pure.
import { profilesWithAliases } from '../model/assumption.ts';
import type { Finding } from '../model/finding.ts';
import { acceptedWords } from '../model/project-config.ts';
import { clean } from '../model/text.ts';

const columns: readonly (readonly [name: string, of: (finding: Finding) => string])[] = [
  ['id', (finding) => finding.id],
  ['rule', (finding) => finding.rule],
  ['title', (finding) => finding.title],
  ['severity', (finding) => finding.severity],
  ['outcome', (finding) => finding.outcome],
  ['profiles', (finding) => profilesWithAliases(finding.profiles).join(' ')],
  ['resource', (finding) => finding.resource],
  ['where', (finding) => finding.where ?? ''],
  ['because', (finding) => finding.because],
  ['fix', (finding) => finding.fix.kind],
  ['undo', (finding) => finding.fix.undo],
  ['problem', (finding) => finding.problem],
  ['accepted', ({ accepted }) => (accepted === undefined ? '' : acceptedWords(accepted))],
];

/** A quoted cell. One that begins like a formula gets an apostrophe before it (OWASP, "CSV Injection"). */
export function csvCell(text: string): string {
  const safe = clean(text, 20_000);
  const defused = /^[\s]*[=+\-@\t\r]/.test(safe) ? `'${safe}` : safe;
  return `"${defused.replaceAll('"', '""')}"`;
}

/** A header and one record for each finding, lines ended by CR LF. */
export const renderCsv = (findings: readonly Finding[]): string =>
  [columns.map(([name]) => csvCell(name)), ...findings.map((finding) => columns.map(([, of]) => csvCell(of(finding))))]
    .map((cells) => `${cells.join(',')}\r\n`)
    .join('');
