// Files of every kind against the same planted faults: a fault of the cluster, its network or the services stops each kind that uses
// them at the same leg; and nothing stops any of them in the closed worlds.
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { audit, preflight } from '../../src/audit/index.ts';
import { readJob } from '../../src/job/read-job.ts';
import type { JobFile } from '../../src/model/job.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { rules } from '../../src/rules/index.ts';
import { addressValue, judge } from '../net/parts/oracle.ts';
import { drain, openInProcess } from '../support/in-process.ts';
import { denies, type EditableSnapshot, guards, type JobFault, jobFaults, one, unlinked } from './faults.ts';

const environment = 'azureml://registries/azureml/environments/sklearn-1.5/labels/latest';
const data = '{type: uri_folder, path: azureml://datastores/trainingdata/paths/x}';
const component = `$schema: https://azuremlschemas.azureedge.net/latest/commandComponent.schema.json\nname: c\ntype: command\ncommand: python a.py\nenvironment: ${environment}\ninputs: {train: {type: uri_folder}}\n`;
const command = `type: command\ncommand: python a.py\nenvironment: ${environment}\ninputs: {train: ${data}}\n`;
const onCluster = 'compute: azureml:cpu-cluster\n';
const beside: Readonly<Record<string, string>> = {
  'component.yml': component,
  'inner.yml': `type: pipeline\ninputs: {train: {type: uri_folder}}\njobs: {a: {type: command, component: ./component.yml, inputs: {train: "\${{parent.inputs.train}}"}}}\n`,
  'job.yml': `${command}${onCluster}`,
  'import.yml':
    '$schema: http://azureml/sdk-2-0/DataImport.json\ntype: uri_folder\nname: d\nsource: {type: file_system, connection: azureml:s3}\npath: azureml://datastores/trainingdata/paths/d\n',
};

/** Files that run on the cluster `cpu-cluster` and read `trainingdata`. */
const clusterKinds: Readonly<Record<string, string>> = {
  sweep: `type: sweep\ntrial: {command: python a.py, environment: "${environment}"}\nsampling_algorithm: random\nsearch_space: {lr: {type: choice, values: [1, 2]}}\n${onCluster}inputs: {train: ${data}}\n`,
  'pipeline of a component': `type: pipeline\nsettings: {default_compute: azureml:cpu-cluster}\njobs: {a: {type: command, component: ./component.yml, inputs: {train: ${data}}}}\n`,
  'pipeline of a pipeline': `type: pipeline\ncompute: azureml:cpu-cluster\njobs: {a: {type: pipeline, component: ./inner.yml, inputs: {train: ${data}}}}\n`,
  'parallel step': `type: pipeline\njobs: {a: {type: parallel, ${onCluster.trim()}, inputs: {train: ${data}}, mini_batch_size: "1", task: {type: run_function, code: ./src, entry_script: a.py, environment: "${environment}"}}}\n`,
  'spark on a cluster': `type: spark\nentry: {file: a.py}\n${onCluster}environment: ${environment}\ninputs: {train: ${data}}\nconf: {}\n`,
  automl: `type: automl\ntask: classification\n${onCluster}training_data: ${data.replace('uri_folder', 'mltable')}\ntarget_column_name: y\n`,
  'batch deployment': `name: b\nendpoint_name: e\nmodel: azureml://datastores/trainingdata/paths/m\ncode_configuration: {code: ./src, scoring_script: a.py}\nenvironment: ${environment}\n${onCluster}`,
  'batch deployment of a pipeline': `name: b\nendpoint_name: e\ntype: pipeline\nsettings: {default_compute: azureml:cpu-cluster}\ncomponent: ./inner.yml\n`,
  schedule: 'name: s\ntrigger: {type: cron, expression: "0 1 * * *"}\ncreate_job: ./job.yml\n',
};
/** Files that run on serverless compute. */
const serverlessKinds: Readonly<Record<string, string>> = {
  command,
  sweep: (clusterKinds.sweep ?? '').replace(onCluster, ''),
  pipeline: `type: pipeline\nsettings: {default_compute: azureml:serverless}\njobs: {a: {type: command, component: ./component.yml, inputs: {train: ${data}}}}\n`,
  spark: `type: spark\nentry: {file: a.py}\nresources: {instance_type: standard_e4s_v3, runtime_version: "3.4"}\ninputs: {train: ${data}}\nconf: {}\n`,
  'data import': 'name: s\ntrigger: {type: cron, expression: "0 1 * * *"}\nimport_data: ./import.yml\n',
};

