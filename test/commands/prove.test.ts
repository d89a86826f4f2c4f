// `prove` as a user runs it: forms of input and output, and what it says about a file that asks nothing it can answer.
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bastide, freshHome, type Home } from '../support/bastide.ts';

let home: Home;
beforeAll(() => {
  home = freshHome();
});
afterAll(() => home.remove());

const question = (id: string, dst: string, more: object = {}) => ({
  id,
  kind: 'nsg',
  input: {
    direction: 'Outbound',
    subnetNsg: { name: 'n', properties: { securityRules: [] } },
    env: { virtualNetwork: ['10.1.0.0/16', '168.63.129.16/32'] },
    flow: { protocol: 'Tcp', src: ['10.1.2.4'], dst: [dst], srcPorts: ['*'], dstPorts: ['443'], ...more },
  },
});
const rule = (properties: object) => ({
  name: 'r',
  properties: {
    protocol: 'Tcp',
    direction: 'Outbound',
    access: 'Deny',
    priority: 100,
    sourceAddressPrefix: '*',
    sourcePortRange: '*',
    destinationAddressPrefix: '*',
    destinationPortRange: '*',
    ...properties,
  },
});
const withRule = (id: string, properties: object) => {
  const asked = question(id, '203.0.113.1');
  return { ...asked, input: { ...asked.input, subnetNsg: { properties: { securityRules: [rule(properties)] } } } };
};
const prove = (input: string, ...flags: readonly string[]) => bastide(['prove', '-', ...flags], home, input);
const answersOf = (stdout: string) =>
  stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

describe('forms of input', () => {
  const a = question('a', '10.1.3.4');
  const b = question('b', '10.9.0.1');
  test.each([
    ['one question', JSON.stringify(a), ['a']],
    ['a list', JSON.stringify([a, b]), ['a', 'b']],
    ['lines', `${JSON.stringify(a)}\n\n${JSON.stringify(b)}\n`, ['a', 'b']],
    ['cases', JSON.stringify({ cases: [a, b] }, null, 2), ['a', 'b']],
    ['an empty list', '[]', []],
    ['without an id', JSON.stringify([{ ...a, id: undefined }]), ['question-1']],
  ])('%s', async (_name, input, ids) => {
    const ran = await prove(input, '--format', 'json');
    expect(ran.status).toBe(0);
    const { result } = JSON.parse(ran.stdout) as { result: { answers: { id: string }[] } };
    expect(result.answers.map(({ id }) => id)).toEqual(ids);
  });

  test('text names the verdict and who gave it', async () => {
    const ran = await prove(JSON.stringify([a, b]));
    expect(ran.stdout).toMatch(/^a {2}allowed {2}65536 by subnet\/AllowVnetOutBound/m);
    expect(ran.stdout).toMatch(/^b {2}denied {3}65536 by subnet\/DenyAllOutBound/m);
  });
});

describe('service tags', () => {
  const values = (number: (value: number) => unknown) => ({
    changeNumber: number(7),
    cloud: 'Public',
    values: [
      {
        name: 'Storage',
        properties: { changeNumber: number(1), addressPrefixes: ['203.0.113.0/28', '2001:db8::/64'] },
      },
    ],
  });
  test.each([
    ['the download', values((value) => value)],
    ['the answer of ARM', { ...values(String), nextLink: null }],
  ])('of %s', async (name, document) => {
    const file = path.join(home.folder, `${name.replaceAll(' ', '-')}.json`);
    writeFileSync(file, JSON.stringify(document));
    const ran = await prove(JSON.stringify(question('s', 'storage')), '--service-tags', file, '--format', 'ndjson');
    expect(ran.stderr).toBe('');
    expect(answersOf(ran.stdout)).toMatchObject([
      {
        id: 's',
        verdict: 'allowed',
        allowedBy: ['subnet/AllowInternetOutBound'],
        measure: { allowed: `${16 * 65536}` },
      },
    ]);
  });

  test('without a file a tag is judged by its name, and not counted', async () => {
    const ran = await prove(JSON.stringify(question('s', 'Storage')), '--format', 'ndjson');
    expect(answersOf(ran.stdout)).toMatchObject([
      { verdict: 'allowed', measure: { allowed: '0' }, uncounted: ['Storage'] },
    ]);
  });

  test.each([
    ['{"values":{}}', 'no list of tags'],
    ['{', 'JSON'],
  ])('%s is refused', async (document, part) => {
    writeFileSync(path.join(home.folder, 'bad-tags.json'), document);
    const ran = await prove('[]', '--service-tags', 'bad-tags.json');
    expect(ran.status).toBe(2);
    expect(ran.stderr).toContain(part);
  });
});

