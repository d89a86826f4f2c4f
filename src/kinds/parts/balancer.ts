// The load balancer of an attached Kubernetes cluster, written as an update of the workspace's compute (rules-catalogue,
// P-COMPUTE-AKS-LB): the compute is echoed whole, less what only the service writes.
import { isObject, type JsonObject } from '../../model/json.ts';
import { updateAt, withMember } from '../../model/pointer.ts';
import type { Resource } from '../../model/resource.ts';
import { fold } from '../../model/resource-id.ts';
import type { Edit } from '../kind.ts';
import { textAt } from '../read.ts';
import { computeView } from '../workspace-view.ts';
import { edited, twinSpelling, without } from './bodies.ts';

const inside = '/properties/properties';
export const balancerPointer = `${inside}/loadBalancerType`;
export const balancerSubnetPointer = `${inside}/loadBalancerSubnet`;
export const balancerPointers: readonly string[] = [balancerPointer, balancerSubnetPointer];

/** What the service sets by itself at the two levels of such a compute. */
const computed = [
  ...['createdOn', 'modifiedOn', 'provisioningErrors', 'provisioningState', 'isAttachedCompute', 'computeLocation'],
];

/** The body of the PUT, or the sentence why it cannot be sent. */
export function balanced(current: Resource, edits: readonly Edit[]): JsonObject | string {
  if (fold(computeView(current).computeType ?? '') !== 'aks') {
    return 'Only a compute of type AKS has a load balancer that the workspace sets.';
  }
  const twin = twinSpelling(current.body, edits);
  if (twin !== undefined) return twin;
  const secured = ['enabled', 'auto'].includes(fold(textAt(current.body, `${inside}/sslConfiguration/status`) ?? ''));
  if (secured) {
    return 'The scoring endpoint uses TLS, and Azure does not give its certificate and key back: the compute can only be written together with both (az ml computetarget update aks --ssl-cert-file --ssl-key-file).';
  }
  const after = without(edited(current.body, edits), ['id', 'name', 'type', 'etag', 'systemData']);
  const outer = updateAt(after, ['properties'], (value) => (isObject(value) ? without(value, computed) : {}));
  const body = updateAt(outer as JsonObject, ['properties', 'properties'], (value) => {
    const kept = isObject(value) ? without(value, ['systemServices']) : {};
    return textAt(kept, '/loadBalancerType') === undefined ? withMember(kept, 'loadBalancerType', 'PublicIp') : kept;
  });
  return body as JsonObject;
}

/** The flags of the CLI that say the same; [] where the edits are about something else. */
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
