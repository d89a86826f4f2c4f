// The state as a file that people can read: resources first, in the order they came. Written to a second file and renamed,
// so that a reader never sees half of it; a file that cannot be understood is reported, never replaced.
import {
  appendFileSync,
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { StringDecoder } from 'node:string_decoder';
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
import { idOf, type LazyDocument, Store } from './store.ts';

const schema = 'bastide/simulator/v1';
/** Milliseconds. */
const abandonedAfter = 2000;
/** In bytes: of a text that is taken as one, and of a file that is read resource by resource. */
const largest = 64 * 1024 * 1024;
const largestState = 2048 * 1024 * 1024;
const pieceSize = 1024 * 1024;
const noResources = '\n  "resources": []';

export const stateText = (store: Store): string => [...statePieces(store)].join('');

/** The text in pieces: that of thousands of workspaces is larger than one text may be. */
export function* statePieces(store: Store): Generator<string> {
  const state = json({
    schema,
    world: store.world,
    resources: [],
    deleted: store.deleted.map((thing) => ({ id: thing.id, at: thing.at, body: thing.body })),
    operations: [...store.operations.values()].map((operation) => ({ ...operation })),
    permissions: store.grants.map((grant) => ({
      scope: grant.scope,
      actions: [...grant.actions],
      notActions: [...grant.notActions],
    })),
    unregistered: [...store.unregistered],
  });
  const [before, after = ''] = stringifyJson(state, 2).split(noResources);
  let piece = `${before}\n  "resources": [`;
  let isFirst = true;
  for (const body of store.bodies()) {
    piece += `${isFirst ? '' : ','}\n    ${stringifyJson(body, 2).replaceAll('\n', '\n    ')}`;
    isFirst = false;
    if (piece.length < pieceSize) continue;
    yield piece;
    piece = '';
  }
  yield `${piece}${isFirst ? ']' : '\n  ]'}${after}\n`;
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
export function writeState(path: string, content: Iterable<string>, expected: string): string | undefined {
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    if (expected !== '' && fingerprint(path) !== expected) return undefined;
    removeLeftovers(path);
    const file = openSync(temporary, 'w', 0o600);
    try {
      for (const piece of content) writeFileSync(file, piece);
    } finally {
      closeSync(file);
    }
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

/** Undefined when there is no such file. `whole`: bytes up to which any layout is understood; a larger file must have ours. */
export function readState(path: string, whole = largest): Store | undefined {
  let content: string | undefined;
  try {
    const { size } = statSync(path);
    if (size > largestState) throw new Error(`it is larger than ${largestState / (1024 * 1024)} MiB`);
    content = size > whole ? undefined : readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw new SimulatorError(
      'state',
      `The state file ${path} cannot be read: ${error instanceof Error ? error.message : error}.`,
    );
  }
  try {
    return content === undefined ? stateInLines(linesOf(path)) : stateOf(content);
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

const otherLayout = (): Error =>
  new Error(`a file larger than ${largest / (1024 * 1024)} MiB must be as it was written: a line for each member`);

/** Lines of a file, without their ends. */
function* linesOf(path: string): Generator<string> {
  const file = openSync(path, 'r');
  try {
    const bytes = Buffer.allocUnsafe(pieceSize);
    const decoder = new StringDecoder('utf8');
    let rest = '';
    for (let got = readSync(file, bytes); got > 0; got = readSync(file, bytes)) {
      const lines = (rest + decoder.write(bytes.subarray(0, got))).split('\n');
      rest = lines.pop() ?? '';
      yield* lines;
    }
    yield rest + decoder.end();
  } finally {
    closeSync(file);
  }
}

/**
 * The state in the lines that {@link statePieces} writes: no resource is parsed before it is asked for. In JSON no line ends inside a
 * text, so that the margin tells where a resource begins and ends. Throws where the layout is another.
 */
function stateInLines(lines: Iterable<string>): Store {
  const documents: LazyDocument[] = [];
  const rest: string[] = [];
  let isInside = false;
  let isMet = false;
  let own: string[] | undefined;
  let id: string | undefined;
  for (const line of lines) {
    if (!isInside) {
      isInside = line === '  "resources": [';
      isMet ||= isInside;
      rest.push(isInside ? '"resources": [' : line);
    } else if (own === undefined) {
      if (line === '    {') own = ['{'];
      else if (line === '  ]' || line === '  ],') {
        isInside = false;
        rest.push(line);
      } else throw otherLayout();
    } else if (line === '    }' || line === '    },') {
      if (id === undefined) throw new Error('it holds a resource without an id');
      const text = `${own.join('')}}`;
      documents.push({ id, text: () => text });
      own = undefined;
      id = undefined;
    } else {
      const [, stated] = /^ {6}"id": ("(?:[^"\\]|\\.)*"),?$/.exec(line) ?? [];
      if (stated !== undefined) id = JSON.parse(stated);
      own.push(line.trimStart());
    }
  }
  if (!isMet) throw otherLayout();
  const store = storeOf(parseJson(rest.join('\n')));
  for (const document of documents) store.addLazy(document);
  return store;
}

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
