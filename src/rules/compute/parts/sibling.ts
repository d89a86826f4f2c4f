// A copy of a compute with other settings. Subnet, public IP address and SSH access are fixed when a compute is created, so a fix
// creates another one beside it and, if the operator says so, deletes the old one.

import { architectureFor } from '../../../facts/architecture.ts';
import { subnetUses } from '../../../facts/needs.ts';
import { reachedPrivately } from '../../../facts/reach.ts';
import { capacityOf, demandIn } from '../../../facts/subnet-capacity.ts';
import { tunnelOf } from '../../../facts/tunnel.ts';
import { deleteChange } from '../../../model/change.ts';
import { isObject, type Json, type JsonObject } from '../../../model/json.ts';
import { needSentence, type PlanNeed } from '../../../model/plan-need.ts';
import { type Pointer, parsePointer, updateAt } from '../../../model/pointer.ts';
import type { Resource } from '../../../model/resource.ts';
import { nameOf, parentId, sameId, subscriptionOf } from '../../../model/resource-id.ts';
import type { SnapshotIndex } from '../../../model/snapshot-index.ts';
import { counted } from '../../../model/text.ts';
import { nodesView } from '../../../resource-types/cluster-view.ts';
import { alike, compute } from '../../../resource-types/compute.ts';
import { findSubnet, subnetView, vnetOf, vnetView } from '../../../resource-types/network-view.ts';
import { hasOwnIdentity, holds } from '../../../resource-types/parts/normal.ts';
import { sshPointer } from '../../../resource-types/placements.ts';
import { textAt } from '../../../resource-types/read.ts';
import { computeView, workspaceView } from '../../../resource-types/workspace-view.ts';
import { chooseSubnet, endpointSubnets } from '../../parts/choose-subnet.ts';
import { regionOf } from '../../parts/firewall-verdicts.ts';
import { onceEach } from '../../parts/naming.ts';
import { displayName, quoted, subnetShown } from '../../parts/verdict.ts';
import type { Answers, Proposal, RuleContext } from '../../rule.ts';
import { natProposals } from './nat.ts';
import { addressMember, computeShown, isInstance, subnetMember } from './subjects.ts';

export interface SiblingSettings {
  /** Settings in which the copy differs; undefined removes one. */
  readonly set: Readonly<Record<Pointer, Json | undefined>>;
  /** Whether the operator chooses a subnet for it. */
  readonly inSubnet: boolean;
}

const deleteOld: PlanNeed = {
  kind: 'choice',
  options: [
    { name: 'delete', value: 'yes', says: 'deletes the old compute' },
    { name: 'delete', value: 'no', says: 'keeps both; the finding remains' },
  ],
};

/**
 * The copy and, with the answer `delete=yes`, the deletion of the old one. Throws UnreadableError where a setting was not
 * read.
 */
export function createSibling(
  old: Resource,
  settings: SiblingSettings,
  context: RuleContext,
  answers: Answers,
): Proposal[] | string {
  if (answers.delete !== 'yes' && answers.delete !== 'no') {
    return `This setting is fixed when a compute is created, so the fix creates a copy of the ${computeShown(old)}. ${needSentence(deleteOld)}`;
  }
  const id = siblingId(old, answers);
  if (!id.startsWith('/')) return id;
  const subnet = settings.inSubnet
    ? chosenSubnet(old, settings.set[addressMember] === false, context, answers)
    : undefined;
  if (typeof subnet === 'string') return subnet;
  const body = withMembers(alike(old), {
    ...sshOff(old, context),
    ...settings.set,
    ...(subnet ? { '/properties/properties/subnet': { id: subnet.id } } : {}),
  });
  if (body === undefined) return `The body of the ${computeShown(old)} has an unexpected format and cannot be copied.`;
  const existing = context.index.peek(id);
  const removed = answers.delete === 'yes' ? [removal(old)] : [];
  if (existing.state === 'read') {
    const isSibling = holds(compute.normal(existing.resource.body), compute.normal(body));
    return isSibling ? removed : `${displayName(id)} already exists. Choose another name with --answer name=NAME.`;
  }
  const where = subnet ? ` in ${subnetShown(subnet.id)}` : '';
  const create: Proposal = {
    change: { kind: 'create', resource: id, edits: [], body },
    phase: 3,
    advice: `Creates ${displayName(id)}${where} as a copy of the ${computeShown(old)}. Point jobs at it. Users, schedules and passwords are not copied.${hasOwnIdentity(old.body) ? ` Its system-assigned identity is a new one, without the role assignments and access policies of the old one.` : ''}`,
  };
  return [create, ...removed];
}

/**
 * A copy without a public IP address, in a subnet from which it reaches the workspace and the Internet; with a NAT gateway where
 * the subnet has no outbound route and the operator answered `outbound=gateway`.
 */
