// `--live`: what Azure itself says is in effect, requested after the scan and only with the flag.
import * as z from 'zod/mini';
import type { CommandContext } from '../../src/command/definition.ts';
import { flag } from '../../src/command/flag.ts';
import type { SessionEvent } from '../../src/session/session.ts';
import { type AuditRun, scanAndJudge } from './judge.ts';

export const liveFlag = flag(
  z._default(z.boolean(), false),
  'also read effective security rules and routes from a running VM',
);

/** As `scanAndJudge`; the findings wanted are then asked about, all that fail or are unknown without a choice. */
export async function* scanAndAsk(
  context: CommandContext,
  choose?: (audited: AuditRun) => readonly string[],
): AsyncGenerator<SessionEvent, AuditRun> {
  const audited = yield* scanAndJudge(context);
  const { session } = audited;
  const { profile } = context.flags;
  const findings = choose?.(audited);
  const snapshot = yield* session.live(
    audited.snapshot,
    { profile, ...(findings === undefined ? {} : { findings }) },
    context.signal,
  );
  return { session, snapshot, report: session.report(snapshot, profile) };
}
