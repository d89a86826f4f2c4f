// The themes that come with the program can be read on the ground they were made for, by people who see colours otherwise too,
// and on terminals with fewer colours; and they say nothing by colour alone.
import { describe, expect, test } from 'vitest';
import { findingLines } from '../../src/render/audit-text.ts';
import { asAscii } from '../../src/render/text.ts';
import { isColourless } from '../../src/theme/choose.ts';
import { contrast, hardToRead, neededContrast } from '../../src/theme/contrast.ts';
import { atDepth, channels256 } from '../../src/theme/depth.ts';
import { isColour } from '../../src/theme/read-theme.ts';
import { isRole, type Role, roles, type Theme } from '../../src/theme/theme.ts';
import { themeFiles, themes } from '../../themes/index.ts';
import { distance, type Vision, visions } from '../support/vision.ts';

const severities = ['critical', 'high', 'medium', 'low', 'info'] as const;
const colourOf = (theme: Theme, role: Role): string => theme.styles[role].color ?? '';
const grounded = themes.filter((theme) => theme.ground !== null);
/** What must not be taken for each other. */
const pairs: readonly (readonly [Role, Role])[] = [
  ...severities.flatMap((a, at) => severities.slice(at + 1).map((b) => [a, b] as const)),
  ['ok', 'bad'],
  ['added', 'removed'],
  ['unknown', 'medium'],
];

test('the themes that are promised are there, and the first is the default', () => {
  const names = themes.map((theme) => theme.name);
  expect(names).toEqual(expect.arrayContaining(['dark', 'light', 'high-contrast', 'deuteranopia', 'tritanopia']));
  expect(names).toEqual(expect.arrayContaining(['mono', 'terminal']));
  expect(names[0]).toBe('dark');
  expect(new Set(names).size).toBe(names.length);
});

test('a theme of a file names only roles and colours that exist', () => {
  for (const { roles: own } of themeFiles) {
    for (const [role, look] of Object.entries(own)) {
      expect(isRole(role), role).toBe(true);
      const style = typeof look === 'string' ? { color: look } : look;
      for (const colour of [style.color, style.background]) {
        if (colour !== undefined) expect(isColour(colour), colour).toBe(true);
      }
    }
  }
});

test('mono has no colour, and terminal only those that the terminal has a name for', () => {
  expect(themes.filter(isColourless).map((theme) => theme.name)).toContain('mono');
  const terminal = themes.find((theme) => theme.name === 'terminal');
  for (const style of Object.values(terminal?.styles ?? {})) expect(style.color ?? '').not.toMatch(/^#/);
});

describe.each(grounded)('$name', (theme) => {
  const ground = theme.ground ?? '';
  test('every role can be read', () => {
    expect(hardToRead(theme)).toEqual([]);
    // The law holds only where it has something to look at.
    expect(roles.filter((role) => colourOf(theme, role).startsWith('#')).length).toBeGreaterThan(12);
  });
  test('every role can still be read in 256 colours', () => {
    for (const [role, { color }] of Object.entries(atDepth(theme, '256').styles)) {
      const index = /^ansi256\((\d+)\)$/.exec(color ?? '')?.[1];
      if (index === undefined) continue;
      const shown = `#${channels256(Number(index))
        .map((part) => part.toString(16).padStart(2, '0'))
        .join('')}`;
      expect(contrast(shown, ground), `${role} ${shown}`).toBeGreaterThanOrEqual(neededContrast(role as Role) - 0.6);
    }
  });
  // A theme that gives up red against green, or blue against yellow, is made for those who lack the one and see the other.
  const seenBy = visions.filter(
    (vision) => theme.name !== 'tritanopia' || !['protanopia', 'deuteranopia'].includes(vision),
  );
  test.each(seenBy)('severities and signs are told apart: %s', (vision: Vision) => {
    for (const [a, b] of pairs) {
      const far = distance(colourOf(theme, a), colourOf(theme, b), vision);
      expect(far, `${a} and ${b}`).toBeGreaterThanOrEqual(9);
    }
  });
});

test('high contrast has seven to one, and its own text colour', () => {
  const theme = themes.find((one) => one.name === 'high-contrast');
  for (const role of roles) {
    expect(contrast(theme?.styles[role].color ?? '#ffffff', theme?.ground ?? ''), role).toBeGreaterThanOrEqual(7);
  }
  expect(theme?.styles.text.color).toBe('#ffffff');
});

test.each([
  ['deuteranopia', ['usual', 'deuteranopia', 'protanopia']],
  ['tritanopia', ['usual', 'tritanopia']],
] as const)('%s is twice as clear to those it is made for', (name, seenBy) => {
  const theme = themes.find((one) => one.name === name);
  if (theme === undefined) throw new Error(`there is no theme ${name}`);
  for (const vision of seenBy) {
    for (const [a, b] of pairs) {
      expect(distance(colourOf(theme, a), colourOf(theme, b), vision), `${a} ${b} ${vision}`).toBeGreaterThan(18);
    }
  }
});

test('the check of what is told apart can fail: red and green are one to a deuteranope', () => {
  expect(distance('#b3123a', '#1b6e20', 'usual')).toBeGreaterThan(25);
  expect(distance('#b3123a', '#1b6e20', 'deuteranopia')).toBeLessThan(5);
});

test('nothing is said by colour alone: each severity is a word, each outcome a sign', () => {
  const finding = (severity: (typeof severities)[number], outcome: 'fail' | 'unknown' | 'pass' | 'notApplicable') => ({
    ...{
      id: 'r@/x',
      rule: 'r',
      title: 't',
      problem: 'p',
      severity,
      profiles: [],
      outcome,
      resource: '/x',
      where: null,
      because: 'b',
    },
    ...{ evidence: [], fix: { kind: 'none' as const, undo: 'none' as const }, gaps: [] },
  });
  const head = (...of: Parameters<typeof finding>) =>
    asAscii((findingLines(finding(...of))[0] ?? []).map((word) => word.text).join(''));
  for (const severity of severities) expect(head(severity, 'fail')).toContain(severity);
  const signs = (['fail', 'unknown', 'pass', 'notApplicable'] as const).map(
    (outcome) => head('high', outcome).split(' ')[0],
  );
  expect(new Set(signs).size).toBe(4);
});
