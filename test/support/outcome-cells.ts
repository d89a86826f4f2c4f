// The fault matrix: every fault, at every request of `fix --all` and of its undo, in several worlds. Cells are enumerated from what an
// act without faults sends; what must come of each is in `expectationOf`.
import { outcomeExit, outcomeFailure } from '../../commands/parts/act.ts';
import type { ArmClient } from '../../src/azure/arm-client.ts';
import { openArmClient } from '../../src/azure/open-arm-client.ts';
import { signInToSimulated } from '../../src/azure/simulated.ts';
import type { History } from '../../src/history/history.ts';
import { memoryHistory } from '../../src/history/memory.ts';
import type { Change } from '../../src/model/change.ts';
import type { Entry } from '../../src/model/entry.ts';
import { isFailure } from '../../src/model/failure.ts';
import type { Plan } from '../../src/model/plan.ts';
import { typeOf } from '../../src/model/resource-id.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { resourceTypeOf } from '../../src/resource-types/index.ts';
import { rules } from '../../src/rules/index.ts';
import { createSession } from '../../src/session/index.ts';
import type { ApplyResult, Session, SessionEvent } from '../../src/session/session.ts';
import { settledBy } from '../../src/session/settle.ts';
import { type Exchange, type Simulator, startSimulator, worlds } from '../../src/simulator/index.ts';
import { sandbox } from './sandbox.ts';

/**
 * `fence`: the reading right before a write that compares no etag. `beside`: at another api-version. `look`: a scan between steps.
 * Of the last two no outcome is written down yet.
 */
export type RequestRole = 'preflight' | 'before' | 'fence' | 'write' | 'poll' | 'after' | 'verify' | 'beside' | 'look';

/** One request of an act without faults. */
export interface CellRequest {
  readonly method: string;
  readonly path: string;
  /** The how-manieth of its method and path since the act began, from 1. */
  readonly nth: number;
  /** The how-manieth GET of all since the act began. */
  readonly nthGet: number;
  readonly role: RequestRole;
  /** Index of the step it belongs to; -1 before the first and after the last. */
  readonly step: number;
}

export interface FaultCell {
  readonly world: string;
  readonly verb: 'fix' | 'undo';
  readonly request: CellRequest;
  /** As `simulate --faults` takes it, without method and path: `1@2 503`. */
  readonly fault: string;
}

/** What a step must be: by the history right after the act, and once it is settled without faults. */
export interface Expectation {
  readonly exit: 0 | 4 | 5 | 6 | 7;
  /** The step of the request; null where no entry may be made. */
  readonly step: 'done' | 'failed' | 'unknown' | 'skipped' | 'waiting' | 'any' | null;
  /** Whether later steps are sent. */
  readonly goesOn: boolean;
  readonly settled: 'done' | 'failed' | 'partly' | 'waiting' | 'any';
  /** What the failure, or the step, says. */
  readonly words: RegExp | null;
}

const writeFaults = [
  '403',
  '401',
  'twice 401',
  'policy',
  '409',
  '409:StorageAccountOperationInProgress',
  '409:Conflict',
  '412',
  '429:retry-after=0',
  '429:retry-after=99999999999',
  '408',
  '408:applied',
  '500',
  '500:applied',
  '503',
  '503:applied',
  'html502',
  'drop-before',
  'drop-after',
  'hang',
  'body:failed',
  'body:failed-applied',
  'async-fail',
  'async-fail:applied',
  'async-fail:partly',
  'superseded',
] as const;
const readFaults = ['403', '401', '500', 'drop-before', 'html502', 'hang', '429:retry-after=0'] as const;

/** Faults for a request: those of writes once, those of readings once or for good. */
export function faultsFor({ role, method }: CellRequest): readonly string[] {
  if (role === 'write') {
    // A body that says that it failed, and a part of a change, need a body.
    return method === 'DELETE' ? writeFaults.filter((fault) => !/^body|partly|applied$/.test(fault)) : writeFaults;
  }
  if (role === 'beside' || role === 'look') return [];
  const often = role === 'after' ? (['stale'] as const) : [];
  const all = role === 'after' || role === 'poll' ? ['all 401', 'all drop-before', 'all 500'] : [];
  return [
    ...all,
    ...readFaults.map((fault) => `1 ${fault}`),
    ...[...readFaults, ...often].map((fault) => `* ${fault}`),
  ];
}

