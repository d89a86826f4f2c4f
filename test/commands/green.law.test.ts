// Green is for what is known: nothing that says that nothing fails, or that nothing is left, is shown as good while a check is unknown.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { endLine, type GuideResult, guideResultLines } from '../../commands/parts/guide-result.ts';
import type { Summary } from '../../src/model/finding.ts';
import type { Line } from '../../src/model/words.ts';
import { noneApplies, scopeSentences } from '../../src/render/audit-result.ts';
import { summaryLine } from '../../src/render/audit-text.ts';

const summaryOf = (fail: number, unknown: number): Summary => ({
  ...{ fail, unknown, pass: 3, notApplicable: 1, rollUps: 0, accepted: 0 },
  bySeverity: { critical: 0, high: fail, medium: 0, low: 0, info: 0 },
});
const guided = (unjudged: number, unknownChecks: number): GuideResult => ({
  ...{
    stopped: false,
    done: [],
    skipped: [],
    order: null,
    left: [],
    manual: 0,
    failed: 0,
    sent: 0,
    severe: [],
    script: [],
  },
  ...(unjudged === 0 ? {} : { unjudged }),
  ...(unknownChecks === 0 ? {} : { unknownChecks }),
});
const isGreen = (lines: readonly Line[]): boolean => lines.some((words) => words.some(({ role }) => role === 'ok'));
const textOf = (lines: readonly Line[]): string => lines.flatMap((words) => words.map(({ text }) => text)).join('');

test('audit and guide say how many checks are unknown, and are green only where none is', () => {
  const few = fc.nat({ max: 3 });
  fc.assert(
    fc.property(few, few, few, (fail, unread, unset) => {
      const unknown = unread + unset;
      const summary = summaryOf(fail, unknown);
      const audited = [summaryLine(summary)];
      const said = [
        audited,
        ...(fail > 0 ? [] : [[endLine({ problems: [], summary })], guideResultLines(guided(unread, unknown))]),
      ];
      for (const lines of said) {
        expect(isGreen(lines)).toBe(fail === 0 && unknown === 0);
        if (unknown > 0) expect(textOf(lines)).toMatch(/\d+ (checks? )?(is |are )?unknown/);
      }
    }),
  );
});

test('where nothing was judged, no number of failing findings is green, and every report says that no check applies', () => {
  const summary = { ...summaryOf(0, 0), pass: 0 };
  expect(isGreen([summaryLine(summary, false)])).toBe(false);
  const words = {
    rules: ['databricks.*'],
    skipRules: [],
    areas: [],
    resources: [],
    checks: 0,
    of: 3,
    none: true as const,
  };
  const earlier = { kind: 'audit' as const, at: '2026-01-01T00:00:00Z' };
  for (const against of [null, earlier])
    expect(scopeSentences({ profile: 'all', selection: { ...words, against } })).toContain(noneApplies);
});
