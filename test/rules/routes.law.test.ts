// The routes past a forced tunnel against a slow look at single addresses, against Microsoft's own lists, and with the answers and
// limits that decide how they are written.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { audit } from '../../src/audit/index.ts';
import { coverageOf, machineLearningService, wantedOf } from '../../src/facts/exception-routes.ts';
import { routesWith, routeTableAt } from '../../src/facts/routes.ts';
import type { ProfileChoice } from '../../src/model/assumption.ts';
import { type Finding, findingId } from '../../src/model/finding.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { indexSnapshot } from '../../src/model/snapshot-index.ts';
import { formatAddress, parseRange } from '../../src/net/ipv4.ts';
import { chooseRoute } from '../../src/net/routes.ts';
import { applyChanges, buildPlan } from '../../src/plan/index.ts';
import { rules as everyRule } from '../../src/rules/index.ts';
import type { Answers } from '../../src/rules/rule.ts';
import { outside } from '../support/outside.ts';
import { ids, type Loose, type Scene, snapshotOf, subnet } from '../support/snapshot.ts';
import { instance, route, table, tabled } from './samples-udr.ts';

const rules = everyRule.filter(({ id }) => id.startsWith('udr.'));
const all = route('all', '0.0.0.0/0', 'VirtualAppliance');
const judged = (snapshot: Snapshot, rule: string, profile: ProfileChoice = 'all'): Finding => {
  const id = findingId(rule, ids.train, table);
  const found = audit(snapshot, rules, profile).findings.find((one) => one.id === id);
  if (!found) throw new Error(`no finding ${id}`);
  return found;
};
const plan = (snapshot: Snapshot, targets: readonly string[], answers: Answers = {}, profile: ProfileChoice = 'all') =>
  buildPlan({ snapshot, rules, request: { targets, answers, ips: [], profile }, id: 'plan' });
const applied = (snapshot: Snapshot, made: ReturnType<typeof plan>): Snapshot =>
  applyChanges(
    snapshot,
    made.steps.map(({ change }) => change),
  );

/** The same question address by address: the ends of every prefix, of the tag and of the table. */
function slowly(snapshot: Snapshot): string[] {
  const world = indexSnapshot(snapshot);
  const wanted = wantedOf(machineLearningService, 'westeurope', world)?.prefixes ?? [];
  const { routes } = routesWith(routeTableAt(ids.train, world), ids.train, world);
  const edges = [...wanted, ...routes.map(({ prefix }) => prefix)].flatMap((prefix) => {
    const range = parseRange(prefix);
    return range.ok ? [range.value.first, range.value.last + 1, range.value.last] : [];
  });
  const own = wanted.flatMap((prefix) => {
    const range = parseRange(prefix);
    return range.ok ? [range.value] : [];
  });
  const inside = edges.filter((at) => own.some(({ first, last }) => first <= at && at <= last));
  return [...new Set(inside)].map(formatAddress).filter((address) => {
    const chosen = chooseRoute(routes, address);
    return !chosen.ok || chosen.value?.nextHopType !== 'Internet';
  });
}

const octet = fc.nat(7);
const literal = fc.tuple(octet, fc.integer({ min: 22, max: 30 }), fc.nat(255)).map(([third, length, last]) => {
  const size = 2 ** (32 - length);
  const at = third * 256 + last;
  const first = at - (at % size);
  return `13.69.${first >> 8}.${first & 255}/${length}`;
});
const hop = fc.constantFrom('Internet', 'Internet', 'VirtualAppliance', 'None', 'VnetLocal');
const written = fc.uniqueArray(
  fc.record({
    prefix: fc.oneof(
      literal,
      fc.constantFrom('13.69.0.0/16', 'AzureMachineLearning', 'AzureMachineLearning.WestEurope', 'BatchNodeManagement'),
    ),
    hop,
  }),
  {
    maxLength: 14,
    selector: ({ prefix }) => prefix,
  },
);
const tunnelTo = fc.constantFrom(
  [all],
  [route('low', '0.0.0.0/1', 'VirtualAppliance'), route('high', '128.0.0.0/1', 'VirtualAppliance')],
);
const setting = fc
  .tuple(tunnelTo, written)
  .map(([tunnel, some]) =>
    tabled([...tunnel, ...some.map(({ prefix, hop: to }, index) => route(`own-${index}`, prefix, to))]),
  );