/** What must come of the act. `first`: nothing was sent before. `last`: no step follows. */
export function expectationOf(
  cell: FaultCell,
  { first, last, edits }: { readonly first: boolean; readonly last: boolean; readonly edits: number },
): Expectation {
  const { request, fault } = cell;
  const stopped = (
    step: 'failed' | 'unknown',
    settled: Expectation['settled'],
    words: RegExp | null,
    exit: Expectation['exit'] = step === 'failed' && first ? 7 : 5,
  ): Expectation => ({ exit, step, goesOn: false, settled, words });
  const whole: Expectation = { exit: 0, step: 'done', goesOn: true, settled: 'done', words: null };
  const halted = (words: RegExp): Expectation => ({ ...whole, exit: 5, goesOn: false, words });
  if (request.role === 'write') {
    switch (fault) {
      case '403':
        return stopped('failed', 'failed', /AuthorizationFailed/);
      case 'twice 401':
        return stopped('failed', 'failed', /InvalidAuthenticationToken/);
      case 'policy':
        return stopped('failed', 'failed', /RequestDisallowedByPolicy/);
      // Such a request may still arrive.
      case '408':
        return stopped('unknown', 'failed', /RequestTimeout.*not known|not known.*RequestTimeout/, 5);
      case '500':
        return stopped('unknown', 'failed', /InternalServerError/, 5);
      // Nothing but an etag keeps two requests from both taking effect.
      case '503':
        return /\/Microsoft\.Network\//i.test(request.path) ? whole : stopped('unknown', 'failed', /not known|503/, 5);
      case 'html502':
        return stopped('unknown', 'failed', /502/, 5);
      case 'drop-before':
      case 'hang':
        return stopped('unknown', 'failed', /no response.*does not show the change yet/i, 5);
      case 'body:failed':
        return stopped('failed', 'failed', /NetworkAclsValidationFailure/);
      case 'async-fail':
        return stopped('failed', 'failed', /InternalServerError/);
      case 'async-fail:applied':
        return halted(/although Azure reported an error: InternalServerError/);
      case 'body:failed-applied':
        return halted(/although Azure reported an error: NetworkAclsValidationFailure/);
      case 'async-fail:partly':
        return edits > 1
          ? { exit: 5, step: 'any', goesOn: false, settled: 'partly', words: /InternalServerError/ }
          : { exit: 5, step: 'any', goesOn: false, settled: 'any', words: /InternalServerError/ };
      default:
        return whole;
    }
  }
  const [count, name] = fault.split(' ');
  const isOnce = count === '1';
  // Retried by itself.
  const isPassing = isOnce && name !== '403';
  const isReadInside = /\/(?:subnets|securityRules|routes)\/[^/]+$/i.test(request.path);
  const lost = stopped('unknown', 'done', /could not be read|continues in Azure/, 5);
  switch (request.role) {
    case 'after':
      if (isOnce) return whole;
      // The scan after the act reads it inside its parent, and settles it.
      if (count === '*' && isReadInside) return { ...lost, exit: last ? 0 : 5, step: 'done', words: null };
      return name === 'stale' ? stopped('unknown', 'done', /does not show it yet/, 5) : lost;
    case 'poll':
      // Where only the operation cannot be read, the resource decides.
      return count === 'all' ? lost : whole;
    case 'fence':
      if (isOnce) return whole;
      return isReadInside ? { ...lost, exit: last ? 0 : 5, step: 'done', words: null } : lost;
    case 'before':
      if (isPassing) return whole;
      if (first) return { exit: name === '401' ? 6 : 7, step: 'failed', goesOn: false, settled: 'failed', words: null };
      return stopped('failed', 'failed', name === '401' ? /rejected the token/ : /could not be read/, 5);
    case 'preflight':
      if (name === '401' && !isOnce) return { exit: 6, step: null, goesOn: false, settled: 'any', words: null };
      // Locks that cannot be read prevent nothing: Azure refuses the write.
      if (isPassing || /\/locks$/i.test(request.path)) return whole;
      return { exit: 4, step: null, goesOn: false, settled: 'any', words: null };
    default:
      return whole;
  }
}

export const cellName = ({ world, verb, request, fault }: FaultCell): string =>
  `${world} ${verb}: ${fault} at ${request.role} ${request.step + 1} (${request.method} ${request.path.split('/').slice(-2).join('/')})`;

/** Every cell of a stage. */
export const cellsOf = ({ world, requests }: Stage): FaultCell[] =>
  (['fix', 'undo'] as const).flatMap((verb) =>
    requests[verb].flatMap((request) =>
      faultsFor(request).map((fault): FaultCell => ({ world, verb, request, fault })),
    ),
  );

