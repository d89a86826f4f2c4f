// What lies in a resource's body and is a resource of its own as well, whatever the type of the whole.
import type { Resource } from '../model/resource.ts';
import { outboundRulesOf } from './managed-network-view.ts';
import { subnetsOf } from './network-view.ts';
import { connectionsOf } from './private-link-view.ts';
import { securityRulesOf } from './security-group-view.ts';

/** One resource for each: subnets, security rules, private endpoint connections, outbound rules. */
export const partsOf = (whole: Resource): Resource[] => [
  ...subnetsOf(whole),
  ...securityRulesOf(whole),
  ...connectionsOf(whole),
  ...outboundRulesOf(whole),
];
