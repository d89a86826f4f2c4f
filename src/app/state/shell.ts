// The screen without its looks: keys in, state out. It joins store, desk and keyboard; React only prints what it holds.
import { type ExitStatus, exitStatus, isFailure } from '../../model/failure.ts';
import type { AppOptions } from '../options.ts';
import type { Pointed } from '../terminal/input-stream.ts';
import type { KeyName } from '../terminal/keys.ts';
import type { Action } from './actions.ts';
import { settledWords } from './applying.ts';
import { createAsking } from './asking.ts';
import { createDesk, failureOf } from './controller.ts';
import { createDispatcher } from './dispatcher.ts';
import { initialState } from './initial.ts';
import { createKeyboard } from './keyboard.ts';
import { remapped } from './keys/remap.ts';
import type { Kit } from './kit.ts';
import { createLeaving } from './leaving.ts';
import { createPalette } from './palette.ts';
import { createPointing } from './pointing.ts';
import { createPreparing } from './preparing.ts';
import { reduce } from './reducer.ts';
import type { State } from './state.ts';
import { createStore, type StateStore } from './store.ts';
import { createKnown } from './suggestions.ts';
import { createDisplay, type Surface } from './surface.ts';

export interface Shell {
  readonly store: StateStore<State, Action>;
  press(key: KeyName): void;
  paste(text: string): void;
  pointed(pointed: Pointed): void;
  resized(columns: number, rows: number): void;
  /** A line that something wrote to stderr. */
  stray(text: string): void;
  attach(surface: Surface): void;
  /** Hands in Ink's way of giving the terminal away for a while. */
  attachSuspend(suspend: (away: () => Promise<void>) => Promise<void>): void;
  /** Settles what an earlier run left open, then reads the workspace. */
  begin(): Promise<void>;
  leave(status: ExitStatus): void;
  /** Resolves with the exit status; rejects with a bug. */
  readonly left: Promise<ExitStatus>;
}

export function createShell(options: AppOptions): Shell {
  const { session, stdout, ascii, readOnly, theme, profile } = options;
  const end = Promise.withResolvers<ExitStatus>();
  const start = initialState({
    size: { columns: stdout.columns ?? 80, rows: stdout.rows ?? 24 },
    ascii,
    links: options.links === true,
    readOnly,
    theme,
    profile,
    bindings: remapped(options.keys).bindings,
    source: session.source,
    rules: options.context.rules,
    lines: options.lines ?? [],
    recent: options.workspaces?.recent ?? [],
    screen: options.screen ?? 'overview',
    drawMap: session.map,
    now: options.now().getTime(),
  });
  const store = createStore<State, Action>(start, reduce);
  store.subscribe(createPreparing(store.get));
  const desk = createDesk(options, store, (error) => end.reject(error));
  const asking = createAsking(store);
  const known = createKnown();
  const dispatcher = createDispatcher(desk, asking.ask, known);
  const palette = createPalette(desk, dispatcher, known, () => end.resolve(exitStatus.done));
  const display = createDisplay(options, desk);
  const leaving = createLeaving(desk, asking, (status) => end.resolve(status));

  const guard = (job: Promise<unknown>) => void job.catch((error: unknown) => end.reject(error));
  const kit: Kit = {
    options,
    session,
    store,
    desk,
    asking,
    dispatcher,
    palette,
    show: (overlay) => store.dispatch({ type: 'overlay', overlay }),
    change: (change) => store.dispatch({ type: 'changed', change }),
    guard,
    press: (name) => keyboard.act(name),
    copy: display.copy,
    leave: (status) => guard(leaving.ask(status)),
    suspend: () => guard(display.suspend()),
    repaint: display.repaint,
  };
  const keyboard = createKeyboard(kit);

  return {
    store,
    left: end.promise,
    press: keyboard.press,
    pointed: createPointing(kit, keyboard),
    paste(text) {
      store.dispatch({ type: 'pasted', text });
      palette.suggest();
    },
    resized: display.resized,
    stray: (text) => desk.say(text, 'dim'),
    attach: display.attach,
    attachSuspend: display.attachSuspend,
    async begin() {
      for (const notice of options.notices ?? []) desk.say(notice, 'warn');
      const stopListening = session.onEvent((event) => {
        if (event.kind === 'request') store.dispatch({ type: 'requested', event, at: options.now().getTime() });
        if (event.kind === 'wait' || event.kind === 'sign-in') store.dispatch({ type: 'event', event });
      });
      void end.promise.catch(() => undefined).finally(stopListening);
      await desk.work({ title: 'Scanning the workspace', writing: false }, async (signal) => {
        // What cannot be settled now is said, and does not keep the operator from looking.
        try {
          await settle(signal);
        } catch (error) {
          const failure = failureOf(error, signal);
          if (failure === null) throw error;
          desk.say(`${failure.message} ${failure.next}`, 'bad');
          // Who could not sign in a moment ago is not made to wait for the same once more.
          if (isFailure(error) && error.exit === exitStatus.signIn) {
            store.dispatch({ type: 'failed', problem: failure });
            return;
          }
        }
        await desk.read(signal);
      });
    },
    leave: leaving.now,
  };

  async function settle(signal: AbortSignal): Promise<void> {
    const running = session.recover(signal);
    for (;;) {
      const next = await running.next();
      if (next.done === true) return;
      store.dispatch({ type: 'event', event: next.value });
      if (next.value.kind === 'settled') desk.say(settledWords(next.value), 'warn');
    }
  }
}
