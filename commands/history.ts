// `history`: all changes to this workspace, and one of them in full. Opening the session recovers interrupted runs.
import * as z from 'zod/mini';
import { type CommandContext, defineCommand } from '../src/command/definition.ts';
import { flag } from '../src/command/flag.ts';
import { stepWords } from '../src/command/progress-words.ts';
import { auditTrend, type TrendPoint } from '../src/model/audit-record.ts';
import { countedIn } from '../src/model/compare.ts';
import {
  type Entry,
  type EntryStep,
  type HistoryNote,
  type HistoryRepair,
  interruptedAct,
  isEmptyRedo,
  isEmptyUndo,
  madeWords,
  noEntries,
  otherWords,
  partWords,
  resolvedThenWords,
  restOf,
  type StepUndo,
  stepUndos,
  stepUndoTexts,
  undoneMark,
  undonePartWords,
  undoneWords,
} from '../src/model/entry.ts';
import { exitStatus, Failure } from '../src/model/failure.ts';
import { failingRole, severities } from '../src/model/finding.ts';
import { overwroteTexts } from '../src/model/overwrote.ts';
import { nameInParent } from '../src/model/resource-id.ts';
import { clean, counted, utcMinute } from '../src/model/text.ts';
import { lostWords, unreadableLineText, unreadableText } from '../src/model/unreadable-words.ts';
import type { WhatIf } from '../src/model/what-if.ts';
import { type Line, line } from '../src/model/words.ts';
import { changeLines } from '../src/render/change-text.ts';
import { whatIfSentence } from '../src/render/what-if-text.ts';
import { nextFor } from '../src/session/advice.ts';
import type { ImportResult, Session } from '../src/session/session.ts';
import { stacksOf, unknownEntry } from '../src/session/undo.ts';

interface Shown extends Omit<Entry, 'steps'> {
  /** The same as `rehearsal`, its older name. */
  readonly whatIf: WhatIf | null;
  readonly steps: readonly (Pick<
    EntryStep,
    'resource' | 'state' | 'verified' | 'requestId' | 'message' | 'isTaken' | 'flaw'
  > &
    Partial<Pick<EntryStep, 'change' | 'origin' | 'overwrote'>> & {
      /** By which later undo it was undone; absent where by none. */
      readonly undone?: StepUndo;
      /** Of what Azure refused: what to do, where its error is known. */
      readonly next?: string;
    })[];
}

/** The line that repeats its changes: of a redo, that of the entry it repeated. */
const lineOf = (entry: Entry, entries: readonly Entry[]): string => {
  const first = entry.redoes === null ? undefined : entries.find(({ id }) => id === entry.redoes);
  return first === undefined ? entry.line : lineOf(first, entries);
};

const shown = (entry: Entry, full: boolean, undos: readonly (StepUndo | undefined)[]): Shown => ({
  ...entry,
  whatIf: entry.rehearsal,
  steps: entry.steps.map((step, at) => {
    const { resource, state, verified, requestId, message, isTaken, flaw, change, origin, overwrote } = step;
    const next = nextFor(step);
    return {
      ...{ resource, state, verified, requestId, message },
      ...(next === undefined ? {} : { next }),
      ...(undos[at] === undefined ? {} : { undone: undos[at] }),
      ...(isTaken === undefined ? {} : { isTaken }),
      ...(flaw === undefined ? {} : { flaw }),
      ...(origin === undefined ? {} : { origin }),
      ...(overwrote === undefined ? {} : { overwrote }),
      ...(full ? { change } : {}),
    };
  }),
});

interface AuditsResult {
  readonly audits: readonly TrendPoint[];
  /** Lines of the history of audits that could not be read. */
  readonly damaged: number;
}

type Told =
  | { readonly kind: 'audits'; readonly value: AuditsResult }
  | {
      readonly kind: 'entries';
      readonly value: { readonly entries: readonly Shown[]; readonly notes: readonly HistoryNote[] };
      /** Of which some may be shown. */
      readonly all: readonly Entry[];
    }
  | { readonly kind: 'exported'; readonly value: { readonly exported: number; readonly file: string } }
  | { readonly kind: 'imported'; readonly value: ImportResult }
  | {
      readonly kind: 'script';
      readonly value: { readonly script: readonly string[]; readonly notIncluded?: readonly string[] };
    }
  | { readonly kind: 'repair'; readonly value: HistoryRepair };

