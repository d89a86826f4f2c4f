// What others use too, or made, is never changed or used as if it were this workspace's alone; and the wider of two writes is left out.
import { describe, expect, test } from 'vitest';
import { applyEdits, setMember } from '../../src/model/edit.ts';
import { isCurrent, isRisky } from '../../src/model/effect.ts';
import { type JsonObject, parseJson } from '../../src/model/json.ts';
import { nameOf } from '../../src/model/resource-id.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { effectsIn, namesNothing, ownsNothing } from '../../src/plan/effects.ts';
import { buildPlan, type PlanRequest } from '../../src/plan/index.ts';
import { subnetsOf } from '../../src/resource-types/index.ts';
import { rules } from '../../src/rules/index.ts';
import { created } from './small-worlds.ts';
import { worldSnapshot } from './worlds.ts';

const theirs = '/subscriptions/99999999-9999-9999-9999-999999999999/resourceGroups/rg-pay/providers/Microsoft.Network';
const json = (value: unknown): JsonObject => parseJson(JSON.stringify(value)) as JsonObject;
const planFor = (snapshot: Snapshot, targets: PlanRequest['targets'], more: Partial<PlanRequest> = {}) =>
  buildPlan({
    ...{ snapshot, rules, id: 'plan-1' },
    request: { targets, answers: {}, ips: [], profile: 'all', ...more },
  });
const withMember = (world: string, name: RegExp, pointer: string, value: unknown): Snapshot =>
  worldSnapshot(world, {
    change: (all) =>
      all.map((one) =>
        name.test(one.id)
          ? { ...one, body: applyEdits(one.body, [setMember(one.body, pointer, json(value))]) as JsonObject }
          : one,
      ),
  });

describe('a group that an unread subnet or NIC uses', () => {
  const users = (list: string, id: string) =>
    withMember('limited', /\/networkSecurityGroups\/nsg-gpu$/, `/properties/${list}`, [{ id }]);
  test.each([
    ['subnets', `${theirs}/virtualNetworks/vnet-web/subnets/snet-web`, 'vnet-web/snet-web'],
    ['networkInterfaces', `${theirs}/networkInterfaces/nic-web`, 'nic-web'],
  ])('%s: what it opens there is not known', (list, id, name) => {
    const { steps } = planFor(users(list, id), ['nsg.inbound-azureml-44224']);
    const own = steps.filter(({ change }) => change.resource.includes('/nsg-gpu/'));
    expect(own.length).toBeGreaterThan(0);
    const unknown = own.flatMap(({ effects }) =>
      effects.filter((one) => one.kind === 'opens' && one.reason === 'unknown' && isRisky(one)),
    );
    expect(unknown.map(({ detail }) => detail).join()).toContain(name);
    const all = planFor(users(list, id), 'all').steps.map(({ change }) => change.resource);
    expect(all.filter((one) => one.includes('/nsg-gpu/'))).toEqual([]);
  });
});

describe('a NAT gateway that others made', () => {
  const gateway = `${theirs}/natGateways/nat-pay`;
  const snapshot = worldSnapshot('limited', {
    change: (all) =>
      all.map((one) => {
        if (!/\/virtualNetworks\/vnet-ml$/.test(one.id)) return one;
        const at = subnetsOf(one).findIndex(({ id }) => /\/snet-aks$/.test(id));
        const edit = setMember(one.body, `/properties/subnets/${at}/properties/natGateway`, json({ id: gateway }));
        return { ...one, body: applyEdits(one.body, [edit]) as JsonObject };
      }),
  });
  test('is used only where it is named, as an opening and in its scope', () => {
    const asked = planFor(snapshot, ['compute.explicit-outbound']);
    expect(asked.steps).toEqual([]);
    expect(asked.skipped.map(({ reason }) => reason).join()).toContain('--answer nat=');
    const { steps } = planFor(snapshot, ['compute.explicit-outbound'], { answers: { nat: nameOf(gateway) } });
    expect(steps.length).toBeGreaterThan(0);
    for (const { effects } of steps) {
      const kinds = effects.filter(isRisky).map(({ kind }) => kind);
      expect(kinds).toContain('opens');
      expect(kinds).toContain('otherScope');
    }
  });
  test('a new one has no address that others may allow', () => {
    const { steps } = planFor(snapshot, ['compute.explicit-outbound'], { answers: { nat: 'new' } });
    expect(steps.length).toBeGreaterThan(2);
    expect(steps.flatMap(({ effects }) => effects).filter((one) => one.kind === 'opens' && isRisky(one))).toEqual([]);
  });
});

