// Core quota of a region: the VM size of a compute, the cores of one node, and the quota of its family.

import type { Resource } from '../model/resource.ts';
import { fold, sameId, subscriptionOf } from '../model/resource-id.ts';
import type { SnapshotIndex } from '../model/snapshot-index.ts';
import { nodesView } from '../resource-types/cluster-view.ts';
import {
  coreUsagesOf,
  type MachineSize,
  machineSizesIn,
  machineSizesOf,
  type Usage,
  usagesIn,
} from '../resource-types/service-answers.ts';
import { computeView } from '../resource-types/workspace-view.ts';

export interface CoreQuota {
  readonly sizes: Resource;
  readonly usages: Resource;
  readonly size: MachineSize & { readonly cores: number; readonly family: string };
  readonly quota: Usage;
}

const alphanumeric = (text: string): string => fold(text).replaceAll(/[^a-z0-9]/g, '');

/** The quota of a VM family. Letters and digits of its name begin with those of the family: Azure spells them differently. */
function quotaOf(family: string, rows: readonly Usage[]): Usage | undefined {
  const wanted = alphanumeric(family);
  return rows.find(
    ({ type, name }) =>
      /vmfamily\/usages$/i.test(type ?? '') && name !== undefined && alphanumeric(name).startsWith(wanted),
  );
}

/** Undefined where the region shows none for the VM size. Throws UnreadableError where sizes or quotas were not read. */
export function coreQuotaOf(compute: Resource, index: SnapshotIndex): CoreQuota | undefined {
  const { location } = computeView(compute);
  const { vmSize } = nodesView(compute);
  const subscription = subscriptionOf(compute.id);
  if (location === undefined || subscription === undefined || vmSize === undefined) return undefined;
  const [sizes, usages] = [
    index.get(machineSizesOf(subscription, location)),
    index.get(coreUsagesOf(subscription, location)),
  ];
  const size = sizes && machineSizesIn(sizes).find((one) => sameId(one.name, vmSize));
  if (!sizes || !usages || size?.cores === undefined || size.family === undefined) return undefined;
  const quota = quotaOf(size.family, usagesIn(usages));
  return quota && { sizes, usages, size: { ...size, cores: size.cores, family: size.family }, quota };
}
