// One route of a route table (rules-catalogue, P-ROUTE): written whole, with the etag it shares with its table.
import type { JsonObject } from '../model/json.ts';
import { nameOf, parentId } from '../model/resource-id.ts';
import { defineResourceType } from './define.ts';
import { networkVersion } from './network-view.ts';
import { groupOf, isUnder, withoutComputed } from './parts/bodies.ts';
import { followsInWhole } from './parts/inline-list.ts';
import { type Shape, spelt } from './parts/normal.ts';
import { line } from './parts/shell.ts';
import { textAt } from './read.ts';
import { routeType, withoutRoute, withRoute } from './route-view.ts';

/** What Azure computes in a route: the state, and whether it beats routes of BGP. */
export const routeComputed = ['provisioningState', 'hasBgpOverride'];
/** Next hops that a user may write, in Azure's spelling. */
export const nextHops = ['VirtualNetworkGateway', 'VnetLocal', 'Internet', 'VirtualAppliance', 'None'];

const shape: Shape = {
  rewrite: { '/properties/nextHopType': spelt(nextHops) },
};

/** The body of a PUT, alone or inside its table: what Azure computes is left out. */
export const routeSent = (body: JsonObject): JsonObject => withoutComputed(body, routeComputed);

const at = (id: string): string[] => [
  ...['-g', groupOf(id), '--route-table-name', nameOf(parentId(id) ?? '')],
  ...['-n', nameOf(id)],
];

/** The CLI's line that writes a whole route; `gone`: pointers of members that it is to lose. */
export function routeLine(
  verb: 'create' | 'update',
  id: string,
  body: JsonObject,
  gone: readonly string[] = [],
): string {
  const words = [
    ['--address-prefix', textAt(body, '/properties/addressPrefix')],
    ['--next-hop-type', textAt(body, '/properties/nextHopType')],
    ['--next-hop-ip-address', textAt(body, '/properties/nextHopIpAddress')],
  ].flatMap(([flag, value]) => (flag === undefined || value === undefined ? [] : [flag, value]));
  const unset = gone.flatMap((pointer) => ['--remove', pointer.replace('/properties/', '')]);
  return line('az', 'network', 'route-table', 'route', verb, at(id), words, unset);
}

export const deleteRouteLine = (id: string): string => line('az', 'network', 'route-table', 'route', 'delete', at(id));

export const route = defineResourceType({
  type: routeType,
  label: 'route',
  plural: 'routes',
  apiVersion: networkVersion,
  computed: routeComputed,
  shape,
  columns: [
    { title: 'Prefix', value: ({ body }) => textAt(body, '/properties/addressPrefix') ?? '' },
    { title: 'Next hop', value: ({ body }) => textAt(body, '/properties/nextHopType') ?? '' },
    { title: 'Address', value: ({ body }) => textAt(body, '/properties/nextHopIpAddress') ?? '' },
  ],
  follows: followsInWhole((id) => parentId(id) ?? '', withRoute, withoutRoute),
  write: { body: routeSent, create: true, delete: 'if-match', edits: (edit) => isUnder(edit, '/properties') },
  az(change) {
    if (change.kind === 'delete') return deleteRouteLine(change.resource);
    if (change.kind === 'create') return routeLine('create', change.resource, change.body);
    const properties = Object.fromEntries(
      change.edits.flatMap((edit) =>
        edit.op === 'set' && edit.after !== undefined ? [[edit.pointer.replace('/properties/', ''), edit.after]] : [],
      ),
    );
    const gone = change.edits.flatMap((edit) => (edit.op === 'set' && edit.after === undefined ? [edit.pointer] : []));
    return routeLine('update', change.resource, { properties }, gone);
  },
});
