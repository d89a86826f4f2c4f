// `watch`: audits again and again, and says what changed since the audit before and by whom. A scan that fails is said and tried again.
import * as z from 'zod/mini';
import { type CommandContext, defineCommand } from '../src/command/definition.ts';
import { flag } from '../src/command/flag.ts';
import type { DriftChange, DriftReport, DriftSetting } from '../src/model/drift.ts';
import { notReadWords } from '../src/model/drift-words.ts';
import { exitStatus, Failure, isFailure } from '../src/model/failure.ts';
import { isCounted } from '../src/model/finding.ts';
import { intervalWords, nextDelay, readInterval } from '../src/model/interval.ts';
import { type LastRun, lastRunOf, type Since, sinceThen, sinceWords } from '../src/model/last-run.ts';
import { nameOf } from '../src/model/resource-id.ts';
import type { Snapshot } from '../src/model/snapshot.ts';
import { compareSnapshots, isEveryRead, type NotRead } from '../src/model/snapshot-changes.ts';
import { clean, counted, utcMinute } from '../src/model/text.ts';
import { type Line, line } from '../src/model/words.ts';
import { settingsBetween } from '../src/plan/index.ts';
import { emptyOf, isEmpty, noneApplies } from '../src/render/audit-result.ts';
import { summaryLine } from '../src/render/audit-text.ts';
import { notReadLines } from '../src/render/diff-text.ts';
import { changeLines } from '../src/render/drift-text.ts';
import { sinceItemLines } from '../src/render/since-text.ts';
import { fewUnread, unreadIn } from '../src/render/unread.ts';
import type { Session, SessionEvent } from '../src/session/session.ts';
import { authorsBetween, lookedFor } from './parts/drift.ts';
import { type AuditRun, judgementExit, keepAudit } from './parts/judge.ts';
import { requireKnown, selectionFlags, selectionOf, subjectsOf } from './parts/selection.ts';

/** Settings that one event lists; of more, how many there are. */
const mostSettings = 200;

interface WatchChange extends Since {
  readonly kind: 'change';
  readonly at: string;
  /** When the audit before was read. */
  readonly since: string;
  /** Each with its authors, or with the reason why they are unknown. */
  readonly settings: readonly DriftSetting[];
  /** Further settings that changed. */
  readonly moreSettings: number;
  /** What could not be read in one of the two scans: whether it was created or deleted is not known. Absent where everything was. */
  readonly notRead?: NotRead;
}

/** Authors of an earlier change, whose records came later. */
interface WatchAuthors extends Pick<WatchChange, 'at' | 'since' | 'settings'> {
  readonly kind: 'authors';
}

interface WatchResult {
  readonly audits: number;
  readonly findings: AuditRun['report']['findings'];
  /** Why nothing was checked, before the selection, where nothing was. */
  readonly empty?: string;
  /** Of the last comparison; see {@link WatchChange}. */
  readonly notRead?: NotRead;
}

