// What compute without a public IP address needs from its network: explicit outbound access, and a private endpoint of the
// workspace.

import { type ComputePlacement, placements } from '../../facts/compute-networks.ts';
import { customerEndpoints } from '../../facts/endpoints.ts';
import { outboundWay } from '../../facts/explicit-outbound.ts';
import { subnetPrefixes } from '../../facts/flows.ts';
import { peersOf } from '../../facts/path/connection.ts';
import { blockedBecause, endpointPorts, reachedPrivately } from '../../facts/reach.ts';
import { tunnelOf } from '../../facts/tunnel.ts';
import type { Resource } from '../../model/resource.ts';
import { sameId } from '../../model/resource-id.ts';
import type { SnapshotIndex } from '../../model/snapshot-index.ts';
import { clean } from '../../model/text.ts';
import { findSubnet, subnetType, subnetView, vnetType } from '../../resource-types/network-view.ts';
import { endpointAddresses } from '../../resource-types/private-endpoint.ts';
import { defineRule } from '../define.ts';
import { links } from '../parts/links.ts';
import { onceEach } from '../parts/naming.ts';
import { chooseSubnet, endpointProposals, endpointSubnets, orBlocked } from '../parts/private-link.ts';
import {
  displayName,
  evidenceAt,
  fail,
  listed,
  notApplicable,
  noted,
  pass,
  subnetShown,
  unknown,
} from '../parts/verdict.ts';
import { connectionsPointer } from '../parts/workspace.ts';
import type { Answers, CheckResult, Proposal, RuleContext } from '../rule.ts';
import { allowFlow } from './parts/endpoint-flows.ts';
import { natProposals } from './parts/nat.ts';
import {
  asRead,
  type OccupiedNetwork,
  occupantShown,
  occupantsShown,
  occupiedNetworks,
  orWorkspace,
  subnetsAmong,
} from './parts/subjects.ts';

const withoutPublicIp = (all: readonly ComputePlacement[]): ComputePlacement[] =>
  all.filter(({ isPublic }) => !isPublic);

const appliances = (subnet: string, index: SnapshotIndex): string =>
  listed(tunnelOf(subnet, index).appliances.map((address) => clean(address, 60)));

function checkOutbound(subnet: Resource, { index }: RuleContext): CheckResult {
  const { id } = subnet;
  const name = subnetShown(id);
  const compute = withoutPublicIp(placements(index)).filter((placement) => sameId(placement.subnet, id));
  const evidence = [
    noted(id, compute.map(occupantShown), 'compute without a public IP address'),
    evidenceAt(subnet, '/properties/natGateway/id', 'NAT gateway'),
    evidenceAt(subnet, '/properties/routeTable/id', 'route table'),
    evidenceAt(subnet, '/properties/defaultOutboundAccess', 'default outbound access'),
  ];
  const who = occupantsShown(compute);
  switch (outboundWay(id, index)) {
    case 'nat':
      return pass(`${name} uses the NAT gateway ${displayName(subnetView(subnet).natGateway ?? '')}.`, evidence);
    case 'dropped':
      return fail(`A route of ${name} drops all outbound traffic (next hop None).`, evidence);
    case 'lost':
      return fail(
        `Routes of ${name} lead to the firewall at ${appliances(id, index)}, which no connected network contains.`,
        evidence,
      );
    case 'unknown':
      return unknown(`${name} may learn outbound routes from a gateway, which no resource shows.`, evidence);
    case 'routed':
      return pass(`Outbound routes of ${name} lead to a firewall or a gateway.`, evidence);
    case 'none':
      return fail(
        `${name} has no outbound access: no NAT gateway, no route, and defaultOutboundAccess is false. All outbound traffic is dropped, so ${who} cannot start.`,
        evidence,
      );
    default:
      return fail(
        `${name} has no NAT gateway and no route to a firewall. It relies on default outbound access (retired for new virtual networks): a new subnet does not have it. Used by ${who}.`,
        evidence,
        'medium',
      );
  }
}

export const computeExplicitOutbound = defineRule({
  id: 'compute.explicit-outbound',
  title: 'Compute subnet has explicit outbound access',
  problem: 'Compute subnet has no explicit outbound access',
  severity: 'high',
  profiles: ['current'],
  for: ['service-endpoint', 'private-endpoint'],
  about: subnetType,
  explain: {
    why: 'Nodes without a public IP address need a NAT gateway or a route to a firewall to download images and packages. Default outbound access is retired for new virtual networks.',
    fix: 'Associates the NAT gateway of another subnet of the virtual network, or a new one with a public IP address. A gateway that is not yours is used only when you name it.',
    breaks:
      'The gateway and its public IP address are billed by the hour, traffic by volume. The outbound address of the subnet changes, so IP rules elsewhere that allow the old one no longer match. Undo removes the gateway and what was created; the address is lost.',
    links: [links.secureTraining, links.defaultOutbound, links.natGateway],
  },
  fixKind: 'guided',
  answers: { nat: 'NAME' },
  instead: 'workspace.managed-network-provisioned',
  subjects: subnetsAmong(
    (context) =>
      orWorkspace(context, () =>
        onceEach(withoutPublicIp(placements(context.index)).map(({ subnet }) => subnet)).map((id) =>
          asRead(id, context),
        ),
      ),
    'No compute without a public IP address is in a virtual network.',
  ),
  check: checkOutbound,
  fix: (subnet, context, answers) =>
    ['dropped', 'lost'].includes(outboundWay(subnet.id, context.index) ?? '')
      ? `Routes of ${subnetShown(subnet.id)} take precedence over a NAT gateway. Fix the routes first.`
      : natProposals(subnet, context, answers),
});

