// Which tool or service manages the resources that a plan changes: by their marks in the snapshot and, where they were read, by the
// deployment histories of their resource groups. Pure.
import { type Manager, managerByTags } from '../model/manager.ts';
import type { Plan, Step } from '../model/plan.ts';
import { valueAt } from '../model/pointer.ts';
import type { Resource } from '../model/resource.ts';
import {
  distinctIds,
  fold,
  groupIdOf,
  isWithin,
  nameOf,
  parentId,
  sameId,
  subscriptionOf,
} from '../model/resource-id.ts';
import type { ListRequest, Snapshot } from '../model/snapshot.ts';
import { indexSnapshot, resourceIn } from '../model/snapshot-index.ts';
import { clean } from '../model/text.ts';
import { databricksType, managedClusterType } from '../resource-types/index.ts';
import { listAt, textAt } from '../resource-types/read.ts';

export const deploymentType = 'Microsoft.Resources/deployments';
const stackType = 'Microsoft.Resources/deploymentStacks';

/** The manager of a resource by what the snapshot shows: tags, `managedBy`, the group of a service; of a part also those of the whole. */
export function managerOf(id: string, snapshot: Snapshot): Manager | undefined {
  for (let at: string | undefined = id; at !== undefined; at = parentId(at)) {
    const resource = resourceIn(snapshot, at);
    const found = resource && (managerByTags(resource.id, valueAt(resource.body, '/tags')) ?? byEnvelope(resource));
    if (found !== undefined) return found;
  }
  return byGroup(id, snapshot);
}

