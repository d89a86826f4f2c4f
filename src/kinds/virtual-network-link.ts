// Links of a private zone to a network: without one, the network's machines never ask the zone (rules-catalogue, P-PE step 3).
import { isObject } from '../model/json.ts';
import { updateAt } from '../model/pointer.ts';
import { nameOf, parentId } from '../model/resource-id.ts';
import type { Kind } from './kind.ts';
import { actionOn, groupOf, readOnly, sendable, without } from './parts/bodies.ts';
import { normalBody, type Shape, sameBy } from './parts/normal.ts';
import { line } from './parts/shell.ts';
import { zoneLinkType } from './private-dns-view.ts';
import { privateDnsVersion, zoneLinkView } from './private-link-view.ts';
import { textAt } from './read.ts';

const computed = ['provisioningState', 'virtualNetworkLinkState'];
const shape: Shape = { volatile: computed.map((name) => `/properties/${name}`), sets: {} };

export const virtualNetworkLink: Kind = {
  type: zoneLinkType,
  label: 'network link of a private DNS zone',
  plural: 'network links of private DNS zones',
  apiVersion: privateDnsVersion,
  columns: [
    { title: 'Zone', value: ({ id }) => nameOf(parentId(id) ?? '') },
    { title: 'Network', value: (resource) => nameOf(zoneLinkView(resource).vnet ?? '') },
    { title: 'State', value: (resource) => zoneLinkView(resource).state ?? '' },
  ],
  references(body) {
    const vnet = textAt(body, '/properties/virtualNetwork/id');
    return vnet === undefined ? [] : [vnet];
  },
  lists: {},
  same: sameBy(shape),
  normal: (body) => normalBody(shape, body),
  oneWay: () => null,
  writer: (id) => parentId(id) ?? id,
  write(change) {
    const at = { id: change.resource, apiVersion: privateDnsVersion };
    if (change.kind === 'edit') return readOnly('network link that exists', change);
    if (change.kind === 'delete') return { method: 'DELETE', ...at, body: null };
    const body = updateAt(sendable(change.body), ['properties'], (value) =>
      isObject(value) ? without(value, computed) : value,
    );
    return isObject(body)
      ? { method: 'PUT', ...at, body, ifNoneMatch: '*' }
      : 'The network link to be made names no network.';
  },
  az(change) {
    if (change.kind === 'edit') return '';
    const zone = nameOf(parentId(change.resource) ?? '');
    const at = ['-g', groupOf(change.resource), '-z', zone, '-n', nameOf(change.resource)];
    if (change.kind === 'delete') return line('az', 'network', 'private-dns', 'link', 'vnet', 'delete', at, '--yes');
    const vnet = textAt(change.body, '/properties/virtualNetwork/id') ?? '';
    return line('az', 'network', 'private-dns', 'link', 'vnet', 'create', at, '-v', vnet, '-e', 'false');
  },
  needs(change) {
    const action = `Microsoft.Network/privateDnsZones/virtualNetworkLinks/${change.kind === 'delete' ? 'delete' : 'write'}`;
    const vnet = change.kind === 'create' ? textAt(change.body, '/properties/virtualNetwork/id') : undefined;
    return [
      actionOn(action, change.resource),
      ...(vnet === undefined ? [] : [actionOn('Microsoft.Network/virtualNetworks/join/action', vnet)]),
    ];
  },
};
