// When a scan asks for service tags, and what it does with them: only where a rule can need them, once a week. No scan fails for them.
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { parseJson } from '../../src/model/json.ts';
import type { Resource } from '../../src/model/resource.ts';
import { tagsSummary } from '../../src/model/tags-seen.ts';
import { cutTags, isTagDocument, listAt, namesIn, textAt } from '../../src/resource-types/index.ts';
import { tagsFromText } from '../../src/session/files/service-tags.ts';
import type { TagOptions } from '../../src/session/index.ts';
import { canNeedTags, tagSource } from '../../src/session/service-tags.ts';
import type { SimulatorOptions } from '../../src/simulator/index.ts';
import { drain, openBench } from '../support/bench.ts';

const scratch = mkdtempSync(path.join(os.tmpdir(), 'bastide-session-tags-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));
const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function setup(options: SimulatorOptions & { readonly tags?: TagOptions } = {}) {
  const bench = await openBench({ world: 'limited', ...options, scratch });
  closers.push(() => bench.close());
  const asked: number[] = [];
  bench.simulator.onExchange(({ url, status }) => {
    if (/serviceTags/.test(url)) asked.push(status);
  });
  return { ...bench, asked, scan: () => drain(bench.session.scan()) };
}
const day = 86_400_000;
/** A store in memory that counts what is put into it. */
function memory(ageDays?: number) {
  const document = parseJson(
    '{"changeNumber":"old","values":[{"name":"Storage","properties":{"addressPrefixes":["1.2.3.0/24"]}}]}',
  ) as never;
  let kept = ageDays === undefined ? undefined : { at: new Date(Date.now() - ageDays * day).toISOString(), document };
  const put: unknown[] = [];
  const store: TagOptions['store'] = {
    get: async () => kept,
    put: async (tags) => {
      kept = tags as typeof kept;
      put.push(tags);
    },
  };
  return { store, put };
}

describe('asked for', () => {
  test('once a session, and put away', async () => {
    const { store, put } = memory();
    const { asked, scan } = await setup({ tags: { store } });
    const first = await scan();
    expect(tagsSummary(first)).toMatchObject({ source: 'azure', changeNumber: '376', ageDays: 0 });
    const second = await scan();
    expect(tagsSummary(second)).toMatchObject({ source: 'cache', changeNumber: '376', takenAt: first.serviceTags?.at });
    expect(second.requests).toBe(first.requests - 1);
    expect([asked, put.length]).toEqual([[200], 1]);
  });

  test.each([
    [0, 'cache', []],
    [6, 'cache', []],
    [7, 'azure', [200]],
    [400, 'azure', [200]],
    [-1, 'azure', [200]],
  ] as const)('what is kept for %d days comes from %s', async (age, source, requests) => {
    const { asked, scan } = await setup({ tags: { store: memory(age).store } });
    const { serviceTags, takenAt } = await scan();
    expect(tagsSummary({ ...(serviceTags ? { serviceTags } : {}), takenAt }).source).toBe(source);
    expect(asked).toEqual(requests);
  });

  test('however young, when the operator wants them anew, and then once', async () => {
    const { asked, scan } = await setup({ tags: { store: memory(1).store, refresh: true } });
    expect(tagsSummary(await scan()).source).toBe('azure');
    expect(tagsSummary(await scan()).source).toBe('cache');
    expect(asked).toEqual([200]);
  });

  test('not at all where no rule can need them', async () => {
    const { asked, scan } = await setup({ world: 'closed' });
    const snapshot = await scan();
    expect(canNeedTags(snapshot.resources, snapshot.intents)).toBe(false);
    expect([asked, snapshot.serviceTags]).toEqual([[], undefined]);
    expect(tagsSummary(snapshot)).toEqual({ changeNumber: null, takenAt: null, ageDays: null, source: 'none' });
  });

  test('not at all where the operator named a file', async () => {
    const text =
      '{"changeNumber":5,"values":[{"name":"AzureMonitor","properties":{"addressPrefixes":["9.9.9.0/24"]}}]}';
    const { store, put } = memory(1);
    const file = tagsFromText(text, 'ServiceTags_Public_20251110.json');
    const { asked, scan } = await setup({ tags: { store, file } });
    const snapshot = await scan();
    expect(snapshot.serviceTags).toMatchObject({ source: 'file', from: 'ServiceTags_Public_20251110.json' });
    expect(tagsSummary(snapshot)).toMatchObject({ changeNumber: '5', takenAt: '2025-11-10T00:00:00.000Z' });
    expect([asked, put]).toEqual([[], []]);
  });
});

describe('refused', () => {
  const faults = 'GET */serviceTags 99 403';

  test.each(['limited', 'tunnelled'])(
    'a read failure that the scan of %s survives, and that only what needs it depends on, by name',
    async (world) => {
      const refused = await setup({ world, faults });
      const snapshot = await refused.scan();
      const gaps = snapshot.gaps.filter(({ id }) => /serviceTags$/.test(id));
      expect(gaps.map(({ status }) => status)).toEqual([403]);
      expect(snapshot.serviceTags).toBeUndefined();
      const told = await setup({ world });
      const findings = (of: typeof snapshot) => refused.session.report(of, 'all').findings;
      const whole = new Map(findings(await told.scan()).map((finding) => [finding.id, finding]));
      const blind = findings(snapshot);
      expect(blind.map(({ id }) => id).toSorted()).toEqual([...whole.keys()].toSorted());
      const moved = blind.filter(({ id, outcome }) => whole.get(id)?.outcome !== outcome);
      for (const { id, outcome, gaps: because } of moved)
        expect([id, outcome, because]).toEqual([id, 'unknown', [gaps[0]?.id]]);
      if (world === 'tunnelled') expect(moved.length).toBeGreaterThan(3);
    },
  );

  test('what is kept is used however old, with its age and the gap beside it', async () => {
    const { store, put } = memory(30);
    const { scan } = await setup({ faults, tags: { store } });
    const snapshot = await scan();
    expect(tagsSummary(snapshot)).toMatchObject({ source: 'cache', changeNumber: 'old', ageDays: 30 });
    expect(snapshot.gaps).toHaveLength(1);
    expect(put).toEqual([]);
  });

  test('and asked for again by the next scan', async () => {
    const { asked, scan } = await setup({ faults: 'GET */serviceTags 1 403' });
    await scan();
    expect((await scan()).gaps).toEqual([]);
    expect(asked).toEqual([403, 200]);
  });
});

describe('the cut', () => {
  const resource = (type: string, properties: unknown, location = 'westeurope'): Resource => ({
    ...{ id: `/subscriptions/s/resourceGroups/g/providers/${type}/x`, type, apiVersion: '1' },
    body: parseJson(JSON.stringify({ location, properties })) as never,
  });
  const tag = (name: string) => ({ name, properties: { addressPrefixes: ['1.2.3.0/24'] }, unknown: [1] });
  const all = parseJson(
    JSON.stringify({
      changeNumber: 376,
      more: 'kept',
      values: [
        ...['Storage', 'Storage.WestEurope', 'Storage.EastUS', 'Sql', 'Sql.WestEurope', 'AppService', 'AzureCloud'],
        ...[
          'AzureCloud.westeurope',
          'AzureCloud.centralfrance',
          'AzureMachineLearning.EastUS',
          'AzureFrontDoor.Frontend',
        ],
      ].map(tag),
    }),
  ) as never;
  const names = (resources: readonly Resource[]) =>
    listAt(cutTags(all, resources), '/values').map((value) => textAt(value, '/name'));
  const always = ['Storage', 'AzureMachineLearning.EastUS', 'AzureFrontDoor.Frontend'];

  test('holds the families, their regions, and every tag that a rule, a route or a firewall names', () => {
    expect(names([])).toEqual(always);
    const group = resource('Microsoft.Network/networkSecurityGroups', {
      securityRules: [
        { properties: { destinationAddressPrefix: 'SQL', sourceAddressPrefixes: ['AzureCloud', '10.0.0.0/8'] } },
      ],
    });
    expect(names([group])).toEqual(
      expect.arrayContaining([...always, 'Storage.WestEurope', 'Sql', 'AzureCloud', 'AzureCloud.westeurope']),
    );
    expect(names([group])).not.toContain('Storage.EastUS');
    const table = resource('Microsoft.Network/routeTables', {
      routes: [{ properties: { addressPrefix: 'AppService' } }],
    });
    expect(names([table])).toContain('AppService');
    const france = resource('Microsoft.Storage/storageAccounts', { note: 'AppService' }, 'France Central');
    expect(names([france])).toEqual(expect.arrayContaining(['AzureCloud.centralfrance']));
    expect(names([france])).not.toContain('AppService');
  });

  test('keeps what it does not know, of the document and of each tag', () => {
    expect(cutTags(all, [])).toMatchObject({ changeNumber: 376, more: 'kept' });
    expect(listAt(cutTags(all, []), '/values')[0]).toEqual(tag('Storage'));
  });

  test('whatever the document and the resources hold, nothing throws', () => {
    fc.assert(
      fc.property(fc.json(), fc.json(), (document, body) => {
        const parsed = parseJson(document);
        const one = resource('Microsoft.Network/networkSecurityGroups', JSON.parse(body));
        namesIn([one]);
        isTagDocument(parsed);
        if (parsed !== null && typeof parsed === 'object' && !Array.isArray(parsed)) cutTags(parsed as never, [one]);
      }),
      { numRuns: 200 },
    );
  });
});

describe('a file', () => {
  test.each([
    ['no JSON', '{'],
    ['no list', '{"values":{}}'],
    ['a list of nothing', '{"values":[]}'],
    ['tags without prefixes', '{"values":[{"name":"Storage","properties":{}}]}'],
    ['something else', '[]'],
  ])('%s is refused with its name', (_what, text) => {
    expect(() => tagsFromText(text, 'tags.json')).toThrow(
      expect.objectContaining({ code: 'unreadable-service-tags', exit: 2 }),
    );
  });

  test.each([
    ['ServiceTags_Public_20251110.json', '2025-11-10T00:00:00.000Z'],
    ['/data/ServiceTags_AzureGovernment_20260720.aml.json', '2026-07-20T00:00:00.000Z'],
    ['ServiceTags_Public_20259999.json', null],
    ['mine.json', null],
  ])('%s is of %s', (name, at) => {
    const text = '{"values":[{"name":"Storage","properties":{"addressPrefixes":[]}}]}';
    expect(tagsFromText(text, name).at).toBe(at);
  });
});

test('a store that knows nothing asks; one source asks once for scans that come together later', async () => {
  const source = tagSource({});
  const needing = [{ id: '/x', type: 'Microsoft.Network/networkSecurityGroups', apiVersion: '1', body: {} }];
  let asked = 0;
  const ask = async () => {
    asked += 1;
    return { values: [] };
  };
  const now = new Date('2026-11-24T00:00:00Z');
  expect((await source(needing, {}, now, ask))?.source).toBe('azure');
  expect((await source(needing, {}, new Date(now.getTime() + 6 * day), ask))?.source).toBe('cache');
  expect((await source(needing, {}, new Date(now.getTime() + 8 * day), ask))?.source).toBe('azure');
  expect(asked).toBe(2);
});
