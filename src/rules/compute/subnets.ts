// The subnets of training compute: enough free addresses for all nodes, and no delegation to a service.

import { capacityOf, type Demand, demandIn, type SubnetCapacity } from '../../facts/subnet-capacity.ts';
import { computesIn } from '../../facts/training-subnets.ts';
import { editChange } from '../../model/change.ts';
import { applyEdits, EditConflict, removeFrom } from '../../model/edit.ts';
import type { Resource } from '../../model/resource.ts';
import { fold } from '../../model/resource-id.ts';
import type { SnapshotIndex } from '../../model/snapshot-index.ts';
import { clean, counted } from '../../model/text.ts';
import { reservedPerSubnet } from '../../net/address-plan.ts';
import { scalePointer } from '../../resource-types/cluster-view.ts';
import { findSubnet, subnetType, subnetView } from '../../resource-types/network-view.ts';
import { listAt } from '../../resource-types/read.ts';
import { defineRule } from '../define.ts';
import { links } from '../parts/links.ts';
import { editsInTurn } from '../parts/proposals.ts';
import { noTraining } from '../parts/subjects.ts';
import { displayName, evidenceAt, fail, listed, noted, pass, subnetShown, unknown } from '../parts/verdict.ts';
import { isOdd } from '../parts/workspace.ts';
import type { Answers, CheckResult, Proposal, RuleContext, Subjects } from '../rule.ts';
import { hasOddScale, lowerMaximums } from './parts/scale.ts';
import { noneInVnet, trainingSubnets } from './parts/subjects.ts';

/** The id alone: free addresses may be known where the subnet itself was not read. */
const trainingSubnetIds: Subjects<string> = {
  list: trainingSubnets.list,
  resolve: ({ resource: id }, { index }) => noTraining(id, index, noneInVnet) ?? id,
};

function roomEvidence(id: string, room: SubnetCapacity | undefined, demands: readonly Demand[], index: SnapshotIndex) {
  const subnet = index.peek(id);
  return [
    ...(subnet.state === 'read' ? [evidenceAt(subnet.resource, '/properties/addressPrefix', 'address prefix')] : []),
    ...(room?.counted
      ? [evidenceAt(room.counted.document, room.counted.usage.pointer, 'addresses used, and total addresses')]
      : []),
    noted(id, reservedPerSubnet, 'addresses reserved by Azure'),
    noted(
      id,
      room?.free.count ?? null,
      room?.free.approximate ? 'free addresses, estimated from the IP configurations' : 'free addresses',
    ),
    ...demands.map(({ compute, addresses }) => noted(compute.id, addresses, 'more addresses it may need')),
  ];
}

function checkRoom(id: string, { index }: RuleContext): CheckResult {
  const name = subnetShown(id);
  const odd = computesIn(id, index).find(hasOddScale);
  if (odd) {
    return unknown(`The scale settings of ${displayName(odd.id)} have an unexpected value.`, [
      evidenceAt(odd, scalePointer, 'scale settings'),
    ]);
  }
  const demands = demandIn(id, index);
  const need = demands.reduce((total, { addresses }) => total + addresses, 0);
  if (need === 0)
    return pass(`No compute in ${name} needs more addresses.`, roomEvidence(id, undefined, demands, index));
  const room = capacityOf(id, index);
  const evidence = roomEvidence(id, room, demands, index);
  if (room === undefined) return unknown(`The number of addresses of ${name} is not known.`, evidence);
  const free = `${room.free.approximate ? 'about ' : ''}${Math.max(0, room.free.count)} free ${room.free.count === 1 ? 'address' : 'addresses'}`;
  const who = listed(demands.map(({ compute }) => displayName(compute.id)));
  const addresses = `${name} has ${free}; ${who} may need ${need} more`;
  return room.free.count >= need
    ? pass(`${addresses}.`, evidence)
    : fail(`${addresses}. Some nodes will not be allocated.`, evidence);
}

/** Lowers the maximum of clusters, the largest growth first, until the free addresses suffice. */
function fit(id: string, { index }: RuleContext, answers: Answers): readonly Proposal[] | string {
  const name = subnetShown(id);
  if (!findSubnet(index, id)) return `${name} does not exist.`;
  const room = capacityOf(id, index);
  if (room === undefined) return `The number of addresses of ${name} is not known.`;
  return lowerMaximums(demandIn(id, index), Math.max(0, room.free.count), answers, index);
}

