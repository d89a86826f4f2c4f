// compute.subnet-free-ips: a training subnet has an address for every node that may still come.
import { scalePointer } from '../../kinds/cluster-view.ts';
import { findSubnet, subnetType } from '../../kinds/network-view.ts';
import type { Finding } from '../../model/finding.ts';
import type { World } from '../../model/world.ts';
import { GapRead } from '../../model/world.ts';
import { reservedPerSubnet } from '../../net/address-plan.ts';
import { type Demand, demandIn, type Room, roomOf } from '../../posture/subnet-room.ts';
import { computesIn } from '../../posture/training-subnets.ts';
import { defineRule } from '../define.ts';
import { links } from '../parts/links.ts';
import { placeJudged } from '../parts/places.ts';
import { hasOddScale, shrunk } from '../parts/scale.ts';
import { trainingSubjects } from '../parts/training.ts';
import { fail, listed, noted, pass, seen, shown, subnetShown, unknown } from '../parts/verdict.ts';
import type { Answers, Judgement, Proposal, Verdict } from '../rule.ts';

const sum = (demands: readonly Demand[]): number => demands.reduce((total, { addresses }) => total + addresses, 0);

function evidenceOf(id: string, room: Room | undefined, demands: readonly Demand[], world: World) {
  const subnet = world.peek(id);
  return [
    ...(subnet.state === 'read' ? [seen(subnet.resource, '/properties/addressPrefix', 'its range')] : []),
    ...(room?.counted
      ? [seen(room.counted.document, room.counted.usage.pointer, 'addresses used, and how many there are')]
      : []),
    noted(id, reservedPerSubnet, 'addresses that Azure keeps'),
    noted(
      id,
      room?.free.count ?? null,
      room?.free.approximate ? 'free addresses, as far as the subnet lists those in use' : 'free addresses',
    ),
    ...demands.map(({ compute, addresses }) => noted(compute.id, addresses, 'addresses it may still ask for')),
  ];
}

function judge(id: string, { world }: Judgement): Verdict {
  const name = subnetShown(id);
  const odd = computesIn(id, world).find(hasOddScale);
  if (odd) {
    return unknown(`How far ${shown(odd.id)} may grow is not in a form that can be judged.`, [
      seen(odd, scalePointer, 'scale settings'),
    ]);
  }
  const demands = demandIn(id, world);
  const need = sum(demands);
  if (need === 0)
    return pass(`No compute in ${name} asks for more addresses.`, evidenceOf(id, undefined, demands, world));
  const room = roomOf(id, world);
  const evidence = evidenceOf(id, room, demands, world);
  if (room === undefined) return unknown(`How many addresses ${name} has is not shown.`, evidence);
  const about = room.free.approximate ? 'about ' : '';
  const free = `${about}${Math.max(0, room.free.count)} of its addresses are free`;
  const who = listed(demands.map(({ compute }) => shown(compute.id)));
  return room.free.count >= need
    ? pass(`${name}: ${free}, and ${who} may ask for ${need} more.`, evidence)
    : fail(
        `${name}: ${free}, but ${who} may ask for ${need} more: ${demands.length === 1 ? 'it' : 'they'} will only partly come.`,
        evidence,
      );
}

/** Lowers what clusters may ask for, the largest growth first, until the addresses suffice. */
function fit(finding: Finding, { world }: Judgement, answers: Answers): readonly Proposal[] | string {
  const id = finding.resource;
  const name = subnetShown(id);
  try {
    if (!findSubnet(world, id)) return `${name} does not exist.`;
    const room = roomOf(id, world);
    if (room === undefined) return `How many addresses ${name} has is not shown.`;
    return shrunk(demandIn(id, world), Math.max(0, room.free.count), answers, world);
  } catch (error) {
    if (error instanceof GapRead) return `What the fix needs to know could not be read: ${error.gap.reason}`;
    throw error;
  }
}

export const computeSubnetFreeIps = defineRule({
  id: 'compute.subnet-free-ips',
  title: 'Enough unassigned addresses for all targeted nodes',
  severity: 'high',
  for: ['service-endpoint', 'private-endpoint'],
  about: subnetType,
  explain: {
    why: 'Each node takes an address of the subnet. Once they are gone a cluster stays smaller than it wants to be, and jobs wait for nodes that will not come.',
    fix: 'Lowers the largest number of nodes of the clusters in the subnet until the free addresses suffice (answer nodes=NUMBER for the only one). The range of a used subnet cannot be changed: for more room make a larger subnet and the cluster anew in it (bastide create cluster).',
    breaks:
      'Jobs that need more nodes than the new largest number no longer start. The cluster that builds images keeps at least one.',
    links: [links.secureTraining, links.manageSubnet],
  },
  fixKind: 'guided',
  undo: 'exact',
  instead: 'workspace.managed-network-provisioned',
  subjects: (judgement) => trainingSubjects(judgement),
  check: (subject, judgement) => placeJudged(subject, judgement, (id) => judge(id, judgement)),
  fix: fit,
});
