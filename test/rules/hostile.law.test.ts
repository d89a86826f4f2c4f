// Bodies of the wrong shape: whatever they hold, no rule throws and no fix does, and a broken member never makes a rule
// pass that would fail with the member read as it should be.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { audit } from '../../src/audit/index.ts';
import { findingId } from '../../src/model/finding.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { indexSnapshot } from '../../src/model/snapshot-index.ts';
import { rules } from '../../src/rules/index.ts';
import { partOf } from '../support/parts.ts';
import {
  ids,
  type Loose,
  type Scene,
  snapshotOf,
  withEndpoint,
  withLake,
  withRegistry,
  withZone,
} from '../support/snapshot.ts';
import { served } from './samples-aks.ts';
import { withContainers, withDatabricks } from './samples-bricks.ts';
import { everyRoute, table, tabled } from './samples-udr.ts';

/** Every path to a member or element of a body. */
function pathsOf(value: Loose, path: readonly string[] = []): (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [path];
  return [path, ...Object.keys(value).flatMap((key) => pathsOf(value[key], [...path, key]))];
}
function put(root: Loose, path: readonly string[], value: Loose): void {
  const last = path.at(-1);
  const holder = path.slice(0, -1).reduce((here: Loose, key) => here?.[key], root);
  if (last === undefined || typeof holder !== 'object' || holder === null) return;
  if (value === undefined) Reflect.deleteProperty(holder, last);
  else holder[last] = value;
}

const base = (scene: Scene) => {
  withLake(scene);
  withRegistry(scene);
  withEndpoint(scene, ids.registry, ['registry'], ids.pe);
  scene.bodies[ids.workspace].properties.sharedPrivateLinkResources = [
    {
      name: 'Acr',
      properties: { privateLinkResourceId: `${ids.registry}/privateLinkResources/registry`, groupId: 'registry' },
    },
  ];
  withEndpoint(scene, ids.account, ['blob', 'file'], ids.pe);
  withEndpoint(scene, ids.workspace, ['amlworkspace'], ids.pe);
  withZone(scene, 'privatelink.api.azureml.ms', [ids.vnet]);
  scene.bodies[ids.account].properties.networkAcls.ipRules = [{ value: '203.0.113.7', action: 'Allow' }];
  scene.intents = { devClientIps: ['203.0.113.7'] };
};
/** The same workspace as each architecture has it, so that every branch of a rule is walked. */
const bases: Readonly<Record<string, (scene: Scene) => void>> = {
  'service-endpoint': base,
  'private-endpoint': (scene) => {
    base(scene);
    scene.intents = { ...scene.intents, architecture: 'private-endpoint' };
    Object.assign(scene.bodies[ids.workspace].properties, {
      ipAllowlist: ['203.0.113.7', '10.0.0.4'],
      serverlessComputeSettings: { serverlessComputeCustomSubnet: ids.train, serverlessComputeNoPublicIP: false },
    });
  },
  'forced tunnel': (scene) => {
    base(scene);
    tabled(everyRoute)(scene);
  },
  'Databricks and container instances': (scene) => {
    base(scene);
    withDatabricks(scene);
    withContainers(scene);
  },
  'a Kubernetes cluster': (scene) => {
    base(scene);
    served(scene);
    const role = `${ids.vnet}/providers/Microsoft.Authorization/roleAssignments/one`;
    const type = 'Microsoft.Authorization/roleAssignments';
    const properties = {
      principalId: '00000000-0000-0000-0000-0000000000dd',
      roleDefinitionId: '/reader',
      scope: ids.vnet,
    };
    scene.bodies[role] = { id: role, name: 'one', type, properties };
    scene.intents = { ...scene.intents, externalScoring: false };
  },
  'managed-network': (scene) => {
    base(scene);
    scene.intents = { ...scene.intents, outboundMode: 'limited' };
    scene.bodies[ids.workspace].properties.managedNetwork = {
      isolationMode: 'AllowInternetOutbound',
      changeableIsolationModes: ['AllowOnlyApprovedOutbound'],
      status: { status: 'Inactive', sparkReady: false },
      outboundRules: { blob: { type: 'PrivateEndpoint', status: 'Inactive', destination: {} } },
    };
    scene.bodies[`${ids.workspace}/diagnose`] = { value: { otherResults: [{ code: 'x', level: 'Warning' }] } };
  },
};
function pathsIn(start: (scene: Scene) => void): (readonly string[])[] {
  const paths: (readonly string[])[] = [];
  snapshotOf((scene) => {
    start(scene);
    for (const [id, body] of Object.entries(scene.bodies)) {
      // The id of a thing is how it was found; everything else may be anything.
      paths.push(...pathsOf(body, [id]).filter((path) => path.length > 1 && path.join() !== `${id},id`));
    }
  });
  return paths;
}
const junk = fc.oneof(
  fc.constantFrom<Loose>(
    undefined,
    null,
    true,
    false,
    0,
    -1,
    1e300,
    '',
    ' ',
    '/',
    '*',
    'Allow',
    'Deny',
    'allow ',
    'None',
    [],
    {},
    [[]],
    [null],
    [{}],
    {
      toString: 'x',
      __proto__: null,
    },
  ),
  fc.constantFrom<Loose>(
    '0.0.0.0/0',
    '::/0',
    '999.1.1.1',
    '1.2.3.4/33',
    '/subscriptions',
    '//subnets/',
    '\u001b[2J',
    'SecuredByPerimeter',
    'disabled',
  ),
  fc.jsonValue(),
);
type Breakage = readonly (readonly [readonly string[], Loose])[];
const breakageOf = (start: (scene: Scene) => void): fc.Arbitrary<Breakage> =>
  fc.array(fc.tuple(fc.constantFrom(...pathsIn(start)), junk), { minLength: 1, maxLength: 6 });
