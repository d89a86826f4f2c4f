// Who may read and write the data behind a datastore or an address, and pull the image: by the key that the workspace keeps, where the account allows
// keys, or by the role assignments of the identity that a task runs as.

import type { JobTask } from '../../model/job.ts';
import type { Json } from '../../model/json.ts';
import { member, memberNames, valueAt } from '../../model/pointer.ts';
import { readable } from '../../model/readable.ts';
import type { Resource } from '../../model/resource.ts';
import { fold, nameOf, sameId, subscriptionOf } from '../../model/resource-id.ts';
import { clean } from '../../model/text.ts';
import { booleanAt, objectAt, textAt } from '../../resource-types/read.ts';
import { assignedIn, knownRoles, roleAssignmentView } from '../../resource-types/role-assignment.ts';
import { computeView, datastoreView } from '../../resource-types/workspace-view.ts';
import { isGen2 } from '../accounts.ts';
import { defaultAccountId, isRegistry, registryType, workspaceInHand } from '../links.ts';
import { onlineEndpointsOf } from '../online-endpoints.ts';
import { type Check, type Context, check, type TaskSource } from './checks.ts';
import { allowanceOf, type Right } from './roles.ts';

/** What names the data, a datastore or an address, and what it holds to sign in with. */
interface Held {
  readonly is: 'datastore' | 'address';
  readonly name: string;
  /** Where the account refuses keys, and this holds one. */
  readonly withKey: string;
  readonly withoutKey: string;
  /** `None` where it holds nothing; undefined where that is not shown. */
  readonly credentials: string | undefined;
  /** Of a shared access signature whether a key signed it, where that is shown. */
  readonly isOfKey?: boolean;
  readonly of: 'blob' | 'file';
  /** Container, file system or share; undefined where it is not shown. */
  readonly container: string | undefined;
}

export const heldByAddress = (held: Pick<Held, 'of' | 'container' | 'credentials' | 'isOfKey'>): Held => ({
  ...{ is: 'address', name: 'the address', withKey: 'one signed the address', withoutKey: 'The address holds no key' },
  ...held,
});

export function heldBy(datastore: Resource): Held {
  const { credentials, datastoreType } = datastoreView(datastore);
  const share = textAt(datastore.body, '/properties/fileShareName');
  const container =
    textAt(datastore.body, '/properties/containerName') ?? textAt(datastore.body, '/properties/filesystem');
  const name = nameOf(datastore.id);
  return {
    ...{ is: 'datastore', name, withKey: `${name} signs in with one`, withoutKey: `${name} keeps no key` },
    credentials,
    of: datastoreType === 'AzureFile' ? 'file' : 'blob',
    container: container ?? share,
  };
}

interface Access {
  readonly held: Held;
  /** Id of the account behind it. */
  readonly account: string | undefined;
  readonly isWrite: boolean;
  /** What is checked, as shown. */
  readonly subject: string;
}

/** How a task signs in to its data, where that decides. */
export function signInChecks(access: Access, task: JobTask, source: TaskSource, context: Context): Check[] {
  const { credentials } = access.held;
  // Nodes of an endpoint load from the default account as its identity, whatever the datastore keeps.
  const isDefault = access.account !== undefined && sameId(access.account, defaultAccountId(context.index));
  if (task.kind === 'onlineDeployment' && isDefault) return endpointReads(access, task, source, context);
  if (credentials === undefined || credentials === 'None') return [byIdentity(access, task, source, context)];
  return byKey(access, credentials, context);
}

function byKey({ held, account, subject }: Access, credentials: string, { failing, index }: Context): Check[] {
  if (account === undefined || !['AccountKey', 'Sas'].includes(credentials)) return [];
  const finding = failing.find(
    ({ rule, resource }) => rule === 'storage.shared-key-access' && sameId(account, resource),
  );
  if (finding) return [check(subject, 'fails', clean(finding.because, 400), { findings: [finding.id] })];
  const seen = index.peek(account);
  const refuses = seen.state === 'read' && valueAt(seen.resource.body, '/properties/allowSharedKeyAccess') === false;
  // A shared access signature may be one of a user, which needs no key.
  return refuses && (held.isOfKey ?? credentials === 'AccountKey')
    ? [check(subject, 'fails', `${nameOf(account)} refuses keys (allowSharedKeyAccess is false), and ${held.withKey}.`)]
    : [];
}

