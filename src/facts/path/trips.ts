// The hops of each route that packets may take, in order.
import { attempt } from '../../model/readable.ts';
import { fold, nameOf } from '../../model/resource-id.ts';
import type { SnapshotIndex } from '../../model/snapshot-index.ts';
import { looksLiteral, readPrefixes } from '../../net/addresses.ts';
import { allOf } from '../../net/in-turn.ts';
import { globalTagOf } from '../../net/service-tags.ts';
import { appliesGroups, findSubnet, isVirtualHub, subnetView, vnetOf } from '../../resource-types/network-view.ts';
import { listAt, textAt } from '../../resource-types/read.ts';
import { routesPointer } from '../../resource-types/route-view.ts';
import { routeTableAt } from '../routes.ts';
import { endpointsPointer } from '../service-endpoints.ts';
import { adminHop } from './admin-hop.ts';
import { applianceHop, beyond, type Called, onwardHop, taken } from './appliance-hop.ts';
import { connectionBetween, unreadPeersAt } from './connection.ts';
import type { OutsideEnd, ServiceEnd, SubnetEnd } from './ends.ts';
import { type ForwardingChoice, goesNowhere, isPeered } from './forwarding.ts';
import { nicGroupHop, subnetGroupHop } from './group-hops.ts';
import { closedHop, inboundHop } from './inbound-hop.ts';
import type { Arrival } from './name-hop.ts';
import { outboundHop } from './outbound-hop.ts';
import { replyHop } from './reply-hop.ts';
import { naming, type Routed, routeHop } from './route-hop.ts';
import { endpointPolicyHop, reachedByServiceEndpoint, serviceHop, strangersPolicyHop } from './service-hop.ts';
import { hostOf, type ServiceKind, serviceKindOf } from './services.ts';
import { all, divided, guarded, type Journey, type PathStage, quoted, silent } from './stage.ts';

const present = (stages: readonly (PathStage | undefined)[]): PathStage[] =>
  stages.filter((stage) => stage !== undefined);

function sourceHop(source: SubnetEnd, index: SnapshotIndex): PathStage {
  const name = nameOf(source.subnet);
  const seen = index.peek(source.subnet);
  const subnet = seen.state === 'read' ? seen.resource : undefined;
  const pointer =
    subnet && textAt(subnet.body, '/properties/addressPrefix') === undefined
      ? '/properties/addressPrefixes'
      : '/properties/addressPrefix';
  const evidence = subnet ? [quoted(subnet, pointer, 'addresses of the subnet')] : [];
  return silent(
    { hop: 'source', at: source.is },
    `Traffic starts in ${name}, from ${source.addresses.join(', ')}.`,
    evidence,
  );
}

/** Out of the source, up to its routes: NIC before subnet, Azure's outbound order. */
function leaving(source: SubnetEnd, journey: Journey): PathStage[] {
  return [
    sourceHop(source, journey.index),
    adminHop(source.subnet, 'Outbound', journey),
    nicGroupHop('sourceCard', source, 'Outbound', journey),
    subnetGroupHop('sourceSubnet', source.subnet, 'Outbound', journey),
  ];
}

/** After the routes: the appliance, and the outbound hop where some packets leave to the Internet. */
const passingOn = (source: SubnetEnd, { stage, choices }: Routed, called: Called, journey: Journey): PathStage[] =>
  present([stage, applianceHop(choices, called, journey), outboundHop(source, choices, journey)]);

export function outward(source: SubnetEnd, destination: OutsideEnd, journey: Journey): PathStage[] {
  const called = destination.scope === 'host' ? destination.asked : undefined;
  const routed = routeHop(source.subnet, journey);
  return present([
    ...leaving(source, journey),
    ...passingOn(source, routed, called, journey),
    strangersPolicyHop(source, routed.choices, journey),
    destination.scope === 'private' ? unreadPeerHop(source, destination, routed.choices, journey) : undefined,
  ]);
}

/** In a peered network that was not read: what groups, security admin rules and routes decide there is not known. */
function unreadPeerHop(
  { subnet }: SubnetEnd,
  { asked, addresses }: OutsideEnd,
  choices: readonly ForwardingChoice[],
  { index, packets }: Journey,
): PathStage | undefined {
  const met = choices.filter(isPeered);
  const place = { hop: 'destinationSubnet', at: asked } as const;
  const stage = guarded(place, packets, () => {
    const space = readPrefixes(addresses).addresses;
    const peers = met.length === 0 ? [] : unreadPeersAt(vnetOf(subnet), space, index);
    if (peers.length === 0) return silent(place, '');
    const { through, rest } = taken(met, packets.whole);
    const because = `${asked} is in ${peers.map(nameOf).join(' or ')}, which was not read: what its NSGs allow is not known.`;
    const gaps = peers.filter((id) => !isVirtualHub(id));
    return naming(
      gaps,
      divided(place, [...allOf(through, 'unknown'), ...rest], () => because, [], packets),
    );
  });
  return stage.hop.because === '' ? undefined : stage;
}

export function inward(source: OutsideEnd, destination: SubnetEnd, journey: Journey): PathStage[] {
  return present([
    inboundHop(source, destination, journey),
    adminHop(destination.subnet, 'Inbound', journey),
    subnetGroupHop('destinationSubnet', destination.subnet, 'Inbound', journey),
    closedHop(source, destination, journey) ?? nicGroupHop('destinationCard', destination, 'Inbound', journey),
    replyHop(destination, [], journey),
  ]);
}

