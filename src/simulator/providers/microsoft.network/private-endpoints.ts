// Microsoft.Network/privateEndpoints: a private address for another's resource. To make one that is approved
// automatically needs the right to approve; a manual one stays Pending until the resource's owner answers.
import { type ArmObject, isObject, list, text } from '../../json.ts';
import { connectionType } from '../private-link/connections.ts';
import { targetOf } from '../private-link/targets.ts';
import type { Link, ProviderType } from '../provider.ts';
import { type BodyShape, reference, tracked } from '../shape.ts';
import { endpointDocument, targetIdOf } from './private-endpoint-document.ts';
import { endpointGone, endpointStored, endpointType } from './private-endpoint-effects.ts';

const connections: BodyShape = [
  { name: 'text', properties: { privateLinkServiceId: 'text', groupIds: ['text'], requestMessage: 'text' } },
];

export const privateEndpoints: ProviderType = {
  type: endpointType,
  shape: {
    ...tracked,
    properties: {
      subnet: reference,
      privateLinkServiceConnections: connections,
      manualPrivateLinkServiceConnections: connections,
      ipConfigurations: [
        { name: 'text', properties: { groupId: 'text', memberName: 'text', privateIPAddress: 'text' } },
      ],
      applicationSecurityGroups: [reference],
      customNetworkInterfaceName: 'text',
    },
  },
  long: { put: 'async', delete: 'location' },
  allows: { patch: false },
  making: 'Updating',
  etags: true,
  replace: endpointDocument,
  links: (next) => [...joinsSubnet(next), ...approvals(next)],
  stored: endpointStored,
  gone: (store, _id, newId, body) => endpointGone(store, body, newId),
};

function joinsSubnet(next: ArmObject): Link[] {
  const id = text(next, 'properties', 'subnet', 'id');
  return id === undefined ? [] : [{ id, action: 'Microsoft.Network/virtualNetworks/subnets/join/action' }];
}

function approvals(next: ArmObject): Link[] {
  return list(next, 'properties', 'privateLinkServiceConnections')
    .filter(isObject)
    .flatMap((connection) => {
      const id = targetIdOf(connection);
      const target = targetOf(id);
      return target ? [{ id, action: `${connectionType(target.type)}Approval/action` }] : [];
    });
}
