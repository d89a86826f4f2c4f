// The formats for documents, by what a result holds: a list of findings, or a whole audit. Each renderer is loaded on request.
import type { DocumentAbout, DocumentFormat, DocumentText } from '../../src/command/definition.ts';
import { type AuditResult, listedIn } from '../../src/render/audit-result.ts';
import { withFindingsJson } from '../../src/render/finding-json.ts';
import { inPieces, jsonPieces } from '../../src/render/json.ts';
import type { SarifInput } from '../../src/render/sarif.ts';

type Found = SarifInput & Pick<AuditResult, 'listed'>;

async function findingDocument(found: Found, format: DocumentFormat, about: DocumentAbout): Promise<DocumentText> {
  const findings = listedIn(found);
  if (format === 'csv') return inPieces((await import('../../src/render/csv.ts')).renderCsv(findings));
  if (format === 'xlsx') return (await import('../../src/render/xlsx.ts')).renderXlsx({ findings: [...findings] });
  if (format === 'ocsf')
    return inPieces((await import('../../src/render/ocsf.ts')).renderOcsf({ ...found, findings }, about));
  return jsonPieces((await import('../../src/render/sarif.ts')).sarifLog(found, about));
}

async function auditDocument(audit: AuditResult, format: DocumentFormat, about: DocumentAbout): Promise<DocumentText> {
  if (format === 'junit') return inPieces((await import('../../src/render/junit.ts')).renderJunit(audit));
  if (format === 'markdown') return (await import('../../src/render/markdown.ts')).renderMarkdown(audit);
  if (format === 'html') return inPieces((await import('../../src/render/html.ts')).renderHtml(audit));
  return findingDocument(audit, format, about);
}

/** For commands whose result is a list of findings. */
export const findingDocuments = {
  json: ({ snapshot: _documents, ...found }: SarifInput) => withFindingsJson(found),
  documents: ['sarif', 'csv', 'xlsx', 'ocsf'] as const,
  document: findingDocument,
};

/** For commands whose result is an audit. */
export const auditDocuments = {
  json: ({ since, by: _text, every: _documents, gather: _page, config, ...audit }: AuditResult) => ({
    ...withFindingsJson(audit),
    config: config ?? null,
    // `mended` is the older name of `resolved`.
    ...(since === undefined ? {} : { since: { ...since, mended: since.resolved } }),
  }),
  documents: ['sarif', 'junit', 'markdown', 'html', 'csv', 'xlsx', 'ocsf'] as const,
  document: auditDocument,
};
