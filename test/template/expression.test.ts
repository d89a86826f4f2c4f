// The grammar: what is printed parses to the same tree, whatever the tree; what is no expression is refused with its place.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Expression, printExpression } from '../../src/template/expression.ts';
import { TemplateError } from '../../src/template/limits.ts';
import { parseExpression, written } from '../../src/template/parse.ts';

const name = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,8}$/);
const { tree } = fc.letrec<{ tree: Expression; holder: Expression }>((tie) => ({
  holder: fc.oneof(
    { maxDepth: 4 },
    fc.record({ kind: fc.constant('text' as const), value: fc.string() }),
    fc.record({ kind: fc.constant('call' as const), name, args: fc.array(tie('tree'), { maxLength: 3 }) }),
    fc.record({
      kind: fc.constant('call' as const),
      namespace: name,
      name,
      args: fc.array(tie('tree'), { maxLength: 2 }),
    }),
    fc.record({ kind: fc.constant('member' as const), of: tie('holder'), name, safe: fc.boolean() }),
    fc.record({ kind: fc.constant('index' as const), of: tie('holder'), index: tie('tree'), safe: fc.boolean() }),
  ),
  tree: fc.oneof(
    { maxDepth: 4 },
    fc.record({ kind: fc.constant('number' as const), value: fc.maxSafeInteger().map((one) => one + 0) }),
    tie('holder'),
  ),
}));

test('printing and parsing are each other’s inverse', () => {
  fc.assert(
    fc.property(tree, (expression) => {
      expect(parseExpression(printExpression(expression))).toEqual(expression);
    }),
    { numRuns: 500 },
  );
});

test('white space between the parts says nothing', () => {
  fc.assert(
    fc.property(tree, fc.constantFrom(' ', '\n', '\t  '), (expression, space) => {
      const text = printExpression(expression);
      expect(parseExpression(`${space}${text.replaceAll(', ', `${space},${space}`)}${space}`)).toBeDefined();
    }),
    { numRuns: 100 },
  );
});

test('no text whatever makes the parser fall over', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc
          .array(fc.constantFrom('(', ')', '[', ']', '.', '?', ',', "'", 'a', '1', '-', ' '), { maxLength: 20 })
          .map((parts) => parts.join('')),
      ),
      (text) => {
        try {
          parseExpression(text);
        } catch (error) {
          expect(error).toBeInstanceOf(TemplateError);
        }
      },
    ),
    { numRuns: 1000 },
  );
});

describe('what a string is', () => {
  test.each([
    ['plain', { kind: 'literal', text: 'plain' }],
    ["[variables('x')]", { kind: 'expression', text: "variables('x')" }],
    ['[[escaped]', { kind: 'literal', text: '[escaped]' }],
    ['[half', { kind: 'literal', text: '[half' }],
    ['', { kind: 'literal', text: '' }],
  ])('%j', (text, expected) => {
    expect(written(text)).toEqual(expected);
  });

  test.each([
    ['', /character 1/],
    ['concat(', /character 8/],
    ["concat('a'", /character 11/],
    ["'open", /character 1 /],
    ['a', /\. is missing at character 2/],
    ['f()) ', /character 4 .* unexpected/],
    ['f(12345678901234567890)', /too large/],
    [`${'f('.repeat(300)}${')'.repeat(300)}`, /nested too deeply/],
    [`'${'x'.repeat(30_000)}'`, /longer than 24576/],
  ])('%j is refused', (text, message) => {
    expect(() => parseExpression(text)).toThrow(message);
  });
});