/** On a disk the member names the machine that uses it. */
function byEnvelope({ id, type, body }: Resource): Manager | undefined {
  const owner = textAt(body, '/managedBy');
  if (owner === undefined || owner === '' || /^microsoft\.compute\//i.test(type) || sameId(owner, id)) return undefined;
  return { kind: 'service', name: clean(nameOf(owner), 120), mark: 'managedBy', resource: id };
}

/** Azure's services own the groups in which they create: AKS its node resource group, Databricks its managed one. */
function byGroup(id: string, snapshot: Snapshot): Manager | undefined {
  const group = groupIdOf(id);
  if (group === undefined) return undefined;
  const index = indexSnapshot(snapshot);
  const made = (name: string, mark: string): Manager => ({ kind: 'service', name, mark, resource: group });
  // As the files have it: a name that a template leaves open is none, and would be refused when read as a setting.
  const stated = (owner: string, member: string) => textAt(resourceIn(snapshot, owner)?.body, `/properties/${member}`);
  for (const { id: cluster } of index.ofType(managedClusterType)) {
    const own = stated(cluster, 'nodeResourceGroup');
    const isIn = own !== undefined && sameId(`/subscriptions/${subscriptionOf(cluster)}/resourceGroups/${own}`, group);
    if (isIn) return made(`AKS cluster ${clean(nameOf(cluster), 90)}`, 'node resource group');
  }
  for (const { id: workspace } of index.ofType(databricksType)) {
    if (sameId(stated(workspace, 'managedResourceGroupId'), group)) {
      return made(`Databricks workspace ${clean(nameOf(workspace), 90)}`, 'managed resource group');
    }
  }
  const whole = resourceIn(snapshot, group);
  return whole && byEnvelope(whole);
}

/** A member of what has a manager, where there is one. */
export const managed = (managedBy: Manager | undefined): Pick<Step, 'managedBy'> =>
  managedBy === undefined ? {} : { managedBy };

/** The deployment histories to read for a plan: of the groups in which something is changed that bears no mark. */
export function historiesOf(plans: readonly Plan[]): ListRequest[] {
  const groups = new Map<string, string>();
  for (const { change, managedBy } of plans.flatMap(({ steps }) => steps)) {
    const group = managedBy === undefined ? groupIdOf(change.resource) : undefined;
    if (group !== undefined && !groups.has(fold(group))) groups.set(fold(group), group);
  }
  return [...groups.values()].map((group) => ({
    collection: historyOf(group),
    type: deploymentType,
    query: succeeded,
  }));
}
const historyOf = (group: string): string => `${group}/providers/${deploymentType}`;
const succeeded = { $filter: "provisioningState eq 'Succeeded'" } as const;

/**
 * Deployments that no template of the operator stands behind: wizards of the portal name theirs after the service or with a time of 14
 * digits, Azure Policy `PolicyDeployment_…`, Application Insights `Failure-Anomalies-…`. Seen in public issues and exports, 2026-11.
 */
const notTemplates =
  /-\d{14}$|^microsoft\.[a-z]+(?:[-.]|$)|^nomarketplace|^createvm-|^policydeployment_|^failure-anomalies-/i;

/** A stack names its deployments after itself: `demoStack-24051714epybc` (learn.microsoft.com, "Deployment stacks", 2024). */
const ofStack = /^(.+)-\d{8}[0-9a-z]{5}$/;

/** The stacks that deployments of these histories may be of, to be read as well. */
export function stacksIn(histories: Snapshot, plans: readonly Plan[]): string[] {
  const deployed = deployedBy(histories);
  const ids = plans
    .flatMap(({ steps }) => steps)
    .flatMap(({ change, managedBy }) => {
      const found = managedBy === undefined ? deploymentOf(change.resource, deployed) : undefined;
      const [, name] = (found && ofStack.exec(nameOf(found.id))) ?? [];
      return found === undefined || name === undefined ? [] : [stackId(found.id, name)];
    });
  return distinctIds(ids);
}

/**
 * The lists of stacks above the groups, where a template deployed something that is changed: of its subscription, and of the management
 * groups that the scan has met. Nothing in the name of a deployment tells of them.
 */
export function stackListsOf(histories: Snapshot, plans: readonly Plan[], seen: Snapshot): ListRequest[] {
  const deployed = deployedBy(histories);
  const changed = plans
    .flatMap(({ steps }) => steps)
    .filter(
      ({ change, managedBy }) => managedBy === undefined && deploymentOf(change.resource, deployed) !== undefined,
    );
  if (changed.length === 0) return [];
  const subscriptions = changed.flatMap(({ change }) => subscriptionOf(change.resource) ?? []);
  const scopes = [...subscriptions.map((one) => `/subscriptions/${one}`), ...managementGroupsIn(seen)];
  return [...new Map(scopes.map((scope) => [fold(scope), scope])).values()].map((scope) => ({
    collection: `${scope}/providers/${stackType}`,
    type: stackType,
    query: {},
  }));
}

/** Those that role and policy assignments are made at. */
const managementGroupsIn = ({ resources }: Snapshot): string[] =>
  resources.flatMap(({ id }) => /^\/providers\/Microsoft\.Management\/managementGroups\/[^/]+/i.exec(id)?.[0] ?? []);

const stackId = (deployment: string, name: string): string =>
  `${groupIdOf(deployment) ?? ''}/providers/${stackType}/${name}`;

/** The plan with what deployment histories say of its steps, and with those that could not be read. */
export function withHistories(plan: Plan, histories: Snapshot): Plan {
  const wanted = historiesOf([plan]).map(({ collection }) => fold(collection));
  const unread = histories.gaps.flatMap(({ id, reason, action }) => {
    const [list = ''] = id.split('?');
    return wanted.includes(fold(list)) ? [{ id: list, reason: unknownManagers(list, reason), action }] : [];
  });
  const deployed = deployedBy(histories);
  const steps = plan.steps.map((step) => {
    const managedBy = step.managedBy ?? byHistory(step.change.resource, deployed, histories);
    return { ...step, ...managed(managedBy) };
  });
  return { ...plan, steps, ...(unread.length === 0 ? {} : { managersUnread: unread }) };
}

const unknownManagers = (list: string, reason: string): string =>
  `The deployments of ${clean(nameOf(groupIdOf(list) ?? ''), 90)} could not be read, so it is not known whether a template manages what is changed there. ${reason}`;

function byHistory(id: string, deployed: readonly Deployed[], histories: Snapshot): Manager | undefined {
  const found = deploymentOf(id, deployed);
  if (found === undefined) return undefined;
  const { id: deployment, body } = found;
  const stack = indexSnapshot(histories)
    .ofType(stackType)
    .find((one) => isManagedIn(one, id));
  if (stack !== undefined) {
    const scope = groupIdOf(stack.id) === undefined ? ` of ${clean(nameOf(scopeOf(stack.id)), 60)}` : '';
    return {
      kind: 'stack',
      name: `Deployment stack ${clean(nameOf(stack.id), 90)}`,
      mark: `deployment stack${scope}`,
      resource: id,
    };
  }
  const tool = managerByTags(id, valueAt(body, '/tags'));
  const when = (textAt(body, '/properties/timestamp') ?? '').slice(0, 10);
  const mark = `deployment ${clean(nameOf(deployment), 64)}${when === '' ? '' : ` of ${clean(when, 10)}`}`;
  if (tool !== undefined) return { ...tool, mark };
  return { kind: 'deployment', name: 'A template', mark, resource: id };
}

const scopeOf = (stack: string): string => stack.slice(0, Math.max(0, fold(stack).lastIndexOf('/providers/')));

const isManagedIn = ({ body }: Resource, id: string): boolean =>
  listAt(body, '/properties/resources').some(
    (one) =>
      holds(textAt(one, '/id'), id) && !/^(?:deleteFailed|removeDenyFailed)$/i.test(textAt(one, '/status') ?? ''),
  );

/** The newest deployment of the resource, or of what it is a part of. */
const deploymentOf = (id: string, deployed: readonly Deployed[]): Resource | undefined =>
  deployed.find(({ outputs }) => outputs.some((output) => holds(output, id)))?.deployment;

interface Deployed {
  readonly deployment: Resource;
  /** Ids of what it deployed. */
  readonly outputs: readonly (string | undefined)[];
}

/** Deployments of templates that succeeded, the newest first. */
function deployedBy(histories: Snapshot): Deployed[] {
  const timeOf = ({ body }: Resource): number => Date.parse(textAt(body, '/properties/timestamp') ?? '') || 0;
  return indexSnapshot(histories)
    .ofType(deploymentType)
    .filter(
      ({ id, body }) =>
        !notTemplates.test(nameOf(id)) && fold(textAt(body, '/properties/provisioningState') ?? '') === 'succeeded',
    )
    .toSorted((a, b) => timeOf(b) - timeOf(a))
    .map((deployment) => ({
      deployment,
      outputs: listAt(deployment.body, '/properties/outputResources').map((output) => textAt(output, '/id')),
    }));
}

/** Is it that resource, or is that resource a part of it? A resource group holds what others deployed there. */
const holds = (output: string | undefined, id: string): boolean =>
  output !== undefined && /\/providers\//i.test(output) && isWithin(id, output) && !isExtensionOf(id, output);

/** A lock, a role assignment or a diagnostic setting on a resource is no part of it. */
const isExtensionOf = (id: string, output: string): boolean => /\/providers\//i.test(id.slice(output.length));
