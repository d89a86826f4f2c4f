// The command palette: the same command lines as in the shell, completed from the snapshot.
import { hintFor } from '../../command/hint.ts';
import { parseLine } from '../../command/parse-line.ts';
import { isFailure } from '../../model/failure.ts';
import type { ScreenController } from './controller.ts';
import { screenNamed } from './current-screen.ts';
import type { Dispatcher } from './dispatcher.ts';
import { type KnownOf, suggestionsFor } from './suggestions.ts';

export interface Palette {
  /** Runs the line being typed. */
  submit(): Promise<void>;
  /** Updates the completions for the text. */
  suggest(): void;
}

const leaving = new Set(['q', 'q!', 'quit', 'exit']);

export function createPalette(
  controller: ScreenController,
  dispatcher: Dispatcher,
  known: KnownOf,
  leave: () => void,
): Palette {
  const { store, options } = controller;
  const { context } = options;
  return {
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
        await dispatcher.run(parseLine(text, (name) => context.host.env[name]));
      } catch (error) {
        if (!isFailure(error)) throw error;
        dispatcher.refused(error.toJSON());
      }
    },
    suggest() {
      const state = store.get();
      if (state.overlay?.kind !== 'palette' || state.overlay.choice >= 0) return;
      const { text } = state.overlay.input;
      const suggestions = suggestionsFor(text, context.verbs, known(state, controller));
      store.dispatch({ type: 'suggested', suggestions, hint: hintFor(text, context.verbs) });
    },
  };
}
