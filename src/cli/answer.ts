// An envelope as the text of the chosen format, and which formats a command has. Prints nothing.
import type { Format } from '../command/common-flags.ts';
import type { Command, DocumentFormat, DocumentText } from '../command/definition.ts';
import type { ParsedCommand } from '../command/parse-arguments.ts';
import { type Envelope, envelopeJson } from '../command/run.ts';
import { exitStatus, Failure, type FailureValue } from '../model/failure.ts';
import { clean } from '../model/text.ts';
import { jsonPieces, renderNdjson } from '../render/json.ts';
import type { Look } from './look.ts';

/** Throws Failure (exit 2) for a format that the command does not have. */
export function checkFormat(
  { args, command }: Pick<ParsedCommand, 'args' | 'command'>,
  format: Format,
  verbs: readonly Command[],
): void {
  const left = command.withoutDocuments?.(args) ?? [];
  const own = (command.documents ?? []).filter((one) => !left.includes(one));
  if (!isDocument(format) || own.includes(format)) return;
  const having = verbs.filter(({ documents }) => documents?.includes(format)).map(({ name }) => name);
  throw new Failure(
    'unsuited-format',
    exitStatus.usage,
    `${command.name} has no ${format} output. Commands with ${format} output: ${having.join(', ')}.`,
    `${command.name} has ${['text', 'json', 'ndjson', ...own].join(', ')}.`,
  );
}

const isDocument = (format: Format): format is DocumentFormat =>
  format !== 'text' && format !== 'json' && format !== 'ndjson';

/** The answer in the chosen format; '' where the format has no place for a failure. */
export async function answerText(envelope: Envelope, format: Format, look: Look): Promise<DocumentText> {
  const { view } = envelope;
  if (format === 'json') return jsonPieces(envelopeJson(envelope));
  if (format === 'text') return view === null ? '' : look.show(view.text());
  if (format !== 'ndjson') return view === null ? '' : view.document(format);
  const items = view?.items();
  if (items) return renderNdjson(items);
  // The lines of an audit are findings, and a failure is none.
  return view === null && envelope.command === 'audit'
    ? ''
    : renderNdjson([{ kind: 'result', ...envelopeJson(envelope) }]);
}

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
