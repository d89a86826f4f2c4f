// nsg.inbound-batch: Batch reaches the nodes.
import { flowRule } from '../parts/nsg-flows.ts';

export const nsgInboundBatch = flowRule({
  id: 'nsg.inbound-batch',
  title: 'Inbound TCP 29876-29877 from BatchNodeManagement',
  severity: 'critical',
  profiles: ['seed-2020'],
  why: 'Batch schedules work on the nodes over these ports; where they are shut, nodes become unusable.',
  fix: 'Adds an allow for Tcp 29876-29877 from BatchNodeManagement.',
});