describe('the verdict and the fix, over random tables', () => {
  test('what is missing is what some address does not leave by the Internet', () => {
    fc.assert(
      fc.property(setting, (change) => {
        const snapshot = snapshotOf(change);
        const missing = slowly(snapshot);
        const found = judged(snapshot, 'udr.azureml-prefixes');
        expect([found.outcome, missing.length > 0]).toEqual(missing.length > 0 ? ['fail', true] : ['pass', false]);
        const world = indexSnapshot(snapshot);
        const own = routeTableAt(ids.train, world);
        const asked = { table: own, routes: routesWith(own, ids.train, world) };
        const told = coverageOf(machineLearningService, 'westeurope', asked, world).missing.map((text) =>
          parseRange(text),
        );
        for (const address of missing) {
          const at = parseRange(address);
          const held = told.some(
            (one) => one.ok && at.ok && one.value.first <= at.value.first && at.value.last <= one.value.last,
          );
          expect([address, held]).toEqual([address, true]);
        }
      }),
      { numRuns: 300 },
    );
  });

  test.each([['tags'], ['prefixes']])(
    'the fix by %s leads every address past the tunnel, and is not needed twice',
    (routes) => {
      fc.assert(
        fc.property(setting, (change) => {
          const snapshot = snapshotOf(change);
          const made = plan(snapshot, ['udr.azureml-prefixes'], { routes });
          if (judged(snapshot, 'udr.azureml-prefixes').outcome !== 'fail') {
            expect(made.steps).toEqual([]);
            return;
          }
          const mended = applied(snapshot, made);
          expect(slowly(mended)).toEqual([]);
          expect(plan(mended, ['udr.azureml-prefixes'], { routes }).steps).toEqual([]);
        }),
        { numRuns: 60 },
      );
    },
  );

  test('at no step of replacing a list by its tag is an address lost', () => {
    fc.assert(
      fc.property(setting, (change) => {
        const snapshot = snapshotOf(change);
        const lost = new Set(slowly(snapshot));
        const made = plan(snapshot, ['udr.service-tag-routes']);
        let here = snapshot;
        for (const step of made.steps) {
          here = applyChanges(here, [step.change]);
          expect(slowly(here).filter((address) => !lost.has(address) && slowlyHeld(snapshot, address))).toEqual([]);
        }
      }),
      { numRuns: 100 },
    );
  });
});
/** Did the address leave by the Internet? */
function slowlyHeld(snapshot: Snapshot, address: string): boolean {
  const world = indexSnapshot(snapshot);
  const chosen = chooseRoute(routesWith(routeTableAt(ids.train, world), ids.train, world).routes, address);
  return chosen.ok && chosen.value?.nextHopType === 'Internet';
}

