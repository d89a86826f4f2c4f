// nsg.outbound-azuremonitor: limited outbound leaves Azure Monitor reachable.
import { flowRule } from '../parts/nsg-flows.ts';

export const nsgOutboundAzuremonitor = flowRule({
  id: 'nsg.outbound-azuremonitor',
  title: 'AzureMonitor: 443',
  severity: 'low',
  profiles: ['current'],
  why: 'Metrics, logs and what support needs go there.',
  fix: 'Adds an allow to AzureMonitor.',
});
