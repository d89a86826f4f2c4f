// Who may read and write the data behind a datastore, and pull the image: by the key that the workspace keeps, where the account allows
// keys, or by the role assignments of the identity that a task runs as.

import type { JobTask } from '../../model/job.ts';
import type { Json } from '../../model/json.ts';
import { covers } from '../../model/permissions.ts';
import { member, memberNames, valueAt } from '../../model/pointer.ts';
import { attempt, readable } from '../../model/readable.ts';
import type { Resource } from '../../model/resource.ts';
import { fold, isWithin, nameOf, sameId, subscriptionOf } from '../../model/resource-id.ts';
import { clean } from '../../model/text.ts';
import { objectAt, textAt } from '../../resource-types/read.ts';
import {
  assignedIn,
  assignedTo,
  assignmentsIn,
  imagePullRoles,
  roleAssignmentType,
  roleAssignmentView,
  roleNames,
  storageDataRoles,
} from '../../resource-types/role-assignment.ts';
import { datastoreView } from '../../resource-types/workspace-view.ts';
import { isGen2 } from '../accounts.ts';
import { defaultAccountId, workspaceInHand } from '../links.ts';
import { onlineEndpointsOf } from '../online-endpoints.ts';
import { type Check, type Context, check, type TaskSource } from './checks.ts';

interface Access {
  readonly datastore: Resource;
  /** Id of the account behind it. */
  readonly account: string | undefined;
  readonly isWrite: boolean;
  /** What is checked, as shown. */
  readonly subject: string;
}

/** How a task signs in to a datastore, where that decides. */
export function signInChecks(access: Access, task: JobTask, source: TaskSource, context: Context): Check[] {
  const { credentials } = datastoreView(access.datastore);
  // Nodes of an endpoint load from the default account as its identity, whatever the datastore keeps.
  const isDefault = access.account !== undefined && sameId(access.account, defaultAccountId(context.index));
  if (task.kind === 'onlineDeployment' && isDefault) return endpointReads(access, task, source, context);
  if (credentials === undefined || credentials === 'None') return [byIdentity(access, task, source, context)];
  return byKey(access, credentials, context);
}

function byKey({ datastore, account, subject }: Access, credentials: string, { failing, index }: Context): Check[] {
  if (account === undefined || !['AccountKey', 'Sas'].includes(credentials)) return [];
  const finding = failing.find(
    ({ rule, resource }) => rule === 'storage.shared-key-access' && sameId(account, resource),
  );
  if (finding) return [check(subject, 'fails', clean(finding.because, 400), { findings: [finding.id] })];
  const seen = index.peek(account);
  const refuses = seen.state === 'read' && valueAt(seen.resource.body, '/properties/allowSharedKeyAccess') === false;
  // A shared access signature may be one of a user, which needs no key.
  return refuses && credentials === 'AccountKey'
    ? [
        check(
          subject,
          'fails',
          `${nameOf(account)} refuses keys (allowSharedKeyAccess is false), and ${nameOf(datastore.id)} signs in with one.`,
        ),
      ]
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
  if (seen?.state !== 'read') return { because: `${who} is not shown` };
  const { body } = seen.resource;
  const own = textAt(body, '/identity/principalId');
  const given = usersIn(body).map(([, principal]) => principal);
  const principal = own ?? (given.length === 1 ? given[0] : undefined);
  if (principal !== undefined) return { principal, who };
  if (given.length > 1) return { because: `${source.label} has ${given.length} identities` };
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
    : { because: `The identity of endpoint ${name} is not shown` };
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
  if (workspace === undefined) return { because: 'The workspace is not shown' };
  const users = usersIn(workspace.body);
  const primary = textAt(workspace.body, '/properties/primaryUserAssignedIdentity');
  const [name, principal] = users.find(([one]) => sameId(one, primary)) ?? (users.length === 1 ? users : [])[0] ?? [];
  if (users.length === 0)
    return {
      because: 'Serverless compute uses a user-assigned identity of the workspace (identity: managed), and it has none',
      fails: true,
    };
  if (name === undefined) return { because: `The workspace has ${users.length} user-assigned identities` };
  if (principal === undefined) return { because: `The principal of ${clean(nameOf(name), 60)} is not shown` };
  return { principal, who: `The identity ${clean(nameOf(name), 60)} of the workspace` };
}
const nowhere: TaskSource = { end: '', label: '', about: [] };

