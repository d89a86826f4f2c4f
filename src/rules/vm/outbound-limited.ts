// vm.outbound-limited: where outbound is limited, an attached machine has the exceptions that nodes have.
import type { Resource } from '../../model/resource.ts';
import { machineMode, seatsOfMachine } from '../../posture/machines.ts';
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
} from '../parts/machines.ts';
import type { Need } from '../parts/nsg-flows.ts';
import { decided, type Place, placeShown } from '../parts/nsg-place.ts';
import { judgeNeeds, needsOf } from '../parts/required-flows.ts';
import { orElse } from '../parts/subjects.ts';
import { few, notApplicable, together } from '../parts/verdict.ts';
import type { Judgement, Verdict } from '../rule.ts';

/** The rules whose flows a machine needs as nodes do. */
const exceptions = ['storage', 'acr', 'azureml', 'arm', 'entra', 'mcr'].map((name) => `nsg.outbound-${name}`);

const askedBy = (rule: string, place: Place): Need[] => {
  const needs = needsOf(rule, place);
  return typeof needs === 'string' ? [] : needs.filter(({ onlyNote }) => onlyNote !== true);
};
const needsAt = (place: Place): Need[] => exceptions.flatMap((rule) => askedBy(rule, place));

function judgeAt(place: Place): Verdict {
  const verdict = together(
    'high',
    exceptions.map((rule) => () => judgeNeeds(rule, 'high', place)),
  );
  const name = placeShown(place);
  if (verdict.outcome === 'pass') return { ...verdict, because: `${name} has the exceptions that a machine needs.` };
  if (verdict.outcome !== 'fail') return verdict;
  const stopped = exceptions
    .flatMap((rule) => orElse(() => askedBy(rule, place), []))
    .filter(({ asked }) => ['denied', 'partly'].includes(decided(asked, place).verdict))
    .map(({ what }) => what);
  return { ...verdict, because: `${name} limits what goes out and stops ${few(stopped)}.` };
}

function judge(compute: Resource, judgement: Judgement): Verdict {
  const { world } = judgement;
  const name = machineShown(compute);
  const evidence = machineEvidence(compute);
  // Where it is neither open nor limited, the deny in the way is what is wrong.
  const limited = seatsOfMachine(compute, world).filter((seat) => machineMode(seat, world) === 'limited');
  if (limited.length === 0)
    return notApplicable(`Outbound is not limited for the ${name}; vm.outbound-default judges instead.`, evidence);
  return (
    judgedAt(limited, judgement, 'high', evidence, judgeAt) ??
    notApplicable(`No security group limits the ${name}.`, evidence)
  );
}

export const vmOutboundLimited = defineRule({
  id: 'vm.outbound-limited',
  title: 'If outbound is limited, the compute exceptions apply',
  severity: 'high',
  for: ['service-endpoint', 'private-endpoint'],
  about: computeType,
  explain: {
    why: 'A machine that jobs run on needs the same services as the nodes of a cluster: storage, registry, the service itself, Resource Manager, sign-in and Microsoft’s images.',
    fix: 'Adds an allow for each of them at each group that stops it, of the subnet and of the interface, below the lowest deny in its way.',
    breaks: 'Nothing that works today. The same traffic passes for everything else that shares the group.',
    links: [links.securedTraffic, links.cardGroups],
  },
  fixKind: 'auto',
  undo: 'exact',
  instead: 'compute.managed-network-conflict',
  subjects: machineSubjects,
  check: (subject, judgement) => machineJudged(subject, judgement, (compute) => judge(compute, judgement)),
  fix: (finding, judgement) =>
    // Where outbound is to be limited, the allows must outlive the deny that is to come.
    machineProposals(finding, judgement, (compute) =>
      openAt(placesOf(compute, { ...judgement, asIfClosed: true }), needsAt, 'Lets this traffic pass.'),
    ),
});
