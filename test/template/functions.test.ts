// Functions of the template language: examples in the manner of Azure's own reference pages, and laws that hold for every input.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Json } from '../../src/model/json.ts';
import { isUnresolved } from '../../src/model/unresolved.ts';
import { quote } from '../../src/template/expression.ts';
import { value } from './support.ts';

describe('known values', () => {
  test.each<[string, Json]>([
    ["concat('a', 1, true())", 'a1True'],
    ["concat(createArray(1), createArray('b'))", [1, 'b']],
    ["format('{0}-{1:D3}-{{x}}', 'a', 7)", 'a-007-{x}'],
    ["split('a,b;c', createArray(',', ';'))", ['a', 'b', 'c']],
    ["split('a.b', '.')", ['a', 'b']],
    ["join(createArray('a', 'b'), '-')", 'a-b'],
    ["replace('aXbX', 'X', '.')", 'a.b.'],
    ["toUpper(toLower('AbC'))", 'ABC'],
    ["trim('  a ')", 'a'],
    ["substring('abcdef', 2, 3)", 'cde'],
    ["substring('abc', 1)", 'bc'],
    ["startsWith('Abc', 'aB')", true],
    ["endsWith('Abc', 'BC')", true],
    ["indexOf('abCabc', 'c')", 2],
    ["lastIndexOf('abCabc', 'C')", 5],
    ["padLeft('7', 3, '0')", '007'],
    ['padLeft(7, 3)', '  7'],
    ["string(createObject('a', 1))", '{"a":1}'],
    ["int('-12')", -12],
    ["bool('TRUE')", true],
    ['bool(0)', false],
    ['json(\'{"a":[1,null]}\')', { a: [1, null] }],
    ["base64('one, two')", 'b25lLCB0d28='],
    ["base64ToString('b25lLCB0d28=')", 'one, two'],
    ['base64ToJson(base64(\'{"a":1}\')).A', 1],
    ["uri('https://a.example/b/c', 'd/e')", 'https://a.example/b/d/e'],
    ["uri('https://a.example/b/', 'd')", 'https://a.example/b/d'],
    ["uriComponent('a b/c')", 'a%20b%2Fc'],
    ["dataUriToString(dataUri('Hello'))", 'Hello'],
    ['add(mul(3, 4), sub(1, 9))', 4],
    ['div(-7, 2)', -3],
    ['mod(7, 4)', 3],
    ['min(createArray(3, 1, 2))', 1],
    ['max(3, 1, 2)', 3],
    ["equals(createObject('a', 1), createObject('A', 1))", true],
    ["equals('a', 'A')", false],
    ["less('B', 'a')", true],
    ['greaterOrEquals(2, 2)', true],
    ["and(true(), false(), bool(parameters('none')))", false],
    ["or(true(), bool(parameters('none')))", true],
    ['not(false())', true],
    ["if(equals(1, 1), 'then', div(1, 0))", 'then'],
    ["coalesce(null(), 'b')", 'b'],
    ["contains('abc', 'B')", false],
    ["contains(createArray('a', 2), 2)", true],
    ["contains(createObject('Key', 1), 'kEY')", true],
    ["empty('')", true],
    ['empty(null())', true],
    ["length(createObject('a', 1))", 1],
    ["first('abc')", 'a'],
    ['last(createArray(1, 2))', 2],
    ["take('abc', 9)", 'abc'],
    ['skip(range(1, 4), 2)', [3, 4]],
    ['range(5, 3)', [5, 6, 7]],
    ['union(createArray(1, 2), createArray(2, 3))', [1, 2, 3]],
    ["union(createObject('a', createObject('x', 1)), createObject('A', createObject('y', 2)))", { a: { x: 1, y: 2 } }],
    ["shallowMerge(createArray(createObject('a', 1), createObject('a', 2)))", { a: 2 }],
    ['intersection(createArray(1, 2), createArray(2, 3))', [2]],
    [
      "items(createObject('b', 1, 'a', 2))",
      [
        { key: 'a', value: 2 },
        { key: 'b', value: 1 },
      ],
    ],
    ["objectKeys(createObject('b', 1))", ['b']],
    ["distinct(createArray('b', 'a', 'b'))", ['b', 'a']],
    ["like('st-Prod-01', 'ST-*-0*')", true],
    ["like('ab', 'a*b*b')", false],
    ["like('abc', 'abc')", true],
    [
      "parseUri('https://a.example:8080/b/c?x=1')",
      { scheme: 'https', host: 'a.example', port: 8080, path: '/b/c', query: '?x=1' },
    ],
    ["buildUri(createObject('scheme', 'https', 'host', 'a.example', 'port', 443, 'path', 'b'))", 'https://a.example/b'],
    ["parseUri('https://a.example').port", 443],
    ['dateTimeFromEpoch(1683040573)', '2023-05-02T15:16:13Z'],
    ["dateTimeToEpoch('2023-05-02 15:16:13Z')", 1683040573],
    ["dateTimeAdd('2020-04-07 14:53:14Z', 'P3Y')", '4/7/2023 2:53:14 PM'],
    ["dateTimeAdd('2020-04-07 14:53:14Z', '-P9D')", '3/29/2020 2:53:14 PM'],
    ["dateTimeAdd('2024-01-31T00:00:00Z', 'P1MT1H30M', 'yyyy-MM-ddTHH:mm:ssZ')", '2024-02-29T01:30:00Z'],
    ["empty(concat('st', uniqueString(resourceGroup().id)))", false],
    ['equals(resourceGroup().name, resourceGroup().name)', true],
    ["equals(createArray(parameters('none'), 1), createArray(parameters('none'), 2))", false],
    ["tryGet(createObject('a', createArray(5)), 'A', 0)", 5],
    ["tryGet(createObject('a', 1), 'b', 'c')", null],
    ["createObject('a', 1).?b", null],
    ['createArray(1)[?3]', null],
    ["createObject('a', createArray(createObject('b', 'c'))).a[0].b", 'c'],
    ["createObject('a-b', 1)['A-B']", 1],
    ["map(range(0, 3), lambda('n', mul(lambdaVariables('n'), 2)))", [0, 2, 4]],
    ["map(createArray('a', 'b'), lambda('x', 'i', concat(lambdaVariables('x'), lambdaVariables('i'))))", ['a0', 'b1']],
    ["filter(range(0, 5), lambda('n', less(lambdaVariables('n'), 2)))", [0, 1]],
    ["reduce(range(1, 4), 0, lambda('sum', 'n', add(lambdaVariables('sum'), lambdaVariables('n'))))", 10],
    ["sort(createArray(3, 1, 2), lambda('a', 'b', less(lambdaVariables('a'), lambdaVariables('b'))))", [1, 2, 3]],
    ["toObject(createArray('a', 'b'), lambda('x', lambdaVariables('x')), lambda('x', 1))", { a: 1, b: 1 }],
    ["groupBy(createArray('aa', 'b', 'ac'), lambda('x', first(lambdaVariables('x'))))", { a: ['aa', 'ac'], b: ['b'] }],
    ["mapValues(createObject('a', 1), lambda('v', add(lambdaVariables('v'), 1)))", { a: 2 }],
    ['flatten(createArray(createArray(1), createArray(2, 3)))', [1, 2, 3]],
    ["cidrSubnet('10.144.0.0/20', 24, 15)", '10.144.15.0/24'],
    ["cidrHost('10.144.3.0/24', 4)", '10.144.3.5'],
    ["cidrSubnet('fdad:3236:5555::/48', 64, 1)", 'fdad:3236:5555:1::/64'],
    [
      "parseCidr('10.144.0.7/20')",
      {
        network: '10.144.0.0',
        netmask: '255.255.240.0',
        broadcast: '10.144.15.255',
        firstUsable: '10.144.0.1',
        lastUsable: '10.144.15.254',
        cidr: 20,
      },
    ],
    [
      "resourceId('sub', 'rg', 'Microsoft.Network/virtualNetworks/subnets', 'v', 's')",
      '/subscriptions/sub/resourceGroups/rg/providers/Microsoft.Network/virtualNetworks/v/subnets/s',
    ],
    ["tenantResourceId('A.B/c', 'd')", '/providers/A.B/c/d'],
    ["extensionResourceId('/subscriptions/s', 'A.B/c', 'd')", '/subscriptions/s/providers/A.B/c/d'],
    [
      "resourceId('sub', 'rg', 'Microsoft.Storage/storageAccounts/', 'st')",
      '/subscriptions/sub/resourceGroups/rg/providers/Microsoft.Storage/storageAccounts/st',
    ],
    ['xor(true(), false())', true],
    ["indexFromEnd(createArray('a', 'b'), 1)", 'b'],
    ["tryIndexFromEnd(createArray('a'), 2)", null],
    ["try(createObject('a', 1).b, 'else')", 'else'],
    ["try(createObject('a', 1).a, 'else')", 1],
    ["empty(resourceId('A.B/c', uniqueString('x')))", false],
    ["subscriptionResourceId('s', 'A.B/c', 'd')", '/subscriptions/s/providers/A.B/c/d'],
    ["'it''s'", "it's"],
  ])('%s', (expression, expected) => {
    expect(value(expression)).toEqual(expected);
  });
});

