// Another compute without a public address, where it would find the service and a way out: the sibling that compute.no-public-ip
// asks for, and compute.ssh-public-access where computes are hidden anyway.

import { findSubnet, subnetView, vnetOf } from '../../kinds/network-view.ts';
import { textAt } from '../../kinds/read.ts';
import { computeView } from '../../kinds/workspace-view.ts';
import type { Resource } from '../../model/resource.ts';
import type { World } from '../../model/world.ts';
import { architectureFor } from '../../posture/architecture.ts';
import { reachedPrivately } from '../../posture/endpoints.ts';
import { tunnelOf } from '../../posture/tunnel.ts';
import type { Answers, Judgement, Proposal } from '../rule.ts';
import { addressMember, subnetMember } from './computes.ts';
import { natProposals } from './nat.ts';
import { remade } from './remade.ts';
import { shown, subnetShown } from './verdict.ts';

/** The sibling, with a NAT gateway where its subnet has no way out and the operator answered `outbound=gateway`; or why not. */
export function hiddenSibling(compute: Resource, judgement: Judgement, answers: Answers): Proposal[] | string {
  const { world } = judgement;
  if (architectureFor(world) === 'managed-network') {
    const set = { [addressMember]: false, [subnetMember]: undefined };
    return remade(compute, { set, seat: false }, judgement, answers);
  }
  const { subnet } = computeView(compute);
  const made = remade(compute, { set: { [addressMember]: false }, seat: subnet === undefined }, judgement, answers);
  const [first] = typeof made === 'string' ? [] : made;
  const seat = subnet ?? textAt(first?.change.body ?? undefined, `${subnetMember}/id`);
  if (seat === undefined) return made;
  if (!reachesService(seat, world)) {
    return `No private endpoint of the workspace lies in ${shown(vnetOf(seat))} or a connected peer: that comes first (workspace.private-endpoint).`;
  }
  const place = findSubnet(world, seat);
  if (place === undefined || subnetView(place).natGateway !== undefined) return made;
  if (['udr', 'bgp'].includes(tunnelOf(seat, world).kind) || typeof made === 'string') return made;
  if (answers.outbound !== 'gateway') {
    return `${subnetShown(seat)} has neither a NAT gateway nor a route out: it needs the answer outbound=gateway (a NAT gateway, billed by the hour), or a route to an appliance first.`;
  }
  const gateway = natProposals(place, judgement);
  return typeof gateway === 'string' ? gateway : [...gateway, ...made];
}

function reachesService(seat: string, world: World): boolean {
  const workspace = world.workspace();
  return !workspace || reachedPrivately(workspace.id, vnetOf(seat), world, ['amlworkspace']);
}
