// Problems: what is grouped, what it is named, and that neither the order of the findings nor letter case changes it.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { audit } from '../../src/audit/index.ts';
import { type Finding, isCounted, isOpen } from '../../src/model/finding.ts';
import { isPromised, type Problem, problemNumbers, toDo } from '../../src/model/problem.ts';
import { nameOf } from '../../src/model/resource-id.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { buildPlan, withFixes } from '../../src/plan/index.ts';
import { readName } from '../../src/plan/problems.ts';
import { rules } from '../../src/rules/index.ts';
import { misplaced } from '../support/problem-laws.ts';
import { withoutServerless, worldSnapshot } from './worlds.ts';

const fixed = (snapshot: Snapshot, findings?: readonly Finding[]) => {
  const report = audit(snapshot, rules);
  return withFixes({ ...report, findings: findings ?? report.findings }, { snapshot, rules, profile: 'all' });
};
const shortId = (id: string): string => `${id.slice(0, id.indexOf(':'))} ${nameOf(id)}`;
const named = (problems: readonly Problem[], wanted: string): Problem => {
  const found = problems.find(({ id }) => shortId(id) === wanted);
  if (found === undefined) throw new Error(`no problem ${wanted}`);
  return found;
};
const mixed = worldSnapshot('mixed');
const report = fixed(mixed);
const { problems } = report;

describe('what a problem is', () => {
  test('a new workspace has one for each resource, and one decision', () => {
    const open = fixed(withoutServerless(worldSnapshot('open')));
    expect(open.problems.filter(({ kind }) => kind !== 'unreadable').map(({ id }) => shortId(id))).toEqual([
      'fix kv-mlsim',
      'fix lakemlsim',
      'fix stmldata',
      'fix stmlsim',
      'input acrmlsim',
      'fix snet-dev',
      'fix snet-gpu',
      'fix snet-train',
    ]);
    const decision = named(open.problems, 'input acrmlsim');
    expect(decision.question).toMatchObject({ name: 'sku', choices: [{ name: 'sku', value: 'Premium' }] });
    expect(decision.findings).toHaveLength(5);
    expect(named(open.problems, 'fix kv-mlsim').blockedBy.map(shortId)).toEqual([
      'fix snet-dev',
      'fix snet-gpu',
      'fix snet-train',
    ]);
  });

  test('a pair belongs to the side that is changed; roll-ups are under what they repeat', () => {
    const account = named(problems, 'input stmldata');
    expect(account).toMatchObject({
      headline: 'stmldata: Storage account allows access from all networks, and 4 more findings',
      severity: 'critical',
      question: null,
    });
    expect(account.rollUps.map((id) => id.split('@')[0])).toEqual(['storage.nondefault-accounts']);
    expect(account.resolves).toEqual([...account.findings, ...account.rollUps]);
    expect(account.changes.map(({ does }) => does)).toEqual([
      'exceptions (bypass) None → AzureServices; + virtual network rule vnet-ml/snet-dev, vnet-ml/snet-gpu, vnet-ml/snet-train; + IP rule 203.0.113.77',
      'default action Allow → Deny',
    ]);
    expect(toDo(account).at(-1)).toBe('Also 2 changes to vnet-ml/snet-dev, vnet-ml/snet-gpu.');
    const subnet = named(problems, 'fix snet-gpu');
    expect(subnet.headline).toBe(
      'vnet-ml/snet-gpu: Subnet has no Microsoft.ContainerRegistry service endpoint, and 6 more findings',
    );
    expect(new Set(subnet.findings.map((id) => nameOf(id)))).toEqual(new Set(['snet-gpu']));
    const manual = named(problems, 'manual acrmlsim');
    expect(manual).toMatchObject({ resolves: [], changes: [], effects: [], blockedBy: [], gates: [] });
  });

  test('one question about several resources is one problem, named by its first finding', () => {
    const question = problems.find(({ question }) => question?.text.includes('studio users'));
    expect(question?.findings.map((id) => nameOf(id))).toEqual(['lakemlsim', 'stmlsim']);
    expect(question?.id).toBe(`input:${question?.findings[0]}`);
    expect(question?.headline).toMatch(/ \(2 findings\)$/);
  });

  test('what could not be read is one for each read that failed', () => {
    const vault = mixed.resources.find(({ id }) => nameOf(id) === 'kv-mlsim')?.id ?? '';
    const gap = { id: vault, reason: 'Access denied.', action: 'Microsoft.KeyVault/vaults/read', status: 403 };
    const unread = fixed({
      ...mixed,
      resources: mixed.resources.filter(({ id }) => id !== vault),
      gaps: [...mixed.gaps, gap],
    });
    const own = named(unread.problems, 'unreadable kv-mlsim');
    expect(own.headline).toBe(`kv-mlsim: not accessible, ${own.findings.length} checks are unknown`);
    expect(own.findings.length).toBeGreaterThan(5);
    expect(unread.problems.at(-1)?.kind).toBe('unreadable');
    expect(misplaced(unread)).toEqual([]);
  });

  test('what a lock or a missing permission stops says so, and is not promised', () => {
    const id = mixed.resources.find((one) => nameOf(one.id) === 'stmldata')?.id ?? '';
    const locked = fixed(worldSnapshot('mixed', { locks: [{ scope: id, level: 'ReadOnly', name: 'freeze' }] }));
    const account = named(locked.problems, 'input stmldata');
    expect(account.gates).toEqual([expect.stringContaining('ReadOnly lock freeze')]);
    const isOther = (one: Problem) => isPromised(one) && one.id !== account.id;
    expect(locked.problems.filter(isPromised)).toEqual(problems.filter(isOther));
  });

  test('the names of lists say what is listed of what', () => {
    const group = '/subscriptions/s/resourceGroups/rg';
    expect(readName(`${group}/providers/Microsoft.MachineLearningServices/workspaces/w/datastores`)).toBe(
      'datastores of w',
    );
    expect(readName('/subscriptions/s/providers/Microsoft.Network/locations/westeurope/usages')).toBe(
      'usages of westeurope',
    );
    expect(readName(`${group}/providers/Microsoft.Network/loadBalancers`)).toBe('loadBalancers of rg');
    expect(readName(`${group}/providers/Microsoft.Network/virtualNetworks/v/subnets/s`)).toBe('v/s');
  });
});

