// What must come of an act between whose requests another client acts: worked out in a twin world (twin.ts) from the requests that Azure
// accepted, the acts of the other client between them, and the steps that were reported as done.
import type { Change } from '../../src/model/change.ts';
import type { Entry, EntryStep } from '../../src/model/entry.ts';
import type { Overwrote } from '../../src/model/overwrote.ts';
import type { Exchange, Simulator } from '../../src/simulator/index.ts';
import type { CommandLines, Said } from './command-lines.ts';
import { type ActName, act as actAs, type ForeignAct, repeat } from './foreign-acts.ts';
import { eachTaken, takeBack } from './taken-back.ts';
import {
  type BodyDifference,
  carryOut,
  differencesOf,
  type Facts,
  factsOf,
  factsOfBody,
  type OtherClient,
  otherClient,
  sameNames,
  spoken,
} from './twin.ts';

/** One request of the product about the world. */
export interface Call {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly status: number;
  readonly body: string;
}
type Event = { readonly kind: 'call'; readonly call: Call } | { readonly kind: 'foreign'; readonly act: ForeignAct };

/** What the other client does while a line runs. `at`: before the how-manieth request each act happens, from 0. */
export interface Intrusion {
  readonly change: Change;
  readonly acts: readonly ActName[];
  readonly at: readonly number[];
}
export interface Act {
  readonly events: readonly Event[];
  readonly said: Said;
  /** Those that the act made. */
  readonly entries: readonly Entry[];
  /** State of the world after it. */
  readonly end: string;
}
export interface ActStage {
  readonly real: Simulator;
  readonly twin: Simulator;
  readonly lines: CommandLines;
  /** What an undo does not bring back without another client: it is said beforehand. See {@link keyOf}. */
  lost: ReadonlySet<string>;
}
export type Hold = (isRight: boolean, what: string) => void;

/** An id without what services make up each time. */
const asFact = (id: string): string => sameNames(id.toLowerCase()).toLowerCase();
export const isSameId = (a: string, b: string): boolean => asFact(a) === asFact(b);
/** Some actions only read. */
export const isWrite = ({ method, path }: Call): boolean =>
  method !== 'GET' && !(method === 'POST' && /\/(?:list|check|diagnose|effective)\w*$/i.test(path));
export const isAccepted = ({ status }: Call): boolean => status >= 200 && status < 300;
/** An action is about the resource above it. */
export const isAbout = ({ method, path }: Call, resource: string): boolean =>
  isSameId(method === 'POST' ? path.slice(0, path.lastIndexOf('/')) : path, resource);
export const foreignOf = ({ events }: Pick<Act, 'events'>): ForeignAct[] =>
  events.flatMap((event) => (event.kind === 'foreign' ? [event.act] : []));
export const callsOf = ({ events }: Pick<Act, 'events'>): Call[] =>
  events.flatMap((event) => (event.kind === 'call' ? [event.call] : []));

/** Calls for each request about the world once it is answered. */
function hear(simulator: Simulator, listener: (call: Call) => void): () => void {
  return simulator.onExchange(({ method, url, status, requestBody: body }: Exchange) => {
    const [path = '', query = ''] = url.split('?');
    if (path.startsWith('/subscriptions/')) listener({ method, status, path, query, body });
  });
}

