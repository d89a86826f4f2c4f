// The state as a file that people can read: resources first, in the order they came. Written to a second file and renamed,
// so that a reader never sees half of it; a file that cannot be understood is reported, never replaced.
import {
  appendFileSync,
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { SimulatorError } from '../error.ts';
import { grantsOf } from '../gateway/authorization.ts';
import {
  type ArmJson,
  type ArmObject,
  at,
  isObject,
  JsonNumber,
  json,
  list,
  parseJson,
  stringifyJson,
  text,
} from '../json.ts';
import type { LongOperation } from '../operations/operation.ts';
import { idOf, Store } from './store.ts';

const schema = 'bastide/simulator/v1';
/** Milliseconds. */
const abandonedAfter = 2000;
/** In bytes. */
const largest = 64 * 1024 * 1024;

export function stateText(store: Store): string {
  const state = json({
    schema,
    world: store.world,
    resources: store.all(),
    deleted: store.deleted.map((thing) => ({ id: thing.id, at: thing.at, body: thing.body })),
    operations: [...store.operations.values()].map((operation) => ({ ...operation })),
    permissions: store.grants.map((grant) => ({
      scope: grant.scope,
      actions: [...grant.actions],
      notActions: [...grant.notActions],
    })),
    unregistered: [...store.unregistered],
  });
  return `${stringifyJson(state, 2)}\n`;
}

/** Changes whenever the file is written anew; empty when there is none. */
export function fingerprint(path: string): string {
  try {
    const { ino, mtimeMs, size } = statSync(path);
    return `${ino} ${mtimeMs} ${size}`;
  } catch {
    return '';
  }
}

/**
 * Atomic: a reader sees the old text or the new one. Gives the new file's fingerprint; undefined, and the file left as it is,
 * when it is no longer the one that `expected` was taken of (empty: whatever it is). To be called inside {@link alone}.
 */
export function writeState(path: string, content: string, expected: string): string | undefined {
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    if (expected !== '' && fingerprint(path) !== expected) return undefined;
    removeLeftovers(path);
    writeFileSync(temporary, content, { mode: 0o600 });
    // Taken before the rename: afterwards it could be that of another process's file.
    const made = fingerprint(temporary);
    renameSync(temporary, path);
    return made;
  } catch (error) {
    throw unwritable(path, error);
  }
}

/** The change records beside a state file, one a line: it is only ever added to, so that no process has to read it to write. */
export function changesFileOf(state: string): { append(lines: string): void; read(): string; clear(): void } {
  const path = `${state}.changes`;
  return {
    append(lines) {
      try {
        appendFileSync(path, lines, { mode: 0o600 });
      } catch (error) {
        throw unwritable(path, error);
      }
    },
    read() {
      try {
        return statSync(path).size > largest ? '' : readFileSync(path, 'utf8');
      } catch {
        return '';
      }
    },
    clear: () => rmSync(path, { force: true }),
  };
}

/** Runs something while no other process writes the file. */
export function alone<T>(path: string, run: () => T): T {
  let release: () => void;
  try {
    makeFolder(dirname(resolve(path)));
    release = lock(`${path}.lock`);
  } catch (error) {
    throw unwritable(path, error);
  }
  try {
    return run();
  } finally {
    release();
  }
}

/** Node's own recursive call never returns where a folder refuses to hold another with ENOENT, as /proc does. */
function makeFolder(folder: string): void {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return;
  if (dirname(folder) !== folder) makeFolder(dirname(folder));
  try {
    mkdirSync(folder);
  } catch (error) {
    if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) throw error;
  }
}

/** Removes what a process that was killed while it wrote has left beside the file. To be called inside {@link alone}. */
function removeLeftovers(path: string): void {
  const own = `${basename(path)}.`;
  for (const name of readdirSync(dirname(path))) {
    const owner = name.startsWith(own) ? /^(\d+)\.tmp$/.exec(name.slice(own.length))?.[1] : undefined;
    if (owner !== undefined && !isAlive(Number(owner))) rmSync(join(dirname(path), name), { force: true });
  }
}