const broken = (start: (scene: Scene) => void, changes: Breakage): Snapshot =>
  snapshotOf((scene) => {
    start(scene);
    for (const [path, value] of changes) put(scene.bodies, path, structuredClone(value));
  });

const endpointId = ids.account.replace(
  /Microsoft\.Storage\/.*$/,
  'Microsoft.Network/privateEndpoints/pe-stmlsim-blob-file',
);
/** Broken bodies that once brought a bug to light. */
const once: Readonly<Record<string, readonly [Breakage, string]>> = {
  // An endpoint's group with an escape in it came through in the name of a zone.
  'private-endpoint': [
    [
      [[endpointId, 'properties', 'privateLinkServiceConnections', '0', 'properties', 'groupIds', '0'], '\u001b[2J'],
      [[ids.workspace, 'name'], undefined],
    ],
    'all',
  ],
  // Two routes of one name, one of them without properties; and a tag with an escape in it.
  'forced tunnel': [
    [
      [[table, 'properties', 'routes', '1', 'properties', 'nextHopType'], 'None'],
      [[table, 'properties', 'routes', '2', 'name'], 'past-0'],
      [[table, 'properties', 'routes', '2', 'id'], undefined],
      [[table, 'properties', 'routes', '2', 'properties'], 'Internet'],
      [[table, 'properties', 'routes', '3', 'properties', 'addressPrefix'], 'AzureMachineLearning\u001b[2J'],
      [[ids.workspace, 'name'], []],
    ],
    'article-2020',
  ],
};

