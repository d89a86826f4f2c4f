// A fleet audit that Azure throttles, refuses or breaks for good: it ends, says what is missing and what to do, and passes nothing for
// what it did not read.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { fleetExit } from '../../commands/fleet.ts';
import { openArmClient, pause } from '../../src/azure/open-arm-client.ts';
import { signInWith } from '../../src/azure/sign-in.ts';
import { openFleetStore } from '../../src/history/fleet-store.ts';
import { exitStatus } from '../../src/model/failure.ts';
import type { FleetReport, FleetRequest } from '../../src/model/fleet.ts';
import { fold } from '../../src/model/resource-id.ts';
import { plainText } from '../../src/model/words.ts';
import { fleetLines } from '../../src/render/fleet.ts';
import { rules } from '../../src/rules/index.ts';
import { auditFleet } from '../../src/session/fleet/fleet.ts';
import { reporter } from '../../src/session/report.ts';
import { tagSource } from '../../src/session/service-tags.ts';
import { type SimulatorOptions, startSimulator } from '../../src/simulator/index.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'fleet-throttled-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const now = () => new Date('2026-11-28T12:00:00Z');
const { report } = reporter({ rules, now });

interface Audited {
  readonly result: FleetReport;
  readonly text: string;
  /** Seconds that Azure asked to wait. */
  readonly waited: number;
  /** Requests to Azure Resource Manager and Resource Graph. */
  readonly asked: readonly { readonly url: string; readonly status: number }[];
}

/** `key`: the folder of an earlier run that is gone on with. Waits are only counted, unless the simulator itself counts time. */
async function audited(
  options: Pick<SimulatorOptions, 'faults' | 'graph' | 'throttle' | 'workspaces'>,
  request: Partial<FleetRequest> = {},
  key = mkdtempSync(path.join(folder, 'run-')),
): Promise<Audited> {
  const simulator = await startSimulator({ world: 'fleet', workspaces: 6, ...options });
  const asked: Audited['asked'][number][] = [];
  simulator.onExchange(({ url, status }) => asked.push({ url: fold(url), status }));
  const source = { kind: 'endpoint', name: 'simulator' } as const;
  const credential = signInWith({
    cloud: async () => ({
      ...{ name: 'simulator', endpoint: simulator.endpoint, authority: simulator.authority },
      audience: simulator.endpoint,
    }),
    ...{ auth: 'sim', environment: {}, simulator, ca: simulator.ca },
  });
  let waited = 0;
  const arm = openArmClient({
    ...{ source, endpoint: simulator.endpoint, credential, ca: simulator.ca, version: 'test' },
    sleep: async (ms, signal) => {
      waited += ms / 1000;
      if (options.graph?.includes('quota=8') === true) await pause(ms, signal);
    },
  });
  try {
    const result = await auditFleet(
      {
        ...{ arm, rules, now, report, say: () => {}, tags: tagSource({}) },
        intents: () => ({ get: async () => ({}) }),
        store: (_scope, restart) => openFleetStore({ folder: key, key: 'run', pid: process.pid, now, restart }),
      },
      { subscriptions: [], stage: 2, profile: 'all', ...request },
    );
    return {
      result,
      text: fleetLines({ ...result, source })
        .map(plainText)
        .join('\n'),
      waited,
      asked,
    };
  } finally {
    await simulator.stop();
  }
}

const withoutRequests = ({ workspaces, shared, problems, complete }: FleetReport) => ({
  ...{ workspaces, shared, problems, complete },
});
const passes = ({ workspaces }: FleetReport) => workspaces.reduce((sum, { summary }) => sum + summary.pass, 0);
const statuses = ({ asked }: Audited, status: number) => asked.filter((one) => one.status === status).length;

const whole = audited({});

test('a quota of Resource Graph that is used up again and again only takes time', async () => {
  const free = await whole;
  expect(free.result).toMatchObject({ complete: true, gaps: [] });
  expect(statuses(free, 429)).toBe(0);
  const slow = await audited({ graph: 'quota=8' });
  expect(slow.waited).toBeGreaterThan(free.waited);
  // The quota that an answer shows is waited for, instead of being refused.
  expect(statuses(slow, 429)).toBe(0);
  expect(withoutRequests(slow.result)).toEqual(withoutRequests(free.result));
});