export const computeSubnetFreeIps = defineRule({
  id: 'compute.subnet-free-ips',
  answers: { nodes: 'NUMBER' },
  title: 'Subnet has free addresses for all nodes',
  problem: 'Subnet has too few free addresses for all nodes',
  severity: 'high',
  for: ['service-endpoint', 'private-endpoint'],
  about: subnetType,
  explain: {
    why: 'Each node takes an address of the subnet. When none is free, clusters stay smaller than their target and jobs wait.',
    fix: 'Lowers the maximum number of nodes of the clusters in the subnet until the free addresses suffice (--answer nodes=NUMBER for a single cluster). The address prefix of a used subnet cannot change: for more addresses, create a larger subnet and a cluster in it (`bastide create cluster`).',
    breaks:
      'Jobs that need more nodes than the new maximum no longer start. The image-build cluster keeps at least one node.',
    links: [links.secureTraining, links.manageSubnet],
  },
  fixKind: 'guided',
  instead: 'workspace.managed-network-provisioned',
  subjects: trainingSubnetIds,
  check: checkRoom,
  fix: fit,
});

const delegations = '/properties/delegations';
const delegationKey = { member: 'name', fold: true };
const containerGroups = 'microsoft.containerinstance/containergroups';

function checkDelegation(subnet: Resource): CheckResult {
  const name = subnetShown(subnet.id);
  const evidence = [evidenceAt(subnet, delegations, 'delegations')];
  const services = subnetView(subnet).delegations.map((service) => clean(service, 120));
  if (services.length > 0) {
    return fail(`${name} is delegated to ${listed(services)} and cannot hold compute nodes.`, evidence);
  }
  return isOdd(subnet, delegations, 'list') || listAt(subnet.body, delegations).length > 0
    ? unknown(`The delegations of ${name} have an unexpected value.`, evidence)
    : pass(`${name} is not delegated.`, evidence);
}

/** Azure removes a delegation only from a subnet that is empty and that no service uses. */
function removeDelegations(subnet: Resource, { index }: RuleContext): Proposal | string {
  const name = subnetShown(subnet.id);
  const links = listAt(subnet.body, '/properties/serviceAssociationLinks').length;
  const uses = listAt(subnet.body, '/properties/ipConfigurations').length;
  if (links + uses > 0) {
    return `${name} is in use (${counted(uses, 'IP configuration')}, ${counted(links, 'service association link')}), so its delegation cannot be removed. Create the compute again in another subnet.`;
  }
  const services = subnetView(subnet).delegations;
  if (services.some((one) => fold(one) === containerGroups) && index.snapshot.intents.usesAci !== false) {
    return `${name} is delegated to container instances, which may be in use. Create the compute again in another subnet, or run \`bastide assume usesAci false\`.`;
  }
  try {
    const all = listAt(subnet.body, delegations);
    const edits = editsInTurn(
      subnet.body,
      all.map((item) => (body) => [removeFrom(body, delegations, item, delegationKey)]),
    );
    applyEdits(subnet.body, edits);
    const advice = `${listed(services.map((one) => clean(one, 120)))} can no longer place resources in ${name}.`;
    return { change: editChange(subnet.id, edits), phase: 1, advice };
  } catch (error) {
    if (error instanceof EditConflict) return `The delegations of ${name} have an unexpected format.`;
    throw error;
  }
}

export const computeSubnetNotDelegated = defineRule({
  id: 'compute.subnet-not-delegated',
  title: 'Compute subnet is not delegated to a service',
  problem: 'Compute subnet is delegated to a service',
  severity: 'high',
  for: ['service-endpoint', 'private-endpoint'],
  about: subnetType,
  explain: {
    why: 'A subnet that is delegated to a service accepts nothing else, so the cluster stays at zero nodes.',
    fix: 'Removes the delegations of the subnet while it is empty and no service uses it. Otherwise create the compute again in another subnet.',
    breaks:
      'The service can no longer place resources in the subnet. Undo restores the delegation while the subnet is empty.',
    links: [links.secureTraining, links.delegation],
  },
  fixKind: 'guided',
  undo: 'partial',
  instead: 'workspace.managed-network-provisioned',
  subjects: trainingSubnets,
  check: checkDelegation,
  fix: removeDelegations,
});
