// Cells of: a step of a plan, a way to send it, an act of another client, and the request before which that act happens. Each is run as
// command lines over HTTP and judged by request-judge.ts.
import type { Change } from '../../src/model/change.ts';
import { type Simulator, startSimulator } from '../../src/simulator/index.ts';
import { type KeptHistory, openCommandLines } from './command-lines.ts';
import { type ActName, act as actAs, actsFor, type ForeignAct } from './foreign-acts.ts';
import {
  type Act,
  type ActStage,
  type Call,
  callsOf,
  foreignOf,
  type Intrusion,
  isAbout,
  isWrite,
  judgeAct,
  judgeUndone,
  keyOf,
  runAct,
  type Undone,
  undoAll,
} from './request-judge.ts';
import type { SceneSource } from './request-scenes.ts';
import { argumentsOf, fixLine, prune } from './request-worlds.ts';
import { differencesOf, factsOf, otherClient } from './twin.ts';

export const wayNames = ['fix', 'apply', 'undo', 'redo', 'restore'] as const;
export type WayName = (typeof wayNames)[number];

/** When another client acts, seen from the last write of the step. */
export const moments = ['before all', 'earlier', 'just before', 'after', 'after all'] as const;
export type Moment = (typeof moments)[number];

export interface RequestCell extends Intrusion {
  readonly way: WayName;
  /** Number of the step, from 0. */
  readonly step: number;
  readonly moment: Moment;
}
export interface Judged {
  readonly wrong: readonly string[];
  /** Nothing was changed by the other client: the cell is none. */
  readonly isEmpty: boolean;
  /** Lost and told. */
  readonly told: number;
  readonly act: Act;
  readonly undone: Undone | null;
}
export interface RequestScene {
  readonly name: string;
  cells(way: WayName): readonly RequestCell[];
  /** `spoil`: changes the world behind everyone's back before it is judged. */
  run(cell: RequestCell, spoil?: (world: Simulator) => void): Promise<Judged>;
  close(): Promise<void>;
}

/** What a way begins with, and what it does without another client. */
interface Way {
  readonly state: string;
  readonly history: KeptHistory;
  readonly words: readonly string[];
  readonly steps: readonly Change[];
  readonly calls: readonly Call[];
  readonly end: string;
  /** The acts before it. */
  readonly before: readonly Act[];
}

const [planFile, scriptFile, undoFile] = ['plan.json', 'fixes.txt', 'undos.txt'];

export async function openScene(source: SceneSource, scratch: string): Promise<RequestScene> {
  const { name, world } = source;
  const real = await startSimulator({ world });
  const twin = await startSimulator({ world });
  const lines = await openCommandLines(real, world, scratch);
  const stage: ActStage = { real, twin, lines, lost: new Set() };
  const ways = new Map<WayName, Way>();
  const clean = async (words: readonly string[]): Promise<Act> => {
    const act = await runAct(stage, words);
    if (act.said.exit > 1) throw new Error(`${name}: ${words[0]} ends with ${act.said.exit}: ${act.said.text}`);
    return act;
  };
  const before: Act[] = [];
  const open = async (way: WayName, words: readonly string[]): Promise<void> => {
    const [state, history] = [real.stateText(), await lines.keep()];
    const act = await clean(words);
    const steps = act.entries.flatMap((entry) => entry.steps.map(({ change }) => change));
    if (steps.length === 0) return;
    ways.set(way, { state, history, words, steps, calls: callsOf(act), end: real.stateText(), before: [...before] });
    before.push(act);
  };

  const { line, script = [] } = source;
  lines.files.set(scriptFile, script.map((fix) => fixLine(fix).join(' ')).join('\n'));
  lines.files.set(undoFile, script.map(() => 'undo --yes').join('\n'));
  const fix = script.length > 0 ? ['run', scriptFile, '--yes'] : (line ?? fixLine(source));
  const isPlain = fix[0] === 'fix';
  await prune(real, lines, script.length > 0 ? script.map(fixLine) : [fix]);
  const first = real.stateText();
  if (isPlain) await clean(['plan', ...argumentsOf(source), '--output', planFile]);
  await open('fix', fix);
  requireAbout(source, ways.get('fix')?.steps ?? []);
  await open('undo', script.length > 0 ? ['run', undoFile, '--yes'] : ['undo', '--yes']);
  stage.lost = new Set(differencesOf(factsOf(first), factsOf(real.stateText())).map(keyOf));
  if (ways.has('undo') && script.length === 0) await open('redo', ['redo', '--yes']);
  const again = async (): Promise<void> => {
    real.restore(first);
    await lines.begin();
    before.length = 0;
  };
  if (isPlain) {
    await again();
    await open('apply', ['apply', planFile, '--yes']);
  }
  if (source.isOverwritten === true) {
    await again();
    const { steps: [change] = [], calls = [] } = ways.get('fix') ?? {};
    if (change === undefined) throw new Error(`${name} has no step`);
    // Right after our request, so that what was there before it is gone when it is read again.
    const at = [calls.findLastIndex(isWrite) + 1];
    before.push(await runAct(stage, fix, { change, acts: ['drop'], at }));
    await open('restore', ['restore', '--yes']);
  }

  return {
    name,
    cells(way) {
      const begun = ways.get(way);
      return begun === undefined ? [] : cellsOf(begun, way, twin);
    },
    async run(cell, spoil) {
      const way = ways.get(cell.way);
      if (way === undefined) throw new Error(`${name} has no ${cell.way}`);
      real.restore(way.state);
      await lines.begin(way.history);
      const act = await runAct(stage, way.words, cell);
      spoil?.(real);
      if (foreignOf(act).length === 0) return { wrong: [], isEmpty: true, told: 0, act, undone: null };
      const wrong: string[] = [];
      const hold = (isRight: boolean, what: string): void => {
        if (!isRight) wrong.push(`${cellName(cell, name)}: ${what}`);
      };
      const after = judgeAct(way.state, stage, act, hold);
      const undone = await undoAll(stage);
      await judgeUndone(first, stage, [...way.before, act], after.unseen, undone, hold);
      return { wrong, isEmpty: false, told: after.told, act, undone };
    },
    async close() {
      await lines.close();
      await Promise.all([real.stop(), twin.stop()]);
    },
  };
}

