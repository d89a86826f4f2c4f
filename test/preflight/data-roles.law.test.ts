// Data by identity: which role assignments of a compute's identity let it read or write behind a datastore that keeps no key.
import { beforeAll, describe, expect, test } from 'vitest';
import { audit, preflightWithReads } from '../../src/audit/index.ts';
import { readJob } from '../../src/job/read-job.ts';
import { resolveJob } from '../../src/job/resolve.ts';
import type { JobFile } from '../../src/model/job.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { rules } from '../../src/rules/index.ts';
import { drain, openInProcess } from '../support/in-process.ts';
import { type EditableSnapshot, one } from './faults.ts';

const principal = '99999999-aaaa-bbbb-cccc-000000000001';
let scanned: Snapshot;
const jobs = new Map<string, JobFile>();
const nothingBeside = async (): Promise<never> => {
  throw new Error('no file');
};
const base =
  'type: command\ncommand: python a.py\nenvironment: {image: mcr.microsoft.com/azureml/base:1}\ncompute: azureml:cpu-cluster\n';
const texts = {
  read: `${base}inputs: {a: {path: azureml://datastores/trainingdata/paths/x}}\n`,
  write: `${base}inputs: {a: {path: azureml://datastores/trainingdata/paths/x}}\noutputs: {b: {path: azureml://datastores/trainingdata/paths/y}}\n`,
  managed: `${base}identity: {type: managed}\ninputs: {a: {path: azureml://datastores/trainingdata/paths/x}}\n`,
  serverless:
    'type: command\ncommand: python a.py\nenvironment: {image: mcr.microsoft.com/azureml/base:1}\ninputs: {a: {path: azureml://datastores/trainingdata/paths/x}}\n',
  spark:
    'type: spark\nentry: {file: a.py}\nconf: {}\nresources: {instance_type: standard_e4s_v3, runtime_version: "3.4"}\ninputs: {a: {path: azureml://datastores/trainingdata/paths/x}}\n',
  online:
    'name: blue\nendpoint_name: churn\nmodel: azureml://datastores/workspaceblobstore/paths/m\nenvironment: azureml:train-env:1\ninstance_type: Standard_DS3_v2\n',
  trained: 'type: command\ncommand: python a.py\nenvironment: azureml:train-env:1\ncompute: azureml:cpu-cluster\n',
  elsewhere: `${base}inputs: {a: {path: azureml://subscriptions/s/resourcegroups/g/workspaces/other/datastores/trainingdata/paths/x}}\n`,
};

beforeAll(async () => {
  const session = openInProcess('closed-private-endpoint');
  scanned = await drain(session.scan());
  // What jobs name is read through the session, as the command does.
  const job = await readJob(
    'command: x\nenvironment: azureml:train-env:1\ninputs: {a: {path: azureml:train-images@latest}}\n',
    'job.yml',
    nothingBeside,
  );
  const id = `${scanned.workspace}/data/train-images`;
  const collection = `${scanned.workspace?.split('/resourceGroups/')[0]}/providers/Microsoft.Authorization/roleAssignments`;
  const query = { $filter: `assignedTo('${principal}')` };
  const type = 'Microsoft.Authorization/roleAssignments';
  const looked = await drain(
    session.look(
      scanned,
      [id, `${id}/versions/2`, `${scanned.workspace}/environments/train-env/versions/1`],
      undefined,
      [{ collection, type, query }],
    ),
  );
  expect(looked.collections.at(-1)).toEqual({ id: `${collection}?$filter=${query.$filter}`, members: [] });
  const { job: known, toRead } = resolveJob(job, scanned.workspace ?? '', (asked) => {
    const found = looked.resources.find((resource) => resource.id.toLowerCase() === asked.toLowerCase());
    return found === undefined ? { state: 'missing' } : { state: 'read', body: found.body };
  });
  expect(toRead).toEqual([]);
  expect(known.tasks[0]).toMatchObject({
    environment: { from: 'workspace', builds: 'maybe' },
    data: [{ place: { kind: 'datastore', name: 'workspaceblobstore', workspace: 'mlw-sim' } }],
  });
  await session.close();
  for (const [name, text] of Object.entries(texts)) jobs.set(name, await readJob(text, 'job.yml', nothingBeside));
});

