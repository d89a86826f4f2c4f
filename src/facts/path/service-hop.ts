// The hop at the service's own firewall, for packets that come by a private endpoint, a service endpoint or a public address.

import type { Evidence } from '../../model/finding.ts';
import type { Resource } from '../../model/resource.ts';
import { isWithin, nameOf, sameId } from '../../model/resource-id.ts';
import type { SnapshotIndex } from '../../model/snapshot-index.ts';
import { UnreadableError } from '../../model/unreadable-error.ts';
import { type Addresses, noAddress, readPrefixes, without } from '../../net/addresses.ts';
import { allOf, cut } from '../../net/in-turn.ts';
import { globalTagOf } from '../../net/service-tags.ts';
import { findSubnet, subnetView, vnetOf, vnetView } from '../../resource-types/network-view.ts';
import { textAt } from '../../resource-types/read.ts';
import { servicePolicyView } from '../../resource-types/service-endpoint-policy.ts';
import { isAssociated, type Perimeter, perimeterOf } from '../perimeter.ts';
import { endpointStanding, endpointsPointer, sameRegion } from '../service-endpoints.ts';
import { taken } from './appliance-hop.ts';
import type { OutsideEnd, ServiceEnd, SubnetEnd } from './ends.ts';
import type { ForwardingChoice } from './forwarding.ts';
import type { Arrival } from './name-hop.ts';
import { seenAs } from './outbound-hop.ts';
import { byAccessRules } from './perimeter-hop.ts';
import { entryFor, type ServiceFirewallAccess, serviceFirewallAccessOf } from './service-firewall.ts';
import { type ServiceKind, serviceKindOf } from './services.ts';
import { all, divided, guarded, type Journey, type PathStage, quoted } from './stage.ts';

interface Visit {
  /** The source; undefined for an appliance with unknown addresses. Throws UnreadableError where that was not read. */
  readonly visitor: () => SubnetEnd | OutsideEnd | undefined;
  readonly service: ServiceEnd;
  readonly arrival: Arrival;
}

/**
 * Does the subnet reach this service through a service endpoint of its own? Throws UnreadableError when the subnet was not
 * read.
 */
export function reachedByServiceEndpoint(
  subnetId: string,
  service: Resource,
  kind: ServiceKind,
  index: SnapshotIndex,
): boolean {
  const subnet = findSubnet(index, subnetId);
  if (!subnet || kind.endpoint === undefined) return false;
  const location = kind.endpoint === 'storage' ? textAt(service.body, '/location') : undefined;
  return endpointStanding(subnet, kind.endpoint, index, location).standing === 'ready';
}

/** The hop at the service itself. */
export function serviceHop(visit: Visit, journey: Journey): PathStage {
  const control = { kind: 'service', resource: visit.service.resource, source: visit.visitor } as const;
  return { ...decidedBy(visit, journey), control };
}

function decidedBy({ visitor, service, arrival }: Visit, journey: Journey): PathStage {
  const { index, packets } = journey;
  const name = nameOf(service.resource);
  const kind = serviceKindOf(service.resource);
  const place = { hop: 'service', at: `firewall of ${name}` } as const;
  return guarded(place, packets, () => {
    const resource = index.get(service.resource);
    if (!resource || !kind) return all(place, 'denied', `${name} no longer exists.`, [], packets);
    if (arrival.by === 'endpoint') {
      const own = nameOf(arrival.endpoint.endpoint.id);
      const because = `The traffic uses the private endpoint ${own}, to which the firewall of ${name} does not apply.`;
      return all(
        place,
        'allowed',
        because,
        [quoted(resource, '/properties/privateEndpointConnections', 'approved')],
        packets,
      );
    }
    const perimeter = perimeterOf(service.resource, index);
    const firewall = serviceFirewallAccessOf(resource, perimeter);
    const setting = quoted(resource, firewall.pointer, 'network access setting');
    switch (firewall.access) {
      case 'open':
        return all(place, 'allowed', `${name} allows access from all networks.`, [setting], packets);
      case 'disabled':
        return all(
          place,
          'denied',
          `Public network access of ${name} is ${textAt(resource.body, firewall.pointer) ?? 'Disabled'}, and the traffic does not use a private endpoint.`,
          [setting],
          packets,
        );
      case 'access rules':
        return byAccessRules(visitor(), { resource, name, setting, perimeter }, journey);
      case 'perimeter':
        if (perimeter.gap) throw new UnreadableError(perimeter.gap);
        return all(
          place,
          'unknown',
          `A network security perimeter controls access to ${name}, and its rules were not read.`,
          [setting],
          packets,
        );
      case 'unset': {
        const because = `${name} shows no default action, and Azure does not document which one applies then.`;
        return all(place, 'unknown', because, [setting], packets);
      }
      case 'malformed':
        return all(place, 'unknown', `The firewall of ${name} has an unexpected format.`, [setting], packets);
      default: {
        const visit: FirewallVisit = { resource, firewall, kind, name, setting, perimeter };
        const source = visitor();
        if (!source) {
          const because = `${name} denies by default, and the source address behind the appliance is not known.`;
          return { ...all(place, 'unknown', because, [setting], packets), oneOf: allowedBy(firewall) };
        }
        const own = source.kind === 'subnet' ? fromSubnet(source, visit, journey) : fromOutside(source, visit, journey);
        // In Learning mode the access rules allow what the firewall does not.
        return isAssociated(perimeter) && own.hop.verdict !== 'allowed'
          ? byAccessRules(source, visit, journey, own)
          : own;
      }
    }
  });
}

