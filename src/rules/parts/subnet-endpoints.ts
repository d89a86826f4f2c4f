// The verdict over service endpoints of a subnet, and which one a fix sets up, as the storage, vault and registry rules need
// them (rules-catalogue, P-SUBNET-SE).
import { findSubnet, vnetOf, vnetView } from '../../kinds/network-view.ts';
import type { World } from '../../model/world.ts';
import {
  type EndpointService,
  type EndpointStanding,
  endpointStanding,
  endpointsPointer,
  regionOf,
} from '../../posture/service-endpoints.ts';
import type { Verdict } from '../rule.ts';
import type { Service } from './firewall.ts';
import { fail, notApplicable, pass, quoted, seen, subnetShown, unknown } from './verdict.ts';

export { type EndpointService, type EndpointStanding, endpointStanding, endpointsPointer };

/** The endpoint of each service; that of storage for other regions stands beside it. */
const endpointOf: Readonly<Record<Service, EndpointService>> = {
  storage: 'Microsoft.Storage',
  vault: 'Microsoft.KeyVault',
  registry: 'Microsoft.ContainerRegistry',
};
export const serviceOf = (endpoint: EndpointService): Service =>
  endpoint === 'Microsoft.KeyVault' ? 'vault' : endpoint === 'Microsoft.ContainerRegistry' ? 'registry' : 'storage';

/** The verdict of the three `subnet-service-endpoint` rules. */
export function hasServiceEndpoint(
  world: World,
  subnetId: string,
  service: Service,
  location: string | undefined,
): Verdict {
  const subnet = findSubnet(world, subnetId);
  const name = subnetShown(subnetId);
  const what = endpointOf[service];
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
