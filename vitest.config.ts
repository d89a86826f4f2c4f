import { defineConfig } from 'vitest/config';
import { Tally } from './test/support/tally.ts';

export default defineConfig({
  test: {
    include: ['test/**/*.test.{ts,tsx}'],
    globalSetup: ['test/support/build.ts'],
    // Real servers and ptys on two cores: more workers only make each other wait.
    maxWorkers: 2,
    maxConcurrency: 4,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    reporters: ['default', new Tally()],
  },
});
