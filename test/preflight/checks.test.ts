// Single checks of a job in a small workspace: whose identity reads and pulls, and what is told where something is not known.
import { describe, expect, test } from 'vitest';
import { preflightWithReads } from '../../src/audit/index.ts';
import type { Finding, Report } from '../../src/model/finding.ts';
import type { DataUse, EnvironmentNeed, JobFile, JobNote, JobTask } from '../../src/model/job.ts';
import type { LegName } from '../../src/model/preflight.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import {
  datastoreId,
  endpointId,
  group,
  ids,
  type Loose,
  onlineEndpoint,
  refused,
  reports,
  type Scene,
  snapshotOf,
  subscription,
  withRegistry,
} from '../support/snapshot.ts';

const me = '99999999-aaaa-bbbb-cccc-000000000001';
const other = '99999999-aaaa-bbbb-cccc-000000000002';
const authorization = `/subscriptions/${subscription}/providers/Microsoft.Authorization`;
const roles = {
  blobContributor: 'ba92f5b4-2d11-453d-a403-e96b0029c9fe',
  blobReader: '2a2b9908-6ea1-4ae2-8e65-a410df84e7d1',
  fileContributor: '69566ab7-960f-475b-8e7c-b3118f30c6bd',
  acrPull: '7f951dda-4ed3-4680-a7ca-43fe172d538d',
};

interface World {
  readonly task?: Partial<JobTask>;
  readonly job?: Partial<JobFile>;
  readonly change?: (scene: Scene) => void;
  /** Roles of `me`, each with its scope; null: they were not read. */
  readonly assigned?: readonly (readonly [string, string])[] | null;
  readonly objectId?: string;
  readonly findings?: readonly Partial<Finding>[];
}

function asked({ task, job, change = () => {}, assigned = null, objectId, findings = [] }: World) {
  const lists: { id: string; members: string[] }[] = [];
  const scanned = snapshotOf((scene) => {
    change(scene);
    if (assigned === null) return;
    const members = assigned.map(([role, scope], at) => {
      const id = `${scope}/providers/Microsoft.Authorization/roleAssignments/00000000-0000-0000-0000-00000000000${at}`;
      const roleDefinitionId = `${authorization}/roleDefinitions/${role}`;
      scene.bodies[id] = { id, properties: { roleDefinitionId, principalId: me, scope } };
      return id;
    });
    lists.push({ id: `${authorization}/roleAssignments?$filter=assignedTo('${me}')`, members });
    lists.push({ id: `${authorization}/denyAssignments`, members: [] });
  });
  const snapshot: Snapshot = {
    ...scanned,
    collections: [...scanned.collections, ...lists],
    identity: objectId === undefined ? null : ({ objectId } as Snapshot['identity']),
  };
  const one: JobTask = {
    ...{ name: null, kind: 'command', compute: { kind: 'named', name: 'cpu-cluster' }, environment: null },
    ...{ component: null, data: [], hosts: [], identity: null, notes: [], ...task },
  };
  const file: JobFile = {
    ...{ kind: one.kind, name: '', tasks: [one], uploads: [], endpoint: null, egress: null, unseen: [], ...job },
  };
  const all = findings.map((finding) => ({ severity: 'high', outcome: 'fail', where: null, gaps: [], ...finding }));
  return preflightWithReads(file, snapshot, { findings: all } as unknown as Report);
}
const checksOf = (leg: LegName, world: World) => asked(world).result.legs.find((one) => one.leg === leg)?.checks ?? [];
/** The checks of a leg that no packet decides. */
const told = (leg: LegName, world: World): string[] =>
  checksOf(leg, world)
    .filter(({ path }) => path === null)
    .map(({ verdict, subject, because }) => `${verdict}: ${subject}: ${because}`);

const computeId = `${ids.workspace}/computes/cpu-cluster`;
const user = (name: string): string => `${group}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/${name}`;
const users = (given: Readonly<Record<string, string | undefined>>): Loose => ({
  type: 'UserAssigned',
  userAssignedIdentities: Object.fromEntries(
    Object.entries(given).map(([name, principalId]) => [user(name), principalId === undefined ? {} : { principalId }]),
  ),
});
const system = { type: 'SystemAssigned', principalId: me };
const both =
  (...changes: readonly ((scene: Scene) => void)[]) =>
  (scene: Scene): void => {
    for (const change of changes) change(scene);
  };
const identified =
  (id: string, identity: Loose) =>
  (scene: Scene): void => {
    scene.bodies[id].identity = identity;
  };
const credentials =
  (credentialsType: string) =>
  (scene: Scene): void => {
    scene.bodies[datastoreId('workspaceblobstore')].properties.credentials = { credentialsType };
  };
const keyless = credentials('None');
const withoutKeys = (scene: Scene): void => {
  scene.bodies[ids.account].properties.allowSharedKeyAccess = false;
};
const writer = [[roles.blobContributor, ids.account]] as const;
const reader = [[roles.blobReader, ids.account]] as const;
const served = { kind: 'onlineDeployment', compute: { kind: 'managed' } } as const;
const atServerless = { compute: { kind: 'serverless' } } as const;

const keepsNone = 'workspaceblobstore keeps no key, and the role Storage Blob Data Contributor on stmlsim is needed.';
const loads =
  'The nodes of an endpoint load its files as its identity, and the role Storage Blob Data Reader on stmlsim is needed.';

