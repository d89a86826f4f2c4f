// The contract of a function of the template language.
import type { Json } from '../../model/json.ts';

export interface FunctionCall {
  /** The call as text, its arguments by value: what an open answer shows. */
  print(): string;
}
/** Throws TemplateError where Azure would refuse the call. */
export type FunctionBody = (args: readonly Json[], call: FunctionCall) => Json;
export interface TemplateFunction {
  readonly work: FunctionBody;
  /** Copes with arguments that are open themselves; otherwise one of them makes the answer open without a call. */
  readonly tolerant?: true;
}
/** By name in lower case. */
export type FunctionTable = Readonly<Record<string, TemplateFunction>>;

export const strict = (work: FunctionBody): TemplateFunction => ({ work });
export const tolerant = (work: FunctionBody): TemplateFunction => ({ work, tolerant: true });
