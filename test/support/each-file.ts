// Runs before each test file in its own process: starts the recorder and notes that the file was run.
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect } from 'vitest';
import { folderVariable } from './record-exchanges.ts';

const folder = process.env[folderVariable];
const { testPath } = expect.getState();
if (folder !== undefined && testPath !== undefined) {
  const run = path.join(folder, 'run');
  mkdirSync(run, { recursive: true });
  writeFileSync(path.join(run, encodeURIComponent(path.relative(process.cwd(), testPath))), '');
}
