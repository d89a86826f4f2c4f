// `--from`: files made a snapshot. A Bastide snapshot, an array or `{value:[...]}` of ARM resources (`az`, Resource Graph), or a
// single resource; several files are one. What is not in them is a gap, never a pass. Pure: the texts are handed in.
import { kindOf, subnetsOf } from '../kinds/index.ts';
import { exitStatus, Failure } from '../model/failure.ts';
import { isArray, isObject, type Json, JsonError, type JsonObject, parseJson } from '../model/json.ts';
import { member } from '../model/pointer.ts';
import type { Resource } from '../model/resource.ts';
import { fold, nameOf, parentId, sameId, subscriptionOf, typeOf } from '../model/resource-id.ts';
import type { Collection, Gap, Snapshot } from '../model/snapshot.ts';
import { clean } from '../model/text.ts';
import { inTreeOrder } from './collector.ts';

export interface FileText {
  readonly path: string;
  readonly text: string;
}
export interface FromOptions {
  /** Every resource is in scope, whatever workspace the files hold. */
  readonly allResources: boolean;
  /** Name or id, where the files hold several. */
  readonly workspace?: string;
  now(): Date;
  newId(): string;
}

const workspaceType = 'Microsoft.MachineLearningServices/workspaces';
const networkType = 'Microsoft.Network/virtualNetworks';

const unusable = (path: string, what: string, next: string): Failure =>
  new Failure('unreadable-file', exitStatus.usage, `${clean(path, 300)}: ${what}`, next, { file: path });
const expected =
  'Give a snapshot of `bastide scan`, or an array of ARM resources as `az resource show` or Resource Graph print them.';

/** Throws Failure (exit 2) naming the file and what is wrong with it. */
export function snapshotFromTexts(files: readonly FileText[], options: FromOptions): Snapshot {
  const read = files.map((file) => ({ file, json: jsonOf(file) }));
  const snapshots = read.flatMap(({ file, json }) => {
    const found = snapshotIn(json);
    return found === undefined ? [] : [checkedSnapshot(found, file.path)];
  });
  const loose = read
    .filter(({ json }) => snapshotIn(json) === undefined)
    .flatMap(({ file, json }) => resourcesIn(json, file.path));
  const [only] = snapshots;
  const resources = withSubnets(unique([...snapshots.flatMap((one) => one.resources), ...loose]));
  const base: Snapshot = {
    schema: 'bastide/snapshot/v1',
    id: only?.id ?? options.newId(),
    takenAt: only?.takenAt ?? options.now().toISOString(),
    source: { kind: 'files', name: files.map(({ path }) => path).join(', ') },
    workspace: options.allResources ? null : workspaceOf(resources, snapshots, options.workspace),
    identity: only?.identity ?? null,
    requests: 0,
    resources,
    collections: collectionsOf(snapshots, loose),
    permissions: snapshots.flatMap((one) => one.permissions),
    gaps: [],
    intents: Object.assign({}, ...snapshots.map((one) => one.intents)),
  };
  return { ...base, gaps: gapsOf(base, snapshots) };
}

