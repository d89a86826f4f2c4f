import { describe, expect, test } from 'vitest';
import { lookOf } from '../../src/cli/look.ts';
import { painter } from '../../src/cli/paint.ts';
import { colourDepth } from '../../src/theme/depth.ts';
import { themes } from '../../themes/index.ts';

const dark = themes.filter((theme) => theme.name === 'dark');
const esc = String.fromCharCode(27);

describe('colour', () => {
  test('as many as the terminal says it has', () => {
    expect(colourDepth({ COLORTERM: 'truecolor' })).toBe('full');
    expect(colourDepth({ TERM: 'xterm-256color' })).toBe('256');
    expect(colourDepth({ TERM: 'vt100' })).toBe('ansi');
    expect(colourDepth({ TERM: 'dumb' })).toBe('none');
  });
  test('every look ends itself, and plain words stay plain', () => {
    for (const theme of themes) {
      const paint = painter(theme);
      for (const role of Object.keys(theme.styles)) {
        const text = paint('x', role);
        if (text !== 'x') expect(text.endsWith(`x${esc}[0m`)).toBe(true);
      }
      expect(paint('x', undefined)).toBe('x');
    }
  });
  test.each([
    ['auto', true, {}, true],
    ['auto', true, { NO_COLOR: '1' }, false],
    ['auto', true, { NO_COLOR: '' }, true],
    ['auto', true, { TERM: 'dumb' }, false],
    ['auto', false, {}, false],
    ['always', false, { NO_COLOR: '1' }, true],
    ['never', true, {}, false],
  ] as const)('--color %s on a terminal: %s with %o gives colour: %s', (color, isTTY, env, coloured) => {
    const all = { TERM: 'xterm-256color', ...env };
    const text = lookOf(
      { color, ascii: false, accessible: false },
      { themes: dark, brokenThemes: [], env: all },
      { isTTY },
    ).show([[{ text: 'x', role: 'bad' }]]);
    expect(text.includes(esc)).toBe(coloured);
  });
  test('a theme that is not there is refused', () => {
    const looks = { themes, brokenThemes: [], env: {} };
    const asked = { color: 'auto', ascii: false, accessible: false, theme: 'x' } as const;
    expect(() => lookOf(asked, looks, {}, new Set(['theme']))).toThrow(/Unknown theme: x/);
    expect(() => lookOf(asked, looks, {})).not.toThrow();
  });
});
