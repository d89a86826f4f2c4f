// Dispatches a key: looks it up in the table, shows the reason when it is unavailable, handles a count before a move, and keeps a
// command until what runs has ended.

import type { KeyName } from '../terminal/keys.ts';
import type { Binding } from './binding.ts';
import { placesOf } from './current.ts';
import type { EffectContext } from './effect-context.ts';
import { counted, digitPause, isDigit, meansScreen, settled } from './keys/count.ts';
import { bindingFor } from './keys/index.ts';
import { inputIn } from './reducer.ts';

export interface Keyboard {
  press(key: KeyName): void;
  /** Runs the binding of this name, or shows why it is unavailable. */
  act(name: string, words?: readonly string[]): void;
}

export function createKeyboard(effects: EffectContext): Keyboard {
  const { store, options, controller, palette } = effects;
  let waiting: NodeJS.Timeout | undefined;
  let next: { binding: Binding; words: readonly string[] | null; over: string | undefined } | null = null;
  const settle = () => {
    clearTimeout(waiting);
    effects.change(settled);
  };
  const found = (key: KeyName) => bindingFor(store.get().bindings, placesOf(store.get()), key);

  function carryOut(binding: Binding, times: number, words: readonly string[] = []): void {
    const reason = binding.disabledReason?.(store.get()) ?? null;
    if (reason !== null && queued(binding)) return;
    if (reason !== null) {
      controller.say(reason, 'warn');
      return;
    }
    if (binding.change !== undefined) store.dispatch({ type: 'key', binding: binding.name, times });
    binding.effect?.(effects, words);
    if (binding.command !== undefined) effects.guard(dispatch(binding, binding.command(store.get())));
    if (store.get().overlay?.kind === 'palette') palette.suggest();
  }

  async function dispatch({ asks, how }: Binding, words: readonly string[] | null): Promise<void> {
    const more = words === null ? null : asks === undefined ? [] : await asks(effects);
    if (words !== null && more !== null) await effects.dispatcher.run([...words, ...more], how?.(effects));
  }

  /** Keeps a command that is unavailable only until what runs has ended: its target is the present one. */
  function queued(binding: Binding): boolean {
    const state = store.get();
    const { work, act, overlay } = state;
    const isApplying = work?.writing === true && act?.endedAt === null;
    if (binding.command === undefined || work === null || isApplying) return false;
    if (binding.disabledReason?.({ ...state, work: null }) !== null) return false;
    next = { binding, words: binding.command(state), over: overlay?.kind };
    controller.say(`${binding.label} runs when ${work.title.toLowerCase()} has ended. Esc cancels it.`);
    return true;
  }

  /** What another command starts next has priority; where something else is open by then, its keys are not taken away. */
  function runNext(): void {
    if (next === null || store.get().work !== null) return;
    const { binding, words, over } = next;
    next = null;
    if (store.get().overlay?.kind === over) effects.guard(dispatch(binding, words));
    else controller.say(`${binding.label} was not run: something else was opened.`, 'warn');
  }
  store.subscribe(() => {
    if (next !== null && store.get().work === null) setImmediate(runNext);
  });

  return {
    act(name, words) {
      const binding = store.get().bindings.find((one) => one.name === name);
      if (binding !== undefined) carryOut(binding, 1, words);
    },
    press(key) {
      clearTimeout(waiting);
      store.dispatch({ type: 'clock', now: options.now().getTime() });
      if (key === 'esc' && next !== null) {
        next = null;
        controller.say('Cancelled: the command was not run.');
        return;
      }
      const typing = inputIn(store.get().overlay) !== null;
      if (isDigit(key) && !typing && found(key) === undefined) {
        effects.change((state) => counted(state, key));
        if (meansScreen(store.get())) waiting = setTimeout(settle, digitPause).unref();
        return;
      }
      const { count } = store.get();
      const counts = count !== '' && found(key)?.counts === true;
      // A digit without a move selects a screen, and the key applies to that screen.
      if (count !== '' && !counts) settle();
      const binding = found(key);
      if (binding === undefined) {
        if (!typing) return;
        store.dispatch({ type: 'typed', key });
        palette.suggest();
        return;
      }
      carryOut(binding, counts ? Number(count) : 1);
    },
  };
}
