// In which subnet each cluster, instance and serverless compute of a workspace is placed, and whether with a public IP address.
import type { Resource } from '../model/resource.ts';
import { computeView, workspaceView } from './workspace-view.ts';

const isManaged = (compute: Resource): boolean =>
  ['AmlCompute', 'ComputeInstance'].includes(computeView(compute).computeType ?? '');

/** Clusters and instances: the computes that the service creates. */
export const managedAmong = (computes: readonly Resource[]): Resource[] => computes.filter(isManaged);

/** Has a managed compute a public IP address? Absent and null count as one. */
export const hasPublicIp = (compute: Resource): boolean =>
  isManaged(compute) && computeView(compute).enableNodePublicIp !== false;

export interface Placement {
  readonly subnet: string;
  /** A cluster or instance; the workspace for its serverless nodes. */
  readonly occupant: Resource;
  readonly isServerless: boolean;
  readonly isPublic: boolean;
}

/** Every placement in a subnet of the customer. A compute outside every subnet has none. */
export function placementsOf(computes: readonly Resource[], workspace: Resource | undefined): Placement[] {
  const managed = managedAmong(computes).flatMap((occupant): Placement[] => {
    const { subnet } = computeView(occupant);
    return subnet === undefined ? [] : [{ subnet, occupant, isServerless: false, isPublic: hasPublicIp(occupant) }];
  });
  const serverless = workspace && workspaceView(workspace).serverless;
  if (!workspace || serverless?.subnet === undefined) return managed;
  const isPublic = serverless.noPublicIp !== true;
  return [...managed, { subnet: serverless.subnet, occupant: workspace, isServerless: true, isPublic }];
}
