// PUT, PATCH and DELETE of any type: what the type makes of the body, the three clocks, and the answers with or without
// a long operation (docs/reference/retries.md). It must not know a single provider.
import type { Fault } from '../faults/faults.ts';
import { keepFormer } from '../faults/stale.ts';
import { type ArmObject, at, clone, isObject, object, put, stringifyJson, text } from '../json.ts';
import { refuseByPolicy } from '../policy/evaluate.ts';
import { mergeDocument, replaceDocument, setFirst } from '../providers/documents.ts';
import type { ActionResult, Deed, Later, Long, Write } from '../providers/provider.ts';
import { fold } from './address.ts';
import { type GatewayResponse, ok } from './answer.ts';
import { requireLinked } from './authorization.ts';
import { asyncHeader, begin, checkBusy, failureOf, locationHeader, retryHeader } from './begin.ts';
import type { Job } from './job.ts';
import { type Machine, removeResource } from './machine.ts';
import { checkLocation, checkPreconditions, checkShape, notAllowed, notFound } from './write-checks.ts';

export function putResource(job: Job, body: ArmObject): GatewayResponse {
  const { machine, provider, id } = job;
  if (provider.allows?.put === false) throw notAllowed(job);
  checkShape(provider, body);
  const before = machine.store.get(id);
  checkPreconditions(job, before, true);
  checkLocation(job, before, body);
  checkBusy(job);
  const write: Write = { ...job.call, id, before, body };
  const made = provider.replace?.(write) ?? replaceDocument(before, body);
  const next = finish(job, write, named(job, made, before));
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
  checkPreconditions(job, before, false);
  checkLocation(job, before, body);
  checkBusy(job);
  const write = { ...job.call, id, before, body };
  const next = finish(job, write, provider.merge?.(write) ?? mergeDocument(before, body));
  return commit(job, 'PATCH', before, next, provider.long?.patch ?? 'none', 200);
}

export function deleteResource(job: Job): GatewayResponse {
  const { machine, provider, id } = job;
  if (provider.allows?.delete === false) throw notAllowed(job);
  const before = machine.store.get(id);
  if (!before) return { status: 204 };
  checkPreconditions(job, before, false);
  checkBusy(job);
  provider.mayDelete?.({ ...job.call, id, before });
  keepFormer(machine, id, before);
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
  requireLinked(machine, { scope: id, action: `${provider.type}/write` }, provider.links?.(next) ?? []);
  return next;
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
  if (fault?.name === 'body') {
    if (fault.argument === 'failed-applied') {
      machine.store.set(id, next);
      machine.dirty = true;
    }
    const error = {
      code: 'NetworkAclsValidationFailure',
      message: 'Validation of network acls failure: the change was not applied.',
    };
    return ok(object({ status: 'Failed', error }));
  }
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

/** What an operation that failed leaves: nothing of the change, all of it (`applied`), or the first part (`partly`). */
function brokenBy(fault: Fault | undefined, before: ArmObject | undefined, next: ArmObject): ArmObject {
  if (before === undefined || fault?.argument === 'applied') return next;
  return fault?.argument === 'partly' ? firstOf(before, next) : before;
}

/** The object with the first of its differences made. */
function firstOf(before: ArmObject, next: ArmObject): ArmObject {
  const made = clone(before);
  for (const [name, value] of next) {
    const old = before.get(name);
    if (name === 'etag' || name === 'provisioningState') continue;
    if (old !== undefined && stringifyJson(old) === stringifyJson(value)) continue;
    if (isObject(old) && isObject(value)) made.set(name, firstOf(old, value));
    else if (Array.isArray(old) && Array.isArray(value) && value.length > old.length + 1) {
      made.set(name, value.slice(0, old.length + 1));
    } else made.set(name, value);
    return made;
  }
  return made;
}

/** `late:N`: what another service makes of this write comes only after so many readings. */
const laterAs = (fault: Fault | undefined, machine: Machine): Later =>
  fault?.name === 'late' ? (body) => machine.later(body, Number(fault.argument)) : (body) => machine.later(body);

/**
 * The service answers some writes with 202 every time. Microsoft's library for Python relies on it: it reads the body of a 200
 * twice, and the second time the member that tells one kind of document from another is gone.
 */
function needsLocation({ call, provider }: Job): boolean {
  return provider.always202 === true && /azsdk-python/i.test(call.request.headers['user-agent'] ?? '');
}

/** What a loaded state says of its etag may hold letters that no header can carry. */
export function etagHeader(body: ArmObject | undefined): Record<string, string> {
  const etag = text(body, 'etag');
  return etag === undefined || !/^[\t\x20-\x7e]*$/.test(etag) ? {} : { etag };
}

export function shown(job: Pick<Job, 'provider' | 'call'>, body: ArmObject): ArmObject {
  return job.provider.show?.(job.call, clone(body)) ?? body;
}

function propertiesOf(body: ArmObject): ArmObject {
  const found = at(body, 'properties');
  if (isObject(found)) return found;
  const made: ArmObject = new Map();
  put(body, 'properties', made);
  return made;
}

function withState(body: ArmObject, state: string): ArmObject {
  const copy = clone(body);
  setFirst(propertiesOf(copy), 'provisioningState', state);
  return copy;
}

function named(job: Job, body: ArmObject, before: ArmObject | undefined): ArmObject {
  if (before) return body;
  const rest = [...body].filter(([name]) => !['id', 'name', 'type'].includes(fold(name)));
  return new Map([['id', job.id], ['name', job.name], ['type', job.provider.type], ...rest]);
}
