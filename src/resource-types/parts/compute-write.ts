// How a compute is written: the load balancer of an attached Kubernetes cluster, as an update with the whole body without
// what only the service writes, and the Azure CLI lines of all computes.

import type { CreateChange } from '../../model/change.ts';
import { applyEdits } from '../../model/edit.ts';
import { isObject, type Json, type JsonObject } from '../../model/json.ts';
import { type Pointer, updateAt, valueAt, withMember } from '../../model/pointer.ts';
import type { Resource } from '../../model/resource.ts';
import { fold, parseId } from '../../model/resource-id.ts';
import { scalePointer } from '../cluster-view.ts';
import { clusterPlan } from '../managed-cluster.ts';
import { booleanAt, enumAt, numberAt, textAt } from '../read.ts';
import type { Edit } from '../resource-type.ts';
import { computeView } from '../workspace-view.ts';
import { sendable, twinSpelling, without } from './bodies.ts';
import { line } from './shell.ts';

const inside = '/properties/properties';
export const balancerPointer = `${inside}/loadBalancerType`;
export const balancerSubnetPointer = `${inside}/loadBalancerSubnet`;
export const balancerPointers: readonly string[] = [balancerPointer, balancerSubnetPointer];

/** Members that the service sets at the two levels of such a compute. */
const computed = [
  ...['createdOn', 'modifiedOn', 'provisioningErrors', 'provisioningState', 'isAttachedCompute', 'computeLocation'],
];

/** The body of the PUT, or a sentence why it cannot be sent. */
export function balanced(current: Resource, edits: readonly Edit[]): JsonObject | string {
  if (fold(computeView(current).computeType ?? '') !== 'aks') {
    return 'Only a compute of type AKS has a load balancer that the workspace sets.';
  }
  const twin = twinSpelling(current.body, edits);
  if (twin !== undefined) return twin;
  const secured = ['enabled', 'auto'].includes(fold(textAt(current.body, `${inside}/sslConfiguration/status`) ?? ''));
  if (secured) {
    return 'The scoring endpoint uses TLS, and Azure does not return its certificate and key. The compute can only be updated with both (az ml computetarget update aks --ssl-cert-file --ssl-key-file).';
  }
  const after = sendable(applyEdits(current.body, edits));
  const outer = updateAt(after, ['properties'], (value) => (isObject(value) ? without(value, computed) : {}));
  const body = updateAt(outer as JsonObject, ['properties', 'properties'], (value) => {
    const kept = isObject(value) ? without(value, ['systemServices']) : {};
    return textAt(kept, '/loadBalancerType') === undefined ? withMember(kept, 'loadBalancerType', 'PublicIp') : kept;
  });
  return body as JsonObject;
}

/** The equivalent CLI flags; [] for other edits. */
export function balancerWords(edits: readonly Edit[]): string[] {
  const set = (pointer: string) =>
    edits.flatMap((edit) => (edit.op === 'set' && edit.pointer === pointer ? [edit.after ?? null] : [])).at(-1);
  const type = set(balancerPointer);
  const subnet = set(balancerSubnetPointer);
  if (type === undefined) return [];
  return [
    ...['--load-balancer-type', typeof type === 'string' ? type : 'PublicIp'],
    ...(typeof subnet === 'string' ? ['--load-balancer-subnet', subnet] : []),
  ];
}

// The Azure CLI lines that create a compute or change its scale.
const flags: readonly (readonly [string, string])[] = [
  ['minNodeCount', '--min-instances'],
  ['maxNodeCount', '--max-instances'],
];

/** `--max-instances 2`, for scale settings or one member of them. */
export const scaleWords = (pointer: Pointer, value: Json | undefined): string[] =>
  flags.flatMap(([member, flag]) => {
    const own = pointer === scalePointer ? valueAt(value, `/${member}`) : value;
    const named = pointer === scalePointer || pointer === `${scalePointer}/${member}`;
    return named && own !== undefined ? [flag, String(own)] : [];
  });

