// An envelope as the text of the chosen format, and which formats suit which verb. Prints nothing.
import type { Format } from '../command/common-flags.ts';
import type { Command } from '../command/definition.ts';
import { type Envelope, envelopeJson } from '../command/run.ts';
import { exitStatus, Failure, type FailureValue } from '../model/failure.ts';
import type { Json } from '../model/json.ts';
import { clean } from '../model/text.ts';
import type { AuditResult } from '../render/audit-result.ts';
import { renderJson, renderNdjson } from '../render/json.ts';
import type { Look } from './look.ts';

/** Verbs whose result is an audit, and verbs whose result holds a list of findings. */
const audits = ['audit', 'verify'];
const lists = [...audits, 'findings'];
const suited: Readonly<Record<Format, readonly string[] | 'all'>> = {
  text: 'all',
  json: 'all',
  ndjson: 'all',
  sarif: lists,
  csv: lists,
  junit: audits,
  markdown: audits,
  html: audits,
};

/** Throws Failure (exit 2) for a format that the verb cannot give. */
export function checkFormat(command: Command, format: Format): void {
  const verbs = suited[format];
  if (verbs === 'all' || verbs.includes(command.name)) return;
  throw new Failure(
    'unsuited-format',
    exitStatus.usage,
    `${command.name} has no ${format} form; ${format} is for ${verbs.join(', ')}.`,
    'Use --format text or json.',
  );
}

/** The answer in the chosen format; '' where the format has no place for a failure. */
export async function answerText(
  envelope: Envelope,
  command: Command | undefined,
  format: Format,
  look: Look,
  version: string,
): Promise<string> {
  if (format === 'json') return renderJson(envelopeJson(envelope));
  const { result } = envelope;
  if (result === null || command === undefined) return format === 'ndjson' ? failureLine(envelope) : '';
  if (format === 'text') return look.show(command.text(result));
  const { findings } = result as unknown as AuditResult;
  if (format === 'ndjson') {
    if (command.name === 'audit') return renderNdjson(findings as unknown as readonly Json[]);
    if (command.name === 'prove') return renderNdjson((result as { readonly answers: readonly Json[] }).answers);
    if (command.name === 'path') return renderNdjson((result as { readonly hops: readonly Json[] }).hops);
    return renderNdjson([{ kind: 'result', ...(envelopeJson(envelope) as Readonly<Record<string, Json>>) }]);
  }
  if (format === 'csv') return (await import('../render/csv.ts')).renderCsv(findings);
  if (format === 'sarif') return renderJson((await import('../render/sarif.ts')).sarifLog(findings, version));
  const audit = result as unknown as AuditResult;
  if (format === 'junit') return (await import('../render/junit.ts')).renderJunit(audit);
  if (format === 'markdown') return (await import('../render/markdown.ts')).renderMarkdown(audit);
  return (await import('../render/html.ts')).renderHtml(audit);
}

const failureLine = (envelope: Envelope): string =>
  envelope.command === 'audit'
    ? ''
    : renderNdjson([{ kind: 'result', ...(envelopeJson(envelope) as Readonly<Record<string, Json>>) }]);

/** A failure in two lines, for stderr. */
export function failureText(failure: FailureValue, look: Look): string {
  const lines = [
    [
      { text: 'bastide: ', role: 'dim' },
      { text: clean(failure.message), role: 'bad' },
    ],
    ...(failure.next === '' ? [] : [[{ text: `  ${clean(failure.next)}` }]]),
  ];
  return look.show(lines);
}
