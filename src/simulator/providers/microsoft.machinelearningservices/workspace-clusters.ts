// Kubernetes clusters that a workspace makes for itself, and those it attaches: what the service refuses before anything is made,
// the cluster that comes with the compute and goes with it, and what the compute shows of it.
import { fold, nameOf, parentOf, sameId } from '../../gateway/address.ts';
import { ArmError } from '../../gateway/answer.ts';
import {
  type ArmJson,
  type ArmObject,
  at,
  child,
  isObject,
  JsonNumber,
  list,
  nameIn,
  object,
  put,
  text,
} from '../../json.ts';
import { idOf, type Store } from '../../store/store.ts';
import { overlap, rangeOf } from '../ipv4.ts';
import { poolsOfCluster } from '../microsoft.containerservice/agent-pools.ts';
import { checkPlan, checkPool } from '../microsoft.containerservice/cluster-checks.ts';
import { balancerMade, nodeGroupGone } from '../microsoft.containerservice/node-balancers.ts';
import { touch } from '../microsoft.network/network-parts.ts';
import { addReferences, plainRegion, removeReferences, requireReady } from '../microsoft.network/references.ts';
import { prefixesOf } from '../microsoft.network/subnet-document.ts';
import type { Write } from '../provider.ts';
import { outboundAddress, publicAddress, showAt } from './front-end.ts';
import { sizeOf } from './machine-sizes.ts';

const clusterType = 'Microsoft.ContainerService/managedClusters';
const computeType = 'Microsoft.MachineLearningServices/workspaces/computes';
const [usualNodes, usualSize, usualPods, coresForProduction] = [3, 'Standard_D3_v2', 30, 12];
const [usualService, usualNames] = ['10.0.0.0/16', '10.0.0.10'];
const refused = (message: string): ArmError => new ArmError(400, 'BadRequest', message);
const inner = (body: ArmObject | undefined, ...path: readonly string[]): string | undefined =>
  text(body, 'properties', 'properties', ...path);
const isKubernetes = (body: ArmObject | undefined): boolean =>
  fold(text(body, 'properties', 'computeType') ?? '') === 'aks';

/** A new compute of type AKS with its cluster: an existing one, or the one about to be made. Throws the service's refusals. */
export function placeCluster(write: Write, next: ArmObject): void {
  const properties = at(next, 'properties');
  if (!isKubernetes(next) || write.before || !isObject(properties)) return;
  const attached = text(properties, 'resourceId');
  if (attached !== undefined) {
    showCluster(properties, standingCluster(write, attached), false);
    return;
  }
  const name = `${nameOf(write.id)}${write.newId().replaceAll('-', '').slice(0, 11)}`;
  put(properties, 'resourceId', `${groupOf(write.id)}/providers/${clusterType}/${name}`);
  checkNodes(next);
  checkSubnet(write, next);
  const cluster = clusterOf(write.store, next, write.newId);
  checkPlan(write.store, cluster);
  for (const pool of list(cluster, 'properties', 'agentPoolProfiles')) {
    if (isObject(pool)) checkPool(write.store, cluster, pool);
  }
  checkBridge(write.store, next);
  showCluster(properties, cluster, true);
}

/** Once the compute is stored, so is the cluster that was made for it, with its pools and their addresses. */
export function clusterMade(store: Store, id: string, newId: () => string): void {
  const compute = store.get(id);
  const cluster = text(compute, 'properties', 'resourceId');
  if (!compute || !isOwn(compute) || cluster === undefined || store.get(cluster)) return;
  store.set(cluster, clusterOf(store, compute, newId));
  poolsOfCluster(store, cluster);
  balancerMade(store, cluster, [outboundAddress, publicAddress], newId);
  const subnet = store.get(plan(compute, 'subnetId') ?? '');
  if (!subnet || !addReferences(subnet, 'ipConfigurations', addressesOf(cluster, nodesOf(compute)))) return;
  touch(store, idOf(subnet), newId);
}

/** A cluster that was made for a compute goes with it; one that was detached lives on. */
export function clusterGone(store: Store, compute: ArmObject, newId: () => string): void {
  const cluster = text(compute, 'properties', 'resourceId');
  if (!isOwn(compute) || cluster === undefined) return;
  nodeGroupGone(store, cluster, newId);
  store.remove(cluster);
  const subnet = store.get(plan(compute, 'subnetId') ?? '');
  const own = `/managedclusters/${fold(nameOf(cluster))}/`;
  if (!subnet || !removeReferences(subnet, 'ipConfigurations', (one) => fold(one).includes(own))) return;
  touch(store, idOf(subnet), newId);
}

export function detached(compute: ArmObject): void {
  const properties = at(compute, 'properties');
  if (isKubernetes(compute) && isObject(properties)) put(properties, 'isAttachedCompute', true);
}

export const clusterSubnet = (compute: ArmObject): string | undefined =>
  isKubernetes(compute) ? plan(compute, 'subnetId') : undefined;

const isOwn = (compute: ArmObject): boolean =>
  isKubernetes(compute) && at(compute, 'properties', 'isAttachedCompute') === false;
const plan = (compute: ArmObject, name: string): string | undefined =>
  inner(compute, 'aksNetworkingConfiguration', name);
const groupOf = (id: string): string => id.slice(0, id.toLowerCase().indexOf('/providers/'));

/** With flat networking the subnet shows an address configuration for each node and each pod it may have. */
const addressesOf = (cluster: string, nodes: number): string[] =>
  Array.from(
    { length: nodes * (usualPods + 1) },
    (_, index) =>
      `/subscriptions/88888888-8888-8888-8888-888888888888/resourceGroups/aks-nodes/providers/Microsoft.ContainerService/managedClusters/${nameOf(cluster)}/ipConfigurations/ipconfig${index}`,
  );