/** Runs a line, the other client beside it. What it would do after the last request, it does then. */
export async function runAct(stage: ActStage, words: readonly string[], intrusion?: Intrusion): Promise<Act> {
  const { real, lines } = stage;
  const known = (await lines.entries()).length;
  const events: Event[] = [];
  const client = otherClient(real);
  const todo = (intrusion?.acts ?? []).map((name, index) => ({ name, at: intrusion?.at[index] ?? 0 }));
  let last: ForeignAct | undefined;
  let count = 0;
  let thrown: unknown;
  const turn = (): void => {
    if (intrusion === undefined) return;
    for (let next = todo[0]; next !== undefined && next.at <= count; next = todo[0]) {
      const { name } = next;
      todo.shift();
      try {
        const made = actAs(name, intrusion.change, client, last);
        if (made !== undefined) events.push({ kind: 'foreign', act: made });
        last = made ?? last;
      } catch (error) {
        // Thrown here it would leave a request without an answer.
        thrown = error;
      }
    }
  };
  const stop = hear(real, (call) => {
    events.push({ kind: 'call', call });
    count += 1;
    turn();
  });
  try {
    turn();
    const said = await lines.run(words);
    count = Number.POSITIVE_INFINITY;
    turn();
    if (thrown !== undefined) throw thrown;
    return { events, said, entries: (await lines.entries()).slice(known), end: real.stateText() };
  } finally {
    stop();
  }
}

/** Of a setting; of a managed network, whose parts the service makes from one another, of all of it. */
export const keyOf = ({ id, pointer }: BodyDifference): string =>
  `${id} ${pointer.replace(/^(\/properties\/managedNetwork)\/.*$/, '$1')}`;

const inline =
  /^\/properties\/(securityRules|routes|subnets|virtualNetworkPeerings|privateEndpointConnections|agentPoolProfiles)\/([^/]+)/i;

/** Id of the resource that a difference is about: some are kept inside others. */
function subjectOf({ id, pointer }: BodyDifference): string {
  const [, list, name] = inline.exec(pointer) ?? [];
  const type = list?.toLowerCase() === 'agentpoolprofiles' ? 'agentPools' : list;
  return type === undefined ? id : `${id}/${type}/${name}`.toLowerCase();
}

/** What another client put back may be what it found, or what there would have been without the act: both are right. */
const readings = ['found', 'value'] as const;
export type TwinReading = (typeof readings)[number];
/** What is in each list; once nothing is left, the others are not worked out: most worlds are as they must be by the first reading. */
function inEach([first, ...others]: readonly (() => readonly BodyDifference[])[]): readonly BodyDifference[] {
  let left = first?.() ?? [];
  for (const other of others) {
    if (left.length === 0) break;
    const list = other();
    left = left.filter(({ id, pointer }) => list.some((one) => id === one.id && pointer === one.pointer));
  }
  return left;
}
const once = <Value>(work: () => Value): (() => Value) => {
  let known: { readonly value: Value } | undefined;
  return () => {
    known ??= { value: work() };
    return known.value;
  };
};

/** Where the world is not as the twin makes it from a state. */
function apartFrom(
  { twin, lost }: ActStage,
  state: string,
  world: Facts,
  make: (client: OtherClient, reading: TwinReading) => void,
): readonly BodyDifference[] {
  const all = readings.map((reading) => () => {
    twin.restore(state);
    make(otherClient(twin), reading);
    return differencesOf(factsOf(twin.stateText()), world).filter((one) => !lost.has(keyOf(one)));
  });
  return inEach(all);
}

/** The world as the act left it; ids that no reading could have shown as changed; how much was lost and told. */
export interface After {
  readonly world: Facts;
  readonly unseen: ReadonlySet<string>;
  readonly told: number;
}

/** `state`: of the world when the act began. */
export function judgeAct(state: string, stage: ActStage, act: Act, hold: Hold): After {
  const { said } = act;
  const unseen = unseenIn(act, otherClient(stage.twin));
  let told = 0;
  const holdTold = (resource: string, what: string): void => {
    const isTold = unseen.has(asFact(resource)) && tells(said, resource);
    if (isTold) told += 1;
    hold(isTold, what);
  };
  const world = factsOf(stage.real.stateText());
  const all = act.entries.flatMap(({ steps }) => steps);
  const done = all.filter(isDone);
  const apart = apartFrom(stage, state, world, (client, reading) => {
    const replaced = replay(act, done, client, reading);
    if (reading === 'found') for (const { id, what } of replaced) holdTold(id, `${what}, and nothing says so`);
  });
  // What was said not to be known may have been made.
  const open = all.filter((step) => step.state === 'unknown');
  const orMade = () =>
    open.length === 0 ? apart : apartFrom(stage, state, world, (...as) => replay(act, [...done, ...open], ...as));
  for (const difference of inEach([() => apart, orMade])) holdTold(subjectOf(difference), spoken(difference));
  judgeExit(act, hold);
  return { world, unseen, told };
}

