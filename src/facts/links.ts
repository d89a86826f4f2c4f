// How the workspace's parts point to each other: its accounts, vault, registry, computes. Reads only, checks nothing.

import { hubOf } from '../model/posture.ts';
import { attempt } from '../model/readable.ts';
import type { Resource } from '../model/resource.ts';
import { fold } from '../model/resource-id.ts';
import type { SnapshotIndex } from '../model/snapshot-index.ts';
import { databricksType } from '../resource-types/databricks-workspace.ts';
import { managedClusterType } from '../resource-types/managed-cluster-view.ts';
import { textAt } from '../resource-types/read.ts';
import { routeTableType } from '../resource-types/route-view.ts';
import { securityGroupType } from '../resource-types/security-group-view.ts';
import { isOfType, type WorkspaceView, workspacePrincipalOf, workspaceView } from '../resource-types/workspace-view.ts';

export const storageType = 'Microsoft.Storage/storageAccounts';
export const vaultType = 'Microsoft.KeyVault/vaults';
export const registryType = 'Microsoft.ContainerRegistry/registries';

/** Where no workspace is selected each of these is checked by itself. */
export const checkedAlone: ReadonlySet<string> = new Set(
  [
    ...[storageType, vaultType, registryType, securityGroupType, routeTableType],
    ...[databricksType, managedClusterType],
  ].map(fold),
);

/** The workspace in question itself: a project, not its hub. Undefined when there is none or it could not be read. */
export function ownWorkspace(index: SnapshotIndex): Resource | undefined {
  const { workspace } = index.snapshot;
  const seen = workspace === null ? undefined : index.peek(workspace);
  return seen?.state === 'read' ? seen.resource : undefined;
}

/** The hub whose settings the workspace inherits; undefined where they are its own, or the hub is not known. */
export function inheritedFrom(index: SnapshotIndex): string | undefined {
  const own = ownWorkspace(index);
  return (
    own &&
    attempt(
      () => hubOf(own),
      () => undefined,
    )
  );
}

/** Is it a hub or a project? These have neither compute clusters nor a network of the customer. */
export const isHubBased = (index: SnapshotIndex): boolean => {
  const own = ownWorkspace(index);
  return own !== undefined && ['Hub', 'Project'].includes(workspaceView(own).kind ?? '');
};

export interface Linked {
  readonly workspace: Resource;
  readonly view: WorkspaceView;
}

/** The workspace whose settings apply and its view, or undefined when there is none or it could not be read. */
export function workspaceInHand(index: SnapshotIndex): Linked | undefined {
  const seen = index.posture();
  return seen.state === 'read' ? { workspace: seen.resource, view: workspaceView(seen.resource) } : undefined;
}

/** A link of the workspace, or of the hub of a project. */
function linkOf(index: SnapshotIndex, pick: (view: WorkspaceView) => string | undefined): string | undefined {
  const here = workspaceInHand(index);
  return here && pick(here.view);
}

export const defaultAccountId = (index: SnapshotIndex): string | undefined =>
  linkOf(index, (view) => view.storageAccount);
export const workspaceVaultId = (index: SnapshotIndex): string | undefined => linkOf(index, (view) => view.keyVault);
export const workspaceRegistryId = (index: SnapshotIndex): string | undefined =>
  linkOf(index, (view) => view.containerRegistry);

/** Object id of the identity that the workspace acts as; undefined when it has none, or it is not shown. */
export function workspacePrincipal(index: SnapshotIndex): string | undefined {
  const own = ownWorkspace(index);
  return own && workspacePrincipalOf(own);
}

/** The same of the workspace whose settings apply: the identity of a hub makes the endpoints of its managed network. */
export function settingsPrincipal(index: SnapshotIndex): string | undefined {
  const here = workspaceInHand(index);
  return here && workspacePrincipalOf(here.workspace);
}

export const isStorage = (id: string): boolean => isOfType(id, storageType);
export const isVault = (id: string): boolean => isOfType(id, vaultType);
export const isRegistry = (id: string): boolean => isOfType(id, registryType);

export const builderPointer = '/properties/imageBuildCompute';

/** The name of the compute that is set to build images, if any. */
export const builderName = (workspace: Resource): string | undefined =>
  textAt(workspace.body, builderPointer)?.trim() || undefined;
