// How old service tags are, in numbers and in words, whatever a snapshot holds.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseJson } from '../../src/model/json.ts';
import type { TagsSeen } from '../../src/model/snapshot.ts';
import { tagsSentence, tagsSummary, tagsWords } from '../../src/model/tags-seen.ts';

const takenAt = '2026-11-24T12:00:00Z';
const seen = (source: TagsSeen['source'], at: string | null, document = '{"changeNumber":"376"}') =>
  tagsSummary({ takenAt, serviceTags: { source, from: 'Azure', at, document: parseJson(document) } });

test.each([
  ['azure', '2026-11-24T11:59:59Z', 'service tags current'],
  ['cache', '2026-11-23T12:00:00Z', 'service tags 376, downloaded 1 day ago'],
  ['cache', '2026-11-17T12:00:00Z', 'service tags 376, downloaded 7 days ago'],
  ['cache', '2027-01-01T00:00:00Z', 'service tags current'],
  ['cache', 'yesterday', 'service tags 376, downloaded at an unknown time'],
  ['file', '2025-11-10T00:00:00Z', 'service tags 376 from a file, 379 days old'],
  ['file', null, 'service tags 376 from a file'],
] as const)('%s of %s', (source, at, words) => {
  expect(tagsWords(seen(source, at))).toBe(words);
  expect(tagsSentence(seen(source, at), (text) => `<${text}>`)).toBe(` <${words.replace('service', 'Service')}>.`);
});

test('none: nothing is said', () => {
  const none = tagsSummary({ takenAt });
  expect(none).toEqual({ changeNumber: null, takenAt: null, ageDays: null, source: 'none' });
  expect([tagsWords(none), tagsSentence(none, String)]).toEqual(['', '']);
});

test.each([
  ['{"changeNumber":376}', '376'],
  ['{"changeNumber":1.0}', '1'],
  ['{"changeNumber":""}', null],
  ['{"changeNumber":{}}', null],
  ['{}', null],
  ['[]', null],
])('the change number of %s is %s', (document, number) => {
  expect(seen('file', null, document).changeNumber).toBe(number);
});

test('whatever the document says, its words hold no control characters and are short', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string(), (changeNumber, at) => {
      const words = tagsWords(seen('cache', at, JSON.stringify({ changeNumber })));
      expect(words).not.toMatch(/[\x00-\x1f\x7f-\x9f]/);
      expect(words.length).toBeLessThan(120);
    }),
  );
});