async function carried(
  { host, signal }: CommandContext,
  session: Session,
  out: string | undefined,
  from: string | undefined,
): Promise<Told> {
  if (session.exportHistory === undefined || session.importHistory === undefined) {
    throw new Failure(
      'no-history',
      exitStatus.usage,
      'Files have no history.',
      'Select a workspace in Azure, without --from.',
    );
  }
  if (from !== undefined) {
    const text = await host.readFile(from);
    return { kind: 'imported', value: await session.importHistory(text, signal) };
  }
  const file = out ?? '';
  await host.writeFile(file, await session.exportHistory());
  return { kind: 'exported', value: { exported: (await session.history()).length, file } };
}

const listed = (
  entries: readonly Entry[],
  all: readonly Entry[],
  notes: readonly HistoryNote[],
  full: boolean,
): Told => ({
  kind: 'entries',
  value: { entries: entries.map((entry) => shown(entry, full, stepUndos(entry, all))), notes },
  all,
});

export const history = defineCommand({
  name: 'history',
  summary: 'List past changes, who made them, and their status',
  args: z.object({
    entry: flag(z.optional(z.string()), 'show one entry in full', { value: 'ENTRY', of: 'entry' }),
    audits: flag(z._default(z.boolean(), false), 'list past audits instead, with what changed in each'),
    script: flag(z._default(z.boolean(), false), 'print the applied changes as command lines, to run them again'),
    repair: flag(
      z._default(z.boolean(), false),
      'write a damaged journal anew without its damaged lines, and keep a copy; --dry-run says what is lost',
    ),
    export: flag(z.optional(z.string()), 'write the history to a file, to carry it to another machine', {
      ...{ value: 'FILE', of: 'file' },
    }),
    import: flag(z.optional(z.string()), 'take up a history that --export wrote, marked as imported', {
      ...{ value: 'FILE', of: 'file' },
    }),
  }),
  positional: ['entry'],
  effect: 'read',
  examples: [
    { line: 'history', says: 'List all changes, newest last' },
    { line: 'history --audits', says: 'List past audits: failing findings, and how many are new or resolved' },
  ],
  check({ entry, script, audits, repair, export: out, import: from }) {
    if (repair && (audits || script || entry !== undefined)) {
      throw new Failure(
        'contradicting-flags',
        exitStatus.usage,
        '--repair takes no entry, no --audits and no --script.',
        'Run `bastide history --repair`.',
      );
    }
    const carries = [out, from].filter((file) => file !== undefined).length;
    if (carries > 1 || (carries === 1 && (audits || script || repair || entry !== undefined))) {
      throw new Failure(
        'contradicting-flags',
        exitStatus.usage,
        '--export and --import take no entry and no other flag of history.',
        'Run `bastide history --export FILE`, or `bastide history --import FILE`.',
      );
    }
    if (audits && (script || entry !== undefined)) {
      throw new Failure(
        'contradicting-flags',
        exitStatus.usage,
        '--audits takes no entry and no --script.',
        'Run `bastide history --audits`.',
      );
    }
  },
  async *run(
    context,
    { entry: wanted, script, audits, repair, export: out, import: from },
  ): AsyncGenerator<never, Told> {
    const session = await context.session();
    if (repair) return { kind: 'repair', value: await repaired(session, context.flags.dryRun) };
    if (out !== undefined || from !== undefined) return carried(context, session, out, from);
    if (audits) {
      const workspace = session.source.kind === 'files' ? null : await session.workspace(context.signal);
      const { records, damaged } =
        workspace === null
          ? { records: [], damaged: 0 }
          : await (await context.host.audits(session.source, workspace)).all();
      return { kind: 'audits', value: { audits: auditTrend(records, context.flags.profile), damaged } };
    }
    const entries = await session.history();
    const found = entries.filter((entry) => entry.id === wanted);
    if (wanted !== undefined && found.length === 0) throw unknownEntry(wanted);
    if (script) {
      const { standing } = stacksOf(entries);
      const chosen = wanted === undefined ? standing : standing.filter((entry) => entry.id === wanted);
      const notIncluded = entries.flatMap(({ id, unreadable }) =>
        unreadable !== undefined && (wanted === undefined || id === wanted) ? [id] : [],
      );
      for (const id of notIncluded)
        context.say(`Not included: history entry ${clean(id, 80)}, whose record is damaged.`);
      const lines = chosen.map((entry) => lineOf(entry, entries));
      return { kind: 'script', value: { script: lines, ...(notIncluded.length === 0 ? {} : { notIncluded }) } };
    }
    return wanted === undefined
      ? listed(entries, entries, await session.historyNotes(), false)
      : listed(found, entries, [], true);
  },
  json: ({ value }) => value,
  text(result) {
    if (result.kind === 'script') return result.value.script.map((one) => line(clean(one, 4000)));
    if (result.kind === 'audits') return trendLines(result.value);
    if (result.kind === 'repair') return repairLines(result.value);
    if (result.kind === 'exported') {
      const { exported, file } = result.value;
      return [line(`${counted(exported, 'history entry', 'history entries')} written to ${clean(file, 300)}.`)];
    }
    if (result.kind === 'imported') return importLines(result.value);
    const { entries, notes } = result.value;
    const noteLines = notes.map(({ at, text }) =>
      line([`note  ${at === '' ? '' : `${utcMinute(at)}  `}${clean(text, 1000)}`, 'dim']),
    );
    if (entries.length === 0) return [line(`${noEntries}.`), ...noteLines];
    const whole = new Map(result.all.map((entry) => [entry.id, entry]));
    const ofWhole = (id: string, words: (entry: Entry, entries: readonly Entry[]) => string): string => {
      const entry = whole.get(id);
      return entry === undefined ? '' : words(entry, result.all);
    };
    const looks = { done: 'ok', partial: 'warn', failed: 'bad', open: 'unknown', unreadable: 'bad' } as const;
    const entryLines = entries.flatMap((entry) => [
      line(
        [entry.id, 'accent'],
        [entry.at === '' ? '  ' : `  ${utcMinute(entry.at)}  ${entry.by}  `, 'dim'],
        `${entry.verb}  `,
        [entry.state, looks[entry.state]],
        [
          entry.undoes === null || entry.left !== undefined
            ? ''
            : `  ${isEmptyUndo(entry) ? 'sent nothing, nothing was left of' : 'undoes'} ${entry.undoes}`,
          'dim',
        ],
        [
          entry.redoes === null
            ? ''
            : `  ${isEmptyRedo(entry) ? 'sent nothing, nothing was left to redo of' : 'redoes'} ${entry.redoes}`,
          'dim',
        ],
        [spaced(ofWhole(entry.id, resolvedThenWords)), 'dim'],
        [spaced(ofWhole(entry.id, partWords)), 'dim'],
        [spaced(ofWhole(entry.id, undonePartWords)), 'warn'],
        [
          ofWhole(entry.id, undoneMark) === 'undone' ? `  ${undoneWords(entry, result.all)} ${entry.undoneBy}` : '',
          'dim',
        ],
        [entry.imported === undefined ? '' : `  imported ${utcMinute(entry.imported.at)}`, 'dim'],
      ),
      ...(entry.line === '' ? [] : [line([`  bastide ${entry.line}`, 'dim'])]),
      ...unreadableText(entry).map((text) => line([`  ${text}`, 'bad'])),
      ...(entry.rehearsal ? [whatIfLine(entry.rehearsal)] : []),
      ...restLine(entry, entries),
      ...entry.steps.flatMap((step, at) => [
        line(
          `  ${nameInParent(step.resource)}  ${stepWords[step.state]}${step.verified ? ', verified' : ''}`,
          [ofWhole(entry.id, (...of) => stepUndoTexts(...of)[at] ?? ''), 'warn'],
          [step.message === null ? '' : `  ${step.message}`, 'dim'],
        ),
        ...(step.next === undefined ? [] : [line([`    Next: ${step.next}`, 'warn'])]),
        ...(step.change === undefined ? [] : changeLines(step.change)),
      ]),
      ...overwroteTexts(entry.steps, entry.id).map(({ text }) => line([`  ${text}`, 'dim'])),
    ]);
    const isDamaged = entries.some(({ unreadable }) => (unreadable?.lines.length ?? 0) > 0);
    const hint = isDamaged ? [line('Run `bastide history --repair` to write the journal anew; it keeps a copy.')] : [];
    return [...entryLines, ...noteLines, ...hint];
  },
  exit: (result) =>
    result.kind === 'script' && result.value.notIncluded !== undefined ? exitStatus.gaps : exitStatus.done,
});

