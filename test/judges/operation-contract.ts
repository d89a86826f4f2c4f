// ARM's contract for polling a long operation, which no document describes (Azure RPC, async-api-reference).
import type { RecordedExchange } from '../support/record-exchanges.ts';
import type { Violation } from './validator.ts';

const pattern = /\/locations\/[^/]+\/(operations|operationresults)\/[^/?]+(\?|$)/i;
const ended = ['Succeeded', 'Failed', 'Canceled'];

/** Undefined where the exchange is no poll that was answered. */
export function heldToContract(said: RecordedExchange, body: unknown): readonly Violation[] | undefined {
  const kind = pattern.exec(said.url)?.[1]?.toLowerCase();
  if (kind === undefined || said.method !== 'GET' || said.status >= 400) return undefined;
  return kind === 'operations' ? statusProblems(said, body) : resultProblems(said);
}

const problem = (message: string): Violation => ({ side: 'response', code: 'OPERATION_CONTRACT', at: '', message });

function statusProblems({ status }: RecordedExchange, body: unknown): Violation[] {
  const { status: word, error } = (body ?? {}) as { readonly status?: unknown; readonly error?: unknown };
  if (status !== 200) return [problem(`the status of an operation is read with 200, not ${status}`)];
  if (typeof word !== 'string') return [problem('the status of an operation says no status')];
  const { code, message } = (error ?? {}) as { readonly code?: unknown; readonly message?: unknown };
  const isExplained = typeof code === 'string' && typeof message === 'string';
  const isBad = ended.includes(word) && word !== 'Succeeded';
  if (isBad && !isExplained) return [problem(`an operation that ended ${word} does not say why`)];
  return !isBad && error !== undefined ? [problem(`an operation that is ${word} speaks of an error`)] : [];
}

function resultProblems({ status, responseHeaders }: RecordedExchange): Violation[] {
  if (status !== 202) return [];
  return responseHeaders.location === undefined ? [problem('a result that is awaited does not say where')] : [];
}
