// `--from`: files made a snapshot. A Bastide snapshot, ARM templates with their parameter files, plans and states of Terraform, and
// resources in the shapes of `files/shapes.ts`; several files are one. What is not in them is a read failure, never a pass. Pure: the texts are passed in.

import { writeVersionOf } from '../model/api-versions.ts';
import { exitStatus, Failure, isFailure } from '../model/failure.ts';
import type { JsonObject } from '../model/json.ts';
import { fewIds, insteadOf } from '../model/nearest.ts';
import { member } from '../model/pointer.ts';
import { hubOf } from '../model/posture.ts';
import type { Resource } from '../model/resource.ts';
import { distinctIds, fold, nameOf, parentId, sameId, subscriptionOf, typeOf } from '../model/resource-id.ts';
import { withoutSecrets } from '../model/secrets.ts';
import type { Collection, ReadFailure, SkippedFile, Snapshot } from '../model/snapshot.ts';
import { clean } from '../model/text.ts';
import {
  asDeclared,
  clusterAsDeclared,
  connectionsOf,
  connectionTargets,
  locksOf,
  managedClusterType,
  peeringsOf,
  resourceTypeOf,
  routesOf,
  securityRulesOf,
  subnetsOf,
} from '../resource-types/index.ts';
import { inHand, type ParameterChoice, placeholderId, settleObject } from '../template/index.ts';
import { isTerraform } from '../terraform/index.ts';
import { inTreeOrder } from './collector.ts';
import { once, withFollowing } from './files/deployed.ts';
import { stemOf } from './files/deployments.ts';
import { type Document, documentsOf, type FileText, readOrSkip, unusable } from './files/documents.ts';
import { lifted } from './files/lift.ts';
import { type Declaration, type Declarations, type Locate, locator } from './files/locations.ts';
import { idIn, itemsOf } from './files/shapes.ts';
import { checkedSnapshot, snapshotIn } from './files/snapshots.ts';
import { respelt } from './files/spelling.ts';
import {
  isParameters,
  isTemplate,
  openChoices,
  resourcesOfTemplates,
  type TemplateOptions,
} from './files/template-files.ts';
import { resourcesOfTerraformFiles } from './files/terraform-files.ts';
import { itemsOfWhatIf } from './files/what-if-results.ts';
import { unwrapped } from './files/wrapped.ts';

export type { FileText };
/** `cloud`: what templates call their environment; the public cloud unless said otherwise. */
export interface FromOptions extends TemplateOptions {
  /** Every resource is in scope, whatever workspace the files hold. */
  readonly allResources: boolean;
  /** Name or id, where the files hold several. */
  readonly workspace?: string;
  /** Templates that define a workspace are a part of what will be there, so that what they do not declare is not known. */
  readonly partial?: boolean;
  /** What the source is called; the paths of the files unless given. */
  readonly name?: string;
  now(): Date;
  newId(): string;
}

/** Of all files together. */
const mostResources = 50_000;
const workspaceType = 'Microsoft.MachineLearningServices/workspaces';
const networkType = 'Microsoft.Network/virtualNetworks';
const registryType = 'Microsoft.ContainerRegistry/registries';

export interface FilesRead {
  readonly snapshot: Snapshot;
  readonly locate: Locate;
  /** Parameters of templates without a value, and what they may be. */
  readonly choices: readonly ParameterChoice[];
}

/** Throws Failure (exit 2) naming the file and what is wrong with it. */
export const snapshotFromTexts = (files: readonly FileText[], options: FromOptions): Snapshot =>
  readFiles(files, options).snapshot;

/** The same; undefined where a value of a parameter takes a template past the limits. */
export function snapshotIfReadable(files: readonly FileText[], options: FromOptions): Snapshot | undefined {
  try {
    return snapshotFromTexts(files, options);
  } catch (error) {
    if (isFailure(error)) return undefined;
    throw error;
  }
}

