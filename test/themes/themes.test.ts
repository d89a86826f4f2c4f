// The themes that come with the program can be read on the ground they were made for, and say nothing by colour alone.
import { describe, expect, test } from 'vitest';
import { isColourless } from '../../src/theme/choose.ts';
import { contrast } from '../../src/theme/contrast.ts';
import { isRole, type Role, roles } from '../../src/theme/theme.ts';
import { themeFiles, themes } from '../../themes/index.ts';

/** What is text must be read; what is only a line must be seen (WCAG 2.2, 1.4.3 and 1.4.11). */
const needed = (role: Role): number => (role === 'border' ? 3 : 4.5);

test('there are dark, light and mono, and the first is the default', () => {
  expect(themes.map((theme) => theme.name)).toEqual(expect.arrayContaining(['dark', 'light', 'mono']));
  expect(themes[0]?.name).toBe('dark');
});

test('a theme of a file names only roles that exist', () => {
  for (const file of themeFiles) for (const role of Object.keys(file.roles)) expect(isRole(role), role).toBe(true);
});

test('mono has no colour', () => {
  expect(themes.filter(isColourless).map((theme) => theme.name)).toContain('mono');
});

describe.each(themes.filter((theme) => theme.ground !== null))('$name', (theme) => {
  test.each(roles.filter((role) => theme.styles[role].color !== undefined))('%s can be read', (role) => {
    expect(contrast(theme.styles[role].color ?? '', theme.ground ?? '')).toBeGreaterThanOrEqual(needed(role));
  });
  test('the severities differ from each other', () => {
    const looks = (['critical', 'high', 'medium', 'low', 'info'] as const).map((role) =>
      JSON.stringify(theme.styles[role]),
    );
    expect(new Set(looks).size).toBe(looks.length);
  });
});
