// The internal load balancer of scoring endpoints on an attached cluster: a private IP address of a subnet.

import { capacityOf } from '../../facts/subnet-capacity.ts';
import { editChange } from '../../model/change.ts';
import { EditConflict, setMember } from '../../model/edit.ts';
import type { Resource } from '../../model/resource.ts';
import { fold, nameOf, sameId } from '../../model/resource-id.ts';
import { vnetOf, vnetView } from '../../resource-types/network-view.ts';
import { balancerPointer, balancerSubnetPointer } from '../../resource-types/parts/compute-write.ts';
import { textAt } from '../../resource-types/read.ts';
import { computeView } from '../../resource-types/workspace-view.ts';
import { defineRule, isVerdict } from '../define.ts';
import { links } from '../parts/links.ts';
import {
  displayName,
  evidenceAt,
  fail,
  notApplicable,
  noted,
  pass,
  quoted,
  subnetShown,
  unknown,
} from '../parts/verdict.ts';
import { isOdd } from '../parts/workspace.ts';
import type { Answers, RuleContext } from '../rule.ts';
import { aksRule, attachedClusters, clusterComputes, clusterName, withoutSubnet } from './parts/clusters.ts';
import { frontEvidence, frontSubnet, isExternal, isInternal, usesTls } from './parts/front-end.ts';

/** Name of the subnet that the answer names, or that the nodes are in; the reason where there is none. */
function chosenSubnet(compute: Resource, context: RuleContext, answers: Answers): { name: string } | string {
  const one = attachedClusters.resolve({ resource: compute.id }, context);
  if (isVerdict(one)) return one.because;
  const own = frontSubnet(one);
  if (own === undefined) return 'No node pool of the cluster is in a customer subnet.';
  const wanted = answers.subnet?.trim();
  if (wanted === undefined) return { name: nameOf(own) };
  const network = context.index.get(vnetOf(own));
  const all = network ? vnetView(network).subnets : [];
  const found = all.find(({ id }) =>
    [id, nameOf(id), `${nameOf(vnetOf(id))}/${nameOf(id)}`].some((name) => sameId(name, wanted)),
  );
  return found
    ? { name: nameOf(found.id) }
    : `${quoted(wanted)} is not a subnet of ${displayName(vnetOf(own))}, the virtual network of the cluster.`;
}

export const aksInternalLoadBalancer = defineRule({
  ...aksRule,
  id: 'aks.internal-load-balancer',
  answers: { subnet: 'NAME' },
  title: 'Scoring endpoint uses a private IP address',
  problem: 'Scoring endpoint uses a public IP address',
  severity: 'medium',
  explain: {
    why: 'By default, models on a cluster get a public IP address, and the scoring API is reachable from the Internet. An internal load balancer provides a private address for your network and its peers.',
    fix: 'Updates the compute with an internal load balancer in the node subnet (answer subnet=NAME for another subnet of the network). The cluster itself is not changed. To keep external clients, run bastide assume externalScoring true instead.',
    breaks:
      'Clients outside the network lose access to the endpoints, and the address changes. An undo provides a public IP address again, but a different one.',
    links: [links.secureInference, links.kubernetesBalancer],
  },
  fixKind: 'guided',
  undo: 'partial',
  gates: ['aks.identity-network-contributor', 'aks.ilb-capacity'],
  subjects: clusterComputes,
  check(compute, { index }) {
    const name = clusterName(compute);
    const evidence = frontEvidence(compute);
    // A Kubernetes extension has a front end that the workspace cannot set.
    if (computeView(compute).computeType !== 'AKS') {
      return notApplicable(`${name} uses an extension; the workspace does not set its load balancer.`, evidence);
    }
    if (isOdd(compute, balancerPointer, 'string')) {
      return unknown(`The load balancer type of ${name} has an unexpected value.`, evidence);
    }
    if (isExternal(compute, index)) {
      return notApplicable(`${name} is expected to serve external clients (see aks.scoring-inbound).`, evidence);
    }
    return isInternal(compute)
      ? pass(`Scoring endpoints on ${name} use a private IP address.`, evidence)
      : fail(
          `Scoring endpoints on ${name} use a public IP address; external clients are not expected (externalScoring is false).`,
          evidence,
        );
  },
  fix(compute, context, answers) {
    const name = clusterName(compute);
    if (fold(computeView(compute).provisioningState ?? '') !== 'succeeded') {
      return `${name} is not provisioned yet. The load balancer can be set only afterwards.`;
    }
    if (usesTls(compute)) {
      return `${name} uses TLS, and Azure does not return its certificate and key. Send the change with both (az ml computetarget update aks --load-balancer-type InternalLoadBalancer).`;
    }
    const subnet = chosenSubnet(compute, context, answers);
    if (typeof subnet === 'string') return subnet;
    try {
      const change = editChange(compute.id, [
        setMember(compute.body, balancerPointer, 'InternalLoadBalancer'),
        ...(textAt(compute.body, balancerSubnetPointer) === subnet.name
          ? []
          : [setMember(compute.body, balancerSubnetPointer, subnet.name)]),
      ]);
      const advice = `Scoring endpoints on ${name} get a private IP address of ${quoted(subnet.name)}: their clients need the new address.`;
      return { change, phase: 3, advice };
    } catch (error) {
      if (error instanceof EditConflict) return `The settings of ${name} cannot be edited at ${error.edit.pointer}.`;
      throw error;
    }
  },
});

