// nsg.outbound-frontdoor-frontend: limited outbound leaves the studio reachable.
import { flowRule } from '../parts/nsg-flows.ts';

export const nsgOutboundFrontdoorFrontend = flowRule({
  id: 'nsg.outbound-frontdoor-frontend',
  title: 'AzureFrontDoor.Frontend: 443',
  severity: 'medium',
  profiles: ['current'],
  why: 'The studio and the images of automated learning are served from there.',
  fix: 'Adds an allow to AzureFrontDoor.Frontend.',
});
