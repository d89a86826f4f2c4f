// aks.reserved-ranges: neither services nor pods nor the network use a range that the service keeps for itself.
import { networkProfile } from '../../kinds/managed-cluster-view.ts';
import { vnetView } from '../../kinds/network-view.ts';
import { meeting, type Named, rangeShown } from '../parts/cluster-ranges.ts';
import { clusterRule } from '../parts/cluster-rule.ts';
import { type Attached, nodeNetworks, serviceRanges } from '../parts/clusters.ts';
import { links } from '../parts/links.ts';
import { fail, few, pass, seen, shown, unknown } from '../parts/verdict.ts';
import type { Judgement } from '../rule.ts';

/** What the service keeps for itself (Microsoft Learn, "AKS legacy CNI", read 2026-04). */
const reserved = ['169.254.0.0/16', '172.30.0.0/16', '172.31.0.0/16', '192.0.2.0/24'];

function rangesOf(one: Attached, { world }: Judgement): Named[] {
  const networks = nodeNetworks(one).flatMap((vnet) => {
    const network = world.get(vnet);
    return network ? vnetView(network).prefixes.map((prefix) => ({ prefix, of: `the network ${shown(vnet)}` })) : [];
  });
  return [
    ...serviceRanges(one).map(({ text }) => ({ prefix: text, of: 'the service range' })),
    ...one.view.podRanges.map((prefix) => ({ prefix, of: 'the pod range' })),
    ...networks,
  ];
}

export const aksReservedRanges = clusterRule(
  {
    id: 'aks.reserved-ranges',
    title: 'No reserved range used',
    severity: 'medium',
    explain: {
      why: 'The service uses some ranges inside every cluster, and refuses or misroutes what else lies there.',
      fix: 'None: the ranges stay as the cluster was made. Make the cluster anew with others, in a network that lies elsewhere.',
      breaks: 'Nothing.',
      links: [links.kubernetesNetwork, links.kubernetesAddresses],
    },
    fixKind: 'none',
  },
  (one, judgement) => {
    const own = rangesOf(one, judgement);
    const found = reserved.map((range) => ({ range, ...meeting(range, own) }));
    const evidence = [seen(one.cluster, networkProfile, 'ranges of services and pods')];
    const meets = found.filter(({ meets: some }) => some.length > 0);
    if (meets.length > 0) {
      const said = meets.map(({ range, meets: some }) => `${few(some.map(rangeShown))} in ${range}`);
      return fail(`The ${one.name} uses what the service keeps for itself: ${few(said)}.`, evidence);
    }
    const odd = [...new Set(found.flatMap((each) => each.odd))];
    return odd.length > 0
      ? unknown(`The range of ${few(odd.map(rangeShown))} cannot be read.`, evidence)
      : pass(`The ${one.name} uses none of the ranges that the service keeps for itself.`, evidence);
  },
);
