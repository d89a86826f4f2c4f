// The world as it must be, worked out by another way than the product's: a second simulator receives what other clients did and, for
// steps that were reported as done, the effect of the step as the plan showed it. Shares no code with src/plan and src/session.
import type { Change } from '../../src/model/change.ts';
import type { Edit } from '../../src/model/edit.ts';
import { parseJson, stringifyJson } from '../../src/model/json.ts';
import type { Simulator } from '../../src/simulator/index.ts';
import type { Loose } from './snapshot.ts';

/** Another client, which reads, changes and writes whole bodies as a colleague's tool does. */
export interface OtherClient {
  /** Null: it is not there. */
  get(id: string): Loose | null;
  /** Was it accepted? */
  put(id: string, body: Loose): boolean;
  patch(id: string, body: Loose): boolean;
  remove(id: string): boolean;
  /** An action, as another client sent it; `url` with its query. */
  post(url: string, body: Loose): boolean;
}

export function otherClient(simulator: Simulator): OtherClient {
  const send = (method: 'GET' | 'PUT' | 'PATCH' | 'DELETE' | 'POST', path: string, body?: Loose) =>
    simulator.sendAs('user', {
      ...{ method, path, userAgent: 'Mozilla/5.0' },
      ...(body === undefined ? {} : { body: stringifyJson(body) }),
    });
  const isAccepted = ({ status }: { readonly status: number }) => status >= 200 && status < 300;
  return {
    get(id) {
      const answer = send('GET', id);
      return answer.status === 200 ? parseJson(answer.body) : null;
    },
    put: (id, body) => isAccepted(send('PUT', id, withoutServed(body))),
    patch: (id, body) => isAccepted(send('PATCH', id, body)),
    remove: (id) => isAccepted(send('DELETE', withAction(id))),
    post: (url, body) => isAccepted(send('POST', url, body)),
  };
}

/** A compute cannot be deleted without saying what becomes of its machines. */
const withAction = (id: string): string =>
  /\/workspaces\/[^/]+\/computes\/[^/]+$/i.test(id)
    ? `${id}?api-version=2024-04-01&underlyingResourceAction=Delete`
    : id;

/** Of a body as it was read: without what is only served. */
function withoutServed(body: Loose): Loose {
  const { etag: _etag, systemData: _data, ...rest } = body;
  return rest;
}

const parts = (pointer: string): string[] =>
  pointer
    .split('/')
    .slice(1)
    .map((name) => name.replaceAll('~1', '/').replaceAll('~0', '~'));
const isRecord = (value: Loose): boolean => typeof value === 'object' && value !== null && !Array.isArray(value);
/** The member by its name, in any case. */
const keyIn = (holder: Loose, name: string): string =>
  Object.hasOwn(holder, name)
    ? name
    : (Object.keys(holder).find((one) => one.toLowerCase() === name.toLowerCase()) ?? name);
export const copied = (value: Loose): Loose => parseJson(stringifyJson(value));

export function at(body: Loose, pointer: string): Loose {
  return parts(pointer).reduce<Loose>((value, name) => {
    if (Array.isArray(value)) return value[Number(name)];
    return isRecord(value) ? value[keyIn(value, name)] : undefined;
  }, body);
}

/** The body with a value at a place, a copy; undefined takes the member out. */
export function withValue(body: Loose, pointer: string, value: Loose): Loose {
  const whole = copied(body);
  const path = parts(pointer);
  let holder = whole;
  for (const [index, name] of path.slice(0, -1).entries()) {
    const key = Array.isArray(holder) ? name : keyIn(holder, name);
    holder[key] ??= /^\d+$/.test(path[index + 1] ?? '') ? [] : {};
    holder = holder[key];
  }
  const last = path.at(-1) ?? '';
  const key = Array.isArray(holder) ? last : keyIn(holder, last);
  if (value === undefined) delete holder[key];
  else holder[key] = value;
  return whole;
}

function elementName(element: Loose, key: { readonly member: string | null; readonly fold: boolean }): string {
  const value = key.member === null || !isRecord(element) ? element : (element[keyIn(element, key.member)] ?? element);
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return key.fold ? text.toLowerCase() : text;
}

