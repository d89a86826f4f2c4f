// Files with several workspaces: every resource is in scope, and each finding belongs to one of the workspaces or to none.

import { memoizePerSnapshot } from '../facts/memoize.ts';
import { type Finding, findingId } from '../model/finding.ts';
import { attempt } from '../model/readable.ts';
import { fold } from '../model/resource-id.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { indexSnapshot, type SnapshotIndex } from '../model/snapshot-index.ts';
import type { StepwiseTask } from '../model/stepwise.ts';
import type { Rule, RuleContext } from '../rules/rule.ts';
import { checkSubject } from './check.ts';

const workspaceType = 'Microsoft.MachineLearningServices/workspaces';
const worst: readonly Finding['outcome'][] = ['fail', 'unknown', 'pass', 'notApplicable'];

/** The snapshot once for each workspace in it; none where a workspace is selected. */
function byWorkspace(snapshot: Snapshot): Snapshot[] {
  if (snapshot.workspace !== null) return [];
  const workspaces = indexSnapshot(snapshot).idsOf(workspaceType);
  return workspaces.map((id) => ({ ...snapshot, workspace: id }));
}

/** Are there workspaces of which none is selected? */
export const hasSeveralScopes = (snapshot: Snapshot): boolean => byWorkspace(snapshot).length > 0;

/**
 * The findings for the selected workspace; without one, for each workspace and for what belongs to none of them. Of two workspaces
 * that share a resource the worse outcome counts.
 */
export function* inScope(
  snapshot: Snapshot,
  findingsOf: (scope: Snapshot) => StepwiseTask<readonly Finding[]>,
): StepwiseTask<readonly Finding[]> {
  if (snapshot.workspace !== null) return yield* findingsOf(snapshot);
  const belonging = new Map<string, Finding>();
  for (const scope of byWorkspace(snapshot)) {
    for (const finding of yield* findingsOf(scope)) {
      const other = belonging.get(finding.id);
      if (!other || worst.indexOf(finding.outcome) < worst.indexOf(other.outcome)) belonging.set(finding.id, finding);
    }
  }
  const subject = ({ rule, resource }: Finding) => `${rule}@${fold(resource)}`;
  const taken = new Set([...belonging.values()].map(subject));
  return [...belonging.values(), ...(yield* findingsOf(snapshot)).filter((finding) => !taken.has(subject(finding)))];
}

/** The same as worlds, so that derived facts are computed once for each. */
const worlds = memoizePerSnapshot((index: SnapshotIndex): readonly SnapshotIndex[] =>
  byWorkspace(index.snapshot).map(indexSnapshot),
);

/** The outcome of the finding's rule for its subject; undefined where this world has no such subject. */
function outcomeIn(rule: Rule, finding: Finding, context: RuleContext): Finding['outcome'] | undefined {
  return attempt(
    () => {
      const subjects = rule.subjects(context);
      const subject = subjects.find(({ resource, where }) => findingId(rule.id, resource, where) === finding.id);
      return subject && checkSubject(rule, subject, context).outcome;
    },
    () => undefined,
  );
}

/**
 * The context in which the finding was made: that of its workspace, where none is selected. A plan may have fixed it since, so a
 * workspace with the same outcome comes first.
 */
export function scopedTo(finding: Finding, rule: Rule, context: RuleContext): RuleContext {
  const speaking = worlds(context.index).flatMap((index) => {
    const own = { ...context, index };
    const outcome = outcomeIn(rule, finding, { ...own, assumeDenyByDefault: false });
    return outcome === undefined ? [] : [{ own, saysTheSame: outcome === finding.outcome }];
  });
  return (speaking.find(({ saysTheSame }) => saysTheSame) ?? speaking[0])?.own ?? context;
}
