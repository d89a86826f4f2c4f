// The same questions on service-tag prefixes put to cidr-tools and to `src/net`, which must give the same answers before
// either is timed.
import { deepStrictEqual } from 'node:assert/strict';
import { either, prefixesOf, readPrefixes, without } from '../../../src/net/addresses.ts';
import { covers, meets } from '../../../src/net/sets.ts';

const read = (texts) => readPrefixes(texts).addresses;
const overlap = (a, b) => meets(a.v4, b.v4) || meets(a.v6, b.v6);
const contain = (a, b) => covers(a.v4, b.v4) && covers(a.v6, b.v6);
const withLength = (texts) =>
  texts.map((text) => (text.includes('/') ? text : `${text}/${text.includes(':') ? 128 : 32}`)).sort();

/**
 * The cases of each operation: cidr-tools, ours from texts to texts, ours on sets that are at hand. `lists`: prefixes of tags;
 * each operation of two takes every list with the next one and with the longest.
 */
export function rivalCases(rival, lists) {
  const longest = lists.toSorted((a, b) => b.length - a.length)[0];
  const pairs = lists.flatMap((list, at) => [
    [longest, list],
    [list, lists[(at + 1) % lists.length]],
  ]);
  const sets = new Map(lists.map((list) => [list, read(list)]));
  const operations = {
    merge: {
      inputs: lists.map((list) => [list]),
      theirs: (list) => rival.mergeCidr(list),
      ours: (list) => prefixesOf(read(list)),
      // A set at hand is merged already: what is left to do is to write it.
      ready: (list) => prefixesOf(list),
    },
    union: {
      inputs: pairs,
      theirs: (a, b) => rival.mergeCidr([...a, ...b]),
      ours: (a, b) => prefixesOf(either(read(a), read(b))),
      ready: either,
    },
    exclude: {
      inputs: pairs,
      theirs: (a, b) => rival.excludeCidr(a, b),
      ours: (a, b) => prefixesOf(without(read(a), read(b))),
      ready: without,
    },
    overlap: {
      inputs: pairs,
      theirs: (a, b) => rival.overlapCidr(a, b),
      ours: (a, b) => overlap(read(a), read(b)),
      ready: overlap,
    },
    contains: {
      inputs: pairs,
      theirs: (a, b) => rival.containsCidr(a, b),
      ours: (a, b) => contain(read(a), read(b)),
      ready: contain,
    },
  };
  return Object.entries(operations).map(([name, { inputs, theirs, ours, ready }]) => {
    for (const input of inputs) {
      const [their, own] = [theirs(...input), ours(...input)];
      if (Array.isArray(own)) deepStrictEqual(withLength(own), withLength(their));
      else deepStrictEqual(own, their);
    }
    const atHand = inputs.map((input) => input.map((list) => sets.get(list)));
    const all = (act, given) => () => {
      for (const input of given) act(...input);
    };
    return {
      name,
      theirs: { name: `${name}: cidr-tools`, act: all(theirs, inputs) },
      ours: { name: `${name}: from texts to texts`, act: all(ours, inputs) },
      ready: { name: `${name}: sets at hand`, act: all(ready, atHand) },
    };
  });
}