/** What is wrong with a cell, a sentence each. */
export async function wrongIn(stage: Stage, cell: FaultCell): Promise<string[]> {
  const { request, fault } = cell;
  const { steps } = stage.plans[cell.verb];
  const at = request.step;
  const got = await stage.run(cell);
  // Of several edits of one member, a part of the body is the whole of the change: the step is not split then.
  const isSplit = (got.settled?.steps.length ?? 0) > steps.length;
  const isWhole = fault === 'async-fail:partly' && got.truth[at] === 'done' && !isSplit;
  const wanted = expectationOf(isWhole ? { ...cell, fault: 'async-fail:applied' } : cell, {
    first: at === 0,
    last: at === steps.length - 1,
    edits: steps[at]?.change.edits.length ?? 0,
  });
  const wrong: string[] = [];
  const hold = (isRight: boolean, what: string): void => {
    if (!isRight) wrong.push(`${cellName(cell)}: ${what} (${got.words.slice(0, 300)})`);
  };
  hold(got.exit === wanted.exit, `exit status ${got.exit}, not ${wanted.exit}`);
  hold((got.entry === null) === (wanted.step === null), got.entry === null ? 'no entry' : 'an entry');
  hold(wanted.words === null || wanted.words.test(got.words), `the words do not match ${wanted.words}`);
  hold(!/nothing (?:was )?changed|no changes were made/i.test(got.words), 'nothing is said to have changed');
  hold(got.sentTwice.length === 0 || fault === 'superseded', `sent twice: ${got.sentTwice[0]?.slice(0, 200)}`);
  hold(got.restored !== false, `the world is not as it was: ${got.differences.slice(0, 600)}`);
  const states = got.entry?.steps.map(({ state }) => state) ?? [];
  hold((got.entry?.state === 'open') === states.includes('unknown'), `the entry is ${got.entry?.state} with ${states}`);
  const isAbout = at >= 0 && wanted.step !== null;
  if (isAbout) {
    hold(wanted.step === 'any' || states[at] === wanted.step, `the step is ${states[at]}, not ${wanted.step}`);
    hold(wanted.goesOn || !states.slice(at + 1).includes('done'), 'later steps were sent');
  }
  const settled = got.settled?.steps ?? [];
  hold(got.settled?.state !== 'open', 'the entry is still open once it could be settled');
  if (isAbout && (wanted.settled === 'done' || wanted.settled === 'failed')) {
    hold(settled[at]?.state === wanted.settled, `the step settles as ${settled[at]?.state}, not ${wanted.settled}`);
  }
  if (isAbout && wanted.settled === 'partly') {
    const two = settled.slice(at, at + 2).map(({ state }) => state);
    hold(two.join() === 'done,failed' || two[0] === 'failed', `a step of which a part is done is ${two}`);
  }
  for (const [index, { state, resource }] of settled.entries()) {
    const shown = got.truth[index];
    // What a later step changed again is judged by that step.
    const isLast = !settled.slice(index + 1).some((one) => one.state === 'done' && one.resource === resource);
    hold(state !== 'done' || shown === 'done' || !isLast, `step ${index + 1} is recorded as done, and is ${shown}`);
    hold(
      shown !== 'done' || !['failed', 'waiting'].includes(state),
      `step ${index + 1} is recorded as ${state}, and is done`,
    );
  }
  return wrong;
}

/** One simulator and session a world, restored before each cell. */
export interface Stage {
  readonly world: string;
  readonly plans: Readonly<Record<'fix' | 'undo', Plan>>;
  readonly requests: Readonly<Record<'fix' | 'undo', readonly CellRequest[]>>;
  run(cell: FaultCell): Promise<CellOutcome>;
  close(): Promise<void>;
}

export interface CellOutcome {
  readonly exit: number;
  /** The failure's message, and the messages of all steps. */
  readonly words: string;
  /** Right after the act; null where none was made. */
  readonly entry: Entry | null;
  /** After settling without faults. */
  readonly settled: Entry | null;
  /** Of each step of the settled entry: what the world shows of it. */
  readonly truth: readonly ('done' | 'partly' | 'not done' | 'moved' | 'unknown')[];
  /** How many requests to write one change were sent, at most. */
  readonly sentTwice: readonly string[];
  /** Whether undoing what was done restored the world, where that was tried. */
  readonly restored: boolean | null;
  /** The resources that were not, as they were and as they are. */
  readonly differences: string;
  readonly requests: number;
}