/**
 * `az ml computetarget create aks …`, or `attach aks …` for an existing cluster: CLI v1, since v2 does not support this
 * compute type.
 */
function clusterLine({ resource, body }: CreateChange): string {
  const { names, resourceGroup = '' } = parseId(resource);
  const [workspace = '', name = ''] = names;
  const at = ['-n', name, '-g', resourceGroup, '--workspace-name', workspace];
  const cluster = textAt(body, '/properties/resourceId');
  if (cluster !== undefined)
    return line('az', 'ml', 'computetarget', 'attach', 'aks', at, '--compute-resource-id', cluster);
  const inner = '/properties/properties';
  const subnet = textAt(body, `${clusterPlan}/subnetId`);
  const place = subnet === undefined ? undefined : parseId(subnet);
  const said: readonly (readonly [string, string | undefined])[] = [
    ['--agent-count', numberText(body, `${inner}/agentCount`)],
    ['--vm-size', textAt(body, `${inner}/agentVmSize`)],
    ['--cluster-purpose', textAt(body, `${inner}/clusterPurpose`)],
    ['--vnet-name', place?.names[0]],
    ['--subnet-name', place?.names[1]],
    ['--vnet-resourcegroup-name', place?.resourceGroup],
    ['--service-cidr', textAt(body, `${clusterPlan}/serviceCidr`)],
    ['--dns-service-ip', textAt(body, `${clusterPlan}/dnsServiceIP`)],
    ['--docker-bridge-cidr', textAt(body, `${clusterPlan}/dockerBridgeCidr`)],
  ];
  const words = said.flatMap(([flag, value]) => (value === undefined ? [] : [flag, value]));
  return line('az', 'ml', 'computetarget', 'create', 'aks', at, words);
}

const numberText = (body: JsonObject, pointer: Pointer): string | undefined => {
  const value = numberAt(body, pointer);
  return value === undefined ? undefined : String(value);
};

/** `az ml compute create …`; no flag names a network in another resource group than the workspace's, so its id is used. */
export function computeLine(change: CreateChange): string {
  const { resource, body } = change;
  if (fold(textAt(body, '/properties/computeType') ?? '') === 'aks') return clusterLine(change);
  const { names, resourceGroup = '' } = parseId(resource);
  const [workspace = '', name = ''] = names;
  const inner = '/properties/properties';
  const type = enumAt(body, '/properties/computeType', ['AmlCompute', 'ComputeInstance']) ?? '';
  const subnet = textAt(body, `${inner}/subnet/id`);
  const network = subnet === undefined ? undefined : parseId(subnet).names[0];
  const isNear = subnet === undefined || parseId(subnet).resourceGroup?.toLowerCase() === resourceGroup.toLowerCase();
  const isPublic = booleanAt(body, `${inner}/enableNodePublicIp`);
  const ssh =
    textAt(body, `${inner}/remoteLoginPortPublicAccess`) ?? textAt(body, `${inner}/sshSettings/sshPublicAccess`);
  const identity = textAt(body, '/identity/type');
  return line(
    ...['az', 'ml', 'compute', 'create', '-n', name, '-g', resourceGroup, '-w', workspace, '--type', type],
    ['--size', textAt(body, `${inner}/vmSize`) ?? ''],
    isObject(valueAt(body, scalePointer)) ? scaleWords(scalePointer, valueAt(body, scalePointer)) : [],
    subnet === undefined
      ? []
      : isNear
        ? ['--vnet-name', network ?? '', '--subnet', parseId(subnet).names[1] ?? '']
        : ['--subnet', subnet],
    isPublic === undefined ? [] : ['--enable-node-public-ip', String(isPublic)],
    ssh === undefined ? [] : ['--ssh-public-access-enabled', String(ssh.toLowerCase() === 'enabled')],
    identity === undefined ? [] : ['--identity-type', identity],
  );
}
