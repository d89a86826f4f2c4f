// firewall.in-path: whether a firewall is between compute and the Internet. Informational: it shows where outbound rules apply.
import { defineRule } from '../define.ts';
import { links } from '../parts/links.ts';
import { listed, noted, pass, subnetShown } from '../parts/verdict.ts';
import { hopShown, noFirewall, routesThere, subnetHops } from './parts/place.ts';

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
