// What files leave open: whichever value is replaced by an unresolvable expression, every result stays as it was or becomes
// unknown, nothing throws, and what is shown is the expression.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { audit } from '../../src/audit/index.ts';
import { type Finding, findingId } from '../../src/model/finding.ts';
import { isArray, isObject, type Json, parseJson, stringifyJson } from '../../src/model/json.ts';
import { formatPointer, memberNames, parsePointer, updateAt, valueAt, withMember } from '../../src/model/pointer.ts';
import type { Resource } from '../../src/model/resource.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { indexSnapshot } from '../../src/model/snapshot-index.ts';
import { isUnresolved, unguarded, unresolved } from '../../src/model/unresolved.ts';
import { buildPlan } from '../../src/plan/index.ts';
import { rules } from '../../src/rules/index.ts';
import { inEveryRun, partOf } from '../support/parts.ts';
import { cluster, ids, type Scene, snapshotOf, withEndpoint, withLake } from '../support/snapshot.ts';

const marker = unresolved("[parameters('open')]", 'the parameter open has no value');

const request = { targets: 'all', answers: { way: 'admit' }, ips: ['198.51.100.1'], profile: 'all' } as const;

/** Workspaces with something of everything: closed by subnet rules, half open, closed by private endpoints, managed. */
const scenes: Readonly<Record<string, (scene: Scene) => void>> = {
  closed: () => {},
  'half open': (scene) => {
    const lake = withLake(scene);
    lake.properties.networkAcls.defaultAction = 'Allow';
    lake.properties.networkAcls.bypass = 'None';
    withEndpoint(scene, ids.account, ['blob', 'file'], ids.pe);
    scene.bodies[`${ids.workspace}/computes/second`] = cluster('second', ids.second);
    scene.bodies[ids.account].properties.networkAcls.ipRules = [{ value: '203.0.113.7/32', action: 'Allow' }];
    scene.bodies[ids.vault].properties.networkAcls.virtualNetworkRules = [];
    scene.intents = { devClientIps: ['203.0.113.7'] };
  },
  private: (scene) => {
    for (const id of [ids.account, ids.vault]) {
      scene.bodies[id].properties.publicNetworkAccess = 'Disabled';
      scene.bodies[id].properties.networkAcls.virtualNetworkRules = [];
    }
    withEndpoint(scene, ids.account, ['blob'], ids.pe);
    withEndpoint(scene, ids.vault, ['vault'], ids.pe);
  },
  managed: (scene) => {
    scene.bodies[ids.workspace].properties.managedNetwork = {
      isolationMode: 'AllowInternetOutbound',
      status: { status: 'Active' },
      outboundRules: {},
    };
  },
};

interface Place {
  readonly resource: string;
  readonly pointer: string;
}
/** Every value of a body below its root. The id is how a thing was found, and stays. */
function placesIn({ id, body }: Resource): Place[] {
  const below = (value: Json, path: readonly string[]): Place[] => [
    ...(path.length === 0 || path.join() === 'id' ? [] : [{ resource: id, pointer: formatPointer(path) }]),
    ...(isArray(value) ? value.flatMap((item, index) => below(item, [...path, String(index)])) : []),
    ...(isObject(value)
      ? memberNames(value).flatMap((name) => below(valueAt(value, formatPointer([name])) ?? null, [...path, name]))
      : []),
  ];
  return below(body, []);
}
const opened = (snapshot: Snapshot, places: readonly Place[]): Snapshot => ({
  ...snapshot,
  resources: snapshot.resources.map((resource) => {
    const body = places
      .filter((place) => place.resource === resource.id)
      .reduce<Json>((here, { pointer }) => updateAt(here, parsePointer(pointer), () => marker) ?? here, resource.body);
    return isObject(body) && body !== resource.body ? { ...resource, body } : resource;
  }),
});

/** Verdicts that an open value turned: each must be as it was, or unknown. A finding may only go where the rule says unknown. */
function turned(before: readonly Finding[], after: readonly Finding[]): string[] {
  const was = new Map(before.map((finding) => [finding.id, finding]));
  const is = new Map(after.map((finding) => [finding.id, finding]));
  const moved = after.filter(
    ({ id, outcome }) => outcome !== 'unknown' && outcome !== (was.get(id)?.outcome ?? 'notApplicable'),
  );
  const silent = before.filter(
    ({ id, rule, outcome }) =>
      outcome !== 'notApplicable' &&
      !is.has(id) &&
      !after.some((finding) => finding.rule === rule && finding.outcome === 'unknown'),
  );
  return [
    ...moved.map((one) => `${one.id}: ${was.get(one.id)?.outcome ?? 'not there'} -> ${one.outcome}: ${one.because}`),
    ...silent.map((one) => `${one.id}: ${one.outcome} -> not there`),
  ];
}

