// acr.build-cluster-egress: the cluster that builds images reaches what images are made of.
import { hasPublicIp } from '../../kinds/seats.ts';
import { computeView } from '../../kinds/workspace-view.ts';
import type { Resource } from '../../model/resource.ts';
import { clean } from '../../model/text.ts';
import { type OutboundWay, outboundWay } from '../../posture/explicit-outbound.ts';
import { firewallInPath, firewallVerdict } from '../../posture/firewall.ts';
import { outboundModeOf, subnetPrefixes } from '../../posture/flows.ts';
import { registryType } from '../../posture/links.ts';
import { defineRule } from '../define.ts';
import { registryJudged, type Wall } from '../parts/firewall.ts';
import { builderOf, builderPointer } from '../parts/image-build.ts';
import { links } from '../parts/links.ts';
import { placeAt } from '../parts/nsg-place.ts';
import { packageHosts } from '../parts/package-hosts.ts';
import { judgeNeeds } from '../parts/required-flows.ts';
import { notClosed } from '../parts/shared-subnet.ts';
import { registries } from '../parts/subjects.ts';
import {
  fail,
  listed,
  notApplicable,
  noted,
  pass,
  seen,
  shown,
  subnetShown,
  together,
  unknown,
} from '../parts/verdict.ts';
import type { Judgement, Verdict } from '../rule.ts';

/** Flows at the security group that builds rest on: Microsoft's base images, and the layers of them. */
const imageRules = ['nsg.outbound-mcr', 'nsg.outbound-frontdoor-firstparty'];

function judge(wall: Wall, judgement: Judgement): Verdict {
  const early = notClosed(wall);
  if (early) return early;
  const { world } = judgement;
  const workspace = world.workspace();
  const builder = workspace && builderOf(workspace, world);
  if (!workspace || !builder) return notApplicable('No compute that stands is set to build images.');
  const { name: raw, subnet } = computeView(builder);
  const name = clean(raw, 60);
  const set = [seen(workspace, builderPointer, 'the compute that builds images')];
  if (subnet === undefined) return notApplicable(`${name}, which builds the images, sits in no subnet of yours.`, set);
  const verdict = together('high', [
    () => leaves(builder, subnet, judgement),
    ...imageRules.map((rule) => () => reachesImages(rule, subnet, judgement)),
    ...packagesReached(subnet, judgement),
  ]);
  const evidence = [...set, ...(verdict.evidence ?? [])];
  if (verdict.outcome === 'fail' || verdict.outcome === 'unknown') return { ...verdict, evidence };
  const note =
    outboundModeOf(subnet, world) === 'limited'
      ? '; package sites have no service tag, so environments need a private feed or ready images'
      : '';
  return pass(`${name} reaches what images are made of from ${subnetShown(subnet)}${note}.`, evidence);
}

const stuck: Readonly<Partial<Record<OutboundWay, string>>> = {
  dropped: 'a route drops everything that leaves',
  lost: 'its routes lead to an appliance that lies in no network that it reaches',
  none: 'it has neither a NAT gateway nor a route, and outbound access by default is off',
  lent: 'it gets out by Azure’s default alone, which nobody promised',
};

/** A builder without a public address needs a way out that somebody meant. */
function leaves(builder: Resource, subnet: string, { world }: Judgement): Verdict {
  if (hasPublicIp(builder)) return pass('Its nodes have public addresses.');
  const way = outboundWay(subnet, world);
  const evidence = [noted(subnet, way ?? null, 'the way out of the subnet')];
  if (way === undefined) return notApplicable(`${subnetShown(subnet)} does not exist.`);
  if (way === 'feared') {
    return unknown(
      `${subnetShown(subnet)} may have learnt a way out from a gateway, which no resource shows.`,
      evidence,
    );
  }
  const why = stuck[way];
  return why === undefined
    ? pass('It has a way out.', evidence)
    : fail(
        `Nodes in ${subnetShown(subnet)}, where images are built, have no address of their own, and ${why}.`,
        evidence,
        way === 'lent' ? 'medium' : undefined,
      );
}

/** In today's sentences, whichever profile asks: the rule is of today. */
function reachesImages(rule: string, subnet: string, judgement: Judgement): Verdict {
  const place = placeAt(subnet, { ...judgement, profile: 'all' });
  return place ? judgeNeeds(rule, 'high', place) : notApplicable('The subnet has no security group.');
}

/** At each appliance in the way: an Azure Firewall is asked, somebody else's does not say. */
function packagesReached(subnet: string, { world }: Judgement): (() => Verdict)[] {
  return firewallInPath(subnet, world).map(({ address, firewall }) => () => {
    if (!firewall) {
      const what = `What the appliance ${clean(address, 60)} lets ${subnetShown(subnet)} reach is not known.`;
      return unknown(what, [noted(subnet, address, 'next hop to the Internet')]);
    }
    const source = subnetPrefixes(subnet, world);
    const answers = packageHosts.map((host) => ({
      host,
      verdict: firewallVerdict({ source, protocol: 'Tcp', ports: ['443'], hosts: [host] }, firewall, world).verdict,
    }));
    const evidence = [
      noted(
        firewall.id,
        answers.map(({ host, verdict }) => `${host}: ${verdict}`),
        'package sites',
      ),
    ];
    const shut = answers.filter(({ verdict }) => verdict === 'denied' || verdict === 'partly').map(({ host }) => host);
    if (shut.length > 0) {
      return fail(`The Azure Firewall ${shown(firewall.id)} stops packages from ${listed(shut)}.`, evidence, 'low');
    }
    return answers.some(({ verdict }) => verdict === 'unknown')
      ? unknown(`Whether the Azure Firewall ${shown(firewall.id)} lets packages pass is not known.`, evidence)
      : pass(`The Azure Firewall ${shown(firewall.id)} lets packages pass.`, evidence);
  });
}

export const acrBuildClusterEgress = defineRule({
  id: 'acr.build-cluster-egress',
  title: 'Build cluster can reach image and package sources',
  severity: 'high',
  profiles: ['current'],
  for: ['service-endpoint', 'private-endpoint'],
  about: registryType,
  explain: {
    why: 'Building an environment downloads Microsoft’s base images and the packages it names; from a subnet without a way there, every build fails.',
    fix: 'None by itself: compute.explicit-outbound, nsg.outbound-mcr, nsg.outbound-frontdoor-firstparty and firewall.current-rules open the way; or use ready images and a private feed.',
    breaks: 'Nothing.',
    links: [links.securedTraffic, links.secureTraining],
  },
  fixKind: 'none',
  instead: 'workspace.managed-network-provisioned',
  subjects: registries,
  check: (subject, judgement) => registryJudged(subject.resource, judgement, (wall) => judge(wall, judgement)),
});
