// The history on disk: an index kept by conf, and bodies in side files that are there before the index names them.
// Under a lock, written through to the disk, and never begun anew when it cannot be read.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type Conf from 'conf';
import { makeFolder } from '../disk/make-folder.ts';
import type { Entry } from '../model/entry.ts';
import { exitStatus, Failure, isFailure } from '../model/failure.ts';
import { isObject, type Json, parseJson, stringifyJson } from '../model/json.ts';
import { fold, nameOf } from '../model/resource-id.ts';
import { withoutSecrets } from '../model/secrets.ts';
import type { Source } from '../model/snapshot.ts';
import type { History } from './history.ts';
import { holderOf, LockHeld, withLock } from './lock.ts';
import { type Index, migrations, version } from './migrations.ts';
import { packEntry, unpackEntry } from './pack.ts';
import { indexSchema } from './schema.ts';
import { syncFolder, writeThrough } from './write-through.ts';

export interface HistoryOptions {
  /** Made when the first entry is written. */
  readonly folder: string;
  readonly source: Source;
  /** Full id of the workspace. */
  readonly workspace: string;
  readonly pid: number;
  /** Milliseconds to wait for another living session; 10 s unless said. */
  readonly patience?: number;
}

/** The history of one workspace at one source. Nothing is made on disk before the first entry. */
export function openHistory(options: HistoryOptions): History {
  const name = historyName(options.source, options.workspace);
  const indexFile = path.join(options.folder, `${name}.json`);
  const bodies = path.join(options.folder, name);
  const patience = options.patience ?? 10_000;
  const indexLock = { file: path.join(options.folder, `${name}.lock`), pid: options.pid, patience };
  const writerLock = { file: path.join(options.folder, `${name}.writer`), pid: options.pid, patience };
  let opened: Conf<Index> | undefined;

  const index = async (): Promise<Conf<Index>> => {
    opened ??= new (await import('conf')).default<Index>({
      cwd: options.folder,
      configName: name,
      fileExtension: 'json',
      projectName: 'bastide',
      projectVersion: version,
      migrations: { ...migrations },
      configFileMode: 0o600,
      accessPropertiesByDotNotation: false,
      clearInvalidConfig: false,
      schema: indexSchema,
    });
    return opened;
  };
  const readAll = async (): Promise<Entry[]> => {
    if (!existsSync(indexFile)) {
      if (hasFiles(bodies)) throw corrupt(indexFile, 'it is missing, though bodies of its entries exist', bodies);
      return [];
    }
    try {
      // Looked at before conf opens it, because opening a file without a version writes one into it.
      if (!opened) checkEntries(parseJson(readFileSync(indexFile, 'utf8')));
      const { entries } = (await index()).store;
      return entries.map(unpackEntry);
    } catch (error) {
      throw corrupt(indexFile, error instanceof Error ? error.message : String(error), bodies);
    }
  };
  const writeAll = async (entries: readonly Entry[]): Promise<void> => {
    const store = await index();
    store.store = {
      ...store.store,
      source: `${options.source.kind}:${options.source.name}`,
      workspace: options.workspace,
      entries: entries.map(packEntry),
    };
    syncFolder(options.folder);
  };
  const locked = async <T>(act: () => Promise<T>): Promise<T> => {
    try {
      return await withLock(indexLock, act);
    } catch (error) {
      throw explained(error, options.folder);
    }
  };

  return {
    async entries() {
      if (!existsSync(indexFile)) return readAll();
      try {
        // Opening the index can bring it up to this version, which is a write.
        return await locked(readAll);
      } catch (error) {
        if (isFailure(error) && error.code === 'history-not-writable') return readAll();
        throw error;
      }
    },
    append: (entry) => locked(async () => writeAll([...(await readAll()), entry])),
    update: (id, change) =>
      locked(async () => {
        const entries = await readAll();
        const at = entries.findIndex((entry) => entry.id === id);
        const old = entries[at];
        if (!old) throw new Error(`the history has no entry ${id}`);
        const changed = change(old);
        await writeAll(entries.with(at, changed));
        return changed;
      }),
    async keepBody(entry, bodyName, body) {
      const file = `${safe(entry)}.${safe(bodyName)}.json`;
      try {
        makeFolder(bodies);
        writeThrough(path.join(bodies, file), stringifyJson(withoutSecrets(body), 2));
      } catch (error) {
        throw explained(error, options.folder);
      }
      return file;
    },
    async body(file) {
      const whole = path.join(bodies, safe(file));
      try {
        const body = parseJson(readFileSync(whole, 'utf8'));
        if (isObject(body)) return body;
        throw new Error('it is not an object');
      } catch (error) {
        throw corrupt(whole, error instanceof Error ? error.message : String(error), bodies);
      }
    },
    async unsettled() {
      const open = (await this.entries()).filter((entry) => entry.state === 'open');
      // The holder of the writer's lock is alive and continues its entry.
      return open.length > 0 && holderOf(writerLock.file) ? [] : open;
    },
    async exclusively(act) {
      let started = false;
      try {
        return await withLock(writerLock, () => {
          started = true;
          return act();
        });
      } catch (error) {
        throw started ? error : explained(error, options.folder);
      }
    },
  };
}

/** `mlw-sim-demo-mixed-1a2b3c4d5e6f`: a readable part, and a hash that tells apart what reads alike. */
export function historyName(source: Source, workspace: string): string {
  const hash = createHash('sha256')
    .update(JSON.stringify([source.kind, fold(source.name), fold(workspace)]))
    .digest('hex')
    .slice(0, 12);
  const readable = `${nameOf(workspace)}-${source.name.replace(/^https?:\/\//, '')}`;
  return `${safe(readable).slice(0, 60)}-${hash}`;
}

const safe = (text: string): string =>
  text
    .replace(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^\.+/, '')
    .toLowerCase();

function checkEntries(json: Json): void {
  if (!isObject(json) || !Array.isArray(json.entries)) throw new Error('it holds no entries');
}

function hasFiles(folder: string): boolean {
  try {
    return readdirSync(folder).some((name) => name.endsWith('.json'));
  } catch {
    return false;
  }
}

const corrupt = (file: string, why: string, bodies: string): Failure =>
  new Failure(
    'history-corrupt',
    exitStatus.notSent,
    `The history cannot be read: ${file}: ${why}`,
    `Restore the file from a backup, or move it and ${bodies} away to start a new history. Earlier changes can then not be undone.`,
    { file },
  );

function explained(error: unknown, folder: string): unknown {
  if (isFailure(error)) return error;
  if (error instanceof LockHeld) {
    return new Failure(
      'history-locked',
      exitStatus.notSent,
      `Another Bastide (process ${error.pid}) is writing to this workspace: ${error.file}.`,
      'Wait until it has finished, then retry.',
      { file: error.file, pid: error.pid },
    );
  }
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (!/^E[A-Z]+$/.test(code)) return error;
  return new Failure(
    'history-not-writable',
    exitStatus.notSent,
    `The history cannot be written to ${folder} (${code}).`,
    'Make the folder writable, or set BASTIDE_HOME to another one.',
    { folder },
  );
}
