// aks.subnet-assigned: every pool of the cluster puts its nodes into a subnet of the customer's.
import { poolsPointer } from '../../kinds/managed-cluster-view.ts';
import { clusterRule } from '../parts/cluster-rule.ts';
import { poolsShown } from '../parts/clusters.ts';
import { links } from '../parts/links.ts';
import { fail, pass, seen, unknown } from '../parts/verdict.ts';
import { isOdd } from '../parts/workspace.ts';

export const aksSubnetAssigned = clusterRule(
  {
    id: 'aks.subnet-assigned',
    title: "The cluster's nodes are in a customer subnet",
    severity: 'high',
    explain: {
      why: 'Scoring is to run in the network you chose. A pool without a subnet of yours sits in a network that Azure made for it, and what your firewalls admit does not count there.',
      fix: 'None: a pool stays where it was made. Make the cluster, or the pool, anew with a subnet of yours (az aks create --vnet-subnet-id, az aks nodepool add --vnet-subnet-id).',
      breaks: 'Nothing.',
      links: [links.secureInference, links.kubernetesNetwork],
    },
    fixKind: 'none',
  },
  ({ cluster, view, name }) => {
    const evidence =
      view.pools.length === 0
        ? [seen(cluster, poolsPointer, 'pools')]
        : view.pools.map(({ pointer }) => seen(cluster, `${pointer}/vnetSubnetID`, 'subnet of the pool'));
    const odd = view.pools.some(
      ({ subnet, pointer }) => subnet === undefined && isOdd(cluster, `${pointer}/vnetSubnetID`, 'string'),
    );
    if (view.pools.length === 0 || odd) {
      return unknown(`Where the pools of the ${name} are is not in a form that can be judged.`, evidence);
    }
    const without = view.pools.filter(({ subnet }) => subnet === undefined);
    return without.length === 0
      ? pass(`Every pool of the ${name} is in a subnet of yours.`, evidence)
      : fail(
          `${without.length === 1 ? 'The pool' : 'The pools'} ${poolsShown(without)} of the ${name} ${without.length === 1 ? 'is' : 'are'} in no subnet of yours.`,
          evidence,
        );
  },
);
