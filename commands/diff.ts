// `diff`: two audits compared. Each side is the JSON of an audit, or anything that `--from` reads; the newer one may be the workspace.
import * as z from 'zod/mini';
import { type CommandContext, defineCommand } from '../src/command/definition.ts';
import { flag } from '../src/command/flag.ts';
import type { ProfileChoice } from '../src/model/assumption.ts';
import { type AuditDiff, type DiffedAudit, diffAudits, isLost, type OpenedFinding } from '../src/model/audit-diff.ts';
import { notReadWords } from '../src/model/drift-words.ts';
import { exitStatus, Failure } from '../src/model/failure.ts';
import { type Json, parseJson } from '../src/model/json.ts';
import { nameOf, sameId } from '../src/model/resource-id.ts';
import type { Snapshot } from '../src/model/snapshot.ts';
import { compareSnapshots } from '../src/model/snapshot-changes.ts';
import { clean } from '../src/model/text.ts';
import { changedSettings } from '../src/plan/index.ts';
import { diffLines } from '../src/render/diff-text.ts';
import { findingJson, knowledgeJson } from '../src/render/finding-json.ts';
import { fewUnread, unreadIn } from '../src/render/unread.ts';
import type { Session, SessionEvent } from '../src/session/session.ts';
import { readAuditFile } from './parts/audit-file.ts';
import { lookedFor } from './parts/drift.ts';
import { judgementExit, mayBeNew, notKnownBeforeWords } from './parts/judge.ts';

interface Side {
  readonly audit: DiffedAudit;
  /** Null for the JSON of an audit. */
  readonly snapshot: Snapshot | null;
  readonly selection: string | null;
  /** Null in the JSON of an older version. */
  readonly profile: ProfileChoice | null;
}

export const diff = defineCommand({
  name: 'diff',
  summary: 'Compare two audits or snapshots: findings opened, closed and changed, and settings that changed',
  args: z.object({
    old: flag(z.string(), 'JSON of an audit, or a snapshot, template or other file as for --from', {
      value: 'OLD',
      of: 'file',
    }),
    new: flag(z.optional(z.string()), 'the newer file; if omitted, the workspace is scanned', {
      value: 'NEW',
      of: 'file',
    }),
  }),
  positional: ['old', 'new'],
  effect: 'read',
  examples: [
    { line: 'diff old.json new.json', says: 'Exit status 1 if a finding of the newer audit is new' },
    { line: 'diff old.json', says: 'Compare with the workspace as it is now' },
    { line: 'diff old.json new.json --format markdown', says: 'For a comment on a pull request' },
  ],
  async *run(context, { old, new: newer }): AsyncGenerator<SessionEvent, AuditDiff> {
    const before = yield* sideOf(context, old);
    const after = newer === undefined ? yield* scanned(context) : yield* sideOf(context, newer);
    requireComparable(before, after);
    const [was, is] = [before.snapshot, after.snapshot];
    if (was === null || is === null) return diffAudits(before.audit, after.audit, null);
    const seen = newer === undefined ? yield* lookedFor(await context.session(), was, is, context.signal) : is;
    return diffAudits(before.audit, after.audit, {
      ...compareSnapshots(was, seen),
      changes: changedSettings(was, seen),
    });
  },
  json: ({ opened, closed, changed, knowledge, notChecked, ...rest }) => ({
    ...rest,
    opened: opened.map(openedJson),
    closed: closed.map((one) => ({ ...findingJson(one), now: one.now })),
    changed: changed.map((one) => ({ ...findingJson(one), changes: one.changes })),
    ...(knowledge === undefined ? {} : { knowledge: knowledge.map(knowledgeJson) }),
    ...(notChecked === undefined ? {} : { notChecked: notChecked.map(findingJson) }),
  }),
  text: diffLines,
  items: ({ opened, closed, changed, knowledge = [], notChecked = [], settings, notRead, assumptions }) => [
    ...opened.map((one) => ({ kind: 'opened', ...openedJson(one) })),
    ...closed.map((one) => ({ kind: 'closed', ...findingJson(one), now: one.now })),
    ...changed.map((one) => ({ kind: 'changed', ...findingJson(one), changes: one.changes })),
    ...knowledge.map((one) => ({ kind: 'knowledge', ...knowledgeJson(one) })),
    ...(assumptions ?? []).map((one) => ({ kind: 'assumption', ...one })),
    ...notChecked.map((one) => ({ kind: 'notChecked', ...findingJson(one) })),
    ...(settings ?? []).map(({ kind: change, ...one }) => ({ kind: 'setting', change, ...one })),
    ...(notRead === undefined ? [] : [{ kind: 'notRead', ...notRead }]),
  ],
  documents: ['markdown'],
  document: async (result) => (await import('../src/render/diff-text.ts')).diffMarkdown(result),
  unread: (result) => [
    ...unreadIn(newlyUnknown(result)),
    ...fewUnread(notKnownBeforeWords(result.knowledge)),
    ...fewUnread(notReadWords(result.notRead).map((words) => `${words}.`)),
  ],
  exit(result, { failOn }) {
    const status = judgementExit({ findings: [...result.opened, ...newlyUnknown(result)] }, failOn);
    const isOpen = result.notRead !== undefined || mayBeNew(result.knowledge, failOn);
    return status === exitStatus.done && isOpen ? exitStatus.gaps : status;
  },
});

