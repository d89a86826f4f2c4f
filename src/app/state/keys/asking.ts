// Keys of questions, results and inputs.
import type { Binding } from '../binding.ts';
import { overlayKind } from '../current.ts';
import type { EffectContext } from '../effect-context.ts';
import type { State } from '../state.ts';

const choose =
  (step: 1 | -1) =>
  (state: State): State => {
    const { overlay } = state;
    if (overlay === null || !('choice' in overlay)) return state;
    const count = Math.max(1, overlayKind(overlay).choices?.(overlay) ?? 1);
    return { ...state, overlay: { ...overlay, choice: (overlay.choice + step + count) % count } };
  };

/** Confirms what is selected or typed in the overlay. */
export function submit(effects: EffectContext): void {
  const { overlay } = effects.store.get();
  if (overlay !== null) overlayKind(overlay).submit?.(overlay, effects);
}

function cancel(effects: EffectContext): void {
  const { overlay } = effects.store.get();
  if (overlay === null) return;
  const kind = overlayKind(overlay);
  if (kind.cancel === undefined) effects.show(null);
  else kind.cancel(overlay, effects);
}

export const asking: readonly Binding[] = [
  {
    name: 'button-next',
    where: ['buttons'],
    keys: ['tab', 'right', 'l'],
    label: 'choose',
    help: 'Next button; Cancel is preselected',
    change: choose(1),
    hint: 1,
  },
  {
    name: 'button-before',
    where: ['buttons'],
    keys: ['shift-tab', 'left', 'h'],
    label: 'choose',
    help: 'Previous button',
    change: choose(-1),
  },
  {
    name: 'button-press',
    where: ['buttons'],
    keys: ['enter'],
    label: 'select',
    help: 'Press the selected button',
    effect: submit,
    hint: 2,
  },
  {
    name: 'button-cancel',
    where: ['buttons'],
    keys: ['esc', 'n'],
    label: 'cancel',
    help: 'Cancel: nothing is sent',
    effect: cancel,
    hint: 3,
    hintAlways: true,
  },
  {
    name: 'close',
    where: ['text', 'result'],
    keys: ['esc', 'q'],
    label: 'close',
    help: 'Close',
    effect: cancel,
    hint: 4,
  },
  {
    name: 'close-text',
    where: ['text'],
    keys: ['enter'],
    label: 'close',
    help: 'Close',
    effect: cancel,
  },
  {
    name: 'close-result',
    where: ['result'],
    keys: ['enter'],
    label: 'close',
    help: 'Send the changes that an interrupted run did not make, after a preview; else close',
    effect: submit,
  },
  {
    name: 'choice-next',
    where: ['choices'],
    keys: ['j', 'down', 'tab'],
    label: 'next',
    help: 'Next choice',
    change: choose(1),
    hint: 1,
  },
  {
    name: 'choice-before',
    where: ['choices'],
    keys: ['k', 'up', 'shift-tab'],
    label: 'previous',
    help: 'Previous choice',
    change: choose(-1),
  },
  {
    name: 'confirm',
    where: ['choices', 'input', 'line'],
    keys: ['enter'],
    label: 'select',
    help: 'Confirm the selection or the text',
    effect: submit,
    hint: 2,
  },
  {
    name: 'cancel',
    where: ['choices', 'input', 'line'],
    keys: ['esc'],
    label: 'cancel',
    help: 'Cancel',
    effect: cancel,
    hint: 3,
  },
];
