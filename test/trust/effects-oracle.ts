// Who reaches what in a simulated cloud, by sampling packets and by reading firewalls: the oracle that the effects of changes are held
// against. It reads raw bodies and asks the simulator's own packet judge; nothing of the product is used.
import { fold, nameOf, parentOf, sameId } from '../../src/simulator/gateway/address.ts';
import {
  type ArmJson,
  type ArmObject,
  at,
  isObject,
  list,
  object,
  stringifyJson,
  text,
} from '../../src/simulator/json.ts';
import {
  addressesOfNic,
  type NicPlace,
  placeOf,
  spaceOf,
  type Tags,
} from '../../src/simulator/network-watcher/place.ts';
import {
  addressOf,
  holds,
  type Prefix,
  prefixesOf,
  prefixOf,
  textOf,
} from '../../src/simulator/network-watcher/prefix.ts';
import { shownRoutes } from '../../src/simulator/network-watcher/routing.ts';
import { verdictOn, type WatcherVerdict } from '../../src/simulator/network-watcher/security.ts';
import { idOf, type Store } from '../../src/simulator/store/store.ts';

/** `unsure`: something decides that plain reading does not tell, an appliance for example. */
export type Reached = 'yes' | 'no' | 'unsure';

export type EndKind =
  | 'internet'
  | 'client'
  | 'tag'
  | 'node'
  | 'loose'
  | 'workspace'
  | 'trusted'
  | 'instance'
  | 'service'
  | 'subnet';

export interface End {
  readonly kind: EndKind;
  readonly key: string;
  /** Folded ids of what it may be called by: a node by its compute, machine, interface and subnet. */
  readonly ids: readonly string[];
  readonly name: string;
  /** The address of its packets, or null. */
  readonly address: string | null;
  /** Of a service: which of its names. `isApart`: private endpoints may lead to some of its names alone. */
  readonly of?: { readonly group: string; readonly isApart: boolean };
}

export interface OracleFlow {
  readonly key: string;
  readonly from: End;
  readonly to: End;
  readonly protocol: 'TCP' | 'UDP';
  readonly port: number;
  readonly reached: Reached;
  /** What decided, for the report of a difference. */
  readonly why: string;
}

/** Where a packet goes first, and by which user route. */
export interface OracleHop {
  readonly from: End;
  readonly to: End;
  readonly hop: string;
  /** Folded id of the user route. */
  readonly route: string | null;
}

/** The security rule that decided a packet. */
export interface Decider {
  readonly from: End;
  readonly to: End;
  readonly port: number;
  readonly rule: string;
  /** Folded ids that the rule may have: of the groups at the node. */
  readonly ids: readonly string[];
  readonly access: 'Allow' | 'Deny';
}

/** A packet that somebody claims something about: from and to a subnet or interface by id, or outside. */
export interface Asked {
  readonly key: string;
  readonly from: string | null;
  readonly to: string | null;
  readonly protocol: string;
  readonly source: string;
  readonly destination: string;
  readonly port: number;
}

export interface Seen {
  /** By key of the packets that were asked about. */
  readonly asked: ReadonlyMap<string, Verdict>;
  readonly flows: ReadonlyMap<string, OracleFlow>;
  readonly hops: ReadonlyMap<string, OracleHop>;
  readonly deciders: ReadonlyMap<string, Decider>;
  /** Folded ids of all security rules and routes. */
  readonly rules: ReadonlySet<string>;
}

/** Addresses of the Internet that nobody declares, and that are in no range of a service. */
export const internetSamples = [
  '9.9.9.9',
  '20.55.1.1',
  '77.1.2.3',
  '150.60.7.7',
  '198.51.100.9',
  '203.0.113.30',
  '203.0.113.200',
];
/** What nodes need, by tag and port. */
const tagFlows: readonly (readonly [tag: string, port: number, protocol: 'TCP' | 'UDP'])[] = [
  ...[['AzureActiveDirectory', 443, 'TCP'] as const, ['AzureResourceManager', 443, 'TCP'] as const],
  ...[['AzureMachineLearning', 443, 'TCP'] as const, ['AzureMachineLearning', 5831, 'UDP'] as const],
  ...[['BatchNodeManagement.WestEurope', 443, 'TCP'] as const, ['Storage.WestEurope', 443, 'TCP'] as const],
  ...[['AzureContainerRegistry.WestEurope', 443, 'TCP'] as const, ['MicrosoftContainerRegistry', 443, 'TCP'] as const],
  ...[['AzureFrontDoor.FirstParty', 443, 'TCP'] as const, ['AzureFrontDoor.Frontend', 443, 'TCP'] as const],
  ...[['AzureKeyVault.WestEurope', 443, 'TCP'] as const, ['AzureMonitor', 443, 'TCP'] as const],
];
const internetPorts = [443, 80, 22];
const peerPorts = [22, 443, 8000];
const inboundPorts = [22, 443, 3389, 8080];

interface Node extends End {
  readonly kind: 'node';
  readonly subnet: ArmObject;
  readonly network: ArmObject;
  readonly nic: ArmObject;
  readonly address: string;
  /** A public address of its own: which, `some` where that is not shown, or none. */
  readonly outside: string | 'some' | null;
  /** Ports at which something listens to the Internet. */
  readonly listens: readonly number[];
  /** Kubernetes clusters whose nodes have its address, or may have it. */
  readonly clusters: readonly ArmObject[];
}

interface Service extends End {
  readonly kind: 'service';
  readonly body: ArmObject;
  readonly group: string;
  readonly port: number;
  /** The tag of its public addresses, and its name among service endpoints. */
  readonly tag: string;
  readonly endpoint: string | null;
  readonly zone: string;
  /** Names of its records there: all of them are needed. */
  readonly labels: readonly string[];
}

const lower = (value: string | undefined): string => fold(value ?? '');
const end = (kind: EndKind, key: string, ids: readonly string[], name: string, address: string | null = null): End => ({
  ...{ kind, key, name, address },
  ids: ids.map(fold),
});

