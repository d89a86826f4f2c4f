// The hop at the service's own firewall, for packets that come by a private endpoint, a service endpoint or a public address.
import { findSubnet, subnetView, vnetOf, vnetView } from '../../kinds/network-view.ts';
import { textAt } from '../../kinds/read.ts';
import { servicePolicyView } from '../../kinds/service-endpoint-policy.ts';
import type { Evidence } from '../../model/finding.ts';
import type { Resource } from '../../model/resource.ts';
import { isWithin, nameOf } from '../../model/resource-id.ts';
import { GapRead, type World } from '../../model/world.ts';
import { type Addresses, noAddress, readPrefixes, without } from '../../net/addresses.ts';
import { cut } from '../../net/in-turn.ts';
import { endpointStanding, endpointsPointer, regionOf } from '../service-endpoints.ts';
import type { OutsideEnd, ServiceEnd, SubnetEnd } from './ends.ts';
import type { Arrival } from './name-hop.ts';
import { type ServiceKind, serviceKindOf } from './services.ts';
import { all, divided, guarded, type Journey, quoted, type Stage } from './stage.ts';
import { entryFor, type Wall, wallOf } from './wall.ts';
import { seenAs } from './way-out.ts';

interface Visit {
  /** Who comes; undefined for an appliance whose own addresses are not known. Throws GapRead where that was not read. */
  readonly visitor: () => SubnetEnd | OutsideEnd | undefined;
  readonly service: ServiceEnd;
  readonly arrival: Arrival;
}

/** Does the subnet reach this service through a service endpoint of its own? Throws GapRead when the subnet was not read. */
export function reachedByServiceEndpoint(
  subnetId: string,
  service: Resource,
  kind: ServiceKind,
  world: World,
): boolean {
  const subnet = findSubnet(world, subnetId);
  if (!subnet || kind.endpoint === undefined) return false;
  const location = kind.endpoint === 'storage' ? textAt(service.body, '/location') : undefined;
  return endpointStanding(subnet, kind.endpoint, location).standing === 'ready';
}

/** The hop at the service itself. */
export function serviceHop({ visitor, service, arrival }: Visit, journey: Journey): Stage {
  const { world, packets } = journey;
  const name = nameOf(service.resource);
  const kind = serviceKindOf(service.resource);
  const place = { hop: 'service', at: `the firewall of ${name}` } as const;
  return guarded(place, packets, () => {
    const resource = world.get(service.resource);
    if (!resource || !kind) return all(place, 'denied', `There is no ${name} any more.`, [], packets);
    if (arrival.by === 'endpoint') {
      const own = nameOf(arrival.endpoint.endpoint.id);
      const because = `It comes by the private endpoint ${own}, which no firewall rule of ${name} concerns.`;
      return all(
        place,
        'allowed',
        because,
        [quoted(resource, '/properties/privateEndpointConnections', 'approved')],
        packets,
      );
    }
    const wall = wallOf(resource);
    const door = quoted(resource, wall.pointer, 'who is let in');
    switch (wall.door) {
      case 'open':
        return all(place, 'allowed', `${name} lets every network in.`, [door], packets);
      case 'shut':
        return all(
          place,
          'denied',
          `Public access to ${name} is off, and it does not come by a private endpoint.`,
          [door],
          packets,
        );
      case 'perimeter':
        return all(
          place,
          'unknown',
          `A network security perimeter decides who reaches ${name}, and its rules were not read.`,
          [door],
          packets,
        );
      case 'malformed':
        return all(place, 'unknown', `The firewall of ${name} is not written as Azure writes it.`, [door], packets);
      default: {
        const visit: Judged = { resource, wall, kind, name, door };
        const source = visitor();
        if (!source) {
          const because = `${name} denies by default, and in whose name the appliance goes on is not known.`;
          return all(place, 'unknown', because, [door], packets);
        }
        return source.kind === 'subnet' ? fromSubnet(source, visit, journey) : fromOutside(source, visit, journey);
      }
    }
  });
}

interface Judged {
  readonly resource: Resource;
  readonly wall: Wall;
  readonly kind: ServiceKind;
  readonly name: string;
  readonly door: Evidence;
}
const place = (name: string) => ({ hop: 'service', at: `the firewall of ${name}` }) as const;

function fromSubnet(source: SubnetEnd, visit: Judged, journey: Journey): Stage {
  const { resource, wall, kind, name, door } = visit;
  const { world, packets } = journey;
  const subnet = findSubnet(world, source.subnet);
  const own = nameOf(source.subnet);
  const entry = entryFor(wall, source.subnet);
  const there = entry && quoted(resource, entry.pointer, `names ${own}`);
  if (reachedByServiceEndpoint(source.subnet, resource, kind, world)) {
    if (entry?.living && there) {
      return all(
        place(name),
        'allowed',
        `${name} admits ${own}, which comes by its service endpoint.`,
        [there, door],
        packets,
      );
    }
    if (there)
      return all(
        place(name),
        'denied',
        `The rule of ${name} for ${own} admits nobody any more.`,
        [there, door],
        packets,
      );
    const none = quoted(resource, wall.subnetsPointer, 'the subnets it admits');
    if (!wall.subnets) {
      const because = `${name} denies by default, and which subnets it admits is not shown.`;
      return all(place(name), 'unknown', because, [none, door], packets);
    }
    return all(place(name), 'denied', `${name} denies by default and does not admit ${own}.`, [none, door], packets);
  }
  const endpoints = subnet ? [quoted(subnet, endpointsPointer, 'service endpoints of the subnet')] : [];
  const addresses = quoted(resource, wall.addressesPointer, 'the addresses it admits');
  const decorative = entry
    ? `${name} names ${own}, but ${own} has no service endpoint for it`
    : `${name} does not admit ${own}`;
  const evidence = [...(there ? [there] : []), ...endpoints, addresses, door];
  if (wall.addresses.length === 0) {
    return all(place(name), 'denied', `${decorative}, and no address is admitted either.`, evidence, packets);
  }
  if (kind.endpoint === 'storage' && sameRegion(source.subnet, resource, world)) {
    const because = `${decorative}, and its IP rules do not apply to traffic of its own region.`;
    return all(place(name), 'denied', because, evidence, packets);
  }
  const known = seenAs(source, world);
  if (known === undefined) {
    const because = `${decorative}, and from which public address it comes is not known, so no IP rule can be held against it.`;
    return all(place(name), 'unknown', because, evidence, packets);
  }
  const left = without(readPrefixes(known).addresses, admitted(wall));
  const shown = known.join(', ');
  return noAddress(left)
    ? all(place(name), 'allowed', `${name} admits ${shown}, the address that ${own} goes out by.`, evidence, packets)
    : all(place(name), 'denied', `${decorative}, nor ${shown}, the address that it goes out by.`, evidence, packets);
}

