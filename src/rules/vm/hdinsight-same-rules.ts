// vm.hdinsight-same-rules: the service reaches an HDInsight cluster by SSH, past the group of its subnet.
import { addressPointer } from '../../kinds/machine-view.ts';
import type { Resource } from '../../model/resource.ts';
import { seatsOfMachine } from '../../posture/machines.ts';
import { defineRule } from '../define.ts';
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
  placesOf,
  portEvidence,
  sshNeed,
  sshPortOf,
  sshRisk,
} from '../parts/machines.ts';
import { judgeNeed } from '../parts/nsg-flows.ts';
import { notApplicable, pass, seen } from '../parts/verdict.ts';
import type { Judgement, Verdict } from '../rule.ts';

function judge(compute: Resource, judgement: Judgement): Verdict {
  const name = machineShown(compute);
  if (!isHdinsight(compute)) return notApplicable(`Of the ${name} vm.ssh-inbound-azureml speaks.`);
  const evidence = [
    ...machineEvidence(compute),
    portEvidence(compute),
    seen(compute, addressPointer, 'name that SSH is opened to'),
  ];
  const seats = seatsOfMachine(compute, judgement.world);
  if (seats.length === 0)
    return notApplicable(`The ${name} is gone or in no network; vm.attached and vm.in-vnet speak of that.`, evidence);
  const need = sshNeed(sshPortOf(compute));
  return (
    judgedAt(seats, judgement, 'medium', evidence, (place) => judgeNeed(need, place)) ??
    pass(`No security group stands at the subnet of the ${name}.`, evidence)
  );
}

export const vmHdinsightSameRules = defineRule({
  id: 'vm.hdinsight-same-rules',
  title: "HDInsight's SSH endpoint follows the same NSG rule",
  severity: 'medium',
  for: ['service-endpoint', 'private-endpoint'],
  about: computeType,
  explain: {
    why: 'The service drives the head node of an attached HDInsight cluster over SSH, as it does a virtual machine.',
    fix: 'Adds an allow from the tag AzureMachineLearning to the SSH port at the group of the cluster’s subnet.',
    breaks: 'The service may open SSH to everything else that shares the group, which the plan names.',
    links: [links.secureTraining, links.hdinsightNetwork],
  },
  fixKind: 'auto',
  undo: 'exact',
  instead: 'compute.managed-network-conflict',
  subjects: machineSubjects,
  check: (subject, judgement) => machineJudged(subject, judgement, (compute) => judge(compute, judgement)),
  fix: (finding, judgement) =>
    machineProposals(finding, judgement, (compute) =>
      openAt(placesOf(compute, judgement), () => [sshNeed(sshPortOf(compute))], sshRisk),
    ),
});
