// acr.same-vnet-subnet, acr.build-cluster-same-subnet, acr.build-cluster-egress: the cluster that builds images can reach
// storage, the registry, and the sources of images and packages.

import { type OutboundWay, outboundWay } from '../../facts/explicit-outbound.ts';
import { firewallInPath, firewallVerdict, packageHosts } from '../../facts/firewall.ts';
import { outboundModeOf, subnetPrefixes } from '../../facts/flows.ts';
import { builderPointer } from '../../facts/links.ts';
import { type NeedOption, needSentence } from '../../model/plan-need.ts';
import type { Resource } from '../../model/resource.ts';
import { sameId } from '../../model/resource-id.ts';
import { clean } from '../../model/text.ts';
import { hasPublicIp } from '../../resource-types/placements.ts';
import { computeView } from '../../resource-types/workspace-view.ts';
import { defineRule } from '../define.ts';
import { placeAt } from '../nsg/parts/place.ts';
import { judgeNeeds } from '../nsg/parts/required-flows.ts';
import { registryFirewalls, type ServiceFirewall } from '../parts/firewall.ts';
import { links } from '../parts/links.ts';
import { needs } from '../parts/subjects.ts';
import {
  displayName,
  evidenceAt,
  fail,
  listed,
  notApplicable,
  noted,
  pass,
  quoted,
  subnetShown,
  unknown,
  worstOf,
} from '../parts/verdict.ts';
import type { Answers, CheckResult, Proposal, RuleContext } from '../rule.ts';
import { chosenAction } from './parts/access.ts';
import { builderOf, builders, buildOn, chosenBuilder } from './parts/image-build.ts';
import { inPremium, registryEvidence } from './parts/registry.ts';
import {
  isShared,
  notClosed,
  type SharedSubnets,
  sharedSubnets,
  shareSubnet,
  subnetToShare,
} from './parts/shared-subnets.ts';

function subnetIsShared(firewall: ServiceFirewall, context: RuleContext): CheckResult {
  const early = notClosed(firewall);
  if (early) return early;
  if (needs(firewall.resource.id, context).length === 0)
    return notApplicable('No compute subnet needs the registry.', registryEvidence(firewall));
  const shared = sharedSubnets(firewall, context);
  if ('outcome' in shared) return shared;
  const { registry, account, common, builder, evidence } = shared;
  const both = `the ${registry.name} and the ${account.name}`;
  if (common.length === 0)
    return fail(`No compute subnet is allowed by both ${both}, so nodes cannot build and push images.`, evidence);
  const subnet = builder && computeView(builder).subnet;
  if (builder && !isShared(shared, subnet)) {
    const where = subnet === undefined ? 'is in no subnet' : `is in ${subnetShown(subnet)}, which is`;
    return fail(`Image build compute ${displayName(builder.id)} ${where} not allowed by both ${both}.`, evidence);
  }
  return pass(`${listed(common.map(subnetShown))} can reach both ${both}.`, evidence);
}

const shareOne = (firewall: ServiceFirewall, context: RuleContext, answers: Answers): readonly Proposal[] | string =>
  inPremium(firewall, answers, (premium) => {
    const shared = sharedSubnets(premium, context);
    if ('outcome' in shared) return shared.because;
    const subnet = subnetToShare(shared, context);
    if (subnet !== undefined) return shareSubnet(subnet, shared, context);
    const { builder } = shared;
    return builder
      ? `Image build compute ${quoted(computeView(builder).name)} is in no subnet: choose another cluster (acr.build-cluster-same-subnet).`
      : 'No compute is in a subnet.';
  });

const subnetImpact =
  'Adding a service endpoint briefly interrupts open connections from that subnet to storage or the registry.';

export const acrSameVnetSubnet = defineRule({
  id: 'acr.same-vnet-subnet',
  answers: { sku: ['Premium'] },
  title: 'Registry, storage and computes share one subnet',
  problem: 'Registry, storage and computes share no subnet',
  severity: 'high',
  for: ['service-endpoint'],
  explain: {
    why: 'A virtual network rule allows one subnet. The cluster that builds images reads from storage and pushes to the registry, so both must allow its subnet.',
    fix: 'Adds the subnet of the image build compute to both firewalls, with missing service endpoints. Without such a compute, uses the subnet of a suitable cluster.',
    breaks: subnetImpact,
    links: [links.secureWorkspace, links.registrySubnets],
  },
  undo: 'equivalent',
  instead: 'acr.private-endpoint',
  subjects: registryFirewalls,
  check: subnetIsShared,
  fix: shareOne,
});

