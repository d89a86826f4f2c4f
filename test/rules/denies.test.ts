// Outbound Deny rules that another team made: the required traffic is allowed before a narrow one, and only a rule that the operator
// names, or one that denies most of the Internet, is deleted. Never by a plan of all automatic fixes.
import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../src/model/json.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { buildPlan } from '../../src/plan/index.ts';
import { rules } from '../../src/rules/index.ts';
import { worldSnapshot } from '../plan/worlds.ts';
import { put } from '../trust/random-worlds.ts';

/** A world whose group has these outbound Deny rules and no other: `NAME PROTOCOL DESTINATION PORTS`, from priority 300 on. */
const denying = (world: string, group: string, ...denies: readonly string[]): Snapshot =>
  worldSnapshot(world, {
    change: (resources) =>
      resources.map((one) => {
        if (!one.id.endsWith(`/networkSecurityGroups/${group}`)) return one;
        const securityRules = denies.map((text, index): JsonObject => {
          const [name = '', protocol = '', to = '', ports = ''] = text.split(' ');
          return {
            ...{ id: `${one.id}/securityRules/${name}`, name },
            properties: {
              ...{ direction: 'Outbound', access: 'Deny', protocol, priority: 300 + index * 10 },
              ...{ sourceAddressPrefix: '*', sourcePortRange: '*' },
              ...{ destinationAddressPrefix: to, destinationPortRange: ports },
            },
          };
        });
        return { ...one, body: put(one.body, ['properties', 'securityRules'], securityRules) };
      }),
  });

function planned(
  snapshot: Snapshot,
  targets: readonly string[] | 'all',
  answers: Readonly<Record<string, string>> = {},
) {
  const plan = buildPlan({ snapshot, rules, request: { targets, answers, ips: [], profile: 'all' }, id: 'p' });
  return {
    steps: plan.steps.map(({ change }) => `${change.kind} ${change.resource.split('/').at(-1)}`),
    kinds: [...new Set(plan.steps.flatMap(({ effects }) => effects.map(({ kind }) => kind)))],
    resolved: plan.preview.resolves.map((id) => id.split('@')[0]),
    skipped: plan.skipped.map(({ finding, reason }) => `${finding.split('@')[0]}: ${reason}`),
  };
}

describe('aks.outbound-default', () => {
  const rule = 'aks.outbound-default';
  const images = denying(
    'kubernetes',
    'nsg-aks',
    'no-images Tcp MicrosoftContainerRegistry 443',
    'no-mail Tcp Internet 25',
  );

  test('a narrow Deny stays: the service is allowed before it', () => {
    const { steps, kinds, resolved } = planned(images, [rule]);
    expect(steps).toContain('create bastide-aks-outbound-mcr');
    expect(steps.filter((text) => !text.startsWith('create bastide-aks-outbound-'))).toEqual([]);
    expect(kinds).toEqual(['allows']);
    expect(resolved).toContain(rule);
    expect(planned(images, 'all').steps.filter((text) => text.includes('aks-outbound'))).toEqual([]);
    expect(planned(images, 'all').skipped).toContain(`${rule}: Needs your review: run \`bastide fix ${rule}\`.`);
  });

  test('the rule that is named is deleted, the others stay; its effects are named', () => {
    const { steps, kinds, resolved } = planned(images, [rule], { remove: 'no-images' });
    expect(steps).toEqual(['delete no-images']);
    expect(kinds).toEqual(['relaxes', 'deletes']);
    expect(resolved).toContain(rule);
    const other = planned(images, [rule], { remove: 'no-mail' });
    expect(other.steps).toEqual([]);
    expect(other.skipped).toEqual([
      `${rule}: Pass --answer remove=NAME with a rule of nsg-aks: "no-images" (Deny, priority 300).`,
    ]);
  });

  test('a Deny for most of the Internet is deleted, and never by a plan of all automatic fixes', () => {
    const wide = denying('kubernetes', 'nsg-aks', 'no-web Tcp 128.0.0.0/1 443', 'no-mail Tcp Internet 25');
    expect(planned(wide, [rule])).toMatchObject({ steps: ['delete no-web'], kinds: ['relaxes', 'deletes'] });
    const all = planned(wide, 'all');
    expect(all.steps.filter((text) => text.startsWith('delete'))).toEqual([]);
    expect(all.skipped.find((text) => text.startsWith(rule))).toContain('Relaxes: nsg-aks');
  });
});

describe('vm.outbound-default', () => {
  const rule = 'vm.outbound-default';

  test('a narrow Deny stays, one for the whole web is deleted', () => {
    const { steps, kinds, resolved } = planned(denying('machines', 'nsg-nic-web', 'no-storage Tcp Storage 443'), [
      rule,
    ]);
    expect(steps).toContain('create bastide-outbound-storage');
    expect(steps.filter((text) => !text.startsWith('create bastide-outbound-'))).toEqual([]);
    expect(kinds).toEqual(['allows']);
    expect(resolved).toContain(rule);
    const web = denying('machines', 'nsg-nic-web', 'no-web Tcp Internet 443', 'no-storage Tcp Storage 445');
    expect(planned(web, [rule])).toMatchObject({
      steps: ['delete no-web', 'create bastide-outbound-storage-445'],
      kinds: ['relaxes', 'deletes', 'allows'],
    });
  });
});

describe('nsg.outbound-internet-open', () => {
  const rule = 'nsg.outbound-internet-open';
  const open = (snapshot: Snapshot): Snapshot => ({
    ...snapshot,
    intents: { ...snapshot.intents, outboundMode: 'open' },
  });

  test('in open mode a denied service is allowed again before the Deny', () => {
    const storage = open(denying('everything', 'nsg-train', 'no-storage Tcp Storage 443', 'no-mail Tcp Internet 25'));
    const { steps, kinds } = planned(storage, [rule]);
    expect(steps).toContain('create bastide-outbound-storage');
    expect(steps.filter((text) => !text.startsWith('create bastide-outbound-'))).toEqual([]);
    expect(kinds).toEqual(['allows']);
  });
});

test('what would be created for a fix that is blocked in the end is not created', () => {
  const base = worldSnapshot('machines');
  const snapshot = { ...base, intents: { ...base.intents, outboundMode: 'limited' as const } };
  const { steps, skipped } = planned(snapshot, 'all');
  expect(skipped.some((text) => text.startsWith('nsg.outbound-deny-internet: Blocked'))).toBe(true);
  expect(steps.filter((text) => text.includes('nsg-snet'))).toEqual([]);
});