interface Assigned {
  readonly role: string;
  readonly scope: string;
  readonly condition?: string;
}
const subscriptionOf = (snapshot: EditableSnapshot): string => snapshot.workspace.split('/resourceGroups/')[0] ?? '';
const denials = (snapshot: EditableSnapshot): string =>
  `${subscriptionOf(snapshot)}/providers/Microsoft.Authorization/denyAssignments`;
const account = (snapshot: EditableSnapshot): string => one(snapshot, 'stmldata', 'storageAccounts').id;
const custom = '12345678-0000-0000-0000-000000000001';
const roles = {
  blobOwner: 'b7e6dc6d-f1e8-4753-8033-0f276bb0955b',
  blobContributor: 'ba92f5b4-2d11-453d-a403-e96b0029c9fe',
  blobReader: '2a2b9908-6ea1-4ae2-8e65-a410df84e7d1',
  fileContributor: '69566ab7-960f-475b-8e7c-b3118f30c6bd',
  reader: 'acdd72a7-3385-48ef-bd42-f606fba81ae7',
  owner: '8e3af657-a8ff-443c-a75c-2fe8c4bcb635',
};

/** The datastore keeps no key, the cluster has an identity, and that has these roles; null: they were not read. */
function asked(
  job: string,
  assigned: ((snapshot: EditableSnapshot) => readonly Assigned[]) | null,
  more: (snapshot: EditableSnapshot) => void = () => undefined,
) {
  const snapshot = JSON.parse(JSON.stringify(scanned)) as EditableSnapshot;
  one(snapshot, 'trainingdata', 'datastores').body.properties.credentials = { credentialsType: 'None' };
  one(snapshot, 'cpu-cluster', 'computes').body.identity = { type: 'SystemAssigned', principalId: principal };
  const list = `${subscriptionOf(snapshot)}/providers/Microsoft.Authorization/roleAssignments`;
  if (assigned !== null) {
    const type = 'Microsoft.Authorization/roleAssignments';
    const made = assigned(snapshot).map(({ role, scope, condition }, at) => ({
      id: `${scope}/providers/${type}/00000000-0000-0000-0000-00000000000${at}`,
      type,
      apiVersion: '2022-04-01',
      body: {
        properties: {
          roleDefinitionId: `${subscriptionOf(snapshot)}/providers/Microsoft.Authorization/roleDefinitions/${role}`,
          ...{ principalId: principal, principalType: 'ServicePrincipal', scope, condition: condition ?? null },
        },
      },
    }));
    snapshot.resources.push(...made);
    snapshot.collections.push({
      id: `${list}?$filter=assignedTo('${principal}')`,
      members: made.map(({ id }) => id),
    });
    snapshot.collections.push({ id: denials(snapshot), members: [] });
  }
  more(snapshot);
  const planted = snapshot as unknown as Snapshot;
  const { result, reads } = preflightWithReads(jobs.get(job) as JobFile, planted, audit(planted, rules, 'current'));
  const leg = result.legs.find((one) => one.leg === 'data');
  return { verdict: leg?.verdict, because: leg?.because ?? '', result, reads };
}
const at = (role: string, scope: (snapshot: EditableSnapshot) => string) => (snapshot: EditableSnapshot) => [
  { role, scope: scope(snapshot) },
];
const definition =
  (dataActions: readonly string[], notDataActions: readonly string[] = []) =>
  (snapshot: EditableSnapshot) => {
    const id = `${subscriptionOf(snapshot)}/providers/Microsoft.Authorization/roleDefinitions/${custom}`;
    const body = {
      id,
      properties: { roleName: 'Data people', permissions: [{ actions: [], dataActions, notDataActions }] },
    };
    snapshot.resources.push({ id, type: 'Microsoft.Authorization/roleDefinitions', apiVersion: '2022-04-01', body });
  };
const group = (snapshot: EditableSnapshot): string => snapshot.workspace.split('/providers/')[0] ?? '';
const container = (name: string) => (snapshot: EditableSnapshot) =>
  `${account(snapshot)}/blobServices/default/containers/${name}`;

