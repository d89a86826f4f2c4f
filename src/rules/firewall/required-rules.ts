// The destinations that compute needs through a firewall: the host names of the 2020 article, and the current list of service
// tags and host names, which replaces it wherever the current documentation is checked; and whether a firewall is in the path.

import { defineRule } from '../define.ts';
import { links } from '../parts/links.ts';
import { listed, notApplicable, noted, pass, subnetShown } from '../parts/verdict.ts';
import { checkPurposes } from './parts/check.ts';
import { allowPurposes } from './parts/open.ts';
import { type FirewallPlace, firewallPlaces, hopShown, noFirewall, routesThere, subnetHops } from './parts/place.ts';
import { currentPurposes, namesOf2020, type Purpose } from './parts/purposes.ts';

/** Informational: it shows where outbound rules apply. */
export const firewallInPathRule = defineRule({
  id: 'firewall.in-path',
  title: 'Firewall in the path to the Internet (informational)',
  problem: 'Firewall in the path to the Internet',
  severity: 'info',
  for: ['service-endpoint', 'private-endpoint'],
  explain: {
    why: 'With a route to a firewall, two places decide what compute can reach: the network security group and the firewall.',
    fix: 'None needed. The other firewall rules check what the firewall allows.',
    links: [links.firewallRules, links.securedTraffic],
  },
  subjects: subnetHops,
  check({ subnet, hops }, { index }) {
    if (hops.length === 0) return pass(noFirewall(subnet), [noted(subnet, 'none', 'route to an appliance')]);
    return pass(`${subnetShown(subnet)} reaches the Internet through ${listed(hops.map(hopShown))}.`, [
      ...routesThere(subnet, index),
      ...hops.map(({ address, firewall }) =>
        noted(firewall?.id ?? subnet, address, firewall ? 'private IP address' : 'next hop'),
      ),
    ]);
  },
});

const severity = 'high';
const purposesOf2020 = (place: FirewallPlace): Purpose[] =>
  namesOf2020(place).map((need) => ({ slug: 'names-of-2020', name: need.host, tags: [], hosts: [need] }));

export const firewallApplicationRules = defineRule({
  id: 'firewall.application-rules',
  title: 'Firewall allows the required host names (2020 list)',
  problem: 'Required host name denied by firewall (2020 list)',
  severity,
  profiles: ['article-2020'],
  for: ['service-endpoint', 'private-endpoint'],
  explain: {
    why: "Microsoft's 2020 article on virtual networks lists the hosts that compute connects to. A firewall denies what no rule allows; each missing host breaks a feature.",
    fix: 'Adds one application rule collection, named bastide-…, with the missing hosts on HTTPS from the subnet. A firewall policy gets a rule collection group; a firewall with classic rules gets the collection in its own body.',
    breaks:
      'Existing connections are not affected. The update takes minutes, during which other updates of the firewall are refused. Some hosts of 2020 no longer exist; firewall.current-rules checks the current list.',
    links: [links.securedTraffic, links.firewallRules],
  },
  fixKind: 'guided',
  subjects: {
    list: firewallPlaces.list,
    resolve: (subject, context) =>
      context.profile === 'article-2020'
        ? firewallPlaces.resolve(subject, context)
        : notApplicable('The current list replaces the list of 2020; see firewall.current-rules.'),
  },
  check: (place) => checkPurposes({ purposes: purposesOf2020(place), gap: undefined }, place, severity),
  fix: (place) => allowPurposes(purposesOf2020(place), place, true),
});

/** The server takes the first free one (how-to-access-azureml-behind-firewall). */
const codePorts = 'TCP 8704-8710';
const codeSentence = `The Visual Studio Code server also needs ${codePorts} between clients and compute instances.`;

export const firewallCurrentRules = defineRule({
  id: 'firewall.current-rules',
  answers: { by: ['tags', 'hosts'] },
  title: 'Firewall allows the required tags and host names',
  problem: 'Required tag or host name denied by firewall',
  severity,
  profiles: ['current'],
  for: ['service-endpoint', 'private-endpoint'],
  explain: {
    why: 'A firewall denies what no rule allows. Each missing service tag or host name breaks something: node startup, sign-in, images, the studio or packages.',
    fix: 'Adds rules for what is missing, from the subnet only: network rules for service tags, application rules for host names without a tag (packages). With the answer by=hosts, purposes that need only ports 80 and 443 get application rules instead, which is narrower. With the assumption usesVsCode, adds the hosts of Visual Studio Code as well; its ports 8704-8710 must be allowed by hand. A firewall policy gets one rule collection group named bastide-…; a firewall with classic rules gets collections named bastide-… in its own body.',
    breaks:
      'Existing connections are not affected. The update takes minutes, during which other updates of the firewall are refused. A service tag allows more than the resources of this workspace.',
    links: [links.securedTraffic, links.firewallRules],
  },
  fixKind: 'guided',
  subjects: firewallPlaces,
  check(place) {
    const result = checkPurposes(currentPurposes(place), place, severity);
    const { usesVsCode } = place.context.index.snapshot.intents;
    if (usesVsCode === false) return result;
    const hosts = noted(place.firewall.id, null, 'assumption usesVsCode: hosts of Visual Studio Code are not checked');
    const ports = noted(place.firewall.id, codePorts, 'ports of the Visual Studio Code server on a compute instance');
    const notes = usesVsCode === undefined ? [hosts] : [ports];
    const because = usesVsCode === true ? `${result.because} ${codeSentence}` : result.because;
    return { ...result, because, evidence: [...(result.evidence ?? []), ...notes] };
  },
  fix(place, _judgement, { by }) {
    if (by !== undefined && by !== 'tags' && by !== 'hosts')
      return 'Pass --answer by=tags (network rules with service tags) or by=hosts (application rules with host names).';
    return allowPurposes(currentPurposes(place).purposes, place, by === 'hosts');
  },
});