describe('the identity that reads and writes data', () => {
  test.each<[string, World, readonly string[]]>([
    [
      'a cluster without an identity',
      { change: keyless },
      [`unknown: cpu-cluster → workspaceblobstore: cpu-cluster has no managed identity. ${keepsNone}`],
    ],
    [
      'the same, as the file asks for it',
      { change: keyless, task: { identity: 'managed' } },
      [`fails: cpu-cluster → workspaceblobstore: cpu-cluster has no managed identity. ${keepsNone}`],
    ],
    [
      'a system-assigned identity with the role',
      { change: both(keyless, identified(computeId, system)), assigned: writer },
      [
        'ok: cpu-cluster → workspaceblobstore: The identity of cpu-cluster has the role Storage Blob Data Contributor, which allows writing.',
      ],
    ],
    [
      'one that may only read',
      { change: both(keyless, identified(computeId, system)), assigned: reader },
      [
        'fails: cpu-cluster → workspaceblobstore: The identity of cpu-cluster has no role that allows writing data of stmlsim. Assign Storage Blob Data Contributor.',
      ],
    ],
    [
      'the only user-assigned identity',
      { change: both(keyless, identified(computeId, users({ one: me }))), assigned: writer },
      [
        'ok: cpu-cluster → workspaceblobstore: The identity of cpu-cluster has the role Storage Blob Data Contributor, which allows writing.',
      ],
    ],
    [
      'one of two',
      { change: both(keyless, identified(computeId, users({ one: me, two: other }))), assigned: writer },
      [`unknown: cpu-cluster → workspaceblobstore: cpu-cluster has 2 identities. ${keepsNone}`],
    ],
    [
      'a user-assigned identity whose principal is not shown',
      { change: both(keyless, identified(computeId, users({ one: undefined }))), assigned: [] },
      [`unknown: cpu-cluster → workspaceblobstore: The principal of one is not known. ${keepsNone}`],
    ],
    [
      'you, unknown',
      { change: keyless, task: { identity: 'user' } },
      [`unknown: cpu-cluster → workspaceblobstore: Your object id is not known. ${keepsNone}`],
    ],
    [
      'you, without a role',
      { change: keyless, task: { identity: 'user' }, objectId: me, assigned: [] },
      [
        'fails: cpu-cluster → workspaceblobstore: Your identity has no role that allows writing data of stmlsim. Assign Storage Blob Data Contributor.',
      ],
    ],
    [
      'roles that were not read',
      { change: both(keyless, identified(computeId, system)) },
      [
        `unknown: cpu-cluster → workspaceblobstore: The role assignments of 99999999-aaaa-bbbb-cccc-000000000001 could not be read. ${keepsNone}`,
      ],
    ],
    [
      'folders with lists',
      {
        change: both(keyless, identified(computeId, system), (scene) => {
          scene.bodies[ids.account].properties.isHnsEnabled = true;
        }),
        assigned: [],
      },
      [
        'unknown: cpu-cluster → workspaceblobstore: The identity of cpu-cluster has no role that allows writing data of stmlsim. Assign Storage Blob Data Contributor. An access control list (ACL) of a folder may allow it as well.',
      ],
    ],
    [
      'a datastore that says nothing of credentials',
      {
        change: (scene) => {
          scene.bodies[datastoreId('workspaceblobstore')].properties.credentials = undefined;
        },
      },
      [`unknown: cpu-cluster → workspaceblobstore: cpu-cluster has no managed identity. ${keepsNone}`],
    ],
    [
      'serverless compute, nothing named',
      { change: keyless, task: atServerless },
      [
        `unknown: serverless compute → workspaceblobstore: Serverless compute has no identity, and the file names none (identity: user_identity or managed). ${keepsNone}`,
      ],
    ],
    [
      'serverless compute by default, nothing named',
      { change: keyless, task: { compute: { kind: 'default' } } },
      [
        `unknown: serverless compute → workspaceblobstore: Serverless compute has no identity, and the file names none (identity: user_identity or managed). ${keepsNone}`,
      ],
    ],
    [
      'serverless compute, managed, without any',
      { change: keyless, task: { ...atServerless, identity: 'managed' } },
      [
        `fails: serverless compute → workspaceblobstore: Serverless compute uses a user-assigned identity of the workspace (identity: managed), and it has none. ${keepsNone}`,
      ],
    ],
    [
      'serverless compute, managed, one of two',
      {
        change: both(keyless, identified(ids.workspace, users({ one: me, two: other }))),
        task: { ...atServerless, identity: 'managed' },
      },
      [`unknown: serverless compute → workspaceblobstore: The workspace has 2 user-assigned identities. ${keepsNone}`],
    ],
    [
      'serverless compute, managed, not shown',
      {
        change: both(keyless, identified(ids.workspace, users({ one: undefined }))),
        task: { ...atServerless, identity: 'managed' },
      },
      [`unknown: serverless compute → workspaceblobstore: The principal of one is not known. ${keepsNone}`],
    ],
    [
      'serverless compute, managed',
      {
        change: both(keyless, identified(ids.workspace, users({ one: me }))),
        task: { ...atServerless, identity: 'managed' },
        assigned: [],
      },
      [
        'fails: serverless compute → workspaceblobstore: The identity one of the workspace has no role that allows writing data of stmlsim. Assign Storage Blob Data Contributor.',
      ],
    ],
    [
      'serverless compute, managed, primary',
      {
        change: both(keyless, identified(ids.workspace, users({ one: other, two: me })), (scene) => {
          scene.bodies[ids.workspace].properties.primaryUserAssignedIdentity = user('two');
        }),
        task: { ...atServerless, identity: 'managed' },
        assigned: [[roles.blobContributor, group]],
      },
      [
        'ok: serverless compute → workspaceblobstore: The identity two of the workspace has the role Storage Blob Data Contributor, which allows writing.',
      ],
    ],
    [
      'a Spark job on serverless compute',
      {
        change: keyless,
        task: { ...atServerless, kind: 'spark' },
        objectId: me,
        assigned: [[roles.blobContributor, group]],
      },
      [
        'ok: serverless compute → workspaceblobstore: Your identity has the role Storage Blob Data Contributor, which allows writing.',
      ],
    ],
    [
      'a Spark job on serverless compute, managed',
      { change: keyless, task: { ...atServerless, kind: 'spark', identity: 'managed' } },
      [
        `fails: serverless compute → workspaceblobstore: Serverless compute uses a user-assigned identity of the workspace (identity: managed), and it has none. ${keepsNone}`,
      ],
    ],
    [
      'an endpoint that is not named',
      { task: served },
      [`unknown: the nodes of the endpoint → workspaceblobstore: The file does not name its endpoint. ${loads}`],
    ],
    [
      'an endpoint that does not exist',
      { task: served, job: { endpoint: 'churn' } },
      [
        'ok: the nodes of the endpoint → workspaceblobstore: Endpoint churn does not exist yet: a system-assigned identity gets its roles when it is created, a user-assigned one needs them before.',
      ],
    ],
    [
      'endpoints that were refused',
      {
        task: served,
        job: { endpoint: 'churn' },
        change: (scene) => scene.gaps.push(refused(`${ids.workspace}/onlineEndpoints`)),
      },
      [`unknown: the nodes of the endpoint → workspaceblobstore: The online endpoints could not be read. ${loads}`],
    ],
    [
      'an endpoint with an identity',
      {
        task: served,
        job: { endpoint: 'churn' },
        change: (scene) => {
          scene.bodies[`${ids.workspace}/onlineEndpoints/churn`] = { ...onlineEndpoint('churn'), identity: system };
        },
        assigned: reader,
      },
      [
        'ok: the nodes of the endpoint → workspaceblobstore: The identity of endpoint churn has the role Storage Blob Data Reader, which allows reading.',
      ],
    ],
    [
      'an endpoint with one user-assigned identity',
      {
        task: served,
        job: { endpoint: 'CHURN' },
        change: (scene) => {
          scene.bodies[`${ids.workspace}/onlineEndpoints/churn`] = {
            ...onlineEndpoint('churn'),
            identity: users({ one: me }),
          };
        },
        assigned: [],
      },
      [
        'fails: the nodes of the endpoint → workspaceblobstore: The identity of endpoint CHURN has no role that allows reading data of stmlsim. Assign Storage Blob Data Reader.',
      ],
    ],
    [
      'an endpoint with two',
      {
        task: served,
        job: { endpoint: 'churn' },
        change: (scene) => {
          scene.bodies[`${ids.workspace}/onlineEndpoints/churn`] = {
            ...onlineEndpoint('churn'),
            identity: users({ one: me, two: other }),
          };
        },
      },
      [`unknown: the nodes of the endpoint → workspaceblobstore: Endpoint churn has 2 identities. ${loads}`],
    ],
    [
      'an endpoint without any',
      {
        task: served,
        job: { endpoint: 'churn' },
        change: (scene) => {
          scene.bodies[`${ids.workspace}/onlineEndpoints/churn`] = onlineEndpoint('churn');
        },
      },
      [
        `unknown: the nodes of the endpoint → workspaceblobstore: The identity of endpoint churn is not known. ${loads}`,
      ],
    ],
    [
      'a share',
      {
        change: both(
          credentials('AccountKey'),
          (scene) => {
            Object.assign(scene.bodies[datastoreId('workspacefilestore')].properties, {
              credentials: { credentialsType: 'None' },
              fileShareName: 'code',
            });
          },
          identified(computeId, system),
        ),
        task: {
          data: [
            {
              name: 'input a',
              direction: 'in',
              place: { kind: 'datastore', name: 'workspacefilestore', workspace: null },
            },
          ],
        },
        assigned: [[roles.fileContributor, `${ids.account}/fileServices/default/shares/code`]],
      },
      [
        'ok: cpu-cluster → workspacefilestore: The identity of cpu-cluster has the role Storage File Data Privileged Contributor, which allows reading.',
      ],
    ],
    [
      'another share',
      {
        change: both(
          credentials('AccountKey'),
          (scene) => {
            Object.assign(scene.bodies[datastoreId('workspacefilestore')].properties, {
              credentials: { credentialsType: 'None' },
              fileShareName: 'code',
            });
          },
          identified(computeId, system),
        ),
        task: {
          data: [
            {
              name: 'input a',
              direction: 'in',
              place: { kind: 'datastore', name: 'workspacefilestore', workspace: null },
            },
          ],
        },
        assigned: [[roles.fileContributor, `${ids.account}/fileServices/default/shares/code2`]],
      },
      [
        'fails: cpu-cluster → workspacefilestore: The identity of cpu-cluster has no role that allows reading data of stmlsim. Assign Storage File Data Privileged Reader.',
      ],
    ],
    [
      'an account that is not known',
      {
        change: both(
          (scene) => {
            scene.bodies[datastoreId('lake')] = {
              id: datastoreId('lake'),
              properties: {
                datastoreType: 'AzureBlob',
                accountName: 'stfar',
                credentials: { credentialsType: 'None' },
              },
            };
          },
          identified(computeId, system),
        ),
        task: {
          data: [{ name: 'input a', direction: 'in', place: { kind: 'datastore', name: 'lake', workspace: null } }],
        },
        assigned: [],
      },
      [
        'fails: cpu-cluster → workspaceblobstore: The identity of cpu-cluster has no role that allows writing data of stmlsim. Assign Storage Blob Data Contributor.',
        'unknown: cpu-cluster → lake: The account behind lake is not known.',
        'unknown: cpu-cluster → lake: The account of lake is not known. lake keeps no key, and the role Storage Blob Data Reader on the account is needed.',
      ],
    ],
  ])('%s', (_name, world, expected) => {
    expect(told('data', world)).toEqual(expected);
  });
});

describe('a key that the account refuses', () => {
  test.each<[string, World, readonly string[]]>([
    [
      'a key',
      { change: both(credentials('AccountKey'), withoutKeys) },
      [
        'fails: cpu-cluster → workspaceblobstore: stmlsim refuses keys (allowSharedKeyAccess is false), and workspaceblobstore signs in with one.',
      ],
    ],
    ['a key, allowed', { change: credentials('AccountKey') }, []],
    ['a signature of a user', { change: both(credentials('Sas'), withoutKeys) }, []],
    ['a service principal', { change: both(credentials('ServicePrincipal'), withoutKeys) }, []],
    [
      'a finding',
      {
        change: credentials('AccountKey'),
        findings: [
          {
            id: 'f1',
            rule: 'storage.shared-key-access',
            resource: ids.account.toUpperCase(),
            because: 'Keys are off.',
          },
        ],
      },
      ['fails: cpu-cluster → workspaceblobstore: Keys are off.'],
    ],
    [
      'a finding, with a signature',
      {
        change: credentials('Sas'),
        findings: [{ id: 'f1', rule: 'storage.shared-key-access', resource: ids.account, because: 'Keys are off.' }],
      },
      ['fails: cpu-cluster → workspaceblobstore: Keys are off.'],
    ],
    [
      'a finding of a service principal',
      {
        change: credentials('ServicePrincipal'),
        findings: [{ id: 'f1', rule: 'storage.shared-key-access', resource: ids.account, because: 'Keys are off.' }],
      },
      [],
    ],
    [
      'a finding of another account',
      {
        change: credentials('AccountKey'),
        findings: [{ id: 'f1', rule: 'storage.shared-key-access', resource: ids.lake, because: 'Keys are off.' }],
      },
      [],
    ],
  ])('%s', (_name, world, expected) => {
    expect(told('data', world)).toEqual(expected);
  });
});

const registered = (scene: Scene): void => {
  withRegistry(scene);
};
const pulls = (scene: Scene): void => {
  withRegistry(scene);
  scene.bodies[computeId].identity = system;
};
const registry =
  (more: Loose) =>
  (scene: Scene): void => {
    Object.assign(scene.bodies[ids.registry].properties, more);
  };
const compute =
  (computeType: string) =>
  (scene: Scene): void => {
    scene.bodies[computeId].properties.computeType = computeType;
  };
const without =
  (id: string, member: string) =>
  (scene: Scene): void => {
    delete scene.bodies[id][member];
  };
const image = (from: string, more: Partial<EnvironmentNeed> = {}) => ({
  environment: { name: 'train:1', from, builds: 'no' as const, asset: null, hosts: [], ...more },
});
const trained = image('workspace');
const acrPull = [[roles.acrPull, ids.registry]] as const;
const elsewhere = ids.registry.replace('acrmlsim', 'other');
const shared = (scene: Scene): void => {
  scene.bodies[elsewhere] = { ...scene.bodies[ids.registry], id: elsewhere, name: 'other' };
};

