// What Ink draws of a state, as rows of words: the components are rendered, and asked of Ink's layout where their words are.
import { Writable } from 'node:stream';
import { Box, type DOMElement, type Instance, render } from 'ink';
import { type ComponentType, type ReactNode, useLayoutEffect, useRef } from 'react';
import { Screen } from '../../src/app/App.tsx';
import { Body } from '../../src/app/Body.tsx';
import { type PlacedRows, placedRows, rowIn } from '../../src/app/components/hit.ts';
import { LookProvider } from '../../src/app/components/look.tsx';
import { shownWords } from '../../src/app/draw/clicks.ts';
import { dialogArea } from '../../src/app/draw/dialog.ts';
import { fitLine, lineWidth, plain, takeCells, widthOf } from '../../src/app/draw/text.ts';
import type { State } from '../../src/app/state/state.ts';
import type { RowAt } from '../../src/app/state/surface.ts';
import type { ViewProps } from '../../src/app/state/view.ts';
import type { Line, Word } from '../../src/command/definition.ts';

/** Ink's terminal, which writes nothing: what is asked is the layout. */
const stdout = Object.assign(new Writable({ write: (_chunk, _encoding, done) => done() }), {
  columns: 1_000,
  rows: 1_000,
});
let instance: Instance | null = null;
let placed: readonly PlacedRows[] = [];

/** The rows in the order in which they are drawn, the borders of boxes among them. */
function placedIn(state: State, content: ReactNode): readonly PlacedRows[] {
  const { theme, ascii, links } = state;
  const tree = (
    <LookProvider value={{ theme, ascii, links }}>
      <Probe width={state.size.columns}>{content}</Probe>
    </LookProvider>
  );
  // One screen for all: as on a terminal, only what is new is laid out again.
  if (instance === null) {
    const options = { stdout: stdout as unknown as NodeJS.WriteStream, interactive: false, patchConsole: false };
    instance = render(tree, { ...options, exitOnCtrlC: false, maxFps: 0.01 });
  } else instance.rerender(tree);
  return placed;
}

/** Says what it holds each time that Ink has laid it out. */
function Probe({ width, children }: { readonly width: number; readonly children: ReactNode }) {
  const root = useRef<DOMElement>(null);
  useLayoutEffect(() => {
    placed = root.current === null ? [] : painted(root.current);
  });
  return (
    <Box ref={root} flexDirection="column" width={width}>
      {children}
    </Box>
  );
}

/** A border is a box of it; what is inside is drawn over it. */
function painted(element: DOMElement, left = 0, top = 0): readonly PlacedRows[] {
  const { yogaNode, style, childNodes } = element;
  const boxes = childNodes.flatMap((child) => (child.nodeName === 'ink-box' ? [child] : []));
  if (boxes.length === 0) return placedRows(element, left, top);
  const [x, y] = [left + (yogaNode?.getComputedLeft() ?? 0), top + (yogaNode?.getComputedTop() ?? 0)];
  const inner = boxes.flatMap((child) => painted(child, x, y));
  if (style.borderStyle === undefined) return inner;
  const [width, height] = [yogaNode?.getComputedWidth() ?? 0, yogaNode?.getComputedHeight() ?? 0];
  const edge = [{ text: '─'.repeat(width) }];
  const side = [{ text: `│${' '.repeat(width - 2)}│` }];
  const lines = Array.from({ length: height }, (_, row) => (row === 0 || row === height - 1 ? edge : side));
  return [{ x, y, width, height, lines }, ...inner];
}

/** The words with others over them from a cell on. */
function overlaid(under: Line, x: number, over: Line): Line {
  const end = x + over.reduce((sum, { text }) => sum + widthOf(text), 0);
  const before: Word[] = [];
  const after: Word[] = [];
  let at = 0;
  for (const one of under) {
    const width = widthOf(one.text);
    if (at < x) before.push({ ...one, text: takeCells(one.text, x - at) });
    if (at + width > end)
      after.push({ ...one, text: one.text.slice(takeCells(one.text, Math.max(0, end - at)).length) });
    at += width;
  }
  return [...before, ...over, ...after].filter(({ text }) => text !== '');
}

function rowsOf(placed: readonly PlacedRows[], state: State, height: number): Line[] {
  const { columns } = state.size;
  const rows = Array.from({ length: height }, (): Line => []);
  for (const { x, y, width, height: count, lines } of placed) {
    for (let row = 0; row < count; row += 1) {
      const under = rows[y + row];
      if (under === undefined) continue;
      const over = shownWords(lines[row] ?? [], width, state.ascii);
      const own = lines[row] ?? [];
      // Where nothing lies beside them, words that fit are as they were given.
      const isWhole = x === 0 && under.length === 0 && lineWidth(own) <= width;
      rows[y + row] = isWhole ? own : overlaid(fitLine(under, columns, ''), x, over);
    }
  }
  return rows;
}

/** The rows of the body. */
export const bodyRows = (state: State): readonly Line[] =>
  rowsOf(placedIn(state, <Body state={state} />), state, state.view.layout.body);

/** The rows of the whole screen, with header and footer. */
export const screenRows = (state: State): readonly Line[] =>
  rowsOf(placedIn(state, <Screen state={state} />), state, state.size.rows);

/** The rows of one screen or overlay. */
export const viewRows = <Slice,>(
  view: { readonly Body: ComponentType<ViewProps<Slice>> },
  slice: Slice,
  state: State,
): readonly Line[] => rowsOf(placedIn(state, <view.Body slice={slice} state={state} />), state, state.view.layout.body);

/** The text inside the dialog that is open. */
export function dialogText(state: State): string {
  const { left, width } = dialogArea(state.view.layout);
  const rows = bodyRows(state).map((row) => [...plain(row)]);
  return rows
    .filter((row) => row[left] === '│' && row[left + width - 1] === '│')
    .map((row) =>
      row
        .slice(left + 2, left + width - 2)
        .join('')
        .trimEnd(),
    )
    .join('\n');
}

/** Which words are drawn at a cell of the screen. */
export const rowAtOf = (state: State): RowAt => {
  const placed = placedIn(state, <Screen state={state} />);
  return (cell) => rowIn(placed, cell);
};
