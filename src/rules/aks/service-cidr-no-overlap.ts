// aks.service-cidr-no-overlap: the addresses that Kubernetes gives its services lie outside every subnet; today outside every
// network in reach as well.
import { vnetView } from '../../kinds/network-view.ts';
import { parseBlock } from '../../net/ipv4.ts';
import { peersOf } from '../../posture/endpoints.ts';
import { networkSpace } from '../../posture/flows.ts';
import { meeting, type Named, rangeShown } from '../parts/cluster-ranges.ts';
import { clusterRule } from '../parts/cluster-rule.ts';
import { type Attached, nodeNetworks, nodeSubnets, placeless, serviceRanges, subnetRanges } from '../parts/clusters.ts';
import { links } from '../parts/links.ts';
import { fail, few, noted, pass, seen, shown, subnetShown, together, unknown } from '../parts/verdict.ts';
import type { Judgement, Verdict } from '../rule.ts';

/** A range must be smaller than this (Microsoft Learn, "AKS legacy CNI", read 2026-04). */
const largest = 12;

/** What a service range must miss: subnets, and today the networks themselves and their peers. */
function inReach(one: Attached, { world, profile }: Judgement): Named[] {
  const subnets = nodeNetworks(one).flatMap((vnet) =>
    subnetRanges(vnet, world).map(({ id, prefix }) => ({ prefix, of: subnetShown(id) })),
  );
  if (profile === 'seed-2020') return subnets;
  const spaces = nodeSubnets(one).flatMap((subnet) =>
    networkSpace(subnet, world).map((prefix) => ({ prefix, of: 'the network or a peer of it' })),
  );
  const peers = nodeNetworks(one)
    .flatMap((vnet) => peersOf(vnet, world))
    .flatMap((id) => {
      const peer = world.peek(id);
      return peer.state === 'read'
        ? vnetView(peer.resource).prefixes.map((prefix) => ({ prefix, of: `the peer ${shown(id)}` }))
        : [];
    });
  return [...subnets, ...peers, ...spaces];
}

function judgeRange(range: string, one: Attached, judgement: Judgement): Verdict {
  const others = inReach(one, judgement);
  const { meets, odd } = meeting(range, others);
  const evidence = [
    ...serviceRanges(one).map(({ of, at }) => seen(of, at, 'range of the services')),
    noted(
      one.cluster.id,
      others.slice(0, 20).map(({ prefix }) => prefix),
      'ranges it must miss',
    ),
  ];
  if (meets.length > 0) {
    const taken = [...new Map(meets.map((each) => [each.prefix, each])).values()];
    return fail(
      `The service range ${rangeShown({ prefix: range, of: `of the ${one.name}` })} overlaps ${few(taken.map(rangeShown))}: packets for it never leave the node.`,
      evidence,
    );
  }
  if (odd.length > 0) return unknown(`The range of ${few(odd.map(rangeShown))} cannot be read.`, evidence);
  const block = parseBlock(range);
  if (judgement.profile !== 'seed-2020' && block.ok && block.value.prefix < largest) {
    return fail(`The service range of the ${one.name}, ${range}, is larger than /${largest} allows.`, evidence);
  }
  return pass(`The service range of the ${one.name}, ${range}, misses every network in reach.`, evidence);
}

export const aksServiceCidrNoOverlap = clusterRule(
  {
    id: 'aks.service-cidr-no-overlap',
    title: 'Kubernetes service range is outside every subnet',
    severity: 'high',
    explain: {
      why: 'Azure does not see the range that Kubernetes gives its services. Where it overlaps a subnet, packets meant for that subnet end at a service, and the other way round. The article’s example 10.0.0.0/16 is also the range that the portal offers for a new network.',
      fix: 'None: the range stays as the cluster was made. Make the cluster anew with a range that no network in reach uses, your own site included.',
      breaks: 'Nothing.',
      links: [links.secureInference, links.kubernetesAddresses],
    },
    fixKind: 'none',
  },
  (one, judgement) => {
    const ranges = serviceRanges(one);
    if (ranges.length === 0) {
      return unknown(`The ${one.name} does not show the range of its services.`, [
        seen(one.cluster, '/properties/networkProfile/serviceCidr', 'range of the services'),
      ]);
    }
    const nowhere = placeless(one);
    if (nowhere) return nowhere;
    return together(
      'high',
      ranges.map(
        ({ text }) =>
          () =>
            judgeRange(text, one, judgement),
      ),
    );
  },
);
