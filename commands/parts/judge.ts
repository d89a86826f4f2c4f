// Scanning, auditing and the exit status of an audit, shared by the commands that audit.

import { judgedScopes } from '../../src/audit/scopes.ts';
import type { CommandContext } from '../../src/command/definition.ts';
import type { ScopeResult } from '../../src/model/access-scope.ts';
import { isLearned, type KnowledgeChange } from '../../src/model/audit-diff.ts';
import { auditRecord, isNews } from '../../src/model/audit-record.ts';
import { type ExitStatus, exitStatus } from '../../src/model/failure.ts';
import { type Finding, headline, isCounted, type Severity } from '../../src/model/finding.ts';
import type { ProblemReport } from '../../src/model/problem.ts';
import { nameInParent } from '../../src/model/resource-id.ts';
import { subjectWords } from '../../src/model/short-finding.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { clean } from '../../src/model/text.ts';
import { type AuditResult, isAtLeast } from '../../src/render/audit-result.ts';
import type { Session, SessionEvent } from '../../src/session/session.ts';

export interface AuditRun {
  readonly session: Session;
  readonly snapshot: Snapshot;
  readonly report: ProblemReport;
}

/** Opens the session, reads everything unless the host has, and checks it. */
export async function* scanAndJudge(context: CommandContext): AsyncGenerator<SessionEvent, AuditRun> {
  const session = await context.session();
  const snapshot = context.snapshot ?? (yield* session.scan(context.signal));
  return { session, snapshot, report: session.report(snapshot, context.flags.profile) };
}

/** A page does not show the plan of more problems: nobody reads it there, and its preview takes longer than everything else. */
const mostPlanned = 300;

/** What only a whole page shows: the plan of all automatic fixes, and the map. */
export const pageOf =
  ({ flags }: CommandContext, { session, snapshot, report }: AuditRun): NonNullable<AuditResult['gather']> =>
  () => {
    const fixable = report.problems.filter((one) => one.accepted === null && one.kind === 'fix').length;
    const request = { targets: 'all', answers: {}, ips: [], profile: flags.profile } as const;
    return { plan: fixable > mostPlanned ? fixable : session.plan(snapshot, request), map: session.map(snapshot) };
  };

/** Adds the audit to the history of audits; files have none. `onlyNews`: an audit that says the same as the last one is left out. */
export async function keepAudit(
  context: CommandContext,
  { session, snapshot, report }: AuditRun,
  onlyNews = false,
): Promise<void> {
  if (session.source.kind === 'files' || snapshot.workspace === null) return;
  const log = await context.host.audits(session.source, snapshot.workspace);
  const { records } = await log.all();
  const earlier = records.findLast(({ profile }) => profile === report.profile);
  const record = auditRecord(report, snapshot.takenAt, earlier);
  if (onlyNews && !isNews(records, record)) return;
  await log.add(record);
}

/**
 * 1 for a failing finding at or above the limit, else 3 where a read failure left a check unknown, there was nothing to check, or it is
 * not known whether what fails is new,
 * else 0 (docs/exit-codes.md).
 */
export function judgementExit(
  { findings, empty, scopes = [], selection }: Pick<AuditResult, 'findings' | 'empty' | 'scopes' | 'selection'>,
  failOn: Severity | 'never',
  allowEmpty = false,
): ExitStatus {
  const isFailing = (one: Finding) => one.outcome === 'fail' && isCounted(one) && isAtLeast(one.severity, failOn);
  if (findings.some(isFailing)) {
    return exitStatus.findings;
  }
  const ofScopes = scopesExit(scopes, failOn);
  if (ofScopes === exitStatus.findings) return ofScopes;
  if (empty !== undefined && !allowEmpty) return exitStatus.gaps;
  const { firstChecked, learned } = selection?.against ?? {};
  if (firstChecked !== undefined || learned !== undefined) return exitStatus.gaps;
  const gap = findings.some((finding) => finding.outcome === 'unknown' && finding.gaps.length > 0);
  return gap ? exitStatus.gaps : ofScopes;
}

/**
 * Is it not known whether something is new at or above the limit, because what it was is not known? Where a read failed then, whatever the
 * limit: data that the comparison needs is missing.
 */
export const mayBeNew = (knowledge: readonly KnowledgeChange[] | undefined, failOn: Severity | 'never'): boolean =>
  (knowledge ?? []).some(
    (one) =>
      isLearned(one) && (one.wasUnread === true || judgementExit({ findings: [one] }, failOn) === exitStatus.findings),
  );

export const notKnownBeforeWords = (knowledge: readonly KnowledgeChange[] | undefined): string[] =>
  (knowledge ?? [])
    .filter(isLearned)
    .map((one) => `Not known before: ${clean(subjectWords(one, nameInParent), 200)}: ${headline(one)}.`);

/** 1 for a broken access scope, of severity high; else 3 where one is unknown; else 0. */
export function scopesExit(scopes: readonly ScopeResult[], failOn: Severity | 'never' = 'high'): ExitStatus {
  const isBroken = scopes.some(({ outcome }) => outcome === 'broken');
  if (isBroken && isAtLeast('high', failOn)) return exitStatus.findings;
  return scopes.some(({ outcome }) => outcome === 'unknown') ? exitStatus.gaps : exitStatus.done;
}

/** Judges access scopes, and reads what they depend on and no scan requests. */
export async function* judgeScopes(
  session: Session,
  scanned: Snapshot,
  scopes: readonly string[],
  signal: AbortSignal,
): AsyncGenerator<SessionEvent, ReturnType<typeof judgedScopes>> {
  let snapshot = scanned;
  for (let round = 0; round < 4; round += 1) {
    const { toRead } = judgedScopes(snapshot, scopes);
    if (toRead.length === 0) break;
    snapshot = yield* session.look(snapshot, toRead, signal);
  }
  return judgedScopes(snapshot, scopes);
}
