// compute.npip-private-endpoint: computes without a public address reach the workspace through a private endpoint.
import { findSubnet, vnetType } from '../../kinds/network-view.ts';
import type { Finding } from '../../model/finding.ts';
import { sameId } from '../../model/resource-id.ts';
import { GapRead } from '../../model/world.ts';
import { computeNetworks } from '../../posture/compute-networks.ts';
import { customerEndpoints, peersOf, reachedPrivately } from '../../posture/endpoints.ts';
import { defineRule } from '../define.ts';
import { links } from '../parts/links.ts';
import { computeNetworkSubjects, placeJudged, sitterShown } from '../parts/places.ts';
import { chooseSubnet, endpointProposals, endpointSubnets } from '../parts/private-link.ts';
import { fail, listed, notApplicable, noted, pass, seen, shown } from '../parts/verdict.ts';
import { connectionsPointer } from '../parts/workspace.ts';
import type { Answers, Judgement, Proposal, Verdict } from '../rule.ts';

const seatsOf = (vnet: string, { world }: Judgement) =>
  (computeNetworks(world).find((one) => sameId(one.vnet, vnet))?.seats ?? []).filter(({ isPublic }) => !isPublic);

function judge(vnet: string, judgement: Judgement): Verdict {
  const { world } = judgement;
  const hidden = seatsOf(vnet, judgement);
  if (hidden.length === 0) return notApplicable(`Every compute in ${shown(vnet)} has a public address.`);
  const workspace = world.workspace();
  if (!workspace) return notApplicable('The workspace is not there; workspace.exists speaks of it.');
  const evidence = [
    ...hidden.map(({ sitter, isServerless }) =>
      seen(
        sitter,
        isServerless
          ? '/properties/serverlessComputeSettings/serverlessComputeNoPublicIP'
          : '/properties/properties/enableNodePublicIp',
        'no public address',
      ),
    ),
    seen(workspace, connectionsPointer, 'private endpoint connections'),
    ...customerEndpoints(workspace.id, world).map(({ connection, subnet }) =>
      noted(connection.endpointId ?? workspace.id, subnet ?? null, 'subnet of an endpoint of the workspace'),
    ),
  ];
  const who = listed(hidden.map(sitterShown));
  const have = hidden.length === 1 && !hidden[0]?.isServerless ? 'has' : 'have';
  return reachedPrivately(workspace.id, vnet, world, ['amlworkspace'])
    ? pass(`${shown(vnet)}, or a connected peer of it, holds a private endpoint of the workspace.`, evidence)
    : fail(
        `${who} ${have} no public address, and no private endpoint of ${shown(workspace.id)} lies in ${shown(vnet)} or a connected peer: the nodes do not find the service.`,
        evidence,
      );
}

function connect(finding: Finding, judgement: Judgement, answers: Answers): readonly Proposal[] | string {
  const { world } = judgement;
  const vnet = finding.resource;
  try {
    const workspace = world.workspace();
    if (!workspace) return 'The workspace is not there.';
    const subnet = chooseSubnet(answers, endpointSubnets([vnet, ...readPeers(vnet, judgement)], world));
    if (typeof subnet !== 'string' && !findSubnet(world, subnet.id)) return `${shown(subnet.id)} does not exist.`;
    return endpointProposals({ target: workspace, groups: ['amlworkspace'], subnet, vnets: [vnet] }, judgement);
  } catch (error) {
    if (error instanceof GapRead) return `What the fix needs to know could not be read: ${error.gap.reason}`;
    throw error;
  }
}

const readPeers = (vnet: string, { world }: Judgement): string[] =>
  peersOf(vnet, world).filter((id) => world.peek(id).state === 'read');

export const computeNpipPrivateEndpoint = defineRule({
  id: 'compute.npip-private-endpoint',
  title: 'No-public-IP computes have a workspace private endpoint',
  severity: 'high',
  profiles: ['current'],
  for: ['service-endpoint', 'private-endpoint'],
  about: vnetType,
  explain: {
    why: 'Nodes without a public address have no other way to the service: without a private endpoint of the workspace in their network, or in one peered with it, they do not start.',
    fix: 'Makes a private endpoint of the workspace in the subnet you name (answer subnet=VNET/NAME), with the two private DNS zones it needs, linked to the network.',
    breaks:
      'Once its names resolve privately, whoever else sees those zones reaches the workspace through the endpoint alone. It is billed by the hour. An undo takes endpoint, links and zones out again.',
    links: [links.secureTraining, links.workspacePrivateLink],
  },
  fixKind: 'guided',
  undo: 'exact',
  instead: 'workspace.managed-network-provisioned',
  subjects: computeNetworkSubjects,
  check: (subject, judgement) => placeJudged(subject, judgement, (id) => judge(id, judgement)),
  fix: connect,
});
