// PUT, PATCH and DELETE of any type: what the type makes of the body, the three clocks, and the answers with or without
// a long operation (docs/reference/retries.md). It must not know a single provider.
import { keepFormer } from '../faults/stale.ts';
import { type ArmObject, clone, object, put, text } from '../json.ts';
import { refuseByPolicy } from '../policy/evaluate.ts';
import { mergeDocument, replaceDocument, setFirst } from '../providers/documents.ts';
import type { ActionResult, Deed, Long, Write } from '../providers/provider.ts';
import { fold } from './address.ts';
import { type GatewayResponse, ok } from './answer.ts';
import { requireLinked } from './authorization.ts';
import { asyncHeader, begin, checkBusy, failureOf, locationHeader, retryHeader } from './begin.ts';
import type { Job } from './job.ts';
import { removeResource } from './machine.ts';
import { brokenBy, etagHeader, failedInBody, laterAs, propertiesOf, shown, withState } from './outcome.ts';
import { announcePrincipals, requirePrincipal } from './principals.ts';
import { commitAsRecorded, deleteAsRecorded, recordedFor, refuseUnmet } from './recorded-writes.ts';
import { callerOf } from './token.ts';
import { checkLocation, checkShape, notAllowed, notFound, unmetPrecondition } from './write-checks.ts';

export function putResource(job: Job, body: ArmObject): GatewayResponse {
  const { machine, provider, id } = job;
  if (provider.allows?.put === false) throw notAllowed(job);
  checkShape(provider, body);
  const before = machine.store.get(id);
  const row = recordedFor(job, 'PUT', before, body);
  const unmet = unmetPrecondition(job, before, true);
  if (unmet) return refuseUnmet(job, 'PUT', unmet, row);
  checkLocation(job, before, body);
  checkBusy(job);
  requirePrincipal(job, body);
  const write: Write = { ...job.call, id, before, body };
  const made = provider.replace?.(write) ?? replaceDocument(before, body);
  const next = finish(job, write, named(job, made, before));
  if (row) return commitAsRecorded(job, { verb: 'PUT', before, next }, row);
  return commit(
    job,
    'PUT',
    before,
    next,
    provider.long?.put ?? 'none',
    before ? (provider.updated ?? 200) : (provider.created ?? 201),
  );
}

export function patchResource(job: Job, body: ArmObject): GatewayResponse {
  const { machine, provider, id } = job;
  if (provider.allows?.patch === false) throw notAllowed(job);
  const before = machine.store.get(id);
  if (!before) throw notFound(job.call, provider, id);
  checkShape(provider, body);
  const row = recordedFor(job, 'PATCH', before, body);
  const unmet = unmetPrecondition(job, before, false);
  if (unmet) return refuseUnmet(job, 'PATCH', unmet, row);
  checkLocation(job, before, body);
  checkBusy(job);
  const write = { ...job.call, id, before, body };
  const next = finish(job, write, provider.merge?.(write) ?? mergeDocument(before, body));
  if (row) return commitAsRecorded(job, { verb: 'PATCH', before, next }, row);
  return commit(job, 'PATCH', before, next, provider.long?.patch ?? 'none', 200);
}

export function deleteResource(job: Job): GatewayResponse {
  const { machine, provider, id } = job;
  if (provider.allows?.delete === false) throw notAllowed(job);
  const before = machine.store.get(id);
  if (!before) return { status: 204 };
  const unmet = unmetPrecondition(job, before, false);
  if (unmet) throw unmet;
  checkBusy(job);
  provider.mayDelete?.({ ...job.call, id, before });
  keepFormer(machine, id, before);
  const row = recordedFor(job, 'DELETE', before);
  if (row) return deleteAsRecorded(job, before, row);
  const failing = failureOf(job.fault);
  const long = provider.long?.delete ?? 'none';
  if (failing === undefined && (machine.operations.instant || long === 'none')) {
    removeResource(machine, id);
    machine.dirty = true;
    return provider.parting ? ok(shown(job, before)) : { status: provider.removed ?? 200 };
  }
  const busy = provider.provisions === false ? undefined : withState(before, 'Deleting');
  const operation = begin(job, {
    verb: 'DELETE',
    failing,
    onSuccess: 'remove',
    onFailure: clone(before),
    finalStatus: 204,
  });
  if (busy) machine.store.set(id, busy);
  return {
    status: 202,
    headers: { ...locationHeader(job, operation), ...asyncHeader(job, operation), ...retryHeader(job, operation) },
  };
}

/** An action that changes a resource: at once, or behind a `Location` that gives its result in the end. */
export function carryOut(job: Job, deed: Deed): GatewayResponse {
  const { machine, provider, id } = job;
  checkBusy(job);
  const failing = failureOf(job.fault);
  if (failing === undefined && machine.operations.instant) {
    machine.store.set(id, deed.next);
    provider.stored?.(machine.store, id, machine.newId, machine.later);
    machine.dirty = true;
    return ok(deed.result);
  }
  const operation = begin(job, { verb: 'POST', failing, onSuccess: deed.next, result: deed.result });
  return { status: 202, headers: { ...locationHeader(job, operation), ...retryHeader(job, operation) } };
}

