// The command line with its completions.
import { barLine, nameWords, titleLine } from '../draw/boxes.ts';
import { glyphsFor } from '../draw/glyphs.ts';
import { emptyInput, type Input, inputOf } from '../draw/input.ts';
import { inputLine } from '../draw/input-line.ts';
import { fitText, line, word } from '../draw/text.ts';
import { windowWords } from '../draw/window.ts';
import type { Binding } from '../state/binding.ts';
import type { State } from '../state/state.ts';
import { defineOverlay } from '../state/view.ts';

export interface Suggestion {
  /** The whole line it would give. */
  readonly line: string;
  readonly label: string;
  readonly hint: string;
}

export interface PaletteOverlay {
  readonly kind: 'palette';
  readonly input: Input;
  readonly suggestions: readonly Suggestion[];
  /** -1: the line as typed. */
  readonly choice: number;
  /** How far back in the history of lines; 0 is the new line. */
  readonly back: number;
}

/** The palette with a line begun. */
export const paletteWith = (text = ''): PaletteOverlay => ({
  kind: 'palette',
  input: text === '' ? emptyInput : inputOf(text),
  suggestions: [],
  choice: -1,
  back: 0,
});

const here = (change: (overlay: PaletteOverlay, state: State) => PaletteOverlay) => (state: State) =>
  state.overlay?.kind === 'palette' ? { ...state, overlay: change(state.overlay, state) } : state;

const bindings: readonly Binding[] = [
  {
    name: 'complete',
    where: ['palette'],
    keys: ['tab'],
    label: 'complete',
    help: 'The next completion',
    change: here((overlay) => completed(overlay, 1)),
    hint: 1,
  },
  {
    name: 'complete-back',
    where: ['palette'],
    keys: ['shift-tab'],
    label: 'complete',
    help: 'The completion before',
    change: here((overlay) => completed(overlay, -1)),
  },
  {
    name: 'earlier',
    where: ['palette'],
    keys: ['up'],
    label: 'earlier',
    help: 'An earlier line',
    change: here((overlay, state) => recalled(overlay, state, 1)),
    hint: 4,
  },
  {
    name: 'later',
    where: ['palette'],
    keys: ['down'],
    label: 'later',
    help: 'A later line',
    change: here((overlay, state) => recalled(overlay, state, -1)),
  },
];

export const palette = defineOverlay<PaletteOverlay>({
  kind: 'palette',
  places: () => ['line'],
  bindings,
  input: ({ input }) => input,
  typed(overlay, input, state) {
    const choice = input.text === overlay.input.text ? overlay.choice : -1;
    return { ...state, overlay: { ...overlay, input, choice } };
  },
  submit: (_overlay, kit) => kit.guard(kit.palette.submit()),
  draw(overlay, state) {
    const { width, body } = state.view.layout;
    const glyphs = glyphsFor(state.ascii);
    const { suggestions, choice } = overlay;
    const height = Math.max(1, body - 2);
    const top = Math.max(0, choice - height + 1);
    const labels = suggestions.map((one) => one.label.length);
    const column = Math.min(Math.floor(width / 2), Math.max(12, ...labels) + 2);
    return [
      titleLine(nameWords('Command', true), true, width, windowWords(top, height, suggestions.length), glyphs),
      inputLine(': ', overlay.input, width, glyphs, 'a command, as in the shell; Tab completes'),
      ...suggestions.slice(top, top + height).map((one, index) => {
        const selected = top + index === choice;
        const words = line(
          word(selected ? `${glyphs.mark} ` : '  ', 'focus'),
          fitText(one.label, column, glyphs.more),
          word(` ${one.hint}`, 'dim'),
        );
        return selected ? barLine(words, width, glyphs.more) : words;
      }),
    ];
  },
});

function completed(overlay: PaletteOverlay, step: 1 | -1): PaletteOverlay {
  const count = overlay.suggestions.length;
  if (count === 0) return overlay;
  const choice = overlay.choice < 0 ? (step > 0 ? 0 : count - 1) : (overlay.choice + step + count) % count;
  return { ...overlay, choice, input: inputOf(overlay.suggestions[choice]?.line ?? overlay.input.text) };
}

function recalled(overlay: PaletteOverlay, state: State, step: 1 | -1): PaletteOverlay {
  const back = Math.max(0, Math.min(overlay.back + step, state.lines.length));
  return { ...overlay, back, choice: -1, input: inputOf(back === 0 ? '' : (state.lines.at(-back) ?? '')) };
}
