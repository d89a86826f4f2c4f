// Microsoft.Network/firewallPolicies/ruleCollectionGroups: the rules of a policy. One write at a time in a policy, since each of
// them updates the firewalls that follow it.
import { fold, parentOf, sameId } from '../../gateway/address.ts';
import { networkError } from '../../gateway/answer.ts';
import { type ArmObject, isObject, list, text } from '../../json.ts';
import { idOf } from '../../store/store.ts';
import { replaceDocument } from '../documents.ts';
import type { ProviderType } from '../provider.ts';
import { checkCollections, isPriority, priorityIn, priorityRange } from './firewall-rules.ts';
import { networkChild } from './network-parts.ts';

export const ruleCollectionGroupType = 'Microsoft.Network/firewallPolicies/ruleCollectionGroups';

export const ruleCollectionGroups: ProviderType = {
  ...networkChild,
  type: ruleCollectionGroupType,
  shape: { properties: { priority: 'number', ruleCollections: ['object'] } },
  holds: parentOf,
  replace({ before, body, id, store }) {
    const next = replaceDocument(before, body, ['size']);
    const refused = (message: string) => networkError(400, 'FirewallPolicyRuleCollectionGroupInvalidPriority', message);
    const value = priorityIn(next, 'properties');
    if (!isPriority(value)) throw refused(`Rule collection group ${id} needs ${priorityRange}.`);
    const rival = store
      .ofType(ruleCollectionGroupType, parentOf(id))
      .find((group) => !sameId(idOf(group), id) && priorityIn(group, 'properties') === value);
    if (rival) throw refused(`Rule collection groups ${id} and ${idOf(rival)} have the same priority ${value}.`);
    const collections = list(next, 'properties', 'ruleCollections').filter(isObject);
    checkCollections(collections, '', kindOf, { family: 'FirewallPolicy' });
    return next;
  },
};

function kindOf(collection: ArmObject, rule: ArmObject): 'nat' | 'network' | 'application' {
  if (fold(text(collection, 'ruleCollectionType') ?? '') === 'firewallpolicynatrulecollection') return 'nat';
  return fold(text(rule, 'ruleType') ?? '') === 'applicationrule' ? 'application' : 'network';
}
