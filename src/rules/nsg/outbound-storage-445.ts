// nsg.outbound-storage-445: limited outbound lets file shares be mounted.
import { flowRule } from '../parts/nsg-flows.ts';

export const nsgOutboundStorage445 = flowRule({
  id: 'nsg.outbound-storage-445',
  title: 'SMB to storage',
  severity: 'medium',
  profiles: ['current'],
  why: 'File shares are mounted over port 445.',
  fix: 'Adds an allow for Tcp 445 to the Storage tag of the region.',
});
