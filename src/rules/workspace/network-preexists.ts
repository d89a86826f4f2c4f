// workspace.network-preexists: every virtual network and subnet the computes name exists.
import { findSubnet, subnetType, subnetView, vnetOf, vnetView } from '../../kinds/network-view.ts';
import { workspaceView } from '../../kinds/workspace-view.ts';
import { valueAt } from '../../model/pointer.ts';
import { subscriptionOf } from '../../model/resource-id.ts';
import { defineRule } from '../define.ts';
import { describeState, regionOf, stateOf } from '../parts/firewall-verdicts.ts';
import { links } from '../parts/links.ts';
import { namedSubnets, whoNames } from '../parts/subjects.ts';
import { fail, listed, notApplicable, noted, pass, seen, shown, subnetShown, unknown } from '../parts/verdict.ts';
import type { Judgement, Subject, Verdict } from '../rule.ts';

const statePointer = '/properties/provisioningState';

function subjects(judgement: Judgement): Subject[] {
  const workspace = judgement.world.snapshot.workspace;
  if (workspace === null) return [];
  const named = namedSubnets(judgement);
  return named.length > 0 ? named.map((resource) => ({ resource })) : [{ resource: workspace }];
}

function judgeSubnet(id: string, judgement: Judgement): Verdict {
  const { world } = judgement;
  const users = whoNames(id, judgement);
  const by = users.length > 0 ? `, which ${listed(users)} ${users.length === 1 ? 'uses' : 'use'},` : '';
  const used = noted(id, [...users], 'named by');
  const subnet = findSubnet(world, id);
  if (!subnet) {
    const network = world.peek(vnetOf(id));
    const what =
      network.state === 'missing' ? `The virtual network of ${subnetShown(id)}` : `The subnet ${subnetShown(id)}`;
    return fail(`${what}${by} does not exist.`, [used]);
  }
  const evidence = [seen(subnet, statePointer, 'provisioning state'), used];
  const raw = valueAt(subnet.body, statePointer);
  if (raw !== undefined && raw !== null && typeof raw !== 'string') {
    return unknown(`The state of the subnet ${subnetShown(id)} is not a text.`, evidence);
  }
  const state = subnetView(subnet).provisioningState;
  switch (stateOf(state)) {
    case 'good':
      return pass(`The subnet ${subnetShown(id)} exists.`, evidence);
    case 'bad':
      return fail(`The subnet ${subnetShown(id)}${by} is in state ${describeState(state)}.`, evidence);
    case 'passing':
      return unknown(`The subnet ${subnetShown(id)} is in state ${describeState(state)}.`, evidence);
  }
}

/** Nothing names a subnet: is there a network at all that could take computes? */
function judgeWorkspace(id: string, judgement: Judgement): Verdict {
  const { world } = judgement;
  if (namedSubnets(judgement, true).length > 0) return notApplicable('The subnets are judged one by one.');
  const workspace = world.get(id);
  if (!workspace) return notApplicable(`The workspace ${shown(id)} is not there; workspace.exists speaks of it.`);
  const region = regionOf(workspaceView(workspace).location);
  const all = world.list(`/subscriptions/${subscriptionOf(id)}/providers/Microsoft.Network/virtualNetworks`);
  const near = all.filter((vnet) => regionOf(vnetView(vnet).location) === region);
  const fitting = near.flatMap((vnet) =>
    vnetView(vnet)
      .subnets.filter((subnet) => subnetView(subnet).delegations.length === 0)
      .map((subnet) => subnet.id),
  );
  const evidence = [noted(id, fitting.slice(0, 20), 'subnets of the region that no service holds')];
  return fitting.length > 0
    ? pass(
        `No compute names a subnet yet; ${fitting.length} in the region could take one (compute.placed-in-vnet).`,
        evidence,
      )
    : fail(
        `No compute names a subnet, and no virtual network of the subscription in the workspace's region holds one that is free.`,
        evidence,
      );
}

export const workspaceNetworkPreexists = defineRule({
  id: 'workspace.network-preexists',
  title: 'Every VNet and subnet the computes name exists',
  severity: 'high',
  for: ['service-endpoint', 'private-endpoint'],
  about: subnetType,
  explain: {
    why: 'The service makes no network: a compute whose subnet is gone cannot scale or be repaired, and service rules for that subnet die with it.',
    fix: 'None: make the virtual network or subnet again, or make the compute anew in one that exists.',
    breaks: 'Nothing.',
    links: [links.secureTraining, links.storageLimits],
  },
  fixKind: 'none',
  instead: 'workspace.managed-network-provisioned',
  subjects,
  check: (subject, judgement) =>
    /\/subnets\/[^/]+$/i.test(subject.resource)
      ? judgeSubnet(subject.resource, judgement)
      : judgeWorkspace(subject.resource, judgement),
});
