// nsg.outbound-deny-internet: where outbound is to be limited, nothing of the Internet is open beyond what is allowed by name.
import { leakAt, toInternet } from '../../posture/flows.ts';
import { isTunnelled } from '../../posture/tunnel.ts';
import { defineRule } from '../define.ts';
import { links } from '../parts/links.ts';
import { limitBare, limitGroup } from '../parts/nsg-limit.ts';
import { outboundRules } from '../parts/nsg-needs.ts';
import {
  deciders,
  evidenceOf,
  hangsOn,
  type Place,
  placeAt,
  placeJudged,
  placeShown,
  subnetType,
  trainingPlaces,
} from '../parts/nsg-place.ts';
import { proposalsOn } from '../parts/subjects.ts';
import { fail, notApplicable, noted, pass, subnetShown, unknown } from '../parts/verdict.ts';
import type { Judgement, Verdict } from '../rule.ts';

const notAsked = 'You did not answer that outbound is to be limited (outboundMode).';

function judge(place: Place): Verdict {
  const { subnet, judgement } = place;
  if (judgement.world.snapshot.intents.outboundMode !== 'limited') return notApplicable(notAsked);
  const found = leakAt(subnet, judgement.world);
  const { decision } = found;
  const evidence = evidenceOf(decision, place, 'Outbound', 'allowed');
  const name = placeShown(place);
  if (found.verdict === 'denied')
    return pass(
      `${name} denies the Internet beyond what it allows by name, by ${deciders(decision, 'denied')}.`,
      evidence,
    );
  if (found.verdict === 'unknown') {
    return unknown(
      `Whether ${name} denies the Internet hangs on ${hangsOn(decision, place)}; a deny of * instead of Internet would be certain.`,
      evidence,
    );
  }
  const part = found.verdict === 'partly' ? 'part of the Internet' : 'the whole Internet';
  return fail(`${name} lets ${part} be reached, by ${deciders(decision, 'allowed')}.`, evidence);
}

function bare(subnet: string, { world }: Judgement): Verdict {
  if (world.snapshot.intents.outboundMode !== 'limited') return notApplicable(notAsked);
  const evidence = [noted(subnet, null, 'no network security group')];
  return isTunnelled(subnet, world)
    ? notApplicable(`${subnetShown(subnet)} sends everything to an appliance, which limits it.`, evidence)
    : fail(`${subnetShown(subnet)} has no network security group, so nothing limits what goes out.`, evidence);
}

export const nsgOutboundDenyInternet = defineRule({
  id: 'nsg.outbound-deny-internet',
  title: 'Limited mode really denies the Internet',
  severity: 'medium',
  for: ['service-endpoint', 'private-endpoint'],
  about: subnetType,
  explain: {
    why: 'Limited outbound keeps data from leaving by way of any host; a deny that misses a range or a port keeps nothing.',
    fix: 'Adds a deny of the Internet behind every allow, once all that training needs is allowed by name. A subnet without a security group gets one that holds all of them.',
    breaks:
      'Package installs, Docker Hub and updates of the operating system stop for every machine that shares the security group; sessions that stand survive.',
    links: [links.securedTraffic, links.securityGroups],
  },
  fixKind: 'auto',
  undo: 'exact',
  gates: outboundRules,
  subjects: trainingPlaces,
  flows: () => [toInternet],
  check: (subject, judgement) => placeJudged(subject, judgement, judge, (subnet) => bare(subnet, judgement)),
  fix: (finding, judgement) =>
    proposalsOn(finding, judgement, (subnet) => {
      const place = placeAt(subnet.id, { ...judgement, asIfClosed: false });
      return place ? limitGroup(place) : limitBare(subnet, judgement);
    }),
});
