// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the syntax of job files.
// What job and deployment files ask for, in the forms that the CLI (v2) takes.
import { describe, expect, test } from 'vitest';
import { commandHosts, imageHost, packageHosts, pipHosts, placeOf } from '../../src/job/places.ts';
import { JobTextError, readJob } from '../../src/job/read-job.ts';
import { type AssetLookup, resolveJob } from '../../src/job/resolve.ts';
import type { AssetName } from '../../src/model/job.ts';
import type { Json } from '../../src/model/json.ts';

/** Reads the file called first, with the others beside it. */
async function read(files: Readonly<Record<string, string>>) {
  const [[path = '', text = ''] = []] = Object.entries(files);
  return await readJob(text, path, async (_from, name) => {
    const found = files[name.replace(/^\.\//, '')];
    if (found === undefined) throw new Error('no such file');
    return { path: name, text: found };
  });
}
const command = { 'job.yml': 'command: python a.py\ncompute: azureml:cpu\n' };

const named = (asset: Partial<AssetName>) => ({
  ...{ kind: 'data', name: 'heart', version: null, label: null, workspace: null },
  ...asset,
});

describe('places of data', () => {
  test.each([
    ['azureml://datastores/blob/paths/a', { kind: 'datastore', name: 'blob', workspace: null }],
    [
      'azureml://subscriptions/s/resourcegroups/g/workspaces/w/datastores/blob/paths/a',
      { kind: 'datastore', name: 'blob', workspace: 'w' },
    ],
    [
      'azureml://datastores/${{default_datastore}}/paths/${{name}}',
      { kind: 'datastore', name: 'workspaceblobstore', workspace: null },
    ],
    ['azureml:heart@latest', { kind: 'asset', asset: named({ reference: 'azureml:heart@latest' }) }],
    ['azureml:heart:3', { kind: 'asset', asset: named({ reference: 'azureml:heart:3', version: '3' }) }],
    ['azureml:heart', { kind: 'asset', asset: named({ reference: 'azureml:heart' }) }],
    ['azureml:heart@prod', { kind: 'asset', asset: named({ reference: 'azureml:heart@prod', label: 'prod' }) }],
    [
      'azureml:/subscriptions/s/resourceGroups/g/providers/Microsoft.MachineLearningServices/workspaces/w/data/heart/versions/3',
      {
        kind: 'asset',
        asset: named({
          reference:
            'azureml:/subscriptions/s/resourceGroups/g/providers/Microsoft.MachineLearningServices/workspaces/w/data/heart/versions/3',
          ...{ version: '3' },
          workspace: '/subscriptions/s/resourceGroups/g/providers/Microsoft.MachineLearningServices/workspaces/w',
        }),
      },
    ],
    [
      'azureml://locations/westeurope/workspaces/6666/models/m/versions/2',
      {
        kind: 'asset',
        asset: named({
          reference: 'azureml://locations/westeurope/workspaces/6666/models/m/versions/2',
          ...{ kind: 'models', name: 'm', version: '2' },
        }),
      },
    ],
    ['azureml://registries/azureml/models/m/versions/1', { kind: 'registry', registry: 'azureml' }],
    [
      'wasbs://c@acc.blob.core.windows.net/a',
      { kind: 'host', host: 'acc.blob.core.windows.net', ports: ['443'], container: 'c' },
    ],
    [
      'abfss://f@acc.dfs.core.windows.net/a',
      { kind: 'host', host: 'acc.dfs.core.windows.net', ports: ['443'], container: 'f' },
    ],
    [
      'https://acc.file.core.windows.net/s',
      { kind: 'host', host: 'acc.file.core.windows.net', ports: ['443', '445'], container: 's' },
    ],
    [
      'https://acc.blob.core.windows.net/c/a.csv?sp=r&sig=x',
      { kind: 'host', host: 'acc.blob.core.windows.net', ports: ['443'], container: 'c', signature: 'key' },
    ],
    [
      'https://acc.blob.core.windows.net/c?skoid=1&sig=x',
      { kind: 'host', host: 'acc.blob.core.windows.net', ports: ['443'], container: 'c', signature: 'user' },
    ],
    ['http://example.com:8080/a', { kind: 'host', host: 'example.com', ports: ['8080'] }],
    ['http://example.com/a', { kind: 'host', host: 'example.com', ports: ['80'] }],
    ['./data', { kind: 'local', path: './data' }],
    ['file:data/a.csv', { kind: 'local', path: 'data/a.csv' }],
    ['${{inputs.where}}', { kind: 'unknown', text: '${{inputs.where}}' }],
    ['https://{account}/a', { kind: 'unknown', text: '{account}' }],
  ])('%s', (text, place) => expect(placeOf(text)).toEqual(place));
});

test('hosts of images', () => {
  const hosts = [
    'mcr.microsoft.com/a/b:1',
    'python:3',
    'library/python',
    'docker.io/python',
    'acr.azurecr.io/x@sha256:1',
    'localhost:5000/x',
  ];
  expect(hosts.map(imageHost)).toEqual([
    ...['mcr.microsoft.com', 'registry-1.docker.io', 'registry-1.docker.io', 'registry-1.docker.io'],
    ...['acr.azurecr.io', 'localhost'],
  ]);
});

describe('hosts of packages', () => {
  const names = (uses: readonly { host: string }[]) => uses.map(({ host }) => host);
  test('conda and pip', () => {
    expect(
      names(packageHosts({ channels: ['conda-forge'], dependencies: ['python=3.10', { pip: ['torch'] }] })),
    ).toEqual(['conda.anaconda.org', 'pypi.org', 'files.pythonhosted.org']);
    expect(names(packageHosts({ dependencies: ['python=3.10'] }))).toEqual(['repo.anaconda.com']);
  });
  test('an index in place of PyPI, and beside it', () => {
    expect(names(pipHosts(['--index-url https://user:word@pip.example.org/simple', 'torch']))).toEqual([
      'pip.example.org',
    ]);
    expect(names(pipHosts(['--extra-index-url=https://x.example.org/simple', 'git+https://github.com/a/b']))).toEqual([
      ...['x.example.org', 'github.com', 'pypi.org', 'files.pythonhosted.org'],
    ]);
  });
  test('what a command installs', () => {
    expect(names(commandHosts('pip install -r requirements.txt && python a.py'))).toEqual([
      'pypi.org',
      'files.pythonhosted.org',
    ]);
    expect(names(commandHosts('pip install --no-index ./wheel && python a.py'))).toEqual([]);
    expect(names(commandHosts('git clone https://github.com/a/b && python a.py'))).toEqual(['github.com']);
    expect(names(commandHosts('python a.py --url https://example.com'))).toEqual([]);
  });
});

describe('kinds', () => {
  test.each([
    ['command', 'command: python a.py\n'],
    ['sweep', 'type: sweep\ntrial: {command: python a.py}\n'],
    ['pipeline', 'jobs: {a: {type: command, component: azureml:c:1}}\n'],
    [
      'automl',
      '$schema: https://azuremlsdk2.blob.core.windows.net/preview/0.0.1/autoMLJob.schema.json\ntype: automl\ntask: text_ner\n',
    ],
    ['spark', 'type: spark\nconf: {}\nentry: {file: a.py}\n'],
    ['onlineDeployment', 'endpoint_name: e\nname: blue\n'],
    ['batchDeployment', 'endpoint_name: e\nname: b\ncompute: azureml:c\n'],
    [
      'kubernetesDeployment',
      '$schema: https://azuremlschemas.azureedge.net/latest/kubernetesOnlineDeployment.schema.json\nendpoint_name: e\n',
    ],
  ])('%s', async (kind, text) => expect((await read({ 'a.yml': text })).kind).toBe(kind));

  test.each([
    [
      'a component',
      '$schema: https://azuremlschemas.azureedge.net/latest/commandComponent.schema.json\ncommand: x\n',
      /a component/,
    ],
    ['something else', 'name: x\n', /is not a job or deployment file/],
    ['a list', '- a\n', /has no keys/],
    ['nothing', '', /has no keys/],
    ['several documents', 'a: 1\n---\nb: 2\n', /several YAML documents/],
    ['broken YAML', 'a: [1\nb: }\n', /is not valid YAML/],
    ['many brackets', `a: ${'['.repeat(20_000)}`, /is not valid YAML/],
    [
      'aliases of aliases',
      `a: &a [x,x,x,x,x,x,x,x,x,x]\n${[...'bcdefgh'].map((name, at) => `${name}: &${name} [${`*${'abcdefgh'[at]},`.repeat(9)}x]`).join('\n')}\n`,
      /is not valid YAML/,
    ],
  ])('%s is refused', async (_name, text, message) => {
    const refused = await read({ 'a.yml': text }).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(JobTextError);
    expect((refused as Error).message).toMatch(message);
  });
});

test('a pipeline: the compute of its settings, the values it passes on, the component beside it', async () => {
  const job = await read({
    'job.yml': [
      'type: pipeline',
      'inputs: {raw: {type: uri_folder, path: ./raw}, where: azureml:gpu}',
      'settings: {default_compute: azureml:cpu}',
      'jobs:',
      '  prepare: {type: command, component: ./c.yml, inputs: {data: "${{parent.inputs.raw}}"}}',
      '  train: {type: command, component: azureml:train:1, compute: "${{parent.inputs.where}}"}',
    ].join('\n'),
    'c.yml': 'command: pip install x\nenvironment: {image: "mcr.microsoft.com/x", conda_file: conda.yml}\ncode: src\n',
    'conda.yml': 'dependencies: [{pip: [a]}]\n',
  });
  expect(job.tasks.map(({ name, compute }) => [name, compute])).toEqual([
    ['prepare', { kind: 'named', name: 'cpu' }],
    ['train', { kind: 'named', name: 'gpu' }],
  ]);
  const [prepare] = job.tasks;
  expect(prepare?.environment).toMatchObject({ from: 'workspace', builds: 'yes' });
  expect(prepare?.environment?.hosts.map(({ host }) => host)).toEqual([
    'mcr.microsoft.com',
    'pypi.org',
    'files.pythonhosted.org',
  ]);
  expect(job.uploads).toEqual(expect.arrayContaining(['src', './raw']));
  expect(job.unseen.join()).toContain('component azureml:train:1 of train');
});

test('environments: curated, of a registry, of the workspace, by image alone, by Dockerfile', async () => {
  const of = async (environment: string) =>
    (await read({ 'job.yml': `${command['job.yml']}environment: ${environment}\n` })).tasks[0]?.environment;
  expect(await of('azureml://registries/azureml/environments/sklearn/labels/latest')).toMatchObject({
    from: 'mcr.microsoft.com',
    builds: 'no',
  });
  expect(await of('azureml:AzureML-sklearn@latest')).toMatchObject({ from: 'mcr.microsoft.com', builds: 'no' });
  expect(await of('azureml://registries/ours/environments/e/versions/1')).toMatchObject({ from: 'registry:ours' });
  expect(await of('azureml:mine:3')).toMatchObject({ from: 'workspace', builds: 'maybe' });
  expect(await of('{image: "acr.azurecr.io/x:1"}')).toMatchObject({ from: 'acr.azurecr.io', builds: 'no' });
  expect(await of('{build: {path: docker}}')).toMatchObject({ from: 'workspace', builds: 'yes' });
});

test('the environment of a component or model of a registry is of that registry', async () => {
  const component = {
    'job.yml': 'jobs: {a: {component: "azureml://registries/azureml/components/c/labels/latest"}}\n',
  };
  expect((await read(component)).tasks[0]?.environment).toMatchObject({ from: 'mcr.microsoft.com', builds: 'no' });
  const model = { 'd.yml': 'endpoint_name: e\nmodel: azureml://registries/ours/models/m/versions/1\n' };
  expect((await read(model)).tasks[0]?.environment).toMatchObject({ from: 'registry:ours' });
});

test('schedules: of a job, of a data import, of a model monitor', async () => {
  const job = await read({ 's.yml': 'create_job: ./job.yml\n', ...command });
  expect(job).toMatchObject({ kind: 'command', tasks: [{ compute: { kind: 'named', name: 'cpu' } }] });
  const load = await read({ 's.yml': 'import_data: {name: d, path: "azureml://datastores/blob/paths/a"}\n' });
  expect(load).toMatchObject({ kind: 'import', tasks: [{ data: [{ place: { kind: 'datastore', name: 'blob' } }] }] });
  const own = await read({
    'i.yml':
      '$schema: http://azureml/sdk-2-0/DataImport.json\ntype: mltable\nname: d\nsource: {type: database, query: select 1, connection: "azureml:sql"}\npath: azureml://datastores/blob/paths/a\n',
  });
  expect(own).toMatchObject({ kind: 'import', name: 'd', tasks: load.tasks });
  expect(own.unseen).toEqual(['connection azureml:sql: the host that data comes from']);
  const monitor = await read({ 's.yml': 'name: m\ncreate_monitor: {compute: {instance_type: standard_e4s_v3}}\n' });
  expect(monitor).toMatchObject({ kind: 'spark', tasks: [{ compute: { kind: 'serverless' } }] });
});

test('placeholders, lines of a quoted text at the indentation of its key, a missing file', async () => {
  const job = await read({
    'job.yml':
      'type: pipeline\njobs:\n  a:\n    type: command\n    component: ./gone.yml\n    compute: {{compute_name}}\n    inputs:\n      text: "one {{x}}\n      two: {{y}}\n      three"\n',
  });
  expect(job.tasks[0]?.compute).toEqual({ kind: 'unknown', text: '<compute_name>' });
  expect(job.unseen).toEqual(['./gone.yml: not readable']);
});

test('files that name each other end', async () => {
  const job = await read({ 'job.yml': 'type: pipeline\njobs: {a: {type: pipeline, component: ./job.yml}}\n' });
  expect(job.unseen.some((text) => text.includes('nested too deeply'))).toBe(true);
});

describe('what the workspace knows of a job', () => {
  const workspace = '/subscriptions/s/resourceGroups/g/providers/Microsoft.MachineLearningServices/workspaces/w';
  const image = 'mcr.microsoft.com/azureml/base:1';
  const bodies: Readonly<Record<string, Json>> = {
    '/data/heart': { properties: { latestVersion: '2' } },
    '/data/heart/versions/2': { properties: { dataUri: 'azureml://datastores/blob/paths/a' } },
    '/models/m/versions/1': { properties: { modelUri: 'https://acc.blob.core.windows.net/m' } },
    '/environments/plain/versions/1': { properties: { image } },
    '/environments/conda/versions/1': {
      properties: { image, condaFile: 'channels: [conda-forge]\ndependencies: [python, {pip: [torch]}]' },
    },
    '/environments/broken/versions/1': { properties: { image, condaFile: 'a: [' } },
    '/environments/context/versions/1': {
      properties: { build: { contextUri: 'https://x', dockerfilePath: 'Dockerfile' } },
    },
    '/environments/ours/versions/1': { properties: { environmentType: 'Curated', image: 'x.azurecr.io/y' } },
    '/components/train/versions/1': {
      properties: {
        componentSpec: {
          command: 'pip install torch',
          environment: `azureml:${workspace}/environments/plain/versions/1`,
        },
      },
    },
  };
  const refused = `${workspace}/data/secret/versions/1`;
  const lookup =
    (asked: readonly string[]): AssetLookup =>
    (id) => {
      if (!asked.includes(id)) return { state: 'unread' };
      if (id === refused) return { state: 'gap', reason: 'Denied.' };
      const body = bodies[id.slice(workspace.length)];
      return body === undefined ? { state: 'missing' } : { state: 'read', body };
    };
  /** Everything that is asked for is given, round by round. */
  async function known(text: string) {
    const job = await read({ 'job.yml': text });
    let asked: readonly string[] = [];
    for (;;) {
      const found = resolveJob(job, workspace, lookup(asked));
      if (found.toRead.length === 0) return { job: found.job, asked };
      asked = [...asked, ...found.toRead];
    }
  }
  const environment = async (reference: string) =>
    (await known(`command: x\nenvironment: azureml:${reference}:1\n`)).job.tasks[0]?.environment;

  test('the latest version of data, and no more is read than that', async () => {
    const { job, asked } = await known(
      'command: x\ninputs: {d: {path: azureml:heart@latest}, o: {path: azureml:heart:2}}\n',
    );
    expect(asked).toEqual(['/data/heart', '/data/heart/versions/2'].map((end) => `${workspace}${end}`).toSorted());
    expect(job.tasks[0]?.data.map(({ place }) => place)).toEqual([
      { kind: 'datastore', name: 'blob', workspace: null },
      { kind: 'datastore', name: 'blob', workspace: null },
    ]);
    expect(job.tasks[0]?.notes).toEqual([]);
  });

  test('an environment: pulled, built with packages, from a Dockerfile, curated', async () => {
    expect(await environment('plain')).toMatchObject({ from: 'mcr.microsoft.com', builds: 'no' });
    const conda = await environment('conda');
    expect(conda).toMatchObject({ from: 'workspace', builds: 'maybe' });
    expect(conda?.hosts.map(({ host }) => host)).toEqual([
      ...['mcr.microsoft.com', 'conda.anaconda.org', 'pypi.org', 'files.pythonhosted.org'],
    ]);
    expect(await environment('broken')).toMatchObject({ builds: 'maybe' });
    expect(await environment('context')).toMatchObject({ from: 'workspace', builds: 'maybe', hosts: [] });
    expect(await environment('ours')).toMatchObject({ from: 'mcr.microsoft.com', builds: 'no' });
  });

  test('a component names its environment and what it installs', async () => {
    const { job } = await known(
      'type: pipeline\njobs: {a: {component: azureml:train:1}, b: {component: azureml:none:1}}\n',
    );
    const [a, b] = job.tasks;
    expect(a?.environment).toMatchObject({ from: 'mcr.microsoft.com', builds: 'no' });
    expect(a?.hosts.map(({ host }) => host)).toContain('pypi.org');
    expect(b?.notes).toMatchObject([{ about: 'component', verdict: 'fails' }]);
    expect(job.unseen).toEqual(['component azureml:none:1 of b']);
  });

  test('a model of a deployment; what is missing fails, what is refused or has a label is unknown', async () => {
    const model = await known('endpoint_name: e\nmodel: azureml:m:1\n');
    expect(model.job.tasks[0]?.data.map(({ place }) => place.kind)).toEqual(['host']);
    const verdicts = async (path: string) =>
      (await known(`command: x\ninputs: {d: {path: 'azureml:${path}'}}\n`)).job.tasks[0]?.notes.map(
        (one) => one.verdict,
      );
    expect(await verdicts('heart:9')).toEqual(['fails']);
    expect(await verdicts('secret:1')).toEqual(['unknown']);
    expect(await verdicts('heart@prod')).toEqual(['unknown']);
  });
});
