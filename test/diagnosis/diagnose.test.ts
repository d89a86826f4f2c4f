// From a text to the errors in it and their possible causes; texts as people paste them, and hostile ones.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { causesOf, diagnose } from '../../src/diagnosis/index.ts';
import { type Finding, findingId, type Outcome } from '../../src/model/finding.ts';
import { rules } from '../../src/rules/index.ts';

const subnetsWithout = (service: string) =>
  `SubnetsHaveNoServiceEndpointsConfigured:Subnets snet-train of virtual network vnet-ml do not have ServiceEndpoints for ${service} resources configured.`;
const leading = (text: string) => diagnose(text).known.map((known) => known.rules[0]);
const names = (text: string) => diagnose(text).known.map((known) => known.names[0]);

describe('what a text tells of', () => {
  test.each([
    ['storage', subnetsWithout('Microsoft.Storage'), 'storage.subnet-service-endpoint'],
    ['vault', subnetsWithout('Microsoft.KeyVault'), 'keyvault.subnet-service-endpoint'],
    ['registry', subnetsWithout('Microsoft.ContainerRegistry'), 'acr.subnet-service-endpoint'],
    ['storage, in the words of a status line', '403 This request is not authorized', 'storage.dev-client-ip'],
  ])('one code of three services: %s', (_name, text, rule) => {
    expect(leading(text)).toEqual([rule]);
  });

  test('the bare code means all three, the code with its wrapper one', () => {
    const code = 'SubnetsHaveNoServiceEndpointsConfigured';
    expect(leading(code)).toHaveLength(3);
    expect(leading(`${code} in VirtualNetworkNotValid`)).toEqual(['keyvault.subnet-service-endpoint']);
  });

  const nested = {
    status: 'Failed',
    error: {
      code: 'DeploymentFailed',
      message: 'At least one resource deployment operation failed.',
      details: [
        {
          code: 'Conflict',
          message: JSON.stringify({ error: { code: 'ScopeLocked', message: 'The scope is locked.' } }),
        },
      ],
    },
  };
  test.each([
    ['a whole body', JSON.stringify(nested)],
    ['a body over many lines', JSON.stringify(nested, null, 2)],
    [
      'a body inside a sentence',
      `ERROR: Operation failed with status: 'Conflict'. Details: ${JSON.stringify(nested)}\n`,
    ],
  ])('%s, its inner body read too', (_name, text) => {
    const { error } = diagnose(text);
    expect(error.codes).toEqual(['DeploymentFailed', 'Conflict', 'ScopeLocked']);
    expect(error.message).toBe('The scope is locked.');
    expect(names(text)).toEqual(['ScopeLocked']);
  });

  test.each([
    ['the Azure CLI', '(ScopeLocked) The scope cannot perform write operation.\nCode: ScopeLocked', 'ScopeLocked'],
    ['another case', 'requestdisallowedbypolicy', 'RequestDisallowedByPolicy'],
    ['nodes', 'Compute went bad: 2 nodes are in the unusable state', 'Nodes are unusable'],
    [
      'studio',
      'Unable to profile this dataset. This might be because your data is behind a virtual network',
      'Unable to profile this dataset',
    ],
    ['a build', 'Image build failed: error 403 from acrmlsim.azurecr.io', 'Image build denied by the registry'],
  ])('%s', (_name, text, name) => {
    expect(names(text)).toEqual([name]);
  });

  test('a plain word is a code only where the text says so', () => {
    expect(names('The user canceled the job and the page was not found')).toEqual([]);
    expect(names('{"error":{"code":"Canceled","message":"x"}}')).toEqual(['Canceled']);
    expect(names('Code: Canceled')).toEqual(['Canceled']);
  });

  test('a wrapper is replaced by what it wraps', () => {
    expect(
      names('{"error":{"code":"RetryableError","details":[{"code":"ReferencedResourceNotProvisioned"}]}}'),
    ).toEqual(['ReferencedResourceNotProvisioned']);
    expect(names('{"error":{"code":"RetryableError"}}')).toEqual(['RetryableError']);
  });

  test.each([
    ['a slip', 'ScopLocked', 'ScopeLocked'],
    ['a cousin', '{"error":{"code":"SecurityRuleInvalidPorts"}}', 'SecurityRuleInvalidPortRange'],
    ['a sentence', 'my registry has no Premium network', 'NetworkRuleNotSupported'],
  ])('an unknown error has near ones: %s', (_name, text, name) => {
    const { known, nearest } = diagnose(text);
    expect(known).toEqual([]);
    expect(nearest).toContain(name);
    expect(nearest.length).toBeLessThanOrEqual(3);
  });

  test('what resembles nothing has none', () => {
    expect(diagnose('xyzzy 42').nearest).toEqual([]);
  });
});

