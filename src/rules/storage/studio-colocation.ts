// storage.studio-colocation: where the workspace has a private endpoint, studio's path and the storage path meet.
import { vnetOf } from '../../kinds/network-view.ts';
import { needSentence } from '../../model/need.ts';
import { sameId } from '../../model/resource-id.ts';
import { coveredBy, parseRange } from '../../net/ipv4.ts';
import { strategyOf } from '../../posture/architecture.ts';
import { type CustomerEndpoint, customerEndpoints } from '../../posture/endpoints.ts';
import { defineRule } from '../define.ts';
import { accountJudged, subnetRuleFor, subnetsPointer, unclear, type Wall, wallOf } from '../parts/firewall.ts';
import { links } from '../parts/links.ts';
import { chooseSubnet, endpointProposals, endpointSubnets, readerProposals } from '../parts/private-link.ts';
import { endpointNetworks } from '../parts/private-side.ts';
import { admitSubnet } from '../parts/proposals.ts';
import { accounts, proposalsOn } from '../parts/subjects.ts';
import { fail, listed, notApplicable, noted, pass, seen, shown, subnetShown, unknown } from '../parts/verdict.ts';
import type { Answers, Judgement, Proposal, Verdict } from '../rule.ts';

const connections = '/properties/privateEndpointConnections';

function judge(wall: Wall, judgement: Judgement): Verdict {
  const { world } = judgement;
  if (world.snapshot.intents.usesStudio === false) return notApplicable('You answered that nobody uses studio.');
  const odd = unclear(wall);
  if (odd) return odd;
  if (wall.door === 'open') return notApplicable(`The ${wall.name} is open.`);
  const workspace = world.workspace();
  const ends = workspace ? customerEndpoints(workspace.id, world) : [];
  if (!workspace || ends.length === 0) return notApplicable('The workspace has no private endpoint of its own.');
  return strategyOf(wall.resource.id, world) === 'service-endpoint'
    ? bySubnetRule(wall, ends)
    : byNetwork(wall, ends, customerEndpoints(wall.resource.id, world), judgement);
}

function bySubnetRule(wall: Wall, ends: readonly CustomerEndpoint[]): Verdict {
  const subnets = ends.flatMap(({ subnet }) => subnet ?? []);
  const evidence = [
    seen(wall.resource, subnetsPointer, 'subnets the account admits'),
    noted(wall.resource.id, subnets, 'subnets of the workspace endpoints'),
  ];
  const admitted = subnets.find((subnet) => subnetRuleFor(wall, subnet));
  if (admitted !== undefined) {
    return pass(`The ${wall.name} admits ${subnetShown(admitted)}, where the workspace endpoint sits.`, evidence);
  }
  if (subnets.length < ends.length || wall.unreadable.length > 0) {
    return unknown('The subnet of a workspace endpoint, or a rule of the account, could not be read.', evidence);
  }
  return fail(
    `The ${wall.name} does not admit ${listed(subnets.map(subnetShown))}, where the workspace endpoint sits.`,
    evidence,
  );
}

function byNetwork(
  wall: Wall,
  ends: readonly CustomerEndpoint[],
  own: readonly CustomerEndpoint[],
  judgement: Judgement,
): Verdict {
  const networks = ends.flatMap(({ vnet }) => vnet ?? []);
  const has = (vnet: string, group: string) => own.some((end) => sameId(end.vnet, vnet) && end.groups?.includes(group));
  const shared = networks.find((vnet) => has(vnet, 'blob') && has(vnet, 'file'));
  const evidence = [
    seen(wall.resource, connections, 'private endpoint connections of the account'),
    noted(wall.resource.id, networks, 'networks of the workspace endpoints'),
  ];
  if (shared !== undefined) {
    return pass(
      `${shown(shared)} holds an endpoint of the workspace and the blob and file endpoints of the ${wall.name}.`,
      evidence,
    );
  }
  if (networks.length < ends.length || own.some((end) => end.vnet === undefined || end.groups === undefined)) {
    return unknown('A private endpoint could not be read, so its network is not known.', evidence);
  }
  if (strategyOf(wall.resource.id, judgement.world) === 'managed-network' && stillPublicForClients(wall, judgement)) {
    return pass(`The ${wall.name} still lets your listed address in, so studio works from there.`, evidence);
  }
  return fail(
    `No network holds both an endpoint of the workspace (${listed(networks.map(shown))}) and the blob and file endpoints of the ${wall.name}.`,
    evidence,
  );
}

