// What the service does not create itself: the workspace, and the virtual networks and subnets that compute is placed in.

import { unreadUses } from '../../facts/needs.ts';
import { valueAt } from '../../model/pointer.ts';
import type { Resource } from '../../model/resource.ts';
import { subscriptionOf } from '../../model/resource-id.ts';
import { UnreadableError } from '../../model/unreadable-error.ts';
import { findSubnet, subnetType, subnetView, vnetOf, vnetView } from '../../resource-types/network-view.ts';
import { workspaceView } from '../../resource-types/workspace-view.ts';
import { defineRule } from '../define.ts';
import { describeState, sameRegion, stateOf } from '../parts/firewall-verdicts.ts';
import { links } from '../parts/links.ts';
import { namedSubnets, whoNames, workspaces } from '../parts/subjects.ts';
import {
  displayName,
  evidenceAt,
  fail,
  listed,
  notApplicable,
  noted,
  pass,
  subnetShown,
  unknown,
} from '../parts/verdict.ts';
import type { CheckResult, RuleContext, Subject } from '../rule.ts';

const statePointer = '/properties/provisioningState';

const isOddState = ({ body }: Resource): boolean => {
  const raw = valueAt(body, statePointer);
  return raw !== undefined && raw !== null && typeof raw !== 'string';
};

function checkWorkspace({ resource: id }: Subject, { index }: RuleContext): CheckResult {
  const workspace = index.get(id);
  const name = `Workspace ${displayName(id)}`;
  if (!workspace) return fail(`${name} does not exist.`, [noted(id, null, 'not found (HTTP 404)')]);
  const { provisioningState } = workspaceView(workspace);
  const evidence = [
    evidenceAt(workspace, statePointer, 'provisioning state'),
    evidenceAt(workspace, '/location', 'region'),
    evidenceAt(workspace, '/sku', 'SKU'),
    evidenceAt(workspace, '/properties/storageAccount', 'default storage account'),
    evidenceAt(workspace, '/properties/keyVault', 'key vault'),
  ];
  if (isOddState(workspace)) return unknown(`${name}: the provisioning state has an unexpected value.`, evidence);
  const state = describeState(provisioningState);
  switch (stateOf(provisioningState)) {
    case 'good':
      return pass(`${name} exists and can be read.`, evidence);
    case 'bad':
      return fail(`${name} is in state ${state}, expected Succeeded.`, evidence);
    case 'passing':
      return unknown(`${name} is in state ${state}. Fixes wait until it is Succeeded.`, evidence);
  }
}

export const workspaceExists = defineRule({
  id: 'workspace.exists',
  title: 'Workspace exists and is in state Succeeded',
  problem: 'Workspace does not exist or is in a failed state',
  severity: 'critical',
  explain: {
    why: 'All other resources are found through the resource IDs in the workspace.',
    fix: 'None. Create the workspace, recover a soft-deleted one, or wait until Azure has finished changing it.',
    links: [links.workspacePrivateLink, links.secureWorkspace],
  },
  subjects: workspaces,
  check: checkWorkspace,
});

function networkSubjects(context: RuleContext): Subject[] {
  const { workspace } = context.index.snapshot;
  if (workspace === null) return [];
  const named = namedSubnets(context);
  const isWhole = named.length > 0 && unreadUses(context.index).length === 0;
  return (isWhole ? named : [...named, workspace]).map((resource) => ({ resource }));
}

function checkSubnet(id: string, context: RuleContext): CheckResult {
  const { index } = context;
  const name = `Subnet ${subnetShown(id)}`;
  const users = whoNames(id, context);
  const usedBy = users.length > 0 ? ` (used by ${listed(users)})` : '';
  const used = noted(id, [...users], 'used by');
  const subnet = findSubnet(index, id);
  if (!subnet) {
    const isGone = index.peek(vnetOf(id)).state === 'missing';
    return fail(`${isGone ? `The virtual network of ${subnetShown(id)}` : name}${usedBy} does not exist.`, [used]);
  }
  const evidence = [evidenceAt(subnet, statePointer, 'provisioning state'), used];
  if (isOddState(subnet)) return unknown(`${name}: the provisioning state has an unexpected value.`, evidence);
  const { provisioningState } = subnetView(subnet);
  const state = describeState(provisioningState);
  switch (stateOf(provisioningState)) {
    case 'good':
      return pass(`${name} exists.`, evidence);
    case 'bad':
      return fail(`${name}${usedBy} is in state ${state}, expected Succeeded.`, evidence);
    case 'passing':
      return unknown(`${name} is in state ${state}.`, evidence);
  }
}

/** No compute names a subnet: is there one in the region that could hold compute? */
function checkRegion(id: string, context: RuleContext): CheckResult {
  const { index } = context;
  const [unread] = unreadUses(index);
  if (unread) throw new UnreadableError(unread.gap);
  if (namedSubnets(context, true).length > 0) return notApplicable('Each subnet is checked separately.');
  const workspace = index.get(id);
  if (!workspace) return notApplicable(`Workspace ${displayName(id)} does not exist (see workspace.exists).`);
  const { location } = workspaceView(workspace);
  const all = index.list(`/subscriptions/${subscriptionOf(id)}/providers/Microsoft.Network/virtualNetworks`);
  const fitting = all
    .filter((vnet) => sameRegion(vnetView(vnet).location, location, vnet.id))
    .flatMap((vnet) => vnetView(vnet).subnets.filter((subnet) => subnetView(subnet).delegations.length === 0));
  const evidence = [
    noted(
      id,
      fitting.slice(0, 20).map((subnet) => subnet.id),
      'subnets without a delegation',
    ),
  ];
  return fitting.length > 0
    ? pass(`No compute uses a subnet yet; ${fitting.length} in the region could hold compute.`, evidence)
    : fail(`No compute uses a subnet, and the workspace's region has no subnet without a delegation.`, evidence);
}

export const workspaceNetworkPreexists = defineRule({
  id: 'workspace.network-preexists',
  title: 'Compute subnets and their virtual networks exist',
  problem: 'Compute subnet is missing or in a failed state',
  severity: 'high',
  for: ['service-endpoint', 'private-endpoint'],
  about: subnetType,
  notForHubs:
    'A hub or a project has no compute in a virtual network of yours: only serverless compute and compute instances, in the managed network.',
  explain: {
    why: 'The service creates no virtual network. Compute whose subnet is missing cannot scale or be repaired, and virtual network rules for that subnet stop working.',
    fix: 'None. Create the virtual network or subnet again, or create the compute again in an existing one.',
    links: [links.secureTraining, links.storageLimits],
  },
  instead: 'workspace.managed-network-provisioned',
  subjects: networkSubjects,
  check: ({ resource }, context) =>
    /\/subnets\/[^/]+$/i.test(resource) ? checkSubnet(resource, context) : checkRegion(resource, context),
});
