// Azure Firewall as it is read: where its traffic arrives, whose rules it follows, what IP groups hold. Reads only; never throws.
import type { Resource } from '../model/resource.ts';
import { lazily, listAt, oncePerResource, textAt, textsAt } from './read.ts';

export const firewallType = 'Microsoft.Network/azureFirewalls';
export const firewallPolicyType = 'Microsoft.Network/firewallPolicies';
export const ruleCollectionGroupType = 'Microsoft.Network/firewallPolicies/ruleCollectionGroups';
export const ipGroupType = 'Microsoft.Network/ipGroups';

export const collectionMembers = [
  'natRuleCollections',
  'networkRuleCollections',
  'applicationRuleCollections',
] as const;
export const groupCollectionsPointer = '/properties/ruleCollections';

export interface FirewallView {
  /** Private addresses that routes name as next hop: one a configuration, or that of a virtual hub's firewall. */
  readonly addresses: readonly string[];
  /** Its policy; undefined for one that keeps its rules in its own body. */
  readonly policy: string | undefined;
}
export const firewallView = oncePerResource(
  ({ body }: Resource): FirewallView =>
    lazily<FirewallView>({
      addresses: () => {
        const hub = textAt(body, '/properties/hubIPAddresses/privateIPAddress');
        const own = listAt(body, '/properties/ipConfigurations').flatMap(
          (item) => textAt(item, '/properties/privateIPAddress') ?? [],
        );
        return hub === undefined ? own : [...own, hub];
      },
      policy: () => textAt(body, '/properties/firewallPolicy/id'),
    }),
);

/** The policy that a policy inherits its first rules from. */
export const basePolicyOf = ({ body }: Resource): string | undefined => textAt(body, '/properties/basePolicy/id');

/** The list of a policy's rule collection groups, as a path (catalogue R20). */
export const ruleCollectionGroupsOf = (policy: string): string => `${policy}/ruleCollectionGroups`;

/** Addresses, blocks and ranges of an IP group. */
export const ipGroupAddresses = ({ body }: Resource): readonly string[] => textsAt(body, '/properties/ipAddresses');

const sides = ['sourceIpGroups', 'destinationIpGroups'];
/** Ids of the IP groups that the rules of a firewall or of a rule collection group name. */
export function ipGroupsIn({ body }: Resource): readonly string[] {
  const collections = [...collectionMembers, 'ruleCollections'].flatMap((name) => listAt(body, `/properties/${name}`));
  const rules = collections.flatMap((one) => [...listAt(one, '/properties/rules'), ...listAt(one, '/rules')]);
  return [...new Set(rules.flatMap((rule) => sides.flatMap((side) => textsAt(rule, `/${side}`))))];
}
