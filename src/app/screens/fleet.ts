// Fleet: a row for each workspace that this identity can see, the worst first, below what several of them have in common. Enter opens
// a workspace, and Backspace there comes back to its row.
import { quoteWord } from '../../command/parse-line.ts';
import { exitStatus } from '../../model/failure.ts';
import { severities } from '../../model/finding.ts';
import { sameId } from '../../model/resource-id.ts';
import { line, word } from '../draw/text.ts';
import type { Binding } from '../state/binding.ts';
import type { EffectContext } from '../state/effect-context.ts';
import { noFleet } from '../state/fleet.ts';
import { fleetOf } from '../state/fleet-shown.ts';
import { nothingSelected } from '../state/select.ts';
import { keyNamed } from '../state/spell.ts';
import type { State } from '../state/state.ts';
import { inSlice, sliceOf } from '../state/view.ts';
import { detailOf } from './fleet/detail.ts';
import {
  ageWord,
  causesHeading,
  type FleetItem,
  findingsWord,
  grammar,
  items,
  nameOf,
  ownerIn,
  problemCount,
  severityOf,
  sinceOf,
  subscriptionOf,
  whatOf,
} from './fleet/rows.ts';
import { defineList, type ListSlice, type ListSpec } from './list/index.ts';
import { opened, scopedTo } from './list/moving.ts';
import { rowAt } from './list/slice.ts';

const here = (state: State): FleetItem | undefined => rowAt(sliceOf<ListSlice<FleetItem>>(state, fleet));

/** Opens the selected workspace, or shows it where it is open already; lists those of a cause; folds or unfolds a group. */
function openSelected({ store, options, controller, change, leave }: EffectContext): void {
  const state = store.get();
  const item = here(state);
  if (item?.kind !== 'workspace') {
    change((now) =>
      inSlice(now, fleet, (slice) =>
        item === undefined ? opened(slice) : scopedTo(slice, nameOf(item), item.cause.workspaces),
      ),
    );
    return;
  }
  const { row } = item;
  if (sameId(row.id, state.snapshot?.workspace ?? null)) change((now) => ({ ...now, screen: 'overview' }));
  else if (options.workspaces === undefined) controller.say('Another workspace cannot be opened here.', 'warn');
  else {
    options.fleet?.keep({ shown: fleetOf(state), slice: state.slices[fleet.name] });
    options.workspaces.open({ id: row.id, source: state.source });
    leave(exitStatus.done);
  }
}

const bindings: readonly Binding[] = [
  {
    name: 'fleet-open',
    where: ['fleet'],
    keys: ['enter'],
    label: 'open',
    help: 'Open the selected workspace; on a shared cause, list its workspaces. Folds or unfolds a group',
    effect: openSelected,
    line(state) {
      const item = here(state);
      return item?.kind === 'workspace' ? `audit --workspace ${quoteWord(nameOf(item))}` : 'fleet audit';
    },
    hint: 0.5,
  },
];

const spec: ListSpec<FleetItem> = {
  name: 'fleet',
  title: 'Fleet',
  summary: 'Every workspace that this identity can see, and what several of them have in common',
  key: (item) => (item.kind === 'cause' ? `cause:${item.cause.resource}` : item.row.id),
  of: (state) => [fleetOf(state), Math.floor(state.now / 60_000)],
  rows: (state) => items(fleetOf(state), state.now),
  columns: [
    {
      title: 'Severity',
      letter: 'V',
      width: 10,
      text: severityOf,
      rank: (item) => [...severities, 'unknown', 'pass'].indexOf(severityOf(item).text as never),
      isShort: true,
    },
    { title: 'Workspace', letter: 'K', width: 20, text: (item) => word(nameOf(item)), isTail: true },
    { title: 'Problem', letter: 'P', width: 'rest', text: (item) => word(whatOf(item)) },
    {
      title: 'Problems',
      letter: 'B',
      width: 8,
      text: (item) => word(problemCount(item) === 0 ? '' : String(problemCount(item)).padStart(8), 'dim'),
      rank: (item) => -problemCount(item),
    },
    { title: 'Findings', letter: 'I', width: 10, text: findingsWord, rank: (item) => -sinceOf(item) },
    {
      title: 'Age',
      letter: 'A',
      width: 8,
      text: ageWord,
      rank: (item) => (item.kind === 'cause' ? '' : item.row.at),
    },
    { title: 'Owner', letter: 'N', width: 16, from: 100, text: (item) => word(ownerIn(item), 'dim') },
  ],
  groups: [
    {
      title: 'severity',
      hides: 'Severity',
      of: (item) => causesHeading(item) ?? severityOf(item).text,
    },
    { title: 'subscription', of: (item) => causesHeading(item) ?? subscriptionOf(item) },
    {
      title: 'owner',
      hides: 'Owner',
      of: (item) => causesHeading(item) ?? (ownerIn(item) || 'no owner'),
    },
  ],
  grammar,
  filterHint: 'text  !text  sev:high  tag:env=prod  owner:name  sub:id',
  details: [{ title: 'Workspace', lines: detailOf }],
  detailOf: (_item, state) => [fleetOf(state)],
  selection: (item) => ({
    ...nothingSelected,
    resource: item === undefined ? null : item.kind === 'cause' ? item.cause.resource : item.row.id,
  }),
  bindings,
  jumps: 'own',
  empty(state) {
    const { fleet: shown, work, bindings: keys } = state;
    const first =
      work === null
        ? `Press ${keyNamed(keys, 'rescan')} to read every workspace that this identity can see.`
        : 'Reading ...';
    return line(word(`  ${noFleet(state) ?? (shown === null ? first : 'No workspaces')}`, 'dim'));
  },
  always: true,
  isListed: (state) => state.fleet !== null || state.screen === fleet.name,
};

export const fleet = defineList(spec);
