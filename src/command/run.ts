// Runs one parsed command and puts its answer into the envelope of the JSON contract. The same for shell, script and
// palette; prints nothing.
import { type ExitStatus, exitStatus, Failure, type FailureValue, isFailure } from '../model/failure.ts';
import type { Json, JsonObject } from '../model/json.ts';
import type { Line } from '../model/words.ts';
import type { SessionEvent } from '../session/session.ts';
import type { Command, CommandContext, DocumentAbout, DocumentFormat, DocumentText } from './definition.ts';
import type { ParsedCommand } from './parse-arguments.ts';
import { sentenceWithSource, sourceOf } from './suggested.ts';

export interface Envelope {
  readonly schema: 'bastide/v1';
  readonly command: string;
  readonly arguments: Json;
  readonly ok: boolean;
  readonly result: Json | null;
  readonly failure: FailureValue | null;
  /** Not part of the JSON. */
  readonly exit: ExitStatus;
  /** The other forms of the result, not part of the JSON either; null without a result. */
  readonly view: ResultView | null;
}

/** A result in the forms that its command gives it. */
export interface ResultView {
  text(): readonly Line[];
  /** What could not be read, a sentence each. */
  unread(): readonly string[];
  unjudged(): readonly string[];
  /** One item a line with ndjson; null where the envelope is the only line. */
  items(): readonly Json[] | null;
  /** Rejects for a format that the command does not list in `documents`. */
  document(format: DocumentFormat): Promise<DocumentText>;
}

/** Runs the command; expected errors come back as the envelope's failure, and anything else thrown is a bug. */
export async function* runCommand(
  parsed: ParsedCommand,
  context: CommandContext,
): AsyncGenerator<SessionEvent, Envelope> {
  const { command, flags } = parsed;
  try {
    command.check?.(parsed.args);
    const result = yield* command.run({ ...context, flags, line: parsed.line }, parsed.args);
    return envelopeOf(command.name, parsed.given, {
      result: asJson(command.json?.(result) ?? result),
      failure: actingHere(command.failure?.(result) ?? null, parsed, context),
      exit: command.exit?.(result, flags) ?? exitStatus.done,
      view: viewOf(command, result, { version: context.host.version, rules: context.rules }),
    });
  } catch (error) {
    const envelope = failedEnvelope(command.name, parsed.given, asFailure(error, context.signal));
    return { ...envelope, failure: actingHere(envelope.failure, parsed, context) };
  }
}

/** A failure whose commands read the same source as the run. */
function actingHere(
  failure: FailureValue | null,
  parsed: ParsedCommand,
  { verbs }: Pick<CommandContext, 'verbs'>,
): FailureValue | null {
  if (failure === null || parsed.command.effect === 'local') return failure;
  const here = (text: string): string => sentenceWithSource(text, sourceOf(parsed), verbs);
  return { ...failure, message: here(failure.message), next: here(failure.next) };
}

/** Results are plain data whose types merely lack an index signature. The only place where a type is given up for JSON. */
const asJson = (result: unknown): Json => result as Json;

const viewOf = (command: Command, result: unknown, about: DocumentAbout): ResultView => ({
  text: () => command.text(result),
  unread: () => command.unread?.(result) ?? [],
  unjudged: () => command.unjudged?.(result) ?? [],
  items: () => command.items?.(result).map(asJson) ?? null,
  async document(format) {
    if (!command.document) throw new Error(`${command.name} has no ${format} format`);
    return command.document(result, format, about);
  },
});

/** The envelope of a command that did not come to a result. */
export const failedEnvelope = (command: string, given: Json, failure: Failure): Envelope =>
  envelopeOf(command, given, { result: null, failure: failure.toJSON(), exit: failure.exit, view: null });

/** The envelope that a command which ended well is saved in: `result` is what it prints as JSON. */
export const savedEnvelope = (command: string, result: object): JsonObject =>
  envelopeJson(envelopeOf(command, {}, { result: asJson(result), failure: null, exit: exitStatus.done, view: null }));

/** The members that the JSON contract names, in its order. */
export const envelopeJson = ({ schema, command, arguments: given, ok, result, failure }: Envelope): JsonObject => ({
  schema,
  command,
  arguments: given,
  ok,
  result,
  failure: failure === null ? null : { ...failure },
});

const envelopeOf = (
  command: string,
  given: Json,
  outcome: Pick<Envelope, 'result' | 'failure' | 'exit' | 'view'>,
): Envelope => ({
  schema: 'bastide/v1',
  command,
  arguments: given,
  ok: outcome.failure === null,
  ...outcome,
});

/** A Failure as it is; an abort as "interrupted"; everything else is thrown on. */
function asFailure(error: unknown, signal: AbortSignal): Failure {
  if (isFailure(error)) return error;
  const aborted =
    signal.aborted && (error === signal.reason || (error instanceof Error && error.name === 'AbortError'));
  if (!aborted) throw error;
  return new Failure(
    'interrupted',
    exitStatus.interrupted,
    'Interrupted before anything was sent.',
    'Run the command again.',
  );
}