interface FirewallVisit {
  readonly resource: Resource;
  readonly firewall: ServiceFirewallAccess;
  readonly kind: ServiceKind;
  readonly name: string;
  readonly setting: Evidence;
  readonly perimeter: Perimeter;
}

const place = (name: string) => ({ hop: 'service', at: `firewall of ${name}` }) as const;

function fromSubnet(source: SubnetEnd, visit: FirewallVisit, journey: Journey): PathStage {
  const { resource, firewall, kind, name, setting } = visit;
  const { index, packets } = journey;
  const subnet = findSubnet(index, source.subnet);
  const own = nameOf(source.subnet);
  const entry = entryFor(firewall, source.subnet);
  const there = entry && quoted(resource, entry.pointer, `names ${own}`);
  if (reachedByServiceEndpoint(source.subnet, resource, kind, index)) {
    if (entry?.living && there) {
      return all(
        place(name),
        'allowed',
        `${name} allows ${own}, which uses its service endpoint.`,
        [there, setting],
        packets,
      );
    }
    if (there)
      return all(
        place(name),
        'denied',
        `The virtual network rule of ${name} for ${own} no longer has an effect.`,
        [there, setting],
        packets,
      );
    const none = quoted(resource, firewall.subnetsPointer, 'virtual network rules');
    if (!firewall.subnets) {
      const because = `${name} denies by default, and its virtual network rules are not known.`;
      return all(place(name), 'unknown', because, [none, setting], packets);
    }
    return all(
      place(name),
      'denied',
      `${name} denies by default and has no virtual network rule for ${own}.`,
      [none, setting],
      packets,
    );
  }
  const endpoints = subnet ? [quoted(subnet, endpointsPointer, 'service endpoints of the subnet')] : [];
  const addresses = quoted(resource, firewall.addressesPointer, 'IP rules');
  const decorative = entry
    ? `${name} has a virtual network rule for ${own}, but ${own} has no service endpoint for it`
    : `${name} does not allow ${own}`;
  const evidence = [...(there ? [there] : []), ...endpoints, addresses, setting];
  if (firewall.addresses.length === 0) {
    return all(place(name), 'denied', `${decorative}, and it has no IP rules.`, evidence, packets);
  }
  if (kind.endpoint === 'storage' && isInRegionOf(source.subnet, resource, index)) {
    const because = `${decorative}, and IP rules do not apply to traffic from the same region.`;
    return all(place(name), 'denied', because, evidence, packets);
  }
  const known = seenAs(source, index);
  if (known === undefined) {
    const because = `${decorative}. The public source address is not known, so IP rules cannot be checked.`;
    return { ...all(place(name), 'unknown', because, evidence, packets), oneOf: allowedBy(firewall) };
  }
  const left = without(readPrefixes(known).addresses, allowedBy(firewall));
  const shown = known.join(', ');
  return noAddress(left)
    ? all(place(name), 'allowed', `${name} allows ${shown}, the outbound address of ${own}.`, evidence, packets)
    : all(place(name), 'denied', `${decorative}, nor its outbound address ${shown}.`, evidence, packets);
}

const allowedBy = (firewall: ServiceFirewallAccess): Addresses =>
  readPrefixes(firewall.addresses.map(({ value }) => value)).addresses;

function isInRegionOf(subnetId: string, resource: Resource, index: SnapshotIndex): boolean {
  const network = index.get(vnetOf(subnetId));
  const here = network && vnetView(network).location;
  return here !== undefined && sameRegion(here, textAt(resource.body, '/location'), resource.id);
}