/** The same, and where the files declare the resource of a finding. */
export function readFiles(files: readonly FileText[], options: FromOptions): FilesRead {
  const skipped: SkippedFile[] = [];
  const documents = files.flatMap((file) => readOrSkip(file, skipped, () => documentsOf(file)) ?? []);
  const inSnapshots: [string, Declaration][] = [];
  const snapshots = documents.flatMap(({ json, path, file }) => {
    const found = snapshotIn(json);
    const snapshot = found && readOrSkip(file, skipped, () => checkedSnapshot(found, path));
    if (snapshot === undefined) return [];
    for (const { id, body } of snapshot.resources) inSnapshots.push([fold(id), { file, json: body }]);
    return [snapshot];
  });
  const others = documents.filter(({ json }) => snapshotIn(json) === undefined).flatMap(unwrapped);
  const loose = looseIn(others, new Set(snapshots.flatMap((one) => one.resources.map(({ id }) => fold(id)))), {
    partial: options.partial ?? false,
    cloud: options.cloud,
    values: options.values ?? {},
    place: options.place,
    skipped,
  });
  const [only] = snapshots;
  const name = options.name ?? files.map(({ path }) => path).join(', ');
  const count = loose.resources.length + snapshots.reduce((sum, one) => sum + one.resources.length, 0);
  if (count > mostResources) {
    throw unusable(
      name,
      `the files contain ${count} resources; at most ${mostResources} are read.`,
      'Pass fewer at a time.',
    );
  }
  const resources = withParts(unique([...snapshots.flatMap((one) => one.resources), ...loose.resources])).map(
    (resource) => ({ ...resource, body: withoutSecrets(resource.body) }),
  );
  const isFolder = files.some(({ role }) => role === 'folder');
  const base: Snapshot = {
    schema: 'bastide/snapshot/v1',
    id: only?.id ?? options.newId(),
    takenAt: only?.takenAt ?? options.now().toISOString(),
    source: { kind: 'files', name },
    workspace: options.allResources ? null : workspaceOf(resources, snapshots, options.workspace, isFolder),
    identity: only?.identity ?? null,
    requests: 0,
    resources,
    collections: collectionsOf(snapshots, loose.whole, options.partial === true ? [] : declaredLists(loose)),
    permissions: snapshots.flatMap((one) => one.permissions),
    gaps: [],
    ...(isWhole(snapshots, loose, skipped) && options.partial !== true ? { isWhole: true as const } : {}),
    ...(isFolder ? { skipped } : {}),
    intents: Object.assign({}, ...snapshots.map((one) => one.intents)),
    ...tagsOf(snapshots),
  };
  const whole = { ...base, gaps: [...gapsOf(base, snapshots), ...loose.gaps] };
  const declarations = new Map([...inSnapshots, ...loose.declarations]);
  return {
    snapshot: withFollowing(whole, loose.made),
    locate: locator(documents, declarations),
    choices: loose.choices,
  };
}

/** Templates alone, of which no part is elsewhere; or one snapshot made of such. */
const isWhole = (snapshots: readonly Snapshot[], loose: Loose, skipped: readonly SkippedFile[]): boolean =>
  loose.resources.length === 0
    ? snapshots.length === 1 && snapshots[0]?.isWhole === true
    : snapshots.length + skipped.length === 0 && !loose.isPart && loose.made.length === loose.resources.length;

/** The service tags of the first snapshot that holds some. */
function tagsOf(snapshots: readonly Snapshot[]): Pick<Snapshot, 'serviceTags'> {
  const found = snapshots.find(({ serviceTags }) => serviceTags !== undefined)?.serviceTags;
  return found === undefined ? {} : { serviceTags: found };
}

interface Loose {
  readonly resources: readonly Resource[];
  /** Those of answers that do not go on elsewhere: what is shown of a list is the list. */
  readonly whole: readonly Resource[];
  /** Those that templates make. */
  readonly made: readonly Resource[];
  readonly gaps: readonly ReadFailure[];
  readonly declarations: Declarations;
  /** Templates leave a part of what will be there to other files. */
  readonly isPart: boolean;
  readonly choices: readonly ParameterChoice[];
}

type LooseOptions = TemplateOptions & { readonly partial: boolean; readonly skipped: SkippedFile[] };

