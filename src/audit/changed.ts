// What a change does to the network, by the snapshot before it and the one after it, in one place to import from.

export { lostCollections } from '../facts/changed/lost-collections.ts';
export { type LostRules, lostRules } from '../facts/changed/lost-rules.ts';
export { type ChangedHops, changedHops, gatewayName, type PassedHop } from '../facts/changed/next-hops.ts';
export { gainedAddresses, isPublicText, type SeenAddresses, unseenAddresses } from '../facts/changed/outbound.ts';
export { changedPairs, pairsOf, type ResourcePair } from '../facts/changed/pairs.ts';
export { newlyResolving, privatelyReached, unresolvedNames } from '../facts/changed/private-names.ts';
export { type StrangeRule, strangeRules, type UnfollowedReach, unfollowedReach } from '../facts/changed/unfollowed.ts';
export { mayBeOccupied, occupantsOf } from '../facts/map/occupants.ts';
export { namersOf, unreadNaming } from '../facts/named-by.ts';
