// The hop out of a network to the Internet: by a NAT gateway, a public address, the load balancer of a Kubernetes cluster, or default
// outbound access.

import type { Evidence } from '../../model/finding.ts';
import type { Json } from '../../model/json.ts';
import { attempt } from '../../model/readable.ts';
import type { Resource } from '../../model/resource.ts';
import { fold, nameOf, sameId } from '../../model/resource-id.ts';
import type { SnapshotIndex } from '../../model/snapshot-index.ts';
import { looksLiteral } from '../../net/addresses.ts';
import type { FlowOutcome } from '../../net/decision.ts';
import { allOf } from '../../net/in-turn.ts';
import {
  managedClusterType,
  managedClusterView,
  networkProfile,
  outboundTypePointer,
} from '../../resource-types/managed-cluster-view.ts';
import { findSubnet, subnetView } from '../../resource-types/network-view.ts';
import { hasPublicIp } from '../../resource-types/placements.ts';
import { booleanAt, listAt, textAt } from '../../resource-types/read.ts';
import { computeView, workspaceView } from '../../resource-types/workspace-view.ts';
import { unreadNicsIn } from '../occupant-nics.ts';
import { taken } from './appliance-hop.ts';
import type { SubnetEnd } from './ends.ts';
import type { ForwardingChoice } from './forwarding.ts';
import { divided, guarded, type Journey, type PathStage, quoted } from './stage.ts';

/** The outbound hop (SNAT) of the packets that leave a subnet to the Internet; undefined where none do. */
export function outboundHop(
  end: SubnetEnd,
  choices: readonly ForwardingChoice[],
  { packets, index }: Journey,
): PathStage | undefined {
  const out = choices.filter(({ kind }) => kind === 'internet');
  if (out.length === 0) return undefined;
  const place = { hop: 'wayOut', at: `outbound access of ${nameOf(end.subnet)}` } as const;
  return guarded(place, packets, () => {
    const { at, outcome, because, evidence } = methodOf(end, index);
    const { through, rest } = taken(out, packets.whole);
    return divided({ ...place, at }, [...allOf(through, outcome), ...rest], () => because, evidence, packets);
  });
}

/**
 * The public addresses that the destination sees; undefined when they cannot be known. Throws UnreadableError where the
 * resource that shows them was not read.
 */
export function seenAs(
  end: Pick<SubnetEnd, 'subnet' | 'nic'> & Partial<SubnetEnd>,
  index: SnapshotIndex,
): readonly string[] | undefined {
  const subnet = findSubnet(index, end.subnet);
  const gateway = subnet && subnetView(subnet).natGateway;
  if (gateway !== undefined) return natAddresses(gateway, (id) => index.get(id));
  const { nic } = end;
  if (nic === undefined && end.compute) {
    const [cluster, ...others] = balancedClusters(end, index);
    return cluster && others.length === 0 ? balancerAddresses(cluster, (id) => index.get(id)) : undefined;
  }
  if (nic?.publicAddress === undefined) return undefined;
  const address = textAt(index.get(nic.publicAddress)?.body, '/properties/ipAddress');
  return address === undefined ? undefined : [address];
}

/** Whether what leaves an end for the Internet has a way out. */
export const leavesBy = (end: SubnetEnd, index: SnapshotIndex): FlowOutcome =>
  attempt(
    () => methodOf(end, index).outcome,
    () => 'unknown',
  );

interface Method {
  readonly at: string;
  readonly outcome: FlowOutcome;
  readonly because: string;
  readonly evidence: readonly Evidence[];
}