/** A history in memory that finds its open entries. */
function openable(): History {
  const history = memoryHistory();
  return {
    ...history,
    unsettled: async () => (await history.entries()).filter(({ state }) => state === 'open'),
    async body(name) {
      return history.body(name);
    },
  };
}

const quick = {
  arrival: 600_000,
  retries: [1, 1, 1],
  looks: [0, 1, 1],
  doubts: [0, 1, 1],
  finds: [0, 1, 1],
  rests: [1, 1, 1],
  longestRetry: 40,
  grace: 5,
};

export async function openStage(world: string, clock = 'polls:1'): Promise<Stage> {
  const simulator = await startSimulator({ world, clock });
  const source = { kind: 'endpoint', name: simulator.endpoint } as const;
  let ids = 0;
  let counted = 0;
  simulator.onExchange(() => {
    counted += 1;
  });
  // A session of its own for each act: a sign-in that was refused is not remembered.
  const open = (
    history: History,
    deadline = 20_000,
    ahead = 0,
  ): { readonly session: Session; readonly arm: ArmClient } => {
    const arm = openArmClient({
      source,
      endpoint: simulator.endpoint,
      credential: signInToSimulated(simulator),
      ca: simulator.ca,
      version: 'test',
      patience: {
        retries: 2,
        readDeadline: deadline,
        writeDeadline: deadline,
        operationDeadline: 5,
        longestWait: 0.01,
      },
      sleep: (ms) => new Promise((resolve) => setTimeout(resolve, Math.min(ms, 2))),
    });
    const session = createSession({
      arm,
      rules,
      history: () => history,
      intents: () => ({
        get: async () => ({ ...worlds.find(({ name }) => name === world)?.intents }),
        set: async () => {},
      }),
      selector: { workspace: simulator.workspace },
      readOnly: false,
      sandbox,
      now: () => new Date(Date.now() + ahead),
      newId: () => {
        ids += 1;
        return `id-${ids}`;
      },
      by: 'the matrix',
      pace: quick,
    });
    return { session, arm };
  };
  const act = (session: Session, plan: Plan, say: (event: SessionEvent) => void = () => {}) =>
    ended(session.apply(plan, { line: plan.verb, acceptWarnings: true }), say);

  // The acts without faults, for the plans, the requests and the worlds that they begin with.
  let known: Promise<readonly string[]> | undefined;
  const first = simulator.stateText();
  const history = openable();
  const { session } = open(history);
  const fix = session.plan(await ended(session.scan()), { targets: 'all', answers: {}, ips: [], profile: 'all' });
  // A session that has shown nothing, as that of a cell: it has no scan to compare the rest of the workspace with.
  const acting = () => open(history).session;
  const requests = { fix: await recorded(simulator, () => act(acting(), fix)), undo: [] as CellRequest[] };
  const second = simulator.stateText();
  const fixed = await history.entries();
  const undo = await session.planUndo();
  requests.undo = await recorded(simulator, () => act(acting(), undo));
  const third = simulator.stateText();
  const start = { fix: first, undo: second };
  const plans = { fix, undo };

  return {
    world,
    plans,
    requests,
    async run(cell) {
      const plan = plans[cell.verb];
      counted = 0;
      simulator.restore(start[cell.verb]);
      const own = openable();
      if (cell.verb === 'undo') for (const entry of fixed) await own.append(entry);
      const before = (await own.entries()).length;
      const writes: string[] = [];
      const stopListening = simulator.onExchange(({ method, url, requestBody, status, fault }) => {
        // What Azure refused is sent again by right; what it may have applied is not.
        const mayBeApplied = status < 300 || ['drop-after', 'hang', '408', '500'].includes(fault ?? '');
        if (/PUT|PATCH|DELETE/.test(method) && mayBeApplied) writes.push(`${method} ${url} ${requestBody}`);
      });
      // A request that hangs ends at its deadline, which must be long enough for one that does not.
      const { session: acting } = open(own, cell.fault.includes('hang') ? 1200 : undefined);
      const { method, path, nth, nthGet, role } = cell.request;
      const [count, name] =
        role === 'write'
          ? [/^twice /.test(cell.fault) ? '2' : '1', cell.fault.replace('twice ', '')]
          : cell.fault.split(' ');
      simulator.setFaults(
        count === 'all' ? `GET /subscriptions/* *@${nthGet} ${name}` : `${method} ${path} ${count}@${nth} ${name}`,
      );
      const said: string[] = [];
      let outcome: ApplyResult | undefined;
      let exit: number;
      try {
        outcome = await act(acting, plan);
        exit = outcomeExit(outcome);
        const failure = outcomeFailure(outcome);
        if (failure !== null) said.push(failure.message, failure.next);
      } catch (error) {
        if (!isFailure(error)) throw error;
        exit = error.exit;
        said.push(error.message, error.next);
      } finally {
        simulator.setFaults('');
        stopListening();
      }
      const made = async () => (await own.entries())[before] ?? null;
      const entry = await made();
      said.push(...(entry?.steps.flatMap(({ message }) => message ?? []) ?? []));
      // After its time a request that did not arrive is lost.
      const later = open(own, undefined, 2 * (quick.arrival ?? 0));
      await ended(later.session.recover());
      const settled = await made();
      const truth: CellOutcome['truth'][number][] = [];
      for (const step of settled?.steps ?? []) truth.push(await truthOf(step.change, later.arm));
      let restored: boolean | null = null;
      let differences = '';
      if (exit !== 0) {
        // What was done is undone; an undo that was cut short is completed.
        const isDone = settled?.state === 'done' || settled?.state === 'partial';
        const wants = cell.verb === 'fix' ? isDone : settled?.state !== 'done';
        const again = wants ? await act(later.session, await later.session.planUndo()) : null;
        const left = again === null || again.state === 'done' ? null : outcomeFailure(again);
        const now = normalState(await ended(later.session.scan()));
        const differs = differing(await ends(), now);
        restored = differs === '';
        if (!restored) differences = [left?.message ?? '', differs].join('\n');
      }
      await acting.close();
      await later.session.close();
      const sentTwice = writes.filter((one, at) => writes.indexOf(one) !== at);
      return {
        exit,
        words: said.join(' | '),
        entry,
        settled,
        truth,
        sentTwice,
        restored,
        differences,
        requests: counted,
      };
    },
    close: async () => {
      await session.close();
      await simulator.stop();
    },
  };

  /** The worlds before the fix and after its undo, as a scan reads them: an undo need not restore what Azure refuses today. */
  async function ends(): Promise<readonly string[]> {
    known ??= (async () => {
      const now = simulator.stateText();
      const found: string[] = [];
      for (const text of [first, third]) {
        simulator.restore(text);
        const { session: reading } = open(openable());
        found.push(normalState(await ended(reading.scan())));
        await reading.close();
      }
      simulator.restore(now);
      return found;
    })();
    return known;
  }
}