test.each(partOf(Object.entries(bases), 3))(
  'no rule and no fix throws, whatever the bodies hold: %s',
  (name, start) => {
    fc.assert(
      fc.property(breakageOf(start), fc.constantFrom('article-2020', 'current', 'all'), (changes, profile) => {
        const snapshot = broken(start, changes);
        const { findings } = audit(snapshot, rules, profile as 'all');
        const judgement = { index: indexSnapshot(snapshot), profile: profile as 'all', assumeDenyByDefault: false };
        for (const finding of findings) {
          expect(finding.because).not.toBe('');
          expect(finding.because).not.toMatch(/[\u0000-\u001f]|undefined|\[object/);
          const rule = rules.find(({ id }) => id === finding.rule);
          const answers = {
            ip: '198.51.100.1',
            way: 'admit',
            mode: 'AllowOnlyApprovedOutbound',
            subnet: 'vnet-ml/snet-pe',
            delete: 'yes',
            lock: 'guard',
          };
          const made = rule?.fix?.(finding, judgement, answers);
          if (typeof made === 'string') expect(made).not.toBe('');
        }
      }),
      { numRuns: 150, examples: once[name] ? [once[name] as [Breakage, string]] : [] },
    );
  },
  120_000,
);

describe('a decisive member of a wrong type never passes', () => {
  const wrong: readonly Loose[] = [true, 7, [], {}, ['Deny'], { value: 'Deny' }, 'Denied', 'no'];
  const acls = ['properties', 'networkAcls'];
  const cpu = `${ids.workspace}/computes/cpu-cluster`;
  const cases: readonly (readonly [string, string, readonly string[], string?, string?])[] = [
    ['storage.default-action-deny', ids.account, [...acls, 'defaultAction']],
    ['storage.default-action-deny', ids.account, acls],
    ['storage.vnet-rule-compute-subnet', ids.account, [...acls, 'virtualNetworkRules'], ids.train],
    ['storage.vnet-rule-compute-subnet', ids.account, acls, ids.train],
    ['storage.bypass-azure-services', ids.account, [...acls, 'bypass']],
    ['storage.dev-client-ip', ids.account, [...acls, 'ipRules']],
    ['storage.resource-instance-rule', ids.account, [...acls, 'bypass']],
    ['storage.public-network-access', ids.account, ['properties', 'publicNetworkAccess']],
    ['keyvault.default-action-deny', ids.vault, [...acls, 'defaultAction']],
    ['keyvault.vnet-rule-compute-subnet', ids.vault, [...acls, 'virtualNetworkRules'], ids.train],
    ['keyvault.bypass-azure-services', ids.vault, [...acls, 'bypass']],
    ['keyvault.public-network-access', ids.vault, ['properties', 'publicNetworkAccess']],
    ['workspace.exists', ids.workspace, ['properties', 'provisioningState']],
    ['workspace.studio-blocked-by-secured-storage', ids.account, [...acls, 'bypass'], undefined, ids.workspace],
    ['workspace.studio-blocked-by-secured-storage', ids.workspace, ['identity', 'type']],
    ['workspace.private-endpoint', ids.workspace, ['properties', 'privateEndpointConnections']],
    ['workspace.managed-network-mode', ids.workspace, ['properties', 'managedNetwork']],
    ['workspace.docker-range', ids.vnet, ['properties', 'addressSpace', 'addressPrefixes']],
    ['compute.placed-in-vnet', cpu, ['properties', 'properties', 'subnet']],
    ['compute.vnet-same-subscription', cpu, ['properties', 'properties', 'subnet']],
    ['compute.unusable-nodes', cpu, ['properties', 'properties', 'nodeStateCounts', 'unusableNodeCount']],
    ['compute.partial-allocation', cpu, ['properties', 'properties', 'allocationState']],
    ['compute.ssh-public-access', cpu, ['properties', 'properties', 'remoteLoginPortPublicAccess']],
  ];
  test.each(partOf(cases, 3).map((one) => [one[0], one[2].join('.'), one] as const))(
    '%s at %s',
    (_rule, _path, [rule, id, path, where, about]) => {
      for (const value of wrong) {
        const snapshot = snapshotOf((scene) => {
          scene.intents = { devClientIps: ['203.0.113.7'] };
          put(scene.bodies, [id, ...path], structuredClone(value));
        });
        const found = audit(snapshot, rules).findings.find((one) => one.id === findingId(rule, about ?? id, where));
        expect([JSON.stringify(value), found?.outcome]).not.toEqual([JSON.stringify(value), 'pass']);
      }
    },
  );
});
