import fc from 'fast-check';
import { expect, test } from 'vitest';
import { verbs } from '../../commands/index.ts';
import { parseCommand } from '../../src/command/parse-arguments.ts';
import { otherTools, unknownCommand } from '../../src/command/unknown-command.ts';
import { editDistance, fewIds, insteadOf, nearest } from '../../src/model/nearest.ts';

const short = fc.string({ maxLength: 8 });
test('laws of a distance', () => {
  fc.assert(
    fc.property(short, short, (a, b) => {
      expect(editDistance(a, b)).toBe(editDistance(b, a));
      expect(editDistance(a, b) === 0).toBe(a === b);
      expect(editDistance(a, b)).toBeLessThanOrEqual(Math.max(a.length, b.length));
    }),
  );
});
test('a swap is one mistake, and far words are not guessed', () => {
  expect(editDistance('adn', 'and')).toBe(1);
  expect(nearest('verfiy', ['verify', 'version'])).toBe('verify');
  expect(nearest('xyz', ['verify', 'version'])).toBeUndefined();
});

test('of many ids the nearest is named and how many there are, of a few all', () => {
  const id = (name: string) =>
    `/subscriptions/s/resourceGroups/g/providers/Microsoft.MachineLearningServices/workspaces/${name}`;
  const many = Array.from({ length: 2000 }, (_, at) => id(`mlw-${at}-westeurope`));
  const told = insteadOf('mlw-77-westeuorpe', many, 'readable are');
  expect(told).toBe(`; readable are 2,000 workspaces, the nearest is ${id('mlw-77-westeurope')}`);
  expect(insteadOf('nobody', many, 'readable are')).toBe('; readable are 2,000 workspaces');
  expect(insteadOf('nobody', [id('a'), id('b')], 'readable are')).toBe(`; readable are ${id('a')}, ${id('b')}`);
  expect(insteadOf('nobody', [], 'readable are')).toBe('');
  expect(fewIds(many)).toMatch(/workspaces\/mlw-4-westeurope and 1,995 more$/);
});

test('a word of another tool leads to a command that there is, and a demo world to its flag', () => {
  const known = new Set(verbs.flatMap(({ name, aliases = [] }) => [name, ...aliases]));
  const words = otherTools.flatMap(([all]) => all);
  expect(new Set(words).size).toBe(words.length);
  expect(words.filter((word) => known.has(word))).toEqual([]);
  for (const [, next] of otherTools) {
    for (const [, line = ''] of next.matchAll(/`bastide ([^`]+)`/g)) {
      const typed = line.startsWith('-') ? ['audit', line] : line.split(' ');
      expect(() => parseCommand(typed, verbs), line).not.toThrow();
    }
  }
  expect(unknownCommand('undp', verbs).next).toBe('Did you mean undo?');
  expect(unknownCommand('Rollback', verbs).next).toContain('`bastide undo`');
  expect(unknownCommand('drifted', verbs).next).toContain('--demo=drifted');
});
