// The shared private link from the workspace to its registry, as its two rules look at it (rules-catalogue,
// `acr.shared-private-link`): the entries of the workspace, and the connections that the service's endpoints have at the registry.
import { type EndpointConnection, endpointConnectionsOf } from '../../kinds/network-acls.ts';
import type { SharedLink } from '../../kinds/shared-private-link.ts';
import { workspaceView } from '../../kinds/workspace-view.ts';
import type { Resource } from '../../model/resource.ts';
import { sameId } from '../../model/resource-id.ts';
import type { World } from '../../model/world.ts';
import type { Wall } from './firewall.ts';

/** The shared links of the workspace that lead to the registry. */
export const linksTo = (registry: Wall, workspace: Resource): readonly SharedLink[] =>
  workspaceView(workspace).sharedPrivateLinks.filter(
    ({ target, group }) => sameId(target, registry.resource.id) && group === 'registry',
  );

/**
 * Those of the service's connections that the links have brought about: they say what a link asks with. Where none does, whoever
 * answered has written over it, and any of them may be one.
 */
export function linkConnections(
  registry: Wall,
  links: readonly SharedLink[],
  world: World,
): readonly EndpointConnection[] {
  const all = serviceConnections(registry, world);
  const own = all.filter(({ says }) => says !== undefined && links.some(({ message }) => message === says));
  return own.length > 0 ? own : all;
}

/** Connections at the registry whose endpoint no readable subscription lists: the service's own, where a shared link leads here. */
export const serviceConnections = ({ resource }: Wall, world: World): readonly EndpointConnection[] =>
  endpointConnectionsOf(resource).filter(
    ({ endpointId }) => endpointId !== undefined && world.peek(endpointId).state !== 'read',
  );