const spaced = (words: string): string => (words === '' ? '' : `  ${words}`);

/** Of the newest act, what is left to send. */
function restLine(entry: Shown, entries: readonly Shown[]): Line[] {
  if (interruptedAct(entries)?.id !== entry.id) return [];
  const rest = otherWords(restOf(entry).length);
  return [line([`  ${madeWords(entry)}; `, 'warn'], [`bastide resume ${entry.id}`, 'key'], ` sends ${rest}.`)];
}

async function repaired({ repairHistory }: Session, dryRun: boolean): Promise<HistoryRepair> {
  if (repairHistory !== undefined) return repairHistory(dryRun);
  throw new Failure('no-history', exitStatus.usage, 'Files have no history.', 'Name the workspace instead of --from.');
}

function repairLines({ bodies, copy, end, file, isWritten, kept, lines, lost }: HistoryRepair): Line[] {
  const counts = `${lostWords(lost)}, ${kept} kept`;
  return [
    line(
      isWritten
        ? `Repaired ${file}: ${counts}.`
        : lost.length + lines.length === 0
          ? `${file}: no line is damaged.`
          : `${file}, if it is repaired: ${counts}. Nothing was written.`,
    ),
    ...(copy === null ? [] : [line(`The journal as it was: ${copy}`)]),
    ...(isWritten && copy === null ? [line('There was no journal to keep a copy of.')] : []),
    ...(isWritten && copy === null && end !== null
      ? [line(`To use a journal from a backup instead, put ${end} back in place of its copied end with it.`)]
      : []),
    ...lost.map((one) => line([`${one.id}  `, 'accent'], unreadableText({ unreadable: one }).join(' '))),
    ...lines.map((one) => line(`${unreadableLineText(one)} No entry is lost with it.`)),
    ...bodies.map((one) =>
      line(
        [`${one.entry}  `, 'accent'],
        `The side file ${one.file} ${one.reason === 'missing' ? 'is missing' : 'was changed'}. It is not used.`,
      ),
    ),
  ];
}

