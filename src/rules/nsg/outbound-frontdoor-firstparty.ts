// nsg.outbound-frontdoor-firstparty: limited outbound leaves the layers of Microsoft’s images reachable.
import { flowRule } from '../parts/nsg-flows.ts';

export const nsgOutboundFrontdoorFirstparty = flowRule({
  id: 'nsg.outbound-frontdoor-firstparty',
  title: 'AzureFrontDoor.FirstParty beside MicrosoftContainerRegistry',
  severity: 'high',
  profiles: ['current'],
  why: 'The layers of Microsoft’s images are served from Front Door.',
  fix: 'Adds an allow to AzureFrontDoor.FirstParty.',
});
