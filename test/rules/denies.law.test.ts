// Outbound Deny rules that another team made: the required traffic is allowed before a narrow one, and only a rule that the operator
// names, or one that denies most of the Internet, is deleted. Never by a plan of all automatic fixes.
import { describe, expect, test } from 'vitest';
import { audit } from '../../src/audit/index.ts';
import type { EffectKind } from '../../src/model/effect.ts';
import type { JsonObject } from '../../src/model/json.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { buildPlan, withFixes } from '../../src/plan/index.ts';
import { securityRulesOf } from '../../src/resource-types/index.ts';
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
  more: {
    readonly allowEffects?: readonly EffectKind[];
    readonly isOwn?: (id: string) => boolean;
    readonly resource?: string;
  } = {},
) {
  const { isOwn, ...others } = more;
  const request = { targets, answers, ips: [], profile: 'all', ...others } as const;
  const own = isOwn === undefined ? {} : { isOwn };
  const plan = buildPlan({ snapshot, rules, request, id: 'p', ...own });
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
    expect(kinds).toEqual(['opens', 'overrides', 'allows']);
    expect(resolved).toContain(rule);
    expect(planned(images, 'all').steps.filter((text) => text.includes('aks-outbound'))).toEqual([]);
    const why = planned(images, 'all').skipped.find((text) => text.startsWith(rule));
    expect(why).toMatch(
      /: Overrides: no-images of nsg-aks no longer decides .*\. Needs --allow-effects opens,overrides or `bastide fix aks\.outbound-default`\.$/,
    );
    expect(planned(images, 'all', {}, { allowEffects: ['opens', 'overrides'] }).steps).toContain(
      'create bastide-aks-outbound-mcr',
    );
  });

  test('the rule that is named is deleted, the others stay; its effects are named', () => {
    const { steps, kinds, resolved } = planned(images, [rule], { remove: 'no-images' });
    expect(steps).toEqual(['delete no-images']);
    expect(kinds).toEqual(['opens', 'deletes', 'relaxes']);
    expect(resolved).toContain(rule);
    const other = planned(images, [rule], { remove: 'no-mail' });
    expect(other.steps).toEqual([]);
    expect(other.skipped).toEqual([
      `${rule}: Pass --answer remove=NAME with a rule of nsg-aks: "no-images" (Deny, priority 300).`,
    ]);
  });

  test('a Deny for most of the Internet is deleted, and never by a plan of all automatic fixes', () => {
    const wide = denying('kubernetes', 'nsg-aks', 'no-web Tcp 128.0.0.0/1 443', 'no-mail Tcp Internet 25');
    expect(planned(wide, [rule])).toMatchObject({ steps: ['delete no-web'], kinds: ['opens', 'deletes', 'relaxes'] });
    const all = planned(wide, 'all');
    expect(all.steps.filter((text) => text.startsWith('delete'))).toEqual([]);
    expect(all.skipped.find((text) => text.startsWith(rule))).toContain(
      'Deletes: The security rule nsg-aks/no-web is deleted',
    );
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
    expect(kinds).toEqual(['opens', 'overrides', 'allows']);
    expect(resolved).toContain(rule);
    const web = denying('machines', 'nsg-nic-web', 'no-web Tcp Internet 443', 'no-storage Tcp Storage 445');
    expect(planned(web, [rule])).toMatchObject({
      steps: ['delete no-web', 'create bastide-outbound-storage-445'],
      kinds: ['opens', 'deletes', 'relaxes', 'overrides', 'allows'],
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
    expect(kinds).toEqual(['opens', 'overrides', 'allows']);
  });
});

