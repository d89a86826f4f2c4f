// The online endpoints of a workspace as a session has them: listed beside computes and datastores, page after page; refused without
// making anything else unknown; read from the files that people have.
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { onlineEndpointView, resourceTypeOf } from '../../src/resource-types/index.ts';
import { snapshotFromTexts } from '../../src/session/index.ts';
import { type Bench, drain, openBench } from '../support/bench.ts';

const scratch = mkdtempSync(path.join(os.tmpdir(), 'bastide-online-'));
let bench: Bench | undefined;
afterEach(async () => {
  await bench?.close();
  bench = undefined;
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const type = 'Microsoft.MachineLearningServices/workspaces/onlineEndpoints';
const endpointsIn = (snapshot: Snapshot) => snapshot.resources.filter((one) => one.type === type);
const rowsIn = (snapshot: Snapshot) =>
  endpointsIn(snapshot).map((one) => [one.body.name, ...resourceTypeOf(type).columns.map(({ value }) => value(one))]);

async function scanned(options: Partial<Parameters<typeof openBench>[0]> = {}) {
  await bench?.close();
  bench = await openBench({ world: 'managed', scratch, ...options });
  const asked: string[] = [];
  bench.simulator.onExchange(({ url }) => {
    if (url.includes('/onlineEndpoints')) asked.push(url);
  });
  const snapshot = await drain(bench.session.scan());
  const { findings } = bench.session.report(snapshot, 'all');
  return { snapshot, asked, verdicts: findings.map(({ id, outcome }) => [id, outcome]) };
}

describe('a scan', () => {
  test('lists them by one request, and asks for none of them again', async () => {
    const { snapshot, asked } = await scanned();
    expect(asked).toHaveLength(1);
    expect(rowsIn(snapshot)).toEqual([
      ['churn-sim', 'public', 'Succeeded', 'Managed'],
      ['fraud-sim', 'private', 'Succeeded', 'Managed'],
    ]);
    const list = snapshot.collections.find(({ id }) => id.endsWith('/onlineEndpoints'));
    expect(list?.members).toEqual(endpointsIn(snapshot).map(({ id }) => id));
  });

  test('goes on to the last page', async () => {
    const { snapshot, asked } = await scanned({ pageSize: 1 });
    expect([asked.length, endpointsIn(snapshot).length]).toEqual([2, 2]);
  });

  test('that is refused them has a gap with the action that is missing, and every verdict but that on them', async () => {
    const seen = await scanned();
    const refused = await scanned({ faults: 'GET */onlineEndpoints * 403' });
    expect(refused.snapshot.gaps.map(({ action, status }) => [action, status])).toContainEqual([`${type}/read`, 403]);
    expect(endpointsIn(refused.snapshot)).toEqual([]);
    const others = ({ verdicts }: typeof seen) =>
      verdicts.filter(([id]) => !id?.startsWith('workspace.online-endpoint-access@'));
    expect(others(refused)).toEqual(others(seen));
    expect(refused.verdicts).not.toEqual(seen.verdicts);
  });
});

describe('files', () => {
  const workspace = '/subscriptions/s/resourceGroups/rg/providers/Microsoft.MachineLearningServices/workspaces/ws';
  const id = `${workspace}/onlineEndpoints/churn`;
  const read = (...values: readonly unknown[]): Snapshot =>
    snapshotFromTexts(
      values.map((value, index) => ({ path: `file-${index}.json`, text: JSON.stringify(value) })),
      { allResources: false, now: () => new Date(0), newId: () => 'id' },
    );
  const bare = { id: workspace, name: 'ws', location: 'westeurope', properties: {} };
  /** As `az ml online-endpoint list` prints it. */
  const printed = {
    auth_mode: 'aml_token',
    id,
    identity: { principal_id: 'p', tenant_id: 't', type: 'system_assigned' },
    kind: 'Managed',
    location: 'westeurope',
    mirror_traffic: {},
    name: 'churn',
    openapi_uri: 'https://churn.westeurope.inference.ml.azure.com/swagger.json',
    properties: { 'azureml.onlineendpointid': id, createdAt: '2024-03-07' },
    provisioning_state: 'Succeeded',
    public_network_access: 'disabled',
    resourceGroup: 'rg',
    scoring_uri: 'https://churn.westeurope.inference.ml.azure.com/score',
    tags: {},
    traffic: { blue: 100, Kind: 0 },
  };

  test('that show none leave the list unread', () => {
    const gaps = read(bare).gaps.filter((gap) => gap.id.endsWith('/onlineEndpoints'));
    expect(gaps).toEqual([
      {
        id: `${workspace}/onlineEndpoints`,
        reason: 'The online endpoints of ws are not in the files.',
        action: `${type}/read`,
      },
    ]);
  });

  test('as ARM answers, and as az ml prints them, are the same endpoint', () => {
    const arm = {
      ...{ id, name: 'churn', type, location: 'westeurope', kind: 'Managed', tags: {} },
      properties: {
        authMode: 'AMLToken',
        provisioningState: 'Succeeded',
        publicNetworkAccess: 'Disabled',
        traffic: { blue: 100, Kind: 0 },
        mirrorTraffic: {},
        properties: printed.properties,
      },
    };
    const [answered, shown] = [read(bare, { value: [arm] }), read(bare, [printed])];
    expect(rowsIn(shown)).toEqual([['churn', 'private', 'Succeeded', 'Managed']]);
    expect(rowsIn(answered)).toEqual(rowsIn(shown));
    const normal = (snapshot: Snapshot) =>
      endpointsIn(snapshot).map(({ body }) => resourceTypeOf(type).normal({ ...body, type }));
    expect(normal(shown)).toEqual(normal(answered));
    for (const snapshot of [answered, shown]) {
      expect(snapshot.gaps.map((gap) => gap.id)).not.toContain(`${workspace}/onlineEndpoints`);
    }
  });

  test.each([
    ['azureml:k8s', `${workspace}/computes/k8s`],
    [`azureml:${workspace}/computes/other`, `${workspace}/computes/other`],
  ])('a cluster printed as %s is the compute of the workspace', (compute, expected) => {
    const [endpoint] = endpointsIn(read(bare, [{ ...printed, kind: 'K8S', compute }]));
    expect(endpoint && onlineEndpointView(endpoint).compute).toBe(expected);
  });

  test('other prints of az ml are refused as before', () => {
    expect(() => read({ id: `${workspace}/computes/c`, name: 'c', min_instances: 0 })).toThrow(/az ml/);
  });
});
