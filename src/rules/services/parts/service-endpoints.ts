// Service endpoints of a subnet and service endpoint policies: their check, and the edits that add what is missing.

import {
  type EndpointService,
  endpointStanding,
  endpointsPointer,
  sameRegion,
} from '../../../facts/service-endpoints.ts';
import { editChange } from '../../../model/change.ts';
import { addTo, type Edit, type ListKey, removeFrom } from '../../../model/edit.ts';
import { isObject, type JsonObject } from '../../../model/json.ts';
import type { Phase } from '../../../model/plan.ts';
import { valueAt } from '../../../model/pointer.ts';
import type { Resource } from '../../../model/resource.ts';
import { fold, isWithin } from '../../../model/resource-id.ts';
import type { SnapshotIndex } from '../../../model/snapshot-index.ts';
import { findSubnet, vnetOf, vnetView } from '../../../resource-types/network-view.ts';
import { policyDefinitionsPointer, servicePolicyView } from '../../../resource-types/service-endpoint-policy.ts';
import type { FirewallService } from '../../parts/firewall.ts';
import { evidenceAt, fail, notApplicable, pass, quoted, subnetShown, unknown } from '../../parts/verdict.ts';
import type { CheckResult, Proposal } from '../../rule.ts';

export { endpointStanding, endpointsPointer };

const serviceKey: ListKey = { member: 'service', fold: true };

/** The service endpoint of each service; storage has a second one for other regions. */
const endpointOf: Readonly<Record<FirewallService, EndpointService>> = {
  storage: 'Microsoft.Storage',
  vault: 'Microsoft.KeyVault',
  registry: 'Microsoft.ContainerRegistry',
};
const serviceOf = (endpoint: EndpointService): FirewallService =>
  endpoint === 'Microsoft.KeyVault' ? 'vault' : endpoint === 'Microsoft.ContainerRegistry' ? 'registry' : 'storage';

/** The result of the three `subnet-service-endpoint` rules. `location`: the region of a storage account. */
export function hasServiceEndpoint(
  index: SnapshotIndex,
  subnetId: string,
  service: FirewallService,
  location: string | undefined,
): CheckResult {
  const subnet = findSubnet(index, subnetId);
  const name = subnetShown(subnetId);
  const what = endpointOf[service];
  if (!subnet) return notApplicable(`${name} does not exist; see workspace.network-preexists.`);
  const { standing, pointer, locations } = endpointStanding(subnet, service, index, location);
  const evidence = [evidenceAt(subnet, pointer ?? endpointsPointer, 'service endpoints')];
  switch (standing) {
    case 'ready':
      return pass(`${name} has the service endpoint ${what}.`, evidence);
    case 'none':
      return fail(`${name} has no ${what} service endpoint, so no virtual network rule can allow it.`, evidence);
    case 'failed':
      return fail(`The ${what} service endpoint of ${name} is in a failed state.`, evidence);
    case 'passing':
      return unknown(`The ${what} service endpoint of ${name} is being updated.`, evidence);
    case 'both':
      return fail(
        `${name} lists Microsoft.Storage and Microsoft.Storage.Global; Azure accepts only one of them on a subnet.`,
        evidence,
      );
    case 'malformed':
      return unknown(`The service endpoints of ${name} have an unexpected format.`, evidence);
    case 'elsewhere':
      return fail(
        `The storage service endpoint of ${name} covers ${(locations ?? []).map(quoted).join(', ')}, not the account's region ${quoted(location ?? '')}.`,
        evidence,
      );
  }
}

/** The service endpoint that a subnet needs: for storage in another region than the network's, `Microsoft.Storage.Global`. */
export function endpointFor(
  service: FirewallService,
  subnetId: string,
  location: string | undefined,
  index: SnapshotIndex,
): EndpointService {
  if (service !== 'storage') return endpointOf[service];
  const vnet = index.peek(vnetOf(subnetId));
  const region = vnet.state === 'read' ? vnetView(vnet.resource).location : undefined;
  return region === undefined || location === undefined || sameRegion(region, location, vnetOf(subnetId))
    ? 'Microsoft.Storage'
    : 'Microsoft.Storage.Global';
}

const fromOtherAddress =
  'Services of this kind see private addresses of the subnet from then on: name it in their rules instead of public addresses.';

/**
 * The service endpoint of a subnet: [] when it is ready; a failed one is removed and added again, in two writes. One of storage is replaced
 * in one write by the one of all regions, never put beside it.
 */
export function serviceEndpoint(
  subnet: Resource,
  service: EndpointService,
  index: SnapshotIndex,
  location?: string,
): Proposal[] | string {
  const kind = serviceOf(service);
  const { standing, pointer } = endpointStanding(subnet, kind, index, location);
  const name = subnetShown(subnet.id);
  if (standing === 'ready') return [];
  if (standing === 'passing') return `The service endpoint of ${name} is being updated; retry when it is done.`;
  if (standing === 'malformed')
    return `The service endpoints of ${name} have an unexpected format, so they are not edited.`;
  const { body } = subnet;
  const put = (one: EndpointService) => addTo(body, endpointsPointer, { service: one }, serviceKey);
  const propose = (phase: Phase, edits: readonly Edit[]): Proposal => ({
    change: editChange(subnet.id, edits),
    phase,
    advice: fromOtherAddress,
  });
  if (!isObject(valueAt(body, '/properties')))
    return `The properties of ${name} have an unexpected format, so they are not edited.`;
  const old = pointer === undefined ? undefined : valueAt(body, pointer);
  if (old === undefined) return [propose(2, [put(service)])];
  const out = removeFrom(body, endpointsPointer, old, serviceKey);
  if (standing === 'both') return [propose(2, [out])];
  if (standing === 'elsewhere') return [propose(2, [out, put('Microsoft.Storage.Global')])];
  return [propose(1, [out]), propose(2, [put(service)])];
}

/** The alias through which Batch creates nodes: it uses storage accounts of Microsoft. */
export const machineLearningAlias = '/services/Azure/MachineLearning';

export const listsAlias = (listedResources: readonly string[]): boolean =>
  listedResources.some((one) => fold(one) === fold(machineLearningAlias));

export const listsAccount = (listedResources: readonly string[], account: string): boolean =>
  listedResources.some((one) => isWithin(account, one));

/** Policy definitions that list these accounts and, unless it is listed, the alias. */
export const definitionsFor = (accounts: readonly string[], withAlias = true): JsonObject[] => [
  ...(accounts.length === 0 ? [] : [definition('accounts', 'Microsoft.Storage', accounts)]),
  ...(withAlias ? [definition('machine-learning', 'Global', [machineLearningAlias])] : []),
];
const definition = (name: string, service: string, resources: readonly string[]): JsonObject => ({
  name,
  properties: { service, serviceResources: [...resources] },
});

/** What an existing policy lacks, as definitions with names that are free. */
export function completed(policy: Resource, accounts: readonly string[]): Proposal[] {
  const { definitions } = servicePolicyView(policy);
  const present = definitions.flatMap(({ resources }) => resources);
  const missing = accounts.filter((account) => !listsAccount(present, account));
  const taken = definitions.map(({ name }) => fold(name));
  const edits = definitionsFor(missing, !listsAlias(present)).map((one) => {
    const name = String(one.name);
    const free = taken.includes(fold(name)) ? `${name}-${definitions.length + 1}` : name;
    return addTo(policy.body, policyDefinitionsPointer, { ...one, name: free }, { member: 'name', fold: true });
  });
  return edits.length === 0 ? [] : [{ change: editChange(policy.id, edits), phase: 2 }];
}
