// `explain --error`: an error text compared with the findings of the scanned workspace, or explained alone where there is none.
import type { CommandContext } from '../../src/command/definition.ts';
import { quoteWord } from '../../src/command/parse-line.ts';
import { causesOf, diagnose, metName } from '../../src/diagnosis/index.ts';
import { exitStatus, Failure, isFailure } from '../../src/model/failure.ts';
import type { SessionEvent } from '../../src/session/session.ts';
import type { Told } from './diagnosis-lines.ts';
import { type AuditRun, scanAndJudge } from './judge.ts';

/** Throws Failure (exit 2) for a text without a word, and whatever a scan throws but a sign-in that is missing. */
export async function* explainError(context: CommandContext, given: string): AsyncGenerator<SessionEvent, Told> {
  const text = given === '-' ? await context.host.readFile('-') : given;
  if (!/[\p{L}\p{N}]/u.test(text)) {
    throw new Failure(
      'no-error-text',
      exitStatus.usage,
      'The error text is empty.',
      'Pass the message of the tool: --error "TEXT", or --error - to read stdin.',
    );
  }
  const found = diagnose(text);
  const { audited, note } = found.known.some(({ rules }) => rules.length > 0)
    ? yield* auditIfPossible(context)
    : { audited: null, note: null };
  const fixOf = ({ id }: { readonly id: string }): string => `bastide fix ${quoteWord(id)}`;
  return {
    error: { codes: found.error.codes, message: found.error.message },
    meanings: found.known.map((known) => ({
      name: metName(known, found.error),
      ...{ means: known.means, next: known.next, source: known.source },
    })),
    causes: causesOf(found, context.rules, audited?.report.findings ?? null, fixOf),
    nearest: found.nearest,
    workspace: audited?.snapshot.workspace ?? null,
    note,
  };
}

interface OptionalAudit {
  readonly audited: AuditRun | null;
  /** Why there are no findings; null where there are. */
  readonly note: string | null;
}

async function* auditIfPossible(context: CommandContext): AsyncGenerator<SessionEvent, OptionalAudit> {
  try {
    return { audited: yield* scanAndJudge(context), note: null };
  } catch (error) {
    if (!isFailure(error) || error.exit !== exitStatus.signIn) throw error;
    return { audited: null, note: `No workspace was read, so causes are listed without findings: ${error.message}` };
  }
}
