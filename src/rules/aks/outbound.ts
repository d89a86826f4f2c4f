// Outbound traffic of node subnets: what AKS needs, and images from the registry.

import { reachedPrivately } from '../../facts/endpoints.ts';
import { type FlowQuestion, subnetPrefixes } from '../../facts/flows.ts';
import { workspaceRegistryId } from '../../facts/links.ts';
import { sharers, trainingSubnets } from '../../facts/training-subnets.ts';
import { fold, sameId } from '../../model/resource-id.ts';
import { vnetOf } from '../../resource-types/network-view.ts';
import { listAt, textAt } from '../../resource-types/read.ts';
import { securityRulesPointer } from '../../resource-types/security-group-view.ts';
import { defineRule } from '../define.ts';
import { deleteRule, type NsgStep, openFor, proposed, ruleNamed } from '../nsg/parts/change.ts';
import { type FlowNeed, outbound, regional } from '../nsg/parts/flows.ts';
import { decided, deciders, evidenceOf, hangsOn, placeShown, pointerOf, regionOf } from '../nsg/parts/place.ts';
import { links } from '../parts/links.ts';
import {
  displayName,
  evidenceAt,
  fail,
  few,
  notApplicable,
  pass,
  quoted,
  subnetShown,
  unknown,
} from '../parts/verdict.ts';
import type { CheckResult } from '../rule.ts';
import { aksRule, allSubnets } from './parts/clusters.ts';
import { clusterNodeSubnets, type NodePlace, noGroup } from './parts/node-subnets.ts';

/** Outbound traffic that nodes need, to Azure and to one another (Microsoft Learn, "AKS outbound rules", read 2026-06). */
function neededFlows({ one, context: { index } }: NodePlace): FlowQuestion[] {
  const own = allSubnets(one).flatMap((subnet) => subnetPrefixes(subnet, index));
  const inside = [...new Set([...own, ...one.view.podRanges])];
  return [
    { direction: 'Outbound', protocol: 'Tcp', remote: ['*'], ports: ['443', '9000'] },
    { direction: 'Outbound', protocol: 'Udp', remote: ['*'], ports: ['53', '123', '1194'] },
    ...(inside.length === 0
      ? []
      : [{ direction: 'Outbound', protocol: '*', remote: inside, ports: ['*'] } satisfies FlowQuestion]),
  ];
}
const allTraffic: FlowQuestion = { direction: 'Outbound', protocol: '*', remote: ['*'], ports: ['*'] };

/** Names of the custom Deny rules that apply to part of a flow, and of those that may. */
function deniesOf(asked: FlowQuestion, place: NodePlace): { sure: readonly string[]; unsure: readonly string[] } {
  const decision = decided(asked, place);
  const custom = (outcome: 'denied' | 'unknown') =>
    decision.parts
      .filter((part) => part.outcome === outcome)
      .flatMap((part) => (outcome === 'denied' ? part.by : part.unsure))
      .flatMap(({ access, rule }) => (access === 'Deny' && rule && !rule.standard ? [rule.name] : []));
  return { sure: [...new Set(custom('denied'))], unsure: [...new Set(custom('unknown'))] };
}

/** Deletes the Deny rules of flows, one after the other, as each may shadow the next. */
function withoutDenies(place: NodePlace, flows: readonly FlowQuestion[]): NsgStep[] | string {
  const steps: NsgStep[] = [];
  for (let here = place; ; ) {
    const [name] = flows.flatMap((asked) => deniesOf(asked, here).sure);
    if (name === undefined) return steps;
    const rule = ruleNamed(here, name);
    if (!rule) return 'No custom rule of the network security group denies this traffic.';
    const step = deleteRule(here, rule);
    steps.push(step);
    here = { ...step.after, one: place.one };
  }
}

/** Why the rules of a group are kept: training compute also uses it, where the Deny may be intended. */
function sharedWithTraining({ group, context: { index } }: NodePlace): string | undefined {
  const training = trainingSubnets(index).map(({ subnet }) => subnet);
  const shared = sharers(group.id, index).filter((id) => training.some((one) => sameId(one, id)));
  return shared.length === 0
    ? undefined
    : `${displayName(group.id)} is also associated with ${shared.map(subnetShown).join(', ')}, a training subnet, where the Deny may be intended. Create a separate security group for the AKS subnet first.`;
}

export const aksOutboundDefault = defineRule({
  ...aksRule,
  id: 'aks.outbound-default',
  title: 'Outbound traffic that AKS needs is allowed',
  problem: 'Outbound traffic that AKS needs is denied',
  severity: 'high',
  explain: {
    why: 'Nodes connect to hosts without fixed IP addresses, and to one another. An NSG cannot filter by host name, so an outbound Deny rule stops updates, images, the API server or DNS.',
    fix: 'Deletes the rules that deny this traffic. To restrict outbound traffic of a cluster, use a firewall with application rules (FQDN).',
    breaks:
      'Resources that share the network security group can send the traffic that was denied. A network security group shared with training compute is not changed.',
    links: [links.kubernetesOutbound, links.secureInference],
  },
  subjects: clusterNodeSubnets,
  check({ one, subnet, place }) {
    if (!place) return pass(`${subnetShown(subnet)} has no network security group; no outbound traffic is denied.`);
    const flows = neededFlows(place);
    const found = flows.map((asked) => deniesOf(asked, place));
    const sure = [...new Set(found.flatMap((denies) => denies.sure))];
    const unsure = [...new Set(found.flatMap((denies) => denies.unsure))];
    const rules = [...sure, ...unsure].flatMap((name) => {
      const pointer = pointerOf(place.group, name);
      return pointer === undefined ? [] : [evidenceAt(place.group, pointer, 'Deny rule')];
    });
    const evidence = [
      ...rules,
      ...flows.flatMap((asked) => {
        const decision = decided(asked, place);
        return decision.verdict === 'allowed' ? [] : evidenceOf(decision, place, 'Outbound').slice(0, 4);
      }),
    ];
    const name = placeShown(place);
    if (sure.length > 0) {
      return fail(
        `${name} denies outbound traffic that nodes of ${one.name} need: ${few(sure.map(quoted))}.`,
        evidence,
      );
    }
    if (unsure.length > 0) {
      return unknown(
        `Whether ${name} denies outbound traffic that nodes of ${one.name} need depends on ${few(unsure.map(quoted))}.`,
        evidence,
      );
    }
    const others = deniesOf(allTraffic, place).sure;
    return others.length > 0
      ? pass(`${name} denies only traffic that nodes of ${one.name} do not need: ${few(others.map(quoted))}.`, evidence)
      : pass(`${name} denies no outbound traffic of the nodes of ${one.name}.`, evidence);
  },
  fix({ place }) {
    if (!place) return noGroup;
    const shared = sharedWithTraining(place);
    if (shared !== undefined) return shared;
    const steps = withoutDenies(place, neededFlows(place));
    return typeof steps === 'string' ? steps : proposed(place, steps, 2, 'Allows the denied outbound traffic again.');
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
  if (id !== undefined && reachedPrivately(id, vnetOf(subnet), context.index)) {
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
    fix: 'Adds an Allow rule for the AzureContainerRegistry tag of the region on port 443, with a free priority before the first Deny rule.',
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
    return typeof opened === 'string' ? opened : proposed(place, opened.steps, 2, 'Allows this traffic.');
  },
});
