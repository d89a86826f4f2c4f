// Display names of keys.
import type { KeyName } from '../terminal/keys.ts';
import type { Binding } from './binding.ts';

const spelt: Readonly<Record<string, string>> = {
  ' ': 'Space',
  esc: 'Esc',
  enter: 'Enter',
  tab: 'Tab',
  'shift-tab': 'Shift+Tab',
  up: 'Up',
  down: 'Down',
  left: 'Left',
  right: 'Right',
  home: 'Home',
  end: 'End',
  'page-up': 'PgUp',
  'page-down': 'PgDn',
  backspace: 'Backspace',
};
export const spell = (key: KeyName): string =>
  spelt[key] ?? (key.startsWith('ctrl-') ? `Ctrl+${key.slice(5).toUpperCase()}` : key);

/** The display name of a binding's first key; its command line where it has no key. */
export function keyNamed(bindings: readonly Binding[], name: string): string {
  const key = bindings.find((binding) => binding.name === name)?.keys[0];
  return key === undefined ? `:${name}` : spell(key);
}

const otherNames: Readonly<Record<string, KeyName>> = {
  space: ' ',
  comma: ',',
  escape: 'esc',
  return: 'enter',
  backtab: 'shift-tab',
  pgup: 'page-up',
  pgdn: 'page-down',
  pageup: 'page-up',
  pagedown: 'page-down',
};
/** Keys for which a terminal sends the same bytes as for another key. */
const alike = ['ctrl-i', 'ctrl-j', 'ctrl-m', 'ctrl-h'];

/** The key that a word of the operator's means (`x`, `ctrl-x`, `Ctrl+X`, `^X`, `PgUp`, `space`); null for an unknown key. */
export function readKey(word: string): KeyName | null {
  if ([...word].length === 1) return /[\p{C}\p{Z}\p{M}]/u.test(word) && word !== ' ' ? null : word;
  const control = /^(?:ctrl[-+]|c-|\^)([a-z])$/i.exec(word)?.[1];
  if (control !== undefined) {
    const key = `ctrl-${control.toLowerCase()}`;
    return alike.includes(key) ? null : key;
  }
  const name = word.toLowerCase().replace('+', '-');
  return otherNames[name.replace('-', '')] ?? (name in spelt ? name : null);
}

/** Places whose own word is not the one that is read. */
export const headings: Readonly<Record<string, string>> = {
  'help-sheet': 'this sheet',
  form: 'a form',
  json: 'JSON',
  guide: 'the guide',
  map: 'the map',
  welcome: 'the first screen',
};
