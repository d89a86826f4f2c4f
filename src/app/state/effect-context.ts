// The context of a key's effect: the controller and all side effects. Independent of keys.
import type { ExitStatus } from '../../model/failure.ts';
import type { Session } from '../../session/session.ts';
import type { AppOptions } from '../options.ts';
import type { Action } from './actions.ts';
import type { Asking } from './asking.ts';
import type { ScreenController } from './controller.ts';
import type { Dispatcher } from './dispatcher.ts';
import type { Palette } from './palette.ts';
import type { Overlay, State } from './state.ts';
import type { StateStore } from './store.ts';

export interface EffectContext {
  readonly options: AppOptions;
  readonly session: Session;
  readonly store: StateStore<State, Action>;
  readonly controller: ScreenController;
  readonly asking: Asking;
  readonly dispatcher: Dispatcher;
  readonly palette: Palette;
  show(overlay: Overlay | null): void;
  /** Changes the state after an effect. */
  change(how: (state: State) => State): void;
  /** Starts a job; a bug in it ends the screen. */
  guard(job: Promise<unknown>): void;
  /** Runs the binding of this name, or shows why it is unavailable. */
  press(name: string, words?: readonly string[]): void;
  /** Sends a text to the terminal's clipboard. */
  copy(text: string | null, what: string): void;
  /** Quits, after a question while changes are being sent. */
  leave(status: ExitStatus): void;
  suspend(): void;
  repaint(): void;
}
