// Findings as CSV (RFC 4180). A cell that a spreadsheet would run as a formula is defused. Pure.
import type { Finding } from '../model/finding.ts';
import { clean } from '../model/text.ts';
import { cellsOf, findingColumns } from './finding-columns.ts';

/** A quoted cell. One that begins like a formula gets an apostrophe before it (OWASP, "CSV Injection"). */
export function csvCell(text: string): string {
  const safe = clean(text, 20_000);
  const defused = /^[\s]*[=+\-@\uff1d\uff0b\uff0d\uff20\t\r]/.test(safe) ? `'${safe}` : safe;
  return `"${defused.replaceAll('"', '""')}"`;
}

/** A header and one record for each finding, lines ended by CR LF. */
export function* renderCsv(findings: Iterable<Finding>): Generator<string, void> {
  const record = (cells: readonly (string | number)[]) => `${cells.map((cell) => csvCell(String(cell))).join(',')}\r\n`;
  yield record(findingColumns.map(({ name }) => name));
  for (const finding of findings) yield record(cellsOf(finding));
}
