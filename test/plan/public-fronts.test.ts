// What leads in from the Internet: machines that were not read, the SKU of an address without an NSG, load balancers and scoring addresses.
import { describe, expect, test } from 'vitest';
import { answerPath } from '../../src/facts/path/path.ts';
import { judgeScope } from '../../src/facts/path/scope.ts';
import { editChange } from '../../src/model/change.ts';
import { applyEdits, setMember } from '../../src/model/edit.ts';
import { type Effect, isCurrent, isRisky } from '../../src/model/effect.ts';
import { type Json, type JsonObject, parseJson } from '../../src/model/json.ts';
import type { Resource } from '../../src/model/resource.ts';
import { fold, nameOf } from '../../src/model/resource-id.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { indexSnapshot } from '../../src/model/snapshot-index.ts';
import { effectsIn, namesNothing, ownsNothing } from '../../src/plan/effects.ts';
import { buildPlan } from '../../src/plan/index.ts';
import { rules } from '../../src/rules/index.ts';
import { resourceOf, worldSnapshot } from './worlds.ts';

const own = '/subscriptions/22222222-2222-2222-2222-222222222222/resourceGroups/rg-ml/providers/Microsoft.Network';
const vnet = `${own}/virtualNetworks/vnet-ml`;
const json = (value: unknown): JsonObject => parseJson(JSON.stringify(value)) as JsonObject;
const planFor = (snapshot: Snapshot, rule: string, answers: Readonly<Record<string, string>> = {}) =>
  buildPlan({
    ...{ snapshot, rules, id: 'plan-1' },
    request: { targets: [rule], answers, ips: [], profile: 'all' },
  });
const told = (effects: readonly Effect[], kind: string): string[] =>
  effects.filter((one) => isCurrent(one) && one.kind === kind).map(({ detail }) => detail);
const path = (snapshot: Snapshot, destination: string, port = '22', source = 'internet') => {
  const question = { source, destination, protocol: 'Tcp', ports: [port] } as const;
  const answer = answerPath(question, indexSnapshot(snapshot));
  return 'hops' in answer ? answer.verdict : answer.reason;
};
const assert = (snapshot: Snapshot, text: string) => judgeScope(text, indexSnapshot(snapshot)).outcome;

/** A world in which a subnet names a NIC, and what else is there. */
const withNic = (world: string, subnet: string, nic: string, more: readonly Json[] = []): Snapshot =>
  worldSnapshot(world, {
    change: (all) => {
      const configuration = json({ id: `${nic}/ipConfigurations/ipconfig1` });
      const named = (list: unknown) => [...((list ?? []) as JsonObject[]), configuration];
      const changed = all.map((one): Resource => {
        if (one.id !== vnet) return one;
        const subnets = (one.body.properties as JsonObject).subnets as JsonObject[];
        const at = subnets.findIndex(({ name }) => name === subnet);
        const had = (subnets[at]?.properties as JsonObject | undefined)?.ipConfigurations;
        const edit = setMember(one.body, `/properties/subnets/${at}/properties/ipConfigurations`, named(had));
        return { ...one, body: applyEdits(one.body, [edit]) as JsonObject };
      });
      return [...changed, ...more.map((body) => resourceOf(body as JsonObject))];
    },
  });
const nicIn = (subnet: string, address: string, more: JsonObject, id = `${own}/networkInterfaces/nic-team`) =>
  json({
    ...{ id, name: nameOf(id), location: 'westeurope' },
    properties: {
      virtualMachine: { id: `${own.replace('Network', 'Compute')}/virtualMachines/vm-team` },
      ipConfigurations: [
        {
          name: 'ipconfig1',
          properties: { privateIPAddress: address, subnet: { id: `${vnet}/subnets/${subnet}` }, ...more },
        },
      ],
    },
  });

