// vm.hdinsight-management-inbound: the HDInsight service can connect to the cluster, and the cluster to the Azure DNS servers.

import { placementsOfMachine } from '../../facts/machines.ts';
import { serviceTagsOf } from '../../facts/service-tags.ts';
import { fold } from '../../model/resource-id.ts';
import { regionalTag } from '../../net/index.ts';
import { connectionPointer, hdinsightView } from '../../resource-types/machine-view.ts';
import { defineRule } from '../define.ts';
import { type FlowNeed, judgeNeed } from '../nsg/parts/flows.ts';
import { decided, type NsgPlace } from '../nsg/parts/place.ts';
import { links } from '../parts/links.ts';
import { evidenceAt, notApplicable, worstOf } from '../parts/verdict.ts';
import {
  allowAt,
  checkedAt,
  type ExistingMachine,
  existing,
  hdinsightClusters,
  machineEvidence,
  placesOf,
  vmRule,
} from './parts/machines.ts';

const service = 'HDInsight';
const management = (tag: string): FlowNeed => ({
  asked: { direction: 'Inbound', protocol: 'Tcp', remote: [tag], ports: ['443'] },
  what: `${tag} on TCP 443`,
  add: {
    ...{ slug: 'inbound-hdinsight', direction: 'Inbound', access: 'Allow', protocol: 'Tcp' },
    ...{ sources: [service], destinations: ['VirtualNetwork'], ports: ['443'] },
  },
});

/** Only a rule with the tag AzurePlatformDNS can deny this traffic. */
const dns: FlowNeed = {
  asked: { direction: 'Outbound', protocol: 'Udp', remote: ['168.63.129.16'], ports: ['53'] },
  what: 'Azure DNS (168.63.129.16) on UDP 53',
  add: {
    ...{ slug: 'outbound-platform-dns', direction: 'Outbound', access: 'Allow', protocol: '*' },
    ...{ sources: ['*'], destinations: ['AzurePlatformDNS'], ports: ['53'] },
  },
};

/** The tag of the cluster's region is enough; a group that allows the whole tag also allows that of the region. */
function needsAt({ attached }: ExistingMachine, place: NsgPlace): readonly FlowNeed[] {
  const whole = management(service);
  if (decided(whole.asked, place).verdict === 'allowed') return [whole, dns];
  const region = fold(hdinsightView(attached).location ?? '').replaceAll(' ', '');
  const tag = region === '' ? service : regionalTag(serviceTagsOf(place.context.index), service, region);
  return [management(tag), dns];
}

export const vmHdinsightManagementInbound = defineRule({
  ...vmRule,
  id: 'vm.hdinsight-management-inbound',
  title: 'HDInsight management traffic and DNS are allowed',
  problem: 'HDInsight management traffic or DNS is denied',
  severity: 'medium',
  explain: {
    why: 'HDInsight checks this when a cluster is created or scaled. It rejects the operation if its management service or DNS is denied.',
    fix: 'Adds an Allow rule for TCP 443 from the tag HDInsight to VirtualNetwork, and one for AzurePlatformDNS where a rule denies it.',
    breaks: 'The HDInsight service can connect to TCP 443 of all resources that share the group.',
    links: [links.hdinsightNetwork, links.securityGroups],
  },
  subjects: existing(hdinsightClusters),
  check(one, context) {
    const { compute, attached, name } = one;
    const evidence = [
      ...machineEvidence(one),
      evidenceAt(attached, connectionPointer, 'resource provider connection (resourceProviderConnection)'),
    ];
    if (hdinsightView(attached).connection === 'Outbound') {
      return notApplicable(`The ${name} connects to its service itself; it needs no inbound rule.`, evidence);
    }
    const check = (place: NsgPlace) =>
      worstOf(
        'medium',
        needsAt(one, place).map((need) => () => judgeNeed(need, place)),
      );
    return (
      checkedAt(placementsOfMachine(compute, context.index), context, 'medium', evidence, check) ??
      notApplicable(`The subnet of the ${name} has no network security group.`, evidence)
    );
  },
  fix: (one, context) => allowAt(placesOf(one, context), (place) => needsAt(one, place)),
});
