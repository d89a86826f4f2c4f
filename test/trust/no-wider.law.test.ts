// The law "no wider", by exact sets: whatever a plan makes reachable is named by the effects of its steps, step by step; and a plan
// made without allowed effects gives nothing to the Internet or to a network that is not declared. In every world, in random worlds,
// and for random changes of single resources.
import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import { audit } from '../../src/audit/index.ts';
import type { Change } from '../../src/model/change.ts';
import { addTo, type Edit, setMember } from '../../src/model/edit.ts';
import { type EffectKind, effectKinds, isRisky } from '../../src/model/effect.ts';
import { type Finding, isAutoFixable, type Report } from '../../src/model/finding.ts';
import type { Json, JsonObject } from '../../src/model/json.ts';
import type { Plan } from '../../src/model/plan.ts';
import { readNeed } from '../../src/model/plan-need.ts';
import { fold, nameOf, sameId } from '../../src/model/resource-id.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { type Addresses, countOf, either, noAddress, nowhere, readPrefixes, without } from '../../src/net/addresses.ts';
import { applyChange, buildPlan, withFixes } from '../../src/plan/index.ts';
import { resourceIn } from '../../src/plan/simulate.ts';
import { effectsOf } from '../../src/resource-types/parts/change-effects.ts';
import { rules } from '../../src/rules/index.ts';
import { worldFiles } from '../../src/simulator/worlds/index.ts';
import { worldSnapshot } from '../plan/worlds.ts';
import { inEveryRun, inLongRun, partOf } from '../support/parts.ts';
import { tellTrust, trustSeed, trustWorlds } from '../support/trust-size.ts';
import { edited, randomEdits, randomWorlds, snapshotOfRandom } from './random-worlds.ts';
import {
  type Gained,
  gained,
  gainedTexts,
  type NamedEffect,
  networkOf,
  ofServices,
  type Reach,
  reachOf,
  tagPrefix,
} from './reach.ts';

const runs = trustWorlds;

const planAll = (snapshot: Snapshot, allowEffects: readonly EffectKind[] = []): Plan =>
  buildPlan({
    snapshot,
    rules,
    request: { targets: 'all', answers: {}, ips: [], profile: 'all', allowEffects },
    id: 'p',
  });

/** Services that Azure Machine Learning needs inbound. Their tags hold addresses of Microsoft alone, not of its customers. */
const inboundTags = ['AzureMachineLearning', 'BatchNodeManagement', 'HDInsight', 'AzureLoadBalancer'];
const declaredIn = ({ intents }: Snapshot): Addresses => readPrefixes(intents.devClientIps ?? []).addresses;

/** Is this no more than what the operator declared, or Azure itself? */
function isScoped(one: Gained, snapshot: Snapshot, reach: Reach): boolean {
  const inside = (...sets: readonly Addresses[]) => noAddress(without(one.remote, sets.reduce(either, nowhere)));
  const known = (id: string) => snapshot.resources.some((other) => sameId(other.id, id));
  if (one.kind === 'clients') return inside(declaredIn(snapshot));
  if (one.kind === 'inbound')
    return inside(networkOf(reach, one), readPrefixes([...inboundTags.map(tagPrefix), '168.63.129.16']).addresses);
  if (one.kind === 'outbound') return inside(networkOf(reach, one), ofServices);
  if (one.kind === 'route') return inside(ofServices);
  const [word, id = ''] = one.what.split(/:(.*)/s);
  if (word === 'subnet' || word === 'instance') return known(id);
  return one.what === 'bypass:azureservices' || /^reaches "?[^*"]+"?$/.test(one.what);
}

/** Open to everybody, or as good as. */
const wideItems = [
  ...[
    'any',
    'ssh',
    'public scoring',
    'default outbound',
    'serverless public address',
    'serverless outside the network',
  ],
  ...['any outbound', 'no managed network', 'endpoints without policies', 'any account', 'v2 API'],
];
/** As many addresses as leave a firewall open in effect; outbound, half of IPv4. */
function isWide({ kind, what, remote }: Gained): boolean {
  if (kind === 'item') return wideItems.includes(what);
  const foreign = countOf(without({ v4: remote.v4, v6: [] }, ofServices));
  return foreign >= (kind === 'clients' || kind === 'inbound' ? 2n ** 24n : 2n ** 31n);
}

/** An endpoint of the managed network, which Azure makes in a subscription of its own: told as a flow of the computes to its target. */
const isOfManaged = ({ kind, at, what }: Gained, effects: readonly NamedEffect[]): boolean =>
  kind === 'item' &&
  what.startsWith('endpoint:/subscriptions/00000000-0000-0000-0000-000000000000/resourcegroups/managed-network/') &&
  effects.some((one) => one.kind === 'opens' && one.detail.includes(` to ${nameOf(at)}, `));

