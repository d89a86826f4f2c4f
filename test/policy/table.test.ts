// The table rule → policy: complete, about rules that exist, in words; every alias has a source; what it writes keeps Azure's limits.
import { expect, test } from 'vitest';
import type { Evidence } from '../../src/model/finding.ts';
import { isArray, isObject, type Json } from '../../src/model/json.ts';
import { indexSnapshot } from '../../src/model/snapshot-index.ts';
import {
  aliases,
  builtIns,
  customs,
  policyDefinitions,
  policyDocument,
  policyNotes,
  policyTable,
  type ToHold,
} from '../../src/policy/index.ts';
import { rules } from '../../src/rules/index.ts';
import { jsonDigest } from '../../src/session/digest.ts';
import { at, list } from '../../src/simulator/json.ts';
import { builtInDefinition } from '../../src/simulator/policy/built-in-definitions.ts';
import { worldSnapshot } from '../plan/worlds.ts';

const fixable = rules.filter(({ fixKind }) => fixKind !== 'none').map(({ id }) => id);

test('every rule with a fix has a row, in the order of the rules, and every row is about such a rule', () => {
  expect(Object.keys(policyTable)).toEqual(fixable);
});

test('a row that holds nothing says why, in a sentence', () => {
  for (const [id, row] of Object.entries(policyTable)) {
    if (typeof row === 'string') expect([id, row]).toEqual([id, expect.stringMatching(/^[A-Z].{30,}[.]$/)]);
  }
});

/** Every text at `field`, and every alias in an expression. */
function fields(value: Json): string[] {
  if (isArray(value)) return value.flatMap(fields);
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([name, item]) =>
    name === 'field' && typeof item === 'string' ? [item] : fields(item),
  );
}

test('every alias of our definitions has a source, and no source is for an alias that none uses', () => {
  const used = new Set(Object.values(customs).flatMap(({ condition }) => fields(condition)));
  for (const plain of ['type', 'name']) used.delete(plain);
  expect([...used].toSorted()).toEqual([...aliases.keys()].toSorted());
});

test('our definitions use every parameter that they declare, and no other', () => {
  for (const { name, condition, parameters } of Object.values(customs)) {
    const named = [...JSON.stringify(condition).matchAll(/parameters\('(\w+)'\)/g)].map(([, one]) => one);
    expect([name, [...new Set(named)].toSorted()]).toEqual([name, Object.keys(parameters).toSorted()]);
  }
});

test('built-in definitions are those that the simulator took from Microsoft, with their effects and parameters', () => {
  for (const { name, displayName, effects, effectParameter, audit = 'Audit' } of Object.values(builtIns)) {
    const real = builtInDefinition(`/providers/Microsoft.Authorization/policyDefinitions/${name}`);
    expect([name, at(real, 'properties', 'displayName')]).toEqual([name, displayName]);
    const allowed = list(real, 'properties', 'parameters', effectParameter, 'allowedValues');
    expect([name, allowed.includes('Deny')]).toEqual([name, effects.includes('Deny')]);
    expect([name, allowed.includes(audit)]).toEqual([name, true]);
  }
  expect(new Set(policyDefinitions.map(({ name }) => name)).size).toBe(policyDefinitions.length);
});

const account =
  '/subscriptions/22222222-2222-2222-2222-222222222222/resourceGroups/rg-ml/providers/Microsoft.Storage/storageAccounts/stmlsim';
function made(findings: readonly ToHold[], effect: 'Audit' | 'Deny' = 'Audit') {
  const index = indexSnapshot(worldSnapshot('open'));
  return policyDocument({
    ...{ workspace: null, effect, findings, notExpressed: [], table: policyTable, index, digest: jsonDigest },
  });
}
function denying(resource: string, isFixed = true): ToHold {
  const evidence: Evidence[] = [
    { resource, pointer: '/properties/networkAcls/defaultAction', value: 'Deny', note: 'default action' },
  ];
  const rule = 'storage.default-action-deny';
  const problem = 'Storage account allows access from all networks';
  return { finding: { id: `${rule}@${resource}`, rule, problem, resource, where: null, evidence }, isFixed };
}

test('Deny is for what is fixed: of what still fails, the assignment audits and says so', () => {
  const effects = (isFixed: boolean) => JSON.stringify(made([denying(account, isFixed)], 'Deny').assignments);
  expect(effects(true)).toContain('"effect":{"value":"Deny"}');
  expect(effects(false)).toContain('"effect":{"value":"Audit"}');
  expect(policyNotes(made([denying(account, false)], 'Deny')).join()).toContain('the finding still fails');
});

test('names are short enough, the same at each export, and differ by what they are about', () => {
  const two = made([denying(account), denying(account.replace('stmlsim', 'stmldata'))]);
  const names = two.assignments.map(({ id }) => id.slice(id.lastIndexOf('/') + 1));
  expect(names.every((name) => name.length <= 64 && /^[a-z0-9-]+$/.test(name))).toBe(true);
  expect(new Set(names).size).toBe(2);
  expect(
    made([denying(account.toUpperCase().replace('/SUBSCRIPTIONS', '/subscriptions'))])
      .assignments[0]?.id.split('/')
      .at(-1),
  ).toBe(names[0]);
  expect(made([denying(account)]).digest).not.toBe(two.digest);
});

test('what is not in Azure yet, and a rule without a row, are said and not assigned', () => {
  const nowhere = made([denying('azurerm_storage_account.a')]);
  expect([nowhere.assignments, nowhere.notExpressed[0]?.reason]).toEqual([
    [],
    expect.stringContaining('resource group'),
  ]);
  const own = denying(account);
  const unknown = made([{ ...own, finding: { ...own.finding, rule: 'house.rule' } }]);
  expect(unknown.notExpressed[0]?.reason).toContain('no fix');
});