const nothing = () => [];
test.each([
  ['the reader of blobs', 'read', at(roles.blobReader, account), 'ok'],
  ['the owner of blobs, of the group', 'write', at(roles.blobOwner, group), 'ok'],
  ['a contributor to blobs, of the subscription', 'write', at(roles.blobContributor, subscriptionOf), 'ok'],
  [
    'of a management group',
    'read',
    at(roles.blobReader, () => '/providers/Microsoft.Management/managementGroups/m'),
    'ok',
  ],
  ['of the container', 'read', at(roles.blobReader, container('images')), 'ok'],
  ['of another container', 'read', at(roles.blobReader, container('others')), 'fails'],
  ['of another account', 'read', at(roles.blobContributor, (s) => `${account(s)}2`), 'fails'],
  ['a reader of blobs that writes', 'write', at(roles.blobReader, account), 'fails'],
  ['a contributor to files', 'read', at(roles.fileContributor, account), 'fails'],
  ['a reader of the resource', 'read', at(roles.reader, account), 'fails'],
  ['an owner of the resource', 'write', at(roles.owner, subscriptionOf), 'fails'],
  ['no role', 'read', nothing, 'fails'],
  ['a definition that was not read', 'read', at(custom, account), 'unknown'],
  [
    'a condition',
    'read',
    (s: EditableSnapshot) => [{ role: roles.blobReader, scope: account(s), condition: '@Resource[x] StringEquals 1' }],
    'unknown',
  ],
] as const)('%s: %s', (_name, job, assigned, verdict) => {
  expect(asked(job, assigned).verdict).toBe(verdict);
});

test.each([
  ['of the share', 'shares/images', 'ok'],
  ['of another share', 'shares/others', 'fails'],
])('a contributor to files %s', (_name, place, verdict) => {
  const scope = (s: EditableSnapshot) => `${account(s)}/fileServices/default/${place}`;
  const share = (s: EditableSnapshot) =>
    Object.assign(one(s, 'trainingdata', 'datastores').body.properties, {
      datastoreType: 'AzureFile',
      containerName: undefined,
      fileShareName: 'images',
    });
  expect(asked('read', at(roles.fileContributor, scope), share).verdict).toBe(verdict);
});

test('a role of the operator is decided by its data actions', () => {
  const verdict = (dataActions: readonly string[], notDataActions: readonly string[] = []) =>
    asked('write', at(custom, account), definition(dataActions, notDataActions)).verdict;
  const blobs = 'Microsoft.Storage/storageAccounts/blobServices/containers/blobs';
  expect(verdict([`${blobs}/*`])).toBe('ok');
  expect(verdict([`${blobs}/read`])).toBe('fails');
  expect(verdict(['*'], [`${blobs}/write`])).toBe('fails');
});

test('what was not read is asked for; what was refused is unknown', () => {
  const { verdict, reads } = asked('read', null);
  expect(verdict).toBe('unknown');
  expect([...reads.lists.values()]).toMatchObject([
    { query: { $filter: `assignedTo('${principal}')` } },
    { query: {} },
  ]);
  const ids = [...asked('read', at(custom, account)).reads.ids];
  expect(ids.filter((id) => /roleDefinitions/.test(id))).toHaveLength(1);
  const refused = asked('read', null, (snapshot) => {
    const id = `${subscriptionOf(snapshot)}/providers/Microsoft.Authorization/roleAssignments?$filter=assignedTo('${principal}')`;
    const action = 'Microsoft.Authorization/roleAssignments/read';
    snapshot.gaps.push({ id, action, status: 403, reason: 'Denied.' });
    snapshot.collections.push({ id: denials(snapshot), members: [] });
  });
  expect([refused.verdict, refused.reads.lists.size]).toEqual(['unknown', 0]);
});

test('an account with folders may allow by its lists; a key that the account refuses fails', () => {
  const folders = asked('read', nothing, (s) => {
    one(s, 'stmldata', 'storageAccounts').body.properties.isHnsEnabled = true;
  });
  expect(folders.verdict).toBe('unknown');
  const key = asked('read', null, (s) => {
    one(s, 'trainingdata', 'datastores').body.properties.credentials = { credentialsType: 'AccountKey' };
    one(s, 'stmldata', 'storageAccounts').body.properties.allowSharedKeyAccess = false;
  });
  expect(key.verdict).toBe('fails');
});

