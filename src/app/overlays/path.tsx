import { parseLine } from '../../command/parse-line.ts';
import type { Json } from '../../model/json.ts';
import type { PathAnswer } from '../../model/path.ts';
import { trafficWords } from '../../model/path-words.ts';
import { clean } from '../../model/text.ts';
import { Rows } from '../components/Rows.tsx';
import { Split } from '../components/Split.tsx';
import { TextPane } from '../components/TextPane.tsx';
import { contentRows, nameWords, titleLine } from '../draw/areas.ts';
import { glyphsFor } from '../draw/glyphs.ts';
import { line, word } from '../draw/text.ts';
import { inside, type Move, target } from '../draw/window.ts';
import { revealed } from '../screens/resources/reveal.ts';
import { type Binding, planning } from '../state/binding.ts';
import { busy } from '../state/reasons.ts';
import { closed } from '../state/stack.ts';
import type { State } from '../state/state.ts';
import { defineOverlay, type ViewProps } from '../state/view.ts';
import { within } from './parts/panel.ts';
import { HopsPane } from './path/HopsPane.tsx';
import { type PathOverlay, pathAreas, pathDetail, selectedHop, verdictLines } from './path/hop.ts';

export type { PathOverlay } from './path/hop.ts';

/** The overlay of a result, with the deciding hop selected; null for a result that is not a path. */
export function pathOverlay(text: string, result: Json | null): PathOverlay | null {
  const answer = result as unknown as PathAnswer | null;
  if (answer === null || !Array.isArray(answer.hops)) return null;
  const stop = answer.hops.findIndex(({ hop }) => hop === answer.stoppedBy);
  const index = stop < 0 ? answer.hops.length - 1 : stop;
  return { kind: 'path', line: text, answer, hop: { index, top: 0 }, side: 'hops', top: 0 };
}

const quoted = (overlay: PathOverlay): string[] => selectedHop(overlay)?.evidence.map(({ resource }) => resource) ?? [];
const inTree = (state: State): State | null =>
  state.overlay?.kind === 'path' ? revealed(state, quoted(state.overlay)) : null;

function fixReason({ overlay }: State): string | null {
  if (overlay?.kind !== 'path') return null;
  const { repair } = overlay.answer;
  if (repair === undefined) return 'No known setting blocks this path.';
  return repair.fixes.length > 0 ? null : 'Bastide has no fix for this path.';
}

const bindings: readonly Binding[] = [
  {
    name: 'path-open',
    where: ['path'],
    keys: ['enter'],
    label: 'open',
    help: 'Open the details of the hop',
    change: within('path')((overlay) => ({ ...overlay, side: 'detail' })),
  },
  {
    name: 'path-resource',
    where: ['path'],
    keys: ['o'],
    label: 'resource',
    help: 'Show the resource of the hop in the resource tree',
    change: (state) => inTree(state) ?? state,
    hint: 2,
    disabledReason: (state) => (inTree(state) === null ? 'This hop has no resource in the tree.' : null),
  },
  {
    name: 'path-fix',
    where: ['path'],
    keys: ['F'],
    label: 'fix',
    help: 'Preview the smallest change that opens the path',
    command: ({ overlay }) =>
      overlay?.kind === 'path' ? [...parseLine(overlay.line, () => undefined), '--fix'] : null,
    how: planning,
    hint: 1,
    disabledReason: (state) => fixReason(state) ?? busy(state),
  },
  {
    name: 'path-again',
    where: ['path'],
    keys: ['r', 'ctrl-r'],
    label: 'rescan',
    help: 'Scan the workspace and trace the path again',
    command: ({ overlay }) => (overlay?.kind === 'path' ? parseLine(overlay.line, () => undefined) : null),
    hint: 3,
    disabledReason: busy,
  },
  {
    name: 'path-copy',
    where: ['path'],
    keys: ['c'],
    label: 'copy id',
    help: 'Copy the resource ID of the hop',
    effect({ store, copy }) {
      const { overlay } = store.get();
      if (overlay?.kind === 'path') copy(quoted(overlay)[0] ?? null, 'id');
    },
  },
  {
    name: 'path-back',
    where: ['path'],
    keys: ['esc'],
    label: 'back',
    help: 'Back to the hops, then to the screen',
    change(state) {
      const { overlay } = state;
      if (overlay?.kind !== 'path') return state;
      return overlay.side === 'detail' ? { ...state, overlay: { ...overlay, side: 'hops' } } : closed(state);
    },
    hint: 4,
  },
  {
    name: 'path-close',
    where: ['path'],
    keys: ['q'],
    label: 'close',
    help: 'Close the path',
    effect: ({ show }) => show(null),
  },
];

export const path = defineOverlay<PathOverlay>({
  kind: 'path',
  crumb: () => 'path',
  places: () => ['list', 'sides', 'line-copy'],
  bindings,
  text: pathDetail,
  textArea(overlay, state) {
    const { detail } = pathAreas(state, overlay);
    return { width: Math.max(10, detail.width - 2), rows: contentRows(detail) };
  },
  derive(overlay, state) {
    const hop = inside(overlay.hop, overlay.answer.hops.length, contentRows(pathAreas(state, overlay).hops));
    return hop === overlay.hop ? overlay : { ...overlay, hop };
  },
  move: moved,
  focus: (overlay) => ({ ...overlay, side: overlay.side === 'hops' ? 'detail' : 'hops' }),
  placement: 'body',
  Body,
});

function Body({ slice: overlay, state }: ViewProps<PathOverlay>) {
  const { width } = state.view.layout;
  const glyphs = glyphsFor(state.ascii);
  const areas = pathAreas(state, overlay);
  const { source, destination } = overlay.answer;
  const name = line(
    word(clean(source.is), 'heading'),
    word(' to ', 'dim'),
    word(clean(destination.is), 'heading'),
    word(`  ${trafficWords(overlay.answer)}`, 'dim'),
  );
  const hops = <HopsPane overlay={overlay} area={areas.hops} glyphs={glyphs} />;
  const isDetail = overlay.side === 'detail';
  const detail = (
    <TextPane
      name={nameWords('Detail', isDetail)}
      focused={isDetail}
      area={areas.detail}
      lines={state.panel.value}
      top={overlay.top}
    />
  );
  return (
    <>
      <Rows lines={[titleLine(name, false, width, '', glyphs), ...verdictLines(overlay, width - 1)]} width={width} />
      {areas.stacked ? (
        <>
          {hops}
          {detail}
        </>
      ) : (
        <Split left={hops} right={detail} height={areas.hops.height} />
      )}
    </>
  );
}

function moved(overlay: PathOverlay, move: Move, times: number, state: State): PathOverlay {
  if (move === 'left' || move === 'right') return { ...overlay, side: move === 'left' ? 'hops' : 'detail' };
  const { hops, detail } = pathAreas(state, overlay);
  if (overlay.side === 'detail') {
    return { ...overlay, top: target(overlay.top, move, state.panel.value.length, contentRows(detail), times) };
  }
  const index = target(overlay.hop.index, move, overlay.answer.hops.length, contentRows(hops), times);
  return index === overlay.hop.index ? overlay : { ...overlay, top: 0, hop: { ...overlay.hop, index } };
}
