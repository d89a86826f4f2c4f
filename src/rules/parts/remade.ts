// What is settled when a compute is made can only be had by another one: its sibling, made beside it as the operator answers, and
// the old one deleted where they say so (rules-catalogue, P-COMPUTE-CREATE and 15.4).
import { nodesView } from '../../kinds/cluster-view.ts';
import { alike, compute } from '../../kinds/compute.ts';
import { subnetView, vnetOf, vnetView } from '../../kinds/network-view.ts';
import { holds } from '../../kinds/parts/normal.ts';
import { computeView, workspaceView } from '../../kinds/workspace-view.ts';
import { isObject, type Json, type JsonObject } from '../../model/json.ts';
import { type Need, needSentence } from '../../model/need.ts';
import { type Pointer, parsePointer, updateAt } from '../../model/pointer.ts';
import type { Resource } from '../../model/resource.ts';
import { nameOf, parentId, sameId, subscriptionOf } from '../../model/resource-id.ts';
import { architectureFor } from '../../posture/architecture.ts';
import { subnetUses } from '../../posture/needs.ts';
import { demandIn, roomOf } from '../../posture/subnet-room.ts';
import type { Answers, Judgement, Proposal } from '../rule.ts';
import { chooseSubnet, endpointSubnets } from './choose-subnet.ts';
import { computeShown } from './computes.ts';
import { regionOf } from './firewall-verdicts.ts';
import { onceEach } from './naming.ts';
import { quoted, shown, subnetShown } from './verdict.ts';

export interface Wish {
  /** Members of the body that the sibling has otherwise; undefined takes one out. */
  readonly set: Readonly<Record<Pointer, Json | undefined>>;
  /** Must it sit in a subnet that the operator chooses? */
  readonly seat: boolean;
}

const ending: Need = {
  kind: 'choice',
  options: [
    { name: 'delete', value: 'yes', says: 'then the old one is deleted' },
    { name: 'delete', value: 'no', says: 'then both stay, and so does this finding' },
  ],
};

/** The sibling and, with the answer `delete=yes`, the end of the old one. Throws GapRead where what decides was not read. */
export function remade(old: Resource, wish: Wish, judgement: Judgement, answers: Answers): Proposal[] | string {
  if (answers.delete !== 'yes' && answers.delete !== 'no') {
    return `A compute keeps this for life, so another is made after the ${computeShown(old)}. ${needSentence(ending)}`;
  }
  const id = siblingId(old, answers);
  if (!id.startsWith('/')) return id;
  const seat = wish.seat ? chosenSeat(old, judgement, answers) : undefined;
  if (typeof seat === 'string') return seat;
  const members = {
    ...sshShut(old, judgement),
    ...wish.set,
    ...(seat ? { '/properties/properties/subnet': { id: seat.id } } : {}),
  };
  const body = withMembers(alike(old), members);
  const there = judgement.world.peek(id);
  if (body === undefined)
    return `The body of the ${computeShown(old)} is not in a form that another can be made after.`;
  const removed = answers.delete === 'yes' ? [removal(old)] : [];
  if (there.state === 'read') {
    const isSibling = holds(compute.normal(there.resource.body), compute.normal(body));
    return isSibling ? removed : `${shown(id)} exists already; give another name with name=NAME.`;
  }
  const where = seat ? ` in ${subnetShown(seat.id)}` : '';
  const create: Proposal = {
    change: { kind: 'create', resource: id, edits: [], body },
    phase: 3,
    risk: `Makes ${shown(id)}${where} after the ${computeShown(old)}, billed while it runs; jobs have to be pointed at it. Users, schedules and passwords of the old one do not come along.`,
  };
  return [create, ...removed];
}

/** Where a compute says whether SSH is open at its public address. */
export const sshPointer = (compute: Resource): Pointer =>
  computeView(compute).computeType === 'ComputeInstance'
    ? '/properties/properties/sshSettings/sshPublicAccess'
    : '/properties/properties/remoteLoginPortPublicAccess';