/** What is no snapshot: templates with their parameters, and resources. `known`: ids that snapshots hold, in lower case. */
function looseIn(documents: readonly Document[], known: ReadonlySet<string>, options: LooseOptions): Loose {
  const templates = documents.filter(({ json }) => isTemplate(json));
  const parameters = documents.filter(({ json }) => isParameters(json));
  const plans = documents.filter(({ json }) => isTerraform(json));
  const plain = documents
    .filter((one) => !templates.includes(one) && !parameters.includes(one) && !plans.includes(one))
    .flatMap((one) => readOrSkip(one.file, options.skipped, () => plainIn(one, options.partial)) ?? []);
  const made = resourcesOfTemplates(templates, parameters, options, options.skipped);
  const planned = resourcesOfTerraformFiles(plans, options.skipped);
  const found = plain.flatMap(({ resources }) => resources);
  // Of thousands of resources that no template refers to it would be names in vain.
  const ids = made.resources.length === 0 ? [] : [...found, ...made.resources].map(({ id }) => id);
  const hand = inHand(ids, known);
  const settled = once([
    ...made.resources.map((one) => asMade({ ...one, body: respelt(settleObject(one.body, hand)) })),
    ...planned.resources.map((one) => ({ ...one, body: respelt(one.body) })),
  ]).map((one) => (fold(one.type) === fold(registryType) ? asDeclared(one) : one));
  return {
    resources: [...found, ...settled],
    whole: [...plain.flatMap(({ cut, resources }) => (cut === undefined ? resources : [])), ...settled],
    made: settled,
    gaps: [...plain.flatMap(({ gaps }) => gaps), ...made.gaps, ...planned.gaps],
    isPart: made.isPart,
    choices: openChoices(templates, parameters, options.values ?? {}),
    declarations: new Map([
      ...plain.flatMap(({ declarations }) => declarations),
      ...made.declarations,
      ...planned.declarations,
    ]),
  };
}

/** The resources of a document that is neither a template nor a plan. */
function plainIn(one: Document, partial: boolean) {
  const { items, cut, notes = [] } = itemsOfWhatIf(one) ?? itemsOf(one);
  if (cut !== undefined && !partial) throw incomplete(one.path, cut);
  const resources = items.map(({ json }) => resourceOf(json, one.path));
  const declarations = resources.map(({ id }, at): [string, Declaration] => {
    const { declared = {}, body = [] } = items[at] ?? {};
    return [fold(id), { file: one.file, json: declared, body }];
  });
  return { cut, resources, declarations, gaps: notes.map((note): ReadFailure => ({ ...note, action: '' })) };
}

const asMade = (one: Resource): Resource =>
  fold(one.type) === fold(managedClusterType) ? clusterAsDeclared(one) : one;

/** A list of which a part is missing would pass for the whole. */
const incomplete = (path: string, cut: string) =>
  unusable(
    path,
    `the response is incomplete: ${cut} shows that there are more pages.`,
    'Export every page (az graph query --first 1000 --skip-token TOKEN), or pass --partial.',
  );

/** One resource of a file. Without an id, as templates have it, it stands in the placeholder group of its file. */
function resourceOf(item: JsonObject, path: string): Resource {
  const stated = respelt(item);
  const names = ['type', 'name'].map((name) => String(member(stated, name) ?? ''));
  const id = idIn(stated) ?? placeholderId(stemOf(path), names[0] ?? '', names[1] ?? '');
  const kind = resourceTypeOf(typeOf(id));
  const whole = lifted(stated, kind.type, path);
  const body = whole === stated ? stated : respelt(whole);
  const version = member(body, 'apiVersion');
  const etag = member(body, 'etag');
  return {
    id,
    type: kind.type,
    // Clients that do not name theirs use no preview, and not the newest.
    apiVersion: typeof version === 'string' ? version : writeVersionOf(kind.type),
    body,
    ...(typeof etag === 'string' ? { etag } : {}),
  };
}

const unique = (resources: readonly Resource[]): Resource[] =>
  inTreeOrder(new Map(resources.map((resource) => [fold(resource.id), resource])).values());

/** What lies inside another in hand, as the scan keeps it; what is in the files by itself stands as it is there. */
function withParts(resources: readonly Resource[]): Resource[] {
  const inline = resources
    .filter(({ type }) => fold(type) === fold(networkType))
    .flatMap((network) => [...subnetsOf(network), ...peeringsOf(network)]);
  const targets = resources.filter(({ type }) => hasConnections(type)).flatMap(connectionsOf);
  return unique([
    ...inline,
    ...resources.flatMap(securityRulesOf),
    ...resources.flatMap(routesOf),
    ...targets,
    ...resources,
  ]);
}

const connected = new Set(connectionTargets.map(fold));
const hasConnections = (type: string): boolean => connected.has(fold(type));

function workspaceOf(
  resources: readonly Resource[],
  snapshots: readonly Snapshot[],
  wanted: string | undefined,
  isFolder: boolean,
): string | null {
  const all = resources.filter(({ type }) => fold(type) === fold(workspaceType)).map(({ id }) => id);
  const known = snapshots.flatMap(({ workspace }) => workspace ?? []);
  const ids = distinctIds([...known, ...all]);
  const fitting =
    wanted === undefined ? ids : ids.filter((id) => sameId(id, wanted) || fold(nameOf(id)) === fold(wanted));
  // Of a folder each workspace is checked, and what belongs to none.
  if (isFolder && wanted === undefined) return null;
  if (fitting.length === 1) return fitting[0] ?? null;
  if (fitting.length === 0 && wanted === undefined) return null;
  const hub = wanted === undefined ? hubOfOthers(resources, ids) : undefined;
  if (hub !== undefined) return hub;
  throw new Failure(
    'which-workspace',
    exitStatus.usage,
    fitting.length === 0
      ? `The files contain no workspace ${clean(wanted ?? '', 100)}${insteadOf(wanted, ids, 'they contain')}.`
      : `The files contain ${ids.length} workspaces: ${fewIds(ids)}.`,
    'Select one with --workspace, or check all resources with --all-resources.',
  );
}

