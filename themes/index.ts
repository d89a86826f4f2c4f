// The themes there are, in the order they are offered.
import { resolveTheme, type Theme, type ThemeFile } from '../src/theme/theme.ts';
import dark from './dark.json' with { type: 'json' };
import deuteranopia from './deuteranopia.json' with { type: 'json' };
import highContrast from './high-contrast.json' with { type: 'json' };
import light from './light.json' with { type: 'json' };
import mono from './mono.json' with { type: 'json' };
import terminal from './terminal.json' with { type: 'json' };
import tritanopia from './tritanopia.json' with { type: 'json' };

export const themeFiles: readonly ThemeFile[] = [
  // The first is the default.
  dark,
  light,
  highContrast,
  deuteranopia,
  tritanopia,
  mono,
  terminal,
];
export const themes: readonly Theme[] = themeFiles.map((file) => resolveTheme(file));