describe('how routes are written', () => {
  const writes = (made: ReturnType<typeof plan>) =>
    made.steps.flatMap(({ change }) =>
      change.kind === 'create' ? [(change.body as Loose).properties.addressPrefix as string] : [],
    );
  const fillers = (count: number, prefix: (index: number) => string) =>
    Array.from({ length: count }, (_, index) => route(`own-${index}`, prefix(index)));

  test('by tag, or by prefix where only the article of 2020 is held to, or as answered', () => {
    const snapshot = snapshotOf(tabled([all], instance));
    expect(writes(plan(snapshot, ['udr.azureml-prefixes']))).toEqual(['AzureMachineLearning']);
    expect(writes(plan(snapshot, ['udr.azureml-prefixes'], {}, 'article-2020'))).toHaveLength(8);
    expect(writes(plan(snapshot, ['udr.azureml-prefixes'], { routes: 'Prefixes ' }))).toHaveLength(8);
    expect(writes(plan(snapshot, ['udr.azureml-prefixes'], { routes: 'tags' }, 'article-2020'))).toEqual([
      'AzureMachineLearning',
    ]);
    expect(plan(snapshot, ['udr.azureml-prefixes'], { routes: 'no' }).skipped[0]?.reason).toMatch(
      /routes=tags or routes=prefixes/,
    );
  });

  test('by prefix where a table takes no more tags; not at all where it takes no more routes', () => {
    const tags = snapshotOf(tabled([all, ...fillers(25, (index) => `AzureMonitor.Region${index}`)]));
    expect(writes(plan(tags, ['udr.azureml-prefixes']))).toHaveLength(8);
    expect(plan(tags, ['udr.azureml-prefixes'], { routes: 'tags' }).skipped[0]?.reason).toMatch(/limit of 25/);
    const full = snapshotOf(tabled([all, ...fillers(399, (index) => `172.${16 + (index >> 8)}.${index & 255}.0/24`)]));
    expect(plan(full, ['udr.azureml-prefixes']).skipped[0]?.reason).toMatch(/limit of 400/);
  });

  test('many at once are one write of the table, and come back as they were', () => {
    const many = Array.from({ length: 14 }, (_, index) => `13.69.${index}.0/26`);
    const change = (scene: Scene) => {
      tabled([all])(scene);
      scene.tags = {
        changeNumber: '1',
        values: [{ name: 'AzureMachineLearning.WestEurope', properties: { addressPrefixes: many } }],
      };
    };
    const snapshot = snapshotOf(change);
    const made = plan(snapshot, ['udr.azureml-prefixes'], { routes: 'prefixes' });
    expect(made.steps.map(({ change: { kind, resource, edits } }) => [kind, resource, edits.length])).toEqual([
      ['edit', table, 14],
    ]);
    expect(judged(applied(snapshot, made), 'udr.azureml-prefixes').outcome).toBe('pass');
    const listed = applied(snapshot, made);
    const gone = plan(listed, ['udr.service-tag-routes']);
    expect(gone.steps.map(({ change: { kind, edits }, phase }) => [kind, edits.length, phase])).toEqual([
      ['create', 0, 2],
      ['edit', 14, 5],
    ]);
  });
});

describe('routes of a gateway that Azure showed at a running machine', () => {
  const learnt = (prefix: string): Loose => ({
    ...{ source: 'VirtualNetworkGateway', state: 'Active', addressPrefix: [prefix] },
    ...{ nextHopType: 'VirtualNetworkGateway', nextHopIpAddress: [] },
  });
  const seen = (snapshot: Snapshot, routes: readonly Loose[]): Snapshot => ({
    ...snapshot,
    live: {
      cards: [
        {
          ...{ subnet: ids.train, card: 'card', machine: 'vm', address: '10.0.1.4', at: '2026-01-01T00:00:00Z' },
          ...{ group: null, groups: null, routes: { value: [...routes] }, flows: [], gaps: [] },
        },
      ],
      nowhere: [],
      questions: 1,
    },
  });
  const gateway = (scene: Scene) => {
    tabled([])(scene);
    scene.bodies[ids.vnet].properties.subnets.push(subnet(`${ids.vnet}/subnets/GatewaySubnet`, '10.0.250.0/27'));
  };
  const bare = (scene: Scene) => {
    gateway(scene);
    Reflect.deleteProperty(scene.bodies[ids.vnet].properties.subnets[0].properties, 'routeTable');
  };

  test('a default route makes the tunnel certain', () => {
    const snapshot = seen(snapshotOf(gateway), [learnt('0.0.0.0/0')]);
    expect(judged(snapshotOf(gateway), 'udr.azureml-prefixes').outcome).toBe('unknown');
    expect(judged(snapshot, 'udr.azureml-prefixes').outcome).toBe('fail');
    expect(judged(snapshot, 'udr.forced-tunnel').because).toContain('learned');
    const mended = applied(snapshot, plan(snapshot, ['udr.azureml-prefixes']));
    expect(judged(mended, 'udr.azureml-prefixes').outcome).toBe('pass');
  });

  test('none, and there is no tunnel', () => {
    const snapshot = seen(snapshotOf(gateway), [learnt('192.168.0.0/16')]);
    expect(judged(snapshot, 'udr.azureml-prefixes').outcome).toBe('notApplicable');
  });

  test('a subnet without a table then needs one', () => {
    const snapshot = seen(snapshotOf(bare), [learnt('0.0.0.0/1'), learnt('128.0.0.0/1')]);
    const id = findingId('udr.table-on-compute-subnet', ids.train);
    const outcome = (of: Snapshot) => audit(of, rules).findings.find((one) => one.id === id)?.outcome;
    expect(outcome(snapshot)).toBe('fail');
    expect(outcome(snapshotOf(bare))).toBe('unknown');
    const made = plan(snapshot, ['udr.table-on-compute-subnet']);
    expect(made.steps.map(({ change: { kind } }) => kind)).toEqual(['create', 'edit']);
    expect(outcome(applied(snapshot, made))).toBeUndefined();
  });
});