describe('what cannot be told is open, with its reason', () => {
  test.each([
    ["parameters('x')", /no parameter x/],
    ["variables('x')", /no variable x/],
    ["uniqueString('a')", /only Azure/],
    ["reference('a').b.c", /only Azure/],
    ["listKeys('a', '1').keys[0].value", /only Azure/],
    ['utcNow()', /only Azure/],
    ['subscription().displayName', /not in the file/],
    ['resourceGroup().tags', /not in the file/],
    ["try(reference('a').b, 'else')", /only Azure/],
    ['indexFromEnd(createArray(1), 2)', /no such element/],
    ["nonsense('a')", /no function nonsense/],
    ['div(1, 0)', /division by zero/],
    ['equals(newGuid(), newGuid())', /only Azure/],
    ["dateTimeAdd('tomorrow', 'P1D')", /not a date/],
    ["dateTimeAdd('2024-01-01', '1 day')", /not a duration/],
    ['dateTimeToEpoch(utcNow())', /only Azure/],
    ["parseUri('a/b')", /not an absolute URI/],
    ['createArray(1)[4]', /no element 4/],
    ["createObject('a', 1).b", /no member b/],
    ['concat(', /character/],
    ["copyIndex('x')", /no such loop/],
    ["contoso.name('a')", /no function contoso.name/],
    ['range(0, 20000)', /between 0 and 10000/],
    ["if(equals(parameters('x'), 'a'), 'Deny', 'Allow')", /no parameter x|not known/],
    ["equals(resourceGroup().name, 'prod')", /not in the file/],
    ["cidrSubnet('10.0.0.0/8', 33, 0)", /no such part/],
    ["resourceId('Microsoft.Network/virtualNetworks/subnets', 'only-one')", /do not fit/],
  ])('%s', (expression, because) => {
    expect(value(expression)).toMatchObject({
      $unresolved: expect.any(String),
      because: expect.stringMatching(because),
    });
  });

  const st = "format('st{0}', uniqueString('a'))";
  const id = "resourceId('Microsoft.Storage/storageAccounts', uniqueString('a'))";
  test.each<[string, boolean]>([
    [`equals(${id}, '')`, false],
    [`equals(null(), ${st})`, false],
    [`equals(${st}, 'kvabc')`, false],
    [`equals(${st}, format('kv{0}', uniqueString('a')))`, false],
    [`contains(createArray('none', ${st}), 'other')`, false],
    [`contains(createArray('none', ${st}), 'none')`, true],
    [`empty(union(createArray(${st}), createArray('x')))`, false],
  ])('a known part decides: %s', (expression, expected) => {
    expect(value(expression)).toBe(expected);
  });
  test.each([
    `equals(${st}, 'stabc')`,
    `equals(${st}, 'STabc')`,
    `equals(toUpper(${st}), 'STABC')`,
    `equals(uniqueString('a'), '')`,
    `equals(${st}, format('{0}', uniqueString('b')))`,
    "equals(subscription().subscriptionId, '11111111-1111-1111-1111-111111111111')",
    "equals(concat('a', string(parameters('}x{'))), 'ab')",
    `contains(createArray('none', ${st}), 'stx')`,
    `length(union(createArray(${st}), createArray('stx')))`,
  ])('the known part does not decide: %s', (expression) => {
    expect(value(expression)).toMatchObject({ $unresolved: expect.any(String) });
  });

  test('both branches agree: the condition does not matter', () => {
    expect(value("if(equals(parameters('x'), 1), 'Deny', 'Deny')")).toBe('Deny');
  });
  test('of two objects, what both share is known', () => {
    const both = "createObject('a', 1, 'b', 2)), createObject('a', 1, 'c', 3)";
    expect(value(`if(equals(parameters('x'), 1), ${both.replace(')), ', '), ')})`)).toMatchObject({
      a: 1,
      b: { $unresolved: expect.any(String) },
      c: { $unresolved: expect.any(String) },
    });
  });
  test('the parts of an id, and its letter case, do not change what it names', () => {
    const id = "resourceId('A.B/c/d', uniqueString('x'), 'leaf')";
    const named = (expression: string) => value(`resourceId('A.B/c', ${expression})`);
    expect(value(`last(split(${id}, '/'))`)).toBe('leaf');
    expect(named(`split(${id}, '/')[8]`)).toBe(named("uniqueString('x')"));
    expect(named("toLower(uniqueString('x'))")).toBe(named("uniqueString('x')"));
    expect(named("uniqueString('y')")).not.toBe(named("uniqueString('x')"));
  });
  test('where it is deployed does not make an id unknown', () => {
    expect(value("resourceId('Microsoft.Storage/storageAccounts', 'st')")).toBe(
      '/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/{main}/providers/Microsoft.Storage/storageAccounts/st',
    );
    expect(value("if(equals(toLower(environment().name), 'azurecloud'), environment().suffixes.storage, 'no')")).toBe(
      'core.windows.net',
    );
  });
});

