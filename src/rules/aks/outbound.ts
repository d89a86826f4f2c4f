// Outbound traffic of node subnets: what AKS needs, and images from the registry.

import { subnetPrefixes } from '../../facts/flows.ts';
import { workspaceRegistryId } from '../../facts/links.ts';
import { connectsPrivately } from '../../facts/reach.ts';
import { sharers, trainingSubnets } from '../../facts/training-subnets.ts';
import type { Resource } from '../../model/resource.ts';
import { fold, sameId } from '../../model/resource-id.ts';
import { outboundTypePointer } from '../../resource-types/managed-cluster-view.ts';
import { listAt, textAt } from '../../resource-types/read.ts';
import { securityRulesPointer } from '../../resource-types/security-group-view.ts';
import { defineRule } from '../define.ts';
import { openFor, proposed } from '../nsg/parts/change.ts';
import { deniedHosts, deniesAt, openRequired } from '../nsg/parts/denies.ts';
import { type FlowNeed, outbound, regional } from '../nsg/parts/flows.ts';
import { decided, deciders, evidenceOf, hangsOn, placeShown, regionOf } from '../nsg/parts/place.ts';
import { links } from '../parts/links.ts';
import { displayName, fail, few, notApplicable, pass, quoted, subnetShown, unknown } from '../parts/verdict.ts';
import type { CheckResult } from '../rule.ts';
import { aksRule, allSubnets } from './parts/clusters.ts';
import { clusterNodeSubnets, type NodePlace, noGroup } from './parts/node-subnets.ts';

/**
 * Is it a cluster without outbound access (Microsoft Learn, "Customize cluster egress with outbound types", 2026-08-05), with the images
 * of its nodes in a private registry (`artifactSource`, from api-version 2025-01-01 on)? That its nodes then need nothing outside the
 * network is inferred.
 */
const isIsolated = ({ body }: Resource): boolean =>
  ['none', 'block'].includes(fold(textAt(body, outboundTypePointer) ?? '')) &&
  fold(textAt(body, '/properties/bootstrapProfile/artifactSource') ?? '') === 'cache';

/**
 * Outbound traffic that nodes need, to Azure and to one another (Microsoft Learn, "AKS outbound rules", read 2026-06). Hosts of
 * packages and images have no service tag.
 */
function neededFlows(place: NodePlace): FlowNeed[] {
  const { one, context } = place;
  const own = allSubnets(one).flatMap((subnet) => subnetPrefixes(subnet, context.index));
  const inside = [...new Set([...own, ...one.view.podRanges])];
  const azure = regional(place, 'AzureCloud', regionOf(place));
  const tcp = (name: string, tag: string, ports = ['443']) => outbound(`aks-outbound-${name}`, tag, 'Tcp', ports);
  return [
    ...(isIsolated(one.cluster)
      ? []
      : [
          tcp('azurecloud', azure, ['443', '9000']),
          outbound('aks-outbound-azurecloud-udp', azure, 'Udp', ['1194']),
          tcp('mcr', 'MicrosoftContainerRegistry'),
          tcp('frontdoor-firstparty', 'AzureFrontDoor.FirstParty'),
          tcp('entra', 'AzureActiveDirectory'),
          tcp('arm', 'AzureResourceManager'),
        ]),
    tcp('vnet', 'VirtualNetwork'),
    outbound('aks-outbound-dns', 'VirtualNetwork', 'Udp', ['53']),
    ...(inside.length === 0
      ? []
      : [
          {
            asked: { direction: 'Outbound', protocol: '*', remote: inside, ports: ['*'] },
            what: 'nodes and pods on all ports',
            add: {
              ...{ slug: 'aks-outbound-nodes', direction: 'Outbound', access: 'Allow', protocol: '*' },
              ...{ sources: ['*'], destinations: inside, ports: ['*'] },
            },
          } satisfies FlowNeed,
        ]),
  ];
}

/** Why the rules of a group are kept: training compute also uses it, where the Deny may be intended. */
function sharedWithTraining({ group, context: { index } }: NodePlace): string | undefined {
  const training = trainingSubnets(index).map(({ subnet }) => subnet);
  const shared = sharers(group.id, index).filter((id) => training.some((one) => sameId(one, id)));
  return shared.length === 0
    ? undefined
    : `${displayName(group.id)} is also associated with ${shared.map(subnetShown).join(', ')}, a training subnet, where the Deny may be intended. Create a separate network security group for the AKS subnet first.`;
}

