// Every rule against its samples: what it says of a body that fails, passes, cannot be read, or does not apply.
import { describe, expect, test } from 'vitest';
import { audit } from '../../src/audit/index.ts';
import { findingId } from '../../src/model/finding.ts';
import { rules } from '../../src/rules/index.ts';
import { snapshotOf } from '../support/snapshot.ts';
import { samples, subjectOf } from './samples.ts';

/** A rule needs no other to be checked; that none fails on what another's sample changes is held by the tests of the audit. */
const rulesBy = Map.groupBy(rules, ({ id }) => id);

describe.each(Object.entries(Object.groupBy(samples, ({ rule }) => rule)))('%s', (_rule, own) => {
  test.each((own ?? []).map((sample) => [sample.says, sample.when, sample] as const))(
    '%s: %s',
    (_says, _when, sample) => {
      const id = findingId(sample.rule, subjectOf(sample), sample.where);
      const { findings } = audit(snapshotOf(sample.change), rulesBy.get(sample.rule) ?? [], sample.profile);
      const found = findings.filter((finding) => finding.id === id);
      expect(found.map(({ outcome, because }) => [outcome, because])).toEqual([
        [sample.says, expect.stringMatching(/./)],
      ]);
      if (sample.severity !== undefined) expect(found[0]?.severity).toBe(sample.severity);
    },
  );
});

test('every rule has a sample that fails and one that passes, or says why it never does', () => {
  const neverFail = [
    'workspace.tooling-retired',
    'acr.service-endpoint-preview',
    'nsg.subnet-nsg-state',
    'firewall.in-path',
    'storage.adls2-dataset-validate',
    'storage.designer-profile-error',
    'keyvault.holds-credentials',
    'udr.forced-tunnel',
    'compute.auto-resources',
    'compute.batch-nsg-untouched',
    'aks.ilb-two-step',
    'databricks.no-private-endpoint-path',
  ];
  // It speaks of what may go, and has no business where nothing may.
  const neverPass = ['udr.not-needed'];
  const has = (rule: string, says: string) => samples.some((sample) => sample.rule === rule && sample.says === says);
  const lacking = rules.flatMap(({ id }) => [
    ...(has(id, 'fail') || neverFail.includes(id) ? [] : [`${id} has no failing sample`]),
    ...(has(id, 'pass') || neverPass.includes(id) ? [] : [`${id} has no passing sample`]),
  ]);
  expect(lacking).toEqual([]);
});

test('the closed workspace has nothing failing and nothing unknown', () => {
  const left = audit(snapshotOf(), rules).findings.filter(({ outcome }) => outcome === 'fail' || outcome === 'unknown');
  expect(left).toEqual([]);
});
