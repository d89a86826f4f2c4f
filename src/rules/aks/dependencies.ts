// Whether the nodes of a cluster can connect to the storage accounts, key vault, registry and workspace that they depend on.

import { auditedAccounts, auditedRegistries, auditedVaults } from '../../facts/accounts.ts';
import { strategyOf } from '../../facts/architecture.ts';
import { customerEndpoints, reachedPrivately } from '../../facts/endpoints.ts';
import type { Resource } from '../../model/resource.ts';
import { fold, sameId } from '../../model/resource-id.ts';
import { GapRead } from '../../model/snapshot-index.ts';
import { vnetOf } from '../../resource-types/network-view.ts';
import { defineRule, derived } from '../define.ts';
import { checkFirewall, type FirewallService, firewallIn, type ServiceFirewall, unclear } from '../parts/firewall.ts';
import { allowsSubnet } from '../parts/firewall-verdicts.ts';
import { links } from '../parts/links.ts';
import { chooseSubnet, endpointProposals, endpointSubnets } from '../parts/private-link.ts';
import { allowSubnet, inTurn } from '../parts/proposals.ts';
import { displayName, evidenceAt, fail, listed, notApplicable, pass, worstOf } from '../parts/verdict.ts';
import { connectionsPointer } from '../parts/workspace.ts';
import type { Answers, CheckResult, Proposal, RuleContext, Subjects } from '../rule.ts';
import { inPremium, unseenSubnetRules } from '../services/parts/registry.ts';
import {
  type AttachedCluster,
  aksRule,
  allSubnets,
  clusterPairs,
  nodeNetworks,
  nodeSubnets,
  placedClusters,
} from './parts/clusters.ts';

/** A cluster and a resource that it depends on. */
interface Dependency {
  readonly one: AttachedCluster;
  readonly id: string;
}
const dependenciesOn = (ids: (context: RuleContext) => readonly string[]): Subjects<Dependency> => ({
  ...derived(placedClusters, (one, _judgement, { where: id }) =>
    id === undefined ? notApplicable('Each resource is checked on its own.') : { one, id },
  ),
  list: clusterPairs((one, context) => (nodeSubnets(one).length === 0 ? [] : ids(context))),
});

/** What needs access to a resource, and how. */
interface Access {
  readonly subnets: readonly string[];
  /** Private endpoint subresources (`groupIds`). */
  readonly groups: readonly string[];
  /** Whether a private endpoint in a peered network counts. */
  readonly peers: boolean;
}

/** Throws UnreadableError where a private endpoint that decides could not be read. */
function checkAccess(
  firewall: ServiceFirewall,
  one: AttachedCluster,
  access: Access,
  { index }: RuleContext,
): CheckResult {
  if (firewall.access === 'open') {
    return pass(`The ${firewall.name} allows all networks, including the nodes of ${one.name}.`, [
      evidenceAt(firewall.resource, firewall.at.action, 'default action (defaultAction)'),
    ]);
  }
  const odd = unclear(firewall);
  if (odd) return odd;
  if (strategyOf(firewall.resource.id, index) === 'service-endpoint') {
    const unseen = firewall.service === 'registry' ? unseenSubnetRules(firewall, index) : undefined;
    return (
      unseen ??
      worstOf(
        'high',
        access.subnets.map((subnet) => () => allowsSubnet(firewall, subnet, index, 'high')),
      )
    );
  }
  return worstOf(
    'high',
    nodeNetworks(one).map((vnet) => () => checkEndpoints(firewall, vnet, access, index)),
  );
}