describe('laws', () => {
  const open = report.findings.filter(isOpen);

  test('whichever findings there are, in whatever order: each is in one problem, and the order changes nothing', () => {
    expect(misplaced(report)).toEqual([]);
    fc.assert(
      fc.property(fc.shuffledSubarray(open, { minLength: 1 }), (some) => {
        const shuffled = fixed(mixed, some).problems;
        expect(shuffled).toEqual(fixed(mixed, some.toReversed()).problems);
        // A roll-up has nothing to be under where what it repeats is taken out.
        const told = shuffled.flatMap(({ findings }) => findings).toSorted();
        expect(told).toEqual(
          some
            .filter(isCounted)
            .map(({ id }) => id)
            .toSorted(),
        );
      }),
      { numRuns: 6 },
    );
  });

  test('ids are in lower case, and the same for ids that Azure returns in another case', () => {
    expect(problems.map(({ id }) => id).filter((id) => /[A-Z]/.test(id))).toEqual([]);
    const shouted = JSON.parse(
      JSON.stringify(mixed).replaceAll('/resourceGroups/rg-ml/', '/resourcegroups/RG-ML/'),
    ) as Snapshot;
    expect(fixed(shouted).problems.map(({ id }) => id)).toEqual(problems.map(({ id }) => id));
  });

  test('the plan of a problem resolves it', () => {
    const [first] = problems.filter(({ kind }) => kind === 'fix');
    const ids = first?.findings ?? [];
    const request = { targets: ids, answers: {}, ips: ['203.0.113.77'], profile: 'all' as const };
    const { preview } = buildPlan({ snapshot: mixed, rules, id: 'p', request });
    expect(preview.resolves).toEqual(expect.arrayContaining([...(first?.resolves ?? [])]));
    const numbers = problemNumbers(problems, preview.resolves);
    expect(numbers.resolved).toBeGreaterThan(0);
    expect(numbers.failing).toBe(problems.filter(({ kind }) => kind !== 'unreadable').length);
  });
});
