// A plan as its requests, one after another on what the ones before leave, so that other tools can carry it out.
// A step that the other tool cannot express is reported, and so is what must not be done without it. Sends nothing.

import { type Change, isDeferred } from '../model/change.ts';
import { applyEdit, applyEdits, compareEdit, type Edit, EditConflict } from '../model/edit.ts';
import { isObject } from '../model/json.ts';
import type { Plan, Step } from '../model/plan.ts';
import type { Resource } from '../model/resource.ts';
import { groupIdOf, nameInParent, sameId, typeOf } from '../model/resource-id.ts';
import { cutSecret, holdsCut } from '../model/secrets.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { resourceTypeOf } from '../resource-types/index.ts';
import type { WriteRequest } from '../resource-types/resource-type.ts';
import { fittedTo } from './deferred.ts';
import { applyChange, resourceIn } from './simulate.ts';
import { sameWhole } from './whole.ts';

/** What the means know: command lines, resources put as a whole, or requests as they are. */
export type RequestText = 'lines' | 'wholes' | 'requests';

export interface Requested {
  readonly step: Step;
  /** A sentence where the step is not among them, and whether it is because Azure shows it done. */
  readonly request: WriteRequest | { readonly why: string; readonly done: boolean };
}

export interface Requests {
  readonly steps: readonly Requested[];
  /** Settings that are not what the plan found, named: then none of it holds. */
  readonly moved: readonly string[];
}

export function requestsOf(plan: Plan, snapshot: Snapshot, speech: RequestText): Requests {
  let seen = snapshot;
  const moved: string[] = [];
  const missing: Step[] = [];
  const steps = plan.steps.map((step): Requested => {
    const change = isDeferred(step.change) ? fittedTo(step.change, seen, snapshot) : step.change;
    const current = resourceIn(seen, change.resource);
    const stands = standsTo(change, current);
    const leave = (why: string, done = false): Requested => {
      if (!done) missing.push(step);
      return { step, request: { why, done } };
    };
    if (stands.state === 'applied') return leave('No changes needed.', true);
    if (isDeferred(change) && current === undefined)
      return leave('Its resource is created by a step that is not included.');
    if (stands.state === 'moved') {
      if (missing.some((one) => sameId(one.change.resource, change.resource)))
        return leave('It depends on a step that is not included.');
      moved.push(`${nameInParent(change.resource)}${stands.pointer}`);
      return leave('The resource has changed since the plan was made.');
    }
    if (restricts(step, missing))
      return leave('It restricts access that a step that is not included must allow first.');
    const sent = resourceTypeOf(typeOf(change.resource)).write(stands.pending, current ?? null);
    if (typeof sent === 'string') return leave(sent);
    if (isDeferred(change) && speech !== 'lines')
      return leave(
        `A ${speech === 'wholes' ? 'template' : 'request'} must name the resource, and Azure assigns this name when the resource is created.`,
      );
    const request =
      speech === 'wholes' ? wholeOf(stands.pending, sent, current) : speech === 'lines' ? lineOf(step, sent) : sent;
    if (typeof request === 'string') return leave(request);
    if (speech === 'lines' ? step.az.includes(cutSecret) : holdsCut(request.body ?? undefined))
      return leave('It would send a secret that Bastide does not keep.');
    if (speech === 'wholes' && groupIdOf(change.resource) === undefined)
      return leave('Its scope is above resource groups.');
    seen = applyChange(seen, stands.pending);
    return { step, request };
  });
  return { steps, moved };
}

/** Access is restricted last, and only where everything that this depends on is done. */
const restricts = ({ phase, needs, change }: Step, missing: readonly Step[]): boolean =>
  phase === 5 &&
  missing.some(
    (one) =>
      sameId(one.change.resource, change.resource) ||
      one.findings.some((id) => needs.includes(id.slice(0, id.indexOf('@')))),
  );

type Stands =
  | { readonly state: 'ready'; readonly pending: Change }
  | { readonly state: 'applied' }
  | { readonly state: 'moved'; readonly pointer: string };

/** The state of the existing resource relative to the change. */
function standsTo(change: Change, current: Resource | undefined): Stands {
  const kind = resourceTypeOf(typeOf(change.resource));
  if (change.kind === 'delete') return current ? { state: 'ready', pending: change } : { state: 'applied' };
  if (change.kind === 'create') {
    if (current === undefined) return { state: 'ready', pending: change };
    return sameWhole(change, current, kind) ? { state: 'applied' } : { state: 'moved', pointer: '' };
  }
  if (current === undefined) return { state: 'moved', pointer: '' };
  let body: Resource['body'] = current.body;
  const pending: Edit[] = [];
  for (const edit of change.edits) {
    const { state } = compareEdit(body, edit, kind.same);
    if (state === 'moved') return { state, pointer: edit.pointer };
    if (state === 'applied') continue;
    pending.push(edit);
    try {
      const after = applyEdit(body, edit);
      if (isObject(after)) body = after;
    } catch (error) {
      if (error instanceof EditConflict) return { state: 'moved', pointer: edit.pointer };
      throw error;
    }
  }
  return pending.length === 0 ? { state: 'applied' } : { state: 'ready', pending: { ...change, edits: pending } };
}

const lineOf = (step: Step, request: WriteRequest): WriteRequest | string =>
  step.az === '' ? 'The Azure CLI has no command for it.' : request;

function wholeOf(change: Change, request: WriteRequest, current: Resource | undefined): WriteRequest | string {
  if (request.method === 'PUT') return request;
  if (request.method === 'DELETE') return 'A template does not delete resources.';
  if (request.method === 'POST') return 'A template cannot run an action.';
  const { toTemplatePut: whole, label } = resourceTypeOf(typeOf(change.resource));
  const after = current && applyEdits(current.body, change.edits);
  return (isObject(after) ? whole?.(after, request) : undefined) ?? `The template form of a ${label} is not known.`;
}