function jsonOf({ path, text }: FileText): Json {
  try {
    return parseJson(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    throw unusable(path, `it is not JSON: ${clean(error.message, 200)}`, expected);
  }
}

/** The snapshot itself, or the one in the envelope of `scan --format json`. */
function snapshotIn(json: Json): JsonObject | undefined {
  if (!isObject(json)) return undefined;
  const schema = member(json, 'schema');
  if (schema === 'bastide/snapshot/v1') return json;
  const result = member(json, 'result');
  return schema === 'bastide/v1' && isObject(result) && member(result, 'schema') === 'bastide/snapshot/v1'
    ? result
    : undefined;
}

function checkedSnapshot(json: JsonObject, path: string): Snapshot {
  const bad = (what: string) =>
    unusable(path, `the snapshot is damaged: ${what}.`, 'Take it again with `bastide scan --output FILE`.');
  const lists = ['resources', 'collections', 'permissions', 'gaps'];
  for (const name of lists) if (!isArray(member(json, name))) throw bad(`${name} is not a list`);
  const strings = ['id', 'takenAt'];
  for (const name of strings) if (typeof member(json, name) !== 'string') throw bad(`${name} is not a text`);
  const texts = (item: Json, names: readonly string[]) =>
    isObject(item) && names.every((name) => typeof member(item, name) === 'string');
  const each = (name: string, test: (item: Json) => boolean) => {
    const at = (member(json, name) as readonly Json[]).findIndex((item) => !test(item));
    if (at >= 0) throw bad(`${name}[${at}] is not what it should be`);
  };
  each(
    'resources',
    (item) => texts(item, ['id', 'type', 'apiVersion']) && isObject(item) && isObject(member(item, 'body')),
  );
  each('collections', (item) => texts(item, ['id']) && isObject(item) && isTexts(member(item, 'members')));
  each(
    'permissions',
    (item) =>
      texts(item, ['scope']) &&
      isObject(item) &&
      isTexts(member(item, 'actions')) &&
      isTexts(member(item, 'notActions')),
  );
  each('gaps', (item) => texts(item, ['id', 'reason', 'action']));
  const workspace = member(json, 'workspace');
  if (workspace !== null && typeof workspace !== 'string') throw bad('workspace is neither an id nor null');
  if (!isObject(member(json, 'intents'))) throw bad('intents is not an object');
  return json as unknown as Snapshot;
}
const isTexts = (value: Json | undefined) => isArray(value) && value.every((item) => typeof item === 'string');

function resourcesIn(json: Json, path: string): Resource[] {
  const list = isObject(json) ? (member(json, 'value') ?? member(json, 'data')) : json;
  const items = isArray(list) ? list : [json];
  const isTemplate = isObject(json) && /deploymentTemplate/i.test(String(member(json, '$schema') ?? ''));
  if (isTemplate) throw unusable(path, 'it is an ARM template, which this version does not read.', expected);
  return items.map((item, index) => {
    const id = isObject(item) ? member(item, 'id') : undefined;
    if (!isObject(item) || typeof id !== 'string' || !/^\/subscriptions\/[^/]+/i.test(id)) {
      const which = isArray(list) ? `item ${index}` : 'it';
      throw unusable(path, `${which} is not an ARM resource: it has no id that begins with /subscriptions/.`, expected);
    }
    const kind = kindOf(typeOf(id));
    const version = member(item, 'apiVersion');
    const etag = member(item, 'etag');
    return {
      id,
      type: kind.type,
      apiVersion: typeof version === 'string' ? version : kind.apiVersion,
      body: item,
      ...(typeof etag === 'string' ? { etag } : {}),
    };
  });
}

const unique = (resources: readonly Resource[]): Resource[] =>
  [...new Map(resources.map((resource) => [fold(resource.id), resource])).values()].toSorted(inTreeOrder);

/** Networks hold their subnets; a subnet that is in the files by itself stands as it is there. */
function withSubnets(resources: readonly Resource[]): Resource[] {
  const inline = resources
    .filter(({ type }) => fold(type) === fold(networkType))
    .flatMap((network) => subnetsOf(network));
  return unique([...inline, ...resources]);
}

function workspaceOf(
  resources: readonly Resource[],
  snapshots: readonly Snapshot[],
  wanted: string | undefined,
): string | null {
  const all = resources.filter(({ type }) => fold(type) === fold(workspaceType)).map(({ id }) => id);
  const known = snapshots.flatMap(({ workspace }) => workspace ?? []);
  const ids = [...new Map([...known, ...all].map((id) => [fold(id), id])).values()];
  const fitting =
    wanted === undefined ? ids : ids.filter((id) => sameId(id, wanted) || fold(nameOf(id)) === fold(wanted));
  if (fitting.length === 1) return fitting[0] ?? null;
  if (fitting.length === 0 && wanted === undefined) return null;
  const list = ids.map((id) => clean(id, 300)).join(', ');
  throw new Failure(
    'which-workspace',
    exitStatus.usage,
    fitting.length === 0
      ? `The files hold no workspace ${clean(wanted ?? '', 100)}${ids.length > 0 ? `, but ${list}` : ''}.`
      : `The files hold ${ids.length} workspaces: ${list}.`,
    'Name one with --workspace, or judge everything with --all-resources.',
  );
}

/** The list a resource belongs to: a child's under its parent, a top-level one's in its subscription. */
function listOf({ id, type }: Resource): string | undefined {
  const parent = parentId(id);
  if (parent !== undefined) return `${parent}/${type.split('/').at(-1)}`;
  const subscription = subscriptionOf(id);
  return subscription === undefined ? undefined : `/subscriptions/${subscription}/providers/${type}`;
}

/** What the files show of a list counts as the list; a list of which they show nothing was not read. */
function collectionsOf(snapshots: readonly Snapshot[], loose: readonly Resource[]): Collection[] {
  const shown = Map.groupBy(loose, (resource) => fold(listOf(resource) ?? ''));
  const made = [...shown].flatMap(([, members]): Collection[] => {
    const id = members[0] && listOf(members[0]);
    return id === undefined ? [] : [{ id, members: members.map((resource) => resource.id) }];
  });
  const all = [...made, ...snapshots.flatMap(({ collections }) => collections)];
  return [...new Map(all.map((collection) => [fold(collection.id), collection])).values()];
}

/** The snapshots' own gaps, less what another file fills; and the lists of the workspace that no file shows. */
function gapsOf(snapshot: Snapshot, snapshots: readonly Snapshot[]): Gap[] {
  const inHand = new Set([...snapshot.resources, ...snapshot.collections].map(({ id }) => fold(id)));
  const lists =
    snapshot.workspace === null ? [] : ['computes', 'datastores'].map((name) => `${snapshot.workspace}/${name}`);
  const missing = lists.map(
    (id): Gap => ({
      id,
      reason: `The ${nameOf(id)} of ${nameOf(snapshot.workspace ?? '')} are not in the files.`,
      action: `${workspaceType}/${nameOf(id)}/read`,
    }),
  );
  const all = [...missing, ...snapshots.flatMap(({ gaps }) => gaps)].filter(({ id }) => !inHand.has(fold(id)));
  return [...new Map(all.map((gap) => [fold(gap.id), gap])).values()];
}