describe('a NIC that the subnet names and that was not read', () => {
  const ghost = `${own}/networkInterfaces/nic-team`;
  const snapshot = withNic('limited', 'snet-dev', ghost);
  test('may be reachable: paths and scopes are unknown, and what is cut off is told', () => {
    expect(path(worldSnapshot('limited'), 'vnet-ml/snet-dev')).toBe('denied');
    expect(path(snapshot, 'vnet-ml/snet-dev')).toBe('unknown');
    expect(assert(snapshot, 'nothing from Internet reaches snet-dev')).toBe('unknown');
    const effects = planFor(snapshot, 'nsg.inbound-ssh').steps.flatMap((step) => step.effects);
    expect(told(effects, 'cutsOff').join()).toMatch(/Internet.*snet-dev/);
  });
  test('leaves by an address that services elsewhere may allow, and no longer does', () => {
    const pip = json({
      ...{ id: `${own}/publicIPAddresses/pip-team`, name: 'pip-team', sku: { name: 'Standard' } },
      properties: { ipAddress: '20.50.60.70', ipConfiguration: { id: `${ghost}/ipConfigurations/ipconfig1` } },
    });
    const cut = (more: readonly Json[]) => {
      const { steps } = planFor(withNic('open', 'snet-gpu', ghost, more), 'storage.subnet-service-endpoint');
      return told(
        steps.flatMap((step) => step.effects),
        'cutsOff',
      ).join();
    };
    expect(cut([])).toContain('allow the addresses of unread nic-team: traffic from vnet-ml/snet-gpu');
    expect(cut([pip])).toContain('allow the addresses of pip-team: traffic from vnet-ml/snet-gpu');
    expect(
      told(
        planFor(worldSnapshot('open'), 'storage.subnet-service-endpoint').steps.flatMap((one) => one.effects),
        'cutsOff',
      ).join(),
    ).not.toContain('outside this scan');
    expect(path(withNic('open', 'snet-gpu', ghost), 'internet', '443', '10.0.2.30')).toBe('unknown');
  });
  test('a node of a service, and the NIC of a private endpoint, have no such address', () => {
    const node = '/subscriptions/8/resourceGroups/nodes/providers/Microsoft.Network/networkInterfaces/n';
    expect(path(withNic('limited', 'snet-dev', node), 'vnet-ml/snet-dev')).toBe('denied');
  });
});

describe('a load balancer', () => {
  const balancer = `${own}/loadBalancers/lb-web`;
  const front = `${balancer}/frontendIPConfigurations/front`;
  const rule = `${balancer}/inboundNatRules/ssh`;
  const nic = nicIn('snet-dev', '10.0.3.9', { loadBalancerInboundNatRules: [{ id: rule }] });
  const of = (address: JsonObject) =>
    json({
      ...{ id: balancer, name: 'lb-web', location: 'westeurope', sku: { name: 'Standard' } },
      properties: {
        frontendIPConfigurations: [{ id: front, name: 'front', properties: address }],
        inboundNatRules: [
          {
            ...{ id: rule, name: 'ssh' },
            properties: {
              frontendIPConfiguration: { id: front },
              protocol: 'Tcp',
              frontendPort: 2222,
              backendPort: 22,
            },
          },
        ],
      },
    });
  const id = (nic as { readonly id: string }).id;
  const world = (more: readonly Json[]) => withNic('limited', 'snet-dev', id, [nic, ...more]);
  test('leads to its ports where it has a public front end, and may where it was not read', () => {
    const open = world([of({ publicIPAddress: { id: `${own}/publicIPAddresses/pip-web` } })]);
    expect(path(open, id)).toBe('allowed');
    expect(path(open, id, '3389')).toBe('denied');
    expect(assert(open, 'nothing from Internet reaches snet-dev')).toBe('broken');
    expect(path(world([]), id)).toBe('unknown');
    const inside = world([of({ subnet: { id: `${vnet}/subnets/snet-dev` } })]);
    expect(path(inside, id)).toBe('denied');
    expect(assert(inside, 'nothing from Internet reaches snet-dev')).toBe('holds');
  });
  test('what ends there is told', () => {
    const open = world([of({ publicIPAddress: { id: `${own}/publicIPAddresses/pip-web` } })]);
    const effects = planFor(open, 'nsg.inbound-ssh').steps.flatMap((step) => step.effects);
    expect(told(effects, 'cutsOff').join()).toMatch(/Internet to vnet-ml\/snet-dev \(VM vm-team\), TCP 22/);
  });
});

describe('an address that denies what no NSG allows', () => {
  const snapshot = worldSnapshot('machines');
  const bare = snapshot.resources.find((one) => one.id.endsWith('/networkInterfaces/nic-vm-bare'))?.id ?? '';
  test('the path, and the step that first lets in, say so', () => {
    expect(path(snapshot, bare, '22', 'AzureMachineLearning')).toBe('denied');
    const { steps } = planFor(snapshot, 'vm.ssh-inbound-azureml', { group: 'make' });
    const [step] = steps.filter(({ change }) => change.resource === bare);
    const effects = step?.effects ?? [];
    expect(told(effects, 'cutsOff').join()).not.toContain('Internet');
    expect(told(effects, 'opens').join()).toMatch(/AzureMachineLearning to .*vm-bare/);
    expect(effects.some(isRisky)).toBe(true);
  });
  test('a machine that is attached under its own name is one end', () => {
    expect(path(snapshot, 'vm-web')).not.toContain('Several');
  });
  test('a Basic one does not', () => {
    const basic = worldSnapshot('machines', {
      change: (all) =>
        all.map((one) =>
          one.id.endsWith('/publicIPAddresses/pip-vm-bare')
            ? {
                ...one,
                body: applyEdits(one.body, [setMember(one.body, '/sku', json({ name: 'Basic' }))]) as JsonObject,
              }
            : one,
        ),
    });
    expect(path(basic, bare)).toBe('allowed');
  });
});

