// A workspace behind two Azure Firewalls, over the wire: what is asked, what a refused reading makes of the rules, and both fixes
// through updates that take their time, and back.
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { pathThrough } from '../../src/audit/path.ts';
import type { Plan } from '../../src/model/plan.ts';
import { fold, nameOf } from '../../src/model/resource-id.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { firewallType } from '../../src/resource-types/index.ts';
import { scanWorkspace } from '../../src/session/scan.ts';
import { worldFiles } from '../../src/simulator/worlds/index.ts';
import { workspace as mainWorkspace } from '../../src/simulator/worlds/world.ts';
import { clientOf, type TestReply } from '../simulator/support.ts';
import { type Bench, drain, openBench } from '../support/bench.ts';
import { armInProcess } from '../support/in-process.ts';
import { inEveryRun, partOf } from '../support/parts.ts';

const scratch = mkdtempSync(path.join(os.tmpdir(), 'bastide-firewall-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));
const benches: Bench[] = [];
afterEach(async () => {
  await Promise.all(benches.splice(0).map((bench) => bench.close()));
});
async function open(
  options: Parameters<typeof openBench>[0] extends infer All ? Omit<All & object, 'scratch'> : never,
) {
  const bench = await openBench({ ...options, scratch });
  benches.push(bench);
  return bench;
}

const rule = 'firewall.current-rules';
const judged = ({ session }: Bench, snapshot: Snapshot, id = rule) =>
  session
    .report(snapshot, 'all')
    .findings.filter((one) => one.rule === id)
    .map(({ where, outcome }) => `${nameOf(where ?? 'none')} ${outcome}`)
    .toSorted();
const planned = ({ session }: Bench, snapshot: Snapshot, answers = {}): Plan =>
  session.plan(snapshot, { targets: [rule], answers, ips: [], profile: 'all' });
/** What Azure holds, less the etags, which every write moves. */
const held = ({ simulator }: Bench): unknown =>
  JSON.parse(simulator.stateText(), (key, value) => (key === 'etag' ? undefined : value)).resources;

inEveryRun(() => {
  describe('what is asked', () => {
    const askedBy = async (bench: Bench): Promise<string[]> => {
      const asked: string[] = [];
      const stop = bench.simulator.onExchange(({ url }) => asked.push(fold(url)));
      await drain(bench.session.scan());
      stop();
      return asked.filter((url) => /firewall|ipgroups/.test(url)).map((url) => url.replace(/\?.*$/, ''));
    };
    test('nothing about firewalls where no route leads to one', async () => {
      expect(await askedBy(await open({ world: 'closed' }))).toEqual([]);
    });
    test('each firewall met, its policy and the one above, their groups, the IP groups of their rules: once each', async () => {
      const asked = await askedBy(await open({ world: 'firewalled' }));
      expect(asked.map((url) => url.split('/').slice(-2).join('/')).toSorted()).toEqual([
        ...['firewallpolicies/fwp-base', 'firewallpolicies/fwp-hub', 'fwp-base/rulecollectiongroups'],
        ...['fwp-hub/rulecollectiongroups', 'ipgroups/ipg-ml-nodes', 'microsoft.network/azurefirewalls'],
      ]);
    });
  });

  describe('of firewalls with the address of one next hop', () => {
    interface Firewall {
      readonly id: string;
      readonly properties: {
        ipConfigurations?: readonly { readonly properties: { privateIPAddress: string } }[];
        hubIPAddresses?: object;
      };
    }
    const group = '/subscriptions/22222222-2222-2222-2222-222222222222/resourceGroups/rg-apart';
    const network = `${group}/providers/Microsoft.Network/virtualNetworks/vnet-apart`;
    const subnet = `${network}/subnets/AzureFirewallSubnet`;
    const firewall = `${group}/providers/Microsoft.Network/azureFirewalls/fw-apart`;
    /** The firewalls in hand where another hub, which is not peered and comes first, has the addresses of vnet-hub. */
    const taken = async (change: (apart: Firewall, hub: Firewall) => void = () => {}): Promise<string[]> => {
      const own: object[] = JSON.parse(worldFiles.find(({ name }) => name === 'firewalled')?.resources() ?? '[]');
      const configuration = { name: 'main', properties: { privateIPAddress: '10.8.0.4', subnet: { id: subnet } } };
      const other: object[] = [
        {
          ...{ id: network, name: 'vnet-apart', type: 'Microsoft.Network/virtualNetworks', location: 'westeurope' },
          properties: {
            addressSpace: { addressPrefixes: ['10.8.0.0/16'] },
            subnets: [{ id: subnet, name: 'AzureFirewallSubnet', properties: { addressPrefix: '10.8.0.0/26' } }],
          },
        },
        {
          ...{ id: firewall, name: 'fw-apart', type: 'Microsoft.Network/azureFirewalls', location: 'westeurope' },
          properties: { ipConfigurations: [configuration], networkRuleCollections: [], applicationRuleCollections: [] },
        },
      ];
      const documents = [...other, ...own] as Firewall[];
      const [apart, hub] = ['fw-apart', 'fw-hub'].map((name) => documents.find(({ id }) => nameOf(id) === name));
      if (apart && hub) change(apart, hub);
      const { arm, intents } = armInProcess('firewalled', JSON.stringify(documents));
      const snapshot = await scanWorkspace({
        ...{ arm, intents, workspace: mainWorkspace, id: '', now: () => new Date(), progress: () => {} },
      });
      return snapshot.resources.flatMap(({ id, type }) => (type === firewallType ? [nameOf(id)] : []));
    };
    test('that of the own or a peered network is taken', async () => {
      expect(await taken()).toEqual(['fw-hub', 'fw-old']);
    });
    test('any is taken where no peered network has one, wherever other next hops lead', async () => {
      const moved = await taken((_apart, hub) => {
        for (const { properties } of hub.properties.ipConfigurations ?? []) properties.privateIPAddress = '10.8.0.5';
      });
      expect(moved).toEqual(['fw-apart', 'fw-old']);
    });
    test('one of a virtual hub, which shows no network, is taken', async () => {
      const inVirtualHub = await taken(({ properties }) => {
        delete properties.ipConfigurations;
        properties.hubIPAddresses = { privateIPAddress: '10.8.0.4' };
      });
      expect(inVirtualHub).toEqual(['fw-apart', 'fw-hub', 'fw-old']);
    });
  });

  describe('a refused reading is unknown, never pass', () => {
    const none = 'none unknown';
    test.each([
      ['the list of firewalls', 'GET */azureFirewalls * 403', [none, none, none]],
      ['the policy', 'GET */firewallPolicies/fwp-hub * 403', ['fw-hub unknown', 'fw-old fail', none]],
      ['the policy above', 'GET */firewallPolicies/fwp-base * 403', ['fw-hub unknown', 'fw-old fail', none]],
      ['the groups above', 'GET */fwp-base/ruleCollectionGroups * 403', ['fw-hub unknown', 'fw-old fail', none]],
    ])('%s', async (_what, faults, outcomes) => {
      const bench = await open({ world: 'firewalled', faults });
      const snapshot = await drain(bench.session.scan());
      expect(judged(bench, snapshot)).toEqual(outcomes);
    });
    test('an IP group: what depends on it is unknown, what is missing anyway fails', async () => {
      const bench = await open({ world: 'firewalled', faults: 'GET */ipGroups/* * 403' });
      const snapshot = await drain(bench.session.scan());
      expect(judged(bench, snapshot)).toEqual(['fw-hub fail', 'fw-old fail', none]);
      const found = bench.session
        .report(snapshot, 'all')
        .findings.find(({ where }) => nameOf(where ?? '') === 'fw-hub');
      expect(found?.because).not.toMatch(/Entra/);
    });
  });
});

describe.each(partOf(['tags', 'hosts'], 2))('both fixes, by %s', (by) => {
  test('resolve their findings, and are undone exactly', async () => {
    const bench = await open({ world: 'firewalled', clock: 'polls:2' });
    const { session } = bench;
    const before = held(bench);
    expect(JSON.stringify(before)).toMatch(/natRuleCollections/);
    const snapshot = await drain(session.scan());
    const plan = planned(bench, snapshot, { by });
    expect(plan.steps.map(({ change }) => [change.kind, nameOf(change.resource)])).toEqual([
      ['edit', 'fw-old'],
      ['create', 'bastide-vnet-ml-snet-train'],
    ]);
    const outcome = await drain(session.apply(plan, { line: `fix ${rule}`, acceptWarnings: true }));
    expect(outcome.steps.map(({ state, message }) => [state, message])).toEqual([
      ['done', null],
      ['done', null],
    ]);
    const mended = await drain(session.scan());
    expect(judged(bench, mended)).toEqual(['fw-hub pass', 'fw-old pass', 'none unknown']);
    expect(planned(bench, mended).steps).toEqual([]);
    const undone = await drain(session.apply(await session.planUndo(), { line: 'undo', acceptWarnings: true }));
    expect(undone.steps.map(({ state }) => state)).toEqual(['done', 'done']);
    expect(held(bench)).toEqual(before);
  });
});

inEveryRun(() => {
  test('while another client updates the policy nothing is forced, and the rest is done', async () => {
    const bench = await open({ world: 'firewalled', faults: 'PUT */ruleCollectionGroups/* * 409' });
    const { session } = bench;
    const snapshot = await drain(session.scan());
    const outcome = await drain(session.apply(planned(bench, snapshot), { line: `fix ${rule}`, acceptWarnings: true }));
    expect(outcome.steps.map(({ resource, state }) => [nameOf(resource), state])).toEqual([
      ['fw-old', 'done'],
      ['bastide-vnet-ml-snet-train', 'failed'],
    ]);
    expect(judged(bench, await drain(session.scan()))).toEqual(['fw-hub fail', 'fw-old pass', 'none unknown']);
  });

  test('a peering that the other side removes blocks the path to its firewall, until both exist again', async () => {
    const bench = await open({ world: 'firewalled' });
    const { session, simulator } = bench;
    const wayOut = async (): Promise<readonly [string | undefined, string | undefined]> => {
      const snapshot = await drain(session.scan());
      const found = session
        .report(snapshot, 'all')
        .findings.find(
          (one) => one.rule === 'compute.explicit-outbound' && nameOf(one.where ?? one.resource) === 'snet-train',
        );
      const through = pathThrough(snapshot, {
        ...{ source: 'snet-train', destination: 'internet', protocol: 'Tcp', ports: ['443'] },
      });
      const hops = through.state === 'answered' ? through.answer.hops : [];
      return [found?.outcome, hops.find(({ hop }) => hop === 'route')?.verdict];
    };
    const client = await clientOf(simulator);
    const groups = `/subscriptions/${simulator.subscription}/resourceGroups`;
    const network = (group: string, name: string): string =>
      `${groups}/${group}/providers/Microsoft.Network/virtualNetworks/${name}`;
    const [near, hub] = [network('rg-ml', 'vnet-ml'), network('rg-hub', 'vnet-hub')];
    const write = (from: string, to: string): Promise<TestReply> =>
      client.put(`${from}/virtualNetworkPeerings/to-${nameOf(to)}`, {
        properties: { remoteVirtualNetwork: { id: to }, allowForwardedTraffic: true },
      });
    expect(await wayOut()).toEqual(['pass', 'allowed']);
    await client.delete(`${hub}/virtualNetworkPeerings/to-vnet-ml`);
    // The service endpoints of the subnet lead past the firewall.
    expect(await wayOut()).toEqual(['fail', 'partly']);
    await write(near, hub);
    await write(hub, near);
    expect(await wayOut()).toEqual(['pass', 'allowed']);
  });
});