/** Another is made for life as well, so it is not born with a port that the next audit finds open. */
function sshShut(old: Resource, { world }: Judgement): Wish['set'] {
  if (world.snapshot.intents.sshWanted === true) return {};
  return computeView(old).computeType === 'ComputeInstance'
    ? { '/properties/properties/sshSettings': { sshPublicAccess: 'Disabled' } }
    : { [sshPointer(old)]: 'Disabled' };
}

function removal(old: Resource): Proposal {
  const lost =
    computeView(old).computeType === 'ComputeInstance'
      ? 'What runs on it ends, and what was saved on its disk is lost'
      : 'Jobs that run on its nodes die';
  return {
    change: { kind: 'delete', resource: old.id, edits: [], body: old.body },
    phase: 5,
    risk: `Deletes the ${computeShown(old)}. ${lost}; an undo makes an empty one of that name.`,
  };
}

/** `name=` of the answers, else the old name with `-new`, as an id; or the sentence why the service would not have it. */
function siblingId(old: Resource, answers: Answers): string {
  const isInstance = computeView(old).computeType === 'ComputeInstance';
  const most = isInstance ? 24 : 32;
  const name = answers.name ?? `${nameOf(old.id).slice(0, most - 4)}-new`;
  const isLegal =
    /^[A-Za-z][A-Za-z0-9-]*[A-Za-z0-9]$/.test(name) && name.length <= most && !(isInstance && /-\d+$/.test(name));
  return isLegal
    ? `${parentId(old.id)}/computes/${name}`
    : `${quoted(name)} is no name of a compute: letters, digits and dashes, at most ${most}, a letter first; give another with name=NAME.`;
}

/** The subnet that the operator names, if the sibling may stand there; else the sentence that asks, or says why not. */
function chosenSeat(old: Resource, judgement: Judgement, answers: Answers): Resource | string {
  const { world } = judgement;
  const used = subnetUses(world).flatMap(({ role, subnet }) => (role === 'training' ? [vnetOf(subnet)] : []));
  const networks =
    used.length > 0 ? onceEach(used) : world.ofType('Microsoft.Network/virtualNetworks').map(({ id }) => id);
  const seat = chooseSubnet(answers, endpointSubnets(networks, world), 'a compute');
  return typeof seat === 'string' ? seat : (unfit(seat, old, judgement) ?? seat);
}

/** Why the sibling cannot stand in a subnet. */
function unfit(seat: Resource, old: Resource, { world }: Judgement): string | undefined {
  const name = subnetShown(seat.id);
  if (!sameId(subscriptionOf(seat.id), subscriptionOf(old.id)))
    return `${name} is in another subscription than the workspace (compute.vnet-same-subscription).`;
  const [network, workspace] = [world.get(vnetOf(seat.id)), world.workspace()];
  const apart =
    network && workspace && regionOf(vnetView(network).location) !== regionOf(workspaceView(workspace).location);
  if (apart) return `${name} is in another region than the workspace (compute.vnet-same-region).`;
  if (subnetView(seat).delegations.length > 0)
    return `${name} is delegated, which refuses nodes (compute.subnet-not-delegated).`;
  const asked = computeView(old).computeType === 'ComputeInstance' ? 1 : (nodesView(old).maxNodes ?? 1);
  const others = demandIn(seat.id, world).reduce((sum, { addresses }) => sum + addresses, 0);
  const room = roomOf(seat.id, world);
  return room && room.free.count < asked + others
    ? `${name} has ${Math.max(0, room.free.count)} addresses left, and ${asked + others} may be asked for (compute.subnet-free-ips).`
    : undefined;
}

function withMembers(body: JsonObject, members: Wish['set']): JsonObject | undefined {
  let after: Json | undefined = body;
  for (const [pointer, value] of Object.entries(members)) {
    if (!isObject(after)) return undefined;
    after = updateAt(after, parsePointer(pointer), () => value);
  }
  return isObject(after) ? after : undefined;
}

/** Under private endpoints and a managed network a compute has no public address. */
export const hidesComputes = ({ world }: Judgement): boolean => architectureFor(world) !== 'service-endpoint';
