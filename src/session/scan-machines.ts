// What the scan reads of machines and clusters that are attached to the workspace: themselves,
// the interfaces of a machine, and where it matters the security group and public address of each interface.

import type { Resource } from '../model/resource.ts';
import {
  attachedSubnets,
  computeView,
  databricksSubnets,
  instanceViewOf,
  needsInstanceView,
  nicsOf,
  nicView,
  securityRulesOf,
} from '../resource-types/index.ts';
import type { Collector } from './collector.ts';

/** The subnets of an attached machine or cluster. `checked`: its own traffic is checked, so what decides it is read as well. */
export async function attachedOfCompute(collector: Collector, compute: Resource, checked: boolean): Promise<string[]> {
  const { resourceId, computeType } = computeView(compute);
  if (resourceId === undefined || computeType === 'AmlCompute' || computeType === 'ComputeInstance') return [];
  const attached = await collector.read(resourceId);
  if (!attached) return [];
  const isMachine = computeType === 'VirtualMachine';
  const [nics] = await Promise.all([
    readAll(collector, nicsOf(attached)),
    isMachine && checked && needsInstanceView(attached) ? collector.read(instanceViewOf(attached.id)) : undefined,
  ]);
  if (isMachine && checked) await besideNics(collector, nics);
  return [...attachedSubnets(attached), ...databricksSubnets(attached), ...nics.flatMap(attachedSubnets)];
}

/** Security groups and public addresses of interfaces. */
async function besideNics(collector: Collector, nics: readonly Resource[]): Promise<void> {
  const found = await readAll(
    collector,
    nics.map(nicView).flatMap(({ group, addresses }) => [group, ...addresses.map((one) => one.publicAddress)]),
  );
  for (const resource of found) securityRulesOf(resource).forEach(collector.keep);
}

async function readAll(collector: Collector, ids: readonly (string | undefined)[]): Promise<Resource[]> {
  const wanted = ids.filter((id) => id !== undefined);
  return (await Promise.all(wanted.map((id) => collector.read(id)))).filter((resource) => resource !== undefined);
}
