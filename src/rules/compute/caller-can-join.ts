// compute.caller-can-join: whoever makes computes may bring them into the subnet.
import { vnetType } from '../../kinds/network-view.ts';
import { mayDo } from '../../model/permissions.ts';
import { sameId } from '../../model/resource-id.ts';
import { computeNetworks } from '../../posture/compute-networks.ts';
import { defineRule } from '../define.ts';
import { links } from '../parts/links.ts';
import { onceEach } from '../parts/naming.ts';
import { computeNetworkSubjects, placeJudged } from '../parts/places.ts';
import { fail, listed, noted, pass, shown, subnetShown, unknown } from '../parts/verdict.ts';
import type { Judgement, Verdict } from '../rule.ts';

/** On the network, and on each subnet (rules-catalogue, `compute.caller-can-join`). */
const onNetwork = ['Microsoft.Network/*/read', 'Microsoft.Network/virtualNetworks/join/action'];
const onSubnet = ['Microsoft.Network/virtualNetworks/subnets/join/action'];

function judge(vnet: string, { world }: Judgement): Verdict {
  const seats = computeNetworks(world).find((one) => sameId(one.vnet, vnet))?.seats ?? [];
  const subnets = onceEach(seats.map(({ subnet }) => subnet));
  const asked = [
    ...onNetwork.map((action) => ({ action, scope: vnet })),
    ...subnets.flatMap((scope) => onSubnet.map((action) => ({ action, scope }))),
  ].map((one) => ({ ...one, may: mayDo(one.action, one.scope, world.snapshot) }));
  const evidence = asked.map(({ action, scope, may }) => noted(scope, may ?? null, action));
  const missing = asked.filter(({ may }) => may === false);
  if (missing.length > 0) {
    const words = missing.map(
      ({ action, scope }) => `${action} on ${sameId(scope, vnet) ? shown(vnet) : subnetShown(scope)}`,
    );
    return fail(
      `You lack ${listed(words)}: making a compute there would be refused late, with LinkedAuthorizationFailed.`,
      evidence,
    );
  }
  return asked.some(({ may }) => may === undefined)
    ? unknown(`What you may do in ${shown(vnet)} could not be read.`, evidence)
    : pass(`You may bring computes into ${listed(subnets.map(subnetShown))}.`, evidence);
}

export const computeCallerCanJoin = defineRule({
  id: 'compute.caller-can-join',
  title: 'The operator may join computes to the subnet',
  severity: 'medium',
  for: ['service-endpoint', 'private-endpoint'],
  about: vnetType,
  explain: {
    why: 'Without these rights Azure refuses a new cluster or instance only after some minutes, and says little of why. Deny assignments are not seen here.',
    fix: 'None: ask whoever owns the network for the role Network Contributor on it, or for the three actions alone.',
    breaks: 'Nothing.',
    links: [links.secureTraining, links.roles],
  },
  fixKind: 'none',
  subjects: computeNetworkSubjects,
  check: (subject, judgement) => placeJudged(subject, judgement, (id) => judge(id, judgement)),
});
