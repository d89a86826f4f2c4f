// What stands in the body of another and is a resource of its own as well.
import type { Resource } from '../model/resource.ts';
import { outboundRulesOf } from './managed-network-view.ts';
import { subnetsOf } from './network-view.ts';
import { connectionsOf } from './private-link-view.ts';
import { routesOf } from './route-view.ts';
import { securityRulesOf } from './security-group-view.ts';

export const partsOf = (whole: Resource): Resource[] =>
  [subnetsOf, connectionsOf, outboundRulesOf, securityRulesOf, routesOf].flatMap((parts) => parts(whole));