/** The workspace of which all others are projects: theirs are its network settings. */
function hubOfOthers(resources: readonly Resource[], ids: readonly string[]): string | undefined {
  const byId = new Map(resources.map((one) => [fold(one.id), one]));
  return ids.find((hub) =>
    ids.every((id) => {
      const one = byId.get(fold(id));
      return sameId(id, hub) || (one !== undefined && sameId(hubOf(one), hub));
    }),
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
function collectionsOf(
  snapshots: readonly Snapshot[],
  loose: readonly Resource[],
  declared: readonly Collection[],
): Collection[] {
  const shown = Map.groupBy(loose, (resource) => fold(listOf(resource) ?? ''));
  const made = [...shown].flatMap(([, members]): Collection[] => {
    const id = members[0] && listOf(members[0]);
    return id === undefined ? [] : [{ id, members: members.map((resource) => resource.id) }];
  });
  const all = [...declared, ...made, ...snapshots.flatMap(({ collections }) => collections)];
  return [...new Map(all.map((collection) => [fold(collection.id), collection])).values()];
}

/** Lists inside a resource that are declared with the resource. */
const ownLists: Readonly<Record<string, readonly string[]>> = {
  [fold(workspaceType)]: ['computes', 'datastores', 'onlineEndpoints', 'outboundRules'],
  'microsoft.network/privateendpoints': ['privateDnsZoneGroups'],
  'microsoft.network/privatednszones': ['virtualNetworkLinks'],
  'microsoft.network/firewallpolicies': ['ruleCollectionGroups'],
  'microsoft.containerservice/managedclusters': ['trustedAccessRoleBindings'],
};

/**
 * Templates that define a workspace are taken for all that will be there: what they do not declare does not exist. Not so where a
 * part of them is elsewhere.
 */
function declaredLists({ made, isPart }: Loose): Collection[] {
  const workspaces = made.filter(({ type }) => fold(type) === fold(workspaceType));
  if (isPart || workspaces.length === 0) return [];
  const none = (id: string): Collection => ({ id, members: [] });
  const locks = made.filter(({ type }) => fold(type) === 'microsoft.authorization/locks').map(({ id }) => id);
  const subscriptions = [...new Set(workspaces.flatMap(({ id }) => subscriptionOf(id) ?? []))];
  return [
    ...made.flatMap(({ id, type }) => (ownLists[fold(type)] ?? []).map((list) => none(`${id}/${list}`))),
    ...subscriptions.flatMap((id) => [
      none(`/subscriptions/${id}/providers/Microsoft.Network/privateEndpoints`),
      { id: locksOf(id), members: locks.filter((lock) => sameId(subscriptionOf(lock), id)) },
    ]),
  ];
}

/** The snapshots' own gaps, less what another file fills; and the lists of each workspace in scope that no file shows. */
function gapsOf(snapshot: Snapshot, snapshots: readonly Snapshot[]): ReadFailure[] {
  const inHand = new Set([...snapshot.resources, ...snapshot.collections].map(({ id }) => fold(id)));
  const inFiles = snapshot.resources.filter(({ type }) => fold(type) === fold(workspaceType)).map(({ id }) => id);
  const workspaces = snapshot.workspace === null ? inFiles : [snapshot.workspace];
  const missing = workspaces.flatMap((workspace) =>
    ['computes', 'datastores', 'onlineEndpoints'].map(
      (name): ReadFailure => ({
        id: `${workspace}/${name}`,
        reason: `The ${resourceTypeOf(`${workspaceType}/${name}`).plural} of ${nameOf(workspace)} are not in the files.`,
        action: `${workspaceType}/${name}/read`,
      }),
    ),
  );
  const all = [...missing, ...snapshots.flatMap(({ gaps }) => gaps)].filter(({ id }) => !inHand.has(fold(id)));
  return [...new Map(all.map((gap) => [fold(gap.id), gap])).values()];
}