export const watch = defineCommand({
  name: 'watch',
  summary: 'Audit at intervals and print what changed, until it is stopped',
  args: z.object({
    every: flag(z._default(z.string(), '5m'), 'time between two scans: 30s, 5m, 2h', { value: 'TIME' }),
    exec: flag(
      z.optional(z.string()),
      'run this command on each change; BASTIDE_CHANGE_FILE names a JSON file that describes it',
      {
        value: 'COMMAND',
      },
    ),
    times: flag(
      z.optional(z.int().check(z.minimum(1))),
      'stop after this number of scans, with the exit code of an audit',
      {
        value: 'N',
      },
    ),
    ...selectionFlags,
  }),
  effect: 'read',
  streams: true,
  examples: [
    { line: 'watch --times 1', says: 'One scan; without --times it goes on until Ctrl+C' },
    {
      line: "watch --every 10m --times 1 --exec 'cat $BASTIDE_CHANGE_FILE' --area nsg",
      says: 'Print each change as JSON',
    },
  ],
  async *run(context, { every: text, exec, times, ...wanted }): AsyncGenerator<SessionEvent, WatchResult> {
    const every = readInterval(text);
    if (every === null) {
      throw new Failure(
        'bad-value',
        exitStatus.usage,
        `--every takes a time from 10s to 24h, not ${clean(text, 40)}.`,
        'For example: --every 5m',
      );
    }
    const selected = selectionOf(context, wanted);
    const session = await context.session();
    const { host, signal } = context;
    const until = times === undefined ? 'Ctrl+C stops it' : counted(times, 'scan');
    await host.emit([line([`Watching every ${intervalWords(every)}; ${until}.`, 'dim'])], { kind: 'watching', every });
    let last: Seen | null = null;
    let failed = 0;
    const authors = authorsOf(context, session);
    for (let count = 1; ; count += 1) {
      const started = context.now().getTime();
      let audited: (AuditRun & Unjudged) | null = null;
      let seen: Snapshot | null = null;
      try {
        const snapshot = yield* session.scan(signal);
        const report = session.report(snapshot, context.flags.profile, selected?.isWanted);
        seen = last === null ? snapshot : yield* lookedFor(session, last.snapshot, snapshot, signal);
        const whole = selected === null ? report : session.report(snapshot, context.flags.profile);
        const none = selected !== null && isEmpty(report.summary) ? { none: true as const } : {};
        audited = { session, snapshot, report, ...emptyOf(snapshot, whole.summary), ...none };
        await keepAudit(context, { session, snapshot, report: whole }, true);
        failed = 0;
      } catch (error) {
        failed += 1;
        if (!isFailure(error) || signal.aborted || count === times || isHopeless(error, last)) throw error;
        await tellFailure(context, error, nextDelay(every, 0, failed));
      }
      if (audited !== null) {
        if (last === null) {
          const { snapshot } = audited;
          requireKnown(wanted.resource, [snapshot], () =>
            subjectsOf(session.report(snapshot, context.flags.profile).findings),
          );
        }
        const { snapshot } = audited;
        const now = seen ?? snapshot;
        const found = last === null ? null : changeSince(last, { ...audited, snapshot: now });
        const { change, lines } = yield* authors.of(found, last?.snapshot ?? snapshot, now);
        await tell(context, audited, change, lines);
        if (change !== null && exec !== undefined) await act(context, exec, change);
        last = { snapshot: audited.snapshot, run: lastRunOf(audited.report, audited.snapshot.takenAt) };
        if (count === times) {
          const { notRead } = change ?? {};
          return {
            ...{ audits: count, findings: audited.report.findings },
            ...(audited.empty === undefined ? {} : { empty: audited.empty }),
            ...(notRead === undefined ? {} : { notRead }),
          };
        }
      }
      await host.wait(nextDelay(every, context.now().getTime() - started, failed), signal);
    }
  },
  text: () => [],
  unread: ({ findings, notRead }) => [
    ...unreadIn(findings.filter(({ outcome }) => outcome === 'unknown')),
    ...fewUnread(notReadWords(notRead).map((words) => `${words}.`)),
  ],
  exit({ findings, empty, notRead }, { failOn, allowEmpty }) {
    const status = judgementExit({ findings, ...(empty === undefined ? {} : { empty }) }, failOn, allowEmpty);
    return status === exitStatus.done && notRead !== undefined ? exitStatus.gaps : status;
  },
});

/** Of an audit that judged nothing: of all checks, or of those that were selected. */
interface Unjudged {
  readonly empty?: string;
  readonly none?: true;
}

/** The audit before: outcomes by finding, and what was read. */
interface Seen {
  readonly snapshot: Snapshot;
  readonly run: LastRun;
}

/** Before anything was read: a wrong name or no sign-in does not change by waiting. */
const isHopeless = ({ exit }: Failure, last: Seen | null): boolean =>
  last === null && (exit === exitStatus.usage || exit === exitStatus.signIn);

type Found = Omit<WatchChange, 'settings' | 'moreSettings'>;

/** Null where nothing changed. */
function changeSince({ snapshot: before, run }: Seen, { snapshot, report }: AuditRun): Found | null {
  const since = sinceThen(run, report);
  const settings = settingsBetween(before, snapshot);
  const { notRead } = compareSnapshots(before, snapshot);
  const isSame = [
    since.introduced,
    since.learned ?? [],
    since.resolved,
    since.unknown,
    since.gone,
    settings,
    notRead.inOlder,
    notRead.inNewer,
  ].every((one) => one.length === 0);
  if (isSame) return null;
  const told = isEveryRead(notRead) ? {} : { notRead };
  return { ...since, ...told, kind: 'change', at: snapshot.takenAt, since: before.takenAt };
}

/** So long a record may be on its way, and so many changes are asked about again. */
const recordsComeWithin = 30 * 60_000;
const mostAwaited = 5;

interface Awaited {
  readonly old: Snapshot;
  readonly now: Snapshot;
}

interface Authors {
  /** The change with its authors, and its lines; before it tells the authors of earlier changes that are known by now. */
  of(
    change: Found | null,
    old: Snapshot,
    now: Snapshot,
  ): AsyncGenerator<SessionEvent, { readonly change: WatchChange | null; readonly lines: readonly Line[] }>;
}

