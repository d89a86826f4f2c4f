// compute.no-public-ip: computes have no public address.
import { findSubnet, subnetView, vnetOf } from '../../kinds/network-view.ts';
import { textAt } from '../../kinds/read.ts';
import { computeView } from '../../kinds/workspace-view.ts';
import type { Resource } from '../../model/resource.ts';
import type { World } from '../../model/world.ts';
import { architectureFor } from '../../posture/architecture.ts';
import { reachedPrivately } from '../../posture/endpoints.ts';
import { tunnelOf } from '../../posture/tunnel.ts';
import { defineRule } from '../define.ts';
import {
  addressMember,
  computeEvidence,
  computeJudged,
  computeShown,
  computeType,
  managedSubjects,
  subnetMember,
} from '../parts/computes.ts';
import { links } from '../parts/links.ts';
import { remade } from '../parts/remade.ts';
import { proposalsOn } from '../parts/subjects.ts';
import { fail, notApplicable, pass, seen, shown, subnetShown, unknown } from '../parts/verdict.ts';
import { isOdd } from '../parts/workspace.ts';
import type { Answers, Judgement, Proposal, Verdict } from '../rule.ts';

function judge(compute: Resource, { world }: Judgement): Verdict {
  const name = computeShown(compute);
  const evidence = [
    ...computeEvidence(compute),
    seen(compute, addressMember, 'public address'),
    seen(compute, '/properties/properties/connectivityEndpoints/publicIpAddress', 'the address'),
  ];
  const { subnet, enableNodePublicIp } = computeView(compute);
  if (architectureFor(world) === 'service-endpoint' && subnet !== undefined) {
    return notApplicable(
      `A public address is the normal state of a compute in a subnet under service endpoints; the rules of its security group guard the ${name}.`,
      evidence,
    );
  }
  if (isOdd(compute, addressMember, 'boolean')) {
    return unknown(`Whether the ${name} has a public address is not in a form that can be judged.`, evidence);
  }
  return enableNodePublicIp === false
    ? pass(`The ${name} has no public address.`, evidence)
    : fail(`The ${name} has a public address${enableNodePublicIp ? '' : ', since nothing says otherwise'}.`, evidence);
}

/** Another without an address, where it would find the service and a way out. */
function hide(compute: Resource, judgement: Judgement, answers: Answers): readonly Proposal[] | string {
  const { world } = judgement;
  if (architectureFor(world) === 'managed-network') {
    return remade(
      compute,
      { set: { [addressMember]: false, [subnetMember]: undefined }, seat: false },
      judgement,
      answers,
    );
  }
  const { subnet } = computeView(compute);
  const made = remade(compute, { set: { [addressMember]: false }, seat: subnet === undefined }, judgement, answers);
  const [first] = typeof made === 'string' ? [] : made;
  const seat = subnet ?? textAt(first?.change.body ?? undefined, '/properties/properties/subnet/id');
  const lacking = seat === undefined ? undefined : whatIsLacking(seat, world);
  return lacking ?? made;
}

/** Why a compute without a public address would not start in a subnet. */
function whatIsLacking(seat: string, world: World): string | undefined {
  const workspace = world.workspace();
  if (workspace && !reachedPrivately(workspace.id, vnetOf(seat), world, ['amlworkspace'])) {
    return `No private endpoint of the workspace lies in ${shown(vnetOf(seat))} or a connected peer: that comes first (workspace.private-endpoint).`;
  }
  const subnet = findSubnet(world, seat);
  const hasGateway = subnet !== undefined && subnetView(subnet).natGateway !== undefined;
  return hasGateway || ['udr', 'bgp'].includes(tunnelOf(seat, world).kind)
    ? undefined
    : `${subnetShown(seat)} has neither a NAT gateway nor a route out: that comes first (compute.explicit-outbound).`;
}

export const computeNoPublicIp = defineRule({
  id: 'compute.no-public-ip',
  title: 'Computes have no public address',
  severity: 'high',
  profiles: ['current'],
  about: computeType,
  explain: {
    why: 'Without a public address a compute needs no inbound rule at all, and nobody outside can try its ports.',
    fix: 'Makes a sibling without a public address (answer name=NAME for a name of your own; subnet=VNET/NAME where the old one sits in none) and, with the answer delete=yes, deletes the old one; with delete=no both stay.',
    breaks:
      'Without a private endpoint of the workspace and an explicit way out (a NAT gateway or a routed firewall) the new compute does not start. Deleting the old one kills its running jobs and loses what was saved on its disk.',
    links: [links.secureTraining],
  },
  fixKind: 'guided',
  undo: 'partial',
  gates: ['workspace.private-endpoint', 'compute.explicit-outbound'],
  subjects: managedSubjects,
  check: (subject, judgement) => computeJudged(subject, judgement, (compute) => judge(compute, judgement)),
  fix: (finding, judgement, answers) => proposalsOn(finding, judgement, (compute) => hide(compute, judgement, answers)),
});