describe('the scoring address of a cluster', () => {
  const snapshot = worldSnapshot('scoring');
  const ask = (from: string) => planFor(snapshot, 'aks.scoring-inbound', { from, public: 'yes', http: 'yes' }).steps;
  test('a rule that does not resolve its finding is planned once', () => {
    expect(ask('10.0.0.0/8').map(({ change }) => nameOf(change.resource))).toEqual(['bastide-aks-scoring']);
  });
  test('a range of which some addresses get no reply opens for the others', () => {
    const opened = ask('172.0.0.0/8').flatMap(({ effects }) => effects.filter(({ kind }) => kind === 'opens'));
    expect(opened).toHaveLength(1);
    expect(opened[0]?.detail).toContain('172.0.0.0/12, 172.32.0.0/11');
  });
  test.each(['Internet', 'AzureCloud', '198.51.100.0/24'])('clients %s are let in, not by themselves', (from) => {
    const effects = ask(from).flatMap((step) => step.effects);
    expect(told(effects, 'opens').join()).toContain('203.0.113.80');
    expect(effects.some((one) => one.kind === 'opens' && isRisky(one))).toBe(true);
  });
  test('the path and the scope follow packets to it', () => {
    expect(path(snapshot, '203.0.113.80', '80')).toBe('denied');
    const [step] = ask('Internet');
    if (step === undefined) throw new TypeError('a step');
    const group = step.change.resource.replace(/\/securityRules\/[^/]*$/, '');
    const opened = worldSnapshot('scoring', {
      change: (all) =>
        all.map((one) => {
          if (one.id !== group) return one;
          const list = (one.body.properties as JsonObject).securityRules as JsonObject[];
          const all = [...list, { name: nameOf(step.change.resource), ...step.change.body }];
          return {
            ...one,
            body: applyEdits(one.body, [setMember(one.body, '/properties/securityRules', json(all))]) as JsonObject,
          };
        }),
    });
    expect(path(opened, '203.0.113.80', '80')).toBe('allowed');
    expect(path(opened, 'aks-serve', '80')).not.toBe('denied');
    expect(assert(opened, 'nothing from Internet reaches aks-serve')).toBe('broken');
    expect(assert(opened, 'nothing from Internet reaches snet-aks')).toBe('broken');
    expect(assert(snapshot, 'nothing from Internet reaches snet-aks')).toBe('holds');
  });
});

test('a machine that loses the Internet loses it automatically only where a finding asks for it', () => {
  const nic = `${own}/networkInterfaces/nic-team`;
  const group = `${own}/networkSecurityGroups/nsg-team`;
  const pip = `${own}/publicIPAddresses/pip-team`;
  const address = json({ id: pip, name: 'pip-team', sku: { name: 'Basic' }, properties: { ipAddress: '20.50.60.70' } });
  const before = withNic('everything', 'snet-tools', nic, [
    nicIn('snet-tools', '10.0.7.77', json({ publicIPAddress: { id: pip } })),
    address,
    json({ id: group, name: 'nsg-team', properties: { securityRules: [] } }),
  ]);
  const body = before.resources.find(({ id }) => id === nic)?.body as JsonObject;
  const change = editChange(nic, [setMember(body, '/properties/networkSecurityGroup', json({ id: group }))]);
  const lost = (ids: readonly string[]) =>
    effectsIn({
      ...{ change, undo: 'exact', before, isOwn: ownsNothing },
      named: { ...namesNothing, ids: new Set(ids.map(fold)) },
    }).filter(
      (one) => isCurrent(one) && one.kind === 'cutsOff' && one.reason === 'flow' && one.data.from.kind === 'internet',
    );
  expect(lost([]).map(({ detail }) => detail)).toEqual([expect.stringMatching(/Internet.*vm-team/)]);
  expect([lost([]), lost([nic]), lost([vnet])].map((some) => some.map(isRisky))).toEqual([[true], [false], [true]]);
});
