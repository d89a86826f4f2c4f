// The line above a pane: its name, what is special about it, and where in its content one is. The focused one stands out
// by a sign as well as by its look.
import type { Line as Words } from '../../command/definition.ts';
import { line, lineWidth, widthOf, word } from '../state/text.ts';
import { useGlyphs } from './context.tsx';
import { Line } from './Line.tsx';

interface Props {
  readonly name: Words;
  readonly focused: boolean;
  readonly width: number;
  /** At the right end, e.g. `3/20`. */
  readonly at?: string;
}

export function Title({ name, focused, width, at = '' }: Props) {
  const { rule, mark } = useGlyphs();
  const role = focused ? 'focus' : 'border';
  const start = focused ? `${mark} ` : `${rule} `;
  const end = at === '' ? '' : ` ${at} `;
  const fill = Math.max(1, width - widthOf(start) - lineWidth(name) - widthOf(end) - 1);
  return (
    <Line
      words={line(word(start, role), ...name, word(` ${rule.repeat(fill)}`, role), word(end, 'dim'))}
      width={width}
    />
  );
}

/** `first-last/all` of a window, empty when everything is visible. */
export function windowWords(top: number, height: number, length: number): string {
  if (length <= height) return '';
  return `${top + 1}-${Math.min(length, top + height)}/${length}`;
}
