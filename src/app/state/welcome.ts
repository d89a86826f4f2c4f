// The choices of Welcome while no workspace could be read: readable workspaces, where there are several, then recent ones. It
// opens nothing.

import { exitStatus } from '../../model/failure.ts';
import { isArray, isObject, type Json } from '../../model/json.ts';
import { member } from '../../model/pointer.ts';
import { isWorkspaceId, type RecentWorkspace } from '../../model/recent.ts';
import { nameOf, resourceGroupOf, sameId, subscriptionOf } from '../../model/resource-id.ts';
import type { Source } from '../../model/snapshot.ts';
import { type Move, target } from '../draw/window.ts';
import { termsOf } from '../rows/narrow.ts';
import type { Binding } from './binding.ts';
import type { State } from './state.ts';

export interface Offered {
  readonly id: string;
  readonly source: Source;
  /** Time of the last opening; null for a listed one. */
  readonly at: string | null;
}

/** Empty after and during a scan, and without an account. */
export function places(state: State): readonly Offered[] {
  const { source, problem, recent } = state;
  if (state.report !== null || state.work !== null || problem === null) return [];
  if (source.kind !== 'azure' && source.kind !== 'endpoint') return [];
  return withRecent(listedIn(problem.details), { source, recent });
}

/** Of those, what the filter lets through: every word is in the name, the resource group, the subscription or the source. */
export function offered(state: State): readonly Offered[] {
  const terms = termsOf(state.sought, {});
  const all = places(state);
  if (terms.length === 0) return all;
  return all.filter(({ id, source }) => {
    const text = [nameOf(id), resourceGroupOf(id), subscriptionOf(id), source.name].join(' ').toLowerCase();
    return terms.every(({ value, negative }) => text.includes(value) !== negative);
  });
}

/** Is Azure read, and only the choice left to make? */
export const severalIn = (problem: State['problem']): number =>
  problem?.code === 'several-workspaces' ? listedIn(problem.details).length : 0;

/** How the header says that. */
export const unscannedWords = ({ problem }: State): string =>
  problem === null ? 'Not scanned yet' : severalIn(problem) > 0 ? 'No workspace selected' : 'Scan failed';

/** Readable workspaces, then recent ones that are not among them. */
export function withRecent(
  ids: readonly string[],
  { source, recent }: Pick<State, 'source' | 'recent'>,
): readonly Offered[] {
  const readable = ids.filter(isWorkspaceId).map((id) => ({ id, source, at: timeOf(recent, id, source) }));
  const before = recent.filter(
    (one) =>
      reaches(source, one.source) && !readable.some(({ id }) => sameId(id, one.id) && isSame(one.source, source)),
  );
  return [...readable, ...before];
}

/** The ids that an error lists as readable. */
export function listedIn(details: Json | undefined): string[] {
  const listed = isObject(details) ? member(details, 'workspaces') : undefined;
  return isArray(listed) ? listed.filter(isWorkspaceId) : [];
}

const isSame = (a: Source, b: Source) => a.kind === b.kind && a.name === b.name;
/** A stored endpoint is never used automatically: only the one given for this run. */
const reaches = (now: Source, then: Source) => isSame(now, then) || (now.kind === 'azure' && then.kind === 'azure');
const timeOf = (recent: readonly RecentWorkspace[], id: string, source: Source) =>
  recent.find((one) => sameId(one.id, id) && isSame(one.source, source))?.at ?? null;

export const chosen = (state: State): Offered | undefined => {
  const all = offered(state);
  return all[Math.min(state.picked, all.length - 1)];
};

export function pickedBy(state: State, move: Move, times: number): State {
  const all = offered(state);
  if (all.length === 0) return state;
  const picked = target(Math.min(state.picked, all.length - 1), move, all.length, 10, times);
  return picked === state.picked ? state : { ...state, picked };
}

/** Opens the selected workspace instead of the unreadable one: restarts with it. */
export const welcome: readonly Binding[] = [
  {
    name: 'workspace-open',
    where: ['welcome'],
    keys: ['enter'],
    label: 'open',
    help: 'Open the selected workspace',
    effect({ options, store, leave }) {
      const workspace = chosen(store.get());
      if (workspace === undefined || options.workspaces === undefined) return;
      options.workspaces.open(workspace);
      leave(exitStatus.done);
    },
    hint: 1,
  },
];