/** What an endpoint that exists may read; one that is to be created gets its roles then. */
function endpointReads(access: Access, task: JobTask, source: TaskSource, context: Context): Check[] {
  const caller = callerOf(task, source, context);
  if ('isNew' in caller) return [check(access.subject, 'ok', caller.because)];
  return [byIdentity(access, task, source, context)];
}

type Caller =
  | { readonly principal: string; readonly who: string }
  | { readonly because: string; readonly fails?: true; readonly isNew?: true; readonly gaps?: readonly string[] };

/** The identity that a task reads data as. */
function callerOf(task: JobTask, source: TaskSource, context: Context): Caller {
  const { index } = context;
  if (task.identity === 'user') {
    const principal = index.snapshot.identity?.objectId;
    return principal === undefined ? { because: 'Your object id is not known' } : { principal, who: 'Your identity' };
  }
  if (task.kind === 'onlineDeployment') return ofEndpoint(context);
  if (task.compute.kind === 'serverless' || task.compute.kind === 'default') return ofServerless(task, context);
  const who = `The identity of ${source.label}`;
  const seen = task.compute.kind === 'named' ? index.peek(source.end) : undefined;
  if (seen?.state !== 'read') return { because: `${who} is not known` };
  const { body } = seen.resource;
  const own = textAt(body, '/identity/principalId');
  const given = usersIn(body);
  const principal = own ?? (given.length === 1 ? given[0]?.[1] : undefined);
  if (principal !== undefined) return { principal, who };
  if (given.length > 1) return { because: `${source.label} has ${given.length} identities` };
  if (given[0] !== undefined) return { because: `The principal of ${clean(nameOf(given[0][0]), 60)} is not known` };
  const fails = task.identity === 'managed' ? ({ fails: true } as const) : {};
  return { because: `${source.label} has no managed identity`, ...fails };
}

/** User-assigned identities of a resource, each with its principal where that is shown. */
function usersIn(body: Json): (readonly [string, string | undefined])[] {
  const users = objectAt(body, '/identity/userAssignedIdentities');
  return users === undefined
    ? []
    : memberNames(users).map((name) => [name, textAt(member(users, name), '/principalId')]);
}

/**
 * The identity of the endpoint that a deployment names. One that is system-assigned gets AcrPull on the registry and Storage Blob Data
 * Reader on the default account when the endpoint is created; a user-assigned one gets no role by itself.
 * Source: learn.microsoft.com/azure/machine-learning/concept-endpoints-online-auth, 2023-12-13.
 */
function ofEndpoint({ index, job }: Context): Caller {
  const { workspace } = index.snapshot;
  if (workspace === null || job.endpoint === null) return { because: 'The file does not name its endpoint' };
  const name = clean(job.endpoint, 60);
  const all = readable(() => index.list(onlineEndpointsOf(workspace)));
  if (all.state === 'unreadable')
    return { because: 'The online endpoints could not be read', gaps: [all.error.gap.id] };
  const endpoint = all.value.find(({ id }) => sameId(nameOf(id), name));
  if (endpoint === undefined)
    return {
      because: `Endpoint ${name} does not exist yet: a system-assigned identity gets its roles when it is created, a user-assigned one needs them before.`,
      isNew: true,
    };
  const { body } = endpoint;
  const users = usersIn(body);
  const principal = textAt(body, '/identity/principalId') ?? (users.length === 1 ? users[0]?.[1] : undefined);
  if (principal !== undefined) return { principal, who: `The identity of endpoint ${name}` };
  return users.length > 1
    ? { because: `Endpoint ${name} has ${users.length} identities` }
    : { because: `The identity of endpoint ${name} is not known` };
}

/**
 * Serverless compute has no identity itself: a job runs as its user, or as the user-assigned identity of the workspace. Spark jobs that
 * name none run as their user. Source: learn.microsoft.com/azure/machine-learning/how-to-use-serverless-compute, 2023-05-09, and
 * apache-spark-environment-configuration ("Ensuring resource access for Spark jobs"), 2023-03-06.
 */