export const isDone = ({ state }: EntryStep): boolean => state === 'done';

/**
 * Brings each act of the other client, and each of these steps, to the twin; gives what was there where a step makes or deletes, and what
 * was not where it changes something.
 */
function replay(
  { events }: Act,
  steps: readonly EntryStep[],
  client: OtherClient,
  reading: TwinReading,
): readonly { readonly id: string; readonly what: string }[] {
  const left = [...steps];
  const replaced: { id: string; what: string }[] = [];
  const isRepeated = ({ path, method, status }: Call, at: number): boolean =>
    status === 202 &&
    events.some(
      (one, later) =>
        later > at &&
        one.kind === 'call' &&
        one.call.path === path &&
        one.call.method === method &&
        isAccepted(one.call),
    );
  for (const [place, event] of events.entries()) {
    if (event.kind === 'foreign') repeat(event.act, client, reading);
    // Of one that its operation refused and that was sent again, the last made the change.
    else if (isWrite(event.call) && isAccepted(event.call) && !isRepeated(event.call, place)) {
      const at = left.findIndex(({ resource }) => isAbout(event.call, resource));
      const [step] = at < 0 ? [] : left.splice(at, 1);
      // An earlier request of the same step, or one of a step that is not done.
      if (step === undefined) continue;
      const what = whatIsReplaced(step, client);
      if (what !== null) replaced.push({ id: step.resource, what });
      if (!isCarriedOut(step, event.call, client))
        replaced.push({ id: step.resource, what: `the twin refuses ${step.change.kind} of ${step.resource}` });
    }
  }
  return replaced;
}

export function isCarriedOut({ change }: EntryStep, call: Call, client: OtherClient): boolean {
  if (call.method !== 'POST') return carryOut(change, client, call.query);
  return client.post(`${call.path}?${call.query}`, call.body === '' ? {} : JSON.parse(call.body));
}

/** What another client made or changed, and a step makes or deletes; null where there is nothing. */
function whatIsReplaced({ change }: EntryStep, client: OtherClient): string | null {
  if (change.kind === 'edit') return null;
  const there = client.get(change.resource);
  if (there === null) return null;
  if (change.kind === 'create') return `${change.resource} is there already, and was overwritten`;
  const [wanted, found] = [factsOfBody(change.body, change.resource), factsOfBody(there, change.resource)];
  const moved = [...wanted].find(([pointer, value]) => found.has(pointer) && found.get(pointer) !== value);
  return moved === undefined ? null : `${change.resource} was deleted although ${moved[0]} had changed`;
}

/** Resources that another client changed after the last reading before an accepted request, and whose service compares no etag. */
function unseenIn({ events }: Act, client: OtherClient): ReadonlySet<string> {
  const unseen = new Set<string>();
  for (const [index, event] of events.entries()) {
    if (event.kind !== 'call' || !isWrite(event.call) || !isAccepted(event.call)) continue;
    const { path } = event.call;
    if (typeof client.get(path)?.etag === 'string') continue;
    const before = events.slice(0, index);
    const read = before.findLastIndex(
      (one) => one.kind === 'call' && one.call.method === 'GET' && isSameId(one.call.path, path),
    );
    const isMeanwhile = (one: Event) => one.kind === 'foreign' && isSameId(one.act.resource, path);
    if (before.slice(read + 1).some(isMeanwhile)) unseen.add(asFact(path));
  }
  return unseen;
}

/** Does a text name the setting, or what it is a part of? */
function tellsSetting(text: string, difference: BodyDifference): boolean {
  const own = difference.pointer.toLowerCase().replace(inline, '');
  const places = own.split('/').map((_name, at, names) => names.slice(0, at + 1).join('/'));
  return own === '' || places.some((one) => one !== '' && one !== '/properties' && text.includes(one));
}

