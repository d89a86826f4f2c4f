// What is billed by the bodies of resources: a change costs what its meters count after it and did not count before.
import type { Resource } from '../../model/resource.ts';
import { fold, nameInParent, nameOf, parentId } from '../../model/resource-id.ts';
import { counted } from '../../model/text.ts';
import {
  agentPoolType,
  computeType,
  firewallSkuPointer,
  firewallType,
  machineType,
  managedClusterType,
  managedEndpointsOf,
  nodesView,
  numberAt,
  outboundRulesOf,
  outboundRuleType,
  outboundRuleView,
  peeringType,
  privateEndpointType,
  publicAddressType,
  registryView,
  subnetType,
  subnetView,
  textAt,
  workspaceType,
  workspaceView,
  zoneType,
} from '../../resource-types/index.ts';
import { natGatewayType } from '../../resource-types/nat-gateway.ts';
import { booleanAt, listAt } from '../../resource-types/read.ts';

/** `level`: it costs more where this grows. */
export interface Meter {
  /** The same before and after the change. */
  readonly key: string;
  /** `private endpoint`. */
  readonly name: string;
  readonly level: number;
  /** One sentence. */
  readonly says: string;
}
export type Find = (id: string) => Resource | undefined;

const registryType = 'Microsoft.ContainerRegistry/registries';

/** Meters that a resource runs as long as it exists. */
const standing: Readonly<Record<string, readonly [name: string, says: (name: string) => string]>> = Object.fromEntries(
  (
    [
      [
        privateEndpointType,
        'private endpoint',
        (name) => `The private endpoint ${name} is billed by the hour and by data.`,
      ],
      [natGatewayType, 'NAT gateway', (name) => `The NAT gateway ${name} is billed by the hour.`],
      [publicAddressType, 'public IP address', (name) => `The public IP address ${name} is billed by the hour.`],
      [firewallType, 'Azure Firewall', (name) => `The Azure Firewall ${name} is billed by the hour and by data.`],
      [zoneType, 'private DNS zone', (name) => `The private DNS zone ${name} is billed by the month and by queries.`],
      [machineType, 'virtual machine', (name) => `The virtual machine ${name} is billed while it runs.`],
    ] as const satisfies readonly (readonly [string, string, (name: string) => string])[]
  ).map(([type, ...more]) => [fold(type), more]),
);

/** `find`: the resources beside it, on the same side of the change. */
export function metersOf(resource: Resource, find: Find): readonly Meter[] {
  const { id } = resource;
  const [name, says] = standing[fold(resource.type)] ?? [];
  if (name !== undefined && says) return [{ key: fold(id), name, level: 1, says: says(nameOf(id)) }];
  return byType[fold(resource.type)]?.(resource, find) ?? [];
}

const byType: Readonly<Record<string, (resource: Resource, find: Find) => readonly Meter[]>> = Object.fromEntries(
  (
    [
      [registryType, registryMeters],
      [subnetType, subnetMeters],
      [peeringType, peeringMeters],
      [computeType, computeMeters],
      [managedClusterType, clusterMeters],
      [agentPoolType, ({ id, body }: Resource) => poolMeters(parentId(id) ?? id, nameOf(id), body, '/properties')],
      [workspaceType, workspaceMeters],
      [outboundRuleType, ruleMeters],
    ] as const satisfies readonly (readonly [string, (resource: Resource, find: Find) => readonly Meter[]])[]
  ).map(([type, meters]) => [fold(type), meters]),
);

const skus = ['classic', 'basic', 'standard', 'premium'];
function registryMeters(registry: Resource): Meter[] {
  const { sku } = registryView(registry);
  if (sku === undefined) return [];
  const says = `The container registry ${nameOf(registry.id)} is billed by the day as ${sku}.`;
  return [
    { key: `${fold(registry.id)} sku`, name: `${sku} container registry`, level: 1 + skus.indexOf(fold(sku)), says },
  ];
}

function subnetMeters(subnet: Resource): Meter[] {
  const { natGateway } = subnetView(subnet);
  if (natGateway === undefined) return [];
  const says = `Traffic of ${nameInParent(subnet.id)} through ${nameOf(natGateway)} is billed by data.`;
  return [{ key: `${fold(subnet.id)} nat`, name: 'NAT gateway data', level: 1, says }];
}

