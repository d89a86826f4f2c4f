// Writes answered as Azure was recorded to answer them (wire/recorded.ts). What becomes of the resource is as ever; what differs is
// what the caller is told, and when.
import { keepFormer } from '../faults/stale.ts';
import { type ArmObject, clone } from '../json.ts';
import type { LongOperation } from '../operations/operation.ts';
import {
  type FollowedBy,
  leavesProperties,
  type RecordedAnswer,
  recordedAnswer,
  recordedWait,
  type WriteVerb,
} from '../wire/recorded.ts';
import type { ArmError, GatewayResponse } from './answer.ts';
import { asyncHeader, begin, failureOf, locationHeader, retryHeader } from './begin.ts';
import type { Job } from './job.ts';
import { removeResource } from './machine.ts';
import { brokenBy, etagHeader, failedInBody, laterAs, shown, withState } from './outcome.ts';

/** Undefined where the wire is plain, and where nothing was recorded. */
export function recordedFor(
  { machine, provider, call }: Job,
  verb: WriteVerb,
  before: ArmObject | undefined,
  body?: ArmObject,
): RecordedAnswer | undefined {
  if (machine.wire !== 'azure') return undefined;
  return recordedAnswer({ type: provider.type, verb, apiVersion: call.apiVersion, before, body });
}

/** A precondition that does not hold: refused at once, or by an operation that fails. */
export function refuseUnmet(
  job: Job,
  verb: 'PUT' | 'PATCH',
  unmet: ArmError,
  row: RecordedAnswer | undefined,
): GatewayResponse {
  if (!row?.late) throw unmet;
  const { machine } = job;
  const operation = begin(job, {
    ...{ verb, onSuccess: null, holds: machine.newId(), retryAfter: waitOf(job, row) },
    failing: { outcome: 'Failed', error: { code: unmet.code, message: unmet.message } },
  });
  if (machine.operations.instant) machine.operations.end(operation, machine.now());
  return answerWith(job, row, operation, undefined);
}

interface Course {
  readonly verb: 'PUT' | 'PATCH';
  readonly before: ArmObject | undefined;
  readonly next: ArmObject;
}

export function commitAsRecorded(job: Job, { verb, before, next }: Course, row: RecordedAnswer): GatewayResponse {
  const { machine, provider, id, fault } = job;
  keepFormer(machine, id, before);
  if (fault?.name === 'body') return failedInBody(job, next);
  const failing = failureOf(fault);
  const keep = (): ArmObject => {
    machine.store.set(id, next);
    provider.stored?.(machine.store, id, machine.newId, laterAs(fault, machine));
    machine.dirty = true;
    return machine.store.get(id) ?? next;
  };
  if (failing === undefined && row.followed === 'none') {
    const kept = keep();
    return answerWith(job, row, undefined, row.state === undefined ? kept : withState(kept, row.state));
  }
  const state = before ? (provider.changing ?? 'Updating') : (provider.making ?? 'Creating');
  const isUnchanged = row.settles === true && before !== undefined && leavesProperties(before, next);
  const isOver = failing === undefined && (machine.operations.instant || isUnchanged);
  const operation = begin(job, {
    ...{ verb, failing, retryAfter: isUnchanged ? null : waitOf(job, row) },
    onSuccess: isOver ? null : clone(next),
    onFailure: leftBy(job, before, next, row),
  });
  if (isOver) {
    const kept = keep();
    machine.operations.end(operation, machine.now());
    return answerWith(
      job,
      row,
      operation,
      isUnchanged || provider.provisions === false ? kept : withState(kept, state),
    );
  }
  if (row.body === 'resource') {
    machine.store.set(id, withState(next, state));
    provider.stored?.(machine.store, id, machine.newId, machine.later);
  } else if (before) machine.store.set(id, withState(before, state));
  return answerWith(job, row, operation, machine.store.get(id));
}

/** What is left where the operation fails. */
function leftBy({ fault }: Job, before: ArmObject | undefined, next: ArmObject, row: RecordedAnswer): ArmObject | null {
  const isPart = fault?.argument === 'applied' || fault?.argument === 'partly';
  if (row.body !== 'resource') {
    const left = fault?.argument === '' || before === undefined ? before : brokenBy(fault, before, next);
    return left ? clone(left) : null;
  }
  // A type whose updates are no operations knows no state for one that failed.
  if (row.followed === 'none' && before) return isPart ? brokenBy(fault, before, next) : clone(before);
  return withState(brokenBy(fault, before, next), 'Failed');
}

export function deleteAsRecorded(job: Job, before: ArmObject, row: RecordedAnswer): GatewayResponse {
  const { machine, provider, id } = job;
  const failing = failureOf(job.fault);
  const body = shown(job, row.state === undefined ? before : withState(before, row.state));
  if (failing === undefined && row.followed === 'none') {
    removeResource(machine, id);
    machine.dirty = true;
    return answerWith(job, row, undefined, body);
  }
  const operation = begin(job, {
    ...{ verb: 'DELETE', failing, finalStatus: 204, retryAfter: waitOf(job, row) },
    ...{ onSuccess: 'remove', onFailure: clone(before) },
  });
  if (failing === undefined && machine.operations.instant) machine.operations.end(operation, machine.now());
  else if (provider.provisions !== false) machine.store.set(id, withState(before, 'Deleting'));
  const { status, ...rest } = answerWith(job, row, operation, body);
  return { status: failing === undefined ? status : 202, ...rest };
}

const waitOf = ({ provider, call }: Job, row: RecordedAnswer): number | null =>
  recordedWait(row, provider.type, call.apiVersion);

function answerWith(
  job: Job,
  row: RecordedAnswer,
  operation: LongOperation | undefined,
  resource: ArmObject | undefined,
): GatewayResponse {
  const followed: FollowedBy = operation !== undefined && row.followed === 'none' ? 'async' : row.followed;
  const headers =
    operation === undefined ? {} : { ...placeHeaders(job, operation, followed), ...retryHeader(job, operation) };
  if (row.body === 'none') return { status: row.status, headers };
  if (row.body === 'object' || resource === undefined) return { status: row.status, headers, body: new Map() };
  const etag = row.verb === 'DELETE' ? {} : etagHeader(job.machine.store.get(job.id));
  const body = row.verb === 'DELETE' ? resource : shown(job, resource);
  return { status: row.status, headers: { ...etag, ...headers }, body };
}

function placeHeaders(job: Job, operation: LongOperation, followed: FollowedBy): Record<string, string> {
  return {
    ...(followed === 'location' || followed === 'both' ? locationHeader(job, operation) : {}),
    ...(followed === 'async' || followed === 'both' ? asyncHeader(job, operation) : {}),
  };
}
