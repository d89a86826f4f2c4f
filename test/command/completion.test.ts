import { describe, expect, test } from 'vitest';
import { verbs } from '../../commands/index.ts';
import { complete, type KnownWords } from '../../src/command/completion.ts';

const known: KnownWords = {
  finding: [{ value: 'storage.x@/a b#c', says: 'one' }],
  rule: [{ value: 'storage.x', says: 'two' }],
  theme: [{ value: 'dark', says: '' }],
};
const offered = (text: string) => complete(text, verbs, known).candidates.map((candidate) => candidate.value);

describe('completion', () => {
  test('verbs, those that begin with the word first', () => {
    expect(offered('aud')).toEqual(['audit']);
    expect(offered('au')[0]).toBe('audit');
    expect(offered('')).toEqual(verbs.map((verb) => verb.name));
    expect(offered('hi')[0]).toBe('history');
  });
  test('flags of the verb and shared ones', () => {
    expect(offered('audit --all')).toContain('--all-outcomes');
    expect(offered('audit --fo')).toContain('--format=');
    expect(offered('--de')).toEqual(expect.arrayContaining(['--demo', '--debug=']));
  });
  test('values: choices, targets, quoted where needed', () => {
    expect(offered('audit --format js')).toEqual(['json', 'ndjson']);
    expect(offered('audit --format=sa')).toEqual(['--format=sarif']);
    expect(offered('fix sto')).toEqual(["'storage.x@/a b#c'", 'storage.x']);
    expect(offered('theme ')).toEqual(['dark']);
  });
  test('where the word begins that a candidate replaces', () => {
    expect(complete('fix sto', verbs, known).from).toBe(4);
  });
  test('nothing after an unknown verb', () => expect(offered('nope x')).toEqual([]));
});

test('flags that mean nothing beside the arguments given are not offered', () => {
  expect(offered('create cluster --ma')).toContain('--max=');
  expect(offered('create aks --ma')).not.toContain('--max=');
  expect(offered('create ak --ma')).toContain('--max=');
});

test('a word is found by all of its letters where it was not by the first ones', () => {
  const themes = { theme: [{ value: 'ΟΣΑ', says: '' }] };
  const found = (text: string) => complete(text, verbs, themes).candidates.map(({ label }) => label);
  // At the end of a word a sigma is made small as another letter.
  expect(found('theme οσ')).toEqual(['ΟΣΑ']);
  expect(found('theme οσα')).toEqual(['ΟΣΑ']);
});
