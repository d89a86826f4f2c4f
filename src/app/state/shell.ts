// The application without rendering: keys in, state out. It joins store, controller and keyboard; React only prints its state.
import { type ExitStatus, exitStatus } from '../../model/failure.ts';
import type { AppOptions } from '../options.ts';
import type { Pointed } from '../terminal/input-stream.ts';
import type { KeyName } from '../terminal/keys.ts';
import { type Action, changeTo } from './actions.ts';
import { createAsking } from './asking.ts';
import { createScreenController } from './controller.ts';
import { createDispatcher } from './dispatcher.ts';
import type { EffectContext } from './effect-context.ts';
import { initialState } from './initial.ts';
import { createKeyboard } from './keyboard.ts';
import { remapped } from './keys/remap.ts';
import { createLeaving } from './leaving.ts';
import { followThemes } from './live-themes.ts';
import { createPalette } from './palette.ts';
import { createPointing } from './pointing.ts';
import { createPrefetch } from './prefetch.ts';
import { reduce } from './reducer.ts';
import { isDue, rescanned } from './rescan.ts';
import type { State } from './state.ts';
import { createStore, type StateStore } from './store.ts';
import { createKnown } from './suggestions.ts';
import { createDisplay, type RowAt, type Surface } from './surface.ts';

export interface Shell {
  readonly store: StateStore<State, Action>;
  press(key: KeyName): void;
  /** Starts the scan that is due; called about every second. */
  tick(): void;
  paste(text: string): void;
  pointed(pointed: Pointed): void;
  resized(columns: number, rows: number): void;
  /** A line written to stderr by other code. */
  stray(text: string): void;
  attach(surface: Surface): void;
  /** Sets the question which words are drawn at a cell. */
  attachRows(rowAt: RowAt): void;
  /** Sets Ink's function that suspends the screen. */
  attachSuspend(suspend: (away: () => Promise<void>) => Promise<void>): void;
  /** Scans the workspace, which settles what it shows of an interrupted run. */
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
    every: options.every ?? null,
    screen: options.screen ?? 'overview',
    tour: options.tour,
    fleet: options.fleet?.kept ?? null,
    drawMap: session.map,
    now: options.now().getTime(),
  });
  const store = createStore<State, Action>(start, reduce);
  store.subscribe(createPrefetch(store, session));
  const controller = createScreenController(options, store, (error) => end.reject(error));
  const guard = (job: Promise<unknown>) => void job.catch((error: unknown) => end.reject(error));
  const asking = createAsking(store);
  const known = createKnown();
  const dispatcher = createDispatcher(controller, asking.ask, known);
  const palette = createPalette(
    controller,
    dispatcher,
    known,
    () => end.resolve(exitStatus.done),
    guard,
    (name, words) => keyboard.act(name, words),
  );
  const display = createDisplay(options, controller);
  const leaving = createLeaving(controller, asking, (status) => end.resolve(status));

  const effects: EffectContext = {
    options,
    session,
    store,
    controller,
    asking,
    dispatcher,
    palette,
    show: (overlay) => store.dispatch({ type: 'overlay', overlay }),
    change: (how) => store.dispatch(changeTo(store.get(), how(store.get()))),
    guard,
    press: (name, words) => keyboard.act(name, words),
    copy: display.copy,
    leave: (status) => guard(leaving.ask(status)),
    suspend: () => guard(display.suspend()),
    repaint: display.repaint,
  };
  const keyboard = createKeyboard(effects);
  let keyAt = 0;
  const tick = () => {
    const now = options.now().getTime();
    if (isDue(store.get(), now, keyAt)) guard(rescanned(effects, now));
  };

  return {
    store,
    left: end.promise,
    press(key) {
      keyAt = options.now().getTime();
      keyboard.press(key);
    },
    tick,
    pointed: createPointing(effects, keyboard, display.rowAt),
    paste(text) {
      store.dispatch({ type: 'pasted', text });
      palette.suggest();
    },
    resized: display.resized,
    stray: (text) => controller.say(text, 'dim'),
    attach: display.attach,
    attachRows: display.attachRows,
    attachSuspend: display.attachSuspend,
    async begin() {
      for (const notice of options.notices ?? []) controller.say(notice, 'warn');
      const stopListening = session.onEvent((event) => {
        if (event.kind === 'request') store.dispatch({ type: 'requested', event, at: options.now().getTime() });
        if (event.kind === 'wait' || event.kind === 'sign-in') store.dispatch({ type: 'event', event });
      });
      const unfollow = followThemes(options, controller);
      const timer = setInterval(tick, 1000).unref();
      void end.promise
        .catch(() => undefined)
        .finally(() => {
          clearInterval(timer);
          stopListening();
          unfollow();
        });
      await controller.work({ title: 'Scanning the workspace', writing: false }, async (signal) => {
        await controller.read(signal);
      });
    },
    leave: leaving.now,
  };
}