/** What each step of a plan makes reachable beyond its own effects, and all of them what is not scoped. */
function wider(
  snapshot: Snapshot,
  steps: readonly { readonly change: Change; readonly effects: readonly NamedEffect[] }[],
) {
  const first = reachOf(snapshot);
  const unnamed: string[] = [];
  let [world, reach] = [snapshot, first];
  for (const { change, effects } of steps) {
    world = applyChange(world, change);
    const next = reachOf(world);
    unnamed.push(...gainedTexts(gained(reach, next, effects).filter((one) => !isOfManaged(one, effects))));
    reach = next;
  }
  const total = gained(first, reach, []);
  return { unnamed, open: gainedTexts(total.filter((one) => !isScoped(one, snapshot, reach))), total };
}

const effectsIn = (world: Snapshot, change: Change): readonly NamedEffect[] =>
  effectsOf(change, {
    current: resourceIn(world, change.resource) ?? null,
    seen: { resource: (id) => resourceIn(world, id) },
    isOwn: () => true,
  });

/** The plan of one rule, its questions answered by their first choices. */
function answered(snapshot: Snapshot, report: Report, rule: string): Plan {
  let answers: Readonly<Record<string, string>> = {};
  for (let round = 0; ; round += 1) {
    const request = { targets: [rule], answers, ips: [], profile: 'all' } as const;
    const plan = buildPlan({ snapshot, rules, report, request, id: 'p' });
    const need = plan.skipped.map(({ reason }) => readNeed(reason)).find((one) => one !== null);
    const [first] = need?.kind === 'choice' ? need.options : [];
    const name = first?.name ?? (need?.kind === 'text' ? need.name : undefined);
    const value = first?.value ?? (need?.kind === 'text' ? (need.suggestion ?? 'bastide-made') : '');
    if (plan.steps.length > 0 || round === 3 || name === undefined || answers[name] === value) return plan;
    answers = { ...answers, [name]: value };
  }
}

/** Findings that are promised and not resolved, planned for and not promised, or resolved and still there. */
function miscounted(snapshot: Snapshot, plan: Plan): string[] {
  const report = withFixes(audit(snapshot, rules), { snapshot, rules, profile: 'all' });
  const idsOf = (some: readonly Finding[]) => new Set(some.map(({ id }) => id));
  const failing = idsOf(report.findings.filter(({ outcome }) => outcome === 'fail'));
  const promised = idsOf(report.findings.filter(isAutoFixable));
  const planned = new Set(plan.steps.flatMap(({ findings }) => findings).filter((id) => failing.has(id)));
  const resolved = new Set(plan.preview.resolves);
  const end = plan.steps.reduce((world, { change }) => applyChange(world, change), snapshot);
  const left = idsOf(audit(end, rules).findings.filter(({ outcome }) => outcome === 'fail'));
  return [
    ...[...promised.difference(resolved)].map((id) => `promised and not resolved: ${id}`),
    ...[...planned.difference(promised)].map((id) => `planned and not promised: ${id}`),
    ...[...resolved.intersection(left)].map((id) => `resolved and still failing: ${id}`),
  ];
}

const worlds = worldFiles.filter(({ name }) => name !== 'large' && name !== 'fleet').map(({ name }) => name);

describe('every world', () => {
  test.each(partOf(worlds, 3))(
    '%s: a plan without allowed effects opens nothing, and every step names what it opens',
    (name) => {
      const snapshot = worldSnapshot(name);
      const { unnamed, open } = wider(snapshot, planAll(snapshot).steps);
      expect(unnamed).toEqual([]);
      expect(open).toEqual([]);
    },
  );

  test.each(partOf(['everything', 'drifted', 'managed', 'machines', 'kubernetes', 'scoring', 'neglected'], 3))(
    '%s: with every effect allowed each step still names what it opens',
    (name) => {
      const snapshot = worldSnapshot(name);
      expect(wider(snapshot, planAll(snapshot, effectKinds).steps).unnamed).toEqual([]);
    },
  );
});

inLongRun(() => {
  test('every fix by its name: each step names what it opens', () => {
    const planned = new Set<string>();
    for (const name of worlds) {
      const snapshot = worldSnapshot(name);
      const report = audit(snapshot, rules);
      const failing = new Set(report.findings.filter(({ outcome }) => outcome === 'fail').map(({ rule }) => rule));
      for (const { id } of rules.filter((rule) => rule.fix && failing.has(rule.id) && !planned.has(rule.id))) {
        const plan = answered(snapshot, report, id);
        if (plan.steps.length === 0) continue;
        planned.add(id);
        expect(wider(snapshot, plan.steps).unnamed, `${name} ${id}`).toEqual([]);
      }
    }
    expect(planned.size).toBeGreaterThan(80);
  }, 120_000);
});

