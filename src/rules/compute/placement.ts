// Where clusters and instances are: in a subnet, whose virtual network has the region and the subscription of the workspace;
// under a managed network in no subnet at all.

import type { ComputePlacement } from '../../facts/compute-networks.ts';
import { customerEndpoints } from '../../facts/endpoints.ts';
import { computes, subnetUses, unreadUses } from '../../facts/needs.ts';
import { reachedPrivately } from '../../facts/reach.ts';
import type { Resource } from '../../model/resource.ts';
import { sameId, subscriptionOf } from '../../model/resource-id.ts';
import { clean } from '../../model/text.ts';
import { UnreadableError } from '../../model/unreadable-error.ts';
import { vnetOf, vnetView } from '../../resource-types/network-view.ts';
import { computeView, workspaceView } from '../../resource-types/workspace-view.ts';
import { defineRule } from '../define.ts';
import { regionOf, sameRegion } from '../parts/firewall-verdicts.ts';
import { links } from '../parts/links.ts';
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
import { modePointer } from '../parts/workspace.ts';
import type { CheckResult, RuleContext, Subjects } from '../rule.ts';
import { createSibling, requiresNoPublicIp } from './parts/sibling.ts';
import {
  addressMember,
  clustersAndInstances,
  computeEvidence,
  computeShown,
  computesAmong,
  computesInSubnets,
  hasOddSubnet,
  occupantShown,
  occupants,
  oddSubnet,
  subnetMember,
} from './parts/subjects.ts';

/** A cluster or instance, or the workspace where there is none: it may train on attached or serverless compute instead. */
const computeOrWorkspace: Subjects<Resource | 'none'> = {
  list: clustersAndInstances.list,
  resolve: ({ resource: id }, { index }) =>
    id === index.snapshot.workspace ? 'none' : (index.get(id) ?? notApplicable(`${displayName(id)} does not exist.`)),
};

function checkPlaced(compute: Resource): CheckResult {
  const name = computeShown(compute);
  const evidence = computeEvidence(compute);
  const { subnet } = computeView(compute);
  if (subnet !== undefined) return pass(`The ${name} is in ${subnetShown(subnet)}.`, evidence);
  return hasOddSubnet(compute)
    ? oddSubnet(compute)
    : fail(`The ${name} is not in a subnet: it reaches storage from an address that no network rule allows.`, evidence);
}

function checkOtherCompute({ index, profile }: RuleContext): CheckResult {
  const uses = subnetUses(index);
  if (uses.length > 0) {
    const evidence = uses.map(({ subnet, by }) => noted(subnet, [...by], 'used by'));
    const where = [...new Set(uses.map(({ subnet }) => subnetShown(subnet)))];
    return pass(`There is no cluster and no instance, but other compute in ${listed(where)}.`, evidence);
  }
  const [unread] = unreadUses(index);
  if (unread) throw new UnreadableError(unread.gap);
  const none = `${displayName(index.snapshot.workspace ?? '')} has no compute in a virtual network.`;
  return profile === 'article-2020' ? fail(none, [], 'medium') : notApplicable(none);
}

export const computePlacedInVnet = defineRule({
  id: 'compute.placed-in-vnet',
  answers: { delete: ['yes', 'no'], name: 'NAME', subnet: 'VNET/NAME' },
  title: 'Compute is in a subnet of a virtual network',
  problem: 'Compute is not in a virtual network',
  severity: 'critical',
  for: ['service-endpoint', 'private-endpoint'],
  notForHubs:
    'A hub or a project has no compute in a virtual network of yours: only serverless compute and compute instances, in the managed network.',
  explain: {
    why: 'Compute outside a virtual network reaches storage from an address that no network rule allows. Either storage stays open to all networks, or the compute loses access.',
    fix: 'Creates a copy of the compute in the subnet you name (--answer subnet=VNET/NAME). Pass --answer delete=yes to delete the old compute, delete=no to keep both, name=NAME to choose the name.',
    breaks:
      'The new compute takes IP addresses of the subnet and is billed while it runs. With a public IP address, the service also creates an NSG and a load balancer in the resource group of the virtual network. Deleting the old compute ends its running jobs and loses the data on its disk.',
    links: [links.secureTraining],
  },
  fixKind: 'guided',
  undo: 'partial',
  gates: [
    'compute.subnet-free-ips',
    'compute.locks',
    'compute.policy',
    'compute.network-quota',
    'compute.subnet-not-delegated',
  ],
  subjects: computeOrWorkspace,
  check: (compute, context) => (compute === 'none' ? checkOtherCompute(context) : checkPlaced(compute)),
  fix(compute, context, answers) {
    if (compute === 'none') {
      return 'There is no compute to copy. Create the first one in a subnet with `bastide create cluster`.';
    }
    const set = requiresNoPublicIp(context) ? { [addressMember]: false } : {};
    return createSibling(compute, { set, inSubnet: true }, context, answers);
  },
});

/** A cluster may be in another region when the workspace has no private endpoint, or when its network reaches one. */
function mayDiffer(workspace: string, subnet: string, { index }: RuleContext): boolean {
  return (
    customerEndpoints(workspace, index).length === 0 || reachedPrivately(workspace, subnet, index, ['amlworkspace'])
  );
}

