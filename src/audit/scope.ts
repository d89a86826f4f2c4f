// Where every resource of some files is in scope: which workspaces are in hand, and which of them a finding is about.
import { type Finding, findingId } from '../model/finding.ts';
import { fold, sameId } from '../model/resource-id.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { GapRead, type World, worldOf } from '../model/world.ts';
import { oncePerWorld } from '../posture/memo.ts';
import type { Judgement, Rule } from '../rules/rule.ts';
import { judge } from './judge.ts';

const workspaceType = 'Microsoft.MachineLearningServices/workspaces';
const worst: readonly Finding['outcome'][] = ['fail', 'unknown', 'pass', 'notApplicable'];

/** The snapshot once for each workspace in hand, as if that one were in question; none where one is. */
function byWorkspace(snapshot: Snapshot): Snapshot[] {
  if (snapshot.workspace !== null) return [];
  const workspaces = snapshot.resources.filter(({ type }) => sameId(type, workspaceType));
  return workspaces.map(({ id }) => ({ ...snapshot, workspace: id }));
}

/**
 * What `judged` finds: about the workspace in question; where every resource is in scope, about each workspace in hand, and about
 * what belongs to none of them. Of two workspaces that share a resource the worse outcome stands.
 */
export function inScope(snapshot: Snapshot, judged: (scope: Snapshot) => readonly Finding[]): readonly Finding[] {
  if (snapshot.workspace !== null) return judged(snapshot);
  const belonging = new Map<string, Finding>();
  for (const finding of byWorkspace(snapshot).flatMap(judged)) {
    const other = belonging.get(finding.id);
    if (!other || worst.indexOf(finding.outcome) < worst.indexOf(other.outcome)) belonging.set(finding.id, finding);
  }
  const subject = ({ rule, resource }: Finding) => `${rule}@${fold(resource)}`;
  const taken = new Set([...belonging.values()].map(subject));
  return [...belonging.values(), ...judged(snapshot).filter((finding) => !taken.has(subject(finding)))];
}

/** The same as worlds, so that what is known of each is found out once. */
const worlds = oncePerWorld((world: World): readonly World[] => byWorkspace(world.snapshot).map(worldOf));

/** The outcome of the finding's rule about its subject; undefined where this world knows no such subject. */
function outcomeIn(rule: Rule, finding: Finding, judgement: Judgement): Finding['outcome'] | undefined {
  try {
    const subjects = rule.subjects(judgement);
    const subject = subjects.find(({ resource, where }) => findingId(rule.id, resource, where) === finding.id);
    return subject && judge(rule, subject, judgement).outcome;
  } catch (error) {
    if (error instanceof GapRead) return undefined;
    throw error;
  }
}

/**
 * The judgement in which the finding was made: that of the workspace it belongs to, where none is in question. A plan may have
 * mended it meanwhile, so of several workspaces the one that still says the same goes first.
 */
export function scopedTo(finding: Finding, rule: Rule, judgement: Judgement): Judgement {
  const speaking = worlds(judgement.world).flatMap((world) => {
    const own = { ...judgement, world };
    const outcome = outcomeIn(rule, finding, { ...own, asIfClosed: false });
    return outcome === undefined ? [] : [{ own, saysTheSame: outcome === finding.outcome }];
  });
  return (speaking.find(({ saysTheSame }) => saysTheSame) ?? speaking[0])?.own ?? judgement;
}