test('a cluster without an identity, and data of another workspace', () => {
  const none = (snapshot: EditableSnapshot) => {
    delete one(snapshot, 'cpu-cluster', 'computes').body.identity;
  };
  expect(asked('read', nothing, none).verdict).toBe('unknown');
  expect(asked('managed', nothing, none).verdict).toBe('fails');
  expect(asked('elsewhere', at(roles.blobReader, account)).because).toContain('another workspace');
});

const isManaged = 'identity: {type: managed}\n';
const isUser = 'identity: {type: user_identity}\n';
const userAssigned = (snapshot: EditableSnapshot, name: string): string =>
  `${group(snapshot)}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/${name}`;

describe('serverless compute runs as the user, or as an identity of the workspace', () => {
  const given = async (
    text: string,
    users: readonly string[],
    more: (snapshot: EditableSnapshot) => void = () => undefined,
  ) => {
    jobs.set('now', await readJob(text, 'job.yml', nothingBeside));
    return asked('now', at(roles.blobOwner, account), (snapshot) => {
      const { body } = one(snapshot, 'mlw-sim', 'workspaces');
      const each = users.map((name) => [userAssigned(snapshot, name), { principalId: principal, clientId: principal }]);
      body.identity = { ...body.identity, userAssignedIdentities: Object.fromEntries(each) };
      more(snapshot);
    });
  };
  test('managed: the only user-assigned identity, or the primary one', async () => {
    expect((await given(texts.serverless + isManaged, ['id-1'])).verdict).toBe('ok');
    expect((await given(texts.serverless + isManaged, ['id-1', 'id-2'])).verdict).toBe('unknown');
    const primary = await given(texts.serverless + isManaged, ['id-1', 'id-2'], (snapshot) => {
      one(snapshot, 'mlw-sim', 'workspaces').body.properties.primaryUserAssignedIdentity = userAssigned(
        snapshot,
        'id-2',
      );
    });
    expect(primary.verdict).toBe('ok');
  });
  test('managed without one fails, whatever the system-assigned one may do', async () => {
    const { verdict, because } = await given(texts.serverless + isManaged, []);
    expect([verdict, because.includes('it has none')]).toEqual(['fails', true]);
  });
  test('no identity is unknown; a Spark job without one runs as its user', async () => {
    const none = await given(texts.serverless, ['id-1']);
    expect([none.verdict, none.because.includes('the file names none')]).toEqual(['unknown', true]);
    const me = (snapshot: EditableSnapshot) => Object.assign(snapshot, { identity: { objectId: principal } });
    expect((await given(texts.serverless + isUser, [], me)).verdict).toBe('ok');
    expect((await given(texts.spark, [], me)).verdict).toBe('ok');
    expect((await given(texts.spark + isManaged, [], me)).verdict).toBe('fails');
  });
});