const admitted = (wall: Wall): Addresses => readPrefixes(wall.addresses.map(({ value }) => value)).addresses;

function sameRegion(subnetId: string, resource: Resource, world: World): boolean {
  const network = world.get(vnetOf(subnetId));
  const here = network && vnetView(network).location;
  return here !== undefined && regionOf(here) === regionOf(textAt(resource.body, '/location'));
}

/** From the Internet, an address or a tag: IP rules are held against every source address. */
function fromOutside(source: OutsideEnd, { resource, wall, kind, name, door }: Judged, journey: Journey): Stage {
  const { packets } = journey;
  const evidence = [
    ...wall.addresses.slice(0, 4).map(({ pointer }) => quoted(resource, pointer, 'admits an address')),
    ...(wall.addresses.length === 0 ? [quoted(resource, wall.addressesPointer, 'the addresses it admits')] : []),
    door,
  ];
  if (source.scope === 'tag' && wall.trusts) {
    const because = `${name} lets trusted services pass by who they are, not by their address, so the tag alone decides nothing.`;
    return all(place(name), 'unknown', because, evidence, packets);
  }
  if (source.scope === 'private' || source.scope === 'managed') {
    if (wall.addresses.length === 0)
      return all(place(name), 'denied', `${name} denies by default and admits no address.`, evidence, packets);
    if (
      kind.endpoint === 'storage' &&
      source.location !== undefined &&
      regionOf(source.location) === regionOf(textAt(resource.body, '/location'))
    ) {
      const because = `${name} denies by default, and its IP rules do not apply to traffic of its own region.`;
      return all(place(name), 'denied', because, evidence, packets);
    }
    const because = `Which public address ${source.asked} comes by is not known, so no IP rule can be held against it.`;
    return all(place(name), 'unknown', because, evidence, packets);
  }
  const unknownTags = packets.uncounted.filter((tag) => source.addresses.includes(tag));
  if (unknownTags.length > 0 && wall.addresses.length > 0) {
    const because = `The addresses of ${unknownTags.join(', ')} are not known without service tags, so no IP rule can be held against them.`;
    return all(place(name), 'unknown', because, evidence, packets);
  }
  const { inside, outside } = cut(packets.whole, 'source', admitted(wall), 'allowed');
  const shut = outside.map((part) => ({ ...part, outcome: 'denied' as const }));
  const words = {
    allowed: 'admits it',
    denied: 'denies it by default',
    partly: 'admits some of these addresses alone',
  };
  return divided(
    place(name),
    [...inside, ...shut] as typeof packets.whole,
    ({ verdict }) =>
      `${name} ${verdict === 'unknown' ? 'cannot be asked about it' : words[verdict]}${verdict === 'denied' && wall.addresses.length > 0 ? ': none of its IP rules holds it' : ''}.`,
    evidence,
    packets,
  );
}

/** The hop at the service endpoint policies of a subnet; undefined where none hangs there or none concerns the service. */
export function endpointPolicyHop(source: SubnetEnd, service: ServiceEnd, journey: Journey): Stage | undefined {
  const { world, packets } = journey;
  const kind = serviceKindOf(service.resource);
  const subnet = findSubnet(world, source.subnet);
  const ids = subnet ? subnetView(subnet).endpointPolicies : [];
  if (!subnet || ids.length === 0 || kind?.endpoint !== 'storage') return undefined;
  const place = { hop: 'endpointPolicy', at: `${ids.map(nameOf).join(', ')} at ${nameOf(source.subnet)}` } as const;
  return guarded(place, packets, () => {
    const name = nameOf(service.resource);
    const policies = ids.map((id) => {
      const found = world.get(id);
      if (!found) throw new GapRead({ id, reason: `The policy ${nameOf(id)} is not there.`, action: '' });
      return found;
    });
    const definitions = policies.flatMap((policy) => servicePolicyView(policy).definitions);
    const admits = definitions.some(({ resources }) => resources.some((one) => isWithin(service.resource, one)));
    const evidence = policies.map((policy) =>
      quoted(policy, '/properties/serviceEndpointPolicyDefinitions', 'what it admits'),
    );
    const because = admits
      ? `The policy admits ${name}.`
      : `The policy of ${nameOf(source.subnet)} does not admit ${name}.`;
    return all(place, admits ? 'allowed' : 'denied', because, evidence, packets);
  });
}
