// biome-ignore-all lint/suspicious/noTemplateCurlyInString: this is the syntax under test.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseLine, parsePartialLine, quoteWord } from '../../src/command/parse-line.ts';
import { Failure } from '../../src/model/failure.ts';

const word = fc.string({ unit: 'binary' });

describe('the words of a line', () => {
  test('law: a quoted word is read back unchanged', () => {
    fc.assert(
      fc.property(fc.array(word), (words) => {
        expect(parseLine(words.map(quoteWord).join(' '))).toEqual(words);
      }),
    );
  });

  test('law: anything is words or a Failure, never something else', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom("'", '"', '\\', '$', '{', '}', '#', ' ', 'a', 'N') }), (text) => {
        try {
          for (const one of parseLine(text, () => 'x')) expect(typeof one).toBe('string');
        } catch (error) {
          expect(error).toBeInstanceOf(Failure);
        }
        expect(parsePartialLine(text.replaceAll('${', '')).from).toBeLessThanOrEqual(text.length);
      }),
    );
  });

  test.each([
    ['fix a b', ['fix', 'a', 'b']],
    ["fix 'a b'c", ['fix', 'a bc']],
    ['fix "a \\" \\$ \\n" # rest', ['fix', 'a " $ \\n']],
    ['fix a#b #c', ['fix', 'a#b']],
    ['fix a\\ b', ['fix', 'a b']],
    ["fix ''", ['fix', '']],
    ['# nothing', []],
    ['', []],
  ])('%s', (text, words) => expect(parseLine(text)).toEqual(words));

  test('names are expanded outside single quotes, and their value is one word', () => {
    const lookup = (name: string) => (name === 'IP' ? '1.2.3.4 x' : undefined);
    expect(parseLine('--ip ${IP} "<${IP}>" \'${IP}\' \\${IP}', lookup)).toEqual([
      '--ip',
      '1.2.3.4 x',
      '<1.2.3.4 x>',
      '${IP}',
      '${IP}',
    ]);
    expect(() => parseLine('${NOPE}', lookup)).toThrow(/is not defined/);
    expect(() => parseLine('${1}', lookup)).toThrow(/not followed by a name/);
  });

  test('an open quote is refused', () => expect(() => parseLine("fix 'a")).toThrow(/Unclosed quote/));

  test('a line being typed: the word under the cursor and where it begins', () => {
    expect(parsePartialLine('fix "sto')).toEqual({ words: ['fix'], current: 'sto', from: 4 });
    expect(parsePartialLine('fix sto ')).toEqual({ words: ['fix', 'sto'], current: '', from: 8 });
    expect(parsePartialLine('fix ${A')).toEqual({ words: ['fix'], current: '${A', from: 4 });
  });
});
