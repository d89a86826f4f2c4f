// What components need to print words: the theme and the terminal's abilities. Set once at the root.
import { createContext, useContext } from 'react';
import { isRole, type Role, type Style, type Theme } from '../../theme/theme.ts';
import { type Glyphs, glyphsFor } from '../draw/glyphs.ts';

export interface ScreenLook {
  readonly theme: Theme;
  readonly ascii: boolean;
  /** Words with URLs are terminal links. */
  readonly links: boolean;
}

const LookContext = createContext<ScreenLook | null>(null);
export const LookProvider = LookContext.Provider;

export function useLook(): ScreenLook {
  const look = useContext(LookContext);
  if (look === null) throw new Error('a component is drawn outside of LookProvider');
  return look;
}

export const useGlyphs = (): Glyphs => glyphsFor(useLook().ascii);

/** The look of a role; a word with an unknown role is plain text. */
export const styleIn = ({ styles }: Theme, role: string | undefined): Style =>
  role !== undefined && isRole(role) ? styles[role as Role] : styles.text;

/** True inside of what is drawn over something else: its rows also print the blanks at their end. */
const SolidContext = createContext(false);
export const SolidProvider = SolidContext.Provider;
export const useSolid = (): boolean => useContext(SolidContext);

/** True inside of what lies beneath a dialog: it is no target of the mouse. */
const InertContext = createContext(false);
export const InertProvider = InertContext.Provider;
export const useInert = (): boolean => useContext(InertContext);
