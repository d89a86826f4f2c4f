// The contract of paths that ARM itself serves, outside any provider.
import type { Answer } from '../gateway/answer.ts';
import type { Machine } from '../gateway/machine.ts';
import type { JsonObject } from '../json.ts';
import type { Call } from './provider.ts';

/** `captures`: the groups of the path; `body` reads the request's body and refuses a bad one. */
export type Handler = (machine: Machine, call: Call, captures: readonly string[], body: () => JsonObject) => Answer;

export interface Route {
  readonly path: RegExp;
  readonly methods: Readonly<Record<string, Handler>>;
}