/** Does the result name the resource as overwritten, or say that it is not known? Of a script, its text does. */
function tells({ envelope, text }: Said, resource: string): boolean {
  const name = resource.split('/').at(-1) ?? resource;
  if ((envelope.result as { outcomes?: unknown } | null)?.outcomes !== undefined)
    return new RegExp(`^overwritten .*${name}`, 'im').test(text);
  const isAbout = (one: { readonly resource: string }) => isSameId(one.resource, resource);
  return resultsOf(envelope).some(
    ({ vanished = [], steps = [] }) =>
      vanished.some(isAbout) || steps.some((step) => isAbout(step) && isNamed(step.overwrote)),
  );
}

/** Of what Azure keeps no change records, nothing more can be said than that it is not known. */
const isNamed = (one: Overwrote | undefined): boolean =>
  one?.reason === 'known' ||
  one?.reason === 'created-again' ||
  (one?.reason === 'not-known' && one.data.why === 'not-recorded');

interface SentResult {
  readonly steps?: readonly { readonly resource: string; readonly overwrote?: Overwrote }[];
  readonly vanished?: readonly { readonly resource: string }[];
  readonly verified?: { readonly introduced: readonly string[] };
  readonly notUndone?: readonly object[];
}
interface Turn {
  readonly entry: string;
  readonly outcome?: SentResult;
  readonly failure?: object;
}

/** The undos of `undo --to`, and of no other line. */
const turnsOf = ({ result }: Said['envelope']): readonly Turn[] =>
  ((result ?? {}) as { readonly takenBack?: readonly Turn[] }).takenBack ?? [];

/** What a line sent; of `undo --to`, each undo. */
function resultsOf(envelope: Said['envelope']): readonly SentResult[] {
  const turns = turnsOf(envelope);
  return turns.length === 0 ? [(envelope.result ?? {}) as SentResult] : turns.flatMap(({ outcome }) => outcome ?? []);
}

/** The exit status follows from what was sent and what is done (docs/exit-codes.md). */
export function judgeExit(act: Act, hold: Hold): void {
  const { said, entries } = act;
  const { outcomes } = (said.envelope.result ?? {}) as { outcomes?: readonly { readonly exit: number | null }[] };
  if (outcomes !== undefined) {
    const last = outcomes.findLast(({ exit }) => exit !== null)?.exit;
    hold(said.exit === last, `the script ends with ${said.exit}, and its last line with ${last}`);
    return;
  }
  const states = entries.flatMap(({ steps }) => steps.map(({ state }) => state));
  const isSent = callsOf(act).some(isWrite);
  const open = states.filter((state) => state !== 'done' && state !== 'skipped');
  // What a line names, and another client had deleted before it was read, is an unknown name as any other.
  const isUnknown = !isSent && foreignOf(act).some((one) => one.deed.does === 'remove' && failureNames(said, one));
  if (isUnknown && said.exit === 2) return;
  const isSome = states.some((state) => state === 'done' || state === 'unknown');
  const isCut = entries.length > 0 && leavesEntries(act, hold);
  // What another client deleted meanwhile may leave the path, which is followed again, not known.
  const { path } = (said.envelope.result ?? {}) as { path?: { readonly verdict: string } };
  const isVague = path?.verdict === 'unknown' && foreignOf(act).some((one) => one.deed.does === 'remove');
  const whole = entries.length === 0 ? [0, 4] : isCut ? [5] : isVague ? [3] : [0, 1];
  const wanted = open.length === 0 ? whole : isSome ? [5] : isSent ? [7] : [4];
  hold(wanted.includes(said.exit), `exit status ${said.exit}, not ${wanted.join(' or ')}: ${said.text.slice(0, 300)}`);
  if (said.exit !== 1) return;
  const isIntroduced = resultsOf(said.envelope).some(({ verified }) => (verified?.introduced.length ?? 0) > 0);
  hold(isIntroduced, 'exit status 1, and nothing was introduced');
}

