// The command line inside the screen: the same words as shell and script, completed from what is on the screen, its
// answer shown in a panel.
import type { Ask, Line } from '../../command/definition.ts';
import { hintFor } from '../../command/hint.ts';
import { type Parsed, parseCommand } from '../../command/parse-arguments.ts';
import { parseLine } from '../../command/parse-line.ts';
import { type Envelope, runCommand } from '../../command/run.ts';
import { exitStatus, type FailureValue, isFailure } from '../../model/failure.ts';
import { clean } from '../../model/text.ts';
import { line, word } from '../draw/text.ts';
import { valuesOf } from '../overlays/form/fields.ts';
import { formFor } from '../overlays/form.ts';
import { pathOverlay } from '../overlays/path.ts';
import { screenNamed } from './current-screen.ts';
import type { Desk } from './desk.ts';
import { remapped } from './keys/remap.ts';
import { createKnown, suggestionsFor } from './suggestions.ts';

export interface Palette {
  /** Runs the line being typed. */
  submit(): Promise<void>;
  /**
   * Runs a command from its words; where needed ones are missing, a form asks for them. Quietly, it shows its answer only when
   * that is a refusal. Gives back why it is no command as it stands.
   */
  run(words: readonly string[], how?: 'quietly'): Promise<string | null>;
  /** Brings the completions up to date with the text. */
  suggest(): void;
}

/** Failures of a line that lacks something, which a form can ask for. */
const lacking = new Set(['missing-argument', 'missing-value']);
const leaving = new Set(['q', 'q!', 'quit', 'exit']);

export function createPalette(desk: Desk, ask: Ask, leave: () => void): Palette {
  const { store, options } = desk;
  const { context } = options;
  const known = createKnown();

  async function run(words: readonly string[], how?: 'quietly'): Promise<string | null> {
    let parsed: Parsed;
    try {
      parsed = parseCommand(words, context.verbs, { ...context.flags });
    } catch (error) {
      if (!isFailure(error)) throw error;
      const command = context.verbs.find(({ name }) => name === words[0]);
      if (command === undefined || !lacking.has(error.code)) show('Not run', failureLines(error.toJSON()));
      else {
        const form = formFor(command, valuesOf(command, words), known(store.get(), desk));
        store.dispatch({ type: 'overlay', overlay: form });
      }
      return null;
    }
    if (store.get().work !== null) {
      desk.say(`Wait: ${store.get().work?.title} is still going on.`, 'warn');
      return null;
    }
    let refused: string | null = null;
    store.dispatch({ type: 'ran', line: parsed.line });
    options.addLine?.(parsed.line);
    if (how === undefined) show(parsed.line, [line(word('Running ...', 'dim'))], true);
    const writing = parsed.command.effect === 'cloud' && !parsed.flags.dryRun;
    await desk.work({ title: `Running ${parsed.command.name}`, writing }, async (signal) => {
      const flags = { ...parsed.flags, readOnly: parsed.flags.readOnly || options.readOnly };
      const running = runCommand({ ...parsed, flags }, { ...context, ask, signal, line: parsed.line });
      const envelope = await desk.drain(running);
      const path = parsed.command.name === 'path' ? pathOverlay(parsed.line, envelope.result) : null;
      // Whoever has closed the panel meanwhile does not want another.
      if (path !== null && store.get().overlay?.kind === 'output') store.dispatch({ type: 'overlay', overlay: path });
      else if (how === undefined) store.dispatch({ type: 'printed', lines: answerLines(envelope), running: false });
      else if (envelope.failure !== null) show('Not done', failureLines(envelope.failure));
      await after(parsed, envelope, signal);
      const { failure } = envelope;
      if (failure !== null && envelope.exit === exitStatus.usage)
        refused = clean(`${failure.message} ${failure.next}`, 400);
    });
    return refused;
  }

  function show(title: string, lines: readonly Line[], running = false): void {
    store.dispatch({ type: 'overlay', overlay: { kind: 'output', title, lines, running, top: 0 } });
  }

  /** What a command may have changed is shown again. */
  async function after({ command, args }: Parsed, envelope: Envelope, signal: AbortSignal): Promise<void> {
    const theme = options.themes.find((one) => command.name === 'theme' && Object.values(args).includes(one.name));
    if (theme !== undefined && envelope.ok) store.dispatch({ type: 'themed', theme });
    if (command.name === 'config' && envelope.ok) {
      const { bindings } = remapped(await context.settings.get('keys'));
      store.dispatch({ type: 'changed', change: (state) => ({ ...state, bindings }) });
    }
    if (desk.session.latest()?.id !== store.get().snapshot?.id) await desk.refresh();
    else if (command.name === 'assume' && envelope.ok && Object.keys(args).length > 0) await desk.read(signal);
    else await desk.loadEntries();
  }

  return {
    run,
    async submit() {
      const { overlay } = store.get();
      if (overlay?.kind !== 'palette') return;
      const text = overlay.input.text.trim();
      store.dispatch({ type: 'overlay', overlay: null });
      if (text === '') return;
      if (leaving.has(text)) return leave();
      const screen = screenNamed(text)?.name;
      if (screen !== undefined) {
        return store.dispatch({ type: 'changed', change: (state) => ({ ...state, screen }) });
      }
      try {
        await run(parseLine(text, (name) => context.host.env[name]));
      } catch (error) {
        if (!isFailure(error)) throw error;
        show('Not run', failureLines(error.toJSON()));
      }
    },
    suggest() {
      const state = store.get();
      if (state.overlay?.kind !== 'palette' || state.overlay.choice >= 0) return;
      const { text } = state.overlay.input;
      const suggestions = suggestionsFor(text, context.verbs, known(state, desk));
      store.dispatch({ type: 'suggested', suggestions, hint: hintFor(text, context.verbs) });
    },
  };
}

const failureLines = (failure: FailureValue): Line[] => [
  line(word(clean(failure.message), 'bad')),
  line(word('Next: ', 'dim'), clean(failure.next)),
];

function answerLines(envelope: Envelope): Line[] {
  const told = envelope.view?.text() ?? [];
  const cleaned = told.map((words) => words.map((one) => ({ ...one, text: clean(one.text, 10_000) })));
  const failed = envelope.failure === null ? [] : failureLines(envelope.failure);
  const lines = [...cleaned, ...failed];
  return lines.length > 0 ? lines : [line(word('Done; there is nothing to show.', 'dim'))];
}
