// What Azure says is in effect, asked for on request: where, how many questions, what becomes of refusals, of a stop, of a tunnel
// that only Azure can see.
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { liveReport } from '../../src/audit/index.ts';
import { pathThrough } from '../../src/audit/path.ts';
import { tunnelOf } from '../../src/facts/tunnel.ts';
import { Failure } from '../../src/model/failure.ts';
import type { Finding } from '../../src/model/finding.ts';
import type { Json } from '../../src/model/json.ts';
import { hasChanged } from '../../src/model/live.ts';
import { nameOf } from '../../src/model/resource-id.ts';
import { indexSnapshot, withResources } from '../../src/model/snapshot-index.ts';
import { createFileSession } from '../../src/session/create-file-session.ts';
import type { SessionEvent } from '../../src/session/session.ts';
import type { SimulatorOptions } from '../../src/simulator/index.ts';
import { worldFiles } from '../../src/simulator/worlds/index.ts';
import { type Bench, drain, openBench } from '../support/bench.ts';
import { forFiles } from '../support/sandbox.ts';

const scratch = mkdtempSync(path.join(os.tmpdir(), 'bastide-live-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));
const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

type Body = Record<string, unknown> & { id: string; name: string; properties: Record<string, never> };
/** The world `limited` with some of its bodies changed and others added, as a text to load. */
function limitedWith(change: (bodies: Map<string, Body>) => readonly object[]): string {
  const bodies = JSON.parse(worldFiles.find(({ name }) => name === 'limited')?.resources() ?? '[]') as Body[];
  const added = change(new Map(bodies.map((body) => [body.name, body])));
  return JSON.stringify([...bodies, ...added]);
}

interface Asked extends Bench {
  readonly questions: string[];
}
async function opened(options: SimulatorOptions): Promise<Asked> {
  const bench = await openBench({ ...options, scratch });
  closers.push(() => bench.close());
  const questions: string[] = [];
  bench.simulator.onExchange(({ method, url }) => {
    const isLive = method === 'POST' && /\/network(?:Interfaces|Watchers)\//.test(url);
    if (isLive) questions.push(url.split('?')[0]?.split('/').at(-1) ?? '');
  });
  return { ...bench, questions };
}
const profile = 'all' as const;
const inTrain = (wanted: string) => (one: Finding) => one.rule === wanted && nameOf(one.resource) === 'snet-train';

describe('asking', () => {
  test('a scan asks nothing, and the number of questions is told before the first of them', async () => {
    const { session, questions } = await opened({ world: 'limited' });
    const snapshot = await drain(session.scan());
    expect([questions, snapshot.live]).toEqual([[], undefined]);
    const told: (readonly [SessionEvent, number])[] = [];
    const running = session.live(snapshot, { profile });
    let next = await running.next();
    for (; next.done !== true; next = await running.next()) {
      if (next.value.kind === 'asking') told.push([next.value, questions.length]);
    }
    const [[event, before] = []] = told;
    expect([told.length, before]).toEqual([1, 0]);
    expect(event).toMatchObject({ questions: questions.length });
    expect(next.value.live?.questions).toBe(questions.length);
    expect(questions.slice(0, 2)).toEqual(['effectiveNetworkSecurityGroups', 'effectiveRouteTable']);
    expect(questions).toEqual(expect.arrayContaining(['ipFlowVerify', 'nextHop']));
    const [card, ...others] = next.value.live?.cards ?? [];
    expect([card && nameOf(card.card), others]).toEqual(['nic-vm-jump', []]);
    expect(session.latest()).toBe(next.value);
    const said = liveReport(next.value)?.cards.flatMap((one) => one.said) ?? [];
    expect(said.filter(({ agrees }) => agrees !== true)).toEqual([]);
    expect(new Set(said.map(({ about }) => about)).size).toBe(5);
  });

  test('under a network manager, Azure and the model say the same of every packet', async () => {
    const { session } = await opened({ world: 'governed' });
    const asked = await drain(session.live(await drain(session.scan()), { profile }));
    const said = liveReport(asked)?.cards.flatMap((one) => one.said) ?? [];
    expect(said.filter(({ agrees }) => agrees !== true)).toEqual([]);
    expect(said.map(({ azure }) => azure)).toEqual(
      expect.arrayContaining([expect.stringMatching(/^deny by securityAdminRules\/deny-internet-in/)]),
    );
  });

  test('where no machine runs, that is said', async () => {
    const { session } = await opened({ world: 'limited' });
    const { live } = await drain(session.live(await drain(session.scan()), { profile }));
    const reasons = Object.fromEntries(live?.nowhere.map(({ subnet, reason }) => [nameOf(subnet), reason]) ?? []);
    expect(reasons['snet-dev']).toBe('No machine runs in snet-dev: vm-idle is deallocated.');
    expect(Object.keys(reasons).sort()).toEqual(['snet-bare', 'snet-dev', 'snet-gpu']);
  });

  test('one finding is asked about in its own subnet, and its evidence holds what was said', async () => {
    const { session } = await opened({ world: 'limited' });
    const snapshot = await drain(session.scan());
    const finding = session.report(snapshot, profile).findings.find(inTrain('nsg.outbound-arm'));
    const asked = await drain(session.live(snapshot, { profile, findings: [finding?.id ?? ''] }));
    expect(asked.live?.nowhere).toEqual([]);
    const after = session.report(asked, profile).findings.find(({ id }) => id === finding?.id);
    const own = finding?.evidence.length ?? 0;
    const notes = after?.evidence.slice(0, -own).map(({ note }) => note);
    expect(notes).toContain('IP flow: the model and Azure agree');
    expect(after?.evidence.slice(-own)).toEqual(finding?.evidence);
  });

  test('a workspace without training subnets is audited all the same', async () => {
    const { session, questions } = await opened({ world: 'closed-managed-network' });
    const snapshot = await drain(session.scan());
    const asked = await drain(session.live(snapshot, { profile }));
    expect([asked.live, questions]).toEqual([{ questions: 0, cards: [], nowhere: [] }, []]);
  });

  test('a finding that is about no subnet, and files, have nothing to ask', async () => {
    const { session } = await opened({ world: 'limited' });
    const snapshot = await drain(session.scan());
    const finding = session.report(snapshot, profile).findings.find(({ rule }) => rule.startsWith('keyvault.'));
    const refusal = drain(session.live(snapshot, { profile, findings: [finding?.id ?? ''] }));
    await expect(refusal).rejects.toMatchObject({ code: 'nothing-to-ask', exit: 2 });
    const files = createFileSession({ snapshot, rules: [], ...forFiles });
    await expect(drain(files.live(snapshot, { profile }))).rejects.toMatchObject({ code: 'nobody-to-ask' });
  });

  test('flows are asked about at their own subnets, whatever the findings say', async () => {
    const { session, questions } = await opened({ world: 'limited' });
    const snapshot = await drain(session.scan());
    const subnet = snapshot.resources.find(({ id }) => nameOf(id) === 'snet-train')?.id ?? '';
    const flow = { direction: 'Inbound', protocol: 'Tcp', remote: ['8.8.8.8'], ports: ['22'] } as const;
    const { live } = await drain(session.live(snapshot, { profile, flows: [{ subnet, flow }] }));
    expect(questions).toEqual(['effectiveNetworkSecurityGroups', 'effectiveRouteTable', 'ipFlowVerify']);
    expect(live?.cards[0]?.flows.map(({ packet }) => packet)).toEqual([
      { direction: 'Inbound', protocol: 'Tcp', remote: '8.8.8.8', localPort: 22, remotePort: 60000 },
    ]);
    const nothing = drain(session.live(snapshot, { profile, flows: [] }));
    await expect(nothing).rejects.toMatchObject({ code: 'nothing-to-ask' });
  });

  test('an answer that takes a while is waited for', async () => {
    const { session } = await opened({ world: 'limited', clock: 'polls:1' });
    const snapshot = await drain(session.scan());
    const finding = session.report(snapshot, profile).findings.find(inTrain('nsg.allow-before-deny'));
    const { live } = await drain(session.live(snapshot, { profile, findings: [finding?.id ?? ''] }));
    expect(live?.cards.flatMap(({ gaps }) => gaps)).toEqual([]);
    expect(live?.cards.map(({ groups, routes }) => [groups === null, routes === null])).toEqual([[false, false]]);
  });
});

describe('what goes wrong', () => {
  test('a refused question is a gap with its action, and the rest is asked all the same', async () => {
    const permissions = [
      { scope: '/subscriptions/22222222-2222-2222-2222-222222222222', actions: ['*/read'], notActions: [] },
    ];
    const resources = limitedWith(() => []);
    const load = `{"resources": ${resources}, "permissions": ${JSON.stringify(permissions)}}`;
    const { session, questions } = await opened({ load });
    const snapshot = await drain(session.scan());
    const asked = await drain(session.live(snapshot, { profile }));
    const [card] = asked.live?.cards ?? [];
    expect(card?.gaps).toHaveLength(questions.length);
    expect(card?.gaps[1]).toMatchObject({
      status: 403,
      action: 'Microsoft.Network/networkInterfaces/effectiveRouteTable/action',
    });
    expect([card?.groups, card?.routes, card?.flows]).toEqual([null, null, []]);
    const before = session.report(snapshot, profile);
    expect(session.report(asked, profile).summary).toEqual(before.summary);
  });

  test.each(['async-fail', '500', '429', 'html502', 'drop-after'])('%s leaves a gap', async (fault) => {
    const { session } = await opened({ world: 'limited', faults: `POST */effectiveRouteTable* 9 ${fault}` });
    const { live } = await drain(session.live(await drain(session.scan()), { profile }));
    const [card] = live?.cards ?? [];
    expect([card?.routes, card?.gaps.length]).toEqual([null, 1]);
    expect(card?.gaps[0]?.reason).toMatch(/Azure/);
    expect(card?.groups).not.toBeNull();
  });

  test('a stop says how far it came, and keeps nothing', async () => {
    const { session, simulator, questions } = await opened({ world: 'limited' });
    const snapshot = await drain(session.scan());
    const stopper = new AbortController();
    simulator.onExchange(() => {
      if (questions.length === 2) stopper.abort();
    });
    const error = await drain(session.live(snapshot, { profile }, stopper.signal)).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(Failure);
    expect(error).toMatchObject({ exit: 130 });
    expect((error as Failure).message).toMatch(/^Stopped after [12] of \d+ requests\. They were read-only/);
    expect(session.latest()?.live).toBeUndefined();
  });

  test('answers of the wrong shape are never more than no answer', async () => {
    const { session } = await opened({ world: 'limited' });
    const asked = await drain(session.live(await drain(session.scan()), { profile }));
    const junk: Json[] = [
      1,
      'text',
      [],
      {},
      { value: 7 },
      { value: [null, 3, { effectiveSecurityRules: [null, { name: [] }] }] },
    ];
    for (const body of junk) {
      const cards = (asked.live?.cards ?? []).map((card) => ({
        ...card,
        groups: body,
        routes: body,
        group: body,
        flows: card.flows.map((flow) => ({ ...flow, verdict: body, hop: body })),
      }));
      const snapshot = { ...asked, live: { questions: 0, cards, nowhere: [] } };
      expect(session.report(snapshot, profile).findings.length).toBeGreaterThan(0);
      expect(liveReport(snapshot)?.cards).toHaveLength(1);
    }
  });
});

describe('what only Azure knows', () => {
  const group = '/subscriptions/22222222-2222-2222-2222-222222222222/resourceGroups/rg-ml/providers/Microsoft.Network';
  const site = `${group}/localNetworkGateways/office`;
  const gateway = (more: object) => {
    const id = `${group}/virtualNetworkGateways/vpn`;
    const subnet = { id: `${group}/virtualNetworks/vnet-ml/subnets/GatewaySubnet` };
    return [
      {
        id,
        name: 'vpn',
        location: 'westeurope',
        properties: { ipConfigurations: [{ properties: { subnet } }], ...more },
      },
      { id: site, name: 'office', properties: { localNetworkAddressSpace: { addressPrefixes: ['192.168.0.0/24'] } } },
      {
        id: `${group}/connections/to-office`,
        name: 'to-office',
        properties: { virtualNetworkGateway1: { id }, localNetworkGateway2: { id: site } },
      },
    ];
  };
  const withGateway = (more: object) =>
    limitedWith((bodies) => {
      const subnets = bodies.get('vnet-ml')?.properties.subnets as unknown as object[];
      const id = `${group}/virtualNetworks/vnet-ml/subnets/GatewaySubnet`;
      subnets.push({ id, name: 'GatewaySubnet', properties: { addressPrefix: '10.0.255.0/27' } });
      return gateway(more);
    });

  test.each([
    ['a gateway with a default site makes the suspicion a tunnel', { gatewayDefaultSite: { id: site } }, 'bgp'],
    ['a gateway that has learnt no default route clears it', {}, 'none'],
  ])('%s', async (_, more, kind) => {
    const { session } = await opened({ load: withGateway(more) });
    await session.setIntents({ outboundMode: 'limited', devClientIps: [] });
    const snapshot = await drain(session.scan());
    const train = `${group}/virtualNetworks/vnet-ml/subnets/snet-train`;
    expect(tunnelOf(train, indexSnapshot(snapshot)).kind).toBe('suspectedBgp');
    const asked = await drain(session.live(snapshot, { profile }));
    expect(tunnelOf(train, indexSnapshot(asked)).kind).toBe(kind);
    const routes = liveReport(asked)?.cards[0]?.said.find(({ about }) => about === 'routes');
    expect(routes?.azure).toContain('VirtualNetworkGateway');
    expect(routes?.agrees).toBe(false);
  });

  test('a learnt tunnel makes findings of what was unknown, and a path certain', async () => {
    const { session } = await opened({ world: 'tunnelled' });
    const snapshot = await drain(session.scan());
    const rules = ['udr.azureml-prefixes', 'udr.azureml-secondary-region'];
    const edge = (of: typeof snapshot) =>
      session
        .report(of, profile)
        .findings.filter(({ resource, rule }) => nameOf(resource) === 'snet-edge' && rules.includes(rule))
        .map(({ outcome, rule }) => [rule, outcome]);
    expect(edge(snapshot)).toEqual(rules.map((rule) => [rule, 'unknown']));
    const asked = await drain(session.live(snapshot, { profile }));
    expect(edge(asked)).toEqual(rules.map((rule) => [rule, 'fail']));
    const question = { source: 'snet-edge', destination: '9.9.9.9', protocol: 'Tcp', ports: ['443'] } as const;
    const hopAt = (of: typeof snapshot) => {
      const result = pathThrough(of, question);
      return result.state === 'answered'
        ? result.answer.hops.find(({ hop }) => hop === 'route')?.because
        : result.state;
    };
    expect(hopAt(snapshot)).toContain('may have a matching route learned from its gateway');
    expect(hopAt(asked)).toBe('At snet-edge, the learned route 0.0.0.0/0 leads to the gateway.');
  });

  test('routes to the Internet leave VirtualNetwork open, and its expansion settles it', async () => {
    const table = `${group}/routeTables/rt`;
    const load = limitedWith((bodies) => {
      const subnets = bodies.get('vnet-ml')?.properties.subnets as unknown as { name: string; properties: object }[];
      for (const subnet of subnets) {
        if (subnet.name === 'snet-train') Object.assign(subnet.properties, { routeTable: { id: table } });
      }
      const rules = bodies.get('nsg-train')?.properties.securityRules as unknown as { properties: object }[];
      // Denies the network instead of the Internet: whether that touches the routed prefix is the question.
      Object.assign(rules[0]?.properties ?? {}, { destinationAddressPrefix: 'VirtualNetwork' });
      const properties = { addressPrefix: '4.0.0.0/8', nextHopType: 'Internet' };
      return [{ id: table, name: 'rt', location: 'westeurope', properties: { routes: [{ name: 'out', properties }] } }];
    });
    const { session } = await opened({ load });
    await session.setIntents({ outboundMode: 'limited', devClientIps: [] });
    const snapshot = await drain(session.scan());
    const outcome = (of: typeof snapshot) =>
      session
        .report(of, profile)
        .findings.filter(inTrain('nsg.outbound-arm'))
        .map((finding) => finding.outcome);
    expect(outcome(snapshot)).toEqual(['unknown']);
    const asked = await drain(session.live(snapshot, { profile }));
    expect(outcome(asked)).toEqual(['pass']);
  });

  test('what was said is not held against a plan that moves it', async () => {
    const { session } = await opened({ world: 'limited' });
    const asked = await drain(session.live(await drain(session.scan()), { profile }));
    const find = (name: string) => asked.resources.filter(({ id }) => nameOf(id) === name);
    expect(withResources(asked, find('nsg-train')).live).toBe(asked.live);
    expect(withResources(asked, find('snet-train')).live).toBeUndefined();
    expect(hasChanged([`${group}/routeTables/rt/routes/a`])).toBe(true);
  });
});
