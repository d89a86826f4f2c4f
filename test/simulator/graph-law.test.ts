// In every world Resource Graph and ARM show the same body of each resource, and no resource is in one of them alone.
import { expect, test } from 'vitest';
import { fold } from '../../src/simulator/gateway/address.ts';
import { type Simulator, startSimulator, worlds } from '../../src/simulator/index.ts';
import { type ArmJson, at, list, parseJson, stringifyJson, text } from '../../src/simulator/json.ts';
import { tableOf } from '../../src/simulator/resource-graph/tables.ts';

const tables = [
  'resources',
  'resourcecontainers',
  'networkresources',
  'dnsresources',
  'authorizationresources',
  'policyresources',
];
const columns = ['kind', 'location', 'managedBy', 'sku', 'plan', 'tags', 'identity', 'zones'];
/** As compared: resource groups inside ids in lower case, and nothing as null. */
const compared = (value: ArmJson | undefined): string =>
  stringifyJson(value === undefined || value === '' ? null : value).replace(
    /"\/subscriptions\/[^/"]+\/resourcegroups\/[^/"]+/gi,
    (id) => fold(id),
  );

function rowsOf(sim: Simulator, table: string): ArmJson[] {
  const rows: ArmJson[] = [];
  for (let token: string | undefined = ''; token !== undefined; ) {
    const options = token === '' ? {} : { $skipToken: token };
    const path = '/providers/Microsoft.ResourceGraph/resources?api-version=2024-04-01';
    const answer = sim.sendAs('user', { method: 'POST', path, body: { query: `${table} | order by id asc`, options } });
    expect(answer.status).toBe(200);
    const page = parseJson(answer.body);
    rows.push(...list(page, 'data'));
    token = text(page, '$skipToken');
  }
  return rows;
}

test.each(worlds.filter(({ name }) => name !== 'large' && name !== 'fleet').map(({ name }) => name))(
  '%s',
  async (world) => {
    const sim = await startSimulator({ world });
    const rows = tables.flatMap((table) => rowsOf(sim, table).map((row) => [table, row] as const));
    const seen = new Set<string>();
    for (const [table, row] of rows) {
      const id = text(row, 'id') ?? '';
      seen.add(id);
      if (id.includes('/effectivesecurityadminrules/')) continue;
      const answer = sim.sendAs('user', { method: 'GET', path: id });
      expect([id, answer.status]).toEqual([id, 200]);
      const body = parseJson(answer.body);
      if (table === 'resourcecontainers') continue;
      expect([id, fold(text(body, 'type') ?? '')]).toEqual([
        id,
        text(body, 'type') === undefined ? '' : text(row, 'type'),
      ]);
      expect([id, text(row, 'name')]).toEqual([id, text(body, 'name')]);
      expect([id, compared(at(row, 'properties'))]).toEqual([id, compared(at(body, 'properties'))]);
      for (const name of columns)
        expect([id, name, compared(at(row, name))]).toEqual([id, name, compared(at(body, name))]);
    }
    const state = list(parseJson(sim.stateText()), 'resources').flatMap((body) => text(body, 'id') ?? []);
    const missing = state.filter((id) => tableOf(id) !== undefined && !seen.has(fold(id)));
    for (const id of missing) expect([id, sim.sendAs('user', { method: 'GET', path: id }).status]).toEqual([id, 403]);
    await sim.stop();
  },
);
