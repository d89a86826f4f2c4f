// Reads a job or deployment file (YAML of the CLI v2) and the files it names: components, environments, conda files. Nothing is read
// beyond {@link most} files; what could not be read is listed, never guessed.

import { LineCounter } from 'yaml';
import type { AssetName, ComputeTarget, DataUse, EnvironmentNeed, JobFile, JobKind, JobTask } from '../model/job.ts';
import { clean } from '../model/text.ts';
import { documentIn } from '../yaml/documents.ts';
import {
  assetOf,
  commandHosts,
  environmentName,
  environmentOfRegistry,
  imageHost,
  packageHosts,
  placeOf,
  publishedEnvironment,
} from './places.ts';

/** What is wrong with the file; `line` from 1, null where it is about the whole. */
export class JobTextError extends Error {
  constructor(
    readonly line: number | null,
    message: string,
    readonly next: string,
  ) {
    super(message);
  }
}

/** Opens a file named by another. Throws where it cannot be read. */
export type OpenBeside = (from: string, name: string) => Promise<{ readonly path: string; readonly text: string }>;

type Members = Readonly<Record<string, unknown>>;

const most = 64;
const deepest = 8;
const isMembers = (value: unknown): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const membersOf = (value: unknown): Members => (isMembers(value) ? value : {});
const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;

const kindByType: Readonly<Record<string, JobKind>> = {
  command: 'command',
  sweep: 'sweep',
  pipeline: 'pipeline',
  parallel: 'parallel',
  spark: 'spark',
  automl: 'automl',
  import: 'import',
};
const kindBySchema: readonly (readonly [RegExp, JobKind])[] = [
  [/commandJob/i, 'command'],
  [/sweepJob/i, 'sweep'],
  [/pipelineJob/i, 'pipeline'],
  [/parallelJob/i, 'parallel'],
  [/sparkJob/i, 'spark'],
  [/autoMLJob/i, 'automl'],
  [/importJob/i, 'import'],
  [/managedOnlineDeployment/i, 'onlineDeployment'],
  [/kubernetesOnlineDeployment/i, 'kubernetesDeployment'],
  [/batchDeployment/i, 'batchDeployment'],
];
const notJobs: readonly (readonly [RegExp, string])[] = [
  [/component\.schema|Component\.json/i, 'a component'],
  [/endpoint\.schema/i, 'an endpoint'],
  [/environment\.schema/i, 'an environment'],
  [/(?:data|model)\.schema/i, 'a data asset or model'],
  [/(?:compute|amlCompute|computeInstance)\.schema/i, 'a compute'],
  [/workspace\.schema/i, 'a workspace'],
];