/** From the Internet, an address or a tag: IP rules are compared with every source address. */
function fromOutside(
  source: OutsideEnd,
  { resource, firewall, kind, name, setting }: FirewallVisit,
  journey: Journey,
): PathStage {
  const { packets } = journey;
  const evidence = [
    ...firewall.addresses.slice(0, 4).map(({ pointer }) => quoted(resource, pointer, 'allows an address')),
    ...(firewall.addresses.length === 0 ? [quoted(resource, firewall.addressesPointer, 'IP rules')] : []),
    setting,
  ];
  if (source.scope === 'tag' && firewall.trusts) {
    const because = `${name} allows trusted Azure services by identity, not by address, so the service tag alone does not decide.`;
    return all(place(name), 'unknown', because, evidence, packets);
  }
  if (source.scope === 'private' || source.scope === 'managed') {
    if (firewall.addresses.length === 0)
      return all(place(name), 'denied', `${name} denies by default and has no IP rules.`, evidence, packets);
    if (
      kind.endpoint === 'storage' &&
      source.location !== undefined &&
      sameRegion(source.location, textAt(resource.body, '/location'), resource.id)
    ) {
      const because = `${name} denies by default, and IP rules do not apply to traffic from the same region.`;
      return all(place(name), 'denied', because, evidence, packets);
    }
    const who = source.asked.startsWith('/') ? nameOf(source.asked) : source.asked;
    const because = `The public source address of ${who} is not known, so IP rules cannot be checked.`;
    return { ...all(place(name), 'unknown', because, evidence, packets), oneOf: allowedBy(firewall) };
  }
  const unknownTags = packets.uncounted.filter((tag) => source.addresses.includes(tag));
  if (unknownTags.length > 0 && firewall.addresses.length > 0) {
    const because = `The addresses of ${unknownTags.join(', ')} are not known without service tags, so IP rules cannot be checked.`;
    return all(place(name), 'unknown', because, evidence, packets);
  }
  const { inside, outside } = cut(packets.whole, 'source', allowedBy(firewall), 'allowed');
  const denied = outside.map((part) => ({ ...part, outcome: 'denied' as const }));
  const words = {
    allowed: 'allows the traffic',
    denied: 'denies the traffic by default',
    partly: 'allows only some of the source addresses',
  };
  return divided(
    place(name),
    [...inside, ...denied] as typeof packets.whole,
    ({ verdict }) =>
      `${name} ${verdict === 'unknown' ? 'cannot be checked' : words[verdict]}${verdict === 'denied' && firewall.addresses.length > 0 ? ': none of its IP rules matches' : ''}.`,
    evidence,
    packets,
  );
}

/** The hop at the service endpoint policies of a subnet; undefined where none is associated or none concerns the service. */
export function endpointPolicyHop(source: SubnetEnd, service: ServiceEnd, journey: Journey): PathStage | undefined {
  const { index, packets } = journey;
  const kind = serviceKindOf(service.resource);
  const subnet = findSubnet(index, source.subnet);
  const ids = subnet ? subnetView(subnet).endpointPolicies : [];
  if (!subnet || ids.length === 0 || kind?.endpoint !== 'storage') return undefined;
  const place = { hop: 'endpointPolicy', at: `${ids.map(nameOf).join(', ')} at ${nameOf(source.subnet)}` } as const;
  return guarded(place, packets, () => {
    const name = nameOf(service.resource);
    const policies = ids.map((id) => {
      const found = index.get(id);
      if (!found)
        throw new UnreadableError({
          id,
          reason: `The service endpoint policy ${nameOf(id)} does not exist.`,
          action: '',
        });
      return found;
    });
    const definitions = policies.flatMap((policy) => servicePolicyView(policy).definitions);
    const allows = definitions.some(({ resources }) => resources.some((one) => isWithin(service.resource, one)));
    const evidence = policies.map((policy) =>
      quoted(policy, '/properties/serviceEndpointPolicyDefinitions', 'allowed resources'),
    );
    const because = allows
      ? `The service endpoint policy allows ${name}.`
      : `The service endpoint policy of ${nameOf(source.subnet)} does not allow ${name}.`;
    const stage = all(place, allows ? 'allowed' : 'denied', because, evidence, packets);
    return { ...stage, control: { kind: 'endpointPolicy', policies: ids, account: service.resource } };
  });
}

/** The same for packets that a service endpoint leads to whatever account of its service: policies allow some, by name. */
export function strangersPolicyHop(
  source: SubnetEnd,
  choices: readonly ForwardingChoice[],
  { index, packets }: Journey,
): PathStage | undefined {
  const met = choices.filter(
    ({ kind, route }) => kind === 'service' && sameId(globalTagOf(route?.serviceTag ?? ''), 'Storage'),
  );
  if (met.length === 0) return undefined;
  const subnet = findSubnet(index, source.subnet);
  const ids = subnet ? subnetView(subnet).endpointPolicies : [];
  if (!subnet || ids.length === 0) return undefined;
  const place = { hop: 'endpointPolicy', at: `${ids.map(nameOf).join(', ')} at ${nameOf(source.subnet)}` } as const;
  const evidence = [quoted(subnet, '/properties/serviceEndpointPolicies', 'service endpoint policies')];
  const because = `The service endpoint policy of ${nameOf(source.subnet)} allows some accounts, and accounts share addresses.`;
  const { through, rest } = taken(met, packets.whole);
  return divided(place, [...allOf(through, 'unknown'), ...rest], () => because, evidence, packets);
}
