import { defineConfig } from 'vitest/config';
import { Tally } from './test/support/tally.ts';

/** Judges look at what all other tests did, and so they run last. */
const judges = ['test/judges/**/*.last.test.ts'];

export default defineConfig({
  test: {
    // Real servers and ptys on two cores: more workers only make each other wait.
    maxWorkers: 2,
    maxConcurrency: 4,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    reporters: ['default', new Tally()],
    projects: [
      {
        extends: true,
        test: {
          name: 'bastide',
          include: ['test/**/*.test.{ts,tsx}'],
          exclude: judges,
          globalSetup: ['test/support/recording.ts', 'test/support/build.ts'],
          setupFiles: ['test/support/each-file.ts'],
          sequence: { groupOrder: 0 },
        },
      },
      { extends: true, test: { name: 'judges', include: judges, sequence: { groupOrder: 1 } } },
    ],
  },
});
