// Carries a history to another machine and back. What is imported is marked; a creation in it counts as made here only where the change
// record of the resource says that this identity made it.
import type { History } from '../history/history.ts';
import { asImported, carriedAs, exportText, readExport } from '../history/transfer.ts';
import { type Entry, type EntryStep, isSeenHere, restOf } from '../model/entry.ts';
import { exitStatus, Failure, isFailure } from '../model/failure.ts';
import type { JsonObject } from '../model/json.ts';
import { clean } from '../model/text.ts';
import type { WriteContext } from './apply-context.ts';
import { undoProof } from './undo-proof.ts';

export interface ImportResult {
  readonly imported: number;
  /** Entries that were there already, and say no more than the file. */
  readonly known: number;
  /** Entries that were there, imported before, and of which the file has more. */
  readonly updated: number;
  /** Creations in what was imported or updated, those of them that change records prove, and those whose records could not be read. */
  readonly created: number;
  /** Changes in what was imported or updated that were not sent, and that `bastide resume` would send. */
  readonly unsent: number;
  readonly proven: number;
  readonly unread: number;
}

export async function exportHistory(history: History, context: WriteContext, workspace: string): Promise<string> {
  const entries = await history.entries();
  if (entries.some(({ state }) => state === 'unreadable')) throw damaged();
  const bodies = new Map<string, JsonObject>();
  for (const { steps } of entries) {
    for (const file of steps.flatMap(({ before, after }) => [before, after])) {
      if (file !== null && !bodies.has(file)) bodies.set(file, await history.body(file));
    }
  }
  return exportText({ source: context.arm.source, workspace }, { entries, bodies });
}

/** Throws Failure (exit 2 or 4) before anything is kept; the entries are on disk when it resolves. */
export async function importHistory(
  text: string,
  context: WriteContext,
  workspace: string,
  signal?: AbortSignal,
): Promise<ImportResult> {
  const { history, now, by, arm } = context;
  const { entries, bodies } = readExport(text, { source: arm.source, workspace }, now());
  return history.exclusively(async () => {
    const there = await history.entries();
    const known = new Map(there.map((one) => [one.id, one]));
    const fresh = entries.filter(({ id }) => !known.has(id));
    const later = entries.filter((entry) => isLater(entry, known.get(entry.id)));
    const newest = there.at(-1);
    const own = new Set(there.flatMap(({ id, imported }) => (imported === undefined ? [id] : [])));
    if (fresh.some(({ undoes, redoes, partOf }) => own.has(undoes ?? redoes ?? partOf ?? ''))) throw aboutOwn();
    if (newest !== undefined && fresh.some(({ at }) => Date.parse(at) < Date.parse(newest.at))) throw outOfOrder();
    const made: Entry[] = [];
    const imported = () => ({ at: now().toISOString(), by });
    for (const entry of later) {
      await history.update(entry.id, ({ undoneBy }) => ({ ...asImported(entry, imported()), undoneBy }));
      made.push(await keepBodies(entry, bodies, history));
    }
    // The entry first: a body without its entry would look like damage.
    for (const entry of fresh) {
      await history.append(asImported(entry, imported()));
      made.push(await keepBodies(entry, bodies, history));
    }
    const creations = made.flatMap(({ steps }) =>
      steps.filter(({ change, state }) => change.kind === 'create' && state === 'done'),
    );
    const proof = creations.length === 0 ? { proven: 0, unread: 0 } : await prove(made, context, signal);
    return {
      ...{ imported: fresh.length, updated: later.length, known: entries.length - fresh.length - later.length },
      ...{ created: creations.length, unsent: made.flatMap((entry) => restOf(entry)).length, ...proof },
    };
  });
}

/** Does the file have more of an entry than is here? Throws Failure for one that is another one here, or that was made or undone here. */
function isLater(entry: Entry, here: Entry | undefined): boolean {
  if (here === undefined) return false;
  const how = here.state === 'unreadable' ? 'other' : carriedAs(entry, here);
  if (how === 'known') return false;
  if (how === 'other' || here.imported === undefined || here.undoneBy !== null) throw otherHere(entry.id);
  // What was seen here of the steps that were sent here is in no file.
  if (here.steps.some((step) => isSeenHere(step, here))) throw resumedHere(entry.id);
  return true;
}

async function keepBodies(entry: Entry, bodies: ReadonlyMap<string, JsonObject>, history: History): Promise<Entry> {
  const files = new Map<string, string>();
  for (const [index, step] of entry.steps.entries()) {
    for (const side of ['before', 'after'] as const) {
      const body = step[side] === null ? undefined : bodies.get(step[side]);
      if (body !== undefined) files.set(`${index}-${side}`, await history.keepBody(entry.id, `${index}-${side}`, body));
    }
  }
  return history.update(entry.id, (one) => ({
    ...one,
    steps: one.steps.map((step, index) => ({
      ...step,
      before: files.get(`${index}-before`) ?? null,
      after: files.get(`${index}-after`) ?? null,
    })),
  }));
}

/** How many creations are proven, and of how many the records could not be read. */
async function prove(
  made: readonly Entry[],
  context: WriteContext,
  signal: AbortSignal | undefined,
): Promise<Pick<ImportResult, 'proven' | 'unread'>> {
  const creationsOf = ({ steps }: Entry) =>
    steps.filter(({ change, state }) => change.kind === 'create' && state === 'done');
  let [proven, unread] = [0, 0];
  try {
    const { notMadeHere } = await undoProof(made, context, signal);
    for (const entry of made) {
      const creations = creationsOf(entry);
      const why = new Map(creations.map((step) => [step, notMadeHere(step)]));
      const isOwn = (step: EntryStep) => why.get(step) === null;
      proven += creations.filter(isOwn).length;
      unread += [...why.values()].filter((one) => one?.reason === 'not-proven' && one.why === 'unread').length;
      const own = entry.steps.map(isOwn);
      if (!own.includes(true)) continue;
      await context.history.update(entry.id, (one) => ({
        ...one,
        steps: one.steps.map((step, index) => (own[index] === true ? { ...step, origin: { reason: 'record' } } : step)),
      }));
    }
    return { proven, unread };
  } catch (error) {
    if (!isFailure(error)) throw error;
    return { proven, unread: made.flatMap(creationsOf).length - proven };
  }
}

const damaged = (): Failure =>
  new Failure(
    'history-damaged',
    exitStatus.notSent,
    'The history has damaged entries, so it is not exported.',
    'See `bastide history --repair --dry-run`.',
  );
const otherHere = (id: string): Failure =>
  new Failure(
    'history-differs',
    exitStatus.notSent,
    `History entry ${clean(id, 80)} is another one here: what the file says of it does not follow from it. Nothing was imported.`,
    'Import it into an empty BASTIDE_HOME.',
  );
const resumedHere = (id: string): Failure =>
  new Failure(
    'history-differs',
    exitStatus.notSent,
    `History entry ${clean(id, 80)} was resumed here: what the file says of it since is not imported. Nothing was imported.`,
    'Import it into an empty BASTIDE_HOME.',
  );
const aboutOwn = (): Failure =>
  new Failure(
    'history-about-own',
    exitStatus.notSent,
    'The file says that it undid or repeated an entry that was made here. Nothing was imported.',
    'Import it into an empty BASTIDE_HOME.',
  );
const outOfOrder = (): Failure =>
  new Failure(
    'history-out-of-order',
    exitStatus.notSent,
    'The history here has newer entries than the file: what the next undo means would not be clear.',
    'Import into an empty BASTIDE_HOME, or before other changes are applied there.',
  );
