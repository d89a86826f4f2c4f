// Azure Resource Graph: queries over everything the caller may read, in pages, with its quota, its index that lags behind, and its
// refusals. Sources: the OpenAPI document of 2024-04-01; learn.microsoft.com, "Guidance for throttled requests" and "Work with large
// data sets"; refusals as issues quote them: a page that is too large (azure-orphan-resources 46, ARI 199), no access (ARI 255), a
// management group whose id is not valid (rubrik-sizing-scripts 87). Guessed: what a bad skip token and an unknown column are answered
// with, that an unknown management group is refused as one without access, and that 300 subscriptions are the limit of a query, which
// Microsoft recommends to stay below.
import { addressOf, fold } from '../../gateway/address.ts';
import { type GatewayResponse, gatewayError, ok } from '../../gateway/answer.ts';
import { mayRead } from '../../gateway/authorization.ts';
import type { Machine } from '../../gateway/machine.ts';
import { checkToken } from '../../gateway/token.ts';
import {
  type ArmJson,
  type ArmObject,
  at,
  isObject,
  JsonNumber,
  json,
  list,
  type Plain,
  stringifyJson,
  text,
} from '../../json.ts';
import { newestView } from '../../resource-graph/newest.ts';
import { parseQuery, type Query, runQuery, type TableEntry, type Tables } from '../../resource-graph/query.ts';
import { QueryError } from '../../resource-graph/scan.ts';
import { isChangeTable, rowOf, type TableName } from '../../resource-graph/tables.ts';
import { idOf } from '../../store/store.ts';
import { rulingRows } from '../microsoft.network/network-managers.ts';
import type { ProviderCall } from '../provider.ts';
import type { HttpRoute } from '../route.ts';

const mostSubscriptions = 300;
const mostRows = 1000;
const versions = ['2024-04-01', '2022-10-01', '2021-03-01', '2020-04-01-preview', '2019-04-01', '2018-09-01-preview'];

export const resourceGraphRoutes: readonly HttpRoute[] = [
  {
    path: /^\/providers\/Microsoft\.ResourceGraph\/resources$/i,
    methods: { POST: (machine, call, _captures, body) => limited(machine, call, body) },
  },
];

function limited(machine: Machine, call: ProviderCall, body: () => ArmObject): GatewayResponse {
  if (!versions.includes(call.apiVersion)) {
    throw gatewayError(
      400,
      'NoRegisteredProviderFound',
      `No registered resource provider found for location 'null' and API version '${call.apiVersion}' for type 'resources'. The supported api-versions are '${versions.join(', ')}'. The supported locations are ''.`,
    );
  }
  const quota = machine.graph.take(checkToken(machine, call.request), machine.now().getTime());
  const headers = {
    'x-ms-user-quota-remaining': String(quota.remaining),
    'x-ms-user-quota-resets-after': `00:00:${String(quota.resetsAfter).padStart(2, '0')}`,
  };
  const answer = quota.isUsedUp
    ? refusal(machine, 429, 'RateLimiting', [
        {
          code: 'RateLimiting',
          message:
            'Client application has been throttled and should not attempt to repeat the request until an amount of time has elapsed. Please see https://aka.ms/resourcegraph-throttling for help.',
        },
      ])
    : answered(machine, body(), call.apiVersion);
  const wait: Record<string, string> = quota.isUsedUp ? { 'retry-after': String(quota.resetsAfter) } : {};
  return { ...answer, headers: { ...headers, ...wait, ...answer.headers } };
}

