// Long operations as a write begins them: what will come of it, the headers that tell where to ask, and that nothing else may be
// begun meanwhile. How one is asked after is in operations.ts.
import type { Fault } from '../faults/faults.ts';
import type { ArmJson } from '../json.ts';
import type { LongOperation } from '../operations/operation.ts';
import type { Job } from './job.ts';
import { inProgress } from './write-checks.ts';

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
  /** What it keeps other writes from; the resource unless given. */
  readonly holds?: string;
}

export function begin(job: Job, course: Course): LongOperation {
  const { machine, id, call } = job;
  const { verb, failing, onSuccess, onFailure = null, finalStatus = 200, result = null } = course;
  machine.dirty = true;
  machine.changes?.runs(id);
  return machine.operations.start(
    {
      id: machine.newId(),
      verb,
      target: id,
      holds: course.holds ?? job.provider.holds?.(job.id) ?? job.id,
      outcome: failing?.outcome ?? 'Succeeded',
      error: failing?.error ?? null,
      onSuccess,
      onFailure,
      finalStatus,
      result,
    },
    machine.now(),
    { patient: /^azurecli|azsdk-python/i.test(call.request.headers['user-agent'] ?? '') },
  );
}

function operationUrl(job: Job, operation: LongOperation, word: string): string {
  const { request, address, apiVersion } = job.call;
  const subscription = address.subscription ?? job.machine.store.subscriptions()[0] ?? '';
  const location = 'westeurope';
  return `${request.origin}/subscriptions/${subscription}/providers/${address.namespace ?? 'Microsoft.Resources'}/locations/${location}/${word}/${operation.id}?api-version=${apiVersion}`;
}

export const asyncHeader = (job: Job, operation: LongOperation): Record<string, string> => ({
  'azure-asyncoperation': operationUrl(job, operation, 'operations'),
});

export const locationHeader = (job: Job, operation: LongOperation): Record<string, string> => ({
  location: operationUrl(job, operation, 'operationResults'),
});

export const retryHeader = ({ provider }: Job, operation: LongOperation): Record<string, string> =>
  operation.retryAfter === null
    ? {}
    : { 'retry-after': String(Math.max(operation.retryAfter, provider.leastWait ?? 0)) };

export function checkBusy(job: Job): void {
  const { machine, provider, id } = job;
  const running = machine.operations.holding(provider.holds?.(id) ?? id);
  if (running) throw inProgress(operationUrl(job, running, 'operations'));
}
