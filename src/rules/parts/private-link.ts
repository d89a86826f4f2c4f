// Private endpoints and what they depend on: existing ones are used, pending ones approved, missing ones created, in the
// order that Azure needs (docs/reference/private-endpoints.md).
import { customerEndpoints } from '../../facts/endpoints.ts';
import { workspacePrincipal } from '../../facts/links.ts';
import { outboundRules } from '../../facts/managed-network.ts';
import { peersOf } from '../../facts/path/connection.ts';
import { blockedBecause, reachedPrivately } from '../../facts/reach.ts';
import { writeVersionOf } from '../../model/api-versions.ts';
import { editChange } from '../../model/change.ts';
import { setMember } from '../../model/edit.ts';
import { mayDo } from '../../model/permissions.ts';
import { readable } from '../../model/readable.ts';
import type { Resource } from '../../model/resource.ts';
import { fold, groupIdOf, nameOf, parentId, sameId, subscriptionOf, typeOf } from '../../model/resource-id.ts';
import type { SnapshotIndex } from '../../model/snapshot-index.ts';
import { UnreadableError } from '../../model/unreadable-error.ts';
import {
  isNetworkV2,
  managedEndpointsOf,
  networkStatusPointer,
  outboundRuleType,
  outboundRuleView,
} from '../../resource-types/managed-network.ts';
import { endpointConnectionsOf } from '../../resource-types/network-acls.ts';
import { endpointView, vnetOf, vnetView } from '../../resource-types/network-view.ts';
import { zoneGroupType, zoneGroupView } from '../../resource-types/private-dns-zone-group.ts';
import { connectionState } from '../../resource-types/private-link.ts';
import { textAt } from '../../resource-types/read.ts';
import { roles } from '../../resource-types/role-assignment.ts';
import { workspaceView } from '../../resource-types/workspace-view.ts';
import type { Answers, CheckResult, Proposal, RuleContext } from '../rule.ts';
import { legalName, nameUuid, numberedName, placeToMake } from './naming.ts';
import { type EndpointGroups, zoneProposals } from './private-zones.ts';
import { mayAssign, roleProposal } from './roles.ts';
import {
  answeredElsewhere,
  type HeldRecord,
  heldRecord,
  peeredInstead,
  peerOrSeparate,
  separateZones,
  waySentence,
} from './second-endpoint.ts';
import { displayName, fail, few, listed, pass, quoted, subnetShown } from './verdict.ts';

export { chooseSubnet, endpointSubnets, freeAddresses } from './choose-subnet.ts';
export { type RoleWish, roleProposal } from './roles.ts';

export interface EndpointWish {
  readonly target: Resource;
  /** Group ids that need an endpoint in the subnet's network, in one of `vnets`, or in a peer of these. */
  readonly groups: readonly string[];
  /** The subnet of missing endpoints, or the sentence that asks for it, used only where one is missing. */
  readonly subnet: Resource | string;
  /** Networks that must resolve the names privately, beside those of the endpoints. */
  readonly vnets: readonly string[];
  /** Networks in which an endpoint counts; by default `vnets`, their peers, and the subnet's network. */
  readonly within?: readonly string[];
  /** Those of a fix that takes `way` where a second endpoint would write over the record of the first. */
  readonly answers?: Answers;
}

/**
 * Everything that is missing for private access to the target, [] where nothing is; or the reason why it cannot be planned.
 * Throws UnreadableError where an existing endpoint was not read.
 */
