// A theme is completed from what it has, and NO_COLOR takes colours away but never the marks of a selection.
import { describe, expect, test } from 'vitest';
import { chooseTheme, isColourless } from '../../src/theme/choose.ts';
import { contrast, luminance } from '../../src/theme/contrast.ts';
import { instead, type Role, resolveTheme, roles } from '../../src/theme/theme.ts';

const bare = resolveTheme({ name: 'bare', title: 'Bare', ground: null, roles: { bad: 'red', dim: { dim: true } } });
const colourful = resolveTheme({
  name: 'colourful',
  title: 'C',
  ground: null,
  roles: { ok: '#00ff00', text: 'white' },
});
const plain = resolveTheme({ name: 'plain', title: 'P', ground: null, roles: { heading: { bold: true } } });

describe('resolveTheme', () => {
  test('the roles that replace one another end at the text', () => {
    for (const role of roles) {
      let at: Role | null = role;
      for (let steps = 0; at !== null && at !== 'text' && steps < roles.length; steps += 1) at = instead[at];
      expect(at, role).toBe('text');
    }
  });
  test('every role has a look, whatever the file leaves out', () => {
    expect(Object.keys(bare.styles).sort()).toEqual([...roles].sort());
  });
  test('a missing role looks like the role that replaces it', () => {
    expect(bare.styles.critical).toEqual({ color: 'red' });
    expect(bare.styles.removed).toEqual({ color: 'red' });
    expect(bare.styles.border).toEqual({ dim: true });
    expect(bare.styles.link).toEqual(bare.styles.text);
  });
  test('a selection is inverse when the file says nothing of it', () => {
    expect(bare.styles.selected).toEqual({ inverse: true });
  });
});

describe('chooseTheme', () => {
  const themes = [colourful, plain];
  test('takes the named one, and the first for a name that does not exist', () => {
    expect(chooseTheme({ name: 'plain', depth: 'full', themes }).name).toBe('plain');
    expect(chooseTheme({ name: 'nope', depth: 'full', themes }).name).toBe('colourful');
    expect(chooseTheme({ depth: 'full', themes }).name).toBe('colourful');
  });
  test('without colours a colourless theme wins over the name', () => {
    expect(chooseTheme({ name: 'colourful', depth: 'none', themes }).name).toBe('plain');
  });
  test('without colours and without such a theme, the colours go and the rest stays', () => {
    const chosen = chooseTheme({ depth: 'none', themes: [colourful] });
    expect(isColourless(chosen)).toBe(true);
    expect(chosen.styles.selected).toEqual({ inverse: true });
  });
  test('no theme at all is a mistake of the caller', () => {
    expect(() => chooseTheme({ depth: 'full', themes: [] })).toThrow(RangeError);
  });
});

describe('contrast', () => {
  test('black on white is 21, a colour on itself 1, and the order does not count', () => {
    expect(contrast('#000000', '#ffffff')).toBeCloseTo(21, 5);
    expect(contrast('#777777', '#777777')).toBe(1);
    expect(contrast('#123456', '#fedcba')).toBe(contrast('#fedcba', '#123456'));
  });
  test('the grey that WCAG quotes as just enough on white', () => {
    expect(contrast('#767676', '#ffffff')).toBeGreaterThan(4.5);
    expect(contrast('#777777', '#ffffff')).toBeLessThan(4.5);
  });
  test('anything but #rrggbb is refused', () => {
    expect(() => luminance('red')).toThrow(RangeError);
  });
});
