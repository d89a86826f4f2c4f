// The state as a file that people can read: resources first, in the order they came. Written to a second file and renamed,
// so that whoever reads it never sees half of it; a file that cannot be understood is reported, never replaced.
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { SimulatorError } from '../error.ts';
import { grantsOf } from '../gateway/authorization.ts';
import {
  at,
  isObject,
  type Json,
  JsonNumber,
  type JsonObject,
  json,
  list,
  parseJson,
  stringifyJson,
  text,
} from '../json.ts';
import type { Operation } from '../operations/operation.ts';
import { idOf, Store } from './store.ts';

const schema = 'bastide/simulator/v1';

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

/**
 * Atomic: a reader sees the old text or the new one. False, and the file left as it is, when `isMine` says at the last moment
 * that somebody else has written it.
 */
export function writeState(path: string, content: string, isMine: () => boolean): boolean {
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(temporary, content, { mode: 0o600 });
    if (isMine()) {
      renameSync(temporary, path);
      return true;
    }
    rmSync(temporary);
    return false;
  } catch (error) {
    throw new SimulatorError(
      'state',
      `The state file ${path} cannot be written: ${error instanceof Error ? error.message : error}.`,
    );
  }
}

/** Undefined when there is no such file. */
export function readState(path: string): Store | undefined {
  let content: string;
  try {
    content = readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw new SimulatorError(
      'state',
      `The state file ${path} cannot be read: ${error instanceof Error ? error.message : error}.`,
    );
  }
  try {
    return storeOf(parseJson(content));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new SimulatorError(
      'state',
      `The state file ${path} cannot be used (${why}). Move it away, or start afresh with --fresh.`,
    );
  }
}

function storeOf(state: Json): Store {
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

function operationOf(item: Json): Operation {
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
  const next = (name: string): JsonObject | 'remove' | null => {
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
    retryAfter: number('retryAfter'),
    status: word('status', ['InProgress', ...ends]),
    endedAt: text(item, 'endedAt') ?? null,
  };
}
