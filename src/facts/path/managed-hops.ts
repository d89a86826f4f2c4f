// From nodes in a network that Azure manages: its isolation and outbound rules instead of groups and routes, its managed
// private endpoints instead of the customer's. Source: "Workspace managed virtual network isolation" (Microsoft Learn, 2025).

import type { Resource } from '../../model/resource.ts';
import { nameOf, sameId } from '../../model/resource-id.ts';
import type { SnapshotIndex } from '../../model/snapshot-index.ts';
import { decideAt } from '../../net/decide.ts';
import { holdsHost, readHost } from '../../net/firewall/index.ts';
import { contextOf, type Decision, readGroup } from '../../net/index.ts';
import { isolationPointer, networkStatusPointer, outboundRuleView } from '../../resource-types/managed-network.ts';
import { endpointConnectionsOf } from '../../resource-types/network-acls.ts';
import { textAt, textsAt } from '../../resource-types/read.ts';
import { computeView, workspaceView } from '../../resource-types/workspace-view.ts';
import { outboundRules } from '../managed-network.ts';
import { serviceTagsOf } from '../service-tags.ts';
import type { ManagedEnd, OutsideEnd, ServiceEnd, SubnetEnd } from './ends.ts';
import { nameHop } from './name-hop.ts';
import { serviceHop } from './service-hop.ts';
import { hostOf } from './services.ts';
import { all, divided, flowOf, guarded, type Journey, type PathStage, quoted } from './stage.ts';

/** The hops from managed nodes to one of the other ends. */
export function managedHops(
  source: ManagedEnd,
  destination: ServiceEnd | SubnetEnd | OutsideEnd,
  journey: Journey,
): PathStage[] {
  const { index, packets } = journey;
  const place = { hop: 'managedNetwork', at: 'managed network' } as const;
  if (destination.kind === 'subnet') {
    const because = `${nameOf(source.compute.id)} reaches your networks only by private endpoints.`;
    return [
      all(
        place,
        'denied',
        because,
        [quoted(source.compute, '/properties/properties/subnet', 'no subnet in your networks')],
        packets,
      ),
    ];
  }
  if (destination.kind === 'outside') {
    const host = destination.scope === 'host' ? destination.asked : undefined;
    return [guarded(place, packets, () => leaving(source, host, journey))];
  }
  const endpoint = endpointRule(destination, index);
  if (endpoint)
    return [guarded(place, packets, () => byEndpoint(endpoint, journey)), endpointServiceHop(destination, journey)];
  const host = hostOf(destination.resource, destination.group, index);
  const { location } = computeView(source.compute);
  const visitor: OutsideEnd = { ...source, kind: 'outside', scope: 'managed', location };
  const named = nameHop(visitor, destination, index);
  return [
    guarded(place, packets, () => leaving(source, host.includes('.') ? host : undefined, journey)),
    { hop: named.hop, parts: undefined },
    serviceHop({ visitor: () => visitor, service: destination, arrival: { by: 'public' } }, journey),
  ];
}

const workspaceOf = (index: SnapshotIndex): Resource | undefined => index.workspace();

/** The outbound rule whose private endpoint leads to the service; undefined where none does, or there is no managed network. */
function endpointRule(service: ServiceEnd, index: SnapshotIndex): Resource | undefined {
  const workspace = workspaceOf(index);
  if (!workspace || !workspaceView(workspace).managedNetwork.on) return undefined;
  return outboundRules(index).find((rule) => {
    const { type, target, group } = outboundRuleView(rule);
    return type === 'PrivateEndpoint' && sameId(target, service.resource) && group === service.group;
  });
}

function byEndpoint(rule: Resource, { index, packets }: Journey): PathStage {
  const { name, status } = outboundRuleView(rule);
  const workspace = workspaceOf(index);
  const place = { hop: 'managedNetwork', at: `outbound rule ${name}` } as const;
  const evidence = [
    quoted(rule, '/properties/status', 'state of the rule'),
    ...(workspace ? [quoted(workspace, networkStatusPointer, 'state of the managed network')] : []),
  ];
  switch (status) {
    case 'Active': {
      const because = `The managed network has a private endpoint by the outbound rule ${name}.`;
      return all(place, 'allowed', because, evidence, packets);
    }
    case 'Failed': {
      const because = `Azure could not create the private endpoint of the outbound rule ${name}.`;
      return all(place, 'denied', because, evidence, packets);
    }
    default: {
      const because = `The outbound rule ${name} is not active, so its private endpoint may not exist yet.`;
      return all(place, 'unknown', because, evidence, packets);
    }
  }
}

