// In which subnet each cluster, instance and serverless compute of a workspace is placed, and whether with a public IP address.
import type { Pointer } from '../model/pointer.ts';
import type { Resource } from '../model/resource.ts';
import { enumAt } from './read.ts';
import { computeView, workspaceView } from './workspace-view.ts';

const isManaged = (compute: Resource): boolean =>
  ['AmlCompute', 'ComputeInstance'].includes(computeView(compute).computeType ?? '');

/** Clusters and instances: the computes that the service creates. */
export const managedAmong = (computes: readonly Resource[]): Resource[] => computes.filter(isManaged);

/** Has a managed compute a public IP address? Absent and null count as one. */
export const hasPublicIp = (compute: Resource): boolean =>
  isManaged(compute) && computeView(compute).enableNodePublicIp !== false;

const sshStates = ['Enabled', 'Disabled', 'NotSpecified'] as const;
type SshState = (typeof sshStates)[number];
/** The setting that opens SSH at the public IP address of a compute. */
export const sshPointer = (compute: Resource): Pointer =>
  computeView(compute).computeType === 'ComputeInstance'
    ? '/properties/properties/sshSettings/sshPublicAccess'
    : '/properties/properties/remoteLoginPortPublicAccess';

/** The SSH setting; absent means Disabled on an instance and NotSpecified on a cluster. Undefined for an unexpected value. */
export function sshOf(compute: Resource): SshState | undefined {
  const value = enumAt(compute.body, sshPointer(compute), sshStates);
  if (value !== undefined) return sshStates.find((one) => one === value);
  return computeView(compute).computeType === 'ComputeInstance' ? 'Disabled' : 'NotSpecified';
}

/** Is SSH on at its public IP address? Not specified, it is off in a virtual network of the operator's or of Azure, and on elsewhere. */
export const isSshOn = (state: SshState, isInNetwork: boolean): boolean =>
  state === 'Enabled' || (state === 'NotSpecified' && !isInNetwork);

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
