// The policies over a scope: what is assigned there and above, and the definitions of what could deny something. And those over
// what a plan writes, which no scan reads.
import type { ArmClient } from '../azure/arm-client.ts';
import type { Change } from '../model/change.ts';
import { valueAt } from '../model/pointer.ts';
import { fold, groupIdOf, nameInParent, parentId } from '../model/resource-id.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { resourceIn } from '../model/snapshot-index.ts';
import {
  assignmentView,
  atScope,
  holdsAt,
  isInitiative,
  partsThatMayDeny,
  policyAssignmentsList,
  policyAssignmentsOf,
  policyAssignmentType,
} from '../resource-types/index.ts';
import { type Collector, collectorOf } from './collector.ts';
import { withCollected } from './extend-snapshot.ts';

/** Definitions of one initiative that are looked up at most; what is beyond makes the verdict unknown. */
const mostParts = 60;

/** The assignments over a scope, and the definitions of those that could deny something there. */
export async function policiesOver(scope: string, collector: Collector): Promise<void> {
  const assignments = await collector.list(policyAssignmentsOf(scope), policyAssignmentType, atScope);
  const holding = (assignments ?? []).filter((assignment) => holdsAt(assignment, scope));
  await Promise.all(
    holding.map(async (assignment) => {
      const { definition } = assignmentView(assignment);
      const found = definition === undefined ? undefined : await collector.read(definition);
      if (!found || !isInitiative(found.id)) return;
      const parts = partsThatMayDeny(found, valueAt(assignment.body, '/properties/parameters')).slice(0, mostParts);
      await Promise.all(parts.map((part) => collector.read(part.definition)));
    }),
  );
}

/** The snapshot with the policies over what the changes write, or with the gaps that reading them left. */
export async function withPolicies(
  snapshot: Snapshot,
  changes: readonly Change[],
  arm: ArmClient,
  signal: AbortSignal,
): Promise<Snapshot> {
  const lists = new Set(snapshot.collections.map(({ id }) => fold(id)));
  const scopes = scopesOf(changes, snapshot).filter((scope) => !lists.has(fold(policyAssignmentsList(scope))));
  if (scopes.length === 0) return snapshot;
  const before = arm.counts.requests;
  const collector = collectorOf(arm, () => {}, signal);
  await Promise.all(scopes.map((scope) => policiesOver(scope, collector)));
  return withCollected(snapshot, collector, arm.counts.requests - before);
}

/** The resources that changes write, each whole; the resource group of what does not exist yet. */
function scopesOf(changes: readonly Change[], snapshot: Snapshot): string[] {
  const scopes = changes.flatMap(({ resource }) => {
    // A lock or a role assignment is on its scope.
    let whole = /^(\/subscriptions\/.*)\/providers\/Microsoft\.Authorization\//i.exec(resource)?.[1] ?? resource;
    for (let above = parentId(whole); above !== undefined; above = parentId(whole)) whole = above;
    return resourceIn(snapshot, whole) ? whole : (groupIdOf(whole) ?? []);
  });
  return [...new Map(scopes.map((scope) => [fold(scope), scope])).values()];
}

/** What reading the policies over the changes left unknown, in sentences. */
export const unreadPolicies = (changes: readonly Change[], snapshot: Snapshot): string[] =>
  scopesOf(changes, snapshot).flatMap((scope) => {
    const gap = snapshot.gaps.find(({ id }) => fold(id) === fold(policyAssignmentsList(scope)));
    return gap === undefined
      ? []
      : [`The policies over ${nameInParent(scope)} were not read, so one may deny the change: ${gap.reason}`];
  });
