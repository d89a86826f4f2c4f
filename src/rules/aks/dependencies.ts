// Whether the nodes of a cluster can connect to the storage accounts, key vault, registry and workspace that they depend on.

import { auditedAccounts, auditedRegistries, auditedVaults } from '../../facts/accounts.ts';
import { strategyOf } from '../../facts/architecture.ts';
import { customerEndpoints } from '../../facts/endpoints.ts';
import { reachedPrivately } from '../../facts/reach.ts';
import { unreadAccounts } from '../../facts/unread.ts';
import type { Resource } from '../../model/resource.ts';
import { sameId } from '../../model/resource-id.ts';
import { vnetOf } from '../../resource-types/network-view.ts';
import { endpointAddresses } from '../../resource-types/private-endpoint.ts';
import { computeView } from '../../resource-types/workspace-view.ts';
import { defineRule, derived } from '../define.ts';
import { checkFirewall, type FirewallService, firewallIn, type ServiceFirewall, unclear } from '../parts/firewall.ts';
import { allowsSubnet } from '../parts/firewall-verdicts.ts';
import { links } from '../parts/links.ts';
import { onceEach } from '../parts/naming.ts';
import {
  chooseSubnet,
  endpointProposals,
  endpointSubnets,
  orBlocked,
  unreachedSentence,
} from '../parts/private-link.ts';
import { allowSubnet, inTurn } from '../parts/proposals.ts';
import { displayName, evidenceAt, fail, notApplicable, pass, subnetShown, worstOf } from '../parts/verdict.ts';
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
    id === undefined ? notApplicable('Each resource is checked separately.') : { one, id },
  ),
  list: clusterPairs((one, context) => (nodeSubnets(one).length === 0 ? [] : ids(context))),
});

/** What needs access to a resource, and how. */
interface Access {
  readonly subnets: readonly string[];
  /** Private endpoint subresources (`groupIds`). */
  readonly groups: readonly string[];
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
    nodeSubnets(one).map((subnet) => () => checkEndpoints(firewall, one, subnet, access, index)),
  );
}

function checkEndpoints(
  { resource, name, service }: ServiceFirewall,
  one: AttachedCluster,
  subnet: string,
  { groups }: Access,
  index: RuleContext['index'],
): CheckResult {
  const evidence = [evidenceAt(resource, connectionsPointer, 'private endpoint connections')];
  if (!reachedPrivately(resource.id, subnet, index, groups)) {
    return fail(unreachedSentence({ id: resource.id, name }, subnet, index, groups), evidence);
  }
  const isOwn = customerEndpoints(resource.id, index).some((end) => sameId(end.vnet, vnetOf(subnet)));
  const note =
    service === 'registry' && isV1(one) && !isOwn
      ? ' Web services of the v1 API need a private endpoint of the registry in the network of the cluster itself.'
      : '';
  return pass(`${subnetShown(subnet)} reaches the private endpoint of the ${name}.${note}`, evidence);
}

/** Attached for the v1 API, whose support has ended. */
const isV1 = ({ compute }: AttachedCluster): boolean => computeView(compute).computeType === 'AKS';

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
  const { resource, name } = firewall;
  const { groups } = access;
  const vnets = nodeNetworks(one);
  const subnet = chooseSubnet(answers, endpointSubnets(vnets, index, endpointAddresses(resource.id)));
  const within = typeof subnet === 'string' ? vnets : [vnetOf(subnet.id)];
  const made = endpointProposals({ target: resource, groups, subnet, vnets, within }, context);
  const cut = nodeSubnets(one).filter((id) => !reachedPrivately(resource.id, id, index, groups));
  return orBlocked(made, { id: resource.id, name }, cut, index, groups);
}

const storageAccess = (one: AttachedCluster): Access => ({
  subnets: allSubnets(one),
  groups: ['blob', 'file'],
});

export const aksStorageSameVnet = defineRule({
  ...aksRule,
  id: 'aks.storage-same-vnet',
  answers: { subnet: 'VNET/NAME' },
  title: 'Workspace storage allows the AKS subnets',
  problem: 'AKS subnets blocked by workspace storage',
  severity: 'high',
  explain: {
    why: 'Nodes read models and their configuration from the storage account. If its firewall does not allow the AKS subnets, deployments fail.',
    fix: 'Adds a Microsoft.Storage service endpoint to the AKS subnets, and a virtual network rule for each. For an account with private endpoints, adds blob and file endpoints in the network of the cluster (answer subnet=NAME).',
    breaks: 'Adding a service endpoint briefly interrupts open storage connections of the subnet.',
    links: [links.secureInference, links.storageSubnets],
  },
  subjects: dependenciesOn(({ index }) => auditedAccounts(index).map(({ id }) => id)),
  unread: ({ index }) => unreadAccounts(index),
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

const workspaceGroups = ['amlworkspace'];
/** Node subnets that reach no private endpoint of the workspace. Throws UnreadableError where one that decides was not read. */
const withoutWorkspace = (one: AttachedCluster, { id }: Resource, { index }: RuleContext): string[] =>
  nodeSubnets(one).filter((subnet) => !reachedPrivately(id, subnet, index, workspaceGroups));
const workspaceNamed = ({ id }: Resource) => ({ id, name: `workspace ${displayName(id)}` });

function checkWorkspace(one: AttachedCluster, id: string, context: RuleContext): CheckResult {
  const workspace = context.index.get(id);
  if (!workspace) return notApplicable('The workspace does not exist (see workspace.exists).');
  const evidence = [evidenceAt(workspace, connectionsPointer, 'private endpoint connections')];
  if (customerEndpoints(workspace.id, context.index).length === 0) {
    return notApplicable('The workspace has no private endpoint.', evidence);
  }
  const [cut] = withoutWorkspace(one, workspace, context);
  return cut === undefined
    ? pass(`${one.name} reaches the private endpoint of the workspace.`, evidence)
    : fail(unreachedSentence(workspaceNamed(workspace), cut, context.index, workspaceGroups), evidence);
}

export const aksDependenciesSameVnet = defineRule({
  ...aksRule,
  id: 'aks.dependencies-same-vnet',
  answers: { sku: ['Premium'], subnet: 'VNET/NAME' },
  title: 'Workspace resources allow access from the AKS network',
  problem: 'Workspace resource blocks access from the AKS network',
  severity: 'high',
  profiles: ['current'],
  explain: {
    why: 'Clusters that serve models read models, secrets and images, and call the workspace. Each resource must allow the node subnets, or have a private endpoint in the network of the cluster or in a peered one.',
    fix: 'Adds what the architecture of each blocked resource needs: a service endpoint and a virtual network rule, or a private endpoint. Answer subnet=NAME selects the subnet of the endpoint. Where the zone already holds the record of another endpoint, peer the networks instead.',
    breaks: 'Adding a service endpoint briefly interrupts open connections of the subnet to the service.',
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
    const cut = withoutWorkspace(one, target, context);
    const vnets = onceEach(cut.map(vnetOf));
    const subnet = chooseSubnet(answers, endpointSubnets(vnets, index, endpointAddresses(target.id)));
    const made = endpointProposals({ target, groups: workspaceGroups, subnet, vnets, within: vnets }, context);
    return orBlocked(made, workspaceNamed(target), cut, index, workspaceGroups);
  },
});