const tooLong = `${'a'.repeat(79)}…`;
describe('the identity that pulls an image', () => {
  test.each<[string, World, readonly string[]]>([
    [
      'the admin user',
      { change: both(pulls, registry({ adminUserEnabled: true })), task: trained },
      [
        'ok: cpu-cluster → acrmlsim: acrmlsim has its admin user enabled, which computes of the workspace sign in with.',
      ],
    ],
    [
      'a registry that was refused',
      { change: both(pulls, (scene) => scene.gaps.push(refused(ids.registry))), task: trained },
      ['unknown: cpu-cluster → acrmlsim: acrmlsim could not be read. The role AcrPull on acrmlsim is needed.'],
    ],
    [
      'the identity of the cluster',
      { change: pulls, task: trained, assigned: acrPull },
      ['ok: cpu-cluster → acrmlsim: The identity of cpu-cluster has the role AcrPull, which allows pulling images.'],
    ],
    [
      'the identity of the cluster, without a role',
      { change: pulls, task: trained, assigned: [] },
      [
        'fails: cpu-cluster → acrmlsim: The identity of cpu-cluster has no role that allows pulling from acrmlsim. Assign AcrPull.',
      ],
    ],
    [
      'anonymous pulls',
      { change: both(pulls, registry({ anonymousPullEnabled: true })), task: trained, assigned: [] },
      [
        'unknown: cpu-cluster → acrmlsim: The identity of cpu-cluster has no role that allows pulling from acrmlsim. Assign AcrPull. acrmlsim allows anonymous pulls as well.',
      ],
    ],
    [
      'anonymous pulls and a role',
      { change: both(pulls, registry({ anonymousPullEnabled: true })), task: trained, assigned: acrPull },
      ['ok: cpu-cluster → acrmlsim: The identity of cpu-cluster has the role AcrPull, which allows pulling images.'],
    ],
    [
      'a registry that decides by repository',
      {
        change: both(pulls, registry({ roleAssignmentMode: 'abacrepositorypermissions' })),
        task: trained,
        assigned: acrPull,
      },
      ['unknown: cpu-cluster → acrmlsim: acrmlsim decides by repository (roleAssignmentMode), which is not read.'],
    ],
    [
      'one of two',
      {
        change: both(registered, identified(computeId, users({ one: me, two: other }))),
        task: trained,
        assigned: acrPull,
      },
      ['unknown: cpu-cluster → acrmlsim: cpu-cluster has 2 identities. The role AcrPull on acrmlsim is needed.'],
    ],
    [
      'a user-assigned identity whose principal is not shown',
      { change: both(registered, identified(computeId, users({ one: undefined }))), task: trained },
      ['unknown: cpu-cluster → acrmlsim: The principal of one is not known. The role AcrPull on acrmlsim is needed.'],
    ],
    [
      'the workspace in its place',
      { change: both(registered, identified(ids.workspace, system)), task: trained, assigned: acrPull },
      [
        'unknown: cpu-cluster → acrmlsim: cpu-cluster has no managed identity, and the admin user of acrmlsim is disabled: whether Azure pulls as the workspace is not documented. The role AcrPull on acrmlsim is needed.',
      ],
    ],
    [
      'the workspace in its place, without a role',
      { change: both(registered, identified(ids.workspace, system)), task: trained, assigned: [] },
      [
        'fails: cpu-cluster → acrmlsim: cpu-cluster has no managed identity, the admin user of acrmlsim is disabled, and the identity of the workspace may not pull either. Assign an identity with the role AcrPull.',
      ],
    ],
    [
      'an identity of the workspace in its place',
      { change: both(registered, identified(ids.workspace, users({ one: me }))), task: trained, assigned: [] },
      [
        'fails: cpu-cluster → acrmlsim: cpu-cluster has no managed identity, the admin user of acrmlsim is disabled, and the identity of the workspace may not pull either. Assign an identity with the role AcrPull.',
      ],
    ],
    [
      'two of the workspace in its place',
      {
        change: both(registered, identified(ids.workspace, users({ one: me, two: other }))),
        task: trained,
        assigned: [],
      },
      [
        'unknown: cpu-cluster → acrmlsim: The identity of the workspace is not shown. The role AcrPull on acrmlsim is needed.',
      ],
    ],
    [
      'neither',
      { change: both(registered, without(ids.workspace, 'identity')), task: trained },
      [
        'unknown: cpu-cluster → acrmlsim: The identity of the workspace is not shown. The role AcrPull on acrmlsim is needed.',
      ],
    ],
    [
      'a Kubernetes cluster without one',
      {
        change: both(registered, compute('Kubernetes'), identified(ids.workspace, system)),
        task: trained,
        assigned: acrPull,
      },
      ['unknown: cpu-cluster → acrmlsim: cpu-cluster has no managed identity. The role AcrPull on acrmlsim is needed.'],
    ],
    [
      'a Kubernetes deployment',
      { change: pulls, task: { ...trained, kind: 'kubernetesDeployment' }, assigned: acrPull },
      [
        'unknown: cpu-cluster → acrmlsim: The identity that pulls for an endpoint on Kubernetes is not read. The role AcrPull on acrmlsim is needed.',
      ],
    ],
    [
      'an instance',
      { change: both(pulls, compute('ComputeInstance')), task: trained, assigned: [] },
      [
        'fails: cpu-cluster → acrmlsim: The identity of cpu-cluster has no role that allows pulling from acrmlsim. Assign AcrPull.',
      ],
    ],
    [
      'an attached cluster',
      { change: both(pulls, compute('AKS')), task: trained, assigned: [] },
      [
        'fails: cpu-cluster → acrmlsim: The identity of cpu-cluster has no role that allows pulling from acrmlsim. Assign AcrPull.',
      ],
    ],
    ['an attached machine', { change: both(pulls, compute('VirtualMachine')), task: trained, assigned: [] }, []],
    ['a Spark pool', { change: both(pulls, compute('SynapseSpark')), task: trained, assigned: [] }, []],
    [
      'serverless compute',
      {
        change: both(registered, identified(ids.workspace, users({ one: me }))),
        task: { ...trained, ...atServerless },
        assigned: acrPull,
      },
      [
        'ok: serverless compute → acrmlsim: The identity one of the workspace has the role AcrPull, which allows pulling images.',
      ],
    ],
    [
      'serverless compute, without a role',
      {
        change: both(registered, identified(ids.workspace, users({ one: me }))),
        task: { ...trained, ...atServerless },
        assigned: [],
      },
      [
        'fails: serverless compute → acrmlsim: The identity one of the workspace has no role that allows pulling from acrmlsim. Assign AcrPull.',
      ],
    ],
    [
      'serverless compute as the workspace',
      {
        change: both(registered, identified(ids.workspace, system)),
        task: { ...trained, ...atServerless },
        assigned: acrPull,
      },
      [
        'unknown: serverless compute → acrmlsim: serverless compute has no managed identity, and the admin user of acrmlsim is disabled: whether Azure pulls as the workspace is not documented. The role AcrPull on acrmlsim is needed.',
      ],
    ],
    [
      'serverless compute as the workspace, without a role',
      {
        change: both(registered, identified(ids.workspace, system)),
        task: { ...trained, ...atServerless },
        assigned: [],
      },
      [
        'fails: serverless compute → acrmlsim: serverless compute has no managed identity, the admin user of acrmlsim is disabled, and the identity of the workspace may not pull either. Assign an identity with the role AcrPull.',
      ],
    ],
    [
      'serverless compute without any',
      { change: both(registered, without(ids.workspace, 'identity')), task: { ...trained, ...atServerless } },
      [
        'unknown: serverless compute → acrmlsim: The identity of the workspace is not shown. The role AcrPull on acrmlsim is needed.',
      ],
    ],
    [
      'an endpoint that does not exist',
      { change: registered, task: { ...trained, ...served }, job: { endpoint: 'churn' } },
      [
        'ok: the nodes of the endpoint → acrmlsim: Endpoint churn does not exist yet: a system-assigned identity gets its roles when it is created, a user-assigned one needs them before.',
      ],
    ],
    [
      'an endpoint that is not named',
      { change: registered, task: { ...trained, ...served } },
      [
        'unknown: the nodes of the endpoint → acrmlsim: The file does not name its endpoint. The role AcrPull on acrmlsim is needed.',
      ],
    ],
    [
      'the registry of the workspace by its host',
      { change: pulls, task: image('acrmlsim.azurecr.io'), assigned: acrPull },
      ['ok: cpu-cluster → acrmlsim: The identity of cpu-cluster has the role AcrPull, which allows pulling images.'],
    ],
    [
      'another registry, by a role on it',
      { change: pulls, task: image('other.azurecr.io'), assigned: [[roles.acrPull, elsewhere]] },
      [
        'ok: cpu-cluster → other.azurecr.io: The identity of cpu-cluster has the role AcrPull, which allows pulling images.',
      ],
    ],
    [
      'another registry that was read, without a role',
      { change: both(pulls, shared), task: image('OTHER.azurecr.io'), assigned: [] },
      [
        'unknown: cpu-cluster → OTHER.azurecr.io: The identity of cpu-cluster has no role that allows pulling from other; a connection of the workspace may hold its password instead. The role AcrPull on OTHER.azurecr.io is needed.',
      ],
    ],
    [
      'another registry that was not read',
      { change: pulls, task: image('other.azurecr.io'), assigned: [] },
      [
        'unknown: cpu-cluster → other.azurecr.io: The roles of the identity of cpu-cluster on other.azurecr.io are not known; a connection of the workspace may hold its password instead. The role AcrPull on other.azurecr.io is needed.',
      ],
    ],
    [
      'another registry, roles not read',
      { change: both(pulls, shared), task: image('other.azurecr.io') },
      [
        'unknown: cpu-cluster → other.azurecr.io: The roles of the identity of cpu-cluster on other.azurecr.io are not known; a connection of the workspace may hold its password instead. The role AcrPull on other.azurecr.io is needed.',
      ],
    ],
    [
      'another registry, its name too long to show',
      { change: pulls, task: image(`${'a'.repeat(90)}.azurecr.io`), assigned: [] },
      [
        `unknown: cpu-cluster → ${tooLong}: The roles of the identity of cpu-cluster on ${tooLong} are not known; a connection of the workspace may hold its password instead. The role AcrPull on ${tooLong} is needed.`,
      ],
    ],
    ['a public registry', { change: pulls, task: image('docker.io'), assigned: [] }, []],
    [
      'quarantine',
      {
        change: both(pulls, registry({ policies: { quarantinePolicy: { status: 'Enabled' } } })),
        task: trained,
        assigned: acrPull,
      },
      [
        'ok: cpu-cluster → acrmlsim: The identity of cpu-cluster has the role AcrPull, which allows pulling images.',
        'unknown: acrmlsim: acrmlsim has a quarantine policy: an image that was built cannot be pulled until it is released.',
      ],
    ],
    [
      'no quarantine',
      {
        change: both(pulls, registry({ policies: { quarantinePolicy: { status: 'disabled' } } })),
        task: trained,
        assigned: acrPull,
      },
      ['ok: cpu-cluster → acrmlsim: The identity of cpu-cluster has the role AcrPull, which allows pulling images.'],
    ],
  ])('%s', (_name, world, expected) => {
    expect(told('image', world)).toEqual(expected);
  });
});

