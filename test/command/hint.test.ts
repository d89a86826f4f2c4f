// What the next word of a line may be, derived from the schemas while it is typed.
import { describe, expect, test } from 'vitest';
import { verbs } from '../../commands/index.ts';
import { complete, jumps, type KnownWords } from '../../src/command/completion.ts';
import { hintFor } from '../../src/command/hint.ts';

const now = (text: string) => hintFor(text, verbs)?.usage.find((word) => word.now)?.text;

describe('hints', () => {
  test.each([
    ['theme ', '[NAME]'],
    ['fix ', '[FINDING|RULE...]'],
    ['fix storage.x storage.y', '[FINDING|RULE...]'],
    ['audit --fail-on ', '[--fail-on VALUE]'],
    ['audit --fail-on=', '[--fail-on VALUE]'],
    ['config set ', '[NAME]'],
    ['config set theme ', '[VALUE]'],
  ])('%s', (text, word) => {
    expect(now(text)).toBe(word);
  });
  test('choices and what counts without are told', () => {
    expect(hintFor('audit --fail-on ', verbs)?.says).toMatch(
      /^critical, high, medium, low, never \(default medium\): lowest severity/,
    );
    expect(hintFor('config ', verbs)?.says).toMatch(/^list, get, set, unset \(default list\): /);
  });
  test('nothing to say before there is a command, and its summary where no word can follow', () => {
    expect(hintFor('aud', verbs)).toBeNull();
    expect(hintFor('nope ', verbs)).toBeNull();
    expect(hintFor('version ', verbs)?.says).toBe(verbs.find((verb) => verb.name === 'version')?.summary);
  });
  test('every command has a hint, whatever stands in its line', () => {
    for (const verb of verbs) {
      for (const rest of ['', '--', '--x=', '"', 'a b c d', '--demo', '# x']) {
        expect(hintFor(`${verb.name} ${rest}`, verbs)?.usage[0]?.text, `${verb.name} ${rest}`).toBe(verb.name);
      }
    }
  });
});

describe('jumps', () => {
  const id = '/subscriptions/1/resourcegroups/rg/providers/microsoft.storage/storageaccounts/stml';
  const known: KnownWords = {
    finding: [{ value: `storage.x@${id}`, label: 'storage.x on stml', says: 'open', line: `fix storage.x@${id}` }],
    resource: [{ value: id, label: 'stml', says: 'storage account', line: `show ${id}` }],
    theme: [{ value: 'dark', says: 'Dark', line: 'theme dark' }],
    rule: [{ value: 'storage.x', says: 'no line of its own' }],
  };
  test('a thing that is named is a line', () => {
    expect(jumps('stml', known, 9).map((one) => one.value)).toEqual([`show ${id}`, `fix storage.x@${id}`]);
    expect(jumps('dark', known, 9)).toEqual([
      { value: 'theme dark', label: 'dark', at: [0, 1, 2, 3], says: 'Dark', kind: 'theme', id: 'dark' },
    ]);
    expect(jumps('', known, 9)).toEqual([]);
  });
  test('by its whole id as well, and no more than are wanted', () => {
    expect(jumps('resourcegroups/rg/', known, 9)).toHaveLength(2);
    expect(jumps('stml', known, 1)).toHaveLength(1);
  });
  test('in a line an id is shown by its name and put in whole', () => {
    const [first] = complete('fix st', verbs, known).candidates;
    expect(first).toMatchObject({ value: `storage.x@${id}`, label: 'storage.x on stml', at: [0, 1] });
  });
});
