// nsg.outbound-mcr: limited outbound leaves Microsoft’s images reachable.
import { flowRule } from '../parts/nsg-flows.ts';

export const nsgOutboundMcr = flowRule({
  id: 'nsg.outbound-mcr',
  title: "Microsoft Container Registry when Microsoft's images are used with user-managed dependencies",
  severity: 'medium',
  why: 'The base images are Microsoft’s.',
  fix: 'Adds an allow to the MicrosoftContainerRegistry tag of the region.',
});