function answered(machine: Machine, body: ArmObject, apiVersion: string): GatewayResponse {
  const { graph, store } = machine;
  const now = machine.now().getTime();
  const query = text(body, 'query');
  if (query === undefined || query.trim() === '') return badQuery(machine, '', new QueryError('The query is empty', 0));
  const named = list(body, 'subscriptions').filter((one) => typeof one === 'string');
  const groups = list(body, 'managementGroups').filter((one) => typeof one === 'string');
  if (named.length > mostSubscriptions) {
    const message = `The number of subscriptions in the request is ${named.length}; at most ${mostSubscriptions} are allowed.`;
    return refusal(machine, 400, 'BadRequest', [{ code: 'TooManySubscriptions', message }]);
  }
  const isAll = named.length === 0 || groups.length > 0;
  const invalid = groups.filter((one) => !/^[\w().-]{1,90}$/.test(one));
  if (invalid.length > 0) {
    const message = `The provided management groups must be valid. Given: '${groups.join(', ').slice(0, 200)}'.`;
    return refusal(machine, 400, 'BadRequest', [{ code: 'ManagementGroupsContainInvalidIds', message }]);
  }
  const known = store.subscriptions();
  const below = groups.map((one) => managementGroups(machine).get(fold(one)));
  const isBelow = (id: string): boolean => below.some((group) => group?.has(fold(id)));
  const isNamed = (id: string): boolean => isAll || named.some((one) => fold(one) === fold(id));
  const wanted = known.filter(groups.length > 0 ? isBelow : isNamed);
  const readable = wanted.filter((id) => !graph.isDenied(id));
  if (readable.length === 0 || below.includes(undefined)) {
    const message = 'Access is denied to the requested resource. The user might not have enough permission.';
    return refusal(machine, 403, 'AccessDenied', [{ code: 'AccessDenied', message }]);
  }
  const question = JSON.stringify([query, isAll ? [] : named.map(fold).sort(), groups]);
  const token = text(body, 'options', '$skipToken');
  const from = token === undefined || token === '' ? undefined : graph.startOf(token, question, now);
  if (token && !from) {
    return refusal(machine, 400, 'BadRequest', [
      { code: 'InvalidSkipToken', message: `The skip token '${token.slice(0, 100)}' is invalid or has expired.` },
    ]);
  }
  const [top, skip] = ['$top', '$skip'].map((name) => numberAt(body, name));
  if (top !== undefined && (top < 1 || top > mostRows)) {
    const message = `The value '${top}' of '$top' is not between 1 and ${mostRows}.`;
    return refusal(machine, 400, 'BadRequest', [{ code: 'InvalidTop', message }]);
  }
  const start = from?.at ?? skip ?? 0;
  const asked = top ?? from?.size ?? mostRows;
  const size = Math.min(asked, graph.page);
  try {
    const parsed = parseQuery(query, now);
    const tables = (table: TableName) => entriesIn(machine, table, readable);
    const { page, total } = runQuery(parsed, tables, start, size);
    const bytes = Buffer.byteLength(stringifyJson(page));
    if (bytes > graph.payload) {
      const message = `Response payload size is ${bytes}, and has exceeded the limit of ${graph.payload}. Please consider querying less data at a time and make paginated call if needed.`;
      return refusal(machine, 400, 'BadRequest', [{ code: 'ResponsePayloadTooLarge', message }]);
    }
    const hasMore = start + page.length < total;
    // Pages follow one another by id, so that a result without ids has no second one.
    const next = hasMore && parsed.columns.includes('id');
    const asTable = (text(body, 'options', 'resultFormat') ?? (apiVersion < '2020' ? 'table' : '')) === 'table';
    const facets = list(body, 'facets').map((facet) => facetOf(facet, parsed, tables));
    return ok(
      json({
        totalRecords: total,
        count: page.length,
        data: asTable ? tableText(page, parsed.columns) : page,
        facets,
        resultTruncated: hasMore && !next ? 'true' : 'false',
        $skipToken: next ? graph.tokenOf(question, start + page.length, asked, now) : undefined,
      }),
    );
  } catch (error) {
    if (error instanceof QueryError) return badQuery(machine, query, error);
    throw error;
  }
}

/** The management groups of the tenant, the root last: by folded name, the folded ids of the subscriptions below. */
function managementGroups({ identity, store }: Machine): Map<string, Set<string>> {
  const all = new Set(store.subscriptions().map(fold));
  const found = new Map<string, Set<string>>();
  for (const body of store.ofType('Microsoft.Management/managementGroups/subscriptions')) {
    const [group = '', subscription = ''] = addressOf(fold(idOf(body))).names;
    found.set(group, (found.get(group) ?? new Set()).add(subscription));
  }
  // Every subscription is below a group that something is stored at, unless its members are listed.
  for (const id of store.ids()) {
    const [, group] = /^\/providers\/microsoft\.management\/managementgroups\/([^/]+)\/providers\//i.exec(id) ?? [];
    if (group !== undefined && !found.has(fold(group))) found.set(fold(group), all);
  }
  return found.set(fold(identity.tenant), all);
}

/** What the row of a subscription shows, and Azure Resource Manager does not: the groups above it. */
function showAncestors(row: ArmObject, groups: ReadonlyMap<string, ReadonlySet<string>>): void {
  const properties = at(row, 'properties');
  if (text(row, 'type') !== 'microsoft.resources/subscriptions' || !isObject(properties)) return;
  const subscription = fold(text(row, 'subscriptionId') ?? '');
  const names = [...groups].flatMap(([name, below]) => (below.has(subscription) ? [name] : []));
  const shown = (name: string, at: number) => (at === names.length - 1 ? 'Tenant Root Group' : name);
  const chain = names.map((name, at) => ({ displayName: shown(name, at), name }));
  properties.set('managementGroupAncestorsChain', json(chain));
}

function numberAt(body: ArmObject, name: string): number | undefined {
  const value = at(body, 'options', name);
  return value instanceof JsonNumber ? Number(value.text) : undefined;
}

