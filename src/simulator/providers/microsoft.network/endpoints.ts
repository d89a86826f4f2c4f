// Service endpoints of subnets: what other services check when they allow a subnet.
import { fold } from '../../gateway/address.ts';
import { list, text } from '../../json.ts';
import type { Store } from '../../store/store.ts';

/** Regions that the storage endpoint of a region serves: its own and its pair. */
const pairs: Readonly<Record<string, string>> = {
  westeurope: 'northeurope',
  northeurope: 'westeurope',
  eastus: 'westus',
  westus: 'eastus',
  eastus2: 'centralus',
  centralus: 'eastus2',
  francecentral: 'francesouth',
  francesouth: 'francecentral',
};

/** The `locations` that the service fills in. */
export function endpointLocations(service: string, region: string): string[] {
  if (fold(service) !== 'microsoft.storage') return ['*'];
  const pair = pairs[region];
  return pair === undefined ? [region] : [region, pair];
}

export type Admission = 'ready' | 'missing' | 'no-endpoint' | 'updating';

/** Can a subnet be allowed by a service that requires one of these service endpoints? */
export function admission(store: Store, subnetId: string, services: readonly string[]): Admission {
  const subnet = store.get(subnetId);
  if (!subnet) return 'missing';
  const state = text(subnet, 'properties', 'provisioningState') ?? 'Succeeded';
  if (fold(state) !== 'succeeded') return 'updating';
  const wanted = services.map(fold);
  const has = list(subnet, 'properties', 'serviceEndpoints').some((endpoint) =>
    wanted.includes(fold(text(endpoint, 'service') ?? '')),
  );
  return has ? 'ready' : 'no-endpoint';
}

const subnetPattern =
  /^\/subscriptions\/[^/]+\/resourceGroups\/[^/]+\/providers\/Microsoft\.Network\/virtualNetworks\/[^/]+\/subnets\/[^/]+$/i;

export function isSubnetId(id: string): boolean {
  return subnetPattern.test(id);
}

/** "Subnets s of virtual network V do not have ServiceEndpoints for X resources configured. …" */
export function noEndpointText(subnetId: string, service: string): string {
  const network = subnetId.slice(0, fold(subnetId).lastIndexOf('/subnets/'));
  const name = subnetId.slice(subnetId.lastIndexOf('/') + 1);
  return (
    `Subnets ${name} of virtual network ${network} do not have ServiceEndpoints for ${service} resources configured. ` +
    `Add ${service} to subnet's ServiceEndpoints collection before trying to ACL ${service} resources to these subnets.`
  );
}

export function notProvisionedText(subnetId: string): string {
  const network = subnetId.slice(0, fold(subnetId).lastIndexOf('/subnets/'));
  const name = subnetId.slice(subnetId.lastIndexOf('/') + 1);
  return `Cannot proceed with operation because subnets ${name} of the virtual network ${network} are not provisioned. They are in Updating state.`;
}