export function endpointProposals(wish: EndpointWish, { index }: RuleContext): Proposal[] | string {
  const { target, subnet, vnets } = wish;
  const near = nearTo(wish, index);
  const served: EndpointGroups[] = [];
  const waiting: Proposal[] = [];
  const missing: string[] = [];
  for (const group of wish.groups) {
    const there = existing(target, group, near, index);
    if (there.state === 'none') missing.push(group);
    else served.push({ endpoint: there.endpoint, vnet: there.vnet, groups: [group] });
    if (there.state === 'pending') waiting.push(approval(there.connection));
  }
  if (missing.length > 0 && typeof subnet === 'string') return subnet;
  const made = typeof subnet === 'string' ? [] : missing.map((group) => newEndpoint(target, group, subnet, index));
  const fresh = made.map(({ endpoint, vnet, group }) => ({ endpoint, vnet, groups: [group] }));
  const apart = wish.answers?.way === 'hosts' ? answeredElsewhere(target, wish.groups, index) : [];
  const isApart = (vnet: string) => apart.some((one) => sameId(one, vnet));
  const named = served.filter(({ vnet }) => !isApart(vnet));
  const asking = vnets.filter((vnet) => !isApart(vnet));
  const shared = zoneProposals([...named, ...fresh], asking, index);
  if (typeof shared === 'string') return shared;
  const heldBy = (one: Made) => heldRecord(one, target, zonesOf(one.endpoint, shared), index);
  if (wish.answers?.way === 'peer') {
    const held = made.flatMap((one) => heldBy(one) ?? []);
    if (held.length > 0)
      return peered(
        held,
        made.filter((one) => heldBy(one) === undefined),
        wish,
        served,
        index,
      );
  }
  const held = made.flatMap((one) => heldBy(one) ?? [])[0];
  const names = held ? namesApart(held, wish, served, made, index) : shared;
  if (typeof names === 'string') return names;
  return [...inOrder(made, names, subnet), ...waiting];
}

/** A network link may precede its endpoint; a zone group may not. */
function inOrder(made: readonly Made[], names: readonly Proposal[], subnet: Resource | string): Proposal[] {
  const opened = typeof subnet === 'string' || made.length === 0 ? [] : policies(subnet);
  const isGroup = ({ change }: Proposal) => /\/privateDnsZoneGroups\//i.test(change.resource);
  return [
    ...opened,
    ...names.filter((one) => !isGroup(one)),
    ...made.map(({ proposal }) => proposal),
    ...names.filter(isGroup),
  ];
}

/** With `way=peer`: no endpoint where another network has one; new ones for the other groups. */
function peered(
  held: readonly HeldRecord[],
  made: readonly Made[],
  { subnet, vnets }: EndpointWish,
  served: readonly EndpointGroups[],
  index: SnapshotIndex,
): Proposal[] | string {
  const own = typeof subnet === 'string' ? '' : vnetOf(subnet.id);
  const fresh = made.map(({ endpoint, vnet, group }) => ({ endpoint, vnet, groups: [group] }));
  const names = zoneProposals([...served, ...fresh], vnets, index);
  if (typeof names === 'string') return names;
  const all = [...inOrder(made, names, subnet)];
  for (const one of held) {
    const more = peeredInstead(one, own, index);
    if (typeof more === 'string') return more;
    all.push(...more.filter(({ change }) => !all.some((other) => sameId(other.change.resource, change.resource))));
  }
  return all;
}

/** Ids of the zones that the planned zone group of an endpoint names. */
const zonesOf = (endpoint: string, names: readonly Proposal[]): string[] =>
  names.flatMap(({ change }) =>
    change.kind === 'create' && sameId(parentId(change.resource), endpoint)
      ? zoneGroupView({ id: change.resource, type: zoneGroupType, apiVersion: '', body: change.body }).configs.map(
          ({ zone }) => zone,
        )
      : [],
  );

/** The names of new endpoints apart from the zone that holds the record of another one, by the answer `way`. */
function namesApart(
  held: HeldRecord,
  { target, subnet, vnets, answers }: EndpointWish,
  served: readonly EndpointGroups[],
  made: readonly Made[],
  index: SnapshotIndex,
): Proposal[] | string {
  const own = typeof subnet === 'string' ? '' : vnetOf(subnet.id);
  if (!answers) return peerOrSeparate(held, target);
  if (answers.way !== 'zone' && answers.way !== 'hosts') return waySentence(held, target, own, index);
  const others = vnets.filter((vnet) => !sameId(vnet, own));
  const names = zoneProposals(served, others, index);
  const apart = answers.way === 'zone' ? separateZones(made, target, index) : [];
  return typeof names === 'string' || typeof apart === 'string'
    ? ([names, apart].find((one) => typeof one === 'string') ?? '')
    : [...names, ...apart];
}

/** Why a subnet does not reach a target privately: no endpoint is near, or what stops the traffic on its path. */
export function unreachedSentence(
  { id, name }: { readonly id: string; readonly name: string },
  subnet: string,
  index: SnapshotIndex,
  groups?: readonly string[],
): string {
  const because = blockedBecause(id, subnet, index, groups);
  return because === undefined
    ? `No private endpoint of the ${name} is in ${displayName(vnetOf(subnet))} or in a connected network.`
    : `${subnetShown(subnet)} does not reach the private endpoint of the ${name}. ${because}`;
}

