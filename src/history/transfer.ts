// A history as one file, to carry it to another machine or to the next run of a pipeline. What is read is foreign text: its shape,
// its times and the digests of its bodies are checked, and nothing of it proves that anything was made here. Pure.
import { createHash } from 'node:crypto';
import type { Entry, EntryStep } from '../model/entry.ts';
import { exitStatus, Failure } from '../model/failure.ts';
import { asJson, isObject, type Json, type JsonObject, parseJson, sameJson, stringifyJson } from '../model/json.ts';
import { fold, sameId } from '../model/resource-id.ts';
import { withoutSecrets } from '../model/secrets.ts';
import type { Source } from '../model/snapshot.ts';
import { clean } from '../model/text.ts';
import { misfitOfEntries } from './schema.ts';

const schema = 'bastide/history-export/v1';
const mostEntries = 5000;
/** Clocks differ. */
const slack = 5 * 60_000;

/** Which history. */
interface About {
  readonly source: Pick<Source, 'kind' | 'name'>;
  readonly workspace: string;
}
export interface CarriedHistory {
  readonly entries: readonly Entry[];
  /** By the names in the steps. */
  readonly bodies: ReadonlyMap<string, JsonObject>;
}

export function exportText({ source, workspace }: About, { entries, bodies }: CarriedHistory): string {
  const { kind, name } = source;
  const file = { schema, source: { kind, name }, workspace, entries, bodies: Object.fromEntries(bodies) };
  return `${stringifyJson(withoutSecrets(asJson(file)), 1)}\n`;
}

/** Throws Failure: exit 2 for a file that is no such export, 4 for one of another workspace. */
export function readExport(text: string, about: About, now: Date): CarriedHistory {
  const file = parsed(text);
  if (file.schema !== schema) throw misfit('it is not an export of a history');
  requireSame(file, about);
  const wrong = misfitOfEntries({ entries: file.entries ?? null });
  if (wrong !== undefined) throw misfit(`${clean(wrong, 200)} is not valid`);
  const entries = file.entries as unknown as readonly Entry[];
  if (entries.length > mostEntries) throw misfit(`it has more than ${mostEntries} entries`);
  const ids = new Set(entries.map(({ id }) => id));
  if (ids.size !== entries.length) throw misfit('two entries have one id');
  for (const [at, entry] of entries.entries()) {
    const why = flawOf(entry, entries[at - 1], ids, now);
    if (why !== undefined) throw misfit(`entry ${at + 1}: ${why}`);
  }
  return { entries, bodies: bodiesIn(file.bodies, entries) };
}

function parsed(text: string): JsonObject {
  try {
    const value = parseJson(text);
    if (isObject(value)) return value;
  } catch (error) {
    throw misfit(error instanceof Error ? clean(error.message, 200) : 'it is not JSON');
  }
  throw misfit('it is not a JSON object');
}

function requireSame({ source, workspace }: JsonObject, about: About): void {
  const isSource =
    isObject(source ?? null) &&
    (source as JsonObject).kind === about.source.kind &&
    fold(String((source as JsonObject).name)) === fold(about.source.name);
  if (isSource && typeof workspace === 'string' && sameId(workspace, about.workspace)) return;
  throw new Failure(
    'other-workspace',
    exitStatus.notSent,
    `The file is the history of ${clean(workspace, 300)}, not of ${clean(about.workspace, 300)} at ${clean(about.source.name, 100)}.`,
    'Select the workspace and source of the file.',
  );
}

/** What is wrong with an entry, in a clause. */
function flawOf(entry: Entry, before: Entry | undefined, ids: ReadonlySet<string>, now: Date): string | undefined {
  const time = Date.parse(entry.at);
  if (!/^[A-Za-z0-9._-]{1,80}$/.test(entry.id)) return 'its id is not valid';
  if (entry.state === 'unreadable' || entry.unreadable !== undefined) return 'its record is damaged';
  if (Number.isNaN(time) || time > now.getTime() + slack) return 'its time is not valid';
  if (before !== undefined && time < Date.parse(before.at)) return 'it is older than the one before it';
  const named = [entry.undoes, entry.undoneBy, entry.redoes, entry.partOf ?? null].filter((id) => id !== null);
  if (named.some((id) => !ids.has(id))) return 'it names an entry that the file does not hold';
  const isStep = ({ resource, change }: EntryStep) =>
    /^\/subscriptions\/[^/?#\s]+\//i.test(resource) &&
    !/[?#\s\\]|\/\.\.?\//.test(resource) &&
    sameId(resource, change.resource);
  return entry.steps.every(isStep) ? undefined : 'it has a step whose resource is not valid';
}

/** Each under the digest in its name; a body that no step names is refused. */
function bodiesIn(value: Json | undefined, entries: readonly Entry[]): ReadonlyMap<string, JsonObject> {
  if (!isObject(value ?? null)) throw misfit('it has no bodies');
  const wanted = new Set(entries.flatMap(({ steps }) => steps.flatMap(({ before, after }) => [before, after])));
  const bodies = new Map<string, JsonObject>();
  for (const [name, body] of Object.entries(value as JsonObject)) {
    const digest = /\.([0-9a-f]{16})\.json$/.exec(name)?.[1];
    if (!wanted.has(name) || digest === undefined || !isObject(body)) throw misfit('it has a body that is not valid');
    const text = stringifyJson(withoutSecrets(body), 2);
    if (!createHash('sha256').update(text).digest('hex').startsWith(digest)) throw misfit('a body in it was changed');
    bodies.set(name, body);
  }
  return bodies;
}

/** As it enters this history: nothing in it is proven, and no address in it is asked. */
export const asImported = (entry: Entry, imported: NonNullable<Entry['imported']>): Entry => ({
  ...entry,
  imported,
  steps: entry.steps.map(
    ({ unguarded: _unguarded, overwrote: _overwrote, vanished: _vanished, origin: _origin, ...step }) => ({
      ...step,
      ...{ operation: null, before: null, after: null },
      ...(step.change.kind === 'create' ? { origin: { reason: 'not-known' as const } } : {}),
    }),
  ),
});

/**
 * How an entry of a file stands to the one of its id here: it says no more, or it goes on from it. `other`: neither goes on from the other.
 */
export function carriedAs(inFile: Entry, here: Entry): 'known' | 'later' | 'other' {
  if (goesOn(inFile, here)) return 'known';
  return goesOn(here, inFile) ? 'later' : 'other';
}

const isSettled = ({ state }: EntryStep): boolean => state === 'done' || state === 'skipped';

/** Has the later one all that is settled in the earlier one, as it was? */
const goesOn = (earlier: Entry, later: Entry): boolean =>
  earlier.at === later.at &&
  earlier.verb === later.verb &&
  earlier.steps.every((step, at) => {
    const next = later.steps[at];
    if (next === undefined || !sameId(step.resource, next.resource)) return false;
    return !isSettled(step) || (step.state === next.state && sameJson(asJson(step.change), asJson(next.change)));
  });

const misfit = (why: string): Failure =>
  new Failure(
    'bad-history-file',
    exitStatus.usage,
    `The file cannot be imported: ${why}.`,
    'Write one with `bastide history --export FILE`.',
  );