const worlds = [
  'closed-private-endpoint',
  'closed-service-endpoint',
  'closed-managed-network',
  'closed-hub-spoke',
] as const;
const scanned = new Map<string, Snapshot>();
const jobs = new Map<string, JobFile>();
const open = async (_from: string, name: string) => {
  const text = beside[name.replace(/^\.\//, '')];
  if (text === undefined) throw new Error(`no file ${name}`);
  return { path: name, text };
};
beforeAll(async () => {
  for (const world of worlds) {
    const session = openInProcess(world);
    scanned.set(world, await drain(session.scan()));
    await session.close();
  }
  for (const world of ['scoring', 'kubernetes']) scanned.set(world, await drain(openInProcess(world).scan()));
  for (const [name, text] of Object.entries(clusterKinds)) jobs.set(name, await readJob(text, 'file.yml', open));
  for (const [name, text] of Object.entries(serverlessKinds))
    jobs.set(`serverless ${name}`, await readJob(text, 'file.yml', open));
});

/** A security rule for outbound TCP. */
const outbound = (access: 'Allow' | 'Deny', source: string, destination: string, priority: number, ports = '*') => ({
  name: `r${priority}`,
  properties: {
    ...{ direction: 'Outbound', access, protocol: 'Tcp', priority, sourceAddressPrefix: source, sourcePortRange: '*' },
    ...{ destinationAddressPrefix: destination, destinationPortRange: ports },
  },
});

/** What every file is told in a world with a fault; audited once. */
function told(world: string, kinds: readonly string[], plant: JobFault['plant'] = () => undefined) {
  const snapshot = JSON.parse(JSON.stringify(scanned.get(world))) as EditableSnapshot;
  plant(snapshot);
  const planted = snapshot as unknown as Snapshot;
  const report = audit(planted, rules, 'current');
  return kinds.map((kind) => ({ kind, result: preflight(jobs.get(kind) as JobFile, planted, report) }));
}
const onClusters = Object.keys(clusterKinds);
const onServerless = Object.keys(serverlessKinds).map((name) => `serverless ${name}`);

const kindsIn = (world: string) => [...onClusters, ...(world === 'closed-managed-network' ? onServerless : [])];

test.each(worlds)('%s: files of every kind run', (world) => {
  const wrong = told(world, kindsIn(world))
    .map(({ kind, result }) => `${kind}: ${result.verdict}: ${result.because}`)
    .filter((text) => !text.endsWith('willRun: All checks pass.'));
  expect(wrong).toEqual([]);
  expect([...jobs.values()].flatMap(({ unseen }) => unseen)).toEqual([
    'connection azureml:s3: the host that data comes from',
  ]);
});

/** What a file has nothing to do with. */
const isSpared = (fault: JobFault, kind: string): boolean => {
  const job = jobs.get(kind);
  if (fault.leg === 'upload') return job?.uploads.length === 0;
  const isOfDatastore =
    /^(?:the datastore does not exist|a Data Lake has no endpoint|the account has not approved)/.test(fault.says);
  if (isOfDatastore) return kind === 'batch deployment of a pipeline';
  return fault.says === 'a compute outside the managed network' && kind.startsWith('serverless');
};
const plain = jobFaults.filter(({ job }) => job === 'plain');
test.each(plain.map((fault) => [`${fault.world}: ${fault.says}`, fault] as const))('%s', (_name, fault) => {
  const kinds = kindsIn(fault.world).filter((kind) => !isSpared(fault, kind));
  const wrong = told(fault.world, kinds, fault.plant).flatMap(({ kind, result }) => {
    const leg = result.legs.find((one) => one.leg === fault.leg);
    const failing = leg?.checks.filter((one) => one.verdict === 'fails');
    const said = JSON.stringify(failing?.map(({ because, findings }) => [because, findings]));
    const isRight = leg?.verdict === 'fails' && fault.cause.test(said);
    const isStopped = result.verdict === (leg?.optional ? 'willRun' : 'willFail');
    return isRight && isStopped ? [] : [`${kind}: ${result.verdict} ${leg?.verdict} ${said}`];
  });
  expect(wrong).toEqual([]);
});

describe('Kubernetes computes', () => {
  const own = 'environment: {image: acrmlsim.azurecr.io/a:1}\ncompute: azureml:aks-serve\n';
  const files = {
    'cluster job': `type: command\ncommand: python a.py\n${own}`,
    'cluster deployment': `$schema: https://azuremlschemas.azureedge.net/latest/kubernetesOnlineDeployment.schema.json\nname: b\nendpoint_name: e\nmodel: azureml://datastores/workspaceblobstore/paths/m\n${own}`,
  };
  beforeAll(async () => {
    for (const [name, text] of Object.entries(files)) jobs.set(name, await readJob(text, 'file.yml', open));
  });
  const legsOf = (world: string, plant?: JobFault['plant']) =>
    told(world, Object.keys(files), plant).map(({ result }) => result);
  test('a prepared cluster runs both', () => {
    expect(legsOf('scoring').map(({ because }) => because)).toEqual(['All checks pass.', 'All checks pass.']);
  });
  test.each([
    [
      'nodes cannot reach the Internet',
      'compute',
      /aks\.outbound-default/,
      guards('snet-aks', [outbound('Deny', '*', 'Internet', 4000)]),
    ],
    [
      'nodes cannot reach the registry',
      'image',
      /nsg-planted/,
      denies('snet-aks', { destination: 'AzureContainerRegistry' }),
    ],
    ['nodes cannot reach storage', 'data', /nsg-planted/, denies('snet-aks', { destination: 'Storage' })],
    [
      'nodes cannot reach the workspace',
      'tracking',
      /nsg-planted/,
      denies('snet-aks', { destination: 'AzureMachineLearning' }),
    ],
    [
      'the API server allows one range',
      'compute',
      /aks\.api-server-access/,
      (snapshot: EditableSnapshot) => {
        one(snapshot, 'aks-mlsim', 'managedClusters').body.properties.apiServerAccessProfile = {
          authorizedIPRanges: ['203.0.113.0/26'],
          enablePrivateCluster: false,
        };
        snapshot.resources = snapshot.resources.filter(({ id }) => !/trustedAccessRoleBindings/i.test(id));
        for (const list of snapshot.collections)
          list.members = list.members.filter((id) => !/trustedAccessRoleBindings/i.test(id));
      },
    ],
    [
      'the account does not allow their subnet',
      'data',
      /storage\.|aks\./,
      (snapshot: EditableSnapshot) => {
        const { properties } = one(snapshot, 'stmlsim', 'storageAccounts').body;
        const stays = ({ id }: { id: string }) => !/snet-aks$/i.test(id);
        properties.networkAcls.virtualNetworkRules = properties.networkAcls.virtualNetworkRules.filter(stays);
      },
    ],
  ] as const)('%s: %s', (_name, leg, cause, plant) => {
    for (const { legs, verdict } of legsOf('scoring', plant)) {
      const failing = legs.find((one) => one.leg === leg)?.checks.filter((one) => one.verdict === 'fails');
      expect(JSON.stringify(failing?.map(({ because, findings }) => [because, findings]))).toMatch(cause);
      expect(verdict).toBe('willFail');
    }
  });
  test('nothing was prepared: what stops them is named', () => {
    for (const { legs } of legsOf('kubernetes'))
      expect(legs.filter(({ verdict }) => verdict === 'fails').map(({ leg }) => leg)).toContain('compute');
  });
});

test('images of a registry of Azure Machine Learning come from a container registry', async () => {
  const text = `type: command\ncommand: a\nenvironment: azureml://registries/ours/environments/e/versions/1\n${onCluster}`;
  jobs.set('of a registry', await readJob(text, 'file.yml', open));
  const because = (plant?: JobFault['plant']) =>
    told('closed-service-endpoint', ['of a registry'], plant).map(({ result }) => {
      const found = result.legs.find(({ leg }) => leg === 'image');
      return `${found?.verdict}: ${found?.because}`;
    });
  const unread =
    'The firewall of the container registry of registry ours was not read: whether it allows cpu-cluster is not known.';
  expect(because()).toEqual([expect.stringContaining(`unknown: ${unread}`)]);
  // A private endpoint of the registry is not read, and may lead there.
  expect(because(denies('snet-train', { destination: 'AzureContainerRegistry' }))).toEqual([
    expect.stringContaining(`A private endpoint may lead there as well. ${unread}`),
  ]);
});

// The legs that private endpoints serve, against packets judged one at a time, and names that are or are not resolved.
const served = {
  data: { record: 'stmlsim', zone: 'privatelink.blob.core.windows.net', to: 'workspaceblobstore' },
  image: { record: 'acrmlsim', zone: 'privatelink.azurecr.io', to: 'acrmlsim.azurecr.io' },
  tracking: { record: '', zone: 'privatelink.api.azureml.ms', to: 'mlw-sim' },
} as const;
const legNames = ['data', 'image', 'tracking'] as const;

test('legs agree with a judge of single packets, and with what names resolve to', async () => {
  const world = 'closed-private-endpoint';
  const text = `type: command\ncommand: a\nenvironment: {image: acrmlsim.azurecr.io/a:1}\n${onCluster}`;
  jobs.set('by packets', await readJob(text, 'file.yml', open));
  const snapshot = scanned.get(world) as Snapshot;
  /** The addresses of the records that clients ask for. */
  const addressesOf = ({ zone, record }: { readonly zone: string; readonly record: string }): string[] =>
    snapshot.resources
      .filter(({ id }) => id.toLowerCase().includes(`/${zone}/a/${record}`))
      .flatMap(({ body }) => [...JSON.stringify(body).matchAll(/"ipv4Address":"([\d.]+)"/g)].map(([, ip]) => ip ?? ''));
  const targets = Object.fromEntries(legNames.map((leg) => [leg, addressesOf(served[leg])]));
  for (const leg of legNames) expect(targets[leg]?.length).toBeGreaterThan(0);
  const ends = [...new Set(Object.values(targets).flat())];
  const around = ['10.0.4.1', '10.0.4.63', '10.0.4.64', '10.0.4.130', '10.0.4.254'];
  const ownRule = fc.tuple(
    fc.constantFrom<'Allow' | 'Deny'>('Allow', 'Deny', 'Deny'),
    fc.constantFrom('*', '10.0.1.0/25', '10.0.1.128/25'),
    fc.constantFrom('VirtualNetwork', '10.0.0.0/16', '10.0.4.0/24', '10.0.3.0/24', '*', ...ends),
    fc.constantFrom('*', '443', '80', '400-500'),
  );
  const seen = { fails: 0, ok: 0 };
  fc.assert(
    fc.property(
      fc.array(ownRule, { maxLength: 4 }),
      fc.subarray([...legNames]).filter((some) => some.length < 2),
      (some, withoutName) => {
        const rules = some.map(([access, from, to, port], at) => outbound(access, from, to, 200 + at * 10, port));
        const [{ result } = { result: undefined }] = told(world, ['by packets'], (planted) => {
          guards('snet-train', rules)(planted);
          for (const leg of withoutName) unlinked(served[leg].zone)(planted);
        });
        const env = { virtualNetwork: ['10.0.0.0/16', '168.63.129.16/32'], tags: {}, asgs: {} };
        const question = {
          direction: 'Outbound',
          nicNsg: null,
          env,
          subnetNsg: { properties: { securityRules: rules } },
        };
        /** Is the traffic of any node to this address denied? */
        const isDenied = (destination: string): boolean =>
          ['10.0.1.9', '10.0.1.200'].some((source) => {
            const packet = {
              ...{ protocol: 'Tcp', source: addressValue(source), destination: addressValue(destination) },
              ...{ six: false, sourcePort: 50000, destinationPort: 443 },
            };
            return judge(question, packet).outcome !== 'allowed';
          });
        // The network interfaces of the endpoints are not read: which address of the subnet is theirs is not known for sure.
        const isOneAnswer = new Set([...around, ...ends].map(isDenied)).size === 1;
        for (const leg of legNames) {
          const isStopped = withoutName.includes(leg) || (targets[leg] ?? []).some(isDenied);
          const expected = isStopped ? 'fails' : 'ok';
          const checks = result?.legs.find((one) => one.leg === leg)?.checks ?? [];
          const verdict = checks.find(({ subject }) => subject === `cpu-cluster → ${served[leg].to}`)?.verdict;
          if (isOneAnswer) expect([leg, verdict]).toEqual([leg, expected]);
          else expect(['unknown', expected]).toContain(verdict);
          if (verdict === expected) seen[expected] += 1;
        }
      },
    ),
    { numRuns: 30 },
  );
  expect(Math.min(seen.fails, seen.ok)).toBeGreaterThan(10);
});