describe('what is wrong is named', () => {
  const wrong: readonly (readonly [name: string, question: unknown, member: string])[] = [
    ['octet', question('q', '10.0.0.256'), 'input.flow.dst[0]'],
    ['host bits', question('q', '10.0.0.1/24'), 'input.flow.dst[0]'],
    ['leading zero', question('q', '010.0.0.1'), 'input.flow.dst[0]'],
    ['range backwards', question('q', '10.0.0.9-10.0.0.1'), 'input.flow.dst[0]'],
    ['no address', question('q', ''), 'input.flow.dst[0]'],
    ['ports backwards', question('q', '10.0.0.1', { dstPorts: ['443-80'] }), 'input.flow.dstPorts[0]'],
    ['port too high', question('q', '10.0.0.1', { dstPorts: [65536] }), 'input.flow.dstPorts[0]'],
    ['protocol', question('q', '10.0.0.1', { protocol: 'Gre' }), 'input.flow.protocol'],
    ['no source', question('q', '10.0.0.1', { src: [] }), 'input.flow.src'],
    ['kind', { id: 'q', kind: 'dns', input: {} }, 'kind'],
    ['no input', { id: 'q', kind: 'route' }, 'input'],
    ['prefix of a rule', withRule('q', { destinationAddressPrefix: '10.0.0.1/24' }), 'input.subnetNsg: r.'],
    ['ports of a rule', withRule('q', { destinationPortRange: '443-80' }), 'input.subnetNsg: r.destinationPortRange'],
    ['type in a rule', withRule('q', { priority: 'first' }), 'input.subnetNsg: r.priority'],
    [
      'network',
      { ...question('q', '10.0.0.1'), kind: 'virtualNetworkTag', input: { addressSpace: ['10/8'] } },
      'input.addressSpace[0]',
    ],
    [
      'route',
      { id: 'q', kind: 'route', input: { routes: [{ addressPrefix: '10.0.0.0/33' }], dst: '10.0.0.1' } },
      'input.routes[0].addressPrefix',
    ],
    ['destination', { id: 'q', kind: 'route', input: { routes: [], dst: '10.0.0.0/8' } }, 'input.dst'],
    ['a number', 7, 'question'],
  ];

  test('each by its member, and the good question beside them is answered', async () => {
    const asked = [...wrong.map(([, one]) => one), question('good', '10.1.3.4')];
    const ran = await prove(JSON.stringify(asked), '--format', 'ndjson');
    expect(ran.status).toBe(2);
    const answers = answersOf(ran.stdout);
    for (const [index, [name, , member]] of wrong.entries()) {
      expect({ name, ...answers[index] }).toMatchObject({ name, error: { member: expect.stringContaining(member) } });
    }
    expect(answers.at(-1)).toMatchObject({ id: 'good', verdict: 'allowed' });
    expect(answers).toHaveLength(wrong.length + 1);
  });

  test('the first on stderr, with how many more', async () => {
    const ran = await prove(JSON.stringify([question('q', '10.0.0.256'), question('r', '')]));
    expect(ran.stderr).toMatch(/Question q, input\.flow\.dst\[0\]: 10\.0\.0\.256 is not an address.* 1 more/);
    expect(ran.stdout).toMatch(/^q {2}not answered/m);
  });

  test.each([
    ['nothing', '', 'empty'],
    ['no JSON', '{"cases":', 'JSON'],
    ['a line that is none', '{"kind":"nsg"}\n{', 'Line 2'],
    ['a word', '"nsg"', 'neither'],
    ['nested deeply and cut off', '['.repeat(200_000), 'JSON'],
  ])('%s', async (_name, input, part) => {
    const ran = await prove(input);
    expect(ran.status).toBe(2);
    expect(ran.stderr).toContain(part);
    expect(ran.stdout).toBe('');
  });

  test('names from the file do not act on the terminal', async () => {
    const ran = await prove(JSON.stringify(withRule('\u001b[2Jq', { destinationPortRange: '\u001b]0;x\u0007' })));
    expect(ran.status).toBe(2);
    expect(ran.stdout + ran.stderr).not.toMatch(/[\u0007\u001b]/);
  });
});