/** Every check of a leg, with its traffic, the findings that explain it and what was not read. */
const whole = (leg: LegName, world: World): string[] =>
  checksOf(leg, world).map(({ verdict, subject, because, path, findings, gaps }) =>
    [
      `${verdict}: ${subject}: ${because}`,
      ...(path === null
        ? []
        : [`to ${path.destination.split('/').at(-1)} ${path.ports.join()} ${path.stoppedBy ?? ''}`.trim()]),
      ...findings.map((id) => `finding ${id}`),
      ...gaps.map((id) => `unread ${id.split('/').at(-1)}`),
    ].join(' | '),
  );
const use = (place: DataUse['place'], direction: DataUse['direction'] = 'in'): DataUse => ({
  ...{ name: direction === 'in' ? 'input a' : 'output b', direction, place },
});
const inStore = (name: string, workspace: string | null = null): DataUse['place'] => ({
  kind: 'datastore',
  name,
  workspace,
});
const asset: DataUse['place'] = {
  kind: 'asset',
  asset: { reference: 'azureml:images:1', kind: 'data', name: 'images', version: '1', label: null, workspace: null },
};
const noted = (about: JobNote['about'], subject: string): JobNote => ({
  ...{ about, subject, verdict: 'unknown', because: 'It could not be read.', gaps: ['/a/gone'] },
});
const data = (...of: readonly DataUse[]): World => ({ task: { data: of }, change: credentials('AccountKey') });
const code =
  'ok: cpu-cluster → workspaceblobstore: Traffic arrives: stmlsim allows snet-train, which uses its service endpoint. | to workspaceblobstore 443';
const out = (shown: string, end: string, ports = '443') =>
  `ok: cpu-cluster → ${shown}: Traffic arrives: each node of cpu-cluster has a public IP address. | to ${end} ${ports}`;

describe('a service whose firewall was not read', () => {
  const uri = (host: string) => data(use({ kind: 'host', host, ports: ['443'] }));
  const imageAt = (from: string): World => ({
    task: { environment: { name: 'e', from, builds: 'no', asset: null, hosts: [] } },
  });
  const packagesAt = (host: string): World => ({ task: { hosts: [{ host, use: 'pip packages' }] } });
  const cases: readonly (readonly [LegName, World, string])[] = [
    ...['blob', 'dfs', 'file', 'queue', 'table', 'web'].map(
      (group) => ['data', uri(`stother.${group}.core.windows.net`), 'stother'] as const,
    ),
    ['data', uri('stother.privatelink.blob.core.windows.net'), 'stother'],
    ['data', uri('stother.z01.blob.storage.azure.net'), 'stother'],
    ['data', uri('stother.blob.core.chinacloudapi.cn'), 'stother'],
    ['data', uri('kvother.vault.azure.net'), 'key vault kvother'],
    ['data', uri('sql-other.database.windows.net'), 'sql-other.database.windows.net'],
    ['data', uri('onelake.dfs.fabric.microsoft.com'), 'onelake'],
    ['data', data(use({ kind: 'registry', registry: 'ours' })), 'the storage account of registry ours'],
    ['image', imageAt('acrother.azurecr.io'), 'container registry acrother'],
    ['image', imageAt('acrother.azurecr.cn'), 'acrother.azurecr.cn'],
    ['image', imageAt('registry:ours'), 'the container registry of registry ours'],
    ['packages', packagesAt('stother.blob.core.windows.net'), 'storage account stother'],
  ];
  test.each(cases)('%s %#', (leg, world, name) => {
    const { result } = asked(world);
    const checks = result.legs.find((one) => one.leg === leg)?.checks ?? [];
    const open = checks.filter(({ path, because }) => path !== null && / was not read: /.test(because));
    expect(open.map(({ verdict }) => verdict)).toEqual(['unknown']);
    expect(open[0]?.because).toContain(name);
    expect(open[0]?.because).toMatch(/assumption storageAccounts|networking settings/);
    expect(result.verdict).not.toBe('willRun');
  });
  test('an account whose read was refused', () => {
    const host = 'stother.blob.core.windows.net';
    const account = ids.account.replace('stmlsim', 'stother');
    const refuse = (scene: Scene) => void scene.gaps.push(refused(account));
    const [, found] = whole('data', { ...uri(host), change: both(credentials('AccountKey'), refuse) });
    expect(found).toBe(
      `unknown: cpu-cluster → ${host}: stother could not be read: The caller may not read it. | to ${host} 443 name | unread stother | unread stother`,
    );
  });
  test.each(['mcr.microsoft.com', 'pypi.org', 'pkgs.dev.azure.com', 'azurecr.example.org'])('not %s', (host) => {
    expect(whole('packages', packagesAt(host)).filter((one) => one.includes('was not read'))).toEqual([]);
  });
});

describe('who reads data by its address', () => {
  const host = 'stmlsim.blob.core.windows.net';
  const place = { kind: 'host', host, ports: ['443'], container: 'c' } as const;
  const closedToAll = (scene: Scene): void => {
    scene.bodies[ids.account].properties.allowBlobPublicAccess = false;
  };
  const by = (more: Partial<typeof place & { signature: 'key' | 'user' }>, world: World, direction?: 'out'): World => ({
    ...world,
    task: { ...world.task, data: [use({ ...place, ...more }, direction)] },
    change: both(credentials('AccountKey'), closedToAll, world.change ?? (() => undefined)),
  });
  const identity = identified(computeId, system);
  const inContainer = `${ids.account}/blobServices/default/containers/c`;
  test.each<[string, World, readonly string[]]>([
    ['without an identity', by({}, {}), ['unknown: cpu-cluster has no managed identity.']],
    [
      'the same, as the file asks for it',
      by({}, { task: { identity: 'managed' } }),
      ['fails: cpu-cluster has no managed'],
    ],
    ['without a role', by({}, { change: identity, assigned: [] }), ['fails: The identity of cpu-cluster has no role']],
    ['with one on the account', by({}, { change: identity, assigned: reader }), ['ok: The identity of cpu-cluster']],
    [
      'with one on the container',
      by({}, { change: identity, assigned: [[roles.blobReader, inContainer]] }),
      ['ok: The identity of cpu-cluster'],
    ],
    [
      'with one that reads, to write',
      by({}, { change: identity, assigned: reader }, 'out'),
      ['fails: The identity of'],
    ],
    ['roles that were not read', by({}, { change: identity }), ['unknown: ']],
    [
      'a container that may be open to all',
      {
        ...by({}, { change: identity, assigned: [] }),
        change: both(credentials('AccountKey'), identity, (scene) => {
          scene.bodies[ids.account].properties.allowBlobPublicAccess = true;
        }),
      },
      ['unknown: The identity of cpu-cluster has no role'],
    ],
    ['a signature', by({ signature: 'key' }, {}), []],
    [
      'a signature of a key where keys are refused',
      by({ signature: 'key' }, { change: withoutKeys }),
      ['fails: stmlsim refuses keys (allowSharedKeyAccess is false), and one signed the address.'],
    ],
    ['a signature of a user there', by({ signature: 'user' }, { change: withoutKeys }), []],
    ['a static website, which needs no role', by({ host: 'stmlsim.web.core.windows.net' as typeof host }, {}), []],
  ])('%s', (_name, world, expected) => {
    const found = checksOf('data', world).filter(({ path, subject }) => path === null && subject.includes('.core.'));
    expect(found.map(({ verdict, because }) => `${verdict}: ${because}`)).toEqual(
      expected.map((text) => expect.stringContaining(text)),
    );
  });
});

describe('where data lies', () => {
  test.each<[string, World, readonly string[]]>([
    ['nothing but the code', data(), [code]],
    [
      'a place that is not known',
      data(use({ kind: 'unknown', text: 'an expression' })),
      [code, 'unknown: input a: The location of input a is not known: an expression.'],
    ],
    [
      'an asset',
      data(use(asset)),
      [
        code,
        'unknown: input a: The location of images is known only to the workspace. Name its datastore: azureml://datastores/NAME/paths/PATH.',
      ],
    ],
    [
      'an asset that could not be read',
      { ...data(), task: { data: [use(asset)], notes: [noted('data', 'input a')] } },
      [code, 'unknown: input a: It could not be read. | unread gone'],
    ],
    [
      'an asset, and another note',
      { ...data(), task: { data: [use(asset)], notes: [noted('data', 'input b')] } },
      [
        code,
        'unknown: input a: The location of images is known only to the workspace. Name its datastore: azureml://datastores/NAME/paths/PATH.',
        'unknown: input b: It could not be read. | unread gone',
      ],
    ],
    [
      'a registry',
      data(use({ kind: 'registry', registry: 'azureml' })),
      [code, out('registry azureml', 'azureml.blob.core.windows.net')],
    ],
    [
      'a host',
      data(use({ kind: 'host', host: 'example.org', ports: ['80'] })),
      [code, out('example.org', 'example.org', '80')],
    ],
    [
      'a host of the workspace',
      data(use({ kind: 'host', host: 'stmlsim.blob.core.windows.net', ports: ['443'] })),
      [
        code,
        out('stmlsim.blob.core.windows.net', 'stmlsim.blob.core.windows.net'),
        'unknown: cpu-cluster → stmlsim.blob.core.windows.net: cpu-cluster has no managed identity. The address holds no key, and the role Storage Blob Data Reader on stmlsim is needed.',
      ],
    ],
    [
      'two hosts, one of them twice',
      data(...['example.org', 'example.com', 'example.org'].map((host) => use({ kind: 'host', host, ports: ['443'] }))),
      [code, out('example.org', 'example.org'), out('example.com', 'example.com')],
    ],
    ['this machine', data(use({ kind: 'local', path: './a' })), [code]],
    [
      'the same datastore, read and written',
      data(use(inStore('WorkspaceBlobStore')), use(inStore('workspaceblobstore'), 'out')),
      [code],
    ],
    [
      'a share',
      data(use(inStore('workspacefilestore'))),
      [
        code,
        'ok: cpu-cluster → workspacefilestore: Traffic arrives: stmlsim allows snet-train, which uses its service endpoint. | to workspacefilestore 443,445',
        'unknown: cpu-cluster → workspacefilestore: cpu-cluster has no managed identity. workspacefilestore keeps no key, and the role Storage File Data Privileged Reader on stmlsim is needed.',
      ],
    ],
    ['a datastore of this workspace, by its name', data(use(inStore('workspaceblobstore', 'MLW-sim'))), [code]],
    [
      'a datastore of another workspace',
      data(use(inStore('workspaceblobstore', 'other'))),
      [code, 'unknown: input a: input a is in a datastore of another workspace, other, which is not read.'],
    ],
    [
      'a datastore that does not exist',
      data(use(inStore('lake'))),
      [code, 'fails: cpu-cluster → lake: The workspace has no datastore named lake, which input a names.'],
    ],
    [
      'a datastore of every workspace that is not listed',
      data(use(inStore('workspaceworkingdirectory'))),
      [code, out('workspaceworkingdirectory', 'stmlsim.file.core.windows.net', '443,445')],
    ],
    [
      'datastores that were refused',
      { ...data(use(inStore('lake'))), change: (scene) => scene.gaps.push(refused(`${ids.workspace}/datastores`)) },
      [
        out('workspaceblobstore', 'stmlsim.blob.core.windows.net'),
        'unknown: cpu-cluster → workspaceblobstore: The datastores of the workspace could not be read: how this one signs in is not known. | unread datastores',
        'unknown: cpu-cluster → lake: The datastores of the workspace could not be read. | unread datastores',
      ],
    ],
    [
      'a deployment',
      { task: served, change: credentials('AccountKey'), job: { endpoint: null } },
      [
        'fails: the nodes of the endpoint → workspaceblobstore: stmlsim denies by default and has no IP rules. | to workspaceblobstore 443 service',
        `unknown: the nodes of the endpoint → workspaceblobstore: The file does not name its endpoint. ${loads}`,
      ],
    ],
  ])('%s', (_name, world, expected) => {
    expect(whole('data', world)).toEqual(expected);
  });
});

