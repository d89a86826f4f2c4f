// nsg.outbound-internet-open: where outbound is meant to be open, nothing of the Internet is denied.
import { leakAt, toInternet } from '../../posture/flows.ts';
import { defineRule } from '../define.ts';
import { links } from '../parts/links.ts';
import { proposed } from '../parts/nsg-change.ts';
import {
  decided,
  deciders,
  evidenceOf,
  hangsOn,
  modeOf,
  type Place,
  placeJudged,
  placeShown,
  proposalsAt,
  stopperShown,
  subnetType,
  trainingPlaces,
} from '../parts/nsg-place.ts';
import { reopening } from '../parts/nsg-reopen.ts';
import { fail, notApplicable, noted, pass, unknown } from '../parts/verdict.ts';
import type { Verdict } from '../rule.ts';

function judge(place: Place): Verdict {
  const { world } = place.judgement;
  const mode = modeOf(place);
  if (mode === 'limited') return notApplicable('Outbound is limited here; nsg.outbound-deny-internet judges instead.');
  const decision = decided(toInternet, place);
  const evidence = [
    noted(place.group.id, world.snapshot.intents.outboundMode ?? 'auto', 'outbound mode asked for'),
    ...evidenceOf(decision, place, 'Outbound'),
  ];
  const name = placeShown(place);
  if (decision.verdict === 'allowed')
    return pass(`${name} lets everything out, by ${deciders(decision, 'allowed')}.`, evidence);
  if (decision.verdict === 'unknown')
    return unknown(`Whether ${name} lets everything out hangs on ${hangsOn(decision, place)}.`, evidence);
  const stopped = `${stopperShown(decision, place)} stops part of the Internet, by ${deciders(decision, 'denied')}`;
  return mode === 'open'
    ? fail(`${stopped}, though outbound is meant to be open.`, evidence)
    : pass(`${stopped}; nobody said whether outbound is meant to be open.`, [
        ...evidence,
        noted(place.group.id, leakAt(place.subnet, world).verdict, 'the Internet beyond the tags that are allowed'),
      ]);
}

export const nsgOutboundInternetOpen = defineRule({
  id: 'nsg.outbound-internet-open',
  title: 'Outbound any port to the Internet (open mode)',
  severity: 'high',
  for: ['service-endpoint', 'private-endpoint'],
  about: subnetType,
  explain: {
    why: 'Unrestricted egress is what the service assumes unless it is limited on purpose; a stray deny stops package installs, images and the service itself.',
    fix: 'Takes out the rules that deny the Internet. To keep them on purpose, answer outboundMode=limited instead.',
    breaks: 'Everything that shares the security group, which the plan names, can reach the Internet again.',
    links: [links.securedTraffic, links.securityGroups],
  },
  fixKind: 'auto',
  undo: 'exact',
  subjects: trainingPlaces,
  flows: () => [toInternet],
  check: (subject, judgement) => placeJudged(subject, judgement, judge),
  fix: (finding, judgement) =>
    proposalsAt(finding, judgement, (place) => {
      const steps = reopening(place, toInternet);
      return typeof steps === 'string' ? steps : proposed(place, steps, 2, 'Opens the way to the Internet again.');
    }),
});
