// Azure Resource Graph: simple queries over everything the caller may see, in pages, with the quota it shows.
import { within } from '../../gateway/address.ts';
import { ArmError, type GatewayResponse, ok } from '../../gateway/answer.ts';
import type { Machine } from '../../gateway/machine.ts';
import { type ArmJson, type ArmObject, at, JsonNumber, json, list, text } from '../../json.ts';
import { newestView } from '../../resource-graph/newest.ts';
import { parseQuery, runQuery } from '../../resource-graph/query.ts';
import { QueryError } from '../../resource-graph/scan.ts';
import { rowOf, type TableName, tableOf } from '../../resource-graph/tables.ts';
import { idOf } from '../../store/store.ts';
import { rulingRows } from '../microsoft.network/network-managers.ts';
import type { HttpRoute } from '../route.ts';

/** Rows of one answer, whatever is asked for. */
const mostRows = 1000;
/** The service lets fifteen queries through in five seconds, and says so. */
const quota = { 'x-ms-user-quota-remaining': '14', 'x-ms-user-quota-resets-after': '00:00:05' };

export const resourceGraphRoutes: readonly HttpRoute[] = [
  {
    path: /^\/providers\/Microsoft\.ResourceGraph\/resources$/i,
    methods: { POST: (machine, call, _captures, body) => answered(machine, body(), call.apiVersion) },
  },
];

function answered(machine: Machine, body: ArmObject, apiVersion: string): GatewayResponse {
  const { store } = machine;
  const named = list(body, 'subscriptions').filter((item) => typeof item === 'string');
  const scopes = (named.length > 0 ? named : store.subscriptions()).map((id) => `/subscriptions/${id}`);
  const rows = found(machine, scopes, text(body, 'query') ?? '');
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
    data: asTable ? asTableOf(page) : page,
    facets: [],
    resultTruncated: 'false',
    $skipToken: isLast ? undefined : Buffer.from(`at:${start + size}`).toString('base64url'),
  });
  return ok(answer, 200, quota);
}

function found(machine: Machine, scopes: readonly string[], query: string): ArmObject[] {
  try {
    const parsed = parseQuery(query);
    return runQuery(parsed, rowsIn(machine, parsed.table, scopes));
  } catch (error) {
    if (!(error instanceof QueryError)) throw error;
    throw refused(query, error);
  }
}

function rowsIn(machine: Machine, table: TableName, scopes: readonly string[]): ArmObject[] {
  const { changes, identity, store } = machine;
  const isMeant = (id: string): boolean => scopes.some((scope) => within(id, scope));
  if (table === 'resourcechanges' || table === 'resourcecontainerchanges') {
    const rows = changes?.rows(table, machine.now().getTime()) ?? [];
    return rows.filter((row) => isMeant(text(row, 'id') ?? ''));
  }
  const rows = store.all().flatMap((body) => {
    const id = idOf(body);
    return tableOf(id) === table && isMeant(id) ? [rowOf(newestView(machine, body), identity.tenant)] : [];
  });
  if (table !== 'networkresources') return rows;
  return [...rows, ...rulingRows(store).flatMap((body) => (isMeant(idOf(body)) ? [rowOf(body, identity.tenant)] : []))];
}

function asTableOf(rows: readonly ArmObject[]): ArmJson {
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
