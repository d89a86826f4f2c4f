// What private DNS says before a change and after it: names that lose their address, and services that are reached by a private
// endpoint from then on, so that their traffic no longer passes the appliance of the public way.
import { attempt } from '../../model/readable.ts';
import type { Resource } from '../../model/resource.ts';
import { distinctIds, fold, parentId, sameId } from '../../model/resource-id.ts';
import type { SnapshotIndex } from '../../model/snapshot-index.ts';
import { nowhere, readPrefixes } from '../../net/addresses.ts';
import { subnetView, vnetType, vnetView } from '../../resource-types/network-view.ts';
import {
  aRecordType,
  redirectsMissing,
  zoneLinkType,
  zoneLinkView,
  zoneNameOf,
  zoneType,
} from '../../resource-types/private-dns-zone.ts';
import { zoneGroupType } from '../../resource-types/private-dns-zone-group.ts';
import { connectionTargets, connectionTypeOf, privateEndpointType } from '../../resource-types/private-link.ts';
import { textAt } from '../../resource-types/read.ts';
import { customDns, linksOf, zoneNames, zoneStanding, zoneSubscriptions } from '../dns.ts';
import { resolvedIn, resolves } from '../endpoint-records.ts';
import { type EndpointInHand, endpointInHand, endpointsInHand } from '../endpoints-in-hand.ts';
import { firewallAt } from '../firewall.ts';
import { isWithoutRecord, managedNames } from '../managed-network.ts';
import { peersOf } from '../path/connection.ts';
import { forwardingChoicesFrom } from '../path/forwarding.ts';
import { hostOf, serviceKindOf, tagOf } from '../path/services.ts';
import { serviceTagsOf } from '../service-tags.ts';
import { gatewayName, type PassedHop } from './next-hops.ts';
import { pairsOf, type ResourcePair } from './pairs.ts';

/** A zone in which names have no address from then on, in networks that resolve by it. */
export interface UnresolvedNames {
  /** Id of the zone. */
  readonly zone: string;
  /** Ids. */
  readonly networks: readonly string[];
  /** Ids of the services. */
  readonly services: readonly string[];
}

const types = [
  ...[privateEndpointType, zoneGroupType, zoneType, zoneLinkType, aRecordType],
  ...connectionTargets.map(connectionTypeOf),
];

/** Names that have an approved endpoint and no record, in networks linked to their zone, after the change and not before it. */
export function unresolvedNames(
  pairs: readonly ResourcePair[],
  before: SnapshotIndex,
  after: SnapshotIndex,
): readonly UnresolvedNames[] {
  const met = pairsOf(pairs, ...types);
  if (met.length === 0) return [];
  const [was, is] = [gapsIn(met, before), gapsIn(met, after)];
  const fresh = [...is].filter(([key]) => !was.has(key)).map(([, gap]) => gap);
  return [...Map.groupBy(fresh, ({ zone }) => fold(zone)).values()].flatMap((all) => {
    const [first] = all;
    return first
      ? [
          {
            zone: first.zone,
            networks: distinctIds(all.map(({ network }) => network)),
            services: distinctIds(all.map(({ service }) => service)),
          },
        ]
      : [];
  });
}

interface NameGap {
  readonly zone: string;
  readonly network: string;
  readonly service: string;
}

function gapsIn(pairs: readonly ResourcePair[], index: SnapshotIndex): ReadonlyMap<string, NameGap> {
  const found = new Map<string, NameGap>();
  for (const endpoint of concerned(pairs, index)) {
    for (const { target, zone } of zonesOf(endpoint, index)) {
      const isMissing = attempt(
        () => resolves(endpoint, zone, index).state === 'missing',
        () => false,
      );
      for (const network of isMissing ? linkedTo(zone.id, index) : [])
        found.set(fold(`${zone.id} ${network} ${target}`), { zone: zone.id, network, service: target });
    }
  }
  for (const named of managedNames(index)) {
    for (const zone of zonesFor(named.group, index)) {
      for (const network of isWithoutRecord(named, zone, index) ? linkedTo(zone.id, index) : [])
        found.set(fold(`${zone.id} ${network} ${named.target}`), { zone: zone.id, network, service: named.target });
    }
  }
  return found;
}

/** The endpoints whose names a change of these resources can concern. */
function concerned(pairs: readonly ResourcePair[], index: SnapshotIndex): readonly EndpointInHand[] {
  const zones = new Set<string>();
  const found = new Set<EndpointInHand>();
  const add = (id: string | undefined) => {
    const one = endpointInHand(id, index);
    if (one) found.add(one);
  };
  for (const { before, after } of pairs) {
    const one = after ?? before;
    if (!one) continue;
    if (sameId(one.type, privateEndpointType)) add(one.id);
    else if (sameId(one.type, zoneGroupType)) add(parentId(one.id));
    else if (sameId(one.type, zoneType)) zones.add(zoneNameOf(one.id));
    else if (sameId(one.type, zoneLinkType) || sameId(one.type, aRecordType))
      zones.add(zoneNameOf(parentId(one.id) ?? one.id));
    else add(textAt(one.body, '/properties/privateEndpoint/id'));
  }
  if (zones.size === 0) return [...found];
  for (const endpoint of endpointsInHand(index)) {
    const isIn = approved(endpoint).some(({ group }) => zoneNames(group, index).some((name) => zones.has(fold(name))));
    if (isIn) found.add(endpoint);
  }
  return [...found];
}

