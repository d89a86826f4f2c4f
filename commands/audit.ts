// `audit`: checks the workspace against every rule.
import * as z from 'zod/mini';
import { type CommandContext, defineCommand } from '../src/command/definition.ts';
import { flag } from '../src/command/flag.ts';
import { exitStatus, Failure } from '../src/model/failure.ts';
import { sinceThen } from '../src/model/last-run.ts';
import { auditResult, type SinceLast } from '../src/render/audit-result.ts';
import { auditLines } from '../src/render/audit-text.ts';
import { findingJson } from '../src/render/finding-json.ts';
import type { SessionEvent } from '../src/session/session.ts';
import { auditDocuments } from './parts/documents.ts';
import { type AuditRun, judgementExit, scanAndJudge } from './parts/judge.ts';
import { liveFlag, scanAndAsk } from './parts/live.ts';

// `--since-last`: what has changed since the last audit of this workspace, and the storage of this audit.

/** Files are audited in place, and nothing of them is kept. Throws Failure (exit 2) before anything is read. */
async function refuseForFiles(context: CommandContext): Promise<void> {
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
async function sinceLast(context: CommandContext, audited: AuditRun): Promise<SinceLast | undefined> {
  const { session, snapshot, report } = audited;
  if (session.source.kind === 'files' || snapshot.workspace === null) return undefined;
  const port = await context.host.lastRun(session.source, snapshot.workspace, context.flags.profile);
  const { seen, note } = await port.get();
  await port.keep(report, snapshot.takenAt);
  const changes = seen === null ? { resolved: [], introduced: [], unknown: [], gone: [] } : sinceThen(seen, report);
  return { at: seen?.at ?? null, note, ...changes };
}

export const audit = defineCommand({
  name: 'audit',
  summary: 'Check the network security of the workspace',
  args: z.object({
    by: flag(z._default(z.enum(['problem', 'finding']), 'problem'), 'in text: list problems, or each finding'),
    allOutcomes: flag(z._default(z.boolean(), false), 'also list passing and not applicable checks'),
    live: liveFlag,
    diagnose: flag(
      z._default(z.boolean(), false),
      'also run the diagnosis of Azure Machine Learning for the workspace',
    ),
    sinceLast: flag(z._default(z.boolean(), false), 'also show what changed since the last audit on this machine'),
  }),
  effect: 'read',
  examples: [
    { line: 'audit', says: 'List problems, worst first; exit status 1 if there are any' },
    { line: 'audit --fail-on high --format sarif', says: 'For a pipeline: fail on high and critical findings only' },
    { line: 'audit --by finding', says: 'Each finding instead of problems' },
    { line: 'audit --live', says: 'Compare findings with the effective rules and routes that Azure reports' },
    { line: 'audit --diagnose', says: 'Show the diagnosis of Azure Machine Learning beside related findings' },
    { line: 'audit --since-last', says: 'Show what was fixed and what is new since the last audit' },
    {
      line: 'audit --profile article-2020 --all-outcomes',
      says: 'All checks of the 2020 article, passing ones included',
    },
  ],
  async *run(context, { by, allOutcomes, live, diagnose, sinceLast: compared }) {
    if (compared) await refuseForFiles(context);
    const audited = yield* live ? scanAndAsk(context) : scanAndJudge(context);
    const { snapshot, report } = diagnose ? yield* diagnosed(context, audited) : audited;
    // A diagnosis is not always requested; keeping it would look like a change in the next comparison.
    const since = await sinceLast(context, audited);
    return auditResult(snapshot, report, { allOutcomes, by }, compared ? since : undefined);
  },
  text: auditLines,
  items: ({ findings }) => findings.map(findingJson),
  ...auditDocuments,
  exit: (result, flags) => judgementExit(result, flags.failOn),
});

async function* diagnosed(
  context: CommandContext,
  { session, snapshot }: AuditRun,
): AsyncGenerator<SessionEvent, AuditRun> {
  const asked = yield* session.diagnose(snapshot, context.signal);
  return { session, snapshot: asked, report: session.report(asked, context.flags.profile) };
}
