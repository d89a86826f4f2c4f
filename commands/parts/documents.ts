// The formats for documents, by what a result holds: a list of findings, or a whole audit. Each renderer is loaded on request.
import type { DocumentFormat } from '../../src/command/definition.ts';
import type { Finding } from '../../src/model/finding.ts';
import type { ProjectSummary } from '../../src/model/project-config.ts';
import type { AuditResult } from '../../src/render/audit-result.ts';
import { withFindingsJson } from '../../src/render/finding-json.ts';
import { renderJson } from '../../src/render/json.ts';

interface Findings {
  readonly findings: readonly Finding[];
  readonly config?: ProjectSummary;
}

async function findingDocument(
  { findings, config }: Findings,
  format: DocumentFormat,
  version: string,
): Promise<string> {
  if (format === 'csv') return (await import('../../src/render/csv.ts')).renderCsv(findings);
  return renderJson((await import('../../src/render/sarif.ts')).sarifLog(findings, version, config));
}

async function auditDocument(audit: AuditResult, format: DocumentFormat, version: string): Promise<string> {
  if (format === 'junit') return (await import('../../src/render/junit.ts')).renderJunit(audit);
  if (format === 'markdown') return (await import('../../src/render/markdown.ts')).renderMarkdown(audit);
  if (format === 'html') return (await import('../../src/render/html.ts')).renderHtml(audit);
  return findingDocument(audit, format, version);
}

/** For commands whose result is a list of findings. */
export const findingDocuments = {
  json: (found: Findings) => withFindingsJson(found),
  documents: ['sarif', 'csv'] as const,
  document: findingDocument,
};

/** For commands whose result is an audit. */
export const auditDocuments = {
  json: ({ since, by: _text, config, ...audit }: AuditResult) => ({
    ...withFindingsJson(audit),
    config: config ?? null,
    // `mended` is the older name of `resolved`.
    ...(since === undefined ? {} : { since: { ...since, mended: since.resolved } }),
  }),
  documents: ['sarif', 'junit', 'markdown', 'html', 'csv'] as const,
  document: auditDocument,
};
