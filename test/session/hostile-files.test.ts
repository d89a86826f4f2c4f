// Files as an attacker, or a broken tool, would write them: whatever a file holds, it is read and audited, or
// refused with a sentence; nothing else is thrown, and nothing shown holds an escape sequence.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { audit } from '../../src/audit/index.ts';
import { isFailure } from '../../src/model/failure.ts';
import { type Json, stringifyJson } from '../../src/model/json.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { buildPlan } from '../../src/plan/index.ts';
import { rules } from '../../src/rules/index.ts';
import { snapshotFromTexts } from '../../src/session/index.ts';

const group = '/subscriptions/s/resourceGroups/g/providers';
const words = fc.constantFrom<Json>(
  ...[
    "[parameters('p')]",
    "[variables('v')]",
    '[copyIndex()]',
    "[uniqueString('a')]",
    '[',
    ']',
    '[[x]',
    "[concat('a', 1)]",
  ],
  ...[
    "[resourceId('Microsoft.Storage/storageAccounts', 'st')]",
    '[subscription().id]',
    '[concat(',
    '\u001b[2J',
    '',
    'Allow',
  ],
  ...[
    'Deny',
    `${group}/Microsoft.Storage/storageAccounts/st`,
    "[if(parameters('p'), 1, 2)]",
    "[json('{')]",
    null,
    true,
    0,
  ],
  ...[-1, 1e300, '__proto__', 'constructor', 'a/b/c', '10.0.0.0/8'],
);
const typeNames = fc.constantFrom<Json>(
  'Microsoft.Storage/storageAccounts',
  'Microsoft.KeyVault/vaults',
  'Microsoft.Network/virtualNetworks',
  'Microsoft.Network/virtualNetworks/subnets',
  'Microsoft.Network/privateEndpoints',
  'Microsoft.MachineLearningServices/workspaces',
  'Microsoft.MachineLearningServices/workspaces/computes',
  'Microsoft.Resources/deployments',
  'Microsoft.Storage/storageAccounts/providers/locks',
  '',
);
const names = fc.constantFrom(
  ...[
    'id',
    'name',
    'type',
    'properties',
    'networkAcls',
    'NETWORKACLS',
    'defaultAction',
    'bypass',
    'virtualNetworkRules',
  ],
  ...[
    'ipRules',
    'copy',
    'count',
    'input',
    'condition',
    'scope',
    'resources',
    'template',
    'parameters',
    'value',
    'subnets',
  ],
  ...['privateEndpointConnections', 'privateLinkServiceConnections', 'privateLinkServiceId', 'subnet', '$unresolved'],
  ...[
    'publicNetworkAccess',
    'storageAccount',
    'keyVault',
    'managedNetwork',
    'outboundRules',
    'existing',
    'reference',
    '__proto__',
  ],
);
const { value } = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    words,
    typeNames,
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(names, tie('value'), { maxKeys: 4 }),
  ),
}));
const resource = fc
  .record({
    type: fc.oneof(typeNames, words),
    name: fc.oneof(words, fc.constant<Json>('vnet/snet')),
    rest: fc.dictionary(names, value, { maxKeys: 5 }),
  })
  .map(({ type, name, rest }): Json => ({ type, name, ...rest }));
const template = fc
  .record({
    parameters: fc.oneof(fc.constant<Json>({ p: { type: 'string' } }), value),
    variables: fc.dictionary(fc.constantFrom('v', 'copy'), value),
    resources: fc.oneof(fc.array(resource, { maxLength: 4 }), value),
    outputs: value,
  })
  .map((sections): Json => ({ $schema: 'https://x/2019-04-01/deploymentTemplate.json#', ...sections }));
const item = fc
  .record({ type: typeNames, rest: fc.dictionary(names, value, { maxKeys: 5 }) })
  .map(({ type, rest }): Json => ({ ...rest, id: `${group}/${String(type)}/st` }));
const document = fc.oneof(template, item, fc.array(item, { maxLength: 3 }), value);

const request = { targets: 'all', answers: { way: 'admit' }, ips: ['198.51.100.1'], profile: 'all' } as const;
function read(texts: readonly string[], allResources: boolean): Snapshot | undefined {
  try {
    return snapshotFromTexts(
      texts.map((text, index) => ({ path: `file-${index}.json`, text })),
      { allResources, now: () => new Date(0), newId: () => 'id' },
    );
  } catch (error) {
    if (!isFailure(error)) throw error;
    expect(error.exit).toBe(2);
    expect(error.message).not.toMatch(/[\u0000-\u001f]|undefined|\[object/);
    return undefined;
  }
}

test('documents of every kind', () => {
  fc.assert(
    fc.property(fc.array(document, { minLength: 1, maxLength: 2 }), fc.boolean(), (documents, allResources) => {
      const snapshot = read(
        documents.map((one) => stringifyJson(one)),
        allResources,
      );
      if (!snapshot) return;
      const report = audit(snapshot, rules);
      for (const finding of report.findings) expect(finding.because).not.toMatch(/[\u0000-\u001f]|\[object/);
      const plan = buildPlan({ snapshot, rules, request, id: 'p', report });
      expect(stringifyJson([report, plan] as unknown as Json)).not.toBe('');
      const again = read([stringifyJson(snapshot as unknown as Json)], allResources);
      expect(again && audit(again, rules).findings).toEqual(report.findings);
    }),
    { numRuns: 150 },
  );
}, 120_000);

test('texts of every kind', () => {
  const pieces = fc.constantFrom(
    ...['{', '}', '[', ']', '"', ',', ':', '//', '/*', '*/', '\n', '\\', '"a"', '1', 'null', ' '],
  );
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 30 }), (parts) => {
      read([parts.join('')], true);
    }),
    { numRuns: 500 },
  );
});
