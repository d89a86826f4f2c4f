// What a job names in the workspace: data, models, environments and components, from the bodies that Azure gives of them. Which of
// them must still be read is said, so that no more is asked for than the job names.

import type { AssetName, DataUse, EnvironmentNeed, JobFile, JobNote, JobTask } from '../model/job.ts';
import { isObject, type Json } from '../model/json.ts';
import { valueAt } from '../model/pointer.ts';
import { clean } from '../model/text.ts';
import { documentIn } from '../yaml/documents.ts';
import { assetOf, commandHosts, imageHost, packageHosts, placeOf, publishedEnvironment } from './places.ts';
import { unseenComponent } from './read-job.ts';

/** What is known of a resource: `unread` where it was not asked for yet. */
export type AssetLookup = (
  id: string,
) =>
  | { readonly state: 'read'; readonly body: Json }
  | { readonly state: 'missing' }
  | { readonly state: 'unread' }
  | { readonly state: 'gap'; readonly reason: string };

type Found =
  | { readonly state: 'read'; readonly id: string; readonly body: Json }
  | { readonly state: 'unread' }
  | { readonly state: 'note'; readonly note: JobNote };

const words: Readonly<Record<AssetName['kind'], string>> = {
  data: 'data asset',
  models: 'model',
  environments: 'environment',
  components: 'component',
};
const abouts = { data: 'data', models: 'data', environments: 'environment', components: 'component' } as const;
const textIn = (body: Json | undefined, pointer: string): string | undefined => {
  const value = valueAt(body, pointer);
  return typeof value === 'string' && value !== '' ? value : undefined;
};

/** `toRead`: ids that the job depends on and that are unread. */
export function resolveJob(
  job: JobFile,
  workspace: string,
  lookup: AssetLookup,
): { readonly job: JobFile; readonly toRead: readonly string[] } {
  const toRead = new Set<string>();
  const unseen = new Set(job.unseen);
  const known: AssetLookup = (id) => {
    const found = lookup(id);
    if (found.state === 'unread') toRead.add(id);
    return found;
  };
  const tasks = job.tasks.map((task) => resolved(task, { workspace, lookup: known, unseen }));
  return { job: { ...job, tasks, unseen: [...unseen] }, toRead: [...toRead] };
}

interface Around {
  readonly workspace: string;
  readonly lookup: AssetLookup;
  readonly unseen: Set<string>;
}

function resolved(task: JobTask, around: Around): JobTask {
  const notes: JobNote[] = [];
  const noted = (found: Found): void => {
    if (found.state === 'note') notes.push(found.note);
  };
  let { environment, hosts } = task;
  let component = task.component;
  if (component !== null) {
    const found = versionOf(component, around);
    noted(found);
    if (found.state === 'read') {
      const spec = valueAt(found.body, '/properties/componentSpec');
      around.unseen.delete(unseenComponent(component.reference, task.name));
      component = null;
      environment ??= environmentIn(valueAt(spec, '/environment'), around);
      hosts = [...hosts, ...commandHosts(textIn(spec, '/command') ?? '')];
      if (isObject(valueAt(spec, '/jobs') ?? null)) {
        around.unseen.add(`steps of the pipeline component ${clean(task.component?.name, 120)}`);
      }
    }
  }
  if (environment?.asset != null) {
    const found = versionOf(environment.asset, around);
    noted(found);
    if (found.state === 'read') environment = readEnvironment(environment, found.body, around);
  }
  const data = task.data.map((use): DataUse => {
    if (use.place.kind !== 'asset') return use;
    const { asset } = use.place;
    const found = versionOf(asset, around);
    noted(found.state === 'note' ? { ...found, note: { ...found.note, subject: use.name } } : found);
    const uri =
      found.state === 'read' ? textIn(found.body, asset.kind === 'models' ? uris.models : uris.data) : undefined;
    return uri === undefined ? use : { ...use, place: placeOf(uri) };
  });
  return { ...task, environment, component, hosts, data, notes };
}

