// What Azure was recorded to refuse: every code of it is known, and each body is told apart by what it says.
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { diagnose, metName } from '../../src/diagnosis/index.ts';
import { isObject, type Json, parseJson } from '../../src/model/json.ts';
import { member } from '../../src/model/pointer.ts';
import { outside } from '../support/outside.ts';
import { recordedRefusals } from '../support/recorded-refusals.ts';

test.each(recordedRefusals.map(({ code, body }) => [code, body] as const))('%s is known by its body', (code, body) => {
  const { known, error } = diagnose(JSON.stringify(body));
  expect(error.codes).toContain(code);
  expect(known.some((one) => error.codes.includes(metName(one, error)))).toBe(true);
});

/** Namespaces of what plans write, and what they write it with. */
const written =
  /\/providers\/Microsoft\.(?:Authorization\/roleAssignments|Storage|KeyVault\/vaults|ContainerRegistry|MachineLearningServices|ContainerService\/managedClusters|Network|ManagedIdentity)\b/i;
/** What no plan of Bastide writes, and is recorded beside it. */
const foreign = /\/(?:expressRoute\w+|trafficmanagerprofiles|vpn\w+|virtualNetworkGateways|networkWatchers)\b/i;

interface Exchange {
  readonly url: string;
  readonly status: number;
  readonly body: Json;
}
/** The outermost code of an error; undefined where a gateway answered with a page. */
const codeIn = (body: Json): string | undefined => {
  const outer = isObject(body) ? (member(body, 'error') ?? body) : null;
  const code = isObject(outer) ? member(outer, 'code') : undefined;
  return typeof code === 'string' ? code : undefined;
};
const isKnown = (code: string, body: Json): boolean =>
  [JSON.stringify({ error: { code, message: 'It was refused.' } }), JSON.stringify(body)].every(
    (text) => diagnose(text).known.length > 0,
  );

/** What a body says, without the names and numbers of its own resources. */
const words = (body: unknown): string =>
  [...JSON.stringify(body).matchAll(/"message":"((?:[^"\\\\]|\\\\.)*)"/g)]
    .map(([, message = '']) =>
      message
        .replace(
          /\/(?:subscriptions|providers)\/[^\s'"]+|https:\/\/management\S+|[\da-f]{8}-?(?:[\da-f]{4}-?){3}[\da-f]{12}/gi,
          '#',
        )
        .replace(/'Microsoft\.[^']+'|'[\w.-]+'|\b(?:Record set|Zone) \S+/g, '#')
        .replace(/\d+/g, '0'),
    )
    .join(' ');

const kinds = outside('wire/errors.json');
describe.runIf(kinds.isHere)(`recorded refusals of writes${kinds.note}`, () => {
  const all = kinds.isHere
    ? (JSON.parse(readFileSync(kinds.place, 'utf8')) as { readonly code: string; readonly body: Json }[])
    : [];

  test.each(
    recordedRefusals
      .filter(({ source, status }) => source !== 'documents' && status >= 400)
      .map((one) => [one.code, one.body]),
  )('%s: our tests plant the words of the recording', (code, body) => {
    const said = all.filter((one) => one.code === code).map((one) => words(one.body));
    if (said.length > 0) expect(said).toContain(words(body));
  });

  test('each is known by its code, and by its body', () => {
    expect(all.length).toBeGreaterThan(50);
    expect(all.filter(({ code, body }) => !isKnown(code, body)).map(({ code }) => code)).toEqual([]);
  });
});

const recordings = outside('wire/visible.jsonl.gz');
describe.runIf(recordings.isHere)(`recorded exchanges${recordings.note}`, () => {
  test('each error of a type that plans write is known', () => {
    const lines = gunzipSync(readFileSync(recordings.place)).toString().split('\n');
    const refused = lines
      .filter((line) => line !== '')
      .flatMap((line) => (JSON.parse(line) as { readonly exchanges: readonly Exchange[] }).exchanges)
      .filter(({ url, status }) => status >= 400 && written.test(url) && !foreign.test(url))
      .flatMap(({ body }) => {
        const text = typeof body === 'string' ? parseJson(body) : body;
        const code = codeIn(text);
        return code === undefined ? [] : [{ code, body: text }];
      });
    const bodies = new Map(refused.map((one) => [one.code, one.body]));
    expect(bodies.size).toBeGreaterThan(25);
    expect([...bodies].filter(([code, body]) => !isKnown(code, body)).map(([code]) => code)).toEqual([]);
  });
});
