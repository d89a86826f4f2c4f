// vm.outbound-limited: where outbound is limited, an attached machine has the exceptions that nodes have.
import type { Resource } from '../../model/resource.ts';
import { machineMode, seatsOfMachine } from '../../posture/machines.ts';
import { defineRule } from '../define.ts';
import { computeType } from '../parts/computes.ts';
import { links } from '../parts/links.ts';
import {
  machineEvidence,
  machineJudged,
  machineProposals,
  machineShown,
  machineSubjects,
  openAt,
  placesAt,
  placesOf,
} from '../parts/machines.ts';
import { judgeNeeds } from '../parts/nsg-flows.ts';
import type { Need } from '../parts/nsg-need.ts';
import { needsOf } from '../parts/nsg-needs.ts';
import type { Place } from '../parts/nsg-place.ts';
import { notApplicable, together } from '../parts/verdict.ts';
import type { Judgement, Verdict } from '../rule.ts';

/** The rules whose flows a machine needs as nodes do. */
const exceptions = ['storage', 'acr', 'azureml', 'arm', 'entra', 'mcr'].map((name) => `nsg.outbound-${name}`);

const needsAt = (place: Place): Need[] =>
  exceptions.flatMap((rule) => {
    const needs = needsOf(rule, place);
    return typeof needs === 'string' ? [] : needs.filter(({ onlyNote }) => onlyNote !== true);
  });

function judge(compute: Resource, judgement: Judgement): Verdict {
  const name = machineShown(compute);
  const evidence = machineEvidence(compute);
  const seats = seatsOfMachine(compute, judgement.world);
  const places = seats.flatMap((seat) => placesAt(seat, judgement));
  if (places.length === 0) return notApplicable(`No security group limits the ${name}.`, evidence);
  if (seats.every((seat) => machineMode(seat, judgement.world) === 'open'))
    return notApplicable(`Outbound is open for the ${name}, so nothing needs an exception.`, evidence);
  const verdict = together(
    'high',
    places.flatMap((place) => exceptions.map((rule) => () => judgeNeeds(rule, 'high', place))),
  );
  return { ...verdict, evidence: [...evidence, ...(verdict.evidence ?? [])] };
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