/** An action that only reads: no caller has to wait for it, and it keeps no other write waiting. */
export function findOut(job: Job, { result }: ActionResult): GatewayResponse {
  const { machine } = job;
  const failing = failureOf(job.fault);
  if (failing === undefined && machine.operations.instant) return ok(result);
  const operation = begin(job, { verb: 'POST', failing, onSuccess: null, result, holds: machine.newId() });
  const headers = { ...locationHeader(job, operation), ...asyncHeader(job, operation), ...retryHeader(job, operation) };
  return { status: 202, headers, body: null };
}

function finish(job: Job, write: Write, made: ArmObject): ArmObject {
  const { machine, provider, id } = job;
  const { apiVersion } = job.call;
  refuseByPolicy(machine.store, { id, type: provider.type, document: made, apiVersion }, machine.note);
  const next = provider.settle?.(write, made) ?? made;
  if (provider.provisions !== false) setFirst(propertiesOf(next), 'provisioningState', 'Succeeded');
  if (provider.signs) put(next, 'systemData', signed(job, write.before));
  requireLinked(machine, { scope: id, action: `${provider.type}/write` }, provider.links?.(next) ?? []);
  announcePrincipals(job, write.before, next);
  return next;
}

/** Of what is made, both times are one (recorded of perimeters, registries and Databricks). */
function signed({ call }: Job, before: ArmObject | undefined): ArmObject {
  const { name, kind } = callerOf(call.request, call.request.deployed === true);
  const [createdBy = name, createdByType = kind] = ['createdBy', 'createdByType'].map((own) =>
    text(before, 'systemData', own),
  );
  const now = call.now.replace(/Z$/, '0000Z');
  const createdAt = text(before, 'systemData', 'createdAt') ?? now;
  const lastModifiedAt = before !== undefined && createdAt === now ? now.replace(/0Z$/, '1Z') : now;
  return object({
    ...{ createdBy, createdByType, createdAt },
    ...{ lastModifiedBy: name, lastModifiedByType: kind, lastModifiedAt },
  });
}

function commit(
  job: Job,
  verb: 'PUT' | 'PATCH',
  before: ArmObject | undefined,
  next: ArmObject,
  long: Long,
  status: number,
): GatewayResponse {
  const { machine, provider, id, fault } = job;
  keepFormer(machine, id, before);
  if (fault?.name === 'body') return failedInBody(job, next);
  const failing = failureOf(fault);
  const isAtOnce = failing === undefined && machine.operations.instant;
  if (isAtOnce && long === 'location' && needsLocation(job)) {
    const operation = begin(job, { verb, failing, onSuccess: next });
    machine.operations.poll(operation, machine.now());
    return { status: 202, headers: { ...locationHeader(job, operation), ...retryHeader(job, operation) } };
  }
  if (isAtOnce || (failing === undefined && long === 'none')) {
    machine.store.set(id, next);
    provider.stored?.(machine.store, id, machine.newId, laterAs(fault, machine));
    machine.dirty = true;
    return ok(shown(job, machine.store.get(id) ?? next), status, etagHeader(machine.store.get(id)));
  }
  if (long === 'location') {
    const left = fault?.argument === '' || before === undefined ? before : brokenBy(fault, before, next);
    const operation = begin(job, { verb, failing, onSuccess: next, onFailure: left ? clone(left) : null });
    if (before) machine.store.set(id, withState(before, provider.changing ?? 'Updating'));
    return { status: 202, headers: { ...locationHeader(job, operation), ...retryHeader(job, operation) } };
  }
  const left = brokenBy(fault, before, next);
  // A type whose updates are no operations knows no state for one that failed.
  const broken = long === 'none' && before ? left : withState(left, 'Failed');
  const kept = long === 'none' && before && fault?.argument !== 'applied' && fault?.argument !== 'partly';
  const operation = begin(job, {
    verb,
    failing,
    onSuccess: clone(next),
    onFailure: kept ? clone(before) : broken,
  });
  const passing = withState(next, before ? (provider.changing ?? 'Updating') : (provider.making ?? 'Creating'));
  machine.store.set(id, passing);
  provider.stored?.(machine.store, id, machine.newId, machine.later);
  return ok(shown(job, machine.store.get(id) ?? passing), status, {
    ...etagHeader(machine.store.get(id)),
    ...asyncHeader(job, operation),
    ...retryHeader(job, operation),
  });
}

/**
 * The service answers some writes with 202 every time. Microsoft's library for Python relies on it: it reads the body of a 200
 * twice, and the second time the member that tells one kind of document from another is gone.
 */
function needsLocation({ call, provider }: Job): boolean {
  return provider.always202 === true && /azsdk-python/i.test(call.request.headers['user-agent'] ?? '');
}

function named(job: Job, body: ArmObject, before: ArmObject | undefined): ArmObject {
  if (before) return body;
  const rest = [...body].filter(([name]) => !['id', 'name', 'type'].includes(fold(name)));
  return new Map([['id', job.id], ['name', job.name], ['type', job.provider.type], ...rest]);
}