function checkEndpoints(
  firewall: ServiceFirewall,
  vnet: string,
  { groups, peers }: Access,
  index: RuleContext['index'],
): CheckResult {
  const evidence = [evidenceAt(firewall.resource, connectionsPointer, 'private endpoint connections')];
  const ends = customerEndpoints(firewall.resource.id, index).filter((end) => sameId(end.vnet, vnet));
  if (groups.every((group) => ends.some((end) => end.groups?.includes(fold(group))))) {
    return pass(`The ${firewall.name} has a private endpoint in ${displayName(vnet)}.`, evidence);
  }
  const near = reachedPrivately(firewall.resource.id, vnet, index, groups);
  if (near && peers) {
    return pass(
      `The ${firewall.name} has a private endpoint in a network peered with ${displayName(vnet)}; aks.dependencies-same-vnet requires one in ${displayName(vnet)} itself.`,
      evidence,
    );
  }
  return near
    ? fail(`The ${firewall.name} has a private endpoint only in a network peered with ${displayName(vnet)}.`, evidence)
    : fail(
        `The ${firewall.name} has no private endpoint in ${displayName(vnet)} or a network peered with it.`,
        evidence,
      );
}

/** What gives the nodes access: subnet rules or private endpoints, by the architecture of the resource. */
function allowAccess(
  firewall: ServiceFirewall,
  one: AttachedCluster,
  access: Access,
  context: RuleContext,
  answers: Answers,
): readonly Proposal[] | string {
  const { index } = context;
  if (strategyOf(firewall.resource.id, index) === 'service-endpoint') {
    const allow = (here: ServiceFirewall) =>
      inTurn(
        here,
        access.subnets.map((subnet) => (step: ServiceFirewall) => allowSubnet(step, subnet, context)),
      );
    return firewall.service === 'registry' ? inPremium(firewall, answers, allow) : allow(firewall);
  }
  const vnets = nodeNetworks(one);
  const subnet = chooseSubnet(answers, endpointSubnets(vnets, index));
  const within = typeof subnet === 'string' ? vnets : [vnetOf(subnet.id)];
  return endpointProposals({ target: firewall.resource, groups: access.groups, subnet, vnets, within }, context);
}

const storageAccess = (one: AttachedCluster): Access => ({
  subnets: allSubnets(one),
  groups: ['blob', 'file'],
  peers: true,
});

export const aksStorageSameVnet = defineRule({
  ...aksRule,
  id: 'aks.storage-same-vnet',
  title: 'Workspace storage allows the AKS subnets',
  problem: 'AKS subnets blocked by workspace storage',
  severity: 'high',
  explain: {
    why: 'Nodes read models and their configuration from the storage account. If its firewall does not allow the AKS subnets, deployments fail.',
    fix: 'Adds a Microsoft.Storage service endpoint to the AKS subnets, and a virtual network rule for each. For an account with private endpoints, adds blob and file endpoints in the network of the cluster (answer subnet=NAME).',
    breaks: 'A new service endpoint closes open storage connections of the subnet for a moment.',
    links: [links.secureInference, links.storageSubnets],
  },
  subjects: dependenciesOn(({ index }) => auditedAccounts(index).map(({ id }) => id)),
  check: ({ one, id }, context) =>
    checkFirewall(id, 'storage', context, (firewall) =>
      firewall.access === 'open'
        ? notApplicable(`The ${firewall.name} allows all networks.`)
        : checkAccess(firewall, one, storageAccess(one), context),
    ),
  fix({ one, id }, context, answers) {
    const account = context.index.get(id);
    return account
      ? allowAccess(
          firewallIn(account, 'storage', { ...context, assumeDenyByDefault: false }),
          one,
          storageAccess(one),
          context,
          answers,
        )
      : `The storage account ${displayName(id)} does not exist.`;
  },
});

const groupsOf: Readonly<Record<FirewallService, readonly string[]>> = {
  storage: ['blob', 'file'],
  vault: ['vault'],
  registry: ['registry'],
};
const ownAccess = (one: AttachedCluster, service: FirewallService): Access => ({
  subnets: nodeSubnets(one),
  groups: groupsOf[service],
  peers: false,
});

