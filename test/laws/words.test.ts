// The product speaks the language of Azure and of its field: no sentence that a user can meet holds a retired word. Registries are
// walked as they are; the sentences of failures, progress and prompts are the string literals of the source.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parseSync } from 'vite';
import { describe, expect, test } from 'vitest';
import { verbs } from '../../commands/index.ts';
import { bindings } from '../../src/app/state/keys/index.ts';
import { flagsOf } from '../../src/command/flag.ts';
import { knownErrors } from '../../src/diagnosis/index.ts';
import { rules } from '../../src/rules/index.ts';
import { retiredIn, retiredWords } from '../support/retired-words.ts';

const root = path.resolve(import.meta.dirname, '../..');

/** Every text below a value, whatever its shape. Functions are not called. */
function textsOf(value: unknown, seen = new Set<unknown>()): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null || seen.has(value) || value instanceof RegExp) return [];
  seen.add(value);
  return Object.values(value).flatMap((item) => textsOf(item, seen));
}

const found = (texts: readonly string[]): string[] => [...new Set(texts.flatMap(retiredIn))];

describe('registries', () => {
  test.each(rules.map((rule) => [rule.id, rule] as const))('rule %s', (_id, rule) => {
    expect(found([rule.title, rule.problem, rule.explain.why, rule.explain.fix, rule.explain.breaks])).toEqual([]);
  });
  test.each(verbs.map((command) => [command.name, command] as const))('command %s', (_name, command) => {
    const flags = flagsOf(command.args).map(({ says }) => says);
    expect(found([command.summary, ...flags, ...command.examples.map(({ says }) => says)])).toEqual([]);
  });
  test('keys', () => {
    expect(found(bindings.flatMap(({ label, help }) => [label, help]))).toEqual([]);
  });
  test('errors that people meet', () => {
    expect(found(knownErrors.flatMap((known) => textsOf(known)))).toEqual([]);
  });
});

describe('headlines', () => {
  test.each(rules.map((rule) => [rule.id, rule] as const))('%s', (_id, { title, problem }) => {
    expect(title.length).toBeLessThan(60);
    expect(problem.length).toBeLessThan(60);
    expect(problem).not.toBe(title);
    expect(`${title}${problem}`).not.toMatch(/[.!?]$/);
  });
});

describe('sentences in the source', () => {
  const filesBelow = (folder: string): string[] =>
    readdirSync(path.join(root, folder), { withFileTypes: true, recursive: true })
      .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
      .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)));

  /** Text literals that are sentences or labels: with a space, or with a capital first. */
  function sentencesOf(file: string, source = readFileSync(path.join(root, file), 'utf8')): string[] {
    const texts: string[] = [];
    const visit = (node: unknown): void => {
      if (Array.isArray(node)) {
        for (const item of node) visit(item);
        return;
      }
      if (typeof node !== 'object' || node === null) return;
      const { type, value } = node as { type?: string; value?: unknown };
      if (type === 'ImportDeclaration' || type === 'ExportAllDeclaration' || type === 'TSLiteralType') return;
      if (type === 'Literal' && typeof value === 'string') texts.push(value);
      if (type === 'TemplateLiteral') {
        const parts = (node as unknown as { quasis: { value: { cooked: string } }[] }).quasis;
        texts.push(parts.map((part) => part.value.cooked).join('X'));
      }
      if (type === 'JSXText' && typeof value === 'string') texts.push(value);
      for (const child of Object.values(node)) visit(child);
    };
    visit(parseSync(file, source).program);
    return texts.filter((text) => /\s/.test(text.trim()) || /^[A-Z]/.test(text));
  }

  test('the walk sees literals, templates and what JSX says', () => {
    const said = sentencesOf(
      'x.tsx',
      'const a = "One door"; const b = `Two $' + '{a} doors`; const c = <T>Three doors</T>;',
    );
    expect(said).toEqual(['One door', 'Two X doors', 'Three doors']);
    expect(found(said)).toHaveLength(3);
  });

  test.each(['src', 'commands', 'themes'])('%s', (folder) => {
    const wrong = filesBelow(folder).flatMap((file) =>
      found(sentencesOf(file)).map((sentence) => `${file}: ${sentence}`),
    );
    expect(wrong).toEqual([]);
  });
});

describe('papers', () => {
  const papers = [
    ...readdirSync(root).filter((file) => file.endsWith('.md')),
    ...readdirSync(path.join(root, 'docs'), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.md'))
      .map((file) => path.join('docs', file)),
  ];
  test.each(papers)('%s', (paper) => {
    expect(found(readFileSync(path.join(root, paper), 'utf8').split('\n'))).toEqual([]);
  });
});

test('the list can fail: each of its words is found in a sentence that holds it', () => {
  for (const sentence of [
    'The card of vm-1',
    'Nobody may knock',
    'It lets the traffic pass',
    'mended',
    'The way back',
  ]) {
    expect(retiredIn(sentence), sentence).not.toEqual([]);
  }
  expect(retiredIn('Azure Front Door; letters, digits and dashes')).toEqual([]);
  expect(retiredWords.length).toBeGreaterThan(25);
});