describe.each(partOf(Object.keys(scenes), 3))('a world that is %s', (name) => {
  const snapshot = snapshotOf(scenes[name] ?? (() => {}));
  const places = snapshot.resources.flatMap(placesIn);
  const before = audit(snapshot, rules).findings;

  test('each value by itself', () => {
    const wrong = places.flatMap((place) =>
      turned(before, audit(opened(snapshot, [place]), rules).findings).map(
        (text) => `${place.resource.split('/').at(-1)}${place.pointer}: ${text}`,
      ),
    );
    expect(wrong).toEqual([]);
  }, 120_000);

  test('several at once, and a plan for everything', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.constantFrom(...places), { minLength: 1, maxLength: 5 }), (some) => {
        const changed = opened(snapshot, some);
        const report = audit(changed, rules);
        expect(turned(before, report.findings)).toEqual([]);
        const plan = buildPlan({ snapshot: changed, rules, request, id: 'p', report });
        // Whatever comes out can be written down and read back: no guard of the world has got into it.
        expect(parseJson(stringifyJson([report, plan] as unknown as Json))).toBeDefined();
      }),
      { numRuns: 40 },
    );
  }, 120_000);
});

inEveryRun(() => {
  describe('what is said', () => {
    const action = '/properties/networkAcls/defaultAction';
    const snapshot = opened(
      snapshotOf(() => {}),
      [{ resource: ids.account, pointer: action }],
    );
    const found = audit(snapshot, rules).findings.find(
      ({ id }) => id === findingId('storage.default-action-deny', ids.account),
    );

    test('the expression, its place, and why it is unknown', () => {
      expect(found).toMatchObject({
        outcome: 'unknown',
        because:
          "networkAcls.defaultAction of stmlsim is not known: [parameters('open')] (the parameter open has no value).",
        evidence: [{ resource: ids.account, pointer: action, value: "[parameters('open')]" }],
        gaps: [ids.account],
      });
    });
    test('rules that ask something else are not touched', () => {
      const capacity = audit(snapshot, rules).findings.find(
        ({ id }) => id === findingId('storage.rule-capacity', ids.account),
      );
      expect(capacity?.outcome).toBe('pass');
    });
  });

  describe('guards', () => {
    const nested = { a: [{ b: marker }, 1], 'x/y': { c: marker, d: 'd' }, e: marker };
    const resource: Resource = { id: ids.account, type: 'T', apiVersion: '1', body: nested };
    const world = indexSnapshot({ ...snapshotOf(() => {}), resources: [resource] });
    const body = world.get(ids.account)?.body ?? {};

    test('every read of one throws, and what is beside it can be read', () => {
      const ways: readonly (() => unknown)[] = [
        () => body.e,
        () => ({ ...body }),
        () => Object.values(body),
        () => JSON.stringify(body),
        () => structuredClone(body),
        () => valueAt(body, '/a/0/b'),
        () => valueAt(body, '/x~1y/c'),
      ];
      for (const way of ways) expect(way).toThrow(/is not known/);
      expect(valueAt(body, '/a/1')).toBe(1);
      expect(valueAt(body, '/x~1y/d')).toBe('d');
    });
    test('they come off again, and the snapshot never had them', () => {
      expect(unguarded(body)).toEqual(nested);
      expect(world.snapshot.resources[0]?.body).toBe(nested);
    });
    test('a copy with a member set keeps them without reading them', () => {
      const copy = withMember(body, 'f', 1);
      expect(() => copy.e).toThrow();
      expect(unguarded(copy)).toEqual({ ...nested, f: 1 });
    });
    test('a hostile marker is shown clean', () => {
      const open = { $unresolved: 7, because: '\u001b[2Jx' };
      expect(isUnresolved(open)).toBe(true);
      const other = indexSnapshot({ ...snapshotOf(() => {}), resources: [{ ...resource, body: { e: open } }] });
      expect(() => other.get(ids.account)?.body.e).toThrow(/^e of stmlsim is not known: 7 \(x\)\.$/);
    });
  });
});