function standingCluster({ store, id }: Write, wanted: string): ArmObject {
  const cluster = store.get(wanted);
  if (!cluster) throw refused(`The managed cluster ${wanted} was not found.`);
  const other = store
    .ofType(computeType, parentOf(id))
    .find((compute) => sameId(text(compute, 'properties', 'resourceId') ?? '', wanted));
  if (!other) return cluster;
  throw refused(
    `The cluster ${nameOf(wanted)} is attached to this workspace already, as ${text(other, 'name') ?? ''}.`,
  );
}

function checkNodes(compute: ArmObject): void {
  const [count, size] = [nodesOf(compute), inner(compute, 'agentVmSize') ?? usualSize];
  const cores = sizeOf(size)?.cores;
  const isForTests = fold(inner(compute, 'clusterPurpose') ?? '') === 'devtest';
  if (count < 1) throw refused('A cluster must have at least one node.');
  if (isForTests || cores === undefined || cores * count >= coresForProduction) return;
  throw refused(
    `A cluster for production must have at least ${coresForProduction} virtual CPUs; ${count} nodes of ${size} have ${cores * count}. Use the cluster purpose DevTest for a smaller one.`,
  );
}

function checkSubnet({ store, id }: Write, compute: ArmObject): void {
  const where = plan(compute, 'subnetId');
  if (where === undefined) return;
  const subnet = store.get(where);
  if (!subnet) throw new ArmError(400, 'SubnetNotFound', `The subnet ${where} was not found.`);
  const there = plainRegion(text(store.get(parentOf(where)), 'location') ?? '');
  const here = regionOf(store, compute, id);
  if (there !== here) throw refused(`The subnet ${where} is in ${there}, and the cluster is to be made in ${here}.`);
  requireReady(subnet, id);
}

const regionOf = (store: Store, compute: ArmObject, id: string): string =>
  plainRegion(text(compute, 'location') ?? text(store.get(parentOf(id)), 'location') ?? '');

function checkBridge(store: Store, compute: ArmObject): void {
  const bridge = plan(compute, 'dockerBridgeCidr');
  if (bridge === undefined) return;
  const own = rangeOf(bridge);
  if (!own?.isCidr) throw refused(`The docker bridge CIDR ${bridge} is not a valid address range.`);
  const subnets = list(store.get(parentOf(plan(compute, 'subnetId') ?? '')), 'properties', 'subnets');
  const taken = [
    plan(compute, 'serviceCidr') ?? usualService,
    ...subnets.flatMap((subnet) => prefixesOf(at(subnet, 'properties'))),
  ];
  for (const one of taken) {
    const range = rangeOf(one);
    if (range && overlap(range, own)) throw refused(`The docker bridge CIDR ${bridge} overlaps ${one}.`);
  }
}

function clusterOf(store: Store, compute: ArmObject, newId: () => string): ArmObject {
  const id = text(compute, 'properties', 'resourceId') ?? '';
  const [name, group] = [nameOf(id), groupOf(id)];
  const where = plan(compute, 'subnetId');
  const region = regionOf(store, compute, text(compute, 'id') ?? '');
  return object({
    id,
    name,
    type: clusterType,
    location: region,
    tags: {},
    identity: { type: 'SystemAssigned', principalId: newId(), tenantId: newId() },
    properties: {
      provisioningState: 'Succeeded',
      powerState: { code: 'Running' },
      kubernetesVersion: '1.29',
      dnsPrefix: name,
      fqdn: `${name}.hcp.${region}.azmk8s.io`,
      nodeResourceGroup: `MC_${nameOf(group)}_${name}_${region}`,
      agentPoolProfiles: [
        {
          name: 'agentpool',
          count: nodesOf(compute),
          vmSize: inner(compute, 'agentVmSize') ?? usualSize,
          ...(where === undefined ? {} : { vnetSubnetID: where }),
          maxPods: usualPods,
          enableAutoScaling: false,
          mode: 'System',
          type: 'VirtualMachineScaleSets',
          osType: 'Linux',
          provisioningState: 'Succeeded',
        },
      ],
      networkProfile: {
        networkPlugin: where === undefined ? 'kubenet' : 'azure',
        loadBalancerSku: 'standard',
        serviceCidr: plan(compute, 'serviceCidr') ?? usualService,
        dnsServiceIP: plan(compute, 'dnsServiceIP') ?? usualNames,
        outboundType: 'loadBalancer',
      },
    },
  });
}

function nodesOf(compute: ArmObject): number {
  const count = at(compute, 'properties', 'properties', 'agentCount');
  return count instanceof JsonNumber ? Number(count.text) : usualNodes;
}

/** A cluster is met at a public address until an update says otherwise, whatever its creation asked for. */
function showCluster(properties: ArmObject, cluster: ArmObject, isMade: boolean): void {
  const settings = child(properties, 'properties');
  const [pool] = list(cluster, 'properties', 'agentPoolProfiles');
  const usual: ArmObject = new Map<string, ArmJson>([
    ['clusterFqdn', at(cluster, 'properties', 'fqdn') ?? null],
    ['agentCount', at(pool, 'count') ?? null],
    ['agentVmSize', at(pool, 'vmSize') ?? null],
    ['clusterPurpose', 'FastProd'],
    ['sslConfiguration', object({ status: 'Disabled' })],
    ['aksNetworkingConfiguration', null],
  ]);
  for (const [name, value] of usual) if (at(settings, name) === undefined) put(settings, name, value);
  settings.delete(nameIn(settings, 'loadBalancerSubnet') ?? 'loadBalancerSubnet');
  put(settings, 'loadBalancerType', 'PublicIp');
  showAt(settings, publicAddress);
  put(properties, 'isAttachedCompute', !isMade);
}
