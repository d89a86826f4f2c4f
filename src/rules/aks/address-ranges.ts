// Address ranges of a Kubernetes cluster: service CIDR, DNS service IP, Docker bridge, and the ranges that AKS reserves.

import { networkSpace } from '../../facts/flows.ts';
import { peersOf } from '../../facts/path/connection.ts';
import { sameId } from '../../model/resource-id.ts';
import type { SnapshotIndex } from '../../model/snapshot-index.ts';
import { clean } from '../../model/text.ts';
import { both, noAddress, readPrefixes } from '../../net/addresses.ts';
import { contains, formatBlock, parseAddress, parseBlock } from '../../net/ipv4.ts';
import { networkProfile } from '../../resource-types/managed-cluster-view.ts';
import { subnetView, vnetOf, vnetView } from '../../resource-types/network-view.ts';
import { textAt } from '../../resource-types/read.ts';
import { defineRule } from '../define.ts';
import { links } from '../parts/links.ts';
import {
  displayName,
  evidenceAt,
  fail,
  few,
  notApplicable,
  noted,
  pass,
  subnetShown,
  unknown,
  worstOf,
} from '../parts/verdict.ts';
import { isOdd } from '../parts/workspace.ts';
import type { CheckResult, RuleContext } from '../rule.ts';
import {
  type AttachedCluster,
  aksRule,
  allClusters,
  createdNetwork,
  nodeNetworks,
  nodeSubnets,
  serviceRanges,
  withoutSubnet,
} from './parts/clusters.ts';

interface NamedRange {
  readonly prefix: string;
  /** What uses the range, for sentences: `vnet-ml/snet-train`. */
  readonly of: string;
}

/** The ranges that share an address with `range`, and those that could not be parsed. */
function overlapping(
  range: string,
  others: readonly NamedRange[],
): { overlaps: readonly NamedRange[]; odd: readonly NamedRange[] } {
  const own = readPrefixes([range]);
  const read = others.map((one) => ({ one, ...readPrefixes([one.prefix]) }));
  return {
    overlaps: read.filter(({ addresses }) => !noAddress(both(addresses, own.addresses))).map(({ one }) => one),
    odd:
      own.refused.length > 0
        ? [{ prefix: range, of: 'this cluster' }]
        : read.filter(({ refused }) => refused.length > 0).map(({ one }) => one),
  };
}

const rangeShown = ({ prefix, of }: NamedRange): string => `${of} (${clean(prefix, 60)})`;
const unparsed = (odd: readonly NamedRange[], evidence: CheckResult['evidence']): CheckResult =>
  unknown(`The address range of ${few(odd.map(rangeShown))} is not a valid CIDR.`, evidence);
const serviceEvidence = (one: AttachedCluster) =>
  serviceRanges(one).map(({ of, at }) => evidenceAt(of, at, 'service CIDR (serviceCidr)'));

/** Ranges of all subnets in the networks of the nodes. Throws UnreadableError when a network could not be read. */
const subnetRanges = (one: AttachedCluster, index: SnapshotIndex): NamedRange[] =>
  nodeNetworks(one)
    .flatMap((vnet) => index.get(vnet) ?? [])
    .flatMap((network) =>
      index.ofType('Microsoft.Network/virtualNetworks/subnets').filter(({ id }) => sameId(vnetOf(id), network.id)),
    )
    .flatMap((subnet) => subnetView(subnet).prefixes.map((prefix) => ({ prefix, of: subnetShown(subnet.id) })));

/** The shortest prefix that AKS accepts for a service CIDR (Microsoft Learn, "AKS legacy CNI", read 2026-04). */
const shortestPrefix = 12;

/** What a service CIDR must not overlap: subnets, and today also the virtual networks and their peers. */
function reachableRanges(one: AttachedCluster, { index, profile }: RuleContext): NamedRange[] {
  const subnets = subnetRanges(one, index);
  if (profile === 'article-2020') return subnets;
  const spaces = nodeSubnets(one).flatMap((subnet) =>
    networkSpace(subnet, index).map((prefix) => ({ prefix, of: 'the virtual network or a peer' })),
  );
  const peers = nodeNetworks(one)
    .flatMap((vnet) => peersOf(vnet, index))
    .flatMap((id) => {
      const peer = index.peek(id);
      return peer.state === 'read'
        ? vnetView(peer.resource).prefixes.map((prefix) => ({ prefix, of: `the peered network ${displayName(id)}` }))
        : [];
    });
  return [...subnets, ...peers, ...spaces];
}