const { place: folder, isHere: there, note } = outside('service-tags');
const listOf = (file: string): Loose => JSON.parse(readFileSync(path.join(folder, file), 'utf8'));
const prefixesIn = (list: Loose, name: string): string[] =>
  list.values
    .find((one: Loose) => one.name === name)
    .properties.addressPrefixes.filter((one: string) => !one.includes(':'));
const inRegion = (location: string, tags: Loose, routes: readonly Loose[]) => (scene: Scene) => {
  tabled(routes)(scene);
  scene.tags = tags;
  scene.bodies[ids.workspace].location = location;
};

describe.skipIf(!there)(`Microsoft’s own lists${note}`, () => {
  const today = there ? listOf('ServiceTags_Public_20251110.aml.json') : undefined;
  const then = there ? listOf('ServiceTags_Public_20200511.aml.json') : undefined;
  const past = (prefixes: readonly string[], name: string) =>
    prefixes.map((prefix, index) => route(`${name}-${index}`, prefix));

  test('a table copied by hand in 2020 misses two of eight IPv4 prefixes in East US 2 today', () => {
    const copied = prefixesIn(then, 'AzureMachineLearning.EastUS2');
    const routes = [all, ...past(copied, 'ml'), ...past(prefixesIn(then, 'BatchNodeManagement.EastUS2'), 'batch')];
    const snapshot = snapshotOf(inRegion('eastus2', today, routes));
    const found = judged(snapshot, 'udr.azureml-prefixes');
    expect(found.outcome).toBe('fail');
    const missing = prefixesIn(today, 'AzureMachineLearning.EastUS2').filter((prefix) => !copied.includes(prefix));
    expect(missing).toEqual(['20.62.61.128/28', '20.98.195.64/27']);
    expect(found.evidence.find(({ note }) => /not routed to the Internet/.test(note ?? ''))?.value).toEqual(missing);
    expect(judged(snapshot, 'udr.batch-prefixes', 'article-2020').outcome).toBe('pass');
    const made = plan(snapshot, ['udr.azureml-prefixes'], { routes: 'prefixes' });
    expect(made.steps).toHaveLength(2);
  });

  const spelt = there
    ? (Object.entries(listOf('region-aliases.json').regions) as [string, Loose][]).flatMap(([code, { usual }]) =>
        usual.toLowerCase() === code ? [] : [[code, usual.toLowerCase() as string] as const],
      )
    : [];
  test('regions that the lists spell otherwise are found by the name of the entry', () => {
    expect(spelt.length).toBeGreaterThanOrEqual(10);
  });
  test.each(spelt)('%s is %s', (_code, location) => {
    const snapshot = snapshotOf(inRegion(location, today, [all]));
    const wanted = wantedOf(machineLearningService, location, indexSnapshot(snapshot));
    const entry = today.values.find((one: Loose) => one.name.toLowerCase() === `azuremachinelearning.${location}`);
    expect(wanted?.name).toBe(entry?.name);
    if (entry) expect(judged(snapshot, 'udr.azureml-prefixes').because).toContain(entry.name);
  });
});