/** A lock that was held too long may have been broken: its owner may still be writing. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

function unwritable(path: string, error: unknown): SimulatorError {
  const why = error instanceof Error ? error.message : String(error);
  return new SimulatorError('state', `The state file ${path} cannot be written: ${why}.`);
}

/** Held for milliseconds only, so an old one belongs to a process that ended. */
function lock(path: string): () => void {
  const pause = new Int32Array(new SharedArrayBuffer(4));
  for (;;) {
    try {
      closeSync(openSync(path, 'wx'));
      return () => rmSync(path, { force: true });
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
      const since = statSync(path, { throwIfNoEntry: false })?.mtimeMs;
      if (since !== undefined && Date.now() - since > abandonedAfter) rmSync(path, { force: true });
      else Atomics.wait(pause, 0, 0, 1);
    }
  }
}

/** Undefined when there is no such file. */
export function readState(path: string): Store | undefined {
  let content: string;
  try {
    if (statSync(path).size > largest) throw new Error(`it is larger than ${largest / (1024 * 1024)} MiB`);
    content = readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw new SimulatorError(
      'state',
      `The state file ${path} cannot be read: ${error instanceof Error ? error.message : error}.`,
    );
  }
  try {
    return stateOf(content);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new SimulatorError(
      'state',
      `The state file ${path} cannot be used (${why}). Move it, or replace it with --fresh.`,
    );
  }
}

/** The state in such a text. Throws where it is no state. */
export const stateOf = (content: string): Store => storeOf(parseJson(content));

function storeOf(state: ArmJson): Store {
  if (text(state, 'schema') !== schema) throw new Error(`its schema is not ${schema}`);
  if (!Array.isArray(at(state, 'resources'))) throw new Error('it holds no list of resources');
  const store = new Store(text(state, 'world') ?? '');
  for (const body of list(state, 'resources')) {
    if (!isObject(body) || idOf(body) === '') throw new Error('it holds a resource without an id');
    store.set(idOf(body), body);
  }
  store.deleted = list(state, 'deleted').flatMap((thing) => {
    const body = at(thing, 'body');
    const id = text(thing, 'id');
    return isObject(body) && id !== undefined ? [{ id, at: text(thing, 'at') ?? '', body }] : [];
  });
  for (const item of list(state, 'operations')) {
    const operation = operationOf(item);
    store.operations.set(operation.id, operation);
  }
  store.grants = grantsOf(at(state, 'permissions'));
  store.unregistered = list(state, 'unregistered').filter((name) => typeof name === 'string');
  return store;
}

function operationOf(item: ArmJson): LongOperation {
  const word = <T extends string>(name: string, known: readonly T[]): T => {
    const value = known.find((candidate) => candidate === text(item, name));
    if (value === undefined) throw new Error(`an operation has no valid "${name}"`);
    return value;
  };
  const string = (name: string): string => {
    const value = text(item, name);
    if (value === undefined) throw new Error(`an operation has no "${name}"`);
    return value;
  };
  const number = (name: string): number | null => {
    const value = at(item, name);
    return value instanceof JsonNumber ? Number(value.text) : null;
  };
  const next = (name: string): ArmObject | 'remove' | null => {
    const value = at(item, name);
    if (value === 'remove') return value;
    return isObject(value) ? value : null;
  };
  const error = at(item, 'error');
  const inner = text(error, 'inner');
  const ends = ['Succeeded', 'Failed', 'Canceled'] as const;
  return {
    id: string('id'),
    verb: word('verb', ['PUT', 'PATCH', 'DELETE', 'POST']),
    target: string('target'),
    holds: string('holds'),
    startedAt: string('startedAt'),
    pollsLeft: number('pollsLeft') ?? 0,
    dueAt: number('dueAt'),
    outcome: word('outcome', ends),
    error: isObject(error)
      ? {
          code: text(error, 'code') ?? '',
          message: text(error, 'message') ?? '',
          ...(inner === undefined ? {} : { inner }),
        }
      : null,
    onSuccess: next('onSuccess'),
    onFailure: next('onFailure'),
    finalStatus: number('finalStatus') ?? 200,
    result: at(item, 'result') ?? null,
    retryAfter: number('retryAfter'),
    status: word('status', ['InProgress', ...ends]),
    endedAt: text(item, 'endedAt') ?? null,
  };
}
