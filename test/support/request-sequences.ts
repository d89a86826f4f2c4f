// Random sequences of fixes, plan files, undos and redos with another client among and between them. After each act the world, the
// history and what was said must agree; in the end everything is undone.
import type { Change } from '../../src/model/change.ts';
import type { Entry } from '../../src/model/entry.ts';
import { startSimulator } from '../../src/simulator/index.ts';
import { openCommandLines } from './command-lines.ts';
import { numbers } from './faulty-disk.ts';
import { type ActName, actsFor } from './foreign-acts.ts';
import {
  type Act,
  type ActStage,
  type Intrusion,
  judgeAct,
  judgeUndone,
  keyOf,
  runAct,
  undoAll,
} from './request-judge.ts';
import { argumentsOf, fixLine, prune, type Wanted } from './request-worlds.ts';
import { differencesOf, factsOf } from './twin.ts';

export interface SequenceSource {
  readonly world: string;
  readonly fixes: readonly Wanted[];
}
export interface Sequences {
  /** What is wrong, and how many acts there were. */
  run(seed: number): Promise<{ readonly wrong: readonly string[]; readonly acts: readonly string[] }>;
  close(): Promise<void>;
}

export async function openSequences({ world, fixes }: SequenceSource, scratch: string): Promise<Sequences> {
  const real = await startSimulator({ world });
  const twin = await startSimulator({ world });
  const lines = await openCommandLines(real, world, scratch);
  const stage: ActStage = { real, twin, lines, lost: new Set() };
  await prune(real, lines, fixes.map(fixLine));
  const first = real.stateText();
  // Each fix there and back, for its changes and for what an undo does not bring back.
  const changes: Change[] = [];
  const lost = new Set<string>();
  for (const fix of fixes) {
    real.restore(first);
    await lines.begin();
    const { entries, said } = await runAct(stage, fixLine(fix));
    if (entries.length === 0) throw new Error(`${world}: ${fix.targets.join(' ')} sends nothing: ${said.text}`);
    changes.push(...entries.flatMap(({ steps }) => steps.map(({ change }) => change)));
    await runAct(stage, ['undo', '--yes']);
    for (const one of differencesOf(factsOf(first), factsOf(real.stateText()))) lost.add(keyOf(one));
  }
  stage.lost = lost;

  return {
    async run(seed) {
      const random = numbers(seed);
      const below = (most: number) => Math.floor(random() * most);
      const one = <T>(items: readonly T[]): T => items[below(items.length)] as T;
      real.restore(first);
      await lines.begin();
      lines.files.clear();
      const done: Act[] = [];
      const told: string[] = [];
      const wrong: string[] = [];
      const unseen = new Set<string>();
      const hold = (isRight: boolean, what: string): void => {
        if (!isRight) wrong.push(`${world} ${seed}, after ${told.join('; ')}: ${what}`);
      };
      const length = 5 + below(5);
      for (let turn = 0; turn < length && wrong.length === 0; turn += 1) {
        const words = lineFor(await lines.entries(), one, [...lines.files.keys()], turn);
        const intrusion = random() < 0.55 ? intrusionFor(one(changes), one, below) : undefined;
        told.push(`${words.slice(0, 2).join(' ')}${intrusion === undefined ? '' : ` with ${said(intrusion)}`}`);
        const state = real.stateText();
        const act = await runAct(stage, words, intrusion);
        done.push(act);
        if (words[0] === 'plan') continue;
        const after = judgeAct(state, stage, act, hold);
        for (const id of after.unseen) unseen.add(id);
        agree(act, await lines.entries(), hold);
      }
      if (wrong.length === 0) await judgeUndone(first, stage, done, unseen, await undoAll(stage), hold);
      return { wrong, acts: told };
    },
    async close() {
      await lines.close();
      await Promise.all([real.stop(), twin.stop()]);
    },
  };

  function lineFor(
    entries: readonly Entry[],
    one: <T>(items: readonly T[]) => T,
    files: readonly string[],
    turn: number,
  ): string[] {
    const acts = entries.filter(({ verb, state }) => verb !== 'undo' && state !== 'failed');
    const kinds = ['fix', 'fix', 'fix', 'plan', ...(files.length > 0 ? ['apply', 'apply'] : [])];
    if (acts.length > 0) kinds.push('undo', 'undo', 'redo', 'one', 'to');
    const kind = turn === 0 ? 'fix' : one(kinds);
    if (kind === 'fix') return fixLine(one(fixes));
    if (kind === 'plan') return ['plan', ...argumentsOf(one(fixes)), '--output', `plan-${turn}.json`];
    if (kind === 'apply') return ['apply', one(files), '--yes'];
    if (kind === 'one') return ['undo', one(acts).id, '--yes'];
    if (kind === 'to') return ['undo', '--to', one(acts).id, '--yes'];
    return [kind, '--yes'];
  }
}

const said = ({ acts, at, change }: Intrusion): string =>
  `${acts.join('+')} of ${change.resource.split('/').at(-1)} at ${at[0]}`;

function intrusionFor(change: Change, one: <T>(items: readonly T[]) => T, below: (most: number) => number): Intrusion {
  const acts: readonly ActName[] = one(actsFor(change.kind));
  const at = below(60);
  return { change, acts, at: acts.map((_act, index) => at + index * (1 + below(4))) };
}

/** What a line says of its steps is what the history says, and an entry is undone by an entry that says so. */
function agree(
  { said: { envelope }, entries }: Act,
  all: readonly Entry[],
  hold: (isRight: boolean, what: string) => void,
) {
  const { steps, entry: id } = (envelope.result ?? {}) as {
    readonly entry?: string | null;
    readonly steps?: readonly { readonly resource: string; readonly state: string }[];
  };
  const entry = entries.find((one) => one.id === id);
  if (entry !== undefined) {
    const states = entry.steps.map(({ state }) => (state === 'waiting' ? 'skipped' : state));
    hold(steps?.map(({ state }) => state).join() === states.join(), `said ${JSON.stringify(steps)}, kept ${states}`);
  }
  for (const { undoneBy, id: undone } of all) {
    if (undoneBy === null) continue;
    const by = all.find((one) => one.id === undoneBy);
    hold(by?.undoes === undone && by.state === 'done', `${undone} is undone by ${undoneBy}, which does not say so`);
  }
}