const openedJson = (one: OpenedFinding) => ({
  ...findingJson(one),
  ...(one.wasChecked === undefined ? {} : { wasChecked: one.wasChecked }),
});

/** What is unknown now, and was not. */
const newlyUnknown = ({ opened, knowledge = [] }: AuditDiff) => [
  ...opened.filter(({ outcome }) => outcome === 'unknown'),
  ...knowledge.filter(isLost),
];

async function* sideOf(context: CommandContext, file: string): AsyncGenerator<SessionEvent, Side> {
  const report = await reportIn(context, file);
  if (report === undefined) return yield* auditedBy(context, await context.host.openFiles([file]), file, 'files');
  const { takenAt, workspace, findings, isComplete, reading, rules, selection, profile, assumptions } = report;
  return {
    audit: {
      side: { name: clean(file, 300), kind: 'report', takenAt, workspace },
      findings,
      isComplete,
      reading,
      rules,
      assumptions,
    },
    snapshot: null,
    ...{ selection, profile },
  };
}

/** Undefined where the file is not the JSON of an audit: whether it can be used at all is then said by what reads it. */
async function reportIn({ host }: CommandContext, file: string) {
  let json: Json;
  try {
    json = parseJson(await host.readFile(file));
  } catch {
    return undefined;
  }
  const read = readAuditFile(json);
  if (typeof read !== 'string') return read;
  throw new Failure(
    'bad-audit',
    exitStatus.usage,
    `${clean(file, 300)} is not the JSON of an audit: ${clean(read, 200)}.`,
    'Write one with `bastide audit --format json --output FILE`.',
  );
}

async function* scanned(context: CommandContext): AsyncGenerator<SessionEvent, Side> {
  const session = await context.session();
  return yield* auditedBy(context, session, session.source.name, 'scan');
}

async function* auditedBy(
  context: CommandContext,
  session: Session,
  name: string,
  kind: 'files' | 'scan',
): AsyncGenerator<SessionEvent, Side> {
  const snapshot = (kind === 'scan' ? context.snapshot : undefined) ?? (yield* session.scan(context.signal));
  const { findings, reading, rules, profile } = session.report(snapshot, context.flags.profile);
  const { takenAt, workspace } = snapshot;
  return {
    audit: {
      side: { name: clean(name, 300), kind, takenAt, workspace },
      findings,
      isComplete: true,
      reading,
      rules,
      assumptions: snapshot.intents,
    },
    ...{ snapshot, selection: null, profile },
  };
}

/** Throws Failure (exit 2) where a comparison would say what is not so. */
function requireComparable(before: Side, after: Side): void {
  const [older, newer] = [before.audit.side, after.audit.side];
  if (older.workspace !== null && newer.workspace !== null && !sameId(older.workspace, newer.workspace)) {
    throw new Failure(
      'other-workspace',
      exitStatus.usage,
      `${older.name} is about ${clean(nameOf(older.workspace), 100)}, and ${newer.name} about ${clean(nameOf(newer.workspace), 100)}.`,
      'Compare audits of one workspace; for templates pass --subscription and --resource-group.',
    );
  }
  if (before.profile !== null && after.profile !== null && before.profile !== after.profile) {
    throw new Failure(
      'other-profile',
      exitStatus.usage,
      `${older.name} is an audit of the profile ${before.profile}, and ${newer.name} one of ${after.profile}.`,
      'Compare audits of one profile.',
    );
  }
  if (before.selection === after.selection) return;
  const narrowed = before.selection === null ? newer : older;
  throw new Failure(
    'other-selection',
    exitStatus.usage,
    `${narrowed.name} is an audit of selected findings, and the other audit has a different selection.`,
    'Compare audits with the same --rule, --skip-rule, --area, --resource and --baseline.',
  );
}
