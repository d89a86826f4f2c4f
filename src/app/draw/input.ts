// Edits one line of text. Pure: a key in, the new text out.

import type { Line } from '../../command/definition.ts';
import { isPrintable, type KeyName } from '../terminal/keys.ts';
import type { Glyphs } from './glyphs.ts';
import { fitTail, line, widthOf, word } from './text.ts';

/** Text being typed; `at` counts UTF-16 units from the start. */
export interface Input {
  readonly text: string;
  readonly at: number;
}

export const emptyInput: Input = { text: '', at: 0 };
export const inputOf = (text: string): Input => ({ text, at: text.length });

const longest = 4000;

/** Inserts text at the cursor; line breaks and control characters of a paste become spaces. */
export function insert(input: Input, text: string): Input {
  const flat = text.replace(/[\x00-\x1f\x7f]+/g, ' ').slice(0, longest);
  return { text: input.text.slice(0, input.at) + flat + input.text.slice(input.at), at: input.at + flat.length };
}

/** The input after a key; the same object when the key has no meaning here. */
export function edit(input: Input, key: KeyName): Input {
  const { text, at } = input;
  const before = text.slice(0, at);
  const after = text.slice(at);
  const back = [...before].at(-1)?.length ?? 0;
  const next = [...after][0]?.length ?? 0;
  switch (key) {
    case 'left':
    case 'ctrl-b':
      return { text, at: at - back };
    case 'right':
    case 'ctrl-f':
      return { text, at: at + next };
    case 'home':
    case 'ctrl-a':
      return { text, at: 0 };
    case 'end':
    case 'ctrl-e':
      return { text, at: text.length };
    case 'backspace':
      return { text: before.slice(0, before.length - back) + after, at: at - back };
    case 'delete':
    case 'ctrl-d':
      return { text: before + after.slice(next), at };
    case 'ctrl-u':
      return { text: after, at: 0 };
    case 'ctrl-k':
      return { text: before, at };
    case 'ctrl-w': {
      let end = before.trimEnd().length;
      while (end > 0 && /\S/.test(before.charAt(end - 1))) end -= 1;
      const kept = before.slice(0, end);
      return { text: kept + after, at: kept.length };
    }
    default:
      return isPrintable(key) ? insert(input, key) : input;
  }
}

// One line being typed, with a cursor drawn as an inverse cell, visible in every theme.

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
