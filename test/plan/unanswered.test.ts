// Gates that could not be checked, gathered: a list is shown up to its limit, and the rest is counted.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { listed } from '../../src/plan/unanswered.ts';

test('a list is told whole or from its start, and no name is neither told nor counted', () => {
  const name = fc.stringMatching(/^[a-z]{1,90}$/);
  fc.assert(
    fc.property(fc.array(name, { minLength: 1, maxLength: 40 }), (names) => {
      const [, told = '', rest = '0'] = /^(.*?)(?: and (\d+) more)?$/.exec(listed(names)) ?? [];
      const shown = told.split(', ');
      expect(names.slice(0, shown.length)).toEqual(shown);
      expect(shown.length + Number(rest)).toBe(names.length);
      if (shown.length > 1) expect(told.length).toBeLessThanOrEqual(240);
    }),
  );
});

test('of forty names as many are told as fit in 240 characters', () => {
  const names = Array.from({ length: 40 }, (_, at) => `a-rather-long-name-${at + 10}`);
  expect(listed(names)).toBe(`${names.slice(0, 10).join(', ')} and 30 more`);
  expect(listed(names.slice(0, 10))).toBe(names.slice(0, 10).join(', '));
  expect(listed(['x'.repeat(300), 'y'])).toBe(`${'x'.repeat(300)} and 1 more`);
});
