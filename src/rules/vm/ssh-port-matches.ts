// vm.ssh-port-matches: the port that is open for the service is the one the machine was attached with.
import { attachedView } from '../../kinds/machine-view.ts';
import type { Resource } from '../../model/resource.ts';
import type { Asked } from '../../posture/flows.ts';
import { seatsOfMachine } from '../../posture/machines.ts';
import { defineRule } from '../define.ts';
import { computeType } from '../parts/computes.ts';
import { links } from '../parts/links.ts';
import {
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
  sshService,
} from '../parts/machines.ts';
import { judgeNeed } from '../parts/nsg-flows.ts';
import { decided, type Place, placeShown } from '../parts/nsg-place.ts';
import { fail, few, notApplicable, noted, unknown } from '../parts/verdict.ts';
import type { Judgement, Verdict } from '../rule.ts';

const everyPort: Asked = { direction: 'Inbound', protocol: 'Tcp', remote: [sshService], ports: ['*'] };

/** Ports that a group opens to the service one by one, and 22 in whatever range. */
function opened(place: Place): string[] {
  const ranges = decided(everyPort, place)
    .parts.filter(({ outcome }) => outcome === 'allowed')
    .map(({ box }) => box.destinationPorts);
  const ports = ranges.flatMap((pairs) =>
    pairs.flatMap((from, index) => {
      const end = pairs[index + 1] ?? from;
      if (index % 2 === 1) return [];
      return end - from === 1 ? [from] : from <= 22 && end > 22 ? [22] : [];
    }),
  );
  return [...new Set(ports)].map(String);
}

function judgeAt(place: Place, compute: Resource): Verdict {
  const port = sshPortOf(compute);
  const verdict = judgeNeed(sshNeed(port), place);
  if (verdict.outcome !== 'fail') return verdict;
  const others = opened(place);
  const evidence = [...(verdict.evidence ?? []), noted(place.group.id, others, 'ports open to the service')];
  return others.length === 0
    ? notApplicable(`${placeShown(place)} opens no port to the service; vm.ssh-inbound-azureml speaks of it.`, evidence)
    : fail(
        `The ${machineShown(compute)} was attached with port ${port}, and ${placeShown(place)} opens ${few(others)} to the service instead.`,
        evidence,
      );
}

function judge(compute: Resource, judgement: Judgement): Verdict {
  const evidence = [...machineEvidence(compute), portEvidence(compute)];
  const isTold = attachedView(compute).port !== undefined;
  const untold = unknown(`The port that the ${machineShown(compute)} was attached with is not told.`);
  const seats = seatsOfMachine(compute, judgement.world);
  return (
    judgedAt(seats, judgement, 'low', evidence, (place) => (isTold ? judgeAt(place, compute) : untold)) ??
    notApplicable(`The ${machineShown(compute)} meets no security group.`, evidence)
  );
}

export const vmSshPortMatches = defineRule({
  id: 'vm.ssh-port-matches',
  title: "The rule's port is the port the compute was attached with",
  severity: 'low',
  for: ['service-endpoint', 'private-endpoint'],
  about: computeType,
  explain: {
    why: 'SSH is usually on port 22; a rule for 22 does nothing for a machine that listens on another.',
    fix: 'Adds an allow from the tag AzureMachineLearning to the port that the machine was attached with.',
    breaks: 'The service may open that port of everything else that shares the group, which the plan names.',
    links: [links.secureTraining, links.securityGroups],
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
