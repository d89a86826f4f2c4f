// Resource locks that keep the service from creating and deleting what compute needs.

import { architectureFor } from '../../facts/architecture.ts';
import { computeNetworks } from '../../facts/compute-networks.ts';
import { deleteChange } from '../../model/change.ts';
import type { Severity } from '../../model/finding.ts';
import { needSentence } from '../../model/plan-need.ts';
import type { Resource } from '../../model/resource.ts';
import { groupIdOf, nameOf, sameId, subscriptionOf } from '../../model/resource-id.ts';
import type { SnapshotIndex } from '../../model/snapshot-index.ts';
import { clean } from '../../model/text.ts';
import { locksOf } from '../../resource-types/lock.ts';
import { lockView, workspaceType } from '../../resource-types/workspace-view.ts';
import { defineRule } from '../define.ts';
import { links } from '../parts/links.ts';
import { onceEach } from '../parts/naming.ts';
import { ownWorkspaceSubjects } from '../parts/subjects.ts';
import { displayName, evidenceAt, fail, noted, pass, quoted, worstOf } from '../parts/verdict.ts';
import type { Answers, CheckResult, Proposal, RuleContext } from '../rule.ts';

interface LockScope {
  readonly scope: string;
  /** A scope of the workspace itself, or of a virtual network with compute. */
  readonly of: 'workspace' | 'network';
  /** Whether compute with a public IP address is in the virtual network. */
  readonly isPublic: boolean;
}

/** The scopes at which a lock matters. Throws UnreadableError when the list of computes was not read. */
function lockScopes(workspace: string, index: SnapshotIndex): LockScope[] {
  const own = scopesOf(workspace).map((scope): LockScope => ({ scope, of: 'workspace', isPublic: false }));
  if (architectureFor(index) === 'managed-network') return own;
  const networks = computeNetworks(index).flatMap(({ vnet, placements }) => {
    const isPublic = placements.some((placement) => placement.isPublic);
    return scopesOf(vnet).map((scope): LockScope => ({ scope, of: 'network', isPublic }));
  });
  return [...own, ...networks];
}
const scopesOf = (id: string): string[] => {
  const subscription = subscriptionOf(id);
  return [...(subscription === undefined ? [] : [`/subscriptions/${subscription}`]), groupIdOf(id) ?? id, id];
};

interface LockEffect {
  readonly lock: Resource;
  /** Undefined for a lock without effect on compute. */
  readonly severity: Severity | undefined;
  readonly says: string;
}

/** What a lock at one of the scopes does; undefined for one elsewhere. */
function effectOf(lock: Resource, scopes: readonly LockScope[]): LockEffect | undefined {
  const { scope, level, notes } = lockView(lock);
  const here = scopes.filter((one) => sameId(one.scope, scope));
  if (here.length === 0) return undefined;
  const name = `Lock ${displayName(lock.id)} on ${clean(nameOf(scope), 120)}${notes === undefined ? '' : ` (${quoted(notes)})`}`;
  const effect = (says: string, severity?: Severity): LockEffect => ({ lock, severity, says: `${name} ${says}` });
  if (level === 'ReadOnly') return effect('is read-only: the service cannot create what compute needs.', 'high');
  if (level !== 'CanNotDelete') return effect('has an undocumented level and is ignored.');
  if (here.some((one) => one.of === 'workspace')) {
    return effect('prevents deletion: clusters cannot release idle nodes, which are still billed.', 'medium');
  }
  return here.some((one) => one.isPublic)
    ? effect('prevents deletion of what the service created for compute with a public IP address.', 'medium')
    : effect('has no effect: no compute there has a public IP address.');
}

function lockEffects(workspace: string, index: SnapshotIndex): LockEffect[] {
  const scopes = lockScopes(workspace, index);
  const subscriptions = onceEach(scopes.flatMap(({ scope }) => subscriptionOf(scope) ?? []));
  const locks = subscriptions.flatMap((id) => index.list(locksOf(id)));
  return locks.flatMap((lock) => effectOf(lock, scopes) ?? []);
}

function check(workspace: Resource, { index }: RuleContext): CheckResult {
  const found = lockEffects(workspace.id, index);
  if (found.length === 0) {
    const scopes = onceEach(lockScopes(workspace.id, index).map(({ scope }) => scope));
    return pass('No lock applies to the workspace or the virtual networks of its compute.', [
      noted(workspace.id, scopes, 'scopes checked'),
    ]);
  }
  return worstOf(
    'high',
    found.map(({ lock, says, severity }) => () => {
      const evidence = [
        evidenceAt(lock, '/properties/level', 'level'),
        noted(lockView(lock).scope, lock.id, 'locked scope'),
        evidenceAt(lock, '/properties/notes', 'notes'),
      ];
      return severity === undefined ? pass(says, evidence) : fail(says, evidence, severity);
    }),
  );
}

/** Only locks that the answer names are deleted: a lock is a decision of its owner. */
function deleteLocks(workspace: Resource, { index }: RuleContext, answers: Answers): readonly Proposal[] | string {
  const failing = lockEffects(workspace.id, index).filter(({ severity }) => severity !== undefined);
  const options = failing.map(({ lock }) => ({ name: 'lock', value: nameOf(lock.id), says: wordsOf(lock) }));
  const need = `${needSentence({ kind: 'choice', options }, 'NAME')} Separate several names with commas. Ask the owner of the lock first.`;
  if (answers.lock === undefined) return need;
  const wanted = answers.lock.split(',').map((name) => name.trim());
  const chosen = failing.filter(({ lock }) =>
    wanted.some((name) => sameId(name, nameOf(lock.id)) || sameId(name, lock.id)),
  );
  if (chosen.length === 0) return `${quoted(answers.lock)} is not one of these locks. ${need}`;
  return chosen.map(
    ({ lock }): Proposal => ({
      change: deleteChange(lock),
      phase: 0,
      advice: `Without it, ${clean(nameOf(lockView(lock).scope), 120)} can be changed and deleted.`,
    }),
  );
}

const wordsOf = (lock: Resource): string => {
  const { level, notes } = lockView(lock);
  return [level, notes]
    .filter((word) => word !== undefined)
    .map((word) => clean(word, 120))
    .join(': ');
};

export const computeLocks = defineRule({
  id: 'compute.locks',
  answers: { lock: 'NAME[,NAME]' },
  title: 'No resource lock prevents compute from scaling',
  problem: 'Resource lock prevents compute from scaling',
  severity: 'high',
  about: workspaceType,
  explain: {
    why: 'As clusters scale, the service creates and deletes NSGs, public IP addresses and load balancers in the resource group of the virtual network. A ReadOnly lock prevents creation. A CanNotDelete lock prevents deletion: idle nodes stay and are billed.',
    fix: 'Deletes the locks you name (--answer lock=NAME). Ask their owner first; the notes of the locks are shown.',
    breaks:
      'What the lock protected can be changed and deleted by all principals with the permission. Undo restores the lock, and the finding with it.',
    links: [links.locks, links.secureTraining],
  },
  fixKind: 'guided',
  subjects: ownWorkspaceSubjects,
  check,
  fix: deleteLocks,
});
