// Shared private links of a workspace: private endpoints of the workspace service to a resource of the customer.
import type { Change } from '../model/change.ts';
import { isObject, type Json } from '../model/json.ts';
import { memberIgnoringCase, type Pointer } from '../model/pointer.ts';
import type { Resource } from '../model/resource.ts';
import { nameOf, sameId, typeOf } from '../model/resource-id.ts';
import { endpointConnectionsOf } from './network-acls.ts';
import { connectionTypeOf, withConnection, withoutConnections } from './private-link.ts';
import { itemsAt } from './read.ts';
import type { Consequence, ResourceLookup } from './resource-type.ts';

export const sharedLinksPointer: Pointer = '/properties/sharedPrivateLinkResources';

export interface SharedLink {
  readonly name: string | undefined;
  /** Id of its target. */
  readonly target: string;
  /** In lower case. */
  readonly group: string | undefined;
  /** Its state in the workspace; the state at the target takes precedence. */
  readonly status: string | undefined;
  /** Its request message; the connection at the target shows it. */
  readonly message: string | undefined;
  readonly pointer: Pointer;
}

/** Members in the spelling of 2019 templates (`PrivateLinkResourceId`) count too. */
export const sharedLinksOf = (body: Json): SharedLink[] => itemsAt(body, sharedLinksPointer).flatMap(sharedLink);

function sharedLink({ item, pointer }: { item: Json; pointer: Pointer }): SharedLink[] {
  const properties = within(item, 'properties');
  const id = textIn(properties, 'privateLinkResourceId');
  if (id === undefined) return [];
  const target = id.replace(/\/privateLinkResources\/[^/]*$/i, '');
  const group = textIn(properties, 'groupId') ?? id.slice(target.length).split('/').at(-1);
  const status = textIn(properties, 'status');
  const message = textIn(properties, 'requestMessage');
  return [{ name: textIn(item, 'name'), target, group: group?.toLowerCase(), status, message, pointer }];
}

const within = (item: Json | undefined, name: string): Json | undefined =>
  isObject(item) ? memberIgnoringCase(item, name) : undefined;
function textIn(item: Json | undefined, name: string): string | undefined {
  const value = within(item, name);
  return typeof value === 'string' && value !== '' ? value : undefined;
}

// Side effects, for previews: a shared private link adds a connection at its target, which waits for approval there and is
// deleted with the link. Azure assigns its name; here it is a placeholder.
/** The service's endpoints are in a subscription that customers cannot read. */
const serviceScope = '/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/shared-private-link';
const endpointOf = ({ target, name }: SharedLink): string =>
  `${serviceScope}/providers/Microsoft.Network/privateEndpoints/${nameOf(target)}-${name ?? 'link'}`;

/** With spaces, so that it is not mistaken for a name: no Azure name has a space. */
const placeholder = ({ name = '' }: SharedLink): string =>
  `the connection of link ${name.replaceAll(/[^\w.-]/g, '')}`.trim();

/** Undefined for a change that touches no shared private link. */
export function linkSideEffects(change: Change, seen: ResourceLookup): Consequence | undefined {
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
  const name = placeholder(link);
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

/** The connection of an unreadable endpoint is deleted with its link. */
function disconnected(target: Resource, link: SharedLink, seen: ResourceLookup): Consequence {
  const own = endpointConnectionsOf(target).filter(
    ({ endpointId }) =>
      sameId(endpointId, endpointOf(link)) || (endpointId !== undefined && !seen.resource(endpointId)),
  );
  const ids = own.flatMap(({ id }) => id ?? []);
  return { put: ids.length > 0 ? [withoutConnections(target, ids)] : [], gone: ids };
}
