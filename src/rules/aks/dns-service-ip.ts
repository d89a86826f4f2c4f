// aks.dns-service-ip: the address at which pods resolve names lies in the service range, and is not its first.
import { networkProfile } from '../../kinds/managed-cluster-view.ts';
import { clean } from '../../model/text.ts';
import { contains, parseAddress, parseBlock } from '../../net/ipv4.ts';
import { clusterRule } from '../parts/cluster-rule.ts';
import { serviceRanges } from '../parts/clusters.ts';
import { links } from '../parts/links.ts';
import { fail, pass, seen, unknown } from '../parts/verdict.ts';

export const aksDnsServiceIp = clusterRule(
  {
    id: 'aks.dns-service-ip',
    title: 'DNS service IP lies in the service range',
    severity: 'medium',
    explain: {
      why: 'Pods resolve names at this address. It is one of the service range; the first of it is taken by the API server.',
      fix: 'None: the address stays as the cluster was made. Make the cluster anew with an address of its service range, for instance the tenth.',
      breaks: 'Nothing.',
      links: [links.secureInference, links.kubernetesAddresses],
    },
    fixKind: 'none',
  },
  (one) => {
    const { cluster, view, name } = one;
    const evidence = [
      seen(cluster, `${networkProfile}/dnsServiceIP`, 'address of the DNS service'),
      ...serviceRanges(one).map(({ of, at }) => seen(of, at, 'range of the services')),
    ];
    const blocks = serviceRanges(one).flatMap(({ text }) => {
      const block = parseBlock(text);
      return block.ok ? [block.value] : [];
    });
    const address = view.dnsAddress === undefined ? undefined : parseAddress(view.dnsAddress);
    if (address === undefined || !address.ok || blocks.length === 0) {
      return unknown(
        `The ${name} does not show its DNS address and service range in a form that can be judged.`,
        evidence,
      );
    }
    const shownAddress = clean(view.dnsAddress, 40);
    const at = { first: address.value, last: address.value };
    const home = blocks.find((block) => contains(block, at));
    if (!home) return fail(`The DNS address ${shownAddress} of the ${name} lies outside its service range.`, evidence);
    return address.value <= home.first + 1
      ? fail(
          `The DNS address ${shownAddress} of the ${name} is the first of its service range, which the API server has.`,
          evidence,
        )
      : pass(`The DNS address ${shownAddress} of the ${name} lies in its service range.`, evidence);
  },
);