const typeIn = (id: string): string =>
  (id.split('/providers/').at(-1) ?? '')
    .split('/')
    .filter((_part, index) => index === 0 || index % 2 === 1)
    .join('/');

function requireAbout({ name, about }: SceneSource, steps: readonly Change[]): void {
  const there = new Set(steps.map(({ kind, resource }) => `${kind} ${typeIn(resource)}`.toLowerCase()));
  const missing = about.filter((one) => !there.has(one.toLowerCase()));
  if (missing.length > 0) throw new Error(`${name} plans no ${missing.join(', no ')}: ${[...there].join(', ')}`);
}

/**
 * For each step and act that is possible then, the requests around those of the step one by one, and of the others the first, the last
 * and two between.
 */
function cellsOf({ calls, steps, state, end }: Way, way: WayName, twin: Simulator): RequestCell[] {
  const lastWrite = calls.findLastIndex(isWrite);
  return steps.flatMap((change, step) => {
    const near = calls.flatMap((call, index) => (isAbout(call, change.resource) ? [index, index + 1] : []));
    const write = calls.findLastIndex((call) => isWrite(call) && isAbout(call, change.resource));
    const far = [0, Math.floor(write / 2), lastWrite + 2, calls.length];
    const places = [...new Set([...near, ...far])].filter((at) => at <= calls.length).toSorted((a, b) => a - b);
    return actsFor(change.kind).flatMap((acts) => {
      const [before, after] = [isPossible(acts, change, twin, state), isPossible(acts, change, twin, end)];
      return places
        .filter((at) => (at <= write ? before : after))
        .map((at): RequestCell => {
          const moment = momentOf(at, write, calls.length);
          return { way, step, moment, change, acts, at: acts.map((_act, index) => at + index) };
        });
    });
  });
}

function momentOf(at: number, write: number, all: number): Moment {
  if (at === 0) return 'before all';
  if (at >= all) return 'after all';
  return at < write ? 'earlier' : at === write ? 'just before' : 'after';
}

function isPossible(acts: readonly ActName[], change: Change, twin: Simulator, state: string): boolean {
  twin.restore(state);
  const client = otherClient(twin);
  let last: ForeignAct | undefined;
  return acts.every((name) => {
    last = actAs(name, change, client, last);
    return last !== undefined;
  });
}

export const cellName = ({ way, step, acts, at }: RequestCell, source: string): string =>
  `${source}, ${way}, step ${step + 1}: ${acts.map((act, index) => `${act} before request ${at[index]}`).join(', ')}`;
