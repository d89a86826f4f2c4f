// The folder in which a test run records the exchanges of its simulators: made before the first test, removed after the last.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import type { TestProject } from 'vitest/node';
import { isHere } from '../judges/documents.ts';
import { folderVariable, recorderName } from './record-exchanges.ts';

/** Records nothing where nothing will read it: in a run without that tier, or without the documents to hold it against. */
export function setup({ vitest }: TestProject): (() => void) | undefined {
  if (!isHere || process.env[folderVariable] !== undefined) return undefined;
  if (!vitest.projects.some(({ name }) => name === 'last')) return undefined;
  const folder = mkdtempSync(path.join(os.tmpdir(), 'bastide-exchanges-'));
  const recorder = path.join(import.meta.dirname, 'record-exchanges.ts');
  writeFileSync(path.join(folder, recorderName), stripTypeScriptTypes(readFileSync(recorder, 'utf8')));
  process.env[folderVariable] = folder;
  return () => {
    delete process.env[folderVariable];
    rmSync(folder, { recursive: true, force: true });
  };
}