function ofServerless(task: JobTask, context: Context): Caller {
  if (task.kind === 'spark' && task.identity === null) return callerOf({ ...task, identity: 'user' }, nowhere, context);
  if (task.identity === null)
    return {
      because: 'Serverless compute has no identity, and the file names none (identity: user_identity or managed)',
    };
  const workspace = workspaceInHand(context.index)?.workspace;
  if (workspace === undefined) return { because: 'The workspace is not known' };
  const users = usersIn(workspace.body);
  const [name, principal] = ofWorkspace(workspace) ?? [];
  if (users.length === 0)
    return {
      because: 'Serverless compute uses a user-assigned identity of the workspace (identity: managed), and it has none',
      fails: true,
    };
  if (name === undefined) return { because: `The workspace has ${users.length} user-assigned identities` };
  if (principal === undefined) return { because: `The principal of ${clean(nameOf(name), 60)} is not known` };
  return { principal, who: `The identity ${clean(nameOf(name), 60)} of the workspace` };
}
const nowhere: TaskSource = { end: '', label: '', about: [] };

const pull: Right = { kind: 'actions', action: 'Microsoft.ContainerRegistry/registries/pull/read' };

/**
 * May the task pull its image? From the registry of the workspace (an id), or from another Azure container registry (its host).
 * An online deployment pulls as its endpoint. Computes sign in with the admin user of the registry of the workspace where that is
 * enabled, else as their first managed identity. Source: learn.microsoft.com/azure/machine-learning/
 * how-to-identity-based-service-authentication ("Azure Container Registry without admin user", "Use a private Azure Container
 * Registry"), 2025-06-10, and Azure's own words where an image is not pulled.
 */
export function pullChecks(task: JobTask, source: TaskSource, registry: string, context: Context): Check[] {
  const { index } = context;
  const name = isRegistry(registry) ? nameOf(registry) : clean(registry, 80);
  const subject = `${source.label} → ${name}`;
  const needs = `The role AcrPull on ${name} is needed.`;
  const seen = isRegistry(registry) ? index.peek(registry) : undefined;
  const body = seen?.state === 'read' ? seen.resource.body : undefined;
  const isOfWorkspace = isRegistry(registry) && sameId(registry, workspaceInHand(index)?.view.containerRegistry);
  if (task.kind !== 'onlineDeployment') {
    if (!isPuller(task, source, context)) return [];
    if (isOfWorkspace && booleanAt(body, '/properties/adminUserEnabled') === true)
      return [
        check(subject, 'ok', `${name} has its admin user enabled, which computes of the workspace sign in with.`),
      ];
    if (isOfWorkspace && seen?.state === 'gap')
      return [check(subject, 'unknown', `${name} could not be read. ${needs}`, { gaps: [registry] })];
  }
  const caller = pullerOf(task, source, context);
  if ('isNew' in caller) return [check(subject, 'ok', caller.because)];
  if ('because' in caller) {
    const { because, gaps = [] } = caller;
    return [check(subject, 'unknown', `${because}. ${needs}`, { gaps })];
  }
  const { principal, who, isWorkspace } = caller;
  if (!isRegistry(registry)) return [pullFromHost(caller, registry, subject, needs, context)];
  if (sameId(textAt(body, '/properties/roleAssignmentMode') ?? '', 'AbacRepositoryPermissions')) {
    const because = `${name} decides by repository (roleAssignmentMode), which is not read.`;
    return [check(subject, 'unknown', because)];
  }
  const missing = isWorkspace
    ? `${source.label} has no managed identity, the admin user of ${name} is disabled, and ${fold(who.slice(0, 1))}${who.slice(1)} may not pull either. Assign an identity with the role AcrPull.`
    : `${who} has no role that allows pulling from ${name}. Assign AcrPull.`;
  const decided = byRoles(
    { principal, who },
    registry,
    pull,
    { subject, doing: 'pulling images', needs, missing },
    context,
  );
  const isOpen = decided.verdict === 'fails' && booleanAt(body, '/properties/anonymousPullEnabled') === true;
  if (isOpen) return [check(subject, 'unknown', `${missing} ${name} allows anonymous pulls as well.`)];
  return isWorkspace && decided.verdict === 'ok'
    ? [
        check(
          subject,
          'unknown',
          `${source.label} has no managed identity, and the admin user of ${name} is disabled: whether Azure pulls as the workspace is not documented. ${needs}`,
        ),
      ]
    : [decided];
}

