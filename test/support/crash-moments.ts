// Sessions that end in the middle of an act. A clean act is recorded first: every call that changes the disk, and every request that
// writes. Then the act is repeated up to one of them, after which nothing happens any more; another session goes on from what is found.
import type { ArmClient } from '../../src/azure/arm-client.ts';
import { openArmClient } from '../../src/azure/open-arm-client.ts';
import { signInToSimulated } from '../../src/azure/simulated.ts';
import type { History } from '../../src/history/history.ts';
import { openHistory } from '../../src/history/store.ts';
import { type Entry, isUnsettled } from '../../src/model/entry.ts';
import { isFailure } from '../../src/model/failure.ts';
import type { Plan } from '../../src/model/plan.ts';
import { rules } from '../../src/rules/index.ts';
import { createSession } from '../../src/session/index.ts';
import type { PlanRequest, Session } from '../../src/session/session.ts';
import { type Exchange, startSimulator, worlds } from '../../src/simulator/index.ts';
import { drain } from './bench.ts';
import { type FaultyDisk, faultyDisk, PowerCut } from './faulty-disk.ts';
import { sandbox } from './sandbox.ts';
import { differences, type ShownWorld, shownWorld } from './shown-world.ts';

const acts = ['fix', 'undo', 'redo'] as const;
type Act = (typeof acts)[number];

export interface CrashMoment {
  readonly act: Act;
  /** The how-manieth call of all, from 0. */
  readonly at: number;
  readonly call: string;
  readonly when: 'before' | 'after';
  /** `killed`: what was written is found. `power cut`: what was synchronised, and some of the rest. */
  readonly how: 'killed' | 'power cut';
  /** Whether the next session completes the act or undoes it. */
  readonly next: 'completes' | 'undoes';
}

export const momentName = ({ act, at, call, when, how, next }: CrashMoment): string =>
  `${act}: ${how} ${when} call ${at} (${call}), then it ${next}`;

/** Where an act begins. */
interface Start {
  readonly world: string;
  readonly disk: FaultyDisk;
}

export interface CrashStage {
  readonly moments: readonly CrashMoment[];
  readonly plan: Plan;
  run(moment: CrashMoment, forgets: boolean): Promise<CrashFound>;
  close(): Promise<void>;
}

export interface CrashFound {
  /** As found, and as settled. */
  readonly found: readonly Entry[];
  readonly settled: readonly Entry[];
  /** Entries there were before the act. */
  readonly known: number;
  /** Requests of the act that Azure accepted. */
  readonly accepted: readonly string[];
  /** And those of the next session. */
  readonly later: readonly string[];
  /** How the world differs from what it should be. */
  readonly differences: readonly string[];
  /** What the next session could not do. */
  readonly trouble: string;
}

const changing = new Set(['write', 'sync', 'rename', 'truncate', 'remove', 'syncFolder', 'makeFolder']);
const quick = {
  retries: [1, 1, 1],
  looks: [0, 1, 1],
  doubts: [0, 1, 1],
  finds: [0, 1, 1],
  rests: [1, 1, 1],
  grace: 5,
  arrival: 0,
};

