// How much the suites of test/trust try, and where each says what it tried. `npm test` runs a small part of each; `npm run trust`
// runs them in full. All names begin with TRUST_, and a figure given by name decides over the size.
import process from 'node:process';

/** The suites of `npm run trust`, in the order of its table. */
export type TrustSuite =
  | 'matrix'
  | 'crash'
  | 'disk'
  | 'interleavings'
  | 'requests'
  | 'sequences'
  | 'parsers'
  | 'terminal'
  | 'soak'
  | 'no wider'
  | 'effects';

/** TRUST_SIZE: `small` unless said, or `full`. */
const isFull = process.env.TRUST_SIZE === 'full';

function figure(name: string, small: number, full: number): number {
  const text = process.env[`TRUST_${name}`];
  if (text === undefined) return isFull ? full : small;
  const value = text === 'all' ? Number.POSITIVE_INFINITY : Number(text);
  if (Number.isNaN(value) || value < 0) throw new Error(`TRUST_${name} is not a number: ${text}`);
  return value;
}

/** What is chosen, and in which order, follows from it. */
export const trustSeed = figure('SEED', 1, 1);
/** Cells of the fault matrix. */
export const trustCells = figure('CELLS', 60, 2000);
/** Moments at which a session ends in the middle of an act. */
export const trustKills = figure('KILLS', 12, 720);
/** Moments at which a process is killed. */
export const trustMoments = figure('MOMENTS', 20, 50);
/** Sizes of a full disk, for each file. */
export const trustSizes = figure('SIZES', 8, 70);
/** Schedules with another writer. */
export const trustSchedules = figure('SCHEDULES', 10, 1000);
/** Cells of requests with another client between them. */
export const trustRequests = figure('REQUESTS', 300, 3600);
/** Random sequences of acts with another client among them. */
export const trustSequences = figure('SEQUENCES', 30, 304);
/** Mutations of each file and answer. */
export const trustRuns = figure('RUNS', 250, 2000);
/** Random worlds of the law "no wider". */
export const trustWorlds = figure('WORLDS', 12, 1000);
/** Worlds of laws that apply plans or print every number, beside those they name. */
export const lawWorlds = figure('LAW_WORLDS', 2, 100);
/** Random worlds of the law of effects. */
export const trustEffects = figure('EFFECTS', 50, 500);
/** Of the soak. */
export const trustMinutes = figure('MINUTES', 1 / 3, 10);

/** `npm run test:full`, and `npm run trust` in full. */
export const isFullRun = process.env.TEST_SIZE === 'full';
/** Of a suite of many alike cases: all in a full run, else one of every `every`. */
export const sampleOf = <Case>(all: readonly Case[], every: number): readonly Case[] =>
  isFullRun ? all : all.filter((_, at) => at % every === 0);

export interface TrustFigures {
  readonly suite: TrustSuite;
  /** What was tried, in the plural. */
  readonly what: string;
  readonly tried: number;
  readonly wrong: number;
  /** Where these stand in a table of their own. */
  readonly cell?: { readonly row: string; readonly column: string };
}

/** Says what a test tried; a reporter reads it. To be called before anything is expected. */
export function tellTrust(task: { readonly meta: object }, figures: TrustFigures): void {
  const meta = task.meta as { trust?: TrustFigures[] };
  meta.trust = [...(meta.trust ?? []), figures];
}

/** So many of them, evenly from first to last, and from another start with another seed. */
export function evenly<T>(all: readonly T[], most: number): readonly T[] {
  if (most >= all.length) return all;
  const shift = (0.5 + (trustSeed - 1) * 0.618) % 1;
  return Array.from({ length: most }, (_, at) => all[Math.floor(((at + shift) * all.length) / most)] as T);
}