/** The rows of a table, as the index knew them at the moment that it has come to. */
function entriesIn(machine: Machine, table: TableName, subscriptions: readonly string[]): TableEntry[] {
  const { changes, graph, identity, store } = machine;
  const own = new Set(subscriptions.map(fold));
  const isMeant = (id: string): boolean => own.has(fold(id.split('/')[2] ?? ''));
  const seenAt = graph.seenAt(machine.now().getTime());
  if (isChangeTable(table)) {
    const rows = changes?.rows(table, seenAt) ?? [];
    return rows.flatMap((row) => (isMeant(text(row, 'id') ?? '') ? [{ head: row, whole: () => row }] : []));
  }
  const former = changes?.formerAt(seenAt) ?? new Map<string, ArmObject | undefined>();
  let groups: ReturnType<typeof managementGroups> | undefined;
  const rowBody = (body: ArmObject): ArmObject => {
    const row = rowOf(newestView(machine, body), identity.tenant);
    if (table === 'resourcecontainers') {
      groups ??= managementGroups(machine);
      showAncestors(row, groups);
    }
    store.release();
    return row;
  };
  const entryOf = (id: string, body: () => ArmObject | undefined): TableEntry[] => {
    const { head, table: held } = graph.headOf(id, identity.tenant);
    if (held !== table || !own.has(fold(text(head, 'subscriptionId') ?? '')) || !mayRead(store, id)) return [];
    return [{ head, whole: () => rowBody(body() ?? new Map([['id', id]])) }];
  };
  const gone = [...former].flatMap(([id, body]) => (body && !store.holds(id) ? entryOf(idOf(body), () => body) : []));
  const here = store.ids().flatMap((id) => {
    const key = former.size > 0 ? fold(id) : '';
    if (!former.has(key)) return entryOf(id, () => store.document(id));
    const before = former.get(key);
    return before ? entryOf(idOf(before), () => before) : [];
  });
  const ruling = table === 'networkresources' ? rulingRows(store).filter((body) => isMeant(idOf(body))) : [];
  const more = ruling.map((body) => rowOf(body, identity.tenant));
  return [...here, ...gone, ...more.map((row) => ({ head: row, whole: () => row }))];
}

/** How many rows of the result have each value of an expression. */
function facetOf(facet: ArmJson, query: Query, tables: Tables): Plain {
  const expression = text(facet, 'expression') ?? '';
  const { page } = runQuery(query, tables, 0, Number.POSITIVE_INFINITY);
  const names = expression.split(',').map((one) => one.trim());
  if (names.some((name) => !query.columns.includes(name))) {
    const message = `The facet expression '${expression}' names no column of the result.`;
    return { expression, resultType: 'FacetError', errors: [{ code: 'InvalidFacet', message }] };
  }
  const groups = new Map<string, { readonly row: ArmObject; count: number }>();
  for (const row of page) {
    const key = new Map(names.map((name) => [name, row.get(name) ?? null]));
    const label = JSON.stringify([...key.values()].map((value) => (typeof value === 'string' ? value : String(value))));
    const known = groups.get(label);
    if (known) known.count += 1;
    else groups.set(label, { row: key, count: 1 });
  }
  const most = numberAt(isObject(facet) ? facet : new Map(), '$top') ?? 10;
  const rows = [...groups.values()]
    .sort((left, right) => right.count - left.count)
    .map(({ count, row }) => new Map<string, ArmJson>([...row, ['count', json(count)]]));
  const shown = rows.slice(0, most);
  return { expression, resultType: 'FacetResult', totalRecords: rows.length, count: shown.length, data: shown };
}

function tableText(rows: readonly ArmObject[], names: readonly string[]): ArmJson {
  return json({
    columns: names.map((name) => ({ name, type: typeIn(rows, name) })),
    rows: rows.map((entry) => names.map((name) => entry.get(name) ?? null)),
  });
}
function typeIn(rows: readonly ArmObject[], name: string): string {
  const values = rows.map((entry) => entry.get(name) ?? null).filter((value) => value !== null);
  if (values.length > 0 && values.every((value) => value instanceof JsonNumber)) return 'integer';
  return values.some((value) => typeof value === 'string') ? 'string' : 'object';
}

type Detail = { readonly [name: string]: Plain; readonly size?: never };
function refusal(machine: Machine, status: number, code: string, details: readonly Detail[]): GatewayResponse {
  const message = `Please provide below info when asking for support: timestamp = ${machine.now().toISOString()}, correlationId = ${machine.newId()}.`;
  return ok(json({ error: { code, message, details: [...details] } }), status);
}

function placeIn(query: string, offset: number): { line: number; characterPositionInLine: number } {
  const lines = query.slice(0, offset).split('\n');
  return { line: lines.length, characterPositionInLine: (lines.at(-1) ?? '').length };
}

function badQuery(machine: Machine, query: string, error: QueryError): GatewayResponse {
  const invalid =
    'Query is invalid. Please refer to the documentation for the Azure Resource Graph service and fix the error before retrying.';
  return refusal(machine, 400, 'BadRequest', [
    { code: 'InvalidQuery', message: invalid },
    error.isSyntax
      ? {
          ...{ code: 'ParserFailure', message: `ParserFailure: ${error.message}` },
          ...placeIn(query, error.at),
          token: error.token,
        }
      : { code: 'SemanticError', message: error.message },
  ]);
}