/** Does the identity of its endpoint pull the image of a deployment from the registry of the workspace? */
export function pullChecks(task: JobTask, source: TaskSource, registry: string, context: Context): Check[] {
  if (task.kind !== 'onlineDeployment') return [];
  const subject = `${source.label} → ${nameOf(registry)}`;
  const needs = `The role AcrPull on ${nameOf(registry)} is needed.`;
  const caller = callerOf(task, source, context);
  if ('isNew' in caller) return [check(subject, 'ok', caller.because)];
  if ('because' in caller)
    return [check(subject, 'unknown', `${caller.because}. ${needs}`, { gaps: caller.gaps ?? [] })];
  const { index } = context;
  const seen = index.peek(registry);
  const mode = seen.state === 'read' ? textAt(seen.resource.body, '/properties/roleAssignmentMode') : undefined;
  if (mode !== undefined && sameId(mode, 'AbacRepositoryPermissions')) {
    const because = `${nameOf(registry)} decides by repository (roleAssignmentMode), which is not read.`;
    return [check(subject, 'unknown', because)];
  }
  const found = assignmentsFor(caller, registry, context);
  if ('because' in found) return [check(subject, 'unknown', `${found.because} ${needs}`, { gaps: found.gaps })];
  const pulls = found.map((one): Grant => {
    const { role, definition, isConditional } = roleAssignmentView(one);
    const known = imagePullRoles[role];
    if (known !== undefined) return granted(known, isConditional);
    if (storageDataRoles[role] !== undefined || roleNames[role] !== undefined || definition === undefined)
      return { grants: 'no' };
    const action = 'Microsoft.ContainerRegistry/registries/pull/read';
    return byDefinition(definition, ['actions', action], isConditional, context);
  });
  const missing = `${caller.who} has no role that allows pulling from ${nameOf(registry)}. Assign AcrPull.`;
  return [decidedBy(pulls, { ...caller, subject, doing: 'pulling images', needs, missing })];
}

const actions = {
  blob: 'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/',
  file: 'Microsoft.Storage/storageAccounts/fileServices/fileShares/files/',
} as const;

function byIdentity(access: Access, task: JobTask, source: TaskSource, context: Context): Check {
  const { datastore, account, isWrite, subject } = access;
  const { index } = context;
  const of = datastoreView(datastore).datastoreType === 'AzureFile' ? 'file' : 'blob';
  const roles = Object.values(storageDataRoles).filter((role) => role.of === of && (role.writes || !isWrite));
  const least = roles.at(-1)?.name ?? '';
  const name = account === undefined ? 'the account' : nameOf(account);
  const isLoaded = task.kind === 'onlineDeployment';
  const why = isLoaded
    ? 'The nodes of an endpoint load its files as its identity'
    : `${nameOf(datastore.id)} keeps no key`;
  const needs = `${why}, and the role ${least} on ${name} is needed.`;
  const caller = callerOf(task, source, context);
  if ('because' in caller) {
    const { because, fails, gaps = [] } = caller;
    return check(subject, fails ? 'fails' : 'unknown', `${because}. ${needs}`, { gaps });
  }
  if (account === undefined) {
    return check(subject, 'unknown', `The account of ${nameOf(datastore.id)} is not known. ${needs}`);
  }
  const { who } = caller;
  const found = assignmentsFor(caller, placeOf(datastore, account), context);
  if ('because' in found) return check(subject, 'unknown', `${found.because} ${needs}`, { gaps: found.gaps });
  const grants = found.map((one) => grantOf(one, of, isWrite, context));
  const doing = isWrite ? 'writing' : 'reading';
  const missing = `${who} has no role that allows ${doing} data of ${name}. Assign ${least}.`;
  const decision = decidedBy(grants, { who, subject, doing, needs, missing });
  const hasLists = of === 'blob' && (isGen2(account, index) || isHierarchical(account, context));
  return decision.verdict === 'fails' && hasLists
    ? check(subject, 'unknown', `${missing} An access control list (ACL) of a folder may allow it as well.`)
    : decision;
}

/** The assignments of an identity that hold for a resource; those that were not read yet are asked for. */
function assignmentsFor(
  { principal }: { readonly principal: string },
  place: string,
  { index, reads }: Context,
): Resource[] | { readonly because: string; readonly gaps: readonly string[] } {
  const subscription = subscriptionOf(place);
  if (subscription === undefined) return { because: 'The subscription is not known.', gaps: [] };
  const list = assignedIn(principal, subscription);
  const assigned = attempt(
    () => index.list(list),
    ({ gap }) => gap,
  );
  if (!('id' in assigned)) return assigned.filter((one) => includes(roleAssignmentView(one).scope, place));
  if (assigned.action === '') {
    const query = assignedTo(principal);
    reads.lists.set(list, { collection: assignmentsIn(subscription), type: roleAssignmentType, query });
  }
  return { because: `The role assignments of ${clean(principal, 40)} could not be read.`, gaps: [assigned.id] };
}

