// Resources and lists as Azure gives them: raw, whole, page after page; what was refused or is not valid is a read failure.

import { showsMember, versionsShowing } from '../model/api-versions.ts';
import { isArray, isObject, type Json, type JsonObject } from '../model/json.ts';
import { member, type Pointer, parsePointer, updateAt, valueAt } from '../model/pointer.ts';
import type { Resource } from '../model/resource.ts';
import { fold, isNamed, nameOf, sameId, typeOf } from '../model/resource-id.ts';
import type { ReadFailure } from '../model/snapshot.ts';
import { clean } from '../model/text.ts';
import { resourceTypeOf } from '../resource-types/index.ts';
import type { ExtraMembers } from '../resource-types/resource-type.ts';
import { ownLink, urlOf } from './address.ts';
import { largestList, listTooLarge } from './answer-limits.ts';
import type { ArmClient, ListAnswer, ReadAnswer } from './arm-client.ts';
import { readFailureOf, readFailureOfError, readFailureOfMalformed } from './read-failures.ts';
import { getWithRetries, type ReadContext } from './reading.ts';
import { type TransportAnswer, TransportError } from './transport.ts';
import { isUnknownVersion } from './versions-in-use.ts';

const mostPages = 1000;

export async function readOne(
  context: ReadContext,
  endpoint: string,
  id: string,
  { signal }: { readonly signal?: AbortSignal },
): Promise<ReadAnswer> {
  const kind = resourceTypeOf(typeOf(id));
  const found = await answered(context, kind.type, id, (version) => urlOf(endpoint, id, version), signal);
  if ('reason' in found) return { ok: false, gap: found };
  const { answer, apiVersion } = found;
  const wrong = wrongIn(answer, id);
  if (wrong !== undefined) return { ok: false, gap: readFailureOfMalformed(id, kind.type, wrong) };
  const resource = resourceOf(answer.body as JsonObject, id, kind.type, apiVersion, answer.header('etag'));
  const extra = (kind.extraMembers ?? []).filter(
    ({ members, when }) =>
      (when?.(resource.body) ?? true) && !members.every((pointer) => showsMember(kind.type, pointer, apiVersion)),
  );
  const others = await Promise.all(
    extra.map(async (one) => ({
      members: one.members,
      other: await besideOf(context, endpoint, id, kind.type, one, signal),
    })),
  );
  const gaps = others.flatMap(({ other }) => ('reason' in other ? [other] : []));
  const body = others.reduce(
    (made, { members, other }) => ('reason' in other ? made : withMembers(made, other.body, members)),
    resource.body,
  );
  return { ok: true, resource: { ...resource, body }, ...(gaps.length > 0 ? { gaps } : {}) };
}

/** The resource at an api-version that shows what the other does not. */
async function besideOf(
  context: ReadContext,
  endpoint: string,
  id: string,
  type: string,
  { gap, members }: ExtraMembers,
  signal?: AbortSignal,
): Promise<TransportAnswer | ReadFailure> {
  const [hidden = ''] = members;
  let refused: ReadFailure = readFailureOfMalformed(`${id}${gap}`, type, 'no api-version shows it');
  for (const version of versionsShowing(type, hidden)) {
    const url = urlOf(endpoint, id, version);
    if (url === undefined) return readFailureOfMalformed(`${id}${gap}`, type, 'the id is not a path');
    const answer = await answerOrGap(context, url, `${id}${gap}`, type, signal);
    if (!('reason' in answer)) {
      const wrong = wrongIn(answer, id);
      return wrong === undefined ? answer : readFailureOfMalformed(`${id}${gap}`, type, wrong);
    }
    refused = answer;
    if (!isUnknownVersion(answer.code)) break;
  }
  return refused;
}

