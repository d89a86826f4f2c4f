// The load balancers that a Kubernetes cluster has in the resource group of its nodes, as documents: `kubernetes` for whatever is
// met in public and for the way out, `kubernetes-internal` for services that are met in a subnet (learn.microsoft.com, "Use an
// internal load balancer with AKS"). A service keeps the name of its front end wherever it is met.
import { type ArmJson, type ArmObject, json, object } from '../../json.ts';
import { loadBalancerType, showNames } from '../microsoft.network/load-balancer-document.ts';

const addressType = 'Microsoft.Network/publicIPAddresses';

export interface NodeGroup {
  /** Id of the resource group. */
  readonly id: string;
  readonly region: string;
  readonly newId: (of: string) => string;
}

export const balancerId = (group: string, kind: 'public' | 'internal'): string =>
  `${group}/providers/${loadBalancerType}/${kind === 'public' ? 'kubernetes' : 'kubernetes-internal'}`;

/** A group that the service keeps for a cluster's nodes. */
export const groupDocument = ({ id, region }: NodeGroup, clusterId: string): ArmObject =>
  object({
    id,
    name: id.slice(id.lastIndexOf('/') + 1),
    type: 'Microsoft.Resources/resourceGroups',
    location: region,
    managedBy: clusterId,
    tags: {},
    properties: { provisioningState: 'Succeeded' },
  });

/** Id of the public address behind a front end of this name. */
export const addressId = (group: string, front: string): string =>
  `${group}/providers/${addressType}/kubernetes-${front}`;

export function addressDocument(group: NodeGroup, front: string, ipAddress: string): ArmObject {
  const id = addressId(group.id, front);
  return object({
    id,
    name: id.slice(id.lastIndexOf('/') + 1),
    type: addressType,
    etag: `W/"${group.newId(`${id} etag`)}"`,
    location: group.region,
    sku: { name: 'Standard', tier: 'Regional' },
    properties: {
      provisioningState: 'Succeeded',
      resourceGuid: group.newId(id),
      ipAddress,
      publicIPAddressVersion: 'IPv4',
      publicIPAllocationMethod: 'Static',
      idleTimeoutInMinutes: 4,
      ipTags: [],
    },
  });
}

const part = (balancer: string, member: string, name: string, properties: Readonly<Record<string, ArmJson>>): ArmJson =>
  json({
    name,
    id: `${balancer}/${member}/${name}`,
    type: `${loadBalancerType}/${member}`,
    properties: { provisioningState: 'Succeeded', ...properties },
  });
const named = (balancer: string, member: string, name: string): ArmJson =>
  object({ id: `${balancer}/${member}/${name}` });

/** Where a front end is met: at its public address, or at one of a subnet. */
export type Met = { readonly subnet: string; readonly address: string } | 'public';

/** `fronts`: of services; `way out`: the front end that only outbound traffic takes. */
export function balancerDocument(
  group: NodeGroup,
  kind: 'public' | 'internal',
  fronts: readonly { readonly name: string; readonly met: Met }[],
  wayOut?: string,
): ArmObject {
  const id = balancerId(group.id, kind);
  const all = [...(wayOut === undefined ? [] : [{ name: wayOut, met: 'public' as Met }]), ...fronts];
  const probe = (front: string): string => `${front}-TCP-80`;
  const pools = wayOut === undefined ? ['kubernetes'] : ['aksOutboundBackendPool', 'kubernetes'];
  const body = object({
    id,
    name: id.slice(id.lastIndexOf('/') + 1),
    type: loadBalancerType,
    etag: `W/"${group.newId(`${id} etag`)}"`,
    location: group.region,
    tags: {},
    sku: { name: 'Standard', tier: 'Regional' },
    properties: {
      provisioningState: 'Succeeded',
      resourceGuid: group.newId(id),
      frontendIPConfigurations: all.map(({ name, met }) =>
        part(id, 'frontendIPConfigurations', name, {
          privateIPAllocationMethod: 'Dynamic',
          ...(met === 'public'
            ? { publicIPAddress: object({ id: addressId(group.id, name) }) }
            : {
                privateIPAddress: met.address,
                privateIPAddressVersion: 'IPv4',
                subnet: object({ id: met.subnet }),
              }),
        }),
      ),
      backendAddressPools: pools.map((name) => part(id, 'backendAddressPools', name, {})),
      loadBalancingRules: fronts.map(({ name }) =>
        part(id, 'loadBalancingRules', probe(name), {
          frontendIPConfiguration: named(id, 'frontendIPConfigurations', name),
          backendAddressPool: named(id, 'backendAddressPools', 'kubernetes'),
          probe: named(id, 'probes', probe(name)),
          ...{ protocol: 'Tcp', frontendPort: json(80), backendPort: json(80) },
        }),
      ),
      probes: fronts.map(({ name }) =>
        part(id, 'probes', probe(name), {
          ...{ protocol: 'Tcp', port: json(80), intervalInSeconds: json(5), numberOfProbes: json(2) },
        }),
      ),
      inboundNatRules: [],
      outboundRules:
        wayOut === undefined
          ? []
          : [
              part(id, 'outboundRules', 'aksOutboundRule', {
                frontendIPConfigurations: [named(id, 'frontendIPConfigurations', wayOut)],
                backendAddressPool: named(id, 'backendAddressPools', 'aksOutboundBackendPool'),
                protocol: 'All',
              }),
            ],
    },
  });
  showNames(body);
  return body;
}
