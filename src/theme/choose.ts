// Which theme to show: the operator's choice, except that NO_COLOR asks for one without colours.
import type { Theme } from './theme.ts';

/** True when no role of the theme has a colour. */
export const isColourless = (theme: Theme): boolean =>
  Object.values(theme.styles).every((style) => style.color === undefined && style.background === undefined);

/**
 * The theme named, or the first one when there is none of that name. With `noColor` a theme without colours wins over
 * any name: inverse and bold stay, so a selection is still seen. Throws RangeError when `themes` is empty.
 */
export function chooseTheme(options: {
  readonly name?: string | undefined;
  readonly noColor: boolean;
  readonly themes: readonly Theme[];
}): Theme {
  const named = options.themes.find((theme) => theme.name === options.name) ?? options.themes[0];
  if (named === undefined) throw new RangeError('there is no theme to choose from');
  if (!options.noColor) return named;
  return isColourless(named) ? named : (options.themes.find(isColourless) ?? withoutColours(named));
}

function withoutColours(theme: Theme): Theme {
  const styles = Object.fromEntries(
    Object.entries(theme.styles).map(([role, { color: _color, background: _background, ...rest }]) => [role, rest]),
  ) as Theme['styles'];
  return { ...theme, styles };
}
