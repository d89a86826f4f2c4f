// The jobs of the tests, and closed worlds with a fault planted in what a scan read.
import { audit, preflightWithReads } from '../../src/audit/index.ts';
import { readJob } from '../../src/job/read-job.ts';
import type { JobFile } from '../../src/model/job.ts';
import type { Leg, Preflight } from '../../src/model/preflight.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { rules } from '../../src/rules/index.ts';
import { drain, openInProcess } from '../support/in-process.ts';
import { type ClosedWorld, type EditableSnapshot, type JobFault, jobFaults } from './faults.ts';

const environment = 'environment: azureml://registries/azureml/environments/sklearn-1.5/labels/latest\n';
const texts: Readonly<Record<JobFault['job'], string>> = {
  plain: `type: command\ncommand: python main.py\ncode: src\n${environment}compute: azureml:cpu-cluster\ninputs: {train: {type: uri_folder, path: azureml://datastores/trainingdata/paths/x}}\n`,
  built:
    "type: command\ncommand: python main.py\nenvironment: {image: 'mcr.microsoft.com/azureml/openmpi4.1.0-ubuntu22.04', conda_file: {dependencies: [{pip: [torch]}]}}\ncompute: azureml:cpu-cluster\n",
  share: `type: command\ncommand: python main.py\n${environment}compute: azureml:cpu-cluster\ninputs: {share: {type: uri_folder, path: azureml://datastores/workspacefilestore/paths/x}}\n`,
  instance: `type: command\ncommand: python main.py\n${environment}compute: azureml:ci-anna\n`,
  spark:
    'type: spark\nentry: {file: a.py}\nconf: {}\nresources: {instance_type: standard_e4s_v3, runtime_version: "3.4"}\n',
  hub: "type: command\ncommand: x\nenvironment: {image: 'docker.io/library/python:3'}\ncompute: azureml:cpu-cluster\n",
  online: `name: blue\nendpoint_name: e\nmodel: azureml://datastores/workspaceblobstore/paths/m\n${environment}instance_type: Standard_DS3_v2\n`,
};
/** Without a managed network, a deployment reaches closed services by endpoints of its own. */
const isolated = `${texts.online}egress_public_network_access: disabled\n`;
const nothingBeside = async (): Promise<never> => {
  throw new Error('no file');
};

export const worlds: readonly ClosedWorld[] = [
  'closed-private-endpoint',
  'closed-service-endpoint',
  'closed-managed-network',
  'closed-hub-spoke',
];
const scanned = new Map<ClosedWorld, Snapshot>();
const jobs = new Map<string, JobFile>();
/** Scans the worlds and reads the jobs. */
export async function prepare(): Promise<void> {
  for (const world of worlds) {
    const session = openInProcess(world);
    scanned.set(world, await drain(session.scan()));
    await session.close();
  }
  for (const [name, text] of Object.entries({ ...texts, isolated }))
    jobs.set(name, await readJob(text, 'job.yml', nothingBeside));
}

export const checked = (world: ClosedWorld, job: string, plant?: JobFault['plant']): Preflight =>
  checkedWithReads(world, job, plant).result;

export function checkedWithReads(world: ClosedWorld, job: string, plant: JobFault['plant'] = () => undefined) {
  const snapshot = JSON.parse(JSON.stringify(scanned.get(world))) as EditableSnapshot;
  plant(snapshot);
  const planted = snapshot as unknown as Snapshot;
  return preflightWithReads(jobs.get(job) as JobFile, planted, audit(planted, rules, 'current'));
}

const shown = ({ leg, verdict, because, optional, checks }: Leg): string =>
  [
    `${leg} ${verdict}${optional ? ', optional' : ''}: ${because}`,
    ...checks.flatMap(({ task, subject, verdict: of, because: why, path, findings, gaps }) => [
      `    ${of}  ${task === null ? '' : `${task}: `}${subject}: ${why}`,
      ...(path === null
        ? []
        : [`      ${path.source} -> ${path.destination} ${path.ports.join()} ${path.stoppedBy ?? ''}`]),
      ...findings.map((id) => `      finding: ${id}`),
      ...gaps.map((id) => `      unread: ${id}`),
    ]),
  ].join('\n');

/** Every job in every world, then what each fault changes: titles with their texts. */
export function legEntries(): { readonly title: string; readonly text: string }[] {
  const whole = (legs: readonly Leg[], but: readonly string[] = []) =>
    legs
      .map(shown)
      .filter((text) => !but.includes(text))
      .join('\n');
  return [
    ...worlds.flatMap((world) =>
      [...jobs.keys()].map((job) => ({ title: `${world}: ${job}`, text: whole(checked(world, job).legs) })),
    ),
    ...jobFaults.map(({ world, job, says, plant }) => {
      const { because, legs } = checked(world, job, plant);
      const before = checked(world, job).legs.map(shown);
      return { title: `${world}: ${job}: ${says}`, text: `${because}\n${whole(legs, before)}` };
    }),
  ];
}
