// compute.locks: no lock keeps the service from making and taking away what computes need.
import { locksOf } from '../../kinds/lock.ts';
import { lockView, workspaceType } from '../../kinds/workspace-view.ts';
import type { Severity } from '../../model/finding.ts';
import { needSentence } from '../../model/need.ts';
import type { Resource } from '../../model/resource.ts';
import { groupIdOf, nameOf, sameId, subscriptionOf } from '../../model/resource-id.ts';
import { clean } from '../../model/text.ts';
import type { World } from '../../model/world.ts';
import { architectureFor } from '../../posture/architecture.ts';
import { computeNetworks } from '../../posture/compute-networks.ts';
import { defineRule } from '../define.ts';
import { links } from '../parts/links.ts';
import { onceEach } from '../parts/naming.ts';
import { proposalsOn, workspaces } from '../parts/subjects.ts';
import { fail, listed, noted, pass, quoted, seen, shown, together } from '../parts/verdict.ts';
import { workspaceJudged } from '../parts/workspace.ts';
import type { Answers, Judgement, Proposal, Verdict } from '../rule.ts';

interface Place {
  readonly scope: string;
  /** Scopes of the workspace itself, or of a network that computes sit in. */
  readonly of: 'workspace' | 'network';
  /** Does a compute with a public address use the network? */
  readonly isPublic: boolean;
}

/** The scopes at which a lock matters. Throws GapRead when the list of computes was not read. */
function placesOf(workspace: string, world: World): Place[] {
  const own = scopesOf(workspace).map((scope): Place => ({ scope, of: 'workspace', isPublic: false }));
  if (architectureFor(world) === 'managed-network') return own;
  const beyond = computeNetworks(world).flatMap(({ vnet, seats }) =>
    scopesOf(vnet).map((scope): Place => ({ scope, of: 'network', isPublic: seats.some((seat) => seat.isPublic) })),
  );
  return [...own, ...beyond];
}
const scopesOf = (id: string): string[] => {
  const subscription = subscriptionOf(id);
  return [...(subscription === undefined ? [] : [`/subscriptions/${subscription}`]), groupIdOf(id) ?? id, id];
};

interface Standing {
  readonly lock: Resource;
  readonly severity: Severity | undefined;
  readonly says: string;
}

/** What a lock at one of the places means; undefined for one that hangs elsewhere. */
function standingOf(lock: Resource, places: readonly Place[]): Standing | undefined {
  const { scope, level, notes } = lockView(lock);
  const here = places.filter((place) => sameId(place.scope, scope));
  if (here.length === 0) return undefined;
  const name = `The lock ${shown(lock.id)} on ${clean(nameOf(scope), 120)}${notes === undefined ? '' : ` (${quoted(notes)})`}`;
  const stands = (says: string, severity?: Severity): Standing => ({ lock, severity, says: `${name} ${says}` });
  if (level === 'ReadOnly') return stands('keeps the service from making what computes need there.', 'high');
  if (level !== 'CanNotDelete') return stands('has no level that Azure documents, and is taken for none.');
  if (here.some((place) => place.of === 'workspace')) {
    return stands('keeps clusters from giving idle nodes back, which then go on costing.', 'medium');
  }
  return here.some((place) => place.isPublic)
    ? stands('keeps the service from taking away what it made for computes with a public address.', 'medium')
    : stands('hinders nothing, since no compute there has a public address.');
}

function standings(workspace: string, world: World): Standing[] {
  const places = placesOf(workspace, world);
  const subscriptions = onceEach(places.flatMap(({ scope }) => subscriptionOf(scope) ?? []));
  const locks = subscriptions.flatMap((id) => world.list(locksOf(id)));
  return locks.flatMap((lock) => standingOf(lock, places) ?? []);
}

function judge(workspace: Resource, { world }: Judgement): Verdict {
  const found = standings(workspace.id, world);
  if (found.length === 0) {
    const scopes = onceEach(placesOf(workspace.id, world).map(({ scope }) => scope));
    return pass('No lock stands over the workspace or the networks of its computes.', [
      noted(workspace.id, scopes, 'scopes at which a lock would matter'),
    ]);
  }
  return together(
    'high',
    found.map(({ lock, says, severity }) => () => {
      const evidence = [
        seen(lock, '/properties/level', 'level'),
        noted(lockView(lock).scope, lock.id, 'what it locks'),
        seen(lock, '/properties/notes', 'notes'),
      ];
      return severity === undefined ? pass(says, evidence) : fail(says, evidence, severity);
    }),
  );
}

/** Only locks that the answer names are lifted: they are somebody's decision. */
function lift(workspace: Resource, { world }: Judgement, answers: Answers): readonly Proposal[] | string {
  const failing = standings(workspace.id, world).filter(({ severity }) => severity !== undefined);
  const choices = listed(failing.map(({ lock }) => nameWithNotes(lock)));
  if (answers.lock === undefined) {
    const options = failing.map(({ lock }) => ({ name: 'lock', value: nameOf(lock.id), says: wordsOf(lock) }));
    return `${needSentence({ kind: 'choice', options }, 'NAME')} Several go with commas. A lock is somebody’s decision, so ask them first.`;
  }
  const wanted = answers.lock.split(',').map((name) => name.trim());
  const chosen = failing.filter(({ lock }) =>
    wanted.some((name) => sameId(name, nameOf(lock.id)) || sameId(name, lock.id)),
  );
  if (chosen.length === 0) return `${quoted(answers.lock)} is none of the locks in the way: ${choices}.`;
  return chosen.map(
    ({ lock, says }): Proposal => ({
      change: { kind: 'delete', resource: lock.id, edits: [], body: lock.body },
      phase: 0,
      risk: `${says} Once it is lifted, nothing protects ${clean(nameOf(lockView(lock).scope), 120)} against deletion and change; undo puts it back as it was.`,
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
const nameWithNotes = (lock: Resource): string => {
  const words = wordsOf(lock);
  return `${shown(lock.id)}${words === '' ? '' : ` (${words})`}`;
};

export const computeLocks = defineRule({
  id: 'compute.locks',
  title: "No lock prevents managing the VNet's resource group",
  severity: 'high',
  about: workspaceType,
  explain: {
    why: 'The service makes and takes away security groups, addresses and load balancers beside the network as clusters grow and shrink. A read-only lock stops the first, one against deletion the second: idle nodes then stay, and cost.',
    fix: 'Lifts the locks you name (answer lock=NAME). Whoever put them there should agree: their notes are shown.',
    breaks:
      'What the lock protected can be changed and deleted by everybody who has the rights. Putting the lock back (undo) brings the finding back: leave it lifted, or accept the finding.',
    links: [links.locks, links.secureTraining],
  },
  fixKind: 'guided',
  undo: 'exact',
  subjects: workspaces,
  check: (subject, judgement) => workspaceJudged(subject, judgement, (workspace) => judge(workspace, judgement)),
  fix: (finding, judgement, answers) =>
    proposalsOn(finding, judgement, (workspace) => lift(workspace, judgement, answers)),
});
