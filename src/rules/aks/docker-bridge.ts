// aks.docker-bridge: the bridge on the nodes overlaps neither a subnet nor the service range.
import { clean } from '../../model/text.ts';
import { masked, meeting, rangeShown } from '../parts/cluster-ranges.ts';
import { clusterRule } from '../parts/cluster-rule.ts';
import { bridgeOf, bridgePointer, nodeNetworks, serviceRanges, subnetRanges } from '../parts/clusters.ts';
import { links } from '../parts/links.ts';
import { fail, few, notApplicable, pass, seen, subnetShown, unknown } from '../parts/verdict.ts';
import { isOdd } from '../parts/workspace.ts';

export const aksDockerBridge = clusterRule(
  {
    id: 'aks.docker-bridge',
    title: 'Docker bridge range overlaps nothing',
    severity: 'low',
    explain: {
      why: 'Docker’s bridge takes a range on every node. Addresses of a subnet, or of a service, that lie in it cannot be reached from there.',
      fix: 'None: the range stays as the cluster was made. Make the cluster anew with a bridge range that nothing else uses.',
      breaks: 'Nothing.',
      links: [links.secureInference, links.kubernetesNetwork],
    },
    fixKind: 'none',
  },
  (one, { world }) => {
    const { compute, name } = one;
    const bridge = bridgeOf(one);
    const evidence = [
      seen(compute, bridgePointer, 'range of the bridge'),
      ...serviceRanges(one).map(({ of, at }) => seen(of, at, 'range of the services')),
    ];
    if (isOdd(compute, bridgePointer, 'string')) {
      return unknown(`The bridge range of the ${name} is not in a form that can be judged.`, evidence);
    }
    if (bridge === undefined) {
      return notApplicable(
        `No bridge range is shown of the ${name}; only a cluster made by the workspace has one.`,
        evidence,
      );
    }
    const range = masked(bridge);
    if (range === undefined) {
      return unknown(`The bridge range ${clean(bridge, 60)} of the ${name} cannot be read.`, evidence);
    }
    const others = [
      ...serviceRanges(one).map(({ text }) => ({ prefix: text, of: 'the service range' })),
      ...nodeNetworks(one).flatMap((vnet) =>
        subnetRanges(vnet, world).map(({ id, prefix }) => ({ prefix, of: subnetShown(id) })),
      ),
    ];
    const { meets, odd } = meeting(range, others);
    if (meets.length > 0) {
      return fail(`The bridge range ${range} of the ${name} overlaps ${few(meets.map(rangeShown))}.`, evidence);
    }
    return odd.length > 0
      ? unknown(`The range of ${few(odd.map(rangeShown))} cannot be read.`, evidence)
      : pass(`The bridge range ${range} of the ${name} overlaps nothing.`, evidence);
  },
);