export function withEdit(body: Loose, edit: Edit): Loose {
  if (edit.op === 'set') return withValue(body, edit.pointer, edit.after);
  const list: Loose[] = at(body, edit.pointer) ?? [];
  const wanted = edit.op === 'add' ? edit.after : edit.before;
  const others = list.filter((item) => elementName(item, edit.key) !== elementName(wanted, edit.key));
  if (edit.op === 'add') {
    const next = others.length < list.length ? list : [...list, edit.after];
    return withValue(body, edit.pointer, next);
  }
  return withValue(body, edit.pointer, others.length === 0 && edit.bare ? undefined : others);
}

/** Makes a change as a plan shows it; `query`: that of its request, with the version it speaks. False: the world refuses it. */
export function carryOut(change: Change, client: OtherClient, query: string): boolean {
  const id = `${change.resource}?${query}`;
  if (change.kind === 'create') return client.put(id, change.body);
  if (change.kind === 'delete') return client.remove(change.resource);
  const before = client.get(id);
  if (before === null) return false;
  const after = change.edits.reduce(withEdit, before);
  return change.edits.length === 0 || writeBody(id, before, after, client);
}

/** A body that differs from the one that was read: the whole where the service takes it, else the members that differ. */
export function writeBody(id: string, before: Loose, after: Loose, client: OtherClient): boolean {
  const prefersPatch = /\/(storageAccounts|vaults|registries|workspaces|onlineEndpoints|computes)\/[^/?]+(\?|$)/i.test(
    id,
  );
  if (!prefersPatch && client.put(id, after)) return true;
  const differs = (name: string) =>
    JSON.stringify(before.properties?.[name]) !== JSON.stringify(after.properties?.[name]);
  const names = [...new Set([...Object.keys(before.properties ?? {}), ...Object.keys(after.properties ?? {})])];
  const properties = Object.fromEntries(names.filter(differs).map((name) => [name, after.properties?.[name] ?? null]));
  const top = Object.fromEntries(
    ['tags', 'sku', 'identity']
      .filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]))
      .map((name) => [name, after[name]]),
  );
  const patch = { ...top, ...(Object.keys(properties).length === 0 ? {} : { properties }) };
  return client.patch(id, patch) || (prefersPatch && client.put(id, after));
}

/** Every setting of every resource: by folded id, then by pointer. */
export type Facts = ReadonlyMap<string, ReadonlyMap<string, string>>;

const volatile = new Set([
  ...['etag', 'resourceGuid', 'systemData', 'provisioningState', 'state', 'locations', 'createdOn', 'modifiedOn'],
  ...['allocationStateTransitionTime', 'updatedOn', 'createdBy', 'updatedBy', 'id', 'type', 'name'],
]);

/** What the service computes of other resources. */
const derived =
  /\/subnets\/[^/]+\/properties\/ipConfigurations$|\/customDnsConfigs$|\/outboundRules\/[^/]+\/status$|PrivateLinkServiceConnections\/[^/]+\/properties\/privateLinkServiceConnectionState$/i;

type BodyFacts = readonly [id: string, facts: ReadonlyMap<string, string>];
/** Of bodies that were met: from one state of a world to the next most stay as they are. */
const knownFacts = new Map<string, BodyFacts>();
const mostKnown = 20_000;

export function factsOf(stateText: string): Facts {
  const { resources } = JSON.parse(stateText) as { resources: Loose[] };
  if (knownFacts.size > mostKnown) knownFacts.clear();
  return new Map(
    resources
      // The service makes them for an endpoint, with names of its own.
      .filter(({ id }) => !/\/networkinterfaces\/[^/]+\.nic\./i.test(id))
      .map((body) => {
        const text = JSON.stringify(body);
        const known = knownFacts.get(text) ?? [sameNames(body.id.toLowerCase()), factsOfBody(body, body.id)];
        knownFacts.set(text, known);
        return known;
      }),
  );
}