/**
 * Does an `undo --to` leave entries that it was to undo? By the history, not by what it says: each that no entry of the act undoes. Only
 * another client that came between stops it after the first, and what stopped it is said.
 */
function leavesEntries({ said, entries, events }: Act, hold: Hold): boolean {
  const turns = turnsOf(said.envelope);
  const isUndone = (id: string) => entries.some(({ undoes, state }) => undoes === id && state === 'done');
  const left = turns.filter(({ entry }) => !isUndone(entry));
  const isTold = said.envelope.failure !== null && left.some(({ failure }) => failure !== undefined);
  const isStopped = isTold || turns.some(({ outcome }) => outcome !== undefined && outcome.notUndone !== undefined);
  hold(
    left.length === 0 || (isStopped && foreignOf({ events }).length > 0),
    `${left.length} of ${turns.length} entries are not undone, and nothing says why: ${said.text.slice(0, 300)}`,
  );
  return left.length > 0;
}

const failureNames = ({ envelope: { failure } }: Said, { resource }: ForeignAct): boolean =>
  failure?.message.toLowerCase().includes((resource.split('/').at(-1) ?? '-').toLowerCase()) === true;

/** How everything was undone, one line after another. */
export interface Undone {
  readonly said: readonly Said[];
  /** State of the world before. */
  readonly from: string;
}

/** Undoes every entry that stands, the newest first, also below one that cannot be undone. */
export async function undoAll({ lines, real }: ActStage): Promise<Undone> {
  const from = real.stateText();
  const said: Said[] = [];
  const all = (await lines.entries()).filter(({ verb }) => verb !== 'undo').toReversed();
  for (const { id } of all) {
    const one = await lines.run(['undo', id, '--yes']);
    if (one.envelope.failure?.code !== 'cannot-undo') said.push(one);
  }
  return { said, from };
}

/** A step, and the entry that has it: an entry and its redo have the same ones. */
interface Standing {
  readonly entry: string;
  readonly step: EntryStep;
}

/** The steps that no undo has undone, by the history; `omits`: nor the one that undid the others of its entry. */
function standing(all: readonly Entry[], omits: boolean): Standing[] {
  const isUndone = (entry: Entry, { resource }: EntryStep): boolean =>
    (!omits && entry.undoneBy !== null) ||
    all.some(
      ({ undoes, steps }) =>
        undoes === entry.id &&
        steps.some((step) => isSameId(step.resource, resource) && (isDone(step) || step.state === 'skipped')),
    );
  return all
    .filter(({ verb }) => verb !== 'undo')
    .flatMap((entry) =>
      entry.steps.filter((step) => isDone(step) && !isUndone(entry, step)).map((step) => ({ entry: entry.id, step })),
    );
}

/** Deletions that an undo did not take back, because another client had made the resource again by then: that one stays as it was made. */
function remadeIn(all: readonly Entry[], foreign: readonly ForeignAct[]): Standing[] {
  const isRemade = ({ resource }: EntryStep) =>
    foreign.some(({ resource: id, deed }) => deed.does === 'put' && isSameId(id, resource));
  return all.flatMap(({ id: entry, undoneBy, steps }) => {
    const undo = all.find(({ id }) => id === undoneBy);
    const isLeft = ({ resource }: EntryStep) =>
      undo?.steps.some((step) => step.state === 'skipped' && isSameId(step.resource, resource)) === true;
    return steps
      .filter((step) => step.change.kind === 'delete' && isDone(step) && isLeft(step) && isRemade(step))
      .map((step) => ({ entry, step }));
  });
}

/**
 * After everything was undone, the world is what the other client makes of the `first` one; with the steps that could not be undone, each
 * of which is named. `acts`: all, from the first one.
 */
