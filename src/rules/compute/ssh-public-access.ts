// compute.ssh-public-access: port 22 of a public address is open only where that is wanted.
import { enumAt } from '../../kinds/read.ts';
import { computeView } from '../../kinds/workspace-view.ts';
import type { Resource } from '../../model/resource.ts';
import { architectureFor } from '../../posture/architecture.ts';
import { defineRule } from '../define.ts';
import {
  addressMember,
  computeEvidence,
  computeJudged,
  computeShown,
  computeType,
  managedSubjects,
} from '../parts/computes.ts';
import { hiddenSibling } from '../parts/hidden-sibling.ts';
import { links } from '../parts/links.ts';
import { hidesComputes, remade, sshPointer } from '../parts/remade.ts';
import { proposalsOn } from '../parts/subjects.ts';
import { fail, pass, seen, unknown } from '../parts/verdict.ts';
import { isOdd } from '../parts/workspace.ts';
import type { Answers, Judgement, Proposal, Verdict } from '../rule.ts';

const states = ['Enabled', 'Disabled', 'NotSpecified'] as const;
const isInstance = (compute: Resource) => computeView(compute).computeType === 'ComputeInstance';

/** The setting; absent means Disabled on an instance and NotSpecified on a cluster. Undefined: nobody knows the value. */
function sshOf(compute: Resource): (typeof states)[number] | undefined {
  const instance = isInstance(compute);
  const pointer = sshPointer(compute);
  if (isOdd(compute, pointer, 'string')) return undefined;
  const value = enumAt(compute.body, pointer, states);
  if (value === undefined) return instance ? 'Disabled' : 'NotSpecified';
  return states.find((one) => one === value);
}

function judge(compute: Resource, { world }: Judgement): Verdict {
  const name = computeShown(compute);
  const evidence = [
    ...computeEvidence(compute),
    seen(compute, sshPointer(compute), 'public SSH'),
    seen(compute, addressMember, 'public address'),
    seen(compute, '/properties/properties/connectivityEndpoints/publicIpAddress', 'the address'),
  ];
  if (world.snapshot.intents.sshWanted === true)
    return pass('You answered that computes are reached by SSH.', evidence);
  const { enableNodePublicIp, subnet } = computeView(compute);
  if (enableNodePublicIp === false) return pass(`The ${name} has no public address to be reached at.`, evidence);
  const ssh = sshOf(compute);
  if (ssh === undefined)
    return unknown(`The SSH setting of the ${name} is not in a form that can be judged.`, evidence);
  if (ssh === 'Disabled') return pass(`Public SSH of the ${name} is off.`, evidence);
  if (ssh === 'Enabled') return fail(`Port 22 of the ${name} is open at its public address.`, evidence);
  const inside = subnet !== undefined || architectureFor(world) === 'managed-network';
  return inside
    ? pass(`Public SSH of the ${name} was left unsaid, which means off inside a network.`, evidence)
    : fail(`Public SSH of the ${name} was left unsaid, which means on outside a network.`, evidence);
}

/** The setting is made with the compute; until the old one is gone, nsg.inbound-ssh shuts the port at its subnet. */
function shut(compute: Resource, judgement: Judgement, answers: Answers): readonly Proposal[] | string {
  if (hidesComputes(judgement)) return hiddenSibling(compute, judgement, answers);
  return remade(compute, { set: {}, seat: computeView(compute).subnet === undefined }, judgement, answers);
}

export const computeSshPublicAccess = defineRule({
  id: 'compute.ssh-public-access',
  title: 'Public SSH only when wanted',
  severity: 'medium',
  about: computeType,
  explain: {
    why: 'Port 22 at a public address is found and tried by strangers within minutes.',
    fix: 'Makes a sibling without public SSH (answer name=NAME for a name of your own; subnet=VNET/NAME where the old one sits in none) and, with the answer delete=yes, deletes the old one; with delete=no both stay. Until then nsg.inbound-ssh shuts the port at the subnet.',
    breaks:
      'Whoever logs in over the public address no longer can. Deleting the old compute kills its running jobs and loses what was saved on its disk; neither comes back.',
    links: [links.secureTraining],
  },
  fixKind: 'guided',
  undo: 'none',
  subjects: managedSubjects,
  check: (subject, judgement) => computeJudged(subject, judgement, (compute) => judge(compute, judgement)),
  fix: (finding, judgement, answers) => proposalsOn(finding, judgement, (compute) => shut(compute, judgement, answers)),
});
