// The front end of the scoring endpoints on an attached Kubernetes cluster: a public address, or one of a subnet once the
// compute is updated so.
import { fold, nameOf, parentOf } from '../../gateway/address.ts';
import { ArmError } from '../../gateway/answer.ts';
import { type ArmObject, at, isObject, json, list, nameIn, put, text } from '../../json.ts';
import { idOf, type Store } from '../../store/store.ts';
import { frontEndMoved } from '../microsoft.containerservice/node-balancers.ts';
import { freeAddresses } from '../microsoft.network/free-addresses.ts';
import type { Write } from '../provider.ts';

/** The address from which the range for documentation hands out public ones here (RFC 5737). */
export const publicAddress = '203.0.113.80';
/** That of the way out of a cluster that was made here. */
export const outboundAddress = '203.0.113.81';

/** Gives the document of an AKS compute the front end that it asks for. Throws where there is no subnet, or no address in it. */
export function placeFrontEnd(write: Write, next: ArmObject): void {
  if (fold(text(next, 'properties', 'computeType') ?? '') !== 'aks' || !write.before) return;
  const settings = at(next, 'properties', 'properties');
  if (!isObject(settings)) return;
  const wanted = fold(text(settings, 'loadBalancerType') ?? 'publicip');
  if (wanted === fold(text(write.before, 'properties', 'properties', 'loadBalancerType') ?? 'publicip')) return;
  if (wanted === 'publicip') {
    settings.delete(nameIn(settings, 'loadBalancerSubnet') ?? 'loadBalancerSubnet');
    showAt(settings, publicAddress);
    return;
  }
  const name = text(settings, 'loadBalancerSubnet');
  const subnet = name === undefined ? undefined : subnetNamed(write.store, next, name);
  if (!subnet)
    throw new ArmError(400, 'BadRequest', `The load balancer subnet ${name ?? ''} is not in the cluster's network.`);
  const [address] = freeAddresses(write.store, subnet, 1);
  if (address === undefined) throw new ArmError(400, 'BadRequest', `The subnet ${name} has no free address.`);
  showAt(settings, address);
}

/** Once the compute is stored, the load balancers of its cluster are as it says. */
export function frontEndStored(store: Store, id: string, newId: () => string): void {
  const compute = store.get(id);
  const cluster = text(compute, 'properties', 'resourceId');
  const settings = at(compute, 'properties', 'properties');
  const address = text(list(settings, 'systemServices')[0], 'publicIpAddress');
  const isAks = fold(text(compute, 'properties', 'computeType') ?? '') === 'aks';
  if (!compute || !isAks || cluster === undefined || address === undefined) return;
  if (fold(text(settings, 'loadBalancerType') ?? 'publicip') === 'publicip') {
    frontEndMoved(store, cluster, 'public', address, newId);
    return;
  }
  const subnet = subnetNamed(store, compute, text(settings, 'loadBalancerSubnet') ?? '');
  if (subnet) frontEndMoved(store, cluster, { subnet: idOf(subnet), address }, address, newId);
}

function subnetNamed(store: Store, compute: ArmObject, name: string): ArmObject | undefined {
  const cluster = store.get(text(compute, 'properties', 'resourceId') ?? '');
  const networks = list(cluster, 'properties', 'agentPoolProfiles').flatMap((pool) => text(pool, 'vnetSubnetID') ?? []);
  return networks
    .flatMap((subnet) => list(store.get(parentOf(subnet)), 'properties', 'subnets'))
    .filter(isObject)
    .find((subnet) => fold(text(subnet, 'name') ?? nameOf(text(subnet, 'id') ?? '')) === fold(name));
}

export function showAt(settings: ArmObject, address: string): void {
  put(
    settings,
    'systemServices',
    json([{ systemServiceType: 'ScoringFrontend', publicIpAddress: address, version: '1' }]),
  );
}
