// Views over network security groups: their rules as separate resources, the associations of a group, how a rule is stored in
// the body. Reads only; never throws.
import { isObject } from '../model/json.ts';
import type { Resource } from '../model/resource.ts';
import { fold } from '../model/resource-id.ts';
import { withInline, withoutInline } from './parts/inline-list.ts';
import { listAt, memoizePerResource, textAt } from './read.ts';

export const securityGroupType = 'Microsoft.Network/networkSecurityGroups';
export const securityRuleType = 'Microsoft.Network/networkSecurityGroups/securityRules';
export const securityRulesPointer = '/properties/securityRules';

/** One resource for each custom rule of a group's body: the scan stores them with it, so that `world.get(ruleId)` answers. */
export const securityRulesOf = memoizePerResource((group): readonly Resource[] => {
  if (fold(group.type) !== fold(securityGroupType)) return [];
  return listAt(group.body, securityRulesPointer).flatMap((item) => {
    const name = textAt(item, '/name');
    if (!isObject(item) || name === undefined) return [];
    const id = textAt(item, '/id') ?? `${group.id}/securityRules/${name}`;
    const etag = textAt(item, '/etag');
    return [
      {
        id,
        type: securityRuleType,
        apiVersion: group.apiVersion,
        body: item,
        ...(etag === undefined ? {} : { etag }),
      },
    ];
  });
});

/** Ids of the subnets and NICs that a group is associated with. */
export const sharersOf = (group: Resource): { readonly subnets: string[]; readonly nics: string[] } => ({
  subnets: listAt(group.body, '/properties/subnets').flatMap((item) => textAt(item, '/id') ?? []),
  nics: listAt(group.body, '/properties/networkInterfaces').flatMap((item) => textAt(item, '/id') ?? []),
});

const rulePath = ['properties', 'securityRules'];

/** The group with one of its rules added or replaced. */
export const withSecurityRule = (group: Resource, rule: Resource): Resource => withInline(group, rulePath, rule);

/** The group without one of its rules. */
export const withoutSecurityRule = (group: Resource, ruleId: string): Resource =>
  withoutInline(group, rulePath, ruleId);
