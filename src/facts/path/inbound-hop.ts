// The hops into a network from outside: does something with a public address lead there, and does it do so without an NSG?
import type { Resource } from '../../model/resource.ts';
import { nameOf, sameId } from '../../model/resource-id.ts';
import type { SnapshotIndex } from '../../model/snapshot-index.ts';
import { type Addresses, either, readPrefixes } from '../../net/addresses.ts';
import type { FlowOutcome, Parts } from '../../net/decision.ts';
import { allOf } from '../../net/in-turn.ts';
import { type Intervals, intersect, minus } from '../../net/sets.ts';
import { nicView } from '../../resource-types/machine-view.ts';
import { hasPublicIp } from '../../resource-types/placements.ts';
import { closedWithoutGroup } from '../../resource-types/public-ip-address.ts';
import { textAt } from '../../resource-types/read.ts';
import { publicAddressesOf, unreadNicsIn } from '../occupant-nics.ts';
import { computesIn, securityGroupAt } from '../training-subnets.ts';
import type { NicDetails, OutsideEnd, SubnetEnd } from './ends.ts';
import {
  balancersOf,
  frontsOf,
  frontWords,
  ledNicsIn,
  portsLed,
  type ScoringFront,
  scoringFronts,
  servicesPointer,
} from './fronts.ts';
import { all, divided, guarded, type Journey, type Packets, type PathStage, quoted } from './stage.ts';

type Place = { readonly hop: 'wayIn'; readonly at: string };

/** Does the destination have a public address, or does something that has one lead to it? */
export function inboundHop(source: OutsideEnd, end: SubnetEnd, { index, packets }: Journey): PathStage {
  const place: Place = { hop: 'wayIn', at: `inbound access to ${nameOf(end.resource ?? end.subnet)}` };
  return guarded(place, packets, () => {
    if (source.scope === 'private') {
      const because = `Nothing that was read shows how ${source.asked} reaches ${nameOf(end.subnet)}. A gateway or a peering is possible.`;
      return all(place, 'unknown', because, [], packets);
    }
    if (end.nic) return toNic(place, end.nic, index, packets);
    const own = scoringFronts(index).filter(({ address }) => end.front === address);
    const fronts = own.length > 0 ? own : packets.apart ? [] : frontsOf(end, index);
    const rest = toNodes(place, end, index, packets);
    return fronts.length === 0 ? rest : withFronts(place, fronts, rest, packets);
  });
}

function toNic(place: Place, nic: NicDetails, index: SnapshotIndex, packets: Packets): PathStage {
  const own = index.get(nic.id);
  const evidence = own ? [quoted(own, '/properties/ipConfigurations', 'IP configurations')] : [];
  const name = nameOf(nic.id);
  const [id] = own ? nicView(own).addresses.flatMap(({ publicAddress }) => publicAddress ?? []) : [nic.publicAddress];
  if (id !== undefined) {
    const address = textAt(index.get(id)?.body, '/properties/ipAddress');
    const because = `${name} is reachable at its public IP address${address === undefined ? '' : ` ${address}`}.`;
    return all(place, 'allowed', because, evidence, packets);
  }
  const balancers = own ? balancersOf(own, index) : [];
  const unread = balancers.find(({ leads }) => leads === undefined);
  if (unread) {
    const because = `${name} is behind ${nameOf(unread.id)}, which was not read: whether that leads to it from the Internet is not known.`;
    return all(place, 'unknown', because, evidence, packets);
  }
  const leads = balancers.flatMap((one) => one.leads ?? []);
  if (leads.length === 0) return all(place, 'denied', `${name} has no public IP address.`, evidence, packets);
  const by = balancers.filter((one) => (one.leads ?? []).length > 0).map(({ id: one }) => nameOf(one));
  const because = `${name} has no public IP address. ${by.join(', ')} leads to some of its ports from the Internet.`;
  const parts = packets.whole.flatMap((part): Parts => {
    const led = portsLed(leads, part.protocol);
    return atPorts([part], intersect(part.box.destinationPorts, led), 'allowed').concat(
      atPorts([part], minus(part.box.destinationPorts, led), 'denied'),
    );
  });
  return divided(place, parts, () => because, evidence, packets);
}

const atPorts = (parts: Parts, destinationPorts: Intervals<number>, outcome: FlowOutcome): Parts[number][] =>
  destinationPorts.length === 0
    ? []
    : parts.map((part) => ({ ...part, outcome, box: { ...part.box, destinationPorts } }) as Parts[number]);

/** To the nodes of a compute, or to whatever is in a subnet. */
function toNodes(place: Place, end: SubnetEnd, index: SnapshotIndex, packets: Packets): PathStage {
  const { compute } = end;
  const name = nameOf(end.subnet);
  const computes = compute ? [compute] : computesIn(end.subnet, index);
  const open = computes.filter(hasPublicIp);
  const shown = open.length > 0 ? open : computes;
  const evidence = shown.map((one) =>
    quoted(one, '/properties/properties/enableNodePublicIp', 'not set: true by default'),
  );
  if (open.length > 0) {
    const because = `The nodes of ${open.map(({ id }) => nameOf(id)).join(', ')} have public IP addresses.`;
    return all(place, 'allowed', because, evidence, packets);
  }
  const doubt = compute ? undefined : doubtfulNic(end, index, packets);
  if (doubt !== undefined) return all(place, 'unknown', doubt, evidence, packets);
  if (computes.length > 0)
    return all(place, 'denied', `No compute in ${name} has a public IP address.`, evidence, packets);
  const because = `Bastide did not read which resources in ${name} have a public IP address.`;
  return all(place, 'unknown', because, [], packets);
}

