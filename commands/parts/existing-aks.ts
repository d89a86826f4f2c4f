// A name for an AKS cluster that is taken: how the existing compute differs from the request.

import type { Json } from '../../src/model/json.ts';
import type { Resource } from '../../src/model/resource.ts';
import { nameOf, sameId } from '../../src/model/resource-id.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { clusterPlan, computeView, textAt } from '../../src/resource-types/index.ts';
import { numberAt } from '../../src/resource-types/read.ts';
import { type AksArgs, purposes } from './aks-asked.ts';
import type { Existing } from './existing-compute.ts';

/** The compute of this name; undefined where there is none. */
export function existingAks(snapshot: Snapshot, args: AksArgs): Existing | undefined {
  const found = snapshot.resources.find(({ id }) => sameId(id, `${snapshot.workspace}/computes/${args.name}`));
  if (!found) return undefined;
  const { computeType, provisioningState } = computeView(found);
  return {
    exists: found.id,
    type: computeType ?? null,
    state: provisioningState ?? null,
    differs: differences(found, args),
  };
}

function differences(compute: Resource, args: AksArgs): Existing['differs'] {
  const inner = '/properties/properties';
  const at = (pointer: string): Json => textAt(compute.body, pointer) ?? null;
  const subnet = textAt(compute.body, `${clusterPlan}/subnetId`);
  const wanted = args.subnet?.split('/').at(-1);
  const { computeType, resourceId } = computeView(compute);
  const rows: readonly (readonly [string, Json, Json | undefined])[] = [
    ['type', computeType ?? null, 'AKS'],
    ['cluster', resourceId ?? null, args.cluster],
    ['nodes', numberAt(compute.body, `${inner}/agentCount`) ?? null, args.nodes],
    ['size', at(`${inner}/agentVmSize`), args.size],
    ['purpose', at(`${inner}/clusterPurpose`), args.purpose === undefined ? undefined : purposes[args.purpose]],
    ['subnet', subnet === undefined ? null : nameOf(subnet), wanted],
    ['service address range', at(`${clusterPlan}/serviceCidr`), args.serviceCidr],
    ['DNS service IP', at(`${clusterPlan}/dnsServiceIP`), args.dnsServiceIp],
    ['Docker bridge', at(`${clusterPlan}/dockerBridgeCidr`), args.dockerBridgeCidr],
    [
      'load balancer',
      textAt(compute.body, `${inner}/loadBalancerType`) ?? 'PublicIp',
      args.internalLoadBalancer === undefined
        ? undefined
        : args.internalLoadBalancer
          ? 'InternalLoadBalancer'
          : 'PublicIp',
    ],
  ];
  return rows.flatMap(([setting, stands, asked]) =>
    asked === undefined || String(stands).toLowerCase() === String(asked).toLowerCase()
      ? []
      : [{ setting, stands, asked }],
  );
}
