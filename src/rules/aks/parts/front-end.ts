// The front end of scoring endpoints on an attached cluster: a public IP address, or a private one of a subnet.

import { scoringServices, servicesPointer } from '../../../facts/path/fronts.ts';
import type { Resource } from '../../../model/resource.ts';
import { fold } from '../../../model/resource-id.ts';
import type { SnapshotIndex } from '../../../model/snapshot-index.ts';
import { vnetOf } from '../../../resource-types/network-view.ts';
import { balancerPointer, balancerSubnetPointer } from '../../../resource-types/parts/compute-write.ts';
import { textAt } from '../../../resource-types/read.ts';
import { evidenceAt } from '../../parts/verdict.ts';
import { type AttachedCluster, nodeSubnets } from './clusters.ts';

export const tlsPointer = '/properties/properties/sslConfiguration/status';

export const isInternal = (compute: Resource): boolean =>
  fold(textAt(compute.body, balancerPointer) ?? '') === 'internalloadbalancer';
export const usesTls = (compute: Resource): boolean =>
  ['enabled', 'auto'].includes(fold(textAt(compute.body, tlsPointer) ?? ''));

/** Whether external clients are expected. Without an answer: while the front end is public. */
export const isExternal = (compute: Resource, { snapshot }: SnapshotIndex): boolean =>
  snapshot.intents.externalScoring ?? !isInternal(compute);

/** The subnet that an internal front end takes its address from: the one named, else that of the first node pool. */
export function frontSubnet(one: AttachedCluster): string | undefined {
  const [first] = nodeSubnets(one);
  const name = textAt(one.compute.body, balancerSubnetPointer);
  return name === undefined || first === undefined ? first : `${vnetOf(first)}/subnets/${name}`;
}

export const hasServices = (compute: Resource): boolean => scoringServices(compute).length > 0;

export const frontEvidence = (compute: Resource) => [
  evidenceAt(compute, balancerPointer, 'load balancer type'),
  evidenceAt(compute, balancerSubnetPointer, 'load balancer subnet'),
  evidenceAt(compute, servicesPointer, 'services on the cluster'),
];
