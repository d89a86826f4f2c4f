// compute.placed-in-vnet: every cluster and instance is made inside a subnet.
import { computeView } from '../../kinds/workspace-view.ts';
import type { Resource } from '../../model/resource.ts';
import { GapRead } from '../../model/world.ts';
import { subnetUses, unreadUses } from '../../posture/needs.ts';
import { defineRule } from '../define.ts';
import {
  addressMember,
  computeEvidence,
  computeShown,
  computeType,
  hasOddSubnet,
  managedComputes,
  managedSubjects,
} from '../parts/computes.ts';
import { links } from '../parts/links.ts';
import { hidesComputes, remade } from '../parts/remade.ts';
import { proposalsOn } from '../parts/subjects.ts';
import { fail, listed, notApplicable, noted, pass, shown, subnetShown, unknown } from '../parts/verdict.ts';
import type { Answers, Judgement, Proposal, Subject, Verdict } from '../rule.ts';

function judgeCompute(compute: Resource): Verdict {
  const name = computeShown(compute);
  const evidence = computeEvidence(compute);
  const { subnet } = computeView(compute);
  if (subnet !== undefined) return pass(`The ${name} sits in ${subnetShown(subnet)}.`, evidence);
  return hasOddSubnet(compute)
    ? unknown(`Which subnet the ${name} sits in is not in a form that can be judged.`, evidence)
    : fail(`The ${name} sits in no subnet: it reaches storage from an address that nobody admitted.`, evidence);
}

/** No cluster and no instance: something attached, or serverless computes, may train inside the network instead. */
function judgeWorkspace(id: string, { world, profile }: Judgement): Verdict {
  if (managedComputes(world).length > 0) return notApplicable('Each cluster and instance is judged by itself.');
  const uses = subnetUses(world);
  if (uses.length > 0) {
    const evidence = uses.map(({ subnet, by }) => noted(subnet, [...by], 'used by'));
    const where = [...new Set(uses.map(({ subnet }) => subnetShown(subnet)))];
    return pass(`No cluster and no instance, but something to train on in ${listed(where)}.`, evidence);
  }
  const [unread] = unreadUses(world);
  if (unread) throw new GapRead(unread.gap);
  const nothing = `${shown(id)} has nothing to train on inside a virtual network.`;
  return profile === 'seed-2020' ? fail(nothing, [], 'medium') : notApplicable(nothing);
}

function judge({ resource: id }: Subject, judgement: Judgement): Verdict {
  const { world } = judgement;
  if (id === world.snapshot.workspace) return judgeWorkspace(id, judgement);
  const compute = world.get(id);
  return compute ? judgeCompute(compute) : notApplicable(`${shown(id)} does not exist.`);
}

/** A subnet is chosen when a compute is made, so the way is a new one beside it. */
function inside(resource: Resource, judgement: Judgement, answers: Answers): readonly Proposal[] | string {
  if (resource.id === judgement.world.snapshot.workspace) {
    return 'There is no compute to make another after: bastide create cluster makes the first one in a subnet of yours.';
  }
  const set = hidesComputes(judgement) ? { [addressMember]: false } : {};
  return remade(resource, { set, seat: true }, judgement, answers);
}

export const computePlacedInVnet = defineRule({
  id: 'compute.placed-in-vnet',
  title: 'Training computes are created inside a VNet subnet',
  severity: 'critical',
  for: ['service-endpoint', 'private-endpoint'],
  about: computeType,
  explain: {
    why: 'A compute outside every virtual network reaches storage from an address nobody admitted: closing storage cuts it off, and keeping it working keeps storage open.',
    fix: 'Makes a sibling in the subnet you name (answer subnet=VNET/NAME; name=NAME for a name of your own) and, with the answer delete=yes, deletes the old one; with delete=no both stay.',
    breaks:
      'The new compute takes addresses of the subnet and is billed while it runs; with a public address a security group, a load balancer and the address appear beside the network. Deleting the old compute kills its running jobs, and what was saved on an instance’s disk is lost.',
    links: [links.secureTraining],
  },
  fixKind: 'guided',
  undo: 'partial',
  gates: [
    'compute.subnet-free-ips',
    'compute.locks',
    'compute.policy',
    'compute.network-quota',
    'compute.subnet-not-delegated',
  ],
  subjects: managedSubjects,
  check: judge,
  fix: (finding, judgement, answers) =>
    proposalsOn(finding, judgement, (resource) => inside(resource, judgement, answers)),
});
