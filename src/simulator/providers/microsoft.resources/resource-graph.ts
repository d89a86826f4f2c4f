// Azure Resource Graph: simple queries over everything the caller may see, in pages, with the quota it shows.
import { addressOf, fold, typeOf, within } from '../../gateway/address.ts';
import { ArmError, type GatewayResponse, ok } from '../../gateway/answer.ts';
import { type ArmJson, type ArmObject, at, JsonNumber, json, list, text } from '../../json.ts';
import { parseQuery, type QueryTable, runQuery } from '../../resource-graph/query.ts';
import { QueryError } from '../../resource-graph/scan.ts';
import { idOf, type Store } from '../../store/store.ts';
import { rulingRows } from '../microsoft.network/network-managers.ts';
import type { HttpRoute } from '../route.ts';
import { trackedIn } from './resources.ts';

/** Rows of one answer, whatever is asked for. */
const mostRows = 1000;
/** The service lets fifteen queries through in five seconds, and says so. */
const quota = { 'x-ms-user-quota-remaining': '14', 'x-ms-user-quota-resets-after': '00:00:05' };
const containers = ['microsoft.resources/subscriptions', 'microsoft.resources/resourcegroups'];

export const resourceGraphRoutes: readonly HttpRoute[] = [
  {
    path: /^\/providers\/Microsoft\.ResourceGraph\/resources$/i,
    methods: { POST: ({ store }, call, _captures, body) => answered(store, body(), call.apiVersion) },
  },
];

function answered(store: Store, body: ArmObject, apiVersion: string): GatewayResponse {
  const named = list(body, 'subscriptions').filter((item) => typeof item === 'string');
  const scopes = (named.length > 0 ? named : store.subscriptions()).map((id) => `/subscriptions/${id}`);
  const rows = found(store, scopes, text(body, 'query') ?? '');
  const asked = (name: string): number | undefined => {
    const value = at(body, 'options', name);
    return value instanceof JsonNumber ? Number(value.text) : undefined;
  };
  const start = startOf(text(body, 'options', '$skipToken')) ?? asked('$skip') ?? 0;
  const size = Math.min(Math.max(1, asked('$top') ?? mostRows), mostRows);
  const page = rows.slice(start, start + size);
  const isLast = start + size >= rows.length;
  const asTable = (text(body, 'options', 'resultFormat') ?? (apiVersion < '2021' ? 'table' : '')) === 'table';
  const answer = json({
    totalRecords: rows.length,
    count: page.length,
    data: asTable ? tableOf(page) : page,
    facets: [],
    resultTruncated: 'false',
    $skipToken: isLast ? undefined : Buffer.from(`at:${start + size}`).toString('base64url'),
  });
  return ok(answer, 200, quota);
}

const bodiesIn: Readonly<Record<QueryTable, (store: Store, scopes: readonly string[]) => ArmObject[]>> = {
  resources: (store, scopes) => scopes.flatMap((scope) => trackedIn(store, scope)),
  resourcecontainers: (store) => store.all().filter((body) => containers.includes(fold(typeOf(idOf(body))))),
  networkresources: (store, scopes) =>
    rulingRows(store).filter((body) => scopes.some((scope) => within(idOf(body), scope))),
};

function found(store: Store, scopes: readonly string[], query: string): ArmObject[] {
  try {
    const parsed = parseQuery(query);
    return runQuery(parsed, bodiesIn[parsed.table](store, scopes).map(row));
  } catch (error) {
    if (!(error instanceof QueryError)) throw error;
    throw refused(query, error);
  }
}

/** Type and group come in lower case, as the service gives them. */
function row(body: ArmObject): ArmObject {
  const address = addressOf(idOf(body));
  return new Map<string, ArmJson>([
    ...body,
    ['type', fold(typeOf(idOf(body)))],
    ['resourceGroup', fold(address.group ?? '')],
    ['subscriptionId', address.subscription ?? ''],
  ]);
}

function tableOf(rows: readonly ArmObject[]): ArmJson {
  const names = [...new Set(rows.flatMap((entry) => [...entry.keys()]))];
  return json({
    columns: names.map((name) => ({
      name,
      type: rows.some((entry) => typeof entry.get(name) === 'string') ? 'string' : 'object',
    })),
    rows: rows.map((entry) => names.map((name) => entry.get(name) ?? null)),
  });
}

function startOf(token: string | undefined): number | undefined {
  if (token === undefined) return undefined;
  const start = Number(/^at:([0-9]+)$/.exec(Buffer.from(token, 'base64url').toString())?.[1] ?? Number.NaN);
  if (Number.isNaN(start)) throw new ArmError(400, 'BadRequest', `The skip token '${token}' is invalid.`);
  return start;
}

function refused(query: string, error: QueryError): ArmError {
  const before = query.slice(0, error.at).split('\n');
  const place = `line ${before.length}, character ${(before.at(-1) ?? '').length}`;
  return new ArmError(400, 'BadRequest', 'Please provide below info when asking for support: query is invalid.', {
    details: [
      {
        code: 'InvalidQuery',
        message:
          'Query is invalid. Please refer to the documentation for the Azure Resource Graph service and fix the error before retrying.',
      },
      { code: 'ParserFailure', message: `ParserFailure at ${place}: ${error.message}` },
    ],
  });
}
