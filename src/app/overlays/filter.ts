// The filter while it is typed: the list follows every letter. Its line is in the footer, so the screen stays visible.
import type { Input } from '../draw/input.ts';
import { filtered } from '../state/current-screen.ts';
import { defineOverlay } from '../state/view.ts';

declare module '../state/state.ts' {
  interface OverlayKinds {
    readonly filter: FilterOverlay;
  }
}

export interface FilterOverlay {
  readonly kind: 'filter';
  readonly input: Input;
  readonly before: string;
}

export const filter = defineOverlay<FilterOverlay>({
  kind: 'filter',
  places: () => ['input'],
  input: ({ input }) => input,
  typed: (overlay, input, state) => filtered({ ...state, overlay: { ...overlay, input } }, input.text),
  submit: (_overlay, effects) => effects.show(null),
  cancel({ before }, effects) {
    effects.change((state) => filtered(state, before));
    effects.show(null);
  },
  placement: 'footer',
  Body: () => null,
});
