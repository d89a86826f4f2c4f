// udr.batch-prefixes: Batch is answered the way it came, not through the tunnel.
import { batchService } from '../../posture/exception-routes.ts';
import { coverageRule } from '../parts/route-coverage.ts';

export const udrBatchPrefixes = coverageRule(batchService, {
  id: 'udr.batch-prefixes',
  title: 'One route per BatchNodeManagement prefix of the region',
  severity: 'critical',
  why: 'Batch calls the nodes from its own addresses. Where a default route drags the replies through an appliance, the two ways differ, the appliance or Azure drops the replies, and nodes become unusable.',
});
