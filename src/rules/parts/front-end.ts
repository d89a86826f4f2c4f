// Where the scoring endpoints of an attached cluster are met: at a public address, or at one of a subnet (rules-catalogue 3.1,
// `externalScoring`, and P-COMPUTE-AKS-LB).
import { vnetOf } from '../../kinds/network-view.ts';
import { balancerPointer, balancerSubnetPointer } from '../../kinds/parts/compute-write.ts';
import { itemsAt, textAt } from '../../kinds/read.ts';
import { computeView } from '../../kinds/workspace-view.ts';
import type { Resource } from '../../model/resource.ts';
import { fold } from '../../model/resource-id.ts';
import type { World } from '../../model/world.ts';
import { type Attached, nodeSubnets } from './clusters.ts';
import { seen } from './verdict.ts';
import { isOdd } from './workspace.ts';

export { balancerPointer, balancerSubnetPointer };

const servicesPointer = '/properties/properties/systemServices';

export const isInternal = (compute: Resource): boolean =>
  fold(textAt(compute.body, balancerPointer) ?? '') === 'internalloadbalancer';
export const hasOddBalancer = (compute: Resource): boolean => isOdd(compute, balancerPointer, 'string');
/** Only what was attached as AKS has a front end that the workspace sets; a Kubernetes extension brings its own. */
export const setsFrontEnd = (compute: Resource): boolean => computeView(compute).computeType === 'AKS';

/** Are callers from outside wished for? Unanswered: as long as the front end is public. */
export const isExternal = (compute: Resource, { snapshot }: World): boolean =>
  snapshot.intents.externalScoring ?? !isInternal(compute);

/** The subnet that an internal front end takes its address from: the one named, else the nodes' own. */
export function frontSubnet(one: Attached): string | undefined {
  const [first] = nodeSubnets(one);
  const name = textAt(one.compute.body, balancerSubnetPointer);
  return name === undefined || first === undefined ? first : `${vnetOf(first)}/subnets/${name}`;
}

/** The address that scoring is called at, with where it stands; undefined where none is shown. */
export function scoringAddress(compute: Resource): { address: string; pointer: string } | undefined {
  for (const { item, pointer } of itemsAt(compute.body, servicesPointer)) {
    const address = textAt(item, '/publicIpAddress');
    if (address !== undefined) return { address, pointer: `${pointer}/publicIpAddress` };
  }
  return undefined;
}
export const hasServices = (compute: Resource): boolean => itemsAt(compute.body, servicesPointer).length > 0;

export const frontEvidence = (compute: Resource) => [
  seen(compute, balancerPointer, 'kind of load balancer'),
  seen(compute, balancerSubnetPointer, 'its subnet'),
  seen(compute, servicesPointer, 'services on the cluster, with the scoring address'),
];
