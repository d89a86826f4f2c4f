// Virtual networks, read only: a PUT would delete the subnets and peerings that it leaves out.
import { defineResourceType } from './define.ts';
import { subnetsOf, vnetType, vnetView } from './network-view.ts';
import type { ResourceShape } from './parts/normal.ts';
import { subnetShape } from './subnet.ts';
import { peeringComputed, peeringShape } from './virtual-network-peering.ts';

const inline = (pointer: string): string => `/properties/subnets/*${pointer}`;
const inPeering = (pointer: string): string => `/properties/virtualNetworkPeerings/*${pointer}`;
const shape: ResourceShape = {
  rewrite: Object.fromEntries(
    Object.entries(peeringShape.rewrite).map(([pointer, rewrite]) => [inPeering(pointer), rewrite]),
  ),
  volatile: [
    inline('/etag'),
    ...subnetShape.volatile.map(inline),
    '/properties/virtualNetworkPeerings/*/etag',
    '/properties/virtualNetworkPeerings/*/properties/provisioningState',
    ...peeringComputed.map((name) => inPeering(`/properties/${name}`)),
  ],
  sets: {
    '/properties/subnets': { member: 'name', fold: true },
    '/properties/virtualNetworkPeerings': { member: 'name', fold: true },
    ...Object.fromEntries(Object.entries(peeringShape.sets).map(([pointer, key]) => [inPeering(pointer), key])),
    ...Object.fromEntries(Object.entries(subnetShape.sets).map(([pointer, key]) => [inline(pointer), key])),
  },
};

export const virtualNetwork = defineResourceType({
  type: vnetType,
  label: 'virtual network',
  decidesPackets: true,
  plural: 'virtual networks',
  shape,
  columns: [
    { title: 'Prefixes', value: (resource) => vnetView(resource).prefixes.join(', ') },
    { title: 'Subnets', value: (resource) => String(vnetView(resource).subnets.length) },
    { title: 'Region', value: (resource) => vnetView(resource).location ?? '' },
  ],
  references(body) {
    const vnet = { id: '', type: vnetType, apiVersion: '', body };
    return [...subnetsOf(vnet).map(({ id }) => id), ...vnetView(vnet).peerings.map(({ id }) => id)];
  },
});