inEveryRun(() => {
  describe('what a faulty fix would do is seen', () => {
    const nsg = (world: string, name: string) =>
      worldSnapshot(world).resources.find(({ id }) => id.endsWith(`/networkSecurityGroups/${name}`))?.id ?? '';
    const service = (world: string, name: string) => {
      const found = worldSnapshot(world).resources.find(({ id }) => id.endsWith(`/storageAccounts/${name}`));
      if (found === undefined) throw new Error(`no account ${name}`);
      return found;
    };
    const edit = (resource: string, ...edits: readonly Edit[]): Change => ({
      kind: 'edit',
      resource,
      edits,
      body: null,
    });
    const inbound = (source: string): JsonObject => ({
      ...{ direction: 'Inbound', access: 'Allow', priority: 101, protocol: 'Tcp' },
      ...{
        sourceAddressPrefix: source,
        sourcePortRange: '*',
        destinationAddressPrefix: '*',
        destinationPortRange: '22',
      },
    });
    const create = (resource: string, properties: JsonObject): Change => {
      const name = resource.split('/').at(-1) ?? '';
      return { kind: 'create', resource, edits: [], body: { id: resource, name, properties } };
    };
    const deleted = (world: string, id: string): Change => {
      const body = resourceIn(worldSnapshot(world), id)?.body ?? {};
      return { kind: 'delete', resource: id, edits: [], body };
    };
    const subnet = (world: string, name: string) =>
      worldSnapshot(world).resources.find(({ id }) => id.endsWith(`/subnets/${name}`)) ?? { id: '', body: {} };
    const attachment = (world: string, name: string, member: string): Change => {
      const { id, body } = subnet(world, name);
      return edit(id, setMember(body, `/properties/${member}`, undefined));
    };
    const closed = 'closed-private-endpoint';
    const key = { member: 'value', fold: false };

    test.each<[string, string, () => Change, string]>([
      [
        'a Deny is removed',
        'limited',
        () => deleted('limited', `${nsg('limited', 'nsg-train')}/securityRules/DenyInternet`),
        'outbound',
      ],
      [
        'public network access becomes Enabled',
        closed,
        () =>
          edit(
            service(closed, 'stmlsim').id,
            setMember(service(closed, 'stmlsim').body, '/properties/publicNetworkAccess', 'Enabled'),
            setMember(service(closed, 'stmlsim').body, '/properties/networkAcls', { defaultAction: 'Allow' }),
          ),
        'clients',
      ],
      [
        'a rule allows any source',
        'machines',
        () => create(`${nsg('machines', 'nsg-tools')}/securityRules/open`, inbound('*')),
        'inbound',
      ],
      [
        'a rule allows the Internet',
        'machines',
        () => create(`${nsg('machines', 'nsg-tools')}/securityRules/open`, inbound('Internet')),
        'inbound',
      ],
      [
        'a rule allows any source in four parts',
        'machines',
        () =>
          create(`${nsg('machines', 'nsg-tools')}/securityRules/open`, {
            ...inbound(''),
            sourceAddressPrefixes: ['0.0.0.0/2', '64.0.0.0/2', '128.0.0.0/2', '192.0.0.0/2'],
          }),
        'inbound',
      ],
      [
        'an IP rule of /1',
        'closed-service-endpoint',
        () =>
          edit(
            service('closed-service-endpoint', 'stmlsim').id,
            addTo(
              service('closed-service-endpoint', 'stmlsim').body,
              '/properties/networkAcls/ipRules',
              { value: '128.0.0.0/1', action: 'Allow' },
              key,
            ),
          ),
        'clients',
      ],
      [
        'a security group is detached',
        'everything',
        () => attachment('everything', 'snet-train', 'networkSecurityGroup'),
        'outbound',
      ],
      ['a route table is detached', 'firewalled', () => attachment('firewalled', 'snet-gpu', 'routeTable'), 'route'],
    ])('%s', (_name, world, planted, kind) => {
      const snapshot = worldSnapshot(world);
      const change = planted();
      const silent = wider(snapshot, [{ change, effects: [] }]);
      expect(silent.unnamed.filter((text) => text.startsWith(kind)).length).toBeGreaterThan(0);
      expect(silent.open.filter((text) => text.startsWith(kind)).length).toBeGreaterThan(0);
      // With its effects the change is named, and by a kind that keeps it out of a plan.
      const effects = effectsIn(snapshot, change);
      expect(wider(snapshot, [{ change, effects }]).unnamed).toEqual([]);
      expect(effects.map((one) => one.kind)).toContain('relaxes');
    });
  });
});

