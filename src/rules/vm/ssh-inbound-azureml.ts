// vm.ssh-inbound-azureml: the service reaches the machine by SSH, past the group of the subnet and that of the interface.
import { textAt } from '../../kinds/read.ts';
import type { Resource } from '../../model/resource.ts';
import { fold } from '../../model/resource-id.ts';
import { type MachineSeat, seatsOfMachine } from '../../posture/machines.ts';
import { defineRule } from '../define.ts';
import { groupForCard } from '../parts/card-group.ts';
import { computeType } from '../parts/computes.ts';
import { links } from '../parts/links.ts';
import {
  isHdinsight,
  judgedAt,
  machineEvidence,
  machineJudged,
  machineProposals,
  machineShown,
  machineSubjects,
  openAt,
  placesAt,
  portEvidence,
  sshNeed,
  sshPortOf,
  sshRisk,
} from '../parts/machines.ts';
import { judgeNeed } from '../parts/nsg-flows.ts';
import { fail, notApplicable, pass, seen, shown, unknown } from '../parts/verdict.ts';
import type { Judgement, Verdict } from '../rule.ts';

/** Without any group the tier of the public address decides: Basic lets everything in, Standard nothing. */
function bare(compute: Resource, seat: MachineSeat, { world }: Judgement): Verdict {
  const name = machineShown(compute);
  const evidence = [...machineEvidence(compute), portEvidence(compute)];
  if (seat.publicAddress === undefined)
    return unknown(
      `The ${name} has neither a security group nor a public address; how SSH reaches it is not told.`,
      evidence,
    );
  const address = world.get(seat.publicAddress);
  if (!address) return unknown(`The public address of the ${name} does not exist.`, evidence);
  const tier = textAt(address.body, '/sku/name') ?? 'Basic';
  const all = [...evidence, seen(address, '/sku/name', 'tier; Basic where none is shown')];
  if (fold(tier) === 'basic')
    return pass(`The ${name} has no security group, and its Basic address lets everything in.`, all);
  return fold(tier) === 'standard'
    ? fail(
        `The ${name} has no security group, and ${shown(address.id)}, a Standard address, lets nothing in without one.`,
        all,
      )
    : unknown(`What an address of tier ${tier.slice(0, 40)} lets in is not known.`, all);
}

function judge(compute: Resource, judgement: Judgement): Verdict {
  const name = machineShown(compute);
  if (isHdinsight(compute)) return notApplicable(`Of the ${name} vm.hdinsight-same-rules speaks.`);
  const [seat] = seatsOfMachine(compute, judgement.world);
  if (!seat) return notApplicable(`The ${name}, or a subnet of it, is not there; vm.attached speaks of it.`);
  const need = sshNeed(sshPortOf(compute));
  const address = seat.publicAddress === undefined ? undefined : judgement.world.peek(seat.publicAddress);
  const tier = address?.state === 'read' ? [seen(address.resource, '/sku/name', 'tier of the public address')] : [];
  const evidence = [...machineEvidence(compute), portEvidence(compute), ...tier];
  return (
    judgedAt([seat], judgement, 'high', evidence, (place) => judgeNeed(need, place)) ?? bare(compute, seat, judgement)
  );
}

export const vmSshInboundAzureml = defineRule({
  id: 'vm.ssh-inbound-azureml',
  title: 'Inbound SSH from AzureMachineLearning',
  severity: 'high',
  for: ['service-endpoint', 'private-endpoint'],
  about: computeType,
  explain: {
    why: 'The service drives an attached machine over SSH. Traffic must pass the security group of the subnet and that of the interface; one that stops it is enough.',
    fix: 'Adds an allow from the tag AzureMachineLearning to the SSH port at each group that stops it. Where no group stands at all, and you answer group=make, makes one for the interface with that allow.',
    breaks:
      'The service may open SSH to everything else that shares the group, which the plan names. A group made for an interface shuts all its other inbound ports.',
    links: [links.secureTraining, links.cardGroups],
  },
  fixKind: 'auto',
  undo: 'exact',
  instead: 'compute.managed-network-conflict',
  subjects: machineSubjects,
  check: (subject, judgement) => machineJudged(subject, judgement, (compute) => judge(compute, judgement)),
  fix: (finding, judgement, answers) =>
    machineProposals(finding, judgement, (compute) => {
      const need = sshNeed(sshPortOf(compute));
      const [seat] = seatsOfMachine(compute, judgement.world);
      if (!seat) return 'No interface of the machine is known.';
      const places = placesAt(seat, judgement);
      return places.length === 0
        ? groupForCard(seat, [need], judgement, answers)
        : openAt(places, () => [need], sshRisk);
    }),
});
