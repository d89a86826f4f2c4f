// The outbound rules of the workspace's managed network, from either place where Azure shows them: the workspace's body or
// their list. And the names that their private endpoints lead into private zones.

import { attempt } from '../model/readable.ts';
import type { Resource } from '../model/resource.ts';
import { fold, parentId, sameId } from '../model/resource-id.ts';
import type { SnapshotIndex } from '../model/snapshot-index.ts';
import {
  activeEndpoints,
  type ManagedEndpoint,
  outboundRulesOf,
  outboundRuleType,
  showsOutboundRules,
} from '../resource-types/managed-network.ts';
import { endpointConnectionsOf } from '../resource-types/network-acls.ts';
import { expectedLabels, recordAt } from './endpoint-records.ts';
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

/**
 * The sub-resources that have an approved private endpoint of the managed network: everywhere their public names are aliases of the
 * names in the private zone (Microsoft Learn, "DNS changes for private endpoints"). A connection does not show its sub-resource, so
 * the active rule tells it, where every connection of an endpoint that was not read is approved. [] where the rules are not known.
 */
export const managedNames = memoizePerSnapshot((index): readonly ManagedEndpoint[] =>
  attempt(
    () =>
      activeEndpoints(outboundRules(index)).filter(({ target }) => {
        const seen = index.peek(target);
        if (seen.state !== 'read') return false;
        const foreign = endpointConnectionsOf(seen.resource).filter(
          ({ endpointId }) => endpointId === undefined || index.peek(endpointId).state !== 'read',
        );
        return foreign.length > 0 && foreign.every(({ status }) => status === 'Approved');
      }),
    () => [],
  ),
);

/** Is it known that a zone has no record for the names of a sub-resource? */
export function isWithoutRecord({ target, group }: ManagedEndpoint, zone: Resource, index: SnapshotIndex): boolean {
  const labels = expectedLabels(target, group, zone, index);
  return labels.length > 0 && labels.every((label) => recordAt(label, zone, index) === 'none');
}