/** Whether the compute of a task pulls images for it: attached machines and Spark pools run none of the registry. */
function isPuller({ compute }: JobTask, { end }: TaskSource, { index }: Context): boolean {
  if (compute.kind !== 'named') return true;
  const seen = index.peek(end);
  const type = seen.state === 'read' ? computeView(seen.resource).computeType : undefined;
  return type === undefined || ['AmlCompute', 'ComputeInstance', 'Kubernetes', 'AKS'].includes(type);
}

type Puller = Exclude<Caller, { because: string }> & { readonly isWorkspace?: boolean };

/** The identity that pulls: that of the endpoint or compute; where the compute has none, that of the workspace may. */
function pullerOf(
  task: JobTask,
  source: TaskSource,
  context: Context,
): Puller | Exclude<Caller, { principal: string }> {
  const { index } = context;
  if (task.kind === 'onlineDeployment') return callerOf(task, source, context);
  if (task.kind === 'kubernetesDeployment')
    return { because: 'The identity that pulls for an endpoint on Kubernetes is not read' };
  if (task.compute.kind === 'named') {
    const own = callerOf({ ...task, identity: null }, source, context);
    const seen = index.peek(source.end);
    if ('principal' in own || seen.state !== 'read') return own;
    const isNone =
      objectAt(seen.resource.body, '/identity') === undefined || own.because.endsWith('no managed identity');
    if (!isNone) return own;
    if (sameId(computeView(seen.resource).computeType ?? '', 'Kubernetes')) return own;
  }
  const workspace = workspaceInHand(index)?.workspace;
  if (workspace === undefined) return { because: 'The workspace is not shown' };
  const [name, given] = ofWorkspace(workspace) ?? [];
  const principal = task.compute.kind === 'named' ? (textAt(workspace.body, '/identity/principalId') ?? given) : given;
  if (principal !== undefined)
    return task.compute.kind === 'named' || name === undefined
      ? { principal, who: 'The identity of the workspace', isWorkspace: true }
      : { principal, who: `The identity ${clean(nameOf(name), 60)} of the workspace` };
  const system = textAt(workspace.body, '/identity/principalId');
  return system === undefined
    ? { because: 'The identity of the workspace is not shown' }
    : { principal: system, who: 'The identity of the workspace', isWorkspace: true };
}

/** The user-assigned identity of a workspace that jobs use: the primary one, or the only one. */
function ofWorkspace({ body }: Resource): readonly [string, string | undefined] | undefined {
  const users = usersIn(body);
  const primary = textAt(body, '/properties/primaryUserAssignedIdentity');
  return users.find(([one]) => sameId(one, primary)) ?? (users.length === 1 ? users[0] : undefined);
}

/** A registry that is not the workspace's: its subscription is known only where a role on it was read. */
function pullFromHost(caller: Puller, host: string, subject: string, needs: string, context: Context): Check {
  const { index, reads } = context;
  const name = fold(host).split('.')[0] ?? '';
  const subscription = subscriptionOf(index.snapshot.workspace ?? '') ?? '';
  const assigned = readable(() => index.list(assignedIn(caller.principal, subscription)));
  const onIt = assigned.state === 'known' ? assigned.value : [];
  const scope = onIt
    .map((one) => roleAssignmentView(one).scope)
    .find((one) => isRegistry(one) && sameId(nameOf(one), name));
  const registry = scope ?? index.ofType(registryType).find(({ id }) => sameId(nameOf(id), name))?.id;
  const place = registry ?? `/subscriptions/${subscription}/resourceGroups/-/providers/${registryType}/${name}`;
  const found = allowanceOf(caller.principal, place, pull, { index, reads });
  if (registry !== undefined && found.allows === 'yes')
    return check(subject, 'ok', `${caller.who} has the role ${found.role}, which allows pulling images.`);
  const roles =
    registry !== undefined && found.allows === 'no'
      ? `${caller.who} has no role that allows pulling from ${name}`
      : `The roles of ${fold(caller.who.slice(0, 1))}${caller.who.slice(1)} on ${clean(host, 80)} are not known`;
  const because = `${roles}; a connection of the workspace may hold its password instead. ${needs}`;
  return check(subject, 'unknown', because, { gaps: found.allows === 'unknown' ? found.gaps : [] });
}