function builderIsInShared(firewall: ServiceFirewall, context: RuleContext): CheckResult {
  const early = notClosed(firewall);
  if (early) return early;
  if (!context.index.workspace()) return notApplicable('No workspace was found.');
  const shared = sharedSubnets(firewall, context);
  if ('outcome' in shared) return shared;
  const { builder, account, registry } = shared;
  if (!builder) return notApplicable('No existing compute is set to build images; see acr.image-build-compute.');
  const { name: raw, subnet } = computeView(builder);
  const evidence = [evidenceAt(builder, '/properties/properties/subnet', 'subnet'), ...shared.evidence];
  const name = `Image build compute ${clean(raw, 60)}`;
  const both = `the ${account.name} and the ${registry.name}`;
  if (subnet === undefined) return fail(`${name} is in no subnet, so ${both} have no rule that allows it.`, evidence);
  return isShared(shared, subnet)
    ? pass(`${name} is in ${subnetShown(subnet)}, which ${both} allow.`, evidence)
    : fail(`${name} is in ${subnetShown(subnet)}; ${both} do not both allow it.`, evidence);
}

/** Another cluster, or rules for the subnet of the present one. */
function moveBuild(firewall: ServiceFirewall, context: RuleContext, answers: Answers): readonly Proposal[] | string {
  const { index } = context;
  const workspace = index.workspace();
  if (!workspace) return 'No workspace was found.';
  const shared = sharedSubnets(firewall, context);
  if ('outcome' in shared) return shared.because;
  const subnet = shared.builder && computeView(shared.builder).subnet;
  const others = builders(index).filter(
    (one) => !sameId(one.id, shared.builder?.id) && isShared(shared, computeView(one).subnet),
  );
  if (answers.cluster !== undefined) {
    const chosen = chosenBuilder(answers, others);
    if (typeof chosen === 'string') return chosen;
    const made = buildOn(workspace, chosen);
    return typeof made === 'string' ? made : [made];
  }
  if (chosenAction(answers) === 'allow' && subnet !== undefined)
    return inPremium(firewall, answers, (premium) => shareSubnet(subnet, { ...shared, registry: premium }, context));
  const names = others.map((one) => clean(computeView(one).name, 60));
  return choices(shared, names, subnet);
}

function choices({ account, registry }: SharedSubnets, names: readonly string[], subnet: string | undefined): string {
  const options: NeedOption[] = names.map((value) => ({ name: 'cluster', value, says: 'builds images instead' }));
  if (subnet !== undefined) {
    const says = `allow ${subnetShown(subnet)} in the ${account.name} and the ${registry.name}`;
    options.push({ name: 'action', value: 'allow', says });
  }
  return options.length === 0
    ? 'The cluster is in no subnet, and no other suitable cluster is in an allowed one: create one with az ml compute create.'
    : needSentence({ kind: 'choice', options });
}

export const acrBuildClusterSameSubnet = defineRule({
  id: 'acr.build-cluster-same-subnet',
  answers: { cluster: 'NAME', action: ['allow'], way: ['admit'], sku: ['Premium'] },
  title: 'Image-build cluster is in the shared subnet',
  problem: 'Image-build cluster is outside the shared subnet',
  severity: 'high',
  for: ['service-endpoint'],
  notForHubs: 'A hub or a project has no compute cluster that could build images.',
  explain: {
    why: 'The cluster reads the build context from storage and pushes the image to the registry. If one of them blocks its subnet, every build fails.',
    fix: 'With --answer cluster=NAME: sets a cluster in an allowed subnet to build images. With --answer action=allow: allows the subnet of the present cluster in storage and registry.',
    breaks: subnetImpact,
    links: [links.secureWorkspace, links.registrySubnets],
  },
  fixKind: 'guided',
  instead: 'acr.private-endpoint',
  subjects: registryFirewalls,
  check: builderIsInShared,
  fix: moveBuild,
});

/** Flows at the network security group that builds need: base images of Microsoft, and their layers. */
const imageRules = ['nsg.outbound-mcr', 'nsg.outbound-frontdoor-firstparty'];

