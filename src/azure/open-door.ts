// The door itself: reads, lists, permissions, writes and operations over one wire. Everything that Azure says comes in here raw.

import { kindOf } from '../kinds/index.ts';
import type { Beside } from '../kinds/kind.ts';
import { isArray, isObject, type Json, type JsonObject } from '../model/json.ts';
import { member, type Pointer, parsePointer, updateAt, valueAt } from '../model/pointer.ts';
import type { Resource } from '../model/resource.ts';
import { sameId, typeOf } from '../model/resource-id.ts';
import type { Gap, Permission, Source } from '../model/snapshot.ts';
import { ownLink, urlOf } from './address.ts';
import { readAdminRules } from './admin-rules.ts';
import { askDiagnosis } from './diagnosis.ts';
import { findWorkspace } from './discovery.ts';
import type { Door, DoorEvent, ListAnswer, ReadAnswer } from './door.ts';
import { gapOf, gapOfError, gapOfNonsense } from './gaps.ts';
import { interrupted } from './interrupted.ts';
import { askOne } from './live.ts';
import { followOperation } from './operation.ts';
import { getPatiently, type Means, type Patience, patience } from './reading.ts';
import { readServiceTags } from './service-tags.ts';
import type { SignIn } from './sign-in.ts';
import { SingleFile } from './single-file.ts';
import { openWire, type WireAnswer, WireError } from './wire.ts';
import { writeOnce } from './writing.ts';

export interface DoorOptions {
  readonly source: Source;
  /** ARM's address, e.g. `https://management.azure.com`. */
  readonly endpoint: string;
  readonly credential: SignIn;
  /** PEM text of the authority to trust, and only here. */
  readonly ca?: string;
  /** Bastide's version, for the User-Agent. */
  readonly version: string;
  /** Requests under way at once; 8 unless said. */
  readonly inFlight?: number;
  readonly patience?: Partial<Patience>;
  /** Tests hand in a shorter one. Rejects when the signal fires. */
  sleep?(ms: number, signal?: AbortSignal): Promise<void>;
  random?(): number;
}

const mostPages = 1000;
const permissionsVersion = '2022-04-01';