/** Who changed what, as `drift` finds it. Records come minutes late: a later scan may name who an earlier one could not. */
function authorsOf(context: CommandContext, session: Session): Authors {
  let awaited: readonly Awaited[] = [];
  let isSaid = false;
  return {
    async *of(change, old, now) {
      const fresh = change === null ? [] : [{ old, now }];
      const asked = [...awaited, ...fresh];
      if (asked.length === 0) return { change: null, lines: [] };
      const found = yield* authorsBetween(
        context,
        session,
        asked.map((one) => [one.old, one.now] as const),
      );
      const open: Awaited[] = [];
      for (const [at, one] of asked.entries()) {
        const drift = found[at];
        const isFresh = fresh.some((own) => own === one);
        const age = Date.parse(now.takenAt) - Date.parse(one.now.takenAt);
        if (drift === undefined) continue;
        const known = drift.changes.filter(({ author }) => author !== null);
        if (!isFresh && known.length > 0) await tellAuthors(context, drift, known);
        const isWhole = known.length === drift.changes.length;
        // What is told now is not told again: the rest of a change is awaited only until some of it is known.
        if (!isWhole && (isFresh || known.length === 0) && age < recordsComeWithin) open.push(one);
      }
      awaited = open.slice(-mostAwaited);
      const drift = change === null ? undefined : found.at(-1);
      if (change === null || drift === undefined) return { change: null, lines: [] };
      const isHinted = !isSaid && open.some((one) => fresh.some((own) => own === one));
      isSaid ||= isHinted;
      const { notRead: _all, ...rest } = change;
      // Of what was not read, change records may tell.
      const notRead = drift.notRead === undefined ? {} : { notRead: drift.notRead };
      return {
        change: { ...rest, ...notRead, ...settingsOf(drift.changes) },
        lines: [...authorLines(drift.changes), ...(isHinted ? [line([`  ${recordsAreLate}`, 'dim'])] : [])],
      };
    },
  };
}

const recordsAreLate = 'Azure records a change minutes later: later scans name authors that are unknown now.';

function settingsOf(changes: readonly DriftChange[]): Pick<WatchChange, 'settings' | 'moreSettings'> {
  const all = changes.flatMap(({ settings }) => settings);
  return { settings: all.slice(0, mostSettings), moreSettings: Math.max(0, all.length - mostSettings) };
}

const authorLines = (changes: readonly DriftChange[]): Line[] =>
  changes.flatMap((one) => changeLines(one)).map((words) => [...line('  '), ...words]);

async function tellAuthors(
  { host }: CommandContext,
  { since, until }: DriftReport,
  known: readonly DriftChange[],
): Promise<void> {
  const { settings } = settingsOf(known);
  const item: WatchAuthors = { kind: 'authors', at: until, since: since.at ?? until, settings };
  const head = line([`  Authors of the change at ${utcMinute(until)}:`, 'heading']);
  await host.emit([head, ...authorLines(known)], item);
}

async function tell(
  { host }: CommandContext,
  audited: AuditRun & Unjudged,
  change: WatchChange | null,
  lines: readonly Line[],
): Promise<void> {
  const { snapshot, report, empty, none } = audited;
  const unjudged = { ...(empty === undefined ? {} : { empty }), ...(none === undefined ? {} : { none }) };
  const sentences = empty !== undefined ? [empty] : none === true ? [noneApplies] : [];
  const at = utcMinute(snapshot.takenAt);
  const name = snapshot.workspace === null ? 'files' : nameOf(snapshot.workspace);
  const { summary } = report;
  const failing = report.findings.filter((one) => one.outcome === 'fail' && isCounted(one)).map(({ id }) => id);
  const head = [...line([`${at}  `, 'dim'], `${clean(name, 120)}  `), ...summaryLine(summary, sentences.length === 0)];
  const said = sentences.map((sentence) => line([`  ${sentence}`, 'warn']));
  if (change === null) {
    await host.emit([head, ...said], { kind: 'audit', at: snapshot.takenAt, summary, failing, ...unjudged });
    return;
  }
  const since = [
    line([`  Since ${utcMinute(change.since)}: `, 'heading'], sinceWords(change)),
    ...[...sinceItemLines(change), ...notReadLines(change.notRead)].map((words) => [...line('  '), ...words]),
  ];
  await host.emit([head, ...said, ...since, ...lines], { ...change, summary, failing, ...unjudged });
}

async function tellFailure({ host, now }: CommandContext, error: Failure, wait: number): Promise<void> {
  const at = now().toISOString();
  const words = `scan failed: ${clean(error.message, 500)} Next scan in ${intervalWords(wait)}.`;
  await host.emit([line([`${utcMinute(at)}  `, 'dim'], [words, 'bad'])], {
    kind: 'failed',
    at,
    failure: error.toJSON(),
    nextInMs: wait,
  });
}

/** Runs the operator's command. That it fails is said, and the watch goes on. */
async function act({ host, signal, say }: CommandContext, command: string, change: WatchChange): Promise<void> {
  const status = await host.execute(command, { BASTIDE_CHANGE_FILE: `${JSON.stringify(change, null, 2)}\n` }, signal);
  if (status !== 0) say(`The command of --exec ended with ${status === null ? 'a signal' : `exit code ${status}`}.`);
}
