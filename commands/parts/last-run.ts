// `--since-last`: what has changed since the last audit of this workspace, and the storage of this audit.
import type { CommandContext } from '../../src/command/definition.ts';
import { exitStatus, Failure } from '../../src/model/failure.ts';
import { sinceThen } from '../../src/model/last-run.ts';
import type { SinceLast } from '../../src/render/audit-result.ts';
import type { AuditRun } from './judge.ts';

/** Files are audited in place, and nothing of them is kept. Throws Failure (exit 2) before anything is read. */
export async function refuseForFiles(context: CommandContext): Promise<void> {
  const { source } = await context.session();
  if (source.kind !== 'files') return;
  throw new Failure(
    'nothing-kept',
    exitStatus.usage,
    '--since-last does not work with files: their audits are not recorded.',
    'Remove --since-last, or select a workspace.',
  );
}

/** Compares with what was kept, then keeps what was seen now in its place. */
export async function sinceLast(context: CommandContext, audited: AuditRun): Promise<SinceLast | undefined> {
  const { session, snapshot, report } = audited;
  if (session.source.kind === 'files' || snapshot.workspace === null) return undefined;
  const port = await context.host.lastRun(session.source, snapshot.workspace, context.flags.profile);
  const { seen, note } = await port.get();
  await port.keep(report, snapshot.takenAt);
  const changes = seen === null ? { resolved: [], introduced: [], unknown: [], gone: [] } : sinceThen(seen, report);
  return { at: seen?.at ?? null, note, ...changes };
}