/** At the service: the private endpoint of the managed network must be approved. */
function endpointServiceHop(service: ServiceEnd, { index, packets }: Journey): PathStage {
  const name = nameOf(service.resource);
  const place = { hop: 'service', at: `connections of ${name}` } as const;
  return guarded(place, packets, () => {
    const resource = index.get(service.resource);
    if (!resource) return all(place, 'denied', `${name} no longer exists.`, [], packets);
    // Endpoints of the managed network are in Azure's own subscriptions and cannot be read.
    const foreign = endpointConnectionsOf(resource).filter(
      ({ endpointId }) => endpointId === undefined || index.peek(endpointId).state !== 'read',
    );
    const evidence = foreign
      .slice(0, 4)
      .map(({ pointer }) => quoted(resource, pointer, 'a connection created by Azure'));
    const approved = foreign.some(({ status }) => status === 'Approved');
    if (approved)
      return all(place, 'allowed', `${name} has approved the private endpoint created by Azure.`, evidence, packets);
    const list = [quoted(resource, '/properties/privateEndpointConnections', 'private endpoint connections')];
    if (foreign.some(({ status }) => status === undefined))
      return all(
        place,
        'unknown',
        `Whether ${name} approves the private endpoint of Azure is not known.`,
        evidence,
        packets,
      );
    return foreign.length > 0
      ? all(place, 'denied', `${name} has not approved the private endpoint created by Azure.`, evidence, packets)
      : all(place, 'unknown', `${name} shows no connection of the managed network.`, list, packets);
  });
}

/** Outbound to public addresses: all, or those that the outbound rules name. */
function leaving(source: ManagedEnd, host: string | undefined, journey: Journey): PathStage {
  const { index, packets } = journey;
  const workspace = workspaceOf(index);
  const network = workspace ? workspaceView(workspace).managedNetwork : undefined;
  const place = { hop: 'managedNetwork', at: 'managed network' } as const;
  const name = nameOf(source.compute.id);
  const mode = workspace ? [quoted(workspace, isolationPointer, 'isolation mode')] : [];
  if (!network?.on) {
    return all(
      { ...place, at: name },
      'allowed',
      `${name} is in no virtual network and in no managed network, so nothing restricts it.`,
      mode,
      packets,
    );
  }
  if (network.mode !== 'AllowOnlyApprovedOutbound') {
    return all(place, 'allowed', 'The managed network allows all outbound Internet traffic.', mode, packets);
  }
  const rules = outboundRules(index).filter((rule) => lets(rule, host));
  const layer = {
    place: 'subnet' as const,
    group: readGroup({ properties: { securityRules: [...rules.map(asGroupRule), nothingElse] } }),
  };
  const context = contextOf({ virtualNetwork: [], serviceTags: serviceTagsOf(index) });
  const decision = decideAt(flowOf(packets, 'Outbound'), [layer], context);
  const decisive = rulesBehind(decision, rules);
  const by = decisive
    .map((rule) => outboundRuleView(rule).name)
    .slice(0, 3)
    .join(', ');
  return divided(
    place,
    decision.parts,
    ({ verdict }) =>
      ({
        allowed: `The managed network allows the traffic by ${by}.`,
        denied: 'The managed network allows only approved outbound traffic, and no rule matches.',
        partly: `The managed network allows some of the traffic by ${by} and denies the rest.`,
        unknown: `It is not known whether ${by === '' ? 'a rule of the managed network' : by} includes this address.`,
      })[verdict],
    [...decisive.map((rule) => quoted(rule, '/properties/destination', 'an outbound rule')), ...mode],
    packets,
  );
}

/** Does the rule allow traffic to this host? Every rule of a tag may. */
function lets(rule: Resource, host: string | undefined): boolean {
  const { type } = outboundRuleView(rule);
  if (type === 'ServiceTag') return true;
  const asked = host === undefined ? undefined : readHost(host);
  const held = type === 'FQDN' ? readHost(textAt(rule.body, '/properties/destination') ?? '') : undefined;
  return asked !== undefined && held !== undefined && holdsHost(held, asked);
}

/** What a network with approved outbound only does with traffic that no rule names. */
const nothingElse = {
  name: 'nothing else',
  properties: {
    ...{ direction: 'Outbound', access: 'Deny', protocol: '*', priority: 4096 },
    ...{ sourceAddressPrefix: '*', sourcePortRange: '*', destinationAddressPrefix: '*', destinationPortRange: '*' },
  },
};

/** An outbound rule as a security rule; a host is called on ports 80 and 443 only. */
function asGroupRule(rule: Resource, position: number) {
  const at = '/properties/destination';
  const tag = textAt(rule.body, `${at}/serviceTag`);
  const prefixes = textsAt(rule.body, `${at}/addressPrefixes`);
  const ports = tag === undefined ? '80,443' : (textAt(rule.body, `${at}/portRanges`) ?? '*');
  return {
    name: outboundRuleView(rule).name,
    properties: {
      ...{ direction: 'Outbound', priority: 100 + position, sourceAddressPrefix: '*', sourcePortRange: '*' },
      access: textAt(rule.body, `${at}/action`) ?? 'Allow',
      protocol: tag === undefined ? 'Tcp' : (textAt(rule.body, `${at}/protocol`) ?? '*'),
      ...(prefixes.length > 0 ? { destinationAddressPrefixes: prefixes } : { destinationAddressPrefix: tag ?? '*' }),
      destinationPortRanges: ports.split(',').map((text) => text.trim()),
    },
  };
}

/** The outbound rules behind a decision. */
function rulesBehind({ allowedBy, unsure }: Decision, rules: readonly Resource[]): Resource[] {
  const names = [...allowedBy, ...unsure].map((label) => label.slice(label.indexOf('/') + 1));
  return rules.filter((rule) => names.some((name) => sameId(name, outboundRuleView(rule).name))).slice(0, 6);
}
