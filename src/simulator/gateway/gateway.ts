// The gateway of ARM: the checks that every request passes before any provider sees it, in ARM's order, and
// then the verb. It must not know a single provider.
import { type Fault, recordFaultOf } from '../faults/faults.ts';
import { behindBy, formerList, formerOf } from '../faults/stale.ts';
import { clone, stringifyJson } from '../json.ts';
import { armRoutes, providerOfType } from '../providers/index.ts';
import type { ProviderCall, ProviderType } from '../providers/provider.ts';
import { type ChangeCause, operationName, targetOf } from '../resource-graph/changes.ts';
import { idOf } from '../store/store.ts';
import { type Address, addressOf, fold, nameOf, parentOf } from './address.ts';
import { refuseAmbiguity } from './ambiguity.ts';
import { ArmError, answerOf, type GatewayResponse, gatewayError, ok } from './answer.ts';
import { requireAction, requireUnlocked } from './authorization.ts';
import type { Job } from './job.ts';
import type { Machine } from './machine.ts';
import { answerOperation } from './operations.ts';
import { etagHeader, shown } from './outcome.ts';
import { page } from './paging.ts';
import { type GatewayRequest, parameter } from './request.ts';
import { addressOfRequest, bodyOf, checkParent, checkScopes, parentPath, unknownPath } from './request-checks.ts';
import { throttled, withRates } from './throttle.ts';
import { callerOf, checkToken } from './token.ts';
import { answerUnseen } from './unseen.ts';
import { badVersion, isServed, missingVersion } from './versions.ts';
import { inProgress, notFound } from './write-checks.ts';
import { carryOut, deleteResource, findOut, patchResource, putResource } from './writes.ts';

const verbs = ['GET', 'HEAD', 'PUT', 'PATCH', 'POST', 'DELETE'];

/** Answers one ARM request. Expected refusals come back as answers, never as exceptions. */
export function answerArm(machine: Machine, request: GatewayRequest, fault: Fault | undefined): GatewayResponse {
  const { identity, throttle } = machine;
  return refusing(() => {
    const principal = checkToken(machine, request);
    const taken = throttle.take(request, principal, machine.now().getTime());
    const answer = refusing(() => {
      if (taken.retryAfter !== undefined) throw throttled(request, principal, identity.tenant, taken.retryAfter);
      if (mayWrite(machine, request)) machine.changes?.open();
      return handle(machine, request, fault);
    });
    if (machine.dirty) machine.changes?.close();
    return withRates(answer, taken);
  });
}

