// Service endpoints of a subnet: does it reach a service of this region through one?

import { isArray } from '../model/json.ts';
import { valueAt } from '../model/pointer.ts';
import type { Resource } from '../model/resource.ts';
import { fold, nameOf } from '../model/resource-id.ts';
import { clean } from '../model/text.ts';
import { UnreadableError } from '../model/unreadable-error.ts';
import { subnetView } from '../resource-types/network-view.ts';

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

export const endpointsPointer = '/properties/serviceEndpoints';
export type EndpointService =
  | 'Microsoft.Storage'
  | 'Microsoft.Storage.Global'
  | 'Microsoft.KeyVault'
  | 'Microsoft.ContainerRegistry';

/**
 * The state of a subnet's endpoint for a service: `elsewhere` is a storage endpoint that serves other regions than the
 * account's.
 */
export type EndpointStanding = 'ready' | 'none' | 'failed' | 'passing' | 'elsewhere' | 'malformed';

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

/** `location`: the account's region; omitted where the region does not matter (vaults, registries). */
export function endpointStanding(subnet: Resource, service: keyof typeof names, location?: string): Found {
  const list = valueAt(subnet.body, endpointsPointer);
  if (list !== undefined && list !== null && !isArray(list))
    return { standing: 'malformed', pointer: endpointsPointer };
  const found = subnetView(subnet).serviceEndpoints.filter((one) => names[service].includes(fold(one.service)));
  const candidates = found.map((one): Found => {
    const state = stateOf(one.provisioningState);
    const rest = { service: one.service, pointer: one.pointer, locations: one.locations };
    if (state !== 'good') return { standing: state === 'bad' ? 'failed' : 'passing', ...rest };
    return { standing: reaches(one, location, subnet.id) ? 'ready' : 'elsewhere', ...rest };
  });
  return candidates.find((one) => one.standing === 'ready') ?? candidates[0] ?? { standing: 'none' };
}

function reaches(
  endpoint: { readonly service: string; readonly locations: readonly string[] },
  location: string | undefined,
  subnet: string,
): boolean {
  if (fold(endpoint.service) !== 'microsoft.storage' || location === undefined) return true;
  if (endpoint.locations.length === 0 || endpoint.locations.includes('*')) return true;
  if (endpoint.locations.some((one) => regionOf(one) === regionOf(location))) return true;
  return endpoint.locations.some((one) => sameRegion(one, location, subnet));
}
