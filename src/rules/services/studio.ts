// storage.studio-colocation, storage.designer-profile-error: studio and the data that it shows.

import { strategyOf } from '../../facts/architecture.ts';
import { type CustomerEndpoint, customerEndpoints } from '../../facts/endpoints.ts';
import { peersOf } from '../../facts/path/connection.ts';
import { connectsPrivately } from '../../facts/reach.ts';
import { needSentence } from '../../model/plan-need.ts';
import { attempt, type Readable, readable } from '../../model/readable.ts';
import { sameId } from '../../model/resource-id.ts';
import type { SnapshotIndex } from '../../model/snapshot-index.ts';
import { coveredBy, parseRange } from '../../net/ipv4.ts';
import { vnetOf, vnetView } from '../../resource-types/network-view.ts';
import { endpointAddresses } from '../../resource-types/private-endpoint.ts';
import { defineRule } from '../define.ts';
import {
  actionPointer,
  allowedRanges,
  defaultStorageFirewall,
  type ServiceFirewall,
  storageFirewalls,
  subnetRuleFor,
  subnetsPointer,
  unclear,
} from '../parts/firewall.ts';
import { links } from '../parts/links.ts';
import { onceEach } from '../parts/naming.ts';
import { chooseSubnet, endpointProposals, endpointSubnets, readerProposals } from '../parts/private-link.ts';
import { allowSubnet } from '../parts/proposals.ts';
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
import type { Answers, CheckResult, Proposal, RuleContext } from '../rule.ts';
import { chosenAction, connectionsPointer, endpointNetworks } from './parts/access.ts';

function check(firewall: ServiceFirewall, context: RuleContext): CheckResult {
  const { index } = context;
  if (index.snapshot.intents.usesStudio === false) return notApplicable('The assumption usesStudio is false.');
  const odd = unclear(firewall);
  if (odd) return odd;
  if (firewall.access === 'open') return notApplicable(`The ${firewall.name} allows all networks.`);
  const workspace = index.workspace();
  const ends = workspace ? customerEndpoints(workspace.id, index) : [];
  if (ends.length === 0) return notApplicable('The workspace has no private endpoint.');
  return strategyOf(firewall.resource.id, index) === 'service-endpoint'
    ? allowsEndpointSubnet(firewall, ends)
    : sharesNetwork(firewall, ends, context);
}

function allowsEndpointSubnet(firewall: ServiceFirewall, ends: readonly CustomerEndpoint[]): CheckResult {
  const subnets = ends.flatMap(({ subnet }) => subnet ?? []);
  const evidence = [
    evidenceAt(firewall.resource, subnetsPointer, 'virtual network rules'),
    noted(firewall.resource.id, subnets, 'subnets of the workspace endpoints'),
  ];
  const allowed = subnets.find((subnet) => subnetRuleFor(firewall, subnet));
  if (allowed !== undefined)
    return pass(
      `The ${firewall.name} allows ${subnetShown(allowed)}, the subnet of a workspace private endpoint.`,
      evidence,
    );
  return subnets.length < ends.length || firewall.unreadable.length > 0
    ? unknown('The subnet of a workspace endpoint, or a virtual network rule, could not be read.', evidence)
    : fail(
        `No virtual network rule allows ${listed(subnets.map(subnetShown))}, the subnet of a workspace private endpoint.`,
        evidence,
      );
}

function sharesNetwork(
  firewall: ServiceFirewall,
  ends: readonly CustomerEndpoint[],
  { index }: RuleContext,
): CheckResult {
  const own = customerEndpoints(firewall.resource.id, index);
  const networks = ends.flatMap(({ vnet }) => vnet ?? []);
  const has = (vnet: string, group: string) => own.some((end) => sameId(end.vnet, vnet) && end.groups?.includes(group));
  const shared = networks.find((vnet) => has(vnet, 'blob') && has(vnet, 'file'));
  const reaching = shared === undefined ? reachesBoth(firewall, ends, index) : undefined;
  const evidence = [
    evidenceAt(firewall.resource, connectionsPointer, 'private endpoint connections'),
    noted(firewall.resource.id, networks, 'networks of the workspace endpoints'),
  ];
  if (shared !== undefined)
    return pass(`${displayName(shared)} has private endpoints of the workspace and of blob and file.`, evidence);
  if (reaching?.state === 'known' && reaching.value !== undefined) {
    const name = displayName(vnetOf(reaching.value));
    return pass(`${name} reaches private endpoints of the workspace and of blob and file.`, evidence);
  }
  if (networks.length < ends.length || own.some((end) => end.vnet === undefined || end.groups === undefined))
    return unknown('The network of a private endpoint could not be read.', evidence);
  if (
    strategyOf(firewall.resource.id, index) === 'managed-network' &&
    allowsClient(firewall, index.snapshot.intents.devClientIps)
  )
    return pass(`The ${firewall.name} allows your IP address, so studio works from there.`, evidence);
  if (reaching?.state === 'unreadable') throw reaching.error;
  return fail(
    `No network reaches private endpoints of both the workspace (${listed(networks.map(displayName))}) and the account's blob and file.`,
    evidence,
  );
}

/**
 * A subnet that reaches the workspace and both parts of the account, among the networks of the workspace's endpoints and their peers,
 * where studio users are or arrive.
 */
