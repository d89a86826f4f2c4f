// `verify`: audits again and checks that applied fixes are still in place.
import * as z from 'zod/mini';
import { type CommandContext, defineCommand } from '../src/command/definition.ts';
import { flag } from '../src/command/flag.ts';
import {
  countedIn,
  type LaterOutcome,
  laterOutcomes,
  resolvedOutcomes,
  rollUpWords,
  unknownOutcomes,
} from '../src/model/compare.ts';
import {
  type Entry,
  type EntryStep,
  isEmptyRedo,
  isUnsettled,
  leftOf,
  mayHaveBeenMade,
  type UndoCounts,
  undoCounts,
  undoCountWords,
} from '../src/model/entry.ts';
import { exitStatus, Failure } from '../src/model/failure.ts';
import { isCounted, type Report } from '../src/model/finding.ts';
import type { JsonObject } from '../src/model/json.ts';
import { fold, isWithin, sameId } from '../src/model/resource-id.ts';
import { findingParts, shortFinding } from '../src/model/short-finding.ts';
import type { Snapshot } from '../src/model/snapshot.ts';
import { presenceIn } from '../src/model/snapshot-changes.ts';
import { clean, counted, utcMinute } from '../src/model/text.ts';
import { line } from '../src/model/words.ts';
import { type AuditResult, auditResult, unreadSentences } from '../src/render/audit-result.ts';
import { auditLines } from '../src/render/audit-text.ts';
import type { Session, SessionEvent } from '../src/session/session.ts';
import { notYetVisible } from '../src/session/visible.ts';
import { auditDocuments } from './parts/documents.ts';
import {
  areInPlace,
  lastSteps,
  type PlacedChange,
  placesOf,
  placeWords,
  type Standing,
  standingOf,
} from './parts/in-place.ts';
import { type AuditRun, judgementExit, pageOf, scanAndJudge } from './parts/judge.ts';

interface Held {
  readonly entry: string;
  readonly resolved: readonly string[];
  readonly persisting: readonly string[];
  readonly unknown: readonly string[];
  /** Each change that no later act of the history replaced, compared with what Azure has now. */
  readonly changes: readonly PlacedChange[];
  /** Those that are neither: what they were about no longer exists, and the entry did not delete it. Absent where there are none. */
  readonly gone?: readonly string[];
  /** Of `unknown`, those that could not be judged: the audit does not hold them, and a read failed that may have hidden them. */
  readonly notJudged?: readonly string[];
  /** Those of them whose rule is not loaded, or not known to this version. */
  readonly notChecked?: readonly string[];
  /** The entry came out of a file then: what it did was not seen here. ISO 8601. */
  readonly imported?: string;
  /** The entry that undid its other changes: `changes` are those that were left, and no finding is asked for. */
  readonly undoneInPart?: string;
  /** What undos made of its changes, counted as `history` counts them; absent where none was about it. */
  readonly undone?: UndoCounts;
  /** Those of all these that only repeat others, and are not counted. */
  readonly rollUps?: readonly string[];
  /** The entry keeps no record of what it resolved: these are what its changes were for, and whether it resolved them is not known. */
  readonly notRecorded?: true;
}
/**
 * `failed`: it made no change; `not-shown`: Azure does not show a change, and whether it was applied and changed again is not known; `open`: the outcome of a change is not known; `unreadable`: what it
 * changed is not known.
 */
interface NotVerified {
  readonly entry: string;
  readonly state: 'failed' | 'not-shown' | 'open' | 'unreadable';
  /** The journal was repaired without its record. */
  readonly isRepaired?: true;
}
interface Verified extends AuditResult {
  /** Acts of which changes were made and are not all undone, newest last. */
  readonly entries: readonly Held[];
  /** Acts of which no change, or not every one, is known to be made. */
  readonly notVerified: readonly NotVerified[];
  /** Changes were applied, and each is undone, or another client's by now; absent where that is not so. */
  readonly isAllUndone?: true;
}