const servicesUsed = ({
  index,
}: RuleContext): readonly { readonly id: string; readonly service: FirewallService }[] => [
  ...auditedAccounts(index).map(({ id }) => ({ id, service: 'storage' as const })),
  ...auditedVaults(index).map(({ id }) => ({ id, service: 'vault' as const })),
  ...auditedRegistries(index).map(({ id }) => ({ id, service: 'registry' as const })),
];
const serviceOf = (id: string, context: RuleContext): FirewallService | undefined =>
  servicesUsed(context).find((one) => sameId(one.id, id))?.service;

/** Node networks without a private endpoint of the workspace. Throws UnreadableError where one that decides could not be read. */
function networksWithoutEndpoint(one: AttachedCluster, workspace: Resource, { index }: RuleContext): string[] {
  const ends = customerEndpoints(workspace.id, index);
  const missing = nodeNetworks(one).filter((vnet) => !ends.some((end) => sameId(end.vnet, vnet)));
  const unread = ends.find(({ vnet }) => vnet === undefined);
  if (missing.length > 0 && unread) {
    const id = unread.connection.endpointId ?? workspace.id;
    const reason = `The network of private endpoint ${displayName(id)} could not be read.`;
    throw new GapRead({ id, reason, action: 'Microsoft.Network/privateEndpoints/read' });
  }
  return missing;
}

function checkWorkspace(one: AttachedCluster, id: string, context: RuleContext): CheckResult {
  const workspace = context.index.get(id);
  if (!workspace) return notApplicable('The workspace does not exist (see workspace.exists).');
  const evidence = [evidenceAt(workspace, connectionsPointer, 'private endpoint connections')];
  if (customerEndpoints(workspace.id, context.index).length === 0) {
    return notApplicable('The workspace has no private endpoint.', evidence);
  }
  const missing = networksWithoutEndpoint(one, workspace, context);
  return missing.length === 0
    ? pass(`The workspace has a private endpoint in the network of ${one.name}.`, evidence)
    : fail(
        `The workspace has no private endpoint in ${listed(missing.map(displayName))}, the network of ${one.name}.`,
        evidence,
      );
}

export const aksDependenciesSameVnet = defineRule({
  ...aksRule,
  id: 'aks.dependencies-same-vnet',
  title: 'Workspace resources allow access from the AKS network',
  problem: 'Workspace resource blocks access from the AKS network',
  severity: 'high',
  profiles: ['current'],
  explain: {
    why: 'Clusters that serve models read models, secrets and images, and call the workspace. Each resource must allow the node subnets, or have a private endpoint in the network of the cluster. An endpoint in a peered network is not supported.',
    fix: 'Adds what the architecture of each blocked resource needs: a service endpoint and a virtual network rule, or a private endpoint. Answer subnet=NAME selects the subnet of the endpoint.',
    breaks: 'A new service endpoint closes open connections of the subnet to the service for a moment.',
    links: [links.secureInference, links.secureWorkspace],
  },
  fixKind: 'guided',
  subjects: dependenciesOn((context) => {
    const { workspace } = context.index.snapshot;
    const ids = servicesUsed(context).map(({ id }) => id);
    return workspace === null ? ids : [...ids, workspace];
  }),
  check({ one, id }, context) {
    const service = serviceOf(id, context);
    return service === undefined
      ? checkWorkspace(one, id, context)
      : checkFirewall(id, service, context, (firewall) => checkAccess(firewall, one, ownAccess(one, service), context));
  },
  fix({ one, id }, context, answers) {
    const { index } = context;
    const target = index.get(id);
    if (!target) return `${displayName(id)} does not exist.`;
    const service = serviceOf(id, context);
    if (service !== undefined) {
      return allowAccess(
        firewallIn(target, service, { ...context, assumeDenyByDefault: false }),
        one,
        ownAccess(one, service),
        context,
        answers,
      );
    }
    const vnets = networksWithoutEndpoint(one, target, context);
    const subnet = chooseSubnet(answers, endpointSubnets(vnets, index));
    return endpointProposals({ target, groups: ['amlworkspace'], subnet, vnets, within: vnets }, context);
  },
});
