// `audit`: checks the workspace against every rule.
import * as z from 'zod/mini';
import { type CommandContext, defineCommand } from '../src/command/definition.ts';
import { flag } from '../src/command/flag.ts';
import type { ScopeResult } from '../src/model/access-scope.ts';
import { firstCheckedSince, learnedSince } from '../src/model/audit-record.ts';
import { exitStatus, Failure } from '../src/model/failure.ts';
import type { Report } from '../src/model/finding.ts';
import { sinceThen } from '../src/model/last-run.ts';
import {
  type AuditResult,
  type AuditSelection,
  auditResult,
  isEmpty,
  listedIn,
  nothingChecked,
  type SinceLast,
  unreadSentences,
} from '../src/render/audit-result.ts';
import { auditLines } from '../src/render/audit-text.ts';
import { findingJson } from '../src/render/finding-json.ts';
import type { SessionEvent } from '../src/session/session.ts';
import { auditDocuments } from './parts/documents.ts';
import { type AuditRun, judgementExit, judgeScopes, keepAudit, pageOf, scanAndJudge } from './parts/judge.ts';
import { liveFlag, scanAndAsk } from './parts/live.ts';
import { offerRest } from './parts/rest.ts';
import {
  type EarlierChoice,
  type FindingSelection,
  isNewTo,
  newFlags,
  readBaseline,
  requireKnown,
  selectionFlags,
  selectionOf,
  subjectsOf,
} from './parts/selection.ts';

// `--since-last`: what has changed since the last audit of this workspace, and the storage of this audit.

/** Files are audited in place, and nothing of them is kept. Throws Failure (exit 2) before anything is read. */
async function refuseForFiles(context: CommandContext, flagName: string): Promise<void> {
  const { source } = await context.session();
  if (source.kind !== 'files') return;
  throw new Failure(
    'nothing-kept',
    exitStatus.usage,
    `${flagName} does not work with files: their audits are not recorded.`,
    `Remove ${flagName}, or select a workspace.`,
  );
}

/** The newest earlier audit of this workspace by this profile. */
async function lastAudit(context: CommandContext, { session, snapshot, report }: AuditRun): Promise<EarlierChoice> {
  const { records } = await (await context.host.audits(session.source, snapshot.workspace ?? '')).all();
  const earlier = records.findLast(({ profile }) => profile === report.profile) ?? null;
  return { earlier, against: { kind: 'audit', at: earlier?.at ?? null } };
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
    by: flag(
      z._default(z.enum(['problem', 'finding']), 'problem'),
      'in text output: list problems, or individual findings',
    ),
    allOutcomes: flag(z._default(z.boolean(), false), 'also list passing and not applicable checks'),
    live: liveFlag,
    diagnose: flag(
      z._default(z.boolean(), false),
      'also run the diagnosis of Azure Machine Learning for the workspace',
    ),
    ...selectionFlags,
    ...newFlags,
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
    { line: "audit --rule 'nsg.*' --skip-rule 'nsg.inbound-*'", says: 'Some rules only; --fail-on applies to them' },
    { line: 'audit --rules my-rules --area custom', says: 'Custom rules only' },
    { line: 'audit --new-only', says: 'Exit status 1 only for findings that are new since the last audit' },
    {
      line: 'audit --profile article-2020 --all-outcomes',
      says: "All checks of Microsoft's 2020 article on virtual networks, passing ones included",
    },
  ],
  async *run(
    context,
    { by, allOutcomes, live, diagnose, sinceLast: compared, newOnly, baseline, ...wanted },
  ): AsyncGenerator<SessionEvent, AuditResult> {
    if (newOnly && baseline !== undefined) throw bothGiven();
    const selected = selectionOf(context, wanted);
    if (compared) await refuseForFiles(context, '--since-last');
    if (newOnly) await refuseForFiles(context, '--new-only');
    const audited = yield* live ? scanAndAsk(context) : scanAndJudge(context);
    requireKnown(wanted.resource, [audited.snapshot], () => subjectsOf(audited.report.findings));
    const seen = diagnose ? yield* diagnosed(context, audited) : audited;
    const earlier =
      baseline !== undefined
        ? await readBaseline(context, baseline, audited.snapshot, selected)
        : newOnly
          ? await lastAudit(context, audited)
          : null;
    // A diagnosis is not always requested; keeping it would look like a change in the next comparison.
    const since = await sinceLast(context, audited);
    await keepAudit(context, audited);
    const { snapshot, report, selection } = narrowedTo(context, seen, selected, earlier);
    const { summary: checked } = seen.report;
    const scopes = yield* scopesOf(context, audited);
    await offerRest(context, audited.session);
    const shape = { allOutcomes, by, selection, checked, scopes, since: compared ? since : undefined };
    return { ...auditResult(snapshot, report, shape), gather: pageOf(context, audited) };
  },
  text: auditLines,
  items: (result) => Array.from(listedIn(result), findingJson),
  ...auditDocuments,
  unread: unreadSentences,
  unjudged: (result: AuditResult) => nothingChecked(result),
  exit(result, flags) {
    // A broken scope is a finding, which may be accepted or have another severity; but not of the article of 2020.
    const isFinding = flags.profile !== 'article-2020';
    const scopes = (result.scopes ?? []).filter(({ outcome }) => outcome !== 'broken' || !isFinding);
    return judgementExit({ ...result, scopes }, flags.failOn, flags.allowEmpty);
  },
});