async function ended<Result>(
  events: AsyncGenerator<SessionEvent, Result>,
  say: (event: SessionEvent) => void = () => {},
): Promise<Result> {
  for (;;) {
    const next = await events.next();
    if (next.done) return next.value;
    say(next.value);
  }
}

const normalState = ({ resources }: Snapshot): string =>
  JSON.stringify(
    resources.map(({ id, type, body }) => [id.toLowerCase(), resourceTypeOf(type).normal(body)]).toSorted(),
  );

/** The resources that are as they are at none of the ends. */
function differing(ends: readonly string[], now: string): string {
  const bodiesOf = (text: string) =>
    new Map((JSON.parse(text) as [string, unknown][]).map(([id, body]) => [id, JSON.stringify(body)]));
  const were = ends.map(bodiesOf);
  return [...bodiesOf(now)]
    .filter(([id, body]) => {
      const ends = were.map((end) => end.get(id));
      return !ends.includes(body) && !isBetween(parsed(body), ends.map(parsed));
    })
    .map(([id, body]) => `${id}: ${were.map((end) => end.get(id)).join(' or ')} -> ${body}`)
    .join('\n');
}

const parsed = (text: string | undefined): unknown => (text === undefined ? undefined : JSON.parse(text));

/**
 * Is every member as it is at one of the ends? A list may hold what one of them holds, and lacks nothing that both hold: of a change
 * that was made in part, the undo leaves out only what Azure refuses today.
 */
