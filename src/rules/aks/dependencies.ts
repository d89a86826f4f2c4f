// Whether the nodes of a cluster can connect to the storage accounts, key vault, registry and workspace that they depend on.
import { vnetOf } from '../../kinds/network-view.ts';
import type { Resource } from '../../model/resource.ts';
import { fold, sameId } from '../../model/resource-id.ts';
import { GapRead } from '../../model/world.ts';
import { auditedAccounts, auditedRegistries, auditedVaults } from '../../posture/accounts.ts';
import { strategyOf } from '../../posture/architecture.ts';
import { customerEndpoints, reachedPrivately } from '../../posture/endpoints.ts';
import { defineRule, derived } from '../define.ts';
import { checkFirewall, type Service, unclear, type Wall, wallOf } from '../parts/firewall.ts';
import { allowsSubnet } from '../parts/firewall-verdicts.ts';
import { links } from '../parts/links.ts';
import { chooseSubnet, endpointProposals, endpointSubnets } from '../parts/private-link.ts';
import { allowSubnet, inTurn } from '../parts/proposals.ts';
import { inPremium, unseenSubnetRules } from '../parts/registry.ts';
import { fail, listed, notApplicable, pass, seen, shown, together } from '../parts/verdict.ts';
import { connectionsPointer } from '../parts/workspace.ts';
import type { Answers, Judgement, Proposal, Subjects, Verdict } from '../rule.ts';
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
const dependenciesOn = (ids: (judgement: Judgement) => readonly string[]): Subjects<Dependency> => ({
  ...derived(placedClusters, (one, _judgement, { where: id }) =>
    id === undefined ? notApplicable('Each resource is checked on its own.') : { one, id },
  ),
  list: clusterPairs((one, judgement) => (nodeSubnets(one).length === 0 ? [] : ids(judgement))),
});

/** What needs access to a resource, and how. */
interface Access {
  readonly subnets: readonly string[];
  /** Private endpoint subresources (`groupIds`). */
  readonly groups: readonly string[];
  /** Whether a private endpoint in a peered network counts. */
  readonly peers: boolean;
}

/** Throws GapRead where a private endpoint that decides could not be read. */
function checkAccess(wall: Wall, one: AttachedCluster, access: Access, { world }: Judgement): Verdict {
  if (wall.access === 'open') {
    return pass(`The ${wall.name} allows all networks, including the nodes of ${one.name}.`, [
      seen(wall.resource, wall.at.action, 'default action (defaultAction)'),
    ]);
  }
  const odd = unclear(wall);
  if (odd) return odd;
  if (strategyOf(wall.resource.id, world) === 'service-endpoint') {
    const unseen = wall.service === 'registry' ? unseenSubnetRules(wall, world) : undefined;
    return (
      unseen ??
      together(
        'high',
        access.subnets.map((subnet) => () => allowsSubnet(wall, subnet, world, 'high')),
      )
    );
  }
  return together(
    'high',
    nodeNetworks(one).map((vnet) => () => checkEndpoints(wall, vnet, access, world)),
  );
}

function checkEndpoints(wall: Wall, vnet: string, { groups, peers }: Access, world: Judgement['world']): Verdict {
  const evidence = [seen(wall.resource, connectionsPointer, 'private endpoint connections')];
  const ends = customerEndpoints(wall.resource.id, world).filter((end) => sameId(end.vnet, vnet));
  if (groups.every((group) => ends.some((end) => end.groups?.includes(fold(group))))) {
    return pass(`The ${wall.name} has a private endpoint in ${shown(vnet)}.`, evidence);
  }
  const near = reachedPrivately(wall.resource.id, vnet, world, groups);
  if (near && peers) {
    return pass(
      `The ${wall.name} has a private endpoint in a network peered with ${shown(vnet)}; aks.dependencies-same-vnet requires one in ${shown(vnet)} itself.`,
      evidence,
    );
  }
  return near
    ? fail(`The ${wall.name} has a private endpoint only in a network peered with ${shown(vnet)}.`, evidence)
    : fail(`The ${wall.name} has no private endpoint in ${shown(vnet)} or a network peered with it.`, evidence);
}

