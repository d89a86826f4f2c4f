// Runs one parsed command and puts its answer into the envelope of the JSON contract. The same for shell, script and
// palette; prints nothing.
import { type ExitStatus, exitStatus, Failure, type FailureValue, isFailure } from '../model/failure.ts';
import type { Json } from '../model/json.ts';
import type { SessionEvent } from '../session/session.ts';
import type { Context } from './definition.ts';
import type { Parsed } from './parse-arguments.ts';

export interface Envelope {
  readonly schema: 'bastide/v1';
  readonly command: string;
  readonly arguments: Json;
  readonly ok: boolean;
  readonly result: Json | null;
  readonly failure: FailureValue | null;
  /** Not part of the JSON. */
  readonly exit: ExitStatus;
}

/** Runs the command; expected errors come back as the envelope's failure, and anything else thrown is a bug. */
export async function* runCommand(parsed: Parsed, context: Context): AsyncGenerator<SessionEvent, Envelope> {
  const { command, flags } = parsed;
  try {
    const result = yield* command.run({ ...context, flags, line: parsed.line }, parsed.args);
    const failure = command.failure?.(result) ?? null;
    const exit = command.exit?.(result, flags) ?? exitStatus.done;
    return envelopeOf(command.name, parsed.given, { result, failure, exit });
  } catch (error) {
    return failedEnvelope(command.name, parsed.given, asFailure(error, context.signal));
  }
}

/** The envelope of a command that did not come to a result. */
export const failedEnvelope = (command: string, given: Json, failure: Failure): Envelope =>
  envelopeOf(command, given, { result: null, failure: failure.toJSON(), exit: failure.exit });

/** The members that the JSON contract names, in its order. */
export const envelopeJson = ({ schema, command, arguments: given, ok, result, failure }: Envelope): Json => ({
  schema,
  command,
  arguments: given,
  ok,
  result,
  failure: failure as unknown as Json,
});

const envelopeOf = (
  command: string,
  given: Json,
  outcome: { readonly result: Json | null; readonly failure: FailureValue | null; readonly exit: ExitStatus },
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
