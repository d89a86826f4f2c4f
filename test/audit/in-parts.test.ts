import { describe, expect, test } from 'vitest';
import { type AuditLimits, audit, auditedNow } from '../../src/audit/audit.ts';
import { isOpen, type Report } from '../../src/model/finding.ts';
import { everyFinding, openFindings, withEachFinding } from '../../src/model/large-report.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { finish } from '../../src/model/stepwise.ts';
import { withFixes } from '../../src/plan/index.ts';
import { rules } from '../../src/rules/index.ts';
import { worldSnapshot } from '../plan/worlds.ts';

const within = (snapshot: Snapshot, limits: AuditLimits): Report => finish(auditedNow(snapshot, rules, 'all', limits));
const inParts = { atOnce: 0, part: 3 };
/** Made when they are read? */
const isMadeLater = (report: Report) => Object.getOwnPropertyDescriptor(report, 'findings')?.get !== undefined;

describe.each(['mixed', 'everything', 'refused'])('%s, in parts of three resources', (world) => {
  const snapshot = worldSnapshot(world);
  const whole = audit(snapshot, rules);

  test('has the findings of one audit of all', () => {
    const report = within(snapshot, { ...inParts, kept: 100_000 });
    expect(isMadeLater(report)).toBe(false);
    expect(report).toEqual(whole);
  });

  test('has them too where those that pass are made again, and needs them for nothing that is open', () => {
    const report = within(snapshot, { ...inParts, kept: 5 });
    expect(isMadeLater(report)).toBe(true);
    expect(report.summary).toEqual(whole.summary);
    expect(openFindings(report)).toEqual(whole.findings.filter(isOpen));
    const input = { snapshot, rules, profile: 'all', leftOut: () => undefined } as const;
    const fixed = withFixes(report, input);
    expect(isMadeLater(fixed)).toBe(true);
    expect({ ...fixed }).toEqual(withFixes(whole, input));
    const every = everyFinding(fixed);
    expect(every.count).toBe(whole.findings.length);
    expect([...every.sorted()]).toEqual(fixed.findings);
    const parts = [...every.parts()];
    expect(parts.flat().length).toBe(every.count);
    // One resource is in one part, and is named once.
    const named = parts.flatMap((part) => [...new Set(part.map(({ resource }) => resource.toLowerCase()))]);
    expect(named.toSorted()).toEqual(every.resources.map((one) => one.toLowerCase()).toSorted());
  });
});

test('what no workspace of several selects is not audited in parts', () => {
  const two = { ...worldSnapshot('mixed'), workspace: null };
  const report = within(two, { ...inParts, kept: 5 });
  expect(isMadeLater(report)).toBe(false);
  expect(report).toEqual(audit(two, rules));
});

test('a change of each finding changes those that are open at once, and the others when they are read', () => {
  const report = within(worldSnapshot('mixed'), { ...inParts, kept: 5 });
  const changed: string[] = [];
  const marked = withEachFinding(report, { project: 1 }, (one) => {
    changed.push(one.id);
    return { ...one, because: 'changed' };
  });
  expect(changed).toEqual(openFindings(report).map(({ id }) => id));
  expect(marked.findings).toEqual(report.findings.map((one) => ({ ...one, because: 'changed' })));
  expect(marked).toMatchObject({ project: 1, summary: report.summary, snapshot: report.snapshot });
});
