// Suites of many alike cases run in parts: some of them in the tier of their file, more in the long tier, and all the others there in
// a full run (`npm run test:full`). A file that reaches this one belongs to both tiers.
import process from 'node:process';

/** Which part this run takes; the configuration of the tiers sets it. */
export const part: 'some' | 'more' | 'others' =
  process.env.TEST_PART === 'others' || process.env.TEST_PART === 'more' ? process.env.TEST_PART : 'some';

/** Does this run take the case at this place? Some: one of every `every`, from the first on; more: half as many of the others. */
export const isOfPart = (at: number, every: number): boolean =>
  part === 'more' ? at % (2 * every) === 1 : (at % every === 0) === (part === 'some');
export const partOf = <Case>(all: readonly Case[], every: number): readonly Case[] =>
  all.filter((_, at) => isOfPart(at, every));

/** What stands beside a suite in parts, and runs once. */
export const inEveryRun = (define: () => void): void => {
  if (part === 'some') define();
};
/** Tests that take longer than they tell in every run. */
export const inLongRun = (define: () => void): void => {
  if (part !== 'some') define();
};
