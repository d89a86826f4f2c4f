// Microsoft.Network/networkWatchers: one for each region. What it answers is worked out in network-watcher/.
import { ipFlowVerify, nextHop } from '../../network-watcher/answers.ts';
import type { ProviderType } from '../provider.ts';
import { networkResource } from './network-parts.ts';

export const networkWatchers: ProviderType = {
  ...networkResource,
  type: 'Microsoft.Network/networkWatchers',
  long: { put: 'none', patch: 'none', delete: 'location' },
  actions: { ipflowverify: ipFlowVerify, nexthop: nextHop },
};