function checkRegion(placement: ComputePlacement, context: RuleContext): CheckResult {
  const { index, profile } = context;
  const vnet = vnetOf(placement.subnet);
  const name = displayName(vnet);
  const [workspace, network] = [index.workspace(), index.get(vnet)];
  if (!workspace || !network) return notApplicable(`Virtual network ${name} does not exist.`);
  const [own, other] = [regionOf(workspaceView(workspace).location), regionOf(vnetView(network).location)];
  const evidence = [
    ...(placement.isServerless ? [] : computeEvidence(placement.occupant)),
    evidenceAt(workspace, '/location', 'region of the workspace'),
    evidenceAt(network, '/location', 'region of the virtual network'),
    noted(network.id, [own, other], 'regions compared'),
  ];
  if (own === '' || other === '') {
    return unknown(`The region of the workspace or of virtual network ${name} is not known.`, evidence);
  }
  const occupant = occupantShown(placement);
  if (sameRegion(own, other, network.id))
    return pass(`${name}, the virtual network of ${occupant}, is in the workspace's region.`, evidence);
  const apart = `${name}, the virtual network of ${occupant}, is in ${clean(other, 60)}; the workspace is in ${clean(own, 60)}`;
  const isCluster = !placement.isServerless && computeView(placement.occupant).computeType === 'AmlCompute';
  if (profile === 'article-2020' || !isCluster) return fail(`${apart}.`, evidence);
  return mayDiffer(workspace.id, placement.subnet, context)
    ? pass(`${apart}. Azure allows this for a cluster; traffic between regions is billed.`, evidence)
    : fail(`${apart}. Neither that network nor a connected peer has a private endpoint of the workspace.`, evidence);
}

export const computeVnetSameRegion = defineRule({
  id: 'compute.vnet-same-region',
  title: "Compute VNet is in the workspace's region",
  problem: 'Compute VNet is in another region than the workspace',
  severity: 'high',
  for: ['service-endpoint', 'private-endpoint'],
  explain: {
    why: "The service places nodes in virtual networks of the workspace's region. An instance in another region does not start. A cluster may be in another region, unless the workspace has private endpoints and its network reaches none of them.",
    fix: "None. The subnet of a compute cannot be changed. Create another compute in a virtual network of the workspace's region (`bastide create cluster`).",
    links: [links.secureTraining, links.workspacePrivateLink],
  },
  instead: 'compute.managed-network-conflict',
  subjects: occupants,
  check: checkRegion,
});

export const computeVnetSameSubscription = defineRule({
  id: 'compute.vnet-same-subscription',
  title: "Compute VNet is in the workspace's subscription",
  problem: 'Compute VNet is in another subscription',
  severity: 'high',
  for: ['service-endpoint', 'private-endpoint'],
  explain: {
    why: 'The service cannot place nodes in another subscription. Such a compute does not start or scale.',
    fix: "None. The subnet of a compute cannot be changed. Create another compute in a virtual network of the workspace's subscription (`bastide create cluster`).",
    links: [links.secureTraining],
  },
  instead: 'compute.managed-network-conflict',
  subjects: computesInSubnets,
  check({ occupant: compute, subnet }, { index }) {
    const workspace = index.snapshot.workspace ?? compute.id;
    const [own, other] = [subscriptionOf(workspace), subscriptionOf(subnet)];
    const name = computeShown(compute);
    const evidence = [
      ...computeEvidence(compute),
      noted(workspace, own ?? null, 'subscription of the workspace'),
      noted(subnet, other ?? null, 'subscription of the subnet'),
    ];
    if (own === undefined || other === undefined) {
      return unknown(`The subnet ID of the ${name} contains no subscription.`, evidence);
    }
    return sameId(own, other)
      ? pass(`The ${name} and the workspace are in the same subscription.`, evidence)
      : fail(
          `The ${name} is in ${subnetShown(subnet)} of subscription ${clean(other, 60)}; the workspace is in ${clean(own, 60)}.`,
          evidence,
        );
  },
});

const managedTypes = ['AmlCompute', 'ComputeInstance'];
const unsupportedTypes = ['VirtualMachine', 'AKS', 'Kubernetes'];

function checkManagedNetwork(compute: Resource, { index }: RuleContext): CheckResult {
  const { computeType: type = '', subnet } = computeView(compute);
  const workspace = index.workspace();
  const name = displayName(compute.id);
  const evidence = [
    evidenceAt(compute, '/properties/computeType', 'type'),
    evidenceAt(compute, subnetMember, 'subnet'),
    ...(workspace ? [evidenceAt(workspace, modePointer, 'isolation mode')] : []),
  ];
  if (unsupportedTypes.includes(type)) {
    return fail(`${name} is attached compute of type ${type}, which a managed network does not support.`, evidence);
  }
  if (subnet !== undefined) {
    return fail(`${name} is in your subnet ${subnetShown(subnet)}, but the workspace has a managed network.`, evidence);
  }
  return hasOddSubnet(compute)
    ? unknown(`The subnet of ${name} has an unexpected value.`, evidence)
    : pass(`${name} is in the managed network.`, evidence);
}

export const computeManagedNetworkConflict = defineRule({
  id: 'compute.managed-network-conflict',
  title: 'Managed network has no compute in a customer VNet',
  problem: 'Compute is outside the managed network',
  severity: 'medium',
  profiles: ['current'],
  for: ['managed-network'],
  explain: {
    why: 'The rules of the managed network do not apply to compute in your own virtual network.',
    fix: 'None. Delete the compute and create it again without a subnet (`bastide create cluster`); detach attached compute.',
    links: [links.managedNetwork],
  },
  instead: 'compute.placed-in-vnet',
  subjects: computesAmong(({ index }) =>
    computes(index).filter((one) =>
      [...managedTypes, ...unsupportedTypes].includes(computeView(one).computeType ?? ''),
    ),
  ),
  check: checkManagedNetwork,
});
