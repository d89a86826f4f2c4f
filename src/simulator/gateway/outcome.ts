// What a write leaves and shows, whatever it is answered with: the states that it passes through, what a fault breaks of it, its etag.
import type { Fault } from '../faults/faults.ts';
import { type ArmObject, at, clone, isObject, object, put, stringifyJson, text } from '../json.ts';
import { setFirst } from '../providers/documents.ts';
import type { Later } from '../providers/provider.ts';
import { type GatewayResponse, ok } from './answer.ts';
import type { Job } from './job.ts';
import type { Machine } from './machine.ts';

/** The fault of an answer that says Failed with status 200; `failed-applied`: of a change that was made all the same. */
export function failedInBody({ machine, id, fault }: Job, next: ArmObject): GatewayResponse {
  if (fault?.argument === 'failed-applied') {
    machine.store.set(id, next);
    machine.dirty = true;
  }
  const error = {
    code: 'NetworkAclsValidationFailure',
    message: 'Validation of network acls failure: the change was not applied.',
  };
  return ok(object({ status: 'Failed', error }));
}

/** What an operation that failed leaves: nothing of the change, all of it (`applied`), or the first part (`partly`). */
export function brokenBy(fault: Fault | undefined, before: ArmObject | undefined, next: ArmObject): ArmObject {
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
export const laterAs = (fault: Fault | undefined, machine: Machine): Later =>
  fault?.name === 'late' ? (body) => machine.later(body, Number(fault.argument)) : (body) => machine.later(body);

/** What a loaded state says of its etag may hold letters that no header can carry. */
export function etagHeader(body: ArmObject | undefined): Record<string, string> {
  const etag = text(body, 'etag');
  return etag === undefined || !/^[\t\x20-\x7e]*$/.test(etag) ? {} : { etag };
}

export function shown(job: Pick<Job, 'provider' | 'call'>, body: ArmObject): ArmObject {
  return job.provider.show?.(job.call, clone(body)) ?? body;
}

export function propertiesOf(body: ArmObject): ArmObject {
  const found = at(body, 'properties');
  if (isObject(found)) return found;
  const made: ArmObject = new Map();
  put(body, 'properties', made);
  return made;
}

export function withState(body: ArmObject, state: string): ArmObject {
  const copy = clone(body);
  setFirst(propertiesOf(copy), 'provisioningState', state);
  return copy;
}
