// Answers the polls of long operations at both kinds of address: `Azure-AsyncOperation` and `Location` (docs/reference/retries.md).
import { type ArmObject, clone, object } from '../json.ts';
import type { LongOperation } from '../operations/operation.ts';
import { providerOf } from '../providers/index.ts';
import type { ProviderCall } from '../providers/provider.ts';
import { askedOperation } from '../wire/places.ts';
import { ArmError, answerOf, type GatewayResponse, gatewayError, ok } from './answer.ts';
import type { Machine } from './machine.ts';

/** Undefined when the path is not an operation's. */
export function answerOperation(machine: Machine, call: ProviderCall): GatewayResponse | undefined {
  const asked = askedOperation(call.address.path, call.request.query);
  if (asked === undefined) return undefined;
  const operation = machine.store.operations.get(asked.operation);
  if (!operation) {
    if (!call.address.types.some((type) => /^(locations|privateDnsOperation\w+)$/i.test(type))) return undefined;
    throw gatewayError(404, 'NotFound', `The operation '${asked.operation}' was not found.`);
  }
  if (call.request.method !== 'GET')
    throw gatewayError(405, 'HttpMethodNotSupported', 'An operation can only be read.');
  if (machine.operations.poll(operation, machine.now())) machine.dirty = true;
  const waiting: Record<string, string> =
    operation.retryAfter === null ? {} : { 'retry-after': String(operation.retryAfter) };
  const isRunning = operation.status === 'InProgress';
  if (asked.kind === 'status') {
    return ok(statusBody(operation), isRunning ? asked.running : 200, isRunning ? waiting : {});
  }
  if (isRunning) return { status: 202, headers: { ...waiting, location: `${call.request.origin}${call.request.url}` } };
  if (operation.error) {
    const { code, message, inner } = operation.error;
    return answerOf(
      new ArmError(operation.status === 'Canceled' ? 409 : 400, code, message, {
        details: inner ? [{ code: inner, message }] : [],
      }),
    );
  }
  if (operation.result !== null) return ok(operation.result, operation.finalStatus);
  const body = machine.store.get(operation.target);
  if (operation.finalStatus === 204 || !body) return { status: 204 };
  const provider = providerOf(operation.target);
  return ok(provider.show?.(call, clone(body)) ?? body, operation.finalStatus);
}

function statusBody(operation: LongOperation): ArmObject {
  const { error } = operation;
  return object({
    id: operation.id,
    name: operation.id,
    status: operation.status,
    startTime: operation.startedAt,
    endTime: operation.endedAt ?? undefined,
    error:
      error && operation.status !== 'InProgress'
        ? {
            code: error.code,
            message: error.message,
            details: error.inner
              ? [
                  {
                    code: error.inner,
                    message: `Operation ${operation.verb} (${operation.id}) was canceled and superseded by operation of a later request.`,
                  },
                ]
              : [],
          }
        : undefined,
  });
}
