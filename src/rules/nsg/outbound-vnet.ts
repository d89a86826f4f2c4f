// nsg.outbound-vnet: nodes reach their own network.
import { flowRule } from '../parts/nsg-flows.ts';

export const nsgOutboundVnet = flowRule({
  id: 'nsg.outbound-vnet',
  title: 'Outbound any port to the virtual network',
  severity: 'high',
  why: 'Nodes talk to each other, to private endpoints and to the DNS servers of the network.',
  fix: 'Adds an allow to VirtualNetwork, or to the network’s own ranges where a default route makes that tag everything.',
});