export class Oracle {
  readonly #store: Store;
  readonly #tags: Tags;
  readonly #clients: readonly string[];
  readonly #places: Map<string, OraclePlace>;
  readonly #own: string;
  #shared = '';
  /** Of this look, by key of the node. */
  readonly #met = new Map<string, OraclePlace>();

  /** `own`: id of the workspace that is looked at. `places`: what was computed before, for the same tags. */
  constructor(
    store: Store,
    tags: Tags,
    { own, clients }: { readonly own: string; readonly clients: readonly string[] },
    places = new Map<string, OraclePlace>(),
  ) {
    this.#store = store;
    this.#own = own;
    this.#tags = tags;
    this.#clients = clients;
    this.#places = places;
  }

  look(asked: readonly Asked[] = []): Seen {
    const store = this.#store;
    this.#shared = sharedOf(store);
    this.#met.clear();
    const flows = new Map<string, OracleFlow>();
    const hops = new Map<string, OracleHop>();
    const deciders = new Map<string, Decider>();
    const tell = (from: End, to: End, protocol: 'TCP' | 'UDP', port: number, [reached, why]: Verdict): void => {
      const key = `${from.key} > ${to.key} ${protocol} ${port}`;
      flows.set(key, { key, from, to, protocol, port, reached, why });
    };
    const nodes = nodesOf(store);
    const services = servicesOf(store, this.#own);
    const outsiders = [
      ...internetSamples.map((address) => end('internet', `internet ${address}`, [], address, address)),
      ...this.#clients.flatMap((range) =>
        // In both halves: a rule may allow one of them.
        halvesOf(range).map((half) => end('client', `client ${range} ${half}`, [], range, sampleOf(half))),
      ),
    ].filter((one) => one.kind !== 'internet' || !this.#clients.some((range) => isIn(range, one.address ?? '')));
    const outsideNodes = looseOf(store);
    for (const loose of outsideNodes)
      for (const { end: to, protocol, port } of this.#outside())
        tell(loose, to, protocol, port, ['yes', 'it is in no network of the customer']);
    for (const service of services) {
      for (const from of outsiders) tell(from, service, 'TCP', service.port, fromAddress(service, from.address ?? ''));
      for (const node of nodes) tell(node, service, 'TCP', service.port, this.#toService(node, service));
      for (const loose of outsideNodes) tell(loose, service, 'TCP', service.port, fromSomewhere(service));
      for (const one of usersOf(store, service).filter(({ ids }) => !ids.includes(fold(this.#own))))
        tell(one, service, 'TCP', service.port, asUser(service));
      // By identity the same services are met at every port.
      if (service.port !== 443) continue;
      const trusted = end('trusted', 'trusted', [], 'trusted Azure services');
      tell(trusted, service, 'TCP', 443, asTrusted(service));
      for (const id of instancesOf(service))
        tell(end('instance', `instance ${fold(id)}`, [id], nameOf(id)), service, 'TCP', 443, asInstance(service));
    }
    for (const node of nodes) {
      for (const to of this.#outside()) {
        const { protocol, port } = to;
        const way = this.#out(node, to.end.address ?? '', protocol, port);
        const key = `${node.key} > ${to.end.key} ${protocol} ${port}`;
        hops.set(key, { from: node, to: to.end, hop: way.hop, route: way.route });
        if (way.verdict.rule)
          deciders.set(key, {
            ...{ from: node, to: to.end, port, rule: way.verdict.rule.name, access: way.verdict.access },
            ids: groupsOf(node).map((id) => fold(`${id}/${way.verdict.rule?.name}`)),
          });
        tell(node, to.end, protocol, port, this.#toOutside(node, way));
      }
      for (const peer of nodes) if (peer !== node) this.#between(node, peer, tell, hops);
    }
    for (const node of nodes.filter(({ outside }) => outside !== null))
      for (const from of outsiders)
        for (const port of node.listens) {
          const verdict = this.#inFromOutside(node, from.address ?? '', 'TCP', port);
          tell(from, node, 'TCP', port, [verdict.access === 'Allow' ? 'yes' : 'no', ruleName(verdict)]);
        }
    const answers = new Map(asked.map((one) => [one.key, this.#answer(one)]));
    return { asked: answers, flows, hops, deciders, rules: rulesOf(store) };
  }

  /** What becomes of one packet. */
  #answer({ from, to, protocol, source, destination, port }: Asked): Verdict {
    const [here, there] = [this.#nodeAt(from, source), this.#nodeAt(to, destination)];
    if ((from !== null && !here) || (to !== null && !there)) return ['unsure', 'an end is not there'];
    if (here && there) return this.#toPeer(here, there, this.#out(here, destination, protocol, port), port, protocol);
    if (here) return this.#toOutside(here, this.#out(here, destination, protocol, port));
    if (!there) return ['unsure', 'no end is in a network'];
    const verdict = this.#inFromOutside(there, source, protocol, port);
    if (verdict.access === 'Deny') return ['no', `denied by ${ruleName(verdict)}`];
    return [there.outside === null ? 'unsure' : 'yes', ruleName(verdict)];
  }

  /** A public address of the Standard SKU lets nothing in where no security group does (Microsoft, public IP addresses, 2026). */
  #inFromOutside(node: Node, source: string, protocol: string, port: number): WatcherVerdict {
    const verdict = this.#in(node, source, protocol, port);
    const ids = list(node.nic, 'properties', 'ipConfigurations').flatMap(
      (one) => text(one, 'properties', 'publicIPAddress', 'id') ?? [],
    );
    const isStandard = (id: string) => lower(text(this.#store.get(id), 'sku', 'name')) === 'standard';
    const isClosed = groupsOf(node).length === 0 && ids.length > 0 && ids.every(isStandard);
    return isClosed ? { ...verdict, access: 'Deny' } : verdict;
  }

  /** A node at an address of a subnet, or at an interface. */
  #nodeAt(id: string | null, address: string): Node | undefined {
    const body = id === null ? undefined : this.#store.get(id);
    if (id === null || !body) return undefined;
    const isSubnet = /\/subnets\/[^/]+$/i.test(id);
    const subnetId = isSubnet
      ? id
      : text(list(body, 'properties', 'ipConfigurations')[0], 'properties', 'subnet', 'id');
    const known = nodesOf(this.#store).filter(({ ids }) => ids.includes(fold(id)));
    const held = known.find((one) => one.address === address);
    const subnet = this.#store.get(subnetId ?? '');
    const network = subnet && this.#store.get(parentOf(idOf(subnet)));
    if (held || !subnet || !network) return held;
    return {
      ...end('node', `node ${fold(id)} ${address}`, [id], nameOf(id), address),
      // Nodes with public addresses of their own are asked by themselves.
      ...{ kind: 'node', address, outside: null, subnet, network, listens: [] },
      clusters: isSubnet ? clustersIn(this.#store, id) : [],
      nic: isSubnet
        ? object({ properties: { ipConfigurations: [{ properties: { privateIPAddress: address, subnet: { id } } }] } })
        : body,
    };
  }

  /** Destinations outside the network: what nodes need, and the Internet. */
  #outside(): { readonly end: End; readonly protocol: 'TCP' | 'UDP'; readonly port: number }[] {
    const needed = tagFlows.flatMap(([tag, port, protocol]) => {
      const [first] = this.#tags.prefixesOf(tag)?.filter((one) => !one.includes(':')) ?? [];
      return first === undefined
        ? []
        : { end: end('tag', `tag ${fold(tag)}`, [], tag, sampleOf(first)), protocol, port };
    });
    const rest = internetSamples.flatMap((address) =>
      internetPorts.map((port) => ({
        end: end('internet', `internet ${address}`, [], address, address),
        ...{ protocol: 'TCP' as const, port },
      })),
    );
    return [...needed, ...rest];
  }

  #place(node: Node): OraclePlace {
    const met = this.#met.get(node.key) ?? this.#placeBy(node);
    this.#met.set(node.key, met);
    return met;
  }

  #placeBy(node: Node): OraclePlace {
    const { store, tags } = { store: this.#store, tags: this.#tags };
    const bodies = [
      node.network,
      store.get(text(node.subnet, 'properties', 'networkSecurityGroup', 'id') ?? ''),
      store.get(text(node.nic, 'properties', 'networkSecurityGroup', 'id') ?? ''),
      store.get(text(node.subnet, 'properties', 'routeTable', 'id') ?? ''),
    ];
    const key = [node.address, ...bodies.map((one) => (one ? stringifyJson(one) : '-')), this.#shared].join('\n');
    const known = this.#places.get(key);
    if (known) return known;
    const place = placeOf(store, tags, node.nic);
    if (!place) throw new Error(`${node.name} is in no subnet`);
    const made = new OraclePlace(place);
    this.#places.set(key, made);
    return made;
  }

  #in(node: Node, from: string, protocol: string, port: number): WatcherVerdict {
    return this.#place(node).verdict('Inbound', from, node.address, protocol, port);
  }

  #out(node: Node, to: string, protocol: string, port: number): Way {
    const place = this.#place(node);
    const verdict = place.verdict('Outbound', node.address, to, protocol, port);
    const route = place.routeTo(to);
    const isLost = route.address !== null && !place.reaches(route.address);
    const table = text(node.subnet, 'properties', 'routeTable', 'id');
    return {
      verdict,
      route: route.name === null ? null : fold(`${table}/routes/${route.name}`),
      hop: isLost ? 'None' : route.address ? `${route.hop} ${route.address}` : route.hop,
    };
  }

  #toOutside(node: Node, { verdict, hop }: Way): Verdict {
    if (verdict.access === 'Deny') return ['no', `denied by ${ruleName(verdict)}`];
    const [kind] = hop.split(' ');
    if (kind === 'None') return ['no', 'dropped by a route'];
    if (kind !== 'Internet' && kind !== 'VirtualNetworkServiceEndpoint') return ['unsure', hop];
    if (kind === 'VirtualNetworkServiceEndpoint') return ['yes', hop];
    const out = this.#snat(node);
    return [out === null ? 'no' : out === 'default' ? 'unsure' : 'yes', `out by ${out ?? 'nothing'}`];
  }

  /** The public addresses that a node goes out with; `default` where Azure may lend one. */
  #snat(node: Node): readonly string[] | 'some' | 'default' | null {
    const gateway = text(node.subnet, 'properties', 'natGateway', 'id');
    if (gateway !== undefined) {
      const found = this.#store.get(gateway);
      const ids = list(found, 'properties', 'publicIpAddresses').flatMap((one) => text(one, 'id') ?? []);
      const addresses = ids.flatMap((id) => text(this.#store.get(id), 'properties', 'ipAddress') ?? []);
      const prefixes = list(found, 'properties', 'publicIpPrefixes').length;
      return prefixes > 0 || addresses.length < ids.length || ids.length === 0 ? 'some' : addresses;
    }
    if (node.outside !== null) return node.outside === 'some' ? 'some' : [node.outside];
    const managed = node.clusters.flatMap((one) => this.#egressOf(one) ?? []);
    const [first] = managed;
    if (first !== undefined) return managed.length > 1 ? 'some' : first.by;
    return at(node.subnet, 'properties', 'defaultOutboundAccess') === false ? null : 'default';
  }

  /**
   * How AKS leads the nodes of a cluster out; null where their subnet decides. A private subnet does not end what is configured explicitly:
   * by default the outbound rules of the cluster's own Standard load balancer (Microsoft Learn, "Customize cluster egress with outbound
   * types": "This setting doesn't impact AKS-managed cluster traffic", 2026).
   */
  #egressOf(cluster: ArmObject): { readonly by: readonly string[] | 'some' | 'default' } | null {
    const profile = at(cluster, 'properties', 'networkProfile');
    switch (lower(text(profile, 'outboundType') ?? 'loadBalancer')) {
      case 'loadbalancer': {
        // Outbound rules are of the Standard SKU.
        if (lower(text(profile, 'loadBalancerSku') ?? 'standard') !== 'standard') return { by: 'default' };
        const ids = list(profile, 'loadBalancerProfile', 'effectiveOutboundIPs').flatMap(
          (one) => text(one, 'id') ?? [],
        );
        const addresses = ids.flatMap((id) => text(this.#store.get(id), 'properties', 'ipAddress') ?? []);
        return { by: ids.length === 0 || addresses.length < ids.length ? 'some' : addresses };
      }
      case 'managednatgateway':
        return { by: 'some' };
      case 'userdefinedrouting':
      case 'userassignednatgateway':
      // "All AKS nodes follows Azure VM default outbound behavior."
      case 'none':
        return null;
      default:
        return { by: 'default' };
    }
  }

  /** All names of a service are needed: where they differ, it is reached in part. */
  #toService(node: Node, service: Service): Verdict {
    const each = service.labels.map((label) => this.#toNamed(node, service, label));
    const [first = ['unsure', 'it has no name']] = each;
    return each.every(([reached]) => reached === first[0]) ? first : ['unsure', 'some of its names lead elsewhere'];
  }

  #toNamed(node: Node, service: Service, label: string): Verdict {
    const named = this.#resolved(node, service, label);
    if (named === 'unsure') return ['unsure', 'what its name resolves to is not known'];
    if (named === null) return ['no', 'its name resolves to nothing'];
    if (named !== 'public') return this.#toEndpoint(node, service, named);
    const [first] = this.#tags.prefixesOf(service.tag)?.filter((one) => !one.includes(':')) ?? [];
    if (first === undefined) return ['unsure', `no addresses of ${service.tag}`];
    const way = this.#out(node, sampleOf(first), 'TCP', service.port);
    if (way.verdict.access === 'Deny') return ['no', `denied by ${ruleName(way.verdict)}`];
    const [kind] = way.hop.split(' ');
    if (kind === 'None') return ['no', 'dropped by a route'];
    if (isClosed(service)) return ['no', 'public network access is off'];
    if (kind === 'VirtualNetworkServiceEndpoint') return fromSubnet(service, idOf(node.subnet));
    if (kind !== 'Internet') return ['unsure', way.hop];
    const out = this.#snat(node);
    if (out === null) return ['no', 'it has no way out'];
    const [reached, why] = typeof out === 'string' ? fromSomewhere(service) : fromAddress(service, out[0] ?? '');
    // Traffic within a region has private addresses, which IP rules do not match.
    const [here, there] = [node.network, service.body].map((one) => lower(text(one, 'location')).replaceAll(' ', ''));
    const isNear = service.endpoint === 'microsoft.storage' && here === there && why.startsWith('allowed by ');
    const isVague = out === 'default' || (typeof out !== 'string' && out.length > 1) || isNear;
    return [reached === 'yes' && isVague ? 'unsure' : reached, why];
  }

  #toEndpoint(node: Node, service: Service, address: string): Verdict {
    const nic = this.#store
      .ofType('Microsoft.Network/networkInterfaces')
      .find((one) => text(one, 'properties', 'privateEndpoint', 'id') && addressesOfNic(one).includes(address));
    const endpoint = text(nic, 'properties', 'privateEndpoint', 'id');
    if (!nic || endpoint === undefined) return ['no', `${address} is no private endpoint`];
    if (!leadsTo(this.#store.get(endpoint), service))
      return ['no', `${nameOf(endpoint)} is of another resource or group`];
    const status = lower(statusOf(service.body, endpoint));
    if (status !== 'approved') return ['no', `${nameOf(endpoint)} is ${status || 'not connected'}`];
    const way = this.#out(node, address, 'TCP', service.port);
    if (way.verdict.access === 'Deny') return ['no', `denied by ${ruleName(way.verdict)}`];
    const [kind] = way.hop.split(' ');
    if (kind === 'None' || kind === 'Internet') return ['no', `its route leads to ${kind}`];
    if (kind === 'VirtualAppliance' || kind === 'VirtualNetworkGateway') return ['unsure', way.hop];
    const at = placeOf(this.#store, this.#tags, nic);
    const policies = lower(text(at?.subnet, 'properties', 'privateEndpointNetworkPolicies'));
    if (at && (policies === 'enabled' || policies === 'networksecuritygroupenabled')) {
      const verdict = new OraclePlace(at).verdict('Inbound', node.address, address, 'TCP', service.port);
      if (verdict.access === 'Deny') return ['no', `denied at ${nameOf(endpoint)} by ${ruleName(verdict)}`];
    }
    if (at && !isMutual(node.network, at.network)) return ['unsure', 'the other network may not answer'];
    return ['yes', `through ${nameOf(endpoint)}`];
  }

  /** What the name of a service resolves to at a node: an address, `public`, or nothing. */
  #resolved(node: Node, service: Service, label: string): string | 'public' | 'unsure' | null {
    const connections = list(service.body, 'properties', 'privateEndpointConnections');
    if (connections.length === 0) return 'public';
    if (list(node.network, 'properties', 'dhcpOptions', 'dnsServers').length > 0) return 'unsure';
    const [link] = this.#store
      .ofType('Microsoft.Network/privateDnsZones/virtualNetworkLinks')
      .filter((one) => sameId(text(one, 'properties', 'virtualNetwork', 'id') ?? '', idOf(node.network)))
      .filter((one) => fold(nameOf(parentOf(idOf(one)))) === service.zone);
    if (link === undefined) return 'public';
    const record = this.#store.get(`${parentOf(idOf(link))}/A/${label}`);
    const address = text(list(record, 'properties', 'aRecords')[0], 'ipv4Address');
    if (address !== undefined) return address;
    if (lower(text(link, 'properties', 'resolutionPolicy')) === 'nxdomainredirect') return 'public';
    // Only the name of a group with an endpoint leads into the private zone.
    const endpoints = connections.map((one) => this.#store.get(text(one, 'properties', 'privateEndpoint', 'id') ?? ''));
    if (endpoints.some((one) => leadsTo(one, service))) return null;
    return this.#isManaged(service) ? null : 'unsure';
  }

  /** An active rule of a managed network has an approved endpoint, which no subscription of the customer shows. */
  #isManaged({ body, group }: Service): boolean {
    const own = list(body, 'properties', 'privateEndpointConnections').filter(
      (one) => !this.#store.holds(text(one, 'properties', 'privateEndpoint', 'id') ?? ''),
    );
    const isApproved = (one: ArmJson) =>
      lower(text(one, 'properties', 'privateLinkServiceConnectionState', 'status')) === 'approved';
    if (own.length === 0 || !own.every(isApproved)) return false;
    return this.#store
      .ofType('Microsoft.MachineLearningServices/workspaces/outboundRules')
      .some(
        (rule) =>
          lower(text(rule, 'properties', 'status')) === 'active' &&
          lower(text(rule, 'properties', 'destination', 'subresourceTarget')) === group &&
          sameId(text(rule, 'properties', 'destination', 'serviceResourceId') ?? '', idOf(body)),
      );
  }

  #between(
    node: Node,
    peer: Node,
    tell: (from: End, to: End, protocol: 'TCP' | 'UDP', port: number, verdict: Verdict) => void,
    hops: Map<string, OracleHop>,
  ): void {
    if (!this.#place(node).reaches(peer.address)) return;
    for (const port of peerPorts) {
      const way = this.#out(node, peer.address, 'TCP', port);
      const key = `${node.key} > ${peer.key} TCP ${port}`;
      hops.set(key, { from: node, to: peer, hop: way.hop, route: way.route });
      tell(node, peer, 'TCP', port, this.#toPeer(node, peer, way, port));
    }
  }

  #toPeer(node: Node, peer: Node, way: Way, port: number, protocol = 'TCP'): Verdict {
    if (way.verdict.access === 'Deny') return ['no', `denied by ${ruleName(way.verdict)}`];
    const [kind] = way.hop.split(' ');
    if (kind === 'None' || kind === 'Internet') return ['no', `its route leads to ${kind}`];
    const verdict = this.#in(peer, node.address, protocol, port);
    if (verdict.access === 'Deny') return ['no', `denied at ${peer.name} by ${ruleName(verdict)}`];
    if (kind === 'VNetPeering' && !isMutual(node.network, peer.network))
      return ['unsure', 'the other network may not answer'];
    return kind === 'VnetLocal' || kind === 'VNetPeering' ? ['yes', way.hop] : ['unsure', way.hop];
  }
}

export type Verdict = readonly [reached: Reached, why: string];

interface Way {
  readonly verdict: WatcherVerdict;
  /** Folded id of the user route. */
  readonly route: string | null;
  /** Type of the next hop, with the address of an appliance. */
  readonly hop: string;
}

interface ActiveRoute {
  readonly prefix: Prefix;
  readonly hop: string;
  readonly address: string | null;
  readonly name: string | null;
}

/** One place with what was computed of it. */
export class OraclePlace {
  readonly #place: NicPlace;
  readonly #verdicts = new Map<string, WatcherVerdict>();
  readonly #hops = new Map<string, ActiveRoute>();
  #routes: readonly ActiveRoute[] | undefined;

  constructor(place: NicPlace) {
    this.#place = place;
  }

  verdict(direction: 'Inbound' | 'Outbound', from: string, to: string, protocol: string, port: number): WatcherVerdict {
    const key = `${direction} ${from} ${to} ${protocol} ${port}`;
    const known = this.#verdicts.get(key);
    if (known) return known;
    const [source, destination] = [addressOf(from), addressOf(to)];
    if (!source || !destination) throw new Error(`no addresses: ${from} ${to}`);
    const made = verdictOn(this.#place, {
      ...{ direction, protocol, source, destination, sourcePort: 50_000, destinationPort: port },
    });
    this.#verdicts.set(key, made);
    return made;
  }

  /** Of the routes that count, the narrowest that holds the address. */
  routeTo(address: string): ActiveRoute {
    const known = this.#hops.get(address);
    if (known) return known;
    this.#routes ??= shownRoutes(this.#place).flatMap(activeOf);
    const to = addressOf(address);
    const none: ActiveRoute = { prefix: { family: 4, bits: '' }, hop: 'None', address: null, name: null };
    const found = this.#routes
      .filter(({ prefix }) => to !== undefined && holds(prefix, to))
      .reduce((best, one) => (best === none || one.prefix.bits.length > best.prefix.bits.length ? one : best), none);
    this.#hops.set(address, found);
    return found;
  }

  /** Is the address in the network or one that it is peered with? */
  reaches(address: string): boolean {
    const to = addressOf(address);
    return to !== undefined && connectedSpace(this.#place.network).some((one) => holds(one, to));
  }
}

function activeOf(shown: { readonly [name: string]: ArmJson }): ActiveRoute[] {
  if (shown.state !== 'Active') return [];
  const [address = null] = list(object(shown), 'nextHopIpAddress');
  return prefixesOf(list(object(shown), 'addressPrefix').map(String)).map((prefix) => ({
    prefix,
    hop: String(shown.nextHopType),
    address: typeof address === 'string' ? address : null,
    name: typeof shown.name === 'string' ? shown.name : null,
  }));
}

const connectedSpace = (network: ArmObject): Prefix[] =>
  prefixesOf([
    ...spaceOf(network),
    ...list(network, 'properties', 'virtualNetworkPeerings')
      .filter((one) => lower(text(one, 'properties', 'peeringState')) === 'connected')
      .flatMap((one) => list(one, 'properties', 'remoteAddressSpace', 'addressPrefixes'))
      .filter((one) => typeof one === 'string'),
  ]);

/** Are the two one network, or peered whole and with access from both sides? */
function isMutual(network: ArmObject, other: ArmObject): boolean {
  if (sameId(idOf(network), idOf(other))) return true;
  const leads = (from: ArmObject, to: ArmObject): boolean =>
    list(from, 'properties', 'virtualNetworkPeerings').some(
      (one) =>
        sameId(text(one, 'properties', 'remoteVirtualNetwork', 'id') ?? '', idOf(to)) &&
        lower(text(one, 'properties', 'peeringState')) === 'connected' &&
        at(one, 'properties', 'allowVirtualNetworkAccess') !== false &&
        at(one, 'properties', 'peerCompleteVnets') !== false,
    );
  return leads(network, other) && leads(other, network);
}

const ruleName = ({ rule, access }: WatcherVerdict): string => rule?.name ?? `no rule (${access})`;

/** What decides at every place beside its own bodies. */
const sharedOf = (store: Store): string =>
  [
    'networkInterfaces',
    'virtualNetworkGateways',
    'connections',
    'localNetworkGateways',
    'networkManagers',
    'networkManagers/securityAdminConfigurations',
    'networkManagers/securityAdminConfigurations/ruleCollections',
    'networkManagers/securityAdminConfigurations/ruleCollections/rules',
  ]
    .flatMap((type) => store.ofType(`Microsoft.Network/${type}`))
    .map((one) => stringifyJson(one))
    .join('\n');

const rulesOf = (store: Store): Set<string> =>
  new Set(
    ['networkSecurityGroups/securityRules', 'routeTables/routes']
      .flatMap((type) => store.ofType(`Microsoft.Network/${type}`))
      .map((one) => fold(idOf(one))),
  );

/** An address in the middle of a range, which no network address or gateway has. */
export function sampleOf(range: string): string {
  const prefix = prefixOf(range);
  if (!prefix) throw new Error(`no range: ${range}`);
  const rest = 32 - prefix.bits.length;
  const offset = rest >= 4 ? '101'.padStart(rest, '0') : '0'.repeat(rest);
  return textOf({ family: 4, bits: prefix.bits + offset }).split('/')[0] ?? '';
}
function halvesOf(range: string): string[] {
  const prefix = prefixOf(range);
  if (!prefix || prefix.bits.length > 30) return [range];
  return ['0', '1'].map((bit) => textOf({ family: 4, bits: prefix.bits + bit }));
}
export const isIn = (range: string, address: string): boolean => {
  const [whole, one] = [prefixOf(range), addressOf(address)];
  return whole !== undefined && one !== undefined && holds(whole, one);
};

const groupsOf = ({ subnet, nic }: Node): string[] =>
  [subnet, nic].flatMap((one) => text(one, 'properties', 'networkSecurityGroup', 'id') ?? []);

// Sources.

/** Everything that sends packets from a subnet: machines by their interfaces, the rest at an address of the subnet. */
function nodesOf(store: Store): Node[] {
  const nodes: Node[] = [];
  const add = (
    ids: readonly string[],
    name: string,
    subnetId: string,
    outside: Node['outside'],
    { nic, listens = [], clusters = [] }: Partial<Pick<Node, 'nic' | 'listens' | 'clusters'>> = {},
  ): void => {
    const subnet = store.get(subnetId);
    const network = subnet && store.get(parentOf(idOf(subnet)));
    const range = text(subnet, 'properties', 'addressPrefix') ?? list(subnet, 'properties', 'addressPrefixes')[0];
    if (!subnet || !network || typeof range !== 'string') return;
    const address = (nic && addressesOfNic(nic)[0]) ?? sampleOf(range);
    const made =
      nic ??
      object({
        properties: { ipConfigurations: [{ properties: { privateIPAddress: address, subnet: { id: subnetId } } }] },
      });
    nodes.push({
      ...{ kind: 'node', key: `node ${fold(ids[0] ?? '')}`, ids: [...ids, subnetId].map(fold), name, address, outside },
      ...{ subnet, network, nic: made, listens: outside === null ? [] : listens, clusters },
    });
  };
  for (const nic of store.ofType('Microsoft.Network/networkInterfaces')) {
    const machine = text(nic, 'properties', 'virtualMachine', 'id');
    const [first] = list(nic, 'properties', 'ipConfigurations');
    const subnet = text(first, 'properties', 'subnet', 'id');
    if (machine === undefined || subnet === undefined) continue;
    const address = text(first, 'properties', 'publicIPAddress', 'id');
    const outside = address === undefined ? null : (text(store.get(address), 'properties', 'ipAddress') ?? 'some');
    add([idOf(nic), machine], nameOf(machine), subnet, outside, { nic, listens: inboundPorts });
  }
  for (const compute of store.ofType('Microsoft.MachineLearningServices/workspaces/computes')) {
    const subnet = text(compute, 'properties', 'properties', 'subnet', 'id');
    const isPublic = at(compute, 'properties', 'properties', 'enableNodePublicIp') !== false;
    const ssh = [
      text(compute, 'properties', 'properties', 'remoteLoginPortPublicAccess'),
      text(compute, 'properties', 'properties', 'sshSettings', 'sshPublicAccess'),
    ];
    const listens = ssh.some((one) => lower(one) === 'enabled') ? [22] : [];
    if (subnet !== undefined)
      add([idOf(compute)], nameOf(idOf(compute)), subnet, isPublic ? 'some' : null, { listens });
  }
  for (const cluster of store.ofType('Microsoft.ContainerService/managedClusters'))
    for (const pool of list(cluster, 'properties', 'agentPoolProfiles')) {
      const subnet = text(pool, 'vnetSubnetID');
      if (subnet !== undefined)
        add(
          [`${idOf(cluster)}/agentPools/${text(pool, 'name')}`, idOf(cluster), ...attachedAs(store, idOf(cluster))],
          nameOf(idOf(cluster)),
          subnet,
          at(pool, 'enableNodePublicIP') === true ? 'some' : null,
          { clusters: [cluster] },
        );
    }
  for (const workspace of store.ofType('Microsoft.MachineLearningServices/workspaces')) {
    const settings = at(workspace, 'properties', 'serverlessComputeSettings');
    const subnet = text(settings, 'serverlessComputeCustomSubnet');
    const isPublic = at(settings, 'serverlessComputeNoPublicIP') !== true;
    if (subnet !== undefined)
      add(
        [`${idOf(workspace)}#serverless`, idOf(workspace)],
        `serverless of ${nameOf(idOf(workspace))}`,
        subnet,
        isPublic ? 'some' : null,
      );
  }
  for (const type of ['Microsoft.HDInsight/clusters', 'Microsoft.ContainerInstance/containerGroups'])
    for (const one of store.ofType(type))
      for (const subnet of new Set(idsIn(one).filter((id) => /\/subnets\/[^/]+$/i.test(id))))
        add([idOf(one)], nameOf(idOf(one)), subnet, null);
  return nodes;
}

/** Ids of the computes as which a cluster is attached. */
const attachedAs = (store: Store, cluster: string): string[] =>
  store
    .ofType('Microsoft.MachineLearningServices/workspaces/computes')
    .flatMap((one) => (sameId(text(one, 'properties', 'resourceId') ?? '', cluster) ? [idOf(one)] : []));
const clustersIn = (store: Store, subnet: string): ArmObject[] =>
  store
    .ofType('Microsoft.ContainerService/managedClusters')
    .filter((one) =>
      list(one, 'properties', 'agentPoolProfiles').some((pool) => sameId(text(pool, 'vnetSubnetID') ?? '', subnet)),
    );

const idsIn = (value: ArmJson | undefined): string[] => {
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) return value.flatMap(idsIn);
  return isObject(value) ? [...value.values()].flatMap(idsIn) : [];
};

/** Managed computes and endpoints in no network of the customer, of workspaces without a managed network. */
function looseOf(store: Store): End[] {
  const found: End[] = [];
  for (const workspace of store.ofType('Microsoft.MachineLearningServices/workspaces')) {
    // A project is in the network of its hub.
    const settings = store.get(text(workspace, 'properties', 'hubResourceId') ?? '') ?? workspace;
    const mode = lower(text(settings, 'properties', 'managedNetwork', 'isolationMode'));
    if (mode !== '' && mode !== 'disabled') continue;
    for (const one of store.ofType('Microsoft.MachineLearningServices/workspaces/computes', idOf(workspace))) {
      const kind = text(one, 'properties', 'computeType') ?? '';
      if (!['AmlCompute', 'ComputeInstance'].includes(kind)) continue;
      if (text(one, 'properties', 'properties', 'subnet', 'id') !== undefined) continue;
      found.push(end('loose', `node ${fold(idOf(one))}`, [idOf(one)], nameOf(idOf(one))));
    }
    for (const one of store.ofType('Microsoft.MachineLearningServices/workspaces/onlineEndpoints', idOf(workspace)))
      if (text(one, 'kind') === 'Managed')
        found.push(end('loose', `node ${fold(idOf(one))}`, [idOf(one)], nameOf(idOf(one))));
  }
  return found;
}

/** Workspaces that name the service: projects use it through their hub. */
const usersOf = (store: Store, service: Service): End[] =>
  store
    .ofType('Microsoft.MachineLearningServices/workspaces')
    .filter((one) => text(one, 'kind') !== 'Project')
    .filter((one) => {
      const own = ['storageAccount', 'keyVault', 'containerRegistry'].map(
        (name) => text(one, 'properties', name) ?? '',
      );
      return own.some((id) => sameId(id, idOf(service.body)));
    })
    .map((one) => end('workspace', `workspace ${fold(idOf(one))}`, [idOf(one)], nameOf(idOf(one))));

// Services and their firewalls.

const storageGroups: readonly (readonly [group: string, port: number])[] = [
  ['blob', 443],
  ['file', 445],
  ['dfs', 443],
  ['queue', 443],
  ['table', 443],
];

/** Of which groups of an account is something known to need them? Queues and tables are for batch deployments, in the workspace's own account. */
function isNeeded(group: string, account: ArmObject, workspace: ArmObject | undefined): boolean {
  if (group === 'dfs') return at(account, 'properties', 'isHnsEnabled') === true;
  const isOwn = sameId(text(workspace, 'properties', 'storageAccount') ?? '', idOf(account));
  return isOwn || !['queue', 'table'].includes(group);
}

function servicesOf(store: Store, own: string): Service[] {
  const made = (
    body: ArmObject,
    group: string,
    port: number,
    more: Pick<Service, 'tag' | 'endpoint' | 'zone' | 'labels'>,
  ): Service => ({
    ...{
      kind: 'service',
      key: `${fold(idOf(body))}#${group}`,
      ids: [fold(idOf(body))],
      name: `${nameOf(idOf(body))} ${group}`,
    },
    ...{ address: null, body, group, port, ...more },
    of: { group, isApart: list(body, 'properties', 'privateEndpointConnections').length > 0 },
  });
  // A project uses the account of its hub.
  const workspace = store.get(text(store.get(own), 'properties', 'hubResourceId') ?? own);
  const region = (body: ArmObject) => lower(text(body, 'location') ?? 'westeurope').replaceAll(' ', '');
  return [
    ...store.ofType('Microsoft.Storage/storageAccounts').flatMap((body) =>
      storageGroups
        .filter(([group]) => isNeeded(group, body, workspace))
        .map(([group, port]) =>
          made(body, group, port, {
            ...{ tag: `Storage.${region(body)}`, endpoint: 'microsoft.storage' },
            ...{ zone: `privatelink.${group}.core.windows.net`, labels: [nameOf(idOf(body))] },
          }),
        ),
    ),
    ...store.ofType('Microsoft.KeyVault/vaults').map((body) =>
      made(body, 'vault', 443, {
        ...{ tag: `AzureKeyVault.${region(body)}`, endpoint: 'microsoft.keyvault' },
        ...{ zone: 'privatelink.vaultcore.azure.net', labels: [nameOf(idOf(body))] },
      }),
    ),
    ...store.ofType('Microsoft.ContainerRegistry/registries').map((body) =>
      made(body, 'registry', 443, {
        ...{ tag: `AzureContainerRegistry.${region(body)}`, endpoint: 'microsoft.containerregistry' },
        ...{
          zone: 'privatelink.azurecr.io',
          labels: [nameOf(idOf(body)), `${nameOf(idOf(body))}.${region(body)}.data`],
        },
      }),
    ),
    ...store
      .ofType('Microsoft.MachineLearningServices/workspaces')
      .filter((body) => sameId(idOf(body), text(store.get(own), 'properties', 'hubResourceId') ?? own))
      .map((body) =>
        made(body, 'amlworkspace', 443, {
          ...{ tag: 'AzureMachineLearning', endpoint: null, zone: 'privatelink.api.azureml.ms' },
          labels: ['', '.cert'].map(
            (end) => `${text(body, 'properties', 'workspaceId')}.workspace.${region(body)}${end}`,
          ),
        }),
      ),
  ];
}

/** The rules of a service's firewall; a registry below Premium has none that count. */
const rulesAt = (service: Service): ArmJson | undefined =>
  service.group === 'registry'
    ? at(service.body, 'properties', 'networkRuleSet')
    : at(service.body, 'properties', 'networkAcls');
const access = (service: Service): string => lower(text(service.body, 'properties', 'publicNetworkAccess'));
const isClosed = (service: Service): boolean => access(service) === 'disabled';
const isRuled = (service: Service): boolean =>
  service.group !== 'registry' || lower(text(service.body, 'sku', 'name')) === 'premium';
const listedAddresses = (service: Service): string[] => {
  if (service.group === 'amlworkspace')
    return list(service.body, 'properties', 'ipAllowlist').filter((one) => typeof one === 'string');
  return ['ipRules', 'ipv6Rules'].flatMap((name) =>
    list(rulesAt(service), name).flatMap((one) => text(one, 'value') ?? []),
  );
};

/** Does the firewall allow all networks? */
function isOpen(service: Service): boolean | 'unsure' {
  if (isClosed(service)) return false;
  if (access(service) === 'securedbyperimeter') return 'unsure';
  if (service.group === 'amlworkspace') return listedAddresses(service).length === 0;
  const action = lower(text(rulesAt(service), 'defaultAction'));
  // No document says what rules of a vault or an account without a default action do, nor rules of a registry below Premium that deny.
  if (service.group !== 'registry')
    return action === '' && (rulesAt(service) ?? null) !== null ? 'unsure' : action !== 'deny';
  return action !== 'deny' || (isRuled(service) ? false : 'unsure');
}

function fromAddress(service: Service, address: string): Verdict {
  const open = isOpen(service);
  if (open === 'unsure') return ['unsure', 'a perimeter, or no setting, decides'];
  if (open) return ['yes', 'open to all networks'];
  if (isClosed(service)) return ['no', 'public network access is off'];
  const range = listedAddresses(service).find((one) => isIn(one, address));
  return range === undefined ? ['no', 'no rule allows it'] : ['yes', `allowed by ${range}`];
}

/** From a public address that is not known. */
function fromSomewhere(service: Service): Verdict {
  const open = isOpen(service);
  if (open === 'unsure') return ['unsure', 'a perimeter, or no setting, decides'];
  if (open) return ['yes', 'open to all networks'];
  const isListed = !isClosed(service) && listedAddresses(service).length > 0;
  return isListed ? ['unsure', 'a rule may allow its address'] : ['no', 'no rule can allow it'];
}

const deadStates = ['networksourcedeleted', 'failed', 'deprovisioning'];

function fromSubnet(service: Service, subnet: string): Verdict {
  const open = isOpen(service);
  if (open === 'unsure') return ['unsure', 'a perimeter, or no setting, decides'];
  if (open) return ['yes', 'open to all networks'];
  const found = list(rulesAt(service), 'virtualNetworkRules').find((rule) =>
    [text(rule, 'id'), text(rule, 'virtualNetworkSubnetResourceId')].some(
      (id) => id !== undefined && sameId(id, subnet),
    ),
  );
  if (found === undefined || deadStates.includes(lower(text(found, 'state'))))
    return ['no', 'no rule allows the subnet'];
  return ['yes', 'allowed by its subnet rule'];
}

/** Another workspace is known to reach a service only where all networks do. */
function asUser(service: Service): Verdict {
  const open = isOpen(service);
  return open === true ? ['yes', 'open to all networks'] : ['unsure', 'its networks are not known'];
}

function asTrusted(service: Service): Verdict {
  const open = isOpen(service);
  if (open === 'unsure' || isClosed(service)) return ['unsure', 'public network access decides'];
  if (open) return ['yes', 'open to all networks'];
  if (service.group === 'amlworkspace') return ['unsure', 'a workspace has no bypass'];
  const name =
    service.group === 'registry'
      ? text(service.body, 'properties', 'networkRuleBypassOptions')
      : text(rulesAt(service), 'bypass');
  return [lower(name ?? 'AzureServices').includes('azureservices') ? 'yes' : 'no', `bypass ${name}`];
}

const instancesOf = (service: Service): string[] =>
  list(rulesAt(service), 'resourceAccessRules').flatMap((one) => text(one, 'resourceId') ?? []);
const asInstance = (service: Service): Verdict =>
  isClosed(service) ? ['unsure', 'public network access is off'] : ['yes', 'allowed by its instance rule'];

function statusOf(service: ArmObject, endpoint: string): string | undefined {
  const found = list(service, 'properties', 'privateEndpointConnections').find((one) =>
    sameId(text(one, 'properties', 'privateEndpoint', 'id') ?? '', endpoint),
  );
  return text(found, 'properties', 'privateLinkServiceConnectionState', 'status');
}

const leadsTo = (endpoint: ArmObject | undefined, service: Service): boolean =>
  ['privateLinkServiceConnections', 'manualPrivateLinkServiceConnections']
    .flatMap((name) => list(endpoint, 'properties', name))
    .some(
      (one) =>
        sameId(text(one, 'properties', 'privateLinkServiceId') ?? '', idOf(service.body)) &&
        list(one, 'properties', 'groupIds').some((group) => typeof group === 'string' && fold(group) === service.group),
    );