export function siblingWithoutPublicIp(old: Resource, context: RuleContext, answers: Answers): Proposal[] | string {
  const { index } = context;
  if (architectureFor(index) === 'managed-network') {
    const set = { [addressMember]: false, [subnetMember]: undefined };
    return createSibling(old, { set, inSubnet: false }, context, answers);
  }
  const { subnet } = computeView(old);
  const settings = { set: { [addressMember]: false }, inSubnet: subnet === undefined };
  const made = createSibling(old, settings, context, answers);
  const [first] = typeof made === 'string' ? [] : made;
  const target = subnet ?? textAt(first?.change.body ?? undefined, `${subnetMember}/id`);
  if (target === undefined) return made;
  if (!reachesService(target, index)) {
    return `Neither ${displayName(vnetOf(target))} nor a connected peer has a private endpoint of the workspace. Fix workspace.private-endpoint first.`;
  }
  const place = findSubnet(index, target);
  if (place === undefined || subnetView(place).natGateway !== undefined) return made;
  if (['udr', 'bgp'].includes(tunnelOf(target, index).kind) || typeof made === 'string') return made;
  if (answers.outbound !== 'gateway') {
    return `${subnetShown(target)} has no NAT gateway and no outbound route. Pass --answer outbound=gateway to add a NAT gateway (billed by the hour), or add a route to a firewall first.`;
  }
  const gateway = natProposals(place, context, answers);
  return typeof gateway === 'string' ? gateway : [...gateway, ...made];
}

function reachesService(subnet: string, index: SnapshotIndex): boolean {
  const workspace = index.workspace();
  return !workspace || reachedPrivately(workspace.id, subnet, index, ['amlworkspace']);
}

/** The copy keeps its SSH setting too, so it is created with the port closed. */
function sshOff(old: Resource, { index }: RuleContext): SiblingSettings['set'] {
  if (index.snapshot.intents.sshWanted === true) return {};
  return isInstance(old)
    ? { '/properties/properties/sshSettings': { sshPublicAccess: 'Disabled' } }
    : { [sshPointer(old)]: 'Disabled' };
}

function removal(old: Resource): Proposal {
  const lost = isInstance(old) ? 'Its running work ends and the data on its disk is lost' : 'Jobs on its nodes end';
  return {
    change: deleteChange(old),
    phase: 5,
    advice: `${lost}.`,
  };
}

/** The id of the copy, named by the answer `name` or `-new`; or the reason why the service refuses the name. */
function siblingId(old: Resource, answers: Answers): string {
  const most = isInstance(old) ? 24 : 32;
  const name = answers.name ?? `${nameOf(old.id).slice(0, most - 4)}-new`;
  const isLegal =
    /^[A-Za-z][A-Za-z0-9-]*[A-Za-z0-9]$/.test(name) && name.length <= most && !(isInstance(old) && /-\d+$/.test(name));
  return isLegal
    ? `${parentId(old.id)}/computes/${name}`
    : `${quoted(name)} is not a valid compute name: use letters, digits and dashes, at most ${most}, starting with a letter. Choose another name with --answer name=NAME.`;
}

/** The subnet that the operator names, of those offered that fit and, where it must, reach the workspace; or the sentence that asks for it, or why the copy cannot be in it. */
function chosenSubnet(old: Resource, mustReach: boolean, context: RuleContext, answers: Answers): Resource | string {
  const { index } = context;
  const used = subnetUses(index).flatMap(({ role, subnet }) => (role === 'training' ? [vnetOf(subnet)] : []));
  const networks =
    used.length > 0 ? onceEach(used) : index.ofType('Microsoft.Network/virtualNetworks').map(({ id }) => id);
  const all = endpointSubnets(networks, index);
  const named = answers.subnet === undefined ? undefined : chooseSubnet(answers, all, 'a compute');
  if (named !== undefined && typeof named !== 'string') return unfit(named, old, context) ?? named;
  const fitting = all.filter((one) => unfit(one, old, context) === undefined);
  const [first] = all;
  // Why the first does not fit says more than that none does.
  if (fitting.length === 0 && first) return unfit(first, old, context) ?? '';
  const able = mustReach ? fitting.filter((one) => reachesService(one.id, index)) : fitting;
  return chooseSubnet(answers, able.length > 0 ? able : fitting, 'a compute');
}

function unfit(subnet: Resource, old: Resource, { index }: RuleContext): string | undefined {
  const name = subnetShown(subnet.id);
  if (!sameId(subscriptionOf(subnet.id), subscriptionOf(old.id)))
    return `${name} is in another subscription than the workspace (compute.vnet-same-subscription).`;
  const [network, workspace] = [index.get(vnetOf(subnet.id)), index.workspace()];
  const apart =
    network && workspace && regionOf(vnetView(network).location) !== regionOf(workspaceView(workspace).location);
  if (apart) return `${name} is in another region than the workspace (compute.vnet-same-region).`;
  if (subnetView(subnet).delegations.length > 0)
    return `${name} is delegated to a service and cannot hold nodes (compute.subnet-not-delegated).`;
  const asked = isInstance(old) ? 1 : (nodesView(old).maxNodes ?? 1);
  const others = demandIn(subnet.id, index).reduce((sum, { addresses }) => sum + addresses, 0);
  const room = capacityOf(subnet.id, index);
  return room && room.free.count < asked + others
    ? `${name} has ${counted(Math.max(0, room.free.count), 'free address', 'free addresses')}, and its compute may need ${asked + others} (compute.subnet-free-ips).`
    : undefined;
}

function withMembers(body: JsonObject, members: SiblingSettings['set']): JsonObject | undefined {
  let after: Json | undefined = body;
  for (const [pointer, value] of Object.entries(members)) {
    if (!isObject(after)) return undefined;
    after = updateAt(after, parsePointer(pointer), () => value);
  }
  return isObject(after) ? after : undefined;
}

/** With private endpoints or a managed network, compute has no public IP address. */
export const requiresNoPublicIp = ({ index }: RuleContext): boolean => architectureFor(index) !== 'service-endpoint';
