// The folder in which a test run records the exchanges of its simulators: made before the first test, removed after the last.
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { isHere } from '../judges/documents.ts';
import { folderVariable } from './record-exchanges.ts';

/** Records nothing where the judges have nothing to judge by. */
export function setup(): (() => void) | undefined {
  if (!isHere) return undefined;
  const folder = mkdtempSync(path.join(os.tmpdir(), 'bastide-exchanges-'));
  process.env[folderVariable] = folder;
  return () => rmSync(folder, { recursive: true, force: true });
}
