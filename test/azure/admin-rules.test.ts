// The security admin rules through the ARM client: a caller that may not list them learns whether there are any.
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { nameOf } from '../../src/model/resource-id.ts';
import { adminRulesIn, adminRulesOf } from '../../src/resource-types/index.ts';
import { type Bench, drain, openBench } from '../support/bench.ts';

const scratch = mkdtempSync(path.join(os.tmpdir(), 'bastide-ruled-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));
const benches: Bench[] = [];
afterEach(async () => {
  await Promise.all(benches.splice(0).map((bench) => bench.close()));
});
const open = async (world: string, ...faults: readonly string[]): Promise<Bench> => {
  const bench = await openBench({ world, scratch, ...(faults.length > 0 ? { faults: faults.join(';') } : {}) });
  benches.push(bench);
  return bench;
};
const asks = 'POST */listNetworkManagerEffectiveSecurityAdminRules';
const refusesRules = `${asks} * 403`;
const refusesGraph = 'POST */Microsoft.ResourceGraph/* * 403';

const seen = async (bench: Bench) => {
  const asked: string[] = [];
  const stop = bench.simulator.onExchange(({ method, url }) => {
    if (method === 'POST' && /ResourceGraph|AdminRules/i.test(url)) asked.push(nameOf(url.replace(/\?.*/, '')));
  });
  const snapshot = await drain(bench.session.scan());
  stop();
  const { findings } = bench.session.report(snapshot, 'all');
  const outcomes = (outcome: string) => findings.filter((one) => one.outcome === outcome).map(({ rule }) => rule);
  const [vnet = ''] = snapshot.resources
    .filter(({ type }) => type.toLowerCase() === 'microsoft.network/virtualnetworks')
    .map(({ id }) => id);
  const document = snapshot.resources.find(({ id }) => id === adminRulesOf(vnet));
  const names = document && adminRulesIn(document).map(({ name }) => name);
  return { asked, names, gap: snapshot.gaps.find(({ id }) => id === adminRulesOf(vnet)), outcomes };
};
/** A scan asks first which workspaces of other subscriptions there are. */
const [others, rules, graph] = ['resources', 'listNetworkManagerEffectiveSecurityAdminRules', 'resources'];

test('one question for each network with computes, and all the rules', async () => {
  const { asked, names, outcomes } = await seen(await open('governed'));
  expect(asked).toEqual([others, rules]);
  expect(names).toEqual(['deny-internet-in', 'deny-smb-out', 'always-monitor']);
  expect(outcomes('unknown')).toEqual([]);
});

test('it is asked of every network that is read, whether computes are in it or not', async () => {
  const { asked } = await seen(await open('closed-managed-network'));
  expect(asked).toEqual([others, rules]);
});

describe('a reader, who may not ask', () => {
  test('is told by Resource Graph that there are none, and nothing is unknown', async () => {
    const { asked, names, gap, outcomes } = await seen(await open('limited', refusesRules));
    expect(asked).toEqual([others, rules, graph]);
    expect([names, gap]).toEqual([[], undefined]);
    expect(outcomes('unknown')).toEqual([]);
  });
  test('is told that there are some, and what they would change is unknown', async () => {
    const { names, gap, outcomes } = await seen(await open('governed', refusesRules));
    expect(names).toBeUndefined();
    expect(gap?.reason).toMatch(/applies to the network with 1 security admin configuration/);
    expect(gap?.action).toBe(`Microsoft.Network/virtualNetworks/${rules}/action`);
    expect(outcomes('unknown')).toEqual(expect.arrayContaining(['nsg.inbound-azureml-44224', 'nsg.outbound-storage']));
    // Whether outbound is limited depends on them as well.
    const others = new Set(outcomes('unknown').filter((rule) => !rule.startsWith('nsg.')));
    expect([...others].toSorted()).toEqual(['acr.build-cluster-egress', 'storage.exfiltration-policy']);
  });
  test('where Resource Graph says nothing either, it is unknown as well', async () => {
    const { gap, outcomes } = await seen(await open('limited', refusesRules, refusesGraph));
    expect(gap?.reason).toMatch(/^Access to its rules is denied/);
    expect(outcomes('unknown')).toEqual(expect.arrayContaining(['nsg.inbound-azureml-44224']));
  });
});

test('an answer that is late is waited for', async () => {
  const { asked, names } = await seen(await open('governed', `${asks} 2 503`));
  expect(asked).toEqual([others, rules, rules, rules]);
  expect(names).toHaveLength(3);
});

test('a question whose answer is lost is repeated: nothing changes by it', async () => {
  const { names, gap } = await seen(await open('governed', `${asks} 3 drop-before`));
  expect([names?.length, gap]).toEqual([3, undefined]);
});

test.each([
  ['an answer that is no JSON', `${asks} * html502`],
  ['no answer', `${asks} * drop-before`],
])('%s leaves a gap, and no crash', async (_what, fault) => {
  const { gap } = await seen(await open('governed', fault));
  expect(gap?.reason).toMatch(/Azure/);
});