/** Azure bills both sides of a peering that carries traffic. */
function peeringMeters({ id, body }: Resource): Meter[] {
  const remote = textAt(body, '/properties/remoteVirtualNetwork/id');
  const carries = booleanAt(body, '/properties/allowVirtualNetworkAccess') !== false;
  if (remote === undefined || !carries) return [];
  const says = `Traffic between ${nameOf(parentId(id) ?? id)} and ${nameOf(remote)} is billed by data.`;
  return [{ key: `${fold(id)} data`, name: 'virtual network peering', level: 1, says }];
}

function computeMeters(compute: Resource): Meter[] {
  const { id, body } = compute;
  const [name, type] = [nameOf(id), fold(textAt(body, '/properties/computeType') ?? '')];
  const { vmSize, minNodes = 0, maxNodes = 0, isAttached } = nodesView(compute);
  if (isAttached) return [];
  const front = frontMeters(compute, type);
  const size = vmSize === undefined ? '' : ` of size ${vmSize}`;
  if (type === 'computeinstance') {
    const says = `The compute instance ${name}${size} is billed while it runs.`;
    return [{ key: `${fold(id)} instance`, name: 'compute instance', level: 1, says }, ...front];
  }
  if (type !== 'amlcompute') return [];
  const least = `${counted(minNodes, 'node')}${size} of ${name} ${minNodes === 1 ? 'runs and is' : 'run and are'} billed at all times.`;
  const most = `Up to ${counted(maxNodes, 'node')}${size} of ${name} ${maxNodes === 1 ? 'is' : 'are'} billed while jobs run.`;
  return [
    { key: `${fold(id)} least`, name: 'compute nodes', level: minNodes, says: least },
    ...(maxNodes > minNodes ? [{ key: `${fold(id)} most`, name: 'compute nodes', level: maxNodes, says: most }] : []),
    ...front,
  ];
}

/** In a virtual network Azure makes a load balancer and a public IP address for nodes with public addresses. */
function frontMeters({ id, body }: Resource, type: string): Meter[] {
  const inner = '/properties/properties';
  const isInNetwork = textAt(body, `${inner}/subnet/id`) !== undefined;
  const isPublic = booleanAt(body, `${inner}/enableNodePublicIp`) !== false;
  if (!['amlcompute', 'computeinstance'].includes(type) || !isInNetwork || !isPublic) return [];
  const says = `The load balancer and the public IP address that Azure makes for ${nameOf(id)} are billed by the hour.`;
  return [{ key: `${fold(id)} front`, name: 'load balancer', level: 1, says }];
}

const pools = '/properties/agentPoolProfiles';
function clusterMeters({ id, body }: Resource): Meter[] {
  const balancer = fold(textAt(body, '/properties/networkProfile/loadBalancerSku') ?? '');
  const says = `The load balancer of the Kubernetes cluster ${nameOf(id)} is billed by the hour and by data.`;
  return [
    ...listAt(body, pools).flatMap((pool) => poolMeters(id, textAt(pool, '/name') ?? '', pool, '')),
    ...(balancer === 'standard' ? [{ key: `${fold(id)} balancer`, name: 'load balancer', level: 1, says }] : []),
  ];
}

/** A pool is a resource, and also in the body of its cluster. */
function poolMeters(cluster: string, name: string, body: Parameters<typeof textAt>[0], at: string): Meter[] {
  const [count = 0, most = 0] = [numberAt(body, `${at}/count`), numberAt(body, `${at}/maxCount`)];
  const vmSize = textAt(body, `${at}/vmSize`);
  const size = vmSize === undefined ? '' : ` of size ${vmSize}`;
  const where = `node pool ${nameOf(cluster)}/${name}`;
  const key = `${fold(cluster)} ${fold(name)}`;
  const running = `${counted(count, 'node')}${size} of ${where} ${count === 1 ? 'is' : 'are'} billed.`;
  const growing = `Up to ${counted(most, 'node')}${size} of ${where} ${most === 1 ? 'is' : 'are'} billed.`;
  return [
    { key: `${key} count`, name: 'Kubernetes nodes', level: count, says: running },
    ...(most > count ? [{ key: `${key} most`, name: 'Kubernetes nodes', level: most, says: growing }] : []),
  ];
}

