// Which theme to show: the operator's choice, except that a terminal or an operator without colours gets one without.
import { atDepth, type ColourDepth } from './depth.ts';
import type { Theme } from './theme.ts';

/** True when no role of the theme has a colour. */
export const isColourless = (theme: Theme): boolean =>
  Object.values(theme.styles).every((style) => style.color === undefined && style.background === undefined);

/**
 * The theme named, or the first one when there is none of that name, in the available colours. At depth `none` a theme made
 * without colours replaces every other: inverse and bold stay, so a selection is still seen. Throws RangeError when `themes`
 * is empty.
 */
export function chooseTheme(options: {
  readonly name?: string | undefined;
  readonly depth: ColourDepth;
  readonly themes: readonly Theme[];
}): Theme {
  const { depth, themes } = options;
  const named = themes.find((theme) => theme.name === options.name) ?? themes[0];
  if (named === undefined) throw new RangeError('there is no theme to choose from');
  if (depth === 'none' && !isColourless(named)) return themes.find(isColourless) ?? atDepth(named, depth);
  return atDepth(named, depth);
}