/** A machine of a subnet that the Internet may reach, in words; those that are asked about apart are none. */
function doubtfulNic(end: SubnetEnd, index: SnapshotIndex, packets: Packets): string | undefined {
  const [led] = packets.apart ? [] : ledNicsIn(end, index);
  if (led)
    return `${nameOf(led.id)} in ${nameOf(end.subnet)} is reachable from the Internet. Name it for its own path.`;
  const [unread, ...more] = unreadNicsIn(end.subnet, index);
  if (unread === undefined) return undefined;
  const [address] = publicAddressesOf(unread, index);
  const and = more.length === 0 ? '' : ` and ${more.length} more`;
  return address === undefined
    ? `${nameOf(unread)}${and} in ${nameOf(end.subnet)} was not read: whether it has a public IP address is not known.`
    : `${nameOf(unread)} in ${nameOf(end.subnet)} has the public IP address ${nameOf(address)}, and was not read.`;
}

/** Packets to a front arrive by it; the rest as without it. */
function withFronts(place: Place, fronts: readonly ScoringFront[], rest: PathStage, packets: Packets): PathStage {
  const at = fronts.map(({ address }) => readPrefixes([address]).addresses).reduce(either);
  const led = packets.whole.flatMap((part) => toward(part, at, intersect));
  const others = (rest.parts ?? allOf(packets.whole, 'unknown')).flatMap((part) => toward(part, at, minus));
  const evidence = fronts.map(({ compute }) => quoted(compute, servicesPointer, 'services on the cluster'));
  const words = `The load balancer of the cluster leads to it from ${fronts.map(frontWords).join(' and ')}.`;
  const because = others.length === 0 ? words : `${words} To its nodes: ${rest.hop.because}`;
  return divided(
    place,
    [...allOf(led, 'allowed'), ...others],
    () => because,
    [...evidence, ...rest.hop.evidence],
    packets,
  );
}

function toward(part: Parts[number], { v4, v6 }: Addresses, keep: typeof intersect | typeof minus): Parts[number][] {
  const destination =
    part.family.name === 'v4'
      ? keep(part.box.destination as Intervals<number>, v4)
      : keep(part.box.destination as Intervals<bigint>, v6);
  return destination.length === 0 ? [] : [{ ...part, box: { ...part.box, destination } } as Parts[number]];
}

/** Platform sources that come by no public address. */
const inside = ['virtualnetwork', 'azureloadbalancer'];

/** Without an NSG at its subnet and its NIC, what leads to a machine decides by its SKU; undefined where there is one, or nothing leads there. */
export function closedHop(source: OutsideEnd, end: SubnetEnd, { index, packets }: Journey): PathStage | undefined {
  const { nic } = end;
  if (!nic || source.scope === 'private' || inside.some((tag) => sameId(tag, source.asked))) return undefined;
  const place = { hop: 'destinationCard', at: nameOf(nic.id) } as const;
  const has = (id: string | undefined) => id !== undefined;
  const isGrouped = () => has(nic.group) || securityGroupAt(end.subnet, index) !== undefined;
  const stage = guarded(place, packets, () => {
    const fronts = isGrouped() ? [] : frontsOfNic(nic, index);
    const states = fronts.map((one) => ({ one, closed: closedWithoutGroup(one) }));
    const [first] = states;
    const evidence = fronts.map((one) => quoted(one, '/sku/name', 'SKU (default: Basic)'));
    if (!first || states.some(({ closed }) => closed === false)) return all(place, 'allowed', '', [], packets);
    const name = nameOf(first.one.id);
    return states.every(({ closed }) => closed === true)
      ? all(
          place,
          'denied',
          `${nameOf(nic.id)} has no NSG, and the Standard SKU of ${name} denies inbound traffic.`,
          evidence,
          packets,
        )
      : all(
          place,
          'unknown',
          `${nameOf(nic.id)} has no NSG. Whether ${name} allows inbound traffic is not known.`,
          evidence,
          packets,
        );
  });
  return stage.hop.because === '' ? undefined : stage;
}

/** What leads to a NIC from the Internet: its public IP addresses, else its load balancers. Throws UnreadableError when one was not read. */
function frontsOfNic({ id }: NicDetails, index: SnapshotIndex): readonly Resource[] {
  const nic = index.get(id);
  if (!nic) return [];
  const own = nicView(nic).addresses.flatMap(({ publicAddress }) => publicAddress ?? []);
  const ids = own.length > 0 ? own : balancersOf(nic, index).map((one) => one.id);
  return ids.flatMap((one) => index.get(one) ?? []);
}
