// Private endpoints: created and deleted, never edited. Side effects at the target and the subnet are in private-link.ts.
import type { JsonObject } from '../model/json.ts';
import { isObject } from '../model/json.ts';
import { updateAt, valueAt } from '../model/pointer.ts';
import { fold, nameOf, parentId, sameId, typeOf } from '../model/resource-id.ts';
import { defineResourceType } from './define.ts';
import { endpointView } from './network-view.ts';
import { actionOn, eachObject, groupOf, sendable, without } from './parts/bodies.ts';
import { named } from './parts/effects.ts';
import type { ResourceShape } from './parts/normal.ts';
import { line } from './parts/shell.ts';
import { listedByOthers, writesOver, writtenBy, zoneConfigsPointer, zoneGroupType } from './private-dns-zone-group.ts';
import { endpointGone, endpointMade, privateEndpointType } from './private-link.ts';
import { listAt, textAt, textsAt } from './read.ts';

/** Connections that are approved automatically, and those that the target's owner must approve. */
const connectionLists = ['privateLinkServiceConnections', 'manualPrivateLinkServiceConnections'] as const;
const byName = { member: 'name', fold: true } as const;
const computed = ['provisioningState', 'networkInterfaces', 'customDnsConfigs'];
const computedOfConnection = ['provisioningState', 'privateLinkServiceConnectionState'];
const shape: ResourceShape = {
  volatile: [
    '/properties/customNetworkInterfaceName',
    ...connectionLists.flatMap((name) => [
      ...['id', 'etag', 'type'].map((member) => `/properties/${name}/*/${member}`),
      ...[...computedOfConnection, 'requestMessage'].map((member) => `/properties/${name}/*/properties/${member}`),
    ]),
  ],
  sets: {
    ...Object.fromEntries(connectionLists.map((name) => [`/properties/${name}`, byName])),
    '/properties/ipConfigurations': byName,
    '/properties/applicationSecurityGroups': { member: 'id', fold: true },
  },
};

/** Addresses that an endpoint to a resource takes: one for each name group of its service; a registry has one more for each replica. */
export const endpointAddresses = (target: string): number => addressesByType.get(fold(typeOf(target))) ?? 1;
const addressesByType = new Map([
  ['microsoft.machinelearningservices/workspaces', 3],
  ['microsoft.containerregistry/registries', 2],
]);

/** Those that an endpoint takes, by its body. */
export const addressesTaken = (body: JsonObject): number => {
  const [first] = connectionLists.flatMap((name) => listAt(body, `/properties/${name}`));
  return endpointAddresses(textAt(first, '/properties/privateLinkServiceId') ?? '');
};

