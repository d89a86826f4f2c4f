// The command palette: the same command lines as in the shell, completed from the snapshot, and jumps to what is named.

import { hintFor } from '../../command/hint.ts';
import { parseLine } from '../../command/parse-line.ts';
import { exitStatus, Failure, isFailure } from '../../model/failure.ts';
import { clean } from '../../model/text.ts';
import { inputOf } from '../draw/input.ts';
import { jumped } from '../screens/parts/jumps.ts';
import { changeTo } from './actions.ts';
import type { Dispatcher, Palette, ScreenController } from './effect-context.ts';
import { choiceAfter, createOwnWords, hintAfter, isCompleting, ownOf, suggestionsAfter } from './own-words.ts';
import { choiceFor, type KnownOf, suggestionsFor } from './suggestions.ts';

const leaving = new Set(['q', 'q!', 'quit', 'exit']);

export function createPalette(
  controller: ScreenController,
  dispatcher: Dispatcher,
  known: KnownOf,
  leave: () => void,
  guard: (job: Promise<unknown>) => void,
  act: (name: string, words: readonly string[]) => void,
): Palette {
  const { store, options } = controller;
  const { context } = options;
  const suggest = () => {
    const state = store.get();
    const { overlay } = state;
    if (overlay?.kind !== 'palette' || overlay.isCompleted || overlay.of === overlay.input.text) return;
    const of = overlay.input.text;
    if (overlay.of === null) words.forget();
    const own = ownOf(of, state.bindings);
    const isTyped = overlay.back > 0 || leaving.has(of.trim());
    if (isCompleting(of, own)) {
      const suggestions = suggestionsAfter(of, own, words.of(own));
      const choice = isTyped ? -1 : choiceAfter(of, suggestions);
      return store.dispatch({ type: 'suggested', of, suggestions, hint: hintAfter(own), choice });
    }
    const suggestions = suggestionsFor(of, context.verbs, known(state, controller), state.bindings);
    const choice = isTyped || own !== undefined ? -1 : choiceFor(of, suggestions, context.verbs);
    store.dispatch({ type: 'suggested', of, suggestions, hint: hintFor(of, context.verbs), choice });
  };
  /** A match that was selected meanwhile stays selected. */
  const suggestAgain = () => {
    const { overlay } = store.get();
    if (overlay?.kind !== 'palette' || overlay.isCompleted) return;
    const line = overlay.suggestions[overlay.choice]?.line;
    store.dispatch({ type: 'overlay', overlay: { ...overlay, of: '' } });
    suggest();
    const { overlay: now } = store.get();
    const choice = now?.kind === 'palette' ? now.suggestions.findIndex((one) => one.line === line) : -1;
    if (now?.kind === 'palette' && choice >= 0) store.dispatch({ type: 'overlay', overlay: { ...now, choice } });
  };
  const words = createOwnWords({ options, session: controller.session, store }, guard, suggestAgain);
  return {
    async submit() {
      const { overlay } = store.get();
      if (overlay?.kind !== 'palette') return;
      const match = overlay.isCompleted ? undefined : overlay.suggestions[overlay.choice];
      if (match?.isBegun) {
        store.dispatch({ type: 'overlay', overlay: { ...overlay, input: inputOf(match.line), choice: -1, back: 0 } });
        return suggest();
      }
      const text = (match?.line ?? overlay.input.text).trim();
      store.dispatch({ type: 'overlay', overlay: null });
      if (text === '') return;
      if (leaving.has(text)) return leave();
      const target = match?.target;
      // What is not on the screen is shown by its line.
      if (target !== undefined && jumped(store.get(), target) !== null) {
        return store.dispatch(changeTo(store.get(), jumped(store.get(), target) ?? store.get()));
      }
      const own = ownOf(text, store.get().bindings);
      if (own !== undefined) return act(own.name, text.split(/\s+/).slice(1));
      if (overlay.suggestions.length === 0 && !/\s/.test(text)) return dispatcher.refused(unknownName(text).toJSON());
      try {
        await dispatcher.run(parseLine(text, (name) => context.host.env[name]));
      } catch (error) {
        if (!isFailure(error)) throw error;
        dispatcher.refused(error.toJSON());
      }
    },
    suggest,
  };
}

/** Nothing is guessed here: the nearest name might be that of a command that sends changes. */
const unknownName = (text: string): Failure =>
  new Failure(
    'unknown-command',
    exitStatus.usage,
    `No command, screen, resource, problem, finding, rule or setting matches ${clean(text, 80)}.`,
    'Type a part of a name, or press ? for the keys.',
  );
