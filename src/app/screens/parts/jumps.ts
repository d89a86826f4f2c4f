// Jumps to a finding, its resource, the resource's findings, its place on the map, or a change made to it. Pure.
import { isOpen } from '../../../model/finding.ts';
import { nameOf, parentId, sameId } from '../../../model/resource-id.ts';
import { clean } from '../../../model/text.ts';
import { atStart } from '../../draw/window.ts';
import type { JumpTarget } from '../../state/jump-target.ts';
import { closedTo } from '../../state/stack.ts';
import type { State } from '../../state/state.ts';
import { leaving } from '../../state/trail.ts';
import { inSlice, sliceOf, withSlice } from '../../state/view.ts';
import { findings } from '../findings.ts';
import { history } from '../history.ts';
import { ledTo } from '../list/moving.ts';
import { resourceOf } from '../map/rows.ts';
import { deriveMap } from '../map/slice.ts';
import { map } from '../map.tsx';
import { findingsOfProblem, problems } from '../problems.ts';
import { self as panes } from '../resources/keys.ts';
import { revealed } from '../resources/reveal.ts';
import { derivePanes } from '../resources/slice.ts';

/** At the target, with a way back; null where the target is nowhere on the screen. */
export function jumped(state: State, target: JumpTarget): State | null {
  const there = placed(closedTo(state, 0), target);
  const isHere = there?.screen === state.screen && there.slices === state.slices;
  return there === null || isHere ? there : leaving(state, there);
}

function placed(state: State, target: JumpTarget): State | null {
  switch (target.to) {
    case 'resource':
      return inTree(state, target.id, target.finding);
    case 'findings':
      return inSlice({ ...state, screen: findings.name }, findings, (slice) => ({
        ...ledTo(slice, ''),
        ...{ filter: clean(nameOf(target.of)), at: null, cursor: atStart, side: 'list' as const },
      }));
    case 'finding': {
      const finding = state.view.findings.value.byId.get(target.id);
      if (finding === undefined) return null;
      return inSlice({ ...state, screen: findings.name }, findings, (slice) => ({
        ...ledTo(slice, finding.id),
        ...{ every: slice.every || !isOpen(finding), side: 'list' as const },
      }));
    }
    case 'problem':
      if (state.report?.problems.some(({ id }) => id === target.id) !== true) return null;
      return inSlice({ ...state, screen: problems.name }, problems, (slice) => ({
        ...ledTo(slice, target.id),
        side: 'list' as const,
      }));
    case 'parts': {
      const problem = state.report?.problems.find(({ id }) => id === target.of);
      return problem === undefined ? null : findingsOfProblem(state, problem);
    }
    case 'map':
      return onMap(state, target.id);
    case 'entry':
      if (!state.entries.some(({ id }) => id === target.id)) return null;
      return inSlice({ ...state, screen: history.name }, history, (slice) => ({
        ...ledTo(slice, target.id),
        side: 'list' as const,
      }));
    case 'screen':
      return { ...state, screen: target.name };
  }
}

/** A resource that is not in the tree is shown at the one that holds it. */
function inTree(state: State, id: string, findingId: string | undefined): State | null {
  const there = revealed(state, [id, ...ancestors(id)]);
  const finding = state.view.findings.value.byId.get(findingId ?? '');
  if (there === null || finding === undefined) return there;
  const slice = sliceOf(there, panes);
  const everyOutcome = slice.everyOutcome || !isOpen(finding);
  const shown = derivePanes({ ...slice, filter: '', everyOutcome }, there);
  const index = [...shown.shown.value.rows].findIndex((one) => one.id === finding.id);
  if (index < 0) return there;
  return withSlice(there, panes, { ...shown, pane: 'findings', findings: { index, top: 0 } });
}

function ancestors(id: string): string[] {
  const parent = parentId(id);
  return parent === undefined ? [] : [parent, ...ancestors(parent)];
}

/** The row of the resource, or of the subnet that it is associated with. */
function onMap(state: State, id: string): State | null {
  if (state.snapshot === null) return null;
  const slice = deriveMap({ ...sliceOf(state, map), filter: '' }, state);
  const rows = slice.rows.value;
  const own = rows.findIndex((row) => sameId(resourceOf(row), id));
  const at =
    own >= 0
      ? own
      : rows.findIndex(
          (row) =>
            row.kind === 'subnet' &&
            [row.subnet.securityGroup, row.subnet.routeTable, row.subnet.natGateway].some((one) =>
              sameId(one?.id ?? null, id),
            ),
        );
  if (at < 0) return null;
  const there = { ...slice, cursor: { ...slice.cursor, index: at }, side: 'rows' as const };
  return withSlice({ ...state, screen: map.name }, map, there);
}