/** One role that surely grants is enough; without one, a role that may grant leaves it open. */
function decidedBy(
  grants: readonly Grant[],
  { who, subject, doing, needs, missing }: Readonly<Record<'who' | 'subject' | 'doing' | 'needs' | 'missing', string>>,
): Check {
  const sure = grants.find((one) => one.grants === 'yes');
  if (sure) return check(subject, 'ok', `${who} has the role ${sure.role}, which allows ${doing}.`);
  const open = grants.find((one) => one.grants === 'maybe');
  if (open) return check(subject, 'unknown', `${open.because} ${needs}`, { gaps: open.gaps });
  return check(subject, 'fails', missing);
}

const isHierarchical = (account: string, { index }: Context): boolean => {
  const seen = index.peek(account);
  return seen.state === 'read' && valueAt(seen.resource.body, '/properties/isHnsEnabled') === true;
};

/** Id of the container or share of a datastore; the account where it is not shown. */
function placeOf({ body }: Resource, account: string): string {
  const container = textAt(body, '/properties/containerName') ?? textAt(body, '/properties/filesystem');
  const share = textAt(body, '/properties/fileShareName');
  if (container !== undefined) return `${account}/blobServices/default/containers/${container}`;
  return share === undefined ? account : `${account}/fileServices/default/shares/${share}`;
}

/** The list is of one subscription: a scope outside it, such as a management group, is above it. */
const includes = (scope: string, id: string): boolean => !/^\/subscriptions\//i.test(scope) || isWithin(id, scope);

type Grant =
  | { readonly grants: 'yes'; readonly role: string }
  | { readonly grants: 'no' }
  | { readonly grants: 'maybe'; readonly because: string; readonly gaps: readonly string[] };

const granted = (role: string, isConditional: boolean): Grant =>
  isConditional
    ? { grants: 'maybe', because: `The role ${role} is assigned with a condition (ABAC).`, gaps: [] }
    : { grants: 'yes', role };

/** Does an assignment allow the data action? Roles such as Owner hold no data actions. */
function grantOf(assignment: Resource, of: 'blob' | 'file', isWrite: boolean, context: Context): Grant {
  const { role, definition, isConditional } = roleAssignmentView(assignment);
  const known = storageDataRoles[role];
  if (known !== undefined)
    return known.of === of && (known.writes || !isWrite) ? granted(known.name, isConditional) : { grants: 'no' };
  const isOther = roleNames[role] !== undefined || imagePullRoles[role] !== undefined;
  if (isOther || definition === undefined) return { grants: 'no' };
  return byDefinition(
    definition,
    ['dataActions', `${actions[of]}${isWrite ? 'write' : 'read'}`],
    isConditional,
    context,
  );
}

/** A role of the operator, by the actions or data actions of its definition. */
function byDefinition(
  definition: string,
  [kind, action]: readonly ['actions' | 'dataActions', string],
  isConditional: boolean,
  { index, reads }: Context,
): Grant {
  const seen = index.peek(definition);
  if (seen.state !== 'read') {
    if (seen.state === 'gap' && seen.gap.action === '') reads.ids.add(definition);
    return {
      grants: 'maybe',
      because: `The role definition ${clean(nameOf(definition), 40)} could not be read.`,
      gaps: [definition],
    };
  }
  const { body } = seen.resource;
  const permissions = valueAt(body, '/properties/permissions');
  const not = kind === 'actions' ? '/notActions' : '/notDataActions';
  const texts = (list: unknown): string[] =>
    Array.isArray(list) ? list.filter((one): one is string => typeof one === 'string') : [];
  const allows = (Array.isArray(permissions) ? permissions : []).some(
    (one) =>
      texts(valueAt(one, `/${kind}`)).some((pattern) => covers(pattern, action)) &&
      !texts(valueAt(one, not)).some((pattern) => covers(pattern, action)),
  );
  const name = textAt(body, '/properties/roleName') ?? fold(nameOf(definition));
  return allows ? granted(clean(name, 80), isConditional) : { grants: 'no' };
}