/** Parses one YAML file into plain data. Throws {@link JobTextError}. */
function parsed(text: string, path: string): Members {
  const plain = text.replace(/^\uFEFF/, '').replace(/(?<![${])\{\{\s*([\w.-]+)\s*\}\}/g, '<$1>');
  let { document, lines } = documentOf(plain, path);
  if (document.errors.length > 0) ({ document, lines } = documentOf(indented(plain), path));
  const [wrong] = document.errors;
  if (wrong !== undefined) {
    const message = /multiple documents/.test(wrong.message)
      ? `${clean(path, 120)} contains several YAML documents, and must contain one.`
      : `${clean(path, 120)} is not valid YAML: ${clean(wrong.message, 200).replace(/\.$/, '')}.`;
    throw new JobTextError(lines.linePos(wrong.pos[0]).line, message, 'Correct that line.');
  }
  const value = guarded(() => document.toJS({ maxAliasCount: 100 }) as unknown, path);
  if (isMembers(value)) return value;
  throw new JobTextError(1, `${clean(path, 120)} is not a job file: it has no keys.`, asWhat);
}

function documentOf(text: string, path: string) {
  const lines = new LineCounter();
  const options = {
    lineCounter: lines,
    prettyErrors: false,
    merge: true,
    uniqueKeys: false,
    logLevel: 'error',
  } as const;
  return { document: guarded(() => documentIn(text, options), path), lines };
}

/** A file of thousands of brackets overflows the stack, and one of many aliases is refused: both are its own mistake. */
function guarded<T>(read: () => T, path: string): T {
  try {
    return read();
  } catch {
    throw new JobTextError(null, `${clean(path, 120)} is not valid YAML: it is nested too deeply.`, asWhat);
  }
}

/**
 * The lines that continue a quoted text, indented below its key. The CLI's parser takes them at any indentation, YAML 1.2 does not;
 * white space at their start is no part of the text.
 */
function indented(text: string): string {
  let within: string | undefined;
  return text
    .split('\n')
    .map((line) => {
      const start = within === undefined ? /^(\s*)(?:-\s+)?[\w.$-]+:\s+"/.exec(line) : null;
      const rest = start === null ? line : line.slice(start[0].length);
      const shown = within === undefined ? line : `${within}${line}`;
      if (within !== undefined || start !== null) {
        const closes = /^(?:[^"\\]|\\.|\\$)*"/.test(rest);
        within = closes ? undefined : (within ?? `${start?.[1] ?? ''}    `);
      }
      return shown;
    })
    .join('\n');
}

const asWhat =
  'Name a job or deployment file of the Azure ML CLI (v2): command, sweep, pipeline, online or batch deployment.';

/** The kind of a file by its schema, its type, or the members that only one kind has. */
function kindOf(file: Members, path: string): JobKind {
  const schema = textOf(file.$schema) ?? '';
  const type = textOf(file.type)?.toLowerCase() ?? '';
  const other = notJobs.find(([pattern]) => pattern.test(schema));
  const known = kindBySchema.find(([pattern]) => pattern.test(schema))?.[1];
  if (known !== undefined && !other) return known;
  if (other)
    throw new JobTextError(1, `${clean(path, 120)} describes ${other[1]}, which does not run by itself.`, asWhat);
  if (isMembers(file.jobs)) return 'pipeline';
  if (textOf(file.endpoint_name) !== undefined) {
    if (textOf(file.compute) !== undefined || isMembers(file.settings)) return 'batchDeployment';
    return type === 'kubernetes' ? 'kubernetesDeployment' : 'onlineDeployment';
  }
  const byType = kindByType[type];
  if (byType !== undefined) return byType;
  if (isMembers(file.trial) || isMembers(file.search_space)) return 'sweep';
  if (textOf(file.command) !== undefined) return 'command';
  if (file.entry !== undefined && file.conf !== undefined) return 'spark';
  if (textOf(file.task) !== undefined && file.training_data !== undefined) return 'automl';
  throw new JobTextError(1, `${clean(path, 120)} is not a job or deployment file.`, asWhat);
}

interface Scope {
  readonly path: string;
  readonly open: OpenBeside;
  readonly seen: { files: number };
  readonly uploads: Set<string>;
  readonly unseen: Set<string>;
  readonly depth: number;
  /** Values of the inputs around, which `${{parent.inputs.NAME}}` means. */
  readonly inputs: Members;
  readonly compute: ComputeTarget;
  readonly identity: JobTask['identity'];
}

/** The content of a file that `scope`'s file names; undefined where it cannot be read, which is noted. */
async function opened(scope: Scope, name: string): Promise<{ path: string; members: Members } | undefined> {
  const local = name.replace(/^file:(?:\/\/)?/i, '');
  scope.seen.files += 1;
  if (scope.seen.files > most || scope.depth > deepest) {
    scope.unseen.add(`${clean(local, 120)}: more than ${most} files, or nested too deeply`);
    return undefined;
  }
  try {
    const { path, text } = await scope.open(scope.path, local);
    return { path, members: parsed(text, path) };
  } catch (error) {
    if (error instanceof JobTextError) throw error;
    scope.unseen.add(`${clean(local, 120)}: not readable`);
    return undefined;
  }
}

/** `${{parent.inputs.NAME}}` in its plain form, from the inputs around; any other text as it is. */
function valueIn(text: string, inputs: Members): string {
  return text.replace(/\$\{\{\s*(?:parent\.)?inputs\.([\w.]+)\s*\}\}/g, (whole, name: string) => {
    const found = inputs[name];
    const value = isMembers(found) ? (found.path ?? found.default ?? found.value) : found;
    return typeof value === 'string' || typeof value === 'number' ? String(value) : whole;
  });
}

function computeOf(value: unknown, inputs: Members): ComputeTarget | undefined {
  const given = textOf(isMembers(value) ? value.target : value);
  if (given === undefined) return undefined;
  const text = valueIn(given, inputs);
  if (/\$\{\{|[<>]/.test(text)) return { kind: 'unknown', text: clean(text, 120) };
  const name = text.replace(/^azureml:/i, '');
  if (/^serverless$/i.test(name)) return { kind: 'serverless' };
  if (/^local$/i.test(name)) return { kind: 'local' };
  const id = /\/(?:computes|virtualclusters)\/([^/]+)\/?$/i.exec(name)?.[1];
  return { kind: 'named', name: clean(id ?? name, 120) };
}

const identityOf = (value: unknown, otherwise: JobTask['identity']): JobTask['identity'] => {
  const type = textOf(membersOf(value).type)?.toLowerCase() ?? '';
  if (/user/.test(type)) return 'user';
  return /managed/.test(type) ? 'managed' : otherwise;
};

/** Inputs and outputs that hold a place of data; literals and links to other steps are none. */
function usesOf(value: unknown, direction: DataUse['direction'], scope: Scope, word: string): DataUse[] {
  return Object.entries(membersOf(value)).flatMap(([key, one]): DataUse[] => {
    const name = `${word} ${clean(key, 60)}`;
    const members = membersOf(one);
    const raw = typeof one === 'string' && looksLikePlace(one) ? one : textOf(members.path);
    if (raw === undefined) return [];
    const text = valueIn(raw, scope.inputs);
    if (/\$\{\{\s*(?:parent|inputs|outputs|search_space)\b/.test(text) && !/^azureml:\/\/datastores\//i.test(text))
      return [];
    const store = textOf(members.datastore)?.replace(/^azureml:(?:\/\/datastores\/)?/i, '');
    const place =
      store !== undefined ? ({ kind: 'datastore', name: clean(store, 80), workspace: null } as const) : placeOf(text);
    if (place.kind === 'local') {
      if (direction === 'out') return [];
      scope.uploads.add(place.path);
    }
    return [{ name, direction, place }];
  });
}
const looksLikePlace = (text: string): boolean =>
  /^(?:azureml:|wasbs?:|abfss?:|https?:|adl:|s3:|gs:)/i.test(text.trim());

/** What an `environment` member asks for. */
async function environmentOf(value: unknown, scope: Scope): Promise<EnvironmentNeed | null> {
  const reference = textOf(value);
  if (reference !== undefined) return await referenced(valueIn(reference, scope.inputs), scope);
  if (!isMembers(value)) return null;
  return await described(value, scope);
}

async function referenced(reference: string, scope: Scope): Promise<EnvironmentNeed | null> {
  const published = publishedEnvironment(reference);
  if (published !== null) return published;
  const name = environmentName(reference);
  if (/^azureml:/i.test(reference)) return ofWorkspace(reference, name);
  if (/\.ya?ml$/i.test(reference) || /^(?:file:|\.{0,2}\/)/i.test(reference)) {
    const file = await opened(scope, reference);
    return file === undefined
      ? null
      : await described(file.members, { ...scope, path: file.path, depth: scope.depth + 1 });
  }
  return ofWorkspace(reference, name);
}

/** An environment of the workspace: what it needs is known once it was read. */
const ofWorkspace = (reference: string, name: string): EnvironmentNeed => ({
  ...{ name, from: 'workspace', builds: 'maybe', hosts: [] },
  asset: assetOf(reference, 'environments'),
});

async function described(members: Members, scope: Scope): Promise<EnvironmentNeed | null> {
  const image = textOf(members.image);
  const conda = members.conda_file ?? members.conda_file_path;
  const build = members.build;
  const base = image === undefined ? undefined : imageHost(image);
  const name = clean(textOf(members.name) ?? image ?? 'environment of the file', 120);
  if (isMembers(build)) {
    const context = textOf(build.path);
    if (context !== undefined && placeOf(context).kind === 'local') scope.uploads.add(clean(context, 200));
    scope.unseen.add(`${clean(context ?? 'build', 120)}: base image and packages of the Dockerfile`);
    return { name, from: 'workspace', builds: 'yes', asset: null, hosts: [] };
  }
  if (conda === undefined)
    return base === undefined ? null : { name, from: base, builds: 'no', asset: null, hosts: [] };
  const written = typeof conda === 'string' ? (await opened(scope, conda))?.members : conda;
  const baseHost = base === undefined ? [] : [{ host: base, use: `base image ${clean(image, 120)}` }];
  return { name, from: 'workspace', builds: 'yes', asset: null, hosts: [...baseHost, ...packageHosts(written)] };
}

/** A model, code folder or data that a deployment loads. */
function modelUse(value: unknown, scope: Scope): DataUse[] {
  const path = textOf(isMembers(value) ? value.path : value);
  if (path === undefined) return [];
  const isName = typeof value === 'string' && !/[/\\]|^azureml:/.test(path);
  const place = isName ? ({ kind: 'asset', asset: assetOf(path, 'models') } as const) : placeOf(path, 'models');
  if (place.kind === 'local') scope.uploads.add(place.path);
  return [{ name: 'model', direction: 'in', place }];
}

function noteCode(value: unknown, scope: Scope): void {
  const code = textOf(value);
  if (code !== undefined && placeOf(code).kind === 'local') scope.uploads.add(clean(code, 200));
}

const online: readonly JobKind[] = ['onlineDeployment', 'kubernetesDeployment'];

/** One task, with what its component says where it has one. */
async function taskOf(members: Members, kind: JobKind, name: string | null, around: Scope): Promise<JobTask> {
  const component = members.component ?? members.trial ?? members.task;
  const file = await componentOf(component, name, around);
  const inner = file?.members ?? membersOf(isMembers(component) ? component : undefined);
  const inputs = { ...membersOf(inner.inputs), ...around.inputs, ...membersOf(members.inputs) };
  const scope: Scope = { ...around, inputs };
  const innerScope: Scope = { ...scope, path: file?.path ?? around.path, depth: around.depth + 1 };
  for (const [one, at] of [
    [members, scope],
    [inner, innerScope],
  ] as const) {
    noteCode(one.code, at);
    noteCode(membersOf(one.code_configuration).code, at);
  }
  const model = isMembers(members.model) ? members.model.path : members.model;
  const environment =
    (await environmentOf(members.environment, scope)) ??
    (await environmentOf(inner.environment, innerScope)) ??
    environmentOfRegistry(textOf(component) ?? textOf(model) ?? '');
  const ownCompute =
    computeOf(members.compute, inputs) ??
    (members.resources !== undefined && members.compute === undefined && kind === 'spark'
      ? ({ kind: 'serverless' } as const)
      : undefined);
  const command = [textOf(members.command), textOf(inner.command)].filter((one) => one !== undefined).join('\n');
  return {
    name,
    kind,
    compute: kind === 'onlineDeployment' ? { kind: 'managed' } : (ownCompute ?? around.compute),
    environment,
    data: [
      ...usesOf(members.inputs, 'in', scope, 'input'),
      ...usesOf(members.outputs, 'out', scope, 'output'),
      ...['training_data', 'validation_data', 'test_data'].flatMap((key) =>
        usesOf(kind === 'automl' ? { [key]: members[key] } : {}, 'in', scope, 'input'),
      ),
      ...modelUse(online.includes(kind) || kind === 'batchDeployment' ? members.model : undefined, scope),
    ],
    hosts: commandHosts(command),
    component: file === undefined ? componentOfWorkspace(component) : null,
    notes: [],
    identity: identityOf(members.identity, around.identity),
  };
}

/** How a component of the workspace is listed while it is not read. */
export const unseenComponent = (reference: string, task: string | null): string =>
  `component ${reference}${task === null ? '' : ` of ${task}`}`;

/** The component of the workspace that a step names; null where it names none. */
function componentOfWorkspace(component: unknown): AssetName | null {
  const named = textOf(component);
  const isAsset = named !== undefined && /^azureml:/i.test(named) && environmentOfRegistry(named) === null;
  return isAsset ? assetOf(named, 'components') : null;
}

/** The file of a component, or undefined where it is one of the workspace or of a registry. */
async function componentOf(
  component: unknown,
  task: string | null,
  scope: Scope,
): Promise<{ path: string; members: Members } | undefined> {
  const named = textOf(component);
  if (named === undefined) return undefined;
  if (/^azureml:/i.test(named)) {
    if (environmentOfRegistry(named) === null) scope.unseen.add(unseenComponent(clean(named, 200), task));
    return undefined;
  }
  return /[./\\]|^file:/.test(named) ? await opened(scope, named) : undefined;
}

async function tasksOf(file: Members, kind: JobKind, name: string | null, around: Scope): Promise<JobTask[]> {
  if (kind !== 'pipeline') return [await taskOf(file, kind, name, around)];
  if (!isMembers(file.jobs)) return (await pipelineIn(file, name, around)) ?? [await taskOf(file, kind, name, around)];
  const settings = membersOf(file.settings);
  const inputs = { ...around.inputs, ...membersOf(file.inputs) };
  const scope: Scope = {
    ...around,
    inputs,
    depth: around.depth + 1,
    compute: computeOf(file.compute, inputs) ?? computeOf(settings.default_compute, inputs) ?? around.compute,
    identity: identityOf(file.identity, around.identity),
  };
  const tasks: JobTask[] = [];
  for (const [key, value] of Object.entries(membersOf(file.jobs))) {
    const label = clean(name === null ? key : `${name}/${key}`, 120);
    const job = membersOf(value);
    if (/^(?:if_else|do_while|parallel_for)$/i.test(textOf(job.type) ?? '') && job.component === undefined) continue;
    const passed = { ...job, inputs: passedOn(job.inputs, inputs) };
    const nested = await pipelineIn(passed, label, scope);
    tasks.push(
      ...(nested ?? [
        await taskOf(passed, kindByType[textOf(job.type)?.toLowerCase() ?? ''] ?? 'command', label, scope),
      ]),
    );
  }
  const own = [...usesOf(file.inputs, 'in', scope, 'input'), ...usesOf(file.outputs, 'out', scope, 'output')];
  const [first, ...rest] = tasks;
  return first === undefined ? [] : [{ ...first, data: [...first.data, ...own] }, ...rest];
}

/** Inputs of a step, with the values that the pipeline around it gives them. */
const passedOn = (inputs: unknown, around: Members): Members =>
  Object.fromEntries(
    Object.entries(membersOf(inputs)).map(([key, value]) => {
      const named = textOf(value);
      const whole = named === undefined ? undefined : /^\$\{\{\s*parent\.inputs\.([\w.]+)\s*\}\}$/.exec(named)?.[1];
      return [key, whole !== undefined && around[whole] !== undefined ? around[whole] : value];
    }),
  );

/** The tasks of a step that is a pipeline itself; undefined where it is none. */
async function pipelineIn(job: Members, label: string | null, scope: Scope): Promise<JobTask[] | undefined> {
  if (scope.depth > deepest) return undefined;
  if (isMembers(job.jobs)) return await tasksOf(job, 'pipeline', label, scope);
  const named = textOf(job.component);
  if (named === undefined || /^azureml:/i.test(named) || !/[./\\]|^file:/.test(named)) return undefined;
  const file = await opened(scope, named);
  if (file === undefined || !isMembers(file.members.jobs)) return undefined;
  const inputs = { ...scope.inputs, ...membersOf(job.inputs) };
  return await tasksOf(
    { ...file.members, inputs: { ...membersOf(file.members.inputs), ...membersOf(job.inputs) } },
    'pipeline',
    label,
    {
      ...scope,
      inputs,
      path: file.path,
    },
  );
}

/** A file of one data import: a source behind a connection, and the place for its data. */
const isImport = (file: Members) =>
  /DataImport/i.test(textOf(file.$schema) ?? '') ||
  (textOf(file.path) !== undefined && textOf(membersOf(file.source).connection) !== undefined);

/**
 * A schedule runs the job that it creates, a data import, or a model monitor, which is a Spark job of the service. A data
 * import also comes as a file of its own.
 */
async function scheduled(file: Members, path: string, scope: Scope): Promise<{ members: Members; path: string }> {
  if (isMembers(file.create_monitor))
    return { members: { type: 'spark', name: file.name, compute: 'serverless' }, path };
  const job = file.create_job ?? file.import_data ?? (isImport(file) ? file : undefined);
  if (job === undefined) return { members: file, path };
  const named = textOf(isMembers(job) && textOf(job.job) !== undefined ? job.job : job);
  const found = named === undefined ? { members: membersOf(job), path } : await opened(scope, named);
  if (found === undefined) {
    throw new JobTextError(
      null,
      `${clean(path, 120)} schedules ${clean(named, 120)}, which could not be read.`,
      'Name the job file itself.',
    );
  }
  if (file.create_job !== undefined) return found;
  const { name, path: to, source } = found.members;
  const connection = textOf(membersOf(source).connection);
  if (connection !== undefined) scope.unseen.add(`connection ${clean(connection, 120)}: the host that data comes from`);
  return {
    members: { type: 'import', name, compute: 'serverless', outputs: { data: { path: to } } },
    path: found.path,
  };
}

/** The name of an endpoint; null for a placeholder, which the command line replaces. */
function endpointName(value: unknown): string | null {
  const name = textOf(value) ?? '';
  return /^[A-Za-z][A-Za-z0-9-]{0,62}$/.test(name) ? name : null;
}

/** Throws {@link JobTextError} for a text that is no job or deployment file. */
export async function readJob(text: string, path: string, open: OpenBeside): Promise<JobFile> {
  const base: Scope = {
    ...{ path, open, seen: { files: 0 }, uploads: new Set(), unseen: new Set(), depth: 0 },
    ...{ inputs: {}, compute: { kind: 'default' }, identity: null },
  };
  const { members, path: at } = await scheduled(parsed(text, path), path, base);
  const scope: Scope = { ...base, path: at };
  const kind = kindOf(members, at);
  const isComponentDeployment = kind === 'batchDeployment' && textOf(members.type) === 'pipeline';
  const compute = isComponentDeployment ? computeOf(membersOf(members.settings).default_compute, {}) : undefined;
  const nested = isComponentDeployment
    ? await pipelineIn(
        members,
        clean(textOf(members.name) ?? 'pipeline', 60),
        compute === undefined ? scope : { ...scope, compute },
      )
    : undefined;
  const tasks = nested ?? (await tasksOf(members, kind, null, compute === undefined ? scope : { ...scope, compute }));
  const egress = textOf(members.egress_public_network_access)?.toLowerCase();
  return {
    kind,
    name: clean(textOf(members.display_name) ?? textOf(members.name) ?? '', 120),
    tasks,
    uploads: [...scope.uploads],
    endpoint: kind === 'onlineDeployment' ? endpointName(members.endpoint_name) : null,
    egress: egress === 'enabled' || egress === 'disabled' ? egress : null,
    unseen: [...scope.unseen],
  };
}
