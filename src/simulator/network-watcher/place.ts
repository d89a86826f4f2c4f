// The place of a network interface: its machine, its address, its subnet and network, and what is attached to them. Read from
// what is stored, at the moment of the question.
import { fold, parentOf, sameId } from '../gateway/address.ts';
import { type ArmObject, at, isObject, list, text } from '../json.ts';
import { idOf, type Store } from '../store/store.ts';
import type { Prefix } from './prefix.ts';

/** The service tags there are. */
export interface Tags {
  /** The prefixes of a tag; undefined for one that is not known. */
  prefixesOf(name: string): readonly string[] | undefined;
}

export interface NicPlace {
  readonly store: Store;
  readonly tags: Tags;
  readonly nic: ArmObject;
  /** What names stood for so far; filled by `standsFor`. */
  readonly meanings: Map<string, readonly Prefix[]>;
  readonly subnet: ArmObject;
  readonly network: ArmObject;
  readonly subnetGroup: ArmObject | undefined;
  readonly nicGroup: ArmObject | undefined;
  readonly routeTable: ArmObject | undefined;
}

/** Undefined when the interface is in no subnet that is stored. */
export function placeOf(store: Store, tags: Tags, nic: ArmObject): NicPlace | undefined {
  const configurations = list(nic, 'properties', 'ipConfigurations');
  const primary = configurations.find((item) => at(item, 'properties', 'primary') === true) ?? configurations[0];
  const subnet = referred(store, primary, 'subnet');
  const network = subnet && store.get(parentOf(idOf(subnet)));
  if (!subnet || !network) return undefined;
  return {
    store,
    tags,
    nic,
    meanings: new Map(),
    subnet,
    network,
    subnetGroup: referred(store, subnet, 'networkSecurityGroup'),
    nicGroup: referred(store, nic, 'networkSecurityGroup'),
    routeTable: referred(store, subnet, 'routeTable'),
  };
}

/** The stored document that a member of `properties` refers to. */
function referred(store: Store, body: Parameters<typeof text>[0], member: string): ArmObject | undefined {
  const id = text(body, 'properties', member, 'id');
  return id === undefined ? undefined : store.get(id);
}

/** Private addresses of an interface. */
export const addressesOfNic = (nic: ArmObject): string[] =>
  list(nic, 'properties', 'ipConfigurations').flatMap((item) => text(item, 'properties', 'privateIPAddress') ?? []);

/** Is it attached to a machine that runs? */
export function runs(store: Store, nic: ArmObject): boolean {
  const machine = store.get(text(nic, 'properties', 'virtualMachine', 'id') ?? '');
  return machine !== undefined && isRunning(machine);
}

/** As the machine's own instance view says; one that says nothing runs. */
export function isRunning(machine: ArmObject): boolean {
  const power = list(machine, 'properties', 'instanceView', 'statuses')
    .map((status) => fold(text(status, 'code') ?? ''))
    .find((code) => code.startsWith('powerstate/'));
  return power === undefined || power === 'powerstate/running';
}

/** The interfaces of a machine, its primary one first. */
export function nicsOf(store: Store, machine: ArmObject): ArmObject[] {
  const named = list(machine, 'properties', 'networkProfile', 'networkInterfaces').filter(isObject);
  const primary = (item: ArmObject): boolean => at(item, 'properties', 'primary') === true;
  return [...named.filter(primary), ...named.filter((item) => !primary(item))].flatMap(
    (item) => store.get(text(item, 'id') ?? '') ?? [],
  );
}

export const spaceOf = (network: ArmObject): string[] =>
  list(network, 'properties', 'addressSpace', 'addressPrefixes').filter((one) => typeof one === 'string');

/** Peerings over which traffic passes. */
const openPeerings = (network: ArmObject): ArmObject[] =>
  list(network, 'properties', 'virtualNetworkPeerings')
    .filter(isObject)
    .filter((peering) => fold(text(peering, 'properties', 'peeringState') ?? '') === 'connected')
    .filter((peering) => at(peering, 'properties', 'allowVirtualNetworkAccess') !== false);

/** The ranges of the peers that a network reaches. */
export const peeredSpace = (network: ArmObject): string[] =>
  openPeerings(network).flatMap((peering) => {
    const members = ['remoteAddressSpace', 'remoteVirtualNetworkAddressSpace'] as const;
    const member = members.find((name) => at(peering, 'properties', name) !== undefined) ?? members[0];
    return list(peering, 'properties', member, 'addressPrefixes').filter((one) => typeof one === 'string');
  });

/** The network itself and the peers of it that are stored. */
export const reachedNetworks = (store: Store, network: ArmObject): ArmObject[] => [
  network,
  ...openPeerings(network).flatMap(
    (peering) => store.get(text(peering, 'properties', 'remoteVirtualNetwork', 'id') ?? '') ?? [],
  ),
];

/** The networks whose gateways serve this one: itself, and peers whose gateway it uses. */
const networksOfGateways = (network: ArmObject): string[] => [
  idOf(network),
  ...openPeerings(network)
    .filter((peering) => at(peering, 'properties', 'useRemoteGateways') === true)
    .flatMap((peering) => text(peering, 'properties', 'remoteVirtualNetwork', 'id') ?? []),
];

/**
 * What the gateways tell the network of the other side: the ranges of the local network gateways they are connected with, and
 * everything where a gateway has a default site.
 */
export function gatewayPrefixes(store: Store, network: ArmObject): string[] {
  const own = networksOfGateways(network);
  const gateways = store.ofType('Microsoft.Network/virtualNetworkGateways').filter((gateway) =>
    list(gateway, 'properties', 'ipConfigurations').some((item) => {
      const subnet = text(item, 'properties', 'subnet', 'id');
      return subnet !== undefined && own.some((id) => sameId(parentOf(subnet), id));
    }),
  );
  return gateways.flatMap((gateway) => [
    ...(text(gateway, 'properties', 'gatewayDefaultSite', 'id') === undefined ? [] : ['0.0.0.0/0']),
    ...store
      .ofType('Microsoft.Network/connections')
      .filter((one) => sameId(text(one, 'properties', 'virtualNetworkGateway1', 'id') ?? '', idOf(gateway)))
      .flatMap((one) => {
        const site = store.get(text(one, 'properties', 'localNetworkGateway2', 'id') ?? '');
        return list(site, 'properties', 'localNetworkAddressSpace', 'addressPrefixes');
      })
      .filter((one) => typeof one === 'string'),
  ]);
}
