// aks.same-region-as-vnet: a cluster and the networks of its nodes lie in one region and one subscription.

import { vnetView } from '../../kinds/network-view.ts';
import { sameId, subscriptionOf } from '../../model/resource-id.ts';
import { clean } from '../../model/text.ts';
import { clusterRule } from '../parts/cluster-rule.ts';
import { type Attached, nodeNetworks, placeless } from '../parts/clusters.ts';
import { regionOf } from '../parts/firewall-verdicts.ts';
import { links } from '../parts/links.ts';
import { fail, notApplicable, noted, pass, seen, shown, together, unknown } from '../parts/verdict.ts';
import type { Judgement, Verdict } from '../rule.ts';

function judgeNetwork({ cluster, view, name }: Attached, vnet: string, { world }: Judgement): Verdict {
  const network = world.get(vnet);
  if (!network) return notApplicable(`The network ${shown(vnet)} does not exist.`);
  const [own, other] = [view.location, vnetView(network).location].map((one) => clean(regionOf(one), 60));
  const evidence = [
    seen(cluster, '/location', 'region of the cluster'),
    seen(network, '/location', 'region of the network'),
    noted(network.id, subscriptionOf(network.id) ?? null, 'subscription of the network'),
  ];
  if (own === '' || other === '') {
    return unknown(`The region of the ${name} or of ${shown(vnet)} is not shown.`, evidence);
  }
  if (own !== other) return fail(`The ${name} is in ${own}, and its network ${shown(vnet)} in ${other}.`, evidence);
  return sameId(subscriptionOf(cluster.id), subscriptionOf(network.id))
    ? pass(`The ${name} and its network ${shown(vnet)} are in ${own}, in one subscription.`, evidence)
    : fail(`The ${name} is in another subscription than its network ${shown(vnet)}.`, evidence, 'low');
}

export const aksSameRegionAsVnet = clusterRule(
  {
    id: 'aks.same-region-as-vnet',
    title: 'AKS and VNet share a region',
    severity: 'high',
    explain: {
      why: 'A cluster cannot join a network in another region: its nodes would not start.',
      fix: 'None: neither a cluster nor a network moves. Make the cluster in the region of its network, or give it a network in its own.',
      breaks: 'Nothing.',
      links: [links.secureInference, links.kubernetesNetwork],
    },
    fixKind: 'none',
  },
  (one, judgement) =>
    placeless(one) ??
    together(
      'high',
      nodeNetworks(one).map((vnet) => () => judgeNetwork(one, vnet, judgement)),
    ),
);