function checkEndpoint({ vnet, placements: all }: OccupiedNetwork, { index }: RuleContext): CheckResult {
  const compute = withoutPublicIp(all);
  const name = displayName(vnet);
  if (compute.length === 0) return notApplicable(`All compute in ${name} has a public IP address.`);
  const workspace = index.workspace();
  if (!workspace) return notApplicable('The workspace does not exist (see workspace.exists).');
  const evidence = [
    ...compute.map(({ occupant, isServerless }) =>
      evidenceAt(
        occupant,
        isServerless
          ? '/properties/serverlessComputeSettings/serverlessComputeNoPublicIP'
          : '/properties/properties/enableNodePublicIp',
        'no public IP address',
      ),
    ),
    evidenceAt(workspace, connectionsPointer, 'private endpoint connections'),
    ...customerEndpoints(workspace.id, index).map(({ connection, subnet }) =>
      noted(connection.endpointId ?? workspace.id, subnet ?? null, 'subnet of the private endpoint'),
    ),
  ];
  const cut = cutOff(compute, workspace, index);
  if (cut.length === 0) return pass(`${name} or a connected peer has a private endpoint of the workspace.`, evidence);
  const because = blockedBecause(workspace.id, cut[0]?.subnet ?? '', index, groups);
  const who = occupantsShown(cut);
  return because === undefined
    ? fail(
        `Neither ${name} nor a connected peer has a private endpoint of ${displayName(workspace.id)}: ${who} cannot reach the service.`,
        evidence,
      )
    : fail(`${who} cannot reach the private endpoint of ${displayName(workspace.id)}. ${because}`, evidence);
}

const groups = ['amlworkspace'];
/** Those whose subnet reaches no private endpoint of the workspace. */
const cutOff = (compute: readonly ComputePlacement[], workspace: Resource, index: SnapshotIndex): ComputePlacement[] =>
  compute.filter(({ subnet }) => !reachedPrivately(workspace.id, subnet, index, groups));

function createEndpoint(
  { vnet, placements }: OccupiedNetwork,
  context: RuleContext,
  answers: Answers,
): readonly Proposal[] | string {
  const { index } = context;
  const workspace = index.workspace();
  if (!workspace) return 'The workspace does not exist.';
  const peers = peersOf(vnet, index).filter((id) => index.peek(id).state === 'read');
  const subnet = chooseSubnet(answers, endpointSubnets([vnet, ...peers], index, endpointAddresses(workspace.id)));
  if (typeof subnet !== 'string' && !findSubnet(index, subnet.id)) return `${displayName(subnet.id)} does not exist.`;
  const made = endpointProposals({ target: workspace, groups, subnet, vnets: [vnet] }, context);
  const target = { id: workspace.id, name: `workspace ${displayName(workspace.id)}` };
  const cut = cutOff(withoutPublicIp(placements), workspace, index).map((placement) => placement.subnet);
  if (typeof made === 'string' || made.length === 0) return orBlocked(made, target, cut, index, groups);
  return typeof subnet === 'string' ? made : withFlows(made, onceEach(cut), subnet, context);
}

/** With Allow rules to the new endpoint in the NSGs that deny it. */
function withFlows(
  made: readonly Proposal[],
  subnets: readonly string[],
  { id: to }: Resource,
  context: RuleContext,
): readonly Proposal[] | string {
  const addresses = subnetPrefixes(to, context.index);
  const flows = subnets.map((from) =>
    allowFlow({ from, to, addresses, ports: endpointPorts('amlworkspace') }, context),
  );
  const refused = flows.find((flow) => typeof flow === 'string');
  return refused ?? [...made, ...flows.flat().filter((flow) => typeof flow !== 'string')];
}

export const computeNpipPrivateEndpoint = defineRule({
  id: 'compute.npip-private-endpoint',
  answers: { subnet: 'VNET/NAME' },
  title: 'Compute without public IP reaches a private endpoint',
  problem: 'Compute without public IP reaches no private endpoint',
  severity: 'high',
  profiles: ['current'],
  for: ['service-endpoint', 'private-endpoint'],
  about: vnetType,
  explain: {
    why: 'Nodes without a public IP address only reach the service through a private endpoint of the workspace, in their virtual network or a peered one. Without it they do not start.',
    fix: 'Creates a private endpoint of the workspace in the subnet you name (--answer subnet=VNET/NAME), with its two private DNS zones, linked to the virtual network. Where an NSG of the compute denies traffic to it, adds an Allow rule.',
    breaks:
      'Networks that are linked to these zones then reach the workspace only through the endpoint. It is billed by the hour. Undo removes the endpoint, the links and the zones.',
    links: [links.secureTraining, links.workspacePrivateLink],
  },
  fixKind: 'guided',
  instead: 'workspace.managed-network-provisioned',
  subjects: occupiedNetworks,
  check: checkEndpoint,
  fix: createEndpoint,
});
