// firewall.application-rules: the host names of the 2020 article. Today's list replaces it wherever today's pages are looked at.
import { defineRule } from '../define.ts';
import { links } from '../parts/links.ts';
import { subnetType } from '../parts/nsg-place.ts';
import { notApplicable } from '../parts/verdict.ts';
import { purposesJudged } from './parts/judged.ts';
import { openProposals } from './parts/open.ts';
import { type FirewallPlace, firewallSubjects, isPlace, placeOf } from './parts/place.ts';
import { namesOf2020, type Purpose } from './parts/purposes.ts';

const severity = 'high';
const purposes = (place: FirewallPlace): Purpose[] =>
  namesOf2020(place).map((need) => ({ slug: 'names-of-2020', name: need.host, tags: [], hosts: [need] }));

export const firewallApplicationRules = defineRule({
  id: 'firewall.application-rules',
  title: 'Required host names are allowed (2020 list)',
  severity,
  profiles: ['seed-2020'],
  for: ['service-endpoint', 'private-endpoint'],
  about: subnetType,
  explain: {
    why: 'The article of 2020 names the hosts that computes call. A firewall denies whatever no rule allows, and each missing host breaks one feature.',
    fix: 'Adds one application rule collection, named bastide-…, with the missing hosts on HTTPS from the ranges of the subnet: in a rule collection group of its own where the firewall follows a policy, else in the firewall’s own body.',
    breaks:
      'Nothing that works today. The update takes minutes, during which other updates of the firewall are refused. Some hosts of 2020 are gone; today’s list is judged by firewall.current-rules.',
    links: [links.securedTraffic, links.firewallRules],
  },
  fixKind: 'guided',
  undo: 'exact',
  subjects: firewallSubjects,
  check(subject, judgement) {
    if (judgement.profile !== 'seed-2020')
      return notApplicable('Today’s list replaces that of 2020; firewall.current-rules judges instead.');
    const place = placeOf(subject, judgement);
    return isPlace(place) ? purposesJudged({ purposes: purposes(place), gap: undefined }, place, severity) : place;
  },
  fix: (finding, judgement) => openProposals(finding, judgement, purposes, true),
});
