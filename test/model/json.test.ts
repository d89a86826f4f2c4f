import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isNumberText, JsonError, parseJson, sameJson, stringifyJson } from '../../src/model/json.ts';
import { member, memberNames, valueAt } from '../../src/model/pointer.ts';

const numberText = fc.oneof(
  fc.integer().map(String),
  fc.bigInt().map(String),
  fc.tuple(fc.integer(), fc.nat(99)).map(([whole, part]) => `${whole}.${part}0`),
  fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: -400, max: 400 })).map(([m, e]) => `${m}e${e}`),
  fc.constantFrom('-0', '1.0', '0.10', '12345678901234567890'),
);
const keyText = fc
  .oneof(fc.string(), fc.nat(3000).map(String), fc.constantFrom('__proto__', 'constructor', 'a"b', '12":'))
  .map((key) => JSON.stringify(key));
/** JSON text with distinct keys in any order, integer-like ones included. */
const jsonText = fc.letrec<{ any: string }>((tie) => ({
  any: fc.oneof(
    { maxDepth: 4 },
    numberText,
    fc.oneof(fc.string(), fc.constantFrom('"12": 3', '{"7":1}')).map((text) => JSON.stringify(text)),
    fc.constantFrom('null', 'true', 'false'),
    fc.array(tie('any'), { maxLength: 4 }).map((items) => `[${items.join(',')}]`),
    fc
      .uniqueArray(fc.tuple(keyText, tie('any')), { maxLength: 5, selector: ([key]) => key })
      .map((entries) => `{${entries.map(([key, value]) => `${key}:${value}`).join(',')}}`),
  ),
})).any;

describe('raw JSON', () => {
  test('text survives parse and write, to the letter', () => {
    fc.assert(
      fc.property(jsonText, (text) => {
        expect(stringifyJson(parseJson(text))).toBe(text);
      }),
      { numRuns: 500 },
    );
  });

  test('numbers that JavaScript can hold stay numbers; the others keep their text', () => {
    expect(parseJson('7')).toBe(7);
    expect(parseJson('-1.5')).toBe(-1.5);
    expect(isNumberText(parseJson('1.0'))).toBe(true);
    expect(isNumberText(parseJson('12345678901234567890'))).toBe(true);
    expect(isNumberText(parseJson('1e999'))).toBe(true);
  });

  test('a number text is equal to itself only', () => {
    expect(sameJson(parseJson('[1.0]'), parseJson('[1.0]'))).toBe(true);
    expect(sameJson(parseJson('[1.0]'), parseJson('[1]'))).toBe(false);
    expect(sameJson(parseJson('[1.0]'), parseJson('{"rawJSON":"1.0"}'))).toBe(false);
  });

  test('integer-like names are read and listed as Azure spells them, in its order', () => {
    const body = parseJson('{"b":1,"2024":{"7":"x"},"a":2}');
    expect(memberNames(body as never)).toEqual(['b', '2024', 'a']);
    expect(valueAt(body, '/2024/7')).toBe('x');
  });

  test('inherited names are not members', () => {
    const body = parseJson('{"a":1}');
    expect(member(body as never, 'constructor')).toBeUndefined();
    expect(valueAt(body, '/__proto__/toString')).toBeUndefined();
    expect(valueAt(parseJson('{"__proto__":{"x":1}}'), '/__proto__/x')).toBe(1);
  });

  test('bad text is an error that says so, deep nesting included', () => {
    for (const bad of ['', '{', '{"a":1,}', '[1', 'NaN', `${'['.repeat(2_000_000)}1.0`]) {
      expect(() => parseJson(bad)).toThrow(JsonError);
    }
  });
});
