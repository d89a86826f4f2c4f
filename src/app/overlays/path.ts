// A network path: source, destination and verdict at the top; the hops at the left, the selected one with its evidence at the
// right.
import type { Line } from '../../command/definition.ts';
import { parseLine } from '../../command/parse-line.ts';
import type { Json } from '../../model/json.ts';
import type { Hop, PathAnswer } from '../../model/path.ts';
import { hopTitles, trafficWords, verdictWords } from '../../model/path-words.ts';
import { clean } from '../../model/text.ts';
import { type Area, beside, contentRows, listBox, nameWords, textBox, titleLine } from '../draw/boxes.ts';
import { type Glyphs, glyphsFor } from '../draw/glyphs.ts';
import { line, word } from '../draw/text.ts';
import { inside, type Move, target } from '../draw/window.ts';
import { revealed } from '../screens/resources/reveal.ts';
import type { Binding } from '../state/binding.ts';
import { busy } from '../state/reasons.ts';
import type { State } from '../state/state.ts';
import { defineOverlay } from '../state/view.ts';
import { within } from './parts/panel.ts';
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
      return { ...state, overlay: overlay.side === 'detail' ? { ...overlay, side: 'hops' } : null };
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
  draw(overlay, state) {
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
    const hops = hopsBox(overlay, areas.hops, glyphs);
    const detail = detailBox(overlay, areas.detail, state.panel.value, glyphs);
    return [
      titleLine(name, false, width, '', glyphs),
      ...verdictLines(overlay, width - 1),
      ...(areas.stacked ? [...hops, ...detail] : beside(hops, detail, [areas.hops.width, areas.detail.width], glyphs)),
    ];
  },
});

function moved(overlay: PathOverlay, move: Move, times: number, state: State): PathOverlay {
  if (move === 'left' || move === 'right') return { ...overlay, side: move === 'left' ? 'hops' : 'detail' };
  const { hops, detail } = pathAreas(state, overlay);
  if (overlay.side === 'detail') {
    return { ...overlay, top: target(overlay.top, move, state.panel.value.length, contentRows(detail), times) };
  }
  const index = target(overlay.hop.index, move, overlay.answer.hops.length, contentRows(hops), times);
  return index === overlay.hop.index ? overlay : { ...overlay, top: 0, hop: { ...overlay.hop, index } };
}

function hopsBox({ hop, answer, side }: PathOverlay, area: Area, glyphs: Glyphs): Line[] {
  const focused = side === 'hops';
  return listBox({
    name: nameWords('Hops', focused),
    focused,
    area,
    length: answer.hops.length,
    cursor: hop,
    glyphs,
    row(index, selected) {
      const one = answer.hops[index];
      return one === undefined ? [] : hopWords(one, one.hop === answer.stoppedBy, selected, glyphs);
    },
  });
}

/** `stops`: the verdict depends on it. */
function hopWords(hop: Hop, stops: boolean, selected: boolean, glyphs: Glyphs): Line {
  const [text, role] = verdictWords[hop.verdict];
  const signs = { allowed: glyphs.ok, denied: glyphs.bad, partly: glyphs.bad, unknown: '?', notAsked: glyphs.dot };
  return line(
    word(selected ? `${glyphs.mark} ` : '  ', selected ? 'focus' : 'text'),
    word(`${signs[hop.verdict]} `, role),
    word(hopTitles[hop.hop].padEnd(21), hop.verdict === 'notAsked' ? 'dim' : 'text'),
    word(text, role),
    word(stops ? ' !' : '', role),
  );
}

function detailBox({ side, top }: PathOverlay, area: Area, lines: readonly Line[], glyphs: Glyphs): Line[] {
  const focused = side === 'detail';
  return textBox({ name: nameWords('Detail', focused), focused, area, lines, top, glyphs });
}
