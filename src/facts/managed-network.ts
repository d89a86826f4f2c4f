// The outbound rules of the workspace's managed network, from either place where Azure shows them: the workspace's body or
// their list.

import type { Resource } from '../model/resource.ts';
import { fold, parentId, sameId } from '../model/resource-id.ts';
import type { SnapshotIndex } from '../model/snapshot-index.ts';
import { outboundRulesOf, outboundRuleType, showsOutboundRules } from '../resource-types/managed-network.ts';
import { memoizePerSnapshot } from './memoize.ts';

/** The list of a workspace's outbound rules, as a path. */
const outboundRulesList = (workspace: string): string => `${workspace}/outboundRules`;

/** Every outbound rule; [] without a workspace. Throws UnreadableError when neither the workspace nor the list shows them. */
export const outboundRules = memoizePerSnapshot((index: SnapshotIndex): readonly Resource[] => {
  const workspace = index.workspace();
  if (!workspace) return [];
  const list = outboundRulesList(workspace.id);
  const own = outboundRulesOf(workspace);
  if (!showsOutboundRules(workspace)) return index.list(list);
  const others = index.ofType(outboundRuleType).filter(({ id }) => sameId(parentId(id), workspace.id));
  return [...new Map([...others, ...own].map((rule) => [fold(rule.id), rule])).values()];
});
