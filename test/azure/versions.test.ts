// A cloud that does not have an api-version: reads use the newest of ours that it names, from then on at once; writes never do.
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { readVersionOf } from '../../src/model/api-versions.ts';
import type { Resource } from '../../src/model/resource.ts';
import { auditResult } from '../../src/render/audit-result.ts';
import { auditLines } from '../../src/render/audit-text.ts';
import { putRefusalText, refusedPut } from '../../src/session/put-version.ts';
import type { Exchange, SimulatorOptions } from '../../src/simulator/index.ts';
import { type Bench, drain, openBench } from '../support/bench.ts';
import { clientTo } from './serving.ts';

const scratch = mkdtempSync(path.join(os.tmpdir(), 'bastide-versions-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const vnet = '/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/virtualNetworks/v';
const vault = '/subscriptions/s/resourceGroups/g/providers/Microsoft.KeyVault/vaults/kv';
const versionOf = (url: string): string => new URL(url, 'https://arm').searchParams.get('api-version') ?? '';
const refusal = (code: string, message: string) => ({
  status: code === 'InvalidResourceType' ? 404 : 400,
  body: JSON.stringify({ error: { code, message } }),
});

/** A server that has some versions, and names them. */
const having = (has: readonly string[], named: readonly string[] = has, code = 'NoRegisteredProviderFound') =>
  clientTo(({ url }) => {
    const { pathname } = new URL(url, 'https://arm');
    if (has.includes(versionOf(url)))
      return {
        status: 200,
        body: JSON.stringify(
          pathname.endsWith('s') ? { value: [] } : { id: decodeURIComponent(pathname), properties: {} },
        ),
      };
    const list = named.length === 0 ? '' : ` The supported api-versions are '${named.join(', ')}'.`;
    return refusal(code, `No registered resource provider found.${list} The supported locations are 'westeurope'.`);
  });

describe('reads', () => {
  test.each([
    ['the newest of ours that it names', ['2024-01-01', '2024-05-01', '2019-01-01'], ['2025-05-01', '2024-05-01']],
    [
      'the newest that it names, where it names none of ours',
      ['2026-09-01', '2026-01-01', '2026-12-01-preview'],
      ['2025-05-01', '2026-09-01'],
    ],
  ])('ask at %s', async (_which, has, wanted) => {
    const { arm, heard } = await having(has);
    expect(await arm.read(vnet)).toMatchObject({ ok: true, resource: { apiVersion: wanted[1] } });
    expect(heard.map(({ url }) => versionOf(url))).toEqual(wanted);
    // The rest of the run does not ask again at what is not there.
    await arm.read(vnet);
    await arm.list(vnet.replace(/\/v$/, ''), { type: 'Microsoft.Network/virtualNetworks' });
    expect(heard.map(({ url }) => versionOf(url))).toEqual([...wanted, wanted[1], wanted[1]]);
  });

  test('of a type that Azure does not know at one version ask at the next', async () => {
    const list = `${vault}/networkSecurityPerimeterConfigurations`;
    const type = 'Microsoft.KeyVault/vaults/networkSecurityPerimeterConfigurations';
    const { arm, heard } = await having(['2026-04-01-preview'], [], 'InvalidResourceType');
    expect(await arm.list(list, { type })).toMatchObject({ ok: true });
    expect(heard.map(({ url }) => versionOf(url))).toEqual(['2026-04-01', '2026-04-01-preview']);
  });

  test('end where all was asked, and where the refusal is about something else', async () => {
    const none = await having([], ['2023-01-01']);
    expect(await none.arm.read(vault)).toMatchObject({ ok: false, gap: { code: 'NoRegisteredProviderFound' } });
    expect(none.heard.map(({ url }) => versionOf(url))).toEqual(['2026-02-01', '2023-01-01']);
    const denied = await having([], [], 'AuthorizationFailed');
    expect(await denied.arm.read(vnet)).toMatchObject({ ok: false, gap: { code: 'AuthorizationFailed' } });
    expect(denied.heard.length).toBe(1);
  });

  test('take no version out of a hostile list', async () => {
    const { arm, heard } = await having([], ['2023-01-01&x=1', '../..', 'latest', `2${'0'.repeat(50_000)}`]);
    expect(await arm.read(vault)).toMatchObject({ ok: false });
    expect(heard.map(({ url }) => versionOf(url))).toEqual(['2026-02-01']);
  });
});

test('a write is sent once, at its own version', async () => {
  const { arm, heard } = await having(['2024-01-01']);
  await arm.read(vnet);
  const answer = await arm.write({
    method: 'PUT',
    id: vnet,
    apiVersion: readVersionOf('Microsoft.Network/virtualNetworks'),
    body: {},
  });
  expect(answer).toMatchObject({ state: 'refused', again: null });
  expect(heard.filter(({ method }) => method === 'PUT').map(({ url }) => versionOf(url))).toEqual(['2025-05-01']);
});

async function lagging<T>(options: SimulatorOptions, run: (bench: Bench, sent: Exchange[]) => Promise<T>): Promise<T> {
  const bench = await openBench({ scratch, ...options });
  const sent: Exchange[] = [];
  bench.simulator.onExchange((exchange) => sent.push(exchange));
  try {
    return await run(bench, sent);
  } finally {
    await bench.close();
  }
}

describe('a scan of a cloud that lags', () => {
  const newest = {
    'Microsoft.Network/virtualNetworks': '2024-01-01',
    'Microsoft.MachineLearningServices/workspaces': '2025-09-01',
    'Microsoft.ContainerRegistry': '2023-07-01',
  };

  test('finds what it finds elsewhere', async () => {
    const outcomes = async ({ session }: Bench): Promise<string[]> => {
      const snapshot = await drain(session.scan());
      return session.report(snapshot, 'all').findings.map(({ id, outcome }) => `${id} ${outcome}`);
    };
    const own = await lagging({ world: 'mixed' }, outcomes);
    const there = await lagging({ world: 'mixed', newest }, outcomes);
    // Whether ACR Tasks pass the firewall is shown since 2025-11-01 alone.
    const other = there.filter((one) => !own.includes(one));
    expect(other.filter((one) => !one.startsWith('acr.tasks-bypass'))).toEqual([]);
  });

  test('is told what of it ends soon', async () => {
    await lagging({ world: 'mixed', newest: { 'Microsoft.KeyVault': '2023-07-01' } }, async ({ session }) => {
      const snapshot = await drain(session.scan());
      const report = session.report(snapshot, 'all');
      const vault = snapshot.resources.find(({ type }) => type === 'Microsoft.KeyVault/vaults');
      expect(vault?.apiVersion).toBe('2023-07-01');
      const result = auditResult({ ...snapshot, takenAt: '2026-12-01T08:00:00.000Z' }, report, {
        allOutcomes: false,
        by: 'problem',
      });
      const text = auditLines(result).map((words) => words.map((word) => word.text).join(''));
      expect(text).toContain('  Microsoft.KeyVault/vaults: api-version 2023-07-01 ends on 2027-02-27, in 88 days.');
    });
  });

  test('is told what its older versions do not show', async () => {
    await lagging(
      { world: 'tunnelled', newest: { 'Microsoft.Network/routeTables': '2024-01-01' } },
      async ({ session }) => {
        const snapshot = await drain(session.scan());
        const result = auditResult(snapshot, session.report(snapshot, 'all'), { allOutcomes: false, by: 'problem' });
        expect(result.lagging?.find(({ type }) => type === 'Microsoft.Network/routeTables')).toEqual({
          type: 'Microsoft.Network/routeTables',
          version: '2024-01-01',
          members: ['/properties/disablePeeringRoute', '/properties/nextHop'],
        });
        const text = auditLines(result).map((words) => words.map((word) => word.text).join(''));
        expect(text).toContain(
          '  Microsoft.Network/routeTables: read with api-version 2024-01-01, the newest of this cloud, which does not show /properties/disablePeeringRoute, /properties/nextHop.',
        );
      },
    );
  });

  test('replaces no resource as a whole that it may not have seen whole', async () => {
    await lagging({ world: 'mixed', newest }, async ({ session, simulator }, sent) => {
      const before = await drain(session.scan());
      const targets = session
        .report(before, 'all')
        .findings.flatMap(({ id, outcome }) =>
          outcome === 'fail' && id.startsWith('storage.subnet-service-endpoint@') ? [id] : [],
        );
      expect(targets.length).toBeGreaterThan(0);
      const plan = session.plan(before, { targets, answers: {}, ips: [], profile: 'all' });
      const subnets = plan.steps.filter(({ change }) => /\/subnets\//.test(change.resource));
      expect(subnets.length).toBeGreaterThan(0);
      const applied = drain(session.apply(plan, { line: 'fix', acceptWarnings: true }));
      await expect(applied).rejects.toMatchObject({ code: 'version', exit: 4 });
      expect(sent.filter(({ method }) => method === 'PUT')).toEqual([]);
      expect(simulator.workspace).not.toBe('');
    });
  });
});

test('a workspace and a registry are read once', async () => {
  await lagging({ world: 'mixed' }, async ({ session, simulator }, sent) => {
    const snapshot = await drain(session.scan());
    const result = auditResult(snapshot, session.report(snapshot, 'all'), { allOutcomes: false, by: 'problem' });
    expect([result.lagging, result.versions]).toEqual([undefined, undefined]);
    const reads = sent.filter(
      ({ method, url }) => method === 'GET' && url.split('?')[0]?.toLowerCase() === simulator.workspace.toLowerCase(),
    );
    expect(reads.map(({ url }) => versionOf(url))).toEqual(['2026-05-15-preview']);
    const registries = sent.flatMap(({ method, url }) =>
      method === 'GET' && /\/registries\/[^/]+\?/i.test(url) ? [url] : [],
    );
    expect(registries.length).toBeGreaterThan(0);
    expect(new Set(registries.map(versionOf))).toEqual(new Set(['2026-11-01']));
    expect(new Set(registries).size).toBe(registries.length);
  });
});

describe('the rules of a registry', () => {
  const read = async ({ session }: Bench) => {
    const snapshot = await drain(session.scan());
    return snapshot.resources.filter(({ type }) => type === 'Microsoft.ContainerRegistry/registries');
  };
  const written = async (bench: Bench, sent: readonly Exchange[]) => {
    const before = await drain(bench.session.scan());
    const targets = bench.session
      .report(before, 'all')
      .findings.flatMap(({ id, outcome }) =>
        outcome === 'fail' && id.startsWith('acr.vnet-rule-compute-subnet@') ? [id] : [],
      );
    expect(targets.length).toBeGreaterThan(0);
    const plan = bench.session.plan(before, { targets, answers: {}, ips: [], profile: 'all' });
    await drain(bench.session.apply(plan, { line: 'fix', acceptWarnings: true }));
    const [patch] = sent.filter(({ method, url }) => method === 'PATCH' && /\/registries\//i.test(url));
    const after = bench.session.report(await drain(bench.session.scan()), 'all');
    const left = after.findings.filter(({ id, outcome }) => targets.includes(id) && outcome !== 'pass');
    return { patch, left };
  };
  const keysIn = (exchange: Exchange | undefined) => {
    const sentBody = JSON.parse(String(exchange?.requestBody ?? '{}'));
    return [...new Set(sentBody.properties.networkRuleSet.virtualNetworkRules.flatMap(Object.keys))].toSorted();
  };
  const older = { newest: { 'Microsoft.ContainerRegistry': '2025-11-01' } };

  test('are the same in every version that shows them', async () => {
    const own = await lagging({ world: 'mixed' }, read);
    const there = await lagging({ world: 'mixed', ...older }, read);
    expect(own.map(({ body }) => body)).toEqual(there.map(({ body }) => body));
    expect([...own, ...there].map(({ apiVersion }) => apiVersion)).toContain('2025-11-01');
    expect(JSON.stringify(own)).not.toContain('virtualNetworkSubnetResourceId');
    expect(JSON.stringify(own)).toContain('"virtualNetworkRules":[');
  });

  test('are written at the version that showed them, under its name', async () => {
    await lagging({ world: 'mixed' }, async (bench, sent) => {
      const { patch, left } = await written(bench, sent);
      expect(versionOf(patch?.url ?? '')).toBe('2026-11-01');
      expect(keysIn(patch)).toEqual(['action', 'virtualNetworkSubnetResourceId']);
      expect(left).toEqual([]);
    });
    await lagging({ world: 'mixed', ...older }, async (bench, sent) => {
      const { patch, left } = await written(bench, sent);
      expect(versionOf(patch?.url ?? '')).toBe('2021-08-01-preview');
      expect(keysIn(patch)).toEqual(['action', 'id']);
      expect(left).toEqual([]);
    });
  });
});

describe('a PUT of the whole', () => {
  const id = `${vnet}/subnets/sn`;
  const at = (apiVersion: string, properties: Resource['body']): Resource => ({
    ...{ id, type: 'Microsoft.Network/virtualNetworks/subnets', apiVersion },
    body: { id, properties },
  });
  const put = { method: 'PUT', id, apiVersion: '2025-05-01', body: {} } as const;

  test('goes out at the version of the reading', () => {
    expect(refusedPut(put, at('2025-05-01', {}))).toBeNull();
    expect(refusedPut(put, null)).toBeNull();
    expect(refusedPut({ ...put, method: 'PATCH' }, at('2026-01-01', {}))).toBeNull();
  });

  test('is refused at an older one, and at a newer one', () => {
    expect(refusedPut(put, at('2025-07-01', {}))).toMatchObject({ reason: 'shown-by-newer', shown: '2025-07-01' });
    expect(refusedPut(put, at('2024-01-01', {}))).toMatchObject({ reason: 'read-at-older', shown: '2024-01-01' });
  });

  test('is refused where a newer version has shown a member that the reading lacks', () => {
    const seen = at('2025-07-01', { addressPrefix: '10.0.0.0/24', newHere: 1 });
    const refused = refusedPut(put, at('2025-05-01', { addressPrefix: '10.0.0.0/24' }), seen);
    expect(refused).toMatchObject({ reason: 'shown-by-newer', members: ['newHere'] });
    expect(refused && putRefusalText(refused)).toBe(
      'sn was read with api-version 2025-07-01 and is written with 2025-05-01, which may remove newHere.',
    );
    expect(refusedPut(put, at('2025-05-01', { addressPrefix: '10.0.0.0/24', newHere: 1 }), seen)).toBeNull();
  });
});
