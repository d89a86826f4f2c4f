// The progress of the guide, on disk: one small file for each source and workspace, changed under a lock and written through, so
// that two sessions do not overwrite each other and a crash leaves the file before or after a change.
import { existsSync, rmSync } from 'node:fs';
import path from 'node:path';
import { keepFailure } from '../disk/folder.ts';
import { LockHeld, withLock } from '../disk/lock.ts';
import { makeFolder } from '../disk/make-folder.ts';
import { readOwnText, TooLarge } from '../disk/read-text.ts';
import { exitStatus, Failure, isFailure } from '../model/failure.ts';
import { freshProgress, type GuideProgress, readProgress } from '../model/guide-progress.ts';
import { asJson, type Json, parseJson, stringifyJson } from '../model/json.ts';
import type { Source } from '../model/snapshot.ts';
import { writeThrough } from './files.ts';
import { historyName } from './store.ts';

const schema = 'bastide/progress/v1';
/** In bytes; some ten thousand findings. */
const largest = 16 * 1024 * 1024;

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
  const read = async (): Promise<GuideProgress> => {
    const text = await readOwnText(file, largest).catch((error: unknown) => {
      throw error instanceof TooLarge ? damagedAt(file) : error;
    });
    return text === undefined ? freshProgress(now().toISOString()) : progressIn(file, text);
  };
  const locked = async <T>(act: () => Promise<T>): Promise<T> => {
    try {
      return await withLock(lock, act);
    } catch (error) {
      throw explained(error, folder);
    }
  };
  return {
    get: read,
    update: (change) =>
      locked(async () => {
        const next = change(await read());
        makeFolder(folder);
        writeThrough(file, stringifyJson({ schema, progress: asJson(next) }, 2));
        return next;
      }),
    forget: async () => {
      // A restart does not depend on what was there.
      if (existsSync(file)) await locked(async () => rmSync(file, { force: true }));
    },
  };
}

const damagedAt = (file: string): Failure =>
  new Failure(
    'progress-damaged',
    exitStatus.notSent,
    `The progress of the guide cannot be read: ${file} is damaged.`,
    'Start again with `bastide guide --restart`. The history keeps all changes.',
    { file },
  );

function progressIn(file: string, text: string): GuideProgress {
  let json: Json;
  try {
    json = parseJson(text);
  } catch {
    throw damagedAt(file);
  }
  const kept = typeof json === 'object' && json !== null && !Array.isArray(json) ? json : {};
  const progress =
    'progress' in kept && 'schema' in kept && kept.schema === schema ? readProgress(kept.progress as Json) : undefined;
  if (progress === undefined) throw damagedAt(file);
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
  return keepFailure(error, folder, 'The progress of the guide', 'progress-not-writable');
}