/** Why an answer is not the resource that was asked for. A body says which one it is by its id, or at least by its name. */
export function wrongIn(
  { body, bodyError }: Pick<TransportAnswer, 'body' | 'bodyError'>,
  id: string,
): string | undefined {
  if (!isObject(body)) return bodyError ?? 'it is not a JSON object';
  const [own, name] = [member(body, 'id'), member(body, 'name')];
  if (typeof own === 'string' && own.startsWith('/'))
    return sameId(own, id) ? undefined : `it is another resource, ${clean(own, 300)}`;
  if (typeof name === 'string' && sameId(name.split('/').at(-1) ?? '', nameOf(id))) return undefined;
  // A view of a resource, like `instanceView`, has no name of its own.
  return isNamed(id) || member(body, 'error') !== undefined ? 'it does not say which resource it is' : undefined;
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

export async function listAll(
  context: ReadContext,
  endpoint: string,
  collection: string,
  asked: Parameters<ArmClient['list']>[1],
): Promise<ListAnswer> {
  const found = await allPages(context, endpoint, collection, asked);
  if ('reason' in found) return { ok: false, gap: found };
  const { items, apiVersion } = found;
  const strange = items.map((item) => member(item, 'id')).find((id) => !belongs(collection, asked.type, id));
  if (strange !== undefined) {
    const what = `it lists another resource, ${clean(strange, 300)}`;
    return { ok: false, gap: readFailureOfMalformed(collection, asked.type, what) };
  }
  const resources = items.flatMap((item) => {
    const id = member(item, 'id');
    return typeof id === 'string' ? [resourceOf(item, id, asked.type, apiVersion)] : [];
  });
  return { ok: true, resources };
}

/**
 * May a list hold this id? A child's is under the list, any other's in its subscription. Role assignments and locks are listed
 * where they take effect, not only where they are.
 */
function belongs(collection: string, type: string, id: Json | undefined): boolean {
  if (typeof id !== 'string' || fold(type).startsWith('microsoft.authorization/')) return true;
  const isChild = /\/providers\/[^/]+\/[^/]+\/[^/]+\/[^/]+/.test(collection);
  const above = isChild ? collection : /^\/subscriptions\/[^/]+/.exec(collection)?.[0];
  return above === undefined || fold(id).startsWith(`${fold(above)}/`);
}

/** Every item of a list, page after page; a read failure when one of them was not given. */
export async function allPages(
  context: ReadContext,
  endpoint: string,
  collection: string,
  asked: Parameters<ArmClient['list']>[1],
): Promise<{ readonly items: readonly JsonObject[]; readonly apiVersion: string } | ReadFailure> {
  const items: JsonObject[] = [];
  const seen = new Set<string>();
  let size = 0;
  const nonsense = (what: string): ReadFailure => readFailureOfMalformed(collection, asked.type, what);
  const first = (version: string) => urlOf(endpoint, collection, version, asked.query);
  const found = await answered(context, asked.type, collection, first, asked.signal);
  if ('reason' in found) return found;
  const { apiVersion } = found;
  let answer: TransportAnswer | ReadFailure = found.answer;
  for (;;) {
    if ('reason' in answer) return answer;
    const page = pageOf(answer.body);
    if (page === undefined) return nonsense(answer.bodyError ?? 'it is not a list');
    size += answer.text.length;
    if (size > largestList) return nonsense(listTooLarge);
    items.push(...page.items);
    if (page.next === undefined) return { items, apiVersion };
    const url = ownLink(endpoint, page.next, apiVersion);
    if (url === undefined) return nonsense('its next page is at another origin');
    if (seen.has(url) || seen.size >= mostPages) return nonsense('its paging does not end');
    seen.add(url);
    answer = await answerOrGap(context, url, collection, asked.type, asked.signal);
  }
}

export async function reportAt(
  context: ReadContext,
  endpoint: string,
  path: string,
  signal?: AbortSignal,
): Promise<ReadAnswer> {
  const { type } = resourceTypeOf(typeOf(path));
  const found = await allPages(context, endpoint, path, { type, ...(signal ? { signal } : {}) });
  if ('reason' in found) return { ok: false, gap: found };
  const { items, apiVersion } = found;
  return { ok: true, resource: { id: path, type, apiVersion, body: { id: path, value: items } } };
}

/** The first answer with content, at the api-version of the type that this cloud has. */
async function answered(
  context: ReadContext,
  type: string,
  id: string,
  urlAt: (version: string) => string | undefined,
  signal?: AbortSignal,
): Promise<{ readonly answer: TransportAnswer; readonly apiVersion: string } | ReadFailure> {
  const tried: string[] = [];
  try {
    for (let version = context.versions.of(type); ; ) {
      const url = urlAt(version);
      if (url === undefined) return readFailureOfMalformed(id, type, 'the id is not a path');
      tried.push(version);
      const answer = await getWithRetries(context, url, signal);
      if (answer.status === 200) {
        context.versions.keep(type, version);
        return { answer, apiVersion: version };
      }
      const next = context.versions.after(type, answer, tried);
      if (next === undefined) return readFailureOf(id, type, answer);
      version = next;
    }
  } catch (error) {
    if (error instanceof TransportError) return readFailureOfError(id, type, error);
    throw error;
  }
}

async function answerOrGap(
  context: ReadContext,
  url: string,
  id: string,
  type: string,
  signal?: AbortSignal,
): Promise<TransportAnswer | ReadFailure> {
  try {
    const answer = await getWithRetries(context, url, signal);
    return answer.status === 200 ? answer : readFailureOf(id, type, answer);
  } catch (error) {
    if (error instanceof TransportError) return readFailureOfError(id, type, error);
    throw error;
  }
}

function pageOf(body: Json | undefined): { items: JsonObject[]; next: string | undefined } | undefined {
  const value = isArray(body) ? body : isObject(body) ? member(body, 'value') : undefined;
  if (!isArray(value)) return undefined;
  const next = isObject(body) ? member(body, 'nextLink') : undefined;
  return { items: value.filter(isObject), next: typeof next === 'string' && next !== '' ? next : undefined };
}

/** A body as its type is read, whatever names its version has. */
export const asShown = (body: JsonObject, type: string): JsonObject => resourceTypeOf(type).asRead?.(body) ?? body;

function resourceOf(body: JsonObject, id: string, type: string, apiVersion: string, header?: string): Resource {
  const own = member(body, 'id');
  const shown = member(body, 'etag');
  const etag = typeof shown === 'string' && shown !== '' ? shown : header;
  return {
    id: typeof own === 'string' && sameId(own, id) ? own : id,
    type,
    apiVersion,
    body: asShown(body, type),
    ...(etag === undefined ? {} : { etag }),
  };
}