describe('a required flow that a Deny rule of another owner denies', () => {
  const rule = 'nsg.outbound-storage';
  const step = 'create bastide-outbound-storage';
  const limited = (...denies: readonly string[]) => denying('limited', 'nsg-train', ...denies);
  const subnet = (snapshot: Snapshot) =>
    snapshot.resources.find(({ id }) => id.endsWith('/subnets/snet-train'))?.id ?? '';
  /** What is planned for the subnet, and the finding with its fix. */
  const at = (
    snapshot: Snapshot,
    more: Parameters<typeof planned>[3] = {},
    targets: readonly string[] | 'all' = 'all',
  ) => planned(snapshot, targets, {}, { ...more, resource: subnet(snapshot) });
  function fixOf(snapshot: Snapshot, isOwn?: (id: string) => boolean): string | undefined {
    const report = audit(snapshot, rules);
    const findings = report.findings.filter(
      (one) => one.rule === rule && one.outcome === 'fail' && one.resource === subnet(snapshot),
    );
    const input = { snapshot, rules, profile: 'all' as const, ...(isOwn && { isOwn }) };
    return withFixes({ ...report, findings }, input).findings[0]?.fix.kind;
  }

  test.each([
    ['a narrow one', ['no-storage * Storage 443']],
    ['one for a quarter of IPv4', ['no-quarter * 0.0.0.0/2 443', 'no-storage * Storage 443']],
    ['one for most of the Internet on another port', ['no-storage * Storage 443', 'no-mail * Internet 25']],
    ['one for the Internet', ['no-web Tcp Internet 443']],
    ['one for any destination', ['no-web * * *']],
    ['one for half of IPv4', ['no-half * 0.0.0.0/1 *', 'no-storage * Storage 443']],
    ['several that deny half of IPv4 together', ['a * 0.0.0.0/2 443', 'b * 64.0.0.0/2 443', 'c * Storage *']],
    ['one named as Bastide names its own', ['bastide-outbound-deny-internet * Internet *']],
  ] as const)('%s', (_name, denies) => {
    const snapshot = limited(...denies);
    expect(fixOf(snapshot)).toBe('guided');
    const all = at(snapshot);
    expect(all.steps).not.toContain(step);
    const why = all.skipped.filter((text) => text.startsWith(`${rule}: Overrides: `));
    expect(why).toHaveLength(1);
    expect(denies.some((text) => why[0]?.includes(text.split(' ')[0] ?? ''))).toBe(true);
    // By its name, and with the effect that the reason names, it is planned.
    expect(at(snapshot, {}, [rule]).steps).toContain(step);
    expect(at(snapshot, { allowEffects: ['overrides'] }).steps).toContain(step);
  });

  test('a rule that the history says Bastide created is its own', () => {
    const wide = limited('no-web Tcp Internet 443');
    const isOwn = (id: string) => id.endsWith('/securityRules/no-web');
    expect(fixOf(wide, isOwn)).toBe('auto');
    expect(at(wide, { isOwn }).steps).toContain(step);
  });

  test('an Allow rule that is wider than the required flow is not moved before the Deny', () => {
    const allow = { access: 'Allow', priority: 400, destinationAddressPrefix: 'AzureCloud' };
    const base = limited('no-storage * Storage 443');
    const wider = {
      ...base,
      resources: base.resources.map((one) => {
        if (!one.id.endsWith('/networkSecurityGroups/nsg-train')) return one;
        const [first] = securityRulesOf(one);
        const item = { ...first?.body, name: 'AllowCloud' } as JsonObject;
        const more = put({ ...item, id: `${one.id}/securityRules/AllowCloud` }, ['properties'], {
          ...(item.properties as JsonObject),
          ...allow,
        });
        return { ...one, body: put(one.body, ['properties', 'securityRules'], [first?.body ?? null, more]) };
      }),
    };
    const { steps } = at(wider, {}, [rule]);
    expect(steps).toContain(step);
    expect(steps.filter((text) => text.includes('AllowCloud'))).toEqual([]);
  });
});

test.each([
  ['machines', 'vm.outbound-limited', 'nsg-nic-tools', 'no-part * Storage 443'],
  ['kubernetes', 'aks.outbound-acr', 'nsg-aks', 'no-part * AzureContainerRegistry 443'],
])('%s: a narrow Deny needs the name of %s', (world, rule, group, deny) => {
  const snapshot = { ...denying(world, group, deny) };
  const limited = { ...snapshot, intents: { ...snapshot.intents, outboundMode: 'limited' as const } };
  const own = (text: string) => text.startsWith(`create bastide-${world === 'machines' ? 'outbound' : 'aks-outbound'}`);
  const finding = audit(limited, rules).findings.find((one) => one.rule === rule && one.outcome === 'fail');
  const all = planned(limited, 'all', {}, { resource: finding?.resource ?? '' });
  expect(all.skipped.find((text) => text.startsWith(rule))).toContain('Overrides: no-part of ');
  expect(planned(limited, [finding?.id ?? '']).steps.filter(own)).not.toEqual([]);
});

test('what would be created for a fix that is blocked in the end is not created', () => {
  const base = worldSnapshot('machines');
  const snapshot = { ...base, intents: { ...base.intents, outboundMode: 'limited' as const } };
  const { steps, skipped } = planned(snapshot, 'all');
  expect(skipped.some((text) => text.startsWith('nsg.outbound-deny-internet: Blocked'))).toBe(true);
  expect(steps.filter((text) => text.includes('nsg-snet'))).toEqual([]);
});
