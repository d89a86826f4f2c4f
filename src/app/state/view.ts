// The contract of everything that fills the body: a top-level screen, or an overlay above it. Both are pure: a value of their
// own, what keys do to it, and the rows it looks like. React only prints the rows.
import type { Line } from '../../command/definition.ts';
import type { Input } from '../draw/input.ts';
import type { Move } from '../draw/window.ts';
import type { StepwiseTask } from '../rows/in-steps.ts';
import type { Binding, KeyScope } from './binding.ts';
import type { EffectContext } from './effect-context.ts';
import type { Overlay, Selection, State } from './state.ts';

interface View<Slice> {
  /** Places of the key table that are in force, beside its own name. */
  places(slice: Slice, state: State): readonly KeyScope[];
  readonly bindings?: readonly Binding[];
  /** The rows of the body, at most `state.view.layout.body` of `state.view.layout.width` cells. */
  draw(slice: Slice, state: State): readonly Line[];
  move?(slice: Slice, move: Move, times: number, state: State): Slice;
  /** To the next or the one before of what Tab goes through. */
  focus?(slice: Slice, step: 1 | -1, state: State): Slice;
  /** The text being typed in it, if there is one now. */
  input?(slice: Slice): Input | null;
}

/** A top-level screen. `Slice` is its own part of the state; it keeps its lists and texts there, in step by `derive`. */
export interface Screen<Slice> extends View<Slice> {
  /** What the palette calls it. */
  readonly name: string;
  readonly title: string;
  /** A sentence for the help and the palette. */
  readonly summary: string;
  readonly start: Slice;
  /** The slice in step with the rest of the state, cursors inside their lists; the same object when nothing changed. Called while it is shown. */
  derive?(slice: Slice, state: State): Slice;
  /** Works out beforehand what its keys will ask of all that was read. */
  prefetch?(state: State): StepwiseTask<void>;
  /** Where the mouse was pressed: a column, and a row of the body. */
  click?(slice: Slice, place: { readonly x: number; readonly row: number }, state: State): Slice;
  /** One step back; null when there is nothing to go back from. */
  back?(slice: Slice, state: State): Slice | null;
  /** What the acts of the key table are about. */
  selection?(slice: Slice, state: State): Selection;
  /** The filter of its list, where it has one. */
  filter?(slice: Slice): string;
  filtered?(slice: Slice, filter: string): Slice;
  /** Shown also before anything has been read. */
  readonly always?: true;
}

/** Something above the screen: a question, an answer, an input. Its value is the overlay itself. */
export interface OverlayKind<Kind extends Overlay> extends View<Kind> {
  readonly kind: Kind['kind'];
  /** The scrolling text, wrapped. Worked out again when a member of the overlay or of the state that it looked at is another thing. */
  text?(overlay: Kind, state: State, width: number): readonly Line[];
  /** Columns for the text, and rows that show it; the body less title, blank and buttons unless said otherwise. */
  textArea?(overlay: Kind, state: State): { readonly width: number; readonly rows: number };
  /** After the text is known: scrolled inside it, cursors inside their lists. */
  derive?(overlay: Kind, state: State): Kind;
  /** The state after its input has changed; without it the overlay just takes the new input. */
  typed?(overlay: Kind, input: Input, state: State): State;
  /** The wheel, by so many rows, down where it is more than 0; without it, that many moves. */
  turned?(overlay: Kind, rows: number, state: State): Kind;
  /** The row of this index selected, which was clicked. */
  picked?(overlay: Kind, row: number): Kind;
  /** How many buttons or choices there are to go through. */
  choices?(overlay: Kind): number;
  submit?(overlay: Kind, effects: EffectContext): void;
  /** Without it the overlay is closed. */
  cancel?(overlay: Kind, effects: EffectContext): void;
}

export const defineScreen = <Slice>(screen: Screen<Slice>): Screen<Slice> => screen;
export const defineOverlay = <Kind extends Overlay>(kind: OverlayKind<Kind>): OverlayKind<Kind> => kind;

/** A screen whose slice nobody here knows; what is handed to it comes from itself. */
export type AnyScreen = Screen<never>;
export type AnyOverlay = OverlayKind<never>;

/** A screen's own part of the state. */
export const sliceOf = <Slice>(state: State, screen: Pick<Screen<Slice>, 'name' | 'start'>): Slice =>
  (state.slices[screen.name] as Slice | undefined) ?? screen.start;

export const withSlice = <Slice>(state: State, screen: Pick<Screen<Slice>, 'name'>, slice: Slice): State =>
  state.slices[screen.name] === slice ? state : { ...state, slices: { ...state.slices, [screen.name]: slice } };

/** The state with a change to the slice of a screen. */
export const inSlice = <Slice>(
  state: State,
  screen: Pick<Screen<Slice>, 'name' | 'start'>,
  change: (slice: Slice) => Slice,
): State => withSlice(state, screen, change(sliceOf(state, screen)));