function importLines({ imported, known, updated, created, unsent, proven, unread }: ImportResult): Line[] {
  const entries = (count: number) => counted(count, 'history entry', 'history entries');
  return [
    line(
      `${entries(imported)} imported${updated === 0 ? '' : `, ${updated} updated`}${known === 0 ? '.' : `, ${known} already there.`}`,
    ),
    ...(created === 0
      ? []
      : [
          line(
            `${counted(created, 'creation')} in them; change records prove that this identity made ${proven}${unread === 0 ? '' : `, and could not be read of ${unread}`}.`,
          ),
        ]),
    ...(unsent === 0
      ? []
      : [
          line([
            `${counted(unsent, 'change')} in them ${unsent === 1 ? 'was' : 'were'} not sent; \`bastide resume\` would send ${unsent === 1 ? 'it' : 'them'}.`,
            'warn',
          ]),
        ]),
  ];
}

const outcomes = { done: 'ok', refused: 'bad', unknown: 'unknown' } as const;
const whatIfLine = (rehearsal: WhatIf) =>
  line(['  what-if  ', 'dim'], [whatIfSentence(rehearsal), outcomes[rehearsal.outcome]]);

function trendLines({ audits, damaged }: AuditsResult): Line[] {
  const skipped = damaged === 0 ? [] : [line([`${counted(damaged, 'damaged line')} skipped.`, 'warn'])];
  if (audits.length === 0) return [line('No audits of this workspace on this machine yet.'), ...skipped];
  return [...audits.map(trendLine), ...skipped];
}

function changeWords(change: TrendPoint['change']): (readonly [string, string])[] {
  if (change === null) return [];
  const { introduced, found = [], resolved, unchecked = [], unknown = [], rollUps } = change;
  const lists = [
    [introduced, 'new', 'bad'],
    [found, 'failing, not checked before', 'bad'],
    [resolved, 'no longer failing', 'ok'],
    [unchecked, 'no longer checked', 'dim'],
    [unknown, 'now unknown', 'unknown'],
  ] as const;
  return lists.flatMap(([ids, words, role]): (readonly [string, string])[] => {
    const count = countedIn(ids, rollUps);
    return count === 0 ? [] : [[`  ${count} ${words}`, role]];
  });
}

function trendLine({ at, fail, unknown, accepted, bySeverity, change }: TrendPoint): Line {
  const counts = severities.filter((severity) => bySeverity[severity] > 0).map((one) => `${bySeverity[one]} ${one}`);
  return line(
    [`${utcMinute(at)}  `, 'dim'],
    [`${fail} failing`, failingRole({ fail, unknown })],
    counts.length === 0 ? '' : ` (${counts.join(', ')})`,
    unknown === 0 ? '' : `, ${unknown} unknown`,
    accepted === 0 ? '' : `, ${accepted} accepted`,
    ...changeWords(change),
  );
}