const actions = {
  blob: 'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/',
  file: 'Microsoft.Storage/storageAccounts/fileServices/fileshares/files/',
} as const;

function byIdentity(access: Access, task: JobTask, source: TaskSource, context: Context): Check {
  const { held, account, isWrite, subject } = access;
  const { index } = context;
  const { of } = held;
  const right: Right = { kind: 'dataActions', action: `${actions[of]}${isWrite ? 'write' : 'read'}` };
  const least = leastRole(right);
  const name = account === undefined ? 'the account' : nameOf(account);
  const isLoaded = task.kind === 'onlineDeployment';
  const why = isLoaded ? 'The nodes of an endpoint load its files as its identity' : held.withoutKey;
  const needs = `${why}, and the role ${least} on ${name} is needed.`;
  const caller = callerOf(task, source, context);
  if ('because' in caller) {
    const { because, fails, gaps = [] } = caller;
    return check(subject, fails ? 'fails' : 'unknown', `${because}. ${needs}`, { gaps });
  }
  if (account === undefined) {
    return check(subject, 'unknown', `The account of ${held.name} is not known. ${needs}`);
  }
  const doing = isWrite ? 'writing' : 'reading';
  const missing = `${caller.who} has no role that allows ${doing} data of ${name}. Assign ${least}.`;
  const decision = byRoles(caller, placeOf(held, account), right, { subject, doing, needs, missing }, context);
  if (decision.verdict === 'fails' && decision.because === missing && isOpen(access, context))
    return check(subject, 'unknown', `${missing} A container with anonymous access needs no role.`);
  const hasLists = of === 'blob' && (isGen2(account, index) || isHierarchical(account, context));
  return decision.verdict === 'fails' && hasLists && decision.because === missing
    ? check(subject, 'unknown', `${missing} An access control list (ACL) of a folder may allow it as well.`)
    : decision;
}

/** The built-in role with the least that holds a right on data. */
const leastRole = ({ action }: Right): string =>
  Object.values(knownRoles)
    .filter(({ permissions }) => permissions.some((one) => one.dataActions.some((each) => sameId(each, action))))
    .at(-1)?.name ?? '';

function byRoles(
  { principal, who }: { readonly principal: string; readonly who: string },
  place: string,
  right: Right,
  { subject, doing, needs, missing }: Readonly<Record<'subject' | 'doing' | 'needs' | 'missing', string>>,
  context: Context,
): Check {
  const found = allowanceOf(principal, place, right, context);
  if (found.allows === 'yes') return check(subject, 'ok', `${who} has the role ${found.role}, which allows ${doing}.`);
  if (found.allows === 'unknown') return check(subject, 'unknown', `${found.because} ${needs}`, { gaps: found.gaps });
  if (found.deniedBy === undefined) return check(subject, 'fails', missing);
  return check(
    subject,
    'fails',
    `Deny assignment ${found.deniedBy} blocks ${doing} for ${fold(who.slice(0, 1))}${who.slice(1)}.`,
  );
}

/** May a container of the account be read without signing in? */
function isOpen({ held, account, isWrite }: Access, { index }: Context): boolean {
  if (held.is !== 'address' || held.of !== 'blob' || isWrite || account === undefined) return false;
  const seen = index.peek(account);
  return seen.state !== 'read' || booleanAt(seen.resource.body, '/properties/allowBlobPublicAccess') !== false;
}

const isHierarchical = (account: string, { index }: Context): boolean => {
  const seen = index.peek(account);
  return seen.state === 'read' && valueAt(seen.resource.body, '/properties/isHnsEnabled') === true;
};

/** Id of the container or share; the account where it is not shown. */
function placeOf({ of, container }: Held, account: string): string {
  if (container === undefined) return account;
  return of === 'blob'
    ? `${account}/blobServices/default/containers/${container}`
    : `${account}/fileServices/default/shares/${container}`;
}