/** Opens the door. Nothing is loaded, sent or signed in before the first call that needs it. */
export function openDoor(options: DoorOptions): Door {
  const { endpoint, credential } = options;
  const listeners = new Set<(event: DoorEvent) => void>();
  let requests = 0;
  const say = (event: DoorEvent): void => {
    if (event.kind === 'request') requests += 1;
    for (const listener of listeners) listener(event);
  };
  const stopListening = credential.onEvent(say);
  const means: Means = {
    wire: openWire({
      endpoint,
      credential,
      ca: options.ca,
      version: options.version,
      inFlight: options.inFlight ?? 8,
      say,
    }),
    patience: { ...patience, ...options.patience },
    line: new SingleFile(),
    sleep: options.sleep ?? pause,
    random: options.random ?? Math.random,
    say,
  };

  const list: Door['list'] = (collection, asked) => listAll(means, endpoint, collection, asked);
  return {
    source: options.source,
    findWorkspace: (selector, signal) => findWorkspace({ list }, selector, signal),
    identity: (signal) => credential.identity(signal),
    read: (id, asked = {}) => readOne(means, endpoint, id, asked),
    list,
    report: (path, signal) => reportAt(means, endpoint, path, signal),
    adminRules: (network, signal) => readAdminRules(means, endpoint, network, signal),
    permissions: (scope, signal) => permissionsAt(means, endpoint, scope, signal),
    serviceTags: (place, signal) => readServiceTags(means, endpoint, { ...place, ...(signal ? { signal } : {}) }),
    ask: (question, signal) => askOne(means, endpoint, question, signal),
    diagnose: (workspace, signal) => askDiagnosis(means, endpoint, workspace, signal),
    write: (request, signal) => writeOnce(means, endpoint, request, signal),
    follow: (operation, following) => followOperation(means, endpoint, operation, following),
    get counts() {
      return { requests, tokens: credential.tokens };
    },
    onEvent(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async close() {
      stopListening();
      listeners.clear();
    },
  };
}

async function readOne(
  means: Means,
  endpoint: string,
  id: string,
  asked: { readonly apiVersion?: string; readonly signal?: AbortSignal },
): Promise<ReadAnswer> {
  const kind = kindOf(typeOf(id));
  const apiVersion = asked.apiVersion ?? kind.apiVersion;
  const url = urlOf(endpoint, id, apiVersion);
  if (url === undefined) return { ok: false, gap: gapOfNonsense(id, kind.type, 'the id is not a path') };
  const answer = await answerOrGap(means, url, id, kind.type, asked.signal);
  if ('reason' in answer) return { ok: false, gap: answer };
  if (!isObject(answer.body)) return { ok: false, gap: gapOfNonsense(id, kind.type, 'it is not a JSON object') };
  const resource = resourceOf(answer.body, id, kind.type, apiVersion, answer.header('etag'));
  if (asked.apiVersion !== undefined || kind.beside === undefined) return { ok: true, resource };
  const other = await besideOf(means, endpoint, id, kind.type, kind.beside, asked.signal);
  if ('reason' in other) return { ok: true, resource, gap: other };
  return { ok: true, resource: { ...resource, body: withMembers(resource.body, other.body, kind.beside.members) } };
}

/** The resource at the api-version that shows what the other does not. */
async function besideOf(
  means: Means,
  endpoint: string,
  id: string,
  type: string,
  { apiVersion, gap }: Beside,
  signal?: AbortSignal,
): Promise<WireAnswer | Gap> {
  const url = urlOf(endpoint, id, apiVersion);
  if (url === undefined) return gapOfNonsense(`${id}${gap}`, type, 'the id is not a path');
  const answer = await answerOrGap(means, url, `${id}${gap}`, type, signal);
  if ('reason' in answer || isObject(answer.body)) return answer;
  return gapOfNonsense(`${id}${gap}`, type, 'it is not a JSON object');
}

/** The body with the members that only the other answer shows; one that both show is left as it is. */
function withMembers(body: JsonObject, other: Json | undefined, members: readonly Pointer[]): JsonObject {
  return members.reduce<JsonObject>((made, pointer) => {
    const value = valueAt(other, pointer);
    if (value === undefined || valueAt(made, pointer) !== undefined) return made;
    const put = updateAt(made, parsePointer(pointer), () => value);
    return isObject(put) ? put : made;
  }, body);
}

async function listAll(
  means: Means,
  endpoint: string,
  collection: string,
  asked: Parameters<Door['list']>[1],
): Promise<ListAnswer> {
  const items = await allPages(means, endpoint, collection, asked);
  if ('reason' in items) return { ok: false, gap: items };
  const resources = items.flatMap((item) => {
    const id = member(item, 'id');
    return typeof id === 'string' ? [resourceOf(item, id, asked.type, asked.apiVersion)] : [];
  });
  return { ok: true, resources };
}

/** Every item of a list, page after page; a gap when one of them was not given. */
async function allPages(
  means: Means,
  endpoint: string,
  collection: string,
  asked: Parameters<Door['list']>[1],
): Promise<readonly JsonObject[] | Gap> {
  const items: JsonObject[] = [];
  const seen = new Set<string>();
  const nonsense = (what: string): Gap => gapOfNonsense(collection, asked.type, what);
  let url = urlOf(endpoint, collection, asked.apiVersion, asked.query);
  if (url === undefined) return nonsense('the path is not one');
  while (url !== undefined) {
    if (seen.has(url) || seen.size >= mostPages) return nonsense('its pages never end');
    seen.add(url);
    const answer = await answerOrGap(means, url, collection, asked.type, asked.signal);
    if ('reason' in answer) return answer;
    const page = pageOf(answer.body);
    if (page === undefined) return nonsense('it is not a list');
    items.push(...page.items);
    if (page.next === undefined) return items;
    url = ownLink(endpoint, page.next, asked.apiVersion);
    if (url === undefined) return nonsense('its next page lies at another origin');
  }
  return items;
}

async function reportAt(means: Means, endpoint: string, path: string, signal?: AbortSignal): Promise<ReadAnswer> {
  const { type, apiVersion } = kindOf(typeOf(path));
  const items = await allPages(means, endpoint, path, { type, apiVersion, ...(signal ? { signal } : {}) });
  if ('reason' in items) return { ok: false, gap: items };
  return { ok: true, resource: { id: path, type, apiVersion, body: { id: path, value: items } } };
}

async function permissionsAt(
  means: Means,
  endpoint: string,
  scope: string,
  signal?: AbortSignal,
): Promise<Permission | Gap> {
  const type = 'Microsoft.Authorization/permissions';
  const items = await allPages(means, endpoint, `${scope}/providers/${type}`, {
    type,
    apiVersion: permissionsVersion,
    ...(signal ? { signal } : {}),
  });
  if ('reason' in items) return items;
  // Several roles add up: each with its own notActions, so a set of one role's exceptions must not weaken another's.
  const texts = (item: JsonObject, name: string): string[] => {
    const value = member(item, name);
    return isArray(value) ? value.filter((one) => typeof one === 'string') : [];
  };
  const roles = items.map((item) => ({ actions: texts(item, 'actions'), notActions: texts(item, 'notActions') }));
  return {
    scope,
    actions: roles.flatMap((role) => role.actions),
    notActions: roles.flatMap((role) => role.notActions.filter((no) => !allowedElsewhere(no, role, roles))),
  };
}

type Role = { readonly actions: readonly string[]; readonly notActions: readonly string[] };
function allowedElsewhere(action: string, own: Role, roles: readonly Role[]): boolean {
  const covers = (pattern: string): boolean =>
    new RegExp(
      `^${pattern
        .split('*')
        .map((part) => part.replace(/[.\\/+?^${}()|[\]]/g, '\\$&'))
        .join('.*')}$`,
      'i',
    ).test(action);
  return roles.some((role) => role !== own && role.actions.some(covers) && !role.notActions.some(covers));
}

async function answerOrGap(
  means: Means,
  url: string,
  id: string,
  type: string,
  signal?: AbortSignal,
): Promise<WireAnswer | Gap> {
  try {
    const answer = await getPatiently(means, url, signal);
    return answer.status === 200 ? answer : gapOf(id, type, answer);
  } catch (error) {
    if (error instanceof WireError) return gapOfError(id, type, error);
    throw error;
  }
}

function pageOf(body: Json | undefined): { items: JsonObject[]; next: string | undefined } | undefined {
  const value = isArray(body) ? body : isObject(body) ? member(body, 'value') : undefined;
  if (!isArray(value)) return undefined;
  const next = isObject(body) ? member(body, 'nextLink') : undefined;
  return { items: value.filter(isObject), next: typeof next === 'string' && next !== '' ? next : undefined };
}

function resourceOf(body: JsonObject, id: string, type: string, apiVersion: string, header?: string): Resource {
  const own = member(body, 'id');
  const shown = member(body, 'etag');
  const etag = typeof shown === 'string' && shown !== '' ? shown : header;
  return {
    id: typeof own === 'string' && sameId(own, id) ? own : id,
    type,
    apiVersion,
    body,
    ...(etag === undefined ? {} : { etag }),
  };
}

/** Waits; rejects as interrupted when the signal fires. */
export function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(interrupted());
    const stop = (): void => {
      clearTimeout(timer);
      reject(interrupted());
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop);
      resolve();
    }, ms);
    signal?.addEventListener('abort', stop, { once: true });
  });
}