const conda = { builds: 'yes' as const, hosts: [{ host: 'pypi.org', use: 'packages' }] };
describe('images', () => {
  test.each<[string, World, readonly string[]]>([
    [
      'none',
      {},
      ['unknown: cpu-cluster: The file does not name the environment: a component or model of the workspace does.'],
    ],
    [
      'none, as was said',
      { task: { notes: [noted('environment', 'train:1')] } },
      ['unknown: train:1: It could not be read. | unread gone'],
    ],
    [
      'none, and a note on data',
      { task: { notes: [noted('data', 'input a')] } },
      ['unknown: cpu-cluster: The file does not name the environment: a component or model of the workspace does.'],
    ],
    ...(['automl', 'spark', 'import'] as const).map((kind): [string, World, readonly string[]] => [
      kind,
      { task: { kind } },
      [out('mcr.microsoft.com', 'mcr.microsoft.com')],
    ]),
    [
      'no registry yet',
      { task: trained },
      ['unknown: train:1: The workspace has no container registry: Azure creates one with the first image.'],
    ],
    [
      'of a registry of Azure Machine Learning',
      { task: image('registry:azureml') },
      [out('registry azureml', 'AzureContainerRegistry')],
    ],
    [
      'of Docker Hub',
      { task: image('registry-1.docker.io') },
      [
        out('registry-1.docker.io', 'registry-1.docker.io'),
        out('auth.docker.io (registry-1.docker.io)', 'auth.docker.io'),
        out('production.cloudflare.docker.com (registry-1.docker.io)', 'production.cloudflare.docker.com'),
      ],
    ],
    [
      'of GitHub',
      { task: image('ghcr.io') },
      [
        out('ghcr.io', 'ghcr.io'),
        out('pkg-containers.githubusercontent.com (ghcr.io)', 'pkg-containers.githubusercontent.com'),
      ],
    ],
    ['of another host', { task: image('quay.io') }, [out('quay.io', 'quay.io')]],
  ])('%s', (_name, world, expected) => {
    expect(whole('image', world)).toEqual(expected);
  });
  const stop = {
    id: 'f1',
    rule: 'acr.trusted-services',
    resource: ids.registry,
    because: 'Trusted services are blocked.',
  };
  test.each<[string, World, readonly string[]]>([
    ['nothing to build', { change: registered, task: trained }, []],
    ['by ACR Tasks', { task: image('workspace', conda) }, ['ok: train:1: ACR Tasks build the image in the registry.']],
    [
      'by a compute',
      { change: registered, task: image('workspace', conda) },
      ['ok: train:1: Compute cpu-cluster builds the image.', out('pypi.org (packages)', 'pypi.org')],
    ],
    [
      'stopped',
      { change: registered, task: image('workspace', conda), findings: [stop] },
      ['fails: acrmlsim: Trusted services are blocked. | finding f1', out('pypi.org (packages)', 'pypi.org')],
    ],
    [
      'stopped, if it was not built before',
      { change: registered, task: image('workspace', { ...conda, builds: 'maybe' }), findings: [stop] },
      [
        'unknown: acrmlsim: If the image of train:1 was not built before: Trusted services are blocked. | finding f1',
        out('pypi.org (packages)', 'pypi.org'),
      ],
    ],
    [
      'a rule of another leg',
      { change: registered, task: image('workspace', conda), findings: [{ ...stop, rule: 'acr.dns' }] },
      ['ok: train:1: Compute cpu-cluster builds the image.', out('pypi.org (packages)', 'pypi.org')],
    ],
    [
      'by a compute that does not exist',
      {
        change: both(registered, (scene) => {
          scene.bodies[ids.workspace].properties.imageBuildCompute = 'gone';
        }),
        task: image('workspace', conda),
        findings: [stop],
      },
      [
        'fails: acrmlsim: Trusted services are blocked. | finding f1',
        'fails: gone: The workspace has no compute named gone. It has cpu-cluster.',
        'unknown: gone: From which network is not known: The workspace has no compute named gone. It has cpu-cluster.',
      ],
    ],
    [
      'from a base image',
      {
        change: pulls,
        task: image('workspace', { ...conda, hosts: [{ host: 'acrmlsim.azurecr.io', use: 'base image' }] }),
        assigned: [],
      },
      [
        'ok: train:1: Compute cpu-cluster builds the image.',
        'fails: cpu-cluster → acrmlsim: The identity of cpu-cluster has no role that allows pulling from acrmlsim. Assign AcrPull.',
        'ok: cpu-cluster → acrmlsim.azurecr.io (base image): Traffic arrives: at snet-train, the service endpoint leads to AzureContainerRegistry. | to acrmlsim.azurecr.io 443',
      ],
    ],
    [
      'from a base image, if it was not built before',
      {
        change: pulls,
        task: image('workspace', { builds: 'maybe', hosts: [{ host: 'acrmlsim.azurecr.io', use: 'base image' }] }),
        assigned: [],
      },
      [
        'ok: train:1: Compute cpu-cluster builds the image.',
        'unknown: cpu-cluster → acrmlsim: If the image of train:1 was not built before: The identity of cpu-cluster has no role that allows pulling from acrmlsim. Assign AcrPull.',
        'ok: cpu-cluster → acrmlsim.azurecr.io (base image): Traffic arrives: at snet-train, the service endpoint leads to AzureContainerRegistry. | to acrmlsim.azurecr.io 443',
      ],
    ],
  ])('built: %s', (_name, world, expected) => {
    expect([...whole('build', world), ...whole('packages', world)]).toEqual(expected);
  });
});