export const verify = defineCommand({
  name: 'verify',
  summary: 'Audit again and check that applied fixes are still in place',
  args: z.object({
    entry: flag(z.optional(z.string()), 'check this history entry only', { value: 'ENTRY', of: 'entry' }),
  }),
  positional: ['entry'],
  effect: 'read',
  examples: [{ line: 'verify', says: 'Exit status 1 if a check fails, as for `audit`' }],
  async *run(context, { entry: wanted }): AsyncGenerator<SessionEvent, Verified> {
    const first = yield* scanAndJudge(context);
    const { session } = first;
    const all = await session.history();
    const acts = all.filter(({ verb }) => verb !== 'undo');
    const standing = acts
      .filter(({ id }) => wanted === undefined || id === wanted)
      .flatMap((entry) => (entry.undoneBy === null ? [entry] : leftIn(entry, all)));
    const applied = standing.filter(isApplied);
    const left = standingOf(all);
    const keptOf = await keptBodies(session, all, applied);
    const again = yield* readAgain(context, first, applied, left);
    const audited = again === null ? first : yield* scanAndJudge({ ...context, snapshot: again });
    const { snapshot, report } = audited;
    const seen = yield* session.look(snapshot, unseenIn(applied, snapshot), context.signal);
    // What an entry resolved is judged whatever the profile and `bastide.yaml` leave out of the audit.
    const judged = session.byEveryRule(snapshot);
    const countsOf = (id: string): UndoCounts | null => {
      const whole = all.find((one) => one.id === id);
      return whole === undefined ? null : undoCounts(whole, all);
    };
    const entries = applied.map((entry) => ({
      ...held(entry, judged, seen, countsOf(entry.id)),
      changes: placesOf(entry, left, seen, keptOf),
    }));
    const notVerified = standing.flatMap(notVerifiedOf);
    const isNone = entries.length === 0 && notVerified.every(({ state }) => state === 'failed');
    if (wanted !== undefined && isNone) {
      throw new Failure(
        'unknown-entry',
        exitStatus.usage,
        `${clean(wanted, 80)} is not an applied change: the entry is unknown, made no change, is undone, or is an undo itself.`,
        'Run `bastide history` for the list.',
      );
    }
    const shown = auditResult(snapshot, report, { allOutcomes: false, by: 'problem' });
    const isAllUndone = entries.length + notVerified.length === 0 && acts.some(isApplied);
    return {
      ...{ ...shown, gather: pageOf(context, audited), entries, notVerified },
      ...(isAllUndone ? { isAllUndone } : {}),
    };
  },
  text(verified: Verified) {
    return [
      ...auditLines(verified),
      ...verified.entries.map((entry) =>
        line(
          [`${entry.entry}  `, 'accent'],
          entry.undone === undefined || entry.undoneInPart === undefined
            ? resolvedWords(entry)
            : undoCountWords(entry.undone),
          [
            entry.undone === undefined || entry.undoneInPart !== undefined ? '' : `, ${undoCountWords(entry.undone)}`,
            'warn',
          ],
          [
            entry.persisting.length === 0
              ? ''
              : `${countWords(entry.persisting, 'still failing', entry.rollUps)}: ${markedWords(entry.persisting, entry.rollUps)}`,
            'bad',
          ],
          [goneWords(entry), 'unknown'],
          [countWords(entry.unknown, 'unknown', entry.rollUps), 'unknown'],
          [notJudgedWords(entry), 'unknown'],
          ...placeWords(entry.changes),
          [entry.imported === undefined ? '' : `, imported ${utcMinute(entry.imported)}`, 'dim'],
        ),
      ),
      ...(verified.entries.length + verified.notVerified.length === 0
        ? [
            line(
              verified.isAllUndone
                ? 'Each change that was applied from this machine is undone or replaced: only the audit ran.'
                : 'No applied change is recorded on this machine: only the audit ran.',
            ),
          ]
        : []),
      ...verified.notVerified.map(({ entry, state }) =>
        line([`${entry}  `, 'accent'], [stateWords[state], state === 'failed' ? 'dim' : 'unknown']),
      ),
    ];
  },
  ...auditDocuments,
  unread: unreadSentences,
  exit(result: Verified, { failOn, allowEmpty }) {
    const status = judgementExit(result, failOn, allowEmpty);
    if (status === exitStatus.done && failOn !== 'never' && !result.entries.every(({ changes }) => areInPlace(changes)))
      return exitStatus.findings;
    const isHidden = result.entries.some(
      ({ unknown, changes }) => unknown.length > 0 || changes.some(({ state }) => state === 'not-known'),
    );
    // What does not show now is judged by the audit, whatever was there in between.
    const isOpen = result.notVerified.some(
      ({ state, isRepaired }) => state === 'open' || (state === 'unreadable' && isRepaired !== true),
    );
    return status === exitStatus.done && (isHidden || isOpen) ? exitStatus.gaps : status;
  },
});

const stateWords: Readonly<Record<NotVerified['state'], string>> = {
  failed: 'no change was made',
  'not-shown': 'a change does not show: whether it was applied and changed again since is not known',
  open: 'the outcome of a change is not known',
  unreadable: 'its record in the history is damaged: what it changed is not known',
};

/** A reading of Azure may be older than a write for so long. */
const mostBehind = 10 * 60_000;

/**
 * What was made a moment ago and does not show was changed since only where a change record of another write says so: else it is read
 * until it shows, or is not known. Null where that is not needed.
 */
