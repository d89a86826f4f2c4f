import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { clone, JsonNumber, JsonSyntaxError, parseJson, stringifyJson } from '../../src/simulator/json.ts';
import { account, group, start, subnet, type TestClient, vault } from './support.ts';

let client: TestClient;
beforeAll(async () => {
  client = await start({ world: 'open' });
});
afterAll(() => client.stop());

const numberText = fc.oneof(
  fc.constantFrom('1.0', '-0', '0.10', '12345678901234567890', '1e400', '1E-7', '5e+3', '-0.0'),
  fc.integer().map(String),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => JSON.stringify(value)),
);
const memberName = fc.oneof(
  fc.constantFrom('__proto__', 'constructor', 'toString', '2024', '10', '1', '', 'é', '\u2028', 'a b'),
  fc.string({ unit: 'binary', maxLength: 8 }),
);
/** JSON text, because objects could not say it: names in any order, numbers as written, no two names alike but for case. */
const { tree } = fc.letrec<{ tree: string }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.constantFrom('null', 'true', 'false', '[]', '{}'),
    numberText,
    fc.string({ unit: 'binary', maxLength: 12 }).map((value) => JSON.stringify(value)),
    fc.array(tie('tree'), { maxLength: 4 }).map((items) => `[${items.join(',')}]`),
    fc
      .uniqueArray(fc.tuple(memberName, tie('tree')), { maxLength: 5, selector: ([name]) => name.toLowerCase() })
      .map((members) => `{${members.map(([name, value]) => `${JSON.stringify(name)}:${value}`).join(',')}}`),
  ),
}));

test('what is read is written as it was', () => {
  fc.assert(
    fc.property(tree, (text) => {
      expect(stringifyJson(parseJson(text))).toBe(text);
      expect(stringifyJson(parseJson(stringifyJson(parseJson(text), 2)))).toBe(text);
      expect(stringifyJson(clone(parseJson(text)))).toBe(text);
    }),
  );
});

test('it takes what JSON.parse takes, and nothing else', () => {
  const text = fc.oneof(
    tree,
    tree.chain((whole) => fc.nat(whole.length).map((cut) => whole.slice(0, cut))),
    fc.string({ unit: fc.constantFrom(...'{}[]":,\\ntrue01.-e+ ') }),
  );
  fc.assert(
    fc.property(text, (candidate) => {
      const accepts = (read: (text: string) => unknown): boolean => {
        try {
          read(candidate);
          return true;
        } catch {
          return false;
        }
      };
      expect(accepts(parseJson)).toBe(accepts(JSON.parse));
    }),
    { numRuns: 500 },
  );
});

test('nonsense names the place, depth has an end', () => {
  expect(() => parseJson('{"a":}')).toThrow(new JsonSyntaxError('Unexpected "}"', 5));
  expect(() => parseJson('['.repeat(100_000))).toThrow('Nested too deeply');
  expect(parseJson('1.0')).toEqual(new JsonNumber('1.0'));
});

const unknown = tree.map((value) => value);

test('unknown members survive a PUT and a PATCH of every kind, and the state file', async () => {
  await fc.assert(
    fc.asyncProperty(unknown, async (value) => {
      const member = `"unheardOf":${value}`;
      const thing = `${group}/providers/Microsoft.Example/things/one`;
      expect((await client.put(thing, `{"properties":{${member}}}`)).text).toContain(member);
      expect((await client.get(thing)).text).toContain(member);
      const acls = await client.patch(
        account('stmlsim'),
        `{"properties":{"networkAcls":{"defaultAction":"Allow",${member}}}}`,
      );
      expect(acls.text).toContain(member);
      const sealed = await client.patch(vault, `{"properties":{"networkAcls":{"defaultAction":"Allow",${member}}}}`);
      expect(sealed.text).toContain(member);
      const put = await client.put(subnet('snet-pe'), `{"properties":{"addressPrefix":"10.0.4.0/24",${member}}}`);
      expect(put.text).toContain(member);
      expect(stringifyJson(parseJson(client.sim.stateText()))).toContain(member);
    }),
    { numRuns: 25 },
  );
});

test('sending a subnet back raw changes nothing but its etag', async () => {
  const fresh = await start({ world: 'mixed' });
  for (const name of ['snet-train', 'snet-gpu', 'snet-dev', 'snet-pe']) {
    const before = await fresh.get(subnet(name));
    const after = await fresh.put(subnet(name), before.text);
    const withoutEtag = (text: string): string => text.replace(/"etag":"[^}]*?",/, '');
    expect(after.status).toBe(200);
    expect(withoutEtag(after.text)).toBe(withoutEtag(before.text));
  }
  await fresh.stop();
});