describe('this machine', () => {
  const client = {
    id: 'f1',
    rule: 'storage.dev-client-ip',
    resource: ids.account,
    because: 'Your address is blocked.',
  };
  const upload = { uploads: ['./a', './b', './c', './d'] };
  const closed = (scene: Scene) =>
    Object.assign(scene.bodies[ids.workspace].properties, { publicNetworkAccess: 'Disabled' });
  const named = {
    id: 'f2',
    rule: 'workspace.private-dns',
    resource: ids.workspace,
    because: 'The name leads elsewhere.',
  };
  test.each<[string, World, readonly string[]]>([
    [
      'nothing to upload',
      {},
      [
        'ok: every public address → mlw-sim: Traffic arrives: mlw-sim allows access from all networks. | to mlw-sim 443',
      ],
    ],
    [
      'files',
      { job: upload },
      [
        'ok: every public address → mlw-sim: Traffic arrives: mlw-sim allows access from all networks. | to mlw-sim 443',
        'ok: this machine → stmlsim: Traffic arrives from these subnets alone: vnet-ml/snet-train. | to stmlsim.blob.core.windows.net 443',
      ],
    ],
    [
      'a firewall',
      { job: upload, findings: [client] },
      [
        'ok: every public address → mlw-sim: Traffic arrives: mlw-sim allows access from all networks. | to mlw-sim 443',
        'fails: this machine → stmlsim: Your address is blocked. | finding f1',
        'ok: this machine → stmlsim: Traffic arrives from these subnets alone: vnet-ml/snet-train. | to stmlsim.blob.core.windows.net 443',
      ],
    ],
    [
      'a firewall of another account',
      { job: upload, findings: [{ ...client, resource: ids.lake }] },
      [
        'ok: every public address → mlw-sim: Traffic arrives: mlw-sim allows access from all networks. | to mlw-sim 443',
        'ok: this machine → stmlsim: Traffic arrives from these subnets alone: vnet-ml/snet-train. | to stmlsim.blob.core.windows.net 443',
      ],
    ],
    [
      'no account',
      {
        job: upload,
        change: (scene) => {
          scene.bodies[ids.workspace].properties.storageAccount = null;
        },
      },
      [
        'ok: every public address → mlw-sim: Traffic arrives: mlw-sim allows access from all networks. | to mlw-sim 443',
        'unknown: storage account: The workspace has no default storage account.',
      ],
    ],
    [
      'no workspace',
      {
        job: upload,
        change: (scene) => {
          scene.workspace = null;
        },
      },
      ['unknown: workspace: No workspace was found that the job could be sent to.'],
    ],
    [
      'a private workspace',
      { change: closed },
      [
        'unknown: this machine → mlw-sim: The assumption devClientIps is none, and traffic is known to arrive from no subnet that was read.',
      ],
    ],
    [
      'a private workspace whose name leads elsewhere',
      { change: closed, findings: [named] },
      [
        'fails: mlw-sim: The name leads elsewhere. | finding f2',
        'unknown: this machine → mlw-sim: The assumption devClientIps is none, and traffic is known to arrive from no subnet that was read.',
      ],
    ],
    [
      'a public workspace whose private name leads elsewhere',
      { findings: [named] },
      [
        'ok: every public address → mlw-sim: Traffic arrives: mlw-sim allows access from all networks. | to mlw-sim 443',
      ],
    ],
    [
      'a workspace in legacy mode',
      { findings: [{ ...named, rule: 'workspace.v1-legacy-mode' }] },
      [
        'fails: mlw-sim: The name leads elsewhere. | finding f2',
        'ok: every public address → mlw-sim: Traffic arrives: mlw-sim allows access from all networks. | to mlw-sim 443',
      ],
    ],
    [
      'what could not be read',
      { findings: [{ ...named, rule: 'workspace.exists', outcome: 'unknown', gaps: ['/a/gone'] }] },
      [
        'unknown: mlw-sim: The name leads elsewhere. | unread gone',
        'ok: every public address → mlw-sim: Traffic arrives: mlw-sim allows access from all networks. | to mlw-sim 443',
      ],
    ],
    [
      'what is unknown for another reason',
      { findings: [{ ...named, rule: 'workspace.exists', outcome: 'unknown' }] },
      [
        'ok: every public address → mlw-sim: Traffic arrives: mlw-sim allows access from all networks. | to mlw-sim 443',
      ],
    ],
    [
      'a component that could not be read',
      { task: { notes: [noted('component', 'step')] } },
      [
        'ok: every public address → mlw-sim: Traffic arrives: mlw-sim allows access from all networks. | to mlw-sim 443',
        'unknown: step: It could not be read. | unread gone',
      ],
    ],
  ])('%s', (_name, world, expected) => {
    expect([...whole('submit', world), ...whole('upload', world)]).toEqual(expected);
  });

  const declared =
    (devClientIps: readonly string[] | undefined, ...edits: readonly ((scene: Scene) => void)[]) =>
    (scene: Scene): void => {
      if (devClientIps === undefined) delete scene.intents.devClientIps;
      else scene.intents.devClientIps = devClientIps;
      for (const edit of edits) edit(scene);
    };
  const allowing = (scene: Scene) => {
    scene.bodies[ids.account].properties.networkAcls.ipRules = [{ value: '203.0.113.50', action: 'Allow' }];
  };
  const closedAccount = (scene: Scene) => {
    scene.bodies[ids.account].properties.publicNetworkAccess = 'Disabled';
  };
  const openAccount = (scene: Scene) => {
    scene.bodies[ids.account].properties.networkAcls.defaultAction = 'Allow';
  };
  const listed = (scene: Scene) => {
    Object.assign(scene.bodies[ids.workspace].properties, { ipAllowlist: ['203.0.113.0/24'] });
  };
  const outOfReach = (scene: Scene) => {
    scene.bodies[ids.account].properties.networkAcls.virtualNetworkRules = [];
  };
  const [own, elsewhere] = ['203.0.113.50', '198.51.100.250'];
  test.each<[string, World['change'], readonly string[]]>([
    ['not declared', declared(undefined), ['submit ok', 'upload unknown']],
    ['not declared, at an open account', declared(undefined, openAccount), ['submit ok', 'upload ok']],
    ['not declared, at a list of addresses', declared(undefined, listed), ['submit unknown', 'upload unknown']],
    ['an address that is allowed', declared([own], allowing), ['submit ok', 'upload ok']],
    ['another address', declared([elsewhere], allowing), ['submit ok', 'upload fails']],
    ['one of two', declared([own, elsewhere], allowing), ['submit ok', 'upload fails']],
    ['an address at a closed account', declared([own], allowing, closedAccount), ['submit ok', 'upload fails']],
    ['an address in the list of the workspace', declared([own], allowing, listed), ['submit ok', 'upload ok']],
    ['one beside that list', declared([elsewhere], openAccount, listed), ['submit fails', 'upload ok']],
    ['an address at a closed workspace', declared([own], allowing, closed), ['submit fails', 'upload ok']],
    ['none, where no subnet reaches it', declared([], outOfReach), ['submit ok', 'upload unknown']],
    ['none, where some do', declared([]), ['submit ok', 'upload ok']],
  ])('Submit and Upload are the path from it: %s', (_name, change, expected) => {
    const { legs } = asked({ job: upload, change: change ?? (() => {}) }).result;
    expect(legs.slice(0, 2).map(({ leg, verdict }) => `${leg} ${verdict}`)).toEqual(expected);
    for (const { path, verdict } of legs.slice(0, 2).flatMap(({ checks }) => checks))
      expect([verdict, path !== null]).toEqual([verdict, verdict !== 'unknown']);
  });
  test('what is not declared says how to declare it', () => {
    const change = declared(undefined);
    expect(whole('upload', { job: upload, change })).toEqual([
      'unknown: this machine → stmlsim: Whether stmlsim accepts this machine is not known: set the assumption devClientIps to its IP address, or to none.',
    ]);
  });
});

describe('a compute', () => {
  const state =
    (provisioningState: string) =>
    (scene: Scene): void => {
      scene.bodies[computeId].properties.provisioningState = provisioningState;
    };
  const inside =
    (more: Loose) =>
    (scene: Scene): void => {
      Object.assign(scene.bodies[computeId].properties.properties, more);
    };
  const instance = (more: Loose) => both(compute('ComputeInstance'), inside(more));
  const used =
    (currentValue: number) =>
    (scene: Scene): void => {
      scene.bodies[reports.cores].value[0].currentValue = currentValue;
    };
  const gateway = `${group}/providers/Microsoft.Network/natGateways/nat-ml`;
  const gatewayWith =
    (more: Loose | null) =>
    (scene: Scene): void => {
      scene.bodies[ids.vnet].properties.subnets[0].properties.natGateway = { id: gateway };
      if (more !== null) scene.bodies[gateway] = { id: gateway, properties: more };
    };
  const isolated =
    (sparkReady: boolean | undefined) =>
    (scene: Scene): void => {
      scene.bodies[ids.workspace].properties.managedNetwork = {
        ...{ isolationMode: 'AllowInternetOutbound', status: { status: 'Active', sparkReady } },
      };
    };
  const spark = { ...atServerless, kind: 'spark' } as const;
  const unusable = { id: 'f1', rule: 'compute.unusable-nodes', resource: computeId, because: 'A node is unusable.' };
  const explicit = { ...unusable, rule: 'compute.explicit-outbound', resource: ids.account, where: ids.train };
  type Row = [string, World, readonly string[]];
  const runningIn = (text: string): Row => [
    `an instance in state ${text}`,
    { change: instance({ state: text }) },
    ['ok: cpu-cluster: Nothing keeps cpu-cluster from starting the job.'],
  ];
  const brokenIn = (text: string): Row => [
    `an instance in state ${text}`,
    { change: instance({ state: text }) },
    [`fails: cpu-cluster: cpu-cluster is in state ${text}, and runs jobs only while it is Running.`],
  ];
  test.each<Row>([
    ['well', {}, ['ok: cpu-cluster: Nothing keeps cpu-cluster from starting the job.']],
    [
      'a placeholder',
      { task: { compute: { kind: 'unknown', text: '<COMPUTE>' } } },
      ['unknown: <COMPUTE>: The file names no compute, only the placeholder <COMPUTE>.'],
    ],
    ['this machine', { task: { compute: { kind: 'local' } } }, []],
    [
      'that does not exist',
      { task: { compute: { kind: 'named', name: 'gone' } } },
      ['fails: gone: The workspace has no compute named gone. It has cpu-cluster.'],
    ],
    [
      'where none exists',
      {
        task: { compute: { kind: 'named', name: 'gone' } },
        change: (scene) => {
          delete scene.bodies[computeId];
        },
      },
      ['fails: gone: The workspace has no compute named gone. It has none.'],
    ],
    [
      'where computes were refused',
      { change: (scene) => scene.gaps.push(refused(`${ids.workspace}/computes`)) },
      ['unknown: cpu-cluster: The computes of the workspace could not be read. | unread computes'],
    ],
    [
      'of another case',
      { task: { compute: { kind: 'named', name: 'CPU-Cluster' } } },
      ['ok: cpu-cluster: Nothing keeps cpu-cluster from starting the job.'],
    ],
    ...['Failed', 'Deleting', 'canceled'].map(
      (text): Row => [
        `in state ${text}`,
        { change: state(text) },
        [`fails: cpu-cluster: cpu-cluster is in state ${text}.`],
      ],
    ),
    ...['creating', 'Updating'].map(
      (text): Row => [
        `in state ${text}`,
        { change: state(text) },
        [`unknown: cpu-cluster: cpu-cluster is in state ${text}. Check again when it is Succeeded.`],
      ],
    ),
    ...['Running', 'JobRunning'].map(runningIn),
    [
      'an instance that shows no state',
      { change: instance({}) },
      ['ok: cpu-cluster: Nothing keeps cpu-cluster from starting the job.'],
    ],
    [
      'an instance that stops',
      { change: instance({ state: 'Stopping' }) },
      ['fails: cpu-cluster: cpu-cluster is in state Stopping, and runs jobs only while it is Running. Start it first.'],
    ],
    [
      'an instance that starts',
      { change: instance({ state: 'Starting' }) },
      ['unknown: cpu-cluster: cpu-cluster is in state Starting, and runs jobs only while it is Running.'],
    ],
    ...['CreateFailed', 'SetupFailed', 'UserSetupFailed', 'Unusable', 'Unknown', 'Deleting'].map(brokenIn),
    [
      'a cluster of no nodes',
      { change: inside({ scaleSettings: { minNodeCount: 0, maxNodeCount: 0 } }) },
      ['fails: cpu-cluster: cpu-cluster has a maximum of 0 nodes (maxNodeCount).'],
    ],
    [
      'a cluster of one node',
      { change: inside({ scaleSettings: { minNodeCount: 0, maxNodeCount: 1 } }) },
      ['ok: cpu-cluster: Nothing keeps cpu-cluster from starting the job.'],
    ],
    ['quota for one node', { change: used(98) }, ['ok: cpu-cluster: Nothing keeps cpu-cluster from starting the job.']],
    [
      'quota for none',
      { change: used(99) },
      [
        'fails: cpu-cluster: cpu-cluster has no nodes, one needs 2 cores, and 1 of 100 of Standard Dv2 Family Cluster Dedicated vCPUs are free. Request core quota.',
      ],
    ],
    [
      'quota for none, with a node',
      { change: both(used(99), inside({ currentNodeCount: 1 })) },
      ['ok: cpu-cluster: Nothing keeps cpu-cluster from starting the job.'],
    ],
    [
      'quota for none, at low priority',
      { change: both(used(101), inside({ vmPriority: 'LowPriority' })) },
      ['ok: cpu-cluster: Nothing keeps cpu-cluster from starting the job.'],
    ],
    [
      'more used than there is',
      { change: used(101) },
      [
        'fails: cpu-cluster: cpu-cluster has no nodes, one needs 2 cores, and 0 of 100 of Standard Dv2 Family Cluster Dedicated vCPUs are free. Request core quota.',
      ],
    ],
    [
      'quotas that were not read',
      { change: (scene) => scene.gaps.push(refused(reports.cores)) },
      ['ok: cpu-cluster: Nothing keeps cpu-cluster from starting the job.'],
    ],
    [
      'an allocation that failed',
      { change: inside({ errors: [{ error: { code: 'AllocationFailed' } }, { code: 'Other' }] }) },
      ['unknown: cpu-cluster: cpu-cluster has no nodes, and its last allocation ended with AllocationFailed.'],
    ],
    [
      'an allocation that failed, told in short',
      { change: inside({ errors: [{ code: 'Other' }] }) },
      ['unknown: cpu-cluster: cpu-cluster has no nodes, and its last allocation ended with Other.'],
    ],
    [
      'a NAT gateway without an address',
      { change: gatewayWith({ publicIpAddresses: [] }) },
      ['fails: snet-train: NAT gateway nat-ml has no public IP address, so nothing gets out.'],
    ],
    [
      'a NAT gateway with one',
      { change: gatewayWith({ publicIpAddresses: [{ id: 'a' }] }) },
      ['ok: cpu-cluster: Nothing keeps cpu-cluster from starting the job.'],
    ],
    [
      'a NAT gateway that was not read',
      { change: gatewayWith(null) },
      ['ok: cpu-cluster: Nothing keeps cpu-cluster from starting the job.'],
    ],
    [
      'Spark where the managed network is not ready',
      { change: isolated(false), task: spark },
      [
        'fails: serverless compute: The managed network of mlw-sim is not ready for Spark (sparkReady is false). Provision it with Spark: az ml workspace provision-network --include-spark.',
      ],
    ],
    [
      'Spark where it is ready',
      { change: isolated(true), task: spark },
      ['ok: serverless compute: Nothing keeps serverless compute from starting the job.'],
    ],
    [
      'Spark where that is not shown',
      { change: isolated(undefined), task: spark },
      [
        'unknown: serverless compute: Whether the managed network of mlw-sim is ready for Spark (sparkReady) is not shown.',
      ],
    ],
    [
      'Spark by default compute',
      { change: isolated(false), task: { ...spark, compute: { kind: 'default' } } },
      [
        'fails: serverless compute: The managed network of mlw-sim is not ready for Spark (sparkReady is false). Provision it with Spark: az ml workspace provision-network --include-spark.',
      ],
    ],
    [
      'Spark without a managed network',
      { task: spark },
      ['ok: serverless compute: Nothing keeps serverless compute from starting the job.'],
    ],
    [
      'another job where it is not ready',
      { change: isolated(false), task: atServerless },
      ['ok: serverless compute: Nothing keeps serverless compute from starting the job.'],
    ],
    ['a finding', { findings: [unusable] }, ['fails: cpu-cluster: A node is unusable. | finding f1']],
    [
      'a finding of another compute',
      { findings: [{ ...unusable, resource: `${computeId}2` }] },
      ['ok: cpu-cluster: Nothing keeps cpu-cluster from starting the job.'],
    ],
    [
      'outbound access that is retired',
      { findings: [{ ...explicit, severity: 'medium' }] },
      ['ok: cpu-cluster: Nothing keeps cpu-cluster from starting the job.'],
    ],
    ['outbound access that is gone', { findings: [explicit] }, ['fails: stmlsim: A node is unusable. | finding f1']],
    [
      'a finding that could not be decided',
      { findings: [{ ...unusable, outcome: 'unknown', gaps: ['/a/gone'] }] },
      ['unknown: cpu-cluster: A node is unusable. | unread gone'],
    ],
  ])('%s', (_name, world, expected) => {
    expect(whole('compute', world)).toEqual(expected);
  });
  test('a NAT gateway that was not read is asked for', () => {
    expect([...asked({ change: gatewayWith(null) }).reads.ids]).toEqual([gateway]);
    expect([...asked({ change: gatewayWith({}) }).reads.ids]).toEqual([]);
  });
});

