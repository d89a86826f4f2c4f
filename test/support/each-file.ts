// Runs before each test file in its own process: starts the recorder, notes that the file was run, and says where random
// inputs begin.
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { expect } from 'vitest';
import { folderVariable } from './record-exchanges.ts';

const folder = process.env[folderVariable];
const { testPath } = expect.getState();
if (folder !== undefined && testPath !== undefined) {
  const run = path.join(folder, 'run');
  mkdirSync(run, { recursive: true });
  writeFileSync(path.join(run, encodeURIComponent(path.relative(process.cwd(), testPath))), '');
}

/**
 * The seed of every property without one. Fixed, so that a commit passes or fails for what is in it and not by
 * chance; `TEST_SEED=any` looks elsewhere, `TEST_SEED=N` again where a failure was seen. What is found goes into the test as an
 * example.
 */
const seed = process.env.TEST_SEED ?? '20261126';
if (seed !== 'any') fc.configureGlobal({ seed: Number(seed) });