const approved = ({ serviceConnections }: EndpointInHand): { readonly target: string; readonly group: string }[] =>
  serviceConnections.flatMap((one) =>
    attempt(
      () => (one.isApproved ? one.groups.map((group) => ({ target: one.target, group })) : []),
      () => [],
    ),
  );

const zonesOf = (
  endpoint: EndpointInHand,
  index: SnapshotIndex,
): { readonly target: string; readonly zone: Resource }[] =>
  approved(endpoint).flatMap(({ target, group }) => zonesFor(group, index).map((zone) => ({ target, zone })));

const zonesFor = (group: string, index: SnapshotIndex): readonly Resource[] =>
  zoneNames(group, index).flatMap((name) =>
    index.ofType(zoneType).filter((zone) => zoneNameOf(zone.id) === fold(name)),
  );

/** Networks that resolve by the zone alone: with NxDomainRedirect a name without record has its public address. */
const linkedTo = (zone: string, index: SnapshotIndex): string[] =>
  (index.hasList(linksOf(zone)) ? index.list(linksOf(zone)) : index.ofType(zoneLinkType)).flatMap((link) => {
    const { vnet } = zoneLinkView(link);
    return sameId(parentId(link.id), zone) && vnet !== undefined && !redirectsMissing(link) ? [vnet] : [];
  });

/** Networks that resolve by a private link zone alone from then on: names of other services without a record there have no address. */
export function newlyResolving(
  pairs: readonly ResourcePair[],
  before: SnapshotIndex,
): readonly { readonly zone: string; readonly network: string }[] {
  return pairsOf(pairs, zoneLinkType).flatMap(({ after }) => {
    const zone = after && parentId(after.id);
    const network = after && zoneLinkView(after).vnet;
    if (after === undefined || zone === undefined || network === undefined || redirectsMissing(after)) return [];
    const name = zoneNameOf(zone);
    if (!name.startsWith('privatelink.')) return [];
    const standing = zoneStanding(name, network, [], before);
    return standing.state === 'linked' && !redirectsMissing(standing.link) ? [] : [{ zone, network }];
  });
}

/** Services whose names resolve to a private endpoint from then on, at subnets whose public traffic passes an appliance or gateway. */
export function privatelyReached(
  pairs: readonly ResourcePair[],
  before: SnapshotIndex,
  after: SnapshotIndex,
): readonly PassedHop[] {
  const met = pairsOf(pairs, ...types);
  if (met.length === 0) return [];
  const routed = after.ofType(vnetType).flatMap((network) => {
    const subnets = vnetView(network).subnets.filter((one) => subnetView(one).routeTable !== undefined);
    return subnets.length === 0 ? [] : [{ network: network.id, subnets }];
  });
  if (routed.length === 0) return [];
  const found = new Map<string, PassedHop>();
  for (const endpoint of concerned(met, after)) {
    for (const { target, group } of approved(endpoint)) {
      for (const { network, subnets } of routed) {
        if (!isPrivate(target, group, network, after) || isPrivate(target, group, network, before)) continue;
        for (const { id } of subnets) {
          const hop = publicHop(id, target, before);
          if (hop === undefined || passes(id, endpoint, hop, after)) continue;
          const to = hostOf(target, group, after);
          found.set(fold(`${id} ${to}`), { subnet: id, to: [to], hop });
        }
      }
    }
  }
  return [...found.values()];
}

/** Does a network resolve the names of a service to a private endpoint? False where that is not known. */
function isPrivate(target: string, group: string, network: string, index: SnapshotIndex): boolean {
  return attempt(
    () => {
      const here = index.get(network);
      const [name = ''] = zoneNames(group, index);
      if (!here || customDns(here).length > 0) return false;
      const standing = zoneStanding(name, network, zoneSubscriptions(network, index), index);
      if (standing.state !== 'linked') return false;
      const peers = peersOf(network, index);
      const state = resolvedIn(standing.zone, { target, group, vnet: network, peers }, index)?.resolution.state;
      return state === 'yes' || state === 'shadowed';
    },
    () => false,
  );
}

/** The appliance or gateway that packets to the public addresses of a service pass. */
function publicHop(subnet: string, service: string, index: SnapshotIndex): string | undefined {
  return attempt(
    () => {
      const kind = serviceKindOf(service);
      const seen = index.peek(service);
      const tag = kind && (seen.state === 'read' ? tagOf(kind, seen.resource, index) : kind.tag);
      const known = tag === undefined ? undefined : serviceTagsOf(index)?.addressesOf(tag);
      const choices = forwardingChoicesFrom(subnet, known ?? nowhere, known || tag === undefined ? [] : [tag], index);
      const [met] = choices.filter(({ kind: way }) => way === 'appliance' || way === 'gateway');
      if (!met) return undefined;
      const address = met.kind === 'gateway' ? gatewayName : met.route?.nextHopIpAddress;
      return address === undefined ? undefined : (firewallAt(address, index)?.id ?? address);
    },
    () => undefined,
  );
}

/** Do packets to the endpoint pass the same hop? An endpoint that shows no address has a route of its own. */
function passes(subnet: string, { addresses }: EndpointInHand, hop: string, index: SnapshotIndex): boolean {
  if (addresses.length === 0) return false;
  return attempt(
    () =>
      forwardingChoicesFrom(subnet, readPrefixes(addresses).addresses, [], index).some(({ kind, route }) => {
        if (kind === 'gateway') return hop === gatewayName;
        const address = route?.nextHopIpAddress;
        return (
          kind === 'appliance' &&
          address !== undefined &&
          (address === hop || sameId(firewallAt(address, index)?.id, hop))
        );
      }),
    () => true,
  );
}
