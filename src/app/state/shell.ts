// The screen without its looks: keys in, state out. It binds the key table to effects; React only shows what it holds.
import { parseLine } from '../../command/parse-line.ts';
import { type ExitStatus, exitStatus } from '../../model/failure.ts';
import type { AppOptions } from '../options.ts';
import { copySequence } from '../terminal/clipboard.ts';
import type { KeyName } from '../terminal/keys.ts';
import { createActing, settledWords } from './acting.ts';
import type { Action } from './actions.ts';
import { createAsking } from './asking.ts';
import { createDesk, failureOf } from './desk.ts';
import { initialState } from './initial.ts';
import { inputOf } from './input.ts';
import { bindingFor, type Effect, whereIs } from './key-table.ts';
import { askLive } from './live.ts';
import { createPalette } from './palette.ts';
import { pathLine, quotedResource } from './path.ts';
import { inputIn, reduce } from './reducer.ts';
import { selectedFinding, selectedResource } from './select.ts';
import type { State } from './state.ts';
import { createStore, type Store } from './store.ts';
import { line, word } from './text.ts';

/** What the shell needs of the drawn screen. */
export interface Surface {
  /** Draws the screen whole, whatever the terminal shows. */
  repaint(): void;
}

export interface Shell {
  readonly store: Store<State, Action>;
  press(key: KeyName): void;
  paste(text: string): void;
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

const leaveTitle = 'Leave while changes are being sent?';

export function createShell(options: AppOptions): Shell {
  const { session, stdout } = options;
  const end = Promise.withResolvers<ExitStatus>();
  const size = { columns: stdout.columns ?? 80, rows: stdout.rows ?? 24 };
  const start = {
    size,
    ascii: options.ascii,
    readOnly: options.readOnly,
    theme: options.theme,
    profile: options.profile,
  };
  const now = options.now().getTime();
  const store = createStore<State, Action>(
    initialState({ ...start, source: session.source, rules: options.context.rules, now }),
    reduce,
  );
  const desk = createDesk(options, store, (error) => end.reject(error));
  const acting = createActing(desk);
  const asking = createAsking(store);
  const palette = createPalette(desk, asking.ask, () => end.resolve(exitStatus.done));
  let surface: Surface | null = null;
  let suspendScreen: ((away: () => Promise<void>) => Promise<void>) | null = null;

  const guard = (job: Promise<void>) => void job.catch((error: unknown) => end.reject(error));
  const show = (overlay: State['overlay']) => store.dispatch({ type: 'overlay', overlay });
  const request = (targets: readonly string[] | 'all') => ({ targets, answers: {}, ips: [], profile: options.profile });

  const fix = (targets: readonly string[] | 'all', text: string) => {
    const snapshot = store.get().snapshot;
    if (snapshot !== null) guard(acting.preview(text, () => session.plan(snapshot, request(targets))));
  };

  /** Leaves, after asking when changes are being sent. Asked again while the question stands, it leaves at once. */
  async function leaveWith(status: ExitStatus): Promise<void> {
    const { work, overlay } = store.get();
    const asked = overlay?.kind === 'ask' && overlay.question.title === leaveTitle;
    if (work?.writing === true && !asked) {
      const lines = [
        line('A change is being sent. If you leave, Azure finishes the step under way,'),
        line('the steps after it are not sent, and the history says what was done.'),
      ];
      if (!(await asking.ask.confirm({ title: leaveTitle, lines, yes: 'Stop and leave' }))) return;
      desk.abort();
      await desk.idle();
    }
    desk.abort();
    end.resolve(work?.writing === true && desk.sentSomething() ? exitStatus.partial : status);
  }

  function submit(): void {
    const { overlay, act } = store.get();
    if (overlay?.kind === 'plan') {
      show(null);
      if (overlay.choice === 1 && overlay.blocked === null) guard(acting.carryOut(overlay.plan, overlay.line));
      else desk.say('Cancelled: nothing was sent.');
    } else if (overlay?.kind === 'ask') asking.answer();
    else if (overlay?.kind === 'filter') show(null);
    else if (overlay?.kind === 'palette') guard(palette.submit());
    else if (act !== null) show(null);
  }

  function cancel(): void {
    const { overlay } = store.get();
    if (overlay?.kind === 'ask') {
      asking.refuse();
      return;
    }
    if (overlay?.kind === 'plan') desk.say('Cancelled: nothing was sent.');
    if (overlay?.kind === 'output' && overlay.running) {
      desk.abort();
      desk.say('Asked the command to stop.');
      return;
    }
    if (overlay?.kind === 'progress' && store.get().work?.writing === true) desk.say('It goes on in the background.');
    if (overlay?.kind === 'filter') {
      for (const key of ['ctrl-e', 'ctrl-u']) store.dispatch({ type: 'typed', key });
      store.dispatch({ type: 'pasted', text: overlay.before });
    }
    show(null);
  }

  function copy(text: string | null, what: string): void {
    if (text === null) {
      desk.say('There is nothing to copy here.', 'warn');
      return;
    }
    const sequence = copySequence(text, options.context.host.env.TMUX !== undefined);
    if (sequence === null) {
      desk.say('Too long for a terminal to copy.', 'warn');
      return;
    }
    stdout.write(sequence);
    desk.say(`Sent the ${what} to the terminal's clipboard.`);
  }

  function equivalentLine(): string | null {
    const { overlay } = store.get();
    if (overlay?.kind === 'plan' || overlay?.kind === 'path') return `bastide ${overlay.line}`;
    const finding = selectedFinding(store.get());
    return finding === undefined ? null : `bastide ${finding.outcome === 'fail' ? 'fix' : 'explain'} ${finding.id}`;
  }

  async function admit(): Promise<void> {
    const account = selectedResource(store.get());
    const suggestion = options.context.host.env.SSH_CONNECTION?.split(' ')[0] ?? '';
    const title = 'Address or range to admit to the storage firewall ("mine" where a lookup is configured)';
    const address = await asking.ask.text({ name: 'ip', title, suggestion }).catch(() => '');
    if (address !== '' && account !== null) {
      await palette.run(['fix', 'storage.dev-client-ip', '--ip', address, '--resource', account]);
    }
  }

  async function nextTheme(): Promise<void> {
    const at = options.themes.findIndex((theme) => theme.name === store.get().theme.name);
    const theme = options.themes[(at + 1) % options.themes.length];
    if (theme === undefined) return;
    store.dispatch({ type: 'themed', theme });
    desk.say(`Theme ${theme.name}.`);
    await options.saveTheme(theme.name);
  }

  async function suspend(): Promise<void> {
    if (suspendScreen === null) return;
    await suspendScreen(async () => {
      options.suspend();
      // The stop takes hold before this turn of the loop ends; what follows runs after fg.
      await new Promise((resolve) => setTimeout(resolve, 20));
    });
    resized(stdout.columns, stdout.rows);
  }

  const repaint = () => surface?.repaint();
  const resized = (columns: number, rows: number) => {
    store.dispatch({ type: 'resized', columns, rows });
    // What a terminal keeps of the old size is its own affair, so nothing of it is trusted.
    repaint();
  };

  const effects: Record<Effect, () => void> = {
    fix() {
      const finding = selectedFinding(store.get());
      if (finding === undefined) return;
      // A guided fix has questions to put, and the command knows them.
      if (finding.fix.kind === 'guided') guard(palette.run(['fix', finding.id]));
      else fix([finding.id], `fix ${finding.id}`);
    },
    'fix-all': () => fix('all', 'fix --all'),
    undo: () => guard(acting.preview('undo', (signal) => session.planUndo(undefined, signal))),
    redo: () => guard(acting.preview('redo', (signal) => session.planRedo(undefined, signal))),
    admit: () => guard(admit()),
    live: () => guard(askLive(desk)),
    path() {
      const text = pathLine(store.get());
      if (text === null) return;
      show({ kind: 'palette', input: inputOf(text), suggestions: [], choice: -1, back: 0 });
    },
    again() {
      const { overlay } = store.get();
      if (overlay?.kind === 'path') guard(palette.run(parseLine(overlay.line, () => undefined)));
    },
    rescan: () => guard(desk.work({ title: 'Reading the workspace', writing: false }, desk.read)),
    'copy-id': () => {
      const state = store.get();
      const finding = state.pane === 'tree' ? undefined : selectedFinding(state);
      copy(
        state.overlay?.kind === 'path' ? quotedResource(state.overlay) : (finding?.id ?? selectedResource(state)),
        'id',
      );
    },
    'copy-line': () => copy(equivalentLine(), 'command line'),
    theme: () => guard(nextTheme()),
    messages() {
      const lines = store
        .get()
        .messages.map((one) =>
          line(word(`${new Date(one.at).toISOString().slice(11, 19)} `, 'dim'), word(one.text, one.role)),
        );
      const none = [line(word('Nothing has been said yet.', 'dim'))];
      show({ kind: 'output', title: 'Messages', lines: lines.length > 0 ? lines : none, running: false, top: 0 });
    },
    submit,
    cancel,
    suspend: () => guard(suspend()),
    repaint,
    leave: () => guard(leaveWith(exitStatus.done)),
    interrupt: () => guard(leaveWith(exitStatus.interrupted)),
  };

  return {
    store,
    left: end.promise,
    press(key) {
      store.dispatch({ type: 'clock', now: options.now().getTime() });
      const binding = bindingFor(whereIs(store.get()), key);
      if (binding === undefined) {
        if (inputIn(store.get().overlay) === null) return;
        store.dispatch({ type: 'typed', key });
        palette.suggest();
        return;
      }
      const reason = binding.off?.(store.get()) ?? null;
      if (reason !== null) desk.say(reason, 'warn');
      else if (binding.intent.kind === 'do') effects[binding.intent.effect]();
      else store.dispatch({ type: 'intent', intent: binding.intent });
      if (store.get().overlay?.kind === 'palette') palette.suggest();
    },
    paste(text) {
      store.dispatch({ type: 'pasted', text });
      palette.suggest();
    },
    resized,
    stray: (text) => desk.say(text, 'dim'),
    attach(drawn) {
      surface = drawn;
    },
    attachSuspend(away) {
      suspendScreen = away;
    },
    async begin() {
      for (const notice of options.notices ?? []) desk.say(notice, 'warn');
      const stopListening = session.onEvent((event) => {
        if (event.kind === 'wait' || event.kind === 'sign-in') store.dispatch({ type: 'event', event });
      });
      void end.promise.catch(() => undefined).finally(stopListening);
      await desk.work({ title: 'Reading the workspace', writing: false }, async (signal) => {
        // What cannot be settled now is said, and does not keep the operator from looking.
        await settle(signal).catch((error: unknown) => {
          const failure = failureOf(error, signal);
          if (failure === null) throw error;
          desk.say(`${failure.message} ${failure.next}`, 'bad');
        });
        await desk.read(signal);
      });
    },
    leave: (status) => {
      desk.abort();
      const { work } = store.get();
      end.resolve(work?.writing === true && desk.sentSomething() ? exitStatus.partial : status);
    },
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
