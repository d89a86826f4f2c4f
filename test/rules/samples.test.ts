// Every rule against its samples: what it says of a body that fails, passes, cannot be read, or does not apply.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { audit } from '../../src/audit/index.ts';
import { rules } from '../../src/rules/index.ts';
import { entriesIn, findingsOf, groupOf, sampleEntry, sampleFile } from '../answers/samples.ts';
import { snapshotOf } from '../support/snapshot.ts';
import { samples } from './samples.ts';

/** A file of test/fixtures/samples, its entries by their titles. */
const recorded = (group: string): ReadonlyMap<string, string> => {
  const known = read.get(group) ?? entriesIn(readFileSync(sampleFile(group), 'utf8'));
  read.set(group, known);
  return known;
};
const read = new Map<string, ReadonlyMap<string, string>>();

describe.each(Object.entries(Object.groupBy(samples, ({ rule }) => rule)))('%s', (_rule, own) => {
  test.each((own ?? []).map((sample) => [sample.says, sample.when, sample] as const))(
    '%s: %s',
    (_says, _when, sample) => {
      const found = findingsOf(sample);
      expect(found.map(({ outcome, because }) => [outcome, because])).toEqual([
        [sample.says, expect.stringMatching(/./)],
      ]);
      if (sample.severity !== undefined) expect(found[0]?.severity).toBe(sample.severity);
      const { title, text } = sampleEntry(sample, found);
      expect(recorded(groupOf(sample)).get(title), 'if it is meant, `npm run answers` writes it').toBe(text);
    },
  );
});

test('each sample has a title of its own', () => {
  const titles = samples.map((sample) => sampleEntry(sample, []).title);
  expect(titles.filter((title, at) => titles.indexOf(title) !== at)).toEqual([]);
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
