// How the workspace's parts point to each other: its accounts, vault, registry, computes. Reads only, checks nothing.

import type { Resource } from '../model/resource.ts';
import type { Peek, SnapshotIndex } from '../model/snapshot-index.ts';
import { isOfType, type WorkspaceView, workspacePrincipalOf, workspaceView } from '../resource-types/workspace-view.ts';

export const storageType = 'Microsoft.Storage/storageAccounts';
export const vaultType = 'Microsoft.KeyVault/vaults';
export const registryType = 'Microsoft.ContainerRegistry/registries';

/** The workspace without the throw: rules that do not need it must still run when its read was refused. */
export function peekWorkspace(index: SnapshotIndex): Peek {
  const id = index.snapshot.workspace;
  return id === null ? { state: 'missing' } : index.peek(id);
}

export interface Linked {
  readonly workspace: Resource;
  readonly view: WorkspaceView;
}

/** The workspace and its view, or undefined when there is none or it could not be read. */
export function workspaceInHand(index: SnapshotIndex): Linked | undefined {
  const seen = peekWorkspace(index);
  return seen.state === 'read' ? { workspace: seen.resource, view: workspaceView(seen.resource) } : undefined;
}

/** A link of the workspace; a project without one takes its hub's. */
function linkOf(index: SnapshotIndex, pick: (view: WorkspaceView) => string | undefined): string | undefined {
  const here = workspaceInHand(index);
  if (!here) return undefined;
  const own = pick(here.view);
  if (own !== undefined || here.view.kind !== 'Project' || here.view.hubResourceId === undefined) return own;
  const hub = index.peek(here.view.hubResourceId);
  return hub.state === 'read' ? pick(workspaceView(hub.resource)) : undefined;
}

export const defaultAccountId = (index: SnapshotIndex): string | undefined =>
  linkOf(index, (view) => view.storageAccount);
export const workspaceVaultId = (index: SnapshotIndex): string | undefined => linkOf(index, (view) => view.keyVault);
export const workspaceRegistryId = (index: SnapshotIndex): string | undefined =>
  linkOf(index, (view) => view.containerRegistry);

/** Object id of the identity that the workspace acts as; undefined when it has none, or it is not shown. */
export function workspacePrincipal(index: SnapshotIndex): string | undefined {
  const here = workspaceInHand(index);
  return here && workspacePrincipalOf(here.workspace);
}

export const isStorage = (id: string): boolean => isOfType(id, storageType);
export const isVault = (id: string): boolean => isOfType(id, vaultType);
export const isRegistry = (id: string): boolean => isOfType(id, registryType);