/** Only a write, or the end of an operation, changes anything. */
const mayWrite = ({ operations }: Machine, { method, path }: GatewayRequest): boolean =>
  (method !== 'GET' && method !== 'HEAD' && !/^\/providers\/microsoft\.resourcegraph\//i.test(path)) ||
  operations.running;

function refusing(answer: () => GatewayResponse): GatewayResponse {
  try {
    return answer();
  } catch (error) {
    if (error instanceof ArmError) return answerOf(error);
    throw error;
  }
}

function handle(machine: Machine, request: GatewayRequest, fault: Fault | undefined): GatewayResponse {
  if (machine.operations.advance(machine.now())) machine.dirty = true;
  const address = addressOfRequest(request);
  const provider = address.type === undefined ? undefined : providerOfType(address.type);
  const apiVersion = parameter(request, 'api-version');
  if (apiVersion === undefined || apiVersion === '') throw missingVersion();
  if (!isServed(apiVersion, address.type, machine.newest)) throw badVersion(apiVersion, address, machine.newest);
  if (!verbs.includes(request.method)) {
    throw gatewayError(
      405,
      'HttpMethodNotSupported',
      `The HTTP method '${request.method}' is not supported at scope '${address.path}'.`,
    );
  }
  const call: ProviderCall = {
    store: machine.store,
    request,
    address,
    apiVersion,
    now: machine.now().toISOString(),
    newId: machine.newId,
    tags: machine.tags,
    send: sender(machine, request),
  };
  const unseen = answerUnseen(machine, call);
  if (unseen) return unseen;
  checkScopes(machine, address);
  if (request.method !== 'GET') machine.changes?.begins(causeOf(request, address.path, fault, machine.newId));
  refuseByFault(call, fault);
  const operation = answerOperation(machine, call);
  if (operation) return operation;
  for (const route of armRoutes) {
    const match = route.path.exec(address.path);
    const handler = match && route.methods[request.method];
    if (match && handler) return handler(machine, call, match.slice(1), () => bodyOf(request));
  }
  if (!provider || address.types.length === 0) throw unknownPath(address);
  return onResource(machine, call, provider, fault);
}

function causeOf(request: GatewayRequest, path: string, fault: Fault | undefined, newId: () => string): ChangeCause {
  const { caller, ...disturbed } = recordFaultOf(fault);
  return {
    target: targetOf(request.method, path),
    caller: { ...callerOf(request, request.deployed === true), ...caller },
    operation: operationName(request.method, path),
    correlationId: request.headers['x-ms-correlation-request-id'] ?? newId(),
    ...disturbed,
  };
}

const preconditions = ['if-match', 'if-none-match'];

function sender(machine: Machine, request: GatewayRequest): ProviderCall['send'] {
  const headers = Object.fromEntries(Object.entries(request.headers).filter(([name]) => !preconditions.includes(name)));
  return (method, id, apiVersion, body) => {
    const path = id.split('/').map(encodeURIComponent).join('/');
    const query = new URLSearchParams({ 'api-version': apiVersion });
    const inner: GatewayRequest = {
      ...request,
      headers,
      deployed: true,
      method,
      path,
      query,
      url: `${path}?${query}`,
      body: stringifyJson(body),
    };
    const answer = refusing(() => handle(machine, inner, undefined));
    machine.operations.finish(id, machine.now());
    return answer;
  };
}

/** What services say while they cannot begin a write. */
const busyMessages: Readonly<Record<string, string>> = {
  StorageAccountOperationInProgress:
    'An operation is currently performing on this storage account that requires exclusive access.',
  StorageAccountIsNotProvisioned:
    "The storage account provisioning state must be 'Succeeded' before executing the operation.",
  Conflict: 'Another operation is pending on this resource. Retry after it has completed.',
};
const busyAs = (code: string): ArmError =>
  new ArmError(409, code, busyMessages[code] ?? `The request conflicts: ${code}.`, { details: [] });

function refuseByFault(call: ProviderCall, fault: Fault | undefined): void {
  if (fault?.name === '409' && fault.argument !== '') throw busyAs(fault.argument);
  if (fault?.name === '409') {
    const subscription = call.address.subscription ?? '';
    throw inProgress(
      `${call.request.origin}/subscriptions/${subscription}/providers/${call.address.namespace ?? 'Microsoft.Resources'}/locations/westeurope/operations/${call.newId()}?api-version=${call.apiVersion}`,
    );
  }
  if (fault?.name === '412') {
    throw new ArmError(
      412,
      'PreconditionFailed',
      `The precondition of the request was not met: ${call.address.path} has changed.`,
      { details: [] },
    );
  }
}

/** The resource the path names, and whether the last segment is a name, a collection or an action. */
function onResource(
  machine: Machine,
  call: ProviderCall,
  provider: ProviderType,
  fault: Fault | undefined,
): GatewayResponse {
  const { address, request } = call;
  const isItem = address.names.length === address.types.length;
  if (!isItem)
    return request.method === 'POST' ? onAction(machine, call, fault) : onCollection(machine, call, provider, fault);
  const stored = machine.store.get(address.path);
  const id = stored ? idOf(stored) : canonicalId(machine, address, provider);
  const name = address.names.at(-1) ?? '';
  const job: Job = { machine, provider, call, id, name, fault };
  checkParent(machine, call, provider);
  switch (request.method) {
    case 'GET':
    case 'HEAD': {
      if (machine.operations.pollResource(id, machine.now())) machine.dirty = true;
      const now = machine.store.get(id) ?? provider.item?.(call);
      const behind = behindBy(machine, fault, call.address.path);
      const body = behind === undefined ? now : formerOf(machine, id, now, behind);
      if (!body) throw notFound(call, provider, address.path);
      requireAction(machine, id, `${provider.type}/read`);
      if (request.method === 'HEAD') return { status: 204 };
      return ok(shown(job, body), 200, etagHeader(body));
    }
    case 'PUT':
    case 'PATCH': {
      if (request.method === 'PATCH' && !stored) throw notFound(call, provider, address.path);
      requireAction(machine, id, `${provider.type}/write`);
      const body = bodyOf(request);
      refuseAmbiguity(body);
      requireUnlocked(machine, id, 'write');
      return request.method === 'PUT' ? putResource(job, body) : patchResource(job, body);
    }
    case 'DELETE':
      requireAction(machine, id, `${provider.type}/delete`);
      requireUnlocked(machine, id, 'delete');
      return deleteResource(job);
    default:
      throw gatewayError(
        405,
        'HttpMethodNotSupported',
        `The HTTP method '${request.method}' is not supported at scope '${address.path}'.`,
      );
  }
}

function onAction(machine: Machine, call: ProviderCall, fault: Fault | undefined): GatewayResponse {
  const { address, request } = call;
  const action = address.types.at(-1) ?? '';
  const owner = [address.namespace, ...address.types.slice(0, -1)].join('/');
  const provider = providerOfType(owner);
  const handler = provider.actions?.[fold(action)];
  const target = address.path.slice(0, address.path.lastIndexOf('/'));
  if (!handler) throw unknownPath(address);
  if (address.types.length > 1 && !machine.store.get(target)) {
    throw notFound({ ...call, address: addressOf(target) }, provider, target);
  }
  requireAction(machine, target, `${provider.type}/${action}/action`);
  requireUnlocked(machine, target, 'write');
  const body = request.body === '' ? undefined : bodyOf(request);
  const done = handler({ ...call, address: addressOf(target) }, body);
  if ('status' in done) return done;
  const id = 'target' in done ? done.target : target;
  const job: Job = { machine, provider, call, id, name: nameOf(id), fault };
  return 'target' in done ? carryOut(job, done) : findOut(job, done);
}

function onCollection(
  machine: Machine,
  call: ProviderCall,
  provider: ProviderType,
  fault: Fault | undefined,
): GatewayResponse {
  const { address, request, store } = call;
  if (request.method !== 'GET') {
    throw gatewayError(
      405,
      'HttpMethodNotSupported',
      `The HTTP method '${request.method}' is not supported at scope '${address.path}'.`,
    );
  }
  checkParent(machine, call, provider);
  const scope = address.types.length > 1 ? parentPath(address) : address.scope;
  requireAction(machine, scope, `${provider.type}/read`);
  const behind = behindBy(machine, fault, address.path);
  const stored = store.ofType(provider.type, scope);
  const bodies = behind === undefined ? stored : formerList(machine, stored, address.path, behind);
  const items = provider.items?.(call) ?? bodies.map((body) => provider.show?.(call, clone(body)) ?? body);
  return isAnswer(items) ? items : page(call, items, machine.paging);
}

function isAnswer(items: readonly unknown[] | GatewayResponse): items is GatewayResponse {
  return !Array.isArray(items);
}

/** The id a new resource gets: existing scopes and known types as they are spelt already, its own name as the caller says. */
function canonicalId(machine: Machine, address: Address, provider: ProviderType): string {
  const name = address.names.at(-1) ?? '';
  const scope = machine.store.get(address.types.length > 1 ? parentOf(address.path) : address.scope);
  const last = provider.type.slice(provider.type.lastIndexOf('/') + 1);
  if (address.types.length > 1) return `${scope ? idOf(scope) : parentOf(address.path)}/${last}/${name}`;
  return `${scope ? idOf(scope) : address.scope}/providers/${provider.type}/${name}`;
}
