// Suites of many alike cases run in two parts: some of them in the tier of their file, the others in the long tier. A file that
// reaches this one belongs to both.
import process from 'node:process';

/** Which part this run takes; the configuration of the tiers sets it. */
export const part: 'some' | 'others' = process.env.TEST_PART === 'others' ? 'others' : 'some';

/** Does this run take the case at this place? Some: one of every `every`, from the first on. */
export const isOfPart = (at: number, every: number): boolean => (at % every === 0) === (part === 'some');
export const partOf = <Case>(all: readonly Case[], every: number): readonly Case[] =>
  all.filter((_, at) => isOfPart(at, every));

/** What stands beside a suite in parts, and runs once. */
export const inEveryRun = (define: () => void): void => {
  if (part === 'some') define();
};
/** Tests that take longer than they tell in every run. */
export const inLongRun = (define: () => void): void => {
  if (part === 'others') define();
};
