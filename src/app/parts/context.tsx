// Access of a component to the state: it selects a part of the store and renders again only when that part changes.
import { createContext, useContext, useSyncExternalStore } from 'react';
import type { Role, Style } from '../../theme/theme.ts';
import { isRole } from '../../theme/theme.ts';
import { type Glyphs, glyphsFor } from '../draw/glyphs.ts';
import type { Shell } from '../state/shell.ts';
import type { State } from '../state/state.ts';

const ShellContext = createContext<Shell | null>(null);
export const ShellProvider = ShellContext.Provider;

export function useShell(): Shell {
  const shell = useContext(ShellContext);
  if (shell === null) throw new Error('a part of the screen is drawn outside the shell');
  return shell;
}

/** A part of the state. `select` must return the same reference while nothing changed. */
export function useSelect<T>(select: (state: State) => T): T {
  const { store } = useShell();
  return useSyncExternalStore(store.subscribe, () => select(store.get()));
}

/** The look of a role; a word with an unknown role is plain text. */
export function useStyle(): (role: string | undefined) => Style {
  const { styles } = useSelect((state) => state.theme);
  return (role) => (role !== undefined && isRole(role) ? styles[role as Role] : styles.text);
}

export const useGlyphs = (): Glyphs => glyphsFor(useSelect((state) => state.ascii));