const blocked =
  (tag: string) =>
  (scene: Scene): void => {
    credentials('AccountKey')(scene);
    const nsg = `${group}/providers/Microsoft.Network/networkSecurityGroups/nsg-train`;
    const properties = {
      ...{
        direction: 'Outbound',
        access: 'Deny',
        protocol: '*',
        priority: 200,
        sourceAddressPrefix: '*',
        sourcePortRange: '*',
      },
      ...{ destinationAddressPrefix: tag, destinationPortRange: '*' },
    };
    scene.bodies[nsg] = { id: nsg, properties: { securityRules: [{ name: 'no', properties }] } };
    scene.bodies[ids.vnet].properties.subnets[0].properties.networkSecurityGroup = { id: nsg };
  };
const legsOf = (world: World): string[] =>
  asked(world).result.legs.flatMap(({ leg }) => whole(leg, world).map((text) => `${leg} ${text}`));

describe('the whole', () => {
  const summary = (world: World): string[] => {
    const { verdict, because, legs } = asked(world).result;
    return [
      `${verdict}: ${because}`,
      ...legs.map((leg) => `${leg.leg} ${leg.verdict}${leg.optional ? ', optional' : ''}: ${leg.because}`),
    ];
  };
  const spark = { kind: 'spark' } as const;
  const perimeter = { id: 'f3', rule: 'keyvault.resolved', resource: ids.vault, because: 'The vault is gone.' };
  test.each<[string, World, readonly string[]]>([
    [
      'all is well',
      { ...data(), task: spark },
      [
        'willRun: All checks pass.',
        'submit ok: Traffic arrives: mlw-sim allows access from all networks.',
        'upload notNeeded: Nothing in the file needs this step.',
        'compute ok: Nothing keeps cpu-cluster from starting the job.',
        'build notNeeded: Nothing in the file needs this step.',
        'packages notNeeded: Nothing in the file needs this step.',
        'image ok: Traffic arrives: each node of cpu-cluster has a public IP address.',
        'data ok: Traffic arrives: stmlsim allows snet-train, which uses its service endpoint.',
        'service ok: The workspace service reaches the default storage account and the key vault.',
        'tracking ok: Traffic arrives: mlw-sim allows access from all networks.',
        'telemetry ok, optional: Traffic arrives: each node of cpu-cluster has a public IP address.',
      ],
    ],
    [
      'telemetry is lost',
      { change: blocked('AzureMonitor'), task: spark },
      [
        'willRun: It will run; telemetry may be lost: nsg-train denies the traffic by no (200).',
        'submit ok: Traffic arrives: mlw-sim allows access from all networks.',
        'upload notNeeded: Nothing in the file needs this step.',
        'compute ok: Nothing keeps cpu-cluster from starting the job.',
        'build notNeeded: Nothing in the file needs this step.',
        'packages notNeeded: Nothing in the file needs this step.',
        'image ok: Traffic arrives: each node of cpu-cluster has a public IP address.',
        'data ok: Traffic arrives: stmlsim allows snet-train, which uses its service endpoint.',
        'service ok: The workspace service reaches the default storage account and the key vault.',
        'tracking ok: Traffic arrives: mlw-sim allows access from all networks.',
        'telemetry fails, optional: nsg-train denies the traffic by no (200).',
      ],
    ],
    [
      'what is unknown',
      { ...data(use({ kind: 'unknown', text: 'x' })), job: { uploads: ['./a'] } },
      [
        'unknown: At image pull (cpu-cluster): The file does not name the environment: a component or model of the workspace does.',
        'submit ok: Traffic arrives: mlw-sim allows access from all networks.',
        'upload ok: Traffic arrives from these subnets alone: vnet-ml/snet-train.',
        'compute ok: Nothing keeps cpu-cluster from starting the job.',
        'build notNeeded: Nothing in the file needs this step.',
        'packages notNeeded: Nothing in the file needs this step.',
        'image unknown: The file does not name the environment: a component or model of the workspace does.',
        'data unknown: The location of input a is not known: x.',
        'service ok: The workspace service reaches the default storage account and the key vault.',
        'tracking ok: Traffic arrives: mlw-sim allows access from all networks.',
        'telemetry ok, optional: Traffic arrives: each node of cpu-cluster has a public IP address.',
      ],
    ],
    [
      'what fails comes first',
      { ...data(use({ kind: 'unknown', text: 'x' })), findings: [perimeter] },
      [
        'willFail: At workspace service (kv-mlsim): The vault is gone.',
        'submit ok: Traffic arrives: mlw-sim allows access from all networks.',
        'upload notNeeded: Nothing in the file needs this step.',
        'compute ok: Nothing keeps cpu-cluster from starting the job.',
        'build notNeeded: Nothing in the file needs this step.',
        'packages notNeeded: Nothing in the file needs this step.',
        'image unknown: The file does not name the environment: a component or model of the workspace does.',
        'data unknown: The location of input a is not known: x.',
        'service fails: The vault is gone.',
        'tracking ok: Traffic arrives: mlw-sim allows access from all networks.',
        'telemetry ok, optional: Traffic arrives: each node of cpu-cluster has a public IP address.',
      ],
    ],
    [
      'on this machine',
      { task: { compute: { kind: 'local' } }, findings: [perimeter] },
      [
        'willRun: All checks pass.',
        'submit ok: Traffic arrives: mlw-sim allows access from all networks.',
        'upload notNeeded: Nothing in the file needs this step.',
        'compute notNeeded: Nothing in the file needs this step.',
        'build notNeeded: Nothing in the file needs this step.',
        'packages notNeeded: Nothing in the file needs this step.',
        'image notNeeded: Nothing in the file needs this step.',
        'data notNeeded: Nothing in the file needs this step.',
        'service notNeeded: Nothing in the file needs this step.',
        'tracking notNeeded: Nothing in the file needs this step.',
        'telemetry notNeeded, optional: Nothing in the file needs this step.',
      ],
    ],
    [
      'a compute that is not named',
      { task: { ...image('workspace', conda), compute: { kind: 'unknown', text: '<COMPUTE>' } }, change: registered },
      [
        'unknown: At compute (<COMPUTE>): The file names no compute, only the placeholder <COMPUTE>.',
        'submit ok: Traffic arrives: mlw-sim allows access from all networks.',
        'upload notNeeded: Nothing in the file needs this step.',
        'compute unknown: The file names no compute, only the placeholder <COMPUTE>.',
        'build ok: Compute cpu-cluster builds the image.',
        'packages ok: Traffic arrives: each node of cpu-cluster has a public IP address.',
        'image unknown: From which network is not known: The file names no compute, only the placeholder <COMPUTE>.',
        'data unknown: From which network is not known: The file names no compute, only the placeholder <COMPUTE>.',
        'service ok: The workspace service reaches the default storage account and the key vault.',
        'tracking unknown: From which network is not known: The file names no compute, only the placeholder <COMPUTE>.',
        'telemetry unknown, optional: From which network is not known: The file names no compute, only the placeholder <COMPUTE>.',
      ],
    ],
    [
      'without a workspace',
      {
        task: { compute: { kind: 'serverless' } },
        change: (scene) => {
          scene.workspace = null;
        },
      },
      [
        'unknown: At submit (workspace): No workspace was found that the job could be sent to.',
        'submit unknown: No workspace was found that the job could be sent to.',
        'upload notNeeded: Nothing in the file needs this step.',
        'compute ok: Nothing keeps serverless compute from starting the job.',
        'build notNeeded: Nothing in the file needs this step.',
        'packages notNeeded: Nothing in the file needs this step.',
        'image unknown: The file does not name the environment: a component or model of the workspace does.',
        'data unknown: No workspace was found that could have the datastore workspaceblobstore.',
        'service notNeeded: Nothing in the file needs this step.',
        'tracking notNeeded: Nothing in the file needs this step.',
        'telemetry unknown, optional: No workspace was found that could have serverless.',
      ],
    ],
  ])('%s', (_name, world, expected) => {
    expect(summary(world)).toEqual(expected);
  });

  const step = (name: string, more: Partial<JobTask> = {}): JobTask => ({
    ...{ name, kind: 'command', compute: { kind: 'named', name: 'cpu-cluster' }, environment: null, component: null },
    ...{ data: [], hosts: [], identity: null, notes: [], ...more },
  });
  test('steps on one compute share their checks; what concerns one step names it', () => {
    const tasks = [step('one'), step('two', { hosts: [{ host: 'pypi.org', use: 'packages' }] })];
    const { legs } = asked({ ...data(), job: { kind: 'pipeline', tasks } }).result;
    const named = legs.map(({ leg, checks }) =>
      [leg, ...checks.map(({ task, subject }) => `${task}: ${subject}`)].join(' | '),
    );
    expect(named).toEqual([
      'submit | null: every public address → mlw-sim',
      'upload',
      'compute | null: cpu-cluster',
      'build',
      'packages | two: cpu-cluster → pypi.org (packages)',
      'image | null: cpu-cluster',
      'data | null: cpu-cluster → workspaceblobstore',
      'service | null: workspace',
      'tracking | null: cpu-cluster → mlw-sim',
      'telemetry | null: cpu-cluster → Application Insights',
    ]);
  });

  test('a deployment without egress reaches services by its own endpoints; its identity decides as well', () => {
    const world: World = {
      ...{
        change: both(pulls, credentials('AccountKey')),
        task: { ...image('workspace', { ...conda, hosts: [] }), ...served },
        assigned: [],
      },
      job: { endpoint: 'churn', egress: 'disabled', kind: 'onlineDeployment' },
    };
    expect(legsOf(world)).toEqual([
      'submit ok: every public address → mlw-sim: Traffic arrives: mlw-sim allows access from all networks. | to mlw-sim 443',
      'compute ok: the nodes of the endpoint: Nothing keeps the nodes of the endpoint from starting the job.',
      'build ok: train:1: Compute cpu-cluster builds the image.',
      'image ok: the nodes of the endpoint: egress_public_network_access is disabled: the deployment reaches registry and storage by its own private endpoints.',
      'image ok: the nodes of the endpoint → acrmlsim: Endpoint churn does not exist yet: a system-assigned identity gets its roles when it is created, a user-assigned one needs them before.',
      'data ok: the nodes of the endpoint: egress_public_network_access is disabled: the deployment reaches registry and storage by its own private endpoints.',
      'data ok: the nodes of the endpoint → workspaceblobstore: Endpoint churn does not exist yet: a system-assigned identity gets its roles when it is created, a user-assigned one needs them before.',
      'service ok: workspace: The workspace service reaches the default storage account and the key vault.',
    ]);
    expect(legsOf({ ...world, job: { ...world.job, egress: 'enabled' } })).toEqual([
      'submit ok: every public address → mlw-sim: Traffic arrives: mlw-sim allows access from all networks. | to mlw-sim 443',
      'compute ok: the nodes of the endpoint: Nothing keeps the nodes of the endpoint from starting the job.',
      'build ok: train:1: Compute cpu-cluster builds the image.',
      'image fails: the nodes of the endpoint → acrmlsim: acrmlsim denies by default and has no IP rules. | to acrmlsim 443 service',
      'image ok: the nodes of the endpoint → acrmlsim: Endpoint churn does not exist yet: a system-assigned identity gets its roles when it is created, a user-assigned one needs them before.',
      'data fails: the nodes of the endpoint → workspaceblobstore: stmlsim denies by default and has no IP rules. | to workspaceblobstore 443 service',
      'data ok: the nodes of the endpoint → workspaceblobstore: Endpoint churn does not exist yet: a system-assigned identity gets its roles when it is created, a user-assigned one needs them before.',
      'service ok: workspace: The workspace service reaches the default storage account and the key vault.',
      'telemetry ok: the nodes of the endpoint → Application Insights: Traffic arrives: online-endpoint is in no virtual network and in no managed network, so nothing restricts it. | to dc.services.visualstudio.com 443',
    ]);
    expect(legsOf({ ...world, task: { ...image('workspace'), kind: 'kubernetesDeployment' } })).toEqual([
      'submit ok: every public address → mlw-sim: Traffic arrives: mlw-sim allows access from all networks. | to mlw-sim 443',
      'compute ok: cpu-cluster: Nothing keeps cpu-cluster from starting the job.',
      'image ok: cpu-cluster → acrmlsim: Traffic arrives: acrmlsim allows snet-train, which uses its service endpoint. | to acrmlsim 443',
      'image unknown: cpu-cluster → acrmlsim: The identity that pulls for an endpoint on Kubernetes is not read. The role AcrPull on acrmlsim is needed.',
      'data ok: cpu-cluster → workspaceblobstore: Traffic arrives: stmlsim allows snet-train, which uses its service endpoint. | to workspaceblobstore 443',
      'service ok: workspace: The workspace service reaches the default storage account and the key vault.',
      'telemetry ok: cpu-cluster → Application Insights: Traffic arrives: each node of cpu-cluster has a public IP address. | to dc.services.visualstudio.com 443',
    ]);
  });
});

