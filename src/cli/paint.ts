// Words in the look of their roles, for output that is not full screen.
import type { Paint } from '../render/text.ts';
import { sgrCodes } from '../theme/sgr.ts';
import type { Style, Theme } from '../theme/theme.ts';

/** Words in the theme's look. The theme holds only colours that the terminal has. */
export function painter(theme: Theme): Paint {
  const styles: Readonly<Record<string, Style>> = theme.styles;
  return (text, role) => {
    const style = role === undefined ? undefined : styles[role];
    const codes = style === undefined ? [] : sgrCodes(style);
    return codes.length === 0 || text === '' ? text : `\x1b[${codes.join(';')}m${text}\x1b[0m`;
  };
}
