import { expect, test } from 'vitest';
import { type ArmObject, isObject, parseJson, stringifyJson } from '../../src/simulator/json.ts';
import { mergeDocument, replaceMembers, setFirst } from '../../src/simulator/providers/documents.ts';

const read = (text: string): ArmObject => {
  const value = parseJson(text);
  if (!isObject(value)) throw new Error('not an object');
  return value;
};

test.each([
  // RFC 7396, appendix A, inside `properties`.
  ['{"a":"b"}', '{"a":"c"}', '{"a":"c"}'],
  ['{"a":"b"}', '{"b":"c"}', '{"a":"b","b":"c"}'],
  ['{"a":"b"}', '{"a":null}', '{}'],
  ['{"a":"b","b":"c"}', '{"a":null}', '{"b":"c"}'],
  ['{"a":["b"]}', '{"a":"c"}', '{"a":"c"}'],
  ['{"a":"c"}', '{"a":["b"]}', '{"a":["b"]}'],
  ['{"a":{"b":"c"}}', '{"a":{"b":"d","c":null}}', '{"a":{"b":"d"}}'],
  ['{"a":[{"b":"c"}]}', '{"a":[1]}', '{"a":[1]}'],
  ['{"e":null}', '{"a":1}', '{"e":null,"a":1}'],
  ['{}', '{"a":{"bb":{"ccc":null}}}', '{"a":{"bb":{}}}'],
  ['{"Mixed":1.0}', '{"mixed":2.50}', '{"Mixed":2.50}'],
  ['{"block":{"a":1,"b":2}}', '{"block":{"a":3}}', '{"block":{"a":3}}'],
  ['{"provisioningState":"Succeeded"}', '{"provisioningState":"Failed"}', '{"provisioningState":"Succeeded"}'],
])('%s patched with %s is %s', (before, patch, after) => {
  const next = mergeDocument(read(`{"properties":${before}}`), read(`{"properties":${patch}}`), { whole: ['block'] });
  expect(stringifyJson(next)).toBe(`{"properties":${after}}`);
});

test('a patch changes neither its input nor what the server owns', () => {
  const before = read('{"id":"/x","location":"here","properties":{"a":{"b":1}},"tags":{"a":"1"}}');
  const text = stringifyJson(before);
  const next = mergeDocument(
    before,
    read('{"id":"/y","location":"there","properties":{"a":{"b":2}},"tags":{"b":"2"}}'),
  );
  expect(stringifyJson(before)).toBe(text);
  expect(stringifyJson(next)).toBe('{"id":"/x","location":"here","properties":{"a":{"b":2}},"tags":{"b":"2"}}');
});

test('replaced members keep their places, owned ones their values, new ones follow', () => {
  const before = read('{"state":"s","b":1,"gone":2,"a":3}');
  const next = replaceMembers(before, read('{"a":30,"new":4,"B":10,"STATE":"mine"}'), ['state']);
  expect(stringifyJson(next)).toBe('{"state":"s","B":10,"a":30,"new":4}');
});

test('a member is set where it is, or first', () => {
  const body = read('{"a":1,"State":2}');
  setFirst(body, 'state', 'x');
  setFirst(body, 'etag', 'e');
  expect(stringifyJson(body)).toBe('{"etag":"e","a":1,"State":"x"}');
});
