// What was a pattern and reads a text once now: the same as the pattern, on texts made of the characters that matter.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { changeSentence } from '../../src/accessible/plan-words.ts';
import { spoken } from '../../src/accessible/spoken.ts';
import { edit } from '../../src/app/draw/input.ts';
import { commandHosts } from '../../src/job/places.ts';
import { cutSecret, withoutSecretText } from '../../src/model/secrets.ts';
import { withoutEnd } from '../../src/model/text.ts';
import { linksIn } from '../../src/session/files/deployments.ts';

const textOf = (...pieces: readonly string[]) =>
  fc.array(fc.constantFrom(...pieces), { maxLength: 14 }).map((parts) => parts.join(''));
const law = <T>(made: fc.Arbitrary<T>, holds: (value: T) => void) =>
  fc.assert(fc.property(made, holds), { numRuns: 3000, seed: 11 });

describe('the same as the pattern', () => {
  test('characters at the end', () =>
    law(textOf('/', '//', 'a', '.'), (text) => {
      expect(withoutEnd(text, '/')).toBe(text.replace(/\/+$/, ''));
    }));

  test('paths of JSON files', () =>
    law(textOf('/', 'a', '.json', '.jsonc', '.jsonx', '-', ' ', "'", '..', 'b.JSON'), (text) => {
      const given = `templateLink ${text}`;
      const wanted = new Set(given.match(/[\w.-][\w.\-/]*\.jsonc?\b/gi) ?? []);
      expect(new Set(linksIn(given))).toEqual(wanted);
    }));

  test('JSON Web Tokens', () =>
    law(textOf('eyJ', 'abcdefgh', '.', '-', 'a', ' ', '_', '"'), (text) => {
      const wanted = text.replace(/\beyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*)?/g, cutSecret);
      expect(withoutSecretText(text)).toBe(text.length < 8 ? text : wanted);
    }));

  test('downloads of a command', () =>
    law(textOf('curl ', 'wget ', 'git  clone ', 'http://a.b/', 'https://c.d ', ';', '\n', 'x ', '| '), (text) => {
      const wanted = [...text.matchAll(/\b(?:git\s+clone|curl|wget)\s[^\n;&|]*?https?:\/\/([^/:\s"']+)/gi)];
      const found = commandHosts(text).map(({ host }) => host);
      expect(found).toEqual([...new Set(wanted.map(([, host]) => host))]);
    }));

  test('a change in a sentence', () =>
    law(textOf('a', ': ', ' → ', '→', ' ', ':'), (text) => {
      const [, name, before, after] = /^([^\u2192]*): ([^\u2192]*) \u2192 ([^\u2192]*)$/.exec(text) ?? [];
      if (name === undefined) return;
      const said = changeSentence({ sign: ' ', text });
      expect(said.toLowerCase()).toBe(`${name}, before: ${before}, after: ${after}.`.toLowerCase());
    }));

  test('spaces around signs that are spoken', () =>
    law(textOf('a', ' ', '→', '✓', '  ', '…', 'b'), (text) => {
      const signs = spoken([[{ text: `x${text}y` }]]).join('');
      expect(signs).not.toMatch(/[→✓…]|^\s|\s$/);
    }));

  test('the word before the cursor', () =>
    law(textOf('a', ' ', '\t', 'bc', '.'), (text) => {
      const kept = edit({ text, at: text.length }, 'ctrl-w');
      expect(kept.text).toBe(text.replace(/\S*\s*$/, ''));
    }));
});
