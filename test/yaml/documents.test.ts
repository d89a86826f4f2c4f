// Documents of YAML up to the first mistake: the same documents as the library's where there is none, and the same first mistake.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseAllDocuments, parseDocument } from 'yaml';
import { documentIn, documentsIn } from '../../src/yaml/documents.ts';

const piece = fc.constantFrom(
  'a: b\n',
  '- x\n',
  '}',
  ']',
  '[',
  '{',
  '---\n',
  '...\n',
  '"',
  "'",
  ' ',
  '\n',
  '# c\n',
  'k: [1, 2]\n',
  '&a ',
  '%Y\n',
);
const text = fc.array(piece, { maxLength: 12 }).map((parts) => parts.join(''));
const options = { prettyErrors: false, version: '1.2' } as const;
const told = ({ errors, warnings }: Pick<ReturnType<typeof documentIn>, 'errors' | 'warnings'>) =>
  [...errors, ...warnings].slice(0, 1).map(({ code, pos }) => [code, pos[0]]);

test('one document: the value of the library, or a mistake where it has one', () => {
  fc.assert(
    fc.property(text, (given) => {
      const [ours, theirs] = [documentIn(given, options), parseDocument(given, options)];
      expect(ours.errors.length > 0).toBe(theirs.errors.length > 0);
      if (theirs.errors.length === 0) expect([ours.toJS(), told(ours)]).toEqual([theirs.toJS(), told(theirs)]);
    }),
    { numRuns: 2000, seed: 3 },
  );
});

test('several documents: those of the library, and no mistake is lost', () => {
  fc.assert(
    fc.property(text, (given) => {
      const ours = documentsIn(given, options);
      const theirs = parseAllDocuments(given, options);
      const hasMistake = (Array.isArray(theirs) ? theirs : []).some(({ errors }) => errors.length > 0);
      if (hasMistake) expect(ours.some(({ errors }) => errors.length > 0)).toBe(true);
      else if (ours.every(({ errors }) => errors.length === 0)) {
        expect(ours.map((one) => one.toJS())).toEqual([...theirs].map((one) => one.toJS()));
      }
    }),
    { numRuns: 2000, seed: 3 },
  );
  // The library tells of no document here, and so of no mistake.
  expect(documentsIn('}}}', options).flatMap(told)).toEqual([['UNEXPECTED_TOKEN', 0]]);
});
