// The folder in which a test run records the exchanges of its simulators: made before the first test, removed after the last.
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { folderVariable } from './record-exchanges.ts';

export function setup(): () => void {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'bastide-exchanges-'));
  process.env[folderVariable] = folder;
  return () => rmSync(folder, { recursive: true, force: true });
}