function isBetween(now: unknown, ends: readonly unknown[]): boolean {
  const text = JSON.stringify(now);
  if (ends.some((end) => JSON.stringify(end) === text)) return true;
  if (Array.isArray(now) && ends.every(Array.isArray)) {
    const lists = (ends as unknown[][]).map((end) => new Set(end.map((item) => JSON.stringify(item))));
    const own = new Set(now.map((item) => JSON.stringify(item)));
    const [first = new Set<string>(), ...others] = lists;
    const inAll = others.reduce((left, other) => left.intersection(other), first);
    return own.isSupersetOf(inAll) && [...own].every((item) => lists.some((list) => list.has(item)));
  }
  const isRecord = (value: unknown): value is Record<string, unknown> =>
    typeof value === 'object' && value !== null && !Array.isArray(value);
  if (!isRecord(now) || !ends.every(isRecord)) return false;
  const names = new Set([now, ...ends].flatMap(Object.keys));
  return [...names].every((name) =>
    isBetween(
      now[name],
      ends.map((end) => (end as Record<string, unknown>)[name]),
    ),
  );
}

const isPoll = (path: string): boolean => /\/locations\/[^/]+\/operation(s|Results)\//i.test(path);
const isWrite = (method: string): boolean => /^(PUT|PATCH|DELETE)$/.test(method);

/** A reading at the api-version that shows what the type's own does not. */
function isBeside(path: string, version: string | undefined): boolean {
  if (!/\/providers\//i.test(path)) return false;
  const { apiVersion, extraMembers } = resourceTypeOf(typeOf(path));
  return extraMembers !== undefined && version !== apiVersion;
}

/** What an act sends, each request with its role. Every write is of the next step. */
async function recorded(simulator: Simulator, act: () => Promise<unknown>): Promise<CellRequest[]> {
  const heard: Exchange[] = [];
  const stop = simulator.onExchange((exchange) => heard.push(exchange));
  await act();
  stop();
  const all = heard
    .map(({ method, url, requestHeaders }) => ({
      method,
      path: url.split('?')[0] ?? '',
      version: /api-version=([^&]*)/.exec(url)?.[1],
      // Azure refuses it where the resource was changed, or made, since it was read.
      isCompared:
        requestHeaders['if-match'] !== undefined ||
        (requestHeaders['if-none-match'] !== undefined && resourceTypeOf(typeOf(url.split('?')[0] ?? '')).comparesEtag),
    }))
    .filter(({ path }) => path.startsWith('/subscriptions/'));
  const writesAt = all.flatMap(({ method }, at) => (isWrite(method) ? [at] : []));
  const seen = new Map<string, number>();
  let gets = 0;
  return all.map(({ method, path, version }, at): CellRequest => {
    const key = `${method} ${path.toLowerCase()}`;
    const nth = (seen.get(key) ?? 0) + 1;
    seen.set(key, nth);
    if (method === 'GET') gets += 1;
    const step = writesAt.findIndex((write) => write >= at);
    const previous = writesAt.filter((write) => write < at).length - 1;
    const is = (role: RequestRole, of: number): CellRequest => ({ method, path, nth, nthGet: gets, role, step: of });
    if (isWrite(method)) return is('write', step);
    if (isPoll(path)) return is('poll', previous);
    const same = (other: number | undefined) =>
      other !== undefined && all[other]?.path.toLowerCase() === path.toLowerCase();
    if (method === 'GET' && isBeside(path, version)) return is('beside', previous);
    const next = writesAt[step];
    // The readings of the next step's resource, counted back from its write.
    const ahead = all.slice(at + 1, next).filter((one) => one.path === path && !isBeside(one.path, one.version));
    if (next !== undefined && same(next)) {
      const isFenced = all[next]?.isCompared === false;
      if (ahead.length === 0) return is(isFenced ? 'fence' : 'before', step);
      if (ahead.length === 1 && isFenced) return is('before', step);
    }
    if (previous < 0) return is('preflight', -1);
    const since = all.slice((writesAt[previous] ?? 0) + 1, at).filter((one) => !isPoll(one.path));
    if (same(writesAt[previous]) && since.every((one) => one.path === path)) {
      // The scan after the act begins with the workspace, which may be what was written last.
      const isScan =
        next === undefined &&
        since.some((one) => !isBeside(one.path, one.version)) &&
        !all.slice(at + 1).some((one) => one.path === path && !isBeside(one.path, one.version)) &&
        typeOf(path).toLowerCase() === 'microsoft.machinelearningservices/workspaces';
      return isScan ? is('verify', -1) : is('after', previous);
    }
    return is(next === undefined ? 'verify' : 'look', next === undefined ? -1 : previous);
  });
}

async function truthOf(change: Change, arm: ArmClient): Promise<CellOutcome['truth'][number]> {
  const read = await arm.read(change.resource);
  if (!read.ok && read.gap.status !== 404) return 'unknown';
  return settledBy(change, read.ok ? read.resource : null).state;
}
