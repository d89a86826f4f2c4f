import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import process from 'node:process';
import { defineConfig } from 'vitest/config';
// @ts-expect-error plain JavaScript, run by any Node that can install Bastide
import { applyPatches } from './build/patches.mjs';
import { SuitesFirst } from './test/support/sequencer.ts';
import { Tally } from './test/support/tally.ts';
import { isDivided, type Tier, testFiles, tierOf, tiers } from './test/support/tiers.ts';

// Where packages were installed without scripts, the build has not done it.
applyPatches(import.meta.dirname);

const byTier = Map.groupBy(testFiles(), tierOf);
const filesOf = (name: Tier): string[] => [
  ...(byTier.get(name) ?? []),
  ...(name === 'long' ? testFiles().filter((file) => tierOf(file) !== 'long' && isDivided(file)) : []),
];

const pure: readonly Tier[] = ['unit', 'laws', 'last'];
/** Their files share the modules they load: what a test starts it ends, and it changes nothing that outlives it. Laws spoil the samples they are given. */
const shared: readonly Tier[] = ['unit', 'e2e'];

// Histories are flushed to the disk at every step, and tests keep thousands of them: in memory where there is such a file system.
const memory = '/dev/shm';
if (existsSync(memory)) {
  const folder = mkdtempSync(`${memory}/b-`);
  process.env.TMPDIR = folder;
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
}

/** One project a tier, one after the other. The judges fill up the long one. */
const projectOf = (name: Tier, order: number) => ({
  extends: true as const,
  test: {
    name,
    include: filesOf(name),
    env: {
      TEST_PART: name !== 'long' ? 'some' : process.env.TEST_SIZE === 'full' ? 'others' : 'more',
      // React as it is shipped; the end-to-end tests hear the warnings of the other. And Ink asks no program for the size of a terminal.
      ...(name === 'e2e' ? {} : { NODE_ENV: 'production' }),
      ...(pure.includes(name) ? { COLUMNS: '80', LINES: '24' } : {}),
    },
    globalSetup: pure.includes(name) ? [] : ['recording', 'build', 'warm-pool'].map((one) => `test/support/${one}.ts`),
    setupFiles: ['test/support/each-file.ts'],
    isolate: !shared.includes(name),
    sequence: { groupOrder: name === 'judges' ? tiers.indexOf('long') : order },
  },
});

export default defineConfig({
  oxc: { jsx: { runtime: 'automatic', development: false } },
  test: {
    // Each tier, and the next run, takes transformed modules from the one before.
    fsModuleCache: true,
    // Real servers and ptys on two cores: more workers only make each other wait.
    maxWorkers: 2,
    maxConcurrency: 4,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    sequence: { sequencer: SuitesFirst },
    reporters: ['default', new Tally()],
    projects: tiers.map(projectOf),
  },
});