export const privateEndpoint = defineResourceType({
  type: privateEndpointType,
  label: 'private endpoint',
  decidesPackets: true,
  plural: 'private endpoints',
  computed,
  shape,
  childLists: ['privateDnsZoneGroups'],
  columns: [
    {
      title: 'To',
      value: (resource) =>
        serviceConnections(resource)
          .flatMap(({ target }) => target ?? [])
          .map(nameOf)
          .join(', '),
    },
    {
      title: 'Groups',
      value: (resource) =>
        serviceConnections(resource)
          .flatMap(({ groups }) => groups)
          .join(', '),
    },
    { title: 'Subnet', value: (resource) => nameOf(endpointView(resource).subnet ?? '') },
    { title: 'State', value: (resource) => serviceConnections(resource)[0]?.status ?? '' },
  ],
  references(body) {
    const view = endpointView({ id: '', type: privateEndpointType, apiVersion: '', body });
    const nics = listAt(body, '/properties/networkInterfaces').map((item) => textAt(item, '/id'));
    return [view.subnet, ...view.connections.map(({ target }) => target), ...nics].filter((id) => id !== undefined);
  },
  effects({ id, before, after }) {
    const one = after ?? before;
    if (one === null || (before !== null && after !== null)) return [];
    const targets = serviceConnections(one).flatMap(({ target }) => target ?? []);
    const to = named(targets.map(nameOf)) || 'its target';
    const subject = targets.join(', ') || id;
    if (after === null) {
      const detail = `Removes the private endpoint ${nameOf(id)} to ${to}: clients of its network lose the private path.`;
      return [{ kind: 'relaxes', detail, subject }];
    }
    return [
      {
        kind: 'allows',
        detail: `The network of ${nameOf(endpointView(one).subnet ?? '')} reaches ${to} privately.`,
        subject,
      },
    ];
  },
  sideEffects(change, seen) {
    if (change.kind === 'create') return endpointMade(change.resource, change.body, seen);
    return change.kind === 'delete' ? endpointGone(change.resource, change.body, seen) : { put: [], gone: [] };
  },
  undoBlocker({ resource }, seen, going) {
    const groups = seen.ofType(zoneGroupType).filter(({ id }) => sameId(parentId(id), resource));
    const others = groups.filter(({ id }) => !going.some((one) => sameId(one, id)));
    return others.length === 0
      ? null
      : `the private endpoint is kept: others added the DNS zone group ${others.map(({ id }) => nameOf(id)).join(', ')}.`;
  },
  // Its address is dynamic unless the body names it.
  restoredWith: ({ body }) =>
    listAt(body, '/properties/ipConfigurations').length > 0
      ? null
      : 'a restored private endpoint can get another private address.',
  undoClass(change, seen) {
    if (change.kind !== 'delete') return null;
    const groups = seen.ofType(zoneGroupType).filter(({ id }) => sameId(parentId(id), change.resource));
    const records = writtenBy(groups.flatMap(({ body }) => listAt(body, zoneConfigsPointer)));
    return listedByOthers(change.resource, records, seen) ? 'partial' : null;
  },
  partialUndo: () => writesOver,
  write: { body: made, create: true, delete: true, refused: 'private endpoint that exists' },
  az(change) {
    const at = ['-g', groupOf(change.resource), '-n', nameOf(change.resource)];
    if (change.kind === 'edit') return '';
    if (change.kind === 'delete') return line('az', 'network', 'private-endpoint', 'delete', at);
    const manual = listAt(change.body, `/properties/${connectionLists[1]}`)[0];
    const connection = manual ?? listAt(change.body, `/properties/${connectionLists[0]}`)[0];
    return line('az', 'network', 'private-endpoint', 'create', at, [
      ...['--location', textAt(change.body, '/location') ?? ''],
      ...['--subnet', textAt(change.body, '/properties/subnet/id') ?? ''],
      ...['--private-connection-resource-id', textAt(connection, '/properties/privateLinkServiceId') ?? ''],
      ...['--group-id', ...textsAt(connection, '/properties/groupIds')],
      ...['--connection-name', textAt(connection, '/name') ?? ''],
      ...(manual === undefined ? [] : ['--manual-request', 'true']),
    ]);
  },
  alsoNeeds(change) {
    const subnet = textAt(change.body ?? undefined, '/properties/subnet/id');
    const targets = listAt(change.body ?? undefined, `/properties/${connectionLists[0]}`).flatMap(
      (item) => textAt(item, '/properties/privateLinkServiceId') ?? [],
    );
    return [
      ...(subnet === undefined ? [] : [actionOn('Microsoft.Network/virtualNetworks/subnets/join/action', subnet)]),
      ...targets.map((id) => actionOn(`${typeOf(id)}/privateEndpointConnectionsApproval/action`, id)),
    ];
  },
});

const serviceConnections = (resource: Parameters<typeof endpointView>[0]) => endpointView(resource).connections;

/** The body of a PUT: without what Azure computes, also when a deleted endpoint is restored. */
function made(body: JsonObject): JsonObject {
  const tidy = sendable(body);
  const after = updateAt(tidy, ['properties'], (properties) => {
    if (!isObject(properties)) return {};
    let kept: JsonObject = without(properties, computed);
    for (const name of connectionLists) {
      const list = eachObject(valueAt(kept, `/${name}`), (item) => {
        const bare = without(item, ['id', 'etag', 'type']);
        return isObject(bare.properties)
          ? { ...bare, properties: without(bare.properties, computedOfConnection) }
          : bare;
      });
      if (list !== undefined) kept = { ...kept, [name]: list };
    }
    return kept;
  });
  return isObject(after) ? after : tidy;
}
