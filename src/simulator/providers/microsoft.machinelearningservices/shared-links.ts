// Shared private links of a workspace: the service makes its own endpoint to the resource that the link names, which its owner
// approves; it goes with the link. What the workspace shows of a link is what the resource says.
import { fold, typeOf } from '../../gateway/address.ts';
import { ArmError } from '../../gateway/answer.ts';
import { type ArmObject, at, isObject, list, put, text } from '../../json.ts';
import type { LongOperation } from '../../operations/operation.ts';
import { idOf, type Store } from '../../store/store.ts';
import { newConnection, pending, stateOf } from '../private-link/connections.ts';
import type { Later } from '../provider.ts';
import { connectionsOf, endpointPrefix } from './managed-network-effects.ts';
import { networkIn } from './managed-network-parts.ts';

const workspaceType = 'Microsoft.MachineLearningServices/workspaces';
const registryType = 'Microsoft.ContainerRegistry/registries';

interface Link {
  readonly properties: ArmObject;
  readonly target: string;
  readonly group: string;
}

/** Names are taken in any letter case, as templates of 2019 spell them. */
function linksIn(workspace: ArmObject | undefined): Link[] {
  return list(workspace, 'properties', 'sharedPrivateLinkResources').flatMap((item) => {
    const properties = at(item, 'properties');
    const id = text(properties, 'privateLinkResourceId');
    if (!isObject(properties) || id === undefined) return [];
    const target = id.replace(/\/privateLinkResources\/[^/]*$/i, '');
    return [{ properties, target, group: fold(text(properties, 'groupId') ?? '') }];
  });
}

/** A link leads to something that is there, and to a registry that takes endpoints. */
export function refuseLinks(store: Store, workspace: ArmObject): void {
  for (const { target, group } of linksIn(workspace)) {
    const found = store.get(target);
    const isRegistry = fold(typeOf(target)) === fold(registryType);
    const premium = fold(text(found, 'sku', 'name') ?? '') === 'premium';
    if (found && (!isRegistry || (premium && group === 'registry'))) continue;
    throw new ArmError(
      400,
      'BadRequest',
      `The shared private link to ${target} (${group}) cannot be made: the resource is not there, or takes no private endpoint of that group.`,
    );
  }
}

/** After the workspace: each link has a connection at its target, and no other one of the service's is left. */
export function linksStored(store: Store, id: string, newId: () => string, later: Later): void {
  for (const { properties, target, group } of linksIn(store.get(id))) {
    if (connectionsOf(store, target, group).length > 0 || underWay(store, target).length > 0) continue;
    const endpoint = `${endpointPrefix(target, group)}${newId().slice(0, 8)}`;
    // What the link asks with is what its target shows until it answers.
    const description = text(properties, 'requestMessage') ?? pending.description;
    const connection = newConnection(store, target, endpoint, { ...pending, description }, newId);
    if (connection) later(connection);
  }
  const workspaces = store.ofType(workspaceType);
  if (workspaces.some((workspace) => fold(text(networkIn(workspace), 'isolationMode') ?? 'disabled') !== 'disabled')) {
    return;
  }
  const wanted = workspaces.flatMap(linksIn).map(({ target }) => fold(target));
  for (const registry of store.ofType(registryType)) {
    if (wanted.includes(fold(idOf(registry)))) continue;
    for (const connection of connectionsOf(store, idOf(registry), 'registry')) store.remove(idOf(connection));
    for (const operation of underWay(store, idOf(registry))) store.operations.delete(operation.id);
  }
}

/** Connections to a target that are still to come. */
const underWay = (store: Store, target: string): LongOperation[] =>
  [...store.operations.values()].filter(
    (one) =>
      one.status === 'InProgress' && one.verb === 'PUT' && !store.holds(one.target) && isConnectionAt(one, target),
  );
const isConnectionAt = (operation: LongOperation, target: string): boolean =>
  fold(operation.target).startsWith(`${fold(target)}/privateendpointconnections/`);

/** The state of each link, as its target says. */
export function showLinks(store: Store, workspace: ArmObject): void {
  for (const { properties, target, group } of linksIn(workspace)) {
    const [connection] = connectionsOf(store, target, group);
    if (connection) put(properties, 'status', stateOf(connection).status);
  }
}