/** Once the network is provisioned its endpoints and its firewall are billed; until then they wait for that. */
const onceProvisioned = (active: boolean): string => (active ? '' : ' once the managed network is provisioned');
const levelOf = (active: boolean): number => (active ? 2 : 1);

function workspaceMeters(workspace: Resource, find: Find): Meter[] {
  const { id, body } = workspace;
  return [
    ...networkMeters(workspace, find),
    ...builderMeters(id, textAt(body, '/properties/imageBuildCompute') ?? '', find),
  ];
}

function networkMeters(workspace: Resource, find: Find): Meter[] {
  const { managedNetwork } = workspaceView(workspace);
  if (!managedNetwork.on) return [];
  const own = outboundRulesOf(workspace).flatMap((rule) => ruleMeters(rule, find));
  if (managedNetwork.status === 'Active') return own;
  // Provisioning adds these.
  const added = managedEndpointsOf(workspace, find);
  return [...own, ...added.map(({ target, group }) => endpointMeter(workspace.id, target, group, false))];
}

function ruleMeters(rule: Resource, find: Find): Meter[] {
  const workspace = parentId(rule.id) ?? rule.id;
  const { type, target, group = '', status } = outboundRuleView(rule);
  const owner = find(workspace);
  const isActive =
    status === 'Active' || (owner !== undefined && workspaceView(owner).managedNetwork.status === 'Active');
  if (type === 'PrivateEndpoint' && target !== undefined) return [endpointMeter(workspace, target, group, isActive)];
  // Rules of the other modes are kept, and have no firewall.
  const isEnforced = owner === undefined || workspaceView(owner).managedNetwork.mode === 'AllowOnlyApprovedOutbound';
  if (type !== 'FQDN' || !isEnforced) return [];
  const sku = textAt(owner?.body, firewallSkuPointer) ?? 'Standard';
  const says = `An Azure Firewall (${sku}) for the FQDN rules of ${nameOf(workspace)} is billed by the hour and by data${onceProvisioned(isActive)}.`;
  return [{ key: `${fold(workspace)} firewall`, name: 'Azure Firewall', level: levelOf(isActive), says }];
}

const endpointMeter = (workspace: string, target: string, group: string, isActive: boolean): Meter => ({
  ...{ key: fold(`${workspace} endpoint ${target} ${group}`), name: 'private endpoint', level: levelOf(isActive) },
  says: `A private endpoint from the managed network of ${nameOf(workspace)} to ${nameOf(target)} (${group}) is billed by the hour and by data${onceProvisioned(isActive)}.`,
});

/** Nodes of the cluster that builds images start for each build. */
function builderMeters(workspace: string, name: string, find: Find): Meter[] {
  const cluster = name === '' ? undefined : find(`${workspace}/computes/${name}`);
  if (!cluster) return [];
  const { vmSize } = nodesView(cluster);
  const says = `Nodes of ${nameOf(cluster.id)}${vmSize === undefined ? '' : ` of size ${vmSize}`} start for each image build and are billed.`;
  return [
    { key: `${fold(workspace)} builds ${fold(vmSize ?? nameOf(cluster.id))}`, name: 'compute nodes', level: 1, says },
  ];
}

/** What a change costs from then on: the meters of these resources that count more after it. */
export function addedMeters(
  pairs: readonly { readonly before: Resource | undefined; readonly after: Resource | undefined }[],
  before: Find,
  after: Find,
): readonly Meter[] {
  const all = (side: 'before' | 'after', find: Find) =>
    new Map(
      pairs
        .flatMap((pair) => (pair[side] ? metersOf(pair[side], find) : []))
        .toSorted((a, b) => a.level - b.level)
        .map((meter) => [meter.key, meter] as const),
    );
  const [was, is] = [all('before', before), all('after', after)];
  return [...is.values()].filter(({ key, level }) => level > (was.get(key)?.level ?? 0));
}
