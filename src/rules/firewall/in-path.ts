// firewall.in-path: is a firewall between compute and Internet? Never fails: it tells where egress rules live.
import { firewallInPath } from '../../posture/firewall.ts';
import { defineRule } from '../define.ts';
import { links } from '../parts/links.ts';
import { subnetType } from '../parts/nsg-place.ts';
import { noTraining } from '../parts/training.ts';
import { listed, noted, pass, subnetShown } from '../parts/verdict.ts';
import type { Judgement, Subject, Verdict } from '../rule.ts';
import { firewallSubjects, hopShown, wayThere } from './parts/place.ts';

function check({ resource: subnet }: Subject, { world }: Judgement): Verdict {
  const nowhere = noTraining(subnet, world);
  if (nowhere) return nowhere;
  const hops = firewallInPath(subnet, world);
  const name = subnetShown(subnet);
  if (hops.length === 0) {
    const evidence = [noted(subnet, 'none', 'no route to the Internet leads to an appliance')];
    return pass(`No route sends the traffic of ${name} to the Internet through a firewall.`, evidence);
  }
  return pass(`The traffic of ${name} to the Internet goes through ${listed(hops.map(hopShown))}.`, [
    ...wayThere(subnet, world),
    ...hops.map(({ address, firewall }) =>
      noted(firewall?.id ?? subnet, address, firewall ? 'its address' : 'the next hop'),
    ),
  ]);
}

export const firewallInPathRule = defineRule({
  id: 'firewall.in-path',
  title: 'Is a firewall between compute and Internet?',
  severity: 'info',
  for: ['service-endpoint', 'private-endpoint'],
  about: subnetType,
  explain: {
    why: 'Where a route sends everything to a firewall, what computes may reach is decided in two places: at the security group and at the firewall. Whoever looks at one only sees half.',
    fix: 'None is needed: it tells which firewall stands in the way; the other firewall rules judge what it lets pass.',
    breaks: 'Nothing.',
    links: [links.firewallRules, links.securedTraffic],
  },
  fixKind: 'none',
  subjects: firewallSubjects,
  check,
});
