// What Azure really answered: cassettes of cloud-custodian's tests (Apache-2.0), scrubbed. They are read from the reference
// folder beside the repository and are no part of it.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { outside } from '../support/outside.ts';

const { place: folder, isHere, note } = outside('recordings');
export const areHere = isHere;
export const absent = note;

export interface RecordedCall {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly status: number;
  readonly body: unknown;
}
export interface Cassette {
  /** Without `.json`. */
  readonly name: string;
  /** What was asked of ARM, in order. */
  readonly exchanges: readonly RecordedCall[];
}

interface Interaction {
  readonly request: { readonly method: string; readonly uri: string };
  readonly response: { readonly status: { readonly code: number }; readonly body: { readonly data?: unknown } };
}

/** The cassettes whose name fits, in order of name. */
export function cassettes(fitting: RegExp): Cassette[] {
  if (!areHere) return [];
  const files = readdirSync(folder).filter((file) => file.endsWith('.json') && fitting.test(file));
  return files.toSorted().map((file) => {
    const { interactions } = JSON.parse(readFileSync(path.join(folder, file), 'utf8')) as {
      readonly interactions: readonly Interaction[];
    };
    const exchanges = interactions.flatMap(({ request, response }): RecordedCall[] => {
      const url = /^https:\/\/management\.azure\.com(\/.*)/.exec(request.uri)?.[1];
      if (url === undefined) return [];
      return [{ method: request.method, url, status: response.status.code, body: response.body.data ?? response.body }];
    });
    return { name: file.replace(/\.json$/, ''), exchanges };
  });
}

/** The resources that an answer holds: those of a list, or itself. */
export function resourcesIn(body: unknown): Readonly<Record<string, unknown>>[] {
  const list = isObject(body) && Array.isArray(body.value) ? body.value : [body];
  return list.filter(isObject).filter(({ id }) => typeof id === 'string' && /^\/subscriptions\//i.test(id));
}

export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
