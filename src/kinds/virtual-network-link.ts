import { nameOf, parentId } from '../model/resource-id.ts';
import { defineResourceType } from './define.ts';
import { actionOn, groupOf } from './parts/bodies.ts';
import { line } from './parts/shell.ts';
import { zoneLinkType } from './private-dns-view.ts';
import { privateDnsVersion, zoneLinkView } from './private-link-view.ts';
import { textAt } from './read.ts';

const computed = ['provisioningState', 'virtualNetworkLinkState'];

export const virtualNetworkLink = defineResourceType({
  type: zoneLinkType,
  label: 'network link of a private DNS zone',
  plural: 'network links of private DNS zones',
  apiVersion: privateDnsVersion,
  computed,
  columns: [
    { title: 'Zone', value: ({ id }) => nameOf(parentId(id) ?? '') },
    { title: 'Network', value: (resource) => nameOf(zoneLinkView(resource).vnet ?? '') },
    { title: 'State', value: (resource) => zoneLinkView(resource).state ?? '' },
  ],
  references(body) {
    const vnet = textAt(body, '/properties/virtualNetwork/id');
    return vnet === undefined ? [] : [vnet];
  },
  write: { create: true, delete: 'always', refused: 'network link that exists' },
  az(change) {
    if (change.kind === 'edit') return '';
    const zone = nameOf(parentId(change.resource) ?? '');
    const at = ['-g', groupOf(change.resource), '-z', zone, '-n', nameOf(change.resource)];
    if (change.kind === 'delete') return line('az', 'network', 'private-dns', 'link', 'vnet', 'delete', at, '--yes');
    const vnet = textAt(change.body, '/properties/virtualNetwork/id') ?? '';
    return line('az', 'network', 'private-dns', 'link', 'vnet', 'create', at, '-v', vnet, '-e', 'false');
  },
  alsoNeeds(change) {
    const vnet = change.kind === 'create' ? textAt(change.body, '/properties/virtualNetwork/id') : undefined;
    return vnet === undefined ? [] : [actionOn('Microsoft.Network/virtualNetworks/join/action', vnet)];
  },
});