function reachesBoth(
  { resource }: ServiceFirewall,
  ends: readonly CustomerEndpoint[],
  index: SnapshotIndex,
): Readable<string | undefined> {
  const workspace = index.workspace();
  const peers = (vnet: string): readonly string[] =>
    attempt(
      () => (index.get(vnet) ? peersOf(vnet, index) : []),
      () => [],
    );
  const near = onceEach(ends.flatMap(({ vnet }) => (vnet === undefined ? [] : [vnet, ...peers(vnet)])));
  const networks = near.map((id) => readable(() => index.get(id)));
  const subnets = networks.flatMap((one) =>
    one.state === 'known' && one.value !== undefined ? vnetView(one.value).subnets.map(({ id }) => id) : [],
  );
  const paths = subnets.map((subnet) =>
    readable(
      () =>
        workspace !== undefined &&
        connectsPrivately(workspace.id, subnet, index, ['amlworkspace']) &&
        connectsPrivately(resource.id, subnet, index, ['blob', 'file']),
    ),
  );
  const found = subnets.find((_, at) => paths[at]?.state === 'known' && paths[at].value);
  const unread = [...networks, ...paths].find((one) => one.state === 'unreadable');
  return found === undefined && unread?.state === 'unreadable' ? unread : { state: 'known', value: found };
}

const allowsClient = (firewall: ServiceFirewall, clients: readonly string[] = []): boolean =>
  firewall.view.publicNetworkAccess !== 'Disabled' &&
  clients.some((client) => {
    const range = parseRange(client);
    return range.ok && coveredBy(range.value, allowedRanges(firewall));
  });

/** Blob and file endpoints in a network with a private endpoint of the workspace. */
function addEndpoints(firewall: ServiceFirewall, context: RuleContext, answers: Answers): readonly Proposal[] | string {
  const { index } = context;
  const workspace = index.workspace();
  const networks = workspace ? endpointNetworks(workspace.id, index) : [];
  if (networks.length === 0) return 'The network of the workspace endpoint could not be read.';
  const subnet = chooseSubnet(answers, endpointSubnets(networks, index, endpointAddresses(firewall.resource.id)));
  const within = typeof subnet === 'string' ? networks : [vnetOf(subnet.id)];
  const wish = { target: firewall.resource, groups: ['blob', 'file'], subnet, vnets: networks, within };
  const made = endpointProposals(wish, context);
  return typeof made === 'string' ? made : [...made, ...readerProposals(firewall.resource, made, context)];
}

function fix(firewall: ServiceFirewall, context: RuleContext, answers: Answers): readonly Proposal[] | string {
  const { index } = context;
  if (strategyOf(firewall.resource.id, index) !== 'service-endpoint') return addEndpoints(firewall, context, answers);
  const workspace = index.workspace();
  const subnets = workspace ? customerEndpoints(workspace.id, index).flatMap(({ subnet }) => subnet ?? []) : [];
  if (subnets.length === 0) return 'The subnet of the workspace endpoint could not be read.';
  const chosen =
    subnets.length === 1 && chosenAction(answers) === 'allow'
      ? subnets[0]
      : subnets.find((subnet) => sameId(subnet, answers.subnet) || displayName(subnet) === answers.subnet);
  if (chosen !== undefined) return allowSubnet(firewall, chosen, context);
  const options = subnets.map((subnet) =>
    subnets.length === 1
      ? { name: 'action', value: 'allow', says: `allow studio users in ${displayName(subnet)}` }
      : { name: 'subnet', value: displayName(subnet), says: 'allow its studio users' },
  );
  return needSentence({ kind: 'choice', options });
}

export const storageStudioColocation = defineRule({
  id: 'storage.studio-colocation',
  answers: { action: ['allow'], subnet: 'VNET/NAME', way: ['admit', 'zone', 'hosts', 'peer'] },
  title: 'Studio reaches workspace and data through one network',
  problem: 'Studio reaches workspace and data through two networks',
  severity: 'medium',
  profiles: ['current'],
  explain: {
    why: 'Studio does not show data if it reaches the workspace and the storage account through different networks.',
    fix: 'With virtual network rules: allows the subnet of the workspace endpoint (--answer action=allow, or --answer subnet=NAME if there are several). With private endpoints: creates blob and file endpoints with private DNS zones, in a subnet beside the workspace endpoint (--answer subnet=VNET/NAME).',
    breaks: 'Adding the service endpoint briefly interrupts open storage connections of that subnet.',
    links: [links.studio, links.secureWorkspace, links.managedNetwork],
  },
  fixKind: 'guided',
  subjects: storageFirewalls,
  check,
  fix,
});

const message = 'Unable to profile this dataset';

export const storageDesignerProfileError = defineRule({
  id: 'storage.designer-profile-error',
  title: 'Designer error with secured storage (known issue)',
  problem: 'Designer cannot profile data of secured storage',
  severity: 'info',
  explain: {
    why: `While the default account denies by default, the designer reports "${message}" for its data, and users ask about this error.`,
    fix: 'None here: give studio access to the data (see workspace.studio-blocked-by-secured-storage).',
    links: [links.studio],
  },
  subjects: defaultStorageFirewall,
  check(firewall, { profile }) {
    if (firewall.access !== 'closed') {
      return unclear(firewall) ?? notApplicable(`The ${firewall.name} does not deny by default.`);
    }
    const remedy = profile === 'article-2020' ? '' : ' See workspace.studio-blocked-by-secured-storage.';
    return pass(`The ${firewall.name} denies by default: the designer may report "${message}".${remedy}`, [
      evidenceAt(firewall.resource, actionPointer, 'default action'),
      noted(firewall.resource.id, message, 'error message'),
    ]);
  },
});