describe('a route table that an unread subnet uses', () => {
  const table = /\/routeTables\/rt-dev$/;
  const snapshot = worldSnapshot('tunnelled', {
    change: (all) =>
      all.map((one) => {
        if (!table.test(one.id)) return one;
        const own = ((one.body.properties as JsonObject).subnets ?? []) as JsonObject[];
        const subnets = [...own, { id: `${theirs}/virtualNetworks/vnet-web/subnets/snet-web` }];
        return {
          ...one,
          body: applyEdits(one.body, [setMember(one.body, '/properties/subnets', json(subnets))]) as JsonObject,
        };
      }),
  });
  test('traffic that can only enter an appliance is cut off or not, and leaves none', () => {
    const own = planFor(snapshot, ['udr.not-needed']).steps.filter(({ change }) => /rt-dev/.test(change.resource));
    const told = own
      .flatMap(({ effects }) => effects)
      .filter((one) => isCurrent(one) && one.kind !== 'otherScope' && one.detail.includes('vnet-web/snet-web'));
    expect(new Set(told.map(({ kind }) => kind))).toEqual(new Set(['cutsOff']));
    expect(told.length).toBe(own.length);
  });
});

describe('a firewall policy that others use', () => {
  const hub = theirs.replace('rg-pay', 'rg-hub-us');
  const named = (names: Readonly<Record<string, string>>) =>
    Object.fromEntries(Object.entries(names).map(([list, name]) => [list, [{ id: `${hub}/${list}/${name}` }]]));
  const using = (more: (properties: JsonObject, id: string) => JsonObject): Snapshot =>
    worldSnapshot('firewalled', {
      change: (all) =>
        all.map((one) =>
          /\/firewallPolicies\/fwp-(?:hub|base)$/.test(one.id)
            ? { ...one, body: { ...one.body, properties: more(one.body.properties as JsonObject, one.id) } }
            : one,
        ),
    });
  const toldOf = (snapshot: Snapshot) => {
    const policy = snapshot.resources.find(({ id }) => id.endsWith('/firewallPolicies/fwp-hub'))?.id ?? '';
    const allow = {
      ...{
        ruleCollectionType: 'FirewallPolicyFilterRuleCollection',
        name: 'net',
        priority: 100,
        action: { type: 'Allow' },
      },
      rules: [
        {
          ...{ ruleType: 'NetworkRule', name: 'all', ipProtocols: ['TCP'], destinationPorts: ['443'] },
          ...{ sourceAddresses: ['10.0.1.0/24'], destinationAddresses: ['AzureMachineLearning'] },
        },
      ],
    };
    const body = json({ properties: { priority: 400, ruleCollections: [allow] } });
    const change = created(`${policy}/ruleCollectionGroups/more`, body);
    const effects = effectsIn({ change, undo: 'exact', before: snapshot, isOwn: ownsNothing, named: namesNothing });
    return effects.filter(isRisky).map(({ kind, detail }) => `${kind} ${detail}`);
  };
  test('its firewalls and child policies that were not read are named, with their subscription', () => {
    const told = toldOf(
      using((properties, id) =>
        id.endsWith('fwp-hub')
          ? { ...properties, ...json(named({ firewalls: 'fw-us', childPolicies: 'fwp-child' })) }
          : properties,
      ),
    );
    expect(
      told.filter((one) => /^opens Not known.*fw-us and fwp-child: they use fwp-hub/.test(one)).length,
    ).toBeGreaterThan(0);
    const scopes = told.filter((one) => one.startsWith('otherScope') && one.includes('99999999'));
    expect(scopes.map((one) => /fw-us|fwp-child/.exec(one)?.[0])).toEqual(
      expect.arrayContaining(['fw-us', 'fwp-child']),
    );
  });
  test('so is a firewall that uses a child policy', () => {
    const child = /\/firewallPolicies\/fwp-base$/;
    const snapshot = using((properties, id) =>
      child.test(id)
        ? { ...properties, ...json(named({ firewalls: 'fw-us' })), basePolicy: null }
        : { ...properties, basePolicy: null, childPolicies: [{ id: id.replace('fwp-hub', 'fwp-base') }] },
    );
    expect(toldOf(snapshot).join()).toMatch(/opens Not known.*fw-us: it uses fwp-hub/);
  });
  test('where all were read nothing is said', () => {
    expect(toldOf(worldSnapshot('firewalled')).join()).not.toContain('use fwp-hub');
  });
});
