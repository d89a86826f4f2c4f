// Keys as people say them.
import type { KeyName } from '../terminal/keys.ts';

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
};
export const spell = (key: KeyName): string =>
  spelt[key] ?? (key.startsWith('ctrl-') ? `Ctrl+${key.slice(5).toUpperCase()}` : key);