/**
 * Do all of these subnets reach the target privately? Throws UnreadableError where that cannot be known and none is known to be
 * blocked.
 */
export function allReach(
  target: { readonly id: string; readonly name: string },
  subnets: readonly string[],
  groups: readonly string[],
  index: SnapshotIndex,
): CheckResult {
  const paths = subnets.map((subnet) => readable(() => reachedPrivately(target.id, subnet, index, groups)));
  const cut = subnets.filter((_, at) => paths[at]?.state === 'known' && !paths[at].value);
  const [first, ...others] = cut;
  if (first !== undefined) {
    const more = others.length === 0 ? '' : ` The same applies to ${few(others.map(subnetShown))}.`;
    return fail(`${unreachedSentence(target, first, index, groups)}${more}`);
  }
  const unclear = paths.find((path) => path.state === 'unreadable');
  if (unclear?.state === 'unreadable') throw unclear.error;
  return pass(`All subnets that need the ${target.name} reach its private endpoints.`);
}

/** Where nothing is missing for private access and a subnet still does not reach it: which rule fixes the path. */
export function orBlocked(
  made: readonly Proposal[] | string,
  target: { readonly id: string; readonly name: string },
  subnets: readonly string[],
  index: SnapshotIndex,
  groups?: readonly string[],
): readonly Proposal[] | string {
  const [subnet] = subnets;
  if (typeof made === 'string' || made.length > 0 || subnet === undefined) return made;
  return `${unreachedSentence(target, subnet, index, groups)} compute.endpoint-path shows the fix.`;
}

export interface NameWish {
  readonly target: Resource;
  readonly groups: readonly string[];
  readonly vnets: readonly string[];
}

/** Zones, links, zone groups and records for existing endpoints; [] where nothing is missing. Throws UnreadableError as above. */
export function dnsProposals({ target, groups, vnets }: NameWish, { index }: RuleContext): Proposal[] | string {
  const served = customerEndpoints(target.id, index).flatMap((end): EndpointGroups[] => {
    const own = (end.groups ?? []).filter((group) => groups.some((one) => fold(one) === group));
    const { endpointId } = end.connection;
    return endpointId === undefined || end.vnet === undefined || own.length === 0
      ? []
      : [{ endpoint: endpointId, vnet: end.vnet, groups: own }];
  });
  return zoneProposals(served, vnets, index);
}

/**
 * The role Reader on the target's endpoints for the identity of the workspace, which studio needs. [] where it is assigned,
 * where the identity is not known, and where the caller may not assign roles. `planned`: proposals whose new endpoints count
 * as well.
 */
export function readerProposals(target: Resource, planned: readonly Proposal[], context: RuleContext): Proposal[] {
  const { index } = context;
  const principal = workspacePrincipal(index);
  if (principal === undefined) return [];
  const there = customerEndpoints(target.id, index).flatMap(({ connection }) => connection.endpointId ?? []);
  const made = planned.flatMap(({ change }) =>
    change.kind === 'create' && /\/privateEndpoints\/[^/]+$/i.test(change.resource) ? [change.resource] : [],
  );
  return [...there, ...made]
    .filter((scope) => mayAssign(scope, index))
    .flatMap((scope) => roleProposal({ scope, role: roles.reader, principal }, context));
}

/** Networks in which an endpoint counts. */
function nearTo({ subnet, vnets, within }: EndpointWish, index: SnapshotIndex): readonly string[] {
  if (within) return within;
  const own = typeof subnet === 'string' ? [] : [vnetOf(subnet.id)];
  return [...own, ...vnets, ...vnets.flatMap((vnet) => peersOf(vnet, index))];
}

type Existing =
  | { readonly state: 'approved'; readonly endpoint: string; readonly vnet: string }
  | { readonly state: 'pending'; readonly endpoint: string; readonly vnet: string; readonly connection: Resource }
  | { readonly state: 'none' };

/**
 * The approved or pending endpoint of a group in one of these networks. Throws UnreadableError where an approved one was not
 * read.
 */
