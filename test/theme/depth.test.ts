// As many colours as a terminal has, and the nearest of those for what it has not.
import { describe, expect, test } from 'vitest';
import { atDepth, channels, channels256, colourDepth } from '../../src/theme/depth.ts';
import { resolveTheme } from '../../src/theme/theme.ts';
import { themes } from '../../themes/index.ts';

test.each([
  [{ TERM: 'xterm-256color', COLORTERM: 'truecolor' }, 'full'],
  [{ TERM: 'xterm', COLORTERM: '24bit' }, 'full'],
  [{ TERM: 'xterm-direct' }, 'full'],
  [{ TERM: 'xterm-kitty' }, 'full'],
  [{ TERM: 'xterm-256color', TERM_PROGRAM: 'Apple_Terminal' }, '256'],
  [{ TERM: 'tmux-256color', COLORTERM: 'truecolor', TMUX: '/tmp/x' }, 'full'],
  [{ TERM: 'screen-256color', COLORTERM: 'truecolor', STY: '1.pts' }, '256'],
  [{ TERM: 'linux' }, 'ansi'],
  [{ TERM: 'dumb', COLORTERM: 'truecolor' }, 'none'],
  [{}, 'none'],
] as const)('%o has %s', (env, depth) => {
  expect(colourDepth(env)).toBe(depth);
});

const one = (color: string, ground: string | null, depth: 'ansi' | '256' | 'none') =>
  atDepth(resolveTheme({ name: 'x', title: 'x', ground, roles: { bad: { color, bold: true } } }), depth).styles.bad;

describe('sixteen colours', () => {
  test.each([
    ['#f38ba8', 'redBright'],
    ['#a6e3a1', 'greenBright'],
    ['#f9e2af', 'yellowBright'],
    ['#89b4fa', 'blueBright'],
    ['#89dceb', 'cyanBright'],
    ['#cba6f7', 'magentaBright'],
    ['#ffffff', 'whiteBright'],
    ['#9399b2', 'white'],
    ['#6c7086', 'gray'],
  ])('%s on dark is %s', (colour, name) => {
    expect(one(colour, '#1e1e2e', 'ansi')).toEqual({ color: name, bold: true });
  });
  test('on a light ground the dark half is read better', () => {
    expect(one('#cc2062', '#ffffff', 'ansi')?.color).toBe('red');
    expect(one('#1a681e', '#ffffff', 'ansi')?.color).toBe('green');
    expect(one('#1e2030', '#ffffff', 'ansi')?.color).toBe('black');
  });
  test('every theme keeps critical, medium, low and unknown apart', () => {
    for (const theme of themes.filter(({ name }) => name !== 'mono')) {
      const { critical, medium, low, unknown } = atDepth(theme, 'ansi').styles;
      const looks = [critical, medium, low, unknown].map((style) => JSON.stringify(style));
      expect(new Set(looks).size, theme.name).toBe(4);
    }
  });
});

test('256 colours: the nearest, and what the terminal names stays as it is', () => {
  expect(one('#ff0000', null, '256')?.color).toBe('ansi256(196)');
  expect(one('#808080', null, '256')?.color).toBe('ansi256(244)');
  expect(one('redBright', null, '256')?.color).toBe('redBright');
  for (let index = 16; index < 256; index += 7) {
    const shown = channels256(index);
    const hex = `#${shown.map((part) => part.toString(16).padStart(2, '0')).join('')}`;
    expect(channels(hex)).toEqual(shown);
    const again = /\d+(?=\))/.exec(one(hex, null, '256')?.color ?? '')?.[0];
    expect(channels256(Number(again))).toEqual(shown);
  }
});

test('without colours bold stays', () => {
  expect(one('#ff0000', null, 'none')).toEqual({ bold: true });
});
