// firewall.current-rules: does the firewall let pass what today's pages ask for, by tag or by name?
import { defineRule } from '../define.ts';
import { links } from '../parts/links.ts';
import { subnetType } from '../parts/nsg-place.ts';
import { purposesJudged } from './parts/judged.ts';
import { openProposals } from './parts/open.ts';
import { firewallSubjects, isPlace, placeOf } from './parts/place.ts';
import { currentPurposes } from './parts/purposes.ts';

const severity = 'high';

export const firewallCurrentRules = defineRule({
  id: 'firewall.current-rules',
  title: "Required tags and host names are allowed (today's list)",
  severity,
  profiles: ['current'],
  for: ['service-endpoint', 'private-endpoint'],
  about: subnetType,
  explain: {
    why: 'A firewall denies whatever no rule allows. Each service tag or host name that is missing breaks one thing: nodes that never come up, sign-in, images, the studio, packages.',
    fix: 'Adds rules for what is missing, from the ranges of the subnet alone: network rules for the service tags, application rules for the host names that have none (packages). With the answer by=hosts, purposes that only need ports 80 and 443 get application rules for their names instead, which is narrower. A policy gets one rule collection group named bastide-…; a firewall without a policy gets collections named bastide-… in its own body.',
    breaks:
      'Nothing that works today. The update takes minutes, during which other updates of the firewall are refused, and a tag opens more than one workspace’s own resources.',
    links: [links.securedTraffic, links.firewallRules],
  },
  fixKind: 'guided',
  undo: 'exact',
  subjects: firewallSubjects,
  check(subject, judgement) {
    const place = placeOf(subject, judgement);
    return isPlace(place) ? purposesJudged(currentPurposes(place), place, severity) : place;
  },
  fix(finding, judgement, answers) {
    const { by } = answers;
    if (by !== undefined && by !== 'tags' && by !== 'hosts')
      return 'The answer by is tags (service tags in network rules) or hosts (names in application rules).';
    return openProposals(finding, judgement, (place) => currentPurposes(place).purposes, by === 'hosts');
  },
});
