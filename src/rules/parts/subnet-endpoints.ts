// Service endpoints of a subnet, as the storage and vault rules need them (rules-catalogue, P-SUBNET-SE).
import { findSubnet, subnetView, vnetOf, vnetView } from '../../kinds/network-view.ts';
import { isArray } from '../../model/json.ts';
import { valueAt } from '../../model/pointer.ts';
import type { Resource } from '../../model/resource.ts';
import { fold } from '../../model/resource-id.ts';
import type { World } from '../../model/world.ts';
import type { Verdict } from '../rule.ts';
import { regionOf, stateOf } from './firewall-verdicts.ts';
import { fail, notApplicable, pass, quoted, seen, subnetShown, unknown } from './verdict.ts';

export const endpointsPointer = '/properties/serviceEndpoints';
export type EndpointService = 'Microsoft.Storage' | 'Microsoft.Storage.Global' | 'Microsoft.KeyVault';

/** How a subnet stands towards a service: `elsewhere` is a storage endpoint that serves other regions than the account's. */
export type EndpointStanding = 'ready' | 'none' | 'failed' | 'passing' | 'elsewhere' | 'malformed';

interface Found {
  readonly standing: EndpointStanding;
  /** The service name and the pointer of the endpoint in question. */
  readonly service?: string;
  readonly pointer?: string;
  readonly locations?: readonly string[];
}

/** `location`: the account's region; left out where the region does not count (vaults). */
export function endpointStanding(subnet: Resource, service: 'storage' | 'vault', location?: string): Found {
  const list = valueAt(subnet.body, endpointsPointer);
  if (list !== undefined && list !== null && !isArray(list))
    return { standing: 'malformed', pointer: endpointsPointer };
  const names = service === 'vault' ? ['microsoft.keyvault'] : ['microsoft.storage', 'microsoft.storage.global'];
  const found = subnetView(subnet).serviceEndpoints.filter((one) => names.includes(fold(one.service)));
  const judged = found.map((one): Found => {
    const state = stateOf(one.provisioningState);
    const rest = { service: one.service, pointer: one.pointer, locations: one.locations };
    if (state !== 'good') return { standing: state === 'bad' ? 'failed' : 'passing', ...rest };
    return { standing: reaches(one, location) ? 'ready' : 'elsewhere', ...rest };
  });
  return judged.find((one) => one.standing === 'ready') ?? judged[0] ?? { standing: 'none' };
}

function reaches(endpoint: { service: string; locations: readonly string[] }, location: string | undefined): boolean {
  if (fold(endpoint.service) !== 'microsoft.storage' || location === undefined) return true;
  if (endpoint.locations.length === 0 || endpoint.locations.includes('*')) return true;
  return endpoint.locations.some((one) => regionOf(one) === regionOf(location));
}

/** The verdict of the two `subnet-service-endpoint` rules. */
export function hasServiceEndpoint(
  world: World,
  subnetId: string,
  service: 'storage' | 'vault',
  location: string | undefined,
): Verdict {
  const subnet = findSubnet(world, subnetId);
  const name = subnetShown(subnetId);
  const what = service === 'vault' ? 'Microsoft.KeyVault' : 'Microsoft.Storage';
  if (!subnet) return notApplicable(`${name} is not there; workspace.network-preexists speaks of it.`);
  const { standing, pointer, locations } = endpointStanding(subnet, service, location);
  const evidence = [seen(subnet, pointer ?? endpointsPointer, 'service endpoints of the subnet')];
  switch (standing) {
    case 'ready':
      return pass(`${name} has the service endpoint ${what}.`, evidence);
    case 'none':
      return fail(`${name} has no service endpoint ${what}, so no rule can admit it.`, evidence);
    case 'failed':
      return fail(`The service endpoint ${what} of ${name} failed to be set up.`, evidence);
    case 'passing':
      return unknown(`The service endpoint ${what} of ${name} is still being changed.`, evidence);
    case 'malformed':
      return unknown(`The service endpoints of ${name} are not a list.`, evidence);
    case 'elsewhere':
      return fail(
        `The storage endpoint of ${name} serves ${(locations ?? []).map(quoted).join(', ')}, not the account's region ${quoted(location ?? '')}.`,
        evidence,
      );
  }
}

/** The endpoint a subnet needs for an account: the regional one in the account's region, `Microsoft.Storage.Global` elsewhere. */
export function storageServiceFor(world: World, subnetId: string, location: string | undefined): EndpointService {
  const vnet = world.peek(vnetOf(subnetId));
  const region = vnet.state === 'read' ? vnetView(vnet.resource).location : undefined;
  if (region === undefined || location === undefined || regionOf(region) === regionOf(location)) {
    return 'Microsoft.Storage';
  }
  return 'Microsoft.Storage.Global';
}
