// vm.outbound-default: nothing of the way out of an attached machine is denied, unless outbound is limited on purpose.
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
  placesOf,
} from '../parts/machines.ts';
import { proposed, reopening } from '../parts/nsg-change.ts';
import { decided, deciders, evidenceOf, hangsOn, modeOf, type Place, placeShown } from '../parts/nsg-place.ts';
import { fail, notApplicable, noted, pass, unknown } from '../parts/verdict.ts';
import type { Judgement, Proposal, Verdict } from '../rule.ts';

const everywhere = ['Internet', 'VirtualNetwork'];
const everything: Asked = { direction: 'Outbound', protocol: '*', remote: everywhere, ports: ['*'] };
const web: Asked = { direction: 'Outbound', protocol: 'Tcp', remote: everywhere, ports: ['443'] };

function judgeAt(place: Place): Verdict {
  const whole = decided(everything, place);
  const name = placeShown(place);
  const asked = place.judgement.world.snapshot.intents.outboundMode ?? 'auto';
  const evidence = [noted(place.group.id, asked, 'outbound mode asked for'), ...evidenceOf(whole, place, 'Outbound')];
  if (whole.verdict === 'allowed') return pass(`${name} keeps everything that goes out.`, evidence);
  if (modeOf(place) === 'limited')
    return notApplicable('Outbound is limited here; vm.outbound-limited judges instead.', evidence);
  const decision = decided(web, place);
  switch (decision.verdict) {
    case 'allowed':
      return pass(`${name} denies something that goes out, and nothing on Tcp 443.`, evidence);
    case 'unknown':
      return unknown(`Whether ${name} lets Tcp 443 out hangs on ${hangsOn(decision, place)}.`, evidence);
    default:
      return fail(
        `${name} stops part of what goes out on Tcp 443, by ${deciders(decision, 'denied')}, and nobody asked for limits.`,
        evidence,
      );
  }
}

function judge(compute: Resource, judgement: Judgement): Verdict {
  const evidence = machineEvidence(compute);
  const seats = seatsOfMachine(compute, judgement.world);
  return (
    judgedAt(seats, judgement, 'medium', evidence, judgeAt) ??
    pass(`No security group limits the ${machineShown(compute)}.`, evidence)
  );
}

function reopen(compute: Resource, judgement: Judgement): readonly Proposal[] | string {
  const proposals: Proposal[] = [];
  for (const place of placesOf(compute, judgement)) {
    const steps = reopening(place, web);
    if (typeof steps === 'string') return steps;
    proposals.push(...proposed(place, steps, 2, 'Opens the way to the Internet again.'));
  }
  return proposals;
}

export const vmOutboundDefault = defineRule({
  id: 'vm.outbound-default',
  title: 'Default outbound rules are kept',
  severity: 'medium',
  for: ['service-endpoint', 'private-endpoint'],
  about: computeType,
  explain: {
    why: 'The machine needs the Internet and its network, unless they are limited on purpose, with exceptions.',
    fix: 'Takes out the rules that deny Tcp 443 on the way out. To keep them on purpose, answer outboundMode=limited instead.',
    breaks: 'Everything that shares the security group, which the plan names, can reach the Internet again.',
    links: [links.securedTraffic, links.securityGroups],
  },
  fixKind: 'auto',
  undo: 'exact',
  instead: 'compute.managed-network-conflict',
  subjects: machineSubjects,
  check: (subject, judgement) => machineJudged(subject, judgement, (compute) => judge(compute, judgement)),
  fix: (finding, judgement) => machineProposals(finding, judgement, (compute) => reopen(compute, judgement)),
});