const texts = fc.string({ maxLength: 20 });
describe('laws', () => {
  const holds = <T>(of: fc.Arbitrary<T>, law: (one: T) => void) => fc.assert(fc.property(of, law), { numRuns: 200 });
  test('join undoes split', () => {
    holds(fc.tuple(texts, fc.constantFrom(',', '.', '||', '*')), ([text, mark]) => {
      expect(value(`join(split(${quote(text)}, ${quote(mark)}), ${quote(mark)})`)).toBe(text);
    });
  });
  test('take and skip cut a text in two', () => {
    holds(fc.tuple(texts, fc.nat(25)), ([text, count]) => {
      expect(value(`concat(take(${quote(text)}, ${count}), skip(${quote(text)}, ${count}))`)).toBe(text);
    });
  });
  test('base64 there and back', () => {
    holds(fc.string({ unit: 'grapheme', maxLength: 20 }), (text) => {
      expect(value(`base64(${quote(text)})`)).toBe(Buffer.from(text, 'utf8').toString('base64'));
      expect(value(`base64ToString(base64(${quote(text)}))`)).toBe(text);
    });
  });
  test('div and mod fit together', () => {
    holds(fc.tuple(fc.integer(), fc.integer({ min: 1, max: 1000 })), ([a, b]) => {
      expect(value(`add(mul(div(${a}, ${b}), ${b}), mod(${a}, ${b}))`)).toBe(a);
    });
  });
  test('sort gives the same numbers in order, whatever they were', () => {
    holds(fc.array(fc.integer({ min: -50, max: 50 }), { maxLength: 12 }), (numbers) => {
      const list = `createArray(${numbers.join(', ')})`;
      const less = "lambda('a', 'b', less(lambdaVariables('a'), lambdaVariables('b')))";
      expect(value(`sort(${list}, ${less})`)).toEqual(numbers.toSorted((a, b) => a - b));
    });
  });
  test('union holds everything once, intersection what is in both', () => {
    const some = fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 8 });
    holds(fc.tuple(some, some), ([a, b]) => {
      const [x, y] = [`createArray(${a.join(', ')})`, `createArray(${b.join(', ')})`];
      expect(value(`union(${x}, ${y})`)).toEqual([...new Set([...a, ...b])]);
      expect(value(`intersection(${x}, ${y})`)).toEqual([...new Set(a)].filter((one) => b.includes(one)));
    });
  });
  test('parts of a range are parts of it, each address its own', () => {
    holds(
      fc.tuple(fc.integer({ min: 8, max: 24 }), fc.integer({ min: 0, max: 4 }), fc.nat(15)),
      ([prefix, more, at]) => {
        const part = value(`cidrSubnet('10.0.0.0/${prefix}', ${prefix + more}, ${at})`);
        if (at >= 2 ** more) expect(isUnresolved(part)).toBe(true);
        else expect(value(`parseCidr(${quote(String(part))}).network`)).toBe(String(part).split('/')[0]);
      },
    );
  });
  test('one unknown among the parts leaves the whole unknown, and its name shows it', () => {
    holds(texts, (text) => {
      const made = value(`concat(${quote(text)}, parameters('x'))`);
      expect(made).toMatchObject({ $unresolved: `[concat(${quote(text)}, parameters('x'))]` });
    });
  });
});
