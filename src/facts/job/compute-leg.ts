// Can the compute of a task start nodes? By its own state, the quota of its VM size, and how its subnets get out.

import type { JobTask } from '../../model/job.ts';
import { readable } from '../../model/readable.ts';
import type { Resource } from '../../model/resource.ts';
import { fold, nameOf } from '../../model/resource-id.ts';
import type { SnapshotIndex } from '../../model/snapshot-index.ts';
import { clean } from '../../model/text.ts';
import { nodesView } from '../../resource-types/cluster-view.ts';
import { isNetworkV2 } from '../../resource-types/managed-network.ts';
import { booleanAt, listAt, textAt } from '../../resource-types/read.ts';
import { computeView } from '../../resource-types/workspace-view.ts';
import { coreQuotaOf } from '../core-quota.ts';
import { workspaceInHand } from '../links.ts';
import { hasAddress } from '../path/outbound-hop.ts';
import { type Check, type Context, check, decided, type TaskSource } from './checks.ts';

export function computeChecks(task: JobTask, source: TaskSource, context: Context): Check[] {
  const stops = decided('compute', source.about, context);
  const named = task.compute.kind === 'named' ? context.index.peek(source.end) : undefined;
  const own = [
    ...(named?.state === 'read' ? ofCompute(named.resource, source, context) : []),
    ...ofNatGateways(source, context),
    ...ofSpark(task, source, context),
  ];
  const all = [...own, ...stops];
  return all.length > 0 ? all : [check(source.label, 'ok', `Nothing keeps ${source.label} from starting the job.`)];
}

const badStates = ['failed', 'deleting', 'canceled'];
const passingStates = ['creating', 'updating'];
/** States of an instance; every other one is on its way to one of these. */
const runningStates = ['running', 'jobrunning'];
const brokenStates = ['createfailed', 'setupfailed', 'userSetupFailed', 'unusable', 'unknown', 'deleting'].map(fold);

function ofCompute(compute: Resource, { label }: TaskSource, { index }: Context): Check[] {
  const { provisioningState, computeType, maxNodeCount } = computeView(compute);
  const shown = clean(provisioningState, 40);
  if (badStates.includes(fold(provisioningState ?? '')))
    return [check(label, 'fails', `${label} is in state ${shown}.`)];
  if (passingStates.includes(fold(provisioningState ?? '')))
    return [check(label, 'unknown', `${label} is in state ${shown}. Check again when it is Succeeded.`)];
  if (computeType === 'ComputeInstance') {
    const state = textAt(compute.body, '/properties/properties/state');
    if (state === undefined || runningStates.includes(fold(state))) return [];
    const because = `${label} is in state ${clean(state, 40)}, and runs jobs only while it is Running.`;
    if (/^stop/i.test(state)) return [check(label, 'fails', `${because} Start it first.`)];
    return [check(label, brokenStates.includes(fold(state)) ? 'fails' : 'unknown', because)];
  }
  if (computeType !== 'AmlCompute') return [];
  if (maxNodeCount === 0) return [check(label, 'fails', `${label} has a maximum of 0 nodes (maxNodeCount).`)];
  const { currentNodes = 0, vmPriority } = nodesView(compute);
  if (currentNodes > 0 || vmPriority === 'LowPriority') return [];
  const code = listAt(compute.body, '/properties/properties/errors').flatMap(
    (one) => textAt(one, '/error/code') ?? textAt(one, '/code') ?? [],
  )[0];
  return [
    ...ofQuota(compute, label, index),
    ...(code === undefined
      ? []
      : [check(label, 'unknown', `${label} has no nodes, and its last allocation ended with ${clean(code, 80)}.`)]),
  ];
}

/** A cluster without nodes needs quota for one at least. What could not be read is no reason to doubt: clusters often have quota. */
function ofQuota(compute: Resource, label: string, index: SnapshotIndex): Check[] {
  const found = readable(() => coreQuotaOf(compute, index));
  if (found.state !== 'known' || found.value === undefined) return [];
  const { quota, size } = found.value;
  const free = Math.max(0, quota.limit - quota.used);
  if (free >= size.cores) return [];
  const family = clean(quota.name ?? size.family, 80);
  return [
    check(
      label,
      'fails',
      `${label} has no nodes, one needs ${size.cores} cores, and ${free} of ${quota.limit} of ${family} are free. Request core quota.`,
    ),
  ];
}

/** NAT gateways of the subnets: one without a public IP address leads nowhere. */
function ofNatGateways({ about }: TaskSource, { index, reads }: Context): Check[] {
  return about.flatMap((id): Check[] => {
    const subnet = index.peek(id);
    const gateway = subnet.state === 'read' ? textAt(subnet.resource.body, '/properties/natGateway/id') : undefined;
    if (gateway === undefined) return [];
    const seen = index.peek(gateway);
    if (seen.state === 'gap' && seen.gap.action === '') reads.ids.add(gateway);
    if (seen.state !== 'read') return [];
    return hasAddress(seen.resource)
      ? []
      : [check(nameOf(id), 'fails', `NAT gateway ${nameOf(gateway)} has no public IP address, so nothing gets out.`)];
  });
}

/**
 * Serverless Spark runs in a managed network only once that was provisioned with Spark.
 * Source: learn.microsoft.com/azure/machine-learning/how-to-managed-network ("Configure for serverless Spark jobs"), 2026-11.
 */
function ofSpark(task: JobTask, { label }: TaskSource, { index }: Context): Check[] {
  const here = workspaceInHand(index);
  const isServerless = task.compute.kind === 'serverless' || task.compute.kind === 'default';
  if (task.kind !== 'spark' || !isServerless || !here?.view.managedNetwork.on || isNetworkV2(here.workspace.body))
    return [];
  const ready = booleanAt(here.workspace.body, '/properties/managedNetwork/status/sparkReady');
  if (ready === true) return [];
  const name = nameOf(here.workspace.id);
  return ready === undefined
    ? [check(label, 'unknown', `Whether the managed network of ${name} is ready for Spark (sparkReady) is not shown.`)]
    : [
        check(
          label,
          'fails',
          `The managed network of ${name} is not ready for Spark (sparkReady is false). Provision it with Spark: az ml workspace provision-network --include-spark.`,
        ),
      ];
}