function existing(target: Resource, group: string, near: readonly string[], index: SnapshotIndex): Existing {
  const isNear = (vnet: string | undefined) => near.some((one) => sameId(one, vnet));
  const ends = customerEndpoints(target.id, index);
  const own = ends.find((end) => end.groups?.includes(fold(group)) && isNear(end.vnet));
  if (own?.vnet !== undefined && own.connection.endpointId !== undefined) {
    return { state: 'approved', endpoint: own.connection.endpointId, vnet: own.vnet };
  }
  const unread = ends.find((end) => end.groups === undefined);
  if (unread) {
    const id = unread.connection.endpointId ?? target.id;
    throw new UnreadableError({
      id,
      reason: `The private endpoint ${displayName(id)} of this resource was not read.`,
      action: 'Microsoft.Network/privateEndpoints/read',
    });
  }
  for (const { status, id, endpointId } of endpointConnectionsOf(target)) {
    const end = endpointId === undefined ? undefined : index.peek(endpointId);
    const connection = id === undefined ? undefined : index.peek(id);
    if (status !== 'Pending' || end?.state !== 'read' || connection?.state !== 'read') continue;
    const { subnet, connections } = endpointView(end.resource);
    const leads = connections.some((one) => sameId(one.target, target.id) && one.groups.includes(fold(group)));
    if (!leads || subnet === undefined || !isNear(vnetOf(subnet))) continue;
    return { state: 'pending', endpoint: end.resource.id, vnet: vnetOf(subnet), connection: connection.resource };
  }
  return { state: 'none' };
}

export const approval = (connection: Resource): Proposal => ({
  change: editChange(connection.id, [setMember(connection.body, `${connectionState}/status`, 'Approved')]),
  phase: 2,
  advice: `Check that the private endpoint behind ${displayName(connection.id)} is yours.`,
});

interface Made {
  readonly endpoint: string;
  readonly vnet: string;
  readonly group: string;
  readonly proposal: Proposal;
}

/** Approved automatically, or, where the caller may not approve it, pending until the owner of the target does. */
function newEndpoint(target: Resource, group: string, subnet: Resource, index: SnapshotIndex): Made {
  const vnet = vnetOf(subnet.id);
  const endpoint = endpointId(target, group, vnet, index);
  const action = `${typeOf(target.id)}/privateEndpointConnectionsApproval/action`;
  const isManual = mayDo(action, target.id, index.snapshot) === false;
  const properties = { privateLinkServiceId: target.id, groupIds: [group] };
  const connection = { name: nameOf(endpoint), properties };
  const network = index.peek(vnet);
  const region = network.state === 'read' ? vnetView(network.resource).location : undefined;
  const body = {
    location: region ?? textAt(target.body, '/location') ?? '',
    properties: {
      subnet: { id: subnet.id },
      privateLinkServiceConnections: isManual ? [] : [connection],
      ...(isManual ? { manualPrivateLinkServiceConnections: [connection] } : {}),
    },
  };
  const waits = isManual
    ? ` You have no permission to approve it: it stays pending until the owner of ${displayName(target.id)} approves.`
    : '';
  const advice = `Uses an address in ${subnetShown(subnet.id)}.${waits}`;
  return {
    endpoint,
    vnet,
    group,
    proposal: { change: { kind: 'create', resource: endpoint, edits: [], body }, phase: 2, advice },
  };
}

/** `pe-stmlsim-blob` in the resource group of the target, or of its network where that is in another subscription. */
function endpointId(target: Resource, group: string, vnet: string, index: SnapshotIndex): string {
  const beside = sameId(subscriptionOf(target.id), subscriptionOf(vnet)) ? target.id : vnet;
  const home = `${groupIdOf(beside) ?? ''}/providers/Microsoft.Network/privateEndpoints`;
  const parts = ['pe', nameOf(target.id), group];
  // Numbers begin where the name with the network is taken too.
  const named = (position: number) =>
    position === 2 ? legalName([...parts, nameOf(vnet)], 64) : numberedName(parts, 64, Math.max(1, position - 1));
  return placeToMake((position) => `${home}/${named(position)}`, index).id;
}

/**
 * `privateEndpointNetworkPolicies` Enabled, the only value of older subnets, is set to Disabled before an endpoint is
 * created.
 */
function policies(subnet: Resource): Proposal[] {
  const pointer = '/properties/privateEndpointNetworkPolicies';
  if (fold(textAt(subnet.body, pointer) ?? '') !== 'enabled') return [];
  const change = editChange(subnet.id, [setMember(subnet.body, pointer, 'Disabled')]);
  return [{ change, phase: 1 }];
}