function stillPublicForClients(wall: Wall, { world }: Judgement): boolean {
  if (wall.view.publicNetworkAccess === 'Disabled') return false;
  const rules = wall.acls.ipRules.flatMap(({ value }) => {
    const range = parseRange(value);
    return range.ok ? [range.value] : [];
  });
  return (world.snapshot.intents.devClientIps ?? []).some((client) => {
    const range = parseRange(client);
    return range.ok && coveredBy(range.value, rules);
  });
}

/** Blob and file endpoints in a network that holds an endpoint of the workspace. */
function besideWorkspace(wall: Wall, judgement: Judgement, answers: Answers): readonly Proposal[] | string {
  const { world } = judgement;
  const workspace = world.workspace();
  const networks = workspace ? endpointNetworks(workspace.id, world) : [];
  if (networks.length === 0) return 'The network of the workspace endpoint is not known.';
  const subnet = chooseSubnet(answers, endpointSubnets(networks, world));
  const within = typeof subnet === 'string' ? networks : [vnetOf(subnet.id)];
  const wish = { target: wall.resource, groups: ['blob', 'file'], subnet, vnets: networks, within };
  const made = endpointProposals(wish, judgement);
  return typeof made === 'string' ? made : [...made, ...readerProposals(wall.resource, made, judgement)];
}

function colocate(wall: Wall, judgement: Judgement, answers: Answers): readonly Proposal[] | string {
  const { world } = judgement;
  if (strategyOf(wall.resource.id, world) !== 'service-endpoint') return besideWorkspace(wall, judgement, answers);
  const workspace = world.workspace();
  const subnets = workspace ? customerEndpoints(workspace.id, world).flatMap(({ subnet }) => subnet ?? []) : [];
  if (subnets.length === 0) return 'The subnet of the workspace endpoint is not known.';
  const chosen =
    subnets.length === 1 && answers.way === 'admit'
      ? subnets[0]
      : subnets.find((subnet) => sameId(subnet, answers.subnet) || shown(subnet) === answers.subnet);
  if (chosen !== undefined) return admitSubnet(wall, chosen, judgement);
  const options = subnets.map((subnet) =>
    subnets.length === 1
      ? { name: 'way', value: 'admit', says: `admits the studio users of ${shown(subnet)}` }
      : { name: 'subnet', value: shown(subnet), says: 'admits its studio users' },
  );
  return needSentence({ kind: 'choice', options });
}

export const storageStudioColocation = defineRule({
  id: 'storage.studio-colocation',
  title: "Studio's extra placement demands",
  severity: 'medium',
  profiles: ['current'],
  about: 'Microsoft.Storage/storageAccounts',
  explain: {
    why: 'Studio refuses to show data when its own path to the workspace and its path to the account run through different networks.',
    fix: 'With subnet rules: admits the subnet of the workspace endpoint (answer way=admit, and subnet=NAME where there are several). With private endpoints: makes blob and file endpoints in the network of the workspace endpoint, in the subnet you name (answer subnet=VNET/NAME), with their zones.',
    breaks:
      'The service endpoint that goes with a subnet rule cuts open storage connections of that subnet for a moment.',
    links: [links.studio, links.secureWorkspace, links.managedNetwork],
  },
  fixKind: 'guided',
  undo: 'exact',
  subjects: accounts,
  check: (subject, judgement) => accountJudged(subject.resource, judgement, (wall) => judge(wall, judgement)),
  fix: (finding, judgement, answers) =>
    proposalsOn(finding, judgement, (account) => colocate(wallOf(account, 'storage'), judgement, answers)),
});
