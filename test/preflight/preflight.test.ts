// Will a job run? One planted fault at a time, over every leg, in closed worlds; and nothing in the closed worlds themselves.
import { beforeAll, describe, expect, test } from 'vitest';
import { audit, preflight } from '../../src/audit/index.ts';
import { readJob } from '../../src/job/read-job.ts';
import type { JobFile } from '../../src/model/job.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { rules } from '../../src/rules/index.ts';
import { drain, openInProcess } from '../support/in-process.ts';
import { type ClosedWorld, denies, type EditableSnapshot, type JobFault, jobFaults } from './faults.ts';

const environment = 'environment: azureml://registries/azureml/environments/sklearn-1.5/labels/latest\n';
const texts: Readonly<Record<JobFault['job'], string>> = {
  plain: `type: command\ncommand: python main.py\ncode: src\n${environment}compute: azureml:cpu-cluster\ninputs: {train: {type: uri_folder, path: azureml://datastores/trainingdata/paths/x}}\n`,
  built:
    "type: command\ncommand: python main.py\nenvironment: {image: 'mcr.microsoft.com/azureml/openmpi4.1.0-ubuntu22.04', conda_file: {dependencies: [{pip: [torch]}]}}\ncompute: azureml:cpu-cluster\n",
  share: `type: command\ncommand: python main.py\n${environment}compute: azureml:cpu-cluster\ninputs: {share: {type: uri_folder, path: azureml://datastores/workspacefilestore/paths/x}}\n`,
  online: `name: blue\nendpoint_name: e\nmodel: azureml://datastores/workspaceblobstore/paths/m\n${environment}instance_type: Standard_DS3_v2\n`,
};
/** Without a managed network, a deployment reaches closed services by endpoints of its own. */
const isolated = `${texts.online}egress_public_network_access: disabled\n`;
const nothingBeside = async (): Promise<never> => {
  throw new Error('no file');
};

const worlds: readonly ClosedWorld[] = [
  'closed-private-endpoint',
  'closed-service-endpoint',
  'closed-managed-network',
  'closed-hub-spoke',
];
const scanned = new Map<ClosedWorld, Snapshot>();
const jobs = new Map<string, JobFile>();
beforeAll(async () => {
  for (const world of worlds) {
    const session = openInProcess(world);
    scanned.set(world, await drain(session.scan()));
    await session.close();
  }
  for (const [name, text] of Object.entries({ ...texts, isolated }))
    jobs.set(name, await readJob(text, 'job.yml', nothingBeside));
});

function checked(world: ClosedWorld, job: string, plant: JobFault['plant'] = () => undefined) {
  const snapshot = JSON.parse(JSON.stringify(scanned.get(world))) as EditableSnapshot;
  plant(snapshot);
  const planted = snapshot as unknown as Snapshot;
  return preflight(jobs.get(job) as JobFile, planted, audit(planted, rules, 'current'));
}

test.each(worlds)('%s: every job runs', (world) => {
  const online = world === 'closed-managed-network' ? 'online' : 'isolated';
  const verdicts = ['plain', 'built', 'share', online].map((job) => {
    const { verdict, because } = checked(world, job);
    return `${job}: ${verdict}: ${because}`;
  });
  expect(verdicts.filter((text) => !text.includes(': willRun: All checks pass.'))).toEqual([]);
});

describe('one fault at a time', () => {
  test.each(jobFaults.map((fault) => [`${fault.world}: ${fault.says}`, fault] as const))('%s', (_name, fault) => {
    const { legs, verdict } = checked(fault.world, fault.job, fault.plant);
    const leg = legs.find((one) => one.leg === fault.leg);
    expect(leg?.verdict).toBe('fails');
    expect(verdict).toBe(leg?.optional ? 'willRun' : 'willFail');
    const said = leg?.checks
      .filter((one) => one.verdict === 'fails')
      .map(({ because, findings }) => [because, findings]);
    expect(JSON.stringify(said)).toMatch(fault.cause);
  });
});

test('every leg has a fault', () => {
  const legs = new Set(jobFaults.map(({ leg }) => leg));
  expect([...legs].sort()).toEqual(
    ['build', 'compute', 'data', 'image', 'packages', 'service', 'submit', 'telemetry', 'tracking', 'upload'].sort(),
  );
});

test('a list that was refused is unknown, never a pass', () => {
  const { verdict, legs } = checked('closed-private-endpoint', 'plain', (snapshot) => {
    const id = `${snapshot.workspace}/computes`;
    snapshot.collections = snapshot.collections.filter((list) => list.id !== id);
    snapshot.gaps.push({
      id,
      action: 'Microsoft.MachineLearningServices/workspaces/computes/read',
      status: 403,
      reason: 'Denied.',
    });
    snapshot.resources = snapshot.resources.filter((one) => !one.type.endsWith('workspaces/computes'));
  });
  expect(verdict).toBe('unknown');
  expect(legs.find(({ leg }) => leg === 'compute')?.verdict).toBe('unknown');
});

test('outbound rules that know only tags name the host that is in none', () => {
  const plant = denies('snet-train', { destination: 'Internet' });
  const { legs } = checked('closed-private-endpoint', 'built', plant);
  expect(legs.find(({ leg }) => leg === 'packages')?.verdict).toBe('fails');
});