describe('an online deployment loads its image and model as the identity of its endpoint', () => {
  const acrPull = '7f951dda-4ed3-4680-a7ca-43fe172d538d';
  const registry = (snapshot: EditableSnapshot): string => one(snapshot, 'acrmlsim', 'registries').id;
  const store = (snapshot: EditableSnapshot): string => one(snapshot, 'stmlsim', 'storageAccounts').id;
  const identities = {
    system: { type: 'SystemAssigned', principalId: principal },
    user: { type: 'UserAssigned', userAssignedIdentities: { '/subscriptions/s/x': { principalId: principal } } },
    two: {
      type: 'UserAssigned',
      userAssignedIdentities: { '/a': { principalId: principal }, '/b': { principalId: custom } },
    },
  };
  const list = (snapshot: EditableSnapshot) => `${snapshot.workspace}/onlineEndpoints`;
  const endpoint = (identity: keyof typeof identities | null) => (snapshot: EditableSnapshot) => {
    const id = `${list(snapshot)}/churn`;
    const type = 'Microsoft.MachineLearningServices/workspaces/onlineEndpoints';
    snapshot.collections = snapshot.collections.filter((one) => one.id.toLowerCase() !== list(snapshot).toLowerCase());
    snapshot.collections.push({ id: list(snapshot), members: identity === null ? [] : [id] });
    if (identity === null) return;
    const body = {
      id,
      kind: 'Managed',
      identity: identities[identity],
      properties: { publicNetworkAccess: 'Enabled' },
    };
    snapshot.resources.push({ id, type, apiVersion: '2024-04-01', body });
  };
  const verdicts = (
    assigned: Parameters<typeof asked>[1],
    more: (snapshot: EditableSnapshot) => void,
    job: keyof typeof texts = 'online',
  ) => {
    const { result, reads } = asked(job, assigned, more);
    const roleOf = (leg: 'image' | 'data') =>
      result.legs
        .find((one) => one.leg === leg)
        ?.checks.filter((one) => one.path === null)
        .map(({ verdict }) => verdict);
    return { image: roleOf('image'), data: roleOf('data'), reads, result };
  };
  const both = (s: EditableSnapshot) => [
    { role: acrPull, scope: registry(s) },
    { role: roles.blobReader, scope: store(s) },
  ];
  test.each([
    ['both roles, system-assigned', both, 'system', 'ok', 'ok'],
    ['both roles, user-assigned', both, 'user', 'ok', 'ok'],
    ['no role', nothing, 'user', 'fails', 'fails'],
    ['AcrPull alone', at(acrPull, registry), 'user', 'ok', 'fails'],
    ['reading blobs alone', at(roles.blobReader, store), 'user', 'fails', 'ok'],
    ['the reader of the group pulls, and reads no blob', at(roles.reader, group), 'user', 'ok', 'fails'],
    ['roles elsewhere', at(acrPull, (s) => `${registry(s)}2`), 'user', 'fails', 'fails'],
    ['two identities', both, 'two', 'unknown', 'unknown'],
    ['roles that were not read', null, 'system', 'unknown', 'unknown'],
    ['an endpoint that is to be created', nothing, null, 'ok', 'ok'],
  ] as const)('%s', (_name, assigned, identity, image, data) => {
    const told = verdicts(assigned, endpoint(identity));
    expect([told.image, told.data]).toEqual([[image], [data]]);
  });
  test('roles that were not read are asked for, and endpoints that were refused are unknown', () => {
    const { reads } = verdicts(null, endpoint('system'));
    expect([...reads.lists.values()]).toMatchObject([
      { query: { $filter: `assignedTo('${principal}')` } },
      { query: {} },
    ]);
    const refused = verdicts(both, (snapshot) => {
      endpoint(null)(snapshot);
      snapshot.collections = snapshot.collections.filter(({ id }) => id !== list(snapshot));
      const action = 'Microsoft.MachineLearningServices/workspaces/onlineEndpoints/read';
      snapshot.gaps.push({ id: list(snapshot), action, status: 403, reason: 'Denied.' });
    });
    expect([refused.image, refused.data]).toEqual([['unknown'], ['unknown']]);
    const gaps = refused.result.legs.flatMap(({ checks }) => checks.flatMap((one) => one.gaps));
    expect(gaps.some((id) => /onlineEndpoints$/.test(id))).toBe(true);
  });
  test('a registry that decides by repository is unknown, and a role of the operator is read', () => {
    const abac = verdicts(both, (snapshot) => {
      endpoint('user')(snapshot);
      one(snapshot, 'acrmlsim', 'registries').body.properties.roleAssignmentMode = 'AbacRepositoryPermissions';
    });
    expect(abac.image).toEqual(['unknown']);
    const own = (allowed: readonly string[]) =>
      verdicts(at(custom, registry), (snapshot) => {
        endpoint('user')(snapshot);
        const id = `${subscriptionOf(snapshot)}/providers/Microsoft.Authorization/roleDefinitions/${custom}`;
        const body = {
          id,
          properties: { roleName: 'Pullers', permissions: [{ actions: allowed, dataActions: ['*'] }] },
        };
        snapshot.resources.push({
          id,
          type: 'Microsoft.Authorization/roleDefinitions',
          apiVersion: '2022-04-01',
          body,
        });
      }).image;
    expect(own(['Microsoft.ContainerRegistry/registries/pull/read'])).toEqual(['ok']);
    expect(own(['Microsoft.ContainerRegistry/registries/push/write'])).toEqual(['fails']);
  });
  test('with egress disabled the identity decides as well', async () => {
    jobs.set(
      'isolated',
      await readJob(`${texts.online}egress_public_network_access: disabled\n`, 'job.yml', nothingBeside),
    );
    const { result } = asked('isolated', nothing, endpoint('user'));
    expect(result.legs.filter(({ verdict }) => verdict === 'fails').map(({ leg }) => leg)).toEqual(['image', 'data']);
  });
  test('a name that the command line gives is not known', async () => {
    const text = texts.online.replace('churn', '<ENDPOINT>');
    expect((await readJob(text, 'job.yml', nothingBeside)).endpoint).toBeNull();
  });
});

