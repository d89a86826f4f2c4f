// nsg.outbound-arm: limited outbound leaves Azure Resource Manager reachable.
import { flowRule } from '../parts/nsg-flows.ts';

export const nsgOutboundArm = flowRule({
  id: 'nsg.outbound-arm',
  title: 'Limited mode: Azure Resource Manager',
  severity: 'high',
  why: 'The SDK and the service’s agents create resources through it.',
  fix: 'Adds an allow to AzureResourceManager.',
});
