// A name for an AKS cluster that is taken: how the existing compute differs from the request.

import type { Json } from '../../src/model/json.ts';
import type { Resource } from '../../src/model/resource.ts';
import { sameId } from '../../src/model/resource-id.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { clusterPlan, computeView, textAt } from '../../src/resource-types/index.ts';
import { numberAt } from '../../src/resource-types/read.ts';
import { type AksArgs, purposes } from './aks-asked.ts';
import { differing, type Existing, isSubnet } from './existing-compute.ts';

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
  const { computeType, resourceId } = computeView(compute);
  const isInternal = args.internalLoadBalancer;
  const balancer = isInternal === undefined ? undefined : isInternal ? 'InternalLoadBalancer' : 'PublicIp';
  const purpose = args.purpose === undefined ? undefined : purposes[args.purpose];
  return [
    ...differing<{ readonly what: 'aks' }>({ what: { setting: 'type', stands: computeType, asked: 'AKS' } }),
    ...differing<AksArgs>({
      cluster: { setting: 'cluster', stands: resourceId, asked: args.cluster },
      nodes: { setting: 'nodes', stands: numberAt(compute.body, `${inner}/agentCount`), asked: args.nodes },
      size: { setting: 'size', stands: at(`${inner}/agentVmSize`), asked: args.size },
      purpose: { setting: 'purpose', stands: at(`${inner}/clusterPurpose`), asked: purpose },
      subnet: { setting: 'subnet', stands: subnet, asked: args.subnet, isSame: isSubnet(subnet, args.subnet) },
      serviceCidr: {
        setting: 'service address range',
        stands: at(`${clusterPlan}/serviceCidr`),
        asked: args.serviceCidr,
      },
      dnsServiceIp: { setting: 'DNS service IP', stands: at(`${clusterPlan}/dnsServiceIP`), asked: args.dnsServiceIp },
      dockerBridgeCidr: {
        ...{ setting: 'Docker bridge', stands: at(`${clusterPlan}/dockerBridgeCidr`), asked: args.dockerBridgeCidr },
      },
      internalLoadBalancer: {
        ...{ setting: 'load balancer', stands: textAt(compute.body, `${inner}/loadBalancerType`) ?? 'PublicIp' },
        asked: balancer,
      },
    }),
  ];
}