// Private endpoints of the managed network, created by its outbound rules.
export interface OutboundWish {
  /** Id of the resource to be reached. */
  readonly target: string;
  readonly groups: readonly string[];
}

/** Rule names match `^[a-zA-Z0-9][a-zA-Z0-9_-]{2,32}$`. */
const longest = 33;

/**
 * A private endpoint rule for each group without one, and the provisioning that makes them effective; [] where all exist. Or the
 * reason why there can be none.
 */
export function outboundRuleProposals({ target, groups }: OutboundWish, { index }: RuleContext): Proposal[] | string {
  const workspace = index.workspace();
  if (!workspace) return 'There is no workspace with a managed network.';
  const { on, status } = workspaceView(workspace).managedNetwork;
  if (!on) return `${displayName(workspace.id)} has no managed network.`;
  if (isNetworkV2(workspace.body))
    return `The managed network of ${displayName(workspace.id)} has version 2, to which Bastide does not add rules. Use az rest --method put with api-version ${writeVersionOf(outboundRuleType)}.`;
  const known = outboundRules(index).map(outboundRuleView);
  const ruleFor = (group: string) =>
    known.find((rule) => rule.type === 'PrivateEndpoint' && sameId(rule.target, target) && rule.group === fold(group));
  // Provisioning creates some rules itself; these are not created here.
  const own = status === 'Active' ? [] : managedEndpointsOf(workspace, (id) => index.get(id));
  const isOwn = (group: string) => own.some((one) => sameId(one.target, target) && one.group === fold(group));
  const unruled = groups.filter((group) => ruleFor(group) === undefined);
  const missing = unruled.filter((group) => !isOwn(group));
  const idle = groups.flatMap((group) => ruleFor(group) ?? []).filter((rule) => rule.status !== 'Active');
  if (status === 'Active' && missing.length === 0 && idle.length > 0) {
    const states = idle.map((rule) => `${quoted(rule.name)} is ${quoted(rule.status ?? 'without a state')}`);
    return `The outbound rules exist but are not Active, although the managed network is: ${listed(states)}. Delete them and run this fix again.`;
  }
  const waits = status !== 'Active' && unruled.length + idle.length > 0;
  if (waits && status !== 'Inactive') {
    return `The status of the managed network of ${displayName(workspace.id)} is ${quoted(status ?? 'not shown')}. Wait until it is Active.`;
  }
  const taken = known.map(({ name }) => fold(name));
  return [
    ...missing.map((group) => ruleProposal(workspace, target, group, taken)),
    ...(waits ? [provisioning(workspace)] : []),
  ];
}

const provisioning = (workspace: Resource): Proposal => ({
  change: editChange(workspace.id, [setMember(workspace.body, networkStatusPointer, 'Active')]),
  phase: 2,
  advice: 'Provisions the managed network, which takes up to 30 minutes.',
});

/**
 * Created before the managed network is provisioned: provisioning creates its own rules for resources without public network
 * access that have none, and Azure accepts no second one.
 */
export function ruleProposal(workspace: Resource, target: string, group: string, taken: readonly string[]): Proposal {
  const destination = { serviceResourceId: target, subresourceTarget: group, sparkEnabled: false };
  const properties = { type: 'PrivateEndpoint', category: 'UserDefined', destination };
  return {
    change: {
      kind: 'create',
      resource: `${workspace.id}/outboundRules/${ruleName(target, group, taken)}`,
      edits: [],
      body: { properties },
    },
    phase: 2,
    advice: `Creates a private endpoint from the managed network to ${displayName(target)} (${group}). The identity of the workspace must have permission to approve it there.`,
  };
}

/** `pe-stmlsim-blob`; where that is too long or in use, it ends in a hash of target and group. */
function ruleName(target: string, group: string, taken: readonly string[]): string {
  const name = ['pe', nameOf(target), group].join('-').replaceAll(/[^A-Za-z0-9_-]+/g, '-');
  if (name.length <= longest && !taken.includes(fold(name))) return name;
  const mark = nameUuid(`${fold(target)} ${fold(group)}`).slice(0, 8);
  return `${legalName([name], longest - mark.length - 1)}-${mark}`;
}
