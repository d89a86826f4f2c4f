// Hubs and projects: the settings of a project are those of its hub, whatever its own answer shows in their place.
import { describe, expect, test } from 'vitest';
import { audit } from '../../src/audit/index.ts';
import { architectureOf } from '../../src/facts/architecture.ts';
import { indexSnapshot } from '../../src/model/snapshot-index.ts';
import { rules } from '../../src/rules/index.ts';
import { ids, type Loose, missing, refused, type Scene, snapshotOf, withRegistry } from '../support/snapshot.ts';
import { asked } from './path-scenes.ts';

const hub = ids.workspace.replace(/[^/]+$/, 'hub-one');

/** The workspace as a project; what was its own is the hub's. `shown`: what its own answer shows of it. */
const project =
  (shown: Loose = {}, settings: Loose = {}, kind = 'Project') =>
  (scene: Scene): void => {
    const own = scene.bodies[ids.workspace];
    scene.bodies[hub] = { ...structuredClone(own), id: hub, name: 'hub-one', kind: 'Hub' };
    Object.assign(scene.bodies[hub].properties, { managedNetwork: { isolationMode: 'Disabled' } }, settings);
    scene.bodies[ids.workspace] = {
      ...own,
      kind,
      properties: { provisioningState: 'Succeeded', hubResourceId: hub.toUpperCase(), ...shown },
    };
  };
const findingsOf = (change: (scene: Scene) => void) => audit(snapshotOf(change), rules).findings;
const told = (change: (scene: Scene) => void): string[] =>
  findingsOf(change)
    .filter(({ rule }) => rule !== 'workspace.exists')
    .map(({ id, outcome, because }) => `${id} ${outcome}: ${because}`);

const shapes: readonly Loose[] = [
  { storageAccount: null, keyVault: null, containerRegistry: null },
  { storageAccount: ids.account, keyVault: ids.vault, publicNetworkAccess: 'Disabled', privateEndpointConnections: [] },
  {
    storageAccount: '/subscriptions/s/other',
    publicNetworkAccess: 'Enabled',
    v1LegacyMode: true,
    managedNetwork: null,
  },
  { managedNetwork: { isolationMode: 'AllowOnlyApprovedOutbound', status: { status: 'Active' } } },
];

test('whatever a project shows of its own, the findings are the same', () => {
  const [first = [], ...others] = [...shapes.map((shown) => told(project(shown))), told(project({}, {}, 'pROJECT'))];
  for (const other of others) expect(other).toEqual(first);
  expect(first.length).toBeGreaterThan(100);
});

test('what is inherited is found at the hub, in its spelling, and says so', () => {
  const found = findingsOf(project({}, { v1LegacyMode: true })).find(({ rule }) => rule === 'workspace.v1-legacy-mode');
  expect([found?.resource, found?.outcome]).toEqual([hub, 'fail']);
  expect(found?.because).toMatch(/^hub-one blocks the v2 API: v1LegacyMode is true\. Inherited by project mlw-sim\.$/);
  const own = findingsOf((scene) => Object.assign(scene.bodies[ids.workspace].properties, { v1LegacyMode: true }));
  const plain = own.find(({ rule }) => rule === 'workspace.v1-legacy-mode');
  expect([plain?.resource, plain?.because.includes('Inherited')]).toEqual([ids.workspace, false]);
});

test('the architecture is the one of the hub', () => {
  const managed = {
    managedNetwork: { isolationMode: 'AllowInternetOutbound', status: { status: 'Active' }, outboundRules: {} },
  };
  const of = (change: (scene: Scene) => void) => architectureOf(indexSnapshot(snapshotOf(change))).answer;
  expect(of(project({}, managed))).toBe('managed-network');
  expect(of(project(managed))).toBe('service-endpoint');
});

describe('a hub that was not read', () => {
  test.each([
    ['refused', (scene: Scene) => scene.gaps.push(refused(hub))],
    ['deleted', (scene: Scene) => scene.gaps.push(missing(hub))],
    ['not in the files', (scene: Scene) => Reflect.deleteProperty(scene.bodies, hub)],
  ])('%s: what it decides is unknown, and nothing that it decides fails', (_what, lose) => {
    const findings = findingsOf((scene) => {
      project({ publicNetworkAccess: 'Enabled', v1LegacyMode: true })(scene);
      lose(scene);
    });
    const inherited = findings.filter(({ resource }) => resource.toLowerCase() === hub.toLowerCase());
    expect(inherited.map(({ rule }) => rule)).toEqual(
      expect.arrayContaining([
        'workspace.private-endpoint',
        'workspace.public-network-access',
        'storage.default-account',
      ]),
    );
    const never = rules.filter(({ notForHubs }) => notForHubs !== undefined).map(({ id }) => id);
    for (const { outcome, gaps, id } of inherited.filter(({ rule }) => !never.includes(rule))) {
      expect([id, outcome, gaps.map((gap) => gap.toLowerCase())]).toEqual([id, 'unknown', [hub.toLowerCase()]]);
    }
    expect(findings.filter(({ outcome, rule }) => outcome === 'fail' && rule.startsWith('workspace.'))).toEqual([]);
  });
});

test.each(['Hub', 'Project'])('a %s has no clusters and no network of the customer', (kind) => {
  const change =
    kind === 'Project' ? project() : (scene: Scene) => void Object.assign(scene.bodies[ids.workspace], { kind: 'hub' });
  const both = (scene: Scene): void => {
    withRegistry(scene);
    change(scene);
  };
  const listed = rules.filter(({ notForHubs }) => notForHubs !== undefined).map(({ id }) => id);
  const outcomes = findingsOf(both).filter(({ rule }) => listed.includes(rule));
  expect([...new Set(outcomes.map(({ rule }) => rule))].toSorted()).toEqual(
    [
      ...[
        'acr.build-cluster-cpu',
        'acr.build-cluster-egress',
        'acr.build-cluster-same-subnet',
        'acr.image-build-compute',
      ],
      ...[
        'acr.tasks-bypass',
        'acr.workspace-has-cluster',
        'compute.placed-in-vnet',
        'workspace.network-preexists',
        'workspace.serverless-subnet',
      ],
    ].toSorted(),
  );
  expect(new Set(outcomes.map(({ outcome }) => outcome))).toEqual(new Set(['notApplicable']));
});

test('a path to a project uses the endpoint and the public access of its hub', () => {
  const to = (change: (scene: Scene) => void) => {
    const { verdict, destination } = asked(change, ids.train, 'mlw-sim').answer;
    return [verdict, destination.resource];
  };
  expect(to(project({ publicNetworkAccess: 'Disabled' }))).toEqual(['allowed', hub]);
  expect(to(project({}, { publicNetworkAccess: 'Disabled' }))).toEqual(['denied', hub]);
  const lost = to((scene) => {
    project()(scene);
    Reflect.deleteProperty(scene.bodies, hub);
  });
  expect(lost[0]).toBe('unknown');
});
