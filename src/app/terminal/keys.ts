// Splits terminal input into single named keys. Ink passes fast keys as one string (`jjj`, `y` and Enter together); other
// code only sees single keys.
import type { Key } from 'ink';

/** `j`, `enter`, `esc`, `tab`, `shift-tab`, `up`, `page-down`, `ctrl-d`, ...; a printable key is its own character. */
export type KeyName = string;

const named: readonly (readonly [keyof Key, KeyName])[] = [
  ['upArrow', 'up'],
  ['downArrow', 'down'],
  ['leftArrow', 'left'],
  ['rightArrow', 'right'],
  ['pageUp', 'page-up'],
  ['pageDown', 'page-down'],
  ['home', 'home'],
  ['end', 'end'],
  ['return', 'enter'],
  ['escape', 'esc'],
  ['backspace', 'backspace'],
  ['delete', 'delete'],
];

const controls: Readonly<Record<string, KeyName>> = {
  '\r': 'enter',
  '\n': 'enter',
  '\t': 'tab',
  '\x1b': 'esc',
  '\x7f': 'backspace',
  '\b': 'backspace',
};

/** The keys in one call of Ink's input handler, in order. Unnamed input (function keys, mouse reports) is dropped. */
export function splitKeys(input: string, key: Key): KeyName[] {
  if (key.tab) return [key.shift ? 'shift-tab' : 'tab'];
  for (const [flag, name] of named) if (key[flag] === true) return [name];
  if (key.ctrl) return input.length === 1 ? [`ctrl-${input.toLowerCase()}`] : [];
  // Escape and the next key in one read are treated as two keys.
  if (key.meta) return isPrintable(input) && input >= ' ' ? ['esc', input] : [];
  return [...input].flatMap((character) => {
    const name = controls[character];
    if (name !== undefined) return [name];
    const code = character.codePointAt(0) ?? 0;
    if (code < 0x20) return code >= 1 && code <= 26 ? [`ctrl-${String.fromCharCode(code + 96)}`] : [];
    return code >= 0x80 && code < 0xa0 ? [] : [character];
  });
}

/** A key that inserts its own character into an input. */
export const isPrintable = (name: KeyName): boolean => [...name].length === 1;

/** How long after a single Escape the rest of a split sequence may arrive, in milliseconds. */
export const escapeTail = 100;

/**
 * Input that follows a single Escape within {@link escapeTail}, without the rest of the sequence the Escape began (`[B`,
 * `[5~`, `OA`). `began`: its opening `[` or `O` has already been consumed. `done`: the sequence is complete;
 * `rest` is what comes after it. Null when the input is keys.
 */
export function dropEscapeTail(
  input: string,
  began: boolean,
): { readonly rest: string; readonly done: boolean } | null {
  const whole = (began ? /^[\d;?<]*[A-Za-z~]/ : /^(?:\[[\d;?<]*[A-Za-z~]|O[A-Za-z])/).exec(input)?.[0];
  if (whole !== undefined) return { rest: input.slice(whole.length), done: true };
  const part = (began ? /^[\d;?<]*$/ : /^(?:\[[\d;?<]*|O)$/).test(input);
  return part ? { rest: '', done: false } : null;
}
