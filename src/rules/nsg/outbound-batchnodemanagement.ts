// nsg.outbound-batchnodemanagement: limited outbound lets nodes call Batch.
import { flowRule } from '../parts/nsg-flows.ts';

export const nsgOutboundBatchnodemanagement = flowRule({
  id: 'nsg.outbound-batchnodemanagement',
  title: 'BatchNodeManagement.<region>: 443, any protocol',
  severity: 'critical',
  profiles: ['current'],
  why: 'Nodes call Batch instead of being called.',
  fix: 'Adds an allow to the BatchNodeManagement tag of the region, port 443 of any protocol.',
});
