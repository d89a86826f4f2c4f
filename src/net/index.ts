// Network reasoning behind rules, `prove` and `path`. Pure, without dependency; raw JSON of Azure in, plain data out.
// `decide` and related functions work on sets of packets of both families; counts are exact (bigint).
export { addressDemand, aksAddresses, freeAddresses, usableAddresses } from './address-plan.ts';
export { type Addresses, prefixesOf, readPrefixes } from './addresses.ts';
export { blockingRules } from './blockers.ts';
export { type ContextInput, contextOf, type NetworkContext, type Operand } from './context.ts';
export { decide } from './decide.ts';
export type { Decision, FlowOutcome, FlowVerdict, Parts } from './decision.ts';
export type { Flow, FlowEnd } from './flow.ts';
export type { LayersInput } from './layers.ts';
export { allowedTags, type Leak, leak } from './leak.ts';
export { type Direction, type NsgRules, readAdminRules, readGroup, type SecurityRule } from './nsg.ts';
export { type PeeringSide, type PeeringStop, peeredSpace, peeringSide } from './peering.ts';
export { freeBelow, priorityAfter, priorityBefore } from './priority.ts';
export { type RuleRange, rangesOf } from './ranges.ts';
export { type RuleRefusal, refusals, routeRefusals } from './refusals.ts';
export { chooseRoute, type Route, readRoutes, sweepRoutes, tagPrefixes } from './routes.ts';
export { globalTagOf, readServiceTags, regionalTag, type ServiceTags } from './service-tags.ts';
export { subnetTable } from './subnet-table.ts';
export { notLeavingBy, routingOf } from './tag-routes.ts';
export { virtualNetworkTag } from './virtual-network-tag.ts';