describe('hostile texts', () => {
  test.each([
    ['huge', `${'Security rule '.repeat(200_000)} ScopeLocked`],
    ['nested deeply', `${'['.repeat(300_000)}${']'.repeat(300_000)}`],
    [
      'a body in a body in a body',
      Array.from({ length: 12 }).reduce<string>(
        (text) => JSON.stringify({ error: { code: 'Outer', message: text } }),
        'x',
      ),
    ],
    [
      'wrong types',
      '{"error":{"code":7,"message":[],"details":{"code":{"code":null}},"innererror":9999999999999999999999}}',
    ],
    ['brackets that do not close', '}{"code":"ScopeLocked'],
    ['members of the prototype', '{"__proto__":{"code":"ScopeLocked"},"constructor":{"code":"x"}}'],
  ])('%s', (_name, text) => {
    const { error, nearest } = diagnose(text);
    expect(error.codes.length).toBeLessThanOrEqual(25);
    expect(error.message.length).toBeLessThanOrEqual(500);
    expect(nearest.length).toBeLessThanOrEqual(3);
  });

  test('nothing throws, and nothing that acts on a terminal is returned', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.json(),
      fc.json().map((json) => `\u001b[2J{"error":${json}}\u0007`),
    );
    fc.assert(
      fc.property(text, (given) => {
        const { error, nearest } = diagnose(given);
        expect([error.message, ...error.codes, ...nearest].join('')).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/);
      }),
    );
  });
});

describe('what may be behind it', () => {
  const finding = (rule: string, outcome: Outcome, name: string, where: string | null = null): Finding => ({
    id: findingId(rule, `/x/${name}`, where),
    rule,
    title: rule,
    problem: rule,
    severity: 'high',
    profiles: ['current'],
    outcome,
    resource: `/x/${name}`,
    where,
    because: `${name}.`,
    evidence: [],
    fix: { kind: 'auto', undo: 'exact' },
    gaps: [],
  });
  const [endpoint, admitted, state] = [
    'storage.subnet-service-endpoint',
    'storage.vnet-rule-compute-subnet',
    'storage.vnet-rule-state',
  ] as const;
  const met = diagnose(subnetsWithout('Microsoft.Storage'));
  const causes = (findings: readonly Finding[] | null) => causesOf(met, rules, findings, ({ id }) => `fix ${id}`);

  test('without a workspace each rule is listed alone', () => {
    const told = causes(null);
    expect(told.map(({ rule }) => rule)).toEqual([endpoint, admitted, state]);
    for (const cause of told) expect(cause).toMatchObject({ finding: null, outcome: null, fix: null });
  });

  test('what fails goes before what is unknown, and what the text names before the rest', () => {
    const told = causes([
      finding(state, 'pass', 'a'),
      finding(admitted, 'unknown', 'b'),
      finding(endpoint, 'fail', 'c', '/x/other'),
      finding(endpoint, 'fail', 'd', '/x/snet-train'),
      finding(endpoint, 'pass', 'e'),
    ]);
    expect(told.map(({ because, outcome }) => `${because} ${outcome}`)).toEqual([
      'd. fail',
      'c. fail',
      'b. unknown',
      'a. pass',
    ]);
    expect(told.map(({ fix }) => fix !== null)).toEqual([true, true, false, false]);
  });

  test('of what is in order one finding represents its rule, a pass before what does not apply', () => {
    const told = causes([
      finding(endpoint, 'notApplicable', 'a'),
      finding(endpoint, 'pass', 'b'),
      finding(endpoint, 'pass', 'c'),
    ]);
    expect(told.filter(({ finding: id }) => id !== null).map(({ because }) => because)).toEqual(['b.']);
    expect(told.filter(({ finding: id }) => id === null).map(({ rule }) => rule)).toEqual([admitted, state]);
  });
});