test('rows in many small pages are the same rows, and pages are no queries', async () => {
  const free = await whole;
  const paged = await audited({ graph: 'page=7' });
  expect(paged.asked.length).toBeGreaterThan(free.asked.length + 20);
  expect(withoutRequests(paged.result)).toEqual(withoutRequests(free.result));
  expect(paged.result.requests).toEqual(free.result.requests);
});

test('rows that are too large for one page come in smaller ones', async () => {
  const free = await whole;
  const small = await audited({ graph: 'payload=40000' });
  expect(statuses(small, 400)).toBeGreaterThan(3);
  expect(withoutRequests(small.result)).toEqual(withoutRequests(free.result));
});

test('Resource Graph that throttles the first query without end is called throttled, not refused', async () => {
  const never = audited({ graph: 'quota=0', faults: 'POST **/Microsoft.ResourceGraph/resources * 429:retry-after=30' });
  await expect(never).rejects.toMatchObject({
    ...{ code: 'fleet-unreadable', exit: exitStatus.refused },
    next: 'Run the same command later.',
  });
});

test('429 with Retry-After is waited for', async () => {
  const free = await whole;
  const slow = await audited({
    faults: 'POST **/Microsoft.ResourceGraph/resources 3@2 429:retry-after=7; GET **/computes 2 429:retry-after=11',
  });
  expect(statuses(slow, 429)).toBe(5);
  expect(slow.waited).toBeGreaterThanOrEqual(3 * 7 + 11);
  expect(withoutRequests(slow.result)).toEqual(withoutRequests(free.result));
});

test('reads that are throttled without end leave stage 1, and the next run reads the rest alone', async () => {
  const free = await whole;
  const key = mkdtempSync(path.join(folder, 'run-'));
  const slow = await audited({ faults: 'GET **/datastores * 429:retry-after=30' }, {}, key);
  expect(slow.result.complete).toBe(false);
  expect(slow.result.workspaces.every(({ stage }) => stage === 1)).toBe(true);
  expect(slow.text).toMatch(/not accessible \/subscriptions\/\S+: Azure throttles .* Run the same command later/);
  expect(fleetExit({ ...slow.result, source: { kind: 'endpoint', name: '' } }, 'never', false)).toBe(exitStatus.gaps);
  const known = slow.asked.filter(({ url, status }) => status === 200 && url.includes('/computes')).length;
  expect(known).toBeGreaterThan(0);
  const next = await audited({}, {}, key);
  expect(withoutRequests(next.result)).toEqual(withoutRequests(free.result));
  expect(next.asked.filter(({ url }) => url.includes('resourcegraph'))).toEqual([]);
  expect(next.asked.filter(({ url }) => url.includes('/computes')).length).toBe(
    free.asked.filter(({ url }) => url.includes('/computes')).length - known,
  );
});

test('a subscription that throttles everything is waited for once, not for each read of it', async () => {
  const slow = await audited({ faults: 'GET **/workspaces/** * 429:retry-after=30' });
  expect(slow.result.workspaces.every(({ stage }) => stage === 1)).toBe(true);
  expect(slow.result.gaps).toHaveLength(1);
  expect(slow.waited).toBeGreaterThanOrEqual(300);
  // The reads that are under way at the same moment wait once more each.
  expect(slow.waited).toBeLessThan(900);
});

test('a subscription that refuses its lists is named with the permission, and asked again by the next run', async () => {
  const free = await whole;
  const [first] = free.result.workspaces;
  const refused = await audited({ faults: `GET /subscriptions/${first?.subscription}/**/computes * 403` });
  expect(refused.result.complete).toBe(false);
  expect(refused.text).toMatch(
    /not accessible \/subscriptions\/\S+: Microsoft.MachineLearningServices\/workspaces\/computes\/read failed for \d+ workspaces?\. .* Reader there/,
  );
  expect(fleetExit({ ...refused.result, source: { kind: 'endpoint', name: '' } }, 'never', false)).toBe(
    exitStatus.gaps,
  );
  expect(passes(refused.result)).toBeLessThan(passes(free.result));
});

