// Plays the steps of a plan in a simulated cloud, by the requests that an apply sends, and looks at it before and after each step.
import { memoryHistory } from '../../src/history/memory.ts';
import type { Assumptions } from '../../src/model/assumption.ts';
import { isFailure } from '../../src/model/failure.ts';
import { stringifyJson } from '../../src/model/json.ts';
import type { Plan, Step } from '../../src/model/plan.ts';
import type { Resource } from '../../src/model/resource.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { rules } from '../../src/rules/index.ts';
import { applyPastGates } from '../../src/session/apply.ts';
import { scanWorkspace } from '../../src/session/scan.ts';
import { tagSource } from '../../src/session/service-tags.ts';
import { type ArmInProcess, armInProcess } from '../support/in-process.ts';
import { type Asked, Oracle, type OraclePlace, type Seen } from './effects-oracle.ts';

/** A world: the name of its base, and the text of its resources. */
export interface TrialWorld {
  readonly base: string;
  readonly text: string;
  readonly workspace: string;
  readonly intents: Assumptions;
}

export const textOf = (resources: readonly Resource[]): string =>
  `[${resources.map(({ body }) => stringifyJson(body)).join(',')}]`;

/** The snapshot that a scan gives. */
export async function scanned(
  { base, text, workspace, intents }: TrialWorld,
  arm = armInProcess(base, text).arm,
): Promise<Snapshot> {
  return scanWorkspace({
    ...{ arm, workspace, intents, id: 'snap-1', tags: tagSource({}) },
    now: () => new Date('2026-01-02T03:04:05Z'),
    progress: () => {},
  });
}

export interface PlayedStep {
  readonly step: Step;
  readonly before: Seen;
  readonly after: Seen;
}

export interface PlayedPlan {
  readonly steps: readonly PlayedStep[];
  /** Why a step was refused, and the rest not sent; null where all were sent. */
  readonly refused: string | null;
}

/** Places by their bodies: the same ones are asked in many worlds. */
const places = new Map<string, OraclePlace>();
const mostPlaces = 4000;

const clientsOf = ({ devClientIps = [] }: Assumptions): string[] => devClientIps.filter((one) => !one.includes(':'));

export const oracleOf = ({ store, tags }: ArmInProcess, { intents, workspace }: TrialWorld): Oracle => {
  if (places.size > mostPlaces) places.clear();
  return new Oracle(store, tags, { own: workspace, clients: clientsOf(intents) }, places);
};

/** `asked`: the packets of each step that are looked at before and after it. */
export async function played(
  world: TrialWorld,
  plan: Plan,
  asked: readonly (readonly Asked[])[] = [],
): Promise<PlayedPlan> {
  const cloud = armInProcess(world.base, world.text);
  const oracle = oracleOf(cloud, world);
  const steps: PlayedStep[] = [];
  const askedAround = (index: number) => [...(asked[index] ?? []), ...(asked[index + 1] ?? [])];
  // Asked before the first step that is sent; what is in place already is skipped.
  let before = oracle.look(askedAround(-1));
  let refused: string | null = null;
  let ids = 0;
  const context = {
    ...{ arm: cloud.arm, rules, history: memoryHistory(), by: 'test', now: () => new Date() },
    pace: { retries: [0, 0], looks: [0, 0], finds: [0, 0], rests: [] },
    newId: () => {
      ids += 1;
      return `id-${ids}`;
    },
    say: (event: {
      readonly kind: string;
      readonly state?: string;
      readonly index?: number;
      readonly detail?: string;
    }) => {
      if (event.kind !== 'step' || event.index === undefined) return;
      const step = plan.steps[event.index];
      if (event.state === 'failed' || event.state === 'unknown') refused = `${step?.does}: ${event.detail}`;
      if (event.state !== 'done' || step === undefined) return;
      const after = oracle.look(askedAround(event.index));
      steps.push({ step, before, after });
      before = after;
    },
  };
  const input = {
    ...{ plan, workspace: world.workspace, line: '', acceptWarnings: true, signal: undefined },
    look: () => scanned(world, cloud.arm),
  };
  try {
    await applyPastGates(input, context);
  } catch (error) {
    if (!isFailure(error)) throw error;
    refused ??= error.message;
  }
  return { steps, refused };
}
