// One line being typed, with a cursor drawn as an inverse cell, visible in every theme.
import type { Line } from '../../command/definition.ts';
import type { Glyphs } from './glyphs.ts';
import type { Input } from './input.ts';
import { fitTail, line, widthOf, word } from './text.ts';

/** `hint` is shown while nothing is typed. */
export function inputLine(prompt: string, input: Input, width: number, { more }: Glyphs, hint = ''): Line {
  const under = [...input.text.slice(input.at)][0] ?? ' ';
  const after = input.text.slice(input.at + (input.at < input.text.length ? under.length : 0));
  const room = Math.max(4, width - widthOf(prompt) - 2);
  const kept = Math.min(widthOf(input.text.slice(0, input.at)), room);
  return line(
    word(prompt, 'key'),
    fitTail(input.text.slice(0, input.at), kept, more),
    word(under, 'selected'),
    ...(input.text === '' ? [word(` ${hint}`, 'dim')] : [after]),
  );
}
