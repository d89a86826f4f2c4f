// The virtual machines and HDInsight clusters that are attached to the workspace, and the security groups that their traffic
// meets: that of the subnet, and that of the interface which the service reaches.
import { attachedView, cardsOf, cardView, hdinsightView } from '../kinds/machine-view.ts';
import { textAt } from '../kinds/read.ts';
import { securityGroupType } from '../kinds/security-group-view.ts';
import { computeView } from '../kinds/workspace-view.ts';
import type { Resource } from '../model/resource.ts';
import { fold } from '../model/resource-id.ts';
import type { World } from '../model/world.ts';
import { looksLiteral } from '../net/addresses.ts';
import { decideAt } from '../net/decide.ts';
import { allowedTags } from '../net/index.ts';
import { leak } from '../net/leak.ts';
import { adminRulesAt, before } from './admin-rules.ts';
import { contextAt, flowOf, layerFor, type OutboundMode, toInternet } from './flows.ts';
import { oncePerWorld } from './memo.ts';
import { computes } from './needs.ts';
import { securityGroupAt } from './training-subnets.ts';

/** Where one machine meets the network. */
export interface MachineSeat {
  readonly subnet: string;
  /** The interface; undefined for an HDInsight cluster, whose nodes' interfaces are not looked at. */
  readonly card: string | undefined;
  /** Its private address; undefined where the whole subnet counts. */
  readonly local: readonly string[] | undefined;
  readonly publicAddress: string | undefined;
}

const isHdinsight = (compute: Resource): boolean => computeView(compute).computeType === 'HDInsight';

/** Attached machines and clusters. Throws GapRead when the list of computes was not read. */
export const attachedMachines = oncePerWorld((world): readonly Resource[] =>
  computes(world).filter((one) => isHdinsight(one) || computeView(one).computeType === 'VirtualMachine'),
);

/** The machine or cluster behind a compute; undefined when it is gone or never named. Throws GapRead when it was not read. */
export function attachedTo(compute: Resource, world: World): Resource | undefined {
  const { resourceId } = computeView(compute);
  return resourceId === undefined ? undefined : world.get(resourceId);
}

/**
 * Where a compute meets the network: the interface address that the service opens SSH to, else the primary one; each subnet of
 * an HDInsight cluster. [] when it is gone or in no subnet. Throws GapRead when something on the way was not read.
 */
export function seatsOfMachine(compute: Resource, world: World): readonly MachineSeat[] {
  const attached = attachedTo(compute, world);
  if (!attached) return [];
  if (isHdinsight(compute)) {
    const at = { card: undefined, local: undefined, publicAddress: undefined };
    return hdinsightView(attached).subnets.map((subnet) => ({ subnet, ...at }));
  }
  const seats = cardSeats(attached, world);
  const { address } = attachedView(compute);
  const called = address === undefined ? undefined : seats.find((seat) => answersTo(seat, address, world));
  const seat = called ?? seats[0];
  return seat ? [seat] : [];
}

function cardSeats(machine: Resource, world: World): MachineSeat[] {
  return cardsOf(machine).flatMap((id) => {
    const card = world.get(id);
    return (card ? cardView(card).addresses : []).flatMap(({ subnet, address, publicAddress }) =>
      subnet === undefined
        ? []
        : [{ subnet, card: id, local: address === undefined ? undefined : [address], publicAddress }],
    );
  });
}

/** Is this the interface address behind what the service calls? A public address that was not read is none. */
function answersTo(seat: MachineSeat, called: string, world: World): boolean {
  if (seat.local?.includes(called)) return true;
  const there = seat.publicAddress === undefined ? undefined : world.peek(seat.publicAddress);
  if (there?.state !== 'read') return false;
  const { body } = there.resource;
  const names = [textAt(body, '/properties/ipAddress'), textAt(body, '/properties/dnsSettings/fqdn')];
  return names.some((name) => name !== undefined && fold(name) === fold(called));
}

/** Every subnet that any interface of a machine sits in, or any role of a cluster. Throws GapRead as {@link seatsOfMachine}. */
export function everySubnetOf(compute: Resource, world: World): readonly string[] {
  const attached = attachedTo(compute, world);
  if (!attached) return [];
  if (isHdinsight(compute)) return hdinsightView(attached).subnets;
  return cardSeats(attached, world).map(({ subnet }) => subnet);
}

/** The group of an interface; undefined when it has none. Throws GapRead when it could not be read. */
export function cardGroup(card: string, world: World): Resource | undefined {
  const found = world.get(card);
  const id = found && cardView(found).group;
  const group = id === undefined ? undefined : world.get(id);
  return group && fold(group.type) === fold(securityGroupType) ? group : undefined;
}

/** Open or limited: the operator's answer, else what the groups do together (3.4). Throws GapRead when one was not read. */
export function machineMode(seat: MachineSeat, world: World): OutboundMode {
  const { outboundMode } = world.snapshot.intents;
  if (outboundMode === 'open' || outboundMode === 'limited') return outboundMode;
  const subnet = securityGroupAt(seat.subnet, world);
  const card = seat.card === undefined ? undefined : cardGroup(seat.card, world);
  const layers = [
    ...(card ? [layerFor(card, seat.subnet, world, false, 'nic')] : []),
    ...(subnet ? [layerFor(subnet, seat.subnet, world)] : []),
  ];
  const asked = seat.local === undefined ? toInternet : { ...toInternet, local: seat.local };
  const context = contextAt(seat.subnet, world);
  const flow = flowOf(asked, seat.subnet, world);
  const all = [...before(seat.subnet, world), ...layers];
  if (all.length === 0 || decideAt(flow, all, context).verdict === 'allowed') return 'open';
  const allowed = [subnet, card].flatMap((group) => (group ? allowedTags(group.body) : []));
  const question = { source: flow.source.of, allowed: allowed.filter((name) => !looksLiteral(name)) };
  const adminRules = adminRulesAt(seat.subnet, world);
  const left = leak(question, { subnetNsg: subnet?.body, nicNsg: card?.body, adminRules }, context, 1);
  return left.verdict === 'denied' ? 'limited' : 'undecided';
}
