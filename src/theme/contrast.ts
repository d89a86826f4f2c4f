// How well one colour can be read on another (WCAG 2.2, "contrast ratio"). A test checks the built-in themes, and a warning
// lists what is hard to read in an operator's theme.
import { type Role, roles, type Theme } from './theme.ts';

/** Relative luminance of `#rrggbb`, 0 to 1 (WCAG 2.2, "relative luminance"). Throws RangeError for anything else. */
export function luminance(colour: string): number {
  const hex = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(colour);
  if (!hex) throw new RangeError(`not a colour of the form #rrggbb: ${colour}`);
  const [red, green, blue] = hex.slice(1).map((part) => {
    const value = Number.parseInt(part, 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** From 1 (the same) to 21 (black on white). */
export function contrast(a: string, b: string): number {
  const [dark, light] = [luminance(a), luminance(b)].sort((x, y) => x - y) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

/** Minimum contrast of text and of lines (WCAG 2.2, 1.4.3 and 1.4.11). */
export const neededContrast = (role: Role): number => (role === 'border' ? 3 : 4.5);

/**
 * The roles with too little contrast on the theme's background, each with its ratio. Named colours are defined by the
 * terminal.
 */
export function hardToRead({ ground, styles }: Theme): readonly { readonly role: Role; readonly ratio: number }[] {
  if (ground === null) return [];
  return roles.flatMap((role) => {
    const { color, background } = styles[role];
    const under = background ?? ground;
    if (!color?.startsWith('#') || !under.startsWith('#')) return [];
    const ratio = contrast(color, under);
    return ratio < neededContrast(role) ? [{ role, ratio }] : [];
  });
}