describe('the findings that explain what stops the traffic', () => {
  const closed = (scene: Scene): void => {
    credentials('AccountKey')(scene);
    scene.bodies[ids.account].properties.networkAcls.virtualNetworkRules = [];
  };
  const finding = (rule: string, resource: string, where: string | null = null) => ({
    ...{ id: `${rule}@${resource.split('/').at(-1)}${where === null ? '' : `#${where.split('/').at(-1)}`}`, rule },
    ...{ resource, where, because: 'Because.' },
  });
  const pe = endpointId('pe-blob');
  const endpoint = (scene: Scene): void => {
    const properties = {
      privateLinkServiceConnections: [{ properties: { privateLinkServiceId: ids.account, groupIds: ['blob'] } }],
    };
    scene.bodies[pe] = { id: pe, properties };
  };
  const many = [
    finding('storage.vnet-rule-compute-subnet', ids.account, ids.train),
    finding('storage.vnet-rule-compute-subnet', ids.account, ids.second),
    finding('storage.default-account', ids.account),
    finding('storage.vnet-rule-compute-subnet', ids.lake, ids.train),
    finding('storage.dev-client-ip', ids.account),
    finding('storage.subnet-service-endpoint', ids.train),
    finding('storage.subnet-service-endpoint', ids.second),
    finding('storage.resource-instance-rule', ids.account, ids.workspace),
    finding('storage.private-endpoint', ids.account, ids.workspace),
    finding('compute.endpoint-path', computeId, pe),
    finding('compute.endpoint-path', `${computeId}2`, pe),
    finding('compute.endpoint-path', computeId, `${pe}2`),
    finding('storage.private-dns', pe),
    finding('storage.private-dns', `${pe}2`),
    finding('dns.zone-link', ids.account),
    finding('udr.next-hop-internet', ids.train),
    finding('nsg.outbound-storage', ids.train),
    finding('acr.dns', ids.account),
  ];
  const explained = (leg: LegName, world: World): readonly string[] =>
    checksOf(leg, { ...world, findings: many }).flatMap(({ findings }) => findings);
  const dropped = (scene: Scene): void => {
    credentials('AccountKey')(scene);
    const table = `${group}/providers/Microsoft.Network/routeTables/rt`;
    const properties = { addressPrefix: '0.0.0.0/0', nextHopType: 'None' };
    scene.bodies[table] = { id: table, properties: { routes: [{ name: 'drop', properties }] } };
    const { properties: train } = scene.bodies[ids.vnet].properties.subnets[0];
    Object.assign(train, { routeTable: { id: table }, serviceEndpoints: [] });
  };
  const ofService = [
    'storage.vnet-rule-compute-subnet@stmlsim#snet-train',
    'storage.default-account@stmlsim',
    'storage.subnet-service-endpoint@snet-train',
    'storage.private-endpoint@stmlsim#mlw-sim',
    'compute.endpoint-path@cpu-cluster#pe-blob',
    'storage.private-dns@pe-blob',
    'dns.zone-link@stmlsim',
  ];
  test.each<[string, LegName, World, readonly string[]]>([
    ['the service', 'data', { change: both(closed, endpoint) }, ofService],
    [
      'the service, by its host',
      'data',
      {
        change: both(closed, endpoint),
        task: { data: [use({ kind: 'host', host: 'stmlsim.blob.core.windows.net', ports: ['443'] })] },
      },
      [...ofService, ...ofService],
    ],
    ['a security group', 'data', { change: blocked('Storage') }, ['nsg.outbound-storage@snet-train']],
    [
      'a security group of the subnet for serverless compute',
      'data',
      {
        task: atServerless,
        change: both(blocked('Storage'), (scene) => {
          scene.bodies[ids.workspace].properties.serverlessComputeSettings = {
            serverlessComputeCustomSubnet: ids.train,
          };
        }),
      },
      ['nsg.outbound-storage@snet-train'],
    ],
    ['a route', 'data', { change: dropped }, ['udr.next-hop-internet@snet-train']],
    ['nothing', 'data', { change: credentials('AccountKey') }, []],
  ])('%s', (_name, leg, world, expected) => {
    expect(explained(leg, world)).toEqual(expected);
  });
});