/** What gives the nodes access: subnet rules or private endpoints, by the architecture of the resource. */
function allowAccess(
  wall: Wall,
  one: AttachedCluster,
  access: Access,
  judgement: Judgement,
  answers: Answers,
): readonly Proposal[] | string {
  const { world } = judgement;
  if (strategyOf(wall.resource.id, world) === 'service-endpoint') {
    const allow = (here: Wall) =>
      inTurn(
        here,
        access.subnets.map((subnet) => (step: Wall) => allowSubnet(step, subnet, judgement)),
      );
    return wall.service === 'registry' ? inPremium(wall, answers, allow) : allow(wall);
  }
  const vnets = nodeNetworks(one);
  const subnet = chooseSubnet(answers, endpointSubnets(vnets, world));
  const within = typeof subnet === 'string' ? vnets : [vnetOf(subnet.id)];
  return endpointProposals({ target: wall.resource, groups: access.groups, subnet, vnets, within }, judgement);
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
  fixKind: 'auto',
  undo: 'exact',
  subjects: dependenciesOn(({ world }) => auditedAccounts(world).map(({ id }) => id)),
  check: ({ one, id }, judgement) =>
    checkFirewall(id, 'storage', judgement, (wall) =>
      wall.access === 'open'
        ? notApplicable(`The ${wall.name} allows all networks.`)
        : checkAccess(wall, one, storageAccess(one), judgement),
    ),
  fix({ one, id }, judgement, answers) {
    const account = judgement.world.get(id);
    return account
      ? allowAccess(wallOf(account, 'storage'), one, storageAccess(one), judgement, answers)
      : `The storage account ${shown(id)} does not exist.`;
  },
});

const groupsOf: Readonly<Record<Service, readonly string[]>> = {
  storage: ['blob', 'file'],
  vault: ['vault'],
  registry: ['registry'],
};
const ownAccess = (one: AttachedCluster, service: Service): Access => ({
  subnets: nodeSubnets(one),
  groups: groupsOf[service],
  peers: false,
});

const servicesUsed = ({ world }: Judgement): readonly { readonly id: string; readonly service: Service }[] => [
  ...auditedAccounts(world).map(({ id }) => ({ id, service: 'storage' as const })),
  ...auditedVaults(world).map(({ id }) => ({ id, service: 'vault' as const })),
  ...auditedRegistries(world).map(({ id }) => ({ id, service: 'registry' as const })),
];
const serviceOf = (id: string, judgement: Judgement): Service | undefined =>
  servicesUsed(judgement).find((one) => sameId(one.id, id))?.service;

/** Node networks without a private endpoint of the workspace. Throws GapRead where one that decides could not be read. */
function networksWithoutEndpoint(one: AttachedCluster, workspace: Resource, { world }: Judgement): string[] {
  const ends = customerEndpoints(workspace.id, world);
  const missing = nodeNetworks(one).filter((vnet) => !ends.some((end) => sameId(end.vnet, vnet)));
  const unread = ends.find(({ vnet }) => vnet === undefined);
  if (missing.length > 0 && unread) {
    const id = unread.connection.endpointId ?? workspace.id;
    const reason = `The network of private endpoint ${shown(id)} could not be read.`;
    throw new GapRead({ id, reason, action: 'Microsoft.Network/privateEndpoints/read' });
  }
  return missing;
}

function checkWorkspace(one: AttachedCluster, id: string, judgement: Judgement): Verdict {
  const workspace = judgement.world.get(id);
  if (!workspace) return notApplicable('The workspace does not exist (see workspace.exists).');
  const evidence = [seen(workspace, connectionsPointer, 'private endpoint connections')];
  if (customerEndpoints(workspace.id, judgement.world).length === 0) {
    return notApplicable('The workspace has no private endpoint.', evidence);
  }
  const missing = networksWithoutEndpoint(one, workspace, judgement);
  return missing.length === 0
    ? pass(`The workspace has a private endpoint in the network of ${one.name}.`, evidence)
    : fail(
        `The workspace has no private endpoint in ${listed(missing.map(shown))}, the network of ${one.name}.`,
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
    fix: 'Adds what the architecture of each blocked resource needs: a service endpoint and a virtual network rule, or a private endpoint in the network of the cluster (answer subnet=NAME).',
    breaks: 'A new service endpoint closes open connections of the subnet to the service for a moment.',
    links: [links.secureInference, links.secureWorkspace],
  },
  fixKind: 'guided',
  undo: 'exact',
  subjects: dependenciesOn((judgement) => {
    const { workspace } = judgement.world.snapshot;
    const ids = servicesUsed(judgement).map(({ id }) => id);
    return workspace === null ? ids : [...ids, workspace];
  }),
  check({ one, id }, judgement) {
    const service = serviceOf(id, judgement);
    return service === undefined
      ? checkWorkspace(one, id, judgement)
      : checkFirewall(id, service, judgement, (wall) => checkAccess(wall, one, ownAccess(one, service), judgement));
  },
  fix({ one, id }, judgement, answers) {
    const { world } = judgement;
    const target = world.get(id);
    if (!target) return `${shown(id)} does not exist.`;
    const service = serviceOf(id, judgement);
    if (service !== undefined) {
      return allowAccess(wallOf(target, service), one, ownAccess(one, service), judgement, answers);
    }
    const vnets = networksWithoutEndpoint(one, target, judgement);
    const subnet = chooseSubnet(answers, endpointSubnets(vnets, world));
    return endpointProposals({ target, groups: ['amlworkspace'], subnet, vnets, within: vnets }, judgement);
  },
});