export const aksOutboundDefault = defineRule({
  ...aksRule,
  id: 'aks.outbound-default',
  answers: { remove: 'NAME[,NAME]' },
  title: 'Outbound traffic that AKS needs is allowed',
  problem: 'Outbound traffic that AKS needs is denied',
  severity: 'high',
  explain: {
    why: 'Nodes connect to Azure, to hosts without fixed IP addresses, and to one another. An NSG cannot filter by host name, so an outbound Deny rule for most of the Internet stops updates and image pulls.',
    fix: 'Adds Allow rules before a rule that denies Azure services or nodes. A rule that denies most of the Internet is deleted. `--answer remove=NAME[,NAME]` deletes only the rules named.',
    breaks:
      'Resources that share the network security group can send the traffic that was denied. A network security group shared with training compute is not changed.',
    links: [links.kubernetesOutbound, links.secureInference],
  },
  fixKind: 'guided',
  subjects: clusterNodeSubnets,
  check({ one, subnet, place }) {
    if (!place) return pass(`${subnetShown(subnet)} has no network security group; no outbound traffic is denied.`);
    const { sure, unsure, others, evidence, tags } = deniesAt(place, neededFlows(place), !isIsolated(one.cluster));
    const name = placeShown(place);
    const needed = `outbound traffic that nodes of ${one.name} need`;
    if (sure.length > 0)
      return fail(`${name} denies ${needed}: ${few(sure.map((rule) => quoted(rule.name)))}.`, evidence);
    if (unsure.length > 0) {
      const by = few(unsure.map((rule) => quoted(rule.name)));
      return unknown(`Whether ${name} denies ${needed} depends on ${by}${tags}.`, evidence);
    }
    return others.length > 0
      ? pass(`${name} denies only traffic that nodes of ${one.name} do not need: ${deniedHosts(others)}.`, evidence)
      : pass(`${name} denies no outbound traffic of the nodes of ${one.name}.`, evidence);
  },
  fix({ place }, _context, answers) {
    if (!place) return noGroup;
    const shared = sharedWithTraining(place);
    if (shared !== undefined) return shared;
    return openRequired(place, neededFlows(place), answers);
  },
});

/**
 * Access to the registry by the tag of its region, else of the workspace. Throws UnreadableError when the registry could not
 * be read.
 */
function registryNeed(place: NodePlace): FlowNeed {
  const { index } = place.context;
  const id = workspaceRegistryId(index);
  const registry = id === undefined ? undefined : index.get(id);
  const region = fold(textAt(registry?.body, '/location') ?? regionOf(place)).replaceAll(' ', '');
  return outbound('aks-outbound-acr', regional(place, 'AzureContainerRegistry', region), 'Tcp', ['443']);
}

const deniesOutbound = ({ group }: NodePlace): boolean =>
  listAt(group.body, securityRulesPointer).some(
    (rule) =>
      fold(textAt(rule, '/properties/access') ?? '') === 'deny' &&
      fold(textAt(rule, '/properties/direction') ?? '') === 'outbound',
  );

function checkRegistry(place: NodePlace): CheckResult {
  const { subnet, context } = place;
  const name = placeShown(place);
  if (!deniesOutbound(place)) return notApplicable(`${name} has no outbound Deny rule.`);
  const id = workspaceRegistryId(context.index);
  if (id !== undefined && connectsPrivately(id, subnet, context.index)) {
    return notApplicable('The network of the nodes connects to the registry by a private endpoint.');
  }
  const need = registryNeed(place);
  const decision = decided(need.asked, place);
  const evidence = evidenceOf(decision, place, 'Outbound', 'allowed');
  if (decision.verdict === 'allowed')
    return pass(`${name} allows ${need.what}: ${deciders(decision, 'allowed')}.`, evidence);
  return decision.verdict === 'unknown'
    ? unknown(`Whether ${name} allows ${need.what} depends on ${hangsOn(decision, place)}.`, evidence)
    : fail(`${name} denies ${need.what}: ${deciders(decision, 'denied')}. Nodes cannot pull images.`, evidence);
}

export const aksOutboundAcr = defineRule({
  ...aksRule,
  id: 'aks.outbound-acr',
  title: 'AKS outbound traffic to the registry is allowed',
  problem: 'AKS outbound traffic to the registry is denied',
  severity: 'medium',
  profiles: ['current'],
  explain: {
    why: 'Nodes pull the images of models from the registry. If a rule denies this traffic, deployments do not start.',
    fix: 'Adds an Allow rule for the AzureContainerRegistry tag of the region on port 443, with a free priority before the first Deny rule. A Deny rule that Bastide did not create is overridden only by a fix that you select yourself.',
    breaks: 'No interruption. The same traffic is allowed for all resources that share the network security group.',
    links: [links.secureInference, links.securityGroups],
  },
  subjects: clusterNodeSubnets,
  check: ({ subnet, place }) =>
    place
      ? checkRegistry(place)
      : notApplicable(`${subnetShown(subnet)} has no network security group; no outbound traffic is denied.`),
  fix({ place }) {
    if (!place) return noGroup;
    const opened = openFor(place, [registryNeed(place)]);
    return typeof opened === 'string' ? opened : proposed(place, opened.steps, 2);
  },
});
