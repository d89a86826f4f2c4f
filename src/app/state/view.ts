// The contract of screens and overlays, which fill the body: a state, pure key actions on it, and a component that draws it.
import type { ComponentType } from 'react';
import type { Line } from '../../command/definition.ts';
import type { Input } from '../draw/input.ts';
import type { Move } from '../draw/window.ts';
import type { StepwiseTask } from '../rows/in-steps.ts';
import type { Binding, KeyScope } from './binding.ts';
import type { EffectContext } from './effect-context.ts';
import type { Overlay, Selection, State } from './state.ts';

export interface ViewProps<Slice> {
  readonly slice: Slice;
  readonly state: State;
}

interface View<Slice> {
  /** Active places of the key table, besides its own name. */
  places(slice: Slice, state: State): readonly KeyScope[];
  readonly bindings?: readonly Binding[];
  /** Draws it in the body: `state.view.layout.body` rows of `state.view.layout.width` cells. */
  readonly Body: ComponentType<ViewProps<Slice>>;
  move?(slice: Slice, move: Move, times: number, state: State): Slice;
  /** To the next or previous stop of Tab. */
  focus?(slice: Slice, step: 1 | -1, state: State): Slice;
  /** The text being typed in it, if any. */
  input?(slice: Slice): Input | null;
}

/** A top-level screen. `Slice` is its own part of the state; it keeps its lists and texts there, updated by `derive`. */
export interface Screen<Slice> extends View<Slice> {
  /** Its name in the palette. */
  readonly name: string;
  readonly title: string;
  /** A sentence for the help and the palette. */
  readonly summary: string;
  readonly start: Slice;
  /**
   * The slice derived from the rest of the state, cursors inside their lists; the same object when nothing changed. Called
   * while it is shown.
   */
  derive?(slice: Slice, state: State): Slice;
  /** Precomputes what its keys will need. */
  prefetch?(state: State): StepwiseTask<void>;
  /** Where the mouse was pressed: a column, and a row of the body. */
  click?(slice: Slice, place: { readonly x: number; readonly row: number }, state: State): Slice;
  /** One step back; null when there is nothing to go back from. */
  back?(slice: Slice, state: State): Slice | null;
  /** The target of the actions of the key table. */
  selection?(slice: Slice, state: State): Selection;
  /** The filter of its list, where it has one. */
  filter?(slice: Slice): string;
  filtered?(slice: Slice, filter: string): Slice;
  /** Examples of a filter's words, where there are others than text. */
  filterHint?(slice: Slice): string | undefined;
  /** Available before the first scan. */
  readonly always?: true;
  /** Among the tabs of the header only then; its number and its word select it always. */
  isListed?(state: State): boolean;
}

/** Where an overlay is drawn: over the screen, which stays visible around it; instead of the screen; or in the footer. */
type Placement = 'dialog' | 'body' | 'footer';

/** An overlay: a question, a result, an input. Its value is the overlay itself. */
export interface OverlayKind<Kind extends Overlay> extends View<Kind> {
  readonly kind: Kind['kind'];
  /** What the header calls it; without a name it is not among the places that the header tells. */
  crumb?(overlay: Kind): string;
  /** By default a dialog; a function where it depends on how much there is to show. */
  readonly placement?: Placement | ((overlay: Kind, state: State) => Placement);
  /** The scrolling text, wrapped. Computed again when a member of the overlay or of the state that it read has changed. */
  text?(overlay: Kind, state: State, width: number): readonly Line[];
  /** Columns for the text, and rows that show it; by default those of a dialog or of the body, without title and buttons. */
  textArea?(overlay: Kind, state: State): { readonly width: number; readonly rows: number };
  /** Called after the text is known: clamps scrolling and cursors. */
  derive?(overlay: Kind, state: State): Kind;
  /** The state after its input has changed; without it the overlay just takes the new input. */
  typed?(overlay: Kind, input: Input, state: State): State;
  /** The wheel, by this many rows, down if positive; without it, that many moves. */
  turned?(overlay: Kind, rows: number, state: State): Kind;
  /** The row of this index selected, which was clicked. */
  picked?(overlay: Kind, row: number): Kind;
  /** The number of buttons or choices. */
  choices?(overlay: Kind): number;
  submit?(overlay: Kind, effects: EffectContext): void;
  /** Without it the overlay is closed. */
  cancel?(overlay: Kind, effects: EffectContext): void;
}

export const defineScreen = <Slice>(screen: Screen<Slice>): Screen<Slice> => screen;
export const defineOverlay = <Kind extends Overlay>(kind: OverlayKind<Kind>): OverlayKind<Kind> => kind;

export const placementOf = <Kind extends Overlay>(
  { placement = 'dialog' }: OverlayKind<Kind>,
  overlay: Kind,
  state: State,
): Placement => (typeof placement === 'function' ? placement(overlay, state) : placement);

/** A screen with an opaque slice; it only receives its own. */
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
