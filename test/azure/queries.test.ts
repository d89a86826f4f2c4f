// Every query of Azure Resource Graph that is sent is one that Microsoft's own parser of the language takes, and the simulator too.
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import vm from 'node:vm';
import { expect, test } from 'vitest';
import { readChangeRecords } from '../../src/session/change-records.ts';
import { assignmentsQuery, fleetTables, queryOf, subscriptionQuery } from '../../src/session/fleet/queries.ts';
import { parseQuery } from '../../src/simulator/resource-graph/query.ts';
import { root } from '../support/bastide.ts';
import { snapshotOf } from '../support/snapshot.ts';

const library = path.join(root, 'node_modules/@kusto/language-service-next');
const guid = '33333333-3333-3333-3333-333333333333';

async function queries(): Promise<string[]> {
  const sent: string[] = [];
  const graph = async ({ query }: { readonly query: string }) => {
    sent.push(query);
    return { ok: true as const, rows: 0, pages: 1 };
  };
  await readChangeRecords({ graph }, [snapshotOf()], '2026-11-28T00:00:00Z', new AbortController().signal);
  expect(sent).toHaveLength(1);
  return [subscriptionQuery, assignmentsQuery([guid, guid]), ...fleetTables.map(queryOf), ...sent];
}

interface Diagnostics {
  readonly Count: number;
  getItem(at: number): { readonly Message: string };
}

test('the simulator takes each query', async () => {
  for (const query of await queries()) expect(() => parseQuery(query, 0), query).not.toThrow();
});

test.skipIf(!existsSync(library))("Microsoft's parser takes each query (@kusto/language-service-next)", async () => {
  // Its files are scripts that add to what is global.
  const context = vm.createContext({ console });
  for (const file of ['bridge.min.js', 'Kusto.Language.Bridge.min.js'])
    vm.runInContext(readFileSync(path.join(library, file), 'utf8'), context);
  const mistakes = (query: string): string[] => {
    context.query = query;
    const found: Diagnostics = vm.runInContext('Kusto.Language.KustoCode.Parse(query).GetSyntaxDiagnostics()', context);
    return Array.from({ length: found.Count }, (_, at) => found.getItem(at).Message);
  };
  expect(mistakes("resources | where type in~ ('a' | take 1")).not.toEqual([]);
  for (const query of await queries()) expect([query, ...mistakes(query)]).toEqual([query]);
});
