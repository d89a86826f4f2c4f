// nsg.outbound-keyvault-hbi: limited outbound leaves the vault of Batch reachable.
import { flowRule } from '../parts/nsg-flows.ts';

export const nsgOutboundKeyvaultHbi = flowRule({
  id: 'nsg.outbound-keyvault-hbi',
  title: 'Key vault of the region for high-business-impact workspaces',
  severity: 'medium',
  profiles: ['current'],
  why: 'The Batch service behind such a workspace uses a key vault of its own.',
  fix: 'Adds an allow to the AzureKeyVault tag of the region.',
});
