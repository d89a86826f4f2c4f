// Long suites of many alike cases run in two parts: some of them in every run, the others beside them in a `.long` file.

export type Part = 'some' | 'others';

/** Some: one of every `every`, from the first on. */
export const partOf = <Case>(all: readonly Case[], part: Part, every: number): readonly Case[] =>
  all.filter((_, at) => (at % every === 0) === (part === 'some'));