/** Into the destination: subnet before NIC, Azure's inbound order. */
const arriving = (destination: SubnetEnd, journey: Journey): PathStage[] => [
  subnetGroupHop('destinationSubnet', destination.subnet, 'Inbound', journey),
  nicGroupHop('destinationCard', destination, 'Inbound', journey),
];

export function between(source: SubnetEnd, destination: SubnetEnd, asked: Journey): PathStage[] {
  const journey = seeing(source.subnet, destination.subnet, asked);
  const routed = routeHop(source.subnet, journey, destination.subnet);
  return present([
    ...leaving(source, journey),
    ...passingOn(source, routed, undefined, journey),
    onwardHop(routed.choices, destination.subnet, journey),
    ...arriving(destination, journey),
    routed.choices.some(goesNowhere) ? undefined : replyHop(destination, routed.choices, journey, source.subnet),
  ]);
}

/** Where a connection cannot be seen, groups may count the other end to VirtualNetwork. */
function seeing(from: string, to: string, journey: Journey): Journey {
  const isUnseen = attempt(
    () => connectionBetween(from, to, journey.index).state === 'unknown',
    () => false,
  );
  return isUnseen ? { ...journey, isUnseen } : journey;
}

/** From a subnet to a service, by the arrival that its name leads to. */
export function toService(source: SubnetEnd, service: ServiceEnd, arrival: Arrival, asked: Journey): PathStage[] {
  const { index } = asked;
  const there = arrival.by === 'endpoint' ? arrival.endpoint.subnet : undefined;
  const journey = there === undefined ? asked : seeing(source.subnet, there, asked);
  const kind = serviceKindOf(service.resource);
  const seen = index.peek(service.resource);
  const byEndpoint =
    arrival.by === 'public' &&
    kind !== undefined &&
    seen.state === 'read' &&
    reachedByServiceEndpoint(source.subnet, seen.resource, kind, index);
  if (byEndpoint) {
    return present([
      ...leaving(source, journey),
      serviceRouteHop(source.subnet, kind, journey),
      endpointPolicyHop(source, service, journey),
      serviceHop({ visitor: () => source, service, arrival }, journey),
    ]);
  }
  const routed = routeHop(source.subnet, journey, there);
  const host = hostOf(service.resource, service.group, index);
  const called = service.through === undefined && host.includes('.') ? host : undefined;
  // An appliance sends from its own addresses; those of an unknown appliance are unknown.
  const replaced = routed.choices.some(({ kind: way }) => way === 'appliance' || way === 'gateway');
  return present([
    ...leaving(source, journey),
    ...passingOn(source, routed, called, journey),
    there === undefined ? undefined : onwardHop(routed.choices, there, journey),
    there === undefined ? undefined : endpointSubnetHop(there, journey),
    serviceHop({ visitor: () => (replaced ? beyond(routed.choices, index) : source), service, arrival }, journey),
  ]);
}

/**
 * A service endpoint takes precedence over default routes; Microsoft does not document whether a user route of the service's
 * tag takes precedence over it.
 */
function serviceRouteHop(subnetId: string, kind: ServiceKind, { index, packets }: Journey): PathStage {
  const name = nameOf(subnetId);
  return guarded({ hop: 'route', at: `routes of ${name}` }, packets, () => {
    const table = routeTableAt(subnetId, index);
    const place = { hop: 'route', at: `the service endpoint of ${name}` } as const;
    const rival = listAt(table?.body, routesPointer).findIndex((item) => {
      const prefix = textAt(item, '/properties/addressPrefix');
      return prefix !== undefined && !looksLiteral(prefix) && fold(globalTagOf(prefix)) === fold(kind.tag);
    });
    if (table && rival >= 0) {
      const because = `${nameOf(table.id)} has a route for the service tag ${kind.tag}. Azure's documents disagree on whether it takes precedence over the service endpoint.`;
      return all(place, 'unknown', because, [quoted(table, `${routesPointer}/${rival}`, 'a competing route')], packets);
    }
    const subnet = findSubnet(index, subnetId);
    const at =
      subnet &&
      subnetView(subnet).serviceEndpoints.find(({ service }) =>
        fold(service).endsWith(endings[kind.endpoint ?? 'storage']),
      );
    const evidence = subnet
      ? [quoted(subnet, at?.pointer ?? endpointsPointer, 'takes precedence over default routes')]
      : [];
    return all(
      place,
      'allowed',
      `The service endpoint of ${name} leads to the service, regardless of the default route.`,
      evidence,
      packets,
    );
  });
}
const endings = { storage: 'storage', vault: 'keyvault', registry: 'containerregistry' } as const;

/** Groups at the subnet of a private endpoint apply only where its network policies are enabled. */
function endpointSubnetHop(subnetId: string, journey: Journey): PathStage | undefined {
  const { index, packets } = journey;
  const name = nameOf(subnetId);
  const place = { hop: 'destinationSubnet', at: name } as const;
  return guarded(place, packets, () => {
    const subnet = findSubnet(index, subnetId);
    const pointer = '/properties/privateEndpointNetworkPolicies';
    const evidence = subnet ? [quoted(subnet, pointer, 'privateEndpointNetworkPolicies')] : [];
    return subnet && appliesGroups(subnet)
      ? subnetGroupHop('destinationSubnet', subnetId, 'Inbound', journey)
      : silent(place, `NSGs of ${name} do not apply to private endpoints.`, evidence);
  });
}
