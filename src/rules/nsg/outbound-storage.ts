// nsg.outbound-storage: limited outbound leaves the region’s storage reachable.
import { flowRule } from '../parts/nsg-flows.ts';

export const nsgOutboundStorage = flowRule({
  id: 'nsg.outbound-storage',
  title: 'Limited mode: Storage of the region',
  severity: 'critical',
  why: 'Jobs and the Batch agent use blob, queue and table storage of the region.',
  fix: 'Adds an allow to the Storage tag of the region.',
});
