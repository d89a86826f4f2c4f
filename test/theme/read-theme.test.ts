// A theme file of the operator's may hold anything: it becomes a whole theme, or a sentence that names the member at fault.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BadTheme, readTheme } from '../../src/theme/read-theme.ts';
import { roles } from '../../src/theme/theme.ts';
import { themes } from '../../themes/index.ts';

const read = (content: unknown) => readTheme(content, { name: 'mine', file: '/x/mine.json', others: themes });
const dark = themes.find((theme) => theme.name === 'dark');

test('what the file omits comes from the theme it is like, and without one from the roles that replace it', () => {
  const like = read({ like: 'dark', roles: { bad: 'redBright' } });
  expect(like.styles.bad).toEqual({ color: 'redBright' });
  expect(like.styles.critical).toEqual(dark?.styles.critical);
  expect(like.ground).toBe(dark?.ground);
  const alone = read({ roles: { bad: 'redBright', text: { bold: true } } });
  expect(alone.styles.critical).toEqual({ color: 'redBright' });
  expect(alone.styles.low).toEqual({ bold: true });
  expect(alone.file).toBe('/x/mine.json');
});

test.each([
  [[], /the file is a list/],
  [null, /the file is null/],
  [{ colours: {} }, /^colours is not a theme property; expected: name, title, ground, like, roles$/],
  [{ name: 'other' }, /^name is other/],
  [{ title: 7 }, /^title is 7/],
  [{ like: 'drak' }, new RegExp(`^like is drak; expected: ${themes.map(({ name }) => name).join(', ')}$`)],
  [{ ground: 'black' }, /^ground is black/],
  [{ roles: [] }, /^roles is a list/],
  [{ roles: { critcal: 'red' } }, /^roles\.critcal is not a role/],
  [{ roles: { bad: '#12345' } }, /^roles\.bad is #12345/],
  [{ roles: { bad: 12 } }, /^roles\.bad is 12, expected an object/],
  [{ roles: { bad: { color: '\x1b[31m' } } }, /^roles\.bad\.color is /],
  [{ roles: { bad: { bold: 'yes' } } }, /^roles\.bad\.bold is yes/],
  [{ roles: { bad: { blink: true } } }, /^roles\.bad\.blink is not a style property/],
  [JSON.parse('{"roles":{"__proto__":{"bold":true}}}'), /^roles\.__proto__ is not a role/],
  [{ roles: { bad: `#${'0'.repeat(100_000)}` } }, /^roles\.bad is #0{38}…/],
])('%j', (content, says) => {
  expect(() => read(content)).toThrow(BadTheme);
  expect(() => read(content)).toThrow(says);
});

describe('anything at all', () => {
  test('is a whole theme or a sentence', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.jsonValue(), fc.record({ roles: fc.jsonValue(), like: fc.constant('mono') })),
        (content) => {
          try {
            expect(Object.keys(read(content).styles).sort()).toEqual([...roles].sort());
          } catch (error) {
            expect(error).toBeInstanceOf(BadTheme);
            expect((error as Error).message.length).toBeLessThan(400);
          }
        },
      ),
      { numRuns: 300 },
    );
  });
});
