// Other workspaces on the same account, as a session knows them: listed beside the other reads, named by gate, effect and risk of a
// plan that closes the account, and unknown where the list is refused.
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, expect, test } from 'vitest';
import type { JsonObject } from '../../src/model/json.ts';
import { nameOf } from '../../src/model/resource-id.ts';
import { type Bench, drain, openBench } from '../support/bench.ts';

const scratch = mkdtempSync(path.join(os.tmpdir(), 'bastide-dependants-'));
let bench: Bench | undefined;
afterEach(async () => {
  await bench?.close();
  bench = undefined;
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const apiVersion = '2024-04-01';

/** The open world with another workspace on its account, and one on an account of its own. */
async function shared(options: Partial<Parameters<typeof openBench>[0]> = {}) {
  bench = await openBench({ world: 'open', scratch, ...options });
  const { arm, simulator } = bench;
  const id = simulator.workspace;
  const read = await arm.read(id);
  if (!read.ok) throw new Error(read.gap.reason);
  const { location, identity, properties } = read.resource.body;
  const given = properties as JsonObject;
  const make = async (name: string, more: JsonObject): Promise<void> => {
    const [storageAccount, keyVault] = [given.storageAccount ?? null, given.keyVault ?? null];
    const body = {
      ...{ location: location ?? null, identity: { type: (identity as JsonObject).type ?? 'SystemAssigned' } },
      properties: { friendlyName: 'theirs', storageAccount, keyVault, ...more },
    };
    const other = id.replace(/[^/]+$/, name);
    const answer = await arm.write({ method: 'PUT', id: other, apiVersion, body });
    if (answer.state === 'running') await arm.follow(answer.operation, { retryAfter: 0 });
    else if (answer.state !== 'done') throw new Error(JSON.stringify(answer));
  };
  await make('mlw-other', {});
  const elsewhere = String(given.storageAccount).replace(/[^/]+$/, 'stelsewhere');
  await make('mlw-apart', { storageAccount: elsewhere, keyVault: elsewhere.replace(/storageAccounts.*/, 'vaults/kv') });
  const listed: string[] = [];
  simulator.onExchange(({ url }) => {
    if (/\/subscriptions\/[^/]+\/providers\/Microsoft\.MachineLearningServices\/workspaces\?/i.test(url))
      listed.push(url);
  });
  const snapshot = await drain(bench.session.scan());
  const request = {
    ...{ targets: ['storage.default-action-deny'], answers: {}, ips: [], profile: 'all' as const },
    resource: String(given.storageAccount),
  } as const;
  const plan = bench.session.plan(snapshot, request);
  return { snapshot, plan, listed };
}

test('another workspace on the account is named by gate, effect and risk', async () => {
  const { snapshot, plan, listed } = await shared();
  expect(listed).toHaveLength(1);
  const workspaces = snapshot.resources.filter(({ type }) => type.endsWith('/workspaces'));
  expect(workspaces.map(({ id }) => nameOf(id))).toEqual(expect.arrayContaining(['mlw-other', 'mlw-sim']));
  expect(workspaces).toHaveLength(2);
  const other = workspaces.find(({ id }) => nameOf(id) === 'mlw-other');
  // Only what says which services it uses is kept of it.
  expect(Object.keys((other?.body.properties ?? {}) as JsonObject).toSorted()).toEqual(['keyVault', 'storageAccount']);
  expect(plan.gates).toContainEqual({
    ...{ kind: 'dependants', outcome: 'warn' },
    detail: 'Closing stmlsim may cut off: workspace mlw-other.',
  });
  const said = 'workspace mlw-other uses stmlsim; whether it keeps access is not known.';
  expect(plan.effects.map(({ detail }) => detail)).toContain(said);
  expect(plan.steps.some(({ risk }) => risk.includes(said))).toBe(true);
});

test('the list goes on to its last page', async () => {
  const { plan, listed } = await shared({ pageSize: 1 });
  expect(listed.length).toBeGreaterThan(1);
  expect(plan.gates.map(({ detail }) => detail)).toContain('Closing stmlsim may cut off: workspace mlw-other.');
});

test.each(['403', '500'])('a list that fails with %s is unknown, and the plan says so', async (fault) => {
  const { snapshot, plan } = await shared({
    faults: `GET */subscriptions/*/providers/Microsoft.MachineLearningServices/workspaces * ${fault}`,
  });
  // Resource Graph still shows the one that uses the account; the list is what is there.
  expect(snapshot.resources.filter(({ type }) => type.endsWith('/workspaces'))).toHaveLength(2);
  const gates = plan.gates.filter(({ kind }) => kind === 'dependants');
  expect(gates.map(({ outcome }) => outcome)).toEqual(['unknown', 'warn']);
  expect(gates[0]?.detail).toMatch(/^Who depends on stmlsim could not be read: ./);
  expect(plan.gaps?.map(({ action }) => action)).toContain('Microsoft.MachineLearningServices/workspaces/read');
});
