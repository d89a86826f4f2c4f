// No line is ever wider than its pane, whatever the text; and wrapping loses nothing but spaces.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fitLine, fitTail, fitText, line, lineWidth, plain, widthOf, word, wrapLine } from '../../src/app/draw/text.ts';

const foreign = fc.oneof(
  fc.string({ maxLength: 40 }),
  fc.string({ unit: 'grapheme', maxLength: 20 }),
  fc.constantFrom('日本語の検査', '👩‍👩‍👧‍👦 key', 'Überprüfung', ''),
);
// Control characters are taken out before anything is measured.
const text = foreign.map((value) => value.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, ''));
const words = fc.array(fc.record({ text, role: fc.constantFrom('dim', 'bad') }), { maxLength: 5 });

describe('fitting', () => {
  test('a fitted line has exactly the width asked for', () => {
    fc.assert(
      fc.property(words, fc.integer({ min: 1, max: 60 }), (given, width) => {
        expect(lineWidth(fitLine(given, width, '…'))).toBe(width);
      }),
    );
  });
  test('text that fits is kept, text that does not says so', () => {
    expect(fitText('abc', 5, '…')).toBe('abc  ');
    expect(fitText('abcdef', 5, '…')).toBe('abcd…');
    expect(fitText('日本語', 4, '…')).toBe('日… ');
    expect(fitTail('abcdef', 4, '…')).toBe('…def');
  });
  test('words that fill the line exactly are not cut', () => {
    expect(plain(fitLine(line('ab', word('cd', 'bad')), 4, '…'))).toBe('abcd');
    expect(plain(fitLine(line('ab', word('cde', 'bad')), 4, '…'))).toBe('abc…');
  });
  test('omitted text at the end is announced even where the next word begins there', () => {
    expect(plain(fitLine(line('abcd', 'ef'), 4, '…'))).toBe('abc…');
  });
});

describe('wrapping', () => {
  test('no line is wider than asked, and nothing but spaces is lost', () => {
    fc.assert(
      fc.property(words, fc.integer({ min: 4, max: 40 }), fc.integer({ min: 0, max: 30 }), (given, width, indent) => {
        const wrapped = wrapLine(given, width, indent);
        for (const one of wrapped) expect(widthOf(plain(one).trimEnd())).toBeLessThanOrEqual(width);
        const squeezed = (value: string) => value.replace(/\s+/g, '');
        expect(squeezed(wrapped.map(plain).join(''))).toBe(squeezed(plain(given)));
      }),
    );
  });
  test('breaks at spaces and indents what follows', () => {
    expect(
      wrapLine(line('one two three'), 8, 2)
        .map(plain)
        .map((one) => one.trimEnd()),
    ).toEqual(['one two', '  three']);
  });
});