/** The access scopes of `bastide.yaml`; whatever was selected. */
async function* scopesOf(
  context: CommandContext,
  { session, snapshot }: AuditRun,
): AsyncGenerator<SessionEvent, readonly ScopeResult[]> {
  const scopes = (await context.host.project(context.flags.config)).config()?.scopes ?? [];
  return scopes.length === 0 ? [] : (yield* judgeScopes(session, snapshot, scopes, context.signal)).results;
}

interface NarrowedRun extends AuditRun {
  readonly selection?: AuditSelection;
}

/** The audit of what was selected, and of that what is new. */
function narrowedTo(
  context: CommandContext,
  audited: AuditRun,
  selected: FindingSelection | null,
  earlier: EarlierChoice | null,
): NarrowedRun {
  const { session, snapshot, report } = audited;
  if (selected === null && earlier === null) return audited;
  const { profile } = context.flags;
  const chosen = selected === null ? report : session.report(snapshot, profile, selected.isWanted);
  const isNew = earlier === null ? undefined : isNewTo(earlier);
  const own =
    isNew === undefined
      ? chosen
      : session.report(snapshot, profile, (one) => isNew(one) && (selected?.isWanted(one) ?? true));
  const checks = ({ summary: { pass, fail, unknown } }: Report) => pass + fail + unknown;
  const { words } = selected ?? { words: { rules: [], skipRules: [], areas: [], resources: [] } };
  const first = earlier?.earlier == null ? 0 : chosen.findings.filter(firstCheckedSince(earlier.earlier)).length;
  const learned = earlier?.earlier == null ? 0 : chosen.findings.filter(learnedSince(earlier.earlier)).length;
  const counts = { ...(first === 0 ? {} : { firstChecked: first }), ...(learned === 0 ? {} : { learned }) };
  const against = earlier === null ? null : { ...earlier.against, ...counts };
  const none = isEmpty(chosen.summary) ? { none: true as const } : {};
  const selection = { ...words, against, checks: checks(own), of: checks(report), ...none };
  return { session, snapshot, report: own, selection };
}

const bothGiven = (): Failure =>
  new Failure(
    'contradicting-flags',
    exitStatus.usage,
    '--new-only and --baseline cannot be combined.',
    'Use --new-only to compare with the last audit on this machine, --baseline to compare with a file.',
  );

async function* diagnosed(
  context: CommandContext,
  { session, snapshot }: AuditRun,
): AsyncGenerator<SessionEvent, AuditRun> {
  const asked = yield* session.diagnose(snapshot, context.signal);
  return { session, snapshot: asked, report: session.report(asked, context.flags.profile) };
}