async function* readAgain(
  context: CommandContext,
  { session, snapshot }: AuditRun,
  entries: readonly Entry[],
  left: Standing,
): AsyncGenerator<SessionEvent, Snapshot | null> {
  if (session.scanMade === undefined || context.snapshot !== undefined) return null;
  const isRecent = ({ verifiedAt }: EntryStep): boolean =>
    verifiedAt !== undefined && Date.parse(verifiedAt) > context.now().getTime() - mostBehind;
  const moved = entries.flatMap((entry) => {
    const other = placesOf(entry, left, snapshot).filter(({ state }) => state === 'changed' || state === 'gone');
    return entry.steps.filter(
      (step) => isRecent(step) && other.some(({ resource }) => sameId(resource, step.resource)),
    );
  });
  if (moved.length === 0) return null;
  const since = new Date(context.now().getTime() - 2 * mostBehind).toISOString();
  const { records } = yield* session.changeRecords([snapshot], since, context.signal);
  const isProven = ({ begun = '', correlation, resource }: EntryStep): boolean =>
    records.some((one) => isWithin(resource, one.target) && one.correlation !== correlation && one.at > begun);
  return moved.every(isProven) ? null : yield* session.scanMade(context.signal);
}

/** Resources of entries that the audit had no need to read. */
const unseenIn = (entries: readonly Entry[], snapshot: Snapshot): string[] => {
  const presence = presenceIn(snapshot);
  const awaited = new Set(snapshot.gaps.filter(({ code }) => code === notYetVisible).map(({ id }) => fold(id)));
  const ids = entries.flatMap(({ steps }) =>
    steps.flatMap(({ state, resource }) => (state === 'done' ? [resource] : [])),
  );
  return [...new Set(ids)].filter((id) => presence(id) === 'not-known' && !awaited.has(fold(id)));
};

/** Of what these entries are about: the body that the history saw last. */
async function keptBodies(
  { historyBodies }: Session,
  all: readonly Entry[],
  about: readonly Entry[],
): Promise<(resource: string) => JsonObject | undefined> {
  const asked = new Set(about.flatMap(({ steps }) => steps.map(({ resource }) => fold(resource))));
  const last = lastSteps(all);
  const chosen = all.map((entry) => ({
    ...entry,
    steps: entry.steps.filter((step) => asked.has(fold(step.resource)) && last.get(fold(step.resource)) === step),
  }));
  const bodies = await historyBodies?.(chosen);
  return (resource) => bodies?.get(last.get(fold(resource))?.after ?? '');
}

/** An undone entry with the changes that its undo left and that stand; nothing where none does. What they were for is undone. */
function leftIn(entry: Entry, all: readonly Entry[]): Entry[] {
  const left = leftOf(entry, all).filter(({ stands }) => stands);
  const steps = entry.steps.filter(({ resource }) => left.some((one) => sameId(one.resource, resource)));
  return steps.some(({ state }) => state === 'done') ? [{ ...entry, steps }] : [];
}

const isApplied = ({ steps }: Entry): boolean => steps.some(({ state }) => state === 'done');

function notVerifiedOf(entry: Entry): NotVerified[] {
  const { id, state, unreadable } = entry;
  if (state === 'unreadable') {
    return [{ entry: id, state, ...(unreadable?.lines.length === 0 ? { isRepaired: true as const } : {}) }];
  }
  if (entry.steps.some(isUnsettled)) return [{ entry: id, state: 'open' }];
  if (entry.steps.some(mayHaveBeenMade)) return [{ entry: id, state: 'not-shown' }];
  return isApplied(entry) || isEmptyRedo(entry) ? [] : [{ entry: id, state: 'failed' }];
}

/** The findings that the changes of an entry resolved: something was done for them, and nothing that they need was left. */
function madeFor({ steps, resolves, findings }: Entry): readonly string[] {
  const of = (isMeant: (step: EntryStep) => boolean) =>
    new Set(
      steps.flatMap((step, at) => {
        if (!isMeant(step)) return [];
        // The rest of a change that was made in part has none: those of the part before it are meant.
        const before = steps[at - 1];
        return step.findings.length === 0 && before?.resource === step.resource ? before.findings : step.findings;
      }),
    );
  const isMade = ({ state }: EntryStep): boolean => state === 'done';
  const isLeft = ({ state }: EntryStep): boolean => state !== 'done' && state !== 'skipped';
  const [made, left, skipped] = [of(isMade), of(isLeft), of(({ state }) => state === 'skipped')];
  const all = steps.some(isLeft) ? [...made] : (resolves ?? findings);
  return all.filter((id) => !left.has(id) && (made.has(id) || !skipped.has(id)));
}