export const aksIlbTwoStep = defineRule({
  ...aksRule,
  id: 'aks.ilb-two-step',
  title: 'Internal load balancer is set after attaching',
  problem: 'Internal load balancer cannot be set while attaching',
  severity: 'info',
  explain: {
    why: 'A cluster is created or attached with a public scoring address; a private one is set by a later update. A request for both at once returns no error and creates a public address.',
    fix: 'None: Bastide creates or attaches first, waits until that is done, and then updates.',
    links: [links.secureInference],
  },
  subjects: clusterComputes,
  check: (compute, { profile }) =>
    pass(
      `An internal load balancer of ${clusterName(compute)} needs an update after attaching${profile === 'article-2020' ? '' : '; only SDK and CLI v1 can set both at once'}.`,
      [evidenceAt(compute, balancerPointer, 'load balancer type')],
    ),
});

export const aksIlbCapacity = defineRule({
  ...aksRule,
  id: 'aks.ilb-capacity',
  title: 'Subnet has a free address for the load balancer',
  problem: 'No free address for the internal load balancer',
  severity: 'low',
  explain: {
    why: 'The internal load balancer uses an address of the subnet. Without a free address it does not start, and the scoring endpoints are not available.',
    fix: 'None: free an address of the subnet, or use another subnet for the load balancer.',
    links: [links.kubernetesBalancer, links.secureInference],
  },
  subjects: attachedClusters,
  check(one, { index }) {
    const { compute, name } = one;
    const evidence = frontEvidence(compute);
    if (isInternal(compute)) return notApplicable(`${name} already has an internal load balancer.`, evidence);
    if (isExternal(compute, index)) {
      return notApplicable(`${name} is expected to serve external clients; it needs no internal address.`, evidence);
    }
    const subnet = frontSubnet(one);
    const nowhere = withoutSubnet(one);
    if (nowhere || subnet === undefined) return nowhere ?? notApplicable(`${name} has no subnet.`, evidence);
    const room = capacityOf(subnet, index);
    if (room === undefined) return unknown(`The number of addresses of ${subnetShown(subnet)} is not known.`, evidence);
    const counted = room.counted
      ? [evidenceAt(room.counted.document, room.counted.usage.pointer, 'addresses in use')]
      : [];
    const all = [...evidence, ...counted, noted(subnet, room.free.count, 'free addresses')];
    return room.free.count >= 1
      ? pass(`${subnetShown(subnet)} has a free address for the load balancer of ${name}.`, all)
      : fail(`${subnetShown(subnet)} has no free address for the load balancer of ${name}.`, all);
  },
});