const uris = { data: '/properties/dataUri', models: '/properties/modelUri' } as const;

/** The version that is named, or the latest, which its container shows. */
function versionOf(asset: AssetName, { workspace, lookup }: Around): Found {
  const { kind, name, version, label } = asset;
  const called = `${words[kind]} ${clean(name, 80)}`;
  const note = (verdict: JobNote['verdict'], because: string, gaps: readonly string[] = []): Found => ({
    state: 'note',
    note: { about: abouts[kind], subject: clean(name, 80), verdict, because, gaps },
  });
  if (label !== null) {
    return note(
      'unknown',
      `Which version of ${called} has the label ${clean(label, 40)} is known to the service only.`,
    );
  }
  const container = `${asset.workspace ?? workspace}/${kind}/${name}`;
  const at = (id: string, what: string): Found => {
    const found = lookup(id);
    if (found.state === 'read') return { state: 'read', id, body: found.body };
    if (found.state === 'unread') return { state: 'unread' };
    if (found.state === 'missing') return note('fails', `The workspace has no ${what}.`);
    return note('unknown', `Could not read ${what}: ${clean(found.reason, 200)}`, [id]);
  };
  if (version !== null) return at(`${container}/versions/${version}`, `version ${clean(version, 40)} of ${called}`);
  const found = at(container, called);
  if (found.state !== 'read') return found;
  const latest = textIn(found.body, '/properties/latestVersion');
  if (latest === undefined) return note('fails', `The ${called} has no version.`);
  return at(`${container}/versions/${latest}`, `version ${clean(latest, 40)} of ${called}`);
}

/** The environment that a component names, or describes. */
function environmentIn(value: Json | undefined, around: Around): EnvironmentNeed | null {
  if (typeof value === 'string') {
    const published = publishedEnvironment(value);
    if (published !== null) return published;
    const asset = assetOf(value, 'environments');
    return { name: asset.name, from: 'workspace', builds: 'maybe', asset, hosts: [] };
  }
  if (!isObject(value ?? null)) return null;
  const name = textIn(value, '/name') ?? 'environment of the component';
  return needOf(clean(name, 120), value, 'yes', around);
}

const readEnvironment = (environment: EnvironmentNeed, body: Json, around: Around): EnvironmentNeed => {
  if (textIn(body, '/properties/environmentType') === 'Curated') {
    return { ...environment, from: 'mcr.microsoft.com', builds: 'no', asset: null, hosts: [] };
  }
  return needOf(environment.name, valueAt(body, '/properties'), 'maybe', around) ?? environment;
};

/** An image alone is pulled; packages or a Dockerfile are built into one of the workspace's registry, `builds`: surely or perhaps. */
function needOf(
  name: string,
  value: Json | undefined,
  builds: 'yes' | 'maybe',
  { unseen }: Around,
): EnvironmentNeed | null {
  const image = textIn(value, '/image');
  const conda = valueAt(value, '/condaFile') ?? valueAt(value, '/conda_file');
  const hasConda = conda !== undefined && conda !== null && conda !== '';
  if (isObject(valueAt(value, '/build') ?? null) && image === undefined) {
    unseen.add(`${name}: base image and packages of the Dockerfile`);
    return { name, from: 'workspace', builds, asset: null, hosts: [] };
  }
  if (image === undefined) return null;
  const host = imageHost(image);
  if (!hasConda) return { name, from: host, builds: 'no', asset: null, hosts: [] };
  const base = { host, use: `base image ${clean(image, 120)}` };
  return { name, from: 'workspace', builds, asset: null, hosts: [base, ...packageHosts(definitionOf(conda))] };
}

/** A conda file, which Azure keeps as text. */
function definitionOf(conda: Json): unknown {
  if (typeof conda !== 'string') return conda;
  try {
    const document = documentIn(conda, { logLevel: 'error' });
    return document.errors.length > 0 ? null : (document.toJS({ maxAliasCount: 100 }) as unknown);
  } catch {
    return null;
  }
}
