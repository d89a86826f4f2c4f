// The context of a key's effect: the controller, questions, commands, the command line and the terminal. Interfaces only: what
// carries them out is elsewhere, and knows screens and overlays.
import type { Ask, Line } from '../../command/definition.ts';
import type { Envelope } from '../../command/run.ts';
import type { ExitStatus, FailureValue } from '../../model/failure.ts';
import type { Session, SessionEvent } from '../../session/session.ts';
import type { AppOptions } from '../options.ts';
import type { Action } from './actions.ts';
import type { Overlay, State } from './state.ts';
import type { StateStore } from './store.ts';

export interface ScreenController {
  readonly options: AppOptions;
  readonly session: Session;
  readonly store: StateStore<State, Action>;
  say(text: string, role?: string): void;
  /** Runs one task; rejects a second. Failures are shown, any other error goes to `crashed`. */
  work(what: { title: string; writing: boolean }, job: (signal: AbortSignal) => Promise<void>): Promise<void>;
  /** Requests the running task to stop. */
  abort(): void;
  /** Resolves when no task runs. */
  idle(): Promise<void>;
  /** Runs a generator to its end and dispatches its events. */
  drain<T>(running: AsyncGenerator<SessionEvent, T>): Promise<T>;
  /** Scans the workspace inside a running task. */
  read(signal: AbortSignal): Promise<void>;
  /** Shows why the workspace could not be read. */
  unread(problem: FailureValue): void;
  /** Shows the session's current data. */
  refresh(): Promise<void>;
  loadEntries(): Promise<void>;
  /** Has the running task, or the last one, sent a change? */
  sentSomething(): boolean;
}

export interface Asking {
  readonly ask: Ask;
  /** Questions above another one, which is open again after the answer. `lines` say what a text is for. */
  readonly above: Pick<Ask, 'choose'> & {
    text(question: Parameters<Ask['text']>[0] & { readonly lines?: readonly Line[] }): Promise<string>;
  };
  /** A question of the screen that applies nothing. */
  sure(question: { readonly title: string; readonly lines: readonly Line[]; readonly yes: string }): Promise<boolean>;
  /** A question is open, and its caller waits. */
  isOpen(): boolean;
  /** Takes what is selected or typed as the answer; a plan first has typed what it needs. */
  answer(): Promise<void>;
  /** The answer is no. */
  refuse(): void;
  /** Simulates the plan that is asked about, and shows the result; the question stays open. */
  whatIf(): Promise<void>;
  /** Takes the step at the cursor of a plan out or in, or selects the steps up to it; then the preview is computed again. */
  pick(what: 'one' | 'to here'): Promise<void>;
}

export interface RunOptions {
  /** The command uses the screen's snapshot instead of a new scan. */
  readonly withSnapshot?: true;
  /** No panel for the result unless the command fails or nothing else shows its result. `shown` and `failed` show it. */
  readonly quiet?: true;
  /** The label of the running task in the header. */
  readonly title?: string;
  readonly failed?: (failure: FailureValue) => void;
  readonly shown?: (envelope: Envelope) => void;
}

export interface Dispatcher {
  /** Runs a command from its words; a form asks for missing required words. Returns why it is not a valid command. */
  run(words: readonly string[], how?: RunOptions): Promise<string | null>;
  /** Shows a failure of a line in a panel. */
  refused(failure: FailureValue): void;
}

export interface Palette {
  /** Takes the selected match, or runs the line as typed. */
  submit(): Promise<void>;
  /** Updates the completions for the text. */
  suggest(): void;
}

/** What completions are computed from. */
export type CompletionContext = Pick<EffectContext, 'options' | 'session' | 'store'>;

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