function methodOf(end: SubnetEnd, index: SnapshotIndex): Method {
  const subnet = findSubnet(index, end.subnet);
  const name = nameOf(end.subnet);
  const gateway = subnet && subnetView(subnet).natGateway;
  if (subnet && gateway !== undefined) {
    const addresses = natAddresses(gateway, inHand(index));
    const at = `NAT gateway ${nameOf(gateway)}`;
    const seen = index.get(gateway);
    if (seen && !hasAddress(seen)) {
      const because = `The NAT gateway ${nameOf(gateway)} of ${name} has no public IP address, so nothing gets out.`;
      return { at, outcome: 'denied', because, evidence: [quoted(seen, '', 'no public IP address or prefix')] };
    }
    return {
      at,
      outcome: 'allowed',
      because: `${name} uses the NAT gateway ${nameOf(gateway)}${addresses === undefined ? '' : `, with the public IP address ${addresses.join(', ')}`}.`,
      evidence: [quoted(subnet, '/properties/natGateway', 'outbound access')],
    };
  }
  const { nic, compute } = end;
  if (nic?.publicAddress !== undefined) {
    const address = textAt(inHand(index)(nic.publicAddress)?.body, '/properties/ipAddress');
    const own = index.get(nic.id);
    return {
      at: `public IP address ${nameOf(nic.publicAddress)}`,
      outcome: 'allowed',
      because: `${nameOf(nic.id)} uses its public IP address${address === undefined ? '' : ` ${address}`}.`,
      evidence: own ? [quoted(own, '/properties/ipConfigurations', 'public IP address')] : [],
    };
  }
  if (compute && !nic && hasPublicIp(compute)) {
    return {
      at: `nodes of ${nameOf(compute.id)}`,
      outcome: 'allowed',
      because: `Each node of ${nameOf(compute.id)} has a public IP address.`,
      evidence: [
        quoted(compute, '/properties/properties/enableNodePublicIp', 'not set: a public IP address by default'),
      ],
    };
  }
  const jobs = nic === undefined && fold(end.asked) === 'serverless' ? index.workspace() : undefined;
  if (jobs && workspaceView(jobs).serverless.noPublicIp !== true) {
    return {
      at: 'nodes of serverless compute',
      outcome: 'allowed',
      because: 'Each node of serverless compute has a public IP address.',
      evidence: [
        quoted(
          jobs,
          '/properties/serverlessComputeSettings/serverlessComputeNoPublicIP',
          'not set: a public IP address by default',
        ),
      ],
    };
  }
  const clusters = nic === undefined ? balancedClusters(end, index) : [];
  if (clusters.length > 0) return byBalancer(clusters, end, index);
  const [unread] = nic === undefined && looksLiteral(end.asked) ? unreadNicsIn(end.subnet, index) : [];
  if (subnet && unread !== undefined) {
    const because = `${nameOf(unread)} in ${name} was not read, and may have this address: whether it leaves by a public IP address is not known.`;
    const evidence = [quoted(subnet, '/properties/ipConfigurations', 'NICs in the subnet')];
    return { at: name, outcome: 'unknown', because, evidence };
  }
  const defaultAccess = subnet === undefined ? undefined : booleanAt(subnet.body, '/properties/defaultOutboundAccess');
  const isNamed = ({ id }: Resource) => compute !== undefined || sameId(end.asked, id) || sameId(end.asked, nameOf(id));
  const [own] = nic === undefined ? clustersAt(end, index).filter(isNamed) : [];
  const method = own && ofCluster(own);
  if (method && !(defaultAccess === false && method.outcome === 'unknown')) return method;
  const evidence = subnet ? [quoted(subnet, '/properties/defaultOutboundAccess', 'default outbound access')] : [];
  if (defaultAccess === false) {
    const because = `${name} is a private subnet without a NAT gateway or public IP address, so it has no outbound Internet access.`;
    return { at: name, outcome: 'denied', because, evidence };
  }
  const because = `${name} uses Azure default outbound access, whose address may change.`;
  return { at: `default outbound access of ${name}`, outcome: 'allowed', because, evidence };
}

/** The Kubernetes clusters with nodes at this end. */
const clustersAt = (
  { subnet, compute }: Pick<SubnetEnd, 'subnet'> & Partial<SubnetEnd>,
  index: SnapshotIndex,
): readonly Resource[] =>
  index.ofType(managedClusterType).filter((cluster) => {
    const here = managedClusterView(cluster).pools.some((pool) => sameId(pool.subnet, subnet));
    return here && (compute === undefined || sameId(computeView(compute).resourceId, cluster.id));
  });
/** Those that leave by a load balancer of their own, as they do by default. */
export const balancedClusters = (
  end: Pick<SubnetEnd, 'subnet'> & Partial<SubnetEnd>,
  index: SnapshotIndex,
): readonly Resource[] => clustersAt(end, index).filter((cluster) => outboundTypeOf(cluster) === 'loadbalancer');
const outboundTypeOf = ({ body }: Resource): string => fold(textAt(body, outboundTypePointer) ?? 'loadBalancer');

