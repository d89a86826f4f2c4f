// Service endpoints of a subnet: does it reach a service of this region through one?

import { isArray } from '../model/json.ts';
import { valueAt } from '../model/pointer.ts';
import { attempt } from '../model/readable.ts';
import type { Resource } from '../model/resource.ts';
import { fold, nameOf } from '../model/resource-id.ts';
import type { SnapshotIndex } from '../model/snapshot-index.ts';
import { clean } from '../model/text.ts';
import { UnreadableError } from '../model/unreadable-error.ts';
import { subnetView, vnetOf, vnetView } from '../resource-types/network-view.ts';
import { pairedRegion } from './region-pairs.ts';

/** `Succeeded` when absent; a transient state is undecided. */
export function stateOf(state: string | undefined): 'good' | 'passing' | 'bad' {
  const folded = fold(state ?? 'succeeded');
  if (folded === 'succeeded') return 'good';
  return ['failed', 'canceled', 'deleting', 'softdeleted'].includes(folded) ? 'bad' : 'passing';
}

export const regionOf = (location: string | undefined): string => fold(location ?? '').replaceAll(/[\s-]/g, '');

/**
 * Are two regions the same? Throws UnreadableError where one of them is known at deployment only (`{resourceGroup().location}`)
 * and is not the other. `id`: the resource whose region is compared.
 */
export function sameRegion(one: string | undefined, other: string | undefined, id: string): boolean {
  if (regionOf(one) === regionOf(other)) return true;
  const open = [one, other].find((location) => location?.startsWith('{'));
  if (open === undefined) return false;
  const expression = `[${open.slice(1, -1)}]`;
  const reason = `The location of ${clean(nameOf(id), 120)} is not known: ${clean(expression, 200)}. Pass --location REGION.`;
  throw new UnreadableError({ id, reason, action: '', open: { pointer: '/location', expression } });
}

/** The region of a subnet, to compare that of an account with; undefined where one of them is not known. */
const regionBeside = (location: string | undefined, subnet: string, index: SnapshotIndex): string | undefined =>
  location === undefined
    ? undefined
    : attempt(
        () => {
          const seen = index.peek(vnetOf(subnet));
          return seen.state === 'read' ? vnetView(seen.resource).location : undefined;
        },
        () => undefined,
      );

export const endpointsPointer = '/properties/serviceEndpoints';
export type EndpointService =
  | 'Microsoft.Storage'
  | 'Microsoft.Storage.Global'
  | 'Microsoft.KeyVault'
  | 'Microsoft.ContainerRegistry';

/**
 * The state of a subnet's endpoint for a service: `elsewhere` is a storage endpoint that serves other regions than the account's; `both` are
 * the two of storage, which Azure does not accept together ("Configure Azure Storage firewalls", cross-region service endpoints, 2026).
 */
export type EndpointStanding = 'ready' | 'none' | 'failed' | 'passing' | 'elsewhere' | 'both' | 'malformed';

interface Found {
  readonly standing: EndpointStanding;
  /** The service name and the pointer of the endpoint in question. */
  readonly service?: string;
  readonly pointer?: string;
  readonly locations?: readonly string[];
}

const names = {
  storage: ['microsoft.storage', 'microsoft.storage.global'],
  vault: ['microsoft.keyvault'],
  registry: ['microsoft.containerregistry'],
};

/**
 * `location`: the account's region; omitted where the region does not matter (vaults, registries). An endpoint serves the region of the
 * subnet with its pair before Azure has said what it serves.
 */
export function endpointStanding(
  subnet: Resource,
  service: keyof typeof names,
  index: SnapshotIndex,
  location?: string,
): Found {
  const home = regionBeside(location, subnet.id, index);
  const list = valueAt(subnet.body, endpointsPointer);
  if (list !== undefined && list !== null && !isArray(list))
    return { standing: 'malformed', pointer: endpointsPointer };
  const found = subnetView(subnet).serviceEndpoints.filter((one) => names[service].includes(fold(one.service)));
  const regional = found.find((one) => fold(one.service) === 'microsoft.storage');
  if (regional !== undefined && found.some((one) => fold(one.service) === 'microsoft.storage.global'))
    return { standing: 'both', service: regional.service, pointer: regional.pointer };
  const candidates = found.map((one): Found => {
    const state = stateOf(one.provisioningState);
    const rest = { service: one.service, pointer: one.pointer, locations: servedBy(one, home) };
    if (state !== 'good') return { standing: state === 'bad' ? 'failed' : 'passing', ...rest };
    return { standing: reaches(one, location, home, subnet.id) ? 'ready' : 'elsewhere', ...rest };
  });
  return candidates.find((one) => one.standing === 'ready') ?? candidates[0] ?? { standing: 'none' };
}

interface Served {
  readonly service: string;
  readonly locations: readonly string[];
}

/** Its own region and the pair of that, where Azure has not said it. A region that is an expression says nothing. */
function servedBy({ locations }: Served, home: string | undefined): readonly string[] {
  if (locations.length > 0 || home === undefined || home.startsWith('{')) return locations;
  const own = regionOf(home);
  const pair = pairedRegion(own);
  return pair === undefined ? [own] : [own, pair];
}

function reaches(endpoint: Served, location: string | undefined, home: string | undefined, subnet: string): boolean {
  if (fold(endpoint.service) !== 'microsoft.storage' || location === undefined) return true;
  const isSaid = endpoint.locations.length > 0;
  const locations = servedBy(endpoint, home);
  if (locations.length === 0 || locations.includes('*') || (!isSaid && location.startsWith('{'))) return true;
  if (locations.some((one) => regionOf(one) === regionOf(location))) return true;
  return locations.some((one) => sameRegion(one, location, subnet));
}
