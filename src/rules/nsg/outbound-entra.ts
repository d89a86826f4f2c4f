// nsg.outbound-entra: limited outbound leaves sign-in reachable.
import { flowRule } from '../parts/nsg-flows.ts';

export const nsgOutboundEntra = flowRule({
  id: 'nsg.outbound-entra',
  title: 'Limited mode: Azure Active Directory (Entra ID)',
  severity: 'critical',
  why: 'Every token comes from there.',
  fix: 'Adds an allow to AzureActiveDirectory, Tcp 80 and 443.',
});