inEveryRun(() => {
  test(`${runs} random worlds`, ({ task }) => {
    const tally = { tried: 0, right: 0 };
    onTestFinished(() => {
      const { tried, right } = tally;
      tellTrust(task, { suite: 'no wider', what: 'random worlds', tried, wrong: tried - right });
    });
    fc.assert(
      fc.property(randomWorlds(8), (world) => {
        tally.tried += 1;
        const snapshot = snapshotOfRandom(world);
        const plan = planAll(snapshot);
        expect(plan.effects.filter(isRisky)).toEqual([]);
        const { unnamed, open } = wider(snapshot, plan.steps);
        expect({ unnamed, open }).toEqual({ unnamed: [], open: [] });
        expect(miscounted(snapshot, plan)).toEqual([]);
        tally.right += 1;
      }),
      { numRuns: runs, seed: 20261126 + trustSeed, endOnFailure: runs > 100 },
    );
  }, 3_600_000);
});

inEveryRun(() => {
  describe('single changes', () => {
    const base = worldSnapshot('everything');
    const roots = base.resources.filter(({ id }) => !/\/(?:subnets|securityRules|routes)\/[^/]+$/i.test(id));

    /** The changes that lead from one resource to its changed body: its rules, routes and subnets one by one. */
    function changesOf(before: Snapshot, id: string, after: JsonObject): Change[] {
      const was = resourceIn(before, id)?.body;
      if (was === undefined) return [];
      for (const list of ['securityRules', 'routes', 'subnets']) {
        const items = (body: Json) =>
          ((body as { properties?: Record<string, JsonObject[]> }).properties?.[list] ?? []) as JsonObject[];
        const [old, fresh] = [items(was), items(after)];
        const twin = (some: readonly JsonObject[], one: JsonObject) =>
          some.find((other) => fold(String(other.id)) === fold(String(one.id)));
        const changed = [
          ...fresh
            .filter((one) => !twin(old, one))
            .map((body): Change => ({ kind: 'create', resource: String(body.id), edits: [], body })),
          ...old
            .filter((one) => !twin(fresh, one))
            .map((body): Change => ({ kind: 'delete', resource: String(body.id), edits: [], body })),
          ...fresh.flatMap((one): Change[] => {
            const other = twin(old, one);
            const held = resourceIn(before, String(one.id))?.body;
            if (other === undefined || held === undefined || JSON.stringify(other) === JSON.stringify(one)) return [];
            return [
              {
                kind: 'edit',
                resource: String(one.id),
                edits: [setMember(held, '/properties', one.properties as Json)],
                body: null,
              },
            ];
          }),
        ];
        if (changed.length > 0 || old.length > 0) return changed;
      }
      return [
        { kind: 'edit', resource: id, edits: [setMember(was, '/properties', after.properties as Json)], body: null },
      ];
    }

    test('whatever changes, the effects name what it opens; what is wide is called so', ({ task }) => {
      onTestFinished(({ task: { result } }) => {
        const wrong = result?.state === 'fail' ? 1 : 0;
        tellTrust(task, { suite: 'no wider', what: 'changes of single resources', tried: runs * 8, wrong });
      });
      const seen = new Set<string>();
      fc.assert(
        fc.property(fc.array(randomEdits, { minLength: 1, maxLength: 6 }), (edits) => {
          let world = base;
          for (const [index, edit] of edits.entries()) {
            const resources = roots.map((one) => resourceIn(world, one.id) ?? one);
            const next = edited(resources, edit, index);
            const changed = next.find((one, at) => one !== resources[at]);
            if (changed === undefined) continue;
            for (const change of changesOf(world, changed.id, changed.body)) {
              const effects = effectsIn(world, change);
              const after = applyChange(world, change);
              const [old, fresh] = [reachOf(world), reachOf(after)];
              const said = JSON.stringify(change);
              expect(gainedTexts(gained(old, fresh, effects)), said).toEqual([]);
              const open = gained(old, fresh, []).filter((one) => isWide(one));
              for (const { kind } of open) seen.add(kind);
              if (open.length > 0)
                expect([effects.map(({ kind }) => kind), gainedTexts(open)], said).toEqual([
                  expect.arrayContaining(['relaxes']),
                  expect.anything(),
                ]);
              world = after;
            }
          }
        }),
        { numRuns: runs * 8, seed: 20261126 + trustSeed },
      );
      if (runs >= 60) expect([...seen].toSorted()).toEqual(['clients', 'inbound', 'item', 'outbound', 'route']);
    }, 3_600_000);
  });
});