/** `3 findings still resolved`; of an entry without a record, what is so now. */
function resolvedWords({ resolved, rollUps, notRecorded }: Held): string {
  const count = countedIn(resolved, rollUps);
  if (notRecorded !== true) return `${counted(count, 'finding')} still resolved`;
  return `${counted(count, 'finding')} not failing; whether by this entry is not known`;
}

/** `, 2 unknown`; of findings that only repeat others, which no number counts, `, roll-ups unknown`. */
function countWords(ids: readonly string[], what: string, rollUps: readonly string[] = []): string {
  const count = countedIn(ids, rollUps);
  if (count > 0) return `, ${count} ${what}`;
  return ids.length === 0 ? '' : `, ${ids.length === 1 ? 'a roll-up' : 'roll-ups'} ${what}`;
}

const markedWords = (ids: readonly string[], rollUps?: readonly string[]): string =>
  ids.map((id) => `${id}${rollUpWords(id, rollUps)}`).join(', ');

/** `, 3 whose resource no longer exists`. */
function goneWords({ gone = [], rollUps }: Held): string {
  const count = countedIn(gone, rollUps);
  return count === 0 ? '' : `, ${count} whose resource no longer exists`;
}

function notJudgedWords({ notJudged = [], notChecked = [] }: Held): string {
  const named = (ids: readonly string[]) => ids.map((id) => shortFinding(id)).join(', ');
  const hidden = notJudged.length === 0 ? '' : `: what could not be read may have hidden ${named(notJudged)}`;
  return notChecked.length === 0 ? hidden : `${hidden}: no rule is loaded that checks ${named(notChecked)}`;
}

function held(entry: Entry, report: Report, seen: Snapshot, undone: UndoCounts | null): Omit<Held, 'changes'> {
  const presence = presenceIn(seen);
  // What could not be read when the entry was made is not kept.
  const told = laterOutcomes({ failed: [] }, report);
  // A finding that no rule of this audit has any more is resolved where its resource was read, or is proven to be gone.
  const later = (id: string): LaterOutcome => {
    const is = told(id);
    const { resource = id } = findingParts(id) ?? {};
    // The audit had no need to read it, and it was read besides.
    if (is === 'notJudged' && presence(resource) === 'absent') return 'gone';
    return is === 'gone' && presence(resource) === 'not-known' ? 'notJudged' : is;
  };
  const deleted = entry.steps.flatMap(({ change, state }) =>
    change.kind === 'delete' && state === 'done' ? [change.resource] : [],
  );
  // What the entry itself deleted is resolved by that.
  const isGone = (id: string): boolean => {
    if (!resolvedOutcomes.includes(later(id))) return false;
    const { resource = id, where = '' } = findingParts(id) ?? {};
    const absent = [resource, where].filter((one) => one.startsWith('/') && presence(one) === 'absent');
    return absent.length > 0 && !absent.some((one) => deleted.some((whole) => isWithin(one, whole)));
  };
  const { resolved } = entry;
  const known = resolved === undefined ? madeFor(entry) : [...resolved.findings, ...(resolved.others ?? [])];
  const about = entry.undoneBy === null ? known : [];
  const gone = about.filter(isGone);
  const having = (...outcomes: readonly LaterOutcome[]) => about.filter((id) => outcomes.includes(later(id)));
  const notJudged = having('notJudged');
  const notChecked = having('notChecked');
  const own = new Set(about);
  // What is open now is counted as the audit counts it. What is resolved repeats nothing any more: only the entry knows that it did.
  const now = new Map(report.findings.filter(({ id }) => own.has(id)).map((one) => [one.id, one]));
  const repeated = new Set([...(entry.rollUps ?? []), ...(resolved?.rollUps ?? [])]);
  const rollUps = about.filter((id) => {
    const one = now.get(id);
    const isOpen = one?.outcome === 'fail' || one?.outcome === 'unknown';
    return (one !== undefined && !isCounted(one)) || (!isOpen && repeated.has(id));
  });
  return {
    entry: entry.id,
    resolved: having(...resolvedOutcomes).filter((id) => !gone.includes(id)),
    ...(gone.length === 0 ? {} : { gone }),
    persisting: having('fail'),
    unknown: having(...unknownOutcomes),
    ...(notJudged.length === 0 ? {} : { notJudged }),
    ...(notChecked.length === 0 ? {} : { notChecked }),
    ...(entry.undoneBy === null ? {} : { undoneInPart: entry.undoneBy }),
    ...(undone === null ? {} : { undone }),
    ...(entry.imported === undefined ? {} : { imported: entry.imported.at }),
    ...(rollUps.length === 0 ? {} : { rollUps }),
    ...(resolved === undefined && entry.undoneBy === null ? { notRecorded: true as const } : {}),
  };
}
