// Network security groups as they are read: their rules as resources of their own, who shares a group, how a rule lies inside
// the body. Reads only; never throws.
import { isArray, isObject, type JsonObject } from '../model/json.ts';
import { updateAt } from '../model/pointer.ts';
import type { Resource } from '../model/resource.ts';
import { fold, nameOf, sameId } from '../model/resource-id.ts';
import { listAt, textAt } from './read.ts';

export const securityGroupType = 'Microsoft.Network/networkSecurityGroups';
export const securityRuleType = 'Microsoft.Network/networkSecurityGroups/securityRules';
export const securityRulesPointer = '/properties/securityRules';
export const routeTableType = 'Microsoft.Network/routeTables';

/** One resource for each custom rule of a group's body: the scan keeps them beside it, so that `world.get(ruleId)` answers. */
export function securityRulesOf(group: Resource): Resource[] {
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
}

/** Ids of the subnets and network interfaces that a group stands at. */
export const sharersOf = (group: Resource): { readonly subnets: string[]; readonly cards: string[] } => ({
  subnets: listAt(group.body, '/properties/subnets').flatMap((item) => textAt(item, '/id') ?? []),
  cards: listAt(group.body, '/properties/networkInterfaces').flatMap((item) => textAt(item, '/id') ?? []),
});

const inlineIndex = (group: Resource, ruleId: string): number =>
  listAt(group.body, securityRulesPointer).findIndex(
    (item) => sameId(textAt(item, '/id'), ruleId) || sameId(textAt(item, '/name'), nameOf(ruleId)),
  );

/** The group with one of its rules put in or replaced. */
export function withSecurityRule(group: Resource, rule: Resource): Resource {
  const index = inlineIndex(group, rule.id);
  const body = updateAt(group.body, ['properties', 'securityRules'], (list) => {
    const present = isArray(list) ? list : [];
    return index < 0 ? [...present, rule.body] : present.with(index, rule.body);
  });
  return { ...group, body: body as JsonObject };
}

/** The group without one of its rules. */
export function withoutSecurityRule(group: Resource, ruleId: string): Resource {
  const index = inlineIndex(group, ruleId);
  if (index < 0) return group;
  const body = updateAt(group.body, ['properties', 'securityRules'], (list) =>
    isArray(list) ? list.toSpliced(index, 1) : list,
  );
  return { ...group, body: body as JsonObject };
}