test('a subscription that Resource Graph does not show is a failed read', async () => {
  const { subscription = '' } = (await whole).result.workspaces[0] ?? {};
  const { result, text } = await audited({ graph: `denied=${subscription}` }, { subscriptions: [subscription] });
  expect(result.workspaces).toEqual([]);
  expect(text).toMatch(/not visible to this sign-in.*Check its ID and that you have Reader there/);
  expect(fleetExit({ ...result, source: { kind: 'endpoint', name: '' } }, 'high', true)).toBe(exitStatus.gaps);
});

test('a management group is the subscriptions below it; another one is refused with the groups that there are', async () => {
  const free = await whole;
  const teams = await audited({}, { managementGroup: 'ML-teams' });
  expect(withoutRequests(teams.result)).toEqual(withoutRequests(free.result));
  const hubs = await audited({}, { managementGroup: 'platform' });
  expect(hubs.result).toMatchObject({ workspaces: [], complete: true });
  for (const managementGroup of ['nope', 'Tenant Root Group']) {
    await expect(audited({}, { managementGroup })).rejects.toMatchObject({
      ...{ code: 'management-group-unreadable', exit: exitStatus.usage },
      message: `The management group ${managementGroup} does not exist, or is not accessible with this sign-in.`,
      next: expect.stringMatching(/not its display name\. .*: [0-9a-f-]{36}, ml-teams, platform\.$/),
    });
  }
  const denied = audited(
    { faults: 'POST **/Microsoft.ResourceGraph/resources 1@2 403' },
    { managementGroup: 'platform' },
  );
  await expect(denied).rejects.toMatchObject({ code: 'management-group-unreadable', exit: exitStatus.refused });
  const broken = audited(
    { faults: 'POST **/Microsoft.ResourceGraph/resources *@2 500' },
    { managementGroup: 'platform' },
  );
  await expect(broken).rejects.toMatchObject({ code: 'fleet-unreadable', next: 'Run the same command later.' });
});

test('a page of a query that fails for good takes its types with it, and nothing else; the next run asks again', async () => {
  const free = await whole;
  const key = mkdtempSync(path.join(folder, 'run-'));
  // The fifth request is a page of a table; it fails at each try.
  const broken = await audited(
    { graph: 'page=40', faults: 'POST **/Microsoft.ResourceGraph/resources 5@6 500' },
    {},
    key,
  );
  expect(statuses(broken, 500)).toBe(5);
  const [gap, ...others] = broken.result.gaps;
  expect(others).toEqual([]);
  expect(gap?.reason).toMatch(/^The query for .* failed\. .*500.* Run the same command later/);
  expect(broken.text).toContain('The query for ');
  expect(broken.result.complete).toBe(false);
  expect(fleetExit({ ...broken.result, source: { kind: 'endpoint', name: '' } }, 'never', false)).toBe(exitStatus.gaps);
  expect(passes(broken.result)).toBeLessThan(passes(free.result));
  const next = await audited({}, {}, key);
  expect(withoutRequests(next.result)).toEqual(withoutRequests(free.result));
  expect(next.asked.filter(({ url }) => url.includes('/computes'))).toEqual([]);
});

test('Resource Graph that only throttles is waited for once, not for each query', async () => {
  const broken = await audited({ faults: 'POST **/Microsoft.ResourceGraph/resources *@3 429:retry-after=30' });
  expect(broken.result.complete).toBe(false);
  expect(broken.waited).toBeLessThan(400);
  // All that failed for one reason is one line.
  expect(broken.result.gaps.some(({ reason }) => /^\d+ queries \(.+\) failed\. /.test(reason))).toBe(true);
  expect(broken.result.gaps.every(({ reason }) => reason.includes('Run the same command later'))).toBe(true);
  const never = audited({ faults: 'POST **/Microsoft.ResourceGraph/resources * 403' });
  await expect(never).rejects.toMatchObject({ code: 'fleet-unreadable', exit: exitStatus.refused });
});