function reachesSources(firewall: ServiceFirewall, context: RuleContext): CheckResult {
  const early = notClosed(firewall);
  if (early) return early;
  const { index } = context;
  const workspace = index.workspace();
  const builder = workspace && builderOf(workspace, index);
  if (!workspace || !builder) return notApplicable('No existing compute is set to build images.');
  const { name: raw, subnet } = computeView(builder);
  const name = `Image build compute ${clean(raw, 60)}`;
  const set = [evidenceAt(workspace, builderPointer, 'image build compute')];
  if (subnet === undefined) return notApplicable(`${name} is in no subnet.`, set);
  const verdict = worstOf('high', [
    () => hasOutbound(builder, subnet, context),
    ...imageRules.map((rule) => () => reachesImages(rule, subnet, context)),
    ...reachesPackages(subnet, context),
  ]);
  const evidence = [...set, ...(verdict.evidence ?? [])];
  if (verdict.outcome === 'fail' || verdict.outcome === 'unknown') return { ...verdict, evidence };
  const note =
    outboundModeOf(subnet, index) === 'limited'
      ? ' Package sites have no service tag: use a private feed or ready images.'
      : '';
  return pass(`${name} can reach image sources from ${subnetShown(subnet)}.${note}`, evidence);
}

const noOutbound: Readonly<Partial<Record<OutboundWay, string>>> = {
  dropped: 'a route with next hop None drops outbound traffic',
  lost: 'its routes use an appliance in a network that it cannot reach',
  none: 'there is no NAT gateway and no route, and default outbound access is off',
  default: 'the subnet depends on default outbound access (retired for new virtual networks)',
};

/** Nodes without a public IP address need explicit outbound access. */
function hasOutbound(builder: Resource, subnet: string, { index }: RuleContext): CheckResult {
  if (hasPublicIp(builder)) return pass('Its nodes have public IP addresses.');
  const outbound = outboundWay(subnet, index);
  const evidence = [noted(subnet, outbound ?? null, 'outbound access')];
  if (outbound === undefined) return notApplicable(`${subnetShown(subnet)} does not exist.`);
  if (outbound === 'unknown')
    return unknown(`A gateway may have added routes to ${subnetShown(subnet)}, which no resource shows.`, evidence);
  const why = noOutbound[outbound];
  return why === undefined
    ? pass('The subnet has explicit outbound access.', evidence)
    : fail(
        `Nodes in ${subnetShown(subnet)} have no public IP address: ${why}.`,
        evidence,
        outbound === 'default' ? 'medium' : undefined,
      );
}

/** The current flows, in every profile: the rule belongs to the current profile. */
function reachesImages(rule: string, subnet: string, context: RuleContext): CheckResult {
  const place = placeAt(subnet, { ...context, profile: 'all' });
  return place ? judgeNeeds(rule, 'high', place) : notApplicable('The subnet has no network security group.');
}

/** At each appliance in the path: rules of an Azure Firewall are known, those of other appliances are not. */
function reachesPackages(subnet: string, { index }: RuleContext): (() => CheckResult)[] {
  return firewallInPath(subnet, index).map(({ address, firewall }) => () => {
    if (!firewall) {
      return unknown(`The rules of the appliance ${clean(address, 60)} for ${subnetShown(subnet)} are not known.`, [
        noted(subnet, address, 'next hop to the Internet'),
      ]);
    }
    const source = subnetPrefixes(subnet, index);
    const answers = packageHosts.map((host) => ({
      host,
      verdict: firewallVerdict({ source, protocol: 'Tcp', ports: ['443'], hosts: [host] }, firewall, index).verdict,
    }));
    const states = answers.map(({ host, verdict }) => `${host}: ${verdict}`);
    const evidence = [noted(firewall.id, states, 'package sites')];
    const name = `The Azure Firewall ${displayName(firewall.id)}`;
    const denied = answers.filter(({ verdict }) => verdict === 'denied' || verdict === 'partly');
    if (denied.length > 0)
      return fail(`${name} denies packages from ${listed(denied.map(({ host }) => host))}.`, evidence, 'low');
    return answers.some(({ verdict }) => verdict === 'unknown')
      ? unknown(`${name} has rules for package sites that could not be evaluated.`, evidence)
      : pass(`${name} allows package sites.`, evidence);
  });
}

export const acrBuildClusterEgress = defineRule({
  id: 'acr.build-cluster-egress',
  title: 'Image-build cluster can reach image and package sources',
  problem: 'Image-build cluster cannot reach image sources',
  severity: 'high',
  profiles: ['current'],
  for: ['service-endpoint', 'private-endpoint'],
  notForHubs: 'A hub or a project has no compute cluster that could build images.',
  explain: {
    why: "Building an environment downloads Microsoft's base images and the packages that it names. Without outbound access to them, every build fails.",
    fix: 'None here: fix compute.explicit-outbound, nsg.outbound-mcr, nsg.outbound-frontdoor-firstparty and firewall.current-rules, or use ready images and a private feed.',
    links: [links.securedTraffic, links.secureTraining],
  },
  instead: 'workspace.managed-network-provisioned',
  subjects: registryFirewalls,
  check: reachesSources,
});
