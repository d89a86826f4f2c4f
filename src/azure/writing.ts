// One write, sent once. Whatever cannot be known from the answer is called lost: the caller reads before it decides.

import { stringifyJson } from '../model/json.ts';
import type { WriteRequest } from '../resource-types/resource-type.ts';
import { urlOf } from './address.ts';
import { againOf, secondsIn } from './again.ts';
import type { WriteAnswer } from './arm-client.ts';
import { operationOf } from './operation.ts';
import { type ReadContext, retryAfterOf } from './reading.ts';
import { operationStatus, refusalOf } from './refusal.ts';
import { sdkWrite } from './sdk-write.ts';
import { type TransportAnswer, TransportError, type TransportRequest } from './transport.ts';

/** Throws Failure when sign-in fails or the user stops it before anything was sent. */
export async function writeOnce(
  context: ReadContext,
  endpoint: string,
  request: WriteRequest,
  signal?: AbortSignal,
): Promise<WriteAnswer> {
  const url = urlOf(endpoint, request.id, request.apiVersion, request.query);
  if (url === undefined) return notSent('BadId', 'the ID is not a valid Azure resource ID');
  try {
    const raw: TransportRequest = {
      method: request.method,
      url,
      deadline: context.patience.writeDeadline,
      headers: {
        ...(request.ifMatch === undefined ? {} : { 'if-match': request.ifMatch }),
        ...(request.ifNoneMatch === undefined ? {} : { 'if-none-match': request.ifNoneMatch }),
      },
      ...(request.body === null ? {} : { body: stringifyJson(request.body) }),
      ...(signal ? { signal } : {}),
    };
    const answer = await sdkWrite(context, endpoint, request, raw);
    return answerOf(endpoint, answer, url);
  } catch (error) {
    if (!(error instanceof TransportError)) throw error;
    if (error.kind === 'unreached') return notSent(error.code, error.message);
    return { state: 'lost', requestId: null, reason: `${error.code}: ${error.message}` };
  }
}

function answerOf(endpoint: string, answer: TransportAnswer, url: string): WriteAnswer {
  const { status, body, requestId } = answer;
  // A failed network-rule change can come as HTTP 200 with a body that says so.
  const failed = /^(failed|canceled)$/i.test(operationStatus(body) ?? '');
  if (status >= 300 || failed) {
    const refusal = refusalOf(status, body);
    const retryAfter = retryAfterOf(answer) ?? secondsIn(refusal);
    return {
      state: 'refused',
      requestId,
      refusal,
      again: againOf(refusal),
      ...(retryAfter === undefined ? {} : { retryAfter }),
    };
  }
  const operation = operationOf(endpoint, answer, url);
  if (operation === undefined) return { state: 'done', requestId, status };
  return { state: 'running', requestId, operation, retryAfter: retryAfterOf(answer) ?? 0.3, status };
}

const notSent = (code: string, message: string): WriteAnswer => ({
  state: 'refused',
  requestId: null,
  refusal: { status: 0, code, message: `Azure could not be reached: ${message}.`, details: [] },
  again: null,
});
