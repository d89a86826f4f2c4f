// aks.dependencies-same-vnet: the nodes of a cluster reach account, vault, registry and workspace from their own network.
import { sameId } from '../../model/resource-id.ts';
import { GapRead } from '../../model/world.ts';
import { customerEndpoints } from '../../posture/endpoints.ts';
import { defineRule } from '../define.ts';
import { dependencies, letIn, pairsWith, type Reach, reached } from '../parts/cluster-reach.ts';
import {
  type Attached,
  attachedJudged,
  attachedOf,
  computeType,
  nodeNetworks,
  nodeSubnets,
  placeless,
} from '../parts/clusters.ts';
import { accountJudged, registryJudged, type Service, vaultJudged, wallOf } from '../parts/firewall.ts';
import { links } from '../parts/links.ts';
import { chooseSubnet, endpointProposals, endpointSubnets } from '../parts/private-link.ts';
import { proposalsOn } from '../parts/subjects.ts';
import { fail, listed, notApplicable, pass, seen, shown } from '../parts/verdict.ts';
import { connectionsPointer } from '../parts/workspace.ts';
import type { Answers, Judgement, Proposal, Verdict } from '../rule.ts';

const judges = { storage: accountJudged, vault: vaultJudged, registry: registryJudged } as const;
const groupsOf: Readonly<Record<Service, readonly string[]>> = {
  storage: ['blob', 'file'],
  vault: ['vault'],
  registry: ['registry'],
};
const reachOf = (one: Attached, service: Service): Reach => ({
  subnets: nodeSubnets(one),
  groups: groupsOf[service],
  peers: false,
});
const door = ['amlworkspace'];

/** Networks of nodes without an endpoint of the workspace in them. Throws GapRead where one was not read. */
function cutOff(one: Attached, workspace: string, { world }: Judgement): string[] {
  const ends = customerEndpoints(workspace, world);
  const missing = nodeNetworks(one).filter((vnet) => !ends.some((end) => sameId(end.vnet, vnet)));
  const unread = ends.find(({ vnet }) => vnet === undefined);
  if (missing.length > 0 && unread) {
    const id = unread.connection.endpointId ?? workspace;
    const reason = `The network of the private endpoint ${shown(id)} was not read.`;
    throw new GapRead({ id, reason, action: 'Microsoft.Network/privateEndpoints/read' });
  }
  return missing;
}

function judgeWorkspace(one: Attached, id: string, judgement: Judgement): Verdict {
  const workspace = judgement.world.get(id);
  if (!workspace) return notApplicable('There is no workspace; workspace.exists speaks of that.');
  const evidence = [seen(workspace, connectionsPointer, 'private endpoint connections')];
  if (customerEndpoints(workspace.id, judgement.world).length === 0) {
    return notApplicable('The workspace has no private endpoint.', evidence);
  }
  const missing = cutOff(one, workspace.id, judgement);
  return missing.length === 0
    ? pass(`The workspace has a private endpoint in the network of the ${one.name}.`, evidence)
    : fail(
        `The workspace has private endpoints, and none in ${listed(missing.map(shown))}, the network of the ${one.name}.`,
        evidence,
      );
}

function giveDoor(one: Attached, id: string, judgement: Judgement, answers: Answers): readonly Proposal[] | string {
  const { world } = judgement;
  const workspace = world.get(id);
  if (!workspace) return 'The workspace does not exist.';
  const vnets = cutOff(one, id, judgement);
  const subnet = chooseSubnet(answers, endpointSubnets(vnets, world));
  return endpointProposals({ target: workspace, groups: door, subnet, vnets, within: vnets }, judgement);
}

export const aksDependenciesSameVnet = defineRule({
  id: 'aks.dependencies-same-vnet',
  title: 'Workspace, storage, vault and registry are reachable privately from the AKS VNet',
  severity: 'high',
  profiles: ['current'],
  for: ['service-endpoint', 'private-endpoint'],
  about: computeType,
  instead: 'compute.managed-network-conflict',
  explain: {
    why: 'A cluster that serves models reads them, their secrets and their images, and reports to the workspace. What is closed must know its subnet, or have a private endpoint in its own network: one beside it does not do.',
    fix: 'For each of them that keeps the nodes out: a service endpoint and a subnet rule, or a private endpoint in the network of the cluster (answer subnet=NAME), whichever way that one is protected.',
    breaks: 'A service endpoint cuts open connections of that subnet to the service for a moment.',
    links: [links.secureInference, links.secureWorkspace],
  },
  fixKind: 'guided',
  undo: 'exact',
  subjects(judgement) {
    const { workspace } = judgement.world.snapshot;
    const ids = dependencies(judgement).map(({ id }) => id);
    return pairsWith(workspace === null ? ids : [...ids, workspace], judgement);
  },
  check: (subject, judgement) =>
    attachedJudged(subject, judgement, (one) => {
      const { where } = subject;
      const nowhere = placeless(one);
      if (nowhere || where === undefined)
        return nowhere ?? notApplicable('Each thing it depends on is judged by itself.');
      const found = dependencies(judgement).find(({ id }) => sameId(id, where));
      if (!found) return judgeWorkspace(one, where, judgement);
      return judges[found.service](where, judgement, (wall) =>
        reached(wall, one, reachOf(one, found.service), judgement),
      );
    }),
  fix: (finding, judgement, answers) =>
    proposalsOn(finding, judgement, (compute) => {
      const one = attachedOf(compute, judgement.world);
      if (one === undefined || one === 'gone' || finding.where === null) return 'The cluster does not exist.';
      const { where } = finding;
      const found = dependencies(judgement).find(({ id }) => sameId(id, where));
      if (!found) return giveDoor(one, where, judgement, answers);
      const target = judgement.world.get(where);
      if (!target) return `${shown(where)} does not exist.`;
      return letIn(wallOf(target, found.service), one, reachOf(one, found.service), judgement, answers);
    }),
});
