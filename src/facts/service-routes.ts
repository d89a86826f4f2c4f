// The routes that service endpoints add to a subnet: for the public addresses of their services, which service tags hold.
import { fold } from '../model/resource-id.ts';
import type { SnapshotIndex } from '../model/snapshot-index.ts';
import { type Route, regionalTag, subnetTable } from '../net/index.ts';
import { findSubnet, type ServiceEndpoint, subnetView, vnetView } from '../resource-types/network-view.ts';
import { pairedRegion } from './region-pairs.ts';
import { regionOf, stateOf } from './service-endpoints.ts';
import { serviceTagsOf, wholeTag } from './service-tags.ts';
import { networkOf } from './training-subnets.ts';

/** The tag of each service, and whether an endpoint serves the accounts of some regions only. */
const tags: Readonly<Record<string, { readonly tag: string; readonly isRegional: boolean }>> = {
  'microsoft.storage': { tag: 'Storage', isRegional: true },
  'microsoft.storage.global': { tag: 'Storage', isRegional: false },
  'microsoft.keyvault': { tag: 'AzureKeyVault', isRegional: false },
  'microsoft.containerregistry': { tag: 'AzureContainerRegistry', isRegional: false },
  'microsoft.sql': { tag: 'Sql', isRegional: true },
  'microsoft.eventhub': { tag: 'EventHub', isRegional: false },
  'microsoft.servicebus': { tag: 'ServiceBus', isRegional: false },
  'microsoft.azurecosmosdb': { tag: 'AzureCosmosDB', isRegional: false },
};

export interface ServiceRoutes {
  readonly routes: readonly Route[];
  /** Tags with unknown addresses, and services without a tag that is known: their routes are missing here. */
  readonly unknownTags: readonly string[];
}

/**
 * The tags of the services that the endpoints of a subnet lead to. Throws UnreadableError when the subnet or its network could
 * not be read.
 */
export function servedTags(subnetId: string, index: SnapshotIndex): readonly string[] {
  const subnet = findSubnet(index, subnetId);
  const named = (subnet ? subnetView(subnet).serviceEndpoints : [])
    .filter(({ provisioningState }) => stateOf(provisioningState) === 'good')
    .flatMap((one) => tagsOf(one, subnetId, index));
  return [...new Set(named)];
}

/** Throws UnreadableError when the subnet or its network could not be read. */
export function serviceRoutesAt(subnetId: string, index: SnapshotIndex): ServiceRoutes {
  const known = wholeTag(serviceTagsOf(index));
  const found = servedTags(subnetId, index).map((tag) => ({
    tag,
    prefixes: known(tag)?.filter((one) => !one.includes(':')),
  }));
  return {
    routes: found.flatMap(({ tag, prefixes = [] }) => routesTo(tag, prefixes)),
    unknownTags: found.flatMap(({ tag, prefixes }) => (prefixes === undefined ? [tag] : [])),
  };
}

function tagsOf({ service, locations }: ServiceEndpoint, subnetId: string, index: SnapshotIndex): string[] {
  const own = tags[fold(service)];
  if (own === undefined) return [service];
  if (!own.isRegional || locations.includes('*')) return [own.tag];
  const network = networkOf(subnetId, index);
  const home = regionOf(network && vnetView(network).location);
  const pair = pairedRegion(home);
  const regions = locations.length > 0 ? locations.map(regionOf) : [home, ...(pair === undefined ? [] : [pair])];
  return regions.filter((one) => one !== '').map((one) => regionalTag(serviceTagsOf(index), own.tag, one));
}

const routesTo = (tag: string, prefixes: readonly string[]): Route[] =>
  subnetTable({ addressSpace: [], serviceEndpointPrefixes: prefixes })
    .routes.filter(({ nextHopType }) => fold(nextHopType) === 'virtualnetworkserviceendpoint')
    .map((route) => ({ ...route, serviceTag: tag }));