export function factsOfBody(body: Loose, id: string): ReadonlyMap<string, string> {
  const facts = new Map<string, string>();
  walk(facts, '', body, true);
  // Whether a managed network has made the endpoint of a rule.
  if (/\/outboundRules\/[^/]+$/i.test(id)) facts.delete('/properties/status');
  return facts;
}

function walk(facts: Map<string, string>, pointer: string, value: Loose, isTop = false): void {
  if (value === null || value === undefined) return;
  if (Array.isArray(value)) {
    for (const item of value) {
      const name = item?.name ?? item?.id;
      if (isRecord(item) && typeof name === 'string') {
        const key = `${pointer}/${sameNames(name.toLowerCase())}`;
        facts.set(key, 'there');
        walk(facts, key, item);
      } else facts.set(`${pointer}/${canonical(item)}`, 'there');
    }
    return;
  }
  if (!isRecord(value)) {
    facts.set(pointer, canonical(value));
    return;
  }
  for (const [name, item] of Object.entries(value)) {
    if (volatile.has(name) && (name !== 'id' || isTop)) continue;
    if (derived.test(`${pointer}/${name}`)) continue;
    // A vault whose rules were never set and one whose rules allow everything mean the same.
    if (name === 'networkAcls' && isOpen(item)) continue;
    if (name === 'bypass' && typeof item === 'string') {
      facts.set(
        `${pointer}/bypass`,
        item
          .split(',')
          .map((one) => one.trim().toLowerCase())
          .toSorted()
          .join(),
      );
    } else walk(facts, `${pointer}/${name}`, item);
  }
}

const canonical = (value: Loose): string =>
  sameNames(
    JSON.stringify(value, (name, item) =>
      volatile.has(name) && !['id', 'name', 'type'].includes(name)
        ? undefined
        : isRecord(item)
          ? Object.fromEntries(
              Object.entries(item)
                .filter(([, one]) => one !== null)
                .toSorted(([a], [b]) => (a < b ? -1 : 1)),
            )
          : typeof item === 'string' && item.startsWith('/subscriptions/')
            ? item.toLowerCase()
            : item,
    ),
  );

const isOpen = (acls: Loose): boolean =>
  isRecord(acls) &&
  acls.defaultAction === 'Allow' &&
  acls.bypass === 'AzureServices' &&
  [acls.ipRules, acls.virtualNetworkRules].every((list) => (list ?? []).length === 0);

/** Services give what they make another name each time. */
export const sameNames = (text: string): string =>
  text.replaceAll(
    /(?<=[\w-]\.)[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|(?<=__sys_pe_[\w-]+_)[0-9a-f]{8}\b|(?<=with resource guid )[0-9a-f-]{36}/gi,
    'RANDOM',
  );

export interface BodyDifference {
  readonly id: string;
  /** Empty: the resource itself. */
  readonly pointer: string;
  readonly wanted: string | undefined;
  readonly found: string | undefined;
}
const itself = new Map([['', 'there']]);

export function differencesOf(wanted: Facts, found: Facts): BodyDifference[] {
  const ids = new Set([...wanted.keys(), ...found.keys()]);
  return [...ids].flatMap((id) => {
    const [a, b] = [wanted.get(id), found.get(id)];
    if (a === undefined || b === undefined) return differing(id, a && itself, b && itself);
    return differing(id, a, b);
  });
}

function differing(
  id: string,
  wanted: ReadonlyMap<string, string> | undefined,
  found: ReadonlyMap<string, string> | undefined,
): BodyDifference[] {
  const pointers = new Set([...(wanted?.keys() ?? []), ...(found?.keys() ?? [])]);
  return [...pointers]
    .map((pointer) => ({ id, pointer, wanted: wanted?.get(pointer), found: found?.get(pointer) }))
    .filter((one) => one.wanted !== one.found);
}

export const spoken = ({ id, pointer, wanted, found }: BodyDifference): string =>
  `${id.split('/').slice(-2).join('/')} ${pointer} is ${found ?? 'not there'}, and must be ${wanted ?? 'not there'}`;