/**
 * How the nodes of a cluster leave that has no load balancer for it (Microsoft Learn, "Customize cluster egress with outbound types",
 * 2026-08-05); undefined where the subnet decides: `userDefinedRouting`, `userAssignedNATGateway`.
 */
function ofCluster(cluster: Resource): Method | undefined {
  const name = nameOf(cluster.id);
  const evidence = [quoted(cluster, outboundTypePointer, 'outbound access')];
  const made = (outcome: FlowOutcome, because: string): Method => ({
    ...{ at: `outbound access of ${name}`, outcome, because, evidence },
  });
  switch (outboundTypeOf(cluster)) {
    case 'managednatgateway':
    case 'managednatgatewayv2':
      return made('allowed', `${name} uses the NAT gateway that AKS manages for it.`);
    case 'block':
      return made(
        'denied',
        `The NSG that AKS manages denies the nodes of ${name} all Internet access (outboundType block).`,
      );
    case 'none':
      return made(
        'unknown',
        `AKS makes no outbound access for ${name} (outboundType none): whether its network has another is not known.`,
      );
    case 'userdefinedrouting':
    case 'userassignednatgateway':
    case 'loadbalancer':
      return undefined;
    default:
      return made('unknown', `What the outboundType of ${name} means is not known.`);
  }
}

function byBalancer(clusters: readonly Resource[], { subnet, compute }: SubnetEnd, index: SnapshotIndex): Method {
  const names = clusters.map(({ id }) => nameOf(id)).join(', ');
  const addresses = clusters.flatMap((one) => balancerAddresses(one, inHand(index)) ?? []);
  const shown = addresses.length === 0 ? '' : ` ${addresses.join(', ')}`;
  const who = compute === undefined ? `The nodes of ${names} in ${nameOf(subnet)} use` : `${names} uses`;
  return {
    at: `load balancer of ${names}`,
    outcome: 'allowed',
    because: `${who} the public IP address${shown} of the cluster's load balancer.`,
    evidence: clusters.map((one) => quoted(one, outboundTypePointer, 'outbound access: loadBalancer by default')),
  };
}

/** The outbound addresses of a cluster's load balancer; undefined where one of them is not shown. */
const balancerAddresses = (cluster: Resource, find: Find): string[] | undefined =>
  addressesOfIds(balancerIps(cluster), find);
/** Ids of the public IP addresses of a cluster's load balancer. */
export const balancerIps = ({ body }: Resource): string[] =>
  idsAt(body, `${networkProfile}/loadBalancerProfile/effectiveOutboundIPs`);
export const idsAt = (body: Json, pointer: string): string[] =>
  listAt(body, pointer).flatMap((item) => textAt(item, '/id') ?? []);
function addressesOfIds(ids: readonly string[], find: Find): string[] | undefined {
  const addresses = ids.flatMap((id) => textAt(find(id)?.body, '/properties/ipAddress') ?? []);
  return addresses.length === ids.length && ids.length > 0 ? addresses : undefined;
}

type Find = (id: string) => Resource | undefined;
const inHand =
  (index: SnapshotIndex): Find =>
  (id) => {
    const seen = index.peek(id);
    return seen.state === 'read' ? seen.resource : undefined;
  };

/** Has a NAT gateway anything that traffic leaves by? IPv6 addresses and prefixes are of the StandardV2 SKU. */
export const hasAddress = ({ body }: Resource): boolean =>
  ['publicIpAddresses', 'publicIpPrefixes', 'publicIpAddressesV6', 'publicIpPrefixesV6'].some(
    (name) => idsAt(body, `/properties/${name}`).length > 0,
  );

/** The addresses of a NAT gateway; undefined where it has a whole prefix, or one of them is not shown. */
function natAddresses(gateway: string, find: Find): string[] | undefined {
  const found = find(gateway);
  if (!found || listAt(found.body, '/properties/publicIpPrefixes').length > 0) return undefined;
  return addressesOfIds(idsAt(found.body, '/properties/publicIpAddresses'), find);
}
