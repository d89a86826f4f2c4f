// What an effect of a key is handed: the controller, and everything that reaches outside. It decides nothing about keys.
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
  /** The state changed in place, for what comes after an effect. */
  change(how: (state: State) => State): void;
  /** Lets a job run; a bug in it ends the screen. */
  guard(job: Promise<unknown>): void;
  /** Does what a binding of this name does, refused with its reason when it is off. */
  press(name: string): void;
  /** Sends a text to the terminal's clipboard. */
  copy(text: string | null, what: string): void;
  /** Leaves, after asking when changes are being sent. */
  leave(status: ExitStatus): void;
  suspend(): void;
  repaint(): void;
}
