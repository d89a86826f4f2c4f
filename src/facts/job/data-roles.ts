// Who may read and write the data behind a datastore: by the key that the workspace keeps, where the account allows keys, or by the
// role assignments of the identity that a task runs as.

import type { JobTask } from '../../model/job.ts';
import { covers } from '../../model/permissions.ts';
import { member, memberNames, valueAt } from '../../model/pointer.ts';
import { attempt } from '../../model/readable.ts';
import type { Resource } from '../../model/resource.ts';
import { fold, isWithin, nameOf, sameId, subscriptionOf } from '../../model/resource-id.ts';
import { clean } from '../../model/text.ts';
import { objectAt, textAt } from '../../resource-types/read.ts';
import {
  assignedIn,
  assignedTo,
  assignmentsIn,
  roleAssignmentType,
  roleAssignmentView,
  roleNames,
  storageDataRoles,
} from '../../resource-types/role-assignment.ts';
import { datastoreView } from '../../resource-types/workspace-view.ts';
import { isGen2 } from '../accounts.ts';
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

type Caller =
  | { readonly principal: string; readonly who: string }
  | { readonly because: string; readonly fails?: true };

/** The identity that a task reads data as. */
function callerOf(task: JobTask, source: TaskSource, { index }: Context): Caller {
  if (task.identity === 'user') {
    const principal = index.snapshot.identity?.objectId;
    return principal === undefined ? { because: 'Your object id is not known' } : { principal, who: 'Your identity' };
  }
  const who = `The identity of ${source.label}`;
  const seen = task.compute.kind === 'named' ? index.peek(source.end) : undefined;
  if (seen?.state !== 'read') return { because: `${who} is not shown` };
  const { body } = seen.resource;
  const own = textAt(body, '/identity/principalId');
  const users = objectAt(body, '/identity/userAssignedIdentities');
  const given =
    users === undefined ? [] : memberNames(users).map((name) => textAt(member(users, name), '/principalId'));
  const principal = own ?? (given.length === 1 ? given[0] : undefined);
  if (principal !== undefined) return { principal, who };
  if (given.length > 1) return { because: `${source.label} has ${given.length} identities` };
  const fails = task.identity === 'managed' ? ({ fails: true } as const) : {};
  return { because: `${source.label} has no managed identity`, ...fails };
}

const actions = {
  blob: 'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/',
  file: 'Microsoft.Storage/storageAccounts/fileServices/fileShares/files/',
} as const;

function byIdentity(access: Access, task: JobTask, source: TaskSource, context: Context): Check {
  const { datastore, account, isWrite, subject } = access;
  const { index, reads } = context;
  const of = datastoreView(datastore).datastoreType === 'AzureFile' ? 'file' : 'blob';
  const roles = Object.values(storageDataRoles).filter((role) => role.of === of && (role.writes || !isWrite));
  const least = roles.at(-1)?.name ?? '';
  const name = account === undefined ? 'the account' : nameOf(account);
  const needs = `${nameOf(datastore.id)} keeps no key, and the role ${least} on ${name} is needed.`;
  const caller = callerOf(task, source, context);
  if ('because' in caller) return check(subject, caller.fails ? 'fails' : 'unknown', `${caller.because}. ${needs}`);
  const subscription = account === undefined ? undefined : subscriptionOf(account);
  if (account === undefined || subscription === undefined) {
    return check(subject, 'unknown', `The account of ${nameOf(datastore.id)} is not known. ${needs}`);
  }
  const { principal, who } = caller;
  const list = assignedIn(principal, subscription);
  const assigned = attempt(
    () => index.list(list),
    ({ gap }) => gap,
  );
  if ('id' in assigned) {
    if (assigned.action === '') {
      const query = assignedTo(principal);
      reads.lists.set(list, { collection: assignmentsIn(subscription), type: roleAssignmentType, query });
    }
    const because = `The role assignments of ${clean(principal, 40)} could not be read. ${needs}`;
    return check(subject, 'unknown', because, { gaps: [assigned.id] });
  }
  const place = placeOf(datastore, account);
  const granted = assigned
    .filter((one) => includes(roleAssignmentView(one).scope, place))
    .map((one) => grantOf(one, of, isWrite, context));
  const sure = granted.find((one) => one.grants === 'yes');
  const doing = isWrite ? 'writing' : 'reading';
  if (sure) return check(subject, 'ok', `${who} has the role ${sure.role}, which allows ${doing}.`);
  const open = granted.find((one) => one.grants === 'maybe');
  if (open) return check(subject, 'unknown', `${open.because} ${needs}`, { gaps: open.gaps });
  const missing = `${who} has no role that allows ${doing} data of ${name}. Assign ${least}.`;
  const hasLists = of === 'blob' && (isGen2(account, index) || isHierarchical(account, context));
  return hasLists
    ? check(subject, 'unknown', `${missing} An access control list (ACL) of a folder may allow it as well.`)
    : check(subject, 'fails', missing);
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

/** Does an assignment allow the data action? Roles such as Owner hold no data actions. */
function grantOf(assignment: Resource, of: 'blob' | 'file', isWrite: boolean, { index, reads }: Context): Grant {
  const { role, definition, isConditional } = roleAssignmentView(assignment);
  const known = storageDataRoles[role];
  const withCondition = (name: string): Grant =>
    isConditional
      ? { grants: 'maybe', because: `The role ${name} is assigned with a condition (ABAC).`, gaps: [] }
      : { grants: 'yes', role: name };
  if (known !== undefined)
    return known.of === of && (known.writes || !isWrite) ? withCondition(known.name) : { grants: 'no' };
  if (roleNames[role] !== undefined || definition === undefined) return { grants: 'no' };
  const seen = index.peek(definition);
  if (seen.state !== 'read') {
    if (seen.state === 'gap' && seen.gap.action === '') reads.ids.add(definition);
    return {
      grants: 'maybe',
      because: `The role definition ${clean(role, 40)} could not be read.`,
      gaps: [definition],
    };
  }
  const { body } = seen.resource;
  const action = `${actions[of]}${isWrite ? 'write' : 'read'}`;
  const permissions = valueAt(body, '/properties/permissions');
  const texts = (list: unknown): string[] =>
    Array.isArray(list) ? list.filter((one): one is string => typeof one === 'string') : [];
  const allows = (Array.isArray(permissions) ? permissions : []).some(
    (one) =>
      texts(valueAt(one, '/dataActions')).some((pattern) => covers(pattern, action)) &&
      !texts(valueAt(one, '/notDataActions')).some((pattern) => covers(pattern, action)),
  );
  return allows ? withCondition(clean(textAt(body, '/properties/roleName') ?? fold(role), 80)) : { grants: 'no' };
}
