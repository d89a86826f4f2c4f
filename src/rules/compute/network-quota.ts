// compute.network-quota: the region has room for what the service makes for computes with a public address.

import { nodesView } from '../../kinds/cluster-view.ts';
import { vnetType, vnetView } from '../../kinds/network-view.ts';
import { networkUsagesOf, plainRegion, usagesIn } from '../../kinds/service-answers.ts';
import { computeView } from '../../kinds/workspace-view.ts';
import type { Resource } from '../../model/resource.ts';
import { sameId, subscriptionOf } from '../../model/resource-id.ts';
import type { World } from '../../model/world.ts';
import { computeNetworks } from '../../posture/compute-networks.ts';
import { defineRule } from '../define.ts';
import { links } from '../parts/links.ts';
import { computeNetworkSubjects, placeJudged } from '../parts/places.ts';
import { fail, few, listed, notApplicable, noted, pass, seen, shown, unknown } from '../parts/verdict.ts';
import type { Judgement, Verdict } from '../rule.ts';

/** The three counters, each with the one of Azure's newer tier that counts beside it where it is shown. */
const counters = [
  { says: 'security groups', names: ['NetworkSecurityGroups'] },
  { says: 'public addresses', names: ['PublicIPAddresses', 'StandardSkuPublicIpAddresses'] },
  { says: 'load balancers', names: ['LoadBalancers', 'StandardSkuLoadBalancers'] },
] as const;
/** Batch's older guidance counts one set for so many nodes; the cautious figure (rules-catalogue, Q6). */
const nodesPerSet = 50;

interface Need {
  readonly compute: Resource;
  readonly sets: number;
}

/** Clusters at zero nodes with a public address have no set of their own yet; whatever runs has one. */
function needsIn(region: string, subscription: string, world: World): Need[] {
  return computeNetworks(world)
    .filter(({ vnet }) => {
      const found = world.peek(vnet);
      const location = found.state === 'read' ? vnetView(found.resource).location : undefined;
      return sameId(subscriptionOf(vnet), subscription) && plainRegion(location ?? '') === region;
    })
    .flatMap(({ seats }) => seats)
    .flatMap(({ sitter, isServerless, isPublic }) => {
      if (isServerless || !isPublic || computeView(sitter).computeType !== 'AmlCompute') return [];
      const { maxNodes = 0, currentNodes = 0 } = nodesView(sitter);
      return maxNodes > 0 && currentNodes === 0 ? [{ compute: sitter, sets: Math.ceil(maxNodes / nodesPerSet) }] : [];
    });
}

function judge(vnet: string, { world }: Judgement): Verdict {
  const network = world.get(vnet);
  if (!network) return notApplicable(`The network ${shown(vnet)} does not exist.`);
  const seats = computeNetworks(world).find((one) => sameId(one.vnet, vnet))?.seats ?? [];
  if (!seats.some(({ isPublic }) => isPublic)) {
    return notApplicable(`No compute in ${shown(vnet)} has a public address, so the service makes nothing for it.`);
  }
  const region = plainRegion(vnetView(network).location ?? '');
  const subscription = subscriptionOf(vnet);
  if (region === '' || subscription === undefined) {
    return unknown(`The region of ${shown(vnet)} is not shown.`, [seen(network, '/location', 'region')]);
  }
  const needs = needsIn(region, subscription, world);
  const sets = needs.reduce((sum, need) => sum + need.sets, 0);
  if (sets === 0) {
    return pass(
      `Every compute in ${region} that needs a set of its own has it already.`,
      seats.map(({ sitter }) => seen(sitter, '/properties/properties/currentNodeCount', 'nodes now')),
    );
  }
  return counted(region, subscription, needs, sets, world);
}

function counted(region: string, subscription: string, needs: readonly Need[], sets: number, world: World): Verdict {
  const document = world.get(networkUsagesOf(subscription, region));
  const rows = document ? usagesIn(document) : [];
  const seenRows = counters.map(({ says, names }) => ({
    says,
    found: rows.filter(({ name }) => names.some((one) => sameId(one, name))),
    shows: rows.some(({ name }) => sameId(name, names[0])),
  }));
  const evidence = [
    ...needs.map(({ compute, sets: own }) => noted(compute.id, own, 'sets it still needs, counting one for 50 nodes')),
    ...seenRows.flatMap(({ found, says }) =>
      document ? found.map(({ pointer }) => seen(document, pointer, says)) : [],
    ),
  ];
  const short = seenRows.filter(({ found }) => found.some(({ used, limit }) => limit - used < sets));
  const who = few(needs.map(({ compute }) => shown(compute.id)));
  if (short.length > 0) {
    const words = short.map(
      ({ says, found }) => `${says} (${found.map(({ used, limit }) => `${used} of ${limit}`).join(', ')})`,
    );
    return fail(
      `${region} has too little room left for ${listed(words)}: ${who} still ${needs.length === 1 ? 'needs' : 'need'} ${sets} of each.`,
      evidence,
    );
  }
  const hidden = seenRows.filter(({ shows }) => !shows).map(({ says }) => says);
  return hidden.length > 0
    ? unknown(`How many ${listed(hidden)} the subscription may have in ${region} is not shown.`, evidence)
    : pass(
        `${region} has room for the ${sets} of each that ${who} still ${needs.length === 1 ? 'needs' : 'need'}.`,
        evidence,
      );
}

export const computeNetworkQuota = defineRule({
  id: 'compute.network-quota',
  title: 'Regional quota for NSG, public IP and load balancer',
  severity: 'medium',
  for: ['service-endpoint', 'private-endpoint'],
  about: vnetType,
  explain: {
    why: 'Each instance and each cluster with nodes that has a public address takes a security group, an address and a load balancer out of the subscription’s quota for the region. When one of them is used up, nodes fail.',
    fix: 'None: ask for more quota in the portal, delete what is left over (compute.orphaned-resources), or make the computes without a public address.',
    breaks: 'Nothing.',
    links: [links.quotas, links.secureTraining],
  },
  fixKind: 'none',
  instead: 'workspace.managed-network-provisioned',
  subjects: computeNetworkSubjects,
  check: (subject, judgement) => placeJudged(subject, judgement, (id) => judge(id, judgement)),
});