export async function judgeUndone(
  first: string,
  stage: ActStage,
  acts: readonly Act[],
  unseen: ReadonlySet<string>,
  { said, from }: Undone,
  hold: Hold,
): Promise<void> {
  const foreign = acts.flatMap(foreignOf);
  const touched = foreign.map(({ resource }) => resource.toLowerCase());
  const undos = acts.map((act) => act.said).filter(({ envelope }) => /^(?:undo|run)$/.test(envelope.command));
  const text = [...undos, ...said].map((one) => one.text.toLowerCase()).join('\n');
  const names = (id: string) => text.includes((id.split('/').at(-1) ?? '-').toLowerCase());
  for (const one of said) {
    const isWhole = one.exit === 0 || one.exit === 1;
    hold(isWhole || touched.some(names), `an undo ends with ${one.exit}, and names nothing: ${one.text}`);
  }
  const entries = await stage.lines.entries();
  const left = standing(entries, true);
  const world = factsOf(stage.real.stateText());
  const made = (kept: readonly Standing[]) => () =>
    apartFrom(stage, first, world, (client, reading) => {
      for (const act of acts) {
        const steps = kept.filter(isOf(act)).map(({ step }) => step);
        replay(act, steps, client, reading);
      }
    });
  // Refused before anything was sent, because of what the other client set: what it is, is named.
  const isRefused = said.some(({ exit }) => exit === 4);
  const isTold = (subject: string) => names(subject) || acts.some((act) => tells(act.said, subject));
  // An undo whose outcome was not known is repeated: what it finds as the entry left it, it undoes, whoever put it back.
  const asFound = once(() => asLeft(acts, factsOf(from), factsOf(first), world));
  const repeated = (one: BodyDifference): boolean => asFound()(one);
  const bare = made([])();
  for (const difference of bare) {
    const subject = subjectOf(difference);
    const isKept = left.some(({ step }) => isSameId(step.resource, subject));
    hold(!isKept || isRefused || isTold(subject) || repeated(difference), `${subject} is not undone, and not named`);
  }
  // What an undo leaves out was gone already, or stays for a reason.
  const remade = remadeIn(entries, foreign);
  const asRemade = remade.length === 0 ? null : once(made([...left, ...remade]));
  const takenBack = eachTaken.map(
    (taken) => () => apartFrom(stage, first, world, (...as) => takeBack(acts, entries, ...as, taken)),
  );
  for (const difference of inEach([
    left.length === 0 ? () => bare : made(left),
    made(standing(entries, false)),
    ...takenBack,
  ])) {
    const subject = subjectOf(difference);
    const isLeft = asRemade !== null && inEach([() => [difference], asRemade]).length === 0;
    hold(
      (unseen.has(asFact(subject)) && isTold(subject)) ||
        (isLeft && isTold(subject) && tellsSetting(text, difference)) ||
        repeated(difference),
      `after the undo: ${spoken(difference)}`,
    );
  }
}

/** Is a setting what it was first, and was it found as a fix had left it that no other client came between? */
function asLeft(acts: readonly Act[], found: Facts, first: Facts, world: Facts): (one: BodyDifference) => boolean {
  const ends = acts.map(({ end, entries, ...act }) => ({
    facts: factsOf(end),
    fixed: entries.flatMap(({ verb, steps }) => (verb === 'undo' ? [] : steps.filter(isDone))),
    touched: foreignOf(act),
  }));
  return (one) => {
    const subject = subjectOf(one);
    const isSubject = ({ resource }: { readonly resource: string }) => isSameId(resource, subject);
    const at = (facts: Facts) => facts.get(one.id)?.get(one.pointer);
    const isThere = (facts: Facts) => facts.has(one.id);
    const isSame = (a: Facts, b: Facts) => at(a) === at(b) && isThere(a) === isThere(b);
    return (
      isSame(world, first) &&
      ends.some(
        ({ facts, fixed, touched }) => fixed.some(isSubject) && !touched.some(isSubject) && isSame(facts, found),
      )
    );
  };
}

const isOf =
  ({ entries }: Act) =>
  ({ entry }: Standing): boolean =>
    entries.some(({ id }) => id === entry);
