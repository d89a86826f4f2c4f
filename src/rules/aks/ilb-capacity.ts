// aks.ilb-capacity: the subnet of an internal load balancer that is still to come has an address left for it.
import { roomOf } from '../../posture/subnet-room.ts';
import { clusterRule } from '../parts/cluster-rule.ts';
import { placeless } from '../parts/clusters.ts';
import { frontEvidence, frontSubnet, isExternal, isInternal } from '../parts/front-end.ts';
import { links } from '../parts/links.ts';
import { fail, notApplicable, noted, pass, seen, subnetShown, unknown } from '../parts/verdict.ts';

export const aksIlbCapacity = clusterRule(
  {
    id: 'aks.ilb-capacity',
    title: 'A free address for the internal front end',
    severity: 'low',
    explain: {
      why: 'The private scoring address is one of the subnet. Where none is left the load balancer does not come up, and neither do the endpoints.',
      fix: 'None: free an address of the subnet, or name another subnet for the load balancer.',
      breaks: 'Nothing.',
      links: [links.kubernetesBalancer, links.secureInference],
    },
    fixKind: 'none',
  },
  (one, { world }) => {
    const { compute, name } = one;
    const evidence = frontEvidence(compute);
    if (isInternal(compute)) return notApplicable(`The ${name} has its internal load balancer already.`, evidence);
    if (isExternal(compute, world)) {
      return notApplicable(
        `Callers from outside are wished for at the ${name}, so no internal load balancer is to come.`,
        evidence,
      );
    }
    const subnet = frontSubnet(one);
    const nowhere = placeless(one);
    if (nowhere || subnet === undefined) return nowhere ?? notApplicable(`The ${name} has no subnet.`, evidence);
    const room = roomOf(subnet, world);
    if (room === undefined) return unknown(`How many addresses ${subnetShown(subnet)} has is not shown.`, evidence);
    const counted = room.counted ? [seen(room.counted.document, room.counted.usage.pointer, 'addresses used')] : [];
    const all = [...evidence, ...counted, noted(subnet, room.free.count, 'free addresses')];
    return room.free.count >= 1
      ? pass(`${subnetShown(subnet)} has an address left for the load balancer of the ${name}.`, all)
      : fail(`${subnetShown(subnet)} has no address left for the load balancer of the ${name}.`, all);
  },
);