describe('a compute pulls images as the admin user of the registry, else as its identity', () => {
  const acrPull = '7f951dda-4ed3-4680-a7ca-43fe172d538d';
  const registry = (snapshot: EditableSnapshot): string => one(snapshot, 'acrmlsim', 'registries').id;
  const withoutAdmin = (snapshot: EditableSnapshot) => {
    one(snapshot, 'acrmlsim', 'registries').body.properties.adminUserEnabled = false;
  };
  const pulled = (
    assigned: Parameters<typeof asked>[1],
    more: (snapshot: EditableSnapshot) => void = withoutAdmin,
    job = 'trained',
  ) => {
    const { result, reads } = asked(job, assigned, more);
    const found = result.legs
      .filter((one) => ['image', 'build'].includes(one.leg))
      .flatMap(({ checks }) => checks.filter((one) => /AcrPull|pull|admin user/.test(one.because)));
    return { verdicts: found.map(({ verdict }) => verdict), because: found.map((one) => one.because).join(' '), reads };
  };
  beforeAll(async () => {
    const compute = 'compute: azureml:cpu-cluster\n';
    const read = async (name: string, text: string) => jobs.set(name, await readJob(text, 'job.yml', nothingBeside));
    await read('batch', `name: b\nendpoint_name: e\nmodel: azureml:m:1\nenvironment: azureml:train-env:1\n${compute}`);
    await read('private', `command: x\nenvironment: {image: "other.azurecr.io/a:1"}\n${compute}`);
    await read('public', `command: x\nenvironment: {image: "docker.io/library/python:3"}\n${compute}`);
    await read('own', `command: x\nenvironment: {image: "acrmlsim.azurecr.io/a:1"}\n${compute}`);
    const conda = 'conda_file: {dependencies: [{pip: [torch]}]}';
    await read('base', `command: x\nenvironment: {image: "other.azurecr.io/a:1", ${conda}}\n${compute}`);
  });
  test.each([
    ['with the admin user, whatever the roles', nothing, () => undefined, 'ok'],
    ['with AcrPull', at(acrPull, registry), withoutAdmin, 'ok'],
    ['as a reader of the group', at(roles.reader, group), withoutAdmin, 'ok'],
    ['without a role', nothing, withoutAdmin, 'fails'],
    ['with a role on another registry', at(acrPull, (s) => `${registry(s)}2`), withoutAdmin, 'fails'],
    ['with a role on data alone', at(roles.blobOwner, subscriptionOf), withoutAdmin, 'fails'],
    ['with roles that were not read', null, withoutAdmin, 'unknown'],
  ] as const)('%s', (_name, assigned, more, verdict) => {
    expect(pulled(assigned, more).verdicts).toEqual([verdict]);
    expect(pulled(assigned, more, 'batch').verdicts).toEqual([verdict]);
    expect(pulled(assigned, more, 'own').verdicts).toEqual([verdict]);
  });
  test('an admin user that the body does not show is none', () => {
    const hidden = (snapshot: EditableSnapshot) => {
      delete one(snapshot, 'acrmlsim', 'registries').body.properties.adminUserEnabled;
    };
    expect(pulled(nothing, hidden).verdicts).toEqual(['fails']);
  });
  test('a registry that allows anonymous pulls is unknown where no role does', () => {
    const anonymous = (snapshot: EditableSnapshot) => {
      withoutAdmin(snapshot);
      one(snapshot, 'acrmlsim', 'registries').body.properties.anonymousPullEnabled = true;
    };
    expect([pulled(nothing, anonymous).verdicts, pulled(at(acrPull, registry), anonymous).verdicts]).toEqual([
      ['unknown'],
      ['ok'],
    ]);
  });
  test('a registry of another subscription is decided by the assignments there', () => {
    const elsewhere = '/subscriptions/55555555-0000-0000-0000-000000000005';
    const moved = (isRead: boolean) => (snapshot: EditableSnapshot) => {
      const found = one(snapshot, 'acrmlsim', 'registries');
      const id = found.id.replace(/^\/subscriptions\/[^/]+/, elsewhere);
      one(snapshot, 'mlw-sim', 'workspaces').body.properties.containerRegistry = id;
      const body = { ...found.body, id, properties: { ...found.body.properties, adminUserEnabled: false } };
      snapshot.resources.push({ ...found, id, body });
      if (!isRead) return;
      const scope = `${id}/providers/Microsoft.Authorization/roleAssignments/00000000-0000-0000-0000-00000000000a`;
      const roleDefinitionId = `${elsewhere}/providers/Microsoft.Authorization/roleDefinitions/${acrPull}`;
      snapshot.resources.push({
        ...{ id: scope, type: 'Microsoft.Authorization/roleAssignments', apiVersion: '2022-04-01' },
        body: { properties: { roleDefinitionId, principalId: principal, scope: id } },
      });
      const list = `${elsewhere}/providers/Microsoft.Authorization`;
      const members = [scope];
      snapshot.collections.push({ id: `${list}/roleAssignments?$filter=assignedTo('${principal}')`, members });
      snapshot.collections.push({ id: `${list}/denyAssignments`, members: [] });
    };
    const unread = pulled(at(acrPull, subscriptionOf), moved(false));
    expect(unread.verdicts).toEqual(['unknown']);
    expect([...unread.reads.lists.keys()].every((key) => key.startsWith(elsewhere))).toBe(true);
    expect(pulled(nothing, moved(true)).verdicts).toEqual(['ok']);
  });
  describe('a compute without an identity', () => {
    const anonymous = (workspacePrincipal: string) => (snapshot: EditableSnapshot) => {
      withoutAdmin(snapshot);
      delete one(snapshot, 'cpu-cluster', 'computes').body.identity;
      one(snapshot, 'mlw-sim', 'workspaces').body.identity.principalId = workspacePrincipal;
    };
    test('fails where the workspace may not pull, and is unknown where it may', () => {
      const fails = pulled(nothing, anonymous(principal));
      expect([fails.verdicts, fails.because.includes('admin user of acrmlsim is disabled')]).toEqual([['fails'], true]);
      expect(pulled(at(roles.owner, group), anonymous(principal)).verdicts).toEqual(['unknown']);
      expect(pulled(null, anonymous(principal)).verdicts).toEqual(['unknown']);
    });
  });
  test('a registry that is not of the workspace is known by a role on it alone; public images need none', () => {
    const other = (s: EditableSnapshot) => `${registry(s).replace(/acrmlsim$/i, 'other')}`;
    expect(pulled(at(acrPull, other), withoutAdmin, 'private').verdicts).toEqual(['ok']);
    expect(pulled(nothing, withoutAdmin, 'private').verdicts).toEqual(['unknown']);
    expect(pulled(at(acrPull, subscriptionOf), withoutAdmin, 'private').verdicts).toEqual(['unknown']);
    expect(pulled(nothing, withoutAdmin, 'public').verdicts).toEqual([]);
  });
  test('the compute that builds pulls the base image', () => {
    const other = (s: EditableSnapshot) => `${registry(s).replace(/acrmlsim$/i, 'other')}`;
    const builds = (snapshot: EditableSnapshot) => {
      one(snapshot, 'mlw-sim', 'workspaces').body.properties.imageBuildCompute = 'cpu-cluster';
    };
    expect(pulled(at(acrPull, other), builds, 'base').verdicts).toEqual(['ok', 'ok']);
    expect(pulled(nothing, builds, 'base').verdicts).toEqual(['unknown', 'ok']);
  });
});