/** A switch that ends a session: nothing of it reaches the disk or Azure any more. */
class Plug {
  #count = 0;
  #isOut = false;
  readonly calls: string[] = [];
  constructor(
    readonly at: number,
    readonly when: 'before' | 'after',
  ) {}
  get isOut(): boolean {
    return this.#isOut;
  }
  /** Counts a call; true where it is the last one. */
  counts(call: string): boolean {
    this.calls.push(call);
    this.#count += 1;
    if (this.#count - 1 === this.at) this.#isOut = true;
    return this.#isOut;
  }
}

function pluggedDisk(disk: FaultyDisk, plug: Plug): void {
  disk.decide((call) => {
    if (plug.isOut) return { kind: 'cut', when: 'before' };
    return changing.has(call.name) && plug.counts(call.name) ? { kind: 'cut', when: plug.when } : undefined;
  });
}
/** Every call of the client ends where the plug is out, and writes are counted. */
function pluggedArm(arm: ArmClient, plug: Plug): ArmClient {
  const refuse = (): void => {
    if (plug.isOut) throw new PowerCut();
  };
  return new Proxy(arm, {
    get(target, name) {
      const member = target[name as keyof ArmClient];
      if (name === 'write') {
        return async (...args: Parameters<ArmClient['write']>) => {
          refuse();
          const isLast = plug.counts('request');
          if (isLast && plug.when === 'before') throw new PowerCut();
          const answer = await target.write(...args);
          refuse();
          return answer;
        };
      }
      if (typeof member !== 'function' || name === 'onEvent' || name === 'close') return member;
      return async (...args: unknown[]) => {
        refuse();
        const answer = await (member as (...all: unknown[]) => unknown).apply(target, args);
        refuse();
        return answer;
      };
    },
  });
}

export async function openCrashStage(
  world: string,
  scratch: string,
  request?: Partial<PlanRequest>,
): Promise<CrashStage> {
  const simulator = await startSimulator({ world, clock: 'polls:1' });
  const source = { kind: 'endpoint', name: simulator.endpoint } as const;
  const intents = { ...worlds.find(({ name }) => name === world)?.intents };
  const client = openArmClient({
    ...{ source, endpoint: simulator.endpoint, credential: signInToSimulated(simulator) },
    ...{ ca: simulator.ca, version: 'test', sleep: async () => {} },
  });
  let ids = 0;
  const open = (disk: FaultyDisk, plug?: Plug): Session =>
    createSession({
      // Closing a session closes its client; this one is shared.
      arm: {
        ...(plug === undefined ? client : pluggedArm(client, plug)),
        counts: client.counts,
        close: async () => {},
      },
      rules,
      history: historyOf(disk),
      intents: () => ({ get: async () => intents, set: async () => {} }),
      selector: { workspace: simulator.workspace },
      ...{ readOnly: false, sandbox, by: 'the test', pace: quick, now: () => new Date() },
      newId: () => {
        ids += 1;
        return `id-${ids}`;
      },
    });
  /** One store a session, as in the program. */
  function historyOf(disk: FaultyDisk): (workspace: string) => History {
    let history: History | undefined;
    return (workspace) => {
      history ??= openHistory({ folder: scratch, source, workspace, pid: process.pid, files: disk.files });
      return history;
    };
  }
  const send = (session: Session, plan: Plan) => drain(session.apply(plan, { line: plan.verb, acceptWarnings: true }));
  const planFor = (session: Session, act: Act): Plan | Promise<Plan> =>
    act === 'fix' ? fix : act === 'undo' ? session.planUndo() : session.planRedo();
  const shown = (): ShownWorld => shownWorld(simulator.stateText());
  const writes: Exchange[] = [];
  simulator.onExchange((exchange) => {
    if (/^(?:PUT|PATCH|DELETE)$/.test(exchange.method) && exchange.status < 300) writes.push(exchange);
  });

  const disk = faultyDisk();
  disk.makeKept(scratch);
  const first = open(disk);
  const fix = first.plan(await drain(first.scan()), {
    ...{ targets: 'all', answers: {}, ips: [], profile: 'all' },
    ...request,
  });
  const plans = new Map<Act, Plan>();
  const starts = new Map<Act, Start>();
  const moments: CrashMoment[] = [];
  const ends: ShownWorld[] = [shown()];
  for (const act of acts) {
    const session = open(disk);
    const plan = await planFor(session, act);
    plans.set(act, plan);
    starts.set(act, { world: simulator.stateText(), disk: disk.copy() });
    const plug = new Plug(Number.POSITIVE_INFINITY, 'before');
    pluggedDisk(disk, plug);
    await send(open(disk, plug), plan);
    disk.decide(undefined);
    ends.push(shown());
    for (const [at, call] of plug.calls.entries()) {
      for (const when of ['before', 'after'] as const) {
        // Right after a call of the disk nothing else is found than right before the next one.
        const hows =
          call === 'request' || when === 'before' ? (['killed', 'power cut'] as const) : (['power cut'] as const);
        for (const how of hows) {
          moments.push({ act, at, call, when, how, next: (at + hows.length) % 2 === 0 ? 'completes' : 'undoes' });
        }
      }
    }
  }
  const [before, after, undone, redone] = ends as [ShownWorld, ShownWorld, ShownWorld, ShownWorld];
  // An undo leaves out what Azure refuses today: the world after it counts as the one before.
  if (differences([before, undone], after).length === 0) throw new Error(`${world}: the fix changes nothing`);
  const worldsOf = { without: [before, undone], with: [after, redone] } as const;

  return {
    moments,
    plan: fix,
    async run(moment, forgets) {
      const start = starts.get(moment.act);
      const plan = plans.get(moment.act);
      if (start === undefined || plan === undefined) throw new Error(moment.act);
      simulator.restore(start.world);
      const own = start.disk.copy();
      const known = (await historyOf(own)(simulator.workspace).entries()).length;
      const plug = new Plug(moment.at, moment.when);
      writes.length = 0;
      pluggedDisk(own, plug);
      await send(open(own, plug), plan).then(
        () => {
          if (!plug.isOut) throw new Error(`${momentName(moment)} never came`);
        },
        (error: unknown) => {
          if (!plug.isOut) throw error;
        },
      );
      const accepted = writes.map(textOf);
      writes.length = 0;
      const disk = forgets
        ? start.disk.copy()
        : moment.how === 'killed'
          ? own.copy()
          : own.afterPowerCut(moment.at + 1);
      let session = open(disk);
      const found = await session.history();
      await drain(session.recover());
      const settled = await session.history();
      let trouble = '';
      try {
        // A session of its own for each command.
        for (const next of followingActs(moment, settled[known])) {
          session = open(disk);
          const outcome = await send(session, await planFor(session, next));
          if (outcome.state !== 'done') trouble ||= `${next} ends as ${outcome.state}`;
        }
      } catch (error) {
        if (!isFailure(error)) throw error;
        trouble = `${error.code}: ${error.message}`;
      }
      const isFixed = (moment.act === 'undo') !== (moment.next === 'completes');
      return {
        ...{ found, settled, known, accepted, later: writes.map(textOf), trouble },
        differences: differences(worldsOf[isFixed ? 'with' : 'without'], shown()),
      };
    },
    async close() {
      await client.close();
      await simulator.stop();
    },
  };
}

/** What the operator does next: `entry` is what became of the act. */
function followingActs({ act, next }: CrashMoment, entry: Entry | undefined): readonly Act[] {
  const { state } = entry ?? { state: 'failed' };
  if (act === 'undo') {
    const completion: readonly Act[] = state === 'done' ? [] : ['undo'];
    return next === 'completes' ? completion : [...completion, 'redo'];
  }
  if (next === 'undoes') return state === 'failed' ? [] : ['undo'];
  if (state === 'done') return [];
  // A fix that was applied in part stands as it is, and another does the rest; a redo is repeated until it is whole.
  return state === 'failed' || act === 'redo' ? [act] : ['fix'];
}

const textOf = ({ method, url, requestBody }: Exchange): string => `${method} ${url} ${requestBody}`;

/** What is wrong after a moment, a sentence each. */
export async function wrongAfter(
  stage: CrashStage,
  moment: CrashMoment,
  { forgets = false }: { readonly forgets?: boolean } = {},
): Promise<string[]> {
  const ran = await stage.run(moment, forgets).catch((error: unknown) => {
    if (isFailure(error)) return error;
    throw error;
  });
  if (isFailure(ran)) return [`${momentName(moment)}: the next session ends with ${ran.code}: ${ran.message}`];
  const { found, settled, known, accepted, later, differences: wanted, trouble } = ran;
  const wrong: string[] = [];
  const hold = (isRight: boolean, what: string): void => {
    if (!isRight) wrong.push(`${momentName(moment)}: ${what}`);
  };
  const stepsOf = (entries: readonly Entry[]) => entries.slice(known).flatMap(({ steps }) => steps);
  const begun = stepsOf(found).filter((step) => step.state !== 'waiting' && step.message !== 'No changes needed.');
  hold(
    begun.length >= accepted.length,
    `${accepted.length - begun.length} of ${accepted.length} requests are not in the history`,
  );
  hold(found.length >= known, `${found.length} entries are left of ${known}`);
  hold(!settled.some(({ state }) => state === 'open'), 'an entry is open once it was settled');
  hold(!stepsOf(settled).some(isUnsettled), 'a step is not settled');
  const done = stepsOf(settled).filter(({ state }) => state === 'done');
  hold(done.length === accepted.length, `${done.length} steps are done, of ${accepted.length} requests accepted`);
  hold(trouble === '', trouble);
  const twice = moment.next === 'completes' ? later.filter((text) => accepted.includes(text)) : [];
  hold(twice.length === 0, `sent twice: ${twice[0]?.slice(0, 200)}`);
  hold(wanted.length === 0, `the world is not as it should be: ${wanted[0]?.slice(0, 600)}`);
  return wrong;
}
