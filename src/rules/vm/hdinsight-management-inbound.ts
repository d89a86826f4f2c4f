// vm.hdinsight-management-inbound: HDInsight's own service reaches the cluster, and the cluster reaches Azure's name servers.
import { connectionPointer, hdinsightView } from '../../kinds/machine-view.ts';
import type { Resource } from '../../model/resource.ts';
import { fold } from '../../model/resource-id.ts';
import { regionalTag } from '../../net/index.ts';
import { attachedTo, seatsOfMachine } from '../../posture/machines.ts';
import { serviceTagsOf } from '../../posture/service-tags.ts';
import { defineRule } from '../define.ts';
import { computeType } from '../parts/computes.ts';
import { links } from '../parts/links.ts';
import {
  isHdinsight,
  judgedAt,
  machineEvidence,
  machineJudged,
  machineProposals,
  machineShown,
  machineSubjects,
  openAt,
  placesOf,
} from '../parts/machines.ts';
import type { Need } from '../parts/nsg-flows.ts';
import { judgeNeed } from '../parts/nsg-flows.ts';
import { decided, type Place } from '../parts/nsg-place.ts';
import { notApplicable, seen, together } from '../parts/verdict.ts';
import type { Judgement, Verdict } from '../rule.ts';

const service = 'HDInsight';
const management = (tag: string): Need => ({
  asked: { direction: 'Inbound', protocol: 'Tcp', remote: [tag], ports: ['443'] },
  what: `${tag} on Tcp 443`,
  add: {
    ...{ slug: 'inbound-hdinsight', direction: 'Inbound', access: 'Allow', protocol: 'Tcp' },
    ...{ sources: [service], destinations: ['VirtualNetwork'], ports: ['443'] },
  },
});

/** Only a rule that names the platform's own tag can stop it. */
const names: Need = {
  asked: { direction: 'Outbound', protocol: 'Udp', remote: ['168.63.129.16'], ports: ['53'] },
  what: 'Azure’s name servers (168.63.129.16) on Udp 53',
  add: {
    ...{ slug: 'outbound-platform-dns', direction: 'Outbound', access: 'Allow', protocol: '*' },
    ...{ sources: ['*'], destinations: ['AzurePlatformDNS'], ports: ['53'] },
  },
};

/** The tag of the cluster's region is enough; where the whole tag passes, so does the region's. */
function needsAt(cluster: Resource, place: Place): readonly Need[] {
  const whole = management(service);
  if (decided(whole.asked, place).verdict === 'allowed') return [whole, names];
  const region = fold(hdinsightView(cluster).location ?? '').replaceAll(' ', '');
  const tag = region === '' ? service : regionalTag(serviceTagsOf(place.judgement.world), service, region);
  return [management(tag), names];
}

function judge(compute: Resource, judgement: Judgement): Verdict {
  const name = machineShown(compute);
  if (!isHdinsight(compute)) return notApplicable(`The ${name} is no HDInsight cluster.`);
  const cluster = attachedTo(compute, judgement.world);
  if (!cluster) return notApplicable(`The ${name} does not exist; vm.attached speaks of it.`);
  const evidence = [...machineEvidence(compute), seen(cluster, connectionPointer, 'who opens the connection')];
  if (hdinsightView(cluster).connection === 'Outbound')
    return notApplicable(`The ${name} calls its service by itself, so nothing comes in.`, evidence);
  const judgeAt = (place: Place): Verdict =>
    together(
      'medium',
      needsAt(cluster, place).map((need) => () => judgeNeed(need, place)),
    );
  return (
    judgedAt(seatsOfMachine(compute, judgement.world), judgement, 'medium', evidence, judgeAt) ??
    notApplicable(`No security group stands at the subnet of the ${name}.`, evidence)
  );
}

export const vmHdinsightManagementInbound = defineRule({
  id: 'vm.hdinsight-management-inbound',
  title: "HDInsight's own management traffic is allowed",
  severity: 'medium',
  for: ['service-endpoint', 'private-endpoint'],
  about: computeType,
  explain: {
    why: 'HDInsight holds a cluster against this when it is made and when it is scaled, and refuses where its own service cannot come in or names cannot be looked up.',
    fix: 'Adds an allow of Tcp 443 from the tag HDInsight to the virtual network, and one to AzurePlatformDNS where a rule denies it.',
    breaks: 'HDInsight’s service may reach Tcp 443 of everything else that shares the group, which the plan names.',
    links: [links.hdinsightNetwork, links.securityGroups],
  },
  fixKind: 'auto',
  undo: 'exact',
  instead: 'compute.managed-network-conflict',
  subjects: machineSubjects,
  check: (subject, judgement) => machineJudged(subject, judgement, (compute) => judge(compute, judgement)),
  fix: (finding, judgement) =>
    machineProposals(finding, judgement, (compute) => {
      const cluster = attachedTo(compute, judgement.world);
      if (!cluster) return 'The cluster does not exist.';
      return openAt(
        placesOf(compute, judgement),
        (place) => needsAt(cluster, place),
        'Lets HDInsight manage the cluster.',
      );
    }),
});