describe('a deny assignment blocks what a role allows', () => {
  const blobs = 'Microsoft.Storage/storageAccounts/blobServices/containers/blobs';
  const denied = (properties: (snapshot: EditableSnapshot) => object) => (snapshot: EditableSnapshot) => {
    const id = `${denials(snapshot)}/00000000-0000-0000-0000-0000000000dd`;
    const type = 'Microsoft.Authorization/denyAssignments';
    const permissions = [{ actions: [], notActions: [], dataActions: [`${blobs}/*`], notDataActions: [] }];
    const body = {
      ...{ id, type },
      properties: {
        ...{ denyAssignmentName: 'Managed by the stack', scope: group(snapshot), permissions },
        ...{ principals: [{ id: '00000000-0000-0000-0000-000000000000', type: 'SystemDefined' }] },
        ...properties(snapshot),
      },
    };
    snapshot.resources.push({ id, type, apiVersion: '2022-04-01', body });
    snapshot.collections = snapshot.collections.filter((one) => one.id !== denials(snapshot));
    snapshot.collections.push({ id: denials(snapshot), members: [id] });
  };
  const owner = at(roles.blobOwner, account);
  const other = '77777777-0000-0000-0000-000000000007';
  test.each([
    ['everyone', () => ({}), 'fails'],
    ['another identity', () => ({ principals: [{ id: other, type: 'ServicePrincipal' }] }), 'ok'],
    ['a group', () => ({ principals: [{ id: other, type: 'Group' }] }), 'unknown'],
    ['everyone but this one', () => ({ excludePrincipals: [{ id: principal, type: 'ServicePrincipal' }] }), 'ok'],
    ['everyone but a group', () => ({ excludePrincipals: [{ id: other, type: 'Group' }] }), 'unknown'],
    ['at the group alone', () => ({ doNotApplyToChildScopes: true }), 'ok'],
    ['elsewhere', (s: EditableSnapshot) => ({ scope: `${group(s)}2` }), 'ok'],
    ['writing alone', () => ({ permissions: [{ dataActions: [`${blobs}/write`] }] }), 'ok'],
    ['with a condition', () => ({ condition: '@Resource[x] StringEquals 1' }), 'unknown'],
  ] as const)('%s', (_name, properties, verdict) => {
    expect(asked('read', owner, denied(properties)).verdict).toBe(verdict);
  });
  test('it is named; a list that was refused is unknown', () => {
    expect(
      asked(
        'read',
        owner,
        denied(() => ({})),
      ).because,
    ).toContain('Deny assignment Managed by the stack blocks');
    const refused = asked('read', owner, (snapshot) => {
      snapshot.collections = snapshot.collections.filter((one) => one.id !== denials(snapshot));
      const action = 'Microsoft.Authorization/denyAssignments/read';
      snapshot.gaps.push({ id: denials(snapshot), action, status: 403, reason: 'Denied.' });
    });
    expect(refused.verdict).toBe('unknown');
  });
});

test('what the service gave the identity of an endpoint is read from the service', async () => {
  const session = openInProcess('everything');
  const first = await drain(session.scan());
  const text = texts.online
    .replace('churn', 'churn-sim')
    .replace('azureml:train-env:1', '{image: acrmlsim.azurecr.io/a:1}');
  const job = await readJob(text, 'job.yml', nothingBeside);
  const report = audit(first, rules, 'current');
  const { reads } = preflightWithReads(job, first, report);
  expect(reads.lists.size).toBe(2);
  const read = await drain(session.look(first, [], undefined, [...reads.lists.values()]));
  const roleOf = ({ result }: ReturnType<typeof preflightWithReads>) =>
    result.legs.flatMap(({ checks }) => checks.filter((one) => one.because.includes('churn-sim has')));
  expect(roleOf(preflightWithReads(job, read, report)).map(({ verdict, because }) => `${verdict}: ${because}`)).toEqual(
    [
      'ok: The identity of endpoint churn-sim has the role AcrPull, which allows pulling images.',
      'ok: The identity of endpoint churn-sim has the role Storage Blob Data Reader, which allows reading.',
    ],
  );
});
