// nsg.outbound-acr: limited outbound leaves the registry reachable.
import { flowRule } from '../parts/nsg-flows.ts';

export const nsgOutboundAcr = flowRule({
  id: 'nsg.outbound-acr',
  title: 'Limited mode: Container Registry of the region',
  severity: 'high',
  why: 'The images of environments are pulled from the registry.',
  fix: 'Adds an allow to the AzureContainerRegistry tag of the region.',
});
