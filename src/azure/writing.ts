// One write, sent once. Whatever cannot be known from the answer is called lost: the caller reads before it decides.

import { isObject, stringifyJson } from '../model/json.ts';
import { typeOf } from '../model/resource-id.ts';
import type { WriteRequest } from '../resource-types/resource-type.ts';
import { urlOf } from './address.ts';
import { againOf, secondsIn } from './again.ts';
import type { WriteAnswer } from './arm-client.ts';
import { operationOf } from './operation.ts';
import { type ReadContext, retryAfterOf } from './reading.ts';
import { isArmError, operationStatus, refusalOf } from './refusal.ts';
import { asShown, wrongIn } from './resources.ts';
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
        ...(request.correlation === undefined ? {} : { 'x-ms-correlation-request-id': request.correlation }),
      },
      ...(request.body === null ? {} : { body: stringifyJson(request.body) }),
      ...(signal ? { signal } : {}),
    };
    const answer = await sdkWrite(context, endpoint, request, raw);
    return { ...answerOf(endpoint, answer, url, request), ...correlationIn(answer) };
  } catch (error) {
    if (!(error instanceof TransportError)) throw error;
    if (error.kind === 'unreached') return notSent(error.code, error.message);
    return { state: 'lost', requestId: null, reason: `${error.code}: ${error.message}` };
  }
}

function answerOf(endpoint: string, answer: TransportAnswer, url: string, request: WriteRequest): WriteAnswer {
  const { status, body, requestId } = answer;
  const strange = strangeIn(answer, request);
  if (strange !== undefined)
    return { state: 'lost', requestId, reason: `the answer with status ${status} is not Azure's: ${strange}` };
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
  const isShown = request.method !== 'DELETE' && isObject(body) && wrongIn(answer, request.id) === undefined;
  const shown = isShown ? { shown: asShown(body, typeOf(request.id)) } : {};
  if (operation === undefined) return { state: 'done', requestId, status, ...shown };
  return { state: 'running', requestId, operation, retryAfter: retryAfterOf(answer) ?? 0.3, status, ...shown };
}

/** A GUID alone: whatever stands before Azure may write this header. */
function correlationIn(answer: TransportAnswer): Pick<WriteAnswer, 'correlation'> {
  const named = answer.header('x-ms-correlation-request-id');
  return named !== undefined && /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i.test(named) ? { correlation: named } : {};
}

/**
 * Why an answer is not of Azure, undefined where it may be. A proxy or gateway on the way answers with a page, or with the wrong
 * resource: that says nothing of what became of the request.
 */
function strangeIn(answer: TransportAnswer, { method, id }: WriteRequest): string | undefined {
  const { status, body, text } = answer;
  // These may be written by whoever stands before Azure, and what follows is the same.
  if (status === 429 || status >= 500) return undefined;
  if (body === undefined && text.trim() !== '') return 'it is not JSON';
  if (status >= 300) return body === undefined || isArmError(body) ? undefined : 'it holds no error of Azure';
  const showsResource = (method === 'PUT' || method === 'PATCH') && (status === 200 || status === 201);
  // A failed network-rule change can come as HTTP 200 with a body that says so; an operation says its own status.
  const saysMore = operationStatus(body) !== undefined || answer.header('azure-asyncoperation') !== undefined;
  return showsResource && !saysMore ? wrongIn(answer, id) : undefined;
}

const notSent = (code: string, message: string): WriteAnswer => ({
  state: 'refused',
  requestId: null,
  refusal: { status: 0, code, message: `Azure could not be reached: ${message}.`, details: [] },
  again: null,
});
