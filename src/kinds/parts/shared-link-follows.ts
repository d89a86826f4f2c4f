// What a shared private link brings about at the resource it leads to: a connection of the service's own endpoint, which waits
// for approval there, and goes with the link. For previews; the names of Azure's making are stand-ins.
import type { Change } from '../../model/change.ts';
import type { Resource } from '../../model/resource.ts';
import { nameOf, sameId, typeOf } from '../../model/resource-id.ts';
import type { Consequence, Seen } from '../kind.ts';
import { endpointConnectionsOf } from '../network-acls.ts';
import { connectionTypeOf, withConnection, withoutConnections } from '../private-link-view.ts';
import { type SharedLink, sharedLinksOf, sharedLinksPointer } from '../shared-link-view.ts';

/** The service's endpoints lie in a subscription that no customer sees. */
const serviceScope = '/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/shared-private-link';
const endpointOf = ({ target, name }: SharedLink): string =>
  `${serviceScope}/providers/Microsoft.Network/privateEndpoints/${nameOf(target)}-${name ?? 'link'}`;

/** In words, so that nobody takes it for a name: no name of Azure's holds a space. */
const standIn = ({ name = '' }: SharedLink): string =>
  `the connection of link ${name.replaceAll(/[^\w.-]/g, '')}`.trim();

/** Undefined for a change that touches no shared private link. */
export function linkFollows(change: Change, seen: Seen): Consequence | undefined {
  if (change.kind !== 'edit') return undefined;
  const touched = change.edits.flatMap((edit) => {
    if (edit.pointer !== sharedLinksPointer || edit.op === 'set') return [];
    const item = edit.op === 'add' ? edit.after : edit.before;
    const links = sharedLinksOf({ properties: { sharedPrivateLinkResources: [item] } });
    return links.map((link) => ({ link, comes: edit.op === 'add' }));
  });
  if (touched.length === 0) return undefined;
  const each = touched.map(({ link, comes }) => {
    const target = seen.resource(link.target);
    if (!target) return { put: [], gone: [] };
    return comes ? connected(target, link) : disconnected(target, link, seen);
  });
  return { put: each.flatMap(({ put }) => put), gone: each.flatMap(({ gone }) => gone) };
}

function connected(target: Resource, link: SharedLink): Consequence {
  const name = standIn(link);
  const type = connectionTypeOf(typeOf(target.id));
  const id = `${target.id}/privateEndpointConnections/${name}`;
  const properties = {
    privateEndpoint: { id: endpointOf(link) },
    privateLinkServiceConnectionState: { status: 'Pending', description: link.message ?? '' },
    provisioningState: 'Succeeded',
  };
  const connection = { id, type, apiVersion: target.apiVersion, body: { id, name, type, properties } };
  return { put: [withConnection(target, connection), connection], gone: [] };
}

/** The connection of an endpoint that nobody here sees goes with the link it came from. */
function disconnected(target: Resource, link: SharedLink, seen: Seen): Consequence {
  const own = endpointConnectionsOf(target).filter(
    ({ endpointId }) =>
      sameId(endpointId, endpointOf(link)) || (endpointId !== undefined && !seen.resource(endpointId)),
  );
  const ids = own.flatMap(({ id }) => id ?? []);
  return { put: ids.length > 0 ? [withoutConnections(target, ids)] : [], gone: ids };
}
