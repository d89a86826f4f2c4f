// The command line with its completions, and the values of its next word.
import type { Hint } from '../../command/hint.ts';
import { emptyInput, type Input, inputOf } from '../draw/input.ts';
import type { Suggestion } from '../state/actions.ts';
import type { Binding } from '../state/binding.ts';
import type { State } from '../state/state.ts';
import { defineOverlay } from '../state/view.ts';
import { PaletteBody } from './palette/PaletteBody.tsx';
import { within } from './parts/panel.ts';

declare module '../state/state.ts' {
  interface OverlayKinds {
    readonly palette: PaletteOverlay;
  }
}

export interface PaletteOverlay {
  readonly kind: 'palette';
  readonly input: Input;
  readonly suggestions: readonly Suggestion[];
  /** The text that they are for. */
  readonly of: string | null;
  /** The values of the next word; null before there is a command. */
  readonly hint: Hint | null;
  /** What Enter takes; -1: the line as typed. */
  readonly choice: number;
  /** Tab has put it into the line. */
  readonly isCompleted: boolean;
  /** Position in the history of lines; 0 is the new line. */
  readonly back: number;
}

/** The palette with the beginning of a line. */
export const paletteWith = (text = ''): PaletteOverlay => ({
  kind: 'palette',
  input: text === '' ? emptyInput : inputOf(text),
  suggestions: [],
  of: null,
  hint: null,
  choice: -1,
  isCompleted: false,
  back: 0,
});

const here = within('palette');

const bindings: readonly Binding[] = [
  {
    name: 'complete',
    where: ['palette'],
    keys: ['tab'],
    label: 'complete',
    help: 'Next completion',
    change: here((overlay) => completed(overlay, 1)),
    hint: 1,
  },
  {
    name: 'complete-back',
    where: ['palette'],
    keys: ['shift-tab'],
    label: 'complete',
    help: 'Previous completion',
    change: here((overlay) => completed(overlay, -1)),
  },
  {
    name: 'earlier',
    where: ['palette'],
    keys: ['up'],
    label: 'choose',
    help: 'Previous match; in an empty line, the command line before',
    change: here((overlay, state) =>
      overlay.input.text === '' || overlay.back > 0 ? recalled(overlay, state, 1) : onRow(overlay, overlay.choice - 1),
    ),
    hint: 1.5,
  },
  {
    name: 'later',
    where: ['palette'],
    keys: ['down'],
    label: 'choose',
    help: 'Next match; among earlier command lines, the next one',
    change: here((overlay, state) =>
      overlay.back > 0 ? recalled(overlay, state, -1) : onRow(overlay, overlay.choice + 1),
    ),
  },
];

export const palette = defineOverlay<PaletteOverlay>({
  kind: 'palette',
  places: () => ['line'],
  bindings,
  input: ({ input }) => input,
  typed(overlay, input, state) {
    if (input.text === overlay.input.text) return { ...state, overlay: { ...overlay, input } };
    return { ...state, overlay: { ...overlay, input, choice: -1, isCompleted: false, back: 0 } };
  },
  turned: (overlay, rows) => onRow(overlay, overlay.choice + Math.sign(rows)),
  picked: onRow,
  submit: (_overlay, effects) => effects.guard(effects.palette.submit()),
  Body: PaletteBody,
});

function completed(overlay: PaletteOverlay, step: 1 | -1): PaletteOverlay {
  const count = overlay.suggestions.length;
  if (count === 0) return overlay;
  // The first Tab takes the match that is selected.
  const next = overlay.isCompleted || overlay.choice < 0 ? overlay.choice + step : overlay.choice;
  const choice = next === -2 ? count - 1 : (next + count) % count;
  const input = inputOf(overlay.suggestions[choice]?.line ?? overlay.input.text);
  return { ...overlay, choice, input, isCompleted: true };
}

/** Another match selected; above the first, the line as typed. */
function onRow(overlay: PaletteOverlay, row: number): PaletteOverlay {
  const choice = Math.max(-1, Math.min(row, overlay.suggestions.length - 1));
  return { ...overlay, choice, isCompleted: false };
}

function recalled(overlay: PaletteOverlay, state: State, step: 1 | -1): PaletteOverlay {
  const back = Math.max(0, Math.min(overlay.back + step, state.lines.length));
  return {
    ...overlay,
    back,
    choice: -1,
    isCompleted: false,
    input: inputOf(back === 0 ? '' : (state.lines.at(-back) ?? '')),
  };
}