function checkServiceRange(range: string, one: AttachedCluster, context: RuleContext): CheckResult {
  const others = reachableRanges(one, context);
  const { overlaps, odd } = overlapping(range, others);
  const evidence = [
    ...serviceEvidence(one),
    noted(
      one.cluster.id,
      others.slice(0, 20).map(({ prefix }) => prefix),
      'reachable address ranges',
    ),
  ];
  const said = `The service CIDR ${clean(range, 60)} of ${one.name}`;
  if (overlaps.length > 0) {
    const taken = [...new Map(overlaps.map((each) => [each.prefix, each])).values()];
    return fail(`${said} overlaps ${few(taken.map(rangeShown))}; nodes cannot reach those addresses.`, evidence);
  }
  if (odd.length > 0) return unparsed(odd, evidence);
  const block = parseBlock(range);
  if (context.profile !== 'article-2020' && block.ok && block.value.prefix < shortestPrefix) {
    return fail(`${said} is larger than /${shortestPrefix}, the largest that AKS supports.`, evidence);
  }
  return pass(`${said} does not overlap a reachable network.`, evidence);
}

export const aksServiceCidrNoOverlap = defineRule({
  ...aksRule,
  id: 'aks.service-cidr-no-overlap',
  title: 'Service CIDR does not overlap a reachable network',
  problem: 'Service CIDR overlaps a network or is too large',
  severity: 'high',
  explain: {
    why: "The service CIDR exists only inside the cluster, so Azure does not check it for overlaps. Packets to an overlapping subnet go to a service instead. Microsoft's 2020 article on virtual networks uses 10.0.0.0/16, which is also the default of new virtual networks.",
    fix: 'None: the service CIDR cannot be changed. Create the cluster again with a range that no reachable network uses, including on-premises networks.',
    links: [links.secureInference, links.kubernetesAddresses],
  },
  subjects: allClusters,
  check(one, context) {
    const ranges = serviceRanges(one);
    if (ranges.length === 0) {
      return unknown(`The service CIDR of ${one.name} is not known.`, [
        evidenceAt(one.cluster, '/properties/networkProfile/serviceCidr', 'service CIDR (serviceCidr)'),
      ]);
    }
    return (
      withoutSubnet(one) ??
      worstOf(
        'high',
        ranges.map(
          ({ text }) =>
            () =>
              checkServiceRange(text, one, context),
        ),
      )
    );
  },
});

export const aksDnsServiceIp = defineRule({
  ...aksRule,
  id: 'aks.dns-service-ip',
  title: 'DNS service IP is valid for the service CIDR',
  problem: 'DNS service IP is not valid for the service CIDR',
  severity: 'medium',
  explain: {
    why: 'Pods resolve names at this address. It must be in the service CIDR, and not its first address, which the API server uses.',
    fix: 'None: the DNS service IP cannot be changed. Create the cluster again with an address of its service CIDR, for example the tenth.',
    links: [links.secureInference, links.kubernetesAddresses],
  },
  subjects: allClusters,
  check(one) {
    const { cluster, view, name } = one;
    const evidence = [
      evidenceAt(cluster, `${networkProfile}/dnsServiceIP`, 'DNS service IP (dnsServiceIP)'),
      ...serviceEvidence(one),
    ];
    const blocks = serviceRanges(one).flatMap(({ text }) => {
      const block = parseBlock(text);
      return block.ok ? [block.value] : [];
    });
    const address = view.dnsAddress === undefined ? undefined : parseAddress(view.dnsAddress);
    if (address === undefined || !address.ok || blocks.length === 0) {
      return unknown(`The DNS service IP or the service CIDR of ${name} is not known.`, evidence);
    }
    const said = `The DNS service IP ${clean(view.dnsAddress, 40)} of ${name}`;
    const home = blocks.find((block) => contains(block, { first: address.value, last: address.value }));
    if (!home) return fail(`${said} is not in its service CIDR.`, evidence);
    return address.value <= home.first + 1
      ? fail(`${said} is the first address of its service CIDR, which the API server uses.`, evidence)
      : pass(`${said} is in its service CIDR.`, evidence);
  },
});

const bridgePointer = `${createdNetwork}/dockerBridgeCidr`;

