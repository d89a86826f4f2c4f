// The progress of the guide, on disk: one small file for each source and workspace, changed under a lock and written through, so
// that two sessions do not overwrite each other and a crash leaves the file before or after a change.
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { exitStatus, Failure, isFailure } from '../model/failure.ts';
import { freshProgress, type GuideProgress, readProgress } from '../model/guide-progress.ts';
import { type Json, parseJson, stringifyJson } from '../model/json.ts';
import type { Source } from '../model/snapshot.ts';
import { LockHeld, withLock } from './lock.ts';
import { historyName } from './store.ts';
import { writeThrough } from './write-through.ts';

const schema = 'bastide/progress/v1';

export interface ProgressStore {
  /** New where none is stored. Throws Failure that names a damaged file. */
  get(): Promise<GuideProgress>;
  /** Changes the progress on disk now, which another process may have changed since. On disk when this resolves. */
  update(change: (progress: GuideProgress) => GuideProgress): Promise<GuideProgress>;
  forget(): Promise<void>;
}

export interface GuideProgressOptions {
  /** Made when something is kept first. */
  readonly folder: string;
  readonly source: Source;
  /** Full id; '' where there is no workspace. */
  readonly workspace: string;
  readonly pid: number;
  now(): Date;
}

/** The progress of the guide for one workspace of one source. */
export function progressStore({ folder, source, workspace, pid, now }: GuideProgressOptions): ProgressStore {
  const name = historyName(source, workspace);
  const file = path.join(folder, `${name}.json`);
  const lock = { file: path.join(folder, `${name}.lock`), pid, patience: 10_000 };
  const read = (): GuideProgress => {
    if (!existsSync(file)) return freshProgress(now().toISOString());
    return progressIn(file, readFileSync(file, 'utf8'));
  };
  const locked = async <T>(act: () => T): Promise<T> => {
    try {
      return await withLock(lock, async () => act());
    } catch (error) {
      throw explained(error, folder);
    }
  };
  return {
    get: async () => read(),
    update: (change) =>
      locked(() => {
        const next = change(read());
        mkdirSync(folder, { recursive: true, mode: 0o700 });
        writeThrough(file, stringifyJson({ schema, progress: next as unknown as Json }, 2));
        return next;
      }),
    forget: async () => {
      // A restart does not depend on what was there.
      if (existsSync(file)) await locked(() => rmSync(file, { force: true }));
    },
  };
}

function progressIn(file: string, text: string): GuideProgress {
  const damaged = new Failure(
    'progress-damaged',
    exitStatus.notSent,
    `The progress of the guide cannot be read: ${file} is damaged.`,
    'Start again with `bastide guide --restart`. The history keeps all changes.',
    { file },
  );
  let json: Json;
  try {
    json = parseJson(text);
  } catch {
    throw damaged;
  }
  const kept = typeof json === 'object' && json !== null && !Array.isArray(json) ? json : {};
  const progress =
    'progress' in kept && 'schema' in kept && kept.schema === schema ? readProgress(kept.progress as Json) : undefined;
  if (progress === undefined) throw damaged;
  return progress;
}

function explained(error: unknown, folder: string): unknown {
  if (isFailure(error)) return error;
  if (error instanceof LockHeld) {
    return new Failure(
      'progress-locked',
      exitStatus.notSent,
      `Another Bastide (process ${error.pid}) is writing the progress file: ${error.file}.`,
      'Wait until it has finished, then retry.',
    );
  }
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (!/^E[A-Z]+$/.test(code)) return error;
  return new Failure(
    'progress-not-writable',
    exitStatus.notSent,
    `The progress of the guide cannot be written to ${folder} (${code}). Nothing was sent.`,
    'Make the folder writable, or set BASTIDE_HOME to another one.',
  );
}
