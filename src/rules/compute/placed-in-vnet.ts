// compute.placed-in-vnet: every cluster and instance is made inside a subnet.
import { vnetOf } from '../../kinds/network-view.ts';
import { line } from '../../kinds/parts/shell.ts';
import { computeView } from '../../kinds/workspace-view.ts';
import type { Resource } from '../../model/resource.ts';
import { GapRead } from '../../model/world.ts';
import { subnetUses, unreadUses } from '../../posture/needs.ts';
import { defineRule } from '../define.ts';
import {
  computeEvidence,
  computeShown,
  computeType,
  hasOddSubnet,
  managedComputes,
  managedSubjects,
} from '../parts/computes.ts';
import { links } from '../parts/links.ts';
import { proposalsOn } from '../parts/subjects.ts';
import { fail, listed, notApplicable, noted, pass, shown, subnetShown, unknown } from '../parts/verdict.ts';
import type { Judgement, Subject, Verdict } from '../rule.ts';

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
function byHand(resource: Resource, { world }: Judgement): string {
  const [first] = subnetUses(world).filter(({ role }) => role === 'training');
  const [network, name] = first ? [shown(vnetOf(first.subnet)), shown(first.subnet)] : ['VNET', 'SUBNET'];
  const into = line('--vnet-name', network, '--subnet', name);
  const type = computeView(resource).computeType === 'ComputeInstance' ? 'ComputeInstance' : 'AmlCompute';
  return `A compute is not moved: make another inside the network by hand (az ml compute create --type ${type} ${into}), point jobs at it, then delete the old one, whose running jobs die with it.`;
}

export const computePlacedInVnet = defineRule({
  id: 'compute.placed-in-vnet',
  title: 'Training computes are created inside a VNet subnet',
  severity: 'critical',
  for: ['service-endpoint', 'private-endpoint'],
  about: computeType,
  explain: {
    why: 'A compute outside every virtual network reaches storage from an address nobody admitted: closing storage cuts it off, and keeping it working keeps storage open.',
    fix: 'A subnet is chosen when a compute is made. Says how to make a sibling in a subnet of yours, which is done by hand.',
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
  fix: (finding, judgement) => proposalsOn(finding, judgement, (resource) => byHand(resource, judgement)),
});
