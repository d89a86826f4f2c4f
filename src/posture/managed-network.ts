// The outbound rules of the workspace's managed network, wherever Azure shows them: in the workspace's own body, in their list.
import { outboundRulesOf, outboundRuleType, showsOutboundRules } from '../kinds/managed-network.ts';
import type { Resource } from '../model/resource.ts';
import { fold, parentId, sameId } from '../model/resource-id.ts';
import type { World } from '../model/world.ts';
import { oncePerWorld } from './memo.ts';

/** The list of a workspace's outbound rules, as a path. */
export const outboundRulesList = (workspace: string): string => `${workspace}/outboundRules`;

/** Every outbound rule; [] without a workspace. Throws GapRead when neither the workspace nor the list shows them. */
export const outboundRules = oncePerWorld((world: World): readonly Resource[] => {
  const workspace = world.workspace();
  if (!workspace) return [];
  const list = outboundRulesList(workspace.id);
  const own = outboundRulesOf(workspace);
  if (!showsOutboundRules(workspace)) return world.list(list);
  const others = world.ofType(outboundRuleType).filter(({ id }) => sameId(parentId(id), workspace.id));
  return [...new Map([...others, ...own].map((rule) => [fold(rule.id), rule])).values()];
});
