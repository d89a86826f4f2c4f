// aks.subnet-not-delegated: no service holds the subnets of the nodes; those of pods alone may be the cluster's own.
import { managedClusterType } from '../../kinds/managed-cluster-view.ts';
import { findSubnet, subnetView } from '../../kinds/network-view.ts';
import { listAt } from '../../kinds/read.ts';
import { fold } from '../../model/resource-id.ts';
import { clean } from '../../model/text.ts';
import { clusterRule } from '../parts/cluster-rule.ts';
import { nodeSubnets, placeless, podSubnets } from '../parts/clusters.ts';
import { links } from '../parts/links.ts';
import { fail, listed, notApplicable, pass, seen, subnetShown, together, unknown } from '../parts/verdict.ts';
import { isOdd } from '../parts/workspace.ts';
import type { Judgement, Verdict } from '../rule.ts';

const pointer = '/properties/delegations';

function judgeSubnet(id: string, forPods: boolean, { world }: Judgement): Verdict {
  const name = subnetShown(id);
  const subnet = findSubnet(world, id);
  if (!subnet) return notApplicable(`The subnet ${name} does not exist; workspace.network-preexists speaks of that.`);
  const evidence = [seen(subnet, pointer, 'delegations')];
  const strange = subnetView(subnet).delegations.filter((one) => !forPods || fold(one) !== fold(managedClusterType));
  if (strange.length > 0) {
    const services = listed(strange.map((one) => clean(one, 120)));
    return fail(`The subnet ${name} is delegated to ${services}, which refuses nodes.`, evidence);
  }
  return isOdd(subnet, pointer, 'list') || listAt(subnet.body, pointer).length > subnetView(subnet).delegations.length
    ? unknown(`The delegations of ${name} are not in a form that can be judged.`, evidence)
    : pass(`The subnet ${name} is free for the cluster.`, evidence);
}

export const aksSubnetNotDelegated = clusterRule(
  {
    id: 'aks.subnet-not-delegated',
    title: 'Node subnet is not delegated',
    severity: 'high',
    explain: {
      why: 'A subnet that is delegated to a service takes nothing else, so nodes are refused there. A subnet for pods alone is delegated to the cluster by Azure itself.',
      fix: 'None: a delegation goes only while nothing sits in the subnet. Give the pool another subnet.',
      breaks: 'Nothing.',
      links: [links.kubernetesNetwork, links.delegation],
    },
    fixKind: 'none',
  },
  (one, judgement) =>
    placeless(one) ??
    together('high', [
      ...nodeSubnets(one).map((id) => () => judgeSubnet(id, false, judgement)),
      ...podSubnets(one).map((id) => () => judgeSubnet(id, true, judgement)),
    ]),
);