/** A host address with a prefix length (`172.17.0.1/16`) as the range it is in; undefined when it is not one. */
function rangeAround(text: string): string | undefined {
  const [address = '', length = ''] = text.split('/');
  const parsed = parseAddress(address);
  const prefix = Number(length);
  if (!parsed.ok || !/^\d{1,2}$/.test(length) || prefix > 32) return undefined;
  const size = 2 ** (32 - prefix);
  return formatBlock({ first: parsed.value - (parsed.value % size), prefix });
}

export const aksDockerBridge = defineRule({
  ...aksRule,
  id: 'aks.docker-bridge',
  title: 'Docker bridge CIDR does not overlap another range',
  problem: 'Docker bridge CIDR overlaps another range',
  severity: 'low',
  explain: {
    why: 'Each node uses the Docker bridge CIDR locally. Nodes cannot reach subnets or services with addresses in that range.',
    fix: 'None: the Docker bridge CIDR cannot be changed. Create the cluster again with a bridge range that is not used elsewhere.',
    links: [links.secureInference, links.kubernetesNetwork],
  },
  subjects: allClusters,
  check(one, { index }) {
    const { compute, name } = one;
    const bridge = textAt(compute.body, bridgePointer);
    const evidence = [
      evidenceAt(compute, bridgePointer, 'Docker bridge CIDR (dockerBridgeCidr)'),
      ...serviceEvidence(one),
    ];
    if (isOdd(compute, bridgePointer, 'string')) {
      return unknown(`The Docker bridge CIDR of ${name} has an unexpected value.`, evidence);
    }
    if (bridge === undefined) {
      return notApplicable(
        `${name} shows no Docker bridge CIDR; only clusters created by the workspace have one.`,
        evidence,
      );
    }
    const range = rangeAround(bridge);
    if (range === undefined) {
      return unknown(`The Docker bridge CIDR ${clean(bridge, 60)} of ${name} is not a valid CIDR.`, evidence);
    }
    const { overlaps, odd } = overlapping(range, [
      ...serviceRanges(one).map(({ text }) => ({ prefix: text, of: 'the service CIDR' })),
      ...subnetRanges(one, index),
    ]);
    if (overlaps.length > 0) {
      return fail(`The Docker bridge CIDR ${range} of ${name} overlaps ${few(overlaps.map(rangeShown))}.`, evidence);
    }
    return odd.length > 0
      ? unparsed(odd, evidence)
      : pass(`The Docker bridge CIDR ${range} of ${name} does not overlap another range.`, evidence);
  },
});

/** Ranges that AKS reserves (Microsoft Learn, "AKS legacy CNI", read 2026-04). */
const reserved = ['169.254.0.0/16', '172.30.0.0/16', '172.31.0.0/16', '192.0.2.0/24'];

export const aksReservedRanges = defineRule({
  ...aksRule,
  id: 'aks.reserved-ranges',
  title: 'Cluster uses no address range reserved by AKS',
  problem: 'Address range reserved by AKS is in use',
  severity: 'medium',
  explain: {
    why: 'AKS uses some address ranges inside every cluster. Other traffic to these ranges is refused or sent to the wrong destination.',
    fix: 'None: the address ranges of a cluster cannot be changed. Create the cluster again with other ranges, in a virtual network with another address space.',
    links: [links.kubernetesNetwork, links.kubernetesAddresses],
  },
  subjects: allClusters,
  check(one, { index }) {
    const own: NamedRange[] = [
      ...serviceRanges(one).map(({ text }) => ({ prefix: text, of: 'the service CIDR' })),
      ...one.view.podRanges.map((prefix) => ({ prefix, of: 'the pod CIDR' })),
      ...nodeNetworks(one).flatMap((vnet) => {
        const network = index.get(vnet);
        const prefixes = network ? vnetView(network).prefixes : [];
        return prefixes.map((prefix) => ({ prefix, of: `virtual network ${displayName(vnet)}` }));
      }),
    ];
    const found = reserved.map((range) => ({ range, ...overlapping(range, own) }));
    const evidence = [evidenceAt(one.cluster, networkProfile, 'network profile (service and pod CIDRs)')];
    const used = found
      .filter(({ overlaps }) => overlaps.length > 0)
      .map(({ range, overlaps }) => `${few(overlaps.map(rangeShown))} in ${range}`);
    if (used.length > 0) return fail(`${one.name} uses ranges reserved by AKS: ${few(used)}.`, evidence);
    const odd = [...new Set(found.flatMap((each) => each.odd))];
    return odd.length > 0 ? unparsed(odd, evidence) : pass(`${one.name} uses no range reserved by AKS.`, evidence);
  },
});
