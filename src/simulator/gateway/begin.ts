// Long operations as a write begins them: what will come of it, the headers that tell where to ask, and that nothing else may be
// begun meanwhile. How one is asked after is in operations.ts.
import type { Fault } from '../faults/faults.ts';
import type { ArmJson } from '../json.ts';
import type { LongOperation } from '../operations/operation.ts';
import { operationAddress, operationName } from '../wire/places.ts';
import { fold, sameId } from './address.ts';
import type { Job } from './job.ts';
import { busyWith, inProgress } from './write-checks.ts';

type Failing = { readonly outcome: 'Failed' | 'Canceled'; readonly error: NonNullable<LongOperation['error']> };

export function failureOf(fault: Fault | undefined): Failing | undefined {
  if (fault?.name === 'async-fail') {
    const code = /^(applied|partly)?$/.test(fault.argument) ? 'InternalServerError' : fault.argument;
    return { outcome: 'Failed', error: { code, message: `The operation failed: ${code}.` } };
  }
  if (fault?.name === 'superseded') {
    return {
      outcome: 'Canceled',
      error: {
        code: 'Canceled',
        message: 'Operation was canceled.',
        inner: 'CanceledAndSupersededDueToAnotherOperation',
      },
    };
  }
  return undefined;
}

/** What an operation comes to; 200 in the end, and nothing is put in place of a resource where it fails, unless given. */
interface Course extends Pick<LongOperation, 'verb' | 'onSuccess'>, Partial<Pick<LongOperation, 'onFailure'>> {
  readonly failing: Failing | undefined;
  readonly finalStatus?: number;
  readonly result?: ArmJson;
  /** As recorded; absent: as the clock has it. */
  readonly retryAfter?: number | null;
  /** What it keeps other writes from; the resource unless given. */
  readonly holds?: string;
}

export function begin(job: Job, course: Course): LongOperation {
  const { machine, id, call, provider } = job;
  const { verb, failing, onSuccess, onFailure = null, finalStatus = 200, result = null } = course;
  machine.dirty = true;
  machine.changes?.runs(id);
  const given = machine.newId();
  return machine.operations.start(
    {
      id: machine.wire === 'azure' ? operationName(provider.type, given) : given,
      verb,
      target: id,
      holds: course.holds ?? provider.holds?.(job.id) ?? job.id,
      outcome: failing?.outcome ?? 'Succeeded',
      error: failing?.error ?? null,
      onSuccess,
      onFailure,
      finalStatus,
      result,
    },
    machine.now(),
    {
      patient: /^azurecli|azsdk-python/i.test(call.request.headers['user-agent'] ?? ''),
      ...(course.retryAfter === undefined ? {} : { retryAfter: course.retryAfter }),
    },
  );
}

function operationUrl(
  { machine, provider, call, id }: Job,
  operation: LongOperation,
  kind: 'status' | 'result',
): string {
  const { request, address, apiVersion } = call;
  const subscription = address.subscription ?? machine.store.subscriptions()[0] ?? '';
  const { origin } = request;
  if (machine.wire === 'azure') {
    const now = machine.now().getTime();
    return operationAddress(
      { origin, type: provider.type, id, subscription, apiVersion, operation: operation.id, now },
      kind,
    );
  }
  const word = kind === 'status' ? 'operations' : 'operationResults';
  return `${origin}/subscriptions/${subscription}/providers/${address.namespace ?? 'Microsoft.Resources'}/locations/westeurope/${word}/${operation.id}?api-version=${apiVersion}`;
}

export const asyncHeader = (job: Job, operation: LongOperation): Record<string, string> => ({
  'azure-asyncoperation': operationUrl(job, operation, 'status'),
});

export const locationHeader = (job: Job, operation: LongOperation): Record<string, string> => ({
  location: operationUrl(job, operation, 'result'),
});

export const retryHeader = ({ machine, provider }: Job, { retryAfter }: LongOperation): Record<string, string> =>
  retryAfter === null
    ? {}
    : { 'retry-after': String(machine.wire === 'azure' ? retryAfter : Math.max(retryAfter, provider.leastWait ?? 0)) };

export function checkBusy(job: Job): void {
  const { machine, provider, id } = job;
  const running = machine.operations.holding(provider.holds?.(id) ?? id);
  if (running === undefined) return;
  const isNetwork = fold(provider.type).startsWith('microsoft.network/');
  if (machine.wire === 'azure' && isNetwork && !sameId(running.target, id)) throw busyWith(running);
  throw inProgress(operationUrl(job, running, 'status'));
}
